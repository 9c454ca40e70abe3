"""Oracles: scikit-learn, its LARS, NumPy's pseudo-inverse, the KKT conditions."""

import sys
import warnings

import numpy as np
import pytest
from sklearn.linear_model import ElasticNet, Lasso, LinearRegression, Ridge, lars_path

from regularization import spectrum
from regularization.linear import (
    elastic_net,
    lambda_max,
    lasso,
    lasso_path,
    ridge,
    ridge_path,
)


def make_data(n, p, rho=0.0, seed=0, intercept=7.0):
    """AR(rho) columns, not centred, at most five of them in the truth."""
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n, p))
    for j in range(1, p):
        X[:, j] = rho * X[:, j - 1] + np.sqrt(1 - rho**2) * X[:, j]
    w = np.zeros(p)
    w[:5] = np.array([3, -2, 1.5, 1, -1])[:p]
    return X + rng.normal(size=p), X @ w + intercept + rng.standard_normal(n)


def unstandardised(n, p, **kwargs):
    X, y = make_data(n, p, **kwargs)
    return X * np.logspace(-2, 2, p) + 50, y


def with_constant(n, p, **kwargs):
    X, y = make_data(n, p, **kwargs)
    X[:, 2], X[:, -1] = 0.1, 0.0  # 0.1 is not a binary fraction: its mean is rounded
    return X, y


DESIGNS = {
    "n > p": make_data(60, 12),
    "n > p, AR 0.9": make_data(80, 30, rho=0.9),
    "n = p": make_data(25, 25),
    "p > n": make_data(30, 50),
    "p > n, AR 0.9": make_data(30, 50, rho=0.9),
    "p >> n": make_data(15, 300),
    "p = 1": make_data(20, 1),
    "n = 2": make_data(2, 3),
    "scales": unstandardised(60, 12),
    "constant columns": with_constant(40, 8),
}
each_design = pytest.mark.parametrize(("X", "y"), DESIGNS.values(), ids=DESIGNS.keys())
fractions = pytest.mark.parametrize("fraction", [0.01, 0.1, 0.5, 1.0, 2.0])


def loss(X, y, model, lam, l1_ratio):
    w = model.coef
    r = y - X @ w - model.intercept
    return r @ r / (2 * len(y)) + lam * (l1_ratio * np.abs(w).sum() + (1 - l1_ratio) / 2 * w @ w)


def sklearn_sparse(X, y, lam, l1_ratio=1.0):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its own tolerance is below what rounding allows
        return ElasticNet(alpha=lam, l1_ratio=l1_ratio, tol=1e-14, max_iter=50_000).fit(X, y)


def assert_certified(model, y):
    assert 0 <= model.duality_gap <= 1e-6 * np.sum((y - y.mean()) ** 2) / len(y)


# --- the lasso ---------------------------------------------------------------------------------


@each_design
@fractions
def test_lasso_agrees_with_sklearn(X, y, fraction):
    lam = fraction * lambda_max(X, y)
    model, peer = lasso(X, y, lam), sklearn_sparse(X, y, lam)
    np.testing.assert_allclose(model.coef, peer.coef_, rtol=1e-6, atol=1e-6)
    assert model.intercept == pytest.approx(peer.intercept_, abs=1e-5)
    assert_certified(model, y)


@each_design
@fractions
def test_lasso_satisfies_kkt(X, y, fraction):
    lam = fraction * lambda_max(X, y)
    model = lasso(X, y, lam)
    w = model.coef
    r = y - model.predict(X)
    v = (X - X.mean(axis=0)).T @ r / len(y)
    active = w != 0
    tolerance = 1e-6 * lambda_max(X, y)
    np.testing.assert_allclose(v[active], lam * np.sign(w[active]), atol=tolerance)
    assert (np.abs(v) <= lam + tolerance).all()
    assert abs(r.mean()) < 1e-9  # the intercept is not penalised
    assert active.any() == (fraction < 1)


@pytest.mark.parametrize("seed", range(4))
def test_lasso_agrees_with_lars(seed):
    X, y = make_data(30, 60, seed=seed)
    lam = 0.05 * lambda_max(X, y)
    _, _, coefs = lars_path(
        X - X.mean(axis=0), y - y.mean(), method="lasso", alpha_min=lam, eps=1e-16
    )
    model = lasso(X, y, lam)
    np.testing.assert_allclose(model.coef, coefs[:, -1], atol=1e-6)
    # claim C3.8: the same support, of at most n - 1 features
    np.testing.assert_array_equal(model.coef != 0, coefs[:, -1] != 0)
    assert np.count_nonzero(model.coef) <= len(y) - 1


def test_tiny_lam():
    X, y = make_data(80, 30, rho=0.9)
    lam = 1e-6 * lambda_max(X, y)
    model = lasso(X, y, lam)
    np.testing.assert_allclose(model.coef, sklearn_sparse(X, y, lam).coef_, atol=1e-6)
    assert_certified(model, y)


@each_design
def test_lasso_at_zero_is_least_squares_of_least_norm(X, y):
    model = lasso(X, y, 0)
    centred = X - X.mean(axis=0)
    expected = np.linalg.pinv(centred, rcond=1e-10) @ (y - y.mean())
    np.testing.assert_allclose(model.coef, expected, rtol=1e-7, atol=1e-7)
    assert model.duality_gap <= 1e-10 * y.var()


def test_duplicates_share_the_fit_of_one():
    X, y = make_data(40, 6)
    doubled = np.column_stack([X, X[:, 0], X[:, 3]])
    one, two = lasso(X, y, 0.2), lasso(doubled, y, 0.2)
    np.testing.assert_allclose(two.predict(doubled), one.predict(X), atol=1e-6)
    assert loss(doubled, y, two, 0.2, 1) == pytest.approx(loss(X, y, one, 0.2, 1), abs=1e-9)
    assert two.coef[0] + two.coef[6] == pytest.approx(one.coef[0], abs=1e-6)


def test_lambda_max_is_the_edge():
    for X, y in DESIGNS.values():
        edge = lambda_max(X, y)
        assert not lasso(X, y, edge).coef.any()
        assert lasso(X, y, 0.999 * edge).coef.any()
        by_hand = np.abs((X - X.mean(axis=0)).T @ (y - y.mean())).max() / len(y)
        assert edge == pytest.approx(by_hand, rel=1e-12)


def test_lasso_shrinks_where_nothing_else_does():
    """A mutation guard: lam really is the weight of the L1 norm with the 1/(2n) loss."""
    X, y = make_data(60, 12)
    peer = Lasso(alpha=0.3, tol=1e-12).fit(X, y)
    np.testing.assert_allclose(lasso(X, y, 0.3).coef, peer.coef_, atol=1e-8)
    assert np.abs(lasso(X, y, 0.6).coef - peer.coef_).max() > 0.1


# --- the elastic net ---------------------------------------------------------------------------


@each_design
@pytest.mark.parametrize("l1_ratio", [0.1, 0.5, 0.95])
@pytest.mark.parametrize("fraction", [0.05, 0.3])
def test_elastic_net_agrees_with_sklearn(X, y, l1_ratio, fraction):
    lam = fraction * lambda_max(X, y)
    model, peer = elastic_net(X, y, lam, l1_ratio), sklearn_sparse(X, y, lam, l1_ratio)
    np.testing.assert_allclose(model.coef, peer.coef_, rtol=1e-6, atol=1e-6)
    assert model.intercept == pytest.approx(peer.intercept_, abs=1e-5)
    assert_certified(model, y)


@each_design
def test_elastic_net_between_lasso_and_ridge(X, y):
    lam = 0.2 * lambda_max(X, y)
    np.testing.assert_array_equal(elastic_net(X, y, lam, 1).coef, lasso(X, y, lam).coef)
    at_zero = elastic_net(X, y, lam, 0)
    peer = Ridge(alpha=lam * len(y), solver="svd").fit(X, y)
    np.testing.assert_allclose(at_zero.coef, peer.coef_, rtol=1e-8, atol=1e-8)
    assert_certified(at_zero, y)


def test_elastic_net_next_to_ridge():
    X, y = make_data(60, 12)
    model, peer = elastic_net(X, y, 0.3, 1e-6), sklearn_sparse(X, y, 0.3, 1e-6)
    np.testing.assert_allclose(model.coef, peer.coef_, atol=1e-7)
    np.testing.assert_allclose(model.coef, ridge(X, y, 0.3).coef, atol=1e-5)
    assert_certified(model, y)


def test_elastic_net_groups_duplicates():
    X, y = make_data(40, 6)
    model = elastic_net(np.column_stack([X[:, 0], X]), y, 0.2, 0.5)
    assert model.coef[0] == pytest.approx(model.coef[1], abs=1e-8)
    assert model.coef[0] > 0.5


# --- ridge -------------------------------------------------------------------------------------


@each_design
@pytest.mark.parametrize("lam", [1e-9, 1e-3, 1.0, 1e4])
def test_ridge_agrees_with_sklearn(X, y, lam):
    model, peer = ridge(X, y, lam), Ridge(alpha=lam * len(y), solver="svd").fit(X, y)
    np.testing.assert_allclose(model.coef, peer.coef_, rtol=1e-8, atol=1e-8)
    assert model.intercept == pytest.approx(peer.intercept_, abs=1e-6)


@each_design
@pytest.mark.parametrize("lam", [1e-3, 1.0])
def test_ridge_gradient_is_zero(X, y, lam):
    model = ridge(X, y, lam)
    r = y - model.predict(X)
    pull = (X - X.mean(axis=0)).T @ r / len(y)
    np.testing.assert_allclose(pull, lam * model.coef, atol=1e-10 * np.abs(X).max() ** 2)
    assert abs(r.mean()) < 1e-9


@each_design
def test_ridge_at_zero_is_the_pseudo_inverse(X, y):
    model = ridge(X, y, 0)
    expected = np.linalg.pinv(X - X.mean(axis=0), rcond=1e-10) @ (y - y.mean())
    np.testing.assert_allclose(model.coef, expected, rtol=1e-8, atol=1e-8)
    peer = LinearRegression().fit(X, y)
    np.testing.assert_allclose(model.predict(X), peer.predict(X), atol=1e-8)


def test_ridge_shares_among_duplicates():
    """Claim C4.5: k copies share equally, and their total is the single-column fit at lam / k."""
    X, y = make_data(30, 1)
    copies = ridge(np.repeat(X, 4, axis=1), y, 0.8).coef
    np.testing.assert_allclose(copies, ridge(X, y, 0.2).coef[0] / 4, rtol=1e-12)


@pytest.mark.parametrize(("n", "p"), [(300, 20), (20, 300)])
def test_the_two_factorisations_of_ridge_agree(n, p, monkeypatch):
    """Where the Gram matrix is only just good enough: sizes of directions from 1 to 1e-4."""
    X, y = make_data(n, p)
    X = X * np.logspace(0, -4, p) if p < n else X * np.logspace(0, -4, n)[:, None]
    X -= X.mean(axis=0)
    d2 = np.linalg.svd(X, compute_uv=False) ** 2
    lam = spectrum.SMALL * d2[0] / n
    assert d2[min(n - 1, p) - 1] < 0.1 * n * lam
    by_gram = ridge(X, y, 1.001 * lam).coef
    monkeypatch.setattr(spectrum, "SMALL", np.inf)
    by_svd = ridge(X, y, 1.001 * lam).coef
    np.testing.assert_allclose(by_gram, by_svd, rtol=1e-8, atol=1e-8 * np.abs(by_svd).max())


# --- paths -------------------------------------------------------------------------------------

ORDERS = {"down": [2, 0.5, 0.1, 0.02], "up": [0.02, 0.1, 0.5, 2], "mixed": [0.1, 2, 0, 0.5, 0.1]}
each_order = pytest.mark.parametrize("multiples", ORDERS.values(), ids=ORDERS.keys())


@each_order
@pytest.mark.parametrize("design", ["n > p, AR 0.9", "p > n", "scales"])
def test_lasso_path_equals_single_fits(design, multiples):
    X, y = DESIGNS[design]
    lams = np.array(multiples) * lambda_max(X, y) / 2
    path = lasso_path(X, y, lams)
    assert path.coefs.shape == (len(lams), X.shape[1])
    assert path.intercepts.shape == (len(lams),)
    for i, lam in enumerate(lams):
        single = lasso(X, y, lam)
        np.testing.assert_allclose(path.coefs[i], single.coef, rtol=1e-6, atol=1e-6)
        assert path.intercepts[i] == pytest.approx(single.intercept, abs=1e-4)
        if lam > 0:
            peer = sklearn_sparse(X, y, lam)
            np.testing.assert_allclose(path.coefs[i], peer.coef_, rtol=1e-6, atol=1e-6)


def test_lasso_path_is_the_same_in_any_order():
    X, y = DESIGNS["p > n"]
    lams = np.array([0.9, 0.5, 0.2, 0.05]) * lambda_max(X, y)
    down, up = lasso_path(X, y, lams), lasso_path(X, y, lams[::-1])
    np.testing.assert_array_equal(down.coefs, up.coefs[::-1])
    np.testing.assert_array_equal(down.intercepts, up.intercepts[::-1])


@each_order
@pytest.mark.parametrize("design", ["n > p, AR 0.9", "p > n", "scales", "constant columns"])
def test_ridge_path_equals_single_fits(design, multiples):
    X, y = DESIGNS[design]
    path = ridge_path(X, y, multiples)
    assert path.coefs.shape == (len(multiples), X.shape[1])
    for coef, intercept, lam in zip(path.coefs, path.intercepts, multiples, strict=True):
        single = ridge(X, y, lam)
        np.testing.assert_allclose(coef, single.coef, rtol=1e-8, atol=1e-8)
        assert intercept == pytest.approx(single.intercept, abs=1e-6)


# --- degenerate data ---------------------------------------------------------------------------


FITS = {
    "lasso": lambda X, y: lasso(X, y, 0.1),
    "lasso at 0": lambda X, y: lasso(X, y, 0),
    "ridge": lambda X, y: ridge(X, y, 0.1),
    "ridge at 0": lambda X, y: ridge(X, y, 0),
    "elastic net": lambda X, y: elastic_net(X, y, 0.1, 0.5),
    "elastic net, no L1": lambda X, y: elastic_net(X, y, 0.1, 0),
}
each_fit = pytest.mark.parametrize("fit", FITS.values(), ids=FITS.keys())


@each_fit
@pytest.mark.parametrize(
    ("X", "y"),
    [
        (make_data(30, 5)[0], np.full(30, 0.1)),  # y constant
        (np.full((30, 3), 0.1), make_data(30, 5)[1]),  # X constant
        (np.array([[1.0, 2.0, 3.0]]), np.array([4.0])),  # n = 1
    ],
    ids=["y constant", "X constant", "n = 1"],
)
def test_nothing_to_learn(fit, X, y):
    model = fit(X, y)
    np.testing.assert_array_equal(model.coef, np.zeros(X.shape[1]))
    assert model.intercept == pytest.approx(y.mean(), rel=1e-15)
    assert getattr(model, "duality_gap", 0) == 0


@each_fit
def test_constant_columns_change_nothing(fit):
    X, y = make_data(40, 6)
    wider = np.insert(X, [0, 3, 6], [0.1, 1e6, 0.0], axis=1)
    narrow, wide = fit(X, y), fit(wider, y)
    np.testing.assert_allclose(wide.coef[[0, 4, 8]], 0, atol=1e-14)
    np.testing.assert_allclose(np.delete(wide.coef, [0, 4, 8]), narrow.coef, atol=1e-9)
    assert wide.intercept == pytest.approx(narrow.intercept, abs=1e-9)


@each_fit
def test_shifting_the_data_moves_only_the_intercept(fit):
    X, y = make_data(40, 6)
    model, moved = fit(X, y), fit(X + 10, y + 100)
    np.testing.assert_allclose(moved.coef, model.coef, atol=1e-9)
    assert moved.intercept == pytest.approx(model.intercept + 100 - 10 * model.coef.sum(), abs=1e-7)


@each_fit
def test_forms_of_input(fit):
    rng = np.random.default_rng(0)
    X, y = rng.integers(-5, 6, size=(30, 4)), rng.integers(-5, 6, size=30)
    expected = fit(X.astype(float), y.astype(float)).coef
    every_other = np.repeat(np.repeat(X, 2, axis=0), 2, axis=1).astype(float)[::2, ::2]
    for form in (
        X.tolist(),
        X,
        X.astype(np.float32),
        np.asfortranarray(X, dtype=float),
        np.ascontiguousarray(X, dtype=float),
        every_other,
    ):
        model = fit(form, y.tolist())
        np.testing.assert_allclose(model.coef, expected, rtol=1e-12, atol=1e-12)
        assert model.coef.dtype == np.float64
        assert type(model.intercept) is float


@each_fit
@pytest.mark.parametrize("order", ["C", "F"])
def test_inputs_are_not_modified(fit, order):
    X, y = make_data(20, 30)
    X = np.array(X, order=order)
    X.flags.writeable = y.flags.writeable = False
    before = X.copy(), y.copy()
    fit(X, y)
    lasso_path(X, y, [0.5, 0.1])
    ridge_path(X, y, [0.5, 0.1])
    lambda_max(X, y)
    np.testing.assert_array_equal(X, before[0])
    np.testing.assert_array_equal(y, before[1])


def test_models_are_frozen_and_predict():
    X, y = make_data(20, 3)
    model = lasso(X, y, 0.1)
    np.testing.assert_allclose(model.predict(X.tolist()), X @ model.coef + model.intercept)
    with pytest.raises(AttributeError):
        model.coef = None
    with pytest.raises(ValueError, match=r"X must have 3 columns as fitted, got 2"):
        model.predict(X[:, :2])
    with pytest.raises(ValueError, match=r"X must be two-dimensional"):
        model.predict(X[0])


# --- what is refused ---------------------------------------------------------------------------

X_OK, Y_OK = [[1.0, 2.0], [3.0, 5.0], [4.0, 4.0]], [1.0, 2.0, 4.0]
BAD_DATA = [
    ([[1, np.nan], [3, 5], [4, 4]], Y_OK, ValueError, r"X must be finite, got NaN or infinity"),
    ([[1, np.inf], [3, 5], [4, -np.inf]], Y_OK, ValueError, r"X must be finite"),
    (X_OK, [1, 2, -np.inf], ValueError, r"y must be finite, got NaN or infinity"),
    (X_OK, [1, 2], ValueError, r"the same number of samples, got 3 rows and 2 targets"),
    ([1, 2, 3], Y_OK, ValueError, r"X must be two-dimensional, got an array of shape \(3,\)"),
    (X_OK, [[1], [2], [4]], ValueError, r"y must be one-dimensional, got .* shape \(3, 1\)"),
    (np.empty((0, 2)), [], ValueError, r"X must not be empty, got an array of shape \(0, 2\)"),
    (np.empty((3, 0)), Y_OK, ValueError, r"X must not be empty, got an array of shape \(3, 0\)"),
    ([[1, 2], [3], [4, 4]], Y_OK, ValueError, r"X must be a rectangular array"),
    ([["a", "b"]] * 3, Y_OK, TypeError, r"X must hold real numbers in a dense array, got dtype"),
    (X_OK, [1, 2, 1j], TypeError, r"y must hold real numbers .* got dtype complex128"),
    (X_OK, None, TypeError, r"y must hold real numbers .* got dtype object"),
]


@each_fit
@pytest.mark.parametrize(("X", "y", "error", "sentence"), BAD_DATA)
def test_bad_data(fit, X, y, error, sentence):
    with pytest.raises(error, match=sentence):
        fit(X, y)


@pytest.mark.parametrize(("X", "y", "error", "sentence"), BAD_DATA)
def test_bad_data_on_paths(X, y, error, sentence):
    for call in (lasso_path, ridge_path):
        with pytest.raises(error, match=sentence):
            call(X, y, [0.1])
    with pytest.raises(error, match=sentence):
        lambda_max(X, y)


@pytest.mark.parametrize(
    ("lam", "error", "sentence"),
    [
        (-0.1, ValueError, r"lam must be at least 0, got -0.1"),
        (np.nan, ValueError, r"lam must be finite"),
        (np.inf, ValueError, r"lam must be finite"),
        ([0.1, 0.2], ValueError, r"lam must be one number, got an array of shape \(2,\)"),
        ("0.1", TypeError, r"lam must hold real numbers"),
        (None, TypeError, r"lam must hold real numbers"),
    ],
)
def test_bad_lam(lam, error, sentence):
    for call in (lasso, ridge, lambda X, y, lam: elastic_net(X, y, lam, 0.5)):
        with pytest.raises(error, match=sentence):
            call(X_OK, Y_OK, lam)


@pytest.mark.parametrize(
    ("lams", "error", "sentence"),
    [
        ([0.1, -0.1], ValueError, r"each value of lams must be at least 0, got -0.1"),
        ([0.1, np.nan], ValueError, r"lams must be finite"),
        ([], ValueError, r"lams must not be empty"),
        (0.1, ValueError, r"lams must be one-dimensional"),
        (["a"], TypeError, r"lams must hold real numbers"),
    ],
)
def test_bad_lams(lams, error, sentence):
    for call in (lasso_path, ridge_path):
        with pytest.raises(error, match=sentence):
            call(X_OK, Y_OK, lams)


@pytest.mark.parametrize("l1_ratio", [-0.01, 1.01])
def test_bad_l1_ratio(l1_ratio):
    with pytest.raises(ValueError, match=r"l1_ratio must be between 0 and 1, got"):
        elastic_net(X_OK, Y_OK, 0.1, l1_ratio)


def test_l1_ratio_that_is_no_number():
    with pytest.raises(TypeError, match=r"l1_ratio must hold real numbers"):
        elastic_net(X_OK, Y_OK, 0.1, "0.5")


def test_an_unconverged_fit_is_never_silent():
    X, y = make_data(30, 50, rho=0.9)
    lam = 0.01 * lambda_max(X, y)
    for call in (
        lambda: lasso(X, y, lam, max_iter=2),
        lambda: elastic_net(X, y, lam, 0.5, max_iter=2),
        lambda: lasso_path(X, y, [lam], max_iter=2),
    ):
        with pytest.warns(RuntimeWarning, match=r"did not converge at lam = .* 2 passes") as caught:
            call()
        assert caught[0].filename == __file__  # it points at the caller
    X, y = make_data(100, 300, rho=0.5)  # large enough for a loose fit to end early
    lam = 0.01 * lambda_max(X, y)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        loose = lasso(X, y, lam, tol=1e-2)
    tight = lasso(X, y, lam)
    assert tight.n_iter >= loose.n_iter > 0
    assert tight.duality_gap < loose.duality_gap <= 1e-2 * y.var()


def test_the_finiteness_check_allocates_no_second_matrix():
    import tracemalloc

    from regularization.validation import check_array

    X = np.ones((1000, 1000))
    tracemalloc.start()
    assert check_array(X, "X", ndim=2) is X
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < X.nbytes / 100


def test_numpy_only():
    """The from-scratch methods stand on NumPy alone."""
    import subprocess

    code = (
        "import sys; import regularization.linear, regularization.solvers; "
        "print([m for m in ('scipy', 'sklearn', 'torch') if m in sys.modules])"
    )
    printed = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert printed.stdout.strip() == "[]"
