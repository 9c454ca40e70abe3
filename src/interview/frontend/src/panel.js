// Score by chapter, export, import and reset of the reader's progress.

import { button, download, h, plural, table, titleOf } from "./dom.js";
import { parse } from "./store/document.js";
import { scoreByChapter } from "./store/events.js";
import { EVENTS } from "./store/merge.js";

/** Say in an element why progress is not kept, if so; returns a function that ends it. */
export function showProblems(host, message) {
  let said = "";
  const show = () => {
    if (host.get("problem") !== said) message.textContent = said = host.get("problem");
  };
  show();
  return host.on("problem", show);
}

/** @returns {{element: HTMLElement, message: HTMLElement, end: () => void}} */
export function progressPanel(host) {
  const message = h("p", { className: "quiz-message", role: "status" });
  const chapters = h("div");
  const file = h("input", { type: "file", accept: "application/json,.json", onchange: importFile });
  const reset = button("Reset progress", askReset);
  const confirmation = h(
    "div",
    { className: "quiz-confirm", role: "group", "aria-label": "Reset progress", hidden: true },
    h("p", {}, "This forgets every answer, review and interview here. Export them first."),
    h(
      "div",
      { className: "quiz-actions" },
      button("Forget everything", doReset),
      button("Keep it", () => closeConfirmation()),
    ),
  );
  const element = h(
    "div",
    { className: "quiz-panel" },
    chapters,
    h(
      "div",
      { className: "quiz-actions" },
      button("Export progress", exportFile),
      h("label", { className: "quiz-file" }, "Import progress ", file),
      reset,
    ),
    confirmation,
  );

  function exportFile() {
    const day = new Date().toISOString().slice(0, 10);
    const text = JSON.stringify(host.get("progress"), null, 1);
    download(`regularization-progress-${day}.json`, text);
  }

  async function importFile() {
    if (!file.files.length) return;
    const count = () => EVENTS.map((name) => host.get("progress")[name].length);
    const before = count();
    try {
      host.unite(parse(await file.files[0].text()));
      const [answers, reviews, , interviews] = count().map((n, i) => n - before[i]);
      message.textContent =
        `Imported: ${plural(answers, "new answer")}, ` +
        `${plural(reviews, "new review")}, ${plural(interviews, "new interview")}.`;
    } catch (error) {
      message.textContent = `${error.message} Nothing was imported.`;
    }
    file.value = ""; // so that the same file can be chosen again
  }

  function askReset() {
    confirmation.hidden = false;
    confirmation.querySelectorAll("button")[1].focus(); // the harmless one
  }

  function closeConfirmation() {
    confirmation.hidden = true;
    reset.focus();
  }

  function doReset() {
    host.reset();
    closeConfirmation();
    message.textContent = "Progress was reset.";
  }

  const showScores = () => {
    const scores = [...scoreByChapter(host.get("progress"))].sort(([a], [b]) => (a < b ? -1 : 1));
    const rows = scores.map(([chapter, { answered, right }]) => [
      titleOf(chapter),
      String(answered),
      String(right),
    ]);
    const caption = "Score by chapter, from the last answer to each question";
    chapters.replaceChildren(
      rows.length
        ? table(caption, ["Chapter", "Answered", "Right"], rows)
        : h("p", {}, "No question is answered yet."),
    );
  };

  const endings = [showProblems(host, message), host.on("progress", showScores)];
  showScores();
  return { element, message, end: () => endings.forEach((end) => end()) };
}

/** The panel as a tool of its own. */
export function mount(root, host) {
  const panel = progressPanel(host);
  const bar = h("div", { className: "quiz-bar" }, panel.element, panel.message);
  root.replaceChildren(bar);
  return () => {
    panel.end();
    bar.remove();
  };
}
