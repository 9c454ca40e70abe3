"""The conversion tables of book/conventions.md: each row's code is read off the page and fitted.

The oracle is this package's own fit, which test_linear.py and test_logistic.py hold against others.
"""

import os
import re
import warnings

import numpy as np
import pytest
import torch
from pages import ROOT
from sklearn.linear_model import ElasticNet, Lasso, LogisticRegression, Ridge, SGDRegressor
from sklearn.neural_network import MLPRegressor

from regularization.linear import elastic_net, lasso, ridge
from regularization.logistic import logistic

PAGE = (ROOT / "book/conventions.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\|.*\| `([^`]+)` \|$", PAGE, re.MULTILINE)

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:keras")

n, lam, l1_ratio, keep_prob = 60, 0.05, 0.3, 0.8
rng = np.random.default_rng(0)
X = rng.normal(size=(n, 4)) * [1.0, 2.0, 0.5, 1.0]
X -= X.mean(axis=0)  # the iterative peers then need few steps
Y = X @ [2.0, -1.0, 0.0, 1.4] + 3 + 0.5 * rng.normal(size=n)
LABELS = (X @ [1.0, -0.5, 0.0, 0.7] + rng.normal(size=n) > 0).astype(float)
NAMES = {
    "lam": lam,
    "l1_ratio": l1_ratio,
    "n": n,
    "sd_y": Y.std(),
    "l1": lam * l1_ratio,
    "l2": lam * (1 - l1_ratio) * Y.std(),
    "keep_prob": keep_prob,
    "FALSE": False,
}
RIDGE, LASSO = ridge(X, Y, lam).coef, lasso(X, Y, lam).coef
NET = elastic_net(X, Y, lam, l1_ratio).coef
LOGIT_L2, LOGIT_L1 = logistic(X, LABELS, lam).coef, logistic(X, LABELS, lam, 1.0).coef


def settings(code: str) -> dict[str, float]:
    """The named arguments of a row's call, in Python or R, with their values."""
    parts = code[code.index("(") + 1 : -1].split(",")
    pairs = (part.split("=") for part in parts if "=" in part)
    return {name.strip(): eval(value, {}, NAMES) for name, value in pairs}


def sgd(*, weight_decay, loss, target):
    """Full-batch torch.optim.SGD; decay on the weight, none on the bias."""
    model = torch.nn.Linear(4, 1).double()
    groups = [{"params": [model.weight], "weight_decay": weight_decay}, {"params": [model.bias]}]
    optimizer = torch.optim.SGD(groups, lr=0.2)
    inputs, target = torch.from_numpy(X), torch.from_numpy(target)[:, None]
    for _ in range(2000):
        optimizer.zero_grad()
        loss(model(inputs), target).backward()
        optimizer.step()
    return model.weight.detach().numpy()[0]


@pytest.fixture(scope="module")
def keras(tmp_path_factory):
    """Keras on PyTorch; it must be told before it is imported."""
    os.environ |= {"KERAS_BACKEND": "torch", "KERAS_HOME": str(tmp_path_factory.mktemp("keras"))}
    import keras

    return keras


def keras_fit(keras, regularizer, loss, activation, target, learning_rate):
    keras.utils.set_random_seed(0)
    layer = keras.layers.Dense(1, activation=activation, kernel_regularizer=regularizer)
    model = keras.Sequential([keras.Input((4,)), layer])
    model.compile(optimizer=keras.optimizers.SGD(learning_rate), loss=loss)
    data = X.astype("float32"), target.astype("float32")
    model.fit(*data, batch_size=n, epochs=300, verbose=0)
    return keras.ops.convert_to_numpy(layer.kernel)[:, 0]


def glmnet(binomial=False, **row):
    """glmnet's own Fortran. It wants its λ as a descending path."""
    glmnet = pytest.importorskip("glmnet")  # no wheel for the newest Pythons
    path = row["lambda"] * np.array([9.0, 3.0, 1.0])
    model = glmnet.LogitNet if binomial else glmnet.ElasticNet
    fit = model(
        alpha=row["alpha"], lambda_path=path, standardize=row["standardize"], n_splits=0, tol=1e-12
    ).fit(X, LABELS if binomial else Y)
    return fit.coef_path_[..., -1].ravel()


def with_constant(alpha):
    """statsmodels' design, and its penalty with 0 for the constant."""
    return np.c_[np.ones(n), X], np.r_[0, np.full(4, alpha)]


def ols(alpha, L1_wt):
    import statsmodels.api as sm

    design, alpha = with_constant(alpha)
    model = sm.OLS(Y, design)
    return model.fit_regularized(alpha=alpha, L1_wt=L1_wt, cnvrg_tol=1e-12).params[1:]


def logit(alpha):
    import statsmodels.api as sm

    design, alpha = with_constant(alpha)
    model = sm.Logit(LABELS, design)
    return model.fit_regularized(alpha=alpha, disp=0, acc=1e-12, maxiter=5000).params[1:]


def glm(alpha, L1_wt):
    import statsmodels.api as sm

    design, alpha = with_constant(alpha)
    model = sm.GLM(LABELS, design, family=sm.families.Binomial())
    fit = model.fit_regularized(alpha=alpha, L1_wt=L1_wt, cnvrg_tol=1e-12, maxiter=5000)
    return fit.params[1:]


def mean_squares(**row):
    return sgd(loss=torch.nn.MSELoss(), target=Y, **row)


def mean_cross_entropy(**row):
    return sgd(loss=torch.nn.BCEWithLogitsLoss(), target=LABELS, **row)


exact = {"tol": 1e-12, "max_iter": 100_000}
slow = {"max_iter": 5000, "tol": None, "average": True, "random_state": 0}
# How a row's call begins: (the peer's fit from the row's settings, this book's fit, tolerance).
FITS = {
    "Lasso(": (lambda **row: Lasso(**exact, **row).fit(X, Y).coef_, LASSO, 1e-6),
    "ElasticNet(": (lambda **row: ElasticNet(**exact, **row).fit(X, Y).coef_, NET, 1e-6),
    "Ridge(": (lambda **row: Ridge(**row).fit(X, Y).coef_, RIDGE, 1e-8),
    "SGDRegressor(": (lambda **row: SGDRegressor(**slow, **row).fit(X, Y).coef_, RIDGE, 5e-3),
    "MLPRegressor(": (
        lambda **row: (
            MLPRegressor(hidden_layer_sizes=(), solver="lbfgs", tol=1e-14, max_iter=5000, **row)
            .fit(X, Y)
            .coefs_[0][:, 0]
        ),
        RIDGE,
        1e-4,
    ),
    "glmnet(x, y, alpha = 1,": (glmnet, LASSO, 1e-5),
    "glmnet(x, y, alpha = 0,": (glmnet, RIDGE, 1e-5),
    "glmnet(x, y, alpha = l1 /": (glmnet, NET, 1e-5),
    "OLS.": (ols, NET, 1e-6),
    "torch.optim.SGD(weight_decay=2 * lam": (mean_squares, RIDGE, 1e-6),
    "LogisticRegression(C=1 / (n * lam))": (
        lambda **row: LogisticRegression(**exact, **row).fit(X, LABELS).coef_[0],
        LOGIT_L2,
        1e-5,
    ),
    "LogisticRegression(C=1 / (n * lam), l1_ratio": (
        lambda **row: LogisticRegression(**exact, **row).fit(X, LABELS).coef_[0],
        LOGIT_L1,
        1e-5,
    ),
    'glmnet(x, y, "binomial", alpha = 1': (lambda **row: glmnet(True, **row), LOGIT_L1, 1e-5),
    'glmnet(x, y, "binomial", alpha = 0': (lambda **row: glmnet(True, **row), LOGIT_L2, 1e-5),
    "Logit.": (logit, LOGIT_L1, 1e-5),
    "GLM.": (glm, LOGIT_L1, 1e-6),
    "torch.optim.SGD(weight_decay=lam": (mean_cross_entropy, LOGIT_L2, 1e-6),
}
KERAS_FITS = {
    "keras.regularizers.L2(l2=lam)": ("mse", None, Y, 0.2, RIDGE, 1e-5),
    "keras.regularizers.L1(l1=2 * lam)": ("mse", None, Y, 0.02, LASSO, 5e-3),
    "keras.regularizers.L2(l2=lam / 2)": (
        "binary_crossentropy",
        "sigmoid",
        LABELS,
        1.0,
        LOGIT_L2,
        1e-4,
    ),
}
LAYERS = {"torch.nn.Dropout(", "keras.layers.Dropout(", "torch.nn.B", "keras.layers.B"}


def row_of(start: str) -> str:
    (found,) = [row for row in ROWS if row.startswith(start)]
    return found


def test_every_row_of_the_page_is_fitted_here():
    tested = [row_of(start) for start in (*FITS, *KERAS_FITS, *LAYERS)]
    assert sorted(tested) == sorted(ROWS)


@pytest.mark.parametrize("start", FITS)
def test_row_gives_this_books_fit(start):
    fit, ours, tolerance = FITS[start]
    with warnings.catch_warnings(action="ignore"):  # SAGA and statsmodels on their own tolerances
        theirs = fit(**settings(row_of(start)))
    np.testing.assert_allclose(theirs, ours, atol=tolerance)


@pytest.mark.parametrize("start", KERAS_FITS)
def test_keras_row_gives_this_books_fit(keras, start):
    loss, activation, target, learning_rate, ours, tolerance = KERAS_FITS[start]
    name = start.removeprefix("keras.regularizers.").split("(")[0]
    regularizer = getattr(keras.regularizers, name)(**settings(row_of(start)))
    theirs = keras_fit(keras, regularizer, loss, activation, target, learning_rate)
    np.testing.assert_allclose(theirs, ours, atol=tolerance)


def test_the_fits_tell_conventions_apart():
    """Else a factor of two would pass within the tolerances above."""
    for fit, ours in ((ridge, RIDGE), (lasso, LASSO)):
        for factor in (0.5, 2.0, Y.std(), 1 / Y.std()):
            assert np.abs(fit(X, Y, factor * lam).coef - ours).max() > 0.02
    for ratio, ours in ((0.0, LOGIT_L2), (1.0, LOGIT_L1)):
        for factor in (0.5, 2.0):
            assert np.abs(logistic(X, LABELS, factor * lam, ratio).coef - ours).max() > 0.02


OPTIMIZERS = re.findall(r"^\| `((?:torch|keras)\.optim\w*\.\w+)` .* (\w+) \|$", PAGE, re.MULTILINE)


def decayed(keras, name, gradient, w=4.0, lr=0.1, weight_decay=0.5):
    """One weight after one step."""
    library, kind = name.split(".")[0], name.split(".")[-1]
    if library == "torch":
        weight = torch.nn.Parameter(torch.tensor([w]))
        weight.grad = torch.tensor([gradient])
        getattr(torch.optim, kind)([weight], lr=lr, weight_decay=weight_decay).step()
        return weight.item()
    weight = keras.Variable(np.array([w], "float32"))
    optimizer = getattr(keras.optimizers, kind)(learning_rate=lr, weight_decay=weight_decay)
    optimizer.build([weight])
    optimizer.apply([keras.ops.convert_to_tensor([gradient])], [weight])
    return float(keras.ops.convert_to_numpy(weight)[0])


@pytest.mark.parametrize(("name", "kind"), OPTIMIZERS)
def test_optimizer_decays_as_the_page_says(keras, name, kind):
    """Coupled decay without a loss is a gradient, of which Adam keeps only the sign."""
    decoupled = 4.0 * (1 - 0.1 * 0.5)
    coupled_adam = 4.0 - 0.1
    adaptive = name.endswith("Adam")
    wanted = coupled_adam if kind == "coupled" and adaptive else decoupled
    assert decayed(keras, name, 0.0) == pytest.approx(wanted, abs=1e-5)
    if name.endswith("SGD"):  # one plain step cannot tell; the page says which all the same
        assert decayed(keras, name, 1.0) == pytest.approx(decoupled - 0.1, abs=1e-5)


def test_optimizers_of_the_page():
    assert len(OPTIMIZERS) == 6
    assert {kind for _, kind in OPTIMIZERS} == {"coupled", "decoupled"}


def test_dropout_rows_keep_what_they_say(keras):
    ones = np.ones((100, 1000), dtype="float32")
    layer = torch.nn.Dropout(**settings(row_of("torch.nn.Dropout(")))
    outputs = [layer(torch.from_numpy(ones)).numpy()]
    layer = keras.layers.Dropout(**settings(row_of("keras.layers.Dropout(")))
    outputs.append(keras.ops.convert_to_numpy(layer(ones, training=True)))
    for out in outputs:
        assert (out != 0).mean() == pytest.approx(keep_prob, abs=0.01)
        np.testing.assert_allclose(np.unique(out), [0, 1 / keep_prob], rtol=1e-6)


def test_batch_norm_rows_keep_nine_tenths(keras):
    batch = (3 + 2 * rng.normal(size=(50, 2))).astype("float32")
    theirs = torch.nn.BatchNorm1d(2, **settings(row_of("torch.nn.B")))
    theirs(torch.from_numpy(batch))
    layer = keras.layers.BatchNormalization(**settings(row_of("keras.layers.B")))
    layer(batch, training=True)
    means = theirs.running_mean.numpy(), keras.ops.convert_to_numpy(layer.moving_mean)
    variances = theirs.running_var.numpy(), keras.ops.convert_to_numpy(layer.moving_variance)
    for mean in means:
        np.testing.assert_allclose(mean, 0.1 * batch.mean(axis=0), rtol=1e-4)
    for variance, ddof in zip(variances, (1, 0), strict=True):
        wanted = 0.9 + 0.1 * batch.var(axis=0, ddof=ddof)
        np.testing.assert_allclose(variance, wanted, rtol=1e-4)
    assert (theirs.eps, layer.epsilon) == (1e-5, 1e-3)


def test_code_of_the_page_gives_the_numbers_beside_it():
    lines = re.findall(r"^(conventions\.[^#]+?) +# ([\d.]+)$", PAGE, re.MULTILINE)
    assert len(lines) == 4
    from regularization import conventions

    for call, number in lines:
        assert eval(call, {"conventions": conventions}) == pytest.approx(float(number))
