"""Input checks shared by the package: one clear sentence for each kind of bad input."""

import numpy as np


def check_array(value, name, ndim=None, keep_float32=False, finite=True):
    """Return `value` as a float64 array of `ndim` dimensions (any number when None).

    Lists, integers and, unless `keep_float32`, float32 are converted; a float64 array is passed
    through, not copied. With `finite=False`, NaN and infinity are left for the caller to find.

    Raises
    ------
    TypeError
        If `value` does not hold real numbers.
    ValueError
        If it is ragged, empty, not finite, or has another number of dimensions.
    """
    try:
        array = np.asarray(value)
    except ValueError as error:
        raise ValueError(
            f"{name} must be a rectangular array, got rows of unequal length."
        ) from error
    if array.dtype.kind not in "biuf":
        raise TypeError(f"{name} must hold real numbers in a dense array, got dtype {array.dtype}.")
    if ndim is not None and array.ndim != ndim:
        shape = {
            0: "one number",
            1: "one-dimensional",
            2: "two-dimensional",
            3: "three-dimensional",
            4: "four-dimensional",
        }[ndim]
        raise ValueError(f"{name} must be {shape}, got an array of shape {array.shape}.")
    if array.size == 0:
        raise ValueError(f"{name} must not be empty, got an array of shape {array.shape}.")
    if not (keep_float32 and array.dtype == np.float32):
        array = array.astype(np.float64, copy=False)
    if not finite:
        return array
    # NaN and infinity show in a sum, which unlike np.isfinite(array) allocates nothing. A sum of
    # large numbers may overflow: then the extremes decide.
    with np.errstate(over="ignore", invalid="ignore"):
        finite = np.isfinite(array.sum())
    if not finite and not (np.isfinite(array.min()) and np.isfinite(array.max())):
        raise ValueError(f"{name} must be finite, got NaN or infinity.")
    return array


def check_number(value, name, low=-np.inf, high=np.inf):
    """Return `value` as a float in [low, high].

    Raises
    ------
    TypeError, ValueError
        If it is not one finite real number of that range.
    """
    number = float(check_array(value, name, ndim=0))
    if not low <= number <= high:
        accepted = f"at least {low:g}" if high == np.inf else f"between {low:g} and {high:g}"
        raise ValueError(f"{name} must be {accepted}, got {number:g}.")
    return number


def check_count(value, name):
    """Return `value` as an int of at least 1; raise TypeError or ValueError otherwise."""
    if check_number(value, name, low=1) != int(value):
        raise ValueError(f"{name} must be a whole number, got {value}.")
    return int(value)


def check_keep_prob(keep_prob):
    """Return `keep_prob` as a float in (0, 1]; raise TypeError or ValueError otherwise."""
    number = check_number(keep_prob, "keep_prob")
    if not 0 < number <= 1:
        raise ValueError(f"keep_prob must be in (0, 1], got {number:g}; it is 1 - drop_prob.")
    return number


def check_dtype(dtype):
    """Return `dtype`, float64 or float32, as a NumPy dtype; raise otherwise."""
    dtype = np.dtype(dtype)
    if dtype not in (np.float64, np.float32):
        raise ValueError(f"dtype must be float64 or float32, got {dtype}.")
    return dtype


def check_rng(rng):
    """Return `rng`, a NumPy Generator; raise TypeError otherwise."""
    if not isinstance(rng, np.random.Generator):
        raise TypeError(
            f"rng must be a NumPy Generator such as np.random.default_rng(0), "
            f"got {type(rng).__name__}."
        )
    return rng


def check_lams(lams):
    """Return `lams` as a float64 array (n_lams,) of values >= 0; raise otherwise."""
    lams = check_array(lams, "lams", ndim=1)
    check_number(lams.min(), "each value of lams", low=0)
    return lams


def check_data(X, y, finite_X=True):
    """Return `X` (n_samples, n_features) and `y` (n_samples,) as finite float64 arrays.

    With `finite_X=False`, NaN and infinity in X are left for the caller to find.

    Raises
    ------
    TypeError, ValueError
        If one of them is not an array of finite real numbers, or their lengths differ.
    """
    X, y = check_array(X, "X", ndim=2, finite=finite_X), check_array(y, "y", ndim=1)
    if len(X) != len(y):
        raise ValueError(
            f"X and y must have the same number of samples, got {len(X)} rows and {len(y)} targets."
        )
    return X, y


def check_coef(w, n_features, name="w"):
    """Return `w` as a float64 array (n_features,); raise TypeError or ValueError otherwise."""
    w = check_array(w, name, ndim=1)
    if len(w) != n_features:
        raise ValueError(
            f"{name} must have one value per column of X, got {len(w)} for {n_features} columns."
        )
    return w


def check_positive(value, name):
    """Return `value` as a float above 0; raise TypeError or ValueError otherwise."""
    number = check_number(value, name)
    if number <= 0:
        raise ValueError(f"{name} must be above 0, got {number:g}.")
    return number


def check_groups(groups, n_features):
    """Return `groups` (n_features,), whole numbers, renumbered 0, 1, ...; raise otherwise."""
    groups = check_coef(groups, n_features, "groups")
    if (groups != np.round(groups)).any():
        raise ValueError("groups must hold whole numbers, one label per feature.")
    return np.unique(groups, return_inverse=True)[1]
