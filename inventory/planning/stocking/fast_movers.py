"""Demands too large to be counted unit by unit while a network is planned: read as normal, all places at once.

A negative binomial of this many units whose spread is well below its mean is close to a normal; what is planned with it
is judged exactly elsewhere. Planning a fast mover by counting costs as many steps as it has units on their way.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from inventory.planning.stocking import normal
from inventory.planning.stocking.normal import Floats

Wholes = npt.NDArray[np.int64]

COUNTED_MEAN_MAX = 40.0
COUNTED_SPREAD_MAX = 10.0
"""Where the standard deviation, or an order, is more units than this, several are counted as one."""
CONTINUITY = 0.5


class Missing(NamedTuple):
    """What a stock leaves unfilled. Shapes: (n,) each. Units: base units, their square, a share."""

    mean: Floats
    variance: Floats
    fill: Floats


def is_fast(mean: Floats, variance: Floats) -> npt.NDArray[np.bool_]:
    """Whether a demand is read as normal. Shapes: (n,)."""
    return np.asarray((mean > COUNTED_MEAN_MAX) | (variance > COUNTED_MEAN_MAX**2))


def unit_of(variance: Floats, lump: Floats) -> Floats:
    """In how many base units at once a demand is counted: a fine count of a wide spread changes nothing.

    Shapes: (n,) each.
    """
    unit: Floats = np.maximum(np.ceil(np.maximum(np.sqrt(variance), lump) / COUNTED_SPREAD_MAX), 1.0)
    return unit


def lump_in(unit: Floats, lump: Floats) -> Floats:
    """The mean order in units of so many base units. Shapes: (n,) each."""
    in_units: Floats = np.maximum(((2 * lump - 1) / unit + 1) / 2, 1.0)
    return in_units


def missing(mean: Floats, variance: Floats, stock: Floats | Wholes, lump: Floats) -> Missing:
    """Mean and variance of the units missing and the share met at once; see metric.back_orders.

    The units before a unit in its own order are geometric with mean lump - 1 and come on top of what is on its way.

    Shapes: (n,) each. Units: base units.
    Source: the partial moments of the normal, e.g. Winkler, Roodman and Britney (1972), Management Science 19(3).
    """
    deviation = np.sqrt(np.maximum(variance, mean))
    z = (stock - mean) / deviation
    tail, density = normal.upper_tail(z), normal.density(z)
    first = np.maximum(deviation * (density - z * tail), 0.0)
    second = np.maximum(deviation**2 * ((1 + z * z) * tail - z * density), 0.0)
    before, spread = _with_own_order(mean, variance, lump)
    fill = 1.0 - normal.upper_tail((stock - CONTINUITY - before) / spread)
    return Missing(first, np.maximum(second - first * first, 0.0), fill)


def best_for_fill(mean: Floats, variance: Floats, lump: Floats, price: Floats, weight: Floats) -> Floats:
    """The stock above the mean at which price times stock and weight times the share missed are least.

    Shapes: (n,) each; the answer is -inf where no stock pays. Units: base units, not whole.
    """
    before, spread = _with_own_order(mean, variance, lump)
    worth = weight / (np.maximum(price, 1e-12) * spread * np.sqrt(2 * np.pi))
    z = np.sqrt(2 * np.log(np.maximum(worth, 1.0)))
    return np.where(worth > 1.0, before + CONTINUITY + spread * z, -np.inf)


def best_for_wait(mean: Floats, variance: Floats, price: Floats, weight: Floats) -> Floats:
    """The stock at which price times stock and weight times the units back-ordered are least: a quantile.

    Shapes: (n,) each; the answer is -inf where no stock pays. Units: base units, not whole.
    """
    share = 1.0 - np.divide(price, weight, out=np.ones_like(price), where=weight > 0)
    z = normal.quantile(np.clip(share, 1e-14, 1 - 1e-14))
    return np.where(share > 0, mean + np.sqrt(np.maximum(variance, mean)) * z, -np.inf)


def _with_own_order(mean: Floats, variance: Floats, lump: Floats) -> tuple[Floats, Floats]:
    return mean + lump - 1, np.sqrt(np.maximum(variance, mean) + lump * (lump - 1))
