"""The two-moment optimum of deep trees: tier by tier from the roots, each place told what it costs to owe a unit.

`system` tries a stock with what all the tiers below would answer: as many steps as the square of the depth. Here the
price of the wait is handed up from the last tier instead, and the places answer it once on the way down, each with a
quantile. It finds about as much, in steps that grow with the depth alone.
"""

import numpy as np

from inventory.planning.stocking import fast_movers
from inventory.planning.stocking.forest import Floats, Forest, Rows, Wholes
from inventory.planning.stocking.last_tier import BETTER, Terms
from inventory.planning.stocking.metric import BackOrders, start_of
from inventory.planning.stocking.system import Bounds

CELLS_AT_ONCE = 250_000
DEVIATIONS, TAILS = 9.0, 20.0
"""A demand is written out so far above its mean: deviations, and times its variance to mean."""


def optimise_deep(forest: Forest, theta: Floats, bounds: Bounds) -> tuple[Wholes, BackOrders]:
    """The base stocks of about the least value for a given price of the wait, and what they leave unfilled.

    First every place is told what those below it would pay at most, then what they do pay with the stocks so found;
    each item keeps the better of the two.

    Shapes: theta is (n,); the stocks are (n,), base stock levels.
    Units: theta is money a unit that is waited for: it is weighed against the units back-ordered at any time. Demand
    comes in single units.
    Source: induced penalty costs, as in Sherbrooke (2004), chapter 3, for METRIC, handed from tier to tier.
    """
    _, item = np.unique(forest.item, return_inverse=True)
    own = theta * forest.own_share
    stock, left = _walked(forest, own + _most_paid(forest, own), bounds)
    other, left_by_other = _walked(forest, own + _paid(forest, own, left), bounds)
    better = (_cost(forest, own, item, other, left_by_other) < _cost(forest, own, item, stock, left))[item]
    return np.where(better, other, stock), BackOrders(
        np.where(better, left_by_other.mean, left.mean),
        np.where(better, left_by_other.variance, left.variance),
        np.where(better, left_by_other.fill, left.fill),
    )


def _cost(forest: Forest, own: Floats, item: Rows, stock: Wholes, left: BackOrders) -> Floats:
    cost: Floats = np.bincount(item, weights=forest.price * stock + own * left.mean).astype(np.float64)
    return cost


def _most_paid(forest: Forest, own: Floats) -> Floats:
    """What a unit owed costs those below at most: a unit of stock more each that it may be for, or their own wait.

    Shapes: own is (n,), what a unit back-ordered costs at the place itself.
    """
    below = np.zeros(len(forest))
    for rows in reversed(forest.levels[1:]):
        passed = forest.share[rows] * np.minimum(forest.price[rows], own[rows] + below[rows])
        below += np.bincount(forest.parent[rows], weights=passed, minlength=len(forest))
    return below


def _paid(forest: Forest, own: Floats, left: BackOrders) -> Floats:
    """What a unit owed costs those below with the stocks they have: what each would have to let wait longer.

    Shapes: own as above.
    """
    below = np.zeros(len(forest))
    short = 1.0 - left.fill
    for rows in reversed(forest.levels[1:]):
        passed = forest.share[rows] * short[rows] * (own[rows] + below[rows])
        below += np.bincount(forest.parent[rows], weights=passed, minlength=len(forest))
    return below


def _walked(forest: Forest, weight: Floats, bounds: Bounds) -> tuple[Wholes, BackOrders]:
    """Let the places answer tier by tier, each knowing what its parent owes it. Shapes: weight is (n,)."""
    stock = np.zeros(len(forest), dtype=np.int64)
    left = BackOrders(np.zeros(len(forest)), np.zeros(len(forest)), np.zeros(len(forest)))
    for rows in forest.levels:
        parent, share = forest.parent[rows], forest.share[rows]
        owed = np.where(parent >= 0, left.mean[parent], 0.0) * share
        owed_variance = np.where(parent >= 0, left.variance[parent], 0.0) * share**2
        mean, variance = forest.lead_mean[rows] + owed, forest.lead_variance[rows] + (1 - share) * owed + owed_variance
        terms = Terms(
            mean, variance, np.ones(len(rows)), forest.price[rows], weight[rows], bounds.low[rows], bounds.high[rows]
        )
        stock[rows], here = _answered(terms)
        left.mean[rows], left.variance[rows], left.fill[rows] = here.mean, here.variance, here.fill
    return stock, left


def _answered(terms: Terms) -> tuple[Wholes, BackOrders]:
    """The stock of each place at which it costs least, and what that leaves unfilled; large demands are normal."""
    n = len(terms.mean)
    stock, left = np.zeros(n, dtype=np.int64), BackOrders(np.zeros(n), np.zeros(n), np.zeros(n))
    fast = fast_movers.is_fast(terms.mean, terms.variance)
    if fast.any():
        rows = np.flatnonzero(fast)
        large = terms.of(rows)
        best = fast_movers.best_for_wait(large.mean, large.variance, large.price, large.weight)
        stock[rows] = np.clip(np.ceil(best), large.low, large.high)
        left.mean[rows], left.variance[rows], left.fill[rows] = fast_movers.missing(
            large.mean, large.variance, stock[rows], large.lump
        )
    slow = np.flatnonzero(~fast)
    reach = terms.mean + DEVIATIONS * np.sqrt(terms.variance)
    reach += TAILS * np.divide(terms.variance, terms.mean, out=np.ones(n), where=terms.mean > 0)
    at_once = max(1, CELLS_AT_ONCE // (int(reach[slow].max(initial=0)) + 1))
    for rows in np.split(slow, range(at_once, len(slow), at_once)) if len(slow) else []:
        stock[rows], here = _written_out(terms.of(rows), int(reach[rows].max()))
        left.mean[rows], left.variance[rows], left.fill[rows] = here.mean, here.variance, here.fill
    return stock, left


def _written_out(terms: Terms, width: int) -> tuple[Wholes, BackOrders]:
    """The answer of places whose chances of 0, 1, ... units are written out side by side."""
    units = np.arange(width)
    chance, first, slope = start_of(terms.mean, terms.variance)
    ratio = np.ones((len(chance), width))
    ratio[:, 1:] = (first[:, None] + slope[:, None] * units[:-1]) / units[1:]
    short = 1.0 - np.cumsum(chance[:, None] * np.cumprod(ratio, axis=1), axis=1)
    worth = terms.weight[:, None] * short > terms.price[:, None] * (1 + BETTER)
    stock = np.clip(worth.sum(axis=1), terms.low, terms.high)
    over = units - stock[:, None]
    waiting = np.where(over >= 0, np.maximum(short, 0.0), 0.0)
    missing = waiting.sum(axis=1)
    square = (waiting * (2 * over + 1)).sum(axis=1)
    fill = 1.0 - np.where(stock > 0, short[np.arange(len(stock)), np.minimum(stock, width) - 1], 1.0)
    return stock, BackOrders(missing, np.maximum(square - missing * missing, 0.0), fill)
