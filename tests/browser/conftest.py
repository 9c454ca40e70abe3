"""The built book, over http and from the file system, and a Chromium to look at it."""

import functools
import http.server
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[2]
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
QUIET += ["--disable-component-update", "--disable-sync", "--no-first-run"]


@pytest.fixture(scope="session")
def book():
    """The folder of the built book."""
    html = ROOT / "_build" / "html"
    if not html.exists():
        command = ["jupyter_book.cli.main", "build", ".", "-W", "-n", "--keep-going", "--all"]
        subprocess.run([sys.executable, "-m", *command], cwd=ROOT, check=True)
    return html


class _Silent(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture(scope="session")
def site(book):
    """Base addresses of the book: over "http" and as "file"."""
    handler = functools.partial(_Silent, directory=book)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield {"http": f"http://127.0.0.1:{server.server_port}", "file": book.as_uri()}
        server.shutdown()


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=QUIET)
        yield chromium
        chromium.close()
