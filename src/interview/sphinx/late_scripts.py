"""The page and the book's own scripts first, then the theme's and Sphinx's.

They stood before and around the text, and the browser ran them before it painted. Now it asks for
them when it has painted the page. All that they need at once is DOCUMENTATION_OPTIONS, which moves
into the page.
"""

import json
import re
from pathlib import Path

from sphinx.application import Sphinx

from interview.sphinx.built import is_search, pages, when_built

_OPTIONS = "_static/documentation_options.js"
_LOADED = r'<script\b[^>]*\bsrc="(?P<address>[^"]*)"[^>]*></script>\s*'
_PRELOAD = r'<link\b[^>]*\bas="script"[^>]*>\s*'
_OWN = "_static/interview/"
_COPY = r"clipboard|copybutton"  # they put a button beside each block of code
_CODE = '<div class="highlight">'
_LOAD = """\
<script>
addEventListener("DOMContentLoaded", () => requestAnimationFrame(() => setTimeout(() => {
  for (const src of %s)
    document.head.append(Object.assign(document.createElement("script"), { src, async: false }));
})));
</script>
"""


def _late(page: str) -> str:
    addresses = []

    def put_off(match: re.Match) -> str:
        address = match["address"]
        if _OWN in address:
            return match.group()
        if _CODE in page or not re.search(_COPY, address):
            addresses.append(address)
        return ""

    late = re.sub(_LOADED, put_off, re.sub(_PRELOAD, "", page))
    return late.replace("</head>", _LOAD % json.dumps(addresses) + "</head>", 1)


def _late_build(out: Path) -> None:
    file = out / _OPTIONS
    options = f"<script>{file.read_text(encoding='utf-8')}</script>\n"
    for path, page in pages(out):
        changed = re.sub(rf"<script[^>]*{_OPTIONS}[^>]*></script>\s*", lambda _: options, page)
        path.write_text(changed if is_search(path) else _late(changed), encoding="utf-8")
    file.unlink()


def setup(app: Sphinx) -> None:
    when_built(app, _late_build)
