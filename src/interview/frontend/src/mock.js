// A mock interview: which questions, and what they came to.

import { LEVELS } from "./select.js";
import { seedOf, shuffled } from "./shuffle.js";

const MINUTES_EACH = 3; // a question or a follow-up, answered aloud
const FOLLOW_UPS = 2; // at most, after each question

/**
 * The questions of an interview, in the order in which they are asked.
 *
 * Only those that can be asked aloud, without options to choose from. Topics take turns; each
 * question is followed by up to two of its follow-ups.
 *
 * @param {object[]} questions what is known of each, see interview/study_data.py
 * @param {{level: string, minutes: number, topics: string[], seed: number}} wish level "" is any
 * @returns {{question: object, after: object | null}[]} `after`: what a follow-up follows
 */
export function plan(questions, { level, minutes, topics, seed }) {
  const spoken = questions.filter((question) => !question.options);
  const known = new Map(spoken.map((question) => [question.id, question]));
  const count = Math.max(1, Math.round(minutes / MINUTES_EACH));
  const openings = shuffled(
    spoken.filter((q) => topics.includes(q.chapter) && (!level || q.level === level)),
    seed,
  );
  const inTurn = takeTurns(openings, shuffled(topics, seedOf(seed, "topics")));
  const asked = new Map();
  for (const question of inTurn) {
    if (asked.size >= count) break;
    if (asked.has(question.id)) continue;
    asked.set(question.id, { question, after: null });
    let last = question;
    for (let i = 0; i < FOLLOW_UPS && asked.size < count; i++) {
      const next = last.follow_ups
        .map((id) => known.get(id))
        .filter((follow) => follow && !asked.has(follow.id))
        .sort((a, b) => distance(a, level) - distance(b, level))[0];
      if (!next) break;
      asked.set(next.id, { question: next, after: last });
      last = next;
    }
  }
  return [...asked.values()];
}

const distance = (question, level) =>
  level ? Math.abs(LEVELS.indexOf(question.level) - LEVELS.indexOf(level)) : 0;

/** The questions, one of each topic in turn. */
function takeTurns(questions, topics) {
  const queues = topics.map((topic) => questions.filter(({ chapter }) => chapter === topic));
  const longest = Math.max(0, ...queues.map((queue) => queue.length));
  const turns = Array.from({ length: longest }, (_, i) => queues.map((queue) => queue[i] ?? []));
  return turns.flat(2);
}

/** The share that was said of an interview's key points; NaN when there are none. */
export function scoreOf(interview) {
  const said = interview.questions.reduce((sum, question) => sum + question.said.length, 0);
  return said / interview.questions.reduce((sum, question) => sum + question.of, 0);
}

/** Minutes and seconds that are left. */
export function clock(milliseconds) {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
