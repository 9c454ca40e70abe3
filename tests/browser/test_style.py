"""The one style sheet beside those that it was made of: every page looks as it would with them."""

import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import yaml
from bs4 import BeautifulSoup
from pages import ROOT

from interview.frontend import bundle

# Of elements that are alike in kind and classes, as are their parents, one is enough.
DIFFERENCES = """async () => {
    const [lean, ...originals] = [...document.styleSheets].filter(sheet => sheet.href);
    const kind = element => element && [element.localName, ...element.classList].join('.');
    const path = element => [element.parentElement?.parentElement, element.parentElement, element];
    const sample = new Map([...document.querySelectorAll('body, body *')].map(
        element => [path(element).map(kind).join(' > '), element]));
    const properties = [...getComputedStyle(document.body)].filter(name => !name.startsWith('--'));
    const looks = async isLean => {
        lean.disabled = !isLean;
        for (const sheet of originals) sheet.disabled = isLean;
        document.body.getBoundingClientRect();  // knows the sheet's fonts, of which all are loaded:
        await Promise.all([...document.fonts].map(font => font.load()));
        await new Promise(requestAnimationFrame);  // a script's size depends on its font
        for (const animation of document.getAnimations()) animation.cancel();
        return [...sample].flatMap(([name, element]) => ['', '::before', '::after'].map(part => {
            const style = getComputedStyle(element, part);
            const shown = part && style.content === 'none' ? ['content'] : properties;
            const value = property => style.getPropertyValue(property);
            return [name + part, shown.map(property => [property, value(property)])];
        }));
    };
    const expected = await looks(false), found = await looks(true);
    return {count: sample.size, different: found.flatMap(([name, style], i) =>
        style.flatMap(([property, value], j) => {
            const other = expected[i][1][j]?.[1];
            return value === other ? [] : [`${name} has ${property} ${value}, not ${other}`];
        }))};
}"""
ADD = """async addresses => {
    for (const href of addresses) {
        const link = document.createElement('link');
        await new Promise((onload, onerror) => document.head.append(
            Object.assign(link, {rel: 'stylesheet', href, onload, onerror})));
    }
}"""


@pytest.fixture(scope="module")
def plain(tmp_path_factory) -> Path:
    """A page as Jupyter Book makes it with the book's settings, without the book's extension."""
    folder = tmp_path_factory.mktemp("plain")
    settings = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    settings["sphinx"]["extra_extensions"] = []
    del settings["sphinx"]["config"]["html_math_renderer"], settings["bibtex_bibfiles"]
    shutil.copytree(ROOT / "book" / "_static", folder / "book" / "_static")
    files = {
        "_config.yml": yaml.safe_dump(settings),
        "_toc.yml": "{format: jb-book, root: book/page}",
        "book/page.md": "# Page\n",
    }
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    command = [sys.executable, "-c", "from jupyter_book.cli.main import main; main()"]
    done = subprocess.run([*command, "build", folder], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    static = folder / "_build" / "html" / "_static"
    shutil.copy(bundle("quiz.css"), static)
    return static


@pytest.fixture(scope="module")
def originals(plain) -> list[str]:
    """The style sheets in their order, from _static."""
    page = BeautifulSoup((plain.parent / "book" / "page.html").read_bytes(), "html.parser")
    links = [link["href"] for link in page.select("link[rel=stylesheet]")]
    names = [link.split("?")[0].removeprefix("../_static/") for link in links]
    assert names[-1] == "course.css"
    return [*names[:-1], "quiz.css", "course.css"]


@pytest.fixture
def beside(visit, http, book, plain, originals):
    """Open a page with the original sheets beside the one; ``with beside(name) as page``."""

    def original(route) -> None:
        file = plain / urlsplit(route.request.url).path.removeprefix("/_static/")
        if file.is_file():
            route.fulfill(path=file)
        else:
            route.continue_()

    @contextmanager
    def beside(name: str):
        with visit(f"{http}/{name}.html", reduced_motion="reduce") as page:
            page.route(f"{http}/_static/**", original)
            page.evaluate(ADD, [f"{http}/_static/{sheet}" for sheet in originals])
            yield page

    return beside


def check_looks(page, where: str, least: int) -> None:
    found = page.evaluate(DIFFERENCES)
    assert found["count"] >= least, f"{where}: only {found['count']} elements"
    assert not found["different"], f"{where}: {found['different'][:5]}"


@pytest.mark.parametrize("name", ["book/l1", "notebooks/l1", "book/study", "search", "genindex"])
def test_page_looks_as_with_the_original_sheets(beside, name):
    with beside(name) as page:
        page.evaluate("document.querySelectorAll('.quiz-primary').forEach(start => start.click())")
        page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
        for width, scheme in ((1280, "light"), (375, "dark")):
            page.set_viewport_size({"width": width, "height": 800})
            page.emulate_media(color_scheme=scheme)
            page.wait_for_function(f"document.documentElement.dataset.theme === '{scheme}'")
            check_looks(page, f"{name} at {width} px, {scheme}", least=80)


def menu(page) -> str:
    page.locator(".dropdown-download-buttons > button").first.click()
    return ".dropdown-menu.show"


def tooltip(page) -> str:
    page.locator(".theme-switch-button:visible").first.hover()
    return ".tooltip.show"


def copied(page) -> str:
    page.locator("div.highlight").first.hover()
    page.locator(".copybtn").first.evaluate("button => button.classList.add('success')")
    return ".copybtn.success"


def dialog(page) -> str:
    page.keyboard.press("Control+k")
    return "#pst-search-dialog[open]"


def sidebar(page) -> str:
    page.locator(".primary-toggle:visible").click()
    return "#pst-primary-sidebar-modal[open] .bd-links"


def contents(page) -> str:
    page.locator(".secondary-toggle:visible").click()
    return "#pst-secondary-sidebar-modal[open] .page-toc"


@pytest.mark.parametrize(
    ("width", "parts"),
    [(1280, [menu, tooltip, copied, dialog]), (375, [sidebar, contents, dialog])],
)
def test_what_opens_looks_as_with_the_original_sheets(beside, width, parts):
    with beside("notebooks/study") as page:
        page.set_viewport_size({"width": width, "height": 800})
        for open_part in parts:
            page.locator(open_part(page)).first.wait_for()
            check_looks(page, f"{open_part.__name__} at {width} px", least=80)
            page.keyboard.press("Escape")
            page.mouse.move(0, 0)
            page.locator(".tooltip").wait_for(state="detached")
