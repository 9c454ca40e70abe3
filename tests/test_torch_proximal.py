"""Oracles: the lasso of scikit-learn, and our NumPy soft threshold applied by hand."""

import numpy as np
import pytest
import torch
from sklearn.linear_model import Lasso

from regularization.penalties import soft_threshold
from regularization.torch_proximal import l1_proximal_step


def parameters(*values):
    return [torch.nn.Parameter(torch.tensor(v, dtype=torch.float64)) for v in values]


def test_each_group_has_its_lr_and_its_lam():
    values = np.linspace(-1, 1, 21)
    a, b, c, frozen = parameters(values, values, values, values)
    frozen.requires_grad_(False)
    groups = [
        {"params": [a, frozen]},
        {"params": [b], "lr": 0.1},
        {"params": [c], "l1": 0.0},
    ]
    l1_proximal_step(torch.optim.SGD(groups, lr=0.5), lam=0.9)
    np.testing.assert_allclose(a.detach(), soft_threshold(values, 0.45), rtol=0, atol=1e-15)
    np.testing.assert_allclose(b.detach(), soft_threshold(values, 0.09), rtol=0, atol=1e-15)
    np.testing.assert_array_equal(c.detach(), values)
    np.testing.assert_array_equal(frozen, values)
    assert (a == 0).sum() == 9 and (b == 0).sum() == 1  # |w| <= 0.45, |w| <= 0.09


def test_the_step_is_in_place_and_outside_the_graph():
    (w,) = parameters([1.0, -0.1])
    optimizer = torch.optim.SGD([w], lr=1.0)
    address = w.data_ptr()
    l1_proximal_step(optimizer, lam=0.25)
    assert w.data_ptr() == address and w.is_leaf and w.requires_grad and w.grad is None
    assert w.tolist() == [0.75, 0.0]


@pytest.mark.parametrize("lam", [0.05, 0.3])
def test_with_sgd_it_solves_the_lasso(lam):
    """The minimiser and its zeros; the same penalty in the loss leaves not one exact zero."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(50, 12))
    y = X[:, :3] @ [2.0, -1.0, 0.5] + 0.3 * rng.normal(size=50)
    oracle = Lasso(lam, fit_intercept=False, tol=1e-14, max_iter=100_000).fit(X, y).coef_
    A, b = torch.tensor(X), torch.tensor(y)
    lr = len(y) / np.linalg.norm(X, 2) ** 2

    def fit(proximal):
        w = torch.nn.Parameter(torch.zeros(12, dtype=torch.float64))
        optimizer = torch.optim.SGD([w], lr=lr)
        for _ in range(500):
            optimizer.zero_grad()
            loss = (b - A @ w).square().sum() / (2 * len(y))
            (loss if proximal else loss + lam * w.abs().sum()).backward()
            optimizer.step()
            if proximal:
                l1_proximal_step(optimizer, lam)
        return w.detach().numpy()

    np.testing.assert_allclose(fit(proximal=True), oracle, atol=1e-10)
    np.testing.assert_array_equal(fit(proximal=True) == 0, oracle == 0)
    assert (oracle == 0).any() and not (fit(proximal=False) == 0).any()


@pytest.mark.parametrize("make", [torch.optim.Adam, torch.optim.AdamW])
def test_with_adam_the_threshold_is_lr_times_lam(make):
    """A decoupled L1: what Adam's own step gave, thresholded, whatever the gradient's scale."""
    values = np.linspace(-1, 1, 21)
    (w,), (alone,) = parameters(values), parameters(values)
    gradient = torch.linspace(-1e3, 2e3, 21, dtype=torch.float64)
    optimizer, plain = make([w], lr=0.1), make([alone], lr=0.1)
    for _ in range(3):
        w.grad, alone.grad = gradient.clone(), gradient.clone()
        with torch.no_grad():
            alone.copy_(w)
        optimizer.step()
        plain.step()
        l1_proximal_step(optimizer, lam=0.5)
        expected = soft_threshold(alone.detach().numpy(), 0.1 * 0.5)
        np.testing.assert_allclose(w.detach(), expected, rtol=0, atol=1e-15)


def test_zero_lam_and_a_tensor_lr():
    (w,) = parameters([1.0, -0.1])
    optimizer = torch.optim.SGD([w], lr=torch.tensor(0.5))
    l1_proximal_step(optimizer, lam=0)
    assert w.tolist() == [1.0, -0.1]
    l1_proximal_step(optimizer, lam=1)
    assert w.tolist() == [0.5, 0.0]


def test_bad_input_is_told_in_a_sentence():
    (w,) = parameters([1.0])
    with pytest.raises(TypeError, match="optimizer must be a torch optimizer, got list"):
        l1_proximal_step([w], 0.1)
    with pytest.raises(ValueError, match="lam must be at least 0"):
        l1_proximal_step(torch.optim.SGD([w], lr=0.1), -1)
    groups = [{"params": [w]}, {"params": parameters([2.0]), "l1": np.nan}]
    with pytest.raises(ValueError, match="l1 must be finite"):
        l1_proximal_step(torch.optim.SGD(groups, lr=0.1), 1)
    assert w.item() == 1  # nothing was changed
