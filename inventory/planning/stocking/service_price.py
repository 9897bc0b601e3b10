"""The price of service of each class: found on a sample of parts so that the service asked for comes out.

It is the one step that sees all parts at once. With the prices fixed, every run of parts is planned by itself.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from inventory.planning.stocking.forest import Floats, Forest, Rows, Wholes
from inventory.planning.stocking.metric import vari_metric
from inventory.planning.stocking.system import Bounds, Measure, optimise, unbounded

ITEMS_LEAST = 200
"""A class of fewer parts is not sampled: all of them set its price."""
PRICE_STEP, PRICE_PRECISION = 4.0, 1.01
PRICE_MAX = 1e15


@dataclass(frozen=True)
class Service:
    """What a class of parts is to be served like.

    Units: FILL: target is the share of units met at once, over all end demand of the class; WAIT: the mean days that a
    unit of end demand waits.
    """

    measure: Measure
    target: float


def prices(
    forest: Forest,
    service_class: npt.NDArray[np.int64],
    services: tuple[Service, ...],
    *,
    share: float,
    bounds: Bounds | None = None,
) -> Floats:
    """The price of service of each class at which its target is just met.

    A class of many parts is judged by every k-th of them in row order, so that the sample needs no dice.

    Shapes: service_class is (n,), the same for all rows of an item; services and the answer are (classes,).
    Units: share is the share of the parts looked at; a price is theta of system.optimise for the class's measure.
    A target that the bounds keep out of reach gives PRICE_MAX.
    """
    bounds = bounds or unbounded(len(forest))
    found = np.zeros(len(services))
    for number, service in enumerate(services):
        rows = _sampled(forest, np.flatnonzero(service_class == number), share)
        if len(rows):
            sample = forest.only(rows)
            found[number] = _price(sample, service, Bounds(bounds.low[rows], bounds.high[rows]))
    return found


def _sampled(forest: Forest, rows: Rows, share: float) -> Rows:
    firsts = np.r_[True, forest.item[rows][1:] != forest.item[rows][:-1]] if len(rows) else np.zeros(0, np.bool_)
    item = np.cumsum(firsts) - 1
    items = int(firsts.sum())
    every = max(1, int(items / max(items * share, ITEMS_LEAST))) if items else 1
    chosen: Rows = rows[item % every == 0]
    return chosen


def _price(forest: Forest, service: Service, bounds: Bounds) -> float:
    """Bracket the price by steps, then halve the bracket on the scale of logarithms."""
    demand = float(forest.rate.sum())
    if demand == 0:
        return 0.0

    def met(price: float) -> bool:
        stock = optimise(forest, np.full(len(forest), price), service.measure, bounds)
        return is_met(forest, stock, service)

    low = high = float(np.median(forest.price)) / (demand / len(forest)) or 1.0
    while not met(high):
        low, high = high, high * PRICE_STEP
        if high > PRICE_MAX:
            return PRICE_MAX
    while low == high or (low > 1 / PRICE_MAX and met(low)):
        high, low = low, low / PRICE_STEP
    while high > low * PRICE_PRECISION:
        middle = (low * high) ** 0.5
        low, high = (low, middle) if met(middle) else (middle, high)
    return high


def is_met(forest: Forest, stock: Wholes, service: Service) -> bool:
    """Whether the stocks serve all end demand of the forest as asked, by VARI-METRIC."""
    left, demand = vari_metric(forest, stock), float(forest.rate.sum())
    if service.measure is Measure.FILL:
        return float(left.fill @ forest.rate) >= service.target * demand
    return float(left.mean @ forest.own_share) <= service.target * demand
