"""Choosing lam, and what may be said of the features chosen.

k-fold cross-validation over a path with the one-standard-error rule, the relaxed lasso, and
selection frequencies over resamples (bootstrap, stability selection).

Everywhere: X is (n_samples, n_features), y is (n_samples,), both finite and not empty; lam,
lams >= 0; `rng` is an int or a numpy.random.Generator. TypeError is raised for what is not
numeric, ValueError for what is not finite, does not fit, or is out of its range.
"""

from dataclasses import dataclass

import numpy as np

from regularization.linear import LinearModel, LinearPath, elastic_net, lasso, lasso_path, ridge
from regularization.validation import (
    check_array,
    check_count,
    check_data,
    check_lams,
    check_number,
)


def elastic_net_path(X, y, lams, l1_ratio):
    """Fit the elastic net for each of `lams`; a LinearPath, as `linear.lasso_path` returns."""
    models = [elastic_net(X, y, lam, l1_ratio) for lam in check_lams(lams)]
    return LinearPath(
        np.array([model.coef for model in models]), np.array([model.intercept for model in models])
    )


@dataclass(frozen=True, eq=False)
class CrossValidation:
    """Squared errors on held-out folds, and the lam that two rules choose.

    lams (n_lams,); errors (n_lams, k), the mean squared error on each fold; mean and se
    (n_lams,) over the folds; lam_best, of least mean; lam_one_se, the largest lam whose mean is
    at most the least mean plus its se.
    """

    lams: np.ndarray
    errors: np.ndarray
    mean: np.ndarray
    se: np.ndarray
    lam_best: float
    lam_one_se: float


def k_fold(n, k, rng=0):
    """Return k lists of test samples: a shuffled 0, ..., n - 1 in parts of (nearly) equal size.

    2 <= k <= n; k = n leaves one out.
    """
    n, k = check_count(n, "n"), check_count(k, "k")
    if not 2 <= k <= n:
        raise ValueError(f"k must be between 2 and the number of samples, {n}, got {k}.")
    return np.array_split(np.random.default_rng(rng).permutation(n), k)


def cross_validate(X, y, lams, *, path=lasso_path, k=10, rng=0):
    """Cross-validate a path over `lams` (n_lams,) in k folds.

    `path(X, y, lams)` fits it: `linear.lasso_path`, `linear.ridge_path`, or
    ``functools.partial(elastic_net_path, l1_ratio=0.5)``. lam keeps its value in the folds, whose
    loss is a mean over fewer samples. Whatever else is learned from the data, a scaling of the
    columns included, belongs into `path`.

    Returns
    -------
    CrossValidation
    """
    X, y = check_data(X, y)
    lams = check_lams(lams)
    errors = []
    for test in k_fold(len(y), k, rng):
        train = np.delete(np.arange(len(y)), test)
        fit = path(X[train], y[train], lams)
        r = y[test, None] - X[test] @ fit.coefs.T - fit.intercepts  # (n_test, n_lams)
        errors.append(np.square(r).mean(axis=0))
    return one_standard_error(lams, np.transpose(errors))


def one_standard_error(lams, errors):
    """Apply both rules to `errors` (n_lams, k) of `lams` (n_lams,), k >= 2 folds.

    The folds share training samples, so the se is a rough one, and the rule a convention: the
    sparsest model that cannot be told from the best. Breiman et al. (1984), section 3.4.3.

    Returns
    -------
    CrossValidation
    """
    lams, errors = check_lams(lams), check_array(errors, "errors", ndim=2)
    if len(errors) != len(lams) or errors.shape[1] < 2:
        raise ValueError(
            f"errors must have a row per lam and at least 2 folds, got shape {errors.shape} for "
            f"{len(lams)} lams."
        )
    mean = errors.mean(axis=1)
    se = errors.std(axis=1, ddof=1) / np.sqrt(errors.shape[1])
    # Of equal means the largest lam is best; rounding must not exclude the best itself.
    best = max(np.flatnonzero(mean == mean.min()), key=lambda i: lams[i])
    near = mean <= mean[best] + se[best]
    return CrossValidation(lams, errors, mean, se, float(lams[best]), float(lams[near].max()))


def relaxed_lasso(X, y, lam, blend=0.0):
    """Undo the lasso's shrinkage on the features that it selects.

    `blend` in [0, 1] is the lasso's share: 0 is least squares on its support (also called the
    debiased or post-lasso; the "desparsified" lasso is something else), 1 the lasso itself.
    Meinshausen (2007), in the form of Hastie, Tibshirani & Tibshirani (2020), equation (4).

    Returns
    -------
    LinearModel
        `coef`, with the lasso's zeros, `intercept` and `predict(X)`.
    """
    X, y = check_data(X, y)
    blend = check_number(blend, "blend", low=0, high=1)
    model = lasso(X, y, lam)
    support = np.flatnonzero(model.coef)
    free, intercept = np.zeros(X.shape[1]), y.mean()
    if len(support):
        refit = ridge(X[:, support], y, 0)  # least squares; of least norm if not unique
        free[support], intercept = refit.coef, refit.intercept
    return LinearModel(
        blend * model.coef + (1 - blend) * free,
        float(blend * model.intercept + (1 - blend) * intercept),
    )


def resamples(n, count, *, half=False, rng=0):
    """Yield `count` arrays of samples: n drawn with replacement or, if `half`, n // 2 without.

    Efron (1979) and Meinshausen & Buehlmann (2010).
    """
    n, rng = check_count(n, "n"), np.random.default_rng(rng)
    if half and n < 2:
        raise ValueError("n must be at least 2 to draw a half, got 1.")
    for _ in range(check_count(count, "count")):
        yield rng.permutation(n)[: n // 2] if half else rng.integers(n, size=n)


def selection_frequencies(X, y, lams, *, n_resamples=100, half=False, rng=0):
    """Return how often the lasso selects each feature, (n_lams, n_features), in `resamples`.

    With `half` this is the selection probability of stability selection. A frequency tells how
    stable a choice is, not how likely it is right: of two equal columns each may get one half.
    """
    X, y = check_data(X, y)
    lams = check_lams(lams)
    counts = np.zeros((len(lams), X.shape[1]))
    for rows in resamples(len(y), n_resamples, half=half, rng=rng):
        counts += lasso_path(X[rows], y[rows], lams).coefs != 0
    return counts / n_resamples


def stable_features(frequencies, threshold=0.6):
    """Return the features whose frequency reaches `threshold` at some lam; threshold in (0.5, 1].

    `frequencies` is (n_lams, n_features). Meinshausen & Buehlmann (2010), definition 2.
    """
    frequencies = check_array(frequencies, "frequencies", ndim=2)
    return np.flatnonzero(frequencies.max(axis=0) >= _check_threshold(threshold))


def false_selections_bound(n_selected, n_features, threshold=0.6):
    """Return the bound n_selected^2 / ((2 threshold - 1) n_features) on wrong stable features.

    It bounds their expected number; `n_selected` >= 0 is the mean number of features that one
    half sample selects over all lams; threshold in (0.5, 1]. Assumes that the wrong features are
    exchangeable and the lasso beats guessing. Meinshausen & Buehlmann (2010), theorem 1.
    """
    n_selected = check_number(n_selected, "n_selected", low=0)
    margin = 2 * _check_threshold(threshold) - 1
    return n_selected**2 / (margin * check_count(n_features, "n_features"))


def _check_threshold(threshold):
    threshold = check_number(threshold, "threshold", high=1, low=0.5)
    if threshold == 0.5:
        raise ValueError("threshold must be above 0.5, got 0.5.")
    return threshold
