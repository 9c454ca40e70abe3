"""``interview.quiz`` in Python: what it shows, stores and learns of the reader's answers."""

import gzip
import json
import subprocess
import sys

import nbformat
import pytest
from nbclient import NotebookClient

import interview
from interview import bank, frontend
from interview.progress_file import ProgressFile
from interview.quiz_ref import QuizRef
from interview.study_ref import StudyRef


@pytest.fixture
def path(tmp_path):
    return tmp_path / "progress.json"


def event(question, right, id="e1", at="2026-03-01T10:00:00.000Z"):
    return {
        "id": id, "at": at, "chapter": "l1", "question": question, "given": ["A"], "right": right
    }  # fmt: skip


def test_import_needs_no_widgets():
    code = (
        "import sys; sys.modules.update(anywidget=None, ipywidgets=None, torch=None);"
        "import interview, interview.sphinx; print(interview.__all__)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_python_sees_answers(path):
    quiz = interview.quiz("l1", progress=path)
    first, second = quiz._ids[:2]
    seen = []
    quiz.observe(lambda change: seen.append(change.new), "answers")
    quiz.set_state({"outbox": {"version": 1, "answers": [event(first, True)]}})
    assert quiz.answers[first]["right"] is True
    assert quiz.score == (1, 1, len(quiz._ids))
    assert seen[-1] == quiz.answers
    # another kernel wrote meanwhile: nothing of it is lost
    ProgressFile(path).add({"version": 1, "answers": [event(second, False, "e2")]})
    quiz.set_state(
        {"outbox": {"version": 1, "answers": [event(first, True), event(first, False, "e3")]}}
    )
    assert len(ProgressFile(path).load()["answers"]) == 3
    assert quiz.score == (0, 2, len(quiz._ids))
    assert interview.quiz("l1", progress=path).score == quiz.score


def test_malformed_answers_change_nothing(path):
    quiz = interview.quiz("l1", progress=path)
    quiz.set_state({"outbox": {"version": 1, "answers": [event(quiz._ids[0], True)]}})
    held = path.read_bytes()
    quiz.set_state({"outbox": {"version": 1, "answers": ["<img>"]}})
    assert "Entry 1 of answers" in quiz.problem
    assert path.read_bytes() == held
    assert quiz.score.answered == 1


def test_unwritable_file_is_reported(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("")
    quiz = interview.quiz("l1", progress=tmp_path / "progress.json")
    quiz._file.path = blocked / "progress.json"
    quiz.set_state({"outbox": {"version": 1, "answers": [event(quiz._ids[0], True)]}})
    assert "could not be saved" in quiz.problem
    assert quiz.score.answered == 1


def test_unsaved_answers_are_saved_with_the_next(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("")
    quiz = interview.quiz("l1", progress=tmp_path / "progress.json")
    there = quiz._file.path
    quiz._file.path = blocked / "progress.json"
    quiz.set_state({"outbox": {"version": 1, "answers": [event(quiz._ids[0], True)]}})
    quiz._file.path = there
    quiz.set_state({"outbox": {"version": 1, "answers": [event(quiz._ids[1], True, "e2")]}})
    assert quiz.problem == ""
    assert len(ProgressFile(there).load()["answers"]) == 2


def test_tools_of_a_kernel_tell_each_other(path):
    cards, quiz = interview.flashcards(progress=path), interview.quiz("l1", progress=path)
    review = {"id": "r", "at": "2026-03-01T10:00:00.000Z", "card": "l1-say-it", "rating": 3}
    cards.set_state({"outbox": {"version": 2, "answers": [], "reviews": [review]}})
    assert quiz.progress["reviews"] == [review]
    quiz._receive(quiz, {"type": "reset"}, [])
    assert cards.progress["reviews"] == []
    assert ProgressFile(path).load()["reviews"] == []


def test_quiz_of_all_chapters(path):
    quiz = interview.quiz(progress=path, seed=3)
    assert quiz._ids == [question.id for question in bank.load()]
    assert quiz.bank["seed"] == 3
    with pytest.raises(ValueError, match="name the chapter"):
        interview.quiz(questions=["l1-say-it"])


@pytest.mark.parametrize("tool", ["flashcards", "mock_interview", "readiness"])
def test_tools_store_their_name_only(path, tool):
    widget = getattr(interview, tool)(progress=path)
    data, _ = widget._repr_mimebundle_()
    name = tool.replace("_", "-")
    assert data["text/plain"] == f"StudyTool({name!r})"
    assert StudyRef.find(data["text/html"]) == StudyRef(name)
    assert len(data["text/html"]) < 200


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"chapter": "l9"}, "no chapter 'l9'; accepted: .*l1"),
        ({"chapter": "l1", "questions": ["nope"]}, "no question nope"),
        ({"chapter": "l1", "seed": -1}, "seed is -1; accepted"),
        ({"chapter": "l1", "seed": 1.5}, "seed is 1.5; accepted"),
    ],
)
def test_bad_arguments(arguments, said):
    with pytest.raises(ValueError, match=said):
        interview.quiz(**arguments)


def test_stored_output_says_nothing_of_the_bank(path, monkeypatch):
    """A bank edit breaks no lab: what nbval compares is the same before and after."""

    def stored():
        data, _ = interview.quiz("l1", ["l1-say-it"], progress=path)._repr_mimebundle_()
        del data["application/vnd.jupyter.widget-view+json"]
        return data

    before = stored()
    questions = bank.load()
    edited = next(q for q in questions if q.id == "l1-say-it")
    changed = [type(edited)(**{**vars(edited), "prompt": "Something else?"})]
    monkeypatch.setattr(bank, "load", lambda **_: changed)
    assert stored() == before
    assert set(before) == {"text/plain", "text/html"}
    assert before["text/plain"] == "Quiz('l1')"
    assert QuizRef.find(before["text/html"]) == QuizRef("l1", ("l1-say-it",))


def test_hostile_prompt_is_text(path, monkeypatch):
    question = next(q for q in bank.load() if q.options)
    hostile = type(question)(**{**vars(question), "prompt": "<img src=x onerror=alert(1)>"})
    monkeypatch.setattr(bank, "load", lambda **_: [hostile])
    html = interview.quiz(question.chapter, progress=path).html
    assert "<img" not in html and "&lt;img" in html


def test_nbval_is_green_twice(tmp_path, monkeypatch):
    monkeypatch.setenv("INTERVIEW_PROGRESS", str(tmp_path / "progress.json"))
    notebook = nbformat.v4.new_notebook()
    notebook.cells = [
        nbformat.v4.new_code_cell('import interview\n\ninterview.quiz("l1", seed=3)'),
        nbformat.v4.new_code_cell("_ = interview"),
    ]
    notebook.metadata["kernelspec"] = {
        "name": "python3", "display_name": "Python 3", "language": "python"
    }  # fmt: skip
    NotebookClient(notebook, record_timing=False).execute()
    notebook.metadata.pop("widgets", None)
    for cell in notebook.cells:
        for output in cell.outputs:
            output.data.pop("application/vnd.jupyter.widget-view+json")
    path = tmp_path / "lab.ipynb"
    nbformat.write(notebook, path)
    assert "l1" in json.dumps(notebook) and "lambda" not in json.dumps(notebook)
    for _ in range(2):
        run = [sys.executable, "-m", "pytest", "-q", "--nbval", "--nbval-current-env", str(path)]
        done = subprocess.run(run, capture_output=True, text=True, cwd=tmp_path)
        assert done.returncode == 0, done.stdout
        ProgressFile().add({"version": 1, "answers": [event("l1-say-it", True)]})


@pytest.mark.parametrize("name", ["quiz.js", "study.js", "widget.mjs"])
def test_bundle_is_small(name):
    size = sum(
        len(gzip.compress(frontend.bundle(part).read_bytes())) for part in (name, "quiz.css")
    )
    assert size <= 60 * 1024


def test_missing_bundle_says_what_to_do(monkeypatch, tmp_path):
    monkeypatch.setattr(frontend, "DIST", tmp_path)
    with pytest.raises(FileNotFoundError, match=r"build\.py"):
        frontend.bundle("quiz.js")
