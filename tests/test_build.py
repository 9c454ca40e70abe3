"""What stops the build, and that the message names the place: a book of two pages, broken."""

import json
import re
from functools import partial

import pytest
from bs4 import BeautifulSoup
from sphinx.testing.util import SphinxTestApp

from interview import bank, claims

CONF = {
    "extensions": ["myst_nb", "interview.sphinx"],
    "nb_execution_mode": "off",
    "html_math_renderer": "mathml",
    "myst_enable_extensions": ["deflist", "dollarmath"],
    "myst_heading_anchors": 3,
    "html_theme": "basic",
    "html_copy_source": False,
    "exclude_patterns": ["_build"],
}
PROSE = """\
# L1

## Say it

With $\\lambda$ the value is {glue:text}`../notebooks/l1.ipynb::answer:.1f`.

```{lab-figure} l1 fig-line
A line.
```

```{lab-code} l1 whiteboard
```

```{claims} l1
```

```{quiz} l1
```

```{cards}
one
```
"""
QUESTIONS = """\
chapter: l1
questions:
  - id: one
    level: easy
    kind: recall
    prompt: "Why $x$?"
    answer: "So."
    key_points: [a point]
    spoken: "so"
    section: book/l1#say-it
    claims: [C1.1]
    card: true
"""
LEDGER = """\
- {id: C1.1, chapter: l1, claim: "It is so", verdict: holds, say: "It is."}
"""
SVG = '<?xml version="1.0"?><svg viewBox="0 0 9 9"><path d="M0 0" stroke="currentColor"/></svg>'


def cell(source: str, *outputs: dict, **metadata) -> dict:
    head = {"cell_type": "code", "id": f"cell-{abs(hash(source))}", "execution_count": 1}
    return head | {"metadata": metadata, "source": source, "outputs": list(outputs)}


def shows(data: dict, **metadata) -> dict:
    return {"output_type": "display_data", "data": data, "metadata": metadata}


def lab() -> dict:
    record = "application/papermill.record/"
    glued = {"name": "answer", "mime_prefix": record}
    figure = {"figure": {"name": "fig-line", "caption": "A line."}, "image": {"alt": "a line"}}
    title = {"cell_type": "markdown", "id": "title", "metadata": {}, "source": "# Lab"}
    cells = [
        title,
        cell("glue('answer', 42.0)", shows({f"{record}text/plain": "42.0"}, scrapbook=glued)),
        cell("show(fig)", shows({"image/svg+xml": SVG}), mystnb=figure),
        cell("w = 1", tags=["whiteboard"]),
        cell("assert w == 1", tags=["claim-C1.1"]),
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": cells}


class MiniBook:
    """Sources that a test may spoil before it builds them."""

    def __init__(self, folder, monkeypatch):
        self.folder = folder
        self.prose, self.questions, self.ledger, self.lab = PROSE, QUESTIONS, LEDGER, lab()
        monkeypatch.setattr(bank, "load", partial(bank.load, folder / "bank"))
        monkeypatch.setattr(claims, "load", partial(claims.load, folder / "claims.yaml"))

    def build(self) -> tuple[str, str]:
        """What Sphinx complains of (with -W each of it stops the build), and the prose page."""
        toc = "# Book\n\n```{toctree}\nbook/l1\nnotebooks/l1\nbook/claims\n```\n"
        files = {
            "conf.py": "",
            "index.md": toc,
            "book/l1.md": self.prose,
            "book/claims.md": "# Claims\n\n```{ledger}\n```\n",
            "notebooks/l1.ipynb": json.dumps(self.lab),
            "bank/l1.yaml": self.questions,
            "claims.yaml": self.ledger,
        }
        for name, text in files.items():
            path = self.folder / name
            path.parent.mkdir(exist_ok=True)
            if not path.exists() or path.read_text(encoding="utf-8") != text:
                path.write_text(text, encoding="utf-8")
        app = None
        try:
            app = SphinxTestApp(srcdir=self.folder, confoverrides=CONF)
            app.build()
            complaints = app.warning.getvalue()
        except Exception as error:
            complaints = (app.warning.getvalue() if app else "") + str(error)
        finally:
            if app:
                app.cleanup()
        page = self.folder / "_build/html/book/l1.html"
        return re.sub(r"\x1b\[[0-9;]*m", "", complaints), page.read_text() if page.exists() else ""


@pytest.fixture
def mini(tmp_path, monkeypatch):
    return MiniBook(tmp_path, monkeypatch)


def test_the_sound_book_builds_without_complaint(mini):
    complaints, page = mini.build()
    assert complaints == ""
    for part in ("42.0", 'aria-label="a line"', 'id="q-one"', "claim-c1-1"):
        assert part in page, f"{part} is not on the page"
    assert page.count("<math") == 3  # prose, question, flash note
    assert "currentColor" in page


def malformed_bank(mini):
    mini.questions = mini.questions.replace("easy", "trivial")


def bank_is_no_yaml(mini):
    mini.questions = mini.questions.replace('"So."', '"So.')


def unknown_claim(mini):
    mini.questions = mini.questions.replace("C1.1", "C9.9")


def missing_section(mini):
    mini.questions = mini.questions.replace("#say-it", "#no-such-section")


def missing_page(mini):
    mini.questions = mini.questions.replace("book/l1#", "book/l9#")


def malformed_formula_in_bank(mini):
    mini.questions = mini.questions.replace("$x$", r"$\\frac{x$")


def malformed_formula_in_prose(mini):
    mini.prose = mini.prose.replace(r"$\lambda$", r"$\frac{x$")


def missing_glue_key(mini):
    mini.prose = mini.prose.replace("::answer", "::nosuchkey")


def missing_figure(mini):
    mini.prose = mini.prose.replace("fig-line", "fig-nowhere")


def missing_code(mini):
    mini.prose = mini.prose.replace("whiteboard", "blackboard")


def missing_lab(mini):
    mini.prose = mini.prose.replace("{lab-code} l1", "{lab-code} l9")


def unknown_quiz(mini):
    mini.prose = mini.prose.replace("{quiz} l1", "{quiz} l9")


def unknown_claims(mini):
    mini.prose = mini.prose.replace("{claims} l1", "{claims} l9")


def unknown_card(mini):
    mini.prose = mini.prose.replace("{cards}\none", "{cards}\ntwo")


def question_that_is_no_card(mini):
    mini.questions = mini.questions.replace("card: true", "card: false")


def card_of_two_paragraphs(mini):
    mini.questions = mini.questions.replace('"Why $x$?"', '"Why $x$?\\n\\nAnd how?"')


def malformed_ledger(mini):
    mini.ledger = mini.ledger.replace("holds", "perhaps")


def claim_without_cell(mini):
    mini.lab["cells"][-1]["metadata"] = {}


def claim_without_assertion(mini):
    mini.lab["cells"][-1]["source"] = "w == 1"


def claim_not_executed(mini):
    mini.lab["cells"][-1]["execution_count"] = None


def claim_with_error(mini):
    error = {"output_type": "error", "ename": "E", "evalue": "", "traceback": []}
    mini.lab["cells"][-1]["outputs"] = [error]


def figure_without_alt(mini):
    del mini.lab["cells"][2]["metadata"]["mystnb"]["image"]


def figure_not_executed(mini):
    mini.lab["cells"][2]["outputs"] = []


NAMED = [
    (malformed_bank, "l1.yaml:4", "trivial"),
    (bank_is_no_yaml, "l1.yaml:", "not valid YAML"),
    (unknown_claim, "l1.yaml:3", "C9.9"),
    (missing_section, "l1.yaml:3", "book/l1#no-such-section"),
    (missing_page, "l1.yaml:3", "book/l9#say-it"),
    (malformed_formula_in_bank, "quiz l1", r"\\frac{x"),
    (malformed_formula_in_prose, "l1.md:5", r"\\frac{x"),
    (missing_glue_key, "l1.md:5", "nosuchkey"),
    (missing_figure, "l1.md:7", "l1.ipynb stores no figure named 'fig-nowhere'"),
    (missing_code, "l1.md:11", "l1.ipynb has no cell tagged 'blackboard'"),
    (missing_lab, "l1.md:11", "l9"),
    (unknown_quiz, "l1.md:17", "no chapter 'l9'"),
    (unknown_claims, "l1.md:14", "no chapter 'l9'"),
    (unknown_card, "l1.md:20", "no question 'two'"),
    (question_that_is_no_card, "l1.md:20", "one is no card"),
    (card_of_two_paragraphs, "l1.md:20", "one has a prompt of more than one paragraph"),
    (malformed_ledger, "claims.yaml:1", "verdict"),
    (claim_without_cell, "l1.md:14", "C1.1"),
    (claim_without_assertion, "l1.md:14", "C1.1"),
    (claim_not_executed, "l1.md:14", "C1.1"),
    (claim_with_error, "l1.md:14", "C1.1"),
    (figure_without_alt, "l1.md:7", "alt"),
    (figure_not_executed, "l1.md:7", "fig-line"),
]


@pytest.mark.parametrize(
    ("spoil", "where", "what"), NAMED, ids=lambda x: getattr(x, "__name__", "")
)
def test_a_broken_source_is_named(mini, spoil, where, what):
    spoil(mini)
    complaints, _ = mini.build()
    assert complaints, f"{spoil.__name__}: the build does not complain"
    assert where in complaints, f"{spoil.__name__}: {where} is not named in {complaints}"
    assert what in complaints, f"{spoil.__name__}: {what} is not named in {complaints}"


def test_flash_note_folds_its_answer(mini):
    page = BeautifulSoup(mini.build()[1], "html.parser")
    note = page.select_one("details#card-one")
    assert note.summary.math
    assert not note.has_attr("open")
    assert [item.get_text() for item in note.select("li")] == ["a point"]
    assert note.a["href"].endswith("#say-it")


def ledger(mini) -> BeautifulSoup:
    page = mini.folder / "_build/html/book/claims.html"
    return BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")


def test_ledger_leads_to_the_cell_and_to_the_prose(mini):
    assert mini.build()[0] == ""
    page = ledger(mini)
    assert "1 claims: 1 holds." in page.get_text()
    assert [link["href"] for link in page.select("dt a")] == [
        "../notebooks/l1.html#claim-c1-1",
        "l1.html#verdict-c1-1",
    ]
    assert PROSE.startswith(f"# {page.h2.find(string=True)}\n")
    assert page.dt.em.get_text() == "holds"
    assert page.dd.get_text(strip=True) == "It is."


@pytest.mark.parametrize(
    "spoil", [claim_without_cell, claim_without_assertion, claim_not_executed, claim_with_error]
)
def test_ledger_takes_a_verdict_away(mini, spoil):
    mini.prose = mini.prose.replace("```{claims} l1\n```", "")
    spoil(mini)
    mini.build()
    page = ledger(mini)
    assert page.dt.em.get_text() == "no verdict"
    assert "holds" not in page.get_text()
    assert "missing, not executed, or failed" in page.dd.get_text()


def test_building_again_gives_the_same(mini):
    """The style sheet is made of what the pages link, also of those that have not changed."""
    out = mini.folder / "_build/html"

    def built() -> dict[str, bytes]:
        return {
            str(path): path.read_bytes() for path in (*out.rglob("*.html"), *out.rglob("*.css"))
        }

    mini.build()
    before = built()
    assert mini.build()[0] == ""
    assert built() == before
    assert b".quiz" in before[str(out / "_static/book.css")]


def test_questions_cannot_inject_html(mini):
    mini.questions = mini.questions.replace("Why $x$?", "Why <script>x</script>?")
    complaints, page = mini.build()
    assert complaints == ""
    assert "&lt;script&gt;x" in page
