"""Figures and code of the labs, quoted in the prose from the executed notebooks.

Figures stand inline as SVG, so that their ink follows the page's colour scheme.
"""

import re
from html import escape
from pathlib import Path
from typing import ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxDirective

from interview import labs

_HEAD = re.compile(r"^.*?<svg[^>]*?(viewBox=\"[^\"]*\")[^>]*>", re.DOTALL)
_OWN_STYLE = re.compile(r"<(style|metadata)[^>]*>.*?</\1>\s*", re.DOTALL)


def inline_svg(svg: str, alt: str) -> str:
    """A lab's SVG made fit to stand in a page: no prolog, no style of its own, an alt text."""
    label = escape(alt, quote=True)
    head = f'<svg class="lab-figure" role="img" aria-label="{label}" '
    body = _OWN_STYLE.sub("", svg)
    return _HEAD.sub(lambda match: f"{head}{match[1]}>", body, count=1)


class _FromLab(SphinxDirective):
    """``{directive} chapter name``: something that the chapter's lab stores under that name."""

    required_arguments = 2
    option_spec: ClassVar = {"name": directives.unchanged}

    def find(self, look_up):
        chapter, wanted = self.arguments
        path = Path(self.env.srcdir, "notebooks", f"{chapter}.ipynb")
        self.env.note_dependency(str(path))
        try:
            return look_up(path, wanted)
        except OSError as error:
            raise self.error(f"{self.name}: the book has no lab {path.name}") from error
        except KeyError as error:
            raise self.error(f"{self.name}: {error.args[-1]}") from error

    def finish(self, node: nodes.Element) -> list[nodes.Node]:
        self.add_name(node)
        self.set_source_info(node)
        return [node]


class LabFigure(_FromLab):
    """``{lab-figure} l1 fig-name``: a figure of the lab, with the caption that is given here."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        svg, alt = self.find(labs.figure)
        text, messages = self.state.inline_text(" ".join(self.content), self.lineno)
        picture = nodes.raw("", inline_svg(svg, alt), format="html")
        return [*self.finish(nodes.figure("", picture, nodes.caption("", "", *text))), *messages]


class LabCode(_FromLab):
    """``{lab-code} l1 tag``: the code of the cell with that tag."""

    def run(self) -> list[nodes.Node]:
        code = self.find(labs.source)
        return self.finish(nodes.literal_block(code, code, language="python"))


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
    app.add_directive("lab-code", LabCode)
    app.add_post_transform(InlineLabImages)
