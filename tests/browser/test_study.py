"""The study page: each tool with the keyboard alone, its speed, and hostile data."""

import dataclasses
import json
import re
import shutil
from datetime import datetime, timedelta

import pytest
from opening import once_written, open_page, reload

from interview import bank, frontend
from interview.frontend import build
from interview.sphinx.study import write_scripts
from interview.study_data import study_data

PAGE = "book/study.html"
KEY = "interview-progress"
QUESTIONS = {question.id: question for question in bank.load()}
CARDS = [question for question in QUESTIONS.values() if question.card]


@pytest.fixture
def context(browser):
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield context
    context.close()


@pytest.fixture
def page(context, site):
    page = open_page(context, f"{site}/{PAGE}")
    yield page
    assert page.problems == []


def tool(page, name):
    return page.locator(f".quiz[data-tool={name}]")


def press(page, target, key="Enter"):
    """Tab to the target from where the focus is, and press a key there."""
    for _ in range(300):
        if target.evaluate("element => element === document.activeElement"):
            page.keyboard.press(key)
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not reach {target}")


def focus_in(page, place):
    """Begin at a tool, as the link to its section does."""
    place.locator("button, input, select").first.focus()


def has_focus(page, text):
    return text in page.evaluate("document.activeElement.textContent")


def stored(page):
    """What is kept: it is written after the frame that shows what was done."""
    return json.loads(once_written(page, "localStorage.getItem(key)", KEY))


def store(page, **events):
    text = json.dumps({"version": 2, "answers": []} | events)
    for _ in range(5):  # see `reload`
        page.evaluate("([key, text]) => localStorage.setItem(key, text)", [KEY, text])
        page.reload()
        if page.evaluate("key => localStorage.getItem(key)", KEY) == text:
            return


def shows(place, text):
    """Wait until a place shows a text: counts come after the first paint."""
    place.filter(has_text=text).wait_for()


def moment(days):
    at = datetime.now().astimezone() + timedelta(days=days)
    return f"{at.astimezone().isoformat()[:10]}T12:00:00.000Z"


# --- each tool with the keyboard ----------------------------------------------------------------


def test_diagnosis_by_keyboard(page):
    quiz = tool(page, "quiz")
    focus_in(page, quiz)
    press(page, quiz.get_by_role("button", name="Ten-question diagnosis"))
    for _ in range(10):
        article = quiz.locator("article[data-current]")
        question = QUESTIONS[article.get_attribute("data-id")]
        assert page.evaluate("document.activeElement.className") == "question-head"
        page.keyboard.press("Tab")
        while not page.evaluate("document.activeElement.matches('form input')"):
            page.keyboard.press("Tab")  # over code that scrolls
        if question.options:
            page.keyboard.press("Space")
        else:
            page.keyboard.type("12345.6")
        page.keyboard.press("Enter")
        assert re.match("Right|Wrong", article.get_by_role("status").inner_text())
        page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.className") == "quiz-result"
    assert "of 10 right at the first try" in quiz.locator(".quiz-result").inner_text()
    assert len(stored(page)["answers"]) == 10
    page.keyboard.press("Tab")  # the first thing after the result is what to read
    assert page.evaluate("document.activeElement.matches('td a')")


def test_flashcards_by_keyboard(page):
    cards = tool(page, "flashcards")
    focus_in(page, cards)
    press(page, cards.get_by_role("button", name="Start session"))
    assert page.evaluate("document.activeElement.className") == "question-head"
    first = CARDS[0]
    assert not cards.locator(".spoken").is_visible()
    press(page, cards.get_by_role("button", name="Show the answer"))
    assert page.evaluate("document.activeElement.className") == "card-back"
    assert cards.locator(".rubric > li").count() == len(first.key_points)
    page.keyboard.press("4")
    assert stored(page)["reviews"][0]["card"] == first.id
    assert re.match(r"Easy: it comes again in \d+ d\.", cards.get_by_role("status").inner_text())
    assert "started 1 of" in cards.locator(".quiz-score").inner_text()
    press(page, cards.get_by_role("button", name="Show the answer"))
    press(page, cards.get_by_role("button", name="Again"))
    assert "Due today 1" in cards.locator(".quiz-score").inner_text()

    page.keyboard.press("Shift+Tab")
    undo = cards.get_by_role("button", name="Undo")
    undo.focus()
    page.keyboard.press("Enter")  # and the card is on the screen again
    assert "Due today 0" in cards.locator(".quiz-score").inner_text()
    assert len(stored(page)["reviews"]) == 2 and len(stored(page)["undone"]) == 1
    press(page, cards.get_by_role("button", name="Show the answer"))
    page.keyboard.press("3")
    cards.get_by_role("button", name="End session").focus()
    page.keyboard.press("Enter")
    assert cards.get_by_role("status").inner_text() == "Session ended: 2 reviews."
    assert has_focus(page, "Start session")
    reload(page)
    shows(cards.locator(".quiz-score"), "started 2 of")


def test_session_ends_with_its_minutes_and_with_its_cards(context, site):
    page = context.new_page()
    page.clock.install()
    page.goto(f"{site}/{PAGE}")
    cards = tool(page, "flashcards")
    cards.get_by_label("Minutes").fill("1")
    cards.get_by_role("button", name="Start session").click()
    cards.get_by_role("button", name="Show the answer").click()
    page.clock.run_for(61_000)
    page.keyboard.press("3")
    assert cards.get_by_role("status").inner_text() == "Time is up: 1 review."
    cards.get_by_label("New cards a day").fill("1")
    # News of the progress, as from another tab, changes nothing that is being typed.
    page.evaluate("dispatchEvent(new StorageEvent('storage', { key: 'interview-progress' }))")
    page.clock.run_for(1_000)
    cards.get_by_label("New cards a day").blur()
    page.clock.run_for(10_000)
    cards.get_by_label("Minutes").fill("30")
    cards.get_by_role("button", name="Start session").click()
    cards.get_by_role("button", name="Show the answer").click()
    page.keyboard.press("4")
    assert cards.get_by_role("status").inner_text() == "No card is left for today: 1 review."
    cards.get_by_label("Minutes").fill("0")
    cards.get_by_role("button", name="Start session").click()
    assert "type a whole number from 1 to 240" in cards.get_by_role("status").inner_text()
    assert page.evaluate("document.activeElement.type") == "number"


@pytest.mark.parametrize("timezone", ["America/New_York", "Asia/Kolkata"])
def test_due_today_changes_at_four(browser, http, timezone):
    """A card due on the 16th is due from 04:00 of the 16th by the reader's clock."""
    offset = {"America/New_York": timedelta(hours=5), "Asia/Kolkata": -timedelta(hours=5.5)}
    context = browser.new_context(timezone_id=timezone)
    page = context.new_page()

    def at(*clock):
        utc = datetime(2026, 1, *clock) + offset[timezone]
        return utc.strftime("%Y-%m-%dT%H:%M:%S.000Z")

    page.clock.install(time=at(15, 12, 0))
    page.goto(f"{http}/{PAGE}")
    # Easy at once, at noon of the 8th: FSRS says eight days
    review = {"id": "r", "at": at(8, 12, 0), "card": CARDS[0].id, "rating": 4}
    store(page, reviews=[review])
    counts = tool(page, "flashcards").locator(".quiz-score")
    for clock, due in (((16, 3, 58), 0), ((16, 4, 1), 1)):
        page.clock.set_fixed_time(at(*clock))
        reload(page)
        shows(counts, f"Due today {due} ")
    context.close()


def test_mock_interview_by_keyboard(page):
    mock = tool(page, "mock-interview")
    focus_in(page, mock)
    press(page, mock.get_by_role("button", name="Begin the interview"))
    assert page.evaluate("document.activeElement.className") == "question-head"
    assert re.fullmatch(r"1[45]:\d\d left", mock.get_by_role("timer").inner_text())
    press(page, mock.get_by_role("textbox"), "x")
    page.keyboard.type(" is what I say <img src=x onerror='window.hacked=1'>")
    press(page, mock.get_by_role("button", name="Next question"))
    assert mock.get_by_role("textbox").input_value() == ""
    press(page, mock.get_by_role("button", name="End the interview"))
    assert has_focus(page, "Which key points did you say?")
    assert "is what I say <img" in mock.locator(".quiz-said").inner_text()
    press(page, mock.locator("form input").first, "Space")
    press(page, mock.get_by_role("button", name="Score"))
    (interview,) = stored(page)["interviews"]
    assert [len(asked["said"]) for asked in interview["questions"]] == [1, 0]
    first = QUESTIONS[interview["questions"][0]["question"]]
    assert not first.options
    points = sum(asked["of"] for asked in interview["questions"])
    percent = int(100 / points + 0.5)  # as JavaScript rounds
    said = f"You said 1 of {points} key points: {percent} %."
    assert mock.locator(".quiz-result").inner_text() == said
    assert mock.locator("td a").count() >= 1
    reload(page)
    assert mock.get_by_role("cell", name=f"{percent} %").is_visible()  # the record
    assert page.evaluate("window.hacked") is None


def test_mock_interview_ends_with_its_time(context, site):
    page = context.new_page()
    page.clock.install()
    page.goto(f"{site}/{PAGE}")
    mock = tool(page, "mock-interview")
    mock.get_by_label("Minutes").fill("3")
    mock.get_by_label("Level").select_option("hard")
    mock.get_by_role("button", name="Begin").click()
    page.clock.run_for(125_000)
    assert mock.get_by_role("status").inner_text() == "One minute is left."
    page.clock.run_for(60_000)
    assert mock.locator("h3").inner_text() == "Time is up. Which key points did you say?"


def test_mock_interview_needs_a_topic(page):
    mock = tool(page, "mock-interview")
    for box in mock.get_by_role("checkbox").all():
        box.uncheck()
    mock.get_by_role("button", name="Begin").click()
    assert mock.get_by_role("status").inner_text() == "Choose at least one topic."


def test_readiness_by_keyboard(page):
    ready = tool(page, "readiness")
    shows(ready, "Enter the day")
    day = (datetime.now() + timedelta(days=10)).date().isoformat()
    answers = [
        {"id": f"a{i}", "at": moment(-6), "chapter": "l1", "question": id, "right": i % 3 > 0}
        for i, id in enumerate(list(QUESTIONS)[:9])
    ]
    few = answers[:2]
    setting = {"id": "s", "at": moment(-1), "name": "interview", "value": day}
    store(page, answers=few, settings=[setting])
    assert "not enough answers yet" in ready.get_by_role("row").nth(1).inner_text()
    assert ready.locator("input[type=date]").input_value() == day
    store(page, answers=answers, settings=[setting])
    row = ready.get_by_role("row").filter(has_text="9 of").inner_text()
    assert re.search(r"\d+ % \(\d+ % to \d+ %\)", row), row
    focus_in(page, ready)
    press(page, ready.get_by_role("button", name="Review these now"))
    article = ready.locator("article[data-current]")
    assert article.get_attribute("data-id") in {answer["question"] for answer in answers}
    press(page, ready.get_by_role("button", name="Stop"))
    assert ready.get_by_text("0 questions reviewed").is_visible()
    ready.locator("input[type=date]").fill("2020-01-01")
    ready.locator("input[type=date]").blur()
    assert "That day is over" in ready.locator(".quiz-message").inner_text()


def test_one_progress_for_all_tools(page):
    quiz, ready = tool(page, "quiz"), tool(page, "readiness")
    quiz.get_by_role("button", name="Start", exact=True).click()
    quiz.get_by_role("button", name="Stop").click()
    store(page, answers=[{"id": "a", "at": moment(-1), "chapter": "l1", "question": "l1-say-it",
                          "right": True}])  # fmt: skip
    assert "answered 1 · right 1" in quiz.locator(".quiz-score").inner_text()
    assert tool(page, "progress").get_by_role("cell", name="L1").is_visible()
    assert ready.is_visible()


# --- hostile data, no scripts, other homes ------------------------------------------------------


def test_hostile_progress_does_not_execute(page, tmp_path):
    evil = "<img src=x onerror='window.hacked=1'>"
    asked = [{"question": evil, "said": [1], "of": 1, "text": evil}]
    document = {
        "version": 2,
        "answers": [
            {"id": evil, "at": moment(-1), "chapter": evil, "question": evil, "right": True},
            {"id": "b", "at": moment(-1), "chapter": "", "question": "", "right": True},
        ],
        "reviews": [{"id": evil, "at": moment(-1), "card": evil, "rating": 3}],
        "interviews": [
            {"id": evil, "at": moment(-1), "level": evil, "minutes": 1, "questions": asked},
            {"id": "i", "at": moment(-1), "level": "", "minutes": -1, "questions": []},
        ],
        "settings": [
            {"id": "s", "at": moment(-1), "name": "interview", "value": evil},
            {"id": "t", "at": moment(-1), "name": "newCardsPerDay", "value": evil},
        ],
        "__proto__": {"polluted": evil},
    }
    file = tmp_path / "evil.json"
    file.write_text(json.dumps(document))
    panel = tool(page, "progress")
    panel.get_by_label("Import progress").set_input_files(file)
    panel.get_by_text("Imported: 2 new answers, 1 new review, 2 new interviews.").wait_for()
    assert panel.get_by_role("cell", name="<img").is_visible()  # shown as the text that it is
    reload(page)
    assert tool(page, "mock-interview").get_by_role("cell", name="<img").is_visible()
    page.wait_for_timeout(100)
    found = page.evaluate("[window.hacked, document.querySelectorAll('.quiz img').length]")
    assert found == [None, 0]
    assert page.evaluate("({}).polluted") is None


def test_hostile_question_does_not_execute(context, book, tmp_path):
    """Markup that got into the bank is text in every tool."""
    evil = "<img src=x onerror='window.hacked=1'>"
    question = dataclasses.replace(
        CARDS[0], prompt=evil, answer=evil, spoken=evil, key_points=(evil,), options=(),
        kind="recall", source=evil,
    )  # fmt: skip
    data = study_data([question], lambda section: "#", lambda id: "#")
    page = open_page(context, with_bank(book, data, tmp_path))
    tool(page, "quiz").get_by_role("button", name="Start").click()
    cards = tool(page, "flashcards")
    cards.get_by_role("button", name="Start session").click()
    cards.get_by_role("button", name="Show the answer").click()
    mock = tool(page, "mock-interview")
    mock.get_by_role("button", name="Begin").click()
    mock.get_by_role("button", name="End the interview").click()
    mock.get_by_role("button", name="Score").click()
    page.wait_for_timeout(100)
    assert page.evaluate("[window.hacked, document.querySelectorAll('.quiz img').length]") == [
        None,
        0,
    ]
    assert cards.get_by_text("onerror").count() >= 3
    assert page.problems == []


def test_without_javascript_the_page_says_where_the_questions_are(browser, site):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site}/{PAGE}")
    for name in ("quiz", "flashcards", "mock-interview", "readiness", "progress"):
        assert "needs JavaScript" in tool(page, name).inner_text()
    tool(page, "quiz").get_by_role("link", name="l1").click()
    assert page.url.endswith("/book/l1.html")
    context.close()


def test_a_place_among_the_tools_is_found_again(context, site):
    """They are mounted after the page is painted, but not where a reader may be led to them."""
    height = """() => new Promise(done => requestAnimationFrame(() => setTimeout(
      () => done(document.querySelector("#readiness").getBoundingClientRect().top))))"""
    page = open_page(context, f"{site}/{PAGE}#readiness")
    tool(page, "progress").get_by_role("button").first.wait_for()
    assert 0 <= page.evaluate(height) < 150
    page = open_page(context, f"{site}/{PAGE}")
    tool(page, "progress").get_by_role("button").first.wait_for()
    page.evaluate("document.querySelector('#readiness').scrollIntoView()")
    before = page.evaluate(height)
    reload(page)
    tool(page, "progress").get_by_role("button").first.wait_for()
    assert page.evaluate(height) == pytest.approx(before, abs=2)
    assert page.problems == []


def test_notebook_page_has_the_tools_too(context, site):
    page = open_page(context, f"{site}/notebooks/study.html")
    for name in ("quiz", "flashcards", "mock-interview", "readiness"):
        assert tool(page, name).locator(".quiz-bar").first.is_visible()
    assert page.problems == []


def test_links_of_the_bank_lead_somewhere(book):
    known, articles = bank_data(book)
    pages = {}
    for entry in known["questions"]:
        html = articles[entry["id"]]
        for link in {entry["url"], *re.findall(r'<a [^>]*href="(\.\./[^"]+)"', html)}:
            path, _, anchor = link.partition("#")
            file = (book / "book" / path).resolve()
            pages.setdefault(file, file.read_text(encoding="utf-8"))
            assert f'id="{anchor}"' in pages[file], f"{entry['id']}: {link} leads to no place"


def test_loaded_only_where_used(book):
    texts = {path: path.read_text("utf-8") for path in book.rglob("*.html")}
    using = {path for path, text in texts.items() if "data-tool=" in text}
    assert using == {book / PAGE, book / "notebooks" / "study.html"}
    for script in ("interview/study.js", "interview/bank.js"):
        assert {path for path, text in texts.items() if script in text} == using


# --- the questions come in two parts -----------------------------------------------------------

ARTICLES = "**/articles.js*"
BEGIN = [
    ("quiz", "Start", "article[data-current] .prompt"),
    ("quiz", "Ten-question diagnosis", "article[data-current] .prompt"),
    ("flashcards", "Start session", ".card-front .prompt"),
    ("mock-interview", "Begin the interview", ".question .prompt"),
]


def test_both_parts_hold_exactly_the_bank(book):
    known, articles = bank_data(book)
    assert [entry["id"] for entry in known["questions"]] == list(QUESTIONS)
    assert list(articles) == list(QUESTIONS)
    for id, html in articles.items():
        assert re.findall(r'<article [^>]*data-id="([^"]*)"', html) == [id]


@pytest.mark.parametrize(("name", "begin", "shown"), BEGIN)
def test_press_while_the_questions_load_is_not_lost(context, site, name, begin, shown):
    page, release = open_held(context, f"{site}/{PAGE}")
    place = tool(page, name)
    start = place.get_by_role("button", name=begin, exact=True)
    press(page, start)
    place.get_by_role("status").filter(has_text="The questions are loading").wait_for()
    start.click()  # an impatient reader
    assert place.locator(shown).count() == 0
    release()
    place.locator(shown).wait_for()
    assert page.evaluate("document.activeElement.className") == "question-head"
    assert place.get_by_text("The questions are loading").count() == 0
    assert page.problems == []


def test_last_press_while_the_questions_load_counts(context, http):
    page, release = open_held(context, f"{http}/{PAGE}")
    quiz = tool(page, "quiz")
    quiz.get_by_role("button", name="Start", exact=True).click()
    quiz.get_by_role("button", name="Ten-question diagnosis").click()
    release()
    shows(quiz.locator(".quiz-position"), "1 of 10 in this round")


def test_day_that_is_taken_back_while_the_questions_load(context, http):
    day = (datetime.now() + timedelta(days=10)).date().isoformat()
    store(
        open_page(context, f"{http}/{PAGE}"),
        answers=[{"id": "a", "at": moment(-6), "chapter": "l1", "question": "l1-say-it",
                  "right": False}],
        settings=[{"id": "s", "at": moment(-1), "name": "interview", "value": day}],
    )  # fmt: skip
    page, release = open_held(context, f"{http}/{PAGE}")
    ready = tool(page, "readiness")
    shows(ready, "Predicted recall")
    ready.locator("input[type=date]").fill("")
    shows(ready, "Enter the day")
    release()
    tool(page, "quiz").get_by_role("button", name="Continue").click()
    page.locator("article[data-current] .prompt").wait_for()
    assert ready.get_by_role("button", name="Review these now").count() == 0
    assert page.problems == []


@pytest.mark.parametrize("answer", [{}, {"body": ""}], ids=["none", "empty"])
def test_questions_that_do_not_load_are_reported(context, site, answer):
    page = open_page(context, f"{site}/{PAGE}")
    day = (datetime.now() + timedelta(days=10)).date().isoformat()
    context.route(ARTICLES, lambda route: route.fulfill(**answer) if answer else route.abort())
    store(page, settings=[{"id": "s", "at": moment(-1), "name": "interview", "value": day}])
    said = "The questions could not be loaded: reload the page to try again."
    for name, begin, _ in BEGIN:
        place = tool(page, name)
        press(page, place.get_by_role("button", name=begin, exact=True))
        shows(place.get_by_role("status"), said)
        assert place.locator("article").count() == 0
    shows(tool(page, "readiness"), said)
    assert page.problems == []


def open_held(context, address):
    """A page whose questions do not load yet, and a function that lets them."""
    held = []
    context.route(ARTICLES, lambda route: held.append(route))
    page = open_page(context, address, wait_until="commit")

    def release():
        while not held:
            page.wait_for_timeout(50)
        held[0].continue_()

    return page, release


def bank_data(book):
    """What the two scripts hold: what is known of each question, and the HTML by id."""
    folder = book / "_static" / "interview"
    known = script_data(folder / "bank.js", "interviewBank")
    name, _, _ = known["articles"].partition("?")
    return known, script_data(folder / name, "interviewArticles")


def script_data(path, name):
    text = path.read_text(encoding="utf-8").strip()
    return json.loads(json.loads(text.removeprefix(f"{name} = ").removesuffix(";")))


def with_bank(book, data, folder):
    """Address of a study page of its own with these questions."""
    shutil.copytree(book / "_static", folder / "_static")
    (folder / "book").mkdir()
    shutil.copy(book / PAGE, folder / PAGE)
    write_scripts(data, folder / "_static")
    return (folder / PAGE).as_uri()


# --- accessible ----------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [1280, 375])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_accessible(browser, http, width, scheme):
    axe = frontend.DIST.parent / "node_modules" / "axe-core" / "axe.min.js"
    if not axe.exists():
        assert build.main() == 0
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce"
    )
    page = open_page(context, f"{http}/{PAGE}")
    day = (datetime.now() + timedelta(days=10)).date().isoformat()
    store(
        page,
        answers=[
            {"id": f"a{i}", "at": moment(-6), "chapter": "l1", "question": id, "right": i % 3 > 0}
            for i, id in enumerate(list(QUESTIONS)[:9])
        ],
        settings=[{"id": "s", "at": moment(-1), "name": "interview", "value": day}],
    )
    page.add_script_tag(path=axe)

    def check():
        found = page.evaluate("axe.run('article')")["violations"]
        nodes = [(v["id"], node["html"][:150]) for v in found for node in v["nodes"]]
        assert [n for n in nodes if n[0] != "empty-table-header" or "<math" not in n[1]] == []
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        small = page.evaluate(
            """() => [...document.querySelectorAll(
                 '.quiz :is(button, summary, .quiz-choice, input:not([type=checkbox]), select)'
               )].filter(e => e.checkVisibility() && e.type !== 'radio'
                 && e.getBoundingClientRect().height < 43.9)
                .map(e => e.outerHTML.slice(0, 120))"""
        )
        assert small == []

    check()
    quiz, cards = tool(page, "quiz"), tool(page, "flashcards")
    mock, ready = tool(page, "mock-interview"), tool(page, "readiness")
    quiz.get_by_role("button", name="Ten-question diagnosis").click()
    cards.get_by_role("button", name="Start session").click()
    cards.get_by_role("button", name="Show the answer").click()
    mock.get_by_role("button", name="Begin").click()
    ready.get_by_role("button", name="Review these now").click()
    tool(page, "progress").get_by_role("button", name="Reset progress").click()
    check()
    page.keyboard.press("Escape")
    quiz.get_by_role("button", name="Stop").click()
    mock.get_by_role("button", name="End the interview").click()
    mock.locator("form input").first.check()
    ready.get_by_role("button", name="Stop").click()
    check()
    mock.get_by_role("button", name="Score").click()
    check()
    context.close()
