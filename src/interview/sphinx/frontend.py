"""The quiz's script and style, on the pages that have a quiz and on no other."""

import shutil
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

from interview.frontend import bundle

_SCRIPT, _STYLE = "interview/quiz.js", "interview/quiz.css"


def _copy(app: Sphinx) -> None:
    if app.builder.format != "html":
        return
    for name in (_SCRIPT, _STYLE):
        target = Path(app.outdir, "_static", name)
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            shutil.copyfile(bundle(target.name), target)
        except FileNotFoundError as error:
            raise ExtensionError(str(error)) from error


def _add(app: Sphinx, page: str, template: str, context: dict, doctree: nodes.document) -> None:
    if doctree and any(node.get("quiz") for node in doctree.findall(nodes.raw)):
        app.add_js_file(_SCRIPT, loading_method="defer")
        app.add_css_file(_STYLE)


def setup(app: Sphinx) -> None:
    # Not through html_static_path: Jupyter Book puts every script found there on every page.
    app.connect("builder-inited", _copy)
    app.connect("html-page-context", _add)
