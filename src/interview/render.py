"""Markdown with TeX to HTML: the one renderer of prompts, options and answers.

Raw HTML in the source is shown as text and ``javascript:`` links are refused, so what comes out
is safe to put on a page whatever went in.
"""

import pygments
from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

from interview.tex import join_punctuation, tex_to_mathml

_FORMATTER = HtmlFormatter(cssclass="highlight")


def _math(tex: str, options: dict) -> str:
    return tex_to_mathml(tex, display=options["display_mode"])


def _fence(self, tokens, idx, options, env) -> str:
    """A code block, coloured by the classes that Sphinx's own style sheet knows."""
    token = tokens[idx]
    try:
        lexer = get_lexer_by_name(token.info.strip() or "text")
    except ClassNotFound:
        lexer = get_lexer_by_name("text")
    return pygments.highlight(token.content, lexer, _FORMATTER)


_MARKDOWN = (
    MarkdownIt("commonmark", {"html": False})
    .enable("table")
    .use(dollarmath_plugin, renderer=_math, double_inline=True)
)
_MARKDOWN.add_render_rule("fence", _fence)


def to_html(markdown: str) -> str:
    """Render Markdown with TeX as block-level HTML; raises ValueError for TeX it cannot read."""
    return join_punctuation(_MARKDOWN.render(markdown))


def to_inline_html(markdown: str) -> str:
    """Render one paragraph's worth of Markdown without the enclosing ``<p>``."""
    return join_punctuation(_MARKDOWN.renderInline(markdown.strip()))
