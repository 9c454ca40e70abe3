"""Oracles: torch.optim.SGD, Adam and AdamW over 100 steps; closed forms; a recurrence by hand."""

from functools import partial

import numpy as np
import pytest
import torch

from regularization.optimizers import SGD, Adam, AdamW

SHAPES = [(4, 3), (3,), (), (2, 2, 2)]
TOLERANCE = {np.float64: 1e-12, np.float32: 1e-6}
both_dtypes = pytest.mark.parametrize("dtype", [np.float64, np.float32])


def starting_point(dtype=np.float64):
    rng = np.random.default_rng(0)
    return [rng.normal(size=shape).astype(dtype)[...] for shape in SHAPES]


def gradient(w, target):
    """Of sum (log cosh(w - target)): depends on w, so that an error would be fed back."""
    return np.tanh(w - target)


def assert_equal_for_100_steps(ours, make_theirs, dtype=np.float64, before=None, schedule=None):
    """Both start alike, see gradients from their *own* iterates, and are compared at each step."""
    params = starting_point(dtype)
    tensors = [torch.tensor(w, requires_grad=True) for w in params]
    theirs = make_theirs(tensors)
    targets = np.random.default_rng(1).normal(scale=2, size=(100, len(SHAPES)))
    moved = 0.0
    for step, target in enumerate(targets):  # a new minibatch at each step
        if schedule:
            ours.lr = theirs.param_groups[0]["lr"] = schedule(step)
        start = [w.copy() for w in params]
        grads = [np.asarray(gradient(w, dtype(b))) for w, b in zip(params, target, strict=True)]
        for w, b in zip(tensors, target, strict=True):
            w.grad = torch.tanh(w.detach() - float(b))
        ours.step(params, grads)
        if before:
            before(tensors, theirs.param_groups[0]["lr"])
        theirs.step()
        for w, w_torch in zip(params, tensors, strict=True):
            assert w.dtype == dtype
            np.testing.assert_allclose(
                w, w_torch.detach(), rtol=TOLERANCE[dtype], atol=TOLERANCE[dtype]
            )
        moved += sum(np.abs(w - s).sum() for w, s in zip(params, start, strict=True))
    assert moved > 0.1


@both_dtypes
@pytest.mark.parametrize("momentum", [0.0, 0.5, 0.9])
@pytest.mark.parametrize("l2", [0.0, 0.1])
def test_sgd_with_coupled_l2(momentum, l2, dtype):
    assert_equal_for_100_steps(
        SGD(0.05, momentum, l2),
        lambda w: torch.optim.SGD(w, 0.05, momentum=momentum, weight_decay=l2),
        dtype,
    )


@both_dtypes
@pytest.mark.parametrize("momentum", [0.0, 0.9])
@pytest.mark.parametrize("l2", [0.0, 0.1])
def test_sgd_with_decoupled_decay(momentum, l2, dtype):
    """torch's SGD has none: do without l2 as AdamW does, multiply w before the step."""
    decay = 0.2

    def shrink(tensors, lr):
        with torch.no_grad():
            for w in tensors:
                w.grad += l2 * w  # l2 and decay both read w as it was
                w *= 1 - lr * decay

    assert_equal_for_100_steps(
        SGD(0.05, momentum, l2, weight_decay=decay),
        lambda w: torch.optim.SGD(w, 0.05, momentum=momentum),
        dtype,
        before=shrink,
    )


@both_dtypes
@pytest.mark.parametrize("betas", [(0.9, 0.999), (0.5, 0.9), (0.0, 0.0)])
@pytest.mark.parametrize("eps", [1e-8, 1e-2])
@pytest.mark.parametrize("l2", [0.0, 0.1])
def test_adam_with_coupled_l2(betas, eps, l2, dtype):
    lr = 1e-2 if dtype == np.float64 else 1e-3
    assert_equal_for_100_steps(
        Adam(lr, betas, eps, l2),
        lambda w: torch.optim.Adam(w, lr, betas, eps, weight_decay=l2),
        dtype,
    )


@both_dtypes
@pytest.mark.parametrize("betas", [(0.9, 0.999), (0.5, 0.9)])
@pytest.mark.parametrize("weight_decay", [0.0, 0.01, 0.5])
def test_adamw(betas, weight_decay, dtype):
    lr = 1e-2 if dtype == np.float64 else 1e-3
    settings = lr, betas, 1e-8, weight_decay
    for theirs in (torch.optim.AdamW, partial(torch.optim.Adam, decoupled_weight_decay=True)):
        ours = AdamW(*settings)
        assert_equal_for_100_steps(ours, lambda w, make=theirs: make(w, *settings), dtype)


def test_defaults_are_those_of_torch():
    assert_equal_for_100_steps(Adam(0.01), lambda w: torch.optim.Adam(w, 0.01))
    assert_equal_for_100_steps(AdamW(0.01), lambda w: torch.optim.AdamW(w, 0.01))
    assert_equal_for_100_steps(SGD(0.01), lambda w: torch.optim.SGD(w, 0.01))


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (SGD(0.1, 0.9, 0.1), lambda w: torch.optim.SGD(w, 0.1, momentum=0.9, weight_decay=0.1)),
        (Adam(0.1, l2=0.1), lambda w: torch.optim.Adam(w, 0.1, weight_decay=0.1)),
        (AdamW(0.1), lambda w: torch.optim.AdamW(w, 0.1)),
    ],
)
def test_schedules(ours, theirs):
    assert_equal_for_100_steps(ours, theirs, schedule=lambda step: 0.05 / (1 + step / 10))


def run(optimizer, n_steps=100):
    params = starting_point()
    targets = np.random.default_rng(2).normal(size=n_steps)
    for target in targets:
        optimizer.step(params, [np.asarray(gradient(w, target)) for w in params])
    return np.concatenate([w.ravel() for w in params])


def test_coupled_and_decoupled_are_one_for_sgd_only_without_momentum():
    """Claim C8.3: the same to rounding; with momentum and with Adam they part."""
    plain = run(SGD(0.05, 0.0, l2=0.1)), run(SGD(0.05, 0.0, weight_decay=0.1))
    heavy = run(SGD(0.05, 0.9, l2=0.1)), run(SGD(0.05, 0.9, weight_decay=0.1))
    adam = run(Adam(0.05, l2=0.1)), run(AdamW(0.05, weight_decay=0.1))
    np.testing.assert_allclose(*plain, rtol=0, atol=1e-14)
    assert np.abs(heavy[0] - heavy[1]).max() > 1e-2
    assert np.abs(adam[0] - adam[1]).max() > 1e-2


def test_momentum_is_a_sum_of_past_gradients():
    """With g = 1, v_t = (1 - m^t) / (1 - m): no factor 1 - m in front, unlike Adam's mean."""
    w, optimizer = np.zeros(1), SGD(0.1, momentum=0.5)
    for _ in range(3):
        optimizer.step([w], [np.ones(1)])
    assert w[0] == pytest.approx(-0.1 * (1 + 1.5 + 1.75), rel=1e-15)


def test_what_zero_gradients_leave_of_a_weight():
    """Decay multiplies by 1 - lr * decay; coupled, it enters the momentum or Adam's ratio."""

    def after_two_steps(optimizer):
        w = np.ones(1)
        for _ in range(2):
            optimizer.step([w], [np.zeros(1)])
        return w[0]

    assert after_two_steps(SGD(0.1, 0.9, weight_decay=0.5)) == pytest.approx(0.95**2)
    assert after_two_steps(AdamW(0.1, weight_decay=0.5)) == pytest.approx(0.95**2)
    # v_1 = 0.5, w_1 = 0.95, v_2 = 0.45 + 0.475 = 0.925, w_2 = 0.95 - 0.0925
    assert after_two_steps(SGD(0.1, 0.9, l2=0.5)) == pytest.approx(0.8575)
    # the ratio m / sqrt(v) is near 1 whatever l2 is: the weight falls by lr a step
    assert after_two_steps(Adam(0.1, l2=0.5)) == pytest.approx(0.8, abs=1e-3)
    assert after_two_steps(Adam(0.1, l2=5e-4)) == pytest.approx(0.8, abs=1e-3)


@pytest.mark.parametrize("optimizer", [SGD(0.1, 0.9, 0.1), Adam(0.1), AdamW(0.1)])
def test_only_params_change_and_in_place(optimizer):
    w, g = np.ones((2, 2)), np.full((2, 2), 0.5)
    view, kept = w[0], g.copy()
    optimizer.step([w], [g])
    optimizer.step((w,), (g.tolist(),))
    assert (view < 1).all()
    np.testing.assert_array_equal(g, kept)


class Locked:
    """One array that may not be written to."""

    array = np.ones(2)
    array.flags.writeable = False


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: SGD(-0.1), ValueError, "lr must be at least 0, got -0.1"),
        (lambda: SGD(np.nan), ValueError, "lr must be finite"),
        (lambda: SGD("fast"), TypeError, "lr must hold real numbers"),
        (lambda: SGD(0.1, momentum=1), ValueError, r"momentum must be in \[0, 1\), got 1"),
        (lambda: SGD(0.1, momentum=-0.1), ValueError, r"momentum must be in \[0, 1\)"),
        (lambda: SGD(0.1, l2=-1), ValueError, "l2 must be at least 0"),
        (lambda: SGD(0.1, weight_decay=-1), ValueError, "weight_decay must be at least 0"),
        (lambda: Adam(-1), ValueError, "lr must be at least 0"),
        (lambda: Adam(0.1, (0.9, 1.0)), ValueError, r"each of betas must be in \[0, 1\), got 1"),
        (lambda: Adam(0.1, 0.9), ValueError, r"betas must be two numbers in \[0, 1\), got 0.9"),
        (lambda: Adam(0.1, eps=0), ValueError, "eps must be positive"),
        (lambda: Adam(0.1, l2=-1), ValueError, "l2 must be at least 0"),
        (lambda: AdamW(0.1, weight_decay=-1), ValueError, "weight_decay must be at least 0"),
    ],
)
def test_bad_hyper_parameters_are_told_in_a_sentence(call, error, message):
    with pytest.raises(error, match=message):
        call()


@pytest.mark.parametrize("optimizer", [SGD, Adam, AdamW])
@pytest.mark.parametrize(
    ("params", "grads", "error", "message"),
    [
        ([np.ones(2)], [np.ones(3)], ValueError, r"grads must have the shapes of params"),
        ([np.ones(2)], [np.ones((2, 1))], ValueError, "grads must have the shapes of params"),
        ([np.ones(2)], [np.ones(2)] * 2, ValueError, "grads must have the shapes of params"),
        ([np.ones(2)], [[1.0, np.nan]], ValueError, "each gradient must be finite"),
        ([np.ones(2)], [["a", "b"]], TypeError, "each gradient must hold real numbers"),
        (np.ones((1, 2)), [np.ones(2)], TypeError, "params must be a list of arrays, got ndarray"),
        ([np.ones(2)], np.ones((1, 2)), TypeError, "grads must be a list of arrays, got ndarray"),
        ([[1.0, 1.0]], [np.ones(2)], TypeError, "NumPy arrays, got list"),
        ([np.ones(2, int)], [np.ones(2)], TypeError, "NumPy arrays, got int64"),
        ([Locked.array], [np.ones(2)], ValueError, "params must be writeable"),
    ],
)
def test_bad_steps_are_told_in_a_sentence(optimizer, params, grads, error, message):
    with pytest.raises(error, match=message):
        optimizer(0.1).step(params, grads)


@pytest.mark.parametrize("optimizer", [SGD(0.1), Adam(0.1), AdamW(0.1)])
def test_a_step_that_raises_changes_nothing(optimizer):
    a, b = np.ones(2), np.ones(3)
    with pytest.raises(ValueError, match="finite"):
        optimizer.step([a, b], [np.ones(2), np.full(3, np.inf)])
    assert (a == 1).all()
    optimizer.step([a, b], [np.ones(2), np.ones(3)])
    with pytest.raises(ValueError, match="the same shapes at each step"):
        optimizer.step([b, a], [np.ones(3), np.ones(2)])
