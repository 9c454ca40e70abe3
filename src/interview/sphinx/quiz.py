"""``{quiz} l1``: a chapter's questions on the page, answers folded away."""

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from interview import bank
from interview.located_yaml import DataError
from interview.quiz_html import quiz_html

logger = logging.getLogger(__name__)


class QuizNode(nodes.General, nodes.Element):
    """Stands for a chapter's questions until the addresses of all pages are known."""


class Quiz(SphinxDirective):
    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        (chapter,) = self.arguments
        questions = [q for q in self.env.bank_questions if q.chapter == chapter]
        if not questions:
            raise self.error(f"quiz: the bank has no chapter {chapter!r}")
        self.env.note_dependency(str(bank.FOLDER / f"{chapter}.yaml"))
        node = QuizNode(chapter=chapter, questions=questions)
        self.set_source_info(node)
        return [node]


def _load_bank(app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
    try:
        env.bank_questions = bank.load()
    except DataError as error:
        raise ExtensionError(f"the question bank is malformed:\n{error}") from error


def _check_links(app: Sphinx, env: BuildEnvironment) -> None:
    """Warn of each question whose section does not exist in the book."""
    ids: dict[str, set[str]] = {}
    for question in env.bank_questions:
        page, anchor = question.section.split("#")
        if page not in ids and page in env.found_docs:
            doctree = env.get_doctree(page)
            ids[page] = {id for node in doctree.findall(nodes.Element) for id in node["ids"]}
        if anchor not in ids.get(page, ()):
            logger.warning(
                "%s: %s: the book has no section %r", question.where, question.id, question.section
            )


def _resolve(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    quizzes = (
        {
            node["chapter"]: name
            for name in app.env.found_docs
            for node in app.env.get_doctree(name).findall(QuizNode)
        }
        if any(doctree.findall(QuizNode))
        else {}
    )
    home = {question.id: quizzes.get(question.chapter) for question in app.env.bank_questions}

    def section_url(section: str) -> str:
        page, anchor = section.split("#")
        return f"{app.builder.get_relative_uri(docname, page)}#{anchor}"

    def question_url(id: str) -> str:
        return f"{app.builder.get_relative_uri(docname, home[id] or docname)}#q-{id}"

    for node in list(doctree.findall(QuizNode)):
        try:
            html = quiz_html(node["chapter"], node["questions"], section_url, question_url)
        except ValueError as error:
            logger.warning("quiz %s: %s", node["chapter"], error, location=node)
            html = ""
        node.replace_self(nodes.raw("", html, format="html"))


def setup(app: Sphinx) -> None:
    app.add_node(QuizNode)
    app.add_directive("quiz", Quiz)
    app.connect("env-before-read-docs", _load_bank)
    app.connect("env-check-consistency", _check_links)
    app.connect("doctree-resolved", _resolve)
