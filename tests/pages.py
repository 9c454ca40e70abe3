"""What the book consists of, read from its sources; needs no build."""

import json
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[1]
LABS = sorted((ROOT / "notebooks").glob("*.ipynb"))


def toc_pages() -> list[str]:
    """Every page of _toc.yml, in reading order, without suffix."""

    def walk(entry: dict) -> list[str]:
        own = [entry[key] for key in ("root", "file") if key in entry]
        return own + [
            page
            for group in ("parts", "chapters", "sections", "subtrees", "entries")
            for child in entry.get(group, ())
            for page in walk(child)
        ]

    return walk(yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8")))


PAGES = toc_pages()
LAB_NAMES = [page.removeprefix("notebooks/") for page in PAGES if page.startswith("notebooks/")]
BANK = ROOT / "src" / "interview" / "bank"
# A chapter is a lab with a bank of its name; more labs, named <chapter>-…, may follow it.
CHAPTERS = [name for name in LAB_NAMES if (BANK / f"{name}.yaml").exists()]


def source(page: str) -> str:
    """A page's Markdown: its file, or the Markdown cells of its notebook."""
    if (path := ROOT / f"{page}.md").exists():
        return path.read_text(encoding="utf-8")
    cells = json.loads((ROOT / f"{page}.ipynb").read_text(encoding="utf-8"))["cells"]
    return "\n\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")
