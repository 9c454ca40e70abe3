"""The bank's cards as an Anki deck and as a table.

Mathematics goes into Anki as the MathML that the one renderer makes: Anki's webviews draw it
without a script, and a card is then exactly what the book shows. (The other way, TeX in ``\\(…\\)``
for Anki's MathJax, would need a second renderer, without the course's macros.)
"""

import csv
import os
import zlib
from pathlib import Path

from interview.bank import Question
from interview.render import to_html, to_inline_html

DECK = "Regularization for interviews"
FIELDS = ("Question", "Spoken", "KeyPoints", "Answer", "Chapter", "Level", "Id")
_STYLE = """
.card { font: 1.15em/1.5 system-ui, sans-serif; text-align: start; max-width: 42em;
        margin: 0 auto; padding: 0 1em; }
.meta { opacity: 0.7; font-size: 0.85em; }
pre { overflow-x: auto; }
math[display="block"] { overflow-x: auto; }
"""
_FRONT = '<p class="meta">{{Chapter}} · {{Level}}</p>{{Question}}'
_BACK = (
    "{{FrontSide}}<hr id=answer>{{Spoken}}<p><b>Key points</b></p>{{KeyPoints}}"
    "<details><summary>Full answer</summary>{{Answer}}</details>"
)


def cards(questions: list[Question]) -> list[Question]:
    """The questions that are flashcards."""
    return [question for question in questions if question.card]


def card_fields(question: Question) -> dict[str, str]:
    """What a card says, as HTML, by the name of the field."""
    options = "".join(f"<li>{to_inline_html(option.text)}</li>" for option in question.options)
    points = "".join(f"<li>{to_inline_html(point)}</li>" for point in question.key_points)
    return {
        "Question": to_html(question.prompt) + (options and f'<ol type="A">{options}</ol>'),
        "Spoken": to_html(question.spoken),
        "KeyPoints": f"<ul>{points}</ul>",
        "Answer": to_html(question.answer),
        "Chapter": question.chapter.replace("-", " "),
        "Level": question.level,
        "Id": question.id,
    }


def write_anki(questions: list[Question], path: str | os.PathLike) -> int:
    """Write the cards as an ``.apkg`` that Anki imports; returns how many there are.

    A note's identity is its question's id, so that importing a newer deck updates the cards and
    keeps the reader's reviews.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    import genanki  # needed here only

    model = genanki.Model(
        _number("model"),
        DECK,
        fields=[{"name": name} for name in FIELDS],
        templates=[{"name": "Card", "qfmt": _FRONT, "afmt": _BACK}],
        css=_STYLE,
        sort_field_index=FIELDS.index("Id"),
    )
    decks = {}
    for question in cards(questions):
        chapter = question.chapter
        if chapter not in decks:
            name = f"{DECK}::{chapter.replace('-', ' ')}"
            decks[chapter] = genanki.Deck(_number(f"deck {chapter}"), name)
        fields = card_fields(question)
        decks[chapter].add_note(
            genanki.Note(
                model=model,
                fields=[fields[name] for name in FIELDS],
                guid=genanki.guid_for("regularization-course", question.id),
                tags=[question.chapter, question.level, question.kind],
            )
        )
    genanki.Package(list(decks.values())).write_to_file(str(path))
    return sum(len(deck.notes) for deck in decks.values())


def write_csv(questions: list[Question], path: str | os.PathLike) -> int:
    """Write the cards as a table with a header line, UTF-8; returns how many there are.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    chosen = cards(questions)
    with Path(path).open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, FIELDS)
        table.writeheader()
        table.writerows(card_fields(question) for question in chosen)
    return len(chosen)


def _number(name: str) -> int:
    """An id for Anki that never changes: its ids are numbers, ours are names."""
    return 1 << 30 | zlib.crc32(f"regularization-course {name}".encode()) >> 2
