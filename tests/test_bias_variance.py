"""Oracle: linear smoothers on a fixed design, whose bias and variance have closed forms."""

import numpy as np
import pytest

from regularization.bias_variance import bias_variance
from regularization.linear import ridge

N, P, SIGMA = 30, 6, 0.7
_rng = np.random.default_rng(0)
X = _rng.normal(size=(N, P))
X_TEST = _rng.normal(size=(40, P))
W = _rng.normal(size=P)


def draw(rng):
    return X, X @ W + SIGMA * rng.standard_normal(N)


def smoother(lam):
    """The matrix that takes y to predictions, ridge without intercept."""
    return X_TEST @ np.linalg.solve(X.T @ X + N * lam * np.eye(P), X.T)


def run(lam, seed, n_draws=100):
    S = smoother(lam)
    return bias_variance(
        lambda X, y, X_test: S @ y, draw, X_TEST, X_TEST @ W, SIGMA, n_draws=n_draws, rng=seed
    )


def truth(lam):
    S = smoother(lam)
    bias = S @ X @ W - X_TEST @ W
    return np.mean(bias**2), SIGMA**2 * np.sum(S**2) / len(X_TEST)


@pytest.mark.parametrize("lam", [0.0, 0.3, 3.0])
def test_estimates_and_stated_errors_against_the_closed_form(lam):
    """Over 400 repetitions the estimates centre on the truth, and scatter as they state."""
    bias2, variance = truth(lam)
    expected = {"bias2": bias2, "variance": variance, "error": bias2 + variance + SIGMA**2}
    runs = [run(lam, seed) for seed in range(400)]
    for name, value in {**expected, "mismatch": 0.0}.items():
        estimates = np.array([getattr(r, name) for r in runs])
        stated = np.sqrt(np.mean([getattr(r, name + "_se") ** 2 for r in runs]))
        # In estimates' own units: the mean is N(0, 1/400), the scatter 1 +- 0.035 or a bit more.
        assert abs(estimates.mean() - value) < 4 * estimates.std() / 20, name
        assert 0.8 < estimates.std() / stated < 1.2, name


def test_the_parts_add_up_to_the_error_without_noise_exactly():
    r = run(0.3, 1)
    missed = np.mean((r.predictions - X_TEST @ W) ** 2)
    assert r.bias2 + r.variance == pytest.approx(missed, rel=1e-12)
    assert r.noise == SIGMA**2
    assert r.bias2 + r.variance + r.noise - r.error == pytest.approx(r.mismatch, abs=1e-12)
    assert r.predictions.shape == (100, 40)


def test_claim_c47_ridge_trades_variance_for_bias():
    runs = [
        bias_variance(
            lambda X, y, X_test, lam=lam: ridge(X, y, lam).predict(X_test),
            draw,
            X_TEST,
            X_TEST @ W,
            SIGMA,
            rng=0,
        )
        for lam in (0.0, 0.1, 1.0)
    ]
    assert runs[0].variance > runs[1].variance > runs[2].variance
    assert runs[0].bias2 < runs[1].bias2 < runs[2].bias2
    assert all(abs(r.mismatch) < 4 * r.mismatch_se for r in runs)
    assert abs(runs[0].bias2) < 4 * runs[0].bias2_se  # least squares has none


def test_same_seed_same_numbers():
    assert run(0.3, 5).error == run(0.3, 5).error
    assert run(0.3, 5).error != run(0.3, 6).error
    assert run(0.3, np.random.default_rng(5)).error == run(0.3, 5).error


def test_without_noise_or_variance_only_bias_is_left():
    r = bias_variance(lambda X, y, X_test: np.full(3, 2.0), draw, X_TEST, [1, 1, 1], 0, n_draws=5)
    assert (r.bias2, r.variance, r.noise, r.error, r.mismatch) == (1, 0, 0, 1, 0)
    assert (r.bias2_se, r.variance_se, r.error_se, r.mismatch_se) == (0, 0, 0, 0)


def test_bad_input():
    def constant(X, y, X_test):
        return np.zeros(3)

    with pytest.raises(ValueError, match="n_draws must be at least 2, got 1"):
        bias_variance(constant, draw, X_TEST, np.zeros(3), 1, n_draws=1)
    with pytest.raises(ValueError, match=r"n_draws must be a whole number, got 2.5"):
        bias_variance(constant, draw, X_TEST, np.zeros(3), 1, n_draws=2.5)
    with pytest.raises(ValueError, match="sigma must be at least 0, got -1"):
        bias_variance(constant, draw, X_TEST, np.zeros(3), -1)
    with pytest.raises(ValueError, match="one prediction per value of f_test, got 3 for 4"):
        bias_variance(constant, draw, X_TEST, np.zeros(4), 1)
    with pytest.raises(ValueError, match="the predictions must be finite"):
        bias_variance(lambda *_: [np.nan] * 3, draw, X_TEST, np.zeros(3), 1)
