"""Uniting progress: commutative, associative, idempotent, and the same in both languages."""

import json
import random
import string

import javascript
from hypothesis import given, settings
from hypothesis import strategies as st

from interview import progress

MOMENTS = st.sampled_from([f"2026-03-0{day}T10:00:00.000Z" for day in range(1, 6)])
NAMES = st.sampled_from(["a", "b", "é", "\U0001f600", "\uffff", "__proto__", "constructor"])
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 3),
    st.sampled_from([0.5, -0.0, 1e300, 1e-7, 2.0]),
    NAMES,
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=6,
)


def events(**fields):
    event = st.fixed_dictionaries({"id": NAMES, "at": MOMENTS} | fields, optional={"note": VALUES})
    return st.lists(event, max_size=4)


NUMBERS = st.lists(st.integers(1, 4), max_size=2)
ASKED = st.fixed_dictionaries({"question": NAMES, "said": NUMBERS, "of": st.integers(1, 4)})
LISTS = {
    "answers": events(chapter=NAMES, question=NAMES, right=st.booleans()),
    "reviews": events(card=NAMES, rating=st.integers(1, 4)),
    "undone": events(review=NAMES),
    "interviews": events(
        level=NAMES, minutes=st.integers(1, 9), questions=st.lists(ASKED, max_size=2)
    ),
    "settings": events(name=NAMES, value=SCALARS),
}
DOCUMENTS = st.builds(
    lambda lists, more: {"version": 2} | more | lists,
    st.fixed_dictionaries(LISTS),
    st.dictionaries(NAMES, VALUES, max_size=3),
).map(progress.validate)


@settings(max_examples=100, deadline=None)
@given(DOCUMENTS, DOCUMENTS, DOCUMENTS)
def test_merge_is_commutative_associative_and_idempotent(a, b, c):
    merge = progress.merge
    assert same(merge(a, b), merge(b, a))
    assert same(merge(merge(a, b), c), merge(a, merge(b, c)))
    assert same(merge(a, a), a)
    assert same(merge(merge(a, b), b), merge(a, b))


@settings(max_examples=80, deadline=None)
@given(DOCUMENTS, DOCUMENTS)
def test_merge_loses_nothing_and_makes_nothing_up(a, b):
    united = progress.merge(a, b)
    assert a.keys() | b.keys() == united.keys()
    for name in progress.EVENTS:
        kept = {progress.canonical(event) for event in united[name]}
        assert kept == {progress.canonical(event) for event in (*a[name], *b[name])}
        assert [event["at"] for event in united[name]] == sorted(e["at"] for e in united[name])


def same(a, b) -> bool:
    """Equal, also in the order of the lists; True is not 1."""
    return progress.canonical(a) == progress.canonical(b)


def examples(strategy, count):
    found = []

    @settings(max_examples=count, deadline=None, database=None, derandomize=True)
    @given(strategy)
    def collect(value):
        found.append(value)

    collect()
    return found


def test_javascript_merges_alike():
    pairs = examples(st.tuples(DOCUMENTS, DOCUMENTS), 150)
    united = javascript.run(
        "const { merge } = await load('store/merge.js');"
        "const { validate } = await load('store/document.js');"
        "return data.map(([a, b]) => [merge(a, b), merge(validate(b), a), validate(a)]);",
        pairs,
    )
    for (a, b), (ab, ba, valid) in zip(pairs, united, strict=True):
        assert same(ab, progress.merge(a, b))
        assert same(ba, ab)
        assert same(valid, a)


# --- 1,000 accidents -----------------------------------------------------------------------------


def full_document():
    at = "2026-03-01T10:00:00.000Z"
    return {
        "version": 2,
        "answers": [
            {"id": f"a{i}", "at": at, "chapter": "l1", "question": f"q{i}", "given": [1.5, "A"],
             "right": i % 2 == 0}
            for i in range(3)
        ],
        "reviews": [{"id": "r", "at": at, "card": "q1", "rating": 3}],
        "undone": [{"id": "u", "at": at, "review": "r"}],
        "interviews": [
            {"id": "i", "at": at, "level": "senior", "minutes": 20,
             "questions": [{"question": "q1", "said": [1], "of": 3, "text": "é"}]}
        ],
        "settings": [{"id": "s", "at": at, "name": "interview", "value": "2026-12-01"}],
        "theme": {"dark": [True, None]},
    }  # fmt: skip


def mutate(text, rng):
    """One to three small accidents to a text."""
    for _ in range(rng.randint(1, 3)):
        i, j = sorted(rng.sample(range(len(text) + 1), 2))
        text = rng.choice(
            [
                lambda t, i=i: t[:i] + t[i + 1 :],
                lambda t, i=i: t[:i] + rng.choice(string.printable + "é\u2028\x00") + t[i:],
                lambda t, i=i, j=j: t[:i] + t[j:] if j - i < 40 else t,
                lambda t, i=i, j=j: t[:j] + t[i:j] + t[j:],
                lambda t: t.replace(*rng.choice(SWAPS), 1),
                lambda t: t.replace("true", "1").replace("[", "{", rng.randint(0, 1)),
            ]
        )(text) or " "  # fmt: skip
    return text


SWAPS = [
    ('"version": 2', '"version": 1'), ('"version": 2', '"version": "2"'),
    ('"rating": 3', '"rating": 3.0'), ('"rating": 3', '"rating": true'), ('"q1"', "null"),
    ("2026-03-01", "2026-02-30"), ("10:00", "24:00"), ("1.5", "1e999"), ("1.5", "NaN"),
    ("1.5", "-0.0"), ("1.5", "12345678901234567890"), ('"A"', '"\\ud800"'), ('"A"', "{}"),
    ("answers", "__proto__"), ("reviews", "review"), ('"i"', '"a0"'), ("null", "[[[]]]"),
]  # fmt: skip


def test_a_thousand_damaged_files(tmp_path):
    """Each is accepted, alike in both languages, or refused in a sentence; nothing is lost."""
    from interview.progress_file import ProgressFile

    rng = random.Random(7)
    original = json.dumps(full_document())
    texts = [mutate(original, rng) for _ in range(1000)]
    theirs = javascript.run(
        "const { parse } = await load('store/document.js');"
        "return data.map((text) => { try { return { value: parse(text) }; }"
        " catch (error) { return { name: error.name, refused: error.message }; } });",
        texts,
    )
    accepted = 0
    for text, javascript_says in zip(texts, theirs, strict=True):
        try:
            document = progress.parse(text)
        except ValueError as error:
            said = str(error)
            assert said.endswith(".") and "\n" not in said, said
            assert javascript_says.get("name") == "Error", f"{said}\n{javascript_says}"
            if "not JSON" not in said:
                assert javascript_says["refused"] == said
        else:
            accepted += 1
            assert same(javascript_says["value"], document), text
            assert same(progress.validate(document), document)
    assert 50 < accepted < 950, f"{accepted} of 1000 are accepted"

    file = ProgressFile(tmp_path / "progress.json")
    for text in texts[:200]:
        written = text.encode("utf-8", errors="surrogatepass")
        file.path.write_bytes(written)
        file.problem = ""
        new = {"version": 2, "answers": [full_document()["answers"][0] | {"id": "new"}]}
        held = file.add(new)
        assert "new" in {answer["id"] for answer in held["answers"]}
        if file.problem:
            aside = tmp_path / file.problem.rstrip(".").split(" ")[-1]
            assert aside.read_bytes() == written
        else:
            assert same(progress.merge(held, progress.parse(text)), held)
