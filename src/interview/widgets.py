"""The study tools as ipywidgets: the components of the front end, with Python behind them."""

import os
from collections.abc import Iterable
from typing import Any

import anywidget
import traitlets

from interview import bank
from interview.frontend import bundle
from interview.progress import ProgressFile, Score, last_answers, score
from interview.quiz_html import quiz_html
from interview.quiz_ref import QuizRef

BOOK_ENVIRONMENT = "INTERVIEW_BOOK"


class Quiz(anywidget.AnyWidget):
    """A chapter's questions to answer in a notebook; made by `quiz`.

    Attributes
    ----------
    answers : dict
        The last answer to each question of this quiz, by the question's id: a dict with ``given``,
        ``right`` and ``at`` among its keys. Earlier sessions count. Can be observed.
    score : Score
        ``(right, answered, questions)``, from these answers.
    """

    _esm = bundle("quiz.mjs")
    _css = bundle("quiz.css")
    html = traitlets.Unicode().tag(sync=True)
    progress = traitlets.Dict().tag(sync=True)
    problem = traitlets.Unicode().tag(sync=True)
    answers = traitlets.Dict(read_only=True)

    def __init__(
        self,
        ref: QuizRef,
        questions: list[bank.Question],
        file: ProgressFile,
        seed: int | None = None,
    ):
        self._ref, self._file = ref, file
        self._ids = [question.id for question in questions]
        super().__init__(html=_html(ref.chapter, questions, seed), progress=file.load())
        self.problem = file.problem

    @property
    def score(self) -> Score:
        return score(self.progress, self._ids)

    @traitlets.observe("progress")
    def _keep(self, change: Any) -> None:
        """Unite what the reader's side sent with the file; the file's union goes back to it."""
        try:
            self.progress = united = self._file.add(change.new)
            self.problem = self._file.problem
        except OSError as error:
            united = change.new
            self.problem = f"Progress could not be saved: {error}"
        except ValueError as error:
            self.progress = united = change.old
            self.problem = str(error)
        last = last_answers(united)
        self.set_trait("answers", {id: last[id] for id in self._ids if id in last})

    def __repr__(self) -> str:
        return f"Quiz({self._ref.chapter!r})"  # constant: a lab stores and compares it

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict, dict]:
        data, metadata = super()._repr_mimebundle_(**kwargs)
        return data | {"text/html": self._ref.html()}, metadata


def quiz(
    chapter: str,
    questions: Iterable[str] = (),
    *,
    seed: int | None = None,
    progress: str | os.PathLike | None = None,
) -> Quiz:
    """Ask a chapter's questions in a notebook.

    Parameters
    ----------
    chapter
        Name of the chapter, as its file in the bank.
    questions
        Ids of the questions to ask; by default all of the chapter.
    seed
        Fixes the order; 0 or more.
    progress
        The progress file; by default `interview.progress.default_path()`.

    Raises
    ------
    ValueError
        If the chapter or a question does not exist, or the seed is no whole number ≥ 0.
    OSError
        If the progress file exists and cannot be read.
    """
    if isinstance(questions, str):
        raise TypeError(f"questions is {questions!r}; accepted: a list of ids")
    if seed is not None and (isinstance(seed, bool) or not isinstance(seed, int) or seed < 0):
        raise ValueError(f"seed is {seed!r}; accepted: a whole number, 0 or more")
    ref = QuizRef(chapter, tuple(questions))
    return Quiz(ref, ref.choose(bank.load()), ProgressFile(progress), seed)


def _html(chapter: str, questions: list[bank.Question], seed: int | None) -> str:
    book = os.environ.get(BOOK_ENVIRONMENT, "").rstrip("/")

    def section_url(section: str) -> str | None:
        page, anchor = section.split("#")
        return f"{book}/{page}.html#{anchor}" if book else None

    return quiz_html(chapter, questions, section_url, lambda id: f"#q-{id}", seed)
