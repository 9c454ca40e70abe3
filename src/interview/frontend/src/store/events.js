// Events of the progress document: made here, and read here.

/** A new event: an id, the moment, and what happened. */
export const newEvent = (fields) => ({
  id: randomId(),
  at: new Date().toISOString(),
  ...fields,
});

// crypto.randomUUID is missing on plain http pages other than localhost.
const randomId = () =>
  [...crypto.getRandomValues(new Uint8Array(16))]
    .map((byte) => byte.toString(16).padStart(2, "0"))
    .join("");

/** The latest answer to each question of a united document: a Map by the question's id. */
export const lastAnswers = (document) =>
  new Map(document.answers.map((answer) => [answer.question, answer]));

/** The reviews that count: those that were not undone. */
export function reviewsOf(document) {
  const undone = new Set(document.undone.map(({ review }) => review));
  return document.reviews.filter(({ id }) => !undone.has(id));
}

/** The last value given to a setting; undefined when there is none. */
export const setting = (document, name) =>
  document.settings.findLast((event) => event.name === name)?.value;

/** Answered and right, from the last answers, of each chapter: a Map by the chapter's name. */
export function scoreByChapter(document) {
  const scores = new Map();
  for (const { chapter, right } of lastAnswers(document).values()) {
    const score = scores.get(chapter) ?? { answered: 0, right: 0 };
    scores.set(chapter, { answered: score.answered + 1, right: score.right + right });
  }
  return scores;
}
