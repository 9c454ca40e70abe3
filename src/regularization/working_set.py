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
Working set   All this looks only at W: A and the columns with the largest |c_j|, copied together
              in single precision, as they only tell who wants in; and roughly on the way down,
              where columns that are missing from it matter more.
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

from contextlib import nullcontext
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
SAMPLE = 16  # one in so many |c_j| tells about where the largest begin
SLACK = 1e-12  # relative, in |c_j| <= a: above rounding, far below what the gap can see
ROUNDED = 1e-7  # and where c is in single precision
FINE = 1e-7  # a tol below this asks for more than that
CACHE = 2**17  # numbers that a core's cache holds
OFFSET = 10  # a mean this many times the standard deviation spoils the rounding of X_j^T r
IDLE = 5  # steps without a fall of the objective that rounding can see, before giving up
DEPENDENT = 1e-9  # a column with less than this share of ||x||^2 outside span(X_A) is inside it
SINGLE = 0.08  # and with less than this share it is not for single precision
MOST = 5000  # columns that may be active in an elastic net, if not n_samples: K has their square
LARGE = 1e6  # entries of X from which more than one thread gains
BLAS = ThreadpoolController().select(user_api="blas")


class TooManyActive(Exception):
    """More columns of an elastic net are active than is quick to handle here."""


class ActiveSet:
    """The columns with w_j != 0, and those about to be: for these signs the objective is quadratic.

    All arrays have a row for each active column and grow and shrink in place: `index` is its
    number in X, `mean` its mean there, the column itself, centred, a row of `Z` (n_active,
    n_samples), `b` its product with y, `norm` its norm with its row of sqrt(l2) I, and a row of `U`
    the column divided by `norm`. `value` is the objective of `w`. `K`, the inverse Gram matrix of
    all that divided by `norm`, is in single precision, which is twice as fast and which
    `WorkingSet.minimiser` makes up for, until that no longer will do; `is_fresh` is whether it is
    free of the rounding that adds up in its updates.
    """

    def __init__(self, n_samples, capacity, l2):
        self.capacity, self.l2 = capacity, l2
        self._size, self.is_fresh, self.value = 0, True, np.inf
        self._index, self._numbers = np.empty(0, dtype=int), np.empty((5, 0))
        self._Z, self._U = np.empty((0, n_samples)), np.empty((0, n_samples), dtype=np.float32)
        self._K = np.empty((0, 0), dtype=np.float32)
        self._reserve(min(n_samples, capacity))

    def _reserve(self, rows):
        """Allocate `rows` rows, and keep what there is."""
        n_samples, dtype = self._Z.shape[1], self._K.dtype
        held = self.index, self._numbers[:, : self._size], self.Z, self.U, self.K
        self._index, self._numbers = np.empty(rows, dtype=int), np.empty((5, rows))
        # One allocation: of several, some go back to the system, and new memory is slow.
        split = 8 * rows * n_samples
        memory = np.empty(split + rows * (n_samples + rows) * dtype.itemsize, dtype=np.uint8)
        self._Z = memory[:split].view(float).reshape(rows, n_samples)
        both = memory[split:].view(dtype).reshape(rows, n_samples + rows)
        self._U, self._K = both[:, :n_samples], both[:, n_samples:]
        now = self.index, self._numbers[:, : self._size], self.Z, self.U, self.K
        for part, was in zip(now, held, strict=True):
            part[:] = was

    def __len__(self):
        return self._size

    index = property(lambda self: self._index[: self._size])
    sign = property(lambda self: self._numbers[0, : self._size])
    w = property(lambda self: self._numbers[1, : self._size])
    mean = property(lambda self: self._numbers[2, : self._size])
    norm = property(lambda self: self._numbers[3, : self._size])
    b = property(lambda self: self._numbers[4, : self._size])
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
        for array in (self._index, self._numbers.T, self._Z, self._U, K, K.T, leaving):
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
        if size > len(self._index):
            self._reserve(max(size, min(2 * size, self.capacity)))
        return self._Z[self._size : size]

    def add(self, index, sign, mean, norm, b):
        """Take in those of the columns in `next_rows` that do not depend on the others."""
        old, new = self._size, self._size + len(index)
        Z, U = self._Z[old:new], self._U[old:new]
        np.divide(Z, norm[:, None], out=U, casting="same_kind")
        both = self._U[:new] @ U.T  # with the old ones, and among themselves
        np.einsum("ii->i", both[old:])[:] += self.l2 / norm**2
        cross, gram = both[:old], both[old:]
        P = self.K @ cross  # the new columns regressed on the old ones, (n_active, n_new)
        # The Gram matrix of what is left of them: the Schur complement.
        if self.is_double:  # of what is left itself, which rounding spoils less
            shrink = self.l2 / self.norm[:, None] ** 2
            P += self.K @ (self.U @ (U - P.T @ self.U).T - shrink * P)
            S = _gram(U - P.T @ self.U, self.l2 / norm**2) + P.T @ (shrink * P)
        else:
            S = gram - cross.T @ P
        room = self.capacity - old
        V, is_safe = _safe_inverse(S, self.limit)
        if not is_safe or room < len(index):
            pivots = _pivots(S)
            if not self.is_double and (pivots < self.limit).any():
                self.rebuild()
                return self.add(index, sign, mean, norm, b)
            kept = _independent(S, pivots)
            kept &= np.cumsum(kept) <= room
            if not kept.any():
                return
            index, sign, mean, norm, b = (v[kept] for v in (index, sign, mean, norm, b))
            new = old + len(index)
            self._Z[old:new], self._U[old:new] = Z[kept], U[kept]
            P, V = P[:, kept], _inverse(S[np.ix_(kept, kept)])
        PV = P @ V
        self._index[old:new] = index
        self._numbers[:, old:new] = sign, np.zeros(new - old), mean, norm, b
        self._K[:old, :old] += PV @ P.T
        self._K[:old, old:new], self._K[old:new, :old] = -PV, -PV.T
        self._K[old:new, old:new] = V
        self._size, self.is_fresh = new, False


@dataclass(frozen=True, eq=False)
class Fit:
    """Where the search for the lasso at `a` on W ended, with its residual `r` and c = X_W^T r."""

    a: float
    is_stuck: bool  # whether only rounding keeps the gap, of W, above what was to be enough
    index: np.ndarray  # the active columns, (n_active,)
    mean: np.ndarray  # their means, (n_active,)
    w: np.ndarray  # (n_active,)
    r: np.ndarray  # (n_samples,)
    c_active: np.ndarray  # X_A^T r - l2 w, (n_active,)
    c: np.ndarray  # (n_columns of W,)


class WorkingSet:
    """The lasso on some columns of X, those that it holds: `W`, none at first. y is centred.

    A row of `Z`, (n_columns, n_samples), is one of them. It need not be centred, as r has mean
    zero, nor in double precision, as it only tells who wants in; until rounding spoils that: then
    it is `exact`. If W is all of X, in its order, Z is X itself. `place`, (n_features,), is where a
    column is in W, or -1; `b`, (n_features,), is X^T y.
    """

    def __init__(self, X, y, l2=0.0):
        self.X, self.y, self.l2 = X, y, l2
        self.b = X.T @ y
        if not np.isfinite(self.b).all():
            check_array(X, "X")
        self.rounding = 1e-13 * np.abs(self.b).max()  # in c
        self.W, self.place = np.empty(0, dtype=int), np.full(X.shape[1], -1)
        self.exact, self.Z = False, np.empty((0, len(y)), dtype=np.float32)
        self._room = np.empty(0, dtype=np.uint8)

    def hold(self, wanted, exact=False):
        """Let go of all columns but `wanted`, and take in those of them that are new."""
        k, self.exact = len(wanted), exact
        if k == len(self.place):
            self.W, self.place = np.arange(k), np.arange(k)
            self.Z = self._rows(k, float) if exact else self.X.T
            if exact:
                self._fill(self.W)
            return
        was, is_wanted = self.W, np.zeros(len(self.place), dtype=bool)
        is_wanted[wanted] = True
        stays, new = is_wanted[was], wanted[self.place[wanted] < 0]
        # The last ones, and then the new ones, fill the gaps.
        movers = k + np.flatnonzero(stays[k:])
        places = np.append(np.flatnonzero(~stays[:k]), np.arange(len(was), k))
        self.place[was], self.W = -1, np.empty(k, dtype=int)
        self.W[: len(was)], self.W[places] = was[:k], np.append(was[movers], new)
        self.place[self.W] = np.arange(k)
        held, self.Z = self.Z, self._rows(k, float if exact else np.float32)
        if held.base is self.Z.base and held.dtype == self.Z.dtype:
            self.Z[places[: len(movers)]] = held[movers]
            self._fill(places[len(movers) :])
        else:
            self._fill(np.arange(k))

    def _rows(self, k, dtype):
        """Memory for Z, the same again if it is enough: fresh memory is slow."""
        size = k * len(self.y) * np.dtype(dtype).itemsize
        if len(self._room) < size:
            self._room = np.empty(size + size // 2, dtype=np.uint8)
        return self._room[:size].view(dtype).reshape(k, len(self.y))

    def _fill(self, places):
        """Copy the columns of X to the rows `places` of Z, a cache of them at a time."""
        n = len(self.y)
        step = max(1, CACHE // n)
        buffer = np.empty((min(step, len(places)), n))
        for start in range(0, len(places), step):
            part = places[start : start + step]
            rows = buffer[: len(part)]
            if self.exact:
                self.columns(self.W[part], rows)
            else:
                _copy_columns(self.X, self.W[part], rows)
            with np.errstate(over="ignore"):
                self.Z[part] = rows

    def columns(self, index, out):
        """Write the columns `index` of X, centred, to `out`, (len(index), n_samples).

        Returns
        -------
        Their means, norms (sqrt(n_samples) if zero) and products with y.
        """
        n = len(self.y)
        _copy_columns(self.X, index, out)
        mean = out @ np.full(n, 1 / n)
        out -= mean[:, None]
        square = np.vecdot(out, out)
        far = square < n * (mean / OFFSET) ** 2
        if far.any():  # rounding has left some of the mean
            out[far] = _centred(out[far])
            square[far] = np.vecdot(out[far], out[far])
        return mean, np.sqrt(np.where(square > 0, square, n) + self.l2), out @ self.y

    def correlations(self, r):
        """X_W^T r, and the share of an entry that is rounding."""
        if self.Z.dtype == float:
            return self.Z @ r, SLACK
        with np.errstate(over="ignore", invalid="ignore"):
            return (self.Z @ r.astype(np.float32)).astype(float), ROUNDED

    def all_correlations(self, fits):
        """Return c_j for each column j of X and each of `fits`, (n_fits, p), in one pass over X."""
        if len(self.W) == self.X.shape[1]:
            C = np.empty((len(fits), len(self.W)))
        elif len(fits) == 1:
            C = (self.X.T @ fits[0].r)[None]
        else:
            C = np.array([fit.r for fit in fits]) @ self.X
        for fit, c in zip(fits, C, strict=True):
            if self.Z.dtype == float:
                c[self.W] = fit.c
            c[fit.index] = fit.c_active
        return C

    def descend(self, active, a, enough, rough=0.0):
        """Bring the active set to the lasso of W at `a`, up to a gap (times n) of `enough`: a Fit.

        Of the share `rough` of the objective, if that is more; or as near as rounding lets it.
        """
        active.value = lowest = active.objective(self.y, a, active.w)
        idle, gap = 0, np.inf
        while True:
            # Most signs that are lost show in a rough solution already.
            best = active.solve(active.b - a * active.sign)
            if self.shed(active, best, a):
                continue
            target = max(enough, rough * lowest)
            is_precise = gap <= target or idle > 1
            best, r, c_active = self.minimiser(active, a, target if is_precise else gap, best)
            if (best * active.sign <= 0).any():  # each time at least a column less
                if not self.shed(active, best, a):
                    self.towards(active, best, a)
                continue
            active.w[:], active.value = best, _objective(r, best, a, self.l2)
            c, slack = self.correlations(r)
            places = self.place[active.index]
            c[places] = c_active
            idle = 0 if active.value < lowest * (1 - 1e-15) else idle + 1
            lowest = min(active.value, lowest)
            excess = np.abs(c) - a
            excess[places] = 0.0
            new = np.flatnonzero(excess > slack * a + self.rounding)
            gap = _gap(best, r, c_active, a, self.l2, np.abs(c).max())
            is_enough = gap <= target
            if is_enough or idle == IDLE or (is_precise and not len(new)):
                is_stuck, index = self.exact and not is_enough, active.index.copy()
                return Fit(a, is_stuck, index, active.mean.copy(), best, r, c_active, c)
            if not len(new):
                gap = 0.0  # the minimiser was not near enough
                continue
            new = new[np.argsort(-excess[new])]  # the worst first
            keen = np.count_nonzero(excess >= KEEN * excess[new[0]])
            self.enter(active, self.W[new], np.sign(c[new]), min(FEW, keen))

    def minimiser(self, active, a, enough, w):
        """Refine `w` to the minimiser for `sign`, (n_active,), whatever its own signs.

        Returns
        -------
        w, its residual r, and c of the active columns, less l2 w.
        """
        start = active.b - a * active.sign  # the error of w = 0
        before = np.abs(start).max(initial=0.0)
        while True:
            r = self.y - w @ active.Z
            c = active.Z @ r - self.l2 * w
            error = c - a * active.sign  # as K is rounded
            largest = np.abs(error).max(initial=0.0)
            is_floor = active.is_exact or largest <= 1e-12 * a + self.rounding
            if not (is_floor or largest <= active.limit / 5 * before):  # K is spoilt
                active.rebuild()
                w, before = active.solve(start), np.inf
                continue
            smooth = _objective(r, w, 0, self.l2)
            part = largest * np.abs(w).sum() + (largest / a) ** 2 * smooth  # in the gap
            if part <= 0.01 * enough or (is_floor and not largest <= before / 2):  # or rounding
                return w, r, c
            w, before = w + active.solve(error), largest

    def shed(self, active, best, a):
        """Drop the columns whose sign is lost in `best`, the minimiser or near it, and go there.

        Only if some are, and if that lowers the objective: return whether.
        """
        lost = best * active.sign <= 0
        if not lost.any():
            return False
        w, gone = active.without(best, lost)
        value = active.objective(self.y, a, w)
        if not value < active.value:
            return False
        active.w[:], active.value = w, value
        active.drop(gone)
        return True

    def towards(self, active, best, a):
        """Go from w towards `best`, the minimiser, until the first w_j is zero, and drop it.

        New columns that would have to start with the wrong sign are at zero already.
        """
        gone = (best * active.sign <= 0) & (active.w == 0)
        if not gone.any():
            step, gone = _first_zero(active.w, best - active.w)
            active.w[:] += step * (best - active.w)
            active.w[gone] = 0.0
            active.value = active.objective(self.y, a, active.w)
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
                numbers = self.columns(some, active.next_rows(len(some)))
                active.add(some, sign[start : start + few], *numbers)
                if len(active) > before:
                    return
                start, few = start + few, max(20, few)
            if active.is_exact:
                break
            active.rebuild()  # they may depend on the active columns by rounding only
        # All depend on the active columns. One takes over from them, X w staying as it is, until
        # one of these is zero: the penalty falls by |c_j| - a for each unit.
        for j, s in zip(new[:, None], sign[:, None], strict=True):
            rows = np.empty((1, len(self.y)))
            numbers, (z,) = self.columns(j, rows), rows
            direction = -s * active.solve(active.Z @ z)
            step, first = _first_zero(active.w, direction)
            # Without that one, so much of the column is outside the span of the others.
            if step < np.inf:
                outside = (direction * active.norm)[first] ** 2 / active.K.diagonal()[first]
                if (outside > DEPENDENT * (z @ z)).all():
                    active.w[:] += step * direction
                    active.drop(first)
                    active.next_rows(1)[:] = z
                    active.add(j, s, *numbers)
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
    # A second thread gains little where X is small, and stalls the first if its core is busy.
    with BLAS.limit(limits=1) if X.size < LARGE else nullcontext():
        return _fits(X, y, lams, tol, max_iter, l2)


def _fits(X, y, lams, tol, max_iter, l2):
    n, p = X.shape
    y = _centred(y)
    enough = tol * (y @ y)
    subset, passes, is_rounded = WorkingSet(X, y, l2), 1, False
    most = max(n, MOST) if l2 else n - 1  # centred columns span n - 1 dimensions
    active = ActiveSet(n, min(most, p), l2)
    fits, todo = [None] * len(lams), list(np.argsort(-lams))
    batch = [Fit(np.inf, False, active.index, active.mean, active.w, y, active.b, active.b)]
    C = subset.b[None]
    fall = FALL if p > 10 * WIDTH else FALL / 3  # W is then not far from all
    while True:
        for fit, c in zip(batch, C, strict=True):
            largest = max(c.max(), -c.min())
            while todo:
                a = n * lams[todo[0]]
                gap = _gap(fit.w, fit.r, fit.c_active, a, l2, largest)
                # If no column outside W wants in at this very a, rounding keeps the gap open.
                stuck = fit.a == a and fit.is_stuck
                stuck = stuck and not (np.abs(c[subset.place < 0]) > a * (1 + SLACK)).any()
                if gap > enough and not stuck and passes < max_iter:
                    break
                fits[todo.pop(0)] = (fit.index, fit.w, fit.mean, gap / n, passes, gap <= enough)
                passes = 0
            has_failed = bool(todo) and fit.a == n * lams[todo[0]]
            if has_failed:
                break  # and the rest of the batch has to wait
        if not todo:
            return fits
        here, asked = min(fit.a, largest), n * lams[todo[:BATCH]]
        kept = np.union1d(fit.index, active.index)  # with the first, it can only get better
        a, k = _next_stop(here, asked[0], fall, p, len(kept))
        wanted = _largest(c, kept, k)
        is_new = (subset.place[wanted] < 0).any()
        is_rounded |= has_failed and not is_new  # all were there that should be
        exact = a is None and (is_rounded or (tol < FINE and k < p))
        if is_new or exact > subset.exact:
            subset.hold(np.append(kept, wanted), exact)
        if a is None:
            batch = [subset.descend(active, a, enough) for a in asked[asked > fall * here]]
        else:
            batch = [subset.descend(active, a, enough, ROUGH)]
        C = subset.all_correlations(batch)
        passes += 1


def _next_stop(here, asked, fall, p, n_kept):
    """Return the next a on the way down (None if `asked` is near), and the width of W for it."""
    k = max(WIDTH, p // PART, n_kept)
    if n_kept + k > p / 2:
        k = p  # a copy of half the columns costs more than it saves
    goal = asked * (NEAR if k < p else 1)
    if goal >= here * (1 - SLACK if k < p else fall):
        return None, k
    steps = np.ceil(np.log(goal / here) / np.log(fall))  # equal ones
    a = here * (goal / here) ** (1 / steps)
    return a, max(k, int(WIDE * p * here / a))


def largest_correlation(X, y):
    """Return the largest |X_j^T (y - mean(y))| for centred columns, without centring them all."""
    subset = WorkingSet(X, _centred(y))
    index = _largest(subset.b, [], WIDTH)
    _, _, b = subset.columns(index, np.empty((len(index), len(y))))
    return float(np.abs(b).max())


def _copy_columns(X, index, out):
    """Write the columns at `index` to `out`, (len(index), n_samples)."""
    if X.flags.f_contiguous:
        np.take(X.T, index, axis=0, out=out, mode="clip")  # "raise" buffers
    else:
        out[:] = X.T[index]  # np.take would copy X first


def _centred(Z):
    """Each row minus its mean: exactly zero if it is constant, though the mean is rounded."""
    is_constant = np.ptp(Z, axis=-1, keepdims=True) == 0
    for _ in range(2):  # rounding leaves some of a mean that is large
        Z = Z - Z.mean(axis=-1, keepdims=True)
    return np.where(is_constant, 0.0, Z)


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


def _largest(c, active, k):
    """Return the k columns off the active set (all, if there are fewer) of the largest |c_j|."""
    score = np.abs(c)
    score[active] = -1.0
    if k >= len(c) - len(active):
        return np.flatnonzero(score >= 0)
    # A sample tells which few are worth looking at.
    sample, rank = score[::SAMPLE], k * 5 // 4 // SAMPLE + 1
    least = (
        np.partition(sample, len(sample) - rank)[len(sample) - rank] if rank < len(sample) else 0
    )
    near = np.flatnonzero(score >= least)
    if len(near) < k:
        near = np.flatnonzero(score >= 0)
    return near[np.argpartition(score[near], len(near) - k)[len(near) - k :]]


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


def _safe_inverse(S, limit):
    """Return the inverse of `S`, the Gram matrix of some columns, and whether to trust it.

    Its diagonal is one over what the others leave of each column, which is to be more than `limit`.
    """
    try:
        with np.errstate(over="ignore", invalid="ignore"):
            V = _inverse(S)
    except np.linalg.LinAlgError:
        return S, False
    d = V.diagonal()
    return V, bool(((d > 0) & (d * limit < 1)).all())


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
