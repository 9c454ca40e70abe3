"""What is stored in an executed lab: its tested claims and its figures."""

import ast
import json
from collections.abc import Iterator
from pathlib import Path

CLAIM_TAG = "claim-"


def code_cells(notebook: Path) -> Iterator[dict]:
    """The code cells of a notebook file, in order."""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    return (cell for cell in cells if cell["cell_type"] == "code")


def tested_claims(notebook: Path) -> set[str]:
    """Ids of the claims whose cell is executed, asserts something and stores no error."""
    return {
        tag.removeprefix(CLAIM_TAG)
        for cell in code_cells(notebook)
        for tag in cell["metadata"].get("tags", [])
        if tag.startswith(CLAIM_TAG) and _is_evidence(cell)
    }


def _is_evidence(cell: dict) -> bool:
    return (
        cell["execution_count"] is not None
        and _asserts("".join(cell["source"]))
        and all(output["output_type"] != "error" for output in cell["outputs"])
    )


def _asserts(code: str) -> bool:
    """Whether there is an assert statement; the word in a comment or a text is none."""
    try:
        return any(isinstance(node, ast.Assert) for node in ast.walk(ast.parse(code)))
    except SyntaxError:
        return False


def source(notebook: Path, tag: str) -> str:
    """The code of the cell with this tag.

    Raises
    ------
    KeyError
        If no code cell carries it.
    """
    for cell in code_cells(notebook):
        if tag in cell["metadata"].get("tags", []):
            return "".join(cell["source"])
    raise KeyError(f"{notebook.name} has no cell tagged {tag!r}")


def figure(notebook: Path, name: str) -> tuple[str, str]:
    """The stored SVG of the figure with this name, and its alternative text.

    Raises
    ------
    KeyError
        If no executed cell of the lab shows a figure of that name.
    """
    for cell in code_cells(notebook):
        settings = cell["metadata"].get("mystnb", {})
        if settings.get("figure", {}).get("name") != name:
            continue
        for output in cell["outputs"]:
            if svg := output.get("data", {}).get("image/svg+xml"):
                alt = settings.get("image", {}).get("alt")
                if not alt:
                    raise KeyError(f"{notebook.name}: the figure {name!r} has no alt text")
                return "".join(svg), alt
    raise KeyError(f"{notebook.name} stores no figure named {name!r}")
