"""``{claims} l1``: a chapter's verdicts, each with the cell of the lab that earned it."""

from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from interview import claims
from interview.labs import CLAIM_TAG, tested_claims


class Claims(SphinxDirective):
    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        (chapter,) = self.arguments
        notebook = Path(self.env.srcdir, "notebooks", f"{chapter}.ipynb")
        self.env.note_dependency(str(notebook))
        self.env.note_dependency(str(claims.FILE))
        rows = [claim for claim in claims.load() if claim.chapter == chapter]
        if not rows:
            raise self.error(f"claims: the ledger has no chapter {chapter!r}")
        tested = tested_claims(notebook)
        if untested := [claim.id for claim in rows if claim.id not in tested]:
            raise self.error(
                f"claims: {notebook.name} has no executed, asserting cell for {', '.join(untested)}"
            )
        return self.parse_text_to_nodes("\n".join(map(_entry, rows)))


def _entry(row: claims.Claim) -> str:
    """One claim as a MyST definition list: the claim and its verdict, then what to say."""
    return f"""\
{{ref}}`{row.id} <{anchor(row.id)}>` {row.claim} — *{row.verdict}*
: {row.say}
"""


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
    app.connect("doctree-read", _name_cells)
