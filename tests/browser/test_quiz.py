"""The quiz on the built page: with the keyboard alone, over http and from file://."""

import json
import re

import pytest
from opening import once_written, open_page, reload

from interview import bank, frontend
from interview.frontend import build

PAGE = "book/l1.html"
KEY = "interview-progress"
QUESTIONS = {q.id: q for q in bank.load() if q.chapter == "l1"}


def first(kind, open_kind=False):
    return next(q for q in QUESTIONS.values() if q.kind == kind and bool(q.options) != open_kind)


SINGLE = first("single")
MULTIPLE = first("multiple")
NUMERIC = first("numeric", open_kind=True)
RECALL = first("recall", open_kind=True)


@pytest.fixture
def address(site):
    return f"{site}/{PAGE}"


@pytest.fixture
def context(browser):
    context = browser.new_context()
    yield context
    context.close()


@pytest.fixture
def page(context, address):
    page = open_page(context, address)
    yield page
    assert page.problems == []


def tab_to(page, target, backwards=False):
    """Press Tab until the target has the focus."""
    for _ in range(200):
        page.keyboard.press("Shift+Tab" if backwards else "Tab")
        if target.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"Tab does not reach {target}")


def ask(page, question):
    """Open one question, as a link to it does; returns its article."""
    page.evaluate("id => { location.hash = ''; location.hash = '#q-' + id }", question.id)
    article = page.locator(f"#q-{question.id}")
    article.locator("form").wait_for()
    return article


def stored(page):
    """What is kept: it is written after the frame that shows what was done."""
    return json.loads(once_written(page, "localStorage.getItem(key)", KEY))["answers"]


SHOWN = """article => [...article.querySelectorAll('form .quiz-choice')].map(choice => {
    const text = choice.lastElementChild.textContent;
    return [...article.querySelectorAll('.options > li')].findIndex(o => o.textContent === text);
})"""


def shown_options(article, question):
    """Which of the bank's options stands where, as the options are shuffled."""
    return [question.options[i] for i in article.evaluate(SHOWN)]


def choose(article, question, right):
    wanted = [option.correct for option in shown_options(article, question)]
    if not right:
        wanted = [not flag for flag in wanted] if question.kind == "multiple" else wanted
        if question.kind != "multiple":
            wanted = [i == wanted.index(False) for i in range(len(wanted))]
    for i, flag in enumerate(wanted):
        if flag:
            article.locator("form input").nth(i).check()


def check(article):
    article.get_by_role("button", name="Check").click()


def test_keyboard_alone(page):
    """Answer wrong, then right, go on; reload, and the score is there."""
    assert page.locator(".quiz-score").inner_text() == (
        f"{len(QUESTIONS)} questions · answered 0 · right 0"
    )
    for right in (False, True):
        article = ask(page, SINGLE)
        assert page.evaluate("document.activeElement.className") == "question-head"
        page.keyboard.press("Tab")
        at = [option.correct for option in shown_options(article, SINGLE)].index(right)
        page.keyboard.press("Space")
        for _ in range(at):
            page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        verdict = article.get_by_role("status")
        assert verdict.inner_text().startswith("Right." if right else "Wrong. The right answer is")
        assert page.evaluate("document.activeElement.textContent") == "Next"
        for option in SINGLE.options:  # why it is right, and why each wrong one tempts
            assert option.why.split("$")[0].split("`")[0].strip()[:30] in (
                article.locator(".reasons").inner_text()
            )
        link = article.get_by_text("Related section")
        assert link.get_attribute("href").endswith(SINGLE.section.split("#")[1])
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.className") == (
            "quiz-result" if right else "question-head"
        )
        if not right:  # the missed question came again in the same round
            assert page.evaluate("document.activeElement.closest('article').dataset.id") == (
                SINGLE.id
            )
            page.get_by_role("button", name="Stop").focus()
            page.keyboard.press("Enter")
    reload(page)
    assert "answered 1 · right 1" in page.locator(".quiz-score").inner_text()
    assert [answer["right"] for answer in stored(page)] == [False, True]


def test_round_by_keyboard(page):
    """Start, skip, go back, stop: the round is driven from its buttons."""
    tab_to(page, page.get_by_role("button", name="Start"))
    page.keyboard.press("Enter")
    asked = page.locator("article[data-current]")
    opening = asked.get_attribute("data-id")
    tab_to(page, asked.get_by_role("button", name="Skip"))
    page.keyboard.press("Enter")
    assert asked.get_attribute("data-id") != opening
    tab_to(page, asked.get_by_role("button", name="Previous"))
    page.keyboard.press("Enter")
    assert asked.get_attribute("data-id") == opening
    tab_to(page, page.get_by_role("button", name="Stop"), backwards=True)
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.className") == "quiz-result"


def test_multiple(page):
    for right in (False, True):
        article = ask(page, MULTIPLE)
        choose(article, MULTIPLE, right)
        check(article)
        expected = "Right." if right else "Wrong."
        assert article.get_by_role("status").inner_text().startswith(expected)


def test_numeric(page):
    article = ask(page, NUMERIC)
    field = article.get_by_label("Your answer")
    status = article.get_by_role("status")
    for typed, said in (
        ("", "Type a number first."),
        ("lots", "“lots” is not a number"),
        ("0x10", "is not a number"),
        ("1e999", "is not a number"),
        ("1,000", "can be read in two ways"),
    ):
        field.fill(typed)
        field.press("Enter")
        assert said in status.inner_text()
        assert field.evaluate("element => element === document.activeElement")
    value, tolerance = NUMERIC.value, NUMERIC.tolerance
    for typed, right in (
        (f" {value * (1 + 0.9 * tolerance)!r} ".replace("-", "−"), True),
        (repr(value).replace(".", ","), True),
        (f"{value:e}", True),
        (repr(value * (1 + 2 * tolerance) + 1e-9), False),
    ):
        article = ask(page, NUMERIC)
        article.get_by_label("Your answer").fill(typed)
        article.get_by_label("Your answer").press("Enter")
        assert (
            article.get_by_role("status")
            .inner_text()
            .startswith("Right." if right else "Wrong. The answer is")
        ), typed


def test_open_kind_reveals_then_ticks(page):
    article = ask(page, RECALL)
    assert not article.locator("details.answer").is_visible()
    tab_to(page, article.get_by_role("button", name="Show the answer"))
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"
    boxes = article.get_by_role("checkbox")
    assert boxes.count() == len(RECALL.key_points)
    tab_to(page, boxes.first)
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    assert f"You had 1 of {len(RECALL.key_points)}" in article.get_by_role("status").inner_text()
    assert stored(page)[-1]["given"] == [1]
    article = ask(page, RECALL)
    article.get_by_role("button", name="Show the answer").click()
    for box in article.get_by_role("checkbox").all():
        box.check()
    check(article)
    assert stored(page)[-1]["right"] is True


def test_missed_questions_come_again(page):
    article = ask(page, SINGLE)
    choose(article, SINGLE, right=False)
    check(article)
    reload(page)
    page.evaluate("location.hash = ''")
    page.get_by_role("button", name="Stop").click()
    page.get_by_role("button", name="Review missed (1)").click()
    article = page.locator("article[data-current]")
    assert article.get_attribute("data-id") == SINGLE.id
    choose(article, SINGLE, right=True)
    check(article)
    page.get_by_role("button", name="Stop").click()
    assert not page.get_by_role("button", name="Review missed").is_visible()


def test_seed_fixes_the_order(page):
    def opening(seed):
        page.get_by_text("Choose questions and order").click()
        page.get_by_label("Seed").fill(seed)
        page.get_by_text("Choose questions and order").click()
        page.get_by_role("button", name="Start").click()
        ids = []
        for _ in range(6):
            ids.append(page.locator("article[data-current]").get_attribute("data-id"))
            page.get_by_role("button", name="Skip").click()
        page.get_by_role("button", name="Stop").click()
        return ids

    assert opening("7") == opening("7") != opening("8")


def test_seed_fixes_the_order_of_the_options(page):
    """The letters are those of the reasons, whatever the order; the store has the bank's."""
    orders = []
    for seed in ("7", "8", "9", "7"):
        page.evaluate("location.hash = ''")
        page.get_by_text("Choose questions and order").click()
        page.get_by_label("Seed").fill(seed)
        page.get_by_text("Choose questions and order").click()
        article = ask(page, SINGLE)
        orders.append(article.evaluate(SHOWN))
        choose(article, SINGLE, right=True)
        check(article)
        letter = article.locator("[data-verdict=right] .quiz-letter").inner_text()[0]
        reasons = article.locator(".reasons > li").all_inner_texts()
        assert reasons["ABCDEF".index(letter)].startswith("Right.")
        bank_letter = "ABCDEF"[[o.correct for o in SINGLE.options].index(True)]
        assert stored(page)[-1]["given"] == [bank_letter]
        page.get_by_role("button", name="Stop").click()
    assert orders[0] == orders[3]
    assert len({tuple(order) for order in orders}) > 1
    listed = page.locator(f"#q-{SINGLE.id} .reasons > li").evaluate_all(
        "items => items.map(item => item.textContent.startsWith('Right'))"
    )
    assert listed == [option.correct for option in SINGLE.options]  # given back as they were


def test_round_by_level_and_kind(page):
    page.get_by_text("Choose questions and order").click()
    page.get_by_label("Level").select_option("hard")
    page.get_by_label("Kind").select_option("single")
    wanted = {q.id for q in QUESTIONS.values() if (q.level, q.kind) == ("hard", "single")}
    page.get_by_text(f"{len(wanted)} questions to choose from.").wait_for()
    page.get_by_role("combobox", name="Questions").select_option("5")
    page.get_by_role("button", name="Start").click()
    page.get_by_text(f"1 of {min(5, len(wanted))} in this round").wait_for()
    assert page.locator("article[data-current]").get_attribute("data-id") in wanted


def test_diagnosis_asks_ten_and_tells_what_to_read(page):
    page.get_by_role("button", name="Ten-question diagnosis").click()
    seen = []
    for i in range(10):
        article = page.locator("article[data-current]")
        question = QUESTIONS[article.get_attribute("data-id")]
        seen.append(question)
        page.get_by_text(f"{i + 1} of 10 in this round").wait_for()
        if question.options:
            choose(article, question, right=i >= 5)
        else:
            article.get_by_label("Your answer").fill(str(question.value) if i >= 5 else "12345.6")
        check(article)
        article.get_by_role("button", name="Next").click()
    assert len({q.id for q in seen}) == 10
    assert {q.level for q in seen} == {"easy", "medium", "hard", "senior"}
    assert "5 of 10 right at the first try" in page.locator(".quiz-result").inner_text()
    missed = {q.section.split("#")[1] for q in seen[:5]}
    links = page.locator(".quiz-bar td a").evaluate_all("links => links.map(link => link.hash)")
    assert {link[1:] for link in links} == missed


def test_reset_asks_first(page):
    article = ask(page, SINGLE)
    choose(article, SINGLE, right=True)
    check(article)
    page.get_by_text("Progress: score").click()
    page.get_by_role("button", name="Reset progress").click()
    assert page.evaluate("document.activeElement.textContent") == "Keep it"
    page.keyboard.press("Enter")
    assert len(stored(page)) == 1
    page.get_by_role("button", name="Reset progress").click()
    page.get_by_role("button", name="Forget everything").click()
    page.get_by_text("Progress was reset.").wait_for()
    assert page.evaluate("key => localStorage.getItem(key)", KEY) is None
    assert "answered 0" in page.locator(".quiz-score").inner_text()


def test_list_gives_the_static_questions_back(page):
    page.get_by_role("button", name="Show all as a list").click()
    articles = page.locator(".quiz > .question")
    assert all(article.is_visible() for article in articles.all())
    assert page.locator(f"#q-{SINGLE.id} > .options").is_visible()
    page.get_by_role("button", name="One at a time").click()
    assert not articles.first.is_visible()
    page.emulate_media(media="print")
    assert articles.last.is_visible()
    assert not page.locator(".quiz-bar").is_visible()


def test_without_javascript(browser, address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    article = page.locator(f"#q-{SINGLE.id}")
    assert article.locator(".options").is_visible()
    article.locator("summary").click()
    assert article.locator(".reasons").is_visible()
    assert page.locator(".quiz-bar").count() == 0
    context.close()


def test_export_and_import(page, context, address, tmp_path, browser):
    article = ask(page, SINGLE)
    choose(article, SINGLE, right=True)
    check(article)
    page.get_by_text("Progress: score").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Export progress").click()
    file = tmp_path / "progress.json"
    download.value.save_as(file)
    elsewhere = browser.new_context()
    other = open_page(elsewhere, address)
    other.get_by_text("Progress: score").click()
    other.get_by_label("Import progress").set_input_files(file)
    other.get_by_text("Imported: 1 new answer, 0 new reviews, 0 new interviews.").wait_for()
    assert "answered 1 · right 1" in other.locator(".quiz-score").inner_text()
    bad = tmp_path / "bad.json"
    for text, said in (("{", "not JSON"), ('{"version": 9}', "version 9; accepted: 1, 2")):
        bad.write_text(text)
        other.get_by_label("Import progress").set_input_files(bad)
        other.get_by_text(re.compile(f"{said}.*Nothing was imported")).wait_for()
    assert len(stored(other)) == 1
    elsewhere.close()


def test_imported_html_does_not_execute(page, tmp_path):
    evil = "<img src=x onerror='window.hacked=1'>"
    answer = {
        "id": evil,
        "at": "2026-03-01T10:00:00.000Z",
        "chapter": evil,
        "question": evil,
        "right": True,
        "given": [evil],
    }
    file = tmp_path / "evil.json"
    file.write_text(json.dumps({"version": 1, "answers": [answer], "__proto__": {"x": evil}}))
    page.get_by_text("Progress: score").click()
    page.get_by_label("Import progress").set_input_files(file)
    page.get_by_role("cell", name="<img").wait_for()  # shown as the text that it is
    file.write_text(json.dumps({"version": evil, "answers": []}))
    page.get_by_label("Import progress").set_input_files(file)
    page.get_by_text("Nothing was imported").wait_for()
    reload(page)
    page.wait_for_timeout(100)
    assert page.evaluate("[window.hacked, document.querySelectorAll('.quiz img').length]") == [
        None,
        0,
    ]


def test_hostile_prompt_does_not_execute(page):
    """What the renderer makes of markup in the bank is text, also once the quiz copies it."""
    from interview.quiz_html import quiz_html

    evil = "<img src=x onerror='window.hacked=1'>"
    options = tuple(
        type(o)(text=f"{evil} {i}", why=evil, correct=o.correct)
        for i, o in enumerate(SINGLE.options)
    )
    hostile = {"prompt": evil, "answer": evil, "spoken": evil, "key_points": (evil,)}
    question = type(SINGLE)(**{**vars(SINGLE), **hostile, "options": options})
    html = quiz_html("l1", [question], lambda s: "#", lambda i: "#")
    page.route("**/evil.html", lambda route: route.fulfill(body=html, content_type="text/html"))
    page.goto("http://localhost/evil.html".replace("localhost", "127.0.0.1"))
    page.add_script_tag(content=frontend.bundle("quiz.js").read_text())
    article = ask(page, SINGLE)
    choose(article, SINGLE, right=False)
    check(article)
    page.wait_for_timeout(100)
    assert page.evaluate("[window.hacked, document.images.length]") == [None, 0]
    assert article.get_by_text("onerror").count() > 2


def test_unreadable_store_is_kept_aside(page):
    page.evaluate("key => localStorage.setItem(key, '{broken')", KEY)
    reload(page)
    page.get_by_text("kept aside in this browser").wait_for()
    article = ask(page, SINGLE)
    choose(article, SINGLE, right=True)
    check(article)
    kept = page.evaluate(
        "Object.entries(localStorage).filter(([key]) => key.includes('unreadable'))"
    )
    assert [text for _, text in kept] == ["{broken"]
    assert len(stored(page)) == 1


def test_full_or_closed_storage_is_said(context, address):
    context.add_init_script(
        "Storage.prototype.setItem = () => { throw new DOMException('', 'QuotaExceededError') }"
    )
    page = open_page(context, address)
    article = ask(page, SINGLE)
    choose(article, SINGLE, right=True)
    check(article)
    page.get_by_text("could not be saved in this browser").wait_for()
    assert "right 1" in page.locator(".quiz-score").inner_text()


def test_two_tabs(context, page, address):
    other = open_page(context, address)
    for tab, question in ((page, SINGLE), (other, MULTIPLE)):
        article = ask(tab, question)
        choose(article, question, right=True)
        check(article)
    for tab in (page, other):
        tab.get_by_text("answered 2 · right 2").wait_for()
    assert len(stored(page)) == 2


def test_a_tab_writes_again_what_another_overwrote(context, page, address):
    """As when both read the store before either wrote."""
    other = open_page(context, address)
    before = page.evaluate("key => localStorage.getItem(key)", KEY)
    article = ask(page, SINGLE)
    choose(article, SINGLE, right=True)
    check(article)
    theirs = {"id": "x", "at": "2026-03-01T10:00:00.000Z", "chapter": "l1", "right": True}
    theirs = {"version": 2, "answers": [theirs | {"question": MULTIPLE.id}]}
    assert before is None
    other.wait_for_function("key => localStorage.getItem(key)", arg=KEY)  # what `page` wrote
    other.evaluate("([k, text]) => localStorage.setItem(k, text)", [KEY, json.dumps(theirs)])
    page.get_by_text("answered 2 · right 2").wait_for()
    assert {answer["question"] for answer in stored(page)} == {SINGLE.id, MULTIPLE.id}


def test_a_tab_whose_store_lags_behind_loses_nothing(context, page, address):
    """It never sees what is stored: as Chromium shows it at times, at file:// on a busy machine."""
    other = context.new_page()
    other.add_init_script(
        f"""const getItem = Storage.prototype.getItem;
        Storage.prototype.getItem = function (key) {{
          return key === {json.dumps(KEY)} ? null : getItem.call(this, key);
        }}"""
    )
    other.goto(address)
    for tab, question, answered in ((page, SINGLE, 1), (other, MULTIPLE, 2)):
        article = ask(tab, question)
        choose(article, question, right=True)
        check(article)
        for shown in (page, other):
            shown.get_by_text(f"answered {answered} · right {answered}").wait_for()
    assert {answer["question"] for answer in stored(page)} == {SINGLE.id, MULTIPLE.id}


def test_reset_reaches_the_other_tab(context, page, address):
    other = open_page(context, address)
    article = ask(page, SINGLE)
    choose(article, SINGLE, right=True)
    check(article)
    other.get_by_text("answered 1 · right 1").wait_for()
    page.get_by_text("Progress: score").click()
    page.get_by_role("button", name="Reset progress").click()
    page.get_by_role("button", name="Forget everything").click()
    other.get_by_text("answered 0 · right 0").wait_for()
    article = ask(other, MULTIPLE)
    choose(article, MULTIPLE, right=True)
    check(article)
    assert [answer["question"] for answer in stored(other)] == [MULTIPLE.id]


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
    page.add_script_tag(path=axe)

    def violations():
        # axe takes a header cell that holds only MathML for an empty one.
        found = page.evaluate("axe.run('.quiz')")["violations"]
        nodes = [(v["id"], node["html"][:150]) for v in found for node in v["nodes"]]
        return [n for n in nodes if n[0] != "empty-table-header" or "<math" not in n[1]]

    page.get_by_text("Progress: score").click()
    assert violations() == []
    for question in (SINGLE, MULTIPLE, NUMERIC, RECALL):
        article = ask(page, question)
        assert violations() == []
        if question is RECALL:
            article.get_by_role("button", name="Show the answer").click()
            article.get_by_role("checkbox").first.check()
        elif question is NUMERIC:
            article.get_by_label("Your answer").fill("123456")
        else:
            choose(article, question, right=False)
        check(article)
        assert violations() == []
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0
        small = page.evaluate(
            """() => [...document.querySelectorAll(
                 '.quiz :is(button, summary, .quiz-choice, a, input[type=text], .quiz-order label)'
               )].filter(e => e.checkVisibility() && e.getBoundingClientRect().height < 43.9)
                .map(e => e.outerHTML.slice(0, 120))"""
        )
        assert small == []
    page.get_by_role("button", name="Stop").click()
    assert violations() == []
    if width == 1280:  # the whole list takes axe half a minute
        page.get_by_role("button", name="Show all as a list").click()
        assert violations() == []
    context.close()


def test_feedback_is_quick(page):
    """With 2,000 answers stored."""
    page.evaluate(
        """key => {
          const answers = Array.from({length: 2000}, (_, i) => ({id: `old-${i}`, chapter: 'l2',
            at: '2025-03-01T10:00:00.000Z', question: `l2-${i % 300}`, given: ['A'], right: true}));
          localStorage.setItem(key, JSON.stringify({version: 1, answers}));
        }""",
        KEY,
    )
    reload(page)
    times = []
    for _ in range(5):
        article = ask(page, SINGLE)
        choose(article, SINGLE, right=False)
        times.append(
            article.get_by_role("button", name="Check").evaluate(
                """button => {
                  const start = performance.now();
                  button.click();
                  button.closest('article').getBoundingClientRect();
                  return performance.now() - start;
                }"""
            )
        )
    print("feedback ms", [round(time, 1) for time in times])
    assert sorted(times)[2] <= 50


def test_loaded_only_where_used(book):
    with_quiz = {p for p in book.rglob("*.html") if "data-quiz=" in p.read_text("utf-8")}
    loading = {p for p in book.rglob("*.html") if "interview/quiz.js" in p.read_text("utf-8")}
    assert book / PAGE in with_quiz
    assert loading == with_quiz
    assert len(list((book / "_static").rglob("quiz.js"))) == 1
