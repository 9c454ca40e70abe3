"""The deep check of the bank: what loading does not need, and publishing does."""

import math
from collections import Counter
from collections.abc import Iterator

import numpy as np

from interview import bank
from interview.located_yaml import DataError
from interview.render import to_html


def check_bank(folder=bank.FOLDER) -> str:
    """Validate every bank and return one line of counts.

    Raises
    ------
    DataError
        For a malformed bank, a formula that does not render, or a numeric answer that its own
        expression does not give.
    """
    questions = bank.load(folder)
    if problems := [
        f"{question.where}: {question.id}: {problem}"
        for question in questions
        for problem in [*_formula_problems(question), *_number_problems(question)]
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
