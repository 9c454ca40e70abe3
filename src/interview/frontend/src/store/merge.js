// Uniting two progress documents: commutative, associative, idempotent; as interview/progress.py.

/** The lists of events of a document. */
export const EVENTS = ["answers", "reviews", "undone", "interviews", "settings"];

export const isMap = (value) =>
  value !== null && typeof value === "object" && !Array.isArray(value);

/**
 * Unite two documents that `validate` returned: every event and every key of both.
 *
 * Two events of one id that differ both stay. Where a key that this version does not know has two
 * values, lists are united and maps key by key; of two other values the greater stays.
 */
export function merge(ours, theirs) {
  const events = EVENTS.map((name) => [name, unite(ours[name], theirs[name])]);
  return { ...join(others(ours), others(theirs)), ...Object.fromEntries(events) };
}

/** A document with more events, by the name of their list. */
export const withEvents = (document, events) => ({
  ...document,
  ...Object.fromEntries(
    EVENTS.filter((name) => events[name]?.length).map((name) => [
      name,
      unite(document[name], events[name]),
    ]),
  ),
});

const others = (document) =>
  Object.fromEntries(Object.entries(document).filter(([key]) => !EVENTS.includes(key)));

/** Each event once, in the order of time. */
function unite(ours, theirs) {
  const united = new Map();
  for (const event of [...ours, ...theirs]) {
    const same = united.get(event.id);
    if (!same) united.set(event.id, [event]);
    else if (!same.some((other) => isEqual(event, other))) same.push(event);
  }
  return [...united.values()].flat().sort(inOrder);
}

const isEqual = (a, b) => a === b || canonical(a) === canonical(b);

const inOrder = (a, b) =>
  compare(a.at, b.at) || compare(a.id, b.id) || compare(canonical(a), canonical(b));

function join(ours, theirs) {
  if (isMap(ours) && isMap(theirs)) {
    const pick = (map, other, key) => (Object.hasOwn(map, key) ? map : other)[key];
    const keys = new Set([...Object.keys(ours), ...Object.keys(theirs)]);
    // fromEntries defines "__proto__" as a mere key
    return Object.fromEntries(
      [...keys].map((key) => [key, join(pick(ours, theirs, key), pick(theirs, ours, key))]),
    );
  }
  if (Array.isArray(ours) && Array.isArray(theirs)) {
    const united = new Map([...ours, ...theirs].map((item) => [canonical(item), item]));
    return [...united.keys()].sort(compare).map((key) => united.get(key));
  }
  const order = rank(ours) - rank(theirs) || compare(canonical(ours), canonical(theirs));
  return order < 0 ? theirs : ours;
}

const rank = (value) => (isMap(value) ? 2 : Array.isArray(value) ? 1 : 0);
const compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0); // texts by their UTF-16 units

/** A text that is equal for equal JSON values, and the same in both languages. */
function canonical(value) {
  if (isMap(value)) {
    const parts = Object.entries(value).map(([key, part]) => `${ascii(key)}:${canonical(part)}`);
    return `{${parts.sort(compare).join()}}`;
  }
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value === "number") return bits(value);
  return typeof value === "string" ? ascii(value) : String(value);
}

/** JSON in ASCII, which both languages sort alike. */
const ascii = (text) =>
  JSON.stringify(text).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt().toString(16).padStart(4, "0")}`,
  );

const view = new DataView(new ArrayBuffer(8));
function bits(number) {
  view.setFloat64(0, number + 0); // -0 becomes 0
  return view.getBigUint64(0).toString(16).padStart(16, "0");
}
