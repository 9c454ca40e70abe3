"""The book's Sphinx extension: mathematics, figures, questions, verdicts."""

from sphinx.application import Sphinx

from interview.sphinx import (
    cards,
    claims,
    first_page,
    from_labs,
    frontend,
    lean,
    mathml,
    quiz,
    study,
)


def setup(app: Sphinx) -> dict[str, bool]:
    for part in (mathml, from_labs, quiz, study, cards, frontend, claims, first_page, lean):
        part.setup(app)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
