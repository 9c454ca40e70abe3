"""Oracles: scikit-learn, its LARS, the duality gap and the KKT conditions computed apart."""

import time
import tracemalloc
import warnings

import numpy as np
import pytest
from sklearn.linear_model import ElasticNet, Lasso, lars_path

from regularization import working_set
from regularization.linear import elastic_net, lambda_max, lasso, lasso_path


def ar(n, p, rho, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n, p))
    for j in range(1, p):
        X[:, j] = rho * X[:, j - 1] + np.sqrt(1 - rho**2) * X[:, j]
    return X


def target(X, seed=1, noise=1.0):
    rng = np.random.default_rng(seed)
    chosen = rng.choice(X.shape[1], min(8, X.shape[1]), replace=False)
    return X[:, chosen] @ rng.normal(size=len(chosen)) + noise * rng.standard_normal(len(X)) + 3


def equicorrelated(n, p):
    rng = np.random.default_rng(2)
    return rng.standard_normal((n, p)) + 3 * rng.standard_normal((n, 1))


def duplicated(n, p):
    X = ar(n, p, 0.3)
    return np.column_stack([X, X[:, ::-1], -X[:, ::3]])


def almost_duplicated(n, p):
    X = ar(n, p, 0.3)
    return np.column_stack([X, X + 1e-9 * ar(n, p, 0, seed=5)])


def summed(n, p):
    """Each column again, as a sum of others: a dependent column may be needed all the same."""
    X = ar(n, p, 0)
    return np.column_stack([X, X[:, :-1] + X[:, 1:], X[:, :-2] - X[:, 1:-1] + X[:, 2:]])


def degenerate(n, p):
    X = ar(n, p, 0)
    X[:, 0], X[:, 3], X[:, -1] = 0, 0.1, 1e6
    return X


DESIGNS = {
    "n > p": ar(200, 30, 0),
    "n > p, AR 0.99": ar(300, 100, 0.99),
    "p > n": ar(60, 150, 0),
    "p > n, AR 0.99": ar(60, 150, 0.99),
    "p >> n": ar(20, 2000, 0),
    "p >> n, AR 0.99": ar(40, 1500, 0.99),
    "equicorrelated": equicorrelated(60, 200),
    "binary": (ar(50, 200, 0) > 0.8).astype(float),
    "integers, few values": np.round(ar(12, 60, 0)),
    "duplicates": duplicated(60, 90),
    "duplicates, n > p": duplicated(150, 30),
    "almost duplicates": almost_duplicated(60, 90),
    "sums": summed(40, 60),
    "sums, n > p": summed(150, 30),
    "zero and constant columns": degenerate(50, 80),
    "all the same column": np.repeat(ar(30, 1, 0), 20, axis=1),
    "far from zero": ar(60, 150, 0) + 1e6,
    "scales": ar(60, 50, 0.5) * np.logspace(-3, 3, 50),
    "n = 2": ar(2, 5, 0),
    "n = 3": ar(3, 40, 0),
    "p = 1": ar(30, 1, 0),
}
each_design = pytest.mark.parametrize("X", DESIGNS.values(), ids=DESIGNS.keys())
fractions = pytest.mark.parametrize("fraction", [1.5, 1.0, 0.5, 0.1, 0.01, 1e-4, 1e-8])


def gap_and_kkt(X, y, w, lam, lam_2=0.0):
    """Primal minus dual, and the worst violation of KKT over lam_max, from centred copies.

    With lam_2/2 ||w||^2 it is the lasso of the elastic net's rows, written out.
    """
    X, y, n = X - X.mean(axis=0), y - y.mean(), len(y)
    X[:, np.abs(X).max(axis=0) < 1e-9] = 0
    if lam_2:
        X = np.vstack([X, np.sqrt(n * lam_2) * np.eye(len(w))])
        y = np.append(y, np.zeros(len(w)))
    r = y - X @ w
    v = X.T @ r / n
    s = min(1.0, lam / np.abs(v).max()) if v.any() else 1.0
    gap = r @ r / (2 * n) + lam * np.abs(w).sum() - (s * (r @ y) - s * s / 2 * (r @ r)) / n
    on = w != 0
    off = np.concatenate([v[on] - lam * np.sign(w[on]), (np.abs(v[~on]) - lam).clip(min=0)])
    return gap, np.abs(off).max() / np.abs(X.T @ y / n).max()


def assert_solved(X, y, lam, model, tol=1e-11):
    gap, kkt = gap_and_kkt(X, y, model.coef, lam)
    variance = y.var()
    assert model.duality_gap <= tol * variance
    assert gap <= 1.1e-11 * variance + 1e-9 * lam * np.abs(model.coef).sum()
    assert kkt <= 1e-5
    assert np.count_nonzero(model.coef) <= min(len(y) - 1, X.shape[1])
    rest = np.mean(y - X @ model.coef - model.intercept)
    assert abs(rest) <= 1e-9 * (1 + np.abs(X).max()) * np.abs(model.coef).sum() + 1e-9


@each_design
@fractions
def test_hard_designs(X, fraction):
    y = target(X)
    lam = fraction * lambda_max(X, y)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model = lasso(X, y, lam, tol=1e-11)
    assert_solved(X, y, lam, model)
    assert model.coef.any() == (fraction < 1)


@each_design
def test_paths_equal_the_certificate_at_each_lam(X):
    y = target(X)
    lams = lambda_max(X, y) * np.logspace(0, -3, 25)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        path = lasso_path(X, y, lams, tol=1e-11)
    for lam, w in zip(lams, path.coefs, strict=True):
        gap, kkt = gap_and_kkt(X, y, w, lam)
        assert gap <= 1.1e-11 * y.var() + 1e-9 * lam * np.abs(w).sum()
        assert kkt <= 1e-5


@pytest.mark.parametrize("block", range(10))
def test_random_small_problems(block):
    """Small integers tie, repeat and depend on one another: every corner case, many times."""
    for seed in range(60 * block, 60 * block + 60):
        rng = np.random.default_rng(seed)
        n, p = rng.integers(2, 13), rng.integers(1, 25)
        X = rng.integers(-1, 2, size=(n, p)) if seed % 2 else rng.standard_normal((n, p))
        X, y = X.astype(float), rng.integers(-3, 4, size=n).astype(float)
        edge = lambda_max(X, y)
        if edge == 0:
            continue
        for lam in edge * np.array([0.7, 0.2, 0.03, 1e-5]):
            assert_solved(X, y, lam, lasso(X, y, lam, tol=1e-11))


@each_design
@pytest.mark.parametrize("fraction", [0.5, 0.01, 1e-6])
@pytest.mark.parametrize("l1_ratio", [0.99, 0.5, 0.01])
def test_elastic_net_on_hard_designs(X, fraction, l1_ratio):
    y = target(X)
    lam = fraction * lambda_max(X, y) / l1_ratio
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model = elastic_net(X, y, lam, l1_ratio, tol=1e-11)
    lam_1, lam_2 = l1_ratio * lam, (1 - l1_ratio) * lam
    gap, kkt = gap_and_kkt(X, y, model.coef, lam_1, lam_2)
    assert model.duality_gap <= 1e-11 * y.var()
    assert gap <= 1.1e-11 * y.var() + 1e-9 * lam_1 * np.abs(model.coef).sum()
    assert kkt <= 1e-5


@pytest.mark.parametrize("l1_ratio", [0.9, 0.1])
@pytest.mark.parametrize("most", [5000, 0])
def test_elastic_net_agrees_with_sklearn_where_the_working_set_is_a_part(
    l1_ratio, most, monkeypatch
):
    monkeypatch.setattr(working_set, "WIDTH", 20)
    monkeypatch.setattr(working_set, "MOST", most)  # at 0, no more than n columns may be active
    X = np.asfortranarray(ar(100, 400, 0.5))
    y = target(X)
    lam = lambda_max(X, y) / (20 * l1_ratio)
    peer = ElasticNet(alpha=lam, l1_ratio=l1_ratio, tol=1e-13, max_iter=100_000).fit(X, y)
    model = elastic_net(X, y, lam, l1_ratio)
    np.testing.assert_allclose(model.coef, peer.coef_, atol=1e-6)
    is_by_coordinates = model.n_iter >= 20
    assert is_by_coordinates == (most == 0 and np.count_nonzero(model.coef) > 100)
    assert (l1_ratio == 0.1) == (np.count_nonzero(model.coef) > 100)


def mixed(rng):
    """A design of any size and correlation, and often something that makes it harder."""
    n, p = int(rng.integers(3, 120)), int(rng.choice([30, 300, 1300]))
    X = ar(n, p, rng.choice([0, 0.5, 0.9, 0.99, 0.999]), int(rng.integers(1e9)))
    match rng.integers(6):
        case 0:
            X = np.column_stack([X, X[:, ::2]])
        case 1:
            X *= np.exp(rng.normal(0, 4, p))
        case 2:
            X += rng.normal(0, 10 ** rng.uniform(0, 5), p)
        case 3:
            X = (rng.normal() < X).astype(float)
    return X


# In the last six an inverse spoilt by rounding once took independent columns for dependent ones, or
# the other way round.
@pytest.mark.parametrize("seed", [*range(60), 526, 601, 1111, 19707, 35024, 623636])
def test_gap_closes_on_random_designs(seed):
    rng = np.random.default_rng(seed)
    X = mixed(rng)
    y = target(X, seed, noise=10 ** rng.uniform(-3, 1))
    lam = 10 ** rng.uniform(-4, 0) * lambda_max(X, y)
    tol = 10.0 ** -rng.integers(2, 10)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model = lasso(X, y, lam, tol=tol)
    gap, _ = gap_and_kkt(X, y, model.coef, lam)
    assert gap <= 1.01 * tol * y.var() + 1e-9 * lam * np.abs(model.coef).sum()


@pytest.mark.parametrize("seed", [*range(60), 678])  # 678: W is all of X, and then a part again
def test_random_paths_take_few_passes(seed, monkeypatch):
    rng = np.random.default_rng(seed)
    X = np.asfortranarray(mixed(rng))
    y = target(X, seed, noise=10 ** rng.uniform(-3, 1))
    monkeypatch.setattr(working_set, "WIDTH", int(rng.choice([10, 20, 50, 1000])))
    lams = lambda_max(X, y) * np.logspace(0, -rng.uniform(0.5, 3.5), int(rng.integers(2, 40)))
    tol = 10.0 ** -rng.integers(2, 10)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        path = lasso_path(X, y, lams, tol=tol, max_iter=60)
    for lam, w in zip(lams, path.coefs, strict=True):
        gap, _ = gap_and_kkt(X, y, w, lam)
        assert gap <= 1.01 * tol * y.var() + 1e-9 * lam * np.abs(w).sum()


@pytest.mark.parametrize("seed", [9, 11])
def test_gap_closes_at_a_small_lam_though_the_residual_is_large(seed):
    """Then c must be exact to a share of lam much finer than what the coefficients ask for."""
    X = (ar(160, 4, 0.5, seed) > 0).astype(float)
    y = target(X, seed, noise=3.0)
    model = lasso(X, y, 1e-4 * lambda_max(X, y), tol=1e-5)
    assert model.duality_gap <= 1e-5 * y.var()


@pytest.mark.parametrize("seed", [0, 4, 11])
def test_gap_closes_far_from_zero_where_the_working_set_is_a_part(seed):
    """What rounding leaves of the mean of y comes back from each column, times 3e6."""
    X = ar(100, 1300, 0.9, seed) + 3e6
    y = target(X, seed)
    model = lasso(X, y, 4e-4 * lambda_max(X, y), tol=1e-8)
    assert model.duality_gap <= 1e-8 * y.var()
    assert model.n_iter < 30


@pytest.mark.parametrize("rho", [0, 0.9, 0.99])
@pytest.mark.parametrize("fraction", [0.3, 0.05])
def test_agrees_with_sklearn_where_the_working_set_is_a_part(rho, fraction, monkeypatch):
    monkeypatch.setattr(working_set, "WIDTH", 20)
    X = np.asfortranarray(ar(100, 400, rho))
    y = target(X)
    lam = fraction * lambda_max(X, y)
    peer = Lasso(alpha=lam, tol=1e-13, max_iter=100_000).fit(X, y)
    model = lasso(X, y, lam)
    np.testing.assert_allclose(model.coef, peer.coef_, atol=1e-6)
    assert model.intercept == pytest.approx(peer.intercept_, abs=1e-6)
    path = lasso_path(X, y, [lam, 2 * lam, 1.9 * lam])
    np.testing.assert_allclose(path.coefs[0], peer.coef_, atol=1e-6)


@pytest.mark.parametrize("seed", range(3))
def test_a_coarse_path_takes_few_passes(seed, monkeypatch):
    """A value of lam that fails for want of columns gets its own, not those of the batch's last."""
    monkeypatch.setattr(working_set, "WIDTH", 20)
    X = np.asfortranarray(ar(100, 400, 0, seed))
    y = target(X, seed, noise=3.0)
    lams = lambda_max(X, y) * np.logspace(0, -2, 10)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        path = lasso_path(X, y, lams, max_iter=10)
    gaps = [gap_and_kkt(X, y, w, lam)[0] for w, lam in zip(path.coefs, lams, strict=True)]
    assert max(gaps) <= 1e-9 * y.var()


@pytest.mark.parametrize("seed", range(5))
def test_agrees_with_lars(seed):
    X = ar(40, 120, 0.5, seed)
    y = target(X, seed)
    lam = 0.02 * lambda_max(X, y)
    _, _, coefs = lars_path(
        X - X.mean(axis=0), y - y.mean(), method="lasso", alpha_min=lam, eps=1e-16
    )
    np.testing.assert_allclose(lasso(X, y, lam).coef, coefs[:, -1], atol=1e-6)


@pytest.mark.parametrize("convert", [np.float32, np.int64, "C", "F"])
def test_forms_of_input(convert):
    X = np.round(3 * ar(40, 100, 0.5))
    y = np.round(target(X))
    expected = lasso(X, y, 0.3).coef
    form = np.array(X, order=convert) if isinstance(convert, str) else X.astype(convert)
    form.flags.writeable = False
    np.testing.assert_allclose(lasso(form, y, 0.3).coef, expected, atol=1e-10)
    np.testing.assert_array_equal(form, X)


@pytest.mark.parametrize("order", ["C", "F"])
def test_no_large_temporaries(order):
    X = np.array(np.random.default_rng(0).standard_normal((500, 40_000)), order=order)
    y = target(X, noise=2.0)
    lam = lambda_max(X, y) / 10
    lasso(X[:, :100], y, lam)
    tracemalloc.start()
    lasso(X, y, lam)
    lambda_max(X, y)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < X.nbytes / 6


def test_a_large_problem_is_quick():
    X = np.asfortranarray(np.random.default_rng(0).standard_normal((300, 20_000)))
    y = target(X)
    lam = lambda_max(X, y) / 10
    start = time.perf_counter()
    model = lasso(X, y, lam)
    assert time.perf_counter() - start < 5  # far above what it takes
    assert_solved(X, y, lam, model)
