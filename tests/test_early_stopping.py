"""Oracles: sequences worked by hand, and a closed form of the rule over whole sequences."""

import numpy as np
import pytest
import torch

from regularization.early_stopping import EarlyStopping

nan, inf = np.nan, np.inf

# Each: patience, min_delta, losses; the update that stops (None: none), the best update.
# Worked by hand, with the semantics of keras.callbacks.EarlyStopping(mode="min"): improvement is
# loss < best - min_delta; wait is set to 0 then, else raised by 1; stop at wait >= patience.
BY_HAND = {
    "falls throughout": (1, 0, [3, 2, 1], None, 2),
    "one bad update": (1, 0, [3, 2, 2.5], 2, 1),
    "equal is no improvement": (1, 0, [3, 3], 1, 0),
    "two in a row": (2, 0, [3, 4, 2, 3, 1, 2, 2], 6, 4),
    "patience starts anew": (2, 0, [3, 4, 2, 3, 1], None, 4),
    "fall of exactly min_delta": (1, 0.5, [3, 2.5], 1, 0),
    "fall above min_delta": (1, 0.5, [3, 2.25], None, 1),
    "small falls add up": (3, 0.5, [3, 2.75, 2.5, 2.25, 2.25], None, 3),
    "small falls too slow": (2, 0.5, [3, 2.75, 2.5, 2.25], 2, 0),
    "nan uses patience": (2, 0, [3, nan, nan], 2, 0),
    "nan then better": (2, 0, [3, nan, 2, nan], None, 2),
    "nan from the start": (2, 0, [nan, nan], 1, None),
    "inf first": (3, 0, [inf, 5, inf], None, 1),
    "minus inf is not the best": (2, 0, [1, -inf, 0.5], None, 2),
    "negative losses": (1, 0, [-1, -2, -2], 2, 1),
}


@pytest.mark.parametrize(
    ("patience", "min_delta", "losses", "stop", "best"), BY_HAND.values(), ids=BY_HAND.keys()
)
def test_by_hand(patience, min_delta, losses, stop, best):
    stopper = EarlyStopping(patience, min_delta)
    answers = [stopper.update(loss) for loss in losses]
    assert answers == [stop is not None and i >= stop for i in range(len(losses))]
    assert stopper.stopped == (stop is not None)
    assert stopper.best_update == best
    assert stopper.best_loss == (inf if best is None else losses[best])


@pytest.mark.parametrize("patience", [1, 2, 3, 7])
def test_closed_form_over_random_sequences(patience):
    """Without min_delta: stop at the first i - argmin(losses[:i + 1]) >= patience."""
    rng = np.random.default_rng(patience)
    stops = set()
    for _ in range(300):
        losses = rng.integers(0, 12, size=15).astype(float)
        since_best = np.array([i - np.argmin(losses[: i + 1]) for i in range(15)])
        expected = next(iter(np.flatnonzero(since_best >= patience)), None)
        stopper = EarlyStopping(patience, 0.0, False)
        stop = next((i for i, loss in enumerate(losses) if stopper.update(loss)), None)
        assert stop == expected
        assert stopper.best_update == np.argmin(losses[: 15 if stop is None else stop + 1])
        stops.add(stop)
    assert len(stops) > 2  # the sequences do differ


def train(stopper, params, losses):
    """Set the parameters to the number of the update, then report the loss."""
    for i, loss in enumerate(losses):
        for array in params:
            array[...] = i
        if stopper.update(loss, params):
            return


def test_best_parameters_are_restored_in_place():
    params = [np.zeros(2), np.zeros((2, 2))]
    kept = list(params)
    train(EarlyStopping(2), params, [3, 1, 2, 2, 0])
    assert all(a is b for a, b in zip(params, kept, strict=True))
    assert all((array == 1).all() for array in params)


def test_without_restore_the_last_parameters_stay():
    params = [np.zeros(2)]
    stopper = EarlyStopping(2, restore_best=False)
    train(stopper, params, [3, 1, 2, 2, 0])
    assert (params[0] == 3).all()
    assert stopper.best_params is None


def test_copy_is_taken_and_restore_works_without_a_stop():
    params = [np.zeros(2)]
    stopper = EarlyStopping(9)
    train(stopper, params, [3, 1, 2])
    assert (params[0] == 2).all()
    assert (stopper.best_params[0] == 1).all()
    stopper.restore(params)
    assert (params[0] == 1).all()
    params[0][...] = 8
    assert (stopper.best_params[0] == 1).all()


def test_nothing_to_restore_when_no_loss_was_finite():
    params = [np.zeros(2)]
    train(EarlyStopping(2), params, [nan, nan])
    assert (params[0] == 1).all()


def test_after_a_stop_nothing_changes():
    stopper = EarlyStopping(1)
    assert [stopper.update(loss) for loss in (1, 2, 0)] == [False, True, True]
    assert stopper.best_loss == 1
    assert stopper.updates == 2


@pytest.mark.parametrize("kind", ["array", "dict", "tuple", "state_dict"])
def test_any_container(kind):
    model = torch.nn.Linear(2, 1)
    array = np.zeros(3)
    params, look = {
        "array": (array, lambda: array),
        "dict": ({"w": array}, lambda: array),
        "tuple": ((array,), lambda: array),
        "state_dict": (model.state_dict(), lambda: model.weight.detach().numpy()),
    }[kind]
    stopper = EarlyStopping(1)
    for i, loss in enumerate([2.0, 1.0, 3.0]):
        look()[...] = i
        stop = stopper.update(torch.tensor(loss), params)
    assert stop
    assert (look() == 1).all()


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ((0,), ValueError, "patience must be at least 1, got 0"),
        ((1.5,), ValueError, "patience must be a whole number, got 1.5"),
        (("3",), TypeError, "patience must hold real numbers"),
        ((1, -0.1), ValueError, r"min_delta must be at least 0, got -0.1"),
        ((1, nan), ValueError, "min_delta must be finite"),
        ((1, 0, "yes"), TypeError, "restore_best must be True or False, got 'yes'"),
    ],
)
def test_bad_arguments(arguments, error, message):
    with pytest.raises(error, match=message):
        EarlyStopping(*arguments)


def test_bad_updates():
    stopper = EarlyStopping(1)
    with pytest.raises(TypeError, match="loss must be one real number, got dtype"):
        stopper.update("low")
    with pytest.raises(TypeError, match="loss must be one real number, got dtype object"):
        stopper.update(None)
    with pytest.raises(ValueError, match=r"loss must be one number, got an array of shape \(2,\)"):
        stopper.update([1.0, 2.0])
    with pytest.raises(TypeError, match="loss must be one real number; detach a tensor first"):
        stopper.update(torch.tensor(1.0, requires_grad=True))
    with pytest.raises(TypeError, match="params must be an array, or a list, tuple or dict"):
        stopper.update(1.0, params=3.0)
    assert stopper.updates == 0
