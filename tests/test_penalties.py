"""Oracles: numerical minimisation and differences (SciPy), norms (NumPy), closed forms."""

import numpy as np
import pytest
from scipy.optimize import approx_fprime, minimize, minimize_scalar

from regularization import penalties
from regularization.penalties import (
    elastic_net,
    elastic_net_prox,
    elastic_net_subgradient,
    group_lasso,
    group_lasso_prox,
    group_lasso_subgradient,
    l1,
    l1_prox,
    l1_subgradient,
    l2,
    l2_gradient,
    l2_prox,
    lq,
    soft_threshold,
    split_lam,
)

W = np.array([1.5, -0.2, 3.0, -4.0, 0.7])
W_ZEROS = np.array([1.5, 0.0, -3.0, 0.0])
Z = np.linspace(-3, 3, 25)  # with 0 and, for thresholds of 1/4, the kinks

# name: value, gradient, prox; each takes (array, [step,] lam, *rest)
PENALTIES = {
    "l1": (l1, l1_subgradient, l1_prox, ()),
    "l2": (l2, l2_gradient, l2_prox, ()),
    "enet 0.3": (elastic_net, elastic_net_subgradient, elastic_net_prox, (0.3,)),
    "enet 0": (elastic_net, elastic_net_subgradient, elastic_net_prox, (0,)),
    "enet 1": (elastic_net, elastic_net_subgradient, elastic_net_prox, (1,)),
}
each_penalty = pytest.mark.parametrize(
    ("value", "gradient", "prox", "rest"), PENALTIES.values(), ids=PENALTIES.keys()
)


def test_values_against_numpy_norms():
    norm_1, norm_2 = np.linalg.norm(W, 1), np.linalg.norm(W, 2)
    assert l1(W, 0.5) == pytest.approx(0.5 * norm_1, rel=1e-14)
    assert l2(W, 0.5) == pytest.approx(0.25 * norm_2**2, rel=1e-14)
    assert elastic_net(W, 2.0, 0.3) == pytest.approx(0.6 * norm_1 + 0.7 * norm_2**2, rel=1e-14)
    assert all(type(value) is float for value in (l1(W, 1), l2(W, 1), elastic_net(W, 1, 0.5)))


@each_penalty
def test_gradient_is_the_derivative_where_there_is_one(value, gradient, prox, rest):
    numeric = approx_fprime(W, lambda w: value(w, 0.8, *rest), 1e-7)
    np.testing.assert_allclose(gradient(W, 0.8, *rest), numeric, atol=1e-5)


@each_penalty
def test_subgradient_inequality_also_at_zero(value, gradient, prox, rest):
    s = gradient(W_ZEROS, 0.8, *rest)
    for u in np.random.default_rng(0).normal(scale=3, size=(200, len(W_ZEROS))):
        bound = value(W_ZEROS, 0.8, *rest) + s @ (u - W_ZEROS)
        assert value(u, 0.8, *rest) >= bound - 1e-12


def test_subgradient_at_zero_is_the_documented_element():
    np.testing.assert_array_equal(l1_subgradient(W_ZEROS, 0.8), [0.8, 0, -0.8, 0])
    np.testing.assert_allclose(elastic_net_subgradient([0, 2], 1, 0.25), [0, 0.25 + 1.5])


@each_penalty
@pytest.mark.parametrize(("step", "lam"), [(1.0, 0.25), (0.5, 2.0), (2.0, 0.0), (0.0, 1.0)])
def test_prox_is_the_minimiser(value, gradient, prox, rest, step, lam):
    for z, w in zip(Z, prox(Z, step, lam, *rest), strict=True):

        def objective(u, z=z):
            return (u - z) ** 2 / 2 + step * value(u, lam, *rest)

        best = minimize_scalar(objective, bracket=(-4, 4), tol=1e-12)
        assert abs(w - best.x) < 2e-7
        assert objective(w) <= best.fun + 1e-15


def test_soft_threshold_by_cases():
    z = np.array([-2.0, -0.5, -0.3, 0.0, 0.3, 0.5, 2.0])
    result = soft_threshold(z, 0.5)
    np.testing.assert_array_equal(result, [-1.5, 0, 0, 0, 0, 0, 1.5])
    assert not np.signbit(result[1:]).any()  # 0, not -0
    np.testing.assert_allclose(
        soft_threshold(Z, 0.7), np.sign(Z) * np.maximum(np.abs(Z) - 0.7, 0), rtol=0, atol=1e-15
    )


def test_claim_c33_l1_subtracts_what_l2_divides():
    np.testing.assert_allclose(l1_prox([3.0, 0.1], 1, 0.25), [2.75, 0])
    np.testing.assert_allclose(l2_prox([3.0, 0.1], 1, 0.25), [2.4, 0.08])


def test_lists_integers_shapes_and_scalars():
    assert soft_threshold([3, -1, 0], 1).tolist() == [2, 0, 0]
    assert soft_threshold(np.ones((2, 3), dtype=np.float32), 0.1).dtype == np.float64
    assert l2_prox(np.ones((2, 3)), 1, 1).shape == (2, 3)
    assert soft_threshold(3, 1) == 2
    assert l1(-3, 2) == 6


def test_input_is_not_modified():
    z = Z.copy()
    for _, gradient, prox, rest in PENALTIES.values():
        assert not np.shares_memory(prox(z, 1, 0, *rest), z)
        gradient(z, 1, *rest)
    np.testing.assert_array_equal(z, Z)


def test_split_lam():
    assert split_lam(2, 0.25) == (0.5, 1.5)


@each_penalty
def test_bad_input(value, gradient, prox, rest):
    for call in (
        lambda w, lam: prox(w, 1, lam, *rest),
        *(_partial(f, rest) for f in (value, gradient)),
    ):
        with pytest.raises(ValueError, match=r"lam must be at least 0, got -1"):
            call(W, -1)
        with pytest.raises(ValueError, match=r"lam must be finite"):
            call(W, np.nan)
        with pytest.raises(
            ValueError, match=r"lam must be one number, got an array of shape \(2,\)"
        ):
            call(W, [1, 2])
        with pytest.raises(ValueError, match=r"[wz] must be finite, got NaN or infinity"):
            call([1, np.inf], 1)
        with pytest.raises(ValueError, match=r"[wz] must not be empty"):
            call([], 1)
        with pytest.raises(TypeError, match=r"[wz] must hold real numbers"):
            call(["a"], 1)
    with pytest.raises(ValueError, match=r"step must be at least 0, got -0.5"):
        prox(W, -0.5, 1, *rest)


def _partial(function, rest):
    return lambda w, lam: function(w, lam, *rest)


@pytest.mark.parametrize("l1_ratio", [-0.1, 1.1])
def test_l1_ratio_out_of_range(l1_ratio):
    for call in (elastic_net, elastic_net_subgradient, lambda w, *a: elastic_net_prox(w, 1, *a)):
        with pytest.raises(ValueError, match=r"l1_ratio must be between 0 and 1, got"):
            call(W, 1, l1_ratio)


def test_negative_threshold():
    with pytest.raises(ValueError, match=r"t must be at least 0, got -1"):
        soft_threshold(W, -1)


def test_every_public_function_is_documented():
    functions = [
        f for f in vars(penalties).values() if getattr(f, "__module__", "") == penalties.__name__
    ]
    assert len(functions) == 16  # one of them private
    assert all(f.__doc__ for f in functions)


# --- group lasso -------------------------------------------------------------------------------

GROUPS = np.array([4, -1, 4, 4, -1])  # labels are any whole numbers, in any order


def test_group_lasso_value_against_numpy_norms():
    expected = np.sqrt(3) * np.linalg.norm(W[[0, 2, 3]]) + np.sqrt(2) * np.linalg.norm(W[[1, 4]])
    assert group_lasso(W, 0.5, GROUPS) == pytest.approx(0.5 * expected, rel=1e-14)


def test_group_lasso_of_single_features_is_the_lasso():
    each = np.arange(len(W))
    assert group_lasso(W, 0.7, each) == pytest.approx(l1(W, 0.7), rel=1e-14)
    np.testing.assert_allclose(group_lasso_prox(W, 2, 0.4, each), l1_prox(W, 2, 0.4), atol=1e-15)
    np.testing.assert_allclose(group_lasso_subgradient(W, 0.7, each), l1_subgradient(W, 0.7))


def test_group_lasso_gradient_is_the_derivative():
    numeric = approx_fprime(W, lambda w: group_lasso(w, 0.8, GROUPS), 1e-7)
    np.testing.assert_allclose(group_lasso_subgradient(W, 0.8, GROUPS), numeric, atol=1e-5)
    w = W * (GROUPS == 4)
    assert not group_lasso_subgradient(w, 0.8, GROUPS)[GROUPS == -1].any()


@pytest.mark.parametrize(("step", "lam"), [(1.0, 0.3), (0.5, 1.0), (2.0, 0.0), (0.0, 1.0)])
def test_group_lasso_prox_is_the_minimiser(step, lam):
    w = group_lasso_prox(W, step, lam, GROUPS)

    def objective(u):
        return np.sum((u - W) ** 2) / 2 + step * group_lasso(u, lam, GROUPS)

    best = minimize(objective, W, method="Powell", options={"xtol": 1e-10, "ftol": 1e-14})
    np.testing.assert_allclose(w, best.x, atol=1e-5)
    assert objective(w) <= best.fun + 1e-12


def test_group_lasso_prox_zeroes_whole_groups():
    threshold = np.linalg.norm(W[[1, 4]]) / np.sqrt(2)
    np.testing.assert_array_equal(
        group_lasso_prox(W, 1, 1.0001 * threshold, GROUPS) == 0, GROUPS == -1
    )
    assert (group_lasso_prox(W, 1, 0.9999 * threshold, GROUPS) != 0).all()
    assert not group_lasso_prox(np.zeros(5), 1, 0, GROUPS).any()


def test_group_lasso_bad_groups():
    with pytest.raises(ValueError, match=r"groups must have one value per column of X, got 2 for"):
        group_lasso(W, 1, [0, 1])
    with pytest.raises(ValueError, match="groups must hold whole numbers, one label per feature"):
        group_lasso_prox(W, 1, 1, [0, 1, 2, 3, 0.5])
    with pytest.raises(TypeError, match="groups must hold real numbers"):
        group_lasso_subgradient(W, 1, list("aabbc"))
    with pytest.raises(ValueError, match="lam must be at least 0, got -1"):
        group_lasso_prox(W, 1, -1, GROUPS)


# --- Lq ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("q", [0.5, 1, 1.5, 2, 4])
def test_lq_against_numpy_norms(q):
    assert lq(W, 0.3, q) == pytest.approx(0.3 * np.linalg.norm(W, q) ** q, rel=1e-13)


def test_lq_meets_l1_and_twice_l2():
    assert lq(W, 0.3, 1) == pytest.approx(l1(W, 0.3), rel=1e-14)
    assert lq(W, 0.3, 2) == pytest.approx(2 * l2(W, 0.3), rel=1e-14)


@pytest.mark.parametrize("q", [0, -1])
def test_lq_needs_a_positive_exponent(q):
    with pytest.raises(ValueError, match=f"q must be above 0, got {q}"):
        lq(W, 1, q)
