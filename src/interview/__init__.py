"""The study tools: question bank, quiz, flashcards, mock interview, readiness; the book's Sphinx
extension; and the command line."""

__all__ = ["flashcards", "mock_interview", "quiz", "readiness"]


def __getattr__(name: str):
    """Load the widgets when they are first asked for: nothing else here needs Jupyter."""
    if name in __all__:
        from interview import widgets

        return getattr(widgets, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
