"""Oracles: scikit-learn, NumPy least squares, dual objectives written out, theorems' bounds."""

import numpy as np
import pytest
from sklearn.linear_model import ElasticNet, Lasso

from regularization.solvers import (
    coordinate_descent,
    duality_gap,
    fista,
    ista,
    subgradient_descent,
)

SOLVERS = [coordinate_descent, ista, fista, subgradient_descent]
CONVERGING = [coordinate_descent, ista, fista]


def centred_data(n=60, p=20, rho=0.5, seed=0):
    """AR(rho) columns, five of them in the truth; X and y centred."""
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n, p))
    for j in range(1, p):
        X[:, j] = rho * X[:, j - 1] + np.sqrt(1 - rho**2) * X[:, j]
    y = X[:, :5] @ [3, -2, 1.5, 1, -1][: min(p, 5)] + rng.standard_normal(n)
    return X - X.mean(axis=0), y - y.mean()


def objective(X, y, w, lam, l1_ratio=1.0):
    penalty = l1_ratio * np.abs(w).sum() + (1 - l1_ratio) / 2 * w @ w
    return np.sum((y - X @ w) ** 2) / (2 * len(y)) + lam * penalty


def oracle(X, y, lam, l1_ratio=1.0):
    """scikit-learn's coefficients for the course's objective on centred data."""
    model = Lasso if l1_ratio == 1 else lambda **kw: ElasticNet(l1_ratio=l1_ratio, **kw)
    return model(alpha=lam, fit_intercept=False, tol=1e-13, max_iter=100_000).fit(X, y).coef_


def lam_max(X, y):
    return np.abs(X.T @ y).max() / len(y)


# --- the duality gap ---------------------------------------------------------------------------


def test_lasso_gap_is_primal_minus_dual():
    X, y = centred_data()
    lam, n = 0.3, len(y)
    for w in np.random.default_rng(1).normal(size=(20, X.shape[1])):
        r = y - X @ w
        theta = r * min(1, n * lam / np.abs(X.T @ r).max()) / n
        assert np.abs(X.T @ theta).max() <= lam * (1 + 1e-12)  # feasible
        dual = y @ theta - n / 2 * theta @ theta
        expected = objective(X, y, w, lam) - dual
        assert duality_gap(X, y, w, lam) == pytest.approx(expected, rel=1e-12)


def test_elastic_net_gap_is_the_lasso_gap_of_the_augmented_data():
    X, y = centred_data()
    (n, p), lam, l1_ratio = X.shape, 0.3, 0.4
    ridge_part = lam * (1 - l1_ratio)
    rows = np.sqrt(n * ridge_part) * np.eye(p)
    X_more, y_more = np.vstack([X, rows]), np.concatenate([y, np.zeros(p)])
    scale = (n + p) / n  # the augmented loss divides by n + p instead of n
    for w in np.random.default_rng(1).normal(size=(20, p)):
        expected = scale * duality_gap(X_more, y_more, w, lam * l1_ratio / scale)
        assert duality_gap(X, y, w, lam, l1_ratio) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("shape", [(60, 20), (20, 60)])
@pytest.mark.parametrize("l1_ratio", [1.0, 0.7, 0.01, 0.0])
def test_gap_bounds_the_suboptimality_and_vanishes_at_the_minimum(shape, l1_ratio):
    X, y = centred_data(*shape)
    lam = 0.1
    if l1_ratio == 0:
        gram = X.T @ X / len(y) + lam * np.eye(X.shape[1])
        best = np.linalg.solve(gram, X.T @ y / len(y))
    else:
        best = oracle(X, y, lam, l1_ratio)
    minimum = objective(X, y, best, lam, l1_ratio)
    assert 0 <= duality_gap(X, y, best, lam, l1_ratio) < 1e-9
    for w in best + np.random.default_rng(2).normal(scale=0.1, size=(20, X.shape[1])):
        above = objective(X, y, w, lam, l1_ratio) - minimum
        assert 1e-4 < above <= duality_gap(X, y, w, lam, l1_ratio)


@pytest.mark.parametrize("shape", [(60, 20), (20, 60)])
def test_least_squares_gap_is_exact(shape):
    X, y = centred_data(*shape)
    w = np.random.default_rng(3).normal(size=X.shape[1])
    best = np.linalg.pinv(X) @ y
    expected = objective(X, y, w, 0) - objective(X, y, best, 0)
    assert duality_gap(X, y, w, 0) == pytest.approx(expected, rel=1e-9)
    assert duality_gap(X, y, best, 0) < 1e-20


def test_ridge_gap_is_exact_for_a_zero_design():
    assert duality_gap(np.zeros((3, 2)), [1, 2, -3], [3, 4], 0.2, 0) == pytest.approx(0.1 * 25)


def test_gap_at_zero_above_lam_max_is_zero():
    X, y = centred_data()
    assert duality_gap(X, y, np.zeros(20), lam_max(X, y)) == pytest.approx(0, abs=1e-15)
    assert duality_gap(X, y, np.zeros(20), 0.9 * lam_max(X, y)) > 1e-3


# --- what every solver promises ----------------------------------------------------------------


@pytest.mark.parametrize("solver", CONVERGING)
@pytest.mark.parametrize(("shape", "rho"), [((60, 20), 0.9), ((20, 60), 0.5), ((1, 3), 0.0)])
@pytest.mark.parametrize("fraction", [0.05, 0.5, 1.0, 3.0])
def test_converges_to_the_minimum(solver, shape, rho, fraction):
    X, y = centred_data(*shape, rho=rho) if shape[0] > 1 else (np.eye(1, 3), np.array([2.0]))
    lam = fraction * lam_max(X, y)
    w, history = solver(X, y, lam, tol=1e-13)
    assert history[-1][1] <= 1e-13 * y @ y / len(y)
    np.testing.assert_allclose(w, oracle(X, y, lam), atol=1e-6)
    v = X.T @ (y - X @ w) / len(y)  # KKT in the course's convention
    np.testing.assert_allclose(v[w != 0], lam * np.sign(w[w != 0]), atol=1e-6)
    assert (np.abs(v) <= lam + 1e-6).all()


@pytest.mark.parametrize("solver", SOLVERS)
def test_history(solver):
    X, y = centred_data(30, 40, rho=0.9)
    w, history = solver(X, y, 0.05, max_iter=25, tol=0)
    iterations, gaps = zip(*history, strict=True)
    assert iterations == (0, 10, 20, 25)
    assert gaps[0] == duality_gap(X, y, np.zeros(40), 0.05)
    assert gaps[-1] == duality_gap(X, y, w, 0.05)
    assert gaps[-1] < gaps[0] / 2


@pytest.mark.parametrize("solver", CONVERGING)
def test_warm_start_at_the_solution_stops_at_once(solver):
    X, y = centred_data()
    w, _ = solver(X, y, 0.2, tol=1e-12)
    again, history = solver(X, y, 0.2, w0=w, tol=1e-12)
    assert [iteration for iteration, _ in history] == [0]
    np.testing.assert_array_equal(again, w)
    near, history = solver(X, y, 0.21, w0=w)
    np.testing.assert_allclose(near, oracle(X, y, 0.21), atol=1e-6)


@pytest.mark.parametrize("solver", SOLVERS)
def test_input_is_not_modified(solver):
    X, y = centred_data()
    w0 = np.ones(20)
    before = X.copy(), y.copy(), w0.copy()
    for order in "CF":
        solver(np.asarray(X, order=order), y, 0.2, w0=w0, max_iter=20)
    for array, copy in zip((X, y, w0), before, strict=True):
        np.testing.assert_array_equal(array, copy)


@pytest.mark.parametrize("solver", SOLVERS)
def test_zero_columns_and_zero_target(solver):
    X, y = centred_data()
    X[:, 4] = 0
    w, history = solver(X, y, 0.2, max_iter=5000)
    assert w[4] == 0
    assert history[-1][1] < 0.2 * history[0][1]
    w, history = solver(X, np.zeros(len(y)), 0.2)
    assert history == [(0, 0.0)]
    assert not w.any()


# --- each by its own theory --------------------------------------------------------------------


@pytest.mark.parametrize("solver", CONVERGING)
def test_orthonormal_design_has_the_closed_form(solver):
    """With X^T X = n I the lasso is the soft threshold of the least-squares fit."""
    rng = np.random.default_rng(4)
    Q = np.linalg.qr(rng.standard_normal((40, 8)))[0] * np.sqrt(40)
    y = Q @ rng.normal(size=8) + rng.standard_normal(40)
    z = Q.T @ y / 40
    w, history = solver(Q, y, 0.5)
    np.testing.assert_allclose(w, np.sign(z) * np.maximum(np.abs(z) - 0.5, 0), atol=1e-12)
    assert 0 < np.count_nonzero(w) < 8
    assert history[-1][0] == 10  # the first look after one iteration did all the work


@pytest.mark.parametrize("l1_ratio", [0.9, 0.5, 0.01, 0.0])
@pytest.mark.parametrize("shape", [(60, 20), (20, 60)])
def test_coordinate_descent_elastic_net(l1_ratio, shape):
    X, y = centred_data(*shape, rho=0.9)
    w, _ = coordinate_descent(X, y, 0.1, l1_ratio=l1_ratio, tol=1e-14)
    if l1_ratio == 0:
        gram = X.T @ X / len(y) + 0.1 * np.eye(X.shape[1])
        expected = np.linalg.solve(gram, X.T @ y / len(y))
    else:
        expected = oracle(X, y, 0.1, l1_ratio)
    np.testing.assert_allclose(w, expected, atol=1e-6)


def test_claim_c36_the_solver_decides_between_duplicates():
    X, y = centred_data(rho=0)
    X = np.column_stack([X[:, :1], X])  # the first column twice
    by_coordinate, _ = coordinate_descent(X, y, 0.2)
    by_ista, _ = ista(X, y, 0.2)
    assert by_coordinate[0] > 1
    assert by_coordinate[1] == 0  # exactly
    assert by_ista[0] == pytest.approx(by_ista[1], rel=1e-12)
    assert by_ista[:2].sum() == pytest.approx(by_coordinate[0], abs=1e-6)


@pytest.mark.parametrize("seed", range(10))
def test_rounding_lets_no_duplicate_in(seed):
    X, y = centred_data(rho=0, seed=seed)
    w, _ = coordinate_descent(np.repeat(X, 2, axis=1), y, 0.1)
    assert np.count_nonzero(w[::2]) > 5
    assert np.count_nonzero(w[1::2]) == 0


@pytest.mark.parametrize("solver", CONVERGING)
def test_zero_design_from_a_warm_start(solver):
    w, history = solver(np.zeros((3, 2)), [1, 2, -3], 0.2, w0=[3, -4])
    assert not w.any()
    assert history[-1][1] == 0


def test_coordinate_descent_clears_a_zero_column_of_a_warm_start():
    X, y = centred_data()
    X[:, 7] = 0
    w, history = coordinate_descent(X, y, 0.2, w0=np.ones(20))
    assert w[7] == 0
    assert history[-1][1] <= 1e-10 * y @ y / len(y)


@pytest.mark.parametrize("k", [3, 17, 60])
def test_ista_and_fista_keep_their_guarantees(k):
    """Beck & Teboulle (2009), theorems 3.1 and 4.4."""
    X, y = centred_data(30, 40, rho=0.9)
    lam = 0.02 * lam_max(X, y)
    best = oracle(X, y, lam)
    minimum = objective(X, y, best, lam)
    L = np.linalg.eigvalsh(X.T @ X / len(y))[-1]
    distance = L * (best @ best)
    from_ista = objective(X, y, ista(X, y, lam, max_iter=k)[0], lam) - minimum
    from_fista = objective(X, y, fista(X, y, lam, max_iter=k)[0], lam) - minimum
    assert 0 < from_ista <= distance / (2 * k)
    assert 0 < from_fista <= 2 * distance / (k + 1) ** 2
    assert from_fista < from_ista


def test_ista_never_goes_up():
    X, y = centred_data(30, 40, rho=0.9)
    values = [objective(X, y, ista(X, y, 0.05, max_iter=k)[0], 0.05) for k in range(1, 40)]
    assert (np.diff(values) < 0).all()


def test_claim_c37_race_to_one_gap():
    X, y = centred_data(100, 200, rho=0.9)
    lam, tol = 0.02 * lam_max(X, y), 1e-5
    target = tol * y @ y / len(y)
    iterations = {s: s(X, y, lam, tol=tol, max_iter=20_000)[1][-1][0] for s in CONVERGING}
    assert iterations[fista] < iterations[ista] / 2
    _, history = subgradient_descent(X, y, lam, max_iter=iterations[ista], tol=tol)
    assert history[-1][1] > 10 * target


def test_subgradient_steps_by_hand():
    X, y = centred_data()
    lam, w0 = 0.3, np.linspace(-1, 1, 20)

    def direction(w):
        return -X.T @ (y - X @ w) / len(y) + lam * np.sign(w)

    one = w0 - 0.01 * direction(w0)
    for decreasing, second in ((False, 0.01), (True, 0.01 / np.sqrt(2))):
        w, _ = subgradient_descent(X, y, lam, step=0.01, decreasing=decreasing, w0=w0, max_iter=2)
        np.testing.assert_allclose(w, one - second * direction(one), atol=1e-14)


def test_default_step_is_one_over_the_largest_curvature():
    X, y = centred_data()
    step = len(y) / np.linalg.eigvalsh(X.T @ X)[-1]
    w, _ = subgradient_descent(X, y, 0.3, max_iter=1)
    np.testing.assert_allclose(w, step * X.T @ y / len(y), rtol=1e-12)


def test_claim_c32_subgradient_descent_leaves_no_zeros():
    X, y = centred_data(200, 100, rho=0)
    w0 = np.random.default_rng(5).normal(size=100)
    zeros = {s: np.sum(s(X, y, 0.15, w0=w0)[0] == 0) for s in CONVERGING}
    assert len(set(zeros.values())) == 1
    assert zeros[ista] > 50
    w, _ = subgradient_descent(X, y, 0.15, step=0.01, w0=w0, max_iter=5000)
    assert np.count_nonzero(w) == 100
    off = ista(X, y, 0.15)[0] == 0
    assert 0 < np.abs(w[off]).max() < 2 * 0.01 * 0.15  # the band it chatters in


def test_a_decreasing_step_ends_nearer_than_a_constant_one():
    X, y = centred_data()
    constant = subgradient_descent(X, y, 0.3, max_iter=5000)[1][-1][1]
    decreasing = subgradient_descent(X, y, 0.3, decreasing=True, max_iter=5000)[1][-1][1]
    assert decreasing < constant / 3


@pytest.mark.parametrize("solver", [ista, fista])
def test_without_penalty_from_zero_the_minimum_norm_solution(solver):
    X, y = centred_data(20, 60)
    w, _ = solver(X, y, 0, tol=1e-20)
    np.testing.assert_allclose(w, np.linalg.pinv(X) @ y, atol=1e-8)


# --- bad input ---------------------------------------------------------------------------------


@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize(
    ("arguments", "error", "sentence"),
    [
        ({"lam": -1}, ValueError, r"lam must be at least 0, got -1"),
        ({"X": [1, 2]}, ValueError, r"X must be two-dimensional, got an array of shape \(2,\)"),
        ({"y": [1, 2]}, ValueError, r"same number of samples, got 3 rows and 2 targets"),
        ({"y": [1, 2, np.nan]}, ValueError, r"y must be finite, got NaN or infinity"),
        ({"w0": [1]}, ValueError, r"w0 must have one value per column of X, got 1 for 2 columns"),
        ({"tol": -1}, ValueError, r"tol must be at least 0, got -1"),
        ({"max_iter": 0}, ValueError, r"max_iter must be at least 1, got 0"),
        ({"max_iter": 1.5}, ValueError, r"max_iter must be a whole number, got 1.5"),
        ({"max_iter": None}, TypeError, r"max_iter must hold real numbers"),
    ],
)
def test_bad_input(solver, arguments, error, sentence):
    good = {"X": [[1, 0], [0, 1], [1, 1]], "y": [1, 2, 3], "lam": 0.1}
    solver(**good)
    with pytest.raises(error, match=sentence):
        solver(**good | arguments)


def test_bad_input_of_the_others():
    X, y = centred_data()
    with pytest.raises(ValueError, match=r"l1_ratio must be between 0 and 1, got 2"):
        coordinate_descent(X, y, 1, l1_ratio=2)
    with pytest.raises(ValueError, match=r"step must be at least 0, got -1"):
        subgradient_descent(X, y, 1, step=-1)
    with pytest.raises(ValueError, match=r"w must have one value per column of X, got 3 for 20"):
        duality_gap(X, y, [1, 2, 3], 1)
    with pytest.raises(ValueError, match=r"l1_ratio must be between 0 and 1, got -1"):
        duality_gap(X, y, np.zeros(20), 1, -1)
