"""Lasso, ridge and elastic net with an unpenalised intercept, and their paths over lam.

Loss: ||y - X w - b||^2 / (2 n) plus lam ||w||_1 (lasso), lam/2 ||w||^2 (ridge), or
lam (l1_ratio ||w||_1 + (1 - l1_ratio)/2 ||w||^2) (elastic net), n = n_samples.

Everywhere: X is (n_samples, n_features), y is (n_samples,), both finite and not empty; lam >= 0;
neither is modified. TypeError is raised for what is not numeric, ValueError for what is not
finite, does not fit, or is out of its range.
"""

import warnings
from dataclasses import dataclass

import numpy as np

from regularization.solvers import coordinate_descent
from regularization.spectrum import centre_columns, gram_eigh, gram_suffices, thin_svd
from regularization.validation import (
    check_array,
    check_count,
    check_data,
    check_lams,
    check_number,
)
from regularization.working_set import TooManyActive, largest_correlation, lasso_fits


@dataclass(frozen=True, eq=False)
class LinearModel:
    """A fitted linear model: `coef` (n_features,) and `intercept`, a float."""

    coef: np.ndarray
    intercept: float

    def predict(self, X):
        """Return X @ coef + intercept, (n_samples,), for `X` (n_samples, n_features)."""
        X = check_array(X, "X", ndim=2)
        if X.shape[1] != len(self.coef):
            raise ValueError(f"X must have {len(self.coef)} columns as fitted, got {X.shape[1]}.")
        return X @ self.coef + self.intercept


@dataclass(frozen=True, eq=False)
class SparseLinearModel(LinearModel):
    """A linear model with its certificate.

    `duality_gap` bounds how far the loss is above its minimum, in units of the loss; `n_iter` is
    the number of passes that it took.
    """

    duality_gap: float
    n_iter: int


@dataclass(frozen=True, eq=False)
class LinearPath:
    """A model per value of lam, as given: `coefs` (n_lams, n_features), `intercepts` (n_lams,)."""

    coefs: np.ndarray
    intercepts: np.ndarray


def lasso(X, y, lam, *, tol=1e-10, max_iter=10_000):
    """Fit the lasso by Newton steps on the active set: see `working_set`. Tibshirani (1996).

    Stops when the duality gap is at most ``tol * ||y - mean(y)||^2 / n``, and warns
    (RuntimeWarning) if it is not after `max_iter` passes over X, which is neither copied nor
    centred: fastest for a Fortran-ordered float64 array. At lam = 0 every least-squares fit is a
    minimiser: the one of least norm is returned.

    Returns
    -------
    SparseLinearModel
        `coef`, `intercept`, `duality_gap`, `n_iter` and `predict(X)`.
    """
    return _sparse(X, y, np.array([check_number(lam, "lam", low=0)]), 1.0, tol, max_iter)[0]


def elastic_net(X, y, lam, l1_ratio, *, tol=1e-10, max_iter=10_000):
    """Fit the elastic net, 0 <= l1_ratio <= 1, by the same steps. Zou & Hastie (2005).

    Stops and warns as `lasso`, which is l1_ratio = 1; l1_ratio = 0 is the ridge, in closed form.
    Where thousands of columns are active, coordinate descent takes over.
    """
    lam = check_number(lam, "lam", low=0)
    l1_ratio = check_number(l1_ratio, "l1_ratio", low=0, high=1)
    if l1_ratio > 0:
        try:
            return _sparse(X, y, np.array([lam]), l1_ratio, tol, max_iter)[0]
        except TooManyActive:
            pass
    return _descend(X, y, lam, l1_ratio, tol, max_iter)


def ridge(X, y, lam):
    """Fit ridge regression in closed form. Hoerl & Kennard (1970).

    lam = 0 gives the least-squares solution of least norm.

    Returns
    -------
    LinearModel
        `coef`, `intercept` and `predict(X)`.
    """
    path = ridge_path(X, y, [check_number(lam, "lam", low=0)])
    return LinearModel(path.coefs[0], float(path.intercepts[0]))


def lasso_path(X, y, lams, *, tol=1e-10, max_iter=10_000):
    """Fit the lasso for each of `lams` (n_lams,), in any order, to the accuracy of `lasso`.

    The fits run from the largest lam to the smallest, each starting from the one before, and
    several share a pass over X. Friedman, Hastie & Tibshirani (2010).

    Returns
    -------
    LinearPath
        `coefs` (n_lams, n_features) and `intercepts` (n_lams,), in the order of `lams`.
    """
    models = _sparse(X, y, check_lams(lams), 1.0, tol, max_iter)
    return LinearPath(
        np.array([model.coef for model in models]), np.array([model.intercept for model in models])
    )


def ridge_path(X, y, lams):
    """Fit ridge regression for each of `lams` (n_lams,), in any order, from one factorisation.

    Returns
    -------
    LinearPath
        `coefs` (n_lams, n_features) and `intercepts` (n_lams,), in the order of `lams`.
    """
    X, y, x_mean, y_mean = _centre(X, y)
    coefs = _ridge(X, y, check_lams(lams))
    return LinearPath(coefs, y_mean - coefs @ x_mean)


def lambda_max(X, y):
    """Return max_j |X_j^T (y - mean(y))| / n for centred columns: the least lam with coef = 0.

    Of the lasso; divide by l1_ratio for the elastic net. From there on w = 0 satisfies the KKT
    conditions |X_j^T r| / n <= lam.
    """
    X, y = check_data(X, y)
    return largest_correlation(X, y) / len(y)


def _centre(X, y):
    """Check the data; return centred copies and the means: the best intercept is then zero."""
    X, y = check_data(X, y)
    X, x_mean = centre_columns(X)
    return X, centre_columns(y[:, None])[0][:, 0], x_mean, y.mean()


def _sparse(X, y, lams, l1_ratio, tol, max_iter):
    """The lasso for each of `lams`, or an elastic net for one, by the working set: models."""
    X, y = check_data(X, y, finite_X=False)  # the fit finds out in passing
    tol, max_iter = check_number(tol, "tol", low=0), check_count(max_iter, "max_iter")
    models, positive = [None] * len(lams), np.flatnonzero(lams > 0)
    l2 = len(y) * lams[0] * (1 - l1_ratio)
    fits = lasso_fits(X, y, l1_ratio * lams[positive], tol, max_iter, l2)
    for i, (active, w_active, mean, gap, passes, converged) in zip(positive, fits, strict=True):
        w = np.zeros(X.shape[1])
        w[active] = w_active
        intercept = float(y.mean() - mean @ w_active)
        models[i] = SparseLinearModel(w, intercept, gap, passes)
        if not converged:
            _warn(lams[i], gap, passes)
    if len(positive) < len(lams):  # least squares
        least = _descend(X, y, 0.0, 1.0, tol, max_iter)
        models = [model or least for model in models]
    return models


def _descend(X, y, lam, l1_ratio, tol, max_iter):
    """The elastic net by coordinate descent; without an L1 part in closed form, certified."""
    X, y, x_mean, y_mean = _centre(X, y)
    w0 = _ridge(X, y, np.array([lam]))[0] if lam * l1_ratio == 0 else None
    w, history = coordinate_descent(X, y, lam, l1_ratio=l1_ratio, w0=w0, max_iter=max_iter, tol=tol)
    n_iter, gap = history[-1]
    if not gap <= tol * (y @ y) / len(y):
        _warn(lam, gap, n_iter)
    return SparseLinearModel(w, float(y_mean - x_mean @ w), gap, n_iter)


def _warn(lam, gap, n_iter):
    warnings.warn(
        f"The fit did not converge at lam = {lam:.3g}: a duality gap of {gap:.3g} after "
        f"{n_iter} passes; raise max_iter, tol or lam.",
        RuntimeWarning,
        stacklevel=4,  # the caller of the public function
    )


def _ridge(X, y, lams):
    """Ridge coefficients (n_lams, n_features) of centred data: (X^T X + n lam)^-1 X^T y.

    With X = U diag(d) V^T that is V diag(d / (d^2 + n lam)) U^T y, which needs no d > 0 at
    lam = 0.
    """
    n, p = X.shape
    d2, Q = gram_eigh(X)
    suffices = gram_suffices(d2, n * lams.min())
    if suffices and p > n:
        return (Q.T @ y / (d2 + n * lams[:, None])) @ Q.T @ X  # the dual: n by n
    if suffices:
        coefs = (Q.T @ (X.T @ y) / (d2 + n * lams[:, None])) @ Q.T
    else:
        U, d, Vt = thin_svd(X)
        coefs = (U.T @ y * d / (d**2 + n * lams[:, None])) @ Vt
    coefs[:, ~X.any(axis=0)] = 0.0  # exactly: times the mean of a constant, rounding would show
    return coefs
