"""Batch normalisation of (n, n_features) activations, with PyTorch's conventions."""

import numpy as np

from regularization.validation import check_array, check_count, check_dtype, check_number


class BatchNorm:
    """Standardise each feature over the batch, then scale by gamma and shift by beta.

    In training the batch's own mean and (biased) variance are used, and the running ones move by
    ``running = (1 - momentum) * running + momentum * batch``, the variance with divisor n - 1.
    This `momentum` is PyTorch's; Keras' and the paper's moving average call 1 - momentum by that
    name. At inference the running statistics are used. Ioffe & Szegedy (2015), algorithms 1 and 2.

    Parameters
    ----------
    n_features : at least 1; `gamma`, `beta`, `running_mean`, `running_var` have shape (n_features,)
    momentum : in [0, 1]
    eps : > 0, added to the variance
    dtype : of the four arrays, float64 or float32

    Raises
    ------
    TypeError, ValueError
        If an argument is not numeric, not finite, out of its range, or of the wrong shape.
    """

    def __init__(self, n_features, momentum=0.1, eps=1e-5, dtype=np.float64):
        n_features, dtype = check_count(n_features, "n_features"), check_dtype(dtype)
        self.momentum = check_number(momentum, "momentum", low=0, high=1)
        self.eps = check_number(eps, "eps")
        if self.eps <= 0:
            raise ValueError(f"eps must be positive, got {self.eps:g}.")
        self.gamma, self.beta = np.ones(n_features, dtype), np.zeros(n_features, dtype)
        self.running_mean, self.running_var = (
            np.zeros(n_features, dtype),
            np.ones(n_features, dtype),
        )
        self._cache = None

    def forward(self, x, train):
        """Return the normalised `x`, (n, n_features); at least two rows if `train`."""
        x = self._check(x, "x")
        if train:
            mean, var = self._batch_statistics(x)
        else:
            mean, var = self.running_mean, self.running_var
        std = np.sqrt(var + self.eps)  # (n_features,)
        x_hat = (x - mean) / std  # (n, n_features)
        self._cache = x_hat, std, train
        return self.gamma * x_hat + self.beta

    def backward(self, grad):
        """Return (grad_x, grad_gamma, grad_beta) from `grad` (n, n_features), that of the output.

        Of the last `forward`. In training the mean and the variance depend on x too: grad_x loses
        its component along the constant and along x_hat.
        """
        if self._cache is None:
            raise RuntimeError("backward needs a forward pass before it.")
        x_hat, std, train = self._cache
        grad = self._check(grad, "grad")
        if len(grad) != len(x_hat):
            raise ValueError(f"grad must have {len(x_hat)} rows as x had, got {len(grad)}.")
        grad_gamma, grad_beta = (grad * x_hat).sum(axis=0), grad.sum(axis=0)  # (n_features,)
        grad_x = grad - (grad_beta + x_hat * grad_gamma) / len(grad) if train else grad
        return self.gamma / std * grad_x, grad_gamma, grad_beta

    def _batch_statistics(self, x):
        """The batch's mean and biased variance; the running ones are moved towards them."""
        n = len(x)
        if n < 2:
            raise ValueError("x must have at least two rows in training: one has no variance.")
        mean, var = x.mean(axis=0), x.var(axis=0)
        self.running_mean += self.momentum * (mean - self.running_mean)
        self.running_var += self.momentum * (var * (n / (n - 1)) - self.running_var)
        return mean, var

    def _check(self, value, name):
        value = check_array(value, name, ndim=2, keep_float32=True)
        if value.shape[1] != len(self.gamma):
            raise ValueError(
                f"{name} must have {len(self.gamma)} columns (n_features), got {value.shape[1]}."
            )
        return value
