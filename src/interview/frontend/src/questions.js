// Where a tool finds its questions: on the page, as Python wrote them there, or in the bank.
//
// Both give `all`, what is known of each question without showing it: {id, chapter, level, kind,
// closed, section, url}; `get(id)`, the same of one; `show(id)`, its article within the tool's
// element; and `release(id)`, when it is no longer shown.

const describe = ({ dataset, url, closed, chapter }) => ({
  id: dataset.id,
  chapter,
  level: dataset.level,
  kind: dataset.kind,
  section: dataset.section,
  url,
  closed,
});

/** The questions that stand in an element. */
export function questionsIn(root) {
  const articles = new Map(
    [...root.querySelectorAll(":scope > .question")].map((article) => [article.dataset.id, article]),
  );
  const all = [...articles.values()].map((article) =>
    describe({
      dataset: article.dataset,
      chapter: root.dataset.quiz,
      url: article.querySelector(".section-link")?.getAttribute("href") ?? "",
      closed: article.dataset.kind === "numeric" || !!article.querySelector(":scope > .options"),
    }),
  );
  const known = new Map(all.map((question) => [question.id, question]));
  return {
    all,
    get: (id) => known.get(id),
    show: (id) => articles.get(id),
    release() {},
  };
}

/** The questions of the bank (interview/study_data.py): strings until they are shown. */
export class Bank {
  /** `articles`, their HTML by id, may be a promise. */
  constructor({ questions, articles }) {
    this.all = questions;
    this.cards = questions.filter(({ card }) => card);
    this.chapters = [...new Set(questions.map(({ chapter }) => chapter))];
    this.known = new Map(questions.map((question) => [question.id, question]));
    /** A promise of "", or of a sentence on why there will be no articles. */
    this.loaded = Promise.resolve(articles).then(
      (html) => {
        this.html = html;
        return "";
      },
      () => "The questions could not be loaded: reload the page to try again.",
    );
  }

  get(id) {
    return this.known.get(id);
  }

  /** A new article, once they are loaded; two tools may show the same one, so it has no ids. */
  article(id) {
    const template = document.createElement("template");
    template.innerHTML = this.html[id]; // from interview/render.py, which lets no markup through
    const article = template.content.firstElementChild;
    article.removeAttribute("id");
    article.setAttribute("aria-label", article.querySelector(".question-head").textContent);
    article.removeAttribute("aria-labelledby");
    article.querySelectorAll("[id]").forEach((element) => element.removeAttribute("id"));
    return article;
  }
}

/** Some of the bank's questions, shown in an element. */
export function questionsOf(bank, root) {
  const shown = new Map();
  return {
    all: bank.all,
    get: (id) => bank.get(id),
    show(id) {
      if (!shown.has(id)) shown.set(id, bank.article(id));
      root.append(shown.get(id));
      return shown.get(id);
    },
    release: (id) => shown.get(id)?.remove(),
  };
}

/**
 * A function that does what needs the bank's articles as soon as they are there: of several wishes
 * while the reader waits, the last. Meanwhile, and when they never come, the message says so.
 */
export function whenLoaded(bank, message) {
  let wish = null;
  return async (act) => {
    if (bank.html) return act();
    const isWaiting = wish !== null;
    wish = act;
    if (isWaiting) return;
    const said = message.textContent;
    message.textContent = "The questions are loading …";
    message.textContent = (await bank.loaded) || said;
    const last = wish;
    wish = null;
    if (bank.html) last();
  };
}
