"""The question bank: one YAML file a chapter, read into checked `Question` objects."""

import json
import math
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from interview import claims
from interview.located_yaml import DataError, LocatedYaml

FOLDER = Path(__file__).parent

# The order of the course; a chapter that is not named comes last.
COURSE = (
    "introduction",
    "overfitting",
    "l1",
    "l2",
    "dropout",
    "geometry",
    "applications",
    "edge-cases",
    "flash-notes",
    "mastery",
)


@dataclass(frozen=True)
class Option:
    """One choice of a closed question; `why` says why it is right, or why it tempts."""

    text: str
    why: str
    correct: bool = False


@dataclass(frozen=True)
class Question:
    """One question, its rubric and its links; text fields are Markdown with TeX."""

    id: str
    chapter: str
    level: str
    kind: str
    prompt: str
    answer: str
    key_points: tuple[str, ...]
    spoken: str
    section: str
    where: str  # file:line, for messages
    options: tuple[Option, ...] = ()
    compute: str | None = None
    tolerance: float | None = None
    follow_ups: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()
    card: bool = False
    source: str | None = None

    @cached_property
    def value(self) -> float:
        """The answer of a numeric question as a number."""
        return float(self.answer)


def load(folder: Path = FOLDER, *, checked: bool = True) -> list[Question]:
    """Read and validate every chapter's questions.

    Parameters
    ----------
    folder
        Where the chapters' YAML files are.
    checked
        False trusts that the files follow the schema, as those of a built book do.

    Returns
    -------
    list of Question
        In the order of the course, then of each file.

    Raises
    ------
    DataError
        If anything is malformed; names file, line and what is wrong, for all mistakes at once.
    """
    questions, problems = [], []
    for path in sorted(folder.glob("*.yaml"), key=_place):
        try:
            questions += _load_chapter(path, checked)
        except DataError as error:
            problems += error.problems
    if not problems:  # links can only be judged when every file was read
        problems = _link_problems(questions)
    if problems:
        raise DataError(problems)
    return questions


def _place(path: Path) -> tuple[int, str]:
    return COURSE.index(path.stem) if path.stem in COURSE else len(COURSE), path.stem


def _load_chapter(path: Path, checked: bool) -> list[Question]:
    source, errors = LocatedYaml(path), []
    if checked:
        errors = _schema().iter_errors(source.data)
    problems = [f"{source.where(*error.absolute_path)}: {_explain(error)}" for error in errors]
    if problems:
        raise DataError(sorted(problems, key=lambda problem: int(problem.split(":")[1])))
    if source.data["chapter"] != path.stem:
        raise DataError(
            [f"{source.where('chapter')}: the chapter is {path.stem!r}, as the file is named"]
        )

    questions = []
    for i, entry in enumerate(source.data["questions"]):
        where = source.where("questions", i)
        fields = {k: tuple(v) if isinstance(v, list) else v for k, v in entry.items()}
        fields["options"] = tuple(Option(**option) for option in entry.get("options", ()))
        fields["answer"] = str(entry["answer"])
        question = Question(**fields, chapter=path.stem, where=where)
        problems += [f"{where}: {problem}" for problem in _problems(question)]
        questions.append(question)
    if problems:
        raise DataError(problems)
    return questions


@cache
def _schema():
    from jsonschema import Draft202012Validator  # here: its import takes more than a second

    return Draft202012Validator(json.loads((FOLDER / "schema.json").read_text(encoding="utf-8")))


def _explain(error) -> str:
    """jsonschema's message, with the field's name before it and no echo of long values."""
    field = next((str(part) for part in reversed(error.absolute_path) if isinstance(part, str)), "")
    if error.validator == "pattern":
        message = "is empty" if error.validator_value == "\\S" else f"is not {error.instance!r}"
        message = message.replace("is not", "has a form that is not accepted:")
    elif error.validator == "not":
        message = "is not used by this kind of question"
    elif error.validator in ("type", "enum"):
        accepted = error.validator_value
        accepted = accepted if isinstance(accepted, str) else ", ".join(map(str, accepted))
        message = f"is {str(error.instance)[:40]!r}; accepted: {accepted}"
    else:
        message = error.message
    return f"{field}: {message}" if field else message


def _problems(question: Question) -> list[str]:
    """What the schema cannot say of one question."""
    problems = []
    right = sum(option.correct for option in question.options)
    if question.kind == "multiple":
        if right == 0:
            problems.append(f"{question.id} has no correct option")
    elif question.options and right != 1:
        problems.append(f"{question.id} has {right} correct options; exactly one is accepted")
    if question.kind == "numeric":
        if not math.isfinite(question.tolerance):
            problems.append(f"{question.id}: tolerance: is {question.tolerance}, not finite")
        try:
            float(question.answer)
        except ValueError:
            problems.append(f"{question.id} is numeric, and its answer is {question.answer!r}")
    return problems


def _link_problems(questions: list[Question]) -> list[str]:
    """Repeated ids, and links between questions or to claims that lead nowhere."""
    problems, seen = [], {}
    for question in questions:
        if question.id in seen:
            problems.append(f"{question.where}: {question.id} stands also in {seen[question.id]}")
        seen.setdefault(question.id, question.where)
    known = {claim.id for claim in claims.load()}
    for question in questions:
        for target in question.follow_ups:
            if target not in seen or target == question.id:
                problems.append(f"{question.where}: no other question has the id {target!r}")
        for claim in question.claims:
            if claim not in known:
                problems.append(f"{question.where}: no claim has the id {claim!r}")
    return problems
