"""The page at the top of the build, which leads into the book.

The default one names no icon, so that browsers ask the server for a /favicon.ico.
"""

from html import escape
from pathlib import Path

from sphinx.application import Sphinx

_PAGE = """<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<title>{title}</title>
<link rel="icon" href="_static/favicon.svg">
<meta http-equiv="refresh" content="0; url={first}">
<p><a href="{first}">{title}</a></p>
</html>
"""


def _write(app: Sphinx, exception: Exception | None) -> None:
    if exception or app.builder.format != "html":
        return
    first, title = app.builder.get_target_uri(app.config.root_doc), escape(app.config.html_title)
    page = _PAGE.format(first=first, title=title)
    Path(app.outdir, "index.html").write_text(page, encoding="utf-8")


def setup(app: Sphinx) -> None:
    app.connect("build-finished", _write, priority=100)  # before the default, which finds one then
