// The quiz: asks questions one at a time, over the HTML that Python wrote.

import { button, h, letScroll, plural, select as choice, titleOf } from "./dom.js";
import { progressPanel } from "./panel.js";
import { questionsIn, questionsOf, whenLoaded } from "./questions.js";
import { resultByTopic } from "./result.js";
import { roundView } from "./round-view.js";
import { diagnosis, LEVELS, select } from "./select.js";
import { randomSeed } from "./shuffle.js";
import { lastAnswers } from "./store/events.js";

/**
 * Take over the questions in an element, or ask those of the whole bank if there are none.
 *
 * @param {HTMLElement} root a `.quiz` as interview/quiz_html.py writes it, or an empty one
 * @param host see store/host-page.js
 * @returns {() => void} gives the element back as it was
 */
export function mount(root, host) {
  const ofBank = !root.dataset.quiz;
  if (ofBank) root.replaceChildren();
  const questions = ofBank ? questionsOf(host.bank, root) : questionsIn(root);
  const here = (id) => questions.get(id) !== undefined;
  const total = questions.all.length;
  let lastHere = []; // the last answer to each question of this quiz

  // --- what is on the screen ---------------------------------------------------------------

  const score = h("p", { className: "quiz-score" });
  const meter = h("progress", { max: total, "aria-label": "Questions right" });
  const start = button("Start", () => afterLoad(() => begin(dueIds())), { className: "quiz-primary" });
  const missed = button("Review missed", () => afterLoad(() => begin(missedIds())));
  const diagnose = button("Ten-question diagnosis", () => afterLoad(beginDiagnosis));
  const stop = button("Stop", () => rounds.end());
  const list = button("Show all as a list", () => toggleList());
  const resultTitle = h("p", { className: "quiz-result", tabIndex: -1 });
  const topics = h("div");
  const result = h("div", {}, resultTitle, topics);

  const named = (values) => values.map((value) => [value, titleOf(value)]);
  const valuesOf = (key) => [...new Set(questions.all.map((question) => question[key]))];
  const chapters = valuesOf("chapter");
  const chapter = choice("Chapter", [["", "All"], ...named(chapters)]);
  const levels = valuesOf("level");
  const level = choice("Level", [
    ["", "Any"],
    ...named(LEVELS.filter((name) => levels.includes(name))),
  ]);
  const kind = choice("Kind", [["", "Any"], ...named(valuesOf("kind"))]);
  const number = choice("Questions", [["", "All"], ...["5", "10", "20"].map((n) => [n, n])]);
  const shuffle = h("input", { type: "checkbox", checked: true });
  const seed = h("input", { type: "number", min: 0, step: 1, placeholder: "any" });
  seed.value = root.dataset.seed ?? "";
  const matching = h("p", { className: "quiz-position", role: "status" });
  const order = h(
    "fieldset",
    { className: "quiz-order", onchange: () => refresh() },
    h("legend", {}, "The next round"),
    ...(chapters.length > 1 ? [chapter] : []),
    level,
    kind,
    number,
    h("label", {}, shuffle, " Shuffled"),
    h("label", {}, "Seed ", seed),
    matching,
  );
  const panel = host.hasPanel ? null : progressPanel(host);
  const message = panel?.message ?? h("p", { className: "quiz-message", role: "status" });
  const afterLoad = ofBank ? whenLoaded(host.bank, message) : (act) => act();
  const rounds = roundView(root, questions, host, (ended) => finish(ended));
  const label = ofBank ? "Quiz across the chapters" : `Quiz: ${root.dataset.quiz}`;
  const bar = h(
    "section",
    { className: "quiz-bar", "aria-label": label },
    score,
    meter,
    result,
    h("div", { className: "quiz-actions" }, start, diagnose, missed, stop, list),
    ofBank ? order : h("details", {}, h("summary", {}, "Choose questions and order"), order),
    ...(panel
      ? [h("details", {}, h("summary", {}, "Progress: score, export, import"), panel.element)]
      : []),
    message,
    rounds.position,
  );

  const setView = (view) => {
    root.dataset.view = view; // the style sheet shows what belongs to it
    if (view === "list") letScroll(root);
    const inRound = view === "round";
    start.hidden = inRound || view === "list";
    diagnose.hidden = start.hidden || total < 10;
    missed.hidden = start.hidden || missedIds().length === 0;
    stop.hidden = !inRound;
    order.hidden = ofBank && inRound;
    list.hidden = ofBank;
    result.hidden = view !== "done";
    list.textContent = view === "list" ? "One at a time" : "Show all as a list";
  };

  const refresh = () => {
    lastHere = [...lastAnswers(host.get("progress")).values()].filter(({ question }) =>
      here(question),
    );
    const right = lastHere.filter((answer) => answer.right).length;
    const answered = `answered ${lastHere.length} · right ${right}`;
    score.textContent = `${plural(total, "question")} · ${answered}`;
    meter.value = right;
    const chosen = selected();
    const left = dueIds(false).length;
    start.textContent =
      left === chosen.length ? "Start" : left && left < chosen.length ? "Continue" : "Start again";
    start.disabled = !chosen.length;
    matching.textContent = chosen.length
      ? chosen.length < total
        ? `${plural(chosen.length, "question")} to choose from.`
        : ""
      : "No question is of this level and kind: choose another.";
    missed.textContent = `Review missed (${missedIds().length})`;
    setView(root.dataset.view);
  };

  // --- which questions ---------------------------------------------------------------------

  const valueOf = (field) => field.control.value;
  const selected = () =>
    select(questions.all, {
      chapter: valueOf(chapter),
      level: valueOf(level),
      kind: valueOf(kind),
    }).map(({ id }) => id);
  const missedIds = () => lastHere.flatMap(({ question, right }) => (right ? [] : [question]));

  /** Those that were never answered; all of them when there are none left. */
  const dueIds = (orAll = true) => {
    const answered = new Set(lastHere.map(({ question }) => question));
    const chosen = selected();
    const unanswered = chosen.filter((id) => !answered.has(id));
    return unanswered.length || !orAll ? unanswered : chosen;
  };
  const chosenSeed = () => (seed.value === "" ? randomSeed() : Number(seed.value));

  // --- what happens ------------------------------------------------------------------------

  const begin = (ids) => {
    const inBankOrder = questions.all.map(({ id }) => id).filter((id) => ids.includes(id));
    const atMost = Number(valueOf(number)) || Infinity;
    setView("round");
    rounds.begin(inBankOrder, { seed: chosenSeed(), inOrder: !shuffle.checked, atMost });
  };

  const beginDiagnosis = () => {
    const options = { seed: chosenSeed(), inOrder: true, repeatMissed: false };
    setView("round");
    const pool = select(questions.all, { chapter: valueOf(chapter) });
    rounds.begin(diagnosis(pool, options.seed), options);
  };

  const finish = (round) => {
    const tries = [...round.firstTries];
    const right = tries.filter(([, isRight]) => isRight).length;
    resultTitle.textContent = `Round ended: ${right} of ${tries.length} right at the first try.`;
    const results = tries.map(([id, isRight]) => ({
      question: questions.get(id),
      share: Number(isRight),
    }));
    topics.replaceChildren(...(results.length ? [resultByTopic(results)] : []));
    setView("done");
    resultTitle.focus();
  };

  const toggleList = () => {
    rounds.leave();
    if (root.dataset.view !== "list") return setView("list");
    setView(rounds.running ? "round" : "start");
    rounds.resume();
  };

  /** Ask one question next, whatever is on the screen. */
  const open = (id) => {
    if (rounds.running) rounds.ask(id);
    else begin([id]);
  };

  // --- links to a question: `#q-…` from elsewhere, and the follow-ups within -----------------

  const idIn = (hash) => (hash.startsWith("#q-") && here(hash.slice(3)) ? hash.slice(3) : "");
  const openHash = () => {
    const id = idIn(location.hash);
    if (id && root.dataset.view !== "list") open(id);
  };
  const openLink = (event) => {
    const link = event.target.closest(".question-links a");
    if (!link || root.dataset.view === "list") return;
    if (!ofBank && link.pathname !== location.pathname) return;
    const id = idIn(link.hash);
    if (!id) return;
    event.preventDefault();
    open(id);
  };

  const endings = [host.on("progress", refresh)];
  if (!ofBank) window.addEventListener("hashchange", openHash);
  root.addEventListener("click", openLink);
  root.prepend(bar);
  root.dataset.view = "start";
  refresh();
  if (!ofBank) openHash();

  return () => {
    rounds.leave();
    endings.forEach((end) => end());
    panel?.end();
    window.removeEventListener("hashchange", openHash);
    root.removeEventListener("click", openLink);
    bar.remove();
    delete root.dataset.view;
  };
}
