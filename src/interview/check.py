"""The deep check of the bank: what loading does not need, and publishing does."""

import math
import re
from collections import Counter
from collections.abc import Iterator

import numpy as np

from interview import bank
from interview.located_yaml import DataError
from interview.render import to_html

# Readers see the options in another order each time, so no text may name one by letter or place.
_OPTION = r"(?:options?|choices?|alternatives?|answers?)"
_ORDINAL = r"(?:first|second|third|fourth|fifth|sixth|last|former|latter)"
_PLACE = re.compile(
    rf"\b(?i:{_OPTION}) \(?[A-H]\b"
    r"|(?i:\b(?:options?|choices?|alternatives?) (?:\d|one|two|three|four|five|six)\b)"
    rf"|(?i:\b{_ORDINAL} (?:(?:two|three|four) )?{_OPTION}\b)"
    rf"|(?i:\b\w+ of the (?:{_OPTION} )?(?:above|below)\b|\b{_OPTION} (?:above|below)\b)"
)


def check_bank(folder=bank.FOLDER) -> str:
    """Validate every bank and return one line of counts.

    Raises
    ------
    DataError
        For a malformed bank, a formula that does not render, a numeric answer that its own
        expression does not give, or a text that names an option by its place.
    """
    questions = bank.load(folder)
    if problems := [
        f"{question.where}: {question.id}: {problem}"
        for question in questions
        for problem in [
            *_formula_problems(question),
            *_number_problems(question),
            *_place_problems(question),
        ]
    ]:
        raise DataError(problems)
    kinds = ", ".join(f"{n} {kind}" for kind, n in Counter(q.kind for q in questions).most_common())
    return f"{len(questions)} questions in order: {kinds}"


def texts(question: bank.Question) -> Iterator[str]:
    """Every Markdown field of a question."""
    yield from (question.prompt, question.answer, question.spoken, *question.key_points)
    for option in question.options:
        yield from (option.text, option.why)


def _formula_problems(question: bank.Question) -> Iterator[str]:
    for text in texts(question):
        try:
            to_html(text)
        except ValueError as error:
            yield str(error)


def _number_problems(question: bank.Question) -> Iterator[str]:
    if question.kind != "numeric":
        return
    try:
        computed = float(eval(question.compute, {"np": np, "math": math}))
    except (Exception, SystemExit) as error:  # whatever it raises is for the author to see
        yield f"compute fails: {type(error).__name__}: {error}"
        return
    if not math.isclose(computed, question.value, rel_tol=question.tolerance, abs_tol=1e-12):
        yield f"compute gives {computed:.6g}, the answer says {question.answer}"


def _place_problems(question: bank.Question) -> Iterator[str]:
    for text in texts(question) if question.options else ():
        if match := _PLACE.search(" ".join(text.split())):
            yield f"{match.group()!r} names an option by its place, but options are shuffled"
