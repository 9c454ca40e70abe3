"""The fast lasso: Newton steps on the active set, inside a small working set of columns.

Minimises ||y - X w - b||^2 / (2 n) + lam ||w||_1. Multiplied by n, with a = n lam, r the residual
and c = X^T r, a minimiser satisfies

    c_j = a s_j     where w_j != 0, s_j being its sign   (the active set A),
    |c_j| <= a      where w_j  = 0.

If A and s were known, w would be the solution of a linear system. Four ideas find them quickly:

Newton        Solve the system, w_A = (X_A^T X_A)^-1 (X_A^T y - a s). Drop the columns whose w_j
              has lost its sign, add those with |c_j| > a, until nothing changes. Each step lowers
              the objective, so that no active set comes twice and the search ends.
Continuation  Come down from the a at which w = 0, a factor at a time: the last A is a good guess.
Working set   All this looks only at W: A and the columns with the largest |c_j|, copied together.
Certificate   One pass c = X^T r over all columns then gives the duality gap and the next W.

X is neither copied nor centred: r has mean zero, so that X^T r is that of the centred columns.

Osborne, Presnell & Turlach (2000); Kim et al. (2007); Massias, Gramfort & Salmon (2018).
"""

from dataclasses import dataclass, replace

import numpy as np

WIDTH = 500  # least number of columns in W beside A
BATCH = 10  # values of lam that share a pass over X
FALL = 0.5  # largest step down in lam between two passes
SLACK = 1e-12  # relative, in |c_j| <= a: above rounding, far below what the gap can see
IDLE = 5  # steps without a fall of the objective that rounding can see, before giving up
DEPENDENT = 1e-9  # a column with less than this share of ||x||^2 outside span(X_A) is inside it


@dataclass(eq=False)
class Face:
    """The active columns and their signs: among such w the objective is quadratic."""

    index: np.ndarray  # positions in W, (n_active,)
    sign: np.ndarray  # (n_active,)
    X: np.ndarray  # the columns, (n_samples, n_active)
    K: np.ndarray  # (X^T X)^-1, (n_active, n_active)

    @classmethod
    def empty(cls, n_samples):
        index, sign = np.empty(0, dtype=int), np.empty(0)
        return cls(index, sign, np.empty((n_samples, 0), order="F"), np.empty((0, 0)))

    def minimise(self, y, a):
        """Return the minimiser w, (n_active,), and its residual r, (n_samples,)."""
        b = self.X.T @ y
        w = self.K @ (b - a * self.sign)
        rounding = 1e-12 * a + 1e-14 * np.abs(b).max(initial=0.0)
        for refinement in range(6):
            r = y - self.X @ w
            error = self.X.T @ r - a * self.sign  # by rounding, which adds up in K
            if np.abs(error).max(initial=0.0) <= rounding:
                break
            if refinement == 3:
                self.K = np.linalg.pinv(self.X.T @ self.X, hermitian=True)
            w = w + self.K @ error
        return w, y - self.X @ w

    def drop(self, gone):
        """Return the face without the columns where `gone`, (n_active,), is true."""
        kept = ~gone
        # The inverse without some rows and columns: K_kk - K_kg K_gg^-1 K_gk.
        across = self.K[np.ix_(kept, gone)]
        K = self.K[np.ix_(kept, kept)]
        X = _columns(self.X, kept)
        try:
            K -= across @ np.linalg.solve(self.K[np.ix_(gone, gone)], across.T)
        except np.linalg.LinAlgError:  # rounding has spoilt K: afresh
            K = np.linalg.pinv(X.T @ X, hermitian=True)
        return Face(self.index[kept], self.sign[kept], X, K)

    def add(self, index, sign, X_new):
        """Return the face with those of `X_new`, (n_samples, n_new), that keep X^T X invertible."""
        cross = self.X.T @ X_new
        U = self.K @ cross  # the new columns regressed on the old ones, (n_active, n_new)
        S = X_new.T @ X_new  # and the Gram matrix of what is left: the Schur complement
        limit = DEPENDENT * S.diagonal()
        S = S - cross.T @ U
        kept = _independent(S, limit)
        U, V = U[:, kept], np.linalg.inv(S[np.ix_(kept, kept)])
        UV = U @ V
        return Face(
            np.append(self.index, index[kept]),
            np.append(self.sign, sign[kept]),
            np.concatenate([self.X.T, X_new.T[kept]]).T,
            np.block([[self.K + UV @ U.T, -UV], [-UV.T, V]]),
        )


@dataclass(frozen=True, eq=False)
class Fit:
    """The lasso at `a` on a working set: `w` on the active columns, and the residual."""

    a: float
    face: Face
    w: np.ndarray  # (n_active,), w * face.sign >= 0
    r: np.ndarray  # (n_samples,)


class WorkingSet:
    """The lasso on the columns `W` of X, copied and centred; y is centred."""

    def __init__(self, X, y, W):
        Z = X.T[W]  # (n_columns, n_samples): each column of X contiguous
        constant = np.ptp(Z, axis=1) == 0
        Z -= Z.mean(axis=1, keepdims=True)
        Z[constant] = 0.0  # exactly: a mean is rounded, and the rest would pass for a signal
        self.X, self.y = Z.T, y
        self.rounding = 1e-13 * np.abs(Z @ y).max()  # in c

    def descend(self, fit, a):
        """Return the lasso fit at `a`, starting from another."""
        face, w, lowest, idle = fit.face, fit.w, np.inf, 0
        while True:
            best, r = face.minimise(self.y, a)
            lost = best * face.sign <= 0
            if lost.any():  # each time a column less
                face, w = self.towards(face, w, best, lost, a)
                continue
            value = _objective(r, best, a)
            idle = 0 if value < lowest * (1 - 1e-15) else idle + 1
            lowest = min(value, lowest)
            c = self.X.T @ r
            excess = np.abs(c) - a
            excess[face.index] = 0.0
            new = np.flatnonzero(excess > SLACK * a + self.rounding)
            if not len(new) or idle == IDLE:
                return Fit(a, face, best, r)
            new = new[np.argsort(-excess[new])]  # the worst first
            face, w = self.enter(face, best, new, np.sign(c[new]))

    def towards(self, face, w, best, lost, a):
        """Go from `w` towards the minimiser `best`, in which the signs `lost` are wrong."""
        clipped = np.where(lost, 0.0, best)
        if not _objective(self.y - face.X @ clipped, clipped, a) < _objective(
            self.y - face.X @ w, w, a
        ):
            lost &= w == 0  # new ones that would have to start with the wrong sign, if any
            clipped = w
            if not lost.any():  # all the way, until the first w_j is zero
                step, first = _first_zero(w, best - w)
                clipped, lost = w + step * (best - w), first
        return face.drop(lost), clipped[~lost]

    def enter(self, face, w, new, sign):
        """Add the violators `new`, some at a time: many at once overshoot, and have to go again."""
        few = new[: max(20, len(w) // 8)]
        larger = face.add(few, sign[: len(few)], _columns(self.X, few))
        if len(larger.index) > len(w):
            return larger, np.append(w, np.zeros(len(larger.index) - len(w)))
        # All depend on the active columns. One takes over from them, X w staying as it is, until
        # one of them is zero: the penalty falls by |c_j| - a for each unit.
        for j, s in zip(new, sign, strict=True):
            x = _columns(self.X, [j])
            direction = -s * (face.K @ (face.X.T @ x))[:, 0]
            step, first = _first_zero(w, direction)
            if step < np.inf:
                smaller = face.drop(first)
                exchanged = smaller.add(np.array([j]), np.array([s]), x)
                if len(exchanged.index) > len(smaller.index):
                    return exchanged, np.append((w + step * direction)[~first], step * s)
        return face, w


def lasso_fits(X, y, lams, tol, max_iter):
    """Fit the lasso for each of `lams` (n_lams,) > 0, from the largest down.

    Each is done when its duality gap is at most tol ||y - mean(y)||^2 / n, or after `max_iter`
    passes over X since the one before.

    Returns
    -------
    fits, x_mean, y_mean
        A fit is (active columns, their coefficients, duality gap, passes over X, whether it
        converged); `fits` is in the order of `lams`.
    """
    n = len(X)
    x_mean, y_mean = np.ones(n) @ X / n, float(y.mean())
    y = _centred(y)
    enough = tol * (y @ y) / n
    fits, todo, passes = [None] * len(lams), list(np.argsort(-lams)), 0

    W, subset = np.empty(0, dtype=int), None
    batch = [Fit(np.inf, Face.empty(n), np.empty(0), y)]
    while todo:
        C = _correlations(X, x_mean, batch)
        passes += 1
        for fit, c in zip(batch, C, strict=True):
            if subset is not None:
                c[W] = subset.X.T @ fit.r  # centred: rounded less
            largest = np.abs(c).max()
            while todo:
                a = n * lams[todo[0]]
                gap = _gap(fit, a, largest) / n
                # If no column outside W wants in at this very a, rounding keeps the gap open.
                stuck = fit.a == a and not _violators_outside(c, W, a)
                if gap > enough and not stuck and passes < max_iter:
                    break
                fits[todo.pop(0)] = (W[fit.face.index], fit.w, gap, passes, gap <= enough)
                passes = 0
            if todo and fit.a == n * lams[todo[0]]:
                break  # W was too small for this one; the rest of the batch has to wait
        if todo:
            if fit.a == np.inf:
                fit = replace(fit, a=largest)
            active = W[fit.face.index]
            wanted = _largest(c, active, max(WIDTH, len(active)))
            if not np.isin(wanted, W).all():
                W = np.concatenate([active, wanted])
                subset = WorkingSet(X, y, W)
                fit = replace(fit, face=replace(fit.face, index=np.arange(len(active))))
            stops = n * lams[todo[:BATCH]]
            stops = stops[stops >= FALL * fit.a]
            batch = []
            for a in stops if len(stops) else [FALL * fit.a]:
                fit = subset.descend(fit, a)
                batch.append(fit)
    return fits, x_mean, y_mean


def largest_correlation(X, y):
    """Return the largest |X_j^T (y - mean(y))| for centred columns, without centring them all."""
    fit = Fit(np.inf, Face.empty(len(y)), np.empty(0), _centred(y))
    (c,) = _correlations(X, np.ones(len(y)) @ X / len(y), [fit])
    W = _largest(c, [], WIDTH)
    return float(np.abs(WorkingSet(X, fit.r, W).X.T @ fit.r).max())


def _centred(y):
    """y minus its mean: exactly zero if y is constant, though its mean is rounded."""
    return y - y.mean() if np.ptp(y) > 0 else np.zeros(len(y))


def _correlations(X, x_mean, batch):
    """Return X_j^T r for each column j and each fit, (n_fits, n_features), in one pass over X."""
    if len(batch) == 1:
        return (X.T @ batch[0].r - x_mean * batch[0].r.sum())[None]
    R = np.array([fit.r for fit in batch])
    C = R @ X
    for c, r in zip(C, R, strict=True):
        c -= x_mean * r.sum()  # r has mean zero but for rounding
    return C


def _gap(fit, a, largest):
    """n times the duality gap at `a`, given the largest |c_j|: see `solvers.duality_gap`."""
    s = 1.0 if largest <= a else a / largest  # s r is feasible for the dual
    smooth = (1 - s) ** 2 * (fit.r @ fit.r) / 2
    c = fit.face.X.T @ fit.r
    return float(smooth + (a * np.abs(fit.w) - s * c * fit.w).clip(min=0).sum())


def _objective(r, w, a):
    return r @ r / 2 + a * np.abs(w).sum()


def _violators_outside(c, W, a):
    outside = np.abs(c) > a * (1 + SLACK)
    outside[W] = False
    return outside.any()


def _largest(c, active, k):
    """Return the k columns off the active set (all, if there are fewer) of the largest |c_j|."""
    score = np.abs(c)
    score[active] = -1.0
    k = min(k, len(c) - len(active))
    return np.argpartition(score, len(c) - k - 1)[len(c) - k :] if k < len(c) else np.arange(k)


def _first_zero(w, direction):
    """Return the least t > 0 at which an entry of w + t * direction is zero, and which it is."""
    t = np.full(len(w), np.inf)
    np.divide(-w, direction, out=t, where=w * direction < 0)
    first = np.zeros(len(w), dtype=bool)
    if len(w):
        first[np.argmin(t)] = True
    return t.min(initial=np.inf), first


def _independent(S, limit):
    """Return which columns to keep, (n_new,), given the Gram matrix S of what is left of them.

    Cholesky's pivots are what is left of each after those before it.
    """
    try:
        pivots = np.linalg.cholesky(S).diagonal() ** 2
    except np.linalg.LinAlgError:
        pivots = np.zeros(len(S))
    if (pivots > limit).all():
        return np.ones(len(S), dtype=bool)
    S, kept = S.copy(), np.zeros(len(S), dtype=bool)
    for j in range(len(S)):
        kept[j] = S[j, j] > limit[j]
        if kept[j]:
            S -= np.outer(S[j], S[j] / S[j, j])
    return kept


def _columns(X, which):
    """Copy columns of a Fortran-ordered matrix into another such."""
    return X.T[which].T
