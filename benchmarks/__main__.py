"""``python -m benchmarks``: run all, print the table, write ``_build/bench.json``."""

import json
from dataclasses import asdict
from pathlib import Path

from benchmarks import fast_lasso, lasso, sparse_product

RESULT = Path(__file__).parents[1] / "_build" / "bench.json"


def main() -> None:
    rows = [row for benchmark in (lasso, fast_lasso, sparse_product) for row in benchmark.rows()]
    for row in rows:
        times = f"{row.ours_seconds * 1e3:9.3f} ms {row.peer_seconds * 1e3:9.3f} ms"
        print(f"{row.ratio:6.2f}x  {times}  {row.what}  against  {row.peer}  {row.note}")
    RESULT.parent.mkdir(exist_ok=True)
    table = [{**asdict(row), "ratio": row.ratio} for row in rows]
    RESULT.write_text(json.dumps(table, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"ratio > 1: ours is faster. Written to _build/{RESULT.name}")


if __name__ == "__main__":
    main()
