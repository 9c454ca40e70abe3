"""The question bank: the real one is right, a malformed one is named with file and line."""

import ast
import math
import random
import re
import subprocess
import sys
from collections import Counter

import numpy as np
import pytest
from pages import CHAPTERS, ROOT

from interview import bank
from interview.check import check_bank
from interview.located_yaml import DataError

QUESTIONS = bank.load()
NUMERIC = [question for question in QUESTIONS if question.kind == "numeric"]


# --- the real bank -------------------------------------------------------------------------


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_chapter_has_forty_questions_of_all_levels(chapter):
    levels = Counter(question.level for question in QUESTIONS if question.chapter == chapter)
    least = 12 if chapter == "flash-notes" else 40  # those notes are the other chapters' cards
    assert levels.total() >= least, f"{chapter} has {levels.total()} questions"
    assert set(levels) == {"easy", "medium", "hard", "senior"}, f"{chapter} has {dict(levels)}"


def test_there_are_360_questions_in_all():
    assert len(QUESTIONS) >= 360


def words(question: bank.Question) -> set[str]:
    """The words of four letters and more of a question, its options and its answer."""
    options = (option.text for option in question.options)
    said = " ".join([question.prompt, question.answer, *options])
    return set(re.findall(r"[a-z]{4,}", said.lower()))


def test_no_two_questions_are_alike():
    bags = [(question.id, words(question)) for question in QUESTIONS]
    alike = [
        f"{a} and {b}"
        for i, (a, first) in enumerate(bags)
        for b, second in bags[i + 1 :]
        if len(first & second) > 0.75 * len(first | second)
    ]
    assert not alike, f"questions that are nearly the same: {alike}"


def test_check_passes():
    assert re.match(rf"{len(QUESTIONS)} questions in order: \d+ \w+", check_bank())


def test_command_line_check():
    command = [sys.executable, "-m", "interview", "check"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"{len(QUESTIONS)} questions")


@pytest.mark.parametrize("question", NUMERIC, ids=lambda question: question.id)
def test_number_is_what_its_expression_gives(question):
    computed = eval(question.compute, {"np": np, "math": math})
    gap = abs(computed - float(question.answer))
    assert gap <= question.tolerance * abs(computed) + 1e-12, (
        f"{question.where} {question.id}: {question.compute} is {computed}, not {question.answer}"
    )
    assert question.tolerance <= 0.1, f"{question.where}: a tolerance of {question.tolerance}"


@pytest.mark.parametrize("question", NUMERIC, ids=lambda question: question.id)
def test_expression_computes(question):
    """An expression that only repeats the answer would check nothing."""
    tree = ast.parse(question.compute, mode="eval").body
    assert not isinstance(tree, ast.Constant), (
        f"{question.where} {question.id}: compute is the bare number {question.compute}"
    )


def test_where_is_the_line_of_the_question():
    for question in QUESTIONS:
        file, line = question.where.split(":")
        lines = (bank.FOLDER / file).read_text(encoding="utf-8").splitlines()
        assert question.id in lines[int(line) - 1], f"{question.where} is not {question.id}"


def test_questions_come_in_the_order_of_the_course():
    chapters = list(dict.fromkeys(question.chapter for question in QUESTIONS))
    assert chapters == CHAPTERS


def test_options_differ():
    for question in QUESTIONS:
        texts = [option.text.strip() for option in question.options]
        assert len(set(texts)) == len(texts), f"{question.where} {question.id} repeats an option"


# --- malformed banks -----------------------------------------------------------------------

BANK = """\
chapter: l1
questions:
  - id: one-single
    level: easy
    kind: single
    prompt: "Which $x$?"
    options:
      - {text: "this", correct: true, why: "because"}
      - {text: "that", why: "tempting"}
    answer: "this"
    key_points:
      - a point
    spoken: "say it"
    section: book/l1#say-it
    follow_ups: [two-numeric]
    claims: [C3.2]
    card: true
  - id: two-numeric
    level: hard
    kind: numeric
    prompt: "How many?"
    answer: 4
    compute: 2 * 2
    tolerance: 0.01
    key_points: [a point]
    spoken: "four"
    section: book/l1#say-it
  - id: three-recall
    level: senior
    kind: recall
    prompt: "Why?"
    answer: "So."
    key_points: [a point]
    spoken: "so"
    section: book/l1#say-it
"""

# what is done: (old, new, line of the mistake, what the message says)
MALFORMED = {
    "bad YAML": ('"Why?"', '"Why?', 32, "not valid YAML"),
    "bad indentation": ("    level: hard", "   level: hard", 19, "not valid YAML"),
    "tab": ("    level: hard", "\tlevel: hard", 19, "not valid YAML"),
    "duplicate key": (
        "    level: hard",
        "    level: hard\n    level: easy",
        20,
        "'level' stands twice",
    ),
    "key that is no text": ("    card: true", "    1: true", 17, "keys are strings"),
    "unknown field": ("    card: true", "    hint: none", 3, "'hint' was unexpected"),
    "unknown top field": ("chapter: l1", "chapter: l1\nauthor: me", 1, "'author' was unexpected"),
    "unknown option field": ('why: "tempting"', 'why: "tempting", x: 1', 9, "'x' was unexpected"),
    "missing field": ('    spoken: "so"\n', "", 28, "'spoken' is a required"),
    "missing kind": ("    kind: recall\n", "", 28, "'kind' is a required"),
    "missing level": ("    level: hard\n", "", 18, "'level' is a required"),
    "missing why": (', why: "tempting"', "", 9, "'why' is a required"),
    "unknown kind": ("kind: recall", "kind: riddle", 30, "kind: is 'riddle'; accepted: single, "),
    "unknown level": ("level: hard", "level: expert", 19, "level: is 'expert'; accepted: easy, "),
    "no correct option": ("correct: true, ", "", 3, "0 correct options; exactly one"),
    "two correct options": ('"that", ', '"that", correct: true, ', 3, "2 correct options"),
    "none correct of several": (
        BANK,
        BANK.replace("kind: single", "kind: multiple").replace("correct: true, ", ""),
        3,
        "no correct option",
    ),
    "correct is text": ("correct: true", "correct: maybe", 8, "correct: is 'maybe'"),
    "one option": ('      - {text: "that", why: "tempting"}\n', "", 8, "options: "),
    "single without options": ("kind: recall", "kind: single", 28, "'options' is a required"),
    "options on recall": ("kind: single", "kind: recall", 8, "options: is not used"),
    "numeric without compute": ("    compute: 2 * 2\n", "", 18, "'compute' is a required"),
    "numeric without tolerance": ("    tolerance: 0.01\n", "", 18, "'tolerance' is a required"),
    "numeric in words": ("answer: 4", "answer: four", 18, "numeric, and its answer is 'four'"),
    "compute on recall": ('answer: "So."', 'answer: "So."\n    compute: "1"', 33, "compute: "),
    "tolerance of zero": ("tolerance: 0.01", "tolerance: 0", 24, "tolerance: "),
    "tolerance that is no number": ("tolerance: 0.01", "tolerance: .nan", 18, "tolerance: "),
    "tolerance without end": ("tolerance: 0.01", "tolerance: .inf", 18, "tolerance: "),
    "empty key_points": ("[a point]", "[]", 25, "key_points: "),
    "blank key point": ("      - a point", "      - ''", 12, "key_points: is empty"),
    "blank prompt": ('prompt: "Why?"', 'prompt: " "', 31, "prompt: is empty"),
    "prompt is a list": ('prompt: "Why?"', "prompt: [why]", 31, "prompt: is "),
    "id in capitals": ("id: three-recall", "id: Three", 28, "id: has a form"),
    "section without anchor": ("book/l1#say-it", "book/l1", 14, "section: has a form"),
    "duplicate id": (
        "id: three-recall",
        "id: one-single",
        28,
        "one-single stands also in l1.yaml:3",
    ),
    "unknown follow-up": (
        "[two-numeric]",
        "[nowhere]",
        3,
        "no other question has the id 'nowhere'",
    ),
    "follow-up to itself": ("[two-numeric]", "[one-single]", 3, "no other question has the id"),
    "unknown claim": ("[C3.2]", "[C99.1]", 3, "no claim has the id 'C99.1'"),
    "other chapter's name": ("chapter: l1", "chapter: l2", 1, "the chapter is 'l1', as the file"),
    "no questions": (BANK[BANK.index("questions:") :], "questions: []\n", 2, "questions: "),
    "null questions": (BANK[BANK.index("questions:") :], "questions:\n", 2, "questions: is 'None'"),
    "empty file": (BANK, "", 1, ""),
    "only a comment": (BANK, "# nothing yet\n", 1, ""),
    "list at top level": (BANK, "- chapter: l1\n", 1, "object"),
    "text at top level": (BANK, "hello\n", 1, "object"),
    "two documents": ("  - id: three-recall", "---\n  - id: three-recall", 28, "not valid YAML"),
    "unknown tag": ('"Why?"', "!!python/name:os.system x", 31, "not valid YAML"),
    "control character": ('"Why?"', '"Why\x07?"', 31, "not valid YAML"),
    "impossible date": ('"Why?"', "2026-13-45", 31, ""),
}


def write(folder, text: str):
    (folder / "l1.yaml").write_bytes(text.encode() if isinstance(text, str) else text)
    return folder


def test_the_sample_is_sound(tmp_path):
    questions = bank.load(write(tmp_path, BANK))
    assert [q.id for q in questions] == ["one-single", "two-numeric", "three-recall"]
    assert questions[1].value == 4
    assert check_bank(tmp_path).startswith("3 questions")


@pytest.mark.parametrize(("old", "new", "line", "says"), MALFORMED.values(), ids=MALFORMED)
@pytest.mark.usefixtures("no_hang")
def test_malformed_bank_is_named_with_file_and_line(tmp_path, old, new, line, says):
    assert BANK.count(old) >= 1, "the test no longer changes the sample"
    with pytest.raises(DataError) as raised:
        bank.load(write(tmp_path, BANK.replace(old, new, 1)))
    message = str(raised.value)
    assert says in message
    assert message.startswith(f"l1.yaml:{line}: "), f"the mistake is in line {line}: {message}"
    assert len(raised.value.problems) == 1, f"one mistake, several complaints:\n{message}"
    assert "Traceback" not in message
    assert "$defs" not in message


def test_an_alias_to_itself(tmp_path):
    endless = BANK.replace("key_points: [a point]", "key_points: &k [*k]", 1)
    with pytest.raises(DataError, match=r"^l1\.yaml:\d+: not valid YAML"):
        bank.load(write(tmp_path, endless))


def test_not_utf8(tmp_path):
    with pytest.raises(DataError, match=r"^l1\.yaml:1: not UTF-8"):
        bank.load(write(tmp_path, BANK.replace("Why?", "Warum für?").encode("latin-1")))


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ("Which $x$?", r"Which $\\frac{1$?", 3, r"the formula '\\frac{1' is not understood"),
        ("tempting", r"$\\nosuch$", 3, "is not understood"),
        ("compute: 2 * 2", "compute: 2 * 3", 18, "compute gives 6, the answer says 4"),
        ("compute: 2 * 2", "compute: 1 / 0", 18, "compute fails: ZeroDivisionError"),
        ("compute: 2 * 2", "compute: import os", 18, "compute fails: SyntaxError"),
        ("compute: 2 * 2", "compute: exit()", 18, "compute fails: "),
        ("compute: 2 * 2", "compute: np.ones(3)", 18, "compute fails: TypeError"),
        ("answer: 4", "answer: .nan", 18, "two-numeric"),
    ],
)  # fmt: skip
def test_deep_check_names_the_question(tmp_path, old, new, line, says):
    with pytest.raises(DataError) as raised:
        check_bank(write(tmp_path, BANK.replace(old, new, 1)))
    assert str(raised.value).startswith(f"l1.yaml:{line}: "), str(raised.value)
    assert says in str(raised.value)


@pytest.mark.parametrize(
    ("said", "named"),
    [
        ("Option B is a trap.", "Option B"),
        ("see answer (C)", "answer (C"),
        ("Answers A and C hold.", "Answers A"),
        ("as in choice 2", "choice 2"),
        ("The second option forgets it.", "second option"),
        ("the last two answers", "last two answers"),
        ("All of the above", "All of the above"),
        ("both of the above", "both of the above"),
        ("None of the options below", "None of the options below"),
        ("the options above", "options above"),
    ],
)
def test_no_text_names_an_option_by_its_place(tmp_path, said, named):
    """In whatever field, as the options are shuffled."""
    fields = ("Which $x$?", "that", "tempting", 'answer: "this"', "a point", "say it")
    for old in fields:
        new = old.replace("this", said)
        new = new if said in new else said
        with pytest.raises(DataError) as raised:
            check_bank(write(tmp_path, BANK.replace(old, new, 1)))
        problem = f"{named!r} names an option by its place, but options are shuffled"
        assert raised.value.problems == [f"l1.yaml:3: one-single: {problem}"]


def test_what_only_looks_like_a_place_is_accepted(tmp_path):
    for said in ("Teams A and B differ.", "the one above zero", "two options"):
        check_bank(write(tmp_path, BANK.replace("tempting", said, 1)))
    check_bank(write(tmp_path, BANK.replace("Why?", "What of the second option?", 1)))  # no options


def test_all_mistakes_are_told_at_once(tmp_path):
    write(tmp_path, BANK.replace("level: easy", "level: x").replace("kind: recall", "kind: y"))
    (tmp_path / "l2.yaml").write_text("- nothing\n")
    with pytest.raises(DataError) as raised:
        bank.load(tmp_path)
    places = [problem.split(" ")[0] for problem in raised.value.problems]
    assert places == ["l1.yaml:4:", "l1.yaml:30:", "l2.yaml:1:"]


# --- anything else that happens to a file ----------------------------------------------------


def mutate(text: str, rng: random.Random) -> str:
    """Delete, replace or repeat one character or one line."""
    parts = text.splitlines(keepends=True) if rng.random() < 0.5 else list(text)
    i = rng.randrange(len(parts))
    parts[i] = rng.choice(
        ["", parts[i] * 2, rng.choice(parts), rng.choice("\n \t:-[]{}&*!|>'\"%@`0#?\\\x00é")]
    )
    return "".join(parts)  # fmt: skip


@pytest.mark.usefixtures("no_hang")
def test_a_damaged_bank_loads_or_is_named(tmp_path):
    """300 small accidents, each to one question of the real bank, never another exception."""
    rng = random.Random(0)
    file = rng.choice(sorted(bank.FOLDER.glob("*.yaml")))
    text = file.read_text(encoding="utf-8")
    head, *entries = re.split(r"^(?=  - id: )", text, flags=re.MULTILINE)
    head = re.sub(r"^\s*#.*\n", "", head, flags=re.MULTILINE)
    loaded = 0
    for _ in range(300):
        entry = re.sub(r"^    follow_ups:.*\n", "", rng.choice(entries), flags=re.MULTILINE)
        damaged = mutate(head + entry, rng)
        (tmp_path / file.name).write_text(damaged, encoding="utf-8")
        try:
            loaded += len(bank.load(tmp_path))
        except DataError as error:
            for problem in error.problems:
                assert re.match(rf"{file.name}:\d+: \S", problem), f"{problem}\n{damaged}"
        except Exception as error:
            pytest.fail(f"{type(error).__name__}: {error} for\n{damaged}")
    assert 30 < loaded < 270, f"{loaded} of 300 load: the accidents are too many or too few"


def test_bank_folder_holds_a_file_a_chapter():
    named = {path.stem for path in bank.FOLDER.glob("*.yaml")}
    assert set(CHAPTERS) <= named, f"no bank for {set(CHAPTERS) - named} in {ROOT}"
