"""Figures of the labs, inline as SVG so that their ink follows the page's colour scheme."""

import re
from html import escape
from pathlib import Path
from typing import ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxDirective

from interview.labs import figure

_HEAD = re.compile(r"^.*?<svg[^>]*?(viewBox=\"[^\"]*\")[^>]*>", re.DOTALL)
_OWN_STYLE = re.compile(r"<(style|metadata)[^>]*>.*?</\1>\s*", re.DOTALL)


def inline_svg(svg: str, alt: str) -> str:
    """A lab's SVG made fit to stand in a page: no prolog, no style of its own, an alt text."""
    label = escape(alt, quote=True)
    head = f'<svg class="lab-figure" role="img" aria-label="{label}" '
    body = _OWN_STYLE.sub("", svg)
    return _HEAD.sub(lambda match: f"{head}{match[1]}>", body, count=1)


class LabFigure(SphinxDirective):
    """``{lab-figure} l1 fig-name``: a figure that the chapter's lab stores, with a caption here."""

    required_arguments = 2
    has_content = True
    option_spec: ClassVar = {"name": directives.unchanged}

    def run(self) -> list[nodes.Node]:
        chapter, wanted = self.arguments
        path = Path(self.env.srcdir, "notebooks", f"{chapter}.ipynb")
        self.env.note_dependency(str(path))
        try:
            svg, alt = figure(path, wanted)
        except (OSError, KeyError) as error:
            raise self.error(f"lab-figure: {error.args[-1]}") from error
        text, messages = self.state.inline_text(" ".join(self.content), self.lineno)
        picture = nodes.raw("", inline_svg(svg, alt), format="html")
        node = nodes.figure("", picture, nodes.caption("", "", *text))
        self.add_name(node)
        self.set_source_info(node)
        return [node, *messages]


class InlineLabImages(SphinxPostTransform):
    """Put the SVG outputs of a lab into its page instead of linking to files."""

    default_priority = 5
    formats = ("html",)

    def run(self, **kwargs) -> None:
        for image in list(self.document.findall(nodes.image)):
            path = Path(self.env.srcdir, image["uri"])
            if path.suffix == ".svg" and "jupyter_execute" in path.parts:
                markup = inline_svg(path.read_text(encoding="utf-8"), image.get("alt", ""))
                image.replace_self(nodes.raw("", markup, format="html"))


def setup(app: Sphinx) -> None:
    app.add_directive("lab-figure", LabFigure)
    app.add_post_transform(InlineLabImages)
