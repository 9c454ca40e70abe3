"""Style sheets as rules: read with their imports, and without those that no element can match."""

import re
from collections.abc import Container, Iterable, Iterator
from itertools import groupby, pairwise
from pathlib import Path
from posixpath import dirname, join, normpath

import tinycss2
from tinycss2.ast import Node

_ADDRESS = re.compile(r"""url\(\s*["']?(?![a-z]+:|/|#|%23)([^"')\s]+)["']?\s*\)""")
_GROUPS = ("media", "supports")  # of rules; other at-rules are not looked into
_NOTICE = re.compile(r"copyright|licen[cs]e", re.IGNORECASE)


def read_rules(folder: Path, name: str) -> Iterator[Node]:
    """The rules of the sheet `name` in `folder`; addresses in them become relative to `folder`."""

    def moved(address: str) -> str:
        return normpath(join(dirname(name), address))

    text = (folder / name).read_text(encoding="utf-8")
    text = _ADDRESS.sub(lambda match: f'url("{moved(match[1])}")', text)
    for rule in tinycss2.parse_stylesheet(text, skip_whitespace=True):
        match _keyword(rule):
            case "import":  # of an address only: the themes have no other
                address = tinycss2.serialize(rule.prelude).strip(" \"'")
                yield from read_rules(folder, moved(address))
            case "charset":  # stands at the start of a file or nowhere
                pass
            case _:
                yield rule


def used_rules(rules: Iterable[Node], names: Container[str]) -> Iterator[Node]:
    """All but the rules of which every selector requires a class or id that is not in `names`.

    A rule stays whole: a browser drops one for a selector that it does not know, and without that
    selector would not. Comments go, except notices of copyright.
    """
    for rule in rules:
        if rule.type == "qualified-rule":
            selectors = groupby(rule.prelude, key=lambda token: token == ",")
            if any(_may_match(selector, names) for comma, selector in selectors if not comma):
                yield rule
        elif _keyword(rule) in _GROUPS:
            inside = tinycss2.parse_rule_list(rule.content, skip_whitespace=True)
            rule.content = list(used_rules(inside, names))
            if rule.content:
                yield rule
        elif rule.type == "at-rule" or (rule.type == "comment" and _NOTICE.search(rule.value)):
            yield rule


def style_rules(rules: Iterable[Node]) -> Iterator[Node]:
    """The rules with a selector among rules that `used_rules` gave."""
    for rule in rules:
        if rule.type == "qualified-rule":
            yield rule
        elif _keyword(rule) in _GROUPS:
            yield from style_rules(rule.content)


def _keyword(rule: Node) -> str | None:
    return rule.lower_at_keyword if rule.type == "at-rule" else None


def _may_match(selector: Iterable[Node], names: Container[str]) -> bool:
    """Whether `names` has its classes and ids, but for those within ``:not(…)``, ``:is(…)``."""
    return all(
        token.value in names
        for before, token in pairwise([None, *selector])
        if token.type == "hash" or (token.type == "ident" and before == ".")
    )
