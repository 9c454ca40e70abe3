"""The quiz in a real JupyterLab: run the cell, answer with the keyboard, and Python knows."""

import os
import re
import socket
import subprocess
import sys
import time
import urllib.request

import nbformat
import pytest

from interview import bank

ASKED = next(question for question in bank.load() if question.id == "l1-units-change")
TOKEN = "quiz"
FIRST = 'import interview\n\nquiz = interview.quiz("l1", ["l1-units-change"], seed=1)\nquiz'
SECOND = 'print([(a["given"], a["right"]) for a in quiz.answers.values()], tuple(quiz.score))'


def _free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@pytest.fixture
def cells(request):
    return getattr(request, "param", (FIRST, SECOND))


@pytest.fixture
def lab(tmp_path, cells):
    """Address of a JupyterLab on a notebook with two cells."""
    cells = [nbformat.v4.new_code_cell(source) for source in cells]
    spec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": spec})
    nbformat.write(notebook, tmp_path / "lab.ipynb")
    home = tmp_path / "home"
    home.mkdir()
    port = _free_port()
    settings = {
        "ServerApp.port": port,
        "ServerApp.root_dir": str(tmp_path),
        "IdentityProvider.token": TOKEN,
        "ServerApp.open_browser": False,
        "ServerApp.allow_root": True,
        "LabApp.news_url": "",
        "LabApp.check_for_updates_class": "jupyterlab.NeverCheckForUpdate",
    }
    command = [sys.executable, "-m", "jupyterlab", *(f"--{k}={v}" for k, v in settings.items())]
    environment = os.environ | {
        "INTERVIEW_PROGRESS": str(tmp_path / "progress.json"),
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
    }
    with open(tmp_path / "server.log", "w") as log:
        server = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(120):
            try:
                urllib.request.urlopen(f"{address}/api?token={TOKEN}")
                break
            except OSError:
                assert server.poll() is None, (tmp_path / "server.log").read_text()
                time.sleep(0.5)
        yield f"{address}/doc/tree/lab.ipynb?token={TOKEN}"
    finally:
        server.terminate()
        server.wait(20)


def open_lab(context, address):
    page = context.new_page()
    page.set_default_timeout(60_000)
    # JupyterLab may ask something of its own first, such as which kernel to use.
    dialog = page.locator("dialog.jp-Dialog")
    page.add_locator_handler(dialog, lambda box: box.locator(".jp-mod-accept").click())
    page.goto(address)
    page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]").wait_for()
    return page


def run_cell(page, i):
    """Run a cell to its end; JupyterLab ignores the keys until all of it has loaded."""
    cell = page.locator(".jp-CodeCell").nth(i)
    prompt = cell.locator(".jp-InputPrompt")
    before = prompt.inner_text()
    for _ in range(40):
        cell.locator(".cm-content").click()
        page.keyboard.press("Control+Enter")
        for _ in range(30):
            now = prompt.inner_text()
            if now != before and any(character.isdigit() for character in now):
                return
            page.wait_for_timeout(100)
    raise AssertionError("the cell does not run")


def answers(page):
    """Run the second cell and read what it printed."""
    run_cell(page, 1)
    return page.locator(".jp-CodeCell").nth(1).locator(".jp-OutputArea-output").inner_text().strip()


def option(article, is_right):
    """Place of the right option, or of the first wrong one: the options are shuffled."""
    correct = {choice.text for choice in ASKED.options if choice.correct}
    texts = article.locator(".quiz-choice").evaluate_all(
        "choices => choices.map(choice => choice.lastElementChild.textContent)"
    )
    return [text in correct for text in texts].index(is_right)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_python_receives_the_answer(lab, browser, scheme):
    context = browser.new_context(color_scheme=scheme, viewport={"width": 1280, "height": 1000})
    page = open_lab(context, lab)
    run_cell(page, 0)
    page.locator(".quiz").get_by_role("button", name="Start").click()
    article = page.locator(".quiz article[data-current]")
    wrong = option(article, False)
    article.get_by_role("radio").nth(wrong).focus()
    # JupyterLab's own shortcuts would take these keys: arrows move between cells.
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    assert article.get_by_role("radio").nth(wrong).is_checked()
    article.get_by_role("button", name="Check").click()
    assert article.get_by_role("status").inner_text().startswith("Wrong.")
    assert re.fullmatch(r"\[\(\['[BCD]'\], False\)\] \(0, 1, 1\)", answers(page))

    page.keyboard.press("Escape")
    article.get_by_role("button", name="Next").click()  # it comes again
    right = option(article, True)
    article.get_by_role("radio").nth(right).check()
    article.get_by_role("radio").nth(right).press("Enter")
    assert article.get_by_role("status").inner_text().startswith("Right.")
    assert answers(page) == "[(['A'], True)] (1, 1, 1)"

    run_cell(page, 0)  # a new widget: the file remembers
    page.locator(".quiz-score").get_by_text("answered 1 · right 1").wait_for()
    assert page.locator(".jp-CodeCell").count() == 2
    context.close()


STUDY = """import interview
from IPython.display import display
tools = [interview.quiz(), interview.flashcards()]
tools += [interview.mock_interview(), interview.readiness()]
display(*tools)"""
KEPT = 'print([len(tools[0].progress[name]) for name in ("answers", "reviews", "interviews")])'


@pytest.mark.parametrize("cells", [(STUDY, KEPT)], indirect=True)
def test_all_tools_work_and_share_their_progress(lab, browser):
    context = browser.new_context(viewport={"width": 1280, "height": 1000})
    page = open_lab(context, lab)
    run_cell(page, 0)
    quiz, cards, mock, ready = (page.locator(".quiz").nth(i) for i in range(4))
    cards.get_by_role("button", name="Start session").click()
    cards.get_by_role("button", name="Show the answer").click()
    cards.locator(".rubric").wait_for()
    widths = cards.locator("math").evaluate_all(
        "all => all.map(math => math.getBoundingClientRect().width)"
    )
    assert 0 not in widths, "a formula does not show"
    page.keyboard.press("4")
    cards.get_by_text("Easy: it comes again in").wait_for()
    cards.get_by_role("button", name="End session").click()
    mock.get_by_role("button", name="Begin").click()
    mock.get_by_role("button", name="End the interview").click()
    mock.locator("form input").first.check()
    mock.get_by_role("button", name="Score").click()
    mock.get_by_text("You said 1 of").wait_for()
    quiz.get_by_role("button", name="Ten-question").click()
    article = quiz.locator("article[data-current]")
    assert article.get_by_role("button", name="Check").is_visible()
    ready.get_by_text("Enter the day of your interview").wait_for()
    page.keyboard.press("Escape")
    assert answers(page) == "[0, 1, 1]"
    context.close()
