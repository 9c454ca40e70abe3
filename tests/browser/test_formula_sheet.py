"""The formula sheet prints on one sheet of paper, both sides at most, black on white."""

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
def test_it_prints_on_one_sheet(browser, book, paper, scheme):
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
    assert 1 <= pages(pdf) <= 2
    assert ink == "rgb(0, 0, 0)"
    assert ground in ("rgb(255, 255, 255)", "rgba(0, 0, 0, 0)")
    assert shown == 0
