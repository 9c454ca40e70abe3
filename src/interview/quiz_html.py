"""Questions and flash notes as HTML that needs no script."""

from collections.abc import Callable
from functools import cache

from jinja2 import Environment, PackageLoader
from markupsafe import Markup

from interview.bank import Question
from interview.render import to_html, to_inline_html


@cache
def _template(name: str):
    environment = Environment(
        loader=PackageLoader("interview"), autoescape=True, keep_trailing_newline=True
    )
    environment.filters["markdown"] = lambda text: Markup(to_html(text))
    environment.filters["inline_markdown"] = lambda text: Markup(to_inline_html(text))
    return environment.get_template(name)


def quiz_html(
    chapter: str,
    questions: list[Question],
    section_url: Callable[[str], str | None],
    question_url: Callable[[str], str],
    seed: int | None = None,
) -> str:
    """Write the questions of one chapter.

    Parameters
    ----------
    chapter
        Name of the chapter, put on the outer element for scripts.
    questions
        What to write, in this order.
    section_url, question_url
        Turn a question's `section`, or the id of a follow-up, into an address. Without an
        address of the section its name is written.
    seed
        Fixes the order in which the interactive quiz asks.
    """
    numbers = {question.id: f"question {i}" for i, question in enumerate(questions, start=1)}
    return _template("quiz.html.jinja").render(
        chapter=chapter,
        questions=questions,
        section_url=section_url,
        question_url=question_url,
        seed=seed,
        number=lambda id: numbers.get(id, _words(id)),
    )


def cards_html(cards: list[Question], section_url: Callable[[str], str]) -> str:
    """Write flash notes: each question with what to say folded under it."""
    return _template("cards.html.jinja").render(cards=cards, section_url=section_url)


def article_html(
    question: Question,
    section_url: Callable[[str], str | None],
    question_url: Callable[[str], str],
) -> str:
    """Write one question by itself, under its chapter's name; otherwise as `quiz_html`."""
    names = {"section_url": section_url, "question_url": question_url, "number": _words}
    module = _template("quiz.html.jinja").make_module(names)
    return str(module.article(question, _words(question.chapter).capitalize())).strip()


def _words(id: str) -> str:
    return id.replace("-", " ")
