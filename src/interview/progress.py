"""A reader's progress: one versioned JSON document, the same in the book and in Jupyter.

The document is a set of lists of events. Events are only ever added, so two copies of a document
are united without losing anything, in any order and any number of times::

    {"version": 2,
     "answers": [{"id": "9f…", "at": "2026-03-01T18:30:00.000Z", "chapter": "l1",
                  "question": "l1-prox-step", "given": ["B"], "right": true}],
     "reviews": [{"id": …, "at": …, "card": "l1-say-it", "rating": 3}],
     "undone": [{"id": …, "at": …, "review": "the id of a review that does not count"}],
     "interviews": [{"id": …, "at": …, "level": "senior", "minutes": 20, "questions":
                     [{"question": "l1-say-it", "said": [1, 3], "of": 4}]}],
     "settings": [{"id": …, "at": …, "name": "interview", "value": "2026-12-01"}]}

``given`` holds the letters of the options as the bank has them, the number typed, or the numbers
of the key points that the reader had. A rating is 1 (again) to 4 (easy). The last event of a
name is the setting. Keys that this version does not know are kept.

Version 1 had answers only. `parse` accepts it and returns version 2. The front end does the same
(``frontend/src/store/document.js``); a test compares the two.
"""

import json
import math
import re
import struct
from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

VERSION = 2
EVENTS = ("answers", "reviews", "undone", "interviews", "settings")
DEPTH = 20  # of nesting, far more than any document needs
_MOMENT = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)\.(\d{3})Z", re.ASCII)

Document = dict[str, Any]


class Score(NamedTuple):
    """How many questions were answered, and how many of them right the last time."""

    right: int
    answered: int
    questions: int


def empty() -> Document:
    """A document without events."""
    return {"version": VERSION} | {name: [] for name in EVENTS}


# --- reading -------------------------------------------------------------------------------------


def parse(text: str) -> Document:
    """Read a document of any version so far and check it.

    Raises
    ------
    ValueError
        If it is not a progress document; one sentence.
    """
    try:
        document = json.loads(
            text, parse_constant=_refuse_constant, parse_int=_number, parse_float=_number
        )
    except (ValueError, RecursionError) as error:
        raise ValueError(f"The progress document is not JSON ({error}).") from error
    return validate(document)


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not a JSON number")


def _number(text: str) -> int | float:
    """The number as JavaScript reads it: a double, whole ones without a fraction."""
    value = float(text) + 0.0  # -0.0 becomes 0.0
    return int(value) if value.is_integer() and abs(value) < 2**53 else value


def validate(document: object) -> Document:
    """Return the document in its present version and in order; raises ValueError as `parse`."""
    if not isinstance(document, dict) or "version" not in document:
        raise ValueError("This is not a progress document: it has no version.")
    _check_values(document, DEPTH)
    version = document["version"]
    if isinstance(version, bool) or version not in (1, 2):
        shown = json.dumps(version)[:40]
        raise ValueError(f"The progress document has version {shown}; accepted: 1, 2.")
    if version == 1:
        document = _from_version_1(document)
    for name in EVENTS:
        events = document.get(name, None if name == "answers" else [])
        if not isinstance(events, list):
            raise ValueError(f"The progress document has no list of {name}.")
        for i, event in enumerate(events, start=1):
            if not (_is_event(event) and _CHECKS[name](event)):
                raise ValueError(
                    f"Entry {i} of {name} in the progress document is malformed: "
                    f"it needs {_NEEDS[name]}."
                )
    return merge(empty() | document, empty())


def _check_values(value: object, depth: int) -> None:
    """Refuse what one of the two homes could not keep: deep nesting, infinities, half letters."""
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError("The progress document holds a number that is too large.")
    if isinstance(value, str) and re.search(r"[\ud800-\udfff]", value):
        raise ValueError("The progress document holds text that is not Unicode.")
    if isinstance(value, list | dict):
        if not depth:
            raise ValueError(f"The progress document is nested deeper than {DEPTH} levels.")
        for part in value:
            _check_values(part, depth - 1)
        for part in value.values() if isinstance(value, dict) else ():
            _check_values(part, depth - 1)


def _from_version_1(document: dict) -> Document:
    """Answers stay as they are; a key that version 2 uses otherwise moves to ``kept``."""
    if not isinstance(document.get("answers"), list):
        raise ValueError("The progress document has no list of answers.")
    strange = {name: document[name] for name in EVENTS[1:] if name in document}
    rest = {key: value for key, value in document.items() if key not in strange}
    return rest | {"version": VERSION} | ({"kept": [strange]} if strange else {})


def is_moment(text: object) -> bool:
    """Whether this is a moment as JavaScript writes it, of one width, so that it sorts as text."""
    match = isinstance(text, str) and _MOMENT.fullmatch(text)
    if not match:
        return False
    *parts, _milliseconds = map(int, match.groups())
    try:
        return datetime(*parts).year >= 1970
    except ValueError:
        return False


def _is_event(event: object) -> bool:
    return (
        isinstance(event, dict) and isinstance(event.get("id"), str) and is_moment(event.get("at"))
    )


def _has_texts(event: dict, *keys: str) -> bool:
    return all(isinstance(event.get(key), str) for key in keys)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_asked(asked: object) -> bool:
    """One question of an interview: which, the key points that were said, and of how many."""
    return (
        isinstance(asked, dict)
        and _has_texts(asked, "question")
        and _is_number(asked.get("of"))
        and isinstance(asked.get("said"), list)
        and all(_is_number(point) for point in asked["said"])
    )


_NEEDS = {
    "answers": "id, at, chapter, question and right",
    "reviews": "id, at, card and a rating from 1 to 4",
    "undone": "id, at and review",
    "interviews": "id, at, level, minutes and questions",
    "settings": "id, at, name and value",
}
_CHECKS = {
    "answers": lambda e: _has_texts(e, "chapter", "question") and isinstance(e.get("right"), bool),
    "reviews": lambda e: (
        _has_texts(e, "card") and _is_number(e.get("rating")) and e["rating"] in (1, 2, 3, 4)
    ),
    "undone": lambda e: _has_texts(e, "review"),
    "interviews": lambda e: (
        _has_texts(e, "level")
        and _is_number(e.get("minutes"))
        and isinstance(e.get("questions"), list)
        and all(map(_is_asked, e["questions"]))
    ),
    "settings": lambda e: (
        _has_texts(e, "name")
        and "value" in e
        and isinstance(e["value"], str | int | float | bool | None)
    ),
}


# --- uniting -------------------------------------------------------------------------------------


def merge(ours: Document, theirs: Document) -> Document:
    """Unite two documents that `validate` returned: every event and every key of both.

    Commutative, associative and idempotent. Two events of one id that differ both stay. Where a
    key that this version does not know has two values, lists are united and maps key by key; of
    two other values the greater in `canonical` order stays.
    """
    united = _join(
        {key: value for key, value in ours.items() if key not in EVENTS},
        {key: value for key, value in theirs.items() if key not in EVENTS},
    )
    return united | {name: _unite(ours[name], theirs[name]) for name in EVENTS}


def _unite(ours: list[dict], theirs: list[dict]) -> list[dict]:
    """Each event once, in the order of time."""
    united = {(*_when(event), canonical(event)): event for event in (*ours, *theirs)}
    return [united[key] for key in sorted(united)]


def _join(ours: Any, theirs: Any) -> Any:
    if isinstance(ours, dict) and isinstance(theirs, dict):
        return {
            key: _join(ours.get(key, theirs.get(key)), theirs.get(key, ours.get(key)))
            for key in (*ours, *(key for key in theirs if key not in ours))
        }
    if isinstance(ours, list) and isinstance(theirs, list):
        united = {canonical(item): item for item in (*ours, *theirs)}
        return [united[key] for key in sorted(united)]
    return max(ours, theirs, key=lambda value: (_rank(value), canonical(value)))


def _rank(value: object) -> int:
    return 2 if isinstance(value, dict) else 1 if isinstance(value, list) else 0


def canonical(value: Any) -> str:
    """A text that is equal for equal JSON values, and the same in both languages."""
    if isinstance(value, dict):
        parts = sorted(f"{_text(key)}:{canonical(part)}" for key, part in value.items())
        return f"{{{','.join(parts)}}}"
    if isinstance(value, list):
        return f"[{','.join(map(canonical, value))}]"
    if _is_number(value):
        return struct.pack(">d", value + 0.0).hex()
    return _text(value) if isinstance(value, str) else json.dumps(value)


def _text(text: str) -> str:
    """JSON in ASCII, which both languages sort alike."""
    return json.dumps(text, ensure_ascii=True)


# --- reading the answers -------------------------------------------------------------------------


def _when(event: dict) -> tuple[str, bytes]:
    """By time, then by id in the order of JavaScript, which is that of its UTF-16 units."""
    return event["at"], event["id"].encode("utf-16-be")


def last_answers(document: Document) -> dict[str, dict]:
    """The latest answer to each question, by the question's id."""
    return {answer["question"]: answer for answer in sorted(document["answers"], key=_when)}


def score(document: Document, questions: Iterable[str]) -> Score:
    """The score over these questions (ids), from the last answer to each."""
    questions, last = set(questions), last_answers(document)
    answered = [last[id] for id in questions if id in last]
    return Score(sum(answer["right"] for answer in answered), len(answered), len(questions))
