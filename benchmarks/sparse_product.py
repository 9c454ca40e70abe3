"""From which density on does a sparse weight matrix slow a product down?"""

import numpy as np
import scipy
from scipy import sparse

from benchmarks.race import Row, race

SIZE = 2000


def rows() -> list[Row]:
    return [_compare(density) for density in (0.01, 0.05, 0.1, 0.2, 0.5)]


def _compare(density: float) -> Row:
    rng = np.random.default_rng(0)
    kept = rng.random((SIZE, SIZE)) < density
    dense = np.where(kept, rng.normal(size=kept.shape), 0).astype(np.float32)
    csr = sparse.csr_array(dense)
    x = rng.normal(size=SIZE).astype(np.float32)
    np.testing.assert_allclose(csr @ x, dense @ x, rtol=1e-3, atol=1e-3)
    return race(
        f"matrix times vector, {SIZE} x {SIZE}, density {density:.0%}: CSR",
        lambda: csr @ x,
        f"dense NumPy {np.__version__} (CSR by SciPy {scipy.__version__})",
        lambda: dense @ x,
        repeats=51,
    )
