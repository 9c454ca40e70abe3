"""How the book's one style sheet is made of many."""

import re
from base64 import b64decode
from graphlib import CycleError
from io import BytesIO
from pathlib import Path

import pydata_sphinx_theme
import pytest
import tinycss2
from fontTools.ttLib import TTFont

from interview.sphinx.css_rules import read_rules, used_rules
from interview.sphinx.icons import embed_icons
from interview.sphinx.names import Names
from interview.sphinx.one_sheet import _cascade

THEME = Path(pydata_sphinx_theme.__file__).parent / "theme" / "pydata_sphinx_theme" / "static"


def purged(css: str) -> str:
    """The sheet for a page with the class or id `used`."""
    rules = tinycss2.parse_stylesheet(css, skip_whitespace=True)
    return tinycss2.serialize(used_rules(rules, {"used"}))


@pytest.mark.parametrize(
    "rule",
    [
        "p{top:0}",
        ".used>a:hover{top:0}",
        "#used{top:0}",
        ".unused,.used::before{top:0}",
        "[class~=unused]{top:0}",
        ".used:not(.unused){top:0}",
        "p:is(.unused,:has(#unused)){top:0}",
        "@media print{.used{top:0}}",
        "@supports (top:0){@media print{p{top:0}}}",
        "@font-face{font-family:unused}",
        "@keyframes unused{to{top:0}}",
        "@page :first{margin:0}",
        "/*! Licensed under MIT */",
    ],
)
def test_what_a_page_may_need_is_kept(rule):
    assert purged(rule) == rule


@pytest.mark.parametrize(
    "rule",
    [
        ".unused{top:0}",
        "#unused{top:0}",
        ".used.unused{top:0}",
        ".used .unused>p{top:0}",
        ".unused:not(.used){top:0}",
        ".unused,#unused a{top:0}",
        "@media print{.unused{top:0}}",
        "@supports (top:0){@media print{.unused{top:0}}}",
        "/* our colours */",
    ],
)
def test_what_no_page_needs_goes(rule):
    assert purged(rule) == ""


def test_the_order_stays():
    assert purged("a{}.unused{}@media print{.unused{}b{}}c{}") == "a{}@media print{b{}}c{}"


def test_imports_and_addresses_are_resolved(tmp_path):
    (tmp_path / "styles").mkdir()
    (tmp_path / "base.css").write_text("i{background:url(i.png)}")
    (tmp_path / "styles" / "theme.css").write_text(
        '@charset "utf-8";@import "../base.css";'
        "@font-face{src:url(../fonts/a.woff2?v=1) format('woff2')}"
        "@media print{b{background:url( 'b.svg' ) url( c.svg )}}"
        "u{background:url(\"data:image/svg+xml,%3Csvg fill='url(%23a)'/%3E\")}"
    )
    css = tinycss2.serialize(read_rules(tmp_path, "styles/theme.css"))
    assert css == (
        'i{background:url("i.png")}'
        '@font-face{src:url("fonts/a.woff2?v=1") format("woff2")}'
        '@media print{b{background:url("styles/b.svg") url("styles/c.svg")}}'
        "u{background:url(\"data:image/svg+xml,%3Csvg fill='url(%23a)'/%3E\")}"
    )


def test_names_are_those_of_pages_and_those_that_scripts_may_give():
    page = "<p class='one two' id=three>four</p><script>add('five')</script>"
    bank = r"""bank = JSON.parse("{\"html\": \"<p class=\\\"six\\\">seven\"}")"""
    names = Names([page, bank], ["add(`eight-${kind}`); const nine"])
    for name in ("one", "two", "three", "five", "six", "eight-", "eight-wide", "nine"):
        assert name in names, name
    for name in ("four", "seven", "eight", "ten"):
        assert name not in names, name


def test_the_cascade_is_that_of_every_page():
    assert [*_cascade([["a"], ["a", "c"], ["a", "b", "c"], []])] == ["a", "b", "c"]
    with pytest.raises(CycleError):
        list(_cascade([["a", "b"], ["b", "a"]]))


ICONS = r"""
@font-face{font-family:A;src:url("vendor/fontawesome/webfonts/fa-solid-900.ttf")}
@font-face{font-family:B;src:url("vendor/fontawesome/webfonts/fa-regular-400.ttf");font-weight:400}
@font-face{font-family:B;src:url("vendor/fontawesome/webfonts/fa-brands-400.ttf")}
@font-face{font-family:C;src:url("fonts/text.woff2")}
:root{--one:"\f0c9";--two:var(--one);--three:"\f00d"}
@media print{.fa-sun::before{content:"\f185"}}
a::after{content:var(--two);font:var(--fa-font-regular)}
b::after{voice-family:"\f186"}
"""


def test_icons_are_those_that_rules_show():
    rules = list(used_rules(tinycss2.parse_stylesheet(ICONS), {"fa-solid", "fa-sun"}))
    css = tinycss2.serialize(embed_icons(rules, THEME, {"fa-solid", "fa-sun"}))
    assert re.findall(r"font-family:(\w)", css) == ["A", "B", "C"]
    assert "font-weight:400" in css
    fonts = [TTFont(BytesIO(b64decode(data))) for data in re.findall(r"base64,([^)]+)\)", css)]
    assert [set(font.getBestCmap()) for font in fonts] == [{0xF0C9, 0xF185}, {0xF185}]
    whole = TTFont(THEME / "vendor" / "fontawesome" / "webfonts" / "fa-solid-900.ttf")
    for code, name in fonts[0].getBestCmap().items():
        assert fonts[0]["glyf"][name] == whole["glyf"][whole.getBestCmap()[code]]
    names = {record.nameID: str(record) for record in fonts[0]["name"].names}
    assert names[0] == "Copyright (c) Font Awesome"
    assert "Awesome" not in names[1] + names[4] + names[6]  # reserved by its licence
