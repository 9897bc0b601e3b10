"""The standard normal distribution over arrays: tail, loss and their inverses, for demands too large to be counted."""

import math
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

ROUNDS_MAX = 60
SETTLED = 1e-13

_erfc = np.vectorize(math.erfc, otypes=[np.float64])
_inverse = np.vectorize(NormalDist().inv_cdf, otypes=[np.float64])


def density(z: Floats) -> Floats:
    """Density at z. Shapes: any, the answer alike."""
    return np.asarray(np.exp(-0.5 * z * z) / math.sqrt(2 * math.pi), dtype=np.float64)


def upper_tail(z: Floats) -> Floats:
    """P(Z > z). Shapes: any, the answer alike."""
    return np.asarray(0.5 * _erfc(z / math.sqrt(2)) if z.size else np.zeros_like(z), dtype=np.float64)


def quantile(share: Floats) -> Floats:
    """The z with P(Z <= z) = share. Shapes: any, the answer alike. Raises: StatisticsError outside (0, 1)."""
    return np.asarray(_inverse(share) if share.size else np.zeros_like(share), dtype=np.float64)


def unit_loss(z: Floats) -> Floats:
    """E[(Z - z)+], the standard loss function. Shapes: any, the answer alike."""
    return np.maximum(density(z) - z * upper_tail(z), 0.0)


def inverse_unit_loss(loss: Floats) -> Floats:
    """The z whose standard loss is `loss`, by Newton's method on its logarithm, which is concave: no round overshoots.

    Shapes: any, the answer alike. Units: losses above zero; below 1e-15 they are read as 1e-15.
    """
    wanted = np.maximum(loss, 1e-15)
    z = np.where(wanted > 0.39, -wanted, 0.0)
    for _ in range(ROUNDS_MAX):
        here = np.maximum(unit_loss(z), 1e-300)
        step = np.log(here / wanted) * here / upper_tail(z)
        z = np.minimum(z + step, 8.0)
        if not (np.abs(step) > SETTLED * (1 + np.abs(z))).any():
            break
    return z


def loss(mean: Floats, deviation: Floats, stock: Floats) -> Floats:
    """E[(X - stock)+] of a normal X; of a sure X where the deviation is zero.

    Shapes: (n,) each. Units: base units.
    Source: Snyder and Shen (2019), Fundamentals of Supply Chain Theory, 2nd edition, appendix C.3.1.
    """
    spread = np.where(deviation > 0, deviation, 1.0)
    sure = np.maximum(mean - stock, 0.0)
    return np.where(deviation > 0, spread * unit_loss((stock - mean) / spread), sure)
