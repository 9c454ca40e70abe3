"""Oracles: torch.nn.BatchNorm1d (values, gradients, running statistics), finite differences."""

import numpy as np
import pytest
import torch
from scipy.optimize import approx_fprime

from regularization.batch_norm import BatchNorm

TOLERANCE = {np.float64: 1e-12, np.float32: 1e-5}  # float32: a sum of 64 terms
both_dtypes = pytest.mark.parametrize("dtype", [np.float64, np.float32])


def pair(n_features, dtype, momentum=0.1, eps=1e-5):
    """Our layer and torch's, with the same random gamma and beta."""
    rng = np.random.default_rng(0)
    ours = BatchNorm(n_features, momentum, eps, dtype)
    theirs = torch.nn.BatchNorm1d(
        n_features, eps, momentum, dtype=torch.from_numpy(ours.beta).dtype
    )
    ours.gamma[:], ours.beta[:] = rng.normal(size=(2, n_features))
    with torch.no_grad():
        theirs.weight.copy_(torch.from_numpy(ours.gamma))
        theirs.bias.copy_(torch.from_numpy(ours.beta))
    return ours, theirs


def agree(ours, theirs, dtype):
    assert ours.dtype == dtype
    tol = TOLERANCE[dtype]
    np.testing.assert_allclose(ours, theirs.detach(), rtol=tol, atol=tol)


@both_dtypes
@pytest.mark.parametrize("train", [True, False])
@pytest.mark.parametrize("shape", [(2, 1), (8, 5), (64, 20)])
@pytest.mark.parametrize(("momentum", "eps"), [(0.1, 1e-5), (0.0, 0.1), (1.0, 1e-3)])
def test_forward_and_backward_against_torch(shape, momentum, eps, train, dtype):
    rng = np.random.default_rng(1)
    ours, theirs = pair(shape[1], dtype, momentum, eps)
    for _ in range(3):  # running statistics that have a history
        x = (2 + 3 * rng.normal(size=shape)).astype(dtype)
        agree(ours.forward(x, train=True), theirs(torch.from_numpy(x)), dtype)
    theirs.train(train)
    x, grad = rng.normal(size=(2, *shape)).astype(dtype)
    x_torch = torch.tensor(x, requires_grad=True)
    out = theirs(x_torch)
    out.backward(torch.from_numpy(grad))
    agree(ours.forward(x, train), out, dtype)
    gradients = ours.backward(grad)
    for mine, other in zip(
        gradients, (x_torch.grad, theirs.weight.grad, theirs.bias.grad), strict=True
    ):
        agree(mine, other, dtype)
    agree(ours.running_mean, theirs.running_mean, dtype)
    agree(ours.running_var, theirs.running_var, dtype)


def test_training_moves_the_running_statistics_and_inference_does_not():
    layer = BatchNorm(2, momentum=0.25)
    layer.forward([[0.0, 1.0], [4.0, 1.0]], train=True)
    np.testing.assert_array_equal(layer.running_mean, [0.5, 0.25])  # 3/4 * 0 + 1/4 * mean
    np.testing.assert_array_equal(layer.running_var, [2.75, 0.75])  # 3/4 * 1 + 1/4 * 8, * 0
    layer.forward([[100.0, 100.0]], train=False)
    np.testing.assert_array_equal(layer.running_mean, [0.5, 0.25])


@pytest.mark.parametrize("train", [True, False])
def test_backward_against_finite_differences(train):
    rng = np.random.default_rng(2)
    layer = BatchNorm(3)
    layer.gamma[:] = rng.normal(size=3)
    x, direction = rng.normal(size=(2, 6, 3))
    layer.forward(x, train)
    grad_x, _, _ = layer.backward(direction)

    def value(flat):
        layer.running_mean[:], layer.running_var[:] = 0, 1
        return np.sum(direction * layer.forward(flat.reshape(6, 3), train))

    if not train:  # forward at inference left them at their start
        assert (layer.running_var == 1).all()
    np.testing.assert_allclose(grad_x.ravel(), approx_fprime(x.ravel(), value, 1e-6), atol=1e-5)


def test_forward_does_not_modify_its_input():
    x = np.random.default_rng(3).normal(size=(4, 2))
    before = x.copy()
    layer = BatchNorm(2)
    layer.forward(x, train=True)
    layer.backward(x)
    np.testing.assert_array_equal(x, before)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: BatchNorm(0), ValueError, "n_features must be at least 1"),
        (lambda: BatchNorm(3, momentum=1.5), ValueError, "momentum must be between 0 and 1"),
        (lambda: BatchNorm(3, eps=0), ValueError, "eps must be positive"),
        (lambda: BatchNorm(3, dtype=int), ValueError, "dtype must be float64 or float32"),
        (lambda: BatchNorm(3).forward(np.ones((1, 3)), True), ValueError, "at least two rows"),
        (lambda: BatchNorm(3).forward(np.ones((4, 2)), True), ValueError, "x must have 3 columns"),
        (lambda: BatchNorm(1).forward([[np.nan]], False), ValueError, "x must be finite"),
        (lambda: BatchNorm(3).backward(np.ones((4, 3))), RuntimeError, "forward pass before it"),
    ],
)
def test_bad_input_is_told_in_a_sentence(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_a_gradient_of_another_batch_is_refused():
    layer = BatchNorm(3)
    layer.forward(np.ones((4, 3)), train=True)
    with pytest.raises(ValueError, match="grad must have 4 rows as x had, got 5"):
        layer.backward(np.ones((5, 3)))
