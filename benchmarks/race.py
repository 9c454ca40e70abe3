"""Time competitors fairly: in turn, in one process, medians and ratios."""

import importlib
import importlib.metadata
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

REPEATS = 7
REST = 0.3  # seconds


@dataclass(frozen=True)
class Row:
    """One comparison: median seconds of each side; `ratio` > 1 says that ours is faster."""

    what: str
    peer: str
    ours_seconds: float
    peer_seconds: float
    note: str = ""

    @property
    def ratio(self) -> float:
        return self.peer_seconds / self.ours_seconds


def load(module: str, distribution: str = ""):
    """The module and its version; None, and a line that says so, if it is not installed."""
    try:
        return importlib.import_module(module), importlib.metadata.version(distribution or module)
    except ImportError:
        print(f"{module} is not installed: its rows are left out")
        return None, None


def race(what: str, ours: Callable, peer_name: str, peer: Callable, repeats: int = REPEATS) -> Row:
    """Run both once to warm up, then in turn `repeats` times (at least 5), so that a machine whose
    speed drifts slows both."""
    return race_all(what, ours, {peer_name: peer}, repeats)[0]


def race_all(
    what: str,
    ours: Callable,
    peers: dict[str, Callable],
    repeats: int = REPEATS,
    note: Callable[[object], str] = lambda result: "",
) -> list[Row]:
    """As `race`, against several peers: a row each. `note` judges a result of the warm-up.

    Each waits for `REST` first: memory that is still being given back, and BLAS threads, which spin
    for a tenth of a second after their last product, are not charged to the next.
    """
    runs = {"ours": ours, **peers}
    notes = {name: note(run()) for name, run in runs.items()}
    seconds = {name: [] for name in runs}
    for _ in range(repeats):
        for name, run in runs.items():
            time.sleep(REST)
            start = time.perf_counter()
            run()
            seconds[name].append(time.perf_counter() - start)
    medians = {name: statistics.median(times) for name, times in seconds.items()}
    return [
        Row(
            what,
            name,
            medians["ours"],
            medians[name],
            f"{notes['ours']} / {notes[name]}".strip(" /"),
        )
        for name in peers
    ]
