"""The two-moment optimum of deep trees: each place by itself, told what it costs those below it to be owed a unit.

`system` tries a stock with what all the tiers below would answer: as many steps as the square of the depth. Here the
price of the wait is handed up from the last tier instead, place by place, and every place answers it with a quantile,
again and again. It finds nearly as much, in steps that grow with the depth alone.
"""

import numpy as np

from inventory.planning.stocking.forest import Floats, Forest, Wholes
from inventory.planning.stocking.last_tier import Terms, answered, for_wait
from inventory.planning.stocking.metric import BackOrders, planned_back_orders
from inventory.planning.stocking.system import Bounds

ROUNDS, ROUNDS_LEAST, LEVELS_WALKED = 12, 5, 3_000
"""How often the places answer what the others did before, and in how many levels at most all rounds together: every
other tier at a time, lest they answer at once."""


def optimise_deep(forest: Forest, theta: Floats, bounds: Bounds) -> Wholes:
    """The base stocks of about the least value for a given price of the wait, the best of the rounds for each item.

    Shapes: theta is (n,); the answer is (n,), base stock levels.
    Units: theta is money a unit that is waited for: it is weighed against the units back-ordered at any time.
    Source: induced penalty costs, as in Sherbrooke (2004), chapter 3, for METRIC, handed from tier to tier.
    """
    _, item = np.unique(forest.item, return_inverse=True)
    stock = np.clip(np.rint(forest.lead_mean).astype(np.int64), bounds.low, bounds.high)
    best, least = stock, np.full(int(item.max(initial=-1)) + 1, np.inf)
    own = theta * forest.own_share
    for turn in range(max(ROUNDS_LEAST, min(ROUNDS, LEVELS_WALKED // max(len(forest.levels), 1)))):
        left = planned_back_orders(forest, stock)
        cost = np.bincount(item, weights=forest.price * stock + own * left.mean, minlength=len(least))
        best = np.where((cost < least)[item], stock, best)
        least = np.minimum(cost, least)
        wished = _answers(forest, left, own + _price_of_owing(forest, left, own), bounds)
        half = np.sign(wished - stock) * ((np.abs(wished - stock) + 1) // 2)
        stock = stock + np.where(forest.depth % 2 == turn % 2, half, 0)
    return best


def _price_of_owing(forest: Forest, left: BackOrders, own: Floats) -> Floats:
    """What a unit back-ordered at each place costs those below it: what each would have to let wait longer.

    Shapes: own is (n,), what a unit back-ordered costs at the place itself.
    """
    below = np.zeros(len(forest))
    short = 1.0 - left.fill
    for rows in reversed(forest.levels[1:]):
        passed = forest.share[rows] * short[rows] * (own[rows] + below[rows])
        below += np.bincount(forest.parent[rows], weights=passed, minlength=len(forest))
    return below


def _answers(forest: Forest, left: BackOrders, weight: Floats, bounds: Bounds) -> Wholes:
    """The stock of each place at which it costs least, with what its parent owes it as things are."""
    held, share = forest.parent >= 0, forest.share
    owed = np.where(held, left.mean[forest.parent], 0.0) * share
    owed_variance = np.where(held, left.variance[forest.parent], 0.0) * share**2
    mean, variance = forest.lead_mean + owed, forest.lead_variance + (1 - share) * owed + owed_variance
    terms = Terms(mean, variance, forest.lump, forest.price, weight, bounds.low, bounds.high)
    return answered(terms, for_wait)[0]
