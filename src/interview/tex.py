"""TeX to MathML, once, in Python: for the book's pages, the quiz, the kernel and the Anki deck."""

import re
from functools import cache

from math_core import LatexError, LatexToMathML

_CONVERTER = LatexToMathML(
    fancy_error=False,
    macros={
        "argmin": r"\operatorname*{arg\,min}",
        "argmax": r"\operatorname*{arg\,max}",
        "sign": r"\operatorname{sign}",
        "norm": r"\lVert #1\rVert",
        "abs": r"\lvert #1\rvert",
    },
)


@cache
def tex_to_mathml(tex: str, *, display: bool = False) -> str:
    """Convert one formula.

    Parameters
    ----------
    tex
        The formula, without its dollar signs.
    display
        Set on a line of its own.

    Returns
    -------
    str
        A ``<math>`` element.

    Raises
    ------
    ValueError
        If the formula is not understood; one sentence that quotes it.
    """
    try:
        return _CONVERTER.convert_with_local_state(tex.strip(), displaystyle=display)
    except LatexError as error:
        raise ValueError(f"the formula {tex.strip()!r} is not understood: {error}") from error


def join_punctuation(html: str) -> str:
    """Keep a comma or full stop on the line of the inline formula before it (a word joiner)."""
    return re.sub(r"(</math>(?:</span>)?)(?=[.,;:!?)’”])", "\\1\u2060", html)
