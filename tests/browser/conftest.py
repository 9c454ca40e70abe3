"""Chromium, and the book served in both ways in which it is read."""

import os
import shutil
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import sync_playwright

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *args) -> None:
        pass


@pytest.fixture(scope="session")
def browser():
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if not path:
        pytest.fail("There is no Chromium: put it on the PATH or name it in CHROMIUM.")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def http(book):
    """Address of a server of the book on a free port of this machine."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(book)))
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="session", params=["http", "file"])
def site(request, book) -> str:
    return request.getfixturevalue("http") if request.param == "http" else book.as_uri()


@pytest.fixture
def visit(browser):
    """Open an address in a fresh profile; at the end, whatever went wrong there is an error.

    ``with visit(url, javascript=True) as page`` yields Playwright's page.
    """

    @contextmanager
    def visit(url: str, *, javascript: bool = True, **options):
        context = browser.new_context(java_script_enabled=javascript, **options)
        page, troubles, home = context.new_page(), [], urlsplit(url)

        def on_request(request) -> None:
            to = urlsplit(request.url)
            if to.scheme not in ("data", "blob") and to[:2] != home[:2]:
                troubles.append(f"asks another host: {request.url}")

        def on_response(response) -> None:
            if response.status >= 400:
                troubles.append(f"{response.status} for {response.url}")

        page.on("request", on_request)
        page.on("response", on_response)

        def on_failure(request) -> None:
            if request.failure != "net::ERR_ABORTED":  # a page that is left stops loading
                troubles.append(f"failed: {request.url} ({request.failure})")

        if javascript:  # without it, Chromium refuses the scripts, as it should
            page.on("requestfailed", on_failure)
        page.on("pageerror", lambda error: troubles.append(f"throws: {error}"))
        page.on(
            "console",
            lambda m: m.type in ("error", "warning") and troubles.append(f"console: {m.text}"),
        )
        try:
            page.goto(url, wait_until="load")
            yield page
        finally:
            context.close()
        assert not troubles, f"{url}:\n" + "\n".join(troubles)

    return visit
