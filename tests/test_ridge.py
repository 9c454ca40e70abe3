"""Oracles: refits one by one, scikit-learn's RidgeCV, the trace of the smoother, linear.ridge."""

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression, Ridge, RidgeCV

from regularization.linear import ridge
from regularization.ridge import degrees_of_freedom, leave_one_out, ridge_cg

LAMS = np.array([1.0, 1e-3, 0.1, 30.0])  # in no order


def make(n, p, seed=0, rank=None):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, p)) + rng.normal(size=p)
    if rank:
        X = X[:, :rank] @ rng.normal(size=(rank, p))
    return X, X[:, 0] + 5 + rng.normal(size=n)


def with_constant():
    X, y = make(20, 6)
    X[:, 2] = 0.1
    return X, y


DESIGNS = {
    "n > p": make(30, 5),
    "n = p": make(15, 15),
    "n = p + 1": make(16, 15),
    "p > n": make(12, 40),
    "p >> n": make(15, 400),
    "rank 3": make(20, 8, rank=3),
    "rank 3, p > n": make(10, 30, rank=3),
    "p = 1": make(20, 1),
    "n = 3": make(3, 2),
    "constant column": with_constant(),
}
each_design = pytest.mark.parametrize(("X", "y"), DESIGNS.values(), ids=DESIGNS.keys())


def refits(X, y, fit):
    """y_j minus its prediction by a fit to the others."""
    others = [np.arange(len(y)) != j for j in range(len(y))]
    return np.array(
        [y[j] - fit(X[rest], y[rest]).predict(X[j : j + 1]).item() for j, rest in enumerate(others)]
    )


@each_design
def test_leave_one_out_against_refits(X, y):
    residuals = leave_one_out(X, y, LAMS)
    alphas = LAMS * (len(y) - 1)
    for lam, alpha, row in zip(LAMS, alphas, residuals, strict=True):
        exact = refits(X, y, Ridge(alpha=alpha, solver="svd").fit)
        np.testing.assert_allclose(row, exact, atol=1e-8)
        np.testing.assert_allclose(row, refits(X, y, lambda X, y, a=lam: ridge(X, y, a)), atol=1e-8)


@each_design
def test_leave_one_out_against_ridge_cv(X, y):
    alphas = LAMS * (len(y) - 1)
    cv = RidgeCV(alphas=alphas, store_cv_results=True).fit(X, y)
    np.testing.assert_allclose(
        np.square(leave_one_out(X, y, LAMS)).T, cv.cv_results_, rtol=1e-6, atol=1e-8
    )


def test_leave_one_out_of_least_squares():
    X, y = DESIGNS["n > p"]
    np.testing.assert_allclose(
        leave_one_out(X, y, [0])[0], refits(X, y, LinearRegression().fit), atol=1e-10
    )


def test_leave_one_out_of_interpolation():
    """At lam = 0 and p > n: the fits of least norm, whose own residuals are all 0."""
    X, y = DESIGNS["p > n"]
    np.testing.assert_allclose(
        leave_one_out(X, y, [0])[0], refits(X, y, lambda X, y: ridge(X, y, 0)), atol=1e-8
    )


def test_leave_one_out_where_a_fit_is_not_determined():
    X, y = make(10, 2)
    X[:, 1] = np.eye(10)[3]  # only sample 3 tells of the second feature
    with pytest.raises(ValueError, match="lams must be larger: without a sample the fit is not"):
        leave_one_out(X, y, [0, 1])
    assert np.isfinite(leave_one_out(X, y, [0.1, 1])).all()


@each_design
def test_degrees_of_freedom_are_the_trace_of_the_smoother(X, y):
    n = len(y)
    Xc = X - X.mean(axis=0)
    for lam, df in zip(LAMS, degrees_of_freedom(X, LAMS), strict=True):
        smoother = Xc @ np.linalg.solve(Xc.T @ Xc + n * lam * np.eye(X.shape[1]), Xc.T)
        assert df == pytest.approx(np.trace(smoother), rel=1e-8)


@pytest.mark.parametrize(
    ("name", "rank"), [("n > p", 5), ("p > n", 11), ("rank 3", 3), ("constant column", 5)]
)
def test_degrees_of_freedom_at_zero_are_the_rank(name, rank):
    assert degrees_of_freedom(DESIGNS[name][0], [0]) == pytest.approx(rank, rel=1e-12)


@each_design
def test_cg_is_as_exact_as_the_closed_form(X, y):
    for lam in LAMS:
        model, exact = ridge_cg(X, y, lam), ridge(X, y, lam)
        np.testing.assert_allclose(model.coef, exact.coef, atol=1e-8)
        assert model.intercept == pytest.approx(exact.intercept, abs=1e-8)


def test_cg_on_wide_data():
    X, y = make(50, 5000)
    X = np.asfortranarray(X)
    before = X.copy()
    model, exact = ridge_cg(X, y, 0.1), ridge(X, y, 0.1)
    np.testing.assert_allclose(model.coef, exact.coef, atol=1e-10)
    np.testing.assert_allclose(model.predict(X), exact.predict(X), atol=1e-9)
    np.testing.assert_array_equal(X, before)


def test_cg_warns_when_it_stops_early():
    X, y = DESIGNS["p > n"]
    with pytest.warns(RuntimeWarning, match=r"did not converge at lam = 0.001: raise max_iter"):
        ridge_cg(X, y, 1e-3, max_iter=2)


def test_cg_of_a_constant_target():
    model = ridge_cg(DESIGNS["p > n"][0], np.full(12, 4.0), 1)
    assert not model.coef.any()
    assert model.intercept == 4


def test_all_columns_constant():
    X, y = np.ones((4, 2)), np.array([1.0, 2, 3, 6])
    assert degrees_of_freedom(X, [0, 1]).tolist() == [0, 0]
    expected = [y[j] - np.delete(y, j).mean() for j in range(4)]
    np.testing.assert_allclose(leave_one_out(X, y, [1])[0], expected, atol=1e-14)


def test_bad_input():
    X, y = DESIGNS["n > p"]
    with pytest.raises(ValueError, match="each value of lams must be at least 0, got -1"):
        leave_one_out(X, y, [-1])
    with pytest.raises(ValueError, match="X and y must have the same number of samples"):
        leave_one_out(X, y[:-1], [1])
    with pytest.raises(ValueError, match="X must have at least 2 samples to leave one out, got 1"):
        leave_one_out(X[:1], y[:1], [1])
    with pytest.raises(ValueError, match="X must be two-dimensional"):
        degrees_of_freedom(y, [1])
    with pytest.raises(ValueError, match="lam must be above 0, got 0"):
        ridge_cg(X, y, 0)
    with pytest.raises(ValueError, match="max_iter must be at least 1, got 0"):
        ridge_cg(X, y, 1, max_iter=0)
