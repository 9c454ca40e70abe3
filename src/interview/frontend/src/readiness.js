// What a reader will recall on the day of the interview, and what to review to change that most.
//
// A question's memory is replayed by FSRS from everything that the reader did with it: a flashcard
// review counts as it was rated, an answer of the quiz as Good when it was right and as Again when
// it was wrong.

import { AGAIN, GOOD, recall, recallAfterReview, studyDay } from "./scheduler.js";
import { reviewsOf } from "./store/events.js";

export const ENOUGH = 5; // questions of a chapter before a number is said of it
const WORTHWHILE = 0.02; // gain in the chance to recall, below which a review is not proposed

/** Everything that tells what the reader remembers, as reviews in the order of time. */
export function evidence(progress) {
  const answers = progress.answers.map(({ id, at, question, right }) => ({
    id,
    at,
    card: question,
    rating: right ? GOOD : AGAIN,
  }));
  const inTime = (a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0);
  return [...answers, ...reviewsOf(progress)].sort(inTime);
}

/**
 * @param {object[]} questions the bank's
 * @param {Map<string, object>} states of those that there is evidence of
 * @param {number} day the study day of the interview
 * @returns {{chapter, all, seen, recall, spread}[]} by chapter; `recall` is null when there is too
 *   little evidence; `spread` is twice the standard error of that mean
 */
export function byChapter(questions, states, day) {
  const chapters = new Map();
  for (const { id, chapter } of questions) {
    const entry = chapters.get(chapter) ?? { chapter, all: 0, chances: [] };
    entry.all += 1;
    if (states.has(id)) entry.chances.push(recall(states.get(id), day));
    chapters.set(chapter, entry);
  }
  return [...chapters.values()].map(({ chapter, all, chances }) => {
    const seen = chances.length;
    const mean = chances.reduce((sum, chance) => sum + chance, 0) / seen;
    // Each question is recalled or not; those that were seen are a sample of the chapter.
    const error = Math.sqrt((mean * (1 - mean)) / seen) * Math.sqrt(Math.max(0, 1 - seen / all));
    const own = Math.sqrt(chances.reduce((sum, c) => sum + c * (1 - c), 0)) / seen;
    const enough = seen >= ENOUGH;
    return {
      chapter,
      all,
      seen,
      recall: enough ? mean : null,
      spread: enough ? 2 * Math.hypot(error, own) : null,
    };
  });
}

/** The questions whose review now raises the recall on that day most: [{question, gain}]. */
export function worthReviewing(questions, states, now, day, atMost) {
  if (day < studyDay(now)) return [];
  return questions
    .filter(({ id }) => states.has(id))
    .map((question) => {
      const state = states.get(question.id);
      return { question, gain: recallAfterReview(state, now, day) - recall(state, day) };
    })
    .filter(({ gain }) => gain >= WORTHWHILE)
    .sort((a, b) => b.gain - a.gain || (a.question.id < b.question.id ? -1 : 1))
    .slice(0, atMost);
}
