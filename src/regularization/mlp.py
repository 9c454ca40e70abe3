"""A multi-layer perceptron for classification: ReLU, dropout, BatchNorm, L1 and L2, by hand."""

from itertools import pairwise

import numpy as np

from regularization import penalties
from regularization.batch_norm import BatchNorm
from regularization.dropout import dropout, dropout_backward
from regularization.validation import (
    check_array,
    check_count,
    check_dtype,
    check_keep_prob,
    check_number,
    check_rng,
)


class MLP:
    """Layers linear - [BatchNorm] - ReLU - dropout, and a last linear one that gives the logits.

    Trained by ``loss, grads = mlp.loss_and_grads(X, y, rng)`` and an optimizer's
    ``step(mlp.params, grads)``.

    Parameters
    ----------
    sizes : (n_features, hidden, ..., n_classes), at least two numbers
    rng : a NumPy Generator, draws the weights N(0, 2 / n_in) (He et al. 2015); biases are 0
    keep_prob : in (0, 1], for the hidden units (Srivastava et al. 2014)
    batch_norm : whether each hidden layer has a BatchNorm
    l1, l2 : at least 0, of the penalty l1 ||W||_1 + l2/2 ||W||^2 on all weights, not on biases
        nor on BatchNorm's gamma and beta
    dtype : float64 or float32

    Attributes
    ----------
    weights, biases : lists of W (n_in, n_out) and b (n_out,), a pair a layer
    norms : list of the hidden layers' BatchNorms, empty without batch_norm
    masks : list of the dropout masks of the last forward pass, empty if dropout was off

    Raises
    ------
    TypeError, ValueError
        If an argument is not numeric, not finite, out of its range, or of the wrong shape.
    """

    def __init__(
        self, sizes, rng, *, keep_prob=1.0, batch_norm=False, l1=0.0, l2=0.0, dtype=np.float64
    ):
        sizes = check_array(sizes, "sizes", ndim=1)
        sizes = [check_count(size, "each of sizes") for size in sizes]
        if len(sizes) < 2:
            raise ValueError(f"sizes must be (n_features, hidden, ..., n_classes), got {sizes}.")
        check_rng(rng)
        dtype = check_dtype(dtype)
        self.keep_prob = check_keep_prob(keep_prob)
        self.l1, self.l2 = check_number(l1, "l1", low=0), check_number(l2, "l2", low=0)
        self.weights = [
            (rng.standard_normal((n_in, n_out)) * np.sqrt(2 / n_in)).astype(dtype)
            for n_in, n_out in pairwise(sizes)
        ]
        self.biases = [np.zeros(n_out, dtype) for n_out in sizes[1:]]
        self.norms = [BatchNorm(size, dtype=dtype) for size in sizes[1:-1] if batch_norm]
        self.masks = []

    @property
    def params(self):
        """The arrays to train, a list: all weights, all biases, all gammas, all betas."""
        gammas, betas = [n.gamma for n in self.norms], [n.beta for n in self.norms]
        return self.weights + self.biases + gammas + betas

    def predict_proba(self, X, rng=None):
        """Return the classes' probabilities, (n, n_classes), for `X` (n, n_features).

        Inference: BatchNorm uses its running statistics, dropout is off; with `rng` it is on, as
        `mc_dropout` needs it.
        """
        logits, _ = self._forward(self._check_features(X), rng, train=False)
        return np.exp(_log_softmax(logits))

    def loss_and_grads(self, X, y, rng=None):
        """Return the mean cross-entropy plus penalty of a batch, and its gradients.

        `X` is (n, n_features), `y` (n,) holds classes 0 .. n_classes - 1; `rng` draws the masks and
        may be left out only if keep_prob is 1. BatchNorm's running statistics move.

        Returns
        -------
        (loss, grads)
            A float, and a list of arrays in the order of `params`.
        """
        if self.keep_prob < 1:
            check_rng(rng)
        X = self._check_features(X)
        y = self._check_classes(y, len(X))
        logits, inputs = self._forward(X, rng, train=True)
        log_proba = _log_softmax(logits)  # (n, n_classes)
        n, rows = len(y), np.arange(len(y))
        loss = float(-log_proba[rows, y].mean())
        if self.l1:
            loss += sum(penalties.l1(W, self.l1) for W in self.weights)
        if self.l2:
            loss += sum(penalties.l2(W, self.l2) for W in self.weights)

        grad = np.exp(log_proba)
        grad[rows, y] -= 1
        grad /= n  # of the logits, (n, n_classes)
        of_weights, of_biases, of_gammas, of_betas = [], [], [], []
        for layer in reversed(range(len(self.weights))):
            W = self.weights[layer]
            of_weights.insert(0, inputs[layer].T @ grad)  # (n_in, n_out)
            if self.l1:
                of_weights[0] += penalties.l1_subgradient(W, self.l1)
            if self.l2:
                of_weights[0] += penalties.l2_gradient(W, self.l2)
            of_biases.insert(0, grad.sum(axis=0))  # (n_out,)
            if layer == 0:
                break
            grad = grad @ W.T  # of this layer's input, (n, n_in)
            if self.masks:
                grad = dropout_backward(grad, self.masks[layer - 1])
            grad = grad * (inputs[layer] > 0)  # where a unit was dropped, grad is 0 already
            if self.norms:
                grad, of_gamma, of_beta = self.norms[layer - 1].backward(grad)
                of_gammas.insert(0, of_gamma)
                of_betas.insert(0, of_beta)
        return loss, of_weights + of_biases + of_gammas + of_betas

    def _forward(self, X, rng, train):
        """The logits (n, n_classes), and each layer's input (n, n_in)."""
        inputs, self.masks = [X], []
        for layer, (W, b) in enumerate(zip(self.weights[:-1], self.biases[:-1], strict=True)):
            z = inputs[-1] @ W + b  # (n, n_out)
            if self.norms:
                z = self.norms[layer].forward(z, train)
            h = np.maximum(z, 0)
            if rng is not None and self.keep_prob < 1:
                h, mask = dropout(h, self.keep_prob, rng)
                self.masks.append(mask)
            inputs.append(h)
        return inputs[-1] @ self.weights[-1] + self.biases[-1], inputs

    def _check_features(self, X):
        X, n_features = check_array(X, "X", ndim=2, keep_float32=True), len(self.weights[0])
        if X.shape[1] != n_features:
            raise ValueError(f"X must have {n_features} columns (n_features), got {X.shape[1]}.")
        return X

    def _check_classes(self, y, n):
        y, n_classes = np.asarray(y), len(self.biases[-1])
        if y.dtype.kind not in "iu":
            raise TypeError(f"y must hold classes as integers, got dtype {y.dtype}.")
        if y.shape != (n,):
            raise ValueError(
                f"y must have one class per row of X, got shape {y.shape} for {n} rows."
            )
        if y.min() < 0 or y.max() >= n_classes:
            raise ValueError(f"y must hold classes from 0 to {n_classes - 1}.")
        return y


def _log_softmax(logits):
    logits = logits - logits.max(axis=1, keepdims=True)  # exp cannot overflow
    return logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
