"""Every page in Chromium, over http and from a file, light and dark, on a desk and a phone."""

import json

import pytest
from bs4 import BeautifulSoup
from pages import CHAPTERS, LAB_NAMES, PAGES, ROOT
from wcag import contrast

WIDTHS = (1280, 375)
SCHEMES = ("light", "dark")

each_page = pytest.mark.parametrize("name", PAGES)

OPEN_ALL = "document.querySelectorAll('details').forEach(details => details.open = true)"
BACKGROUND = "getComputedStyle(document.body).backgroundColor"
FORMULAS_WITHOUT_SIZE = """[...document.querySelectorAll('article math')].filter(math => {
    const box = math.getBoundingClientRect();
    return !(box.width > 0 && box.height > 0);
}).map(math => math.textContent)"""
MATH_FONT = """document.fonts.ready.then(() => [...document.fonts].some(
    face => face.family.replaceAll('"', '') === 'STIX Two Math' && face.status === 'loaded'))"""
FORMULAS_IN_OTHER_FONTS = """[...document.querySelectorAll('article math')].filter(
    math => !getComputedStyle(math).fontFamily.includes('STIX Two Math')).length"""
FIGURES = """[...document.querySelectorAll('svg.lab-figure')].map(svg => {
    const box = svg.getBoundingClientRect(), ink = getComputedStyle(svg).color;
    const inked = [...svg.querySelectorAll('*')].filter(element => {
        const style = getComputedStyle(element);
        return style.fill === ink || style.stroke === ink;
    });
    return {label: svg.getAttribute('aria-label'), width: box.width, height: box.height, ink,
            inked: inked.length, visible: svg.checkVisibility({checkOpacity: true})};
})"""
TOO_WIDE = """(() => {
    if (document.documentElement.scrollWidth <= innerWidth) return [];
    const scrolls = element => element && element !== document.body &&
        (getComputedStyle(element).overflowX !== 'visible' || scrolls(element.parentElement));
    const wide = [...document.querySelectorAll('main *')].filter(element =>
        element.getBoundingClientRect().right > innerWidth + 1 && !scrolls(element.parentElement));
    return [`${document.documentElement.scrollWidth} px`, ...wide.slice(0, 5).map(element =>
        `<${element.tagName} class="${element.className}"> ${element.textContent.slice(0, 60)}`)];
})()"""


@each_page
def test_page_is_whole(site, book, visit, name):
    """One load; then each width in each scheme, as when a reader turns the phone at night."""
    soup = BeautifulSoup((book / f"{name}.html").read_bytes(), "html.parser")
    with visit(f"{site}/{name}.html", color_scheme="light") as page:
        show_all_questions(page)
        page.evaluate(OPEN_ALL)
        assert page.locator("article h1").is_visible(), f"{name}: no title to be seen"
        backgrounds = set()
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            for scheme in SCHEMES:
                page.emulate_media(color_scheme=scheme)
                where = f"{name} at {width} px, {scheme}"
                backgrounds.add(check_colours(page, where, scheme))
            check_formulas(page, where, expected=len(soup.article.find_all("math")))
            too_wide = page.evaluate(TOO_WIDE)
            assert not too_wide, f"{where}: wider than the screen: {too_wide}"
        assert len(backgrounds) == 2, f"{name}: light and dark look the same: {backgrounds}"


def show_all_questions(page) -> None:
    """Ask the quiz, which shows one question at a time, for the whole list."""
    for button in page.get_by_role("button", name="Show all as a list").all():
        button.click()


def check_colours(page, where: str, scheme: str) -> str:
    page.wait_for_function(f"document.documentElement.dataset.theme === '{scheme}'")
    background = page.evaluate(BACKGROUND)
    text = page.locator("article.bd-article").evaluate("article => getComputedStyle(article).color")
    assert contrast(text, background) >= 4.5, f"{where}: text {text} on {background}"
    for figure in page.evaluate(FIGURES):
        called = f"{where}: the figure {figure['label'][:40]!r}"
        assert figure["visible"], f"{called} is hidden"
        assert figure["width"] > 200, f"{called} is {figure['width']} px wide"
        assert figure["height"] > 100, f"{called} is {figure['height']} px high"
        ratio = contrast(figure["ink"], background)
        assert ratio >= 4.5, f"{called} has ink {figure['ink']} on {background}: {ratio:.1f}"
        assert figure["inked"] > 5, f"{called} does not draw in the page's ink"
    return background


def check_formulas(page, where: str, expected: int) -> None:
    assert page.locator("article math").count() == expected, f"{where}: formulas are missing"
    empty = page.evaluate(FORMULAS_WITHOUT_SIZE)
    assert not empty, f"{where}: formulas without size: {empty[:5]}"
    if expected:
        assert page.evaluate(MATH_FONT), f"{where}: the font STIX Two Math is not loaded"
        others = page.evaluate(FORMULAS_IN_OTHER_FONTS)
        assert not others, f"{where}: {others} formulas are set in another font"


@pytest.mark.parametrize("javascript", [True, False], ids=["scripts", "no scripts"])
def test_answers_open_by_mouse_and_by_keyboard(site, visit, javascript):
    name = f"book/{CHAPTERS[0]}"
    with visit(f"{site}/{name}.html", javascript=javascript) as page:
        show_all_questions(page)
        answers = page.locator(".question > details")
        assert answers.count() >= 40, f"{name}: {answers.count()} answers"
        for i, act in enumerate(["click", "Enter", "Space"]):
            answer = answers.nth(i)
            summary, inside = answer.locator("summary"), answer.locator(".rubric")
            assert not inside.is_visible(), f"{name}: answer {i + 1} is open at the start"
            if act == "click":
                summary.click()
            else:
                summary.focus()
                summary.press(act)
            assert inside.is_visible(), f"{name}: answer {i + 1} does not open on {act}"


@pytest.mark.parametrize("scheme", SCHEMES)
def test_without_scripts_the_page_is_readable(site, visit, scheme):
    name = f"book/{CHAPTERS[0]}"
    with visit(f"{site}/{name}.html", javascript=False, color_scheme=scheme) as page:
        assert page.locator("article h1").is_visible()
        background = page.evaluate(BACKGROUND)
        assert background.startswith("rgb("), f"{name}: without scripts the theme has no colours"
        for place in ("article.bd-article", "article.bd-article p a", "svg.lab-figure"):
            element = page.locator(place).first
            ink = element.evaluate("element => getComputedStyle(element).color")
            assert element.is_visible(), f"{name}: no {place} without scripts"
            ratio = contrast(ink, background)
            assert ratio >= 4.5, f"{name}: {place} is {ink} on {background} without scripts"


def test_theme_switch(site, visit):
    with visit(f"{site}/{PAGES[0]}.html", color_scheme="light") as page:
        page.wait_for_load_state("networkidle")  # the theme's scripts come after the page
        seen = {}
        for _ in range(3):
            page.locator(".theme-switch-button:visible").first.click()
            mode = page.evaluate("document.documentElement.dataset.mode")
            seen[mode] = page.evaluate(BACKGROUND)
        assert set(seen) == {"auto", "light", "dark"}, f"the switch goes through {list(seen)}"
        assert seen["dark"] != seen["light"] == seen["auto"], f"backgrounds: {seen}"


def test_theme_is_remembered_on_the_next_page(http, visit):
    with visit(f"{http}/{PAGES[0]}.html", color_scheme="light") as page:
        while page.evaluate("document.documentElement.dataset.mode") != "dark":
            page.locator(".theme-switch-button:visible").first.click()
        page.goto(f"{http}/book/{CHAPTERS[0]}.html")
        assert page.evaluate("document.documentElement.dataset.theme") == "dark"


def test_theme_is_there_soon_after_the_page(site, visit):
    """Its menu, its dialog and, on a phone, its sidebar."""
    with visit(f"{site}/notebooks/{CHAPTERS[0]}.html") as page:
        page.wait_for_load_state("networkidle")
        page.locator(".dropdown-download-buttons > button").click()
        assert page.locator(".dropdown-download-buttons .dropdown-item").first.is_visible()
        page.keyboard.press("Escape")
        page.keyboard.press("Control+k")
        assert page.locator("#pst-search-dialog input").is_visible()
        page.keyboard.press("Escape")
        page.set_viewport_size({"width": 375, "height": 800})
        chapter = page.locator(".bd-links a.reference").first
        chapter.wait_for(state="hidden")
        page.locator(".primary-toggle").click()
        chapter.wait_for(state="visible")


def test_code_is_copied(http, visit):
    name = LAB_NAMES[0]
    cells = json.loads((ROOT / "notebooks" / f"{name}.ipynb").read_text(encoding="utf-8"))["cells"]
    code = next("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    with visit(f"{http}/notebooks/{name}.html", permissions=["clipboard-read"]) as page:
        page.locator(".cell_input").first.hover()
        page.locator(".cell_input .copybtn").first.click()
        page.locator(".copybtn.success").wait_for()
        assert page.evaluate("navigator.clipboard.readText()") == code.strip()


def test_study_tools_do_not_wait_for_the_theme(http, browser):
    """Its scripts never come here; the tools are there, and the page can be read."""
    page = browser.new_page()
    page.route("**/_static/scripts/*.js*", lambda route: None)
    page.goto(f"{http}/book/study.html", wait_until="commit")
    page.locator(".quiz[data-tool=quiz] .quiz-primary").first.wait_for(timeout=5_000)
    assert page.evaluate("document.querySelectorAll('.quiz[data-tool] button').length") >= 5
    page.context.close()


def test_search_finds_a_chapter(http, visit):
    with visit(f"{http}/search.html?q=lasso") as page:
        found = page.locator("#search-results li a")
        found.first.wait_for(timeout=10_000)
        links = found.evaluate_all("links => links.map(link => link.getAttribute('href'))")
        assert any(link.startswith("book/l1.html") for link in links), f"'lasso' gives {links}"


def test_first_page_leads_into_the_book(site, visit):
    with visit(f"{site}/index.html") as page:
        page.wait_for_url(f"{site}/{PAGES[0]}.html", timeout=5_000)


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_claim_leads_to_its_cell(site, visit, chapter):
    with visit(f"{site}/book/{chapter}.html") as page:
        page.locator("dt a[href*='#claim-']").first.click()
        page.wait_for_url(f"{site}/notebooks/{chapter}.html#claim-*")
        assert page.locator(":target").is_visible(), f"{page.url} shows no cell"
