// The host of a page of the book: progress in localStorage, shared by all its tabs.

import { afterPaint } from "../dom.js";
import { documentOf, parse } from "./document.js";
import { EVENTS, merge, withEvents } from "./merge.js";

export const KEY = "interview-progress";
const RESET_KEY = `${KEY}-reset`; // when progress was last reset: other tabs forget what is older

const PROBLEMS = {
  closed: "This browser keeps no progress for this page: export it before you leave.",
  full: "Progress could not be saved in this browser: export it before you leave.",
};

const count = (document) => EVENTS.reduce((sum, name) => sum + (document[name]?.length ?? 0), 0);

const eventsSince = (document, moment) =>
  documentOf(
    Object.fromEntries(EVENTS.map((name) => [name, document[name].filter(({ at }) => at > moment)])),
  );

/**
 * A host has `get(name)` and `on(name, callback)`, which returns a function that ends the
 * subscription, for two values: "progress", the document, and "problem", a sentence on why
 * progress is not kept, or "". `add(events)` adds lists of events, by name, to what is kept;
 * `unite(document)` all of a document; `reset()` forgets everything. `bank`, if there is one, holds
 * all questions (questions.js); `hasPanel` says that a tool beside the others shows the progress
 * (panel.js).
 */
export function pageHost(bank = null, storage = () => window.localStorage) {
  const values = { progress: documentOf(), problem: "" };
  const callbacks = { progress: new Set(), problem: new Set() };
  let known = null; // the stored text that `values.progress` already contains
  let resetSeen; // the last reset that is already carried out here

  let waiting = false; // for what is done later, so that feedback is quick
  let unsaved = false;

  const change = (name, value, later = setTimeout) => {
    values[name] = value;
    if (!waiting) later(settle);
    waiting = true;
  };

  /** Write what is not yet written, and tell who asked of what is new. */
  const settle = () => {
    if (unsaved && read()) write();
    waiting = false;
    for (const name of Object.keys(callbacks)) {
      callbacks[name].forEach((callback) => callback(values[name]));
    }
  };

  /** Forget what is older than a reset in another tab. */
  const followReset = () => {
    const at = storage().getItem(RESET_KEY) ?? "";
    if (resetSeen !== undefined && at > resetSeen) {
      values.progress = eventsSince(values.progress, at);
      known = null;
    }
    resetSeen = at;
  };

  /** Unite with what another tab may have written; an unreadable text is kept under a new key. */
  const read = () => {
    let text;
    try {
      followReset();
      text = storage().getItem(KEY);
    } catch {
      change("problem", PROBLEMS.closed);
      return true;
    }
    if (text === known) return true;
    known = text;
    if (text === null) return true;
    try {
      values.progress = merge(parse(text), values.progress);
    } catch (error) {
      known = null;
      return putAside(text, error);
    }
    return true;
  };

  /** Unite with what another tab wrote, of which this one may not see anything in the store yet. */
  const hear = (text) => {
    try {
      values.progress = merge(eventsSince(parse(text), resetSeen), values.progress);
    } catch {
      // Nothing was written, or nothing readable: `read` says so when it sees that.
    }
  };

  const putAside = (text, error) => {
    const aside = `${KEY}-unreadable-${new Date().toISOString()}`;
    try {
      storage().setItem(aside, text);
      storage().removeItem(KEY);
    } catch {
      change("problem", PROBLEMS.full);
      return false; // so that nothing is written over it
    }
    change("problem", `${error.message} It was kept aside in this browser as ${aside}.`);
    return true;
  };

  const write = () => {
    const text = JSON.stringify(values.progress);
    unsaved = false;
    if (text === known) return;
    try {
      storage().setItem(KEY, text);
      known = text;
    } catch {
      change("problem", PROBLEMS.full);
    }
  };

  read();
  for (const leaving of ["visibilitychange", "pagehide"]) {
    window.addEventListener(leaving, () => unsaved && settle());
  }
  window.addEventListener("storage", ({ key, newValue }) => {
    if (key !== KEY && key !== null) return;
    // Another tab may have written without having seen what this one added meanwhile; and what
    // this one sees of the store may lag behind what the other wrote.
    if (read() && newValue !== known) hear(newValue);
    if (known !== null && count(values.progress) > count(JSON.parse(known))) write();
    change("progress", values.progress);
  });

  return {
    bank,
    get: (name) => values[name],
    add(events) {
      unsaved = true;
      change("progress", withEvents(values.progress, events), afterPaint);
    },
    unite(document) {
      unsaved = true;
      change("progress", merge(values.progress, document));
    },
    reset() {
      known = null;
      unsaved = false;
      resetSeen = new Date().toISOString();
      try {
        storage().setItem(RESET_KEY, resetSeen);
        storage().removeItem(KEY);
      } catch {
        change("problem", PROBLEMS.closed);
      }
      change("progress", documentOf());
    },
    on(name, callback) {
      callbacks[name].add(callback);
      return () => callbacks[name].delete(callback);
    },
  };
}
