"""The smallest base stock that keeps a service target, for millions of places at once.

Each function walks the stock up from zero, all rows together, and lets a row go once its target is met. The answer of
a row depends on that row alone: however the rows are cut, the integers are the same.
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from inventory.planning.stocking import normal
from inventory.planning.stocking.counting import BLOCK, Flags, Walk, checked, is_normal, lump_of
from inventory.planning.stocking.loss import Wholes, outlook
from inventory.planning.stocking.normal import Floats

STOCK_MAX = 999_999_999
ROUNDING = 1e-11
"""Share of the mean, or of certainty, by which a target may be missed: sums are not more exact than that."""
STEPS_BETWEEN_LOOKS = 64
WALKING_MIN = 0.7
IDLE = -1.0
CLASSES = np.array([4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0, 1024.0])
"""Rows of like demand are walked together: a block walks as far as its largest."""

Demand = tuple[Floats, Floats]
Met = Callable[[list[Walk], Floats], Flags]


def for_fill_rate(mean: Floats, variance: Floats, target: Floats | float) -> Wholes:
    """Smallest S with E[(X - S)+] <= (1 - target) mean.

    Shapes: (n,) each, target (n,) or one for all. Units: base units; target is a share in [0, 1).
    Raises: ValueError when the target is outside, or mean or variance are negative or not finite.
    Source: Silver, Pyke and Thomas (2017), Inventory and Production Management in Supply Chains, 4th edition, ch. 6.
    """
    mean, variance = checked(mean, variance)
    return _for_missing(mean, variance, (1.0 - _share(target, mean)) * mean)


def for_wait(mean: Floats, variance: Floats, rate: Floats, days: Floats | float) -> Wholes:
    """Smallest S whose customers wait `days` at most on average: E[(X - S)+] <= rate * days, by Little's law.

    Shapes: (n,) each, days (n,) or one for all. Units: rate in base units a day, days >= 0 (0.001 at least is asked).
    Raises: ValueError when rate or days are negative, or mean or variance are negative or not finite.
    Source: Sherbrooke (2004), Optimal Inventory Modeling of Systems, 2nd edition, chapter 2.
    """
    mean, variance = checked(mean, variance)
    rate, days = np.broadcast_to(np.asarray(rate, np.float64), mean.shape), np.asarray(days, np.float64)
    if not ((rate >= 0).all() and (days >= 0).all()):
        raise ValueError("rate and days are not negative")
    return _for_missing(mean, variance, rate * np.maximum(days, 0.001))


def for_ready_rate(mean: Floats, variance: Floats, target: Floats | float) -> Wholes:
    """Smallest S with P(X < S) >= target: something lies on the shelf for that share of the time; 0 without demand.

    Shapes: (n,) each, target (n,) or one for all. Units: base units; target is a share in [0, 1).
    Raises: ValueError as for_fill_rate.
    Source: Sherbrooke (2004), chapter 2.
    """
    mean, variance = checked(mean, variance)
    share = _share(target, mean)
    return np.where((mean > 0) & (share > 0), _for_share(mean, variance, share) + 1, 0)


def for_no_stockout(mean: Floats, variance: Floats, target: Floats | float) -> Wholes:
    """Smallest S with P(X <= S) >= target: nobody waits with that chance.

    Shapes: (n,) each, target (n,) or one for all. Units: base units; target is a share in [0, 1).
    Raises: ValueError as for_fill_rate.
    """
    mean, variance = checked(mean, variance)
    return _for_share(mean, variance, _share(target, mean))


def for_shortage_cost(mean: Floats, variance: Floats, shortage: Floats | float, holding: Floats | float) -> Wholes:
    """The newsvendor's S, where holding S - X and missing X - S cost least: smallest with P(X <= S) >= p / (p + h).

    Shapes: (n,) each, costs (n,) or one for all. Units: money a unit missing (p) and a unit held (h), over one time.
    Raises: ValueError when p is negative or h not above zero, or mean or variance are negative or not finite.
    Source: Snyder and Shen (2019), Fundamentals of Supply Chain Theory, 2nd edition, section 4.3.
    """
    p, h = np.asarray(shortage, np.float64), np.asarray(holding, np.float64)
    if not ((p >= 0).all() and (h > 0).all()):
        raise ValueError("a shortage costs nothing or more, holding more than nothing")
    return for_no_stockout(mean, variance, p / (p + h))


def for_cycle_fill_rate(lead: tuple[Floats, Floats], cover: tuple[Floats, Floats], target: Floats | float) -> Wholes:
    """Smallest S that meets `target` of the units asked for in a review cycle at once: exact for periodic review.

    E[(Y - S)+] - E[(X - S)+] <= (1 - target)(E[Y] - E[X]), X over the lead time and Y over lead time and review.

    Shapes: lead and cover are (mean, variance) of (n,) each, target (n,) or one for all. Units: base units.
    Raises: ValueError as for_fill_rate, and when cover's mean is below lead's.
    Source: Silver and Bischak (2011), Omega 39(1), 53-62; Teunter (2009), EJOR 198(2), 385-390.
    """
    x, y = checked(*lead), checked(*cover)
    if x[0].shape != y[0].shape or not (y[0] >= x[0]).all():
        raise ValueError("review adds demand to that of the lead time")
    allowed = (1.0 - _share(target, y[0])) * (y[0] - x[0])
    return _for_missed_in_cycle(x, y, allowed + ROUNDING * y[0])


def _share(target: Floats | float, mean: Floats) -> Floats:
    share = np.ascontiguousarray(np.broadcast_to(np.asarray(target, np.float64), mean.shape))
    if not ((share >= 0) & (share < 1)).all():
        raise ValueError("a target is a share from 0 to below 1")
    return share


def _for_missing(mean: Floats, variance: Floats, allowed: Floats) -> Wholes:
    """Smallest S that owes `allowed` units at most."""
    allowed = np.minimum(allowed, mean) + ROUNDING * mean
    stock = _counted([(mean, variance)], allowed / lump_of(mean, variance), _owes_little)
    rows = np.flatnonzero(is_normal(mean, variance))
    deviation = np.sqrt(variance[rows])
    z = normal.inverse_unit_loss(allowed[rows] / deviation)
    return _whole(stock, rows, mean[rows] + z * deviation)


def _for_share(mean: Floats, variance: Floats, share: Floats) -> Wholes:
    """Smallest S that is enough with the chance `share`."""
    stock = _counted([(mean, variance)], 1.0 - share + ROUNDING, _seldom_short)
    rows = np.flatnonzero(is_normal(mean, variance))
    z = normal.quantile(np.clip(share[rows], 1e-12, None))
    return _whole(stock, rows, mean[rows] + z * np.sqrt(variance[rows]))


def _for_missed_in_cycle(lead: Demand, cover: Demand, allowed: Floats) -> Wholes:
    """Smallest S that misses `allowed` units at most in a cycle; where it is normal by halving."""
    stock = _counted([cover, lead], allowed / lump_of(*cover), _misses_little)
    rows = np.flatnonzero(is_normal(*cover))
    late, early = (cover[0][rows], cover[1][rows]), (lead[0][rows], lead[1][rows])
    low, high = np.zeros(len(rows)), np.ceil(late[0] + 9 * np.sqrt(late[1]))
    while (high - low > 1).any():
        middle = np.floor((low + high) / 2)
        met = outlook(*late, middle).missing - outlook(*early, middle).missing <= allowed[rows]
        low, high = np.where(met, low, middle), np.where(met, middle, high)
    return _whole(stock, rows, high)


def _whole(stock: Wholes, rows: npt.NDArray[np.int64], exact: Floats) -> Wholes:
    stock[rows] = np.ceil(np.clip(exact, 0, STOCK_MAX) - ROUNDING)
    return np.minimum(stock, STOCK_MAX)


def _owes_little(walks: list[Walk], allowed: Floats) -> Flags:
    return np.asarray(walks[0].missing <= allowed, dtype=np.bool_)


def _seldom_short(walks: list[Walk], chance: Floats) -> Flags:
    return np.asarray(1.0 - walks[0].below <= chance, dtype=np.bool_)


def _misses_little(walks: list[Walk], allowed: Floats) -> Flags:
    return np.asarray(walks[0].missing - walks[1].missing <= allowed, dtype=np.bool_)


def _counted(demands: list[Demand], limit: Floats, met: Met) -> Wholes:
    """The first stock at which `met`, in blocks of rows of like demand; zero in rows that are normal."""
    mean, variance = demands[0]
    stock, lump = np.zeros(len(mean), dtype=np.int64), lump_of(mean, variance)
    reach = np.digitize((mean + 3.0 * np.sqrt(variance)) / lump, CLASSES).astype(np.uint8)
    rows = np.argsort(reach, kind="stable")
    rows = rows[~is_normal(mean, variance)[rows]]
    for at in range(0, len(rows), BLOCK):
        block = rows[at : at + BLOCK]
        unit = lump[block]
        walks = [Walk(mean[block] / unit, variance[block] / unit / unit) for mean, variance in demands]
        stock[block] = np.minimum(_first_met(walks, limit[block], met) * unit, STOCK_MAX)
    return stock


def _first_met(walks: list[Walk], limit: Floats, met: Met) -> Wholes:
    """Step all rows of a block up together and write down where each met its limit.

    A row that has met it walks on idly until so many have that leaving them out is worth the copying.
    """
    found = np.zeros(len(limit), dtype=np.int64)
    walking, left = np.arange(len(limit)), len(limit)
    while left:
        over = met(walks, limit)
        if walks[0].stock % STEPS_BETWEEN_LOOKS == STEPS_BETWEEN_LOOKS - 1:
            over |= walks[0].ended() & (limit >= 0)
        done = np.flatnonzero(over)
        found[walking[done]] = walks[0].stock
        limit[done] = IDLE
        left -= len(done)
        if left < WALKING_MIN * len(walking):
            on = np.flatnonzero(limit >= 0)
            walking, limit = walking[on], limit[on]
            for walk in walks:
                walk.keep(on)
        for walk in walks:
            walk.step()
    return found
