// Which questions a round asks.

import { shuffled } from "./shuffle.js";

export const LEVELS = ["easy", "medium", "hard", "senior"];
const DIAGNOSIS = 10;

/** The questions of a chapter, level and kind; "" stands for any. */
export const select = (questions, { chapter = "", level = "", kind = "" }) =>
  questions.filter(
    (question) =>
      (!chapter || question.chapter === chapter) &&
      (!level || question.level === level) &&
      (!kind || question.kind === kind),
  );

/**
 * Ten questions that cover as much as ten can: chapters in turn, and levels in turn within each.
 * Only those that the page can judge, as long as there are enough.
 */
export function diagnosis(questions, seed) {
  const closed = questions.filter((question) => question.closed);
  const pool = shuffled(closed.length >= DIAGNOSIS ? closed : questions, seed);
  const chapters = shuffled([...new Set(pool.map(({ chapter }) => chapter))], seed);
  const chosen = [];
  for (let turn = 0; chosen.length < Math.min(DIAGNOSIS, pool.length); turn++) {
    const left = pool.filter((question) => !chosen.includes(question));
    const here = left.filter(({ chapter }) => chapter === chapters[turn % chapters.length]);
    const visit = Math.floor(turn / chapters.length);
    const level = LEVELS[(visit + (turn % chapters.length)) % LEVELS.length];
    const next = here.find((question) => question.level === level) ?? here[0];
    if (next) chosen.push(next);
  }
  return chosen.map(({ id }) => id);
}
