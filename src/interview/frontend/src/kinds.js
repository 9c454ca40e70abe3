// How each kind of question is answered. The question itself is the HTML that Python wrote.
//
// A kind gives `fields`, an element to answer in; `read()`, what was answered, which throws an
// Error with a sentence for the reader when nothing usable was; `settle()`, after the answer; and
// perhaps `show()` and `hide()`.

import { formulaName, h } from "./dom.js";
import { isClose, parseNumber } from "./number.js";
import { shuffled } from "./shuffle.js";

let groups = 0; // one radio group for each showing of a question

const letter = (i) => String.fromCharCode(65 + i);
const copyOf = (element) => [...element.childNodes].map((node) => node.cloneNode(true));

/** A fieldset of radio buttons or checkboxes, one for each item of a list. */
function choices(type, legend, items, mark) {
  const name = `quiz-${++groups}`;
  const labels = items.map((item, i) =>
    h(
      "label",
      { className: "quiz-choice" },
      h("input", { type, name, value: String(i), ...(mark ? {} : formulaName(item)) }),
      ...(mark ? [h("span", { className: "quiz-letter" }, `${mark(i)}.`)] : []),
      h("span", {}, ...copyOf(item)),
    ),
  );
  const fields = h("fieldset", {}, h("legend", {}, legend), ...labels);
  const chosen = () => labels.map((label) => label.control.checked);
  return { fields, labels, chosen };
}

/** single, multiple, and whatever else has options: shown in an order that the seed fixes. */
function closed(article, inBank, seed) {
  const multiple = article.dataset.kind === "multiple";
  const order = shuffled([...inBank.keys()], seed);
  const options = order.map((i) => inBank[i]);
  const { fields, labels, chosen } = choices(
    multiple ? "checkbox" : "radio",
    multiple ? "Choose all that apply" : "Choose one",
    options,
    letter,
  );
  const correct = options.map((option) => option.hasAttribute("data-correct"));
  const letters = (flags) => flags.flatMap((flag, i) => (flag ? [letter(i)] : []));
  const lists = [...article.querySelectorAll(":scope > .answer > .reasons")];
  const reasons = lists.map((list) => [...list.children]);
  const arrange = (to) => lists.forEach((list, k) => list.append(...to.map((i) => reasons[k][i])));
  return {
    fields,
    show: () => arrange(order), // the reasons have the letters of the options
    hide: () => arrange([...inBank.keys()]),
    read() {
      const flags = chosen();
      if (!flags.includes(true)) throw new Error("Choose an answer first.");
      const expected = letters(correct);
      const right = letters(flags).join() === expected.join();
      const given = order.flatMap((at, i) => (flags[i] ? [letter(at)] : [])).sort(); // the bank's
      const answer = `${expected.length > 1 ? "answers are" : "answer is"} ${expected.join(", ")}`;
      return { given, right, verdict: right ? "Right." : `Wrong. The right ${answer}.` };
    },
    settle() {
      fields.disabled = true;
      labels.forEach((label, i) => {
        if (correct[i]) label.dataset.verdict = "right";
        else if (label.control.checked) label.dataset.verdict = "wrong";
        const said = correct[i] ? "right" : label.control.checked ? "your answer" : "";
        if (said) label.append(h("span", { className: "quiz-tag" }, said));
      });
    },
  };
}

function numeric(article) {
  const { value, tolerance } = article.dataset;
  const within = Number((100 * tolerance).toPrecision(3));
  // No inputmode: the decimal keyboard of some phones has neither a minus nor an e.
  const input = h("input", { type: "text", autocomplete: "off", spellcheck: false });
  const fields = h(
    "fieldset",
    {},
    h("legend", {}, `A number, in the question's own units; within ${within} % counts`),
    h("label", { className: "quiz-number" }, "Your answer ", input),
  );
  return {
    fields,
    read() {
      const given = parseNumber(input.value);
      const right = isClose(given, Number(value), Number(tolerance));
      return { given, right, verdict: right ? "Right." : `Wrong. The answer is ${Number(value)}.` };
    },
    settle: () => (fields.disabled = true),
  };
}

/** Think, reveal, tick the key points you had. */
function open(article) {
  const { fields, chosen } = choices(
    "checkbox",
    "Which key points did you have? It counts as right when you had them all",
    [...article.querySelectorAll(".rubric > li")],
  );
  return {
    revealsFirst: true,
    fields,
    read() {
      const had = chosen();
      const given = had.flatMap((flag, i) => (flag ? [i + 1] : []));
      const right = given.length === had.length;
      const again = right ? "" : " The question comes again.";
      const verdict = `You had ${given.length} of ${had.length} key points.${again}`;
      return { given, right, verdict };
    },
    settle: () => (fields.disabled = true),
  };
}

/** The way to answer this question; the seed fixes the order of its options. */
export function kindOf(article, seed) {
  const options = [...article.querySelectorAll(":scope > .options > li")];
  if (options.length) return closed(article, options, seed);
  return article.dataset.kind === "numeric" ? numeric(article) : open(article);
}
