"""The penalties of the course: value, (sub)gradient and proximal operator of each.

L1           lam * ||w||_1
L2           (lam / 2) * ||w||^2
elastic net  lam * (l1_ratio * ||w||_1 + (1 - l1_ratio) / 2 * ||w||^2)
group lasso  lam * sum_g sqrt(p_g) * ||w_g||, p_g features in group g
Lq           lam * sum_j |w_j|^q, for pictures: its value only

The proximal operator of a penalty g is prox(z) = argmin_w ||w - z||^2 / 2 + step * g(w): the point
that a gradient step of length `step` should have reached, had it known about g.

Everywhere: `w`, `z` are arrays of any shape (or single numbers), finite; `lam`, `step` >= 0;
0 <= l1_ratio <= 1. Anything else raises ValueError or TypeError. Gradients and proximal points
have the shape of their input.
"""

import numpy as np

from regularization.validation import (
    check_array,
    check_groups,
    check_number,
    check_positive,
)


def soft_threshold(z, t):
    """Move each entry of `z` towards zero by `t` >= 0, and stop there: sign(z) * max(|z| - t, 0).

    Written as z minus its projection onto [-t, t], which leaves exact zeros.
    Donoho & Johnstone (1994).
    """
    z, t = check_array(z, "z"), check_number(t, "t", low=0)
    return z - np.clip(z, -t, t)


def l1(w, lam):
    """Return lam * ||w||_1, a float. Tibshirani (1996)."""
    return check_number(lam, "lam", low=0) * float(np.abs(check_array(w, "w")).sum())


def l1_subgradient(w, lam):
    """Return lam * sign(w): of the subgradients [-lam, lam] at w_j = 0, the element 0."""
    return check_number(lam, "lam", low=0) * np.sign(check_array(w, "w"))


def l1_prox(z, step, lam):
    """Return the proximal point of the L1 penalty: the soft threshold at step * lam."""
    return soft_threshold(z, check_number(step, "step", low=0) * check_number(lam, "lam", low=0))


def l2(w, lam):
    """Return (lam / 2) * ||w||^2, a float. Hoerl & Kennard (1970)."""
    return check_number(lam, "lam", low=0) / 2 * float(np.square(check_array(w, "w")).sum())


def l2_gradient(w, lam):
    """Return lam * w: the one half in the penalty cancels the two."""
    return check_number(lam, "lam", low=0) * check_array(w, "w")


def l2_prox(z, step, lam):
    """Return the proximal point of the L2 penalty, z / (1 + step * lam): never zero unless z is."""
    step, lam = check_number(step, "step", low=0), check_number(lam, "lam", low=0)
    return check_array(z, "z") / (1 + step * lam)


def elastic_net(w, lam, l1_ratio):
    """Return lam * (l1_ratio ||w||_1 + (1 - l1_ratio)/2 ||w||^2), a float. Zou & Hastie (2005)."""
    lam_1, lam_2 = split_lam(lam, l1_ratio)
    return l1(w, lam_1) + l2(w, lam_2)


def elastic_net_subgradient(w, lam, l1_ratio):
    """Return lam * (l1_ratio * sign(w) + (1 - l1_ratio) * w): at w_j = 0 the element 0."""
    lam_1, lam_2 = split_lam(lam, l1_ratio)
    return l1_subgradient(w, lam_1) + l2_gradient(w, lam_2)


def elastic_net_prox(z, step, lam, l1_ratio):
    """Return the proximal point of the elastic net: first the soft threshold, then the shrinkage.

    Parikh & Boyd (2014), "Proximal Algorithms", page 189.
    """
    lam_1, lam_2 = split_lam(lam, l1_ratio)
    return l2_prox(l1_prox(z, step, lam_1), step, lam_2)


def split_lam(lam, l1_ratio):
    """Return (lam * l1_ratio, lam * (1 - l1_ratio)): the weights of ||w||_1 and of ||w||^2 / 2."""
    lam = check_number(lam, "lam", low=0)
    l1_ratio = check_number(l1_ratio, "l1_ratio", low=0, high=1)
    return lam * l1_ratio, lam * (1 - l1_ratio)


def group_lasso(w, lam, groups):
    """Return lam * sum_g sqrt(p_g) * ||w_g||, a float. Yuan & Lin (2006).

    `w` and `groups` are (n_features,): features with the same whole number in `groups` form a
    group, of size p_g. The factor sqrt(p_g) makes groups of different sizes comparable. With a
    group per feature it is the lasso.
    """
    w, norms, sizes, _ = _by_group(w, groups, "w")
    return check_number(lam, "lam", low=0) * float(np.sqrt(sizes) @ norms)


def group_lasso_subgradient(w, lam, groups):
    """Return lam * sqrt(p_g) * w_g / ||w_g||, (n_features,): in a group of zeros the element 0."""
    w, norms, sizes, group_of = _by_group(w, groups, "w")
    scale = check_number(lam, "lam", low=0) * np.sqrt(sizes) / np.where(norms > 0, norms, 1)
    return scale[group_of] * w


def group_lasso_prox(z, step, lam, groups):
    """Return the proximal point: shorten each group by step * lam * sqrt(p_g), at most to zero.

    `z` and `groups` are (n_features,). A group whose norm is below that threshold becomes exactly
    zero as a whole. Yuan & Lin (2006); Parikh & Boyd (2014), section 6.5.4.
    """
    z, norms, sizes, group_of = _by_group(z, groups, "z")
    t = check_number(step, "step", low=0) * check_number(lam, "lam", low=0) * np.sqrt(sizes)
    kept = np.where(norms > t, 1 - t / np.where(norms > 0, norms, 1), 0.0)  # (n_groups,)
    return kept[group_of] * z


def lq(w, lam, q):
    """Return lam * sum_j |w_j|^q, a float, for q > 0; not convex, and sparse, for q < 1.

    There is no one half: at q = 2 it is twice `l2`. Frank & Friedman (1993).
    """
    q = check_positive(q, "q")
    return check_number(lam, "lam", low=0) * float((np.abs(check_array(w, "w")) ** q).sum())


def _by_group(w, groups, name):
    """Return w, the norm and the size of each group (n_groups,), and the group of each feature."""
    w = check_array(w, name, ndim=1)
    group_of = check_groups(groups, len(w))
    return w, np.sqrt(np.bincount(group_of, w**2)), np.bincount(group_of), group_of
