"""Early stopping: end training when the validation loss has stopped falling."""

import copy

import numpy as np

from regularization.validation import check_count, check_number


class EarlyStopping:
    """Watches a loss and says when to stop; keeps the best parameters. Prechelt (1998).

        stopper = EarlyStopping(patience=10)
        for epoch in range(1000):
            ...                                        # train for one epoch
            if stopper.update(validation_loss, params):
                break                                  # params hold their best values again

    Parameters
    ----------
    patience : int >= 1
        Stop at this many updates in a row without improvement.
    min_delta : float >= 0
        An improvement is loss < best_loss - min_delta, strictly. A smaller fall does not count,
        nor does it move `best_loss`: many small falls may add up to an improvement.
    restore_best : bool
        Keep a copy of the parameters of the best update, and write it back on stopping.

    Attributes
    ----------
    best_loss, best_update
        The last improvement: its loss, and the number of its update, the first being 0.
        Before any improvement inf and None.
    best_params
        A copy of the parameters at `best_update`; None without `restore_best`.
    wait
        The number of updates since the last improvement.
    stopped
        Whether an update has returned True.

    A loss that is NaN or infinite is no improvement: it uses up patience and is never the best.
    Give the loss of a split that is used for nothing else, neither training nor the final test.
    """

    def __init__(self, patience, min_delta=0.0, restore_best=True):
        self.patience = check_count(patience, "patience")
        self.min_delta = check_number(min_delta, "min_delta", low=0)
        if not isinstance(restore_best, bool | np.bool_):
            raise TypeError(f"restore_best must be True or False, got {restore_best!r}.")
        self.restore_best = bool(restore_best)
        self.best_loss, self.best_update, self.best_params = np.inf, None, None
        self.wait, self.updates, self.stopped = 0, 0, False

    def update(self, loss, params=None):
        """Take the loss after an epoch; return True if training should stop.

        `params` is an array, or a list, tuple or dict of arrays (or torch tensors that need no
        gradient, such as a state_dict); it may be None. On stopping its best values are written
        back in place. After a stop further updates change nothing and return True.

        Raises
        ------
        TypeError, ValueError
            If `loss` is not one real number, or `params` is none of the above.
        """
        loss = _as_loss(loss)
        if self.stopped:
            return True
        if self.restore_best and params is not None:
            _arrays(params)  # complain at the first update, not at the stop
        if np.isfinite(loss) and loss < self.best_loss - self.min_delta:
            self.best_loss, self.best_update, self.wait = loss, self.updates, 0
            if self.restore_best:
                self.best_params = copy.deepcopy(params)
        else:
            self.wait += 1
        self.updates += 1
        self.stopped = self.wait >= self.patience
        if self.stopped:
            self.restore(params)
        return self.stopped

    def restore(self, params):
        """Write the best parameters into `params` in place, if any are kept.

        `update` does so on stopping; call it yourself when training ends for another reason.
        """
        if params is not None and self.best_params is not None:
            for array, best in zip(_arrays(params), _arrays(self.best_params), strict=True):
                array[...] = best


def _as_loss(loss):
    """Return `loss` as a float, NaN and infinity included."""
    try:
        array = np.asarray(loss)
    except (ValueError, RuntimeError) as error:
        raise TypeError("loss must be one real number; detach a tensor first.") from error
    if array.dtype.kind not in "biuf":
        raise TypeError(f"loss must be one real number, got dtype {array.dtype}.")
    if array.ndim:
        raise ValueError(f"loss must be one number, got an array of shape {array.shape}.")
    return float(array)


def _arrays(params):
    """The arrays in `params`, in its order."""
    if isinstance(params, dict):
        params = params.values()
    elif not isinstance(params, list | tuple):
        params = [params]
    params = list(params)
    if not all(hasattr(array, "shape") and hasattr(array, "__setitem__") for array in params):
        raise TypeError("params must be an array, or a list, tuple or dict of arrays.")
    return params
