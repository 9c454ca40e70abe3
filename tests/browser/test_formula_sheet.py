"""The formula sheet prints on one side of paper, black on white, and no formula is cut."""

import re
import zlib

import pytest


def pages(pdf: bytes) -> int:
    """Page objects in a PDF, also in its compressed streams."""
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL)
    parts = [pdf]
    for stream in streams:
        try:
            parts.append(zlib.decompress(stream))
        except zlib.error:
            continue  # not a compressed stream
    return sum(len(re.findall(rb"/Type\s*/Page\b(?!s)", part)) for part in parts)


@pytest.mark.parametrize("paper", ["A4", "Letter"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_prints_on_one_side(browser, book, paper, scheme):
    context = browser.new_context(color_scheme=scheme)
    page = context.new_page()
    page.goto((book / "book/formula-sheet.html").as_uri())
    page.evaluate("document.fonts.ready")
    pdf = page.pdf(format=paper, margin=dict.fromkeys(("top", "bottom", "left", "right"), "10mm"))
    page.emulate_media(media="print", color_scheme=scheme)
    ink, ground, shown = page.evaluate(
        """() => {
            const style = getComputedStyle(document.querySelector("#formula-sheet p"));
            const ground = getComputedStyle(document.body).backgroundColor;
            const side = document.querySelector(".bd-sidebar-primary");
            return [style.color, ground, side.getClientRects().length];
        }"""
    )
    context.close()
    assert pages(pdf) == 1
    assert ink == "rgb(0, 0, 0)"
    assert ground in ("rgb(255, 255, 255)", "rgba(0, 0, 0, 0)")
    assert shown == 0


@pytest.mark.parametrize("width", [718, 740])  # A4 and Letter within the margins, in CSS pixels
def test_no_formula_is_wider_than_its_column(browser, book, width):
    page = browser.new_page(viewport={"width": width, "height": 1000})
    page.goto((book / "book/formula-sheet.html").as_uri())
    page.emulate_media(media="print")
    page.evaluate("document.fonts.ready")
    cut = page.evaluate(
        """() => [...document.querySelectorAll("#formula-sheet :is(p, .math-scroll)")]
            .filter((block) => [...block.querySelectorAll("math *")].some((part) =>
                part.getBoundingClientRect().right > block.getBoundingClientRect().right + 1))
            .map((block) => block.textContent)"""
    )
    page.close()
    assert cut == []
