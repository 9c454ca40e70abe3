"""Dropout and its kin: inverted, vanilla, spatial, DropConnect, and Monte Carlo dropout.

`keep_prob` in (0, 1] is the probability of *keeping* a unit; PyTorch's and Keras' p is the other
one, drop_prob = 1 - keep_prob. The inverted kinds divide by keep_prob while training, so that the
expectation is right and nothing is scaled at inference; the vanilla kind scales at inference.

Everywhere: arrays are finite and not empty, and are not modified; float32 stays float32, all else
becomes float64; `rng` is a `numpy.random.Generator`. Every `mask` is what the forward pass
multiplies by, the division by keep_prob included: ``dropout_backward(grad, mask)`` needs no more.
TypeError is raised for what is not numeric (or no Generator), ValueError for what is not finite,
does not fit, or is out of its range.
"""

import numpy as np

from regularization.validation import check_array, check_count, check_keep_prob, check_rng


def dropout(x, keep_prob, rng):
    """Zero each entry of `x` with probability 1 - keep_prob, divide the rest by keep_prob.

    The mean stays x, the variance is x^2 (1 - keep_prob) / keep_prob. Inverted form of Srivastava
    et al. (2014), section 10.

    Returns
    -------
    (out, mask)
        Two arrays of the shape and dtype of `x`: out = x * mask, mask is 0 or 1 / keep_prob.
    """
    x = check_array(x, "x", keep_float32=True)
    mask = _draw(x.shape, keep_prob, rng, x.dtype)
    mask /= keep_prob
    return x * mask, mask


def dropout_backward(grad, mask):
    """Return grad * mask: the gradient with respect to x, from that with respect to out.

    `mask` is the one of the forward pass (of any kind but DropConnect), and broadcasts to `grad`.
    """
    grad = check_array(grad, "grad", keep_float32=True)
    mask = check_array(mask, "mask", keep_float32=True)
    fits = mask.ndim == grad.ndim and all(
        m in (1, g) for m, g in zip(mask.shape, grad.shape, strict=True)
    )
    if not fits:
        raise ValueError(
            f"grad and mask must have the same shape, got {grad.shape} and {mask.shape}."
        )
    return grad * mask


def vanilla_dropout(x, keep_prob, rng):
    """Zero each entry of `x` with probability 1 - keep_prob and leave the rest as it is.

    The mean is keep_prob * x: at inference scale by `weight_scaling`. Srivastava et al. (2014),
    section 4.

    Returns
    -------
    (out, mask)
        Two arrays of the shape and dtype of `x`: out = x * mask, mask is 0 or 1.
    """
    x = check_array(x, "x", keep_float32=True)
    mask = _draw(x.shape, keep_prob, rng, x.dtype)
    return x * mask, mask


def weight_scaling(W, keep_prob):
    """Return keep_prob * W, the weights at inference of a layer trained on vanilla dropout.

    `W`, of any shape, reads the dropped units; to scale those units themselves is the same.
    Srivastava et al. (2014), figure 2.
    """
    keep_prob = check_keep_prob(keep_prob)
    return keep_prob * check_array(W, "W", keep_float32=True)


def spatial_dropout(x, keep_prob, rng):
    """Drop whole feature maps of `x` (n, channels, height, width), inverted.

    Neighbouring pixels are alike, so that dropping single ones takes little away. Tompson et al.
    (2015), section 3.2; PyTorch's Dropout2d.

    Returns
    -------
    (out, mask)
        out = x * mask of the shape of `x`; mask (n, channels, 1, 1) is 0 or 1 / keep_prob.
    """
    x = check_array(x, "x", ndim=4, keep_float32=True)
    mask = _draw((*x.shape[:2], 1, 1), keep_prob, rng, x.dtype)
    mask /= keep_prob
    return x * mask, mask


def dropconnect(x, W, keep_prob, rng):
    """Multiply `x` (n, n_in) by `W` (n_in, n_out) with weights dropped anew for each row, inverted.

    Wan et al. (2013), section 3. The masks take n * n_in * n_out numbers: for small layers.

    Returns
    -------
    (out, mask)
        out (n, n_out), out_i = x_i @ (mask_i * W); mask (n, n_in, n_out) is 0 or 1 / keep_prob.
    """
    x, W = _check_layer(x, W)
    mask = _draw((len(x), *W.shape), keep_prob, rng, np.result_type(x, W))
    mask /= keep_prob
    return (x[:, None, :] @ (mask * W))[:, 0], mask  # (n, 1, n_in) @ (n, n_in, n_out)


def dropconnect_backward(grad, x, W, mask):
    """Return the gradients (grad_x, grad_W) from `grad` (n, n_out), that with respect to out.

    `x`, `W` and `mask` are those of the forward pass; grad_x and grad_W have the shapes of x and W.
    """
    x, W = _check_layer(x, W)
    grad = check_array(grad, "grad", ndim=2, keep_float32=True)
    mask = check_array(mask, "mask", ndim=3, keep_float32=True)
    if (*grad.shape, *mask.shape) != (len(x), W.shape[1], len(x), *W.shape):
        raise ValueError(
            f"grad and mask must be of the shapes of out {(len(x), W.shape[1])} and of the masks "
            f"{(len(x), *W.shape)}, got {grad.shape} and {mask.shape}."
        )
    grad_x = ((mask * W) @ grad[:, :, None])[:, :, 0]  # (n, n_in, n_out) @ (n, n_out, 1)
    grad_W = np.einsum("ni,nio,no->io", x, mask, grad)  # (n_in, n_out)
    return grad_x, grad_W


def mc_dropout(forward, x, n_samples):
    """Run ``forward(x)`` with dropout left on `n_samples` >= 1 times; return the mean and the std.

    `forward` returns an array of the same shape at each call. The mean is the prediction, the std
    (divisor n_samples) is its spread over the masks. A std of 0 everywhere says that dropout was
    off. Gal & Ghahramani (2016), section 4.

    Returns
    -------
    (mean, std)
        Two float64 arrays of the shape of ``forward(x)``.
    """
    n_samples = check_count(n_samples, "n_samples")
    mean, squares = 0.0, 0.0
    for k in range(1, n_samples + 1):  # Welford (1962): nothing is stored, nothing cancels
        out = check_array(forward(x), "the output of forward")
        if k > 1 and out.shape != mean.shape:
            raise ValueError(
                f"forward must return the same shape at each call, got {mean.shape} "
                f"and then {out.shape}."
            )
        ahead = out - mean
        mean = mean + ahead / k
        squares = squares + ahead * (out - mean)
    return mean, np.sqrt(squares / n_samples)


def all_masks(n_units, keep_prob):
    """Return all 2^n_units masks of a small layer and their probabilities; 1 <= n_units <= 20.

    An expectation over dropout is then a sum: ``probabilities @ f(masks)``, without sampling.

    Returns
    -------
    (masks, probabilities)
        masks (2^n_units, n_units) of 0 and 1 (divide by keep_prob for inverted dropout), and
        probabilities (2^n_units,), which sum to 1.
    """
    n_units, keep_prob = check_count(n_units, "n_units"), check_keep_prob(keep_prob)
    if n_units > 20:
        raise ValueError(f"n_units must be at most 20, got {n_units}: 2^n_units masks are listed.")
    masks = (np.arange(2**n_units)[:, None] >> np.arange(n_units) & 1).astype(float)
    kept = masks.sum(axis=1)
    return masks, keep_prob**kept * (1 - keep_prob) ** (n_units - kept)


def _draw(shape, keep_prob, rng, dtype):
    """An array of `dtype`, 1 with probability keep_prob and else 0; the same for every dtype."""
    return (check_rng(rng).random(shape) < check_keep_prob(keep_prob)).astype(dtype)


def _check_layer(x, W):
    x = check_array(x, "x", ndim=2, keep_float32=True)
    W = check_array(W, "W", ndim=2, keep_float32=True)
    if x.shape[1] != len(W):
        raise ValueError(
            f"x must have one column per row of W, got {x.shape[1]} columns for {len(W)} rows."
        )
    return x, W
