"""A reader's progress: one versioned JSON document, the same in the book and in Jupyter.

The document is a set of events, so that two copies of it are united without losing anything::

    {"version": 1,
     "answers": [{"id": "9f…", "at": "2026-03-01T18:30:00.000Z", "chapter": "l1",
                  "question": "l1-prox-step", "given": ["B"], "right": true}]}

``given`` holds the letters of the options, the number typed, or the numbers of the key points
that the reader had. Keys that this version does not know are kept as they are.
"""

import json
import os
import re
import tempfile
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import platformdirs

VERSION = 1
ENVIRONMENT = "INTERVIEW_PROGRESS"
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")  # of one width, so it sorts as text

Document = dict[str, Any]


class Score(NamedTuple):
    """How many questions were answered, and how many of them right the last time."""

    right: int
    answered: int
    questions: int


def default_path() -> Path:
    """Where progress is kept: ``$INTERVIEW_PROGRESS``, or a file among the user's data."""
    if chosen := os.environ.get(ENVIRONMENT):
        return Path(chosen).expanduser()
    return platformdirs.user_data_path("regularization-course", appauthor=False) / "progress.json"


def empty() -> Document:
    """A document without events."""
    return {"version": VERSION, "answers": []}


def parse(text: str) -> Document:
    """Read a document and check it.

    Raises
    ------
    ValueError
        If it is not a progress document of this version; one sentence.
    """
    try:
        document = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"The progress document is not JSON ({error}).") from error
    return validate(document)


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not a JSON number")


def validate(document: object) -> Document:
    """Return the document without repeated events; raises ValueError as `parse` does."""
    if not isinstance(document, dict) or "version" not in document:
        raise ValueError("This is not a progress document: it has no version.")
    version = document["version"]
    if isinstance(version, bool) or version != VERSION:
        raise ValueError(
            f"The progress document has version {json.dumps(version)[:40]}; accepted: {VERSION}."
        )
    answers = document.get("answers")
    if not isinstance(answers, list):
        raise ValueError("The progress document has no list of answers.")
    for i, answer in enumerate(answers, start=1):
        if not _is_answer(answer):
            raise ValueError(
                f"Answer {i} of the progress document is malformed: "
                "it needs id, at, chapter, question and right."
            )
    return merge(empty(), document)


def _is_answer(answer: object) -> bool:
    return (
        isinstance(answer, dict)
        and all(isinstance(answer.get(key), str) for key in ("id", "at", "chapter", "question"))
        and _MOMENT.fullmatch(answer["at"]) is not None
        and isinstance(answer.get("right"), bool)
    )


def merge(ours: Any, theirs: Any) -> Any:
    """Unite two documents: every event and every key of both; where two values differ, ours."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        united = {k: merge(v, theirs[k]) if k in theirs else v for k, v in ours.items()}
        return united | {k: v for k, v in theirs.items() if k not in ours}
    if isinstance(ours, list) and isinstance(theirs, list):
        return _unite(ours, theirs)
    return ours


def _unite(ours: list, theirs: list) -> list:
    """Each event once, by its id, in the order of time; anything else once, as it stands."""
    united: dict[str, Any] = {}
    for item in (*ours, *theirs):
        key = item.get("id") if isinstance(item, dict) else None
        key = f"id {key}" if isinstance(key, str) else json.dumps(item, sort_keys=True)
        united[key] = merge(united[key], item) if key in united else item
    return sorted(united.values(), key=_moment)


def _moment(item: object) -> tuple[str, str]:
    if not isinstance(item, dict):
        return "", ""
    return tuple(v if isinstance(v := item.get(key), str) else "" for key in ("at", "id"))


def last_answers(document: Document) -> dict[str, dict]:
    """The latest answer to each question, by the question's id."""
    return {answer["question"]: answer for answer in sorted(document["answers"], key=_moment)}


def score(document: Document, questions: Iterable[str]) -> Score:
    """The score over these questions (ids), from the last answer to each."""
    questions, last = set(questions), last_answers(document)
    answered = [last[id] for id in questions if id in last]
    return Score(sum(answer["right"] for answer in answered), len(answered), len(questions))


class ProgressFile:
    """The document in a file.

    Parameters
    ----------
    path
        The file; by default `default_path()`. It and its folder are made when first needed.

    Attributes
    ----------
    problem
        One sentence on the last unreadable file found here, and where it was put; else empty.
    """

    def __init__(self, path: str | os.PathLike | None = None):
        self.path = Path(path) if path is not None else default_path()
        self.problem = ""

    def load(self) -> Document:
        """Read the file; one that is unreadable is put aside under a new name, never overwritten.

        Raises
        ------
        OSError
            If the file exists and cannot be opened or put aside.
        """
        try:
            return parse(self.path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return empty()
        except ValueError as error:  # UnicodeDecodeError is one
            aside = self._put_aside()
            self.problem = f"{error} It was kept aside as {aside.name}."
            return empty()

    def add(self, document: Document) -> Document:
        """Unite a document with the file, atomically; returns what the file now holds.

        Raises
        ------
        ValueError
            If the document is malformed; the file stays as it was.
        OSError
            If the file cannot be written; it stays as it was.
        """
        new = validate(document)
        held = self.load()
        united = merge(held, new)
        if united != held:
            write(self.path, united)
        return united

    def export_to(self, path: str | os.PathLike) -> None:
        """Write a copy of the document; raises OSError if that is not possible."""
        write(Path(path), self.load())

    def import_from(self, path: str | os.PathLike) -> Document:
        """Unite an exported document with this one; raises as `add` does."""
        return self.add(parse(Path(path).read_text(encoding="utf-8")))

    def _put_aside(self) -> Path:
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
        aside = self.path.with_name(f"{self.path.stem}.unreadable-{stamp}{self.path.suffix}")
        return self.path.rename(aside)


def write(path: Path, document: Document) -> None:
    """Replace a file in one step: a crash leaves either the old document or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(document, file, indent=1, allow_nan=False)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
