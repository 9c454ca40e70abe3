"""The progress document and its file: checked, never overwritten unread, never half written."""

import json
import multiprocessing
import os
import random
import signal
import time

import pytest

from interview import progress, progress_file
from interview.progress_file import ProgressFile

AT = "2026-03-01T10:00:00.000Z"


def nested(levels):
    return [nested(levels - 1)] if levels else 0


def answer(id="a", at=AT, question="l1-q", right=True, **more):
    return {"id": id, "at": at, "chapter": "l1", "question": question, "right": right} | more


def document(*answers, **more):
    return progress.empty() | {"answers": list(answers)} | more


def data_files(folder):
    """What is in the folder, but for the lock, which is empty and stays."""
    return sorted(path for path in folder.iterdir() if not path.name.endswith(".lock"))


def test_file_survives_and_is_united(tmp_path):
    file = ProgressFile(tmp_path / "new" / "progress.json")
    assert file.load() == progress.empty()
    assert not file.path.exists()  # looking writes nothing
    file.add(document(answer("a")))
    ProgressFile(file.path).add(document(answer("b", right=False)))
    assert [a["id"] for a in file.load()["answers"]] == ["a", "b"]
    assert data_files(file.path.parent) == [file.path]  # no temporary file stays


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"\xff\xfe", b"[]", b'{"version": 3, "answers": []}', b'{"version": NaN}'],
)
def test_unreadable_file_is_kept_aside(tmp_path, content):
    file = ProgressFile(tmp_path / "progress.json")
    file.path.write_bytes(content)
    file.add(document(answer()))
    (aside,) = tmp_path.glob("progress.unreadable-*.json")
    assert aside.read_bytes() == content
    assert aside.name in file.problem
    assert len(file.load()["answers"]) == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("null", "no version"),
        ('{"answers": []}', "no version"),
        ('{"version": true, "answers": []}', "version true"),
        ('{"version": 7, "answers": []}', "version 7; accepted: 1, 2"),
        ('{"version": 1}', "no list of answers"),
        ('{"version": 1, "answers": [{}]}', "Entry 1 of answers"),
        ('{"version": 2, "answers": [], "reviews": {}}', "no list of reviews"),
        (json.dumps(document(reviews=[{"id": "r", "at": AT, "card": "c", "rating": 5}])), "rating"),
        (json.dumps(document(undone=[{"id": "u", "at": AT}])), "it needs id, at and review"),
        (json.dumps(document(interviews=[{"id": "i", "at": AT, "level": "easy"}])), "minutes"),
        (json.dumps(document(settings=[{"id": "s", "at": AT, "name": "x"}])), "name and value"),
        ('{"version": 2, "answers": [], "x": 1e999}', "too large"),
        ('{"version": 2, "answers": [], "x": "\\ud800"}', "not Unicode"),
        (json.dumps(document(x=nested(21))), "nested deeper"),
        (json.dumps(document(answer(at="2026-02-30T10:00:00.000Z"))), "Entry 1 of answers"),
        (json.dumps(document(answer(at="yesterday"))), "Entry 1 of answers"),
        (json.dumps(document(answer(), answer("b", right="yes"))), "Entry 2 of answers"),
    ],
)
def test_import_refuses_in_one_sentence(tmp_path, text, said):
    file = ProgressFile(tmp_path / "progress.json")
    file.add(document(answer()))
    before = file.path.read_bytes()
    incoming = tmp_path / "incoming.json"
    incoming.write_text(text)
    with pytest.raises(ValueError, match=said) as refusal:
        file.import_from(incoming)
    assert "\n" not in str(refusal.value)
    assert file.path.read_bytes() == before


def test_export_and_import_are_inverse(tmp_path):
    file = ProgressFile(tmp_path / "progress.json")
    held = file.add(document(answer("b"), answer("a"), theme={"pace": 1}))
    file.export_to(tmp_path / "copy.json")
    assert ProgressFile(tmp_path / "other.json").import_from(tmp_path / "copy.json") == held


def test_failed_write_leaves_the_old_file(tmp_path, monkeypatch):
    file = ProgressFile(tmp_path / "progress.json")
    file.add(document(answer("a")))
    monkeypatch.setattr("os.replace", lambda *_: (_ for _ in ()).throw(OSError("disk")))
    with pytest.raises(OSError, match="disk"):
        file.add(document(answer("b")))
    assert [a["id"] for a in file.load()["answers"]] == ["a"]
    assert data_files(tmp_path) == [file.path]


def test_place_can_be_chosen(tmp_path, monkeypatch):
    monkeypatch.setenv(progress_file.ENVIRONMENT, str(tmp_path / "mine.json"))
    assert ProgressFile().path == tmp_path / "mine.json"


def test_score_counts_the_last_answer():
    held = document(
        answer("b", "2026-03-02T10:00:00.000Z", "x", right=True),
        answer("a", "2026-03-01T10:00:00.000Z", "x", right=False),
        answer("c", question="y", right=False),
        answer("d", question="elsewhere"),
    )
    assert progress.score(held, ["x", "y", "z"]) == (1, 2, 3)


def test_version_1_becomes_version_2():
    old = {"version": 1, "answers": [answer()], "theme": "dark", "settings": {"pace": 1}}
    new = progress.validate(old)
    assert new["version"] == 2
    assert new["answers"] == [answer()]
    assert new["theme"] == "dark"
    assert new["settings"] == []  # version 2 means something else by it: what was there is kept
    assert new["kept"] == [{"settings": {"pace": 1}}]
    assert progress.validate(new) == new


def test_reset_forgets_everything(tmp_path):
    file = ProgressFile(tmp_path / "progress.json")
    held = file.add(
        document(answer("a"), reviews=[{"id": "r", "at": AT, "card": "c", "rating": 3}])
    )
    file.export_to(tmp_path / "copy.json")
    assert file.reset() == file.load() == progress.empty()
    assert file.import_from(tmp_path / "copy.json") == held  # an export brings it back


# --- several processes, and processes that die ---------------------------------------------------


def add_answers(path, name, count):
    for i in range(count):
        ProgressFile(path).add(document(answer(f"{name}-{i}")))


def test_two_kernels_lose_nothing(tmp_path):
    path = tmp_path / "progress.json"
    kernels = [
        multiprocessing.get_context("fork").Process(target=add_answers, args=(path, name, 25))
        for name in "ab"
    ]
    for kernel in kernels:
        kernel.start()
    for kernel in kernels:
        kernel.join(60)
    assert len(ProgressFile(path).load()["answers"]) == 50
    assert data_files(tmp_path) == [path]


def test_unreadable_file_is_put_aside_once_by_two_kernels(tmp_path):
    path = tmp_path / "progress.json"
    path.write_text("{broken")
    kernels = [
        multiprocessing.get_context("fork").Process(target=add_answers, args=(path, name, 3))
        for name in "ab"
    ]
    for kernel in kernels:
        kernel.start()
    for kernel in kernels:
        kernel.join(60)
    assert [a.read_text() for a in tmp_path.glob("*.unreadable-*")] == ["{broken"]
    assert len(ProgressFile(path).load()["answers"]) == 6


def write_in_turn(path, states, started):
    while True:
        for state in states:
            ProgressFile(path)._write(state)
            started.set()


def test_killed_during_a_write_the_file_is_one_of_the_two_states(tmp_path):
    """SIGKILL at 50 random moments of a process that writes two states in turn."""
    rng, fork = random.Random(0), multiprocessing.get_context("fork")
    path = tmp_path / "progress.json"
    states = [
        progress.validate(document(*(answer(f"{name}-{i}") for i in range(300)))) for name in "ab"
    ]
    during = 0
    for _ in range(50):
        started = fork.Event()
        writer = fork.Process(target=write_in_turn, args=(path, states, started))
        writer.start()
        assert started.wait(20)
        time.sleep(rng.uniform(0, 0.02))
        os.kill(writer.pid, signal.SIGKILL)
        writer.join(20)
        assert progress.parse(path.read_text(encoding="utf-8")) in states
        during += len(data_files(tmp_path)) > 1  # half of the next state lies beside it
    assert during >= 5, f"only {during} of 50 were killed while they wrote"
    united = ProgressFile(path).add(document(answer("c")))
    assert len(united["answers"]) == 301
    assert data_files(tmp_path) == [path]  # what the killed left is cleared away
