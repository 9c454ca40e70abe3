"""Where a quadratic touches an Lq ball: the constrained optimum, and its multiplier lambda.

    minimise (w - w0)^T A (w - w0) / 2   subject to   (sum_j |w_j|^q)^(1/q) <= t,   q >= 1.

At the optimum the pull A (w0 - w) is lam times a (sub)gradient of sum_j |w_j|^q / q: the contour
touches the ball. So the same w minimises the quadratic plus lam/q sum_j |w_j|^q, which is the
course's lam ||w||_1 at q = 1 and its lam/2 ||w||^2 at q = 2.

Everywhere: A is (d, d), symmetric and positive definite, w0 (d,), the unconstrained optimum.
TypeError is raised for what is not numeric, ValueError for what is not finite, does not fit, or
is out of its range.
"""

from dataclasses import dataclass

import numpy as np

from regularization.validation import (
    check_array,
    check_coef,
    check_count,
    check_number,
    check_positive,
)


@dataclass(frozen=True, eq=False)
class Tangency:
    """The optimum `w` (d,) and its multiplier `lam`, 0 if the ball holds w0."""

    w: np.ndarray
    lam: float


def penalised_optimum(A, w0, q, lam):
    """Return argmin_w (w - w0)^T A (w - w0) / 2 + lam/q sum_j |w_j|^q, (d,); lam >= 0."""
    A, w0, q = _check(A, w0, q)
    lam = check_number(lam, "lam", low=0)
    return _l1_point(A, w0, lam=lam).w if q == 1 else _smooth(A, w0, q, lam)


def constrained_optimum(A, w0, q, t):
    """Return the Tangency of the quadratic with the Lq ball of radius t > 0.

    The norm of the penalised optimum falls with lam: a root search finds the lam where it is t.
    At q = 1 the path is piecewise linear and followed exactly. Between 1 and about 1.1 the search
    is slow: seconds instead of milliseconds.
    """
    A, w0, q = _check(A, w0, q)
    t = check_positive(t, "t")
    if _norm(w0, q) <= t:
        return Tangency(w0.copy(), 0.0)
    if q == 1:
        return _l1_point(A, w0, t=t)

    def too_long(log_lam):
        return np.log(_norm(_smooth(A, w0, q, np.exp(log_lam)), q) / t)

    low = high = 0.0  # log lam
    while too_long(high) > 0:
        high += 5
    while too_long(low) <= 0:
        low -= 5
        if low < -60:  # by rounding alone the ball does not hold w0
            return Tangency(w0.copy(), 0.0)
    log_lam = _root(too_long, low, high)
    return Tangency(_smooth(A, w0, q, np.exp(log_lam)), float(np.exp(log_lam)))


def lam_of_t(A, w0, q, ts):
    """Return the multiplier lam of each radius in `ts` (n_ts,), all > 0: falls to 0 at ||w0||_q."""
    return np.array([constrained_optimum(A, w0, q, t).lam for t in check_array(ts, "ts", ndim=1)])


def kkt_violation(A, w0, q, w, lam):
    """Return how far the pull A (w0 - w) is from lam times the subdifferential, in max norm.

    0 if and only if the contour through `w` (d,) touches the Lq ball there with multiplier lam.
    """
    A, w0, q = _check(A, w0, q)
    w, lam = check_coef(w, len(w0)), check_number(lam, "lam", low=0)
    pull = A @ (w0 - w)
    off = np.abs(pull - lam * np.sign(w) * np.abs(w) ** (q - 1))
    if q == 1:  # at a corner any slope up to lam will do
        off = np.where(w == 0, (np.abs(pull) - lam).clip(min=0), off)
    return float(off.max())


def random_quadratic(d, eccentricity, rng):
    """Draw A (d, d), eigenvalues from 1 to eccentricity >= 1 in a random basis, and w0 ~ N(0, I).

    The eigenvalues are in geometric progression; `rng` is an int or a numpy.random.Generator.
    """
    d, rng = check_count(d, "d"), np.random.default_rng(rng)
    eccentricity = check_number(eccentricity, "eccentricity", low=1)
    Q, R = np.linalg.qr(rng.standard_normal((d, d)))
    Q = Q * np.sign(np.diag(R))  # uniform over rotations and reflections: Mezzadri (2007)
    A = Q * np.geomspace(1, eccentricity, d) @ Q.T
    return (A + A.T) / 2, rng.standard_normal(d)


def corner_frequencies(q, lam, d, eccentricity=1.0, *, n_draws=1000, rng=0):
    """Return how often the penalised optimum has a zero, and which share of coordinates is zero.

    Two floats, over `n_draws` of `random_quadratic`; zeros are exact ones. For q > 1 there are
    none, but where w0 itself has them.
    """
    rng = np.random.default_rng(rng)
    draws = (random_quadratic(d, eccentricity, rng) for _ in range(check_count(n_draws, "n_draws")))
    zero = np.array([penalised_optimum(A, w0, q, lam) == 0 for A, w0 in draws])  # (n_draws, d)
    return float(zero.any(axis=1).mean()), float(zero.mean())


def _check(A, w0, q):
    A = check_array(A, "A", ndim=2)
    if A.shape[0] != A.shape[1] or np.abs(A - A.T).max() > 1e-10 * np.abs(A).max():
        raise ValueError(f"A must be a symmetric matrix, got shape {A.shape}.")
    if np.linalg.eigvalsh(A)[0] <= 0:
        raise ValueError("A must be positive definite: its smallest eigenvalue is not above 0.")
    return A, check_coef(w0, len(A), "w0"), check_number(q, "q", low=1)


def _norm(w, q):
    return float((np.abs(w) ** q).sum() ** (1 / q))


def _root(f, low, high):
    """The root of a falling f between `low` and `high`, by false position, Illinois variant."""
    f_low, f_high, side = f(low), f(high), 0
    for _ in range(100):
        middle = (low * f_high - high * f_low) / (f_high - f_low)
        f_middle = f(middle)
        if abs(f_middle) <= 1e-13 or f_low == f_high:
            break
        if f_middle > 0:  # an end kept twice in a row counts half, or it would stay for good
            low, f_low, f_high, side = middle, f_middle, f_high / (2 if side > 0 else 1), 1
        else:
            high, f_high, f_low, side = middle, f_middle, f_low / (2 if side < 0 else 1), -1
    return middle


def _smooth(A, w0, q, lam):
    """The penalised optimum for q > 1.

    It solves A (w - w0) + lam sign(w) |w|^(q-1) = 0. Below q = 2 that power has an infinite slope
    at 0; its inverse has none, so solve for the pull v = A (w0 - w) = lam sign(w) |w|^(q-1).
    """
    if q == 2 or lam == 0:
        return np.linalg.solve(A + lam * np.eye(len(A)), A @ w0)
    if q > 2:
        return _newton(A, A @ w0, lam ** (-1 / (q - 1)), q - 1)
    v = _newton(np.linalg.inv(A), w0, lam, 1 / (q - 1))
    return np.sign(v) * (np.abs(v) / lam) ** (1 / (q - 1))


@np.errstate(over="ignore")  # a step too far may have an infinite value: it is shortened
def _newton(M, c, unit, r):
    """Solve M u + sign(u) |u / unit|^r = c, r >= 1, by Newton's method with a line search.

    It is the gradient of the convex u^T M u / 2 - c^T u + unit/(r + 1) sum |u / unit|^(r + 1).
    """

    def value(u):
        return u @ M @ u / 2 - c @ u + unit / (r + 1) * (np.abs(u / unit) ** (r + 1)).sum()

    without_power = np.linalg.solve(M, c)
    without_M = unit * np.sign(c) * np.abs(c) ** (1 / r)
    u = min(np.zeros(len(c)), without_power, without_M, key=value)
    scale = c @ without_power  # the unit of `value`, whose digits end at 1e-16 of it
    for _ in range(500):
        gradient = M @ u - c + np.sign(u) * np.abs(u / unit) ** r
        curvature = M + np.diag(r / unit * np.abs(u / unit) ** (r - 1))
        move = np.linalg.solve(curvature, gradient)
        step, fall, now = 1.0, gradient @ move, value(u)
        if fall <= 1e-24 * scale:
            return u - move
        while step > 1e-6 and value(u - step * move) > now - 0.1 * step * fall + 1e-15 * scale:
            step /= 2
        u = u - step * move
    return u


def _l1_point(A, w0, lam=0.0, t=np.inf):
    """The point of the L1 path at multiplier `lam`, or at norm `t` if that comes first.

    On a support S with signs s the optimum is w_S = A_SS^-1 ((A w0)_S - lam s): linear in lam
    until a coordinate joins, |pull_j| = lam, or leaves, w_j = 0. Osborne, Presnell & Turlach
    (2000); Efron et al. (2004), section 3.1.
    """
    c, d = A @ w0, len(w0)
    now, s, w = np.abs(c).max(), np.zeros(d), np.zeros(d)
    left = -1  # what has just left is on the brink of joining, and must not, by rounding
    if now > 0:
        s[np.abs(c).argmax()] = np.sign(c[np.abs(c).argmax()])
    while now > lam and s.any():
        S = np.flatnonzero(s)
        start, slope = np.linalg.solve(A[np.ix_(S, S)], np.array([c[S], s[S]]).T).T
        # Each event is a lam at which something happens, the next being the largest up to now.
        events = [(lam, -1, 0.0)]
        for i, j in enumerate(S):  # w_j = start - lam * slope comes to 0
            if slope[i] * s[j] < 0 and start[i] / slope[i] < now:
                events.append((start[i] / slope[i], j, 0.0))
        for j in np.flatnonzero(s == 0):  # pull_j = a + lam b comes to +-lam
            a, b = c[j] - A[j, S] @ start, A[j, S] @ slope
            for sign in (-1.0, 1.0):
                at = a / (sign - b) if sign != b else np.inf
                if 0 < at <= now * (1 - 1e-10 if j == left else 1 + 1e-10):
                    events.append((min(at, now), j, sign))
        then, j, sign = max(events, key=lambda event: event[0])
        norm, norm_slope = s[S] @ start, s[S] @ slope  # ||w||_1 = norm - lam * norm_slope
        if norm - then * norm_slope >= t:
            then, j = (norm - t) / norm_slope, -1
        w = np.zeros(d)
        w[S] = start - then * slope
        if j < 0:
            return Tangency(w, float(then))
        now, s[j], w[j] = then, sign, 0.0
        left = j if sign == 0 else -1
    return Tangency(w, float(now))
