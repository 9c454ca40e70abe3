"""The lasso at 1,000 x 100,000 beside the libraries that people would pick, and its growth in p.

50 true features of +-1, ||X w|| = 3 ||noise|| (the convention of celer's generator), Fortran order.
"""

import time
import tracemalloc
import warnings
from collections.abc import Callable, Iterator

import numpy as np
import sklearn
from sklearn.linear_model import ElasticNet, Lasso
from sklearn.linear_model import lasso_path as peer_path

from benchmarks.race import Row, load, race_all
from regularization.linear import elastic_net, lambda_max, lasso, lasso_path

# Each peer's own tolerance, set so that the gap of its result is near 1e-6 ||y||^2 / n.
TOL = {"scikit-learn": 1e-6, "celer": 1e-6, "skglm": 1e-5, "glmnet": 1e-13}
SHAPE = (1000, 100_000)


def problem(n: int, p: int, rho: float, seed: int = 0):
    rng = np.random.default_rng(seed)
    Z = rng.standard_normal((p, n))  # rows are columns of X
    for j in range(1, p if rho else 0):
        Z[j] = rho * Z[j - 1] + np.sqrt(1 - rho**2) * Z[j]
    w = np.zeros(p)
    w[rng.choice(p, min(50, p), replace=False)] = rng.choice([-1.0, 1.0], size=min(50, p))
    signal, noise = Z.T @ w, rng.standard_normal(n)
    return Z.T, signal + noise * np.linalg.norm(signal) / (3 * np.linalg.norm(noise))


def relative_gap(X, y, w, lam, lam_2=0.0) -> float:
    """The duality gap over ||y - mean(y)||^2 / n: one judge for the results of all.

    `lam_2`: of the elastic net's lam_2/2 ||w||^2.
    """
    n, y = len(y), y - y.mean()
    active = np.flatnonzero(w)
    r = y - (X[:, active] - X[:, active].mean(axis=0)) @ w[active]
    largest = np.abs(X.T @ r / n - lam_2 * w).max()
    s = min(1.0, lam / largest)
    smooth = r @ r / n + lam_2 * (w @ w)
    dual = s * (r @ y) / n - s * s / 2 * smooth
    return (smooth / 2 + lam * np.abs(w).sum() - dual) / (y @ y / n)


def rows() -> Iterator[Row]:
    warnings.simplefilter("ignore")  # a peer that stops early is judged by its gap
    for p in (100, 1000, 3000):
        yield from _single(*problem(1000, p, 0.0), 0.0, 20, 7)
    for rho in (0.0, 0.7):
        X, y = problem(*SHAPE, rho)
        for divisor in (10, 20):
            yield from _single(X, y, rho, divisor, 5)
        yield from _path(X, y, rho)
    yield from _elastic_net(*problem(1000, 30_000, 0.0))
    growth()


def _single(X, y, rho, divisor, repeats) -> list[Row]:
    lam = lambda_max(X, y) / divisor
    peers: dict[str, Callable] = {}
    peer = Lasso(alpha=lam, tol=TOL["scikit-learn"], max_iter=100_000)
    peers[f"scikit-learn {sklearn.__version__} Lasso"] = lambda: peer.fit(X, y).coef_
    for name in ("celer", "skglm"):
        module, version = load(name)
        if module:
            model = module.Lasso(alpha=lam, tol=TOL[name])
            peers[f"{name} {version} Lasso"] = lambda model=model: model.fit(X, y).coef_
    return race_all(
        f"lasso, {X.shape[0]} x {X.shape[1]}, rho = {rho}, λ_max/{divisor}",
        lambda: lasso(X, y, lam, tol=1e-6).coef,
        peers,
        repeats,
        lambda w: f"gap {relative_gap(X, y, w, lam):.0e}",
    )


def _elastic_net(X, y) -> list[Row]:
    lam = lambda_max(X, y) / 5  # λ_max/10 of the L1 part
    peer = ElasticNet(alpha=lam, tol=TOL["scikit-learn"], max_iter=100_000)
    return race_all(
        f"elastic net, l1_ratio 0.5, {X.shape[0]} x {X.shape[1]}, rho = 0.0, λ_max/10",
        lambda: elastic_net(X, y, lam, 0.5, tol=1e-6).coef,
        {f"scikit-learn {sklearn.__version__} ElasticNet": lambda: peer.fit(X, y).coef_},
        5,
        lambda w: f"gap {relative_gap(X, y, w, lam / 2, lam / 2):.0e}",
    )


def _path(X, y, rho) -> list[Row]:
    """celer and glmnet; scikit-learn's path takes minutes and is in `sklearn_path`."""
    lams = lambda_max(X, y) * np.logspace(0, -2, 100)
    peers: dict[str, Callable] = {}
    celer, version = load("celer")
    if celer:
        Xc, yc = X - X.mean(axis=0), y - y.mean()  # its path has no intercept
        peers[f"celer {version} celer_path"] = lambda: (
            celer.celer_path(Xc, yc, "lasso", alphas=lams, tol=TOL["celer"])[1].T
        )
    glmnet, version = load("glmnet", "python-glmnet")
    if glmnet:
        model = glmnet.ElasticNet(
            alpha=1, lambda_path=lams, standardize=False, n_splits=0, tol=TOL["glmnet"]
        )
        peers[f"glmnet (Fortran, python-glmnet {version})"] = lambda: model.fit(X, y).coef_path_.T
    return race_all(
        _path_of(X, rho),
        lambda: lasso_path(X, y, lams, tol=1e-6).coefs,
        peers,
        5,
        lambda coefs: _worst_gap(X, y, coefs, lams),
    )


def sklearn_path(rho: float = 0.0) -> None:
    """scikit-learn's `lasso_path`: minutes a run, so it is not in `rows`, and timed once.

    ``python -c "from benchmarks.fast_lasso import *; sklearn_path()"``
    """
    X, y = problem(*SHAPE, rho)
    lams = lambda_max(X, y) * np.logspace(0, -2, 100)
    Xc, yc = X - X.mean(axis=0), y - y.mean()
    runs = {
        "ours": lambda: lasso_path(X, y, lams, tol=1e-6).coefs,
        f"scikit-learn {sklearn.__version__} lasso_path": lambda: (
            peer_path(Xc, yc, alphas=lams, tol=TOL["scikit-learn"])[1].T
        ),
    }
    for name, run in runs.items():
        start = time.perf_counter()
        coefs = run()
        seconds = time.perf_counter() - start
        print(f"{seconds:7.1f} s  {_path_of(X, rho)}  {name}  {_worst_gap(X, y, coefs, lams)}")


def _path_of(X, rho) -> str:
    return f"100-point path to λ_max/100, {X.shape[0]} x {X.shape[1]}, rho = {rho}"


def _worst_gap(X, y, coefs, lams) -> str:
    gaps = [relative_gap(X, y, coefs[i], lams[i]) for i in range(9, len(lams), 10)]
    return f"gap {max(gaps):.0e}"


def growth() -> None:
    """Print how our time grows with p, and the memory that a fit takes beside X."""
    n, largest = SHAPE
    sizes, seconds = [1000, 3000, 10_000, 30_000, largest], []
    for p in sizes:
        X, y = problem(n, p, 0.0)
        lam = lambda_max(X, y) / 10
        (row,) = race_all("", lambda X=X, y=y, lam=lam: lasso(X, y, lam, tol=1e-6), {"": int}, 5)
        seconds.append(row.ours_seconds)
    exponent = np.polyfit(np.log(sizes), np.log(seconds), 1)[0]
    tracemalloc.start()
    lasso(X, y, lam, tol=1e-6)
    extra = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    print(
        f"lasso at λ_max/10, p from {sizes[0]} to {largest}: time grows as p^{exponent:.2f}; "
        f"memory beside X: {extra:.0f} MB"
    )
