"""Where to order a lot that takes the place of a base stock: as late as leaves nobody served worse than by that.

(r, Q) is an even mix of the base stocks r + 1 ... r + Q, so that with a larger lot the point may lie lower. What is
owed is handed down by its mean and its variance (`metric`). A lot owes seldom, but then for long: at the same mean the
variance is larger, and those below would be served worse. So it is the mean of the squares of what is owed that must be
no more than the base stock's; the mean is less then, for the square grows faster than it does.
"""

import numpy as np

from inventory.planning.stocking import fast_movers, normal
from inventory.planning.stocking.forest import Floats, Wholes
from inventory.planning.stocking.metric import start_of

CELLS_AT_ONCE = 250_000
DEVIATIONS, TAILS = 9.0, 20.0
"""A demand is written out so far above its mean: deviations, and times its variance to mean."""
ROUNDING = 1e-9
"""Share by which the squares may be more: sums are not more exact than that, and a lot of one is the base stock."""


def point_for_lot(mean: Floats, variance: Floats, lump: Floats, stock: Wholes, lot: Wholes) -> Wholes:
    """Smallest r >= 0 at which (r, Q) owes no more than the base stock does, in the mean of the squares of it.

    Large demands are read as normal and wide ones counted in several units, as they are while a network is planned.

    Shapes: (n,) each. Units: base units; mean and variance of the demand until an order is there; lot 1 at least.
    Source: Hadley and Whitin (1963), Analysis of Inventory Systems, chapter 4.
    """
    point = np.zeros(len(mean), dtype=np.int64)
    fast = fast_movers.is_fast(mean, variance)
    rows = np.flatnonzero(fast)
    point[rows] = _of_normal(mean[rows], np.sqrt(np.maximum(variance, mean)[rows]), stock[rows], lot[rows])
    unit = fast_movers.unit_of(variance, lump)
    m, v = mean / unit, variance / unit / unit
    width = m + DEVIATIONS * np.sqrt(v) + TAILS * np.maximum(np.divide(v, m, out=np.ones(len(m)), where=m > 0), 1.0)
    slow = np.flatnonzero(~fast)
    slow = slow[np.argsort(width[slow], kind="stable")]
    at_once = max(1, CELLS_AT_ONCE // (int(width[slow].max(initial=0)) + 2))
    for block in range(0, len(slow), at_once):
        rows = slow[block : block + at_once]
        whole = unit[rows].astype(np.int64)
        squares = _squares_owed(m[rows], v[rows], int(width[rows].max()) + 1)
        point[rows] = _first_met(squares, -(-stock[rows] // whole), np.maximum(lot[rows] // whole, 1)) * whole
    return point


def _squares_owed(mean: Floats, variance: Floats, width: int) -> Floats:
    """E[((X - s)+)^2] of the stocks 0, 1 ... Shapes: (n, width)."""
    chance, first, slope = start_of(mean, variance)
    units = np.arange(width)
    ratio = np.ones((len(mean), width))
    ratio[:, 1:] = (first[:, None] + slope[:, None] * units[:-1]) / units[1:]
    short = np.maximum(1.0 - np.cumsum(chance[:, None] * np.cumprod(ratio, axis=1), axis=1), 0.0)
    owed = _sum_from(short)
    return 2 * _sum_from(owed) - owed


def _first_met(squares: Floats, stock: Wholes, lot: Wholes) -> Wholes:
    """The first r at which the squares of r + 1 ... r + lot are in the mean no more than those of the stock."""
    n, width = squares.shape
    line = np.arange(n)[:, None]
    beyond = np.c_[_sum_from(squares), np.zeros(n)]
    point = np.arange(width)
    together = beyond[:, 1:] - beyond[line, np.minimum(point + 1 + lot[:, None], width)]
    allowed = lot * squares[line[:, 0], np.minimum(stock, width - 1)]
    met = together <= (1 + ROUNDING) * allowed[:, None]
    return np.asarray(np.where(met.any(axis=1), met.argmax(axis=1), stock - 1), dtype=np.int64)


def _sum_from(figure: Floats) -> Floats:
    """The sum of each cell and those after it."""
    return np.cumsum(figure[:, ::-1], axis=1)[:, ::-1]


def _of_normal(mean: Floats, deviation: Floats, stock: Wholes, lot: Wholes) -> Wholes:
    """The same of normal demands by halving; the last r that meets it is the base stock less one."""
    allowed = 3 * lot * _square(mean, deviation, stock.astype(np.float64)) * (1 + ROUNDING)
    low, high = np.full(len(mean), -1, dtype=np.int64), np.maximum(stock - 1, 0)
    while (high - low > 1).any():
        middle = (low + high) // 2
        above: Floats = middle.astype(np.float64) + 0.5
        owed = _cube(mean, deviation, above) - _cube(mean, deviation, above + lot)
        low, high = np.where(owed <= allowed, low, middle), np.where(owed <= allowed, middle, high)
    return high


def _square(mean: Floats, deviation: Floats, stock: Floats) -> Floats:
    z = (stock - mean) / deviation
    return deviation**2 * np.maximum((1 + z * z) * normal.upper_tail(z) - z * normal.density(z), 0.0)


def _cube(mean: Floats, deviation: Floats, stock: Floats) -> Floats:
    """E[((X - s)+)^3], three times what the squares of all stocks above come to."""
    z = (stock - mean) / deviation
    return deviation**3 * np.maximum((z * z + 2) * normal.density(z) - (z**3 + 3 * z) * normal.upper_tail(z), 0.0)
