"""One step: the soft threshold, and one step of AdamW."""

import numpy as np

from interview.drills.drill import Drill, WrongAnswer


def soft_threshold(z, t):
    return np.sign(z) * np.maximum(np.abs(z) - t, 0)


def adamw_step(w, g, m, v, t, lr, beta1, beta2, eps, weight_decay):
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    step = (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + eps)
    return (1 - lr * weight_decay) * w - lr * step, m, v


def _coupled(w, g, m, v, t, lr, beta1, beta2, eps, weight_decay):
    return adamw_step(w, g + weight_decay * w, m, v, t, lr, beta1, beta2, eps, 0.0)


def _uncorrected(w, g, m, v, t, lr, beta1, beta2, eps, weight_decay):
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    return (1 - lr * weight_decay) * w - lr * m / (np.sqrt(v) + eps), m, v


def _epsilon_inside(w, g, m, v, t, lr, beta1, beta2, eps, weight_decay):
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    step = (m / (1 - beta1**t)) / np.sqrt(v / (1 - beta2**t) + eps)
    return (1 - lr * weight_decay) * w - lr * step, m, v


def _decay_without_rate(w, g, m, v, t, lr, beta1, beta2, eps, weight_decay):
    new, m, v = adamw_step(w, g, m, v, t, lr, beta1, beta2, eps, 0.0)
    return new - weight_decay * w, m, v


def _thresholds(rng):
    return [(3 * rng.normal(size=8), 1.0), (rng.normal(size=5), 0.2), (np.zeros(2), 0.5)]


def _steps(rng):
    return [
        (*rng.normal(size=(3, 4)), rng.uniform(0.1, 1, 4), t, 0.1, 0.9, 0.99, 1e-2, 0.5)
        for t in (1, 2, 10)
    ]


DRILLS = (
    Drill(
        "soft-threshold",
        "`soft_threshold(z, t)`: the minimiser of ½(w − z)² + t|w|, elementwise for `z` (p,).",
        soft_threshold,
        (
            WrongAnswer(
                lambda z, t: np.where(np.abs(z) > t, z, 0),
                "That is the *hard* threshold: survivors must also be shrunk by t.",
            ),
            WrongAnswer(
                lambda z, t: np.maximum(z - t, 0),
                "Right for positive z only: a negative z must be pulled up towards zero.",
            ),
            WrongAnswer(
                lambda z, t: z - t * np.sign(z),
                "It steps over zero: what is smaller than t must stop at zero.",
            ),
            WrongAnswer(lambda z, t: z / (1 + t), "That is L2's: it never reaches zero."),
        ),
        _thresholds,
    ),
    Drill(
        "adamw-step",
        "`adamw_step(w, g, m, v, t, lr, beta1, beta2, eps, weight_decay)` → `(w, m, v)`: one step "
        "of AdamW as PyTorch takes it, with gradient `g` (p,), moments `m`, `v` and step number "
        "`t` (1 at the first step).",
        adamw_step,
        (
            WrongAnswer(
                _coupled,
                "You add the decay to the gradient: that is Adam with L2. AdamW shrinks w itself.",
            ),
            WrongAnswer(_uncorrected, "The bias correction of m and v is missing."),
            WrongAnswer(_epsilon_inside, "ε stands under the root; it is added to the root."),
            WrongAnswer(
                _decay_without_rate,
                "You shrink w by weight_decay; PyTorch multiplies it by the learning rate.",
            ),
        ),
        _steps,
    ),
)
