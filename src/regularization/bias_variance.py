"""Bias, variance and noise of a fitting method by Monte Carlo, each with its own error.

For squared loss and y = f(x) + noise, over redrawn training sets at a fixed test point x,

    E (y - fhat(x))^2 = (E fhat(x) - f(x))^2 + Var fhat(x) + Var noise,

here averaged over the test points. Geman, Bienenstock & Doursat (1992), equation (5).
"""

from dataclasses import dataclass

import numpy as np

from regularization.validation import check_array, check_count, check_number


@dataclass(frozen=True, eq=False)
class BiasVariance:
    """Averages over the test points; `*_se` is the Monte Carlo standard error of each.

    bias2, variance  unbiased estimates; `bias2` may therefore come out slightly below 0.
    noise            sigma^2, known exactly.
    error            the measured squared error on noisy test targets.
    mismatch         bias2 + variance + noise - error, which is 0 but for Monte Carlo error.
    predictions      (n_draws, n_test), what all the estimates come from.
    """

    bias2: float
    bias2_se: float
    variance: float
    variance_se: float
    noise: float
    error: float
    error_se: float
    mismatch: float
    mismatch_se: float
    predictions: np.ndarray


def bias_variance(fit_predict, draw, X_test, f_test, sigma, *, n_draws=200, rng=0):
    """Decompose the expected squared error of a method at the test points.

    Parameters
    ----------
    fit_predict : function (X, y, X_test) -> predictions (n_test,)
        Fits the method to a training set and predicts.
    draw : function (rng) -> X (n_samples, n_features), y (n_samples,)
        Draws a training set from a NumPy Generator.
    X_test : array
        The test points, handed on to `fit_predict` as they are.
    f_test : (n_test,)
        The true function at the test points, without noise.
    sigma : float >= 0
        Standard deviation of the noise in the measured test error, as in `draw`.
    n_draws : int >= 2
        Number of training sets; the standard errors fall as its square root.
    rng : int or numpy.random.Generator

    Returns
    -------
    BiasVariance

    Raises
    ------
    TypeError, ValueError
        If an argument is out of its range, or predictions are not n_test finite numbers.
    """
    f_test, sigma = check_array(f_test, "f_test", ndim=1), check_number(sigma, "sigma", low=0)
    n_draws = check_count(check_number(n_draws, "n_draws", low=2), "n_draws")
    rng = np.random.default_rng(rng)
    predictions = np.array(
        [_predict(fit_predict, draw(rng), X_test, len(f_test)) for _ in range(n_draws)]
    )  # (n_draws, n_test)
    noise = sigma * rng.standard_normal(predictions.shape)  # fresh for each draw

    mean = predictions.mean(axis=0)  # (n_test,)
    around = predictions - mean  # (n_draws, n_test)
    spread = np.square(around).mean(axis=1) * n_draws / (n_draws - 1)  # averages to the variance
    variance = spread.mean()
    # The mean prediction is itself off by Var / n_draws in square: take that off.
    bias2 = np.square(mean - f_test).mean() - variance / n_draws
    missed = np.square(predictions - f_test).mean(axis=1)  # (n_draws,), without noise
    measured = np.square(predictions - f_test - noise).mean(axis=1)  # (n_draws,)
    # bias2 + variance is exactly missed.mean().
    gap = missed + sigma**2 - measured  # (n_draws,), each of mean 0
    return BiasVariance(
        float(bias2),
        _bias2_se(around, mean - f_test),
        float(variance),
        _se(spread),
        sigma**2,
        float(measured.mean()),
        _se(measured),
        float(gap.mean()),
        _se(gap),
        predictions,
    )


def _predict(fit_predict, training_set, X_test, n_test):
    predictions = check_array(fit_predict(*training_set, X_test), "the predictions", ndim=1)
    if len(predictions) != n_test:
        raise ValueError(
            f"fit_predict must return one prediction per value of f_test, "
            f"got {len(predictions)} for {n_test}."
        )
    return predictions


def _se(values):
    """The standard error of the mean of independent values (n_draws,)."""
    return float(values.std(ddof=1) / np.sqrt(len(values)))


def _bias2_se(around, bias):
    """Standard error of the estimate of the squared bias.

    With b the bias and C the covariance of the predictions, its variance is
    4 b^T C b / n_draws + 2 tr(C^2) / n_draws^2, over n_test^2: the second term counts when b is
    near 0. The estimated b adds 4 tr(C^2) / n_draws^2 to the first, which is taken off.
    """
    n_draws, n_test = around.shape
    products = np.square(around @ around.T)  # (n_draws, n_draws); off the diagonal of mean tr(C^2)
    trace = (products.sum() - products.trace()) / (n_draws * (n_draws - 1))
    first = 4 * np.square(around @ bias).mean() / n_draws - 4 * trace / n_draws**2
    return float(np.sqrt(max(first, 0.0) + 2 * trace / n_draws**2) / n_test)
