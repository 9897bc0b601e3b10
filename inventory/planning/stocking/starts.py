"""Where a search for a tree's stocks sets out from: the two-moment optimum that fills the share asked for."""

import numpy as np

from inventory.planning.stocking.arranging import copies
from inventory.planning.stocking.deep_trees import optimise_deep
from inventory.planning.stocking.forest import Floats, Forest, Wholes
from inventory.planning.stocking.metric import planned_back_orders
from inventory.planning.stocking.system import Bounds, Measure, optimise

LEVELS_MAX = 6
"""Trees of more levels are planned place by place."""
TRIED, TRIED_DEEP = (16, 8_000, 1.03), (24, 24_000, 1.1)
"""How many prices are tried at once, for how many places together, and how finely; a search sets the price exactly. A
deep tree has few places in each of many levels, so that more prices at once cost little."""


def two_moment_start(
    forest: Forest, bounds: Bounds, measure: Measure, aim: float, theta: float, spread: float
) -> tuple[float, Wholes]:
    """The price at which the two-moment optimum fills the share `aim` of end demand, and its stocks.

    Prices are tried side by side, as so many copies of the forest: first around theta, up to `spread` times higher or
    lower, then within the two between which the fill passes the aim.

    Shapes: the stocks are (n,). Units: theta as system.optimise.
    """
    most, together, precision = TRIED_DEEP if len(forest.levels) > LEVELS_MAX else TRIED
    side = max(3, min(most, together // len(forest)))
    low, high = theta / spread, theta * spread
    known: dict[float, tuple[Wholes, float]] = {}
    while True:
        tried = np.geomspace(low, high, side).tolist()
        new = [price for price in tried if price not in known]
        stocks, fills = _filled(forest, bounds, measure, np.array(new))
        known = {price: known[price] for price in tried if price in known}
        known |= {price: (stock, fill) for price, stock, fill in zip(new, stocks, fills.tolist(), strict=True)}
        first = next((place for place, price in enumerate(tried) if known[price][1] >= aim), None)
        if high <= low * precision or not first:
            price = tried[-1 if first is None else first]
            return price, known[price][0]
        low, high = tried[first - 1], tried[first]


def _filled(forest: Forest, bounds: Bounds, measure: Measure, tried: Floats) -> tuple[Wholes, Floats]:
    """The two-moment optimum at each of the prices, and the share of end demand that it fills."""
    trial, theta = copies(forest, len(tried)), np.repeat(tried, len(forest))
    limits = Bounds(np.tile(bounds.low, len(tried)), np.tile(bounds.high, len(tried)))
    if len(forest.levels) > LEVELS_MAX:
        stock, left = optimise_deep(trial, theta, measure, limits)
    else:
        stock = optimise(trial, theta, measure, limits)
        left = planned_back_orders(trial, stock)
    filled = (left.fill * trial.rate).reshape(len(tried), -1).sum(axis=1)
    return stock.reshape(len(tried), -1), filled / forest.rate.sum()
