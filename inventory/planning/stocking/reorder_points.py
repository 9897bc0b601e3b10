"""Stock that is ordered in lots: when the position falls to r, Q are ordered, and it lies between r + 1 and r + Q.

It is there with equal chance at every level between, so that (r, Q) is an even mix of the base stocks r + 1 ... r + Q.
"""

from typing import NamedTuple

import numpy as np

from inventory.planning.stocking import normal
from inventory.planning.stocking.base_stock import ROUNDING, for_fill_rate, for_shortage_cost
from inventory.planning.stocking.counting import BLOCK, Walk, checked, is_normal, lump_of
from inventory.planning.stocking.loss import Wholes, outlook
from inventory.planning.stocking.lot_sizing import economic_lot
from inventory.planning.stocking.normal import Floats

REORDER_POINT_MIN = -1
"""Nothing is gained by letting more than one customer wait before anything is ordered."""
ROUNDS_MAX = 100


class Costs(NamedTuple):
    """What ordering, holding and missing cost. Shapes: (n,) each. Units: money an order; money a unit and a time."""

    order: Floats
    holding: Floats
    shortage: Floats


class ReorderRule(NamedTuple):
    """Reorder point r, lot Q and what they cost a time unit. Shapes: (n,) each."""

    point: Floats
    lot: Floats
    cost: Floats


def back_orders_in_lots(mean: Floats, variance: Floats, point: Wholes, lot: Wholes) -> Floats:
    """Expected back-orders of (r, Q): the mean of those of the base stocks r + 1 ... r + Q.

    Shapes: (n,) each. Units: base units; mean and variance of the lead-time demand; lot at least 1.
    Raises: ValueError when a lot is below 1, or mean or variance are negative or not finite.
    Source: Hadley and Whitin (1963), Analysis of Inventory Systems, chapter 4; summed by the second-order loss
    function where the demand is counted, by 16-point quadrature where it is normal or counted in lumps.
    """
    mean, variance = checked(mean, variance)
    if (np.asarray(lot) < 1).any():
        raise ValueError("a lot is 1 or more")
    missing = np.zeros_like(mean)
    smooth = is_normal(mean, variance) | (lump_of(mean, variance) > 1)
    rows = np.flatnonzero(smooth)
    missing[rows] = _by_quadrature(mean[rows], variance[rows], point[rows], lot[rows])
    rows = np.flatnonzero(~smooth)
    rows = rows[np.argsort(-(point + lot)[rows], kind="stable")]
    for at in range(0, len(rows), BLOCK):
        block = rows[at : at + BLOCK]
        asked = mean[block], variance[block]
        beyond = _beyond(*asked, point[block]) - _beyond(*asked, (point + lot)[block])
        missing[block] = np.maximum(beyond, 0.0) / lot[block]
    return missing


def reorder_point(mean: Floats, variance: Floats, lot: Wholes, target: Floats | float) -> Wholes:
    """Smallest r >= -1 at which (r, Q) owes (1 - target) mean at most; with lots of one it is the base stock less one.

    Shapes: (n,) each, target (n,) or one for all. Units: base units; target is a share in [0, 1).
    Raises: ValueError as back_orders_in_lots, and when the target is outside.
    Source: as back_orders_in_lots, halving between -1 and the base stock for the same target.
    """
    mean, variance = checked(mean, variance)
    allowed = (1.0 - np.asarray(target, np.float64)) * mean + ROUNDING * mean
    high = for_fill_rate(mean, variance, target)
    low = np.full(len(mean), REORDER_POINT_MIN - 1, dtype=np.int64)
    while len(rows := np.flatnonzero(high - low > 1)):
        middle = (low[rows] + high[rows]) // 2
        met = back_orders_in_lots(mean[rows], variance[rows], middle, lot[rows]) <= allowed[rows]
        low[rows], high[rows] = np.where(met, low[rows], middle), np.where(met, middle, high[rows])
    return high


def best_reorder_rule(demand_rate: Floats, mean: Floats, variance: Floats, costs: Costs) -> ReorderRule:
    """The (r, Q) of least cost: from the newsvendor's stock on, take in the cheaper neighbouring level while it helps.

    Shapes: (n,) each. Units: demand_rate in base units a time; mean and variance of the lead-time demand.
    Raises: ValueError as for_shortage_cost.
    Source: Federgruen and Zheng (1992), Operations Research 40(4), 808-813.
    """
    mean, variance = checked(mean, variance)
    best = for_shortage_cost(mean, variance, costs.shortage, costs.holding)
    point, lot = best - 1, np.ones_like(best)
    total = costs.order * demand_rate + _level_cost(mean, variance, best, costs)
    growing = np.arange(len(mean))
    while len(growing):
        own = Costs(*(np.broadcast_to(cost, mean.shape)[growing] for cost in costs))
        asked = mean[growing], variance[growing]
        below = _level_cost(*asked, point[growing], own)
        above = _level_cost(*asked, (point + lot)[growing] + 1, own)
        cheaper = np.minimum(below, above)
        helps = cheaper < total[growing] / lot[growing]
        down, growing = (below <= above)[helps], growing[helps]
        total[growing] += cheaper[helps]
        lot[growing] += 1
        point[growing] -= down
    return ReorderRule(point.astype(np.float64), lot.astype(np.float64), total / lot)


def normal_reorder_rule(demand_rate: Floats, mean: Floats, deviation: Floats, costs: Costs) -> ReorderRule:
    """The (r, Q) of least expected cost for normal demand, with back-orders charged once a unit.

    Q = sqrt(2 d (K + p n(r)) / h) and P(X > r) = Q h / (p d) in turn until they settle.

    Shapes: (n,) each. Units: mean and deviation of the lead-time demand; costs.shortage is money a unit missing.
    Raises: ValueError as economic_lot.
    Source: Hadley and Whitin (1963); Snyder and Shen (2019), section 5.3, expected-inventory-level approximation.
    """
    lot = economic_lot(demand_rate, costs.order, costs.holding).quantity
    for _ in range(ROUNDS_MAX):
        chance = np.clip(lot * costs.holding / (costs.shortage * demand_rate), 1e-12, 1 - 1e-12)
        point = mean + normal.quantile(1.0 - chance) * deviation
        missing = normal.loss(mean, deviation, point)
        before = lot
        lot = np.sqrt(2 * demand_rate * (costs.order + costs.shortage * missing) / costs.holding)
        if (np.abs(lot - before) <= 1e-12 * lot).all():
            break
    held = costs.holding * (point - mean + lot / 2)
    return ReorderRule(point, lot, held + demand_rate / lot * (costs.order + costs.shortage * missing))


def safety_stock_rule(demand_rate: Floats, mean: Floats, deviation: Floats, costs: Costs) -> ReorderRule:
    """The economic lot, and the newsvendor's stock as reorder point, each found without the other.

    Shapes, Units: as normal_reorder_rule; costs.shortage is money a unit waited for over the time.
    Raises: ValueError as economic_lot.
    Source: Snyder and Shen (2019), section 5.3, EOQ and safety stock approximation.
    """
    lot, cost = economic_lot(demand_rate, costs.order, costs.holding)
    z = normal.quantile(costs.shortage / (costs.shortage + costs.holding))
    return ReorderRule(mean + z * deviation, lot, cost + costs.holding * z * deviation)


def _level_cost(mean: Floats, variance: Floats, level: Wholes, costs: Costs) -> Floats:
    missing = outlook(mean, variance, level).missing
    return np.asarray(costs.holding * (level - mean + missing) + costs.shortage * missing, dtype=np.float64)


def _by_quadrature(mean: Floats, variance: Floats, point: Wholes, lot: Wholes) -> Floats:
    nodes, weights = np.polynomial.legendre.leggauss(16)
    missing = np.zeros_like(mean)
    for node, weight in zip(nodes.tolist(), weights.tolist(), strict=True):
        level = point + 0.5 + lot * (node + 1) / 2
        missing += weight / 2 * outlook(mean, variance, level).missing
    return missing


def _beyond(mean: Floats, variance: Floats, level: Wholes) -> Floats:
    """The back-orders of all base stocks above a level together: the second-order loss function."""
    order = np.argsort(-level, kind="stable")
    walk = Walk(mean[order], variance[order])
    beyond = (variance + mean * mean - mean)[order] / 2
    ends = np.searchsorted(-level[order], -np.arange(1, int(level.max(initial=0)) + 1), side="right")
    for active in ends.tolist():
        walk.keep(slice(0, active))
        walk.step()
        beyond[:active] -= walk.missing
    owed = np.maximum(-level, 0)
    answer = np.empty_like(mean)
    answer[order] = beyond
    return np.asarray(answer + owed * mean + owed * (owed - 1) / 2, dtype=np.float64)
