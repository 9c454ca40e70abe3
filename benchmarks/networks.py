"""Dropout and one optimizer step beside PyTorch: the readable version has no target."""

from collections.abc import Iterator

import numpy as np
import torch

from benchmarks.race import Row, race
from regularization.dropout import dropout
from regularization.optimizers import SGD, Adam, AdamW

SIZE = (1000, 1000)
PEER = f"PyTorch {torch.__version__}"
STEPS = {
    "SGD, momentum, L2": (
        SGD(0.1, momentum=0.9, l2=1e-4),
        lambda w: torch.optim.SGD([w], 0.1, momentum=0.9, weight_decay=1e-4),
    ),
    "Adam, L2": (Adam(1e-3, l2=1e-4), lambda w: torch.optim.Adam([w], 1e-3, weight_decay=1e-4)),
    "AdamW": (
        AdamW(1e-3, weight_decay=0.01),
        lambda w: torch.optim.AdamW([w], 1e-3, weight_decay=0.01),
    ),
}


def rows() -> Iterator[Row]:
    rng = np.random.default_rng(0)
    x = rng.standard_normal(SIZE, dtype=np.float32)
    yield race(
        "dropout, a million float32",
        lambda: dropout(x, 0.5, rng),
        PEER,
        lambda: torch.nn.functional.dropout(torch.from_numpy(x), 0.5),
        21,
    )
    for name, (ours, peer_of) in STEPS.items():
        w, g = x.copy(), rng.standard_normal(SIZE, dtype=np.float32)
        weight = torch.nn.Parameter(torch.from_numpy(x.copy()))
        weight.grad = torch.from_numpy(g.copy())
        peer = peer_of(weight)
        yield race(
            f"one step of {name}, a million float32",
            lambda ours=ours, w=w, g=g: ours.step([w], [g]),
            PEER,
            peer.step,
            21,
        )
        np.testing.assert_allclose(w, weight.detach().numpy(), atol=1e-4)
