"""Logistic regression with an elastic-net penalty and an unpenalised intercept.

Loss: mean_i log(1 + exp(-s_i z_i)) with z = X w + b and s_i = +-1 for y_i = 1, 0, plus
lam (l1_ratio ||w||_1 + (1 - l1_ratio)/2 ||w||^2). l1_ratio = 0 is L2, l1_ratio = 1 is L1.
"""

import warnings
from dataclasses import dataclass

import numpy as np

from regularization.linear import SparseLinearModel
from regularization.penalties import elastic_net, split_lam
from regularization.solvers import coordinate_descent
from regularization.validation import (
    check_coef,
    check_count,
    check_data,
    check_number,
    check_positive,
)


@dataclass(frozen=True, eq=False)
class LogisticModel(SparseLinearModel):
    """A fitted model: `coef`, `intercept`, `duality_gap`, `n_iter`; `predict` returns X w + b."""

    def predict_proba(self, X):
        """Return the probability of y = 1, (n_samples,), for `X` (n_samples, n_features)."""
        return _sigmoid(self.predict(X))


def logistic(X, y, lam, l1_ratio=0.0, *, tol=1e-10, max_iter=100):
    """Fit logistic regression by proximal Newton steps with a line search.

    Each step replaces the loss by its second-order expansion at the current point: a weighted
    ridge or lasso, solved in closed form or by `solvers.coordinate_descent`. Lee, Sun & Saunders
    (2014); Friedman, Hastie & Tibshirani (2010), section 3. The least lam with coef = 0 under L1
    is `linear.lambda_max(X, y)`.

    Parameters
    ----------
    X : (n_samples, n_features)
    y : (n_samples,), 0 or 1, with both present
    lam : float > 0; without a penalty separable data have no minimiser
    l1_ratio : float in [0, 1]
    tol : float >= 0
        Stop when the duality gap, an upper bound on the loss above its minimum, is at most this.
    max_iter : int >= 1
        Number of Newton steps; without convergence by then a RuntimeWarning is given.

    Returns
    -------
    LogisticModel

    Raises
    ------
    TypeError, ValueError
        If an argument is not numeric, not finite, out of its range, or of the wrong shape.
    """
    X, y = _check_labels(X, y)
    check_positive(lam, "lam")
    l1_ratio = check_number(l1_ratio, "l1_ratio", low=0, high=1)
    tol, max_iter = check_number(tol, "tol", low=0), check_count(max_iter, "max_iter")
    if l1_ratio == 0 and X.shape[1] > len(X):  # ||w|| is least in the span of the rows: w = Q u
        Q, R = np.linalg.qr(X.T)
        model = _newton(R.T, y, lam, l1_ratio, tol, max_iter)
        return LogisticModel(Q @ model.coef, model.intercept, model.duality_gap, model.n_iter)
    return _newton(X, y, lam, l1_ratio, tol, max_iter)


def logistic_gap(X, y, w, b, lam, l1_ratio=0.0):
    """Return an upper bound on how far the objective at (w, b) is above its minimum; lam > 0.

    The dual is max_u mean_i H(s_i u_i) - g*(X^T u / n) over sum(u) = 0, where H is the entropy
    of a coin and g* the penalty's conjugate. The residual u = y - p is made feasible by scaling:
    the heavier class for the sum, then all of it for ||X^T u / n||_inf <= lam_1, where g* is 0.
    With an L2 part it is feasible unscaled as well: the better of the two counts. Koh, Kim & Boyd
    (2007), section 3. Arguments and errors as in `logistic`; `w` is (n_features,), `b` a number.
    """
    X, y = _check_labels(X, y)
    w, b = check_coef(w, X.shape[1]), check_number(b, "b")
    lam_1, lam_2 = split_lam(check_positive(lam, "lam"), l1_ratio)
    s, z = 2 * y - 1, X @ w + b  # (n_samples,)
    a = _sigmoid(-s * z)  # |u|, each in [0, 1]
    ones, zeros = a[y == 1].sum(), a[y == 0].sum()
    a = a * np.where(y == 1, min(1, zeros / ones), min(1, ones / zeros))
    v = np.abs(X.T @ (s * a)) / len(y)  # (n_features,)
    duals = [_entropy(a * min(1.0, lam_1 / v.max() if v.any() else 1.0)).mean()]
    if lam_2 > 0:  # feasible as it is, at a price
        duals.append(_entropy(a).mean() - np.square((v - lam_1).clip(min=0)).sum() / (2 * lam_2))
    primal = _loss(s, z) + elastic_net(w, lam, l1_ratio)
    return max(0.0, float(primal - max(duals)))  # below 0 only by rounding


def _newton(X, y, lam, l1_ratio, tol, max_iter):
    """Proximal Newton from w = 0 and the intercept that fits best beside it."""
    s, n = 2 * y - 1, len(y)
    w, b = np.zeros(X.shape[1]), np.log(y.mean() / (1 - y.mean()))
    for n_iter in range(max_iter + 1):
        gap = logistic_gap(X, y, w, b, lam, l1_ratio)
        if gap <= tol or n_iter == max_iter:
            break
        z = X @ w + b
        p = _sigmoid(z)
        h = (p * (1 - p)).clip(min=1e-6)  # (n,), the loss's curvature; 0 where p is 0 or 1
        target = z + (y - p) / h  # the expansion is sum h (target - z)^2 / (2 n)
        x_mean, t_mean = h @ X / h.sum(), h @ target / h.sum()  # centring: the best intercept
        root = np.sqrt(h)
        A, t = root[:, None] * (X - x_mean), root * (target - t_mean)
        if l1_ratio == 0:
            w_new = np.linalg.solve(A.T @ A + n * lam * np.eye(len(w)), A.T @ t)
        else:  # no more exactly than the expansion is worth, but more so at each step
            inner = max(0.01 * min(gap, 10.0**-n_iter) / (t @ t / n), 1e-15)
            w_new, _ = coordinate_descent(
                A, t, lam, l1_ratio=l1_ratio, w0=w, tol=inner, max_iter=1000
            )
        dw, db = w_new - w, t_mean - x_mean @ w_new - b
        step, now = 1.0, _loss(s, z) + elastic_net(w, lam, l1_ratio)
        dz = X @ dw + db
        while step > 1e-8 and (
            _loss(s, z + step * dz) + elastic_net(w + step * dw, lam, l1_ratio) > now + 1e-15
        ):
            step /= 2
        # At a full step w_new itself: w + (w_new - w) would lose its exact zeros.
        w, b = (w_new if step == 1 else w + step * dw), b + step * db
    if gap > tol:
        warnings.warn(
            f"Newton's method did not converge at lam = {lam:.3g}: a duality gap of {gap:.3g} "
            f"after {n_iter} steps; raise max_iter, tol or lam.",
            RuntimeWarning,
            stacklevel=3,
        )
    return LogisticModel(w, float(b), gap, n_iter)


def _check_labels(X, y):
    X, y = check_data(X, y)
    if not (np.isin(y, (0, 1)).all() and np.ptp(y) > 0):
        raise ValueError("y must hold the labels 0 and 1, and both of them.")
    return X, y


def _loss(s, z):
    return float(np.logaddexp(0, -s * z).mean())


def _sigmoid(z):
    return np.exp(-np.logaddexp(0, -z))  # overflows nowhere


def _entropy(a):
    """-a log a - (1 - a) log(1 - a), which is 0 at a = 0 and a = 1."""
    inside = np.clip(a, 1e-300, 1 - 1e-16)
    return -a * np.log(inside) - (1 - a) * np.log1p(-inside)
