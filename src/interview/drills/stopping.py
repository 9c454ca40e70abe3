"""Early stopping on a list of validation losses."""

from interview.drills.drill import Drill, WrongAnswer


def early_stopping(losses, patience, min_delta):
    best, best_epoch, waited = float("inf"), -1, 0
    for epoch, loss in enumerate(losses):
        if loss < best - min_delta:
            best, best_epoch, waited = loss, epoch, 0
        else:
            waited += 1
            if waited >= patience:
                return epoch, best_epoch
    return len(losses) - 1, best_epoch


def _first_rise(losses, patience, min_delta):
    return early_stopping(losses, 1, min_delta)


def _without_min_delta(losses, patience, min_delta):
    return early_stopping(losses, patience, 0.0)


def _one_too_late(losses, patience, min_delta):
    return early_stopping(losses, patience + 1, min_delta)


def _last_weights(losses, patience, min_delta):
    stopped, _ = early_stopping(losses, patience, min_delta)
    return stopped, stopped


def _never_resets(losses, patience, min_delta):
    best, best_epoch, waited = float("inf"), -1, 0
    for epoch, loss in enumerate(losses):
        if loss < best - min_delta:
            best, best_epoch = loss, epoch
        else:
            waited += 1
            if waited >= patience:
                return epoch, best_epoch
    return len(losses) - 1, best_epoch


def _against_the_last(losses, patience, min_delta):
    best, best_epoch, last, waited = float("inf"), -1, float("inf"), 0
    for epoch, loss in enumerate(losses):
        if loss < best - min_delta:
            best, best_epoch = loss, epoch
        waited = 0 if loss < last - min_delta else waited + 1
        last = loss
        if waited >= patience:
            return epoch, best_epoch
    return len(losses) - 1, best_epoch


def _losses(rng):
    return [
        ([1.0, 0.8, 0.85, 0.79, 0.84, 0.83, 0.82, 0.81, 0.9], 3, 0.0),
        ([1.0, 0.8, 0.795, 0.79, 0.785, 0.5], 3, 0.05),
        ([1.0, 0.9, 0.95, 0.8, 0.85, 0.7, 0.6, 0.65, 0.64, 0.63], 2, 0.0),
        ([1.0, 0.9, 0.8, 0.7], 2, 0.01),
        ([0.5, 0.6, 0.7, 0.8, 0.9], 3, 0.0),
    ]


DRILLS = (
    Drill(
        "early-stopping",
        "`early_stopping(losses, patience, min_delta)` → `(stopped, best)`: go through the "
        "validation losses of epochs 0, 1, …; an epoch improves if it is below the best so far by "
        "more than `min_delta`; stop at the epoch that is the `patience`-th in a row without "
        "improvement. Return that epoch (the last one if it never stops) and the epoch whose "
        "weights to restore.",
        early_stopping,
        (
            WrongAnswer(_first_rise, "You stop at the first bad epoch: patience has no effect."),
            WrongAnswer(_without_min_delta, "min_delta has no effect."),
            WrongAnswer(
                _one_too_late, "You stop an epoch late: stop at the patience-th, not after it."
            ),
            WrongAnswer(
                _last_weights,
                "You restore the last epoch's weights; the best are `patience` epochs older.",
            ),
            WrongAnswer(
                _never_resets, "An improvement must set the count of bad epochs back to zero."
            ),
            WrongAnswer(
                _against_the_last,
                "You compare with the previous epoch; compare with the best so far, or a slow "
                "zigzag never stops.",
            ),
        ),
        _losses,
    ),
)
