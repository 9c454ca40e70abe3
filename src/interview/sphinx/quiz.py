"""A chapter's questions on the page, answers folded away: ``{quiz} l1`` in prose, and in a lab the
output of ``interview.quiz``, which stores the chapter's name only."""

from collections.abc import Callable, Iterator
from typing import ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from interview import bank
from interview.located_yaml import DataError
from interview.quiz_html import quiz_html
from interview.quiz_ref import QuizRef

logger = logging.getLogger(__name__)


class QuizNode(nodes.General, nodes.Element):
    """Stands for a chapter's questions until the addresses of all pages are known."""


class Quiz(SphinxDirective):
    required_arguments = 1
    option_spec: ClassVar = {"seed": directives.nonnegative_int}

    def run(self) -> list[nodes.Node]:
        (chapter,) = self.arguments
        try:
            questions = QuizRef(chapter).choose(self.env.bank_questions)
        except ValueError as error:
            raise self.error(f"quiz: {error}") from error
        self.env.note_dependency(str(bank.FOLDER / f"{chapter}.yaml"))
        node = QuizNode(chapter=chapter, questions=questions, seed=self.options.get("seed"))
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


def _find_quizzes(app: Sphinx, env: BuildEnvironment) -> None:
    """Note the page on which each chapter's questions stand."""
    env.quiz_pages = {
        node["chapter"]: name
        for name in sorted(env.found_docs)
        for node in env.get_doctree(name).findall(QuizNode)
    }


def _lab_quizzes(doctree: nodes.document) -> Iterator[tuple[nodes.raw, QuizRef]]:
    """The stored outputs of a lab that stand for a quiz."""
    for node in doctree.findall(nodes.raw):
        if node.get("format") == "html" and (ref := QuizRef.find(node.astext())):
            yield node, ref


def _fill_labs(app: Sphinx, doctree: nodes.document) -> None:
    """Put the bank's questions where a lab shows a quiz; each once, as ids are unique."""
    seen = set()
    for node, ref in list(_lab_quizzes(doctree)):
        try:
            questions = ref.choose(app.env.bank_questions)
        except ValueError as error:
            logger.warning("quiz: %s", error, location=node)
            continue
        wanted = [question for question in questions if question.id not in seen]
        seen.update(question.id for question in wanted)
        quiz = [QuizNode(chapter=ref.chapter, questions=wanted, seed=None)] if wanted else []
        node.replace_self(quiz)


def section_urls(app: Sphinx, docname: str) -> Callable[[str], str]:
    """Turn a question's `section` into its address as seen from a page."""

    def section_url(section: str) -> str:
        page, anchor = section.split("#")
        return f"{app.builder.get_relative_uri(docname, page)}#{anchor}"

    return section_url


def _resolve(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    _fill_labs(app, doctree)
    if not any(doctree.findall(QuizNode)):
        return
    homes = app.env.quiz_pages
    home = {question.id: homes.get(question.chapter) for question in app.env.bank_questions}

    for node in list(doctree.findall(QuizNode)):
        here = {question.id for question in node["questions"]}

        def question_url(id: str, here: set[str] = here) -> str:
            page = docname if id in here else home[id] or docname
            return f"{app.builder.get_relative_uri(docname, page)}#q-{id}"

        try:
            html = quiz_html(
                node["chapter"],
                node["questions"],
                section_urls(app, docname),
                question_url,
                node["seed"],
            )
        except ValueError as error:
            logger.warning("quiz %s: %s", node["chapter"], error, location=node)
            html = ""
        node.replace_self(nodes.raw("", html, format="html", quiz=node["chapter"]))


def setup(app: Sphinx) -> None:
    app.add_node(QuizNode)
    app.add_directive("quiz", Quiz)
    app.connect("env-before-read-docs", _load_bank)
    app.connect("env-check-consistency", _check_links)
    app.connect("env-check-consistency", _find_quizzes)
    app.connect("doctree-resolved", _resolve)
