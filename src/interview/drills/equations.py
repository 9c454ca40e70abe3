"""Write the equation: the penalties and the two objectives, checked by value."""

import numpy as np

from interview.drills.drill import Drill, WrongAnswer


def l1_penalty(w, lam):
    return lam * np.abs(w).sum()


def l2_penalty(w, lam):
    return lam / 2 * (w**2).sum()


def lasso_objective(X, y, w, b, lam):
    r = y - X @ w - b
    return r @ r / (2 * len(y)) + lam * np.abs(w).sum()


def ridge_objective(X, y, w, b, lam):
    r = y - X @ w - b
    return r @ r / (2 * len(y)) + lam / 2 * (w @ w)


def _weights(rng):
    return [(rng.normal(size=p), float(lam)) for p, lam in ((1, 2.0), (3, 0.5), (6, 0.1))]


def _data(rng):
    return [
        (rng.normal(size=(n, p)), rng.normal(size=n), rng.normal(size=p), 0.7, float(lam))
        for n, p, lam in ((5, 2, 0.3), (8, 3, 1.0))
    ]


def _changed(objective, loss=1.0, penalty=1.0):
    """The objective with its loss and its penalty multiplied."""

    def wrong(X, y, w, b, lam):
        whole, bare = objective(X, y, w, b, lam), objective(X, y, w, b, 0.0)
        return loss(len(y)) * bare + penalty * (whole - bare)

    return wrong


DRILLS = (
    Drill(
        "l1-penalty",
        "`l1_penalty(w, lam)`: the L1 penalty of the weights `w` (p,), in this book's convention.",
        l1_penalty,
        (
            WrongAnswer(
                lambda w, lam: lam * w.sum(), "You sum the weights; L1 sums absolute values."
            ),
            WrongAnswer(
                lambda w, lam: lam * (w**2).sum(), "You sum squares: that is L2, and without its ½."
            ),
            WrongAnswer(
                lambda w, lam: lam / 2 * np.abs(w).sum(),
                "There is no ½ in L1: the ½ of L2 cancels the 2 of a derivative, and here is none.",
            ),
            WrongAnswer(
                lambda w, lam: lam * np.abs(w).mean(), "You average over the weights; L1 sums."
            ),
            WrongAnswer(lambda w, lam: np.abs(w).sum(), "λ is missing."),
        ),
        _weights,
    ),
    Drill(
        "l2-penalty",
        "`l2_penalty(w, lam)`: the L2 penalty of the weights `w` (p,), in this book's convention "
        "(with the ½).",
        l2_penalty,
        (
            WrongAnswer(
                lambda w, lam: lam * (w**2).sum(),
                "The ½ is missing: with it the gradient is λw, without it 2λw.",
            ),
            WrongAnswer(
                lambda w, lam: lam / 2 * np.sqrt((w**2).sum()),
                "You take the norm; the penalty is its square. The norm itself is the group lasso.",
            ),
            WrongAnswer(
                lambda w, lam: lam * np.sqrt((w**2).sum()),
                "You take the norm; the penalty is half its square.",
            ),
            WrongAnswer(lambda w, lam: lam * np.abs(w).sum(), "That is L1."),
            WrongAnswer(
                lambda w, lam: lam**2 / 2 * (w**2).sum(), "λ is not squared, only the weights are."
            ),
        ),
        _weights,
    ),
    Drill(
        "lasso-objective",
        "`lasso_objective(X, y, w, b, lam)`: the whole objective of the lasso, `X` (n, p), "
        "intercept `b`, in this book's convention.",
        lasso_objective,
        (
            WrongAnswer(
                _changed(lasso_objective, lambda n: 2.0),
                "The ½ of the loss is missing: λ then weighs half of what it weighs here.",
            ),
            WrongAnswer(
                _changed(lasso_objective, lambda n: 1.0 * n),
                "You sum the squares; this book takes the mean. λ then weighs a 1/n part.",
            ),
            WrongAnswer(
                _changed(lasso_objective, lambda n: 2.0 * n),
                "You sum the squares, and the ½ is missing: this book's loss is divided by 2n.",
            ),
            WrongAnswer(
                lambda X, y, w, b, lam: lasso_objective(X, y, w, b, lam) + lam * abs(b),
                "You penalise the intercept. The fit would depend on where y has its origin.",
            ),
            WrongAnswer(ridge_objective, "That is ridge: the lasso sums absolute values."),
        ),
        _data,
    ),
    Drill(
        "ridge-objective",
        "`ridge_objective(X, y, w, b, lam)`: the whole objective of ridge, `X` (n, p), "
        "intercept `b`, in this book's convention.",
        ridge_objective,
        (
            WrongAnswer(
                _changed(ridge_objective, lambda n: 1.0, 2.0), "The ½ of the penalty is missing."
            ),
            WrongAnswer(
                _changed(ridge_objective, lambda n: 2.0 * n, 2.0),
                "That is scikit-learn's `Ridge`: summed loss, no ½. There alpha is nλ.",
            ),
            WrongAnswer(_changed(ridge_objective, lambda n: 2.0), "The ½ of the loss is missing."),
            WrongAnswer(
                lambda X, y, w, b, lam: ridge_objective(X, y, w, b, lam) + lam / 2 * b**2,
                "You penalise the intercept. The fit would depend on where y has its origin.",
            ),
        ),
        _data,
    ),
)
