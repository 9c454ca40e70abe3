"""Dropout, forward and backward, with the random numbers given so that answers can be compared."""

from interview.drills.drill import Drill, WrongAnswer


def dropout(x, u, keep_prob, training):
    return x * (u < keep_prob) / keep_prob if training else x


def dropout_backward(grad, u, keep_prob):
    return grad * (u < keep_prob) / keep_prob


def _forward(rng):
    return [
        (rng.normal(size=(4, 6)), rng.uniform(size=(4, 6)), float(keep), training)
        for keep, training in ((0.8, True), (0.3, True), (0.8, False), (1.0, True))
    ]


def _backward(rng):
    return [(rng.normal(size=(4, 6)), rng.uniform(size=(4, 6)), float(keep)) for keep in (0.8, 0.3)]


DRILLS = (
    Drill(
        "dropout",
        "`dropout(x, u, keep_prob, training)`: inverted dropout of `x`; `u` are uniform numbers of "
        "the same shape, and a unit is kept where `u < keep_prob`.",
        dropout,
        (
            WrongAnswer(
                lambda x, u, keep, training: x * (u < keep) if training else x,
                "The kept units are not scaled: training's mean is keep_prob times inference's.",
            ),
            WrongAnswer(
                lambda x, u, keep, training: x * (u < keep) if training else x * keep,
                "That is vanilla dropout, which scales at inference. Inverted scales in training.",
            ),
            WrongAnswer(
                lambda x, u, keep, training: x * (u < keep) / keep,
                "It drops at inference too: with training=False return x as it is.",
            ),
            WrongAnswer(
                lambda x, u, keep, training: x * (u < 1 - keep) / keep if training else x,
                "You keep with probability 1 − keep_prob: keep and drop are swapped.",
            ),
            WrongAnswer(
                lambda x, u, keep, training: x * (u < keep) / keep if training else x * keep,
                "You scale in training and again at inference. Inverted needs the first only.",
            ),
        ),
        _forward,
    ),
    Drill(
        "dropout-backward",
        "`dropout_backward(grad, u, keep_prob)`: the gradient of the loss in the input of inverted "
        "dropout, from the gradient in its output and the same uniform numbers `u`.",
        dropout_backward,
        (
            WrongAnswer(
                lambda grad, u, keep: grad * (u < keep),
                "The scale is missing: forward multiplied by mask/keep_prob, and so does this.",
            ),
            WrongAnswer(
                lambda grad, u, keep: grad / keep,
                "The mask is missing: a dropped unit had no effect, so its gradient is zero.",
            ),
            WrongAnswer(
                lambda grad, u, keep: grad * (u < keep) * keep,
                "You multiply by keep_prob; the forward pass divided by it.",
            ),
            WrongAnswer(
                lambda grad, u, keep: grad,
                "Dropout is not the identity in training: its gradient has the mask and the scale.",
            ),
        ),
        _backward,
    ),
)
