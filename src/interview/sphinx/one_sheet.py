"""One style sheet for all pages, in place of the theme's, Sphinx's, the extensions' and the book's.

They were nine files of half a megabyte, of which pages can use less than a third. The quiz's rules
are in it though not all pages have a quiz: 2 kB, and one sheet serves all pages.
"""

import hashlib
import re
from collections.abc import Iterable
from graphlib import TopologicalSorter
from os.path import relpath
from pathlib import Path

import tinycss2
from sphinx.application import Sphinx

from interview.sphinx.built import pages, when_built
from interview.sphinx.css_rules import read_rules, used_rules
from interview.sphinx.icons import embed_icons
from interview.sphinx.names import Names
from interview.sphinx.study import ARTICLES

_SHEET = "book.css"
_LINK = re.compile(r'<link\b[^>]*\bhref="[^"]*?_static/([^"?]+\.css)[^>]*>\s*')
_FONTS = (".woff2", ".woff", ".ttf")


def _one_sheet(out: Path) -> None:
    static, written = out / "_static", dict(pages(out))
    css = _sheet(static, list(written.values()))
    (static / _SHEET).write_bytes(css.encode())
    version = hashlib.sha256(css.encode()).hexdigest()[:8]
    for path, page in written.items():
        address = Path(relpath(static / _SHEET, path.parent)).as_posix()
        path.write_text(_link_once(page, f"{address}?v={version}"), encoding="utf-8")
    for path in list(static.rglob("*")):
        name = path.relative_to(static).as_posix()
        is_merged = path.suffix == ".css" and name != _SHEET
        is_unused_font = path.suffix in _FONTS and name not in css
        if is_merged or is_unused_font:
            path.unlink()


def _sheet(static: Path, pages: list[str]) -> str:
    scripts = {
        path.relative_to(static).as_posix(): path.read_text(encoding="utf-8")
        for path in static.rglob("*.js")
    }
    articles = scripts.pop(ARTICLES, "")  # markup in a script
    names = Names([*pages, articles], scripts.values())
    rules = [
        rule
        for name in _cascade(map(_LINK.findall, pages))
        for rule in used_rules(read_rules(static, name), names)
    ]
    return tinycss2.serialize(embed_icons(rules, static, names))


def _cascade(linked: Iterable[list[str]]) -> Iterable[str]:
    """All sheets in an order that agrees with the order on each page."""
    order = TopologicalSorter()
    for sheets in linked:
        for i, sheet in enumerate(sheets):
            order.add(sheet, *sheets[:i])
    return order.static_order()


def _link_once(page: str, address: str) -> str:
    """The page with one link to `address` in place of its links to style sheets."""
    links = iter([f'<link rel="stylesheet" href="{address}" />\n'])
    return _LINK.sub(lambda _: next(links, ""), page)


def setup(app: Sphinx) -> None:
    when_built(app, _one_sheet)
