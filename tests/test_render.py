"""Markdown and TeX to HTML: safe whatever comes in, and mathematics that is all there."""

import re
import unicodedata
from collections import Counter
from html import unescape
from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup
from pages import PAGES, source

from interview import bank
from interview.check import texts
from interview.render import to_html, to_inline_html
from interview.tex import tex_to_mathml

FORMULA = re.compile(r"\$\$(.+?)\$\$|(?<![\\$])\$(?!\s)([^$]+?)(?<!\s)\$", re.DOTALL)
CODE = re.compile(r"^(`{3,}|~{3,}).*?^\1|`[^`\n]+`", re.DOTALL | re.MULTILINE)
NOT_SHOWN = re.compile(r"\\(?:begin|end)\s*\{[a-z*]+\}(?:\{[lcr|]+\})?|\\[a-zA-Z]+|\\label\{.*?\}")


def characters(text: str) -> Counter:
    """Letters and digits, mathematical alphabets folded to plain ones."""
    return Counter(c for c in unicodedata.normalize("NFKC", text) if c.isascii() and c.isalnum())


def xml(mathml: str) -> ElementTree.Element:
    """Strictly parsed; XML knows five of the entities that HTML has."""
    plain = re.sub(r"&(?!(?:amp|lt|gt|quot|apos);)\w+;", lambda m: unescape(m[0]), mathml)
    return ElementTree.fromstring(plain)


def formulas(markdown: str) -> list[str]:
    return [
        (display or inline).strip() for display, inline in FORMULA.findall(CODE.sub("", markdown))
    ]


def assert_all_there(tex: str, where: str) -> None:
    """The oracle knows XML and the alphabet, not TeX: each letter and digit must arrive."""
    mathml = tex_to_mathml(tex)
    try:
        shown = characters("".join(xml(mathml).itertext()))
    except ElementTree.ParseError as error:
        pytest.fail(f"{where}: {tex!r} gives malformed MathML: {error}")
    lost = characters(NOT_SHOWN.sub(" ", tex)) - shown
    assert not lost, f"{where}: {tex!r} loses {dict(lost)}"


@pytest.mark.parametrize("render", [to_html, to_inline_html])
@pytest.mark.parametrize(
    "attack",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "a <b onclick='x()'>bold</b> claim",
        "[link](javascript:alert(1))",
        "[link](JaVaScRiPt:alert(1))",
        "[link](vbscript:x)",
        "![image](javascript:alert(1))",
        "<javascript:alert(1)>",
        "$<script>alert(1)</script>$",
        "$\\text{<img src=x onerror=alert(1)>}$",
        "`<script>`",
    ],
)
def test_nothing_in_a_prompt_becomes_active(render, attack):
    try:
        html = render(attack)
    except ValueError:
        return  # refused is safe too
    soup = BeautifulSoup(html, "html.parser")
    assert not soup.find_all(["script", "b", "iframe"]), html
    for element in soup.find_all(True):
        for name, value in element.attrs.items():
            assert not name.startswith("on"), html
            assert "script:" not in str(value).lower(), html


def test_escaped_html_is_still_readable():
    text = "compare <b>w</b> & v"
    assert BeautifulSoup(to_html(text), "html.parser").get_text().strip() == text


def test_honest_links_stay_links():
    link = BeautifulSoup(to_html("[paper](https://example.org/a?b=1)"), "html.parser").a
    assert link["href"] == "https://example.org/a?b=1"


def test_inline_and_display_mathematics():
    inline = BeautifulSoup(to_html("so $x^2$ grows"), "html.parser").math
    display = BeautifulSoup(to_html("$$x^2$$"), "html.parser").math
    assert inline.get("display", "inline") == "inline"
    assert display["display"] == "block"
    assert "$" not in to_html("so $x^2$ grows, $$y$$")


def test_inline_rendering_has_no_paragraph():
    assert to_inline_html(" a *b* \n") == "a <em>b</em>"
    assert to_html("a").strip() == "<p>a</p>"


@pytest.mark.parametrize(
    ("tex", "tag", "content"),
    [
        (r"\frac{a}{b}", "mfrac", ["a", "b"]),
        (r"x_i", "msub", ["x", "i"]),
        (r"x^2", "msup", ["x", "2"]),
        (r"\sqrt{q}", "msqrt", ["q"]),
    ],
)
def test_structure_of_the_mathml(tex, tag, content):
    element = xml(tex_to_mathml(tex)).find(f".//{tag}")
    assert element is not None, f"{tex} has no <{tag}>"
    assert [unicodedata.normalize("NFKC", "".join(part.itertext())) for part in element] == content


@pytest.mark.parametrize(
    ("tex", "shown"),
    [
        (r"\argmin_w f", "argminwf"),
        (r"\sign(z)", "sign(z)"),
        (r"\norm{v}", "‖v‖"),
        (r"\abs{v}", "|v|"),
    ],
)
def test_the_courses_macros(tex, shown):
    text = "".join(xml(tex_to_mathml(tex)).itertext())
    plain = "".join(unicodedata.normalize("NFKC", c) if c.isalpha() else c for c in text)
    assert re.sub(r"[\s\u2061\u2009]", "", plain).replace("∥", "‖").replace("∣", "|") == shown


@pytest.mark.parametrize("tex", [r"\frac{1}{", r"\nosuchcommand x", r"\left( x", "x^2^3"])
def test_tex_that_cannot_be_read_is_quoted(tex):
    with pytest.raises(ValueError, match="is not understood") as raised:
        to_html(f"${tex}$")
    assert repr(tex) in str(raised.value)


def test_a_formula_cannot_change_the_next_one():
    before = tex_to_mathml("x")
    for tex in (r"\newcommand{\norm}[1]{#1}\norm{x}", r"\def\abs{y}\abs"):
        try:
            tex_to_mathml(tex)
        except ValueError:
            continue
    assert "‖" in tex_to_mathml(r"\norm{z}").replace("∥", "‖")
    assert tex_to_mathml("x") == before


def test_code_is_coloured_with_sphinxs_classes():
    soup = BeautifulSoup(to_html("```python\nfor i in x:\n    pass\n```"), "html.parser")
    assert soup.select_one(".highlight .k").get_text() == "for"
    assert soup.get_text().strip() == "for i in x:\n    pass"


@pytest.mark.parametrize("language", ["", "nosuchlanguage"])
def test_code_in_no_known_language_is_kept(language):
    soup = BeautifulSoup(to_html(f"```{language}\na <b> $c$\n```"), "html.parser")
    assert soup.select_one(".highlight pre").get_text().strip() == "a <b> $c$"


def test_every_formula_of_the_bank_is_all_there():
    found = [
        (tex, f"{question.where} {question.id}")
        for question in bank.load()
        for text in texts(question)
        for tex in formulas(text)
    ]
    assert len(found) > 100, "too few formulas found: does the test still read the bank?"
    for tex, where in found:
        assert_all_there(tex, where)


@pytest.mark.parametrize("page", PAGES)
def test_every_formula_of_a_page_is_all_there(page):
    for tex in formulas(source(page)):
        assert_all_there(tex, page)
