"""Mathematics as MathML in the page: nothing to load, nothing to run, selectable and audible."""

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number

from interview.tex import join_punctuation, tex_to_mathml

logger = logging.getLogger(__name__)


def _convert(node: nodes.Element, *, display: bool) -> str:
    try:
        return tex_to_mathml(node.astext(), display=display)
    except ValueError as error:
        logger.warning("%s", error, location=node)
        return ""


def _visit_inline(self, node: nodes.math) -> None:
    self.body.append(f'<span class="math">{_convert(node, display=False)}</span>')
    raise nodes.SkipNode


def _visit_block(self, node: nodes.math_block) -> None:
    # A wide formula scrolls by itself; tabindex lets the keyboard scroll it too.
    self.body.append(self.starttag(node, "div", CLASS="math"))
    self.body.append('<div class="math-scroll" tabindex="0">')
    self.body.append(_convert(node, display=True))
    self.body.append("</div>")
    if node["number"]:
        number = get_node_equation_number(self, node)
        self.body.append(f'<span class="eqno">({number})')
        self.add_permalink_ref(node, "Link to this equation")
        self.body.append("</span>")
    self.body.append("</div>\n")
    raise nodes.SkipNode


def _join_punctuation(app: Sphinx, page: str, template: str, context: dict, doctree) -> None:
    if "body" in context:
        context["body"] = join_punctuation(context["body"])


def setup(app: Sphinx) -> None:
    app.connect("html-page-context", _join_punctuation)
    app.add_html_math_renderer("mathml", (_visit_inline, None), (_visit_block, None))
