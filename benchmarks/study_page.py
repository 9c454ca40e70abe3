"""The study page in Chromium whose processor is slowed down four times.

Ready: from the start of the navigation until the frame is painted in which the first tool, the one
in view, has its controls; all ready: until every tool has them; asked: until a question is painted,
when the quiz is started in the frame of ready; idle: until the main thread has nothing to do for
the first time after the load event.
Feedback: from the key, as the browser received it, until the frame with the verdict (in the quiz)
or the next card (in the flashcards) is painted. All are wall time, so a machine that is busy with
other work shows more: beside them stands the main thread's own time until it is idle, without the
slowdown, and the machine's load.

``python -m benchmarks.study_page`` runs it alone.
"""

import gzip
import json
import os
import random
import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from benchmarks.race import load
from interview import bank

ROOT = Path(__file__).parents[1]
BOOK = ROOT / "_build" / "html"
PAGE = "book/study.html"
SLOWDOWN = 4
REPEATS = 7
REVIEWS = 1000

# A message that is sent in an animation frame arrives when that frame is painted.
WATCH = """
const afterPaint = (then) => requestAnimationFrame(() => {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => then(performance.now());
  port2.postMessage(null);
});
const whenPainted = (selectors, then) => {
  const watcher = new MutationObserver(() => {
    if (!selectors.every((selector) => document.querySelector(selector))) return;
    watcher.disconnect();
    afterPaint(then);
  });
  watcher.observe(document, { childList: true, subtree: true });
};
const start = "[data-tool=quiz] .quiz-primary:enabled";
const controls = [
  start,
  "[data-tool=flashcards] .quiz-primary:enabled",
  "[data-tool=mock-interview] .quiz-primary:enabled",
  "[data-tool=readiness] input[type=date]",
  "[data-tool=progress] input[type=file]",
];
whenPainted([start], (now) => {
  window.ready = now;
  if (!window.isEager) return;
  whenPainted(["[data-tool=quiz] [data-current] .prompt"], (now) => (window.asked = now));
  document.querySelector(start).click();
});
whenPainted(controls, (now) => (window.allReady = now));
addEventListener("load", () => requestIdleCallback(() => {
  window.idle = performance.now();
  console.log("idle");
}));
addEventListener("keydown", ({ timeStamp }) => {
  window.feedback = null;
  afterPaint((now) => (window.feedback = now - timeStamp));
}, true);
"""


def lines() -> Iterator[str]:
    """What was measured, in words; or why nothing was."""
    if not (BOOK / PAGE).is_file():
        yield "study page: the book is not built (make book), nothing is measured"
        return
    if not load("playwright")[0]:
        return
    found = subprocess.run([sys.executable, ROOT / "tools" / "browser.py"], capture_output=True)
    if found.returncode:
        yield "study page: there is no Chromium, nothing is measured"
        return
    yield _sizes()
    with _chromium(found.stdout.decode().strip()) as browser, _server() as address:
        for name, progress in (("no progress", None), (f"{REVIEWS} reviews", _reviews())):
            starts = [_start(browser, address, progress, SLOWDOWN) for _ in range(REPEATS)]
            own = [_start(browser, address, progress, 1) for _ in range(REPEATS)]
            ready, all_ready, idle = (
                [start[key] for start in starts] for key in ("ready", "allReady", "idle")
            )
            busy = [start["busy"] for start in own]
            asked = [_asked(browser, address, progress) for _ in range(REPEATS)]
            what = f"study page, {name}, processor slowed down {SLOWDOWN} times"
            yield f"{what}: ready {_said(ready)}, asked {_said(asked)}"
            yield f"  all ready {_said(all_ready)}, idle {_said(idle)}"
            yield f"  main thread until idle, not slowed down: {_said(busy)}"
            quiz, cards = _feedback(browser, address, progress)
            yield f"  feedback: quiz {_said(quiz)}, flashcards {_said(cards)}"
            yield f"  load of the machine: {os.getloadavg()[0]:.1f}"


def _said(milliseconds: list[float]) -> str:
    return f"{statistics.median(milliseconds):.0f} ms (least {min(milliseconds):.0f})"


def _sizes() -> str:
    folder = BOOK / "_static" / "interview"
    size = {path.name: len(gzip.compress(path.read_bytes())) / 1000 for path in folder.iterdir()}
    return "gzip: " + ", ".join(f"{name} {kilobytes:.0f} kB" for name, kilobytes in size.items())


def _reviews() -> str:
    """A progress document with reviews of ten months, and a day for which readiness is said."""
    rng = random.Random(0)
    cards = [question.id for question in bank.load() if question.card]
    reviews = [
        {
            "id": f"review-{i}",
            "at": f"2025-{1 + i // 100:02}-{1 + i % 28:02}T{i // 28 % 24:02}:00:00.000Z",
            "card": rng.choice(cards),
            "rating": rng.choice([1, 2, 3, 3, 3, 4]),
        }
        for i in range(REVIEWS)
    ]
    at = "2025-01-01T00:00:00.000Z"
    settings = [{"id": "setting", "at": at, "name": "interview", "value": "2099-01-01"}]
    return json.dumps({"version": 2, "answers": [], "reviews": reviews, "settings": settings})


@contextmanager
def _server():
    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *args) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(BOOK)))
    server.handle_error = lambda *_: None  # a page that is closed leaves requests behind
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/{PAGE}"
    server.shutdown()
    server.server_close()


@contextmanager
def _chromium(path: str):
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser
        browser.close()


@contextmanager
def _page(browser, address: str, progress: str | None, slowdown: int, *, is_eager: bool = False):
    """The page, opened in a new profile, and its session of the DevTools protocol.

    An eager reader starts the quiz as soon as the page is ready.
    """
    stored = [{"name": "interview-progress", "value": progress}] if progress else []
    origin = {"origin": address.removesuffix(f"/{PAGE}"), "localStorage": stored}
    context = browser.new_context(
        viewport={"width": 1280, "height": 900},
        storage_state={"cookies": [], "origins": [origin] if progress else []},
    )
    page = context.new_page()
    page.add_init_script(f"window.isEager = {json.dumps(is_eager)};{WATCH}")
    devtools = context.new_cdp_session(page)
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": slowdown})
    devtools.send("Performance.enable", {"timeDomain": "threadTicks"})
    with page.expect_console_message(lambda message: message.text == "idle"):
        page.goto(address)
    yield page, devtools
    context.close()


def _start(browser, address: str, progress: str | None, slowdown: int) -> dict[str, float]:
    """Milliseconds of one opening in a new profile."""
    with _page(browser, address, progress, slowdown) as (page, devtools):
        metrics = devtools.send("Performance.getMetrics")["metrics"]
        (busy,) = (entry["value"] for entry in metrics if entry["name"] == "TaskDuration")
        page.wait_for_function("window.allReady")
        return page.evaluate("({ ready, allReady, idle })") | {"busy": 1000 * busy}


def _asked(browser, address: str, progress: str | None) -> float:
    """Milliseconds until an eager reader sees a question."""
    with _page(browser, address, progress, SLOWDOWN, is_eager=True) as (page, _):
        page.wait_for_function("window.asked")
        return page.evaluate("window.asked")


def _feedback(browser, address: str, progress: str | None) -> tuple[list[float], list[float]]:
    """Milliseconds until the feedback to an answer, and to the rating of a card.

    The page clicks itself before: a click of the driver's leaves listeners that time each event.
    """
    with _page(browser, address, progress, SLOWDOWN) as (page, _):

        def press(key: str) -> float:
            page.wait_for_timeout(500)  # whatever came before is over
            page.keyboard.press(key)
            page.wait_for_function("window.feedback")
            return page.evaluate("window.feedback")

        quiz = page.locator(".quiz[data-tool=quiz]")
        quiz.get_by_label("Kind").select_option("single")
        quiz.locator(".quiz-primary").evaluate("start => start.click()")
        answers = []
        for _ in range(REPEATS):
            quiz.locator("article[data-current] form input").first.evaluate(
                "input => { input.focus(); input.click(); }"
            )
            answers.append(press("Enter"))
            press("Enter")  # the next question
        cards = page.locator(".quiz[data-tool=flashcards]")
        cards.get_by_role("button", name="Start session").evaluate("start => start.click()")
        ratings = []
        for _ in range(REPEATS):
            cards.get_by_role("button", name="Show the answer").evaluate("it => it.click()")
            ratings.append(press("3"))
        return answers, ratings


def main() -> None:
    for line in lines():
        print(line, flush=True)


if __name__ == "__main__":
    main()
