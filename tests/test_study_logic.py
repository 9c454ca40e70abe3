"""What the study tools choose and predict: the modules without a page."""

from datetime import UTC, datetime, timedelta

import javascript
import pytest
from fsrs import Card, Rating, Scheduler

from interview import bank
from interview.study_data import study_data

LEVELS = ("easy", "medium", "hard", "senior")
REAL = study_data(bank.load(), lambda section: f"../{section}", lambda id: f"#q-{id}")["questions"]


def question(i, chapter="a", level="easy", closed=True, **more):
    return {
        "id": f"{chapter}-{i}", "chapter": chapter, "level": level, "kind": "single",
        "closed": closed, "options": closed, "follow_ups": [], "section": f"book/{chapter}#s",
    } | more  # fmt: skip


MADE = [
    question(f"{level}{i}", chapter, level, closed=i % 2 == 0)
    for chapter in "abcde"
    for level in LEVELS
    for i in range(4)
]


def diagnosis(questions, seeds):
    return javascript.run(
        "const { diagnosis } = await load('select.js');"
        "return data.seeds.map((seed) => diagnosis(data.questions, seed));",
        {"questions": questions, "seeds": seeds},
    )


def test_diagnosis_covers_chapters_and_levels():
    known = {entry["id"]: entry for entry in MADE}
    one, other, again = diagnosis(MADE, [1, 2, 1])
    assert one == again != other
    for ids in (one, other):
        chosen = [known[id] for id in ids]
        assert len(set(ids)) == 10
        assert all(entry["closed"] for entry in chosen)
        assert sorted(entry["chapter"] for entry in chosen) == sorted("abcde" * 2)
        assert {entry["level"] for entry in chosen} == set(LEVELS)


def test_diagnosis_of_a_small_or_open_bank():
    assert len(set(diagnosis(MADE[:4], [1])[0])) == 4
    open_only = [entry | {"closed": False} for entry in MADE]
    assert len(set(diagnosis(open_only, [1])[0])) == 10
    assert diagnosis([], [1]) == [[]]


@pytest.mark.parametrize("level", ["", *LEVELS])
def test_interview_asks_aloud_of_its_topics_with_follow_ups(level):
    topics = sorted({entry["chapter"] for entry in REAL})
    plans = javascript.run(
        "const { plan } = await load('mock.js');"
        "return data.seeds.map((seed) => plan(data.questions, { ...data.wish, seed }));",
        {
            "questions": REAL,
            "seeds": [1, 2, 1],
            "wish": {"level": level, "minutes": 30, "topics": topics},
        },
    )
    assert plans[0] == plans[2]
    for asked in plans:
        ids = [entry["question"]["id"] for entry in asked]
        assert 1 <= len(ids) <= 10 and len(set(ids)) == len(ids)
        for before, entry in zip([None, *asked], asked, strict=False):
            spoken = entry["question"]
            assert not spoken["options"]
            if entry["after"]:
                assert entry["after"]["id"] == before["question"]["id"]
                assert spoken["id"] in before["question"]["follow_ups"]
            elif level:
                assert spoken["level"] == level
    assert any(entry["after"] for asked in plans for entry in asked)


def test_interview_of_other_topics_or_none():
    wish = {"level": "", "minutes": 30, "topics": ["b"], "seed": 1}
    only, none = javascript.run(
        "const { plan } = await load('mock.js');"
        "return [plan(data[0], data[1]), plan(data[0], { ...data[1], topics: [] })];",
        [MADE, wish],
    )
    assert {entry["question"]["chapter"] for entry in only} == {"b"}
    assert none == []


READINESS = (
    "const { byChapter, evidence, worthReviewing } = await load('readiness.js');"
    "const { statesAfter, dayOfDate, studyDay } = await load('scheduler.js');"
    "const states = statesAfter(evidence(data.progress));"
    "const now = Date.parse(data.now), day = dayOfDate(data.day);"
    "return { chapters: byChapter(data.questions, states, day),"
    " worth: worthReviewing(data.questions, states, now, day, 10)"
    ".map(({ question, gain }) => [question.id, gain]) };"
)
START = datetime(2026, 1, 5, 12, tzinfo=UTC)


def moment(days):
    return (START + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def readiness(answers, reviews=(), *, day, now, questions=MADE):
    progress = {"answers": answers, "reviews": list(reviews), "undone": []}
    date = (START + timedelta(days=day)).strftime("%Y-%m-%d")
    return javascript.run(
        READINESS,
        {"questions": questions, "progress": progress, "day": date, "now": moment(now)},
    )


def answer(question, days, right):
    return {
        "id": f"{question}{days}", "at": moment(days), "chapter": "a", "question": question,
        "right": right,
    }  # fmt: skip


def test_readiness_is_what_fsrs_predicts_of_answers_and_reviews():
    ids = [entry["id"] for entry in MADE if entry["chapter"] == "a"][:6]
    answers = [answer(id, 0, i % 2 == 0) for i, id in enumerate(ids)]
    reviews = [{"id": f"r{id}", "at": moment(3), "card": id, "rating": 4} for id in ids[:3]]
    found = readiness(answers, reviews, day=20, now=4)
    oracle, chances = Scheduler(enable_fuzzing=False), []
    for i, id in enumerate(ids):
        card = Card()
        card, _ = oracle.review_card(card, Rating.Again if i % 2 else Rating.Good, START)
        if id in ids[:3]:
            card, _ = oracle.review_card(card, Rating.Easy, START + timedelta(days=3))
        chances.append(oracle.get_card_retrievability(card, START + timedelta(days=20)))
    (a, *others) = found["chapters"]
    assert (a["chapter"], a["seen"], a["all"]) == ("a", 6, 16)
    assert a["recall"] == pytest.approx(sum(chances) / 6, abs=1e-6)
    assert all(entry["recall"] is None for entry in others)  # nothing is said of what is unknown


def test_readiness_says_nothing_of_four_answers():
    answers = [answer(entry["id"], 0, True) for entry in MADE[:4]]
    assert readiness(answers, day=9, now=1)["chapters"][0]["recall"] is None


def test_worth_reviewing_is_what_gains_most():
    forgotten, known = MADE[0]["id"], MADE[1]["id"]
    answers = [answer(forgotten, 0, False), *(answer(known, days, True) for days in (0, 2, 6, 14))]
    found = readiness(answers, day=30, now=20)
    gains = dict(found["worth"])
    assert list(gains) == sorted(gains, key=gains.get, reverse=True)
    assert found["worth"][0][0] == forgotten
    assert gains[forgotten] > 0.1
    assert MADE[2]["id"] not in gains  # never seen: nothing is claimed
    assert readiness(answers, day=10, now=20)["worth"] == []  # the day is over
