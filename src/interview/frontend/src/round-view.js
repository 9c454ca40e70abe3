// Asks questions one at a time in an element.

import { h, letScroll } from "./dom.js";
import { questionView } from "./question.js";
import { Round } from "./round.js";
import { seedOf, shuffled } from "./shuffle.js";
import { newEvent } from "./store/events.js";

/**
 * @param {HTMLElement} root a `.quiz` element; its `data-view` says what the style sheet shows
 * @param questions see questions.js
 * @param {(round: Round) => void} onEnd called when the last question was left
 */
export function roundView(root, questions, host, onEnd) {
  const position = h("p", { className: "quiz-position", hidden: true });
  let round = null;
  let seed = 0;
  let shown = null;

  const showPosition = () => {
    position.hidden = !round;
    if (round) position.textContent = `${round.at + 1} of ${round.entries.length} in this round`;
  };

  const showCurrent = () => {
    const entry = round.current;
    const article = questions.show(entry.id);
    if (entry.view?.article !== article) {
      const optionSeed = seedOf(seed, `${entry.id} ${round.at}`);
      entry.view = { article, ...questionView(article, optionSeed, { answer, next, previous }) };
    }
    shown = entry;
    showPosition();
    letScroll(article);
    entry.view.show(round.isFirst);
  };

  const leave = () => {
    shown?.view.hide();
    if (shown) questions.release(shown.id);
    shown = null;
  };

  const answer = ({ given, right }) => {
    const question = round.current.id;
    round.answer(right);
    showPosition();
    const { chapter } = questions.get(question);
    host.add({ answers: [newEvent({ chapter, question, given, right })] });
  };

  const next = () => {
    leave();
    if (round.next()) showCurrent();
    else end();
  };

  const previous = () => {
    leave();
    round.previous();
    showCurrent();
  };

  const end = () => {
    leave();
    const ended = round;
    round = null;
    showPosition();
    if (ended) onEnd(ended);
  };

  return {
    position,
    get running() {
      return round !== null;
    },
    /** Ask these questions (ids), or some; the seed fixes the order, unless they stay in theirs. */
    begin(ids, { seed: chosen, inOrder = false, repeatMissed = true, atMost = Infinity }) {
      leave();
      seed = chosen;
      const ordered = inOrder ? ids : shuffled(ids, seed);
      round = new Round(ordered.slice(0, atMost), repeatMissed);
      showCurrent();
    },
    /** Ask one question next, in a round that runs. */
    ask(id) {
      leave();
      round.askNext(id);
      showCurrent();
    },
    end,
    leave,
    resume: () => round && showCurrent(),
  };
}
