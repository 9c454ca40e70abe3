"""The built pages as files: everything there, everything local, everything linked."""

import ast
import gzip
import hashlib
import json
import re
from base64 import b64decode
from collections import defaultdict
from functools import cache
from io import BytesIO
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pydata_sphinx_theme
import pytest
from bs4 import BeautifulSoup
from fontTools.ttLib import TTFont
from pages import CHAPTERS, LAB_NAMES, PAGES, ROOT, source

from interview import bank, claims

BUILT = [*PAGES, "index", "search", "genindex"]
each_page = pytest.mark.parametrize("page", PAGES)
each_built = pytest.mark.parametrize("page", BUILT)
each_chapter = pytest.mark.parametrize("chapter", CHAPTERS)

CODE = re.compile(r"^(?P<fence>`{3,}|~{3,}).*?^(?P=fence)[ ]*$", re.DOTALL | re.MULTILINE)
CSS_URL = re.compile(r"url\(\s*['\"]?([^'\")]+)|@import\s+['\"]([^'\"]+)")
FONT = re.compile(r"""url\(["']?([^"')]+\.(?:woff2?|ttf))""")
WEIGHT_LIMIT = 120 * 1024
SHEET_LIMIT = 40 * 1024


@cache
def parse(path):
    return BeautifulSoup(path.read_bytes(), "html.parser")


@pytest.fixture
def open_page(book):
    def open_page(page: str):
        path = book / f"{page}.html"
        assert path.is_file(), f"{page}.html was not built, though _toc.yml has it"
        return parse(path)

    return open_page


def directives(page: str, name: str) -> list[str]:
    """The argument of every directive of that name in a page's source."""
    return re.findall(rf"^[`:]{{3,}}\{{{name}\}} +(.+?) *$", source(page), re.MULTILINE)


def plain(text: str) -> str:
    """Letters and digits only: typography and markup do not matter."""
    return re.sub(r"[\W_]", "", text).lower()


# --- everything there -------------------------------------------------------------------------


def test_no_page_is_forgotten():
    written = {
        str(path.relative_to(ROOT).with_suffix(""))
        for pattern in ("book/*.md", "notebooks/*.ipynb")
        for path in ROOT.glob(pattern)
    }
    assert set(PAGES) == written, f"in _toc.yml or on disk, not both: {set(PAGES) ^ written}"


def test_first_page_leads_into_the_book(book):
    refresh = parse(book / "index.html").find("meta", attrs={"http-equiv": "refresh"})
    assert refresh["content"].endswith(f"url={PAGES[0]}.html")


@each_page
def test_page_has_its_content(open_page, page):
    article = open_page(page).article
    titles = article.find_all("h1")
    assert len(titles) == 1, f"{page}: {len(titles)} titles"
    shown = [plain(heading.get_text()) for heading in article.find_all(re.compile("^h[1-6]$"))]
    for heading in re.findall(r"^#{1,6} +(.+)$", CODE.sub("", source(page)), re.MULTILINE):
        if not re.search(r"[$`{\\]", heading):
            assert plain(heading) in shown, f"{page}: the heading {heading!r} is not on the page"
    words = len(article.get_text(" ").split())
    assert words >= 100, f"{page}: {words} words"


@each_page
def test_page_has_its_figures_and_code(open_page, page):
    soup = open_page(page)
    figures = len(directives(page, "lab-figure"))
    if page.startswith("notebooks/"):
        cells = json.loads((ROOT / f"{page}.ipynb").read_text(encoding="utf-8"))["cells"]
        figures = sum("figure" in cell["metadata"].get("mystnb", {}) for cell in cells)
        code = sum(cell["cell_type"] == "code" for cell in cells)
        assert len(soup.select(".cell_input")) == code, f"{page}: code cells are missing"
    assert len(soup.select("figure svg.lab-figure")) == figures, f"{page}: not {figures} figures"
    assert len(soup.select("figure figcaption")) >= figures, f"{page}: a figure has no caption"
    assert all(c.get_text(strip=True) for c in soup.select("figcaption")), f"{page}: empty caption"


@pytest.mark.parametrize("lab", LAB_NAMES)
def test_a_lab_belongs_to_one_page_of_prose(lab):
    """By its name: the page's, or a chapter's and more."""
    owners = [name for name in CHAPTERS if lab.startswith(f"{name}-")]
    owners += [lab] if f"book/{lab}" in PAGES else []
    assert len(owners) == 1, f"notebooks/{lab} belongs to the pages {owners}"


@each_chapter
def test_chapter_shows_all_its_questions(open_page, chapter):
    page = f"book/{chapter}"
    assert directives(page, "quiz") == [chapter], f"{page} has no {{quiz}} of its own"
    quiz = open_page(page).select_one(f".quiz[data-quiz={chapter}]")
    for question in bank.load():
        if question.chapter != chapter:
            continue
        shown = quiz.find(id=f"q-{question.id}")
        assert shown, f"{page}: {question.id} is missing"
        answers = shown.find_all("details")
        assert len(answers) == 1, f"{page}: {question.id} has {len(answers)} foldable answers"
        assert answers[0].summary.get_text(strip=True), f"{page}: {question.id}: empty summary"
        assert not answers[0].has_attr("open"), f"{page}: {question.id} shows its answer"
        options = shown.select(".options > li")
        assert len(options) == len(question.options), f"{page}: {question.id}: options missing"
        rubric = answers[0].select(".rubric > li")
        assert len(rubric) == len(question.key_points), f"{page}: {question.id}: rubric incomplete"


@each_chapter
def test_each_claim_leads_to_the_cell_that_tests_it(open_page, chapter):
    page = f"book/{chapter}"
    assert directives(page, "claims") == [chapter], f"{page} has no {{claims}} of its own"
    links = {link.get_text(strip=True): link["href"] for link in open_page(page).article("a")}
    lab = open_page(f"notebooks/{chapter}")
    for claim in claims.load():
        if claim.chapter == chapter:
            assert claim.id in links, f"{page}: the claim {claim.id} is not shown"
            path, _, anchor = links[claim.id].partition("#")
            assert path == f"../notebooks/{chapter}.html", f"{page}: {claim.id} leads to {path}"
            cell = lab.find(id=anchor)
            assert cell, f"{page}: {claim.id} leads to #{anchor}, which does not exist"
            assert f"tag_claim-{claim.id}" in cell["class"], f"{claim.id} leads to another cell"


def test_ledger_page_shows_every_claim_with_its_verdict(open_page):
    shown = [
        (term.a.get_text(strip=True), term.em.get_text(strip=True))
        for term in open_page("book/claims").select("article dl.myst dt")
    ]
    assert shown == [(claim.id, claim.verdict) for claim in claims.load()]


@each_page
def test_pasted_results_are_those_of_the_labs(open_page, page):
    """The oracle reads the notebooks itself and formats the values with Python."""
    roles = re.findall(r"\{glue:text\}`([^`:]+)::(\w+)(?::([^`]*))?`", source(page))
    shown = [span.get_text() for span in open_page(page).select("article .pasted-text")]
    expected = []
    for notebook, key, spec in roles:
        stored = json.loads(((ROOT / page).parent / notebook).read_text(encoding="utf-8"))
        values = [
            "".join(output["data"]["application/papermill.record/text/plain"])
            for cell in stored["cells"]
            for output in cell.get("outputs", ())
            if output.get("metadata", {}).get("scrapbook", {}).get("name") == key
        ]
        assert len(values) == 1, f"{page}: {notebook} stores {key} {len(values)} times"
        value = ast.literal_eval(values[0])
        assert value is not None, f"{page}: {key} is None"
        assert value == value, f"{page}: {key} is not a number"
        expected.append(format(value, spec))
    assert shown == expected, f"{page}: the page does not show what the labs store"


@each_page
def test_no_markup_is_left_over(open_page, page):
    article = BeautifulSoup(str(open_page(page).article), "html.parser")
    for code in article(["code", "pre", "math", "script", "style", "svg"]):
        code.decompose()
    text = article.get_text()
    for mark in (
        "{glue",
        "glue:",
        "[[",
        "%(",
        "{ref}",
        "{eq}",
        "{cite}",
        "{numref}",
        ":::",
        "$",
        "```",
    ):
        assert mark not in text, (
            f"{page}: {mark!r} is left in …{text[max(0, text.find(mark) - 40) :][:90]!r}…"
        )


# --- mathematics and figures -------------------------------------------------------------------


@each_page
def test_mathematics_is_mathml(open_page, page):
    soup = open_page(page)
    for place in soup.select("span.math, div.math"):
        assert place.math and place.math.get_text(strip=True), f"{page}: no MathML in {place}"
    if re.search(r"^\$\$", source(page), re.MULTILINE):
        assert soup.select("div.math math[display=block]"), f"{page}: no displayed formula"


@each_page
def test_pictures_have_a_text(open_page, page):
    for svg in open_page(page).select("svg.lab-figure"):
        label = svg.get("aria-label", "")
        assert svg.get("role") == "img", f"{page}: a figure is not announced as an image"
        assert len(label) >= 40, f"{page}: a figure's text is {label!r}"
        assert svg.get("viewbox") or svg.get("viewBox"), f"{page}: a figure does not scale"
    for image in open_page(page).find_all("img"):
        assert image.has_attr("alt"), f"{page}: {image['src']} has no alt"
        assert not re.search(r"/|\.(svg|png|jpe?g)$", image["alt"]), (
            f"{page}: alt is a path: {image}"
        )


@each_page
def test_ids_are_unique(open_page, page):
    """Two figures in one page may bring the same ids; then one is drawn with the other's paths."""
    places = defaultdict(list)
    for element in open_page(page).find_all(id=True):
        places[element["id"]].append(element)
    for id, elements in places.items():
        # Matplotlib numbers its groups in each figure anew; nothing refers to them.
        drawn = [element for element in elements if element.find_parent("svg")]
        assert len(elements) == 1 or drawn == elements, f"{page}: the id {id} stands twice"
        shapes = {str(element) for element in drawn if element.name != "g"}
        assert len(shapes) <= 1, f"{page}: different shapes have the id {id}"


# --- everything local --------------------------------------------------------------------------


def loaded(soup) -> list[str]:
    """Every address that a browser would load by itself, without a click."""
    found = []
    for element in soup.find_all(True):
        names = ["src", "poster", "data", "background", "xlink:href"]
        if element.name in ("link", "image", "use", "base"):
            names.append("href")
        found += [element[name] for name in names if element.has_attr(name)]
        for part in element.get("srcset", "").split(","):
            found += part.split()[:1]
        found += css_addresses(element.get("style", ""))
        if element.name == "style":
            found += css_addresses(element.get_text())
    return [address.strip() for address in found if address.strip()]


def css_addresses(css: str) -> list[str]:
    return [url or imported for url, imported in CSS_URL.findall(css)]


def is_foreign(address: str) -> bool:
    parts = urlsplit(address)
    return bool(parts.netloc) or parts.scheme not in ("", "data")


@each_built
def test_page_loads_nothing_from_another_host(open_page, page):
    soup = open_page(page)
    foreign = sorted({address for address in loaded(soup) if is_foreign(address)})
    assert not foreign, f"{page}.html loads from elsewhere: {foreign}"
    for script in soup.find_all("script", src=False):
        hosts = re.findall(r"(?:https?:)?//[\w-]+\.[\w.-]+", script.get_text())
        assert not hosts, f"{page}.html: an inline script names {hosts}"


def test_style_sheets_load_nothing_from_another_host(book):
    sheets = sorted(book.rglob("*.css"))
    assert sheets, "the book has no style sheets"
    for sheet in sheets:
        addresses = css_addresses(sheet.read_text(encoding="utf-8"))
        foreign = [address for address in addresses if is_foreign(address)]
        assert not foreign, f"{sheet.relative_to(book)} loads {foreign}"


@each_built
def test_links_within_the_book_lead_somewhere(book, open_page, page):
    soup, here = open_page(page), book / f"{page}.html"
    links = [element["href"] for element in soup.find_all(["a", "area"], href=True)]
    for address in {*links, *loaded(soup)}:
        parts = urlsplit(address)
        if parts.scheme or parts.netloc:
            continue
        target = (here.parent / unquote(parts.path)).resolve() if parts.path else here
        assert target.is_file(), f"{page}.html: {address} leads to no file"
        assert target.is_relative_to(book), f"{page}.html: {address} leads out of the book"
        if parts.fragment and target.suffix == ".html":
            there = ids_of(target)
            assert unquote(parts.fragment) in there, f"{page}.html: {address} leads to no place"


@cache
def ids_of(path) -> set[str]:
    return {element["id"] for element in parse(path).find_all(id=True)}


def test_style_sheets_lead_to_files(book):
    for sheet in book.rglob("*.css"):
        for address in css_addresses(sheet.read_text(encoding="utf-8")):
            if address.startswith("data:"):
                continue
            target = sheet.parent / urlsplit(address).path
            assert target.is_file(), f"{sheet.relative_to(book)}: {address} does not exist"


@each_built
def test_page_has_one_style_sheet(book, open_page, page):
    """The same for all, by its content: a browser that has seen one page has it."""
    links = open_page(page).select("link[rel=stylesheet]")
    if page == "index":
        assert not links, "index.html only leads into the book"
        return
    assert len(links) == 1, f"{page}: {links}"
    path, _, version = links[0]["href"].partition("?v=")
    sheet = (book / f"{page}.html").parent / path
    assert sheet.resolve() == book / "_static" / "book.css"
    assert version == hashlib.sha256(sheet.read_bytes()).hexdigest()[:8], f"{page}: {version}"


def test_style_sheet_is_light(book):
    sheet = (book / "_static" / "book.css").read_bytes()
    weight = len(gzip.compress(sheet, mtime=0))
    assert weight <= SHEET_LIMIT, f"{weight:,} bytes gzip, {SHEET_LIMIT:,} is the most"


def test_only_fonts_that_the_style_sheet_names_are_shipped(book):
    css = (book / "_static" / "book.css").read_text(encoding="utf-8")
    fonts = {path.name for path in book.rglob("*") if path.suffix in (".woff", ".woff2", ".ttf")}
    assert fonts == {Path(address).name for address in FONT.findall(css)}
    assert (book / "_static" / "fonts" / "OFL.txt").is_file()


def test_every_icon_is_in_the_font(book):
    """By its class on a page and the theme's own style sheet; and the font has few others."""
    theme = Path(pydata_sphinx_theme.__file__).parent / "theme" / "pydata_sphinx_theme"
    original = (theme / "static" / "styles" / "pydata-sphinx-theme.css").read_text("utf-8")
    code = dict(re.findall(r'\.(fa-[\w-]+):before\{content:"\\(\w+)"\}', original))
    shown = {
        int(code[name], 16)
        for page in BUILT
        for icon in parse(book / f"{page}.html").select("[class*=fa-]")
        for name in icon["class"]
        if name in code
    }
    css = (book / "_static" / "book.css").read_text(encoding="utf-8")
    (font,) = re.findall(r"url\(data:font/woff;base64,([^)]+)\)", css)
    there = set(TTFont(BytesIO(b64decode(font))).getBestCmap())
    assert len(shown) >= 10
    assert shown <= there, f"missing: {[hex(code) for code in shown - there]}"
    others = {c for c in there - shown if chr(c) not in css and rf'"\{c:x}"' not in css}
    assert not others, f"nothing shows {[hex(code) for code in others]}"


@each_page
def test_page_names_its_icon(open_page, page):
    """Otherwise the browser asks for /favicon.ico, and the console shows a 404."""
    icons = open_page(page).select("head > link[rel~=icon][href]")
    assert icons, f"{page}: no <link rel=icon>"


@each_built
def test_nothing_unused_is_loaded(open_page, page):
    unused = re.compile(r"fontawesome\.js|thebe|mathjax|require(\.min)?\.js|html-manager", re.I)
    for element in open_page(page).find_all(["script", "link"]):
        said = f"{element.get('src', '')} {element.get('href', '')} {element.get_text()}"
        assert not unused.search(said), f"{page}.html loads {unused.search(said)[0]}: {said[:80]}"


@each_built
def test_scripts_do_not_hold_up_the_page(open_page, page):
    """The book's own run when the text is there, and the others after them; but for the search."""
    if page == "search":
        return
    soup = open_page(page)
    blocking = [script["src"] for script in soup.select("script[src]:not([defer])")]
    assert not blocking, f"{page}: {blocking}"
    foreign = [link["href"] for link in soup.select("link[rel=preload]")]
    assert not foreign, f"{page}: {foreign}"


@each_page
def test_scripts_that_copy_code_are_where_code_is(open_page, page):
    soup = open_page(page)
    assert ("copybutton.js" in str(soup.head)) == bool(soup.select("div.highlight pre")), page


def test_nothing_unused_is_shipped(book):
    unused = re.compile(r"fontawesome\.js|thebe|mathjax|require(\.min)?\.js", re.IGNORECASE)
    shipped = [str(path.relative_to(book)) for path in book.rglob("*") if unused.search(path.name)]
    assert not shipped, f"the book ships {shipped}"


@each_page
def test_page_is_light(book, open_page, page):
    images = {
        (book / page).parent / urlsplit(image["src"]).path
        for image in open_page(page).find_all("img", src=True)
        if not is_foreign(image["src"])
    }
    files = [book / f"{page}.html", *images]
    weight = sum(len(gzip.compress(path.read_bytes(), mtime=0)) for path in files)
    assert weight <= WEIGHT_LIMIT, f"{page}: {weight:,} bytes gzip, {WEIGHT_LIMIT:,} is the most"
