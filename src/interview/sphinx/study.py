"""The study tools on a page: ``{study} flashcards`` in prose, and in a notebook the output of
``interview.flashcards`` and its like. The questions are in scripts of their own, so that the page
is light: one with what the tools need to start, and one with the HTML, which they load themselves.
Without scripts there are links to where the questions can be read."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from docutils import nodes
from markupsafe import escape
from sphinx.application import Sphinx
from sphinx.builders import Builder
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from interview.study_data import study_data
from interview.study_ref import TOOLS, StudyRef

BANK = "interview/bank.js"  # what the tools need to start
ARTICLES = "interview/articles.js"  # the questions' HTML

logger = logging.getLogger(__name__)


class StudyNode(nodes.General, nodes.Element):
    """Stands for a study tool until the addresses of all pages are known."""


class Study(SphinxDirective):
    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        (tool,) = self.arguments
        if tool not in TOOLS:
            raise self.error(f"study: there is no tool {tool!r}; accepted: {', '.join(TOOLS)}")
        node = StudyNode(tool=tool)
        self.set_source_info(node)
        return [node]


def _resolve(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    for node, tool in list(_tools(doctree)):
        html = _html(app, docname, tool)
        node.replace_self(nodes.raw("", html, format="html", study=tool))


def _tools(doctree: nodes.document) -> Iterator[tuple[nodes.Element, str]]:
    """The places of study tools: of the directive, and of a notebook's stored output."""
    for node in doctree.findall(StudyNode):
        yield node, node["tool"]
    for node in doctree.findall(nodes.raw):
        if node.get("format") == "html" and (ref := StudyRef.find(node.astext())):
            yield node, ref.tool


def _html(app: Sphinx, docname: str, tool: str) -> str:
    """The element for the tool, and in it what is to be read without scripts."""
    if docname.count("/") != 1:  # the addresses in bank.js are relative to a folder of the book
        logger.warning("study: %r is not in a folder of the book", docname)
    links = ", ".join(
        f'<a href="{app.builder.get_relative_uri(docname, page)}">'
        f"{escape(chapter.replace('-', ' '))}</a>"
        for chapter, page in sorted(app.env.quiz_pages.items())
        if not page.startswith("notebooks/")
    )
    return (
        f'<div class="quiz" data-tool="{tool}">'
        f"<p>{TOOLS[tool]}: this needs JavaScript. Each chapter has its questions and answers to "
        f"read: {links}.</p></div>"
    )


def _write_bank(app: Sphinx, builder: Builder) -> None:
    """Write the questions that the study tools show, with addresses from a folder of the book."""
    if builder.format != "html" or not _is_used(app):
        return
    homes = app.env.quiz_pages
    chapter = {question.id: question.chapter for question in app.env.bank_questions}

    def section_url(section: str) -> str:
        page, anchor = section.split("#")
        return f"../{builder.get_target_uri(page)}#{anchor}"

    def question_url(id: str) -> str:
        page = homes.get(chapter[id])
        return f"../{builder.get_target_uri(page)}#q-{id}" if page else f"#q-{id}"

    try:
        data = study_data(app.env.bank_questions, section_url, question_url)
    except ValueError as error:
        logger.warning("study: %s", error)
    else:
        write_scripts(data, Path(app.outdir, "_static"))


def write_scripts(data: dict[str, Any], static: Path) -> None:
    """Write the bank's data as two scripts: `BANK`, and the HTML, whose address is in it."""
    bank, html = static / BANK, static / ARTICLES
    bank.parent.mkdir(parents=True, exist_ok=True)
    articles = _script("interviewArticles", data["articles"])
    html.write_text(articles, encoding="utf-8")
    digest = hashlib.sha256(articles.encode()).hexdigest()[:8]  # so that no older one is read
    known = data | {"articles": f"{html.name}?v={digest}"}
    bank.write_text(_script("interviewBank", known), encoding="utf-8")


def _script(name: str, data: Any) -> str:
    """A string of JSON, which browsers read much faster than an object of the same size."""
    return f"{name} = {json.dumps(json.dumps(data, separators=(',', ':')))};\n"


def _is_used(app: Sphinx) -> bool:
    """Whether a page has a study tool."""
    doctrees = map(app.env.get_doctree, app.env.found_docs)
    return any(any(_tools(doctree)) for doctree in doctrees)


def setup(app: Sphinx) -> None:
    app.add_node(StudyNode)
    app.add_directive("study", Study)
    app.connect("doctree-resolved", _resolve)
    app.connect("write-started", _write_bank)  # before the pages, which name its checksum
