"""Time competitors fairly: in turn, in one process, medians and ratios."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

REPEATS = 7


@dataclass(frozen=True)
class Row:
    """One comparison: median seconds of each side; `ratio` > 1 says that ours is faster."""

    what: str
    peer: str
    ours_seconds: float
    peer_seconds: float

    @property
    def ratio(self) -> float:
        return self.peer_seconds / self.ours_seconds


def race(what: str, ours: Callable, peer_name: str, peer: Callable, repeats: int = REPEATS) -> Row:
    """Run both once to warm up, then in turn `repeats` times (at least 5), so that a machine whose
    speed drifts slows both."""
    seconds = {ours: [], peer: []}
    for run in (ours, peer):
        run()
    for _ in range(repeats):
        for run in (ours, peer):
            start = time.perf_counter()
            run()
            seconds[run].append(time.perf_counter() - start)
    medians = [statistics.median(seconds[run]) for run in (ours, peer)]
    return Row(what, peer_name, *medians)
