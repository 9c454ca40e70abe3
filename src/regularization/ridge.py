"""What one spectrum tells of the ridge at every lam, and a matrix-free ridge for very wide data.

Loss: ||y - X w - b||^2 / (2 n) + lam/2 ||w||^2, b unpenalised. With the centred X / sqrt(n) =
U diag(d) V^T, direction i of y is kept by the factor d_i^2 / (d_i^2 + lam).

Everywhere: X is (n_samples, n_features), y is (n_samples,), both finite and not empty, and not
modified; lam, lams >= 0. TypeError is raised for what is not numeric, ValueError for what is not
finite, does not fit, or is out of its range.
"""

import warnings

import numpy as np

from regularization.linear import LinearModel
from regularization.spectrum import centre_columns, gram_eigh, gram_suffices, thin_svd
from regularization.validation import (
    check_array,
    check_count,
    check_data,
    check_lams,
    check_number,
    check_positive,
)


def degrees_of_freedom(X, lams):
    """Return sum_i d_i^2 / (d_i^2 + lam) for each lam, (n_lams,); the intercept is one more.

    The trace of the matrix that takes y to its fit; the rank of the centred X at lam = 0.
    Hastie, Tibshirani & Friedman (2009), equation (3.50).
    """
    X, lams = check_array(X, "X", ndim=2), check_lams(lams)
    d2, _ = _spectrum(X, lams.min())
    return (d2 / (d2 + lams[:, None])).sum(axis=1)


def leave_one_out(X, y, lams):
    """Return the leave-one-out residuals (n_lams, n_samples): one decomposition, no refits.

    Row i is y_j minus its prediction by the ridge at lams[i] on the other n - 1 samples, its
    intercept included; mean their squares for the error. The loss of such a fit is a mean over
    n - 1: so scikit-learn's RidgeCV, which keeps alpha, does the same at alpha = (n - 1) lam.
    Needs n >= 2.

    The residual of the full fit over 1 - leverage: Golub, Heath & Wahba (1979). Where samples
    are interpolated both vanish with lam; their ratio does not, and is what is returned at 0.
    """
    X, y = check_data(X, y)
    lams, n = check_lams(lams), len(y)
    if n < 2:
        raise ValueError("X must have at least 2 samples to leave one out, got 1.")
    lams = lams * (n - 1) / n  # n * lams is now the penalty of a fit to n - 1 samples
    d2, U = _spectrum(X, lams.min())
    y = y - y.mean()
    if len(d2) == n - 1:  # any y can be fitted: lam / (d2 + lam) is left, here without its lam
        r, left = np.zeros(n), np.zeros(n)
        factors = 1 / (d2 + lams[:, None])  # (n_lams, rank)
    else:
        r, left = y - U @ (U.T @ y), 1 - 1 / n - np.square(U).sum(axis=1)  # beyond the rank
        factors = lams[:, None] / (d2 + lams[:, None])
    # At lam = 0 a sample that alone spans a direction has no other to be predicted from: 0 / 0.
    left = left + factors @ np.square(U).T  # 1 - leverage, (n_lams, n)
    if (left <= 1e-12 * left.max()).any():
        raise ValueError(
            "lams must be larger: without a sample the fit is not determined, so that it has no "
            "leave-one-out residual."
        )
    return (r + (factors * (U.T @ y)) @ U.T) / left


def ridge_cg(X, y, lam, *, tol=1e-12, max_iter=1000):
    """Fit one ridge by conjugate gradients in the dual, for n_features >> n_samples; lam > 0.

    Solves (X X^T + n lam I) a = y, X and y centred, for w = X^T a, by products with X alone: no
    copy of X, no n by n matrix. The more features per sample, the rounder X X^T and the fewer
    iterations. Stops when the residual is at most tol * ||y||, and warns (RuntimeWarning) if it
    is not after `max_iter` iterations. Columns with means far beyond their spread lose digits:
    centre those first. Hestenes & Stiefel (1952).

    Returns
    -------
    LinearModel
        `coef`, `intercept` and `predict(X)`.
    """
    X, y = check_data(X, y)
    lam, tol = check_positive(lam, "lam"), check_number(tol, "tol", low=0)
    n, y_mean = len(y), y.mean()
    a, r = np.zeros(n), y - y_mean  # (n,), both of mean 0 throughout
    direction, r2 = r, r @ r
    target = tol**2 * r2
    for _ in range(check_count(max_iter, "max_iter")):
        if r2 <= target:
            break
        image = X @ (X.T @ direction)  # (n,); X.T needs no centring, for direction is
        image += n * lam * direction - image.mean()
        step = r2 / (direction @ image)
        a, r = a + step * direction, r - step * image
        r2, r2_old = r @ r, r2
        direction = r + r2 / r2_old * direction
    if r2 > target:
        warnings.warn(
            f"Conjugate gradients did not converge at lam = {lam:.3g}: raise max_iter, tol or lam.",
            RuntimeWarning,
            stacklevel=2,
        )
    w = X.T @ a  # (n_features,)
    return LinearModel(w, float(y_mean - X.mean(axis=0) @ w))


def _spectrum(X, lam):
    """Return d^2 (rank,) and U (n_samples, rank) of the centred X / sqrt(n), fit for this lam."""
    n, p = X.shape
    X = centre_columns(X)[0] / np.sqrt(n)
    d2, Q = gram_eigh(X)
    if gram_suffices(d2, lam if p > n else 0):
        return d2, Q if p > n else X @ Q / np.sqrt(d2)
    U, d, _ = thin_svd(X)
    return d**2, U
