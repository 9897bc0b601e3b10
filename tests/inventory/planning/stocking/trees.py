"""The worked examples of many places, and trees to draw, for the tests of the multi-echelon arrays."""

import csv
import heapq
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import strategies as st

from inventory.planning.stocking import base_stock
from inventory.planning.stocking.forest import Floats, Forest, Wholes
from inventory.planning.stocking.metric import vari_metric

EXAMPLES = Path(__file__).parents[3] / "data" / "worked_examples"


def rows_of(file: str) -> list[dict[str, str]]:
    with (EXAMPLES / file).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def groups_of(file: str, column: str) -> list[tuple[str, list[dict[str, str]]]]:
    return [(key, list(rows)) for key, rows in groupby(rows_of(file), key=lambda row: row[column])]


def numbers(cell: str) -> list[float]:
    return [float(number) for number in cell.split()]


def tree(parent: list[int], rate: Any, transit: Any, price: Any = 1.0, item: Any = 0) -> Forest:
    """A forest from lists; one item, a price of one and Poisson demand unless said otherwise."""
    columns = [
        np.array(np.broadcast_to(np.asarray(column, dtype=float), len(parent))) for column in (rate, transit, price)
    ]
    items = np.array(np.broadcast_to(np.asarray(item, dtype=np.int32), len(parent)))
    return Forest(np.array(parent, dtype=np.int32), items, columns[0], np.ones(len(parent)), columns[1], columns[2])


def depot_and_bases(rates: list[float], transits: list[float], lead_time: float) -> Forest:
    return tree([-1] + [0] * len(rates), [0.0, *rates], [lead_time, *transits])


def network(parts: int, *, seed: int, centres: int = 30, yearly: float = 2.0) -> Forest:
    """Parts at a central warehouse, up to 6 hubs and 12 distribution centres, and about so many repair centres each."""
    draw = np.random.default_rng(seed)
    parent: list[int] = []
    rate: list[float] = []
    transit: list[float] = []
    price: list[float] = []
    item: list[int] = []
    for part in range(parts):
        root = len(parent)
        chosen = np.sort(draw.integers(0, 12, max(1, draw.poisson(centres))))
        centrals, hubs = np.unique(chosen % 6), np.unique(chosen)
        at_central = {number: root + 1 + place for place, number in enumerate(centrals.tolist())}
        at_hub = {number: root + 1 + len(centrals) + place for place, number in enumerate(hubs.tolist())}
        parent += [-1, *([root] * len(centrals)), *(at_central[hub % 6] for hub in hubs.tolist())]
        parent += [at_hub[hub] for hub in chosen.tolist()]
        above = 1 + len(centrals) + len(hubs)
        rate += [0.0] * above + draw.gamma(0.5, yearly / 365 / 0.5, len(chosen)).tolist()
        transit += [60.0] + [10.0] * len(centrals) + [5.0] * len(hubs) + [2.0] * len(chosen)
        price += [float(np.exp(draw.normal(np.log(11), 1.5)))] * (above + len(chosen))
        item += [part] * (above + len(chosen))
    return tree(parent, rate, transit, price, item)


def fill_of(forest: Forest, stock: Wholes) -> float:
    """The share of end demand that is met at once."""
    return float(vari_metric(forest, stock).fill @ forest.rate / forest.rate.sum())


def value_on_hand(forest: Forest, stock: Wholes) -> float:
    """The price of what lies on all shelves on average: stock less what is on its way and owed from above."""
    left = vari_metric(forest, stock)
    owed = np.where(forest.parent >= 0, left.mean[forest.parent], 0.0) * forest.share
    return float(forest.price @ (stock - forest.flow * forest.transit - owed + left.mean))


def by_tier(forest: Forest, targets: Sequence[float]) -> Wholes:
    """Each place by itself: the least stock that keeps its tier's target when its parent never runs out."""
    mean = forest.flow * forest.transit
    return base_stock.for_ready_rate(mean, mean, np.array(targets)[forest.depth])


@st.composite
def small_trees(draw: st.DrawFn, places_max: int = 9) -> tuple[Forest, Wholes]:
    """A tree of a few places of any depth, demand anywhere, and stocks for it."""
    places = draw(st.integers(1, places_max))
    parent = [-1] + [draw(st.integers(0, row - 1)) for row in range(1, places)]
    rate = [draw(st.sampled_from([0.0, 0.02, 0.3, 1.0, 2.7])) for _ in range(places)]
    transit = [draw(st.sampled_from([0.0, 0.5, 3.0, 20.0])) for _ in range(places)]
    stock = [draw(st.integers(0, 12)) for _ in range(places)]
    return tree(parent, rate, transit), np.array(stock)


def simulated(forest: Forest, stock: Wholes, *, days: float, seed: int) -> tuple[Floats, Floats]:
    """Mean units back-ordered and share met at once at every place, by playing a long stretch of days through.

    Every unit asked for asks one of the parent at once. Orders are filled in their sequence: order k at a place is
    there for the asker at the later of its own instant and the arrival of the place's own order k - stock.
    """
    draw = np.random.default_rng(seed)
    queue: list[tuple[float, int, int]] = []
    for row, rate in enumerate(forest.rate.tolist()):
        queue += [(at, row, row) for at in draw.uniform(0, days, draw.poisson(rate * days)).tolist()]
    heapq.heapify(queue)
    arrivals: list[list[float]] = [[] for _ in range(len(forest))]
    waits, asked, at_once = np.zeros(len(forest)), np.zeros(len(forest)), np.zeros(len(forest))

    def ask(row: int, at: float) -> float:
        order = len(arrivals[row])
        above = int(forest.parent[row])
        released = at if above < 0 else ask(above, at)
        arrivals[row].append(released + float(forest.transit[row]))
        behind = order - int(stock[row])
        ready = at if behind < 0 else max(at, arrivals[row][behind])
        waits[row] += max(min(ready, days) - at, 0.0)
        asked[row] += 1
        at_once[row] += ready <= at
        return ready

    while queue:
        at, row, _ = heapq.heappop(queue)
        ask(row, at)
    return waits / days, np.divide(at_once, asked, out=np.zeros(len(forest)), where=asked > 0)
