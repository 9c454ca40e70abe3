// Flashcards on a spaced-repetition schedule.

import { afterPaint, button, h, letScroll, plural, readWhole } from "./dom.js";
import { select, titleOf, wholeNumber } from "./dom.js";
import { deckOf } from "./deck.js";
import { showProblems } from "./panel.js";
import { whenLoaded } from "./questions.js";
import { intervals, RATINGS, statesAfter } from "./scheduler.js";
import { newEvent, reviewsOf, setting } from "./store/events.js";

const NEW_PER_DAY = 10;
const MINUTES = 10;

/**
 * @param {HTMLElement} root an element whose content is replaced
 * @param host see store/host-page.js; it has a bank
 * @returns {() => void} ends it
 */
export function mount(root, host) {
  const { bank } = host;
  let shown = null; // the card on the screen
  let done = []; // the reviews of this session
  let endsAt = 0;

  // --- what is on the screen ---------------------------------------------------------------

  const counts = h("p", { className: "quiz-score" }, "Due today …");
  const message = h("p", { className: "quiz-message", role: "status" });
  const afterLoad = whenLoaded(bank, message);
  const chapters = [...new Set(bank.cards.map((card) => card.chapter))];
  const named = chapters.map((name) => [name, titleOf(name)]);
  const chapter = select("Chapter", [["", "All"], ...named]);
  const minutes = wholeNumber("Minutes", MINUTES, 1, 240);
  const perDay = wholeNumber("New cards a day", NEW_PER_DAY, 0, 500, { onchange: keepPerDay });
  const settings = h(
    "fieldset",
    { className: "quiz-order", onchange: () => refresh() },
    h("legend", {}, "Session"),
    ...(chapters.length > 1 ? [chapter] : []),
    minutes,
    perDay,
  );
  const start = button("Start session", () => afterLoad(begin), { className: "quiz-primary" });
  const undo = button("Undo", takeBack, { hidden: true });
  const stop = button("End session", () => end("Session ended"), { hidden: true });
  const bar = h(
    "section",
    { className: "quiz-bar", "aria-label": "Flashcards" },
    counts,
    settings,
    h("div", { className: "quiz-actions" }, start, undo, stop),
    message,
  );

  const head = h("p", { className: "question-head", tabIndex: -1 });
  const front = h("div", { className: "card-front" });
  const back = h("div", { className: "card-back", tabIndex: -1, role: "group", hidden: true });
  back.setAttribute("aria-label", "Answer");
  const reveal = button("Show the answer", showBack, { className: "quiz-primary" });
  const ratings = RATINGS.map((name, i) =>
    button("", () => rate(i + 1), { className: "card-rating", "aria-keyshortcuts": String(i + 1) }),
  );
  const rating = h("div", { className: "card-ratings", role: "group", hidden: true }, ...ratings);
  rating.setAttribute("aria-label", "How well did you know it? Keys 1 to 4");
  const face = h("div", { className: "question", tabIndex: -1, hidden: true, onkeydown: pressKey });
  face.append(head, front, h("div", { className: "quiz-actions" }, reveal), back, rating);

  // --- what happens ------------------------------------------------------------------------

  const reviews = () => reviewsOf(host.get("progress"));
  const cardIds = () =>
    bank.cards
      .filter((card) => !chapter.control?.value || card.chapter === chapter.control.value)
      .map(({ id }) => id);
  const deck = () => {
    const held = reviews();
    return deckOf(cardIds(), statesAfter(held), held, Number(perDay.control.value), Date.now());
  };

  function refresh({ due, fresh, seen, all } = deck()) {
    counts.textContent = `Due today ${due} · new today ${fresh} · started ${seen} of ${all}`;
    const running = shown !== null;
    start.hidden = settings.hidden = running;
    stop.hidden = !running;
    undo.hidden = !done.length;
    face.hidden = !running;
  }

  function keepPerDay() {
    try {
      const value = readWhole(perDay);
      host.add({ settings: [newEvent({ name: "newCardsPerDay", value })] });
      message.textContent = "";
    } catch (error) {
      message.textContent = error.message;
    }
  }

  function begin() {
    try {
      endsAt = Date.now() + 60_000 * readWhole(minutes);
      readWhole(perDay);
    } catch (error) {
      message.textContent = error.message;
      return;
    }
    done = [];
    message.textContent = "";
    showNext();
  }

  function showNext() {
    if (Date.now() >= endsAt) return end("Time is up");
    const now = deck();
    if (now.next === undefined) return end("No card is left for today");
    showCard(now.next, now);
  }

  function showCard(id, now = deck()) {
    shown = id;
    back.hidden = rating.hidden = true;
    const article = bank.article(id);
    const { chapter, level } = bank.get(id);
    head.textContent = `${titleOf(chapter)} · ${level}`;
    front.replaceChildren(...article.querySelectorAll(":scope > .prompt, :scope > .options"));
    front.querySelectorAll("[data-correct]").forEach((o) => o.removeAttribute("data-correct"));
    const answer = article.querySelector(".answer");
    const parts = [".spoken", ".rubric-title", ".rubric", ".question-links"];
    back.replaceChildren(...parts.map((part) => answer.querySelector(part)));
    letScroll(face);
    reveal.parentElement.hidden = false;
    refresh(now);
    head.focus();
  }

  function showBack() {
    const next = intervals(statesAfter(reviews()).get(shown), Date.now());
    ratings.forEach((element, i) =>
      element.replaceChildren(RATINGS[i], h("span", { className: "card-interval" }, next[i])),
    );
    reveal.parentElement.hidden = true;
    back.hidden = rating.hidden = false;
    back.focus();
  }

  function pressKey(event) {
    const number = Number(event.key);
    if (rating.hidden || !(number >= 1 && number <= 4) || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    rate(number);
  }

  function rate(number) {
    face.focus({ preventScroll: true }); // while nothing is changed: what is hidden has it no more
    const event = newEvent({ card: shown, rating: number });
    const [interval] = ratings[number - 1].querySelector(".card-interval").childNodes;
    done.push(event);
    host.add({ reviews: [event] });
    message.textContent = `${RATINGS[number - 1]}: it comes again in ${interval.textContent}.`;
    showNext();
  }

  function takeBack() {
    const { id, card } = done.pop();
    host.add({ undone: [newEvent({ review: id })] });
    message.textContent = "The last rating does not count: rate the card again.";
    endsAt = Math.max(endsAt, Date.now() + 60_000);
    showCard(card);
  }

  function end(reason) {
    shown = null;
    refresh();
    message.textContent = `${reason}: ${plural(done.length, "review")}.`;
    start.focus();
  }

  const readSettings = () => {
    const kept = setting(host.get("progress"), "newCardsPerDay");
    perDay.control.value = Number.isInteger(kept) ? kept : NEW_PER_DAY;
  };
  const endProblems = host.hasPanel ? () => {} : showProblems(host, message);
  const ending = host.on("progress", () => {
    if (!shown && document.activeElement !== perDay.control) readSettings();
    refresh();
  });
  root.replaceChildren(bar, face);
  readSettings();
  afterPaint(() => refresh()); // replaying many reviews takes a while

  return () => {
    ending();
    endProblems();
    root.replaceChildren();
  };
}
