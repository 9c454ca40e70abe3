"""What a lab stores of a quiz: its chapter and the ids that it names, never the questions."""

import re
from typing import NamedTuple

from markupsafe import escape

from interview.bank import Question

_PATTERN = re.compile(r'data-quiz-ref="([a-z0-9-]+)"(?: data-questions="([a-z0-9 -]+)")?')


class QuizRef(NamedTuple):
    """A chapter, and the ids of the questions wanted of it; none means all."""

    chapter: str
    ids: tuple[str, ...] = ()

    def html(self) -> str:
        """The element to store; the same whatever the bank says."""
        ids = f' data-questions="{escape(" ".join(self.ids))}"' if self.ids else ""
        return (
            f'<div data-quiz-ref="{escape(self.chapter)}"{ids}>'
            f"<p>Quiz {escape(self.chapter)}: run this cell to answer the questions here.</p></div>"
        )

    @classmethod
    def find(cls, html: str) -> "QuizRef | None":
        """The reference in a stored output, if there is one."""
        match = _PATTERN.search(html)
        return match and cls(match[1], tuple((match[2] or "").split()))

    def choose(self, questions: list[Question]) -> list[Question]:
        """The questions that are meant, in the bank's order.

        Raises
        ------
        ValueError
            If the bank has no such chapter, or the chapter no such question; one sentence.
        """
        chapters = sorted({question.chapter for question in questions})
        if self.chapter not in chapters:
            raise ValueError(
                f"the bank has no chapter {self.chapter!r}; accepted: {', '.join(chapters)}"
            )
        here = [question for question in questions if question.chapter == self.chapter]
        known = {question.id for question in here}
        if unknown := [id for id in self.ids if id not in known]:
            raise ValueError(f"chapter {self.chapter!r} has no question {', '.join(unknown)}")
        return [question for question in here if not self.ids or question.id in self.ids]
