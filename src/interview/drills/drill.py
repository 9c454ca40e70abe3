"""What a drill is, and how an answer to it is judged."""

import copy
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class WrongAnswer:
    """A foreseen mistake: a function that makes it, and what to tell whoever wrote it."""

    function: Callable
    message: str


@dataclass(frozen=True)
class Drill:
    """One function to write.

    `task` says what, in Markdown, with the signature in its first line; `cases` makes the argument
    tuples that answers are called with, from a random generator.
    """

    name: str
    task: str
    solution: Callable
    wrong_answers: tuple[WrongAnswer, ...]
    cases: Callable[[np.random.Generator], list[tuple]]


@dataclass(frozen=True)
class Result:
    passed: bool
    message: str

    def __repr__(self) -> str:
        return f"{'Right' if self.passed else 'Not yet'}. {self.message}"


def judge(drill: Drill, function: Callable) -> Result:
    """Call `function` on the drill's cases and compare it with the solution and the mistakes."""
    cases = drill.cases(np.random.default_rng(0))
    given = []
    for case in cases:
        arguments = copy.deepcopy(case)
        try:
            given.append(function(*arguments))
        except Exception as error:  # whatever a reader's function raises is for the reader to see
            return Result(False, f"On {_show(case)} it raises {type(error).__name__}: {error}")
        if not all(_same(now, before) for now, before in zip(arguments, case, strict=True)):
            return Result(False, "It changes its inputs. Work on a copy.")
    wanted = [drill.solution(*copy.deepcopy(case)) for case in cases]
    if all(map(_same, given, wanted)):
        return Result(True, f"It agrees with the solution on {len(cases)} cases.")
    for wrong in drill.wrong_answers:
        if all(map(_same, given, [wrong.function(*copy.deepcopy(case)) for case in cases])):
            return Result(False, wrong.message)
    first = next(i for i in range(len(cases)) if not _same(given[i], wanted[i]))
    return Result(
        False,
        f"On {_show(cases[first])} it gives {_short(given[first])}; "
        f"{_short(wanted[first])} is right.",
    )


def _same(a, b) -> bool:
    """Equal in structure and, to rounding, in value."""
    if isinstance(b, tuple | list):
        return (
            isinstance(a, tuple | list)
            and len(a) == len(b)
            and all(_same(x, y) for x, y in zip(a, b, strict=True))
        )
    try:
        a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    except (TypeError, ValueError):
        return False
    return a.shape == b.shape and bool(np.allclose(a, b, rtol=1e-6, atol=1e-9, equal_nan=True))


def _show(case: tuple) -> str:
    return f"({', '.join(map(_short, case))})"


def _short(value) -> str:
    if isinstance(value, np.ndarray):
        value = np.round(value.astype(float), 3).tolist()
    elif isinstance(value, float | np.floating):
        value = round(float(value), 3)
    elif isinstance(value, tuple):
        return _show(value)
    text = repr(value)
    return text if len(text) <= 120 else f"{text[:117]}…"
