"""METRIC and VARI-METRIC: expected back-orders at every place of a forest, from one moment or from two.

METRIC takes what is on its way to a place as Poisson about its mean and understates back-orders by 20 to 60 % where it
matters; VARI-METRIC carries the variance of the parent's back-orders down too and reads a negative binomial.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from inventory.planning.stocking import fast_movers
from inventory.planning.stocking.forest import Floats, Forest, Rows, Wholes

OVERDISPERSED = 1 + 1e-9
"""Above this variance to mean a distribution is read as negative binomial, else as Poisson."""
RECURSION_MEAN_MAX = 300.0
"""Above this mean the recursion from zero would start from a probability too small to be held."""
LUMPS_REACHED = 40
"""No order of any weight is larger than so many mean ones."""
WINDOW_MAX = 500_000
"""Probabilities that are written out at most; a demand that spreads further is counted in larger units."""


@dataclass(frozen=True)
class BackOrders:
    """What a stock leaves unfilled.

    Shapes: (n,) each. Units: mean and variance of the back-ordered units; fill: share of units met at once from stock.
    """

    mean: Floats
    variance: Floats
    fill: Floats


Judge = Callable[[Floats, Floats, Wholes, Floats], BackOrders | fast_movers.Missing]


def metric(forest: Forest, stock: Wholes) -> BackOrders:
    """Expected back-orders by METRIC: what is on its way to a place is Poisson about its mean.

    Shapes: stock is (n,), base stock levels.
    Source: Sherbrooke (1968), Operations Research 16(1), 122-141.
    """
    return _down_the_tree(forest, stock, back_orders, moments=1)


def vari_metric(forest: Forest, stock: Wholes) -> BackOrders:
    """Expected back-orders by VARI-METRIC: mean and variance of what is on its way, read as negative binomial.

    Units of a parent's back-orders belong to a child with the child's share of the flow, each by itself: mean f B and
    variance f (1 - f) B + f^2 VB come to the child's own lead-time demand.

    Shapes: stock is (n,), base stock levels.
    Source: Graves (1985), Management Science 31(10), 1247-1256; Sherbrooke (2004), Optimal Inventory Modeling of
    Systems, chapter 3; for any depth as there for two.
    """
    return _down_the_tree(forest, stock, back_orders, moments=2)


def planned_back_orders(forest: Forest, stock: Wholes) -> BackOrders:
    """Like `vari_metric`, with large demands read as normal, as they are while a network is planned.

    Shapes: stock is (n,), base stock levels.
    """
    return _down_the_tree(forest, stock, nearly, moments=2)


def _down_the_tree(forest: Forest, stock: Wholes, judge: Judge, *, moments: int) -> BackOrders:
    left = BackOrders(np.zeros(len(forest)), np.zeros(len(forest)), np.zeros(len(forest)))
    for rows in forest.levels:
        parent, share = forest.parent[rows], forest.share[rows]
        owed = np.where(parent >= 0, left.mean[parent], 0.0) * share
        mean = forest.lead_mean[rows] + owed
        variance = mean
        if moments == 2:
            owed_variance = np.where(parent >= 0, left.variance[parent], 0.0) * share**2
            variance = forest.lead_variance[rows] + (1 - share) * owed + owed_variance
        here = judge(mean, variance, stock[rows], forest.lump[rows])
        left.mean[rows], left.variance[rows], left.fill[rows] = here.mean, here.variance, here.fill
    return left


def nearly(mean: Floats, variance: Floats, stock: Wholes, lump: Floats) -> BackOrders:
    """Like `back_orders`, large demands read as normal and wide ones counted in fewer units: for planning.

    Thousands of trials are weighed there; what is planned is judged exactly elsewhere.

    Shapes: all (n,).
    """
    left = BackOrders(np.zeros(len(mean)), np.zeros(len(mean)), np.zeros(len(mean)))
    fast = fast_movers.is_fast(mean, variance)
    wide = ~fast & (fast_movers.unit_of(variance, lump) > 1)
    judges: tuple[Judge, ...] = (back_orders, _in_larger_units, fast_movers.missing)
    for judge, chosen in zip(judges, (~fast & ~wide, wide, fast), strict=True):
        rows = np.flatnonzero(chosen)
        if len(rows):
            here = judge(mean[rows], variance[rows], stock[rows], lump[rows])
            left.mean[rows], left.variance[rows], left.fill[rows] = here.mean, here.variance, here.fill
    return left


def _in_larger_units(mean: Floats, variance: Floats, stock: Wholes, lump: Floats) -> BackOrders:
    """Like `back_orders`, between the two stocks in larger units that the stock lies between."""
    unit = fast_movers.unit_of(variance, lump)
    units, over = np.divmod(stock / unit, 1.0)
    twice = [np.tile(column, 2) for column in (mean / unit, variance / unit / unit, fast_movers.lump_in(unit, lump))]
    found = back_orders(twice[0], twice[1], np.r_[units, units + 1].astype(np.int64), twice[2])
    below, above = slice(0, len(mean)), slice(len(mean), None)
    mean, variance, fill = (
        column[below] + over * (column[above] - column[below]) for column in (found.mean, found.variance, found.fill)
    )
    return BackOrders(mean * unit, variance * unit * unit, fill)


def back_orders(mean: Floats, variance: Floats, stock: Wholes, lump: Floats | None = None) -> BackOrders:
    """Mean and variance of the units missing, and the share of units met at once, when `stock` faces a demand.

    The demand is negative binomial, Poisson when its variance does not exceed its mean. A unit is met at once when
    what is on its way, the units before it in its own order included, is less than the stock; orders are geometric in
    size with mean `lump`, single units when it is 1.

    Shapes: all (n,). Source: summed exactly, no normal approximation at any mean; only what spreads beyond WINDOW_MAX
    units is counted in units so large that it does not.
    """
    lump = np.ones(len(mean)) if lump is None else lump
    left = BackOrders(np.zeros(len(mean)), np.zeros(len(mean)), np.zeros(len(mean)))
    large = mean > RECURSION_MEAN_MAX
    _by_recursion(np.flatnonzero(~large), mean, variance, stock, lump, left)
    for row in np.flatnonzero(large):
        left.mean[row], left.variance[row], left.fill[row] = _by_window(
            float(mean[row]), float(variance[row]), int(stock[row]), float(lump[row])
        )
    return left


def _by_recursion(rows: Rows, mean: Floats, variance: Floats, stock: Wholes, lump: Floats, left: BackOrders) -> None:
    """Step the stock up from zero, all places at once: B(s+1) = B(s) - P(X > s), fill(s+1) from P(X <= s).

    Stock beyond what any demand takes away changes nothing, and is not stepped through.
    """
    enough = np.ceil(mean[rows] + _reach(mean[rows], variance[rows]) + LUMPS_REACHED * lump[rows])
    counted = np.minimum(stock[rows], enough.astype(np.int64))
    order = np.argsort(-counted, kind="stable")
    rows, s = rows[order], counted[order]
    m = mean[rows]
    probability, first, slope = start_of(m, variance[rows])
    single = 1 / lump[rows]
    below, fill, ebo = np.zeros(len(m)), np.zeros(len(m)), m.copy()
    square = np.maximum(variance[rows], m) + m * m
    steps = int(s[0]) if len(s) else 0
    for step, active in enumerate(np.searchsorted(-s, -np.arange(steps), side="left").tolist()):
        on = slice(0, active)
        below[on] += probability[on]
        fill[on] += single[on] * (below[on] - fill[on])
        square[on] -= 2 * ebo[on] - (1 - below[on])
        ebo[on] -= 1 - below[on]
        probability[on] *= (first[on] + slope[on] * step) / (step + 1)
    ebo = np.maximum(ebo, 0.0)
    left.mean[rows], left.fill[rows] = ebo, np.minimum(fill, 1.0)
    left.variance[rows] = np.maximum(square - ebo * ebo, 0.0)


def start_of(mean: Floats, variance: Floats) -> tuple[Floats, Floats, Floats]:
    """P(X = 0) and the two constants of P(X = x + 1) = P(X = x) (first + slope x) / (x + 1).

    Poisson: first is the mean, slope 0. Negative binomial with r = mean^2 / (variance - mean): slope is
    1 - mean / variance and first is r times that.

    Shapes: all (n,).
    """
    ratio = np.divide(variance, mean, out=np.ones_like(mean), where=mean > 0)
    spread = ratio > OVERDISPERSED
    ratio = np.where(spread, ratio, 1.0)
    excess = np.where(spread, ratio - 1.0, 1.0)
    exponent = np.where(spread, np.log(ratio) / excess, 1.0)
    return np.exp(-mean * exponent), mean / ratio, np.where(spread, excess, 0.0) / ratio


def window_of(mean: float, variance: float) -> tuple[int, Floats]:
    """The probabilities of a Poisson or negative binomial of large mean, from the first that matters on.

    They are summed from their ratios and then made to add up to one, so that none underflows.
    """
    ratio = variance / mean if variance > mean * OVERDISPERSED else 1.0
    reach = float(_reach(mean, variance))
    low, high = max(0, int(mean - reach)), int(mean + reach)
    x = np.arange(low, high, dtype=np.float64)
    logs = np.r_[0.0, np.cumsum(np.log((mean / ratio + (ratio - 1) / ratio * x) / (x + 1)))]
    weights = np.exp(logs - logs.max())
    return low, weights / weights.sum()


def _reach(mean: Any, variance: Any) -> Any:
    """How far from its mean a demand of any weight lies, of one or of many."""
    ratio = np.maximum(variance / np.where(mean > 0, mean, np.maximum(variance, 1.0)), 1.0)
    return 14 * np.sqrt(mean * ratio) + 60 * ratio


def _by_window(mean: float, variance: float, stock: int, lump: float) -> tuple[float, float, float]:
    unit = int(_reach(mean, variance) // WINDOW_MAX) + 1
    if unit == 1:
        return _counted(mean, variance, stock, lump)
    missing, spread, fill = _counted(mean / unit, variance / unit / unit, stock // unit, max(lump / unit, 1.0))
    return missing * unit, spread * unit * unit, fill


def _counted(mean: float, variance: float, stock: int, lump: float) -> tuple[float, float, float]:
    low, probability = window_of(mean, variance)
    over = np.maximum(np.arange(low, low + len(probability)) - stock, 0)
    ebo = float(over @ probability)
    return ebo, max(float((over * over) @ probability) - ebo * ebo, 0.0), fill_of(low, probability, stock, lump)


def fill_of(low: int, probability: Floats, stock: int, lump: float) -> float:
    """Share of units met at once: the units on their way and those before in the same order are less than the stock."""
    if lump <= 1.0:
        return float(probability[: max(stock - low, 0)].sum())
    waits = np.arange(stock - low, max(stock - low - len(probability), 0), -1)
    return float((probability[: len(waits)] * -np.expm1(waits * np.log1p(-1 / lump))).sum())
