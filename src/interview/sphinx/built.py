"""What the parts that work on finished pages share."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment


def when_built(app: Sphinx, act: Callable[[Path], None]) -> None:
    """Call `act` with the folder of the pages once all are written; parts act in their order.

    After the theme, which writes a style sheet then.
    """

    def finished(app: Sphinx, exception: Exception | None) -> None:
        if not exception and app.builder.format == "html":
            act(Path(app.outdir))

    app.connect("build-finished", finished, priority=900)


def pages(out: Path) -> Iterator[tuple[Path, str]]:
    for path in sorted(out.rglob("*.html")):
        yield path, path.read_text(encoding="utf-8")


def is_search(page: Path) -> bool:
    """Whether it is Sphinx's own page, which needs its scripts in their order."""
    return page.name == "search.html"


def _all_pages(app: Sphinx, env: BuildEnvironment) -> Iterable[str]:
    """Sphinx writes all pages each time: a part finds none that it has already worked on."""
    return env.found_docs


def setup(app: Sphinx) -> None:
    app.connect("env-updated", _all_pages)
