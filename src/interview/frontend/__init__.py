"""The front end: ES modules in ``src/``, bundled into ``dist/`` when the package is installed."""

from pathlib import Path

DIST = Path(__file__).parent / "dist"


def bundle(name: str) -> Path:
    """Path of a bundle: quiz.js (chapters), study.js, widget.mjs (Jupyter) or quiz.css.

    Raises
    ------
    FileNotFoundError
        If it was not built; says how to build it.
    """
    path = DIST / name
    if not path.is_file():
        raise FileNotFoundError(
            f"The front end's {name} is not built: run `python {Path(__file__).parent}/build.py` "
            "or install the package again."
        )
    return path
