"""How good planning is, beside the goals: forecasts and stock on car parts, and what planning all tiers together saves.

`python -m tests.bench.planning_goals [FILE]` prints them, of FILE (monthly demand, as `beijian plan evaluate` reads it)
the same as of the car parts, segment by segment as well.

The compared rules on the tree of 1, 6, 36 and 400 places: each place by itself, with one target everywhere or with the
best of a grid of targets by tier, either tuned so that the repair centres' demand is met to the same share.
"""

import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from inventory.planning.forecasting import SEGMENTS, Question, evaluate, segment_of
from inventory.planning.stocking.forest import Forest
from inventory.planning.stocking.service_price import Service, prices
from inventory.planning.stocking.system import Measure, optimise
from tests.bench.figures import Figure
from tests.inventory.planning.forecasting.carparts import demand
from tests.inventory.planning.stocking.trees import by_tier, fill_of, value_on_hand
from web.connectors.monthly_demand import read_monthly_demand

TOLD: Final = ("naive", "croston", "sba", "product")
QUESTION: Final = Question(test_months=12, lead_months=2, fill=0.90)
POISSON_SERIES, POISSON_MONTHS = 2_000, 60
THETA: Final = 1_000.0
"""The price of service at which the whole network is stocked once."""
FILL: Final = 0.95
HUBS, CENTRES, STATIONS = 6, 36, 400
SETTINGS: Final = {"60,10,5;2.0": ((60.0, 10.0, 5.0), 2.0), "60,10,5;0.4": ((60.0, 10.0, 5.0), 0.4)}
"""Days from the supplier, to a hub, to a distribution centre; demand a year at a repair centre that stocks the part."""
LAST_DAYS: Final = 2.0
STATIONS_A_PART: Final = 30
TREE_PARTS, NETWORK_PARTS = 300, 60_000
UPPER, MIDDLE = (0.3, 0.6, 0.8, 0.9, 0.95), (0.0, 0.3, 0.6, 0.8, 0.9)
LAST: Final = tuple(np.linspace(0.30, 0.995, 140).tolist())


def measure_goals(parts: int, network_parts: int) -> Iterator[Figure]:
    """Forecasts and stock of car parts and of Poisson demand, then the stock value of the compared rules over the plan.

    Units: `parts` are compared by rule, `network_parts` stocked once at one price of service.
    """
    yield from measure_file("carparts", demand()[1])
    yield from _by_segment("poisson", draw_poisson(POISSON_SERIES))
    for name, (days, yearly) in SETTINGS.items():
        yield from _of_tree(draw_forest(parts, days, yearly), name)
    yield _of_network(network_parts)


def measure_file(name: str, history: NDArray[np.float64]) -> Iterator[Figure]:
    """Forecast and stock by method, and the fill of the product's by segment. Shapes: history is (series, months)."""
    for verdict in evaluate(history, QUESTION, only=TOLD):
        yield Figure(f"{name}_rmsse_{verdict.method}", name, verdict.rmsse, "")
        yield Figure(f"{name}_bias_{verdict.method}", name, verdict.bias, "of demand")
        yield Figure(f"{name}_fill_{verdict.method}", name, verdict.fill, "of lines")
        yield Figure(f"{name}_stock_{verdict.method}", name, verdict.stock_months, "months")
    yield from _by_segment(name, history)


def _by_segment(name: str, history: NDArray[np.float64]) -> Iterator[Figure]:
    """The share of lines that the product's stock met, for each kind of series by itself; the asked one beside."""
    segments = segment_of(history[:, : -QUESTION.test_months])
    for place, segment in enumerate(SEGMENTS):
        for verdict in evaluate(history[segments == place], QUESTION, only=("product",)):
            if verdict.series:
                figure, scale = f"{name}_fill_of_{segment}", f"{verdict.series} series"
                yield Figure(figure, scale, verdict.fill, "of lines", yardstick=QUESTION.fill)


def draw_poisson(series: int) -> NDArray[np.float64]:
    """Demand as Poisson as can be, seldom and often. Shapes: the answer is (series, POISSON_MONTHS)."""
    rng = np.random.default_rng(13)
    rate = np.exp(rng.normal(0.0, 1.0, (series, 1)))
    return rng.poisson(rate, (series, POISSON_MONTHS)).astype(np.float64)


def _of_network(parts: int) -> Figure:
    forest = draw_forest(parts, *SETTINGS["60,10,5;2.0"])
    started = time.perf_counter()
    optimise(forest, np.full(len(forest), THETA), Measure.FILL)
    return Figure("network_at_one_price", f"{parts} parts, {len(forest)} places", time.perf_counter() - started, "s")


def _of_tree(forest: Forest, name: str) -> Iterator[Figure]:
    theta = prices(forest, np.zeros(len(forest), np.int64), (Service(Measure.FILL, FILL),))[0]
    system = optimise(forest, np.full(len(forest), theta), Measure.FILL)
    if fill_of(forest, system) < FILL:
        raise RuntimeError(f"the plan fills {fill_of(forest, system):.4f} of demand, the compared rules {FILL}")
    least = value_on_hand(forest, system)
    one = _value_at_fill(forest, None)
    tuned = min(_value_at_fill(forest, (upper, middle, middle)) for upper in UPPER for middle in MIDDLE)
    yield Figure("tree_stock_value", name, least, "money")
    yield Figure("tree_one_target", name, one, "money", ratio=one / least)
    yield Figure("tree_tier_targets", name, tuned, "money", ratio=tuned / least)


def _value_at_fill(forest: Forest, above: tuple[float, float, float] | None) -> float:
    """The value on hand with the least target of the last tier that meets FILL; infinite where none does.

    `above` are the targets of the tiers above; without them the last one's holds everywhere.
    """

    def stock_at(place: int) -> NDArray[np.int64]:
        return by_tier(forest, (*(above or (LAST[place],) * 3), LAST[place]))

    low, high = 0, len(LAST)
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if fill_of(forest, stock_at(middle)) >= FILL else (middle + 1, high)
    return value_on_hand(forest, stock_at(low)) if low < len(LAST) else np.inf


def draw_forest(parts: int, days: tuple[float, float, float], yearly: float) -> Forest:
    """Parts at about STATIONS_A_PART repair centres and the places above them, as planning.md's comparison has them."""
    rng = np.random.default_rng(11)
    columns: list[tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]] = []
    prices_, items, first = [], [], 0
    for part in range(parts):
        station = np.flatnonzero(rng.random(STATIONS) < STATIONS_A_PART / STATIONS)
        station = station if len(station) else np.array([part % STATIONS])
        centres, to_centre = np.unique(station % CENTRES, return_inverse=True)
        hubs, to_hub = np.unique(centres % HUBS, return_inverse=True)
        above = 1 + len(hubs)
        parent = np.r_[-1, np.zeros(len(hubs)) + first, first + 1 + to_hub, first + above + to_centre].astype(np.int64)
        rate = np.r_[np.zeros(above + len(centres)), rng.gamma(2.0, yearly / 365 / 2.0, len(station))]
        transit = np.repeat([*days, LAST_DAYS], [1, len(hubs), len(centres), len(station)])
        columns.append((parent, rate, transit))
        prices_.append(np.full(len(parent), np.exp(rng.normal(np.log(11), 1.0))))
        items.append(np.full(len(parent), part))
        first += len(parent)
    parent, rate, transit = (np.concatenate(one) for one in zip(*columns, strict=True))
    return Forest(
        parent=parent.astype(np.int32),
        item=np.concatenate(items).astype(np.int32),
        rate=rate,
        variance_ratio=np.ones(first),
        transit=transit,
        price=np.concatenate(prices_),
    )


def main() -> None:
    """Print the figures of the file named, or those that the goals are about."""
    if len(sys.argv) > 1:
        file = Path(sys.argv[1])
        figures = measure_file(file.stem, read_monthly_demand(file).demand)
    else:
        figures = measure_goals(TREE_PARTS, NETWORK_PARTS)
    for figure in figures:
        print(figure.as_line(), flush=True)


if __name__ == "__main__":
    main()
