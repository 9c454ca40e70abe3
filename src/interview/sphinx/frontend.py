"""The scripts and the style of the quiz and the study tools, on the pages that have them and on no
other."""

import shutil
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

from interview.frontend import bundle
from interview.sphinx.study import BANK

_QUIZ, _STUDY, _STYLE = "interview/quiz.js", "interview/study.js", "interview/quiz.css"


def _copy(app: Sphinx) -> None:
    if app.builder.format != "html":
        return
    for name in (_QUIZ, _STUDY, _STYLE):
        target = Path(app.outdir, "_static", name)
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            shutil.copyfile(bundle(target.name), target)
        except FileNotFoundError as error:
            raise ExtensionError(str(error)) from error


def _add(app: Sphinx, page: str, template: str, context: dict, doctree: nodes.document) -> None:
    raw = list(doctree.findall(nodes.raw)) if doctree else []
    has_quiz, has_study = (any(node.get(name) for node in raw) for name in ("quiz", "study"))
    if has_quiz:
        app.add_js_file(_QUIZ, loading_method="defer")
    if has_study:  # the tools are the page: it is not painted, and laid out, without them first
        for script in (BANK, _STUDY):
            app.add_js_file(script, loading_method="defer", blocking="render")
    if has_quiz or has_study:
        app.add_css_file(_STYLE)


def setup(app: Sphinx) -> None:
    # Not through html_static_path: Jupyter Book puts every script found there on every page.
    app.connect("builder-inited", _copy)
    app.connect("html-page-context", _add)
