"""Four ways to the lasso, and the duality gap that says how far each has come.

All minimise ||y - X w||^2 / (2 n) + lam * ||w||_1 for centred data (no intercept), take
``(X, y, lam, *, w0=None, max_iter, tol)`` and return ``(w, history)``:

w        (n_features,), the last iterate.
history  [(iteration, duality gap), ...] at the start, at every tenth iteration and at the end.
         The solver has converged if the last gap is at most ``tol * ||y||^2 / n``.

X is (n_samples, n_features), y (n_samples,), w0 (n_features,) the starting point, zero unless
given; lam >= 0, tol >= 0, max_iter >= 1. Nothing is modified. Input that is not finite or does not
fit raises ValueError, input that is not numeric TypeError.
"""

import numpy as np

from regularization.penalties import l1_prox, l1_subgradient, split_lam
from regularization.validation import check_coef, check_count, check_data, check_number

GAP_EVERY = 10  # a gap costs about as much as an iteration of ISTA: ask for it now and then


def duality_gap(X, y, w, lam, l1_ratio=1.0):
    """Return an upper bound on how far the objective at `w` is above its minimum.

    The objective is ||y - X w||^2 / (2 n) + lam * (l1_ratio ||w||_1 + (1 - l1_ratio)/2 ||w||^2),
    for centred `X` (n_samples, n_features) and `y` (n_samples,); `lam` >= 0, 0 <= l1_ratio <= 1.
    The bound is a float >= 0 in units of the objective, and 0 at a minimiser.

    It is the primal minus the dual objective. The lasso's dual is max_u y^T u - n/2 ||u||^2 over
    ||X^T u||_inf <= lam; the residual, scaled to be feasible, is the dual point. Kim et al. (2007).
    The elastic net is a lasso on n_features more rows, sqrt(n lam (1 - l1_ratio)) * I, with target
    0 (Zou & Hastie 2005, lemma 1). Without an L1 part the objective is smooth and needs no dual.

    Raises
    ------
    TypeError, ValueError
        If an argument is not numeric, not finite, out of its range, or of the wrong shape.
    """
    X, y = check_data(X, y)
    return _gap(X, y, *split_lam(lam, l1_ratio), check_coef(w, X.shape[1]))


def _gap(X, y, lam_1, lam_2, w):
    """The duality gap with the penalty lam_1 ||w||_1 + lam_2/2 ||w||^2."""
    n = len(y)
    r = y - X @ w  # (n_samples,)
    if lam_1 == lam_2 == 0:  # least squares: what the columns still explain of r
        return float(np.square(X @ np.linalg.lstsq(X, r)[0]).sum()) / (2 * n)
    v = X.T @ r / n - lam_2 * w  # minus the gradient of the smooth part, (n_features,)
    if lam_1 == 0:  # ridge: strong convexity bounds the distance by the gradient
        return float(v @ v) / (2 * lam_2)
    largest = np.abs(v).max()
    s = 1.0 if largest <= lam_1 else lam_1 / largest  # s * r / n is feasible
    # Primal minus dual, written as a sum of terms >= 0: a difference of nearly equal objectives
    # would lose the digits.
    smooth = (1 - s) ** 2 * (r @ r / n + lam_2 * (w @ w)) / 2
    return float(smooth + (lam_1 * np.abs(w) - s * v * w).clip(min=0).sum())


def coordinate_descent(X, y, lam, *, l1_ratio=1.0, w0=None, max_iter=10_000, tol=1e-10):
    """Minimise over one coefficient at a time, in cyclic order; the elastic net for l1_ratio < 1.

    Every tenth pass visits all columns, the passes between only those with w_j != 0. A column that
    is zero gets w_j = 0. Friedman, Hastie & Tibshirani (2010), equation (5).
    """
    X, y, w, monitor = _start(X, y, lam, l1_ratio, w0, max_iter, tol)
    n = len(y)
    lam_1, lam_2 = split_lam(lam, l1_ratio)
    columns = list(np.asfortranarray(X).T)  # n_features contiguous vectors (n_samples,)
    curvature = np.einsum("ij,ij->j", X, X) / n  # ||X_j||^2 / n
    rounding = 1e-13 * np.sqrt(curvature * (y @ y) / n)  # in X_j^T r / n
    r = y - X @ w  # kept up to date: one coordinate costs O(n_samples)
    while not monitor.stop(w):
        everywhere = monitor.iteration % GAP_EVERY == 1
        for j in range(len(w)) if everywhere else np.flatnonzero(w):
            z = columns[j] @ r / n + curvature[j] * w[j]
            z = max(z - lam_1, 0.0) + min(z + lam_1, 0.0)  # soft threshold, without the checks
            new = z / (curvature[j] + lam_2) if abs(z) > rounding[j] else 0.0
            if new != w[j]:
                r += (w[j] - new) * columns[j]
                w[j] = new
    return w, monitor.history


def ista(X, y, lam, *, w0=None, max_iter=100_000, tol=1e-10):
    """Proximal gradient descent: a gradient step of length 1/L, then the soft threshold.

    L = ||X||_2^2 / n; the objective falls as 1/k. Daubechies, Defrise & De Mol (2004); Beck &
    Teboulle (2009), theorem 3.1.
    """
    X, y, w, monitor = _start(X, y, lam, 1.0, w0, max_iter, tol)
    step = 1 / _lipschitz(X)
    while not monitor.stop(w):
        w = l1_prox(w - step * _gradient(X, y, w), step, lam)
    return w, monitor.history


def fista(X, y, lam, *, w0=None, max_iter=100_000, tol=1e-10):
    """ISTA with momentum: the step starts from a point beyond the last iterate.

    The objective falls as 1/k^2, not monotonically. Beck & Teboulle (2009), equations (4.1)-(4.3).
    """
    X, y, w, monitor = _start(X, y, lam, 1.0, w0, max_iter, tol)
    step = 1 / _lipschitz(X)
    ahead, t = w, 1.0
    while not monitor.stop(w):
        w_old, t_old = w, t
        w = l1_prox(ahead - step * _gradient(X, y, ahead), step, lam)
        t = (1 + np.sqrt(1 + 4 * t_old**2)) / 2
        ahead = w + (t_old - 1) / t * (w - w_old)
    return w, monitor.history


def subgradient_descent(
    X, y, lam, *, step=None, decreasing=False, w0=None, max_iter=10_000, tol=1e-10
):
    """Full-batch descent along -gradient - lam * sign(w); it leaves no exact zeros.

    `step` >= 0 is the step length, 1/L unless given: the same at each iteration or, if
    `decreasing`, step / sqrt(k) at iteration k. A constant step never converges but chatters about
    the minimum; a decreasing one converges slowly. Shor (1985).
    """
    X, y, w, monitor = _start(X, y, lam, 1.0, w0, max_iter, tol)
    step = 1 / _lipschitz(X) if step is None else check_number(step, "step", low=0)
    while not monitor.stop(w):
        length = step / np.sqrt(monitor.iteration) if decreasing else step
        w = w - length * (_gradient(X, y, w) + l1_subgradient(w, lam))
    return w, monitor.history


def _start(X, y, lam, l1_ratio, w0, max_iter, tol):
    """Check the arguments; return X, y, the starting point (a copy) and the monitor."""
    X, y = check_data(X, y)
    w = np.zeros(X.shape[1]) if w0 is None else check_coef(w0, X.shape[1], "w0").copy()
    return X, y, w, _Monitor(X, y, *split_lam(lam, l1_ratio), max_iter, tol)


class _Monitor:
    """Counts the iterations, records the gap at every tenth, and says when to stop."""

    def __init__(self, X, y, lam_1, lam_2, max_iter, tol):
        self.problem = X, y, lam_1, lam_2
        self.max_iter = check_count(max_iter, "max_iter")
        self.target = check_number(tol, "tol", low=0) * (y @ y) / len(y)
        self.iteration, self.history = 0, []

    def stop(self, w):
        """Record the gap if it is due; True at convergence or after `max_iter` iterations."""
        last = self.iteration == self.max_iter
        if last or self.iteration % GAP_EVERY == 0:
            gap = _gap(*self.problem, w)
            self.history.append((self.iteration, gap))
            last = last or gap <= self.target
        self.iteration += not last
        return last


def _gradient(X, y, w):
    return X.T @ (X @ w - y) / len(y)  # of the squared loss, (n_features,)


def _lipschitz(X):
    """The Lipschitz constant of the gradient, ||X||_2^2 / n (1 if X is zero: any will do)."""
    return np.linalg.norm(X, 2) ** 2 / len(X) or 1.0
