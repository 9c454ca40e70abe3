"""The ledger on the page: ``{claims} l1`` for one chapter, ``{ledger}`` for all of them.

A verdict stands beside the cell of the lab that earned it. Without such a cell a chapter does not
build, and the ledger shows the claim without a verdict.
"""

from collections import Counter
from itertools import groupby
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from interview import claims
from interview.labs import CLAIM_TAG, tested_claims


class _FromLedger(SphinxDirective):
    def load(self) -> list[claims.Claim]:
        self.env.note_dependency(str(claims.FILE))
        return claims.load()

    def tested(self, chapter: str) -> set[str]:
        notebook = Path(self.env.srcdir, "notebooks", f"{chapter}.ipynb")
        self.env.note_dependency(str(notebook))
        return tested_claims(notebook) if notebook.is_file() else set()


class Claims(_FromLedger):
    """``{claims} l1``: a chapter's verdicts, each with the cell of the lab that earned it."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        (chapter,) = self.arguments
        rows = [claim for claim in self.load() if claim.chapter == chapter]
        if not rows:
            raise self.error(f"claims: the ledger has no chapter {chapter!r}")
        tested = self.tested(chapter)
        if untested := [claim.id for claim in rows if claim.id not in tested]:
            raise self.error(
                f"claims: {chapter}.ipynb has no executed, asserting cell for {', '.join(untested)}"
            )
        entries = self.parse_text_to_nodes("\n".join(_entry(row, row.verdict) for row in rows))
        labels = self.env.get_domain("std").anonlabels
        for row, term in zip(rows, entries[0].findall(nodes.term), strict=True):
            name = _verdict_anchor(row.id)
            term["ids"].append(name)
            labels[name] = self.env.docname, name
        return entries


class Ledger(_FromLedger):
    """``{ledger}``: every claim of the book, by chapter, after a line that counts the verdicts."""

    def title(self, chapter: str) -> str:
        """The chapter's title; a link to it would show its file's name in the page's contents."""
        prose = Path(self.env.srcdir, "book", f"{chapter}.md")
        self.env.note_dependency(str(prose))
        lines = prose.read_text(encoding="utf-8").splitlines()
        return next(line for line in lines if line.startswith("# ")).removeprefix("# ")

    def run(self) -> list[nodes.Node]:
        parts, counts = [], Counter()
        for chapter, rows in groupby(self.load(), key=lambda claim: claim.chapter):
            tested = self.tested(chapter)
            parts.append(f"## {self.title(chapter)}\n")
            for row in rows:
                verdict = row.verdict if row.id in tested else "no verdict"
                counts[verdict] += 1
                parts.append(_entry(row, verdict, f"{{ref}}`prose <{_verdict_anchor(row.id)}>`"))
        order = [verdict for verdict in (*claims.VERDICTS, "no verdict") if counts[verdict]]
        total = ", ".join(f"{counts[verdict]} {verdict}" for verdict in order)
        text = "\n".join([f"{counts.total()} claims: {total}.\n", *parts])
        return self.parse_text_to_nodes(text, allow_section_headings=True)


def _entry(row: claims.Claim, verdict: str, *links: str) -> str:
    """One claim as a MyST definition list: the claim and its verdict, then what to say."""
    if verdict == "no verdict":
        name, say = row.id, "The cell that should test it is missing, not executed, or failed."
    else:
        name, say = f"{{ref}}`{row.id} <{anchor(row.id)}>`", row.say
    return f"""\
{" ".join([name, row.claim, "—", f"*{verdict}*", *links])}
: {say}
"""


def _verdict_anchor(claim: str) -> str:
    """The HTML id of a claim's entry in its chapter's prose."""
    return f"verdict-{claim}".lower().replace(".", "-")


def anchor(claim: str) -> str:
    """The HTML id of the cell that tests a claim."""
    return (CLAIM_TAG + claim).lower().replace(".", "-")


def _name_cells(app: Sphinx, doctree: nodes.document) -> None:
    """Give the first cell that tests a claim an id that the whole book can refer to."""
    targets = app.env.get_domain("std").anonlabels
    for cell in doctree.findall(nodes.container):
        for tag in cell.get("classes", []):
            name = anchor(tag.removeprefix(f"tag_{CLAIM_TAG}"))
            if tag.startswith(f"tag_{CLAIM_TAG}") and name not in doctree.ids:
                cell["ids"].append(name)
                doctree.ids[name] = cell
                targets[name] = app.env.docname, name


def setup(app: Sphinx) -> None:
    app.add_directive("claims", Claims)
    app.add_directive("ledger", Ledger)
    app.connect("doctree-read", _name_cells)
