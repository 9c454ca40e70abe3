"""Every solution passes, every foreseen mistake is told its own message, nothing else does."""

import numpy as np
import pytest
import torch
from sklearn.linear_model import Lasso, Ridge

from interview import drills
from regularization.early_stopping import EarlyStopping

DRILLS = drills.drills()
WRONG = [(drill, wrong) for drill in DRILLS for wrong in drill.wrong_answers]
each_drill = pytest.mark.parametrize("drill", DRILLS, ids=lambda drill: drill.name)


@each_drill
def test_solution_passes(drill):
    result = drills.check(drill.name, drill.solution)
    assert result.passed, result.message


@each_drill
def test_task_names_the_function_and_three_mistakes_are_foreseen(drill):
    assert drill.task.startswith(f"`{drill.solution.__name__}(")
    assert len(drill.wrong_answers) >= 3
    messages = [wrong.message for wrong in drill.wrong_answers]
    assert len(set(messages)) == len(messages)


@pytest.mark.parametrize(("drill", "wrong"), WRONG, ids=lambda x: getattr(x, "name", ""))
def test_each_mistake_is_told_what_is_wrong(drill, wrong):
    result = drills.check(drill.name, wrong.function)
    assert not result.passed
    assert result.message == wrong.message


RIGHT = {
    "l1-penalty": lambda w, lam: float(np.linalg.norm(lam * w, 1)),
    "l2-penalty": lambda w, lam: 0.5 * lam * np.dot(w, w),
    "ridge-objective": lambda X, y, w, b, lam: (
        0.5 * (np.mean((X @ w + b - y) ** 2) + lam * np.linalg.norm(w) ** 2)
    ),
    "lasso-objective": lambda X, y, w, b, lam: (
        0.5 * np.mean((X @ w + b - y) ** 2) + np.linalg.norm(lam * w, 1)
    ),
    "soft-threshold": lambda z, t: z - np.clip(z, -t, t),
    "dropout": lambda x, u, keep, training: np.where(u < keep, x / keep, 0) if training else x,
    "dropout-backward": lambda grad, u, keep: np.where(u < keep, grad, 0) / keep,
}


@pytest.mark.parametrize("name", RIGHT)
def test_another_form_of_the_right_answer_passes(name):
    result = drills.check(name, RIGHT[name])
    assert result.passed, result.message


# --- oracles of the solutions ------------------------------------------------------------------


def solution(name):
    return drills.get(name).solution


def cases(name):
    return drills.get(name).cases(np.random.default_rng(1))


def test_ridge_is_scikit_learns():
    for X, y, lam in cases("ridge"):
        peer = Ridge(alpha=len(y) * lam).fit(X, y)
        w, b = solution("ridge")(X, y, lam)
        np.testing.assert_allclose(w, peer.coef_)
        assert b == pytest.approx(peer.intercept_)


def test_lasso_is_scikit_learns():
    for X, y, lam, _ in cases("lasso"):
        peer = Lasso(alpha=lam, tol=1e-12, max_iter=10_000).fit(X, y)
        np.testing.assert_allclose(solution("lasso")(X, y, lam, 500), peer.coef_, atol=1e-8)


def test_soft_threshold_is_pytorchs():
    for z, t in cases("soft-threshold"):
        peer = torch.nn.functional.softshrink(torch.from_numpy(z), t).numpy()
        np.testing.assert_allclose(solution("soft-threshold")(z, t), peer)


def test_adamw_is_pytorchs():
    rng = np.random.default_rng(0)
    w, m, v = rng.normal(size=4), np.zeros(4), np.zeros(4)
    peer = torch.nn.Parameter(torch.from_numpy(w.copy()))
    optimizer = torch.optim.AdamW([peer], lr=0.1, betas=(0.9, 0.99), eps=1e-3, weight_decay=0.5)
    for t in range(1, 6):
        gradient = rng.normal(size=4)
        peer.grad = torch.from_numpy(gradient)
        optimizer.step()
        w, m, v = solution("adamw-step")(w, gradient, m, v, t, 0.1, 0.9, 0.99, 1e-3, 0.5)
        np.testing.assert_allclose(w, peer.detach().numpy(), rtol=1e-10)


def test_dropout_is_pytorchs():
    for x, u, keep, training in cases("dropout"):
        out = solution("dropout")(x, u, keep, training)
        if not training or keep == 1:
            np.testing.assert_array_equal(out, x)
            continue
        inputs = torch.from_numpy(x).requires_grad_()
        layer = inputs * torch.from_numpy((u < keep) / keep)
        np.testing.assert_allclose(out, layer.detach().numpy())
        gradient = torch.from_numpy(np.ones_like(x))
        layer.backward(gradient)
        backward = solution("dropout-backward")(gradient.numpy(), u, keep)
        np.testing.assert_allclose(backward, inputs.grad.numpy())


def test_early_stopping_is_the_packages():
    rng = np.random.default_rng(0)
    walks = [np.abs(np.cumsum(rng.normal(size=30)) + 5).tolist() for _ in range(200)]
    stopped_early = 0
    for losses in walks:
        patience, min_delta = int(rng.integers(1, 6)), float(rng.choice([0.0, 0.1]))
        stopper = EarlyStopping(patience=patience, min_delta=min_delta)
        peer = next((i for i, loss in enumerate(losses) if stopper.update(loss)), len(losses) - 1)
        stopped, best = solution("early-stopping")(losses, patience, min_delta)
        assert (stopped, best) == (peer, stopper.best_update)
        stopped_early += stopped < len(losses) - 1
    assert 50 < stopped_early < 200


# --- bad input ---------------------------------------------------------------------------------


def test_an_answer_that_raises_is_told_so():
    result = drills.check("l1-penalty", lambda w, lam: 1 / 0)
    assert not result.passed
    assert "ZeroDivisionError: division by zero" in result.message


def test_an_answer_that_changes_its_inputs_is_told_so():
    def l1(w, lam):
        w *= np.sign(w)
        return lam * w.sum()

    assert drills.check("l1-penalty", l1).message == "It changes its inputs. Work on a copy."


@pytest.mark.parametrize("answer", [None, "0.5", np.zeros(3), {}])
def test_an_answer_of_another_kind_is_shown_beside_the_right_one(answer):
    result = drills.check("l1-penalty", lambda w, lam: answer)
    assert not result.passed
    assert result.message.endswith("is right.")


def test_an_unknown_drill_and_what_is_no_function_are_refused():
    with pytest.raises(ValueError, match="there is no drill 'lars'; accepted: l1-penalty, "):
        drills.check("lars", abs)
    with pytest.raises(TypeError, match="an answer is a function, got str"):
        drills.check("l1-penalty", "lam * abs(w).sum()")


def test_result_reads_as_a_sentence():
    assert repr(drills.check("l1-penalty", solution("l1-penalty"))).startswith("Right. It agrees")
    assert repr(drills.check("l1-penalty", solution("l2-penalty"))).startswith("Not yet. ")
