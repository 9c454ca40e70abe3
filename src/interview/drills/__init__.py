"""Coding drills: write the function, and a wrong answer is told *what* is wrong with it.

    from interview import drills

    print(drills.get("l1-penalty").task)
    drills.check("l1-penalty", lambda w, lam: lam * abs(w).sum())

An answer is judged by value: it is called on small random inputs and compared with the solution,
so any correct form passes. Each drill foresees the usual wrong answers, each with its own message.
"""

from interview.drills import equations, fits, networks, steps, stopping
from interview.drills.drill import Drill, Result, WrongAnswer, judge

__all__ = ["Drill", "Result", "WrongAnswer", "check", "drills", "get"]

_DRILLS = (
    *equations.DRILLS,
    *steps.DRILLS,
    *fits.DRILLS,
    *networks.DRILLS,
    *stopping.DRILLS,
)


def drills() -> list[Drill]:
    """Every drill, in the order of the course."""
    return list(_DRILLS)


def get(name: str) -> Drill:
    """The drill of that name.

    Raises
    ------
    ValueError
        If there is none.
    """
    for drill in _DRILLS:
        if drill.name == name:
            return drill
    names = ", ".join(drill.name for drill in _DRILLS)
    raise ValueError(f"there is no drill {name!r}; accepted: {names}")


def check(name: str, function) -> Result:
    """Judge `function` as an answer to the drill `name`; the message says what is wrong.

    Raises
    ------
    ValueError
        If there is no such drill.
    TypeError
        If `function` cannot be called.
    """
    drill = get(name)
    if not callable(function):
        raise TypeError(f"an answer is a function, got {type(function).__name__}")
    return judge(drill, function)
