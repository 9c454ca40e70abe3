// The quiz: asks a chapter's questions one at a time, over the HTML that Python wrote.

import { button, h } from "./dom.js";
import { answerEvent, lastAnswers } from "./progress.js";
import { progressPanel } from "./panel.js";
import { questionView } from "./question.js";
import { Round } from "./round.js";
import { randomSeed, shuffled } from "./shuffle.js";

// The theme lets the keyboard into code that is wider than the page, judging it while it is hidden.
const letScroll = (element) =>
  element.querySelectorAll("pre").forEach((pre) => (pre.tabIndex = 0));

/**
 * Take over the questions in an element.
 *
 * @param {HTMLElement} root a `.quiz` as interview/quiz_html.py writes it
 * @param host see host-page.js
 * @returns {() => void} gives the element back as it was
 */
export function mount(root, host) {
  const chapter = root.dataset.quiz;
  const articles = new Map(
    [...root.querySelectorAll(":scope > .question")].map((article) => [article.dataset.id, article]),
  );
  let lastHere = []; // the last answer to each question of this quiz
  let round = null;
  let shown = null;

  // --- what is on the screen ---------------------------------------------------------------

  const score = h("p", { className: "quiz-score" });
  const meter = h("progress", { max: articles.size, "aria-label": "Questions right" });
  const start = button("Start", () => begin(dueIds()), { className: "quiz-primary" });
  const missed = button("Review missed", () => begin(missedIds()));
  const stop = button("Stop", () => finish());
  const list = button("Show all as a list", () => toggleList());
  const position = h("p", { className: "quiz-position" });
  const result = h("p", { className: "quiz-result", tabIndex: -1 });
  const shuffle = h("input", { type: "checkbox", checked: true });
  const seed = h("input", { type: "number", min: 0, step: 1 });
  const order = h(
    "fieldset",
    { className: "quiz-order" },
    h("legend", {}, "Order of the next round"),
    h("label", {}, shuffle, " Shuffled"),
    h("label", {}, "Seed ", seed),
  );
  seed.placeholder = "any";
  seed.value = root.dataset.seed ?? "";
  const panel = progressPanel(host, order);
  const bar = h(
    "section",
    { className: "quiz-bar", "aria-label": `Quiz: ${chapter}` },
    score,
    meter,
    result,
    h("div", { className: "quiz-actions" }, start, missed, stop, list),
    panel.element,
    position,
  );

  const setView = (view) => {
    root.dataset.view = view; // the style sheet shows what belongs to it
    if (view === "list") letScroll(root);
    const inRound = view === "round";
    start.hidden = inRound || view === "list";
    missed.hidden = start.hidden || missedIds().length === 0;
    stop.hidden = !inRound;
    position.hidden = !inRound;
    result.hidden = view !== "done";
    list.textContent = view === "list" ? "One at a time" : "Show all as a list";
  };

  const refresh = () => {
    lastHere = [...lastAnswers(host.get("progress")).values()].filter(({ question }) =>
      articles.has(question),
    );
    const right = lastHere.filter((answer) => answer.right).length;
    const count = articles.size === 1 ? "1 question" : `${articles.size} questions`;
    score.textContent = `${count} · answered ${lastHere.length} · right ${right}`;
    meter.value = right;
    start.textContent = !lastHere.length
      ? "Start"
      : lastHere.length < articles.size
        ? "Continue"
        : "Start again";
    missed.textContent = `Review missed (${missedIds().length})`;
    setView(root.dataset.view);
  };

  // --- which questions ---------------------------------------------------------------------

  const missedIds = () => lastHere.flatMap(({ question, right }) => (right ? [] : [question]));
  const dueIds = () => {
    const answered = new Set(lastHere.map(({ question }) => question));
    const unanswered = [...articles.keys()].filter((id) => !answered.has(id));
    return unanswered.length ? unanswered : [...articles.keys()];
  };

  // --- what happens ------------------------------------------------------------------------

  const begin = (ids) => {
    leave();
    const chosen = seed.value === "" ? randomSeed() : Number(seed.value);
    const inOrder = [...articles.keys()].filter((id) => ids.includes(id));
    round = new Round(shuffle.checked ? shuffled(inOrder, chosen) : inOrder);
    setView("round");
    showCurrent();
  };

  const showCurrent = () => {
    const entry = round.current;
    entry.view ??= questionView(articles.get(entry.id), { answer, next, previous });
    shown = entry.view;
    position.textContent = `${round.at + 1} of ${round.entries.length} in this round`;
    letScroll(articles.get(entry.id));
    shown.show(round.isFirst);
  };

  const leave = () => {
    shown?.hide();
    shown = null;
  };

  const answer = ({ given, right }) => {
    const question = round.current.id;
    round.answer(right);
    position.textContent = `${round.at + 1} of ${round.entries.length} in this round`;
    const event = answerEvent({ chapter, question, given, right });
    host.set("progress", { version: 1, answers: [event] });
  };

  const next = () => {
    leave();
    if (round.next()) showCurrent();
    else finish();
  };

  const previous = () => {
    leave();
    round.previous();
    showCurrent();
  };

  const finish = () => {
    leave();
    const { answered, right } = round.result;
    result.textContent = `Round ended: ${right} of ${answered} right at the first try.`;
    round = null;
    setView("done");
    result.focus();
  };

  const toggleList = () => {
    leave();
    if (root.dataset.view !== "list") return setView("list");
    setView(round ? "round" : "start");
    if (round) showCurrent();
  };

  /** Ask one question next, whatever is on the screen. */
  const open = (id) => {
    if (!round) return begin([id]);
    leave();
    round.askNext(id);
    showCurrent();
  };

  // --- links to a question: `#q-…` from elsewhere, and the follow-ups within -----------------

  const idIn = (hash) => (articles.has(hash.slice(3)) && hash.startsWith("#q-") ? hash.slice(3) : "");
  const openHash = () => {
    const id = idIn(location.hash);
    if (id && root.dataset.view !== "list") open(id);
  };
  const openLink = (event) => {
    const link = event.target.closest(".question-links a");
    if (!link || link.pathname !== location.pathname || root.dataset.view === "list") return;
    const id = idIn(link.hash);
    if (!id) return;
    event.preventDefault();
    open(id);
  };

  const endings = [host.on("progress", refresh)];
  window.addEventListener("hashchange", openHash);
  root.addEventListener("click", openLink);
  root.prepend(bar);
  root.dataset.view = "start";
  refresh();
  openHash();

  return () => {
    leave();
    endings.forEach((end) => end());
    panel.end();
    window.removeEventListener("hashchange", openHash);
    root.removeEventListener("click", openLink);
    bar.remove();
    delete root.dataset.view;
  };
}
