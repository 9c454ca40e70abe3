"""L1 for PyTorch by a proximal step after the optimizer's: weights that are exactly zero."""

import torch

from regularization.validation import check_number


@torch.no_grad()
def l1_proximal_step(optimizer, lam):
    """Soft-threshold the parameters of `optimizer` at lr * lam, in place; after its ``step()``.

    Each parameter group has its own lr, and its own lam if it carries the key "l1": put biases and
    norms into a group with ``"l1": 0.0``. Frozen parameters are left alone.

    After plain SGD this is the proximal gradient method for loss + lam * ||w||_1 (Parikh & Boyd
    2014, section 4.2). After momentum or Adam it is a decoupled L1, as AdamW's decay is a decoupled
    L2: the gradient's scaling does not reach it.

    Raises
    ------
    TypeError, ValueError
        If `optimizer` is no torch optimizer, or a lam is not a finite number >= 0.
    """
    if not isinstance(optimizer, torch.optim.Optimizer):
        raise TypeError(f"optimizer must be a torch optimizer, got {type(optimizer).__name__}.")
    lam = check_number(lam, "lam", low=0)
    lams = [check_number(g.get("l1", lam), "l1", low=0) for g in optimizer.param_groups]
    for group, group_lam in zip(optimizer.param_groups, lams, strict=True):
        t = float(group["lr"]) * group_lam
        for w in group["params"]:
            if w.requires_grad:
                w -= w.clamp(-t, t)
