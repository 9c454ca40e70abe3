import os
import signal
from pathlib import Path

import pytest
from pages import ROOT


@pytest.fixture(scope="session")
def book() -> Path:
    """The built book; the variable BOOK may name another than _build/html."""
    folder = Path(os.environ.get("BOOK", ROOT / "_build" / "html")).resolve()
    if not (folder / "index.html").is_file():
        pytest.fail(f"There is no book in {folder}: run `make book`.")
    return folder


@pytest.fixture
def no_hang():
    """Fail instead of waiting for ever."""

    def stop(*_):
        raise TimeoutError("still running after 20 s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(20)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)
