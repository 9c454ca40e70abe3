"""Oracles: the same network in torch with the same masks, and finite differences."""

import numpy as np
import pytest
import torch
from scipy.optimize import approx_fprime
from torch.nn import functional as F

from regularization.dropout import mc_dropout
from regularization.mlp import MLP
from regularization.optimizers import SGD

N, SIZES = 12, (5, 8, 6, 3)
TOLERANCE = {np.float64: 1e-10, np.float32: 1e-6}
RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(N, 5)), RNG.integers(3, size=N)


def network(sizes=SIZES, **settings):
    """A network whose biases, gammas and betas are not at their start either."""
    rng = np.random.default_rng(1)
    mlp = MLP(sizes, rng, **settings)
    for array in mlp.params[len(mlp.weights) :]:
        array += rng.normal(scale=0.5, size=array.shape)
    return mlp


def in_torch(mlp, X, y, masks, norms):
    """Loss and gradients by autograd, with the masks given and torch's own BatchNorm."""
    params = [torch.tensor(array, requires_grad=True) for array in mlp.params]
    n_layers = len(mlp.weights)
    weights, biases, rest = (
        params[:n_layers],
        params[n_layers : 2 * n_layers],
        params[2 * n_layers :],
    )
    gammas, betas = rest[: n_layers - 1], rest[n_layers - 1 :]
    h = torch.tensor(X)
    for layer in range(n_layers - 1):
        h = h @ weights[layer] + biases[layer]
        if norms:
            h = F.batch_norm(h, *norms[layer], gammas[layer], betas[layer], training=True)
        h = torch.relu(h)
        if masks:
            h = h * torch.tensor(masks[layer])
    loss = F.cross_entropy(h @ weights[-1] + biases[-1], torch.tensor(y))
    for W in weights:
        loss = loss + mlp.l1 * W.abs().sum() + mlp.l2 / 2 * W.square().sum()
    loss.backward()
    return loss.item(), [w.grad.numpy() for w in params]


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("sizes", [(5, 3), (5, 8, 3), SIZES])
@pytest.mark.parametrize("keep_prob", [1.0, 0.6])
@pytest.mark.parametrize("batch_norm", [False, True])
@pytest.mark.parametrize(("l1", "l2"), [(0, 0), (0.02, 0), (0, 0.3), (0.02, 0.3)])
def test_loss_and_gradients_against_torch(sizes, keep_prob, batch_norm, l1, l2, dtype):
    mlp = network(sizes, keep_prob=keep_prob, batch_norm=batch_norm, l1=l1, l2=l2, dtype=dtype)
    x = X.astype(dtype)
    mlp.loss_and_grads(x, Y, np.random.default_rng(9))  # leaves none of its masks behind
    running = [
        (torch.tensor(norm.running_mean), torch.tensor(norm.running_var)) for norm in mlp.norms
    ]
    loss, grads = mlp.loss_and_grads(x, Y, np.random.default_rng(2))
    assert len(mlp.masks) == (len(sizes) - 2 if keep_prob < 1 else 0)
    assert all(mask.min() == 0 < mask.max() for mask in mlp.masks)
    their_loss, their_grads = in_torch(mlp, x, Y, mlp.masks, running)
    tol = TOLERANCE[dtype]
    assert loss == pytest.approx(their_loss, rel=tol)
    for w, ours, theirs in zip(mlp.params, grads, their_grads, strict=True):
        assert ours.dtype == dtype and ours.shape == w.shape
        np.testing.assert_allclose(ours, theirs, rtol=tol, atol=tol)
    for norm, (mean, var) in zip(mlp.norms, running, strict=True):  # torch moved its own
        np.testing.assert_allclose(norm.running_mean, mean, rtol=tol, atol=tol)
        np.testing.assert_allclose(norm.running_var, var, rtol=tol, atol=tol)


@pytest.mark.parametrize("batch_norm", [False, True])
def test_gradients_against_finite_differences(batch_norm):
    mlp = network(keep_prob=0.7, batch_norm=batch_norm, l1=0.01, l2=0.1)
    _, grads = mlp.loss_and_grads(X, Y, np.random.default_rng(3))

    def loss_at(flat):
        start = 0
        for w in mlp.params:
            w.ravel()[:] = flat[start : start + w.size]
            start += w.size
        return mlp.loss_and_grads(X, Y, np.random.default_rng(3))[0]  # the same masks

    flat = np.concatenate([w.ravel() for w in mlp.params])
    numeric = approx_fprime(flat, loss_at, 1e-7)
    np.testing.assert_allclose(np.concatenate([g.ravel() for g in grads]), numeric, atol=1e-5)


def test_inference_uses_no_mask_and_the_running_statistics():
    mlp = network(keep_prob=0.5, batch_norm=True)
    rng = np.random.default_rng(4)
    for _ in range(5):
        mlp.loss_and_grads(X, Y, rng)
    h = torch.tensor(X)
    for W, b, norm in zip(mlp.weights, mlp.biases, mlp.norms, strict=False):
        h = h @ torch.tensor(W) + torch.tensor(b)
        statistics = torch.tensor(norm.running_mean), torch.tensor(norm.running_var)
        h = F.batch_norm(h, *statistics, torch.tensor(norm.gamma), torch.tensor(norm.beta))
        h = torch.relu(h)
    theirs = torch.softmax(h @ torch.tensor(mlp.weights[-1]) + torch.tensor(mlp.biases[-1]), 1)
    np.testing.assert_allclose(mlp.predict_proba(X), theirs, atol=1e-13)
    one_by_one = np.vstack([mlp.predict_proba(row[None]) for row in X])
    np.testing.assert_allclose(mlp.predict_proba(X), one_by_one, atol=1e-13)


def test_dropout_at_inference_for_monte_carlo():
    mlp, rng = network(keep_prob=0.5, batch_norm=True), np.random.default_rng(5)
    before = [norm.running_mean.copy() for norm in mlp.norms]
    mean, std = mc_dropout(lambda X: mlp.predict_proba(X, rng), X, 50)
    assert (std > 0).all() and np.abs(mean.sum(axis=1) - 1).max() < 1e-12
    for norm, old in zip(mlp.norms, before, strict=True):
        np.testing.assert_array_equal(norm.running_mean, old)
    _, std = mc_dropout(mlp.predict_proba, X, 3)
    assert (std == 0).all()


def test_large_logits_do_not_overflow():
    mlp = MLP((1, 2), np.random.default_rng(6))
    mlp.weights[0][:] = [[1e4, -1e4]]
    loss, grads = mlp.loss_and_grads([[1.0]], [1])
    assert loss == pytest.approx(2e4)
    np.testing.assert_allclose(grads[0], [[1, -1]])


def test_training_learns_and_l2_shrinks_the_weights():
    def train(l2):
        mlp = MLP((5, 16, 3), np.random.default_rng(7), keep_prob=0.9, batch_norm=True, l2=l2)
        optimizer, rng = SGD(0.1, momentum=0.9), np.random.default_rng(8)
        for _ in range(300):
            _, grads = mlp.loss_and_grads(X, Y, rng)
            optimizer.step(mlp.params, grads)
        accuracy = (mlp.predict_proba(X).argmax(axis=1) == Y).mean()
        return accuracy, sum(np.sum(W**2) for W in mlp.weights)

    accuracy, size = train(l2=0)
    assert accuracy == 1
    assert train(l2=0.05)[1] < size / 4


def test_initial_weights_have_the_variance_of_he():
    W = MLP((200, 500), np.random.default_rng(9)).weights[0]
    assert W.var() == pytest.approx(2 / 200, rel=4 * np.sqrt(2 / W.size))


def bad(**settings):
    return MLP(SIZES, np.random.default_rng(0), **settings)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: MLP((5,), np.random.default_rng(0)), ValueError, "sizes must be"),
        (lambda: MLP((5, 0, 3), np.random.default_rng(0)), ValueError, "each of sizes must be at"),
        (lambda: MLP(5, np.random.default_rng(0)), ValueError, "sizes must be one-dimensional"),
        (lambda: MLP((5, 3), 0), TypeError, "rng must be a NumPy Generator"),
        (lambda: bad(keep_prob=0), ValueError, r"keep_prob must be in \(0, 1\]"),
        (lambda: bad(l1=-1), ValueError, "l1 must be at least 0"),
        (lambda: bad(l2=np.inf), ValueError, "l2 must be finite"),
        (lambda: bad(dtype=int), ValueError, "dtype must be float64 or float32"),
        (lambda: bad(keep_prob=0.5).loss_and_grads(X, Y), TypeError, "rng must be a NumPy Gen"),
        (lambda: bad().loss_and_grads(X[:, 1:], Y), ValueError, "X must have 5 columns"),
        (lambda: bad().loss_and_grads(X * np.nan, Y), ValueError, "X must be finite"),
        (lambda: bad().predict_proba(X[:, 1:]), ValueError, "X must have 5 columns"),
        (lambda: bad().loss_and_grads(X, Y[1:]), ValueError, "one class per row of X"),
        (lambda: bad().loss_and_grads(X, Y + 1), ValueError, "classes from 0 to 2"),
        (lambda: bad().loss_and_grads(X, Y - 1), ValueError, "classes from 0 to 2"),
        (lambda: bad().loss_and_grads(X, Y + 0.5), TypeError, "y must hold classes as integers"),
    ],
)
def test_bad_input_is_told_in_a_sentence(call, error, message):
    with pytest.raises(error, match=message):
        call()
