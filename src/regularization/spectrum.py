"""Singular values and vectors of a centred design, the cheap way where it is exact enough.

The eigenvectors of the smaller Gram matrix are several times cheaper than the singular value
decomposition, but they square the condition number.
"""

import numpy as np

SMALL = 1e-6  # of the largest eigenvalue; below it the Gram matrix has lost too many digits


def centre_columns(X):
    """Return a centred copy of `X` (n_samples, n_features), by columns, and its means."""
    constant, mean = np.ptp(X, axis=0) == 0, X.mean(axis=0)
    X = np.array(X, order="F")
    X -= mean
    X[:, constant] = 0.0  # exactly: a mean is rounded, and the rest would pass for a signal
    return X, mean


def gram_eigh(X):
    """Return eigenvalues, ascending, and eigenvectors of the smaller Gram matrix of a centred `X`.

    These are d^2 and V of X = U diag(d) V^T for X^T X (n_features <= n_samples), otherwise d^2
    and U for X X^T. Centred columns make that one singular, the vector of ones: left out if it
    is the only such direction.
    """
    n, p = X.shape
    d2, Q = np.linalg.eigh(X.T @ X if p <= n else X @ X.T)
    if p > n > 1 and d2[1] > SMALL * d2[-1]:
        return d2[1:], Q[:, 1:]
    return d2, Q


def gram_suffices(d2, penalty):
    """Whether digits enough are left in 1 / (d2 + penalty), `d2` from `gram_eigh`."""
    return d2[0] + penalty > SMALL * d2[-1]


def thin_svd(X):
    """Return U (n_samples, rank), d (rank,), V^T (rank, n_features), without what is rounding."""
    U, d, Vt = np.linalg.svd(X, full_matrices=False)
    kept = d > np.finfo(float).eps * max(X.shape) * d[0]
    return U[:, kept], d[kept], Vt[kept]
