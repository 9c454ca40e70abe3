"""Oracles: SciPy's SLSQP, the KKT conditions, soft threshold and ridge in closed form."""

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.stats import norm

from regularization.geometry import (
    constrained_optimum,
    corner_frequencies,
    kkt_violation,
    lam_of_t,
    penalised_optimum,
    random_quadratic,
)
from regularization.linear import lasso
from regularization.penalties import soft_threshold

QS = [1, 1.2, 1.5, 2, 3, 4]
each_q = pytest.mark.parametrize("q", QS)
CASES = [
    (d, eccentricity, seed) for seed, d in enumerate([1, 2, 2, 3, 5]) for eccentricity in (1, 30)
]
fractions = pytest.mark.parametrize("fraction", [0.1, 0.5, 0.95])


def quadratic(A, w0, w):
    return (w - w0) @ A @ (w - w0) / 2


def slsqp(A, w0, q, t):
    """By SLSQP; at q = 1 over w = u - v with u, v >= 0, where the constraint is linear."""
    d = len(w0)
    if q == 1:
        split = np.hstack([np.eye(d), -np.eye(d)])  # (d, 2 d)
        result = minimize(
            lambda x: quadratic(A, w0, split @ x),
            np.full(2 * d, t / (4 * d)),
            jac=lambda x: split.T @ A @ (split @ x - w0),
            bounds=[(0, None)] * (2 * d),
            constraints={
                "type": "ineq",
                "fun": lambda x: t - x.sum(),
                "jac": lambda x: -np.ones(2 * d),
            },
            method="SLSQP",
            options={"ftol": 1e-15, "maxiter": 1000},
        )
        return split @ result.x
    result = minimize(
        lambda w: quadratic(A, w0, w),
        w0 * t / np.linalg.norm(w0, q) / 2,
        jac=lambda w: A @ (w - w0),
        constraints={
            "type": "ineq",
            "fun": lambda w: 1 - (np.abs(w / t) ** q).sum(),
            "jac": lambda w: -q * np.sign(w) * np.abs(w / t) ** (q - 1) / t,
        },
        method="SLSQP",
        options={"ftol": 1e-15, "maxiter": 1000},
    )
    return result.x


@each_q
@fractions
def test_constrained_optimum_against_slsqp(q, fraction):
    for case in CASES:
        A, w0 = random_quadratic(*case)
        t = fraction * np.linalg.norm(w0, q)
        touch = constrained_optimum(A, w0, q, t)
        np.testing.assert_allclose(touch.w, slsqp(A, w0, q, t), atol=1e-5 * (1 + t))
        assert np.linalg.norm(touch.w, q) == pytest.approx(t, rel=1e-10)  # on the sphere
        assert touch.lam > 0
        assert kkt_violation(A, w0, q, touch.w, touch.lam) < 1e-9 * np.linalg.norm(A @ w0)


@each_q
@pytest.mark.parametrize("lam", [0.01, 0.3, 2.0])
def test_penalised_and_constrained_are_the_same_points(q, lam):
    for case in CASES:
        A, w0 = random_quadratic(*case)
        w = penalised_optimum(A, w0, q, lam)
        assert kkt_violation(A, w0, q, w, lam) < 1e-9 * np.linalg.norm(A @ w0)
        if w.any():
            touch = constrained_optimum(A, w0, q, np.linalg.norm(w, q))
            np.testing.assert_allclose(touch.w, w, atol=1e-9)
            assert touch.lam == pytest.approx(lam, rel=1e-5)


@pytest.mark.parametrize("lam", [0.05, 0.5, 1.5])
def test_round_contours_have_closed_forms(lam):
    w0 = np.array([2.0, -0.4, 1.0, 0.0])
    np.testing.assert_allclose(
        penalised_optimum(np.eye(4), w0, 1, lam), soft_threshold(w0, lam), atol=1e-14
    )
    np.testing.assert_allclose(penalised_optimum(np.eye(4), w0, 2, lam), w0 / (1 + lam), atol=1e-14)
    touch = constrained_optimum(np.eye(4), w0, 2, 0.5)  # the projection onto the circle
    np.testing.assert_allclose(touch.w, 0.5 * w0 / np.linalg.norm(w0), atol=1e-14)
    assert touch.lam == pytest.approx(np.linalg.norm(w0) / 0.5 - 1, rel=1e-12)


def test_corner_by_hand():
    # Projecting (2, 0.5) onto the diamond of radius 1: threshold 1, at the corner (1, 0).
    touch = constrained_optimum(np.eye(2), [2.0, 0.5], 1, 1.0)
    np.testing.assert_allclose(touch.w, [1, 0], atol=1e-15)
    assert touch.lam == pytest.approx(1)
    # Onto radius 2: threshold 1/4, on the edge.
    touch = constrained_optimum(np.eye(2), [2.0, 0.5], 1, 2.0)
    np.testing.assert_allclose(touch.w, [1.75, 0.25], atol=1e-15)
    assert touch.lam == pytest.approx(0.25)


@pytest.mark.parametrize("signs", [(1, 1), (1, -1)])
def test_ties_on_the_l1_path(signs):
    touch = constrained_optimum(np.eye(2), np.array(signs), 1, 1.0)
    np.testing.assert_allclose(touch.w, np.array(signs) / 2, atol=1e-14)
    assert touch.lam == pytest.approx(0.5)


@pytest.mark.parametrize("seed", range(10))
def test_l1_against_the_lasso_also_where_coordinates_leave(seed):
    """With X^T X / n = A, y = X w0: the same problem as a lasso."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(40, 6)) @ rng.normal(size=(6, 6))
    X -= X.mean(axis=0)
    w0 = rng.normal(size=6)
    A = X.T @ X / 40
    for lam in np.abs(A @ w0).max() * np.array([0.001, 0.01, 0.1, 0.5]):
        model = lasso(X, X @ w0, lam, tol=1e-13)
        w = penalised_optimum(A, w0, 1, lam)
        assert kkt_violation(A, w0, 1, w, lam) < 1e-9 * np.abs(A @ w0).max()
        np.testing.assert_allclose(w, model.coef, atol=1e-4)


def test_some_coordinate_does_leave_on_those_paths():
    left = 0
    for seed in range(8):
        rng = np.random.default_rng(seed)
        X = rng.normal(size=(40, 6)) @ rng.normal(size=(6, 6))
        A, w0 = X.T @ X / 40, rng.normal(size=6)
        lams = np.abs(A @ w0).max() * np.geomspace(1, 1e-3, 60)
        on = np.array([penalised_optimum(A, w0, 1, lam) != 0 for lam in lams])
        left += (on[:-1] & ~on[1:]).sum()
    assert left > 1


@each_q
def test_lam_of_t_falls_to_zero(q):
    A, w0 = random_quadratic(3, 10, 1)
    size = np.linalg.norm(w0, q)
    lams = lam_of_t(A, w0, q, size * np.array([0.1, 0.3, 0.6, 0.9, 0.999, 1.0, 2.0]))
    assert (np.diff(lams[:6]) < 0).all()
    assert (lams[-2:] == 0).all()  # claim C6.2: each radius that holds w0 maps to lam = 0
    np.testing.assert_array_equal(constrained_optimum(A, w0, q, 2 * size).w, w0)


def test_kkt_violation_can_fail():
    A, w0 = random_quadratic(3, 10, 1)
    for q in QS:
        touch = constrained_optimum(A, w0, q, 0.5 * np.linalg.norm(w0, q))
        assert kkt_violation(A, w0, q, touch.w, 1.1 * touch.lam) > 1e-3
        assert kkt_violation(A, w0, q, 0.9 * touch.w, touch.lam) > 1e-3
    assert kkt_violation(np.eye(1), [0.5], 1, [0.0], 0.6) == 0
    assert kkt_violation(np.eye(1), [0.5], 1, [0.0], 0.4) == pytest.approx(0.1)


def test_random_quadratic_has_its_eigenvalues():
    A, w0 = random_quadratic(4, 27, 0)
    np.testing.assert_allclose(np.linalg.eigvalsh(A), [1, 3, 9, 27], rtol=1e-12)
    assert w0.shape == (4,)
    assert not np.allclose(A, random_quadratic(4, 27, 1)[0])


@pytest.mark.parametrize(("d", "lam"), [(2, 0.5), (4, 0.2), (1, 1.0)])
def test_corner_frequencies_of_round_contours(d, lam):
    """Soft threshold of N(0, 1): a coordinate is zero with probability 2 Phi(lam) - 1."""
    share = 2 * norm.cdf(lam) - 1
    some = 1 - (1 - share) ** d
    n = 1000
    measured_some, measured_share = corner_frequencies(1, lam, d, n_draws=n, rng=0)
    assert measured_some == pytest.approx(some, abs=4 * np.sqrt(some * (1 - some) / n))
    assert measured_share == pytest.approx(share, abs=4 * np.sqrt(share * (1 - share) / (n * d)))


def test_claim_c63_corners_for_l1_and_never_for_l2():
    assert corner_frequencies(1, 0.5, 3, 10, n_draws=200)[0] > 0.2
    assert corner_frequencies(2, 0.5, 3, 10, n_draws=200) == (0, 0)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda A, w0: constrained_optimum(A, w0, 0.5, 1), "q must be at least 1, got 0.5"),
        (lambda A, w0: constrained_optimum(A, w0, 1, 0), "t must be above 0, got 0"),
        (lambda A, w0: constrained_optimum(A[:1], w0, 1, 1), "A must be a symmetric matrix"),
        (lambda A, w0: constrained_optimum(np.triu(A + 1), w0, 1, 1), "A must be a symm"),
        (lambda A, w0: constrained_optimum(-A, w0, 1, 1), "A must be positive definite"),
        (lambda A, w0: constrained_optimum(A, [1], 1, 1), "w0 must have one value per column"),
        (lambda A, w0: penalised_optimum(A, w0, 1, -1), "lam must be at least 0, got -1"),
        (lambda A, w0: lam_of_t(A, w0, 1, [1, 0]), "t must be above 0, got 0"),
        (lambda A, w0: kkt_violation(A, w0, 1, [1], 1), "w must have one value per column"),
        (lambda A, w0: random_quadratic(2, 0.5, 0), "eccentricity must be at least 1, got 0.5"),
        (lambda A, w0: corner_frequencies(1, 1, 0), "d must be at least 1, got 0"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call(np.eye(2), np.ones(2))
