"""One look for every figure: palette, sizes, and SVG that is legible in light and in dark.

And `glue`, by which a lab hands a number to the book's pages.
"""

import io
import re

import matplotlib as mpl
import matplotlib.pyplot as plt
from IPython.display import SVG, display
from matplotlib.figure import Figure

# Each has a contrast of at least 3:1 on white and on the book's dark ground.
BLUE, ORANGE, GREEN, PURPLE, RED, GREY = (
    "#2b7bba",
    "#c96a0b",
    "#2e8b57",
    "#a05cc8",
    "#d6453d",
    "#7d7d7d",
)
CYCLE = (BLUE, ORANGE, GREEN, PURPLE, RED, GREY)

# Matplotlib wants a colour; the saved file has `currentColor` in its place.
INK = "#010203"
_INK_BY_SCHEME = (
    "<style>svg{color:#24292f}"
    "@media(prefers-color-scheme:dark){svg{color:#e6e6e6}}</style>"
)  # fmt: skip

_TAG = re.compile(r"<[^>]*>")  # coordinates stand in tags, labels between them
_MANY_DIGITS = re.compile(r"(\.\d\d)\d+")  # a hundredth of a point is finer than any screen

_STYLE = {
    "figure.constrained_layout.use": True,
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "savefig.facecolor": "none",
    "legend.frameon": False,
    "font.size": 11.5,
    "axes.titlesize": 11.5,
    "legend.fontsize": 10.5,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.alpha": 0.15,
    "lines.linewidth": 1.8,
    "axes.prop_cycle": mpl.cycler(color=CYCLE),
    "svg.hashsalt": "regularization",  # the same figure gives the same file
    "svg.fonttype": "none",  # text stays text: a fifth of the size, and it can be selected
    **dict.fromkeys(
        [
            "text.color",
            "axes.edgecolor",
            "axes.labelcolor",
            "axes.titlecolor",
            "xtick.color",
            "ytick.color",
            "grid.color",
        ],
        INK,
    ),
}


def subplots(nrows: int = 1, ncols: int = 1, *, height: float = 3.2, **kwargs):
    """`plt.subplots`, 6 inches wide and `height` inches a row; sets the course's style for good.

    At that width the labels are still legible on a phone.
    """
    plt.rcParams.update(_STYLE)
    return plt.subplots(nrows, ncols, figsize=(6.0, height * nrows), **kwargs)


def to_svg(fig: Figure) -> str:
    """The figure as one SVG string whose ink is `currentColor`; the figure is closed."""
    buffer = io.StringIO()
    fig.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    plt.close(fig)
    svg = buffer.getvalue().replace(INK, "currentColor")
    svg = _TAG.sub(lambda tag: _MANY_DIGITS.sub(r"\1", tag[0]), svg)
    return svg.replace("<defs>", _INK_BY_SCHEME + "<defs>", 1)


def show(fig: Figure) -> None:
    """Display the figure in a notebook as SVG and close it."""
    display(SVG(to_svg(fig)))


def glue(name: str, value) -> None:
    """Store `value` in the notebook under `name`, for the book's pages; nothing is shown.

    It is `myst_nb.glue(name, value, display=False)` for what prints as its `repr`, without loading
    Sphinx, which takes seconds. Of a float nine digits are kept: the last depend on the machine.
    """
    prefix = "application/papermill.record/"
    if isinstance(value, float):
        value = float(f"{value:.9g}")
    display(
        {f"{prefix}text/plain": repr(value)},
        metadata={"scrapbook": {"name": name, "mime_prefix": prefix}},
        raw=True,
    )
