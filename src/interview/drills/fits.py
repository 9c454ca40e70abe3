"""Fit a model: ridge in closed form, the lasso by coordinate descent."""

import numpy as np

from interview.drills.drill import Drill, WrongAnswer
from interview.drills.steps import soft_threshold


def ridge(X, y, lam):
    x_mean, y_mean, n = X.mean(axis=0), y.mean(), len(y)
    X, y = X - x_mean, y - y_mean
    w = np.linalg.solve(X.T @ X / n + lam * np.eye(X.shape[1]), X.T @ y / n)
    return w, y_mean - x_mean @ w


def lasso(X, y, lam, n_sweeps):
    n, p = X.shape
    w, r, s = np.zeros(p), y.copy(), (X**2).sum(axis=0) / n
    for _ in range(n_sweeps):
        for j in range(p):
            new = soft_threshold(X[:, j] @ r / n + s[j] * w[j], lam) / s[j]
            r += X[:, j] * (w[j] - new)
            w[j] = new
    return w


def _summed_ridge(X, y, lam):
    return ridge(X, y, lam / len(y))


def _ridge_without_intercept(X, y, lam):
    n = len(y)
    return np.linalg.solve(X.T @ X / n + lam * np.eye(X.shape[1]), X.T @ y / n), 0.0


def _ridge_with_penalised_intercept(X, y, lam):
    w, _ = _ridge_without_intercept(np.c_[X, np.ones(len(y))], y, lam)
    return w[:-1], w[-1]


def _sweeps(X, y, lam, n_sweeps, scale=True, leave_out=True, threshold=1.0, stale=False):
    """The lasso's sweeps with one thing left out."""
    n, p = X.shape
    w, s = np.zeros(p), (X**2).sum(axis=0) / n
    for _ in range(n_sweeps):
        frozen = y - X @ w
        for j in range(p):
            r = frozen if stale else y - X @ w
            z = X[:, j] @ r / n + (s[j] * w[j] if leave_out else 0)
            w[j] = soft_threshold(z, threshold * lam) / (s[j] if scale else 1)
    return w


def _mistake(**change):
    return lambda X, y, lam, n_sweeps: _sweeps(X, y, lam, n_sweeps, **change)


def _regressions(rng):
    return [
        (rng.normal(size=(n, p)) + 1, rng.normal(size=n) + 2, float(lam))
        for n, p, lam in ((8, 3, 0.5), (12, 4, 0.1))
    ]


def _centred(rng):
    cases = []
    for n, p, lam in ((20, 3, 0.1), (30, 5, 0.05)):
        X = rng.normal(size=(n, p)) * rng.uniform(0.8, 1.2, p)
        y = X @ rng.normal(size=p) + rng.normal(size=n)
        cases.append((X - X.mean(axis=0), y - y.mean(), float(lam), 2))
    return cases


DRILLS = (
    Drill(
        "ridge",
        "`ridge(X, y, lam)` → `(w, b)`: minimise ‖y − Xw − b‖²/(2n) + (λ/2)‖w‖² in closed form, "
        "`X` (n, p) not centred.",
        ridge,
        (
            WrongAnswer(
                _summed_ridge,
                "Your λ stands beside a summed loss: with the mean, X'X is divided by n first.",
            ),
            WrongAnswer(
                _ridge_without_intercept, "There is no intercept: centre X and y, then recover b."
            ),
            WrongAnswer(
                _ridge_with_penalised_intercept,
                "You penalise the intercept: the column of ones must not get its λ.",
            ),
            WrongAnswer(
                lambda X, y, lam: ridge(X, y, 0.0), "λ has no effect: this is least squares."
            ),
        ),
        _regressions,
    ),
    Drill(
        "lasso",
        "`lasso(X, y, lam, n_sweeps)` → `w`: cyclic coordinate descent from zero for "
        "‖y − Xw‖²/(2n) + λ‖w‖₁, `X` (n, p) and `y` centred, columns in order.",
        lasso,
        (
            WrongAnswer(
                _mistake(scale=False),
                "You do not divide by ‖xⱼ‖²/n: right only for columns of that length one.",
            ),
            WrongAnswer(
                _mistake(leave_out=False),
                "The residual still contains feature j: add xⱼwⱼ back before you threshold.",
            ),
            WrongAnswer(
                _mistake(stale=True),
                "You update the residual once a sweep, not after each weight: that is Jacobi's "
                "method, and it may diverge.",
            ),
            WrongAnswer(_mistake(threshold=0.0), "λ has no effect: this is least squares."),
        ),
        _centred,
    ),
)
