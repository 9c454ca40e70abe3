"""The study tools as ipywidgets: the components of the front end, with Python behind them."""

import os
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any, ClassVar
from weakref import WeakSet

import anywidget
import traitlets

from interview import bank
from interview.frontend import bundle
from interview.progress import Score, empty, last_answers, merge, score, validate
from interview.progress_file import ProgressFile
from interview.quiz_html import quiz_html
from interview.quiz_ref import QuizRef
from interview.study_data import study_data
from interview.study_ref import StudyRef

BOOK_ENVIRONMENT = "INTERVIEW_BOOK"


class StudyTool(anywidget.AnyWidget):
    """A study tool in a notebook; made by the functions below.

    Attributes
    ----------
    progress : dict
        The reader's progress, as `interview.progress` describes it. Can be observed.
    problem : str
        Why progress is not kept, in a sentence; or empty.
    """

    _esm = bundle("widget.mjs")
    _css = bundle("quiz.css")
    _open: ClassVar[WeakSet] = WeakSet()  # all tools of this kernel: they tell each other

    tool = traitlets.Unicode().tag(sync=True)
    html = traitlets.Unicode().tag(sync=True)  # of a chapter's quiz
    bank = traitlets.Dict().tag(sync=True)  # of every other tool
    progress = traitlets.Dict().tag(sync=True)
    outbox = traitlets.Dict().tag(sync=True)  # events that the front end wants to be kept
    problem = traitlets.Unicode().tag(sync=True)

    def __init__(self, ref: QuizRef | StudyRef, file: ProgressFile, **traits: Any):
        self._ref, self._file = ref, file
        self._unsaved = empty()
        super().__init__(progress=file.load(), **traits)
        self.problem = file.problem
        self.on_msg(self._receive)
        self._open.add(self)

    @traitlets.observe("outbox")
    def _keep(self, change: Any) -> None:
        """Unite what the reader's side sent with the file; the file's union goes back to it."""
        if not change.new:
            return
        try:
            self._unsaved = merge(self._unsaved, validate(change.new))
            united = self._file.add(self._unsaved)
        except OSError as error:
            self.progress = merge(self.progress, self._unsaved)
            self.problem = f"Progress could not be saved: {error}"
        except ValueError as error:
            self.problem = str(error)
        else:
            self._unsaved = empty()
            self._show(united)

    def _receive(self, _widget: Any, content: Any, _buffers: Any) -> None:
        if not (isinstance(content, dict) and content.get("type") == "reset"):
            return
        try:
            self._unsaved = empty()
            self._show(self._file.reset())
        except OSError as error:
            self.problem = f"Progress could not be reset: {error}"

    def _show(self, progress: dict) -> None:
        for tool in self._open:
            if tool._file.path == self._file.path:
                tool.progress = progress
                tool.problem = tool._file.problem

    def __repr__(self) -> str:
        return f"StudyTool({self.tool!r})"  # constant: a lab stores and compares it

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict, dict]:
        data, metadata = super()._repr_mimebundle_(**kwargs)
        return data | {"text/html": self._ref.html()}, metadata


class Quiz(StudyTool):
    """Questions to answer in a notebook; made by `quiz`.

    Attributes
    ----------
    answers : dict
        The last answer to each question of this quiz, by the question's id: a dict with ``given``,
        ``right`` and ``at`` among its keys. Earlier sessions count. Can be observed.
    score : Score
        ``(right, answered, questions)``, from these answers.
    """

    answers = traitlets.Dict(read_only=True)

    def __init__(self, ref: QuizRef | StudyRef, ids: list[str], file: ProgressFile, **traits: Any):
        self._ids = ids
        super().__init__(ref, file, tool="quiz", **traits)

    @property
    def score(self) -> Score:
        return score(self.progress, self._ids)

    @traitlets.observe("progress")
    def _note_answers(self, change: Any) -> None:
        last = last_answers(change.new)
        self.set_trait("answers", {id: last[id] for id in self._ids if id in last})

    def __repr__(self) -> str:
        return f"Quiz({getattr(self._ref, 'chapter', 'all')!r})"


def quiz(
    chapter: str | None = None,
    questions: Iterable[str] = (),
    *,
    seed: int | None = None,
    progress: str | os.PathLike | None = None,
) -> Quiz:
    """Ask questions in a notebook.

    Parameters
    ----------
    chapter
        Name of the chapter, as its file in the bank; by default all chapters, mixed.
    questions
        Ids of the questions to ask; by default all of the chapter.
    seed
        Fixes the order of the questions and of their options; 0 or more.
    progress
        The progress file; by default `interview.progress_file.default_path()`.

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
    file = ProgressFile(progress)
    if chapter is None:
        if tuple(questions):
            raise ValueError("questions are of one chapter: name the chapter as well")
        ids = [question.id for question in bank.load(checked=False)]
        return Quiz(StudyRef("quiz"), ids, file, bank=_bank() | {"seed": seed})
    ref = QuizRef(chapter, tuple(questions))
    chosen = ref.choose(bank.load(checked=False))
    html = quiz_html(ref.chapter, chosen, _section_url, lambda id: f"#q-{id}", seed)
    return Quiz(ref, [question.id for question in chosen], file, html=html)


def flashcards(*, progress: str | os.PathLike | None = None) -> StudyTool:
    """Review the bank's flashcards in a notebook, on a spaced-repetition schedule (FSRS).

    Parameters
    ----------
    progress
        The progress file; by default `interview.progress_file.default_path()`.

    Raises
    ------
    OSError
        If the progress file exists and cannot be read.
    """
    return _tool("flashcards", progress)


def mock_interview(*, progress: str | os.PathLike | None = None) -> StudyTool:
    """Practise an interview against the clock in a notebook; parameters as for `flashcards`."""
    return _tool("mock-interview", progress)


def readiness(*, progress: str | os.PathLike | None = None) -> StudyTool:
    """Estimate what you will recall on the day of your interview; parameters as `flashcards`."""
    return _tool("readiness", progress)


def _tool(name: str, progress: str | os.PathLike | None) -> StudyTool:
    return StudyTool(StudyRef(name), ProgressFile(progress), tool=name, bank=_bank())


def _bank() -> dict:
    """The whole bank, rendered again only after its files have changed."""
    stamps = tuple((path, path.stat().st_mtime_ns) for path in sorted(bank.FOLDER.glob("*.yaml")))
    return _rendered(stamps, _book())


@cache
def _rendered(_stamps: tuple[tuple[Path, int], ...], _book: str) -> dict:
    return study_data(bank.load(checked=False), _section_url, lambda id: f"#q-{id}")


def _book() -> str:
    """Address of the built book, for links to its sections; empty if it is not known."""
    return os.environ.get(BOOK_ENVIRONMENT, "").rstrip("/")


def _section_url(section: str) -> str | None:
    page, anchor = section.split("#")
    return f"{_book()}/{page}.html#{anchor}" if _book() else None
