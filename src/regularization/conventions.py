"""Whose lambda: the course's `lam` as priors, scikit-learn, PyTorch and summed losses write it.

The course's loss is a mean: ||y - X w - b||^2 / (2 n), or the mean cross-entropy, plus
lam ||w||_1, (lam/2) ||w||^2, or lam (l1_ratio ||w||_1 + (1 - l1_ratio)/2 ||w||^2). The mixing
`l1_ratio` of scikit-learn's ElasticNet and LogisticRegression is the course's own.

One rule makes every conversion: a loss k times as large needs a penalty k times as large. Only
those below that divide by lam or by their argument refuse 0; all take one number >= 0 and the
number of samples `n` >= 1, return a float, and raise TypeError or ValueError for anything else.
"""

from regularization.validation import check_count, check_number, check_positive

# How often each loss holds the course's: (factor, is it a sum over samples).
LOSSES = {
    "half mean of squares": (1, False),  # the course; Lasso, ElasticNet
    "mean of squares": (2, False),  # torch.nn.MSELoss() on one output
    "half sum of squares": (1, True),  # minus the log-likelihood at sigma = 1
    "sum of squares": (2, True),  # Ridge; torch.nn.MSELoss(reduction="sum")
    "mean cross-entropy": (1, False),  # the course; torch.nn.CrossEntropyLoss()
    "sum of cross-entropy": (1, True),  # LogisticRegression; CrossEntropyLoss(reduction="sum")
}


def loss_factor(loss, n=None):
    """Return how many times the course's loss `loss` is; `loss` is a key of LOSSES.

    A sum needs the number of samples `n`; a mean ignores it.
    """
    if loss not in LOSSES:
        raise ValueError(f"loss must be one of {', '.join(LOSSES)}, got {loss!r}.")
    factor, is_sum = LOSSES[loss]
    if is_sum and n is None:
        raise ValueError(f"n, the number of samples, is needed for the {loss}.")
    return float(factor * check_count(n, "n") if is_sum else factor)


def penalty_from_lam(lam, loss, n=None):
    """Return the weight beside `loss` of the same penalty: lam times as often as it holds ours.

    For the penalties as the course writes them, ||w||_1 and ||w||^2 / 2.
    """
    return check_number(lam, "lam", low=0) * loss_factor(loss, n)


def lam_from_penalty(penalty, loss, n=None):
    """Return lam of a penalty of weight `penalty` beside `loss`."""
    return check_number(penalty, "penalty", low=0) / loss_factor(loss, n)


# --- scikit-learn --------------------------------------------------------------------------------


def lasso_alpha_from_lam(lam):
    """Return `alpha` of scikit-learn's Lasso and ElasticNet: lam itself."""
    return penalty_from_lam(lam, "half mean of squares")


def lam_from_lasso_alpha(alpha):
    """Return lam of scikit-learn's Lasso(alpha) or ElasticNet(alpha): alpha itself."""
    return lam_from_penalty(check_number(alpha, "alpha", low=0), "half mean of squares")


def ridge_alpha_from_lam(lam, n):
    """Return `alpha` of scikit-learn's Ridge, n * lam.

    Its loss is ||y - X w||^2 + alpha ||w||^2, which has neither 1/n nor one half.
    """
    return penalty_from_lam(lam, "sum of squares", n) / 2


def lam_from_ridge_alpha(alpha, n):
    """Return lam of scikit-learn's Ridge(alpha), alpha / n."""
    return lam_from_penalty(2 * check_number(alpha, "alpha", low=0), "sum of squares", n)


def logistic_C_from_lam(lam, n):
    """Return `C` of scikit-learn's LogisticRegression, 1 / (n lam); lam > 0.

    It weighs the summed loss by C instead of the penalty by lam; so do LinearSVC and SVC. Note
    that the solver liblinear penalises the intercept.
    """
    return 1 / penalty_from_lam(check_positive(lam, "lam"), "sum of cross-entropy", n)


def lam_from_logistic_C(C, n):
    """Return lam of scikit-learn's LogisticRegression(C=C), 1 / (n C); C > 0."""
    return lam_from_penalty(1 / check_positive(C, "C"), "sum of cross-entropy", n)


# --- PyTorch -------------------------------------------------------------------------------------


def weight_decay_from_lam(lam, loss, n=None):
    """Return `weight_decay` of torch.optim.SGD that makes `loss` (a key of LOSSES) the ridge's.

    SGD adds weight_decay * w to the gradient: a penalty weight_decay/2 ||w||^2. So it is 2 lam
    with MSELoss and lam with CrossEntropyLoss, provided that biases are put in a group without
    decay. For AdamW it is no penalty at all: Loshchilov & Hutter (2019).
    """
    return penalty_from_lam(lam, loss, n)


def lam_from_weight_decay(weight_decay, loss, n=None):
    """Return lam of torch.optim.SGD(weight_decay=weight_decay) on `loss` (a key of LOSSES)."""
    return lam_from_penalty(check_number(weight_decay, "weight_decay", low=0), loss, n)


# --- priors: the penalised fit is the maximum a posteriori ---------------------------------------


def lam_from_gaussian_prior(tau, sigma, n):
    """Return lam = sigma^2 / (n tau^2) of the ridge for w_j ~ N(0, tau^2), noise N(0, sigma^2).

    tau > 0, sigma > 0. Minus the log-posterior is ||r||^2 / (2 sigma^2) + ||w||^2 / (2 tau^2);
    times sigma^2 / n it is the course's loss.
    """
    sigma, tau = check_positive(sigma, "sigma"), check_positive(tau, "tau")
    return sigma**2 / (check_count(n, "n") * tau**2)


def gaussian_prior_from_lam(lam, sigma, n):
    """Return tau = sigma / sqrt(n lam), the prior's standard deviation; lam > 0, sigma > 0."""
    n_lam = check_count(n, "n") * check_positive(lam, "lam")
    return check_positive(sigma, "sigma") / n_lam**0.5


def lam_from_laplace_prior(b, sigma, n):
    """Return lam = sigma^2 / (n b) of the lasso for w_j of density exp(-|w_j| / b) / (2 b).

    b > 0, sigma > 0, noise N(0, sigma^2). Only the mode is sparse: the posterior mean is not.
    Tibshirani (1996), section 5; Park & Casella (2008).
    """
    sigma, b = check_positive(sigma, "sigma"), check_positive(b, "b")
    return sigma**2 / (check_count(n, "n") * b)


def laplace_prior_from_lam(lam, sigma, n):
    """Return b = sigma^2 / (n lam), the prior's scale; lam > 0, sigma > 0."""
    n_lam = check_count(n, "n") * check_positive(lam, "lam")
    return check_positive(sigma, "sigma") ** 2 / n_lam
