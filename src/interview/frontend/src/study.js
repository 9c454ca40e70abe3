// The entry of a page with study tools: mounts each over the links that stand in its place, the
// first before the page is painted.

import { afterPaint, h } from "./dom.js";
import { Bank } from "./questions.js";
import { pageHost } from "./store/host-page.js";
import { TOOLS } from "./tools.js";

const here = document.currentScript.src;

/** The questions' HTML; in a script, as that is read from file:// too. */
const load = (name) =>
  new Promise((onload, onerror) => {
    document.head.append(h("script", { src: new URL(name, here).href, onload, onerror }));
  }).then(() => JSON.parse(globalThis.interviewArticles));

const { questions, articles } = JSON.parse(globalThis.interviewBank); // from bank.js, before this
const shown = new Promise(afterPaint); // the first tool comes first
const host = pageHost(new Bank({ questions, articles: shown.then(() => load(articles)) }));
host.hasPanel = document.querySelector(".quiz[data-tool=progress]") !== null;
const mount = (root) => TOOLS[root.dataset.tool](root, host);
const [first, ...others] = document.querySelectorAll(".quiz[data-tool]");
const [navigation] = performance.getEntriesByType("navigation");
mount(first);
if (location.hash || navigation?.type !== "navigate") others.forEach(mount); // any may be in view
else {
  // They are further down: the page is painted before, and a key pressed then comes before them.
  others.forEach((root) => root.replaceChildren());
  shown.then(() => setTimeout(() => others.forEach(mount)));
}
