// Order, score by chapter, export and import: folded away under the quiz's bar.

import { button, download, h } from "./dom.js";
import { parse, scoreByChapter } from "./progress.js";

/** @returns {{element: HTMLElement, end: () => void}} */
export function progressPanel(host, order) {
  const message = h("p", { className: "quiz-message", role: "status" });
  const chapters = h("div", { className: "quiz-chapters" });
  const file = h("input", { type: "file", accept: "application/json,.json", onchange: importFile });
  const element = h(
    "div",
    { className: "quiz-panel" },
    h(
      "details",
      {},
      h("summary", {}, "Order, score by chapter, export and import"),
      order,
      chapters,
      h(
        "div",
        { className: "quiz-actions" },
        button("Export progress", exportFile),
        h("label", { className: "quiz-file" }, "Import progress ", file),
      ),
    ),
    message,
  );

  function exportFile() {
    const day = new Date().toISOString().slice(0, 10);
    const text = JSON.stringify(host.get("progress"), null, 1);
    download(`regularization-progress-${day}.json`, text);
  }

  async function importFile() {
    if (!file.files.length) return;
    const count = () => host.get("progress").answers.length;
    const before = count();
    try {
      host.set("progress", parse(await file.files[0].text()));
      message.textContent = `Imported: ${count() - before} new answers.`;
    } catch (error) {
      message.textContent = `${error.message} Nothing was imported.`;
    }
    file.value = ""; // so that the same file can be chosen again
  }

  const showProblem = () => (message.textContent = host.get("problem"));
  const showScores = () => {
    const scores = [...scoreByChapter(host.get("progress"))].sort(([a], [b]) => (a < b ? -1 : 1));
    const row = (cell, texts) => h("tr", {}, ...texts.map((text) => h(cell, {}, text)));
    const rows = scores.map(([name, { answered, right }]) =>
      row("td", [name, String(answered), String(right)]),
    );
    chapters.replaceChildren(
      rows.length
        ? h(
            "table",
            {},
            h("caption", {}, "Score by chapter, from the last answer to each question"),
            h("thead", {}, row("th", ["Chapter", "Answered", "Right"])),
            h("tbody", {}, ...rows),
          )
        : h("p", {}, "No question is answered yet."),
    );
  };

  const endings = [host.on("problem", showProblem), host.on("progress", showScores)];
  showProblem();
  showScores();
  return { element, end: () => endings.forEach((end) => end()) };
}
