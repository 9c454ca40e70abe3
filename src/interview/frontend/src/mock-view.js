// The mock interview: questions against the clock, then the rubric, then the result.

import { button, formulaName, h, letScroll, plural, readWhole } from "./dom.js";
import { select, table, titleOf, wholeNumber } from "./dom.js";
import { clock, plan, scoreOf } from "./mock.js";
import { showProblems } from "./panel.js";
import { whenLoaded } from "./questions.js";
import { resultByTopic } from "./result.js";
import { LEVELS } from "./select.js";
import { randomSeed } from "./shuffle.js";
import { newEvent } from "./store/events.js";

const MINUTES = 15;
const percent = (share) => `${Math.round(100 * share)} %`;

/**
 * @param {HTMLElement} root an element whose content is replaced; data-seed fixes the questions
 * @param host see store/host-page.js; it has a bank
 * @returns {() => void} ends it
 */
export function mount(root, host) {
  const { bank } = host;
  let interview = null; // {level, minutes, topics, asked: [{question, after, text}], at, endsAt}
  let ticking = 0;

  // --- before: level, minutes, topics --------------------------------------------------------

  const level = select("Level", [["", "Any"], ...LEVELS.map((name) => [name, titleOf(name)])]);
  const minutes = wholeNumber("Minutes", MINUTES, 3, 120);
  const topics = bank.chapters.map((name) => {
    const box = h("input", { type: "checkbox", value: name, checked: true });
    return h("label", {}, box, ` ${titleOf(name)}`);
  });
  const message = h("p", { className: "quiz-message", role: "status" });
  const afterLoad = whenLoaded(bank, message);
  const past = h("div");
  const start = button("Begin the interview", () => afterLoad(begin), { className: "quiz-primary" });
  const before = h(
    "div",
    {},
    h("fieldset", { className: "quiz-order" }, h("legend", {}, "Interview"), level, minutes),
    h(
      "fieldset",
      { className: "quiz-order" },
      h("legend", {}, "Topics"),
      h("div", { className: "quiz-topics" }, ...topics),
    ),
    h("div", { className: "quiz-actions" }, start),
  );

  // --- during: one question, the clock, a box ------------------------------------------------

  const time = h("p", { className: "quiz-clock", role: "timer" });
  const position = h("p", { className: "quiz-position" });
  const next = button("Next question", () => goOn(), { className: "quiz-primary" });
  const finish = button("End the interview", () => judge());
  const duringBar = h("div", { className: "quiz-actions" }, next, finish);
  const during = h("div", { hidden: true }, time, position);
  const bar = h("section", { className: "quiz-bar", "aria-label": "Mock interview" });
  bar.append(before, during, message, past);

  const head = h("p", { className: "question-head", tabIndex: -1 });
  const prompt = h("div");
  const box = h("textarea", { rows: 6 });
  const answer = h("label", {}, "Your answer: type it, or leave this empty and say it aloud ", box);
  const asking = h("div", { className: "question", hidden: true }, head, prompt, answer, duringBar);

  // --- after: the rubric, the result ---------------------------------------------------------

  const rubric = h("form", { hidden: true, onsubmit: keep });
  const resultTitle = h("p", { className: "quiz-result", tabIndex: -1 });
  const result = h("div", { className: "quiz-bar", hidden: true });

  const show = (stage) => {
    before.hidden = past.hidden = !(stage === "before" || stage === "result");
    during.hidden = asking.hidden = stage !== "during";
    bar.hidden = stage === "rubric";
    rubric.hidden = stage !== "rubric";
    result.hidden = stage !== "result";
    start.textContent = stage === "result" ? "Begin another interview" : "Begin the interview";
  };

  function begin() {
    const chosen = topics.filter((label) => label.control.checked).map((l) => l.control.value);
    try {
      const time = readWhole(minutes);
      if (!chosen.length) throw new Error("Choose at least one topic.");
      const wish = { level: level.control.value, minutes: time, topics: chosen };
      const seed = root.dataset.seed ? Number(root.dataset.seed) : randomSeed();
      const asked = plan(bank.all, { ...wish, seed });
      if (!asked.length) throw new Error("No question of these topics has this level.");
      interview = { ...wish, asked, at: 0, startedAt: Date.now() };
      interview.endsAt = interview.startedAt + 60_000 * time;
    } catch (error) {
      message.textContent = error.message;
      return;
    }
    message.textContent = "";
    show("during");
    tick();
    ticking = setInterval(tick, 500);
    ask();
  }

  function tick() {
    const left = interview.endsAt - Date.now();
    time.textContent = `${clock(left)} left`;
    if (left <= 60_000 && !interview.warned) {
      interview.warned = true;
      message.textContent = "One minute is left.";
    }
    if (left <= 0) judge();
  }

  function ask() {
    const { question, after } = interview.asked[interview.at];
    const number = `${interview.at + 1} of ${interview.asked.length}`;
    head.textContent = `${after ? "Follow-up" : titleOf(question.chapter)} · ${question.level}`;
    position.textContent = `Question ${number}`;
    prompt.replaceChildren(bank.article(question.id).querySelector(".prompt"));
    letScroll(prompt);
    box.value = "";
    next.hidden = interview.at + 1 === interview.asked.length;
    head.focus();
  }

  const noteText = () => (interview.asked[interview.at].text = box.value.trim());

  function goOn() {
    noteText();
    interview.at += 1;
    ask();
  }

  function judge() {
    clearInterval(ticking);
    noteText();
    message.textContent = "";
    const reached = interview.asked.slice(0, interview.at + 1);
    const isLate = Date.now() >= interview.endsAt ? "Time is up. " : "";
    const title = h("h3", { tabIndex: -1 }, `${isLate}Which key points did you say?`);
    rubric.replaceChildren(
      title,
      ...reached.map(rubricOf),
      h("div", { className: "quiz-actions" }, h("button", { className: "quiz-primary" }, "Score")),
    );
    letScroll(rubric);
    show("rubric");
    title.focus();
  }

  function rubricOf({ question, text }) {
    const article = bank.article(question.id);
    const points = [...article.querySelectorAll(".rubric > li")].map((point, i) =>
      h(
        "label",
        { className: "quiz-choice" },
        h("input", { type: "checkbox", value: String(i + 1), ...formulaName(point) }),
        h("span", {}, ...point.childNodes),
      ),
    );
    const details = article.querySelector(".answer");
    details.querySelectorAll(".rubric, .rubric-title").forEach((element) => element.remove());
    const fieldset = h("fieldset", {}, h("legend", {}, "Key points"), ...points);
    fieldset.dataset.question = question.id;
    return h(
      "div",
      { className: "question" },
      h("p", { className: "question-head" }, `${titleOf(question.chapter)} · ${question.level}`),
      article.querySelector(".prompt"),
      ...(text ? [h("p", { className: "quiz-said" }, text)] : []),
      fieldset,
      details,
    );
  }

  function keep(event) {
    event.preventDefault();
    const texts = new Map(interview.asked.map(({ question, text }) => [question.id, text]));
    const questions = [...rubric.querySelectorAll("fieldset")].map((fieldset) => {
      const boxes = [...fieldset.querySelectorAll("input")];
      const said = boxes.filter(({ checked }) => checked).map(({ value }) => Number(value));
      const question = fieldset.dataset.question;
      const text = texts.get(question);
      return { question, said, of: boxes.length, ...(text ? { text } : {}) };
    });
    const { level, minutes, topics } = interview;
    const kept = newEvent({ level: level || "any", minutes, topics, questions });
    host.add({ interviews: [kept] });
    const said = questions.reduce((sum, question) => sum + question.said.length, 0);
    const all = questions.reduce((sum, question) => sum + question.of, 0);
    const score = percent(scoreOf(kept));
    resultTitle.textContent = `You said ${said} of ${plural(all, "key point")}: ${score}.`;
    const results = questions.map(({ question, said, of }) => ({
      question: bank.get(question),
      share: said.length / of,
    }));
    result.replaceChildren(resultTitle, resultByTopic(results));
    message.textContent = "";
    show("result");
    resultTitle.focus();
  }

  const showPast = () => {
    const rows = host.get("progress").interviews.toReversed().map((held) => {
      const score = scoreOf(held);
      const size = `${held.minutes} min, ${plural(held.questions.length, "question")}`;
      return [
        new Date(held.at).toLocaleDateString(),
        `${titleOf(held.level || "any")}, ${size}`,
        Number.isFinite(score) ? percent(score) : "",
      ];
    });
    past.replaceChildren(
      rows.length
        ? table("Past interviews", ["Day", "Interview", "Key points said"], rows)
        : h("p", {}, "No interview was held yet."),
    );
  };

  const endProblems = host.hasPanel ? () => {} : showProblems(host, message);
  const ending = host.on("progress", showPast);
  root.replaceChildren(bar, asking, rubric, result);
  showPast();

  return () => {
    clearInterval(ticking);
    ending();
    endProblems();
    root.replaceChildren();
  };
}
