// A reader's progress: the same document as interview/progress.py, with the same rules.

export const VERSION = 1;

const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/; // of one width, so it sorts as text
const isMap = (value) => value !== null && typeof value === "object" && !Array.isArray(value);

export const empty = () => ({ version: VERSION, answers: [] });

/** Read a document and check it; throws an Error whose message is one sentence. */
export function parse(text) {
  let document;
  try {
    document = JSON.parse(text);
  } catch (error) {
    throw new Error(`The progress document is not JSON (${error.message}).`);
  }
  return validate(document);
}

/** Return the document without repeated events; throws as `parse` does. */
export function validate(document) {
  if (!isMap(document) || !Object.hasOwn(document, "version")) {
    throw new Error("This is not a progress document: it has no version.");
  }
  if (document.version !== VERSION) {
    const version = JSON.stringify(document.version).slice(0, 40);
    throw new Error(`The progress document has version ${version}; accepted: ${VERSION}.`);
  }
  if (!Array.isArray(document.answers)) {
    throw new Error("The progress document has no list of answers.");
  }
  document.answers.forEach((answer, i) => {
    if (!isAnswer(answer)) {
      throw new Error(
        `Answer ${i + 1} of the progress document is malformed: ` +
          "it needs id, at, chapter, question and right.",
      );
    }
  });
  return merge(empty(), document);
}

const isAnswer = (answer) =>
  isMap(answer) &&
  ["id", "at", "chapter", "question"].every((key) => typeof answer[key] === "string") &&
  MOMENT.test(answer.at) &&
  typeof answer.right === "boolean";

/** Unite two documents: every event and every key of both; where two values differ, ours. */
export function merge(ours, theirs) {
  if (ours === theirs) return ours;
  if (isMap(ours) && isMap(theirs)) {
    const both = Object.entries(ours).map(([key, value]) => [
      key,
      Object.hasOwn(theirs, key) ? merge(value, theirs[key]) : value,
    ]);
    const added = Object.entries(theirs).filter(([key]) => !Object.hasOwn(ours, key));
    return Object.fromEntries([...both, ...added]); // defines "__proto__" as a mere key
  }
  return Array.isArray(ours) && Array.isArray(theirs) ? unite(ours, theirs) : ours;
}

/** Each event once, by its id, in the order of time; anything else once, as it stands. */
function unite(ours, theirs) {
  const united = new Map();
  for (const item of [...ours, ...theirs]) {
    const key = isMap(item) && typeof item.id === "string" ? `id ${item.id}` : canonical(item);
    united.set(key, united.has(key) ? merge(united.get(key), item) : item);
  }
  return [...united.values()].sort(byTime);
}

/** JSON with sorted keys, so that equal values have equal text. */
const canonical = (value) =>
  JSON.stringify(value, (_, part) =>
    isMap(part) ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => compare(a, b))) : part,
  );

const compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
const text = (item, key) => (isMap(item) && typeof item[key] === "string" ? item[key] : "");
const byTime = (a, b) =>
  compare(text(a, "at"), text(b, "at")) || compare(text(a, "id"), text(b, "id"));

/** A new answer as an event. */
export const answerEvent = (fields) => ({
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

/** Answered and right, from the last answers, of each chapter: a Map by the chapter's name. */
export function scoreByChapter(document) {
  const scores = new Map();
  for (const { chapter, right } of lastAnswers(document).values()) {
    const score = scores.get(chapter) ?? { answered: 0, right: 0 };
    scores.set(chapter, { answered: score.answered + 1, right: score.right + right });
  }
  return scores;
}
