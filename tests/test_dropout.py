"""Oracles: moments in closed form (Monte Carlo error stated), all masks enumerated, torch."""

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from regularization.dropout import (
    all_masks,
    dropconnect,
    dropconnect_backward,
    dropout,
    dropout_backward,
    mc_dropout,
    spatial_dropout,
    vanilla_dropout,
    weight_scaling,
)

SEEDED = np.random.default_rng
X = SEEDED(0).normal(size=(5, 4))
IMAGES = SEEDED(1).normal(size=(6, 7, 3, 2))
W = SEEDED(2).normal(size=(4, 3))

both_dtypes = pytest.mark.parametrize("dtype", [np.float32, np.float64])
keep_probs = pytest.mark.parametrize("keep_prob", [0.2, 0.5, 0.8])


def softmax(z):
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


@both_dtypes
@pytest.mark.parametrize(
    ("method", "x", "mask_shape", "scale"),
    [
        (dropout, X, X.shape, 1 / 0.3),
        (vanilla_dropout, X, X.shape, 1.0),
        (spatial_dropout, IMAGES, (6, 7, 1, 1), 1 / 0.3),
    ],
)
def test_out_is_x_times_a_mask_of_two_values(method, x, mask_shape, scale, dtype):
    x = x.astype(dtype)
    before = x.copy()
    out, mask = method(x, 0.3, SEEDED(3))
    assert mask.shape == mask_shape and out.shape == x.shape
    assert mask.dtype == out.dtype == dtype
    assert set(np.unique(mask)) == {dtype(0), dtype(scale)}
    np.testing.assert_array_equal(out, x * mask)
    np.testing.assert_array_equal(x, before)


@keep_probs
def test_share_of_kept_units(keep_prob):
    n = 400_000
    _, mask = dropout(np.ones(n), keep_prob, SEEDED(4))
    error = np.sqrt(keep_prob * (1 - keep_prob) / n)  # 0.08 % at most
    assert abs((mask > 0).mean() - keep_prob) < 4 * error


@keep_probs
def test_moments_of_inverted_dropout(keep_prob):
    n, x = 400_000, 3.0
    out, _ = dropout(np.full(n, x), keep_prob, SEEDED(5))
    variance = x**2 * (1 - keep_prob) / keep_prob
    assert abs(out.mean() - x) < 4 * np.sqrt(variance / n)
    # A Bernoulli(q) variable scaled by c: var of its sample variance is c^4 q(1-q)(1-2q)^2 / n,
    # plus O(1/n^2), which is what is left at q = 1/2.
    c, q = x / keep_prob, keep_prob
    error = c**2 * (np.sqrt(q * (1 - q) / n) * abs(1 - 2 * q) + 1 / n)
    assert abs(out.var() - variance) < 4 * error


def test_vanilla_dropout_keeps_only_the_scaled_mean():
    n, x, keep_prob = 400_000, 3.0, 0.8
    out, _ = vanilla_dropout(np.full(n, x), keep_prob, SEEDED(6))
    error = x * np.sqrt(keep_prob * (1 - keep_prob) / n)
    assert abs(out.mean() - keep_prob * x) < 4 * error
    assert abs(out.mean() - x) > 100 * error  # unscaled, inference would be off


def test_same_mask_for_both_dtypes_and_for_vanilla():
    _, mask = dropout(X, 0.5, SEEDED(7))
    _, single = dropout(X.astype(np.float32), 0.5, SEEDED(7))
    _, vanilla = vanilla_dropout(X, 0.5, SEEDED(7))
    np.testing.assert_array_equal(mask, single)
    np.testing.assert_array_equal(mask, vanilla / 0.5)
    assert (dropout(X, 0.5, SEEDED(8))[1] != mask).any()


@both_dtypes
def test_keep_prob_one_changes_nothing(dtype):
    images, x, weights = IMAGES.astype(dtype), X.astype(dtype), W.astype(dtype)
    for method, array in [(dropout, x), (vanilla_dropout, x), (spatial_dropout, images)]:
        out, mask = method(array, 1, SEEDED(0))
        np.testing.assert_array_equal(out, array)
        assert (mask == 1).all() and not np.shares_memory(out, array)
    rtol = 1e-6 if dtype == np.float32 else 1e-14
    np.testing.assert_allclose(dropconnect(x, weights, 1, SEEDED(0))[0], x @ weights, rtol=rtol)
    assert weight_scaling(x, 0.5).dtype == dtype


@pytest.mark.parametrize("method", [dropout, vanilla_dropout])
def test_backward_against_torch(method):
    out, mask = method(X, 0.5, SEEDED(9))
    x = torch.tensor(X, requires_grad=True)
    torch.tanh(x * torch.tensor(mask)).sum().backward()
    grad = 1 - np.tanh(out) ** 2
    np.testing.assert_allclose(dropout_backward(grad, mask), x.grad, atol=1e-14)


def test_spatial_dropout_drops_whole_maps_as_dropout2d_does():
    """torch draws its own mask: read it off, and apply it by our backward (also x * mask)."""
    x = torch.tensor(IMAGES, requires_grad=True)
    torch.manual_seed(0)
    F.dropout2d(x, p=0.4, training=True).sum().backward()
    theirs = x.grad.numpy()  # their mask, at full size
    assert set(np.unique(theirs.round(12))) == {0.0, round(1 / 0.6, 12)}
    _, mask = spatial_dropout(IMAGES, 0.6, SEEDED(10))
    full = dropout_backward(np.ones_like(IMAGES), mask)
    assert set(np.unique(full.round(12))) == set(np.unique(theirs.round(12)))
    for maps in (theirs, full):
        np.testing.assert_array_equal(maps, maps[:, :, :1, :1] + np.zeros_like(maps))
    np.testing.assert_array_equal(dropout_backward(IMAGES, theirs[:, :, :1, :1]), IMAGES * theirs)


def test_share_of_kept_maps():
    _, mask = spatial_dropout(np.ones((200, 100, 2, 2)), 0.7, SEEDED(11))
    assert abs((mask > 0).mean() - 0.7) < 4 * np.sqrt(0.7 * 0.3 / 20_000)


def test_dropconnect_and_its_backward_against_torch():
    out, mask = dropconnect(X, W, 0.5, SEEDED(12))
    assert mask.shape == (5, 4, 3) and set(np.unique(mask)) == {0.0, 2.0}
    assert any((mask[0] != mask[i]).any() for i in range(1, 5))  # each row its own
    x, weights = torch.tensor(X, requires_grad=True), torch.tensor(W, requires_grad=True)
    theirs = torch.stack([x[i] @ (torch.tensor(mask[i]) * weights) for i in range(5)])
    np.testing.assert_allclose(out, theirs.detach(), atol=1e-14)
    torch.tanh(theirs).sum().backward()
    grad_x, grad_W = dropconnect_backward(1 - np.tanh(out) ** 2, X, W, mask)
    np.testing.assert_allclose(grad_x, x.grad, atol=1e-14)
    np.testing.assert_allclose(grad_W, weights.grad, atol=1e-14)


def test_mean_of_dropconnect():
    n, x, keep_prob = 20_000, X[0], 0.5
    out, _ = dropconnect(np.tile(x, (n, 1)), W, keep_prob, SEEDED(13))
    error = np.sqrt((x**2 @ W**2) * (1 - keep_prob) / keep_prob / n)  # (n_out,)
    assert (np.abs(out.mean(axis=0) - x @ W) < 4 * error).all()


def test_all_masks_are_all_and_their_probabilities_those_of_the_binomial():
    masks, probabilities = all_masks(6, 0.3)
    assert len(np.unique(masks, axis=0)) == 64 and set(np.unique(masks)) == {0.0, 1.0}
    assert probabilities.sum() == pytest.approx(1, abs=1e-14)
    np.testing.assert_allclose(probabilities @ masks, np.full(6, 0.3), atol=1e-15)  # E m
    second = np.einsum("k,ki,kj->ij", probabilities, masks, masks)  # E m m^T
    np.testing.assert_allclose(second, 0.09 + 0.21 * np.eye(6), atol=1e-15)


def test_expected_loss_has_an_l2_penalty():
    """Claim C5.2, exactly: the penalty is (1 - keep) / (2 keep) * sum_j ||x_j||^2 w_j^2."""
    rng, keep_prob = SEEDED(14), 0.6
    A, y, w = rng.normal(size=(3, 4)), rng.normal(size=3), rng.normal(size=4)
    masks, probabilities = all_masks(12, keep_prob)
    masks = masks.reshape(-1, 3, 4) / keep_prob
    expected = probabilities @ np.sum((y - (A * masks) @ w) ** 2, axis=1) / 2
    penalty = (1 - keep_prob) / (2 * keep_prob) * np.sum(A**2, axis=0) @ w**2
    assert expected == pytest.approx(np.sum((y - A @ w) ** 2) / 2 + penalty, rel=1e-12)
    assert penalty > 0.1  # there is something to be seen


def test_weight_scaling_is_the_geometric_mean_if_the_rest_is_linear():
    """Claim C5.7: exact before a softmax, by enumeration; not the arithmetic mean."""
    rng, keep_prob = SEEDED(15), 0.5
    h, V = rng.normal(size=8), rng.normal(size=(8, 3))
    masks, probabilities = all_masks(8, keep_prob)
    each = softmax((masks * h) @ V)  # (256, 3)
    geometric = np.exp(probabilities @ np.log(each))
    scaled = softmax(h @ weight_scaling(V, keep_prob))
    np.testing.assert_allclose(scaled, geometric / geometric.sum(), rtol=1e-12)
    assert np.abs(scaled - probabilities @ each).max() > 1e-3


def test_mc_dropout_against_numpy_on_the_same_draws():
    rng = SEEDED(16)
    draws = 1e6 + rng.normal(size=(50, 5, 3))  # a mean that cancels in E x^2 - (E x)^2
    left = iter(draws)
    mean, std = mc_dropout(lambda x: next(left), X, 50)
    np.testing.assert_allclose(mean, draws.mean(axis=0), rtol=1e-14)
    np.testing.assert_allclose(std, draws.std(axis=0), rtol=1e-8)
    with pytest.raises(StopIteration):
        next(left)  # each was asked for once


def test_mc_dropout_of_a_linear_layer_in_closed_form():
    rng, keep_prob, n_samples = SEEDED(17), 0.8, 4000
    mean, std = mc_dropout(lambda x: dropout(x, keep_prob, rng)[0] @ W, X, n_samples)
    true_std = np.sqrt(X**2 @ W**2 * (1 - keep_prob) / keep_prob)
    assert (np.abs(mean - X @ W) < 4 * true_std / np.sqrt(n_samples)).all()
    # s.e. of a std is at most std * sqrt((kurtosis - 1) / (4 n)); here kurtosis <= 3.25
    assert (np.abs(std / true_std - 1) < 4 * np.sqrt(2.25 / (4 * n_samples))).all()


def test_mc_dropout_without_dropout_has_no_spread():
    mean, std = mc_dropout(lambda x: x @ W, X, 7)
    np.testing.assert_allclose(mean, X @ W, rtol=1e-14)
    assert (std == 0).all()
    assert mc_dropout(lambda x: 2.5, X, 3) == (2.5, 0.0)


BAD = [np.nan, np.inf]
MASK = np.ones((5, 4, 3))


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: dropout(X, 0, SEEDED(0)), ValueError, r"keep_prob must be in \(0, 1\], got 0"),
        (lambda: dropout(X, 1.1, SEEDED(0)), ValueError, r"keep_prob must be in \(0, 1\]"),
        (lambda: dropout(X, -0.5, SEEDED(0)), ValueError, r"keep_prob must be in \(0, 1\]"),
        (lambda: dropout(X, np.nan, SEEDED(0)), ValueError, "keep_prob must be finite"),
        (lambda: dropout(X, "half", SEEDED(0)), TypeError, "keep_prob must hold real numbers"),
        (lambda: dropout(X, [0.5, 0.5], SEEDED(0)), ValueError, "keep_prob must be one number"),
        (lambda: dropout(X, 0.5, 0), TypeError, "rng must be a NumPy Generator .* got int"),
        (lambda: dropout(BAD, 0.5, SEEDED(0)), ValueError, "x must be finite"),
        (lambda: dropout([], 0.5, SEEDED(0)), ValueError, "x must not be empty"),
        (lambda: vanilla_dropout(X, 2, SEEDED(0)), ValueError, r"keep_prob must be in \(0, 1\]"),
        (lambda: weight_scaling(X, 0), ValueError, r"keep_prob must be in \(0, 1\]"),
        (lambda: spatial_dropout(X, 0.5, SEEDED(0)), ValueError, "x must be four-dimensional"),
        (lambda: dropout_backward(X, X.T), ValueError, r"same shape, got \(5, 4\) and \(4, 5\)"),
        (lambda: dropout_backward(X[0], X), ValueError, "grad and mask must have the same shape"),
        (lambda: dropconnect(X, W.T, 0.5, SEEDED(0)), ValueError, "one column per row of W"),
        (lambda: dropconnect(X, W, 0, SEEDED(0)), ValueError, r"keep_prob must be in \(0, 1\]"),
        (lambda: dropconnect_backward(X, X, W, MASK), ValueError, "grad and mask must be"),
        (lambda: mc_dropout(np.sin, X, 0), ValueError, "n_samples must be at least 1"),
        (lambda: mc_dropout(np.sin, X, 2.5), ValueError, "n_samples must be a whole number"),
        (lambda: mc_dropout(lambda x: BAD, X, 2), ValueError, "output of forward must be finite"),
        (lambda: all_masks(21, 0.5), ValueError, "n_units must be at most 20"),
        (lambda: all_masks(3, 0), ValueError, r"keep_prob must be in \(0, 1\]"),
    ],
)
def test_bad_input_is_told_in_a_sentence(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_mc_dropout_wants_one_shape():
    shapes = iter([(2,), (3,)])
    with pytest.raises(ValueError, match=r"got \(2,\) and then \(3,\)"):
        mc_dropout(lambda x: np.ones(next(shapes)), X, 2)
