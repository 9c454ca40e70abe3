"""Oracles: scikit-learn's LogisticRegression, SciPy's L-BFGS, the KKT conditions."""

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from regularization.conventions import logistic_C_from_lam
from regularization.linear import lambda_max
from regularization.logistic import logistic, logistic_gap


def make(n, p, rho=0.0, seed=0, separable=False):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, p))
    for j in range(1, p):
        X[:, j] = rho * X[:, j - 1] + np.sqrt(1 - rho**2) * X[:, j]
    z = X[:, :3] @ np.array([2.0, -1.5, 1.0])[: min(p, 3)] + 0.7
    return X + 1.0, (z + (0 if separable else 1) * rng.logistic(size=n) > 0).astype(float)


def with_constant():
    X, y = make(50, 6)
    X[:, 2], X[:, 4] = 0.1, 0.0
    return X, y


DESIGNS = {
    "n > p": make(80, 6),
    "AR 0.95": make(100, 20, rho=0.95),
    "p > n": make(30, 50),
    "separable": make(40, 5, separable=True),
    "p = 1": make(30, 1),
    "unbalanced": (make(60, 4)[0], (np.arange(60) % 20 == 0).astype(float)),
    "constant columns": with_constant(),
    "scales": (make(80, 6)[0] * np.logspace(-1, 1, 6), make(80, 6)[1]),
}
each_design = pytest.mark.parametrize(("X", "y"), DESIGNS.values(), ids=DESIGNS.keys())
fractions = pytest.mark.parametrize("fraction", [0.01, 0.1, 0.5])


def objective(X, y, w, b, lam, l1_ratio):
    penalty = lam * (l1_ratio * np.abs(w).sum() + (1 - l1_ratio) / 2 * w @ w)
    return np.mean(np.logaddexp(0, (1 - 2 * y) * (X @ w + b))) + penalty


def kkt_violation(X, y, model, lam, l1_ratio):
    """Largest distance of minus the gradient of the smooth part from the L1 subdifferential."""
    w, u = model.coef, y - expit(X @ model.coef + model.intercept)
    v = X.T @ u / len(y) - lam * (1 - l1_ratio) * w
    t = lam * l1_ratio
    off = np.where(w != 0, np.abs(v - t * np.sign(w)), np.maximum(np.abs(v) - t, 0))
    return max(off.max(), abs(u.mean()))


@each_design
@fractions
def test_l2_agrees_with_sklearn(X, y, fraction):
    lam = fraction * lambda_max(X, y)
    model = logistic(X, y, lam, tol=1e-14)
    C = logistic_C_from_lam(lam, len(y))
    fit = LogisticRegression(C=C, solver="newton-cholesky", tol=1e-10).fit(X, y)
    np.testing.assert_allclose(model.coef, fit.coef_[0], atol=1e-5)
    assert model.intercept == pytest.approx(fit.intercept_[0], abs=1e-5)
    np.testing.assert_allclose(model.predict_proba(X), fit.predict_proba(X)[:, 1], atol=1e-6)
    # A gap of 1e-14 allows a gradient of sqrt(2e-14 L), with L up to 100 in these designs.
    assert kkt_violation(X, y, model, lam, 0) < 1e-6


@each_design
@fractions
@pytest.mark.parametrize("l1_ratio", [0.5, 1.0])
def test_l1_satisfies_kkt_and_its_gap_is_closed(X, y, fraction, l1_ratio):
    lam = fraction * lambda_max(X, y) / l1_ratio
    model = logistic(X, y, lam, l1_ratio, tol=1e-12)
    assert 0 <= model.duality_gap <= 1e-12
    assert kkt_violation(X, y, model, lam, l1_ratio) < 1e-5


@pytest.mark.parametrize("name", ["n > p", "p > n", "separable", "unbalanced"])
@pytest.mark.parametrize("l1_ratio", [0.5, 1.0])
def test_l1_agrees_with_sklearn(name, l1_ratio):
    X, y = DESIGNS[name]
    lam = 0.1 * lambda_max(X, y)
    model = logistic(X, y, lam, l1_ratio, tol=1e-13)
    fit = LogisticRegression(
        C=logistic_C_from_lam(lam, len(y)),
        l1_ratio=l1_ratio,
        solver="saga",
        tol=1e-9,
        max_iter=20_000,
    ).fit(X, y)
    np.testing.assert_allclose(model.coef, fit.coef_[0], atol=2e-4)
    ours = objective(X, y, model.coef, model.intercept, lam, l1_ratio)
    theirs = objective(X, y, fit.coef_[0], fit.intercept_[0], lam, l1_ratio)
    assert ours <= theirs + 1e-12


def test_zero_exactly_from_lambda_max():
    X, y = DESIGNS["n > p"]
    top = lambda_max(X, y)
    assert not logistic(X, y, 1.001 * top, 1.0).coef.any()
    assert (logistic(X, y, 0.999 * top, 1.0).coef != 0).sum() == 1
    assert logistic(X, y, 1.001 * top, 1.0).intercept == pytest.approx(
        np.log(y.mean() / (1 - y.mean()))
    )


def test_claim_c46_separable_weights_grow_without_bound():
    X, y = DESIGNS["separable"]
    norms = [np.linalg.norm(logistic(X, y, lam).coef) for lam in (1e-1, 1e-3, 1e-5)]
    assert norms[1] > 2 * norms[0]
    assert norms[2] > 2 * norms[1]


@pytest.mark.parametrize("l1_ratio", [0.0, 0.5, 1.0])
def test_gap_bounds_the_distance_to_the_minimum(l1_ratio):
    X, y = DESIGNS["n > p"]
    lam = 0.1 * lambda_max(X, y)
    best = logistic(X, y, lam, l1_ratio, tol=1e-14)
    least = objective(X, y, best.coef, best.intercept, lam, l1_ratio)
    rng = np.random.default_rng(0)
    for scale in (1e-4, 1e-2, 1.0, 10.0):
        w, b = best.coef + scale * rng.normal(size=6), best.intercept + scale
        above = objective(X, y, w, b, lam, l1_ratio) - least
        assert logistic_gap(X, y, w, b, lam, l1_ratio) >= above > 0


def test_minimum_and_its_gap_against_scipy():
    """BFGS finds the same minimum, and the gap is closed at the point that it returns."""
    X, y = DESIGNS["n > p"]
    lam = 0.05

    def loss(theta):
        return objective(X, y, theta[:-1], theta[-1], lam, 0)

    best = minimize(loss, np.zeros(7), method="BFGS", jac="3-point", options={"gtol": 1e-9})
    model = logistic(X, y, lam, tol=1e-13)
    assert loss(np.append(model.coef, model.intercept)) == pytest.approx(best.fun, abs=1e-13)
    assert logistic_gap(X, y, best.x[:-1], best.x[-1], lam) < 1e-9


def test_gap_bad_input():
    X, y = DESIGNS["n > p"]
    with pytest.raises(ValueError, match="w must have one value per column of X, got 5 for 6"):
        logistic_gap(X, y, np.zeros(5), 0, 1)
    with pytest.raises(ValueError, match="lam must be above 0, got 0"):
        logistic_gap(X, y, np.zeros(6), 0, 0)
    with pytest.raises(ValueError, match="y must hold the labels 0 and 1"):
        logistic_gap(X, y + 1, np.zeros(6), 0, 1)


def test_input_is_not_modified_and_lists_do():
    X, y = DESIGNS["n > p"]
    before = X.copy()
    model = logistic(X, y, 0.1, 1.0)
    np.testing.assert_array_equal(X, before)
    np.testing.assert_array_equal(logistic(X.tolist(), y.tolist(), 0.1, 1.0).coef, model.coef)


def test_warns_without_convergence():
    with pytest.warns(RuntimeWarning, match=r"Newton's method did not converge at lam = 0.001"):
        logistic(*DESIGNS["n > p"], 1e-3, max_iter=1)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"y": np.full(80, 1)}, "y must hold the labels 0 and 1, and both of them"),
        ({"y": np.arange(80) % 3}, "y must hold the labels 0 and 1, and both of them"),
        ({"y": np.zeros(79)}, "X and y must have the same number of samples"),
        ({"lam": 0}, "lam must be above 0, got 0"),
        ({"l1_ratio": 2}, "l1_ratio must be between 0 and 1, got 2"),
        ({"tol": -1}, "tol must be at least 0, got -1"),
        ({"max_iter": 0}, "max_iter must be at least 1, got 0"),
        ({"X": np.full((80, 2), np.nan)}, "X must be finite, got NaN or infinity"),
    ],
)
def test_bad_input(change, message):
    X, y = DESIGNS["n > p"]
    with pytest.raises(ValueError, match=message):
        logistic(**({"X": X, "y": y, "lam": 0.1} | change))
