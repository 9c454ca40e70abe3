"""The bank as data for the study tools: what is known of each question, and apart its HTML."""

from collections.abc import Callable
from typing import Any

from interview.bank import Question
from interview.quiz_html import article_html


def study_data(
    questions: list[Question],
    section_url: Callable[[str], str | None],
    question_url: Callable[[str], str],
) -> dict[str, Any]:
    """What ``frontend/src/questions.js`` reads; plain JSON.

    Parameters
    ----------
    questions
        All that the tools may ask.
    section_url, question_url
        As for `interview.quiz_html.quiz_html`.
    """
    return {
        "questions": [
            {
                "id": question.id,
                "chapter": question.chapter,
                "level": question.level,
                "kind": question.kind,
                "card": question.card,
                "closed": bool(question.options) or question.kind == "numeric",
                "options": bool(question.options),
                "follow_ups": list(question.follow_ups),
                "section": question.section,
                "url": section_url(question.section) or "",
            }
            for question in questions
        ],
        "articles": {
            question.id: article_html(question, section_url, question_url) for question in questions
        },
    }
