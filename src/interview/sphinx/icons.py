"""The theme's icon fonts: of 2,000 icons those that the book's rules show, and within the sheet, so
that they are there with the first frame."""

import logging
import re
from base64 import b64encode
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator
from io import BytesIO
from pathlib import Path

import tinycss2
from fontTools import subset
from tinycss2.ast import Node

from interview.sphinx.css_rules import style_rules

_FONT = re.compile(r'[^"]*/fa-(\w+)-\d+\.ttf')  # Font Awesome: solid, regular or brands
logging.getLogger("fontTools").setLevel(logging.WARNING)  # else it tells of every step


def embed_icons(rules: list[Node], folder: Path, names: Container[str]) -> Iterator[Node]:
    """The rules, with the fonts that something asks for in them and not in files of `folder`."""
    text, shown = tinycss2.serialize(rules), _shown(rules)
    for rule in rules:
        face = tinycss2.serialize([rule])
        font = face.startswith("@font-face") and _FONT.search(face)
        if not font:
            yield rule
        elif _asks(font[1], text, names):
            data = b64encode(_subset(folder / font[0], shown)).decode()
            source = f'src:url(data:font/woff;base64,{data}) format("woff")'
            yield tinycss2.parse_one_rule(re.sub(r"\bsrc:[^;}]*", source, face))


def _asks(style: str, text: str, names: Container[str]) -> bool:
    """Whether an element (``fa-solid``, ``fas``) or a rule has icons of the style."""
    return f"fa-{style}" in names or f"fa{style[0]}" in names or f"var(--fa-font-{style})" in text


def _shown(rules: Iterable[Node]) -> set[str]:
    """The characters in `content`, also by way of custom properties."""
    values = defaultdict(list)
    for rule in style_rules(rules):
        for part in tinycss2.parse_blocks_contents(rule.content):
            if part.type == "declaration":
                values[part.name] += part.value

    def characters(tokens: Iterable[Node]) -> Iterator[str]:
        for token in tokens:
            if token.type == "string":
                yield from token.value
            elif token.type == "function":  # var(--name), attr(name) "text"
                yield from characters(token.arguments)
            elif token.type == "ident":
                yield from characters(values.pop(token.value, ()))  # once is enough

    return set(characters(values.pop("content", ())))


def _subset(font: Path, characters: Iterable[str]) -> bytes:
    """A web font of those of the characters that the font has.

    Under another name, as its licence, the Open Font License, reserves the name; the notice of
    copyright stays in it.
    """
    options = subset.Options(flavor="woff", obfuscate_names=True)
    whole = subset.load_font(font, options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(text="".join(characters))
    subsetter.subset(whole)
    small = BytesIO()
    subset.save_font(whole, small, options)
    return small.getvalue()
