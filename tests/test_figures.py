"""The figures' look: the same file each time, ink that follows the page, colours one can see."""

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest
from wcag import BACKGROUNDS, contrast

from regularization import figures

matplotlib.use("agg")


@pytest.fixture
def draw():
    def draw() -> str:
        fig, ax = figures.subplots()
        ax.plot(np.arange(5), np.arange(5) ** 2, label="square")
        ax.fill_between(np.arange(5), np.arange(5), alpha=0.3)
        ax.set(xlabel="x", ylabel="y", title="a figure")
        ax.legend()
        return figures.to_svg(fig)

    yield draw
    plt.close("all")
    plt.rcdefaults()


def test_wcag_formula_on_known_pairs():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "rgb(255, 255, 255)") == pytest.approx(4.48, abs=0.005)
    assert contrast("#123456", "#123456") == 1


def test_the_same_figure_gives_the_same_file(draw):
    assert draw() == draw()


def test_ink_follows_the_page(draw):
    svg = draw()
    assert svg.count("currentColor") > 10, "axes, ticks and labels are drawn in currentColor"
    assert figures.INK not in svg
    assert "#000000" not in svg, "something is drawn in a black that would vanish in the dark"
    assert "#ffffff" not in svg, "something is drawn in white"


def test_no_date_in_the_file(draw):
    assert "<dc:date>" not in draw()


def test_figure_is_closed(draw):
    before = plt.get_fignums()
    draw()
    assert plt.get_fignums() == before


@pytest.mark.parametrize("background", BACKGROUNDS)
@pytest.mark.parametrize("name", ["BLUE", "ORANGE", "GREEN", "PURPLE", "RED", "GREY"])
def test_palette_can_be_seen(name, background):
    ratio = contrast(getattr(figures, name), background)
    assert ratio >= 3, f"{name} on {background} has contrast {ratio:.2f}, 3 is the least"


def test_palette_is_the_cycle():
    assert len(set(figures.CYCLE)) == len(figures.CYCLE) == 6


def test_glue_stores_what_myst_nb_stores(monkeypatch):
    from IPython.core.interactiveshell import InteractiveShell
    from myst_nb.ext import glue as theirs

    stored = []

    def record(data, *, raw, metadata):
        stored.append((data, raw, metadata))

    InteractiveShell.instance()  # without one, myst_nb formats nothing
    monkeypatch.setattr(theirs, "ipy_display", record)
    monkeypatch.setattr(figures, "display", record)
    for value in (3, 0.25, "12 %"):
        stored.clear()
        theirs.glue("name", value, display=False)
        figures.glue("name", value)
        assert stored[0] == stored[1]
    InteractiveShell.clear_instance()


def test_glue_keeps_no_digit_that_depends_on_the_machine(monkeypatch):
    stored = []
    monkeypatch.setattr(figures, "display", lambda data, **_: stored.append(*data.values()))
    for value in (0.1 + 0.2, np.float64(2 / 3) * 1e-5, 12345678.25, 3, "3.00000000001"):
        figures.glue("name", value)
    assert stored == ["0.3", "6.66666667e-06", "12345678.2", "3", "'3.00000000001'"]
