"""SGD, Adam and AdamW on lists of NumPy arrays, step for step equal to PyTorch's.

``step(params, grads)`` changes `params` in place: a list of float64 or float32 arrays, with `grads`
a list of finite arrays of the same shapes, the same shapes at each step. A step that raises has
changed nothing. `lr` is an attribute: assign to it between steps for a schedule.

Two things are called weight decay. `l2` adds l2 * w to the gradient, which then passes through
momentum or Adam's scaling (PyTorch: the `weight_decay` of SGD and Adam). `weight_decay` is
decoupled: w loses lr * weight_decay * w beside the step (PyTorch: AdamW, or Adam with
`decoupled_weight_decay=True`; its SGD has none). Both read w as it was before the step. Loshchilov
& Hutter (2019), whose decay is multiplied by the schedule alone, not by the base learning rate.

Raises, everywhere: TypeError for what is not numeric or no list of float arrays, ValueError for
what is not finite, does not fit, or is out of its range.
"""

import numpy as np

from regularization.validation import check_array, check_number


class SGD:
    """Stochastic gradient descent with heavy-ball momentum.

    v = momentum * v + (g + l2 * w);  w -= lr * (v + weight_decay * w).

    The learning rate multiplies v when it is used, as in PyTorch (dampening 0). Sutskever et al.
    (2013) have it inside, v = momentum * v + lr * g: the same as long as lr is constant. The
    coupled l2 enters v; the decoupled decay does not. Without momentum the two are one.

    Parameters
    ----------
    lr, l2, weight_decay : at least 0
    momentum : in [0, 1)
    """

    def __init__(self, lr, momentum=0.0, l2=0.0, weight_decay=0.0):
        self.lr = check_number(lr, "lr", low=0)
        self.momentum = _check_decay_rate(momentum, "momentum")
        self.l2 = check_number(l2, "l2", low=0)
        self.weight_decay = check_number(weight_decay, "weight_decay", low=0)
        self._v = None

    def step(self, params, grads):
        """Update the arrays in `params`, in place."""
        grads = _check_step(params, grads, self._v)
        if self._v is None:
            self._v = [np.zeros_like(w) for w in params]
        for w, g, v in zip(params, grads, self._v, strict=True):
            v *= self.momentum
            v += g + self.l2 * w
            w *= 1 - self.lr * self.weight_decay
            w -= self.lr * v


class Adam:
    """Adam, whose `l2` is coupled: it is divided by sqrt(v) like the rest of the gradient.

    g += l2 * w;  m and v are the running means of g and g^2, divided by 1 - beta^t for their start
    at zero;  w -= lr * m / (sqrt(v) + eps). Kingma & Ba (2015), algorithm 1.

    Parameters
    ----------
    lr, l2 : at least 0
    betas : two numbers in [0, 1), the decay rates of m and v
    eps : > 0
    """

    weight_decay = 0.0

    def __init__(self, lr, betas=(0.9, 0.999), eps=1e-8, l2=0.0):
        self.lr = check_number(lr, "lr", low=0)
        if np.shape(betas) != (2,):
            raise ValueError(f"betas must be two numbers in [0, 1), got {betas}.")
        self.betas = tuple(_check_decay_rate(beta, "each of betas") for beta in betas)
        self.eps = check_number(eps, "eps")
        if self.eps <= 0:
            raise ValueError(f"eps must be positive, got {self.eps:g}.")
        self.l2 = check_number(l2, "l2", low=0)
        self._m = self._v = None
        self._t = 0

    def step(self, params, grads):
        """Update the arrays in `params`, in place."""
        grads = _check_step(params, grads, self._m)
        if self._m is None:
            self._m = [np.zeros_like(w) for w in params]
            self._v = [np.zeros_like(w) for w in params]
        self._t += 1
        beta_1, beta_2 = self.betas
        for w, g, m, v in zip(params, grads, self._m, self._v, strict=True):
            g = g + self.l2 * w
            m *= beta_1
            m += (1 - beta_1) * g
            v *= beta_2
            v += (1 - beta_2) * g**2
            m_hat = m / (1 - beta_1**self._t)
            v_hat = v / (1 - beta_2**self._t)
            w *= 1 - self.lr * self.weight_decay
            w -= self.lr * m_hat / (np.sqrt(v_hat) + self.eps)


class AdamW(Adam):
    """Adam with decoupled decay: every weight shrinks at the same rate, whatever its gradients.

    w -= lr * (m / (sqrt(v) + eps) + weight_decay * w). Loshchilov & Hutter (2019), algorithm 2.

    Parameters
    ----------
    lr, betas, eps : as in Adam
    weight_decay : at least 0; the default is PyTorch's
    """

    def __init__(self, lr, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01):
        super().__init__(lr, betas, eps)
        self.weight_decay = check_number(weight_decay, "weight_decay", low=0)


def _check_decay_rate(value, name):
    number = check_number(value, name)
    if not 0 <= number < 1:
        raise ValueError(f"{name} must be in [0, 1), got {number:g}.")
    return number


def _check_step(params, grads, state):
    """Return the checked gradients; `state` has the shapes of the step before (None at first)."""
    for name, arrays in (("params", params), ("grads", grads)):
        if not isinstance(arrays, list | tuple):
            raise TypeError(f"{name} must be a list of arrays, got {type(arrays).__name__}.")
    for w in params:
        if not (isinstance(w, np.ndarray) and w.dtype in (np.float64, np.float32)):
            got = getattr(w, "dtype", type(w).__name__)
            raise TypeError(f"params must be float64 or float32 NumPy arrays, got {got}.")
        if not w.flags.writeable:
            raise ValueError("params must be writeable, they are changed in place.")
    grads = [check_array(g, "each gradient", keep_float32=True) for g in grads]
    shapes = [w.shape for w in params]
    if shapes != [g.shape for g in grads]:
        raise ValueError(
            f"grads must have the shapes of params, got {[g.shape for g in grads]} for {shapes}."
        )
    if state is not None and shapes != [s.shape for s in state]:
        raise ValueError(
            f"params must have the same shapes at each step, got {shapes} "
            f"after {[s.shape for s in state]}."
        )
    return grads
