"""Execute every lab in place, so that what is committed is what the code gives.

A stored notebook holds nothing that changes by itself: no timestamps, no widget state, no stderr;
execution counts run from 1. Ends non-zero if a cell failed, naming notebook and cell.
"""

import argparse
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellControlSignal, DeadKernelError

FOLDER = Path(__file__).parents[1] / "notebooks"
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"


def execute(path: Path) -> str | None:
    """Run one notebook in place; the stored file is replaced only if every cell succeeded.

    Returns
    -------
    str or None
        What went wrong, or None.
    """
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook,
        timeout=300,
        record_timing=False,
        coalesce_streams=True,  # else it depends on the machine's load how often a print is cut
        resources={"metadata": {"path": str(path.parent)}},
    )
    try:
        client.execute()
    except (CellControlSignal, DeadKernelError) as error:  # failed, too slow, or out of memory
        return f"{path.name}: {error}"
    clean(notebook)
    if noisy := [
        cell["execution_count"]
        for cell in notebook.cells
        if any(output.get("name") == "stderr" for output in cell.get("outputs", []))
    ]:
        return f"{path.name}: stderr in cell {noisy[0]}: mend the cause, a warning is a finding"
    nbformat.write(notebook, path)
    return None


def clean(notebook: nbformat.NotebookNode) -> None:
    """Take out what differs between two runs of the same code, or does not belong in a page."""
    notebook.metadata.pop("widgets", None)
    notebook.metadata["language_info"] = {"name": "python"}  # without the interpreter's version
    for cell in notebook.cells:
        cell.pop("id", None)
        if cell["cell_type"] == "code":
            for output in cell["outputs"]:
                output.get("data", {}).pop(WIDGET_VIEW, None)
            cell["outputs"] = [o for o in cell["outputs"] if o.get("data", True)]
    # Ids by position: a new cell changes a few lines, another run none.
    for i, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{i}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("notebooks", nargs="*", type=Path, help="all labs unless named")
    paths = parser.parse_args().notebooks or sorted(FOLDER.glob("*.ipynb"))
    failures = []
    for path in paths:
        print(f"{path.name} ...", flush=True)
        if failure := execute(path):
            failures.append(failure)
    print("\n".join(failures), file=sys.stderr, end="\n" if failures else "")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
