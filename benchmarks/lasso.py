"""The teaching coordinate descent beside scikit-learn's compiled one, to the same duality gap."""

import numpy as np
import sklearn
from sklearn.linear_model import Lasso

from benchmarks.race import Row, race
from regularization.linear import lambda_max
from regularization.solvers import coordinate_descent, duality_gap

TOL = 1e-6  # of ||y||^2 / n


def rows() -> list[Row]:
    return [_compare(*shape) for shape in ((1000, 100), (200, 2000))]


def _compare(n: int, p: int) -> Row:
    rng = np.random.default_rng(0)
    X = np.asfortranarray(rng.normal(size=(n, p)))
    y = X[:, :10] @ rng.choice([-1.0, 1.0], size=10) + rng.normal(size=n)
    X -= X.mean(axis=0)
    y -= y.mean()
    lam = lambda_max(X, y) / 10
    peer = Lasso(alpha=lam, tol=TOL, max_iter=100_000)
    for coef in (coordinate_descent(X, y, lam, tol=TOL)[0], peer.fit(X, y).coef_):
        assert duality_gap(X, y, coef, lam) <= 2 * TOL * (y @ y) / n
    return race(
        f"teaching lasso, n = {n}, p = {p}, λ_max/10",
        lambda: coordinate_descent(X, y, lam, tol=TOL),
        f"scikit-learn {sklearn.__version__} Lasso",
        lambda: peer.fit(X, y),
    )
