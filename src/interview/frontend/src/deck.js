// Which card comes next, and how many there are.

import { isDueToday, isLearning, isStepDue, recall, studyDay } from "./scheduler.js";

/**
 * The deck on a study day.
 *
 * @param {string[]} cards all cards (ids), in the order in which new ones are introduced
 * @param {Map<string, object>} states of the cards that were reviewed, see scheduler.js
 * @param {object[]} reviews those that count
 * @param {number} newPerDay how many new cards a study day introduces
 */
export function deckOf(cards, states, reviews, newPerDay, now) {
  const seen = cards.filter((card) => states.has(card));
  const today = studyDay(now);
  const due = seen.filter((card) => isDueToday(states.get(card), today));
  const byTime = (a, b) => states.get(a).due - states.get(b).due;
  const steps = due.filter((card) => isLearning(states.get(card))).sort(byTime);
  const ready = steps.filter((card) => isStepDue(states.get(card), now));
  const repeats = due
    .filter((card) => !isLearning(states.get(card)))
    .map((card) => [recall(states.get(card), today), card])
    .sort(([a, one], [b, other]) => a - b || (one < other ? -1 : 1)) // nearest to being lost
    .map(([, card]) => card);
  const left = Math.max(0, newPerDay - introduced(reviews, today));
  const fresh = cards.filter((card) => !states.has(card)).slice(0, left);
  // A step whose minutes are not over waits for the others, not for the clock.
  const [next] = [...ready, ...repeats, ...fresh, ...steps];
  return { due: due.length, fresh: fresh.length, seen: seen.length, all: cards.length, next };
}

/** How many cards had their first review on this study day. */
function introduced(reviews, today) {
  const first = new Map();
  for (const { card, at } of reviews) if (!first.has(card)) first.set(card, at);
  return [...first.values()].filter((at) => studyDay(Date.parse(at)) === today).length;
}
