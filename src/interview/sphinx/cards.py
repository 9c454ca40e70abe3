"""``{cards}``: flash notes on the page, chosen by the ids of questions, answers folded away."""

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from interview import bank
from interview.quiz_html import cards_html
from interview.sphinx.quiz import section_urls


class CardsNode(nodes.General, nodes.Element):
    """Stands for flash notes until the addresses of all pages are known."""


class Cards(SphinxDirective):
    """Its content is one id of a question a line."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        known = {question.id: question for question in self.env.bank_questions}
        cards = []
        for id in (line.strip() for line in self.content if line.strip()):
            if id not in known:
                raise self.error(f"cards: the bank has no question {id!r}")
            if problem := _unfit(known[id]):
                raise self.error(f"cards: {id} {problem}")
            self.env.note_dependency(str(bank.FOLDER / f"{known[id].chapter}.yaml"))
            cards.append(known[id])
        node = CardsNode(cards=cards)
        self.set_source_info(node)
        return [node]


def _unfit(question: bank.Question) -> str | None:
    if not question.card:
        return "is no card (card: true)"
    if question.options:
        return "has options, and a flash note cannot show them"
    if "\n\n" in question.prompt.strip() or "```" in question.prompt:
        return "has a prompt of more than one paragraph"
    return None


def _resolve(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    section_url = section_urls(app, docname)
    for node in list(doctree.findall(CardsNode)):
        node.replace_self(nodes.raw("", cards_html(node["cards"], section_url), format="html"))


def setup(app: Sphinx) -> None:
    app.add_node(CardsNode)
    app.add_directive("cards", Cards)
    app.connect("doctree-resolved", _resolve)
