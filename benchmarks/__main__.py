"""``python -m benchmarks``: run all, print the table, write ``_build/bench.json``; then, printed
only, how quick the study page is."""

import json
from dataclasses import asdict
from itertools import chain
from pathlib import Path

from threadpoolctl import threadpool_info

from benchmarks import fast_lasso, lasso, networks, ridge, sparse_product, study_page

PARTS = (sparse_product, networks, lasso, ridge, fast_lasso)
RESULT = Path(__file__).parents[1] / "_build" / "bench.json"


def main() -> None:
    threads = {pool["internal_api"]: pool["num_threads"] for pool in threadpool_info()}
    print(f"threads: {threads}")
    rows = []
    for row in chain.from_iterable(part.rows() for part in PARTS):
        rows.append(row)
        times = f"{row.ours_seconds * 1e3:9.3f} ms {row.peer_seconds * 1e3:9.3f} ms"
        print(
            f"{row.ratio:6.2f}x  {times}  {row.what}  against  {row.peer}  {row.note}", flush=True
        )
    RESULT.parent.mkdir(exist_ok=True)
    table = [{**asdict(row), "ratio": row.ratio} for row in rows]
    RESULT.write_text(json.dumps(table, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"ratio > 1: ours is faster. Written to _build/{RESULT.name}")
    study_page.main()


if __name__ == "__main__":
    main()
