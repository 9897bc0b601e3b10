"""The price of service of each class: found on a sample of parts so that the service asked for comes out.

It is the one step that sees all parts at once. With the prices fixed, every run of parts is planned by itself.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from inventory.planning.stocking.forest import Floats, Forest, Rows, Wholes
from inventory.planning.stocking.metric import planned_back_orders
from inventory.planning.stocking.system import Bounds, Measure, optimise, unbounded

TRIES_MAX = 40
STEP_MAX = 16.0
"""No try goes further from the one before than by this factor."""
PRECISION = 1.02
"""A price is found when one this much lower is too low, or when it misses what may be missed, less this much."""
PRICE_MAX = 1e15
LEAST_MISSED, LEAST_WAIT = 1e-6, 0.001
"""A target of all, or of no wait, is read as this share missed and these days."""


@dataclass(frozen=True)
class Service:
    """What a class of places is to be served like.

    Units: FILL: target is the share of orders met at once, over all end demand of the class; WAIT: the mean days that
    an order of end demand waits.
    """

    measure: Measure
    target: float

    @property
    def allowed(self) -> float:
        """What an order may miss on average: a share, or days."""
        if self.measure is Measure.FILL:
            return max(1.0 - self.target, LEAST_MISSED)
        return max(self.target, LEAST_WAIT)


def prices(
    forest: Forest,
    service_class: npt.NDArray[np.int64],
    services: tuple[Service, ...],
    *,
    weight: Floats | None = None,
    bounds: Bounds | None = None,
) -> Floats:
    """The price of service of each class at which its target is just met.

    Orders are counted, not units: screws by the gram must not outvote compressors by the piece.

    Shapes: service_class is (n,), of one measure in all rows of an item; services and the answer are (classes,);
    weight is (n,): how many like it each row of a sample stands for.
    Units: money an order missed (FILL) or an order that waits (WAIT): theta of system.optimise is this over the lump.
    A target that the bounds keep out of reach gives PRICE_MAX.
    """
    bounds = bounds or unbounded(len(forest))
    weight = np.ones(len(forest)) if weight is None else weight
    measures = np.array([list(Measure).index(service.measure) for service in services])
    found = np.zeros(len(services))
    for place, measure in enumerate(Measure):
        classes = np.flatnonzero(measures == place)
        rows = np.flatnonzero(np.isin(service_class, classes))
        if len(rows):
            search = _Search(
                forest.only(rows),
                measure,
                Bounds(bounds.low[rows], bounds.high[rows]),
                np.searchsorted(classes, service_class[rows]),
                np.array([services[number].allowed for number in classes]),
                weight[rows],
            )
            found[classes] = search.found()
    return found


@dataclass(frozen=True)
class _Search:
    """The search for the prices of the classes of one measure, all at once: what one is given hardly moves another."""

    forest: Forest
    measure: Measure
    bounds: Bounds
    of_class: Rows
    allowed: Floats
    weight: Floats

    def found(self) -> Floats:
        """Try prices in proportion to what was missed, between the highest too low and the lowest high enough.

        Shapes: the answer is (classes,).
        """
        low, high = np.zeros(len(self.allowed)), np.full(len(self.allowed), np.inf)
        price = np.full(len(self.allowed), self._usual())
        for _ in range(TRIES_MAX):
            missed = self._missed(price) / self.allowed
            met = missed <= 1.0
            low, high = np.where(met, low, price), np.where(met, price, high)
            near = met & (missed * PRECISION >= 1.0)
            done = near | (high <= low * PRECISION) | (low >= PRICE_MAX) | (high <= 1 / PRICE_MAX)
            wished = price * missed * np.where(met, 1.0, PRECISION)
            price = np.where(done, np.minimum(high, PRICE_MAX), _next_try(low, wished, high))
            if done.all():
                break
        found: Floats = np.minimum(high, PRICE_MAX)
        return found

    def _usual(self) -> float:
        orders = max(float(self.forest.orders.mean()), 1e-12)
        return float(np.median(self.forest.price)) / orders or 1.0

    def _missed(self, price: Floats) -> Floats:
        """What an order of each class misses on average. Shapes: (classes,)."""
        stock = optimise(self.forest, price[self.of_class] / self.forest.lump, self.measure, self.bounds)
        return missed_by_class(self.forest, stock, self.measure, self.of_class, self.weight, len(self.allowed))


def _next_try(low: Floats, wished: Floats, high: Floats) -> Floats:
    """The price wished for where it lies well within what is known, the middle of that on a scale of logarithms else.

    Shapes: (classes,) each; low is 0 and high infinite as long as none is known.
    """
    least = np.where(low > 0, low, high / STEP_MAX**2)
    most = np.where(np.isfinite(high), high, low * STEP_MAX**2)
    within = (wished > least * PRECISION**0.5) & (wished < most / PRECISION**0.5)
    return np.where(within, wished, np.sqrt(least) * np.sqrt(most))


def missed_by_class(
    forest: Forest, stock: Wholes, measure: Measure, of_class: npt.NDArray[np.int64], weight: Floats, classes: int
) -> Floats:
    """What an order of end demand of each class misses on average: its share not met at once, or the days it waits.

    Shapes: stock, of_class and weight are (n,); the answer is (classes,).
    """
    left = planned_back_orders(forest, stock)
    missed = (
        forest.orders * (1.0 - left.fill) if measure is Measure.FILL else left.mean * forest.own_share / forest.lump
    )
    orders = np.bincount(of_class, weights=forest.orders * weight, minlength=classes)
    total = np.bincount(of_class, weights=missed * weight, minlength=classes)
    return np.divide(total, orders, out=np.zeros(len(orders)), where=orders > 0)
