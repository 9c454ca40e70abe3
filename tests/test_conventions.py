"""Oracle: both sides are fitted, by scikit-learn, PyTorch or SciPy, and their coefficients agree.

The reference fit minimises the course's loss as it is written, by SciPy, through none of the
conversions; for the lasso and the ridge it is the package's own, tested in test_linear.py.
"""

import numpy as np
import pytest
import torch
from scipy import stats
from scipy.optimize import minimize
from sklearn.linear_model import ElasticNet, Lasso, LogisticRegression, Ridge

from regularization import conventions
from regularization.conventions import (
    LOSSES,
    gaussian_prior_from_lam,
    lam_from_gaussian_prior,
    lam_from_laplace_prior,
    lam_from_lasso_alpha,
    lam_from_logistic_C,
    lam_from_penalty,
    lam_from_ridge_alpha,
    lam_from_weight_decay,
    laplace_prior_from_lam,
    lasso_alpha_from_lam,
    logistic_C_from_lam,
    loss_factor,
    penalty_from_lam,
    ridge_alpha_from_lam,
    weight_decay_from_lam,
)
from regularization.linear import elastic_net, lasso, ridge

N, P = 60, 4
rng = np.random.default_rng(0)
X = rng.normal(size=(N, P)) @ np.diag([1.0, 2.0, 0.5, 1.0]) + 0.3
Y = X @ [1.0, -0.5, 0.0, 0.7] + 3 + 0.5 * rng.normal(size=N)
LABELS = (X @ [1.0, -0.5, 0.0, 0.7] + rng.normal(size=N) > 0.4).astype(float)

lams = pytest.mark.parametrize("lam", [0.01, 0.1, 0.5])


def minimise(loss, l1=False):
    """Minimise loss(w, b) by L-BFGS; with `l1` over w = u - v with u, v >= 0, which is smooth."""

    def split(theta):
        return (theta[:P] - theta[P:-1] if l1 else theta[:P]), theta[-1]

    theta = np.zeros(2 * P + 1 if l1 else P + 1)
    positive = [(0, None)] * (2 * P) if l1 else [(None, None)] * P
    result = minimize(
        lambda theta: loss(*split(theta)) if not l1 else loss(*split(theta), theta[:-1].sum()),
        theta,
        method="L-BFGS-B",
        jac="3-point",
        bounds=[*positive, (None, None)],
        options={"ftol": 1e-15, "gtol": 1e-9, "maxiter": 5000, "maxfun": 100_000},
    )
    return split(result.x)


def cross_entropy(w, b):
    return np.mean(np.logaddexp(0, (1 - 2 * LABELS) * (X @ w + b)))


# --- scikit-learn ------------------------------------------------------------------------------


@lams
def test_lasso(lam):
    w = Lasso(alpha=lasso_alpha_from_lam(lam), tol=1e-12).fit(X, Y).coef_
    np.testing.assert_allclose(lasso(X, Y, lam).coef, w, atol=1e-6)
    assert lam_from_lasso_alpha(lasso_alpha_from_lam(lam)) == lam


@lams
@pytest.mark.parametrize("l1_ratio", [0.2, 0.8])
def test_elastic_net(lam, l1_ratio):
    w = ElasticNet(alpha=lasso_alpha_from_lam(lam), l1_ratio=l1_ratio, tol=1e-12).fit(X, Y).coef_
    np.testing.assert_allclose(elastic_net(X, Y, lam, l1_ratio).coef, w, atol=1e-5)


@lams
def test_ridge(lam):
    alpha = ridge_alpha_from_lam(lam, N)
    np.testing.assert_allclose(
        ridge(X, Y, lam).coef, Ridge(alpha=alpha).fit(X, Y).coef_, atol=1e-10
    )
    assert lam_from_ridge_alpha(alpha, N) == pytest.approx(lam, rel=1e-15)


@lams
def test_logistic_l2(lam):
    C = logistic_C_from_lam(lam, N)
    w, b = minimise(lambda w, b: cross_entropy(w, b) + lam / 2 * w @ w)
    fit = LogisticRegression(C=C, tol=1e-10, max_iter=10_000).fit(X, LABELS)
    np.testing.assert_allclose(fit.coef_[0], w, atol=1e-5)
    assert fit.intercept_[0] == pytest.approx(b, abs=1e-5)
    assert lam_from_logistic_C(C, N) == pytest.approx(lam, rel=1e-15)


@pytest.mark.parametrize("lam", [0.01, 0.1])
@pytest.mark.parametrize("l1_ratio", [0.5, 1.0])
def test_logistic_l1(lam, l1_ratio):
    w, b = minimise(
        lambda w, b, norm: (
            cross_entropy(w, b) + lam * (l1_ratio * norm + (1 - l1_ratio) / 2 * w @ w)
        ),
        l1=True,
    )
    fit = LogisticRegression(
        C=logistic_C_from_lam(lam, N), l1_ratio=l1_ratio, solver="saga", tol=1e-10, max_iter=50_000
    ).fit(X, LABELS)
    np.testing.assert_allclose(fit.coef_[0], w, atol=1e-4)
    assert fit.intercept_[0] == pytest.approx(b, abs=1e-4)


# --- PyTorch -----------------------------------------------------------------------------------


def torch_fit(criterion, target, weight_decay, lr):
    """Full-batch SGD, no decay on the bias, to convergence."""
    model = torch.nn.Linear(P, 1).double()
    groups = [{"params": [model.weight], "weight_decay": weight_decay}, {"params": [model.bias]}]
    optimizer = torch.optim.SGD(groups, lr=lr, momentum=0.9)
    inputs, target = torch.tensor(X), torch.tensor(target)[:, None]
    for _ in range(1500):
        optimizer.zero_grad()
        criterion(model(inputs), target).backward()
        optimizer.step()
    return model.weight.detach().numpy()[0], model.bias.item()


@pytest.mark.parametrize(
    ("reduction", "loss", "lr"),
    [("mean", "mean of squares", 0.02), ("sum", "sum of squares", 0.02 / N)],
)
def test_weight_decay_with_mse(reduction, loss, lr):
    lam = 0.3
    weight_decay = weight_decay_from_lam(lam, loss, N)
    w, b = torch_fit(torch.nn.MSELoss(reduction=reduction), Y, weight_decay, lr)
    model = ridge(X, Y, lam)
    np.testing.assert_allclose(w, model.coef, atol=1e-8)
    assert b == pytest.approx(model.intercept, abs=1e-8)
    assert lam_from_weight_decay(weight_decay, loss, N) == pytest.approx(lam, rel=1e-15)


@pytest.mark.parametrize(
    ("reduction", "loss", "lr"),
    [("mean", "mean cross-entropy", 0.3), ("sum", "sum of cross-entropy", 0.3 / N)],
)
def test_weight_decay_with_cross_entropy(reduction, loss, lr):
    weight_decay = weight_decay_from_lam(0.1, loss, N)
    w, b = torch_fit(torch.nn.BCEWithLogitsLoss(reduction=reduction), LABELS, weight_decay, lr)
    C = logistic_C_from_lam(0.1, N)
    fit = LogisticRegression(C=C, tol=1e-12, max_iter=10_000).fit(X, LABELS)
    np.testing.assert_allclose(w, fit.coef_[0], atol=1e-6)
    assert b == pytest.approx(fit.intercept_[0], abs=1e-6)


def test_claims_in_one_number_each():
    assert weight_decay_from_lam(0.3, "mean of squares") == 0.6  # MSELoss has no one half
    assert weight_decay_from_lam(0.3, "mean cross-entropy") == 0.3
    assert ridge_alpha_from_lam(0.3, 10) == pytest.approx(3)
    assert logistic_C_from_lam(0.25, 10) == pytest.approx(0.4)


# --- any loss, any penalty ---------------------------------------------------------------------

SQUARES = {
    "half mean of squares": lambda r: np.mean(r**2) / 2,
    "mean of squares": lambda r: np.mean(r**2),
    "half sum of squares": lambda r: np.sum(r**2) / 2,
    "sum of squares": lambda r: np.sum(r**2),
}


@pytest.mark.parametrize("loss", SQUARES)
def test_penalty_on_every_squared_loss(loss):
    lam, value = 0.2, SQUARES[loss]
    weight = penalty_from_lam(lam, loss, N)
    scale = value(np.ones(N))  # keeps the numerical optimiser's tolerances comparable
    w, _ = minimise(lambda w, b: (value(Y - X @ w - b) + weight * w @ w / 2) / scale)
    np.testing.assert_allclose(w, ridge(X, Y, lam).coef, atol=1e-5)
    w, _ = minimise(
        lambda w, b, norm: (value(Y - X @ w - b) + weight * norm) / scale,
        l1=True,
    )
    np.testing.assert_allclose(w, lasso(X, Y, lam).coef, atol=1e-4)
    assert lam_from_penalty(weight, loss, N) == pytest.approx(lam, rel=1e-15)


# --- priors ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("prior", "sigma"), [(0.3, 0.5), (1.0, 0.5), (0.3, 2.0)])
def test_gaussian_prior_is_the_ridge(prior, sigma):
    def minus_log_posterior(w, b):
        noise = stats.norm.logpdf(Y - X @ w - b, scale=sigma).sum()
        return -noise - stats.norm.logpdf(w, scale=prior).sum()

    lam = lam_from_gaussian_prior(prior, sigma, N)
    w, _ = minimise(minus_log_posterior)
    np.testing.assert_allclose(w, ridge(X, Y, lam).coef, atol=1e-5)
    assert gaussian_prior_from_lam(lam, sigma, N) == pytest.approx(prior, rel=1e-14)


@pytest.mark.parametrize(("prior", "sigma"), [(0.05, 0.5), (1.0, 0.5), (0.3, 2.0)])
def test_laplace_prior_is_the_lasso(prior, sigma):
    def minus_log_posterior(w, b):
        noise = stats.norm.logpdf(Y - X @ w - b, scale=sigma).sum()
        return -noise - stats.laplace.logpdf(w, scale=prior).sum()

    lam = lam_from_laplace_prior(prior, sigma, N)
    model = lasso(X, Y, lam)
    best = minimize(
        lambda theta: minus_log_posterior(theta[:P], theta[P]),
        np.append(np.linalg.lstsq(X - X.mean(axis=0), Y - Y.mean())[0], Y.mean()),
        method="Powell",
        options={"xtol": 1e-10, "ftol": 1e-15, "maxiter": 10_000},
    )
    np.testing.assert_allclose(best.x[:P], model.coef, atol=1e-4)
    assert minus_log_posterior(model.coef, model.intercept) <= best.fun + 1e-9
    assert laplace_prior_from_lam(lam, sigma, N) == pytest.approx(prior, rel=1e-14)


# --- bad input ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: loss_factor("hinge"), ValueError, "loss must be one of half mean of squares, "),
        (lambda: loss_factor("sum of squares"), ValueError, "n, the number of samples, is needed"),
        (lambda: ridge_alpha_from_lam(1, 2.5), ValueError, "n must be a whole number, got 2.5"),
        (lambda: ridge_alpha_from_lam(-1, 3), ValueError, "lam must be at least 0, got -1"),
        (lambda: lam_from_ridge_alpha(-1, 3), ValueError, "alpha must be at least 0, got -1"),
        (lambda: lam_from_lasso_alpha(np.nan), ValueError, "alpha must be finite"),
        (lambda: logistic_C_from_lam(0, 3), ValueError, "lam must be above 0, got 0"),
        (lambda: lam_from_logistic_C(0, 3), ValueError, "C must be above 0, got 0"),
        (lambda: lam_from_weight_decay(-1, "mean of squares"), ValueError, "weight_decay must be"),
        (lambda: lam_from_gaussian_prior(0, 1, 3), ValueError, "tau must be above 0, got 0"),
        (lambda: lam_from_laplace_prior(1, -1, 3), ValueError, "sigma must be above 0, got -1"),
        (lambda: gaussian_prior_from_lam(0, 1, 3), ValueError, "lam must be above 0, got 0"),
        (lambda: laplace_prior_from_lam("1", 1, 3), TypeError, "lam must hold real numbers"),
    ],
)
def test_bad_input(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_every_loss_is_tested_and_every_function_documented():
    cross_entropies = {"mean cross-entropy", "sum of cross-entropy"}
    assert set(SQUARES) | cross_entropies == set(LOSSES)
    functions = [f for f in vars(conventions).values() if callable(f)]
    assert all(f.__doc__ for f in functions)
