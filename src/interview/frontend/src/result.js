// What a round or an interview showed, by topic, with links to what to read again.

import { h, table, titleOf } from "./dom.js";

/** The name of a section, from the anchor that the bank gives: `book/l1#where-it-breaks`. */
const sectionName = (section) => titleOf(section.split("#")[1]);

/** A link to a section of the book, or its name where there is no address. */
export const sectionLink = ({ section, url, chapter }, withChapter = false) => {
  const name = withChapter ? `${titleOf(chapter)}: ${sectionName(section)}` : sectionName(section);
  return url ? h("a", { href: url }, name) : h("span", {}, name);
};

/** Links to the sections of these questions, each once. */
function reread(questions, withChapter = false) {
  const links = new Map(questions.map((q) => [q.section, sectionLink(q, withChapter)]));
  return [...links.values()].flatMap((link, i) => (i ? [", ", link] : [link]));
}

/**
 * A table by chapter, or by section when all is of one chapter.
 *
 * @param {{question, share: number}[]} results `share`: how much of each was right, from 0 to 1
 */
export function resultByTopic(results) {
  const chapters = new Set(results.map(({ question }) => question.chapter));
  const topicOf = (question) => (chapters.size > 1 ? question.chapter : question.section);
  const topics = new Map();
  for (const result of results) {
    const topic = topicOf(result.question);
    topics.set(topic, [...(topics.get(topic) ?? []), result]);
  }
  const shareOf = (list) => list.reduce((sum, { share }) => sum + share, 0) / list.length;
  const rows = [...topics]
    .sort(([, a], [, b]) => shareOf(a) - shareOf(b))
    .map(([topic, list]) => {
      const weak = list.filter(({ share }) => share < 1).map(({ question }) => question);
      const name = chapters.size > 1 ? titleOf(topic) : sectionName(topic);
      return [name, `${Math.round(100 * shareOf(list))} % of ${list.length}`, reread(weak)];
    });
  return table("Result by topic, the weakest first", ["Topic", "Right", "Read again"], rows);
}
