"""Ridge: a path, leave-one-out errors and one very wide fit, beside scikit-learn."""

from collections.abc import Iterator

import numpy as np
import sklearn
from sklearn.linear_model import Ridge, RidgeCV

from benchmarks.fast_lasso import problem
from benchmarks.race import Row, race, race_all
from regularization.linear import ridge_path
from regularization.ridge import leave_one_out, ridge_cg

LAMS = np.logspace(-2, 2, 100)
PEER = f"scikit-learn {sklearn.__version__}"


def rows() -> Iterator[Row]:
    for n, p in ((5000, 500), (1000, 5000)):
        X, y = problem(n, p, 0.0)
        yield _path(X, y)
        yield _leave_one_out(X, y)
    yield from _wide(*problem(1000, 100_000, 0.0))


def _path(X, y) -> Row:
    n = len(y)

    def refits():
        return np.array([Ridge(alpha=n * lam).fit(X, y).coef_ for lam in LAMS])

    np.testing.assert_allclose(ridge_path(X, y, LAMS).coefs, refits(), atol=1e-8)
    return race(
        f"ridge at 100 λ, {n} x {X.shape[1]}",
        lambda: ridge_path(X, y, LAMS),
        f"100 fits of {PEER} Ridge",
        refits,
        5,
    )


def _leave_one_out(X, y) -> Row:
    n = len(y)
    peer = RidgeCV(alphas=(n - 1) * LAMS, store_cv_results=True)
    ours = np.square(leave_one_out(X, y, LAMS)).T
    np.testing.assert_allclose(ours, peer.fit(X, y).cv_results_, rtol=1e-6)
    return race(
        f"leave-one-out at 100 λ, {n} x {X.shape[1]}",
        lambda: leave_one_out(X, y, LAMS),
        f"{PEER} RidgeCV",
        lambda: peer.fit(X, y),
        5,
    )


def _wide(X, y) -> list[Row]:
    """Matrix-free; each solver of the peer at the tolerance that leaves a like gradient."""
    n, lam = len(y), 1.0
    runs = {
        f"{PEER} Ridge, {solver}": lambda solver=solver: (
            Ridge(alpha=n * lam, solver=solver, tol=1e-6).fit(X, y).coef_
        )
        for solver in ("sparse_cg", "lsqr", "cholesky")
    }

    def gradient(w) -> str:
        active = y - y.mean() - X @ w + X.mean(axis=0) @ w
        g = X.T @ (active - active.mean()) / n - lam * w
        return f"gradient {np.linalg.norm(g) / np.linalg.norm(X.T @ (y - y.mean()) / n):.0e}"

    return race_all(
        f"one ridge fit, {n} x {X.shape[1]}",
        lambda: ridge_cg(X, y, lam, tol=1e-6).coef,
        runs,
        5,
        gradient,
    )
