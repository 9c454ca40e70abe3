"""The flashcards' schedule: FSRS as PyPI's `fsrs` computes it, on study days by the clock."""

import random
from datetime import UTC, datetime, timedelta

import javascript
import pytest
from fsrs import Card, Rating, Scheduler

START = datetime(2026, 1, 5, 12, tzinfo=UTC)


def history(rng):
    """Reviews of one card, whole days apart: (day, rating)."""
    day, reviews = 0, []
    for _ in range(rng.randint(1, 12)):
        reviews.append((day, rng.choices((1, 2, 3, 4), (2, 2, 5, 1))[0]))
        day += rng.choice((1, 1, 2, 3, 7, 20, 90))
    return reviews


def moment(time):
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def reviews(history):
    return [{"at": moment(START + timedelta(days=day)), "rating": r} for day, r in history]


def test_a_thousand_histories_agree_with_fsrs():
    rng = random.Random(11)
    histories = [history(rng) for _ in range(1000)]
    ours = javascript.run(
        "const { replay, recall, dayOfDate } = await load('scheduler.js');"
        "return data.map(([reviews, date]) => { const state = replay(reviews);"
        " return [state.stability, state.difficulty, recall(state, dayOfDate(date))]; });",
        [
            (reviews(h), (START + timedelta(days=h[-1][0] + 30)).strftime("%Y-%m-%d"))
            for h in histories
        ],
    )
    scheduler, worst = Scheduler(enable_fuzzing=False), 0
    for h, (stability, difficulty, recall) in zip(histories, ours, strict=True):
        card = Card()
        for day, rating in h:
            card, _ = scheduler.review_card(card, Rating(rating), START + timedelta(days=day))
        later = START + timedelta(days=h[-1][0] + 30)
        worst = max(
            worst,
            abs(stability / card.stability - 1),  # ts-fsrs rounds to eight decimals at each step
            abs(difficulty - card.difficulty),
            abs(recall - scheduler.get_card_retrievability(card, later)),
        )
    assert worst <= 1e-6, worst


@pytest.mark.parametrize(
    ("timezone", "before", "after"),
    [  # the same wall clock, 03:59 and 04:00, in winter and in summer
        ("America/New_York", "2026-01-15T08:59:00.000Z", "2026-01-15T09:00:00.000Z"),
        ("America/New_York", "2026-07-15T07:59:00.000Z", "2026-07-15T08:00:00.000Z"),
        ("Asia/Kolkata", "2026-01-14T22:29:00.000Z", "2026-01-14T22:30:00.000Z"),
        ("Asia/Kolkata", "2026-07-14T22:29:00.000Z", "2026-07-14T22:30:00.000Z"),
    ],
)
def test_a_study_day_begins_at_four_by_the_readers_clock(timezone, before, after):
    days, date = javascript.run(
        "const { studyDay, dayOfDate } = await load('scheduler.js');"
        "const [date] = data; return [data.slice(1).map((at) => studyDay(Date.parse(at))),"
        " dayOfDate(date)];",
        [after[:8] + "15", before, after],
        timezone=timezone,
    )
    assert days == [date - 1, date]


@pytest.mark.parametrize("timezone", ["America/New_York", "Asia/Kolkata"])
def test_gaps_are_counted_in_study_days(timezone):
    """23:00, then 03:00, then 05:00 by the clock: the first two are of one day."""
    offset = {"America/New_York": -5, "Asia/Kolkata": 5.5}[timezone]
    clock = datetime(2026, 1, 15, 23, tzinfo=UTC) - timedelta(hours=offset)
    first, night, morning = (clock + timedelta(hours=hours) for hours in (0, 4, 6))
    stability = javascript.run(
        "const { replay } = await load('scheduler.js');"
        "return data.map((times) => replay(times.map((at) => ({ at, rating: 3 }))).stability);",
        [[moment(first), moment(t)] for t in (night, morning)],
        timezone=timezone,
    )
    oracle, noon = Scheduler(enable_fuzzing=False), datetime(2026, 1, 15, 12, tzinfo=UTC)

    def expected(gap):
        card = Card()
        for at in (noon, noon + gap):
            card, _ = oracle.review_card(card, Rating.Good, at)
        return card.stability

    assert stability == pytest.approx(
        [expected(timedelta(hours=4)), expected(timedelta(days=1))], abs=1e-6
    )


DECK = (
    "const { statesAfter } = await load('scheduler.js'); const { deckOf } = await load('deck.js');"
    "return data.map(({ cards, reviews, perDay, now }) =>"
    " deckOf(cards, statesAfter(reviews), reviews, perDay, Date.parse(now)));"
)


def test_deck_counts_what_is_due_and_what_is_new():
    def review(card, day, rating, hour=12):
        at = moment(datetime(2026, 1, 5 + day, hour, tzinfo=UTC))
        return {"id": f"{card}{day}{hour}", "card": card, "at": at, "rating": rating}

    cards = ["a", "b", "c", "d", "e"]
    held = [review("a", 0, 4), review("b", 0, 1), review("c", 0, 3), review("c", 0, 3, 13)]
    now = moment(datetime(2026, 1, 5, 14, tzinfo=UTC))
    later = moment(datetime(2026, 1, 9, 14, tzinfo=UTC))
    at = [
        {"cards": cards, "reviews": held, "perDay": 4, "now": now},
        {"cards": cards, "reviews": held, "perDay": 3, "now": now},
        {"cards": cards, "reviews": held, "perDay": 4, "now": later},
        {"cards": ["a"], "reviews": held, "perDay": 4, "now": now},
    ]
    today, spent, after, easy = javascript.run(DECK, at)
    # "b" was forgotten: its one-minute step is over, so it comes first
    assert today == {"due": 1, "fresh": 1, "seen": 3, "all": 5, "next": "b"}
    assert (spent["fresh"], spent["next"]) == (0, "b")  # three new cards a day are all used
    assert (after["due"], after["fresh"]) == (2, 2)
    assert easy == {"due": 0, "fresh": 0, "seen": 1, "all": 1}
