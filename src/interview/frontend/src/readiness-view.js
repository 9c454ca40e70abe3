// Readiness: the predicted recall on the day of the interview, and today's reviews for it.

import { afterPaint, button, h, plural, table, titleOf } from "./dom.js";
import { showProblems } from "./panel.js";
import { questionsOf } from "./questions.js";
import { byChapter, ENOUGH, evidence, worthReviewing } from "./readiness.js";
import { sectionLink } from "./result.js";
import { roundView } from "./round-view.js";
import { dayOfDate, statesAfter, studyDay } from "./scheduler.js";
import { randomSeed } from "./shuffle.js";
import { newEvent, setting } from "./store/events.js";

const TODAY = 10; // reviews proposed
const percent = (share) => `${Math.round(100 * share)} %`;

/**
 * @param {HTMLElement} root an element whose content is replaced
 * @param host see store/host-page.js; it has a bank
 * @returns {() => void} ends it
 */
export function mount(root, host) {
  const { bank } = host;
  const questions = questionsOf(bank, root);
  const date = h("input", { type: "date", onchange: keepDate });
  const message = h("p", { className: "quiz-message", role: "status" });
  const chapters = h("div");
  const today = h("div");
  let latest = null; // {states, proposals}: what the questions in `today` are chosen from
  const stop = button("Stop", () => rounds.end(), { hidden: true });
  const rounds = roundView(root, questions, host, (round) => {
    stop.hidden = true;
    root.dataset.view = "done";
    const tries = [...round.firstTries.values()];
    refresh();
    message.textContent = `${plural(tries.length, "question")} reviewed, ${
      tries.filter(Boolean).length
    } right: the table above is new.`;
    date.focus();
  });
  const bar = h(
    "section",
    { className: "quiz-bar", "aria-label": "Readiness" },
    h("div", { className: "quiz-order" }, h("label", {}, "Day of the interview ", date)),
    chapters,
    today,
    h("div", { className: "quiz-actions" }, stop),
    message,
    rounds.position,
  );

  function keepDate() {
    if (date.value && dayOfDate(date.value) < studyDay(Date.now())) {
      message.textContent = "That day is over: enter today or a later one.";
      return;
    }
    message.textContent = "";
    host.add({ settings: [newEvent({ name: "interview", value: date.value || null })] });
  }

  /** The day that was entered, as a number; null when there is none to come. */
  function interviewDay() {
    const kept = setting(host.get("progress"), "interview");
    const day = typeof kept === "string" && /^\d{4}-\d\d-\d\d$/.test(kept) ? dayOfDate(kept) : NaN;
    return day >= studyDay(Date.now()) ? day : null;
  }

  function refresh() {
    const now = Date.now();
    const day = interviewDay();
    if (day === null) {
      chapters.replaceChildren(
        h("p", {}, "Enter the day of your interview to see what you will still know then."),
      );
      today.replaceChildren();
      latest = null;
      return;
    }
    const states = statesAfter(evidence(host.get("progress")));
    const rows = byChapter(bank.all, states, day).map(({ chapter, all, seen, recall, spread }) => [
      titleOf(chapter),
      recall === null
        ? "not enough answers yet"
        : `${percent(recall)} (${percent(Math.max(0, recall - spread))} to ${percent(
            Math.min(1, recall + spread),
          )})`,
      `${seen} of ${all}`,
    ]);
    const days = day - studyDay(now);
    const when = days ? `in ${plural(days, "day")}` : "today";
    const caption = `Predicted recall ${when}, if you stop now`;
    chapters.replaceChildren(
      table(caption, ["Chapter", "Recall (likely range)", "Questions answered"], rows),
      h(
        "p",
        { className: "quiz-position" },
        `It speaks of what you answered or reviewed, at least ${ENOUGH} questions of a chapter; ` +
          "what you never saw, you may not know.",
      ),
    );
    latest = { states, proposals: worthReviewing(bank.all, states, now, day, TODAY) };
    bank.loaded.then(showToday);
  }

  function showToday(problem) {
    if (!latest || rounds.running) return;
    if (problem) {
      today.replaceChildren(h("p", {}, problem));
      return;
    }
    const { states, proposals } = latest;
    if (!proposals.length) {
      const few = bank.all.filter(({ id }) => states.has(id)).length < ENOUGH;
      const said = few
        ? "Not enough answers yet to say what to review: answer some questions or flashcards first."
        : "No review would change much now, as a second one on the same day does little: " +
          "answer questions that are new to you, or come back tomorrow.";
      today.replaceChildren(h("p", {}, said));
      return;
    }
    const rows = proposals.map(({ question, gain }) => [
      bank.article(question.id).querySelector(".prompt").textContent.trim().slice(0, 90) + "…",
      sectionLink(question, true),
      `+${Math.round(100 * gain)} points`,
    ]);
    const ids = proposals.map(({ question }) => question.id);
    today.replaceChildren(
      table("Worth reviewing today, the most first", ["Question", "Section", "Chance"], rows),
      button("Review these now", () => begin(ids), { className: "quiz-primary" }),
    );
  }

  function begin(ids) {
    root.dataset.view = "round";
    stop.hidden = false;
    today.replaceChildren();
    rounds.begin(ids, { seed: randomSeed(), inOrder: true });
  }

  const readDate = () => {
    const kept = setting(host.get("progress"), "interview");
    if (typeof kept === "string" && document.activeElement !== date) date.value = kept;
  };
  const endProblems = host.hasPanel ? () => {} : showProblems(host, message);
  const ending = host.on("progress", () => {
    readDate();
    refresh();
  });
  root.replaceChildren(bar);
  root.dataset.view = "start";
  readDate();
  afterPaint(refresh);

  return () => {
    rounds.leave();
    ending();
    endProblems();
    root.replaceChildren();
    delete root.dataset.view;
  };
}
