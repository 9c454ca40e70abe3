// The host of a page of the book: progress in localStorage, shared by all its tabs.

import { empty, merge, parse } from "./progress.js";

export const KEY = "interview-progress";

const PROBLEMS = {
  closed: "This browser keeps no progress for this page: export it before you leave.",
  full: "Progress could not be saved in this browser: export it before you leave.",
};

/**
 * A host has `get(name)`, `set(name, value)` and `on(name, callback)`, which returns a function
 * that ends the subscription. Its values: "progress", the document, where `set` unites what is
 * given with what is kept; and "problem", a sentence on why progress is not kept, or "".
 */
export function pageHost(storage = () => window.localStorage) {
  const values = { progress: empty(), problem: "" };
  let known = null; // the stored text that `values.progress` already contains
  const callbacks = { progress: new Set(), problem: new Set() };

  const change = (name, value) => {
    values[name] = value;
    callbacks[name].forEach((callback) => callback(value));
  };

  /** Unite with what another tab may have written; an unreadable text is kept under a new key. */
  const read = () => {
    let text;
    try {
      text = storage().getItem(KEY);
    } catch {
      change("problem", PROBLEMS.closed);
      return true;
    }
    if (text === known || text === null) return true;
    try {
      values.progress = merge(values.progress, parse(text));
      known = text;
    } catch (error) {
      return putAside(text, error);
    }
    return true;
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
    try {
      storage().setItem(KEY, text);
      known = text;
    } catch {
      change("problem", PROBLEMS.full);
    }
  };

  read();
  window.addEventListener("storage", (event) => {
    if (event.key === KEY && event.newValue !== null) {
      read();
      change("progress", values.progress);
    }
  });

  return {
    get: (name) => values[name],
    set(name, value) {
      if (name === "progress") {
        values.progress = merge(value, values.progress);
        if (read()) write();
        change(name, values.progress);
      } else {
        change(name, value);
      }
    },
    on(name, callback) {
      callbacks[name].add(callback);
      return () => callbacks[name].delete(callback);
    },
  };
}
