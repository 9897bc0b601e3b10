"""What is fixed once for a whole run, over all parts in their order: how each segment is forecast, what service costs.

The prices of service are found on a sample of parts (every so many in order), so that each service class gets what its
policy asks for; then every piece of the run is planned with the same figures.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inventory.planning.forecasting.tournament import Choice
from inventory.planning.policies import MEASURES, ServiceMeasure, Settings
from inventory.planning.replenishment.arrays import Ids, Reals
from inventory.planning.replenishment.levels import DAYS_A_YEAR, MEASURE_UNIT, TARGET_UNIT, Trees, optimised
from inventory.planning.stocking.forest import Forest
from inventory.planning.stocking.metric import vari_metric

FIRST_PRICE = 1 / 16
"""The first price of service that is tried, as a multiple of the middle price of a unit over the mean demand a day."""
PRICE_STEP, STEPS_MAX, HALVINGS = 4.0, 8, 4


@dataclass(frozen=True, slots=True)
class Constants:
    """The figures that hold for all pieces of a run.

    `theta` is the price of service of each class (`levels.service_class`), `choice` how demand is forecast,
    `usual_price` what a part without a price is taken to cost.
    """

    theta: Mapping[int, float]
    choice: Choice
    usual_price: float

    def theta_of(self, trees: Trees, settings: Settings) -> Reals:
        """The price of service of each place: what its class costs; a cost of shortage tells its own.

        Shapes: (stocked,). Units: as `stocking.system.optimise` takes them.
        """
        classes, which = np.unique(trees.service, return_inverse=True)
        prices = np.array([self._price(int(one), settings) for one in classes])
        return prices[which] if len(classes) else np.zeros(0)

    def _price(self, service: int, settings: Settings) -> float:
        measure, target = divmod(service, MEASURE_UNIT)
        if MEASURES[measure] is ServiceMeasure.SHORTAGE_COST:
            return target / TARGET_UNIT * DAYS_A_YEAR / settings.holding_rate_per_year
        alike = [one for one in self.theta if one // MEASURE_UNIT == measure]
        if not alike:
            return 0.0
        return self.theta[min(alike, key=lambda one: (abs(one - service), one))]

    def as_row(self) -> dict[str, Any]:
        """The figures as they are kept with the run."""
        return {
            "theta": {str(one): price for one, price in self.theta.items()},
            "methods": list(self.choice.methods),
            "shapes": list(self.choice.shapes),
            "law": list(self.choice.law),
            "usual_price": self.usual_price,
        }


def price_service(trees: Trees) -> dict[int, float]:
    """Find the price of service of each class so that its places together get what their policy asks for.

    All classes are closed in on at once, each in its own range, raised step by step and then halved: what one is given
    hardly moves another.

    Shapes: trees of the sample. Units: by class as `levels.service_class` numbers them.
    """
    classes, which = np.unique(trees.service, return_inverse=True)
    if not len(classes):
        return {}
    usual = float(np.median(trees.forest.price) / max(trees.forest.rate.mean(), 1e-9))
    high = np.full(len(classes), usual * FIRST_PRICE)

    def good_at(price: Reals) -> NDArray[np.bool_]:
        return _good_enough(trees, classes, which, optimised(trees, price[which]))

    for _ in range(STEPS_MAX):
        good = good_at(high)
        if good.all():
            break
        high = np.where(good, high, high * PRICE_STEP)
    low = high / PRICE_STEP
    for _ in range(HALVINGS):
        middle = np.sqrt(low * high)
        good = good_at(middle)
        low, high = np.where(good, low, middle), np.where(good, middle, high)
    return {int(one): float(price) for one, price in zip(classes, high, strict=True)}


def _good_enough(trees: Trees, classes: Ids, which: Ids, stock: Ids) -> NDArray[np.bool_]:
    """Whether the places of each class get the service asked for: of all they need, weighed by demand."""
    left = vari_metric(trees.forest, stock)
    measure, target = np.divmod(classes, MEASURE_UNIT)
    rate = np.bincount(which, weights=trees.forest.rate, minlength=len(classes))
    met = np.bincount(which, weights=trees.forest.rate * left.fill, minlength=len(classes))
    waiting = np.bincount(which, weights=_own_waiting(trees.forest, left.mean), minlength=len(classes))
    some = np.maximum(rate, 1e-12)
    fills = met / some >= target / TARGET_UNIT
    waits = waiting / some <= target / TARGET_UNIT
    waited_for = measure == MEASURES.index(ServiceMeasure.WAIT)
    return np.where(rate > 0, np.where(waited_for, waits, fills), True)


def _own_waiting(forest: Forest, back_ordered: Reals) -> Reals:
    """Units that end customers of each place wait for."""
    return back_ordered * forest.own_share
