"""Take out of the built pages what the theme and its companions load and the book never uses."""

import re
from pathlib import Path

from sphinx.application import Sphinx

_SEARCH_PAGE = "search.html"

# Each is dropped from every page: the pattern is looked for in the tag and in an inline script.
_UNUSED = (
    r"scripts/fontawesome\.js",  # 1.4 MB; the icons come from the web font that is there too
    r"thebe|kernelName",  # live code needs a server on another host; throws twice on every page
    r"toggle(?:button|Hint|OpenOnPrint)",  # answers fold with <details>, which needs no script
    r"sphinx-design|design-tabs",  # the book has no cards, grids and tabs
)
_UNUSED_OFF_SEARCH = r"searchtools|language_data|searchindex"  # the search page loads them itself
_ELEMENT = r"<script(?P<tag>[^>]*)>(?P<body>.*?)</script>\s*|<link(?P<link>[^>]*)>\s*"
_UNUSED_FILES = (
    "_static/scripts/fontawesome.js",
    "_static/sphinx-thebe.*",
    "_static/togglebutton.*",
    "_static/sphinx-design.*",
    "_static/design-tabs.js",
    "_static/**/*.map",
    "_static/**/*.ttf",
    "_static/**/*.LICENSE.txt",
)


def _lean(page: str, *, is_search: bool) -> str:
    unused = re.compile("|".join(_UNUSED if is_search else (*_UNUSED, _UNUSED_OFF_SEARCH)))

    def keep(match: re.Match) -> str:
        said = "".join(part or "" for part in match.group("tag", "body", "link"))
        return "" if unused.search(said) else match.group()

    lean = re.sub(_ELEMENT, keep, page, flags=re.DOTALL)
    # No rule matches the theme "auto". Where no script runs the attribute goes; where one does, it
    # says at once what the theme's own says after the first paint, which then has to be redone.
    lean = lean.replace(' data-theme="auto"', "", 1)
    dark = 'matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light"'
    return re.sub(r'(getItem\("theme"\) \|\|) "auto"', rf"\1 ({dark})", lean, count=1)


def _lean_build(app: Sphinx, exception: Exception | None) -> None:
    if exception or app.builder.format != "html":
        return
    out = Path(app.outdir)
    for path in out.rglob("*.html"):
        page = path.read_text(encoding="utf-8")
        lean = _lean(page, is_search=path.name == _SEARCH_PAGE)
        if lean != page:
            path.write_text(lean, encoding="utf-8")
    for pattern in _UNUSED_FILES:
        for path in out.glob(pattern):
            path.unlink()


def setup(app: Sphinx) -> None:
    app.connect("build-finished", _lean_build)
