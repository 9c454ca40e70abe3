"""Take out of the built pages what the theme and its companions load and the book never uses."""

import re
from pathlib import Path

from sphinx.application import Sphinx

from interview.sphinx.built import is_search, pages, when_built

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
    "_static/scripts/fontawesome.js*",
    "_static/sphinx-thebe.*",
    "_static/togglebutton.*",
    "_static/sphinx-design.*",
    "_static/design-tabs.js",
    "_static/**/*.map",
    "_static/*webpack-macros.html",  # the themes' templates
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


def _lean_build(out: Path) -> None:
    for pattern in _UNUSED_FILES:
        for path in out.glob(pattern):
            path.unlink()
    for path, page in pages(out):
        path.write_text(_lean(page, is_search=is_search(path)), encoding="utf-8")


def setup(app: Sphinx) -> None:
    when_built(app, _lean_build)
