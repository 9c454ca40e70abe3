"""What a notebook stores of a study tool: its name, never the questions."""

import re
from typing import NamedTuple

TOOLS = {
    "quiz": "Quiz",
    "flashcards": "Flashcards",
    "mock-interview": "Mock interview",
    "readiness": "Readiness",
    "progress": "Progress",
}
_PATTERN = re.compile(r'data-study-ref="([a-z-]+)"')


class StudyRef(NamedTuple):
    """A study tool, by its name in `TOOLS`."""

    tool: str

    def html(self) -> str:
        """The element to store; the same whatever the bank says."""
        return (
            f'<div data-study-ref="{self.tool}">'
            f"<p>{TOOLS[self.tool]}: run this cell to use it here.</p></div>"
        )

    @classmethod
    def find(cls, html: str) -> "StudyRef | None":
        """The reference in a stored output, if there is one."""
        match = _PATTERN.search(html)
        return cls(match[1]) if match and match[1] in TOOLS else None
