"""Which classes and ids the book's pages have, or its scripts may give to an element."""

import re
from collections.abc import Iterable

_ATTRIBUTE = re.compile(r"""\b(?:class|id)\s*=\s*\\*(?:["']([^"'\\]*)|([^\s"'>\\]+))""")
_INLINE = re.compile(r"<script\b[^>]*>(.*?)</script>", re.DOTALL)
_WORD = re.compile(r"[\w-]+")
_START = re.compile(r"""([\w-]+-)(?:\$\{|["'`])""")  # `bs-${name}`, "bs-" + name


class Names:
    def __init__(self, markup: Iterable[str], scripts: Iterable[str]):
        """Of markup (also within a script's text) its attributes, of scripts every word."""
        self._names: set[str] = set()
        starts: set[str] = set()
        scripts = list(scripts)
        for text in markup:
            for values in _ATTRIBUTE.findall(text):
                self._names.update("".join(values).split())
            scripts += _INLINE.findall(text)
        for text in scripts:
            self._names.update(_WORD.findall(text))
            starts.update(_START.findall(text))
        self._starts = tuple(starts)

    def __contains__(self, name: str) -> bool:
        return name in self._names or name.startswith(self._starts)
