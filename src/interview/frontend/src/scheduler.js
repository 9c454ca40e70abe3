// When a card comes again: FSRS, replayed from the reviews that are kept.
//
// A study day begins at 04:00 by the reader's clock, so that a session after midnight belongs to
// the evening before it. FSRS counts days in UTC; it is given the local wall clock, moved by four
// hours, as if it were UTC. All moments below are milliseconds of the epoch.

import { createEmptyCard, fsrs, State } from "ts-fsrs";

export const AGAIN = 1;
export const GOOD = 3;
export const RATINGS = ["Again", "Hard", "Good", "Easy"]; // 1 to 4
const DAY_START = 4; // o'clock
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

let made = null;
const engine = () => (made ??= fsrs({ enable_fuzz: false })); // not before there is a review

/** The local wall clock, moved so that a study day begins where a day in UTC does. */
const studyTime = (moment) =>
  moment - new Date(moment).getTimezoneOffset() * 60_000 - DAY_START * HOUR;

/** The number of the study day in which a moment falls. */
export const studyDay = (moment) => Math.floor(studyTime(moment) / DAY);

/** The number of a calendar day, as a date field gives it: 2026-12-01. */
export const dayOfDate = (date) => Date.parse(date) / DAY;

/** A card's state after one more review; `state` is undefined for a new card. */
function review(state, rating, moment) {
  const at = new Date(studyTime(moment));
  const { card } = engine().next(state ?? createEmptyCard(at), at, rating);
  return card;
}

/** The state after these reviews ({at, rating}, in the order of time). */
export const replay = (reviews) =>
  reviews.reduce((state, { at, rating }) => review(state, rating, Date.parse(at)), undefined);

const known = new Map(); // the state after each history that was replayed, for all tools

/** @returns {Map<string, object>} the state of each card that was reviewed */
export function statesAfter(reviews) {
  const byCard = Map.groupBy
    ? Map.groupBy(reviews, ({ card }) => card)
    : reviews.reduce((map, r) => map.set(r.card, [...(map.get(r.card) ?? []), r]), new Map());
  const states = new Map();
  for (const [card, list] of byCard) {
    const history = list.map(({ at, rating }) => `${at} ${rating}`).join();
    if (!known.has(history)) known.set(history, replay(list));
    states.set(card, known.get(history));
  }
  return states;
}

const dueDay = (state) => Math.floor(state.due.getTime() / DAY);

/** Whether a card is to be reviewed today, at whatever time. */
export const isDueToday = (state, today) => dueDay(state) <= today;

/** Whether a card is in its first steps, which take minutes, and its next step has come. */
export const isStepDue = (state, now) => isLearning(state) && state.due <= studyTime(now);

export const isLearning = ({ state }) => state === State.Learning || state === State.Relearning;

/** The chance to recall a card on a study day. */
export function recall(state, day) {
  const days = Math.max(0, day - Math.floor(state.last_review.getTime() / DAY));
  const then = new Date(state.last_review.getTime() + days * DAY);
  return engine().get_retrievability(state, then, false);
}

/** The chance to recall it on a day if it is reviewed now, averaged over what may happen now. */
export function recallAfterReview(state, now, day) {
  const today = recall(state, studyDay(now));
  const after = (rating) => recall(review(state, rating, now), day);
  return today * after(GOOD) + (1 - today) * after(AGAIN);
}

/** How long until a card comes again, for each rating: "10 min", "3 d". */
export const intervals = (state, now) =>
  RATINGS.map((_, i) => {
    const { due } = review(state, i + 1, now);
    const minutes = Math.round((due.getTime() - studyTime(now)) / 60_000);
    return minutes < 24 * 60 ? `${minutes} min` : `${Math.round(minutes / 60 / 24)} d`;
  });
