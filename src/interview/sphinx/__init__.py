"""The book's Sphinx extension: mathematics, figures, questions, verdicts."""

from sphinx.application import Sphinx

from interview.sphinx import (
    built,
    cards,
    claims,
    first_page,
    from_labs,
    frontend,
    late_scripts,
    lean,
    mathml,
    one_sheet,
    quiz,
    study,
)


def setup(app: Sphinx) -> dict[str, bool]:
    for part in (mathml, from_labs, quiz, study, cards, frontend, claims, first_page):
        part.setup(app)
    for part in (built, lean, late_scripts, one_sheet):  # each on what the one before it left
        part.setup(app)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
