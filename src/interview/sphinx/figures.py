"""Figures of the labs, inline as SVG so that their ink follows the page's colour scheme."""

import re
from html import escape
from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxDirective

from interview.labs import figure

_HEAD = re.compile(r"^.*?<svg[^>]*?(?P<box>viewBox=\"[^\"]*\")[^>]*>", re.DOTALL)
_STYLE = re.compile(r"<style[^>]*>.*?</style>\s*", re.DOTALL)
_METADATA = re.compile(r"<metadata>.*?</metadata>\s*", re.DOTALL)


def inline_svg(svg: str, alt: str) -> str:
    """A Matplotlib SVG made fit to stand in a page: no prolog, no style of its own, an alt text."""
    body = _METADATA.sub("", _STYLE.sub("", svg))
    label = escape(alt, quote=True)
    return _HEAD.sub(
        rf'<svg xmlns="http://www.w3.org/2000/svg" class="lab-figure" role="img" '
        rf'aria-label="{label}" \g<box> preserveAspectRatio="xMidYMid">'.replace("\\g", "\\g"),
        body,
        count=1,
    )


class LabFigure(SphinxDirective):
    """``{lab-figure} l1 fig-name``: a figure that the chapter's lab stores, with a caption here."""

    required_arguments = 2
    has_content = True
    option_spec = {"name": directives.unchanged}

    def run(self) -> list[nodes.Node]:
        chapter, wanted = self.arguments
        path = Path(self.env.srcdir, "notebooks", f"{chapter}.ipynb")
        self.env.note_dependency(str(path))
        try:
            svg, alt = figure(path, wanted)
        except (OSError, KeyError) as error:
            raise self.error(f"lab-figure: {error.args[-1]}") from error
        node = nodes.figure("", nodes.raw("", inline_svg(svg, alt), format="html"))
        caption = nodes.caption()
        messages = self.parse_caption(caption)
        node += caption
        self.add_name(node)
        self.set_source_info(node)
        return [node, *messages]

    def parse_caption(self, caption: nodes.caption) -> list[nodes.Node]:
        children, messages = self.state.inline_text(" ".join(self.content), self.lineno)
        caption += children
        return messages


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
