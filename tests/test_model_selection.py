"""Oracles: scikit-learn on the same folds and resamples, and errors worked by hand."""

from functools import partial

import numpy as np
import pytest
from sklearn.linear_model import ElasticNet, ElasticNetCV, Lasso, LassoCV, LinearRegression, Ridge

from regularization.linear import lambda_max, lasso, ridge_path
from regularization.model_selection import (
    cross_validate,
    elastic_net_path,
    false_selections_bound,
    k_fold,
    one_standard_error,
    relaxed_lasso,
    resamples,
    selection_frequencies,
    stable_features,
)

_rng = np.random.default_rng(0)
N, P = 47, 12
X = _rng.normal(size=(N, P)) + 2
Y = X[:, :3] @ [2.0, -1.5, 1.0] + 4 + _rng.normal(size=N)
LAMS = lambda_max(X, Y) * np.array([0.5, 1.0, 0.2, 0.05, 0.01])  # in no order
FOLDS = [(np.setdiff1d(np.arange(N), test), test) for test in k_fold(N, 5, rng=3)]


# --- folds -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("n", "k"), [(10, 5), (11, 3), (4, 4), (47, 10)])
def test_k_fold_parts_all_samples(n, k):
    folds = k_fold(n, k)
    sizes = [len(test) for test in folds]
    assert len(folds) == k
    assert max(sizes) - min(sizes) <= 1
    assert sorted(np.concatenate(folds)) == list(range(n))


def test_k_fold_is_shuffled_and_seeded():
    first = np.concatenate(k_fold(47, 5, rng=1))
    assert (first != np.arange(47)).any()
    np.testing.assert_array_equal(first, np.concatenate(k_fold(47, 5, rng=1)))
    assert (first != np.concatenate(k_fold(47, 5, rng=2))).any()


# --- cross-validation --------------------------------------------------------------------------


def test_lasso_errors_against_sklearn():
    ours = cross_validate(X, Y, LAMS, k=5, rng=3)
    theirs = LassoCV(alphas=LAMS, cv=FOLDS, tol=1e-12, max_iter=100_000).fit(X, Y)
    order = np.argsort(LAMS)[::-1]  # theirs go down
    np.testing.assert_allclose(ours.errors[order], theirs.mse_path_, rtol=1e-7)
    assert ours.lam_best == theirs.alpha_


def test_elastic_net_errors_against_sklearn():
    path = partial(elastic_net_path, l1_ratio=0.4)
    ours = cross_validate(X, Y, LAMS, path=path, k=5, rng=3)
    theirs = ElasticNetCV(l1_ratio=0.4, alphas=LAMS, cv=FOLDS, tol=1e-12, max_iter=100_000)
    order = np.argsort(LAMS)[::-1]
    np.testing.assert_allclose(ours.errors[order], theirs.fit(X, Y).mse_path_, rtol=1e-6)


def test_elastic_net_path_against_sklearn():
    path = elastic_net_path(X, Y, LAMS, 0.4)
    for lam, w, b in zip(LAMS, path.coefs, path.intercepts, strict=True):
        model = ElasticNet(alpha=lam, l1_ratio=0.4, tol=1e-12).fit(X, Y)
        np.testing.assert_allclose(w, model.coef_, atol=1e-5)
        assert b == pytest.approx(model.intercept_, abs=1e-4)


def test_ridge_errors_against_sklearn():
    ours = cross_validate(X, Y, LAMS, path=ridge_path, k=5, rng=3)
    for i, lam in enumerate(LAMS):
        for j, (train, test) in enumerate(FOLDS):
            model = Ridge(alpha=lam * len(train)).fit(X[train], Y[train])
            error = np.mean((Y[test] - model.predict(X[test])) ** 2)
            assert ours.errors[i, j] == pytest.approx(error, rel=1e-9)


def test_one_standard_error_by_hand():
    # Means 4, 3, 2.5, 2, 3; the least has a spread of sqrt(2), so an se of sqrt(2) / sqrt(2) = 1.
    lams = [8.0, 4.0, 2.0, 1.0, 0.5]
    errors = [[4, 4], [2, 4], [2.5, 2.5], [1, 3], [3, 3]]
    cv = one_standard_error(lams, errors)
    np.testing.assert_allclose(cv.mean, [4, 3, 2.5, 2, 3])
    np.testing.assert_allclose(cv.se, [0, 1, 0, 1, 0])
    assert (cv.lam_best, cv.lam_one_se) == (1.0, 4.0)
    shuffled = [3, 0, 4, 1, 2]
    cv = one_standard_error(np.take(lams, shuffled), np.take(errors, shuffled, axis=0))
    assert (cv.lam_best, cv.lam_one_se) == (1.0, 4.0)


def test_one_standard_error_ties_go_to_the_larger_lam():
    cv = one_standard_error([1, 3, 2], [[1, 1], [1, 1], [1, 1]])
    assert (cv.lam_best, cv.lam_one_se) == (3, 3)


def test_one_standard_error_may_lie_beyond_a_hump():
    cv = one_standard_error([1, 2, 3], [[0, 2], [5, 5], [1.5, 1.5]])
    assert (cv.lam_best, cv.lam_one_se) == (1, 3)


# --- relaxed lasso -----------------------------------------------------------------------------


@pytest.mark.parametrize("fraction", [0.05, 0.3, 0.7])
def test_relaxed_lasso_is_least_squares_on_sklearn_support(fraction):
    lam = fraction * lambda_max(X, Y)
    support = np.flatnonzero(Lasso(alpha=lam, tol=1e-12).fit(X, Y).coef_)
    refit = LinearRegression().fit(X[:, support], Y)
    model = relaxed_lasso(X, Y, lam)
    assert 0 < len(support) < P
    np.testing.assert_array_equal(np.flatnonzero(model.coef), support)
    np.testing.assert_allclose(model.coef[support], refit.coef_, atol=1e-10)
    assert model.intercept == pytest.approx(refit.intercept_, abs=1e-9)


def test_relaxed_lasso_blends_linearly():
    lam = 0.3 * lambda_max(X, Y)
    free, half, full = (relaxed_lasso(X, Y, lam, blend) for blend in (0, 0.5, 1))
    np.testing.assert_array_equal(full.coef, lasso(X, Y, lam).coef)
    np.testing.assert_allclose(half.coef, (free.coef + full.coef) / 2, atol=1e-14)
    assert half.intercept == pytest.approx((free.intercept + full.intercept) / 2, abs=1e-12)
    assert np.abs(free.coef).sum() > 1.1 * np.abs(full.coef).sum()  # the shrinkage it undoes


def test_relaxed_lasso_without_support():
    model = relaxed_lasso(X, Y, 1.01 * lambda_max(X, Y))
    assert not model.coef.any()
    assert model.intercept == pytest.approx(Y.mean(), rel=1e-14)


# --- resamples ---------------------------------------------------------------------------------


def test_resamples():
    bootstrap = list(resamples(50, 200))
    halves = list(resamples(51, 200, half=True))
    assert {len(rows) for rows in bootstrap} == {50}
    # A sample is missed with probability (1 - 1/n)^n.
    distinct = np.mean([len(set(rows)) for rows in bootstrap]) / 50
    assert distinct == pytest.approx(1 - (1 - 1 / 50) ** 50, abs=0.02)
    assert {len(rows) for rows in halves} == {len(set(rows)) for rows in halves} == {25}
    assert set(np.concatenate(halves)) == set(range(51))


@pytest.mark.parametrize("half", [False, True])
def test_selection_frequencies_against_sklearn(half):
    lams = LAMS[[0, 2]]
    ours = selection_frequencies(X, Y, lams, n_resamples=30, half=half, rng=7)
    draws = list(resamples(N, 30, half=half, rng=7))
    for lam, row in zip(lams, ours, strict=True):
        fits = [Lasso(alpha=lam, tol=1e-10).fit(X[rows], Y[rows]).coef_ != 0 for rows in draws]
        np.testing.assert_array_equal(row, np.mean(fits, axis=0))
    assert ((ours > 0) & (ours < 1)).any()  # resampling does matter


def test_selection_frequencies_at_the_ends():
    frequencies = selection_frequencies(X, Y, [100 * lambda_max(X, Y), 0], n_resamples=5)
    np.testing.assert_array_equal(frequencies, [[0] * P, [1] * P])


def test_claim_c36_correlated_features_share_their_selections():
    rng = np.random.default_rng(1)
    Z = rng.normal(size=(100, 3))
    Z[:, 1] = Z[:, 0] + 0.05 * rng.normal(size=100)
    y = Z[:, 0] + Z[:, 1] + rng.normal(size=100)
    # With about equal effects, the threshold 1 of Lasso(alpha=1) leaves one of them in most draws.
    frequencies = selection_frequencies(Z, y, [1.0], n_resamples=60)[0]
    assert 0.1 < frequencies[:2].min() < 0.9
    assert frequencies[2] < 0.1


def test_stable_features_by_hand():
    frequencies = np.array([[0.9, 0.2, 0.5, 0.6], [0.1, 0.3, 0.59, 0.0]])
    assert stable_features(frequencies).tolist() == [0, 3]
    assert stable_features(frequencies, 0.95).tolist() == []
    assert false_selections_bound(10, 1000, 0.75) == pytest.approx(0.2)
    assert false_selections_bound(10, 1000, 1) == pytest.approx(0.1)


# --- bad input ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: k_fold(5, 6), "k must be between 2 and the number of samples, 5, got 6"),
        (lambda: k_fold(5, 1), "k must be between 2 and the number of samples, 5, got 1"),
        (lambda: cross_validate(X, Y, [-1.0]), "each value of lams must be at least 0, got -1"),
        (lambda: cross_validate(X, Y[1:], LAMS), "X and y must have the same number of samples"),
        (lambda: one_standard_error([1], [[1]]), "errors must have a row per lam and at least 2"),
        (lambda: one_standard_error([1, 2], [[1, 2]]), "errors must have a row per lam"),
        (lambda: relaxed_lasso(X, Y, 1, 1.5), "blend must be between 0 and 1, got 1.5"),
        (lambda: relaxed_lasso(X, Y, -1), "lam must be at least 0, got -1"),
        (lambda: list(resamples(1, 1, half=True)), "n must be at least 2 to draw a half, got 1"),
        (lambda: selection_frequencies(X, Y, LAMS, n_resamples=0), "count must be at least 1"),
        (lambda: stable_features([[1.0]], 0.5), "threshold must be above 0.5, got 0.5"),
        (lambda: stable_features([[1.0]], 0.4), "threshold must be between 0.5 and 1, got 0.4"),
        (lambda: false_selections_bound(-1, 9), "n_selected must be at least 0, got -1"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()
