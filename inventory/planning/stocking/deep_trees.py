"""The two-moment optimum of deep trees: tier by tier from the roots, each place told what it costs to owe a unit.

`system` tries a stock with what all the tiers below would answer: as many steps as the square of the depth. Here the
price of being owed a unit is handed up from the last tier instead, and the places answer it once on the way down. It
finds about as much, in steps that grow with the depth alone.
"""

from dataclasses import dataclass

import numpy as np

from inventory.planning.stocking import fast_movers
from inventory.planning.stocking.forest import Floats, Forest, Rows, Wholes
from inventory.planning.stocking.last_tier import Terms
from inventory.planning.stocking.metric import BackOrders, start_of
from inventory.planning.stocking.system import Bounds, Measure

CELLS_AT_ONCE = 250_000
DEVIATIONS, TAILS = 9.0, 20.0
"""A demand is written out so far above its mean: deviations, and times its variance to mean."""
DEVIATIONS_TRIED = np.linspace(-3.0, 8.0, 56)
"""Stocks that are tried against a large demand, in deviations from its mean."""


def optimise_deep(forest: Forest, theta: Floats, measure: Measure, bounds: Bounds) -> tuple[Wholes, BackOrders]:
    """The base stocks of about the least value for a given price of service, and what they leave unfilled.

    First every place is told what those below it would pay at most, then what they do pay with the stocks so found;
    each item keeps the better of the two.

    Shapes: theta is (n,); the stocks are (n,), base stock levels.
    Units: theta as system.optimise. Demand comes in single units.
    Source: induced penalty costs, as in Sherbrooke (2004), chapter 3, for METRIC, handed from tier to tier.
    """
    _, item = np.unique(forest.item, return_inverse=True)
    own = _Own.of(forest, theta, measure)
    stock, left = _walked(forest, own, _most_paid(forest, own), bounds)
    other, left_by_other = _walked(forest, own, _paid(forest, own, stock, left), bounds)
    better = (_cost(forest, own, item, other, left_by_other) < _cost(forest, own, item, stock, left))[item]
    return np.where(better, other, stock), BackOrders(
        np.where(better, left_by_other.mean, left.mean),
        np.where(better, left_by_other.variance, left.variance),
        np.where(better, left_by_other.fill, left.fill),
    )


@dataclass(frozen=True)
class _Own:
    """What a place loses by itself: for each unit that is waited for, and if nothing were met at once.

    Shapes: (n,) each. Units: money.
    """

    wait: Floats
    miss: Floats

    @classmethod
    def of(cls, forest: Forest, theta: Floats, measure: Measure) -> "_Own":
        nothing = np.zeros(len(forest))
        if measure is Measure.WAIT:
            return cls(theta * forest.own_share, nothing)
        return cls(nothing, theta * forest.rate)


def _cost(forest: Forest, own: _Own, item: Rows, stock: Wholes, left: BackOrders) -> Floats:
    cost: Floats = np.bincount(
        item, weights=forest.price * stock + own.wait * left.mean + own.miss * (1 - left.fill)
    ).astype(np.float64)
    return cost


def _most_paid(forest: Forest, own: _Own) -> Floats:
    """What a unit owed costs those below at most: a unit of stock more each that it may be for, or their own wait.

    Shapes: the answer is (n,).
    """
    below = np.zeros(len(forest))
    for rows in reversed(forest.levels[1:]):
        passed = forest.share[rows] * np.minimum(forest.price[rows], own.wait[rows] + own.miss[rows] + below[rows])
        below += np.bincount(forest.parent[rows], weights=passed, minlength=len(forest))
    return below


def _paid(forest: Forest, own: _Own, stock: Wholes, left: BackOrders) -> Floats:
    """What a unit owed costs those below with the stocks they have: what each would have to let wait longer.

    Where it is the share met at once that counts, one who has stock takes a unit more instead.

    Shapes: the answer is (n,).
    """
    below = np.zeros(len(forest))
    short = 1.0 - left.fill
    for rows in reversed(forest.levels[1:]):
        waits = short[rows] * (own.wait[rows] + below[rows])
        passed = forest.share[rows] * np.where((own.miss[rows] > 0) & (stock[rows] > 0), forest.price[rows], waits)
        below += np.bincount(forest.parent[rows], weights=passed, minlength=len(forest))
    return below


def _walked(forest: Forest, own: _Own, below: Floats, bounds: Bounds) -> tuple[Wholes, BackOrders]:
    """Let the places answer tier by tier, each knowing what its parent owes it. Shapes: below is (n,)."""
    stock = np.zeros(len(forest), dtype=np.int64)
    left = BackOrders(np.zeros(len(forest)), np.zeros(len(forest)), np.zeros(len(forest)))
    for rows in forest.levels:
        parent, share = forest.parent[rows], forest.share[rows]
        owed = np.where(parent >= 0, left.mean[parent], 0.0) * share
        owed_variance = np.where(parent >= 0, left.variance[parent], 0.0) * share**2
        mean, variance = forest.lead_mean[rows] + owed, forest.lead_variance[rows] + (1 - share) * owed + owed_variance
        terms = Terms(
            mean,
            variance,
            np.ones(len(rows)),
            forest.price[rows],
            (own.wait + below)[rows],
            bounds.low[rows],
            bounds.high[rows],
        )
        stock[rows], here = _answered(terms, own.miss[rows])
        left.mean[rows], left.variance[rows], left.fill[rows] = here.mean, here.variance, here.fill
    return stock, left


def _answered(terms: Terms, miss: Floats) -> tuple[Wholes, BackOrders]:
    """The stock of each place at which it costs least, and what that leaves unfilled; large demands are normal."""
    n = len(terms.mean)
    stock, left = np.zeros(n, dtype=np.int64), BackOrders(np.zeros(n), np.zeros(n), np.zeros(n))
    fast = fast_movers.is_fast(terms.mean, terms.variance)
    if fast.any():
        rows = np.flatnonzero(fast)
        large = terms.of(rows)
        stock[rows] = _best_of_normal(large, miss[rows])
        left.mean[rows], left.variance[rows], left.fill[rows] = fast_movers.missing(
            large.mean, large.variance, stock[rows], large.lump
        )
    slow = np.flatnonzero(~fast)
    reach = terms.mean + DEVIATIONS * np.sqrt(terms.variance)
    reach += TAILS * np.divide(terms.variance, terms.mean, out=np.ones(n), where=terms.mean > 0)
    at_once = max(1, CELLS_AT_ONCE // (int(reach[slow].max(initial=0)) + 1))
    for rows in np.split(slow, range(at_once, len(slow), at_once)) if len(slow) else []:
        stock[rows], here = _written_out(terms.of(rows), miss[rows], int(reach[rows].max()))
        left.mean[rows], left.variance[rows], left.fill[rows] = here.mean, here.variance, here.fill
    return stock, left


def _written_out(terms: Terms, miss: Floats, width: int) -> tuple[Wholes, BackOrders]:
    """The answer of places whose chances of 0, 1, ... units are written out side by side."""
    units = np.arange(width)
    chance, first, slope = start_of(terms.mean, terms.variance)
    ratio = np.ones((len(chance), width))
    ratio[:, 1:] = (first[:, None] + slope[:, None] * units[:-1]) / units[1:]
    short = 1.0 - np.cumsum(chance[:, None] * np.cumprod(ratio, axis=1), axis=1)
    short = np.maximum(short, 0.0)
    owed = np.cumsum(short[:, ::-1], axis=1)[:, ::-1]
    missed = np.c_[np.ones(len(short)), short[:, :-1]]
    cost = terms.price[:, None] * units + terms.weight[:, None] * owed + miss[:, None] * missed
    stock = np.clip(np.argmin(cost, axis=1), terms.low, terms.high)
    over = units - stock[:, None]
    waiting = np.where(over >= 0, short, 0.0)
    missing = waiting.sum(axis=1)
    square = (waiting * (2 * over + 1)).sum(axis=1)
    fill = 1.0 - np.where(stock > 0, short[np.arange(len(stock)), np.minimum(stock, width) - 1], 1.0)
    return stock, BackOrders(missing, np.maximum(square - missing * missing, 0.0), fill)


def _best_of_normal(terms: Terms, miss: Floats) -> Wholes:
    """The stock of places with large demands: the wait's has a formula, where a share counts some are tried."""
    if not miss.any():
        best = fast_movers.best_for_wait(terms.mean, terms.variance, terms.price, terms.weight)
        return np.clip(np.ceil(best), terms.low, terms.high).astype(np.int64)
    n, deviation = len(miss), np.sqrt(np.maximum(terms.variance, terms.mean))
    tried = np.c_[terms.low, np.ceil(terms.mean[:, None] + deviation[:, None] * DEVIATIONS_TRIED)]
    tried = np.clip(tried, terms.low[:, None], terms.high[:, None])
    wide = [np.repeat(one, tried.shape[1]) for one in (terms.mean, terms.variance, terms.lump)]
    left = fast_movers.missing(wide[0], wide[1], tried.ravel(), wide[2])
    missed = terms.weight[:, None] * left.mean.reshape(n, -1) + miss[:, None] * (1 - left.fill.reshape(n, -1))
    cheapest = np.argmin(terms.price[:, None] * tried + missed, axis=1)
    return np.asarray(tried[np.arange(n), cheapest], dtype=np.int64)
