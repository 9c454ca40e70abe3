// Elements without markup: text is always set as text, so nothing that was stored can execute.

/** Create an element with properties (`class`, `data-…` and `aria-…` as attributes) and children. */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name in element) element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

export const button = (text, onclick, properties = {}) =>
  h("button", { type: "button", onclick, ...properties }, text);

/** A labelled select; `options` are pairs of value and text. */
export const select = (label, options, properties = {}) => {
  const choices = options.map(([value, text]) => h("option", { value }, text));
  return h("label", {}, `${label} `, h("select", properties, ...choices));
};

/** A labelled whole number. */
export const wholeNumber = (label, value, min, max, properties = {}) =>
  h(
    "label",
    {},
    `${label} `,
    h("input", { type: "number", min, max, step: 1, value, ...properties }),
  );

/** Read the field of a `wholeNumber`; throws an Error whose message is one sentence. */
export function readWhole(label) {
  const field = label.control;
  const value = Number(field.value);
  if (field.value === "" || !Number.isInteger(value) || value < field.min || value > field.max) {
    field.focus();
    const name = label.textContent.trim();
    throw new Error(`${name}: type a whole number from ${field.min} to ${field.max}.`);
  }
  return value;
}

/** A table with a caption; cells are texts or elements. */
export function table(caption, heads, rows) {
  const row = (tag, cells) => h("tr", {}, ...cells.map((cell) => h(tag, {}, ...[cell].flat())));
  return h(
    "div",
    { className: "quiz-table" },
    h(
      "table",
      {},
      h("caption", {}, caption),
      h("thead", {}, row("th", heads)),
      h("tbody", {}, ...rows.map((cells) => row("td", cells))),
    ),
  );
}

/** The name of a chapter as readers see it. */
export const titleOf = (chapter) => {
  const words = chapter.replaceAll("-", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
};

/** An attribute that names a field whose label is a formula only, which some readers pass over. */
export function formulaName(label) {
  const copy = label.cloneNode(true);
  copy.querySelectorAll("math").forEach((math) => math.remove());
  return /\p{L}|\p{N}/u.test(copy.textContent) ? {} : { "aria-label": label.textContent };
}

/** A count with its noun. */
export const plural = (n, noun) => `${n} ${noun}${n === 1 ? "" : "s"}`;

/** Offer a text as a file to save. */
export function download(name, text) {
  const url = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  h("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000); // the browser reads it after the click
}

/** Call when the frame that shows what was done is painted; a page behind others paints none. */
export function afterPaint(callback) {
  let isDone = false;
  const once = () => {
    if (!isDone) callback();
    isDone = true;
  };
  requestAnimationFrame(() => setTimeout(once));
  setTimeout(once, document.hidden ? 0 : 500);
}

// The theme lets the keyboard into code that is wider than the page, judging it while it is hidden.
export const letScroll = (element) =>
  element.querySelectorAll("pre").forEach((pre) => (pre.tabIndex = 0));
