"""The fast lasso: Newton steps on the active set, inside a small working set of columns.

Minimises ||y - X w - b||^2 / (2 n) + lam ||w||_1. Multiplied by n, with a = n lam, r the residual
and c = X^T r, a minimiser satisfies

    c_j = a s_j     where w_j != 0, s_j being its sign   (the active set A),
    |c_j| <= a      where w_j  = 0.

If A and s were known, w would be the solution of a linear system. Four ideas find them quickly:

Newton        Solve the system, w_A = (X_A^T X_A)^-1 (X_A^T y - a s). Solve it without the columns
              whose w_j has lost its sign (or, if that does not lower the objective, go only as far
              as the first zero on the way), add some of those with |c_j| > a, until the gap is
              closed. No step raises the objective, and each solution that keeps its signs is
              below the one before: but for rounding, no such (A, s) comes twice, and the search
              ends.
Continuation  Come down from the a at which w = 0, a factor at a time: the last A is a good guess.
Working set   All this looks only at W: A and the columns with the largest |c_j|, copied together;
              and roughly on the way down, where columns that are missing from it matter more.
Certificate   One pass c = X^T r over all columns then gives the duality gap and the next W.

X as a whole is neither copied nor centred: r has mean zero, so that X^T r is that of the centred
columns.

The elastic net, with l2/2 ||w||^2 more in n times the loss, is the lasso on n_features more rows,
sqrt(l2) I: only the l2 in c = X^T r - l2 w and in X_A^T X_A + l2 I tells of them, and of l2 ||w||^2
in the objective and the gap. More columns than samples may be active then.

Osborne, Presnell & Turlach (2000) for the active set and the continuation; Kim et al. (2007) for
the gap; Massias, Gramfort & Salmon (2018) for the working set; Zou & Hastie (2005), lemma 1, for
the rows.
"""

from dataclasses import dataclass

import numpy as np
from threadpoolctl import ThreadpoolController

from regularization.validation import check_array

WIDTH = 1000  # least number of columns in a new W beside A; or, if that is more,
PART = 40  # one in so many of all columns; or, where lam is to fall by a factor of f,
WIDE = 0.006  # f times this share: the farther, the less is known of who will want in
BATCH = 25  # values of lam that share a pass over X
FALL = 0.13  # lam falls to no less than this share of itself between two passes
NEAR = 1.5  # and stops this far above the one asked for: the next W is then more often right
ROUGH = 0.05  # gap, over the objective, at which to leave a lam on the way
FEW = 80  # violators that enter at once: too many overshoot
KEEN = 0.1  # of the largest excess of |c_j| over a: those with less hardly want in, and wait
SLACK = 1e-12  # relative, in |c_j| <= a: above rounding, far below what the gap can see
OFFSET = 10  # a mean this many times the standard deviation spoils the rounding of X_j^T r
IDLE = 5  # steps without a fall of the objective that rounding can see, before giving up
DEPENDENT = 1e-9  # a column with less than this share of ||x||^2 outside span(X_A) is inside it
SINGLE = 0.08  # and with less than this share it is not for single precision
MOST = 5000  # columns that may be active in an elastic net, if not n_samples: K has their square
MANY = 600  # active columns from which products among them gain by a second thread
LARGE = 1.5e6  # entries of a matrix from which its product with a vector does
BLAS = ThreadpoolController().select(user_api="blas")


class TooManyActive(Exception):
    """More columns of an elastic net are active than is quick to handle here."""


class ActiveSet:
    """The columns with w_j != 0, and those about to be: for these signs the objective is quadratic.

    All arrays have a row for each active column and grow and shrink in place: `index` is its
    position in W, `sign`, `w`, the column itself is a row of `Z` (n_active, n_samples), `norm` its
    norm with its row of sqrt(l2) I, and a row of `U` the column divided by `norm`. `K`, the inverse
    Gram matrix of all that divided by `norm`, is in single precision, which is twice as fast and
    which `WorkingSet.minimiser` makes up for, until that no longer will do; `is_fresh` is whether
    it is free of the rounding that adds up in its updates.
    """

    def __init__(self, n_samples, capacity, l2):
        self.capacity, self.l2 = capacity, l2
        self._size, self.is_fresh = 0, True
        self._index, (self._sign, self._w, self._norm) = np.empty(0, dtype=int), np.empty((3, 0))
        self._Z, self._U = np.empty((0, n_samples)), np.empty((0, n_samples), dtype=np.float32)
        self._K = np.empty((0, 0), dtype=np.float32)
        self._reserve(min(n_samples, capacity))

    def _reserve(self, rows):
        """Allocate `rows` rows, and keep what there is."""
        n_samples, dtype = self._Z.shape[1], self._K.dtype
        held = self.index, self.sign, self.w, self.norm, self.Z, self.U, self.K
        self._index = np.empty(rows, dtype=int)
        self._sign, self._w, self._norm = np.empty((3, rows))
        # One allocation: of several, some go back to the system, and new memory is slow.
        split = 8 * rows * n_samples
        memory = np.empty(split + rows * (n_samples + rows) * dtype.itemsize, dtype=np.uint8)
        self._Z = memory[:split].view(float).reshape(rows, n_samples)
        both = memory[split:].view(dtype).reshape(rows, n_samples + rows)
        self._U, self._K = both[:, :n_samples], both[:, n_samples:]
        for part, was in zip(
            (self.index, self.sign, self.w, self.norm, self.Z, self.U, self.K), held, strict=True
        ):
            part[:] = was

    def __len__(self):
        return self._size

    index = property(lambda self: self._index[: self._size])
    sign = property(lambda self: self._sign[: self._size])
    w = property(lambda self: self._w[: self._size])
    norm = property(lambda self: self._norm[: self._size])
    Z = property(lambda self: self._Z[: self._size])
    U = property(lambda self: self._U[: self._size])
    K = property(lambda self: self._K[: self._size, : self._size])

    @property
    def is_double(self):
        """Whether K is in double precision."""
        return self._K.dtype == float

    @property
    def is_exact(self):
        """Whether K is as good as it can be."""
        return self.is_fresh and self.is_double

    @property
    def limit(self):
        """The least share of a column outside span(Z) that K can tell from none."""
        return DEPENDENT if self.is_double else SINGLE

    def objective(self, y, a, w):
        r = y - w @ self.Z
        return _objective(r, w, a, self.l2)

    def solve(self, v):
        """Return (Z Z^T + l2 I)^-1 v, (n_active,), roughly."""
        return self.K @ (v / self.norm).astype(self.K.dtype) / self.norm

    def without(self, best, gone):
        """Return the minimiser without the columns `gone`, and those gone: more, if signs are lost.

        Roughly, from `best`, the minimiser with all columns.
        """
        best = best * self.norm
        while True:
            leaving = self.K[:, gone]
            try:
                w = best - leaving @ np.linalg.solve(leaving[gone], best[gone])
            except np.linalg.LinAlgError:  # rounding has spoilt K
                w = best.copy()
            w[gone] = 0.0
            lost = w * self.sign < 0
            if not lost.any():
                return w / self.norm, gone
            gone = gone | lost

    def drop(self, gone):
        """Take out the columns where `gone`, (n_active,), is true: the last ones fill the gaps."""
        k = self._size - np.count_nonzero(gone)
        gaps, movers = np.flatnonzero(gone[:k]), k + np.flatnonzero(~gone[k:])
        K, leaving = self.K, self.K[:, gone]
        among = leaving[gone]
        columns = self._index, self._sign, self._w, self._norm, self._Z, self._U
        for array in (*columns, K, K.T, leaving):
            array[gaps] = array[movers]
        # The inverse without some rows and columns: K_kk - K_kg K_gg^-1 K_gk.
        self._size, self.is_fresh, leaving = k, False, leaving[:k]
        try:
            self.K[:] -= leaving @ np.linalg.inv(among) @ leaving.T
        except np.linalg.LinAlgError:  # rounding has spoilt K: afresh
            self.rebuild()

    def rebuild(self):
        """Compute K afresh; in double precision, if afresh it was and would not do."""
        if self.is_fresh and not self.is_double:
            self._U, self._K = np.empty(self._U.shape), np.empty(self._K.shape)
            self.U[:] = self.Z / self.norm[:, None]
        self.is_fresh, gram = True, _gram(self.U, self.l2 / self.norm**2)
        try:
            self.K[:] = _inverse(gram)
        except np.linalg.LinAlgError:
            if not self.is_exact:
                return self.rebuild()
            self.K[:] = np.linalg.pinv(gram, hermitian=True)

    def next_rows(self, new):
        """Where the next `new` columns are to be written, (new, n_samples), for `add`."""
        size = self._size + new
        if size > len(self._w):
            self._reserve(max(size, min(2 * size, self.capacity)))
        return self._Z[self._size : size]

    def add(self, index, sign, norm):
        """Take in those of the columns in `next_rows` that do not depend on the others.

        `norm`, (n_new,): their norms, but for rounding; 1 for a zero column.
        """
        old, new = self._size, self._size + len(index)
        Z, U = self._Z[old:new], self._U[old:new]
        np.divide(Z, norm[:, None], out=U, casting="same_kind")
        cross = self.U @ U.T
        P = self.K @ cross  # the new columns regressed on the old ones, (n_active, n_new)
        # The Gram matrix of what is left: the Schur complement.
        S = _gram(U, self.l2 / norm**2) - cross.T @ P
        pivots = _pivots(S)
        if not self.is_double and (pivots < self.limit).any():
            self.rebuild()
            return self.add(index, sign, norm)
        kept = _independent(S, pivots)
        kept &= np.cumsum(kept) <= self.capacity - self._size  # there is no more room
        if not kept.any():
            return
        if not kept.all():
            index, sign, norm = index[kept], sign[kept], norm[kept]
            new = old + len(index)
            self._Z[old:new], self._U[old:new] = Z[kept], U[kept]
            P, S = P[:, kept], S[np.ix_(kept, kept)]
        V = _inverse(S)
        PV = P @ V
        self._index[old:new], self._sign[old:new], self._w[old:new] = index, sign, 0.0
        self._norm[old:new] = norm
        self._K[:old, :old] += PV @ P.T
        self._K[:old, old:new], self._K[old:new, :old] = -PV, -PV.T
        self._K[old:new, old:new] = V
        self._size, self.is_fresh = new, False


@dataclass(frozen=True, eq=False)
class Fit:
    """Where the search for the lasso at `a` on W ended, with its residual `r` and c = X_W^T r."""

    a: float
    is_stuck: bool  # whether only rounding keeps the gap, of W, above what was to be enough
    index: np.ndarray  # the active columns: positions in W, (n_active,)
    w: np.ndarray  # (n_active,)
    r: np.ndarray  # (n_samples,)
    c: np.ndarray  # (n_columns of W,)


class WorkingSet:
    """The lasso on the columns `W` of X, all of them in their order or some; y is centred.

    `b` is X_W^T y. `room`, (n_rows, n_samples), takes the columns if it has enough rows.
    """

    def __init__(self, X, y, W, b, l2=0.0, room=(), threads=1):
        n, p = X.shape
        self.l2, self.threads = l2, threads
        # (n_columns, n): each column of X contiguous.
        if len(W) == p:
            self.Z = X.T
        elif len(room) < len(W):
            self.Z = X.T[W]
        else:
            self.Z = np.take(X.T, W, axis=0, out=room[: len(W)], mode="clip")  # "raise" buffers
        self.mean = _product(self.Z, np.full(n, 1 / n), threads)
        # r has mean zero, so that Z r is that of the centred columns, but for rounding.
        mean_square = np.vecdot(self.Z, self.Z) / n
        self.offset, variance = self.mean, mean_square - self.mean**2
        if (mean_square < (1 + OFFSET**-2) * self.mean**2).any():
            self.Z, self.offset = _centred(self.Z), np.zeros(len(self.Z))
            b = self.Z @ y
            variance = np.vecdot(self.Z, self.Z) / n
        self.norm = np.sqrt(n * np.where(variance > 0, variance, 1.0) + l2)
        self.y = y
        self.b = b
        self.rounding = 1e-13 * np.abs(self.b).max()  # in c

    def centred(self, index, out=None):
        """The columns at `index`, centred, (len(index), n_samples), written to `out` if given."""
        Z = np.take(self.Z, index, axis=0, out=out, mode="clip")  # "raise" buffers
        Z -= self.offset[index, None]
        return Z

    def descend(self, active, a, enough, rough=0.0):
        """Bring the active set to the lasso of W at `a`, up to a gap (times n) of `enough`: a Fit.

        Of the share `rough` of the objective, if that is more; or as near as rounding lets it.
        """
        lowest, idle = active.objective(self.y, a, active.w), 0
        while True:
            target = max(enough, rough * lowest)
            best, r = self.minimiser(active, a, target)
            lost = best * active.sign <= 0
            if lost.any():  # each time at least a column less
                self.towards(active, best, lost, a)
                continue
            active.w[:] = best
            c, value = _product(self.Z, r, self.threads), _objective(r, best, a, self.l2)
            c[active.index] -= self.l2 * best
            idle = 0 if value < lowest * (1 - 1e-15) else idle + 1
            lowest = min(value, lowest)
            excess = np.abs(c) - a
            excess[active.index] = 0.0
            new = np.flatnonzero(excess > SLACK * a + self.rounding)
            gap = _gap(best, r, c[active.index], a, self.l2, np.abs(c).max())
            is_enough = gap <= target
            if is_enough or not len(new) or idle == IDLE:
                return Fit(a, not is_enough, active.index.copy(), best, r, c)
            new = new[np.argsort(-excess[new])]  # the worst first
            keen = np.count_nonzero(excess >= KEEN * excess[new[0]])
            self.enter(active, new, np.sign(c[new]), min(FEW, keen))

    def minimiser(self, active, a, enough):
        """Return the minimiser for `sign`, (n_active,), whatever its own, and its residual."""
        start = self.b[active.index] - a * active.sign  # the error of w = 0
        w, error, before = 0.0, start, np.abs(start).max(initial=0.0)
        while True:
            w = w + active.solve(error)
            r = self.y - w @ active.Z
            error = active.Z @ r - self.l2 * w - a * active.sign  # as K is rounded
            largest = np.abs(error).max(initial=0.0)
            is_floor = active.is_exact or largest <= 1e-12 * a + self.rounding
            if not (is_floor or largest <= active.limit / 5 * before):  # K is spoilt
                active.rebuild()
                w, error, before = 0.0, start, np.inf
                continue
            smooth = _objective(r, w, 0, self.l2)
            part = largest * np.abs(w).sum() + (largest / a) ** 2 * smooth  # in the gap
            if part <= 0.01 * enough or (is_floor and not largest <= before / 2):  # or rounding
                return w, r
            before = largest

    def towards(self, active, best, lost, a):
        """Go from w towards the minimiser `best`, in which the signs `lost` are wrong."""
        w = active.w
        target, gone = active.without(best, lost)
        if not active.objective(self.y, a, target) < active.objective(self.y, a, w):
            gone = lost & (w == 0)  # new ones that would have to start with the wrong sign, if any
            target = w.copy()
            if not gone.any():  # all the way, until the first w_j is zero
                step, gone = _first_zero(w, best - w)
                target = w + step * (best - w)
        active.w[:] = target
        active.drop(gone)

    def enter(self, active, new, sign, few):
        """Add the first `few` of the violators `new`; if none can be added, of those after them."""
        before = len(active)
        if before == active.capacity and self.l2:
            raise TooManyActive
        while True:
            start = 0
            while start < len(new):
                some = new[start : start + few]
                self.centred(some, out=active.next_rows(len(some)))
                active.add(some, sign[start : start + few], self.norm[some])
                if len(active) > before:
                    return
                start, few = start + few, max(20, few)
            if active.is_exact:
                break
            active.rebuild()  # they may depend on the active columns by rounding only
        # All depend on the active columns. One takes over from them, X w staying as it is, until
        # one of these is zero: the penalty falls by |c_j| - a for each unit.
        for j, s in zip(new[:, None], sign[:, None], strict=True):
            (z,) = self.centred(j)
            direction = -s * active.solve(active.Z @ z)
            step, first = _first_zero(active.w, direction)
            # Without that one, so much of the column is outside the span of the others.
            if step < np.inf:
                outside = (direction * active.norm)[first] ** 2 / active.K.diagonal()[first]
                if (outside > DEPENDENT * (z @ z)).all():
                    active.w[:] += step * direction
                    active.drop(first)
                    active.next_rows(1)[:] = z
                    active.add(j, s, self.norm[j])
                    active.w[active.index == j] = step * s
                    return


def lasso_fits(X, y, lams, tol, max_iter, l2=0.0):
    """Fit the lasso for each of `lams` (n_lams,) > 0, from the largest down.

    Or the elastic net, with l2/2 ||w||^2 more in n times the loss.

    Each is done when its duality gap is at most tol ||y - mean(y)||^2 / n, or after `max_iter`
    passes over X since the one before, or when only rounding keeps it open. ValueError if X is not
    finite: the first pass shows it. TooManyActive, with l2 only, if more than MOST columns and
    n_samples are active on the way.

    Returns
    -------
    list
        For each of `lams`: (active columns, their coefficients, the columns' means, duality gap,
        passes over X, whether it converged).
    """
    threads = max((library["num_threads"] for library in BLAS.info()), default=1)
    with _limit(1):  # more only where they pay
        return _fits(X, y, lams, tol, max_iter, l2, threads)


def _fits(X, y, lams, tol, max_iter, l2, threads):
    n, p = X.shape
    y = _centred(y)
    enough = tol * (y @ y)
    fits, todo, passes = [None] * len(lams), list(np.argsort(-lams)), 0

    most = max(n, MOST) if l2 else n - 1  # centred columns span n - 1 dimensions
    active = ActiveSet(n, min(most, p), l2)
    W, subset, room = np.empty(0, dtype=int), None, ()
    fall = FALL if p > 10 * WIDTH else FALL / 3  # W is then not far from all
    batch = [Fit(np.inf, False, W, np.empty(0), y, np.empty(0))]
    while todo:
        C = _correlations(X, W, batch, threads)
        passes += 1
        if not subset:
            b = C[0]
        for fit, c in zip(batch, C, strict=True):
            largest = max(c.max(), -c.min())
            while todo:
                a = n * lams[todo[0]]
                gap = _gap(fit.w, fit.r, fit.c[fit.index], a, l2, largest)
                # If no column outside W wants in at this very a, rounding keeps the gap open.
                stuck = fit.a == a and fit.is_stuck and not _violators_outside(c, W, a)
                if gap > enough and not stuck and passes < max_iter:
                    break
                mean = subset.mean[fit.index] if subset else np.empty(0)
                fits[todo.pop(0)] = (W[fit.index], fit.w, mean, gap / n, passes, gap <= enough)
                passes = 0
            if todo and fit.a == n * lams[todo[0]]:
                break  # W was too small for this one; the rest of the batch has to wait
        if todo:
            here = batch[-1].a if subset else largest
            k = max(WIDTH, p // PART, len(active))
            if len(active) + k > p / 2:
                k = p  # a copy of half the columns costs more than it saves
            asked = n * lams[todo[:BATCH]]
            goal = asked[0] * (NEAR if k < p else 1)
            on_the_way = goal < here * (1 - SLACK)
            if on_the_way:  # in equal steps
                steps = np.ceil(np.log(goal / here) / np.log(fall))
                a = here * (goal / here) ** (1 / steps)
                k = max(k, int(WIDE * p * here / a))
            wanted = _largest(C[-1], W[active.index], k)
            if not np.isin(wanted, W).all():
                held = W[active.index]
                if len(held) + len(wanted) == p:
                    W, active.index[:] = np.arange(p), held
                else:
                    W, active.index[:] = np.concatenate([held, wanted]), np.arange(len(held))
                if X.flags.f_contiguous and len(room) < len(W) < p:
                    room = np.empty((len(W) + len(W) // 2, n))  # used again: fresh memory is slow
                subset = WorkingSet(X, y, W, b[W], l2, room, threads)
            with _limit(threads if len(active) > MANY else 1):
                if on_the_way:
                    batch = [subset.descend(active, a, enough, ROUGH)]
                else:
                    batch = [subset.descend(active, a, enough) for a in asked[asked > fall * here]]
    return fits


def largest_correlation(X, y):
    """Return the largest |X_j^T (y - mean(y))| for centred columns, without centring them all."""
    y = _centred(y)
    c = X.T @ y
    W = _largest(c, [], WIDTH)
    return float(np.abs(WorkingSet(X, y, W, c[W]).b).max())


def _limit(threads):
    """BLAS threads within: a second often gains little, and stalls them if its core is busy."""
    return BLAS.limit(limits=threads)


def _product(A, B, threads):
    """A @ B, with more than one thread only if one of them is large."""
    if max(A.size, B.size) < LARGE:
        return A @ B
    with _limit(threads):
        return A @ B


def _centred(Z):
    """Each row minus its mean: exactly zero if it is constant, though the mean is rounded."""
    is_constant = np.ptp(Z, axis=-1, keepdims=True) == 0
    for _ in range(2):  # rounding leaves some of a mean that is large
        Z = Z - Z.mean(axis=-1, keepdims=True)
    return np.where(is_constant, 0.0, Z)


def _correlations(X, W, batch, threads):
    """Return c_j for each column j and each fit, (n_fits, n_features), in one pass over X."""
    if len(W) == X.shape[1]:
        C = np.empty((len(batch), len(W)))
    elif len(batch) == 1:
        C = _product(X.T, batch[0].r, threads)[None]
        if not len(W) and not np.isfinite(C).all():
            check_array(X, "X")
    else:
        C = _product(np.array([fit.r for fit in batch]), X, threads)
    for fit, c in zip(batch, C, strict=True):
        c[W] = fit.c  # less l2 w, and of centred columns where rounding asks for that
    return C


def _gap(w, r, c, a, l2, largest):
    """n times the duality gap at `a`: see `solvers.duality_gap`; `c` for w as it is."""
    s = 1.0 if largest <= a else a / largest  # s r is feasible for the dual
    smooth = (1 - s) ** 2 * _objective(r, w, 0, l2)
    return float(smooth + (a * np.abs(w) - s * c * w).clip(min=0).sum())


def _objective(r, w, a, l2):
    return (r @ r + l2 * (w @ w)) / 2 + a * np.abs(w).sum()


def _gram(U, l2):
    """U U^T + diag(l2)."""
    G = U @ U.T
    np.einsum("ii->i", G)[:] += l2
    return G


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


def _inverse(G):
    """Return the inverse of a positive definite `G`; in double precision no worse than pivoting."""
    K = _inverse_by_halves(G)
    if G.dtype == float:
        v = G.sum(axis=0)
        if not (np.abs(G @ (K @ v) - v) <= 1e-10).all():
            return np.linalg.inv(G)
    return K


def _inverse_by_halves(G):
    """Return the inverse of a positive definite `G`: quick, and without pivoting."""
    if len(G) <= 64:
        return np.linalg.inv(G)
    h = len(G) // 2
    A = _inverse_by_halves(G[:h, :h])
    P = A @ G[:h, h:]
    S = _inverse_by_halves(G[h:, h:] - G[h:, :h] @ P)
    PS = P @ S
    return np.block([[A + PS @ P.T, -PS], [-PS.T, S]])


def _pivots(S):
    """Return Cholesky's pivots, what is left of each column after those before it; or zeros."""
    try:
        return np.linalg.cholesky(S).diagonal() ** 2
    except np.linalg.LinAlgError:
        return np.zeros(len(S))


def _independent(S, pivots):
    """Return which columns to keep, (n_new,), given the Gram matrix S of what is left of them."""
    if (pivots > DEPENDENT).all():
        return np.ones(len(S), dtype=bool)
    S, kept = S.copy(), np.zeros(len(S), dtype=bool)
    for j in range(len(S)):
        kept[j] = S[j, j] > DEPENDENT
        if kept[j]:
            S -= np.outer(S[j], S[j] / S[j, j])
    return kept
