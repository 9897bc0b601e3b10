"""What is fixed once for a whole run, over all parts in their order: how each segment is forecast, what service costs.

The prices of service are found on a sample of parts (`sampling`), so that each service class gets what its policy asks
for; then every piece of the run is planned with the same figures.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inventory.planning.forecasting.tournament import Choice
from inventory.planning.policies import MEASURES, ServiceMeasure, Settings
from inventory.planning.replenishment.arrays import Reals
from inventory.planning.replenishment.failing import UNKNOWN, Failing
from inventory.planning.replenishment.levels import DAYS_A_YEAR, ServiceClass, Trees, read_class
from inventory.planning.replenishment.outlook import KINDS
from inventory.planning.replenishment.seasons import NO_SEASON
from inventory.planning.stocking.service_price import Service, prices
from inventory.planning.stocking.system import Bounds, Measure

WEIGHED = {ServiceMeasure.FILL_RATE: Measure.FILL, ServiceMeasure.WAIT: Measure.WAIT}
"""What the price of service is searched for; a cost of shortage is one already."""


@dataclass(frozen=True, slots=True)
class Constants:
    """The figures that hold for all pieces of a run.

    `service_prices` is what an order missed costs in each class (`levels.service_class`), `choice` how demand is
    forecast, `seasons` how much more a month asks for than the mean one, by division, `usual_price` what a part without
    a price is taken to cost, `failing` how often parts in use fail.
    `missed` is how many orders are missed, in a rehearsal, for one that levels promise to miss: by what demand is like
    (outlook.KINDS).
    """

    service_prices: Mapping[int, float]
    choice: Choice
    usual_price: float
    failing: Failing = UNKNOWN
    seasons: Reals = field(default_factory=lambda: NO_SEASON)
    missed: tuple[float, ...] = (1.0,) * len(KINDS)

    def theta_of(self, trees: Trees, settings: Settings) -> Reals:
        """The price of service of each place: what its class costs; a cost of shortage tells its own.

        Where more is missed than levels promise, as much more is paid for service.

        Shapes: (stocked,). Units: as `stocking.system.optimise` takes them.
        """
        classes, which = np.unique(trees.service, return_inverse=True)
        prices = np.array([self._price(int(one), settings) for one in classes])
        an_order = np.array([MEASURES[read_class(int(one)).measure] in WEIGHED for one in classes], dtype=np.bool_)
        if not len(classes):
            return np.zeros(0)
        fills = trees.measure == MEASURES.index(ServiceMeasure.FILL_RATE)
        broken = np.where(fills, np.array(self.missed)[trees.kind], 1.0)
        return broken * np.where(an_order[which], prices[which] / trees.forest.lump, prices[which])

    def likely_fill(self, promised: Reals, kind: NDArray[np.int8]) -> Reals:
        """The share that will be met at once where levels promise so much. Shapes: all (n,)."""
        likely: Reals = 1.0 - np.minimum((1.0 - promised) * np.array(self.missed)[kind], 1.0)
        return likely

    def _price(self, service: int, settings: Settings) -> float:
        """The price of a class; of one that the sample lacks, that of the class most like it."""
        wanted = read_class(service)
        if MEASURES[wanted.measure] is ServiceMeasure.SHORTAGE_COST:
            return wanted.target * DAYS_A_YEAR / settings.holding_rate_per_year
        known = [(read_class(one), price) for one, price in self.service_prices.items()]
        alike = [(one, price) for one, price in known if one.measure == wanted.measure]
        return min(alike, key=lambda one: (_apart(one[0], wanted), one[0]))[1] if alike else 0.0

    def as_row(self) -> dict[str, Any]:
        """The figures as they are kept with the run."""
        return {
            "service_prices": {str(one): price for one, price in self.service_prices.items()},
            "methods": list(self.choice.methods),
            "shapes": list(self.choice.shapes),
            "law": list(self.choice.law),
            "seasons": np.round(self.seasons, 4).tolist(),
            "missed": dict(zip(KINDS, self.missed, strict=True)),
            "usual_price": self.usual_price,
            "usual_failures": list(self.failing.usual),
            "forecast_by_failures": self.failing.better,
        }


def _apart(one: ServiceClass, other: ServiceClass) -> tuple[int, int, float]:
    """How unlike two classes of a measure are: the value of parts tells most of a price, then the tier."""
    return abs(one.abc - other.abc), abs(one.tier - other.tier), abs(one.target - other.target)


def price_service(trees: Trees, weight: Reals) -> dict[int, float]:
    """Find the price of service of each class so that its places together get what their policy asks for.

    Shapes: trees of the sample; weight (stocked,), of how many like it each place of the sample stands for.
    Units: money an order missed, by class as `levels.service_class` numbers them.
    """
    rows = np.flatnonzero(np.isin(trees.measure, [MEASURES.index(one) for one in WEIGHED]))
    classes, which = np.unique(trees.service[rows], return_inverse=True)
    told = [read_class(int(one)) for one in classes]
    services = tuple(Service(WEIGHED[MEASURES[one.measure]], one.target) for one in told)
    bounds = Bounds(trees.bounds.low[rows], trees.bounds.high[rows])
    found = prices(trees.forest.only(rows), which.astype(np.int64), services, weight=weight[rows], bounds=bounds)
    return dict(zip(classes.tolist(), found.tolist(), strict=True))
