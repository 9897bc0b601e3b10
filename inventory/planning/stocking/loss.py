"""What a stock leaves undone when a demand meets it: expected back-orders, stock left, chance of running out.

Every function reads mean and variance of the demand over the lead time as `counting` says.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from inventory.planning.stocking import normal
from inventory.planning.stocking.counting import BLOCK, Walk, checked, is_normal, lump_of
from inventory.planning.stocking.normal import Floats

Wholes = npt.NDArray[np.int64]


class Outlook(NamedTuple):
    """What a stock makes of a demand.

    Shapes: (n,) each. Units: missing is E[(X - stock)+] in base units; enough is P(X <= stock).
    """

    missing: Floats
    enough: Floats


def outlook(mean: Floats, variance: Floats, stock: npt.NDArray[np.int64] | Floats) -> Outlook:
    """Expected back-orders and the chance of none, for any stock, negative too (that many are owed already).

    Shapes: (n,) each. Units: base units.
    Raises: ValueError when mean or variance are negative or not finite.
    """
    mean, variance = checked(mean, variance)
    level = np.ascontiguousarray(np.broadcast_to(np.asarray(stock, np.float64), mean.shape))
    missing, enough = np.maximum(mean - level, 0.0), np.zeros_like(mean)
    large = is_normal(mean, variance)
    rows = np.flatnonzero(large)
    deviation = np.sqrt(variance[rows])
    missing[rows] = normal.loss(mean[rows], deviation, level[rows])
    enough[rows] = 1.0 - normal.upper_tail((level[rows] - mean[rows]) / deviation)
    rows = np.flatnonzero(~large & (level >= 0))
    rows = rows[np.argsort(-level[rows], kind="stable")]
    for at in range(0, len(rows), BLOCK):
        block = rows[at : at + BLOCK]
        missing[block], enough[block] = _counted(mean[block], variance[block], level[block])
    return Outlook(missing, enough)


def _counted(mean: Floats, variance: Floats, level: Floats) -> Outlook:
    """The outlook of rows that are counted; between two counts the back-orders are a straight line."""
    lump = lump_of(mean, variance)
    steps = np.floor(level / lump)
    order = np.argsort(-steps, kind="stable")
    walk = Walk((mean / lump)[order], (variance / (lump * lump))[order])
    missing, below = walk.missing, walk.below
    ends = np.searchsorted(-steps[order], -np.arange(1, int(steps.max(initial=0)) + 1), side="right")
    for active in ends.tolist():
        walk.keep(slice(0, active))
        walk.step()
    answer = Outlook(np.empty_like(mean), np.empty_like(mean))
    rest = (level / lump - steps)[order]
    answer.missing[order] = np.maximum(missing - rest * (1.0 - below), 0.0) * lump[order]
    answer.enough[order] = np.minimum(below, 1.0)
    return answer


def expected_back_orders(mean: Floats, variance: Floats, stock: Wholes | Floats) -> Floats:
    """E[(X - stock)+]: units owed at any time to whoever asked last.

    Shapes: (n,) each. Units: base units. Raises: ValueError when mean or variance are negative or not finite.
    Source: Sherbrooke (2004), Optimal Inventory Modeling of Systems, 2nd edition, chapter 2.
    """
    return outlook(mean, variance, stock).missing


def expected_on_hand(mean: Floats, variance: Floats, stock: Wholes) -> Floats:
    """E[(stock - X)+]: units lying on the shelf at any time: stock - mean + expected back-orders.

    Shapes: (n,) each. Units: base units. Raises: ValueError as expected_back_orders.
    Source: Snyder and Shen (2019), Fundamentals of Supply Chain Theory, 2nd edition, appendix C.3.
    """
    return stock - np.asarray(mean, np.float64) + expected_back_orders(mean, variance, stock)


def no_stockout(mean: Floats, variance: Floats, stock: Wholes) -> Floats:
    """P(X <= stock): the chance that nobody waits.

    Shapes: (n,) each. Units: a share. Raises: ValueError as expected_back_orders.
    """
    return outlook(mean, variance, stock).enough


def ready_rate(mean: Floats, variance: Floats, stock: Wholes) -> Floats:
    """P(X < stock): the share of time in which something lies on the shelf; what a Poisson customer meets.

    Shapes: (n,) each. Units: a share. Raises: ValueError as expected_back_orders.
    Source: Sherbrooke (2004), chapter 2.
    """
    return outlook(mean, variance, np.asarray(stock) - 1).enough


def fill_rate(mean: Floats, variance: Floats, stock: Wholes) -> Floats:
    """1 - E[(X - stock)+] / mean: the share of a lead time's demand that is not owed at its end; 1 without demand.

    Shapes: (n,) each. Units: a share. Raises: ValueError as expected_back_orders.
    Source: Silver, Pyke and Thomas (2017), Inventory and Production Management in Supply Chains, 4th edition, ch. 6.
    """
    missing = expected_back_orders(mean, variance, stock)
    mean = np.asarray(mean, np.float64)
    return 1.0 - np.divide(missing, mean, out=np.zeros_like(missing), where=mean > 0)


def cycle_fill_rate(lead: tuple[Floats, Floats], cover: tuple[Floats, Floats], stock: Wholes) -> Floats:
    """Share of the units asked for in a review cycle that are met at once, when the place orders up to `stock`.

    What is missing at the cycle's end less what was missing at its start already: exact for periodic review.

    Shapes: (n,) each. Units: lead is (mean, variance) over the lead time, cover over lead time and review together.
    Raises: ValueError as expected_back_orders.
    Source: Silver and Bischak (2011), Omega 39(1), 53-62; Teunter (2009), EJOR 198(2), 385-390.
    """
    asked = np.asarray(cover[0] - lead[0], np.float64)
    missed = expected_back_orders(*cover, stock) - expected_back_orders(*lead, stock)
    return 1.0 - np.divide(missed, asked, out=np.zeros_like(missed), where=asked > 0)
