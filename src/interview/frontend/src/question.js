// One showing of one question: the form that is added to its article, and taken away again.

import { afterPaint, button, h } from "./dom.js";
import { kindOf } from "./kinds.js";

/**
 * @param {HTMLElement} article the question as Python wrote it
 * @param {number} seed fixes the order of the options
 * @param {{answer, next, previous}} act `answer` takes {given, right}
 */
export function questionView(article, seed, act) {
  const kind = kindOf(article, seed);
  const details = article.querySelector(":scope > .answer");
  const head = article.querySelector(".question-head");
  const verdict = h("p", { className: "quiz-verdict", role: "status" });
  const submit = h("button", { type: "submit", className: "quiz-primary" });
  const previous = button("Previous", act.previous);
  const skip = button("Skip", act.next);
  const actions = h("div", { className: "quiz-actions" }, submit, previous, skip);
  const form = h("form", { className: "quiz-form", onsubmit }, kind.fields, actions, verdict);

  let phase;
  const enter = (next) => {
    phase = next;
    kind.fields.hidden = kind.revealsFirst && phase === "asked";
    skip.hidden = phase === "answered";
    submit.textContent =
      phase === "answered" ? "Next" : kind.fields.hidden ? "Show the answer" : "Check";
  };
  const unfold = () => {
    article.dataset.phase = phase;
    details.open = phase !== "asked";
  };

  function onsubmit(event) {
    event.preventDefault();
    if (phase === "answered") return act.next();
    if (kind.fields.hidden) {
      enter("revealed");
      unfold();
      details.querySelector("summary").focus();
      return;
    }
    let answer;
    try {
      answer = kind.read();
    } catch (error) {
      verdict.textContent = error.message;
      kind.fields.querySelector("input").focus();
      return;
    }
    kind.settle();
    enter("answered");
    verdict.dataset.verdict = answer.right ? "right" : "wrong";
    verdict.textContent = answer.verdict;
    submit.focus({ preventScroll: true }); // Enter goes on; what follows it is the explanation
    act.answer(answer);
    afterPaint(() => form.isConnected && unfold()); // the verdict does not wait for all of this
  }

  enter("asked");
  return {
    show(isFirst) {
      previous.disabled = isFirst;
      enter(phase);
      unfold();
      kind.show?.();
      // What is revealed before it is judged stands before the form, an explanation after it.
      if (kind.revealsFirst) article.append(form);
      else details.before(form);
      article.dataset.current = "";
      head.tabIndex = -1;
      head.focus();
    },
    hide() {
      form.remove();
      kind.hide?.();
      details.open = false;
      delete article.dataset.phase;
      delete article.dataset.current;
    },
  };
}
