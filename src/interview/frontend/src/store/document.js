// A reader's progress: the same document as interview/progress.py, with the same rules.

import { EVENTS, isMap, merge } from "./merge.js";

const VERSION = 2;
const DEPTH = 20; // of nesting, far more than any document needs

const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/; // of one width, so it sorts as text

const isNumber = (value) => typeof value === "number";
const hasTexts = (event, ...keys) => keys.every((key) => typeof event[key] === "string");
const isAsked = (asked) =>
  isMap(asked) &&
  hasTexts(asked, "question") &&
  isNumber(asked.of) &&
  Array.isArray(asked.said) &&
  asked.said.every(isNumber);

/** What each list of events needs: in words, and as a check of one event. */
const NEEDS = {
  answers: [
    "id, at, chapter, question and right",
    (event) => hasTexts(event, "chapter", "question") && typeof event.right === "boolean",
  ],
  reviews: [
    "id, at, card and a rating from 1 to 4",
    (event) => hasTexts(event, "card") && [1, 2, 3, 4].includes(event.rating),
  ],
  undone: ["id, at and review", (event) => hasTexts(event, "review")],
  interviews: [
    "id, at, level, minutes and questions",
    (event) =>
      hasTexts(event, "level") &&
      isNumber(event.minutes) &&
      Array.isArray(event.questions) &&
      event.questions.every(isAsked),
  ],
  settings: [
    "id, at, name and value",
    (event) =>
      hasTexts(event, "name") &&
      Object.hasOwn(event, "value") &&
      (event.value === null || typeof event.value !== "object"),
  ],
};

/** A document, of the events that are given by the name of their list. */
export const documentOf = (events = {}) => ({
  version: VERSION,
  ...Object.fromEntries(EVENTS.map((name) => [name, []])),
  ...events,
});

/** Read a document of any version so far and check it; throws an Error with one sentence. */
export function parse(text) {
  let document;
  try {
    document = JSON.parse(text);
  } catch (error) {
    throw new Error(`The progress document is not JSON (${error.message}).`);
  }
  return validate(document);
}

/** Return the document in its present version and in order; throws as `parse` does. */
export function validate(document) {
  if (!isMap(document) || !Object.hasOwn(document, "version")) {
    throw new Error("This is not a progress document: it has no version.");
  }
  checkValues(document, DEPTH);
  if (document.version !== 1 && document.version !== 2) {
    const version = JSON.stringify(document.version).slice(0, 40);
    throw new Error(`The progress document has version ${version}; accepted: 1, 2.`);
  }
  if (!Array.isArray(document.answers)) {
    throw new Error("The progress document has no list of answers.");
  }
  const present = { ...documentOf(), ...(document.version === 1 ? from1(document) : document) };
  for (const [name, [needs, isRight]] of Object.entries(NEEDS)) {
    if (!Array.isArray(present[name])) {
      throw new Error(`The progress document has no list of ${name}.`);
    }
    present[name].forEach((event, i) => {
      if (!(isEvent(event) && isRight(event))) {
        const place = `Entry ${i + 1} of ${name} in the progress document`;
        throw new Error(`${place} is malformed: it needs ${needs}.`);
      }
    });
  }
  return merge(present, documentOf());
}

/** Refuse what one of the two homes could not keep: deep nesting, infinities, half letters. */
function checkValues(value, depth) {
  if (isNumber(value) && !Number.isFinite(value)) {
    throw new Error("The progress document holds a number that is too large.");
  }
  if (typeof value === "string" && !isWellFormed(value)) {
    throw new Error("The progress document holds text that is not Unicode.");
  }
  if (value === null || typeof value !== "object") return;
  if (!depth) throw new Error(`The progress document is nested deeper than ${DEPTH} levels.`);
  if (isMap(value)) Object.keys(value).forEach((key) => checkValues(key, depth - 1));
  Object.values(value).forEach((part) => checkValues(part, depth - 1));
}

const isWellFormed = (text) => text.isWellFormed?.() ?? !/\p{Surrogate}/u.test(text);

/** Answers stay as they are; a key that version 2 uses otherwise moves to `kept`. */
function from1(document) {
  const isStrange = ([key]) => key !== "answers" && EVENTS.includes(key);
  const entries = Object.entries(document);
  const strange = Object.fromEntries(entries.filter(isStrange));
  const rest = Object.fromEntries(entries.filter((entry) => !isStrange(entry)));
  const kept = Object.keys(strange).length ? { kept: [strange] } : {};
  return { ...rest, version: VERSION, ...kept };
}

const isEvent = (event) => isMap(event) && hasTexts(event, "id") && isMoment(event.at);

function isMoment(text) {
  if (typeof text !== "string" || !MOMENT.test(text)) return false;
  const time = Date.parse(text);
  return time >= 0 && new Date(time).toISOString() === text;
}
