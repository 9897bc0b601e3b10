"""Where a part is stocked, and the stocked places of all parts as trees with what is asked of each."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from inventory.planning.policies import MEASURES, PlacePolicies, decide_stocked
from inventory.planning.replenishment.arrays import Flags, Ids, Reals, Rows
from inventory.planning.replenishment.layout import Layout, nearest_stocked
from inventory.planning.replenishment.service_classes import service_class
from inventory.planning.replenishment.steadying import Before
from inventory.planning.stocking.forest import Forest
from inventory.planning.stocking.system import Bounds

NIGHT: Final = 1.0
"""Days between two looks at an order: one night is waited for beside every lead time."""


@dataclass(frozen=True, slots=True)
class PlaceDemand:
    """What is asked of part-places themselves, what those below draw apart.

    Shapes: all (n,). Units: months with demand in the policy's window; base units a day, and their variance a day.
    `method` is the place of the forecast's method in the list of methods, `kind` that of what the demand is like.
    What is told a day is told of a day of this month: `this_month` is what it asks for beside the mean day of a year,
    `season` what a day until a delivery can come asks for beside one of this month.
    """

    hits: Ids
    daily_mean: Reals
    daily_variance: Reals
    method: NDArray[np.int8]
    kind: NDArray[np.int8]
    this_month: Reals
    season: Reals


def decide_places(
    layout: Layout, demand: PlaceDemand, policies: PlacePolicies, before: Before, waiting: Flags
) -> Flags:
    """Decide where parts are stocked: from the last tier up, what is asked below counting above too.

    A part that lies anywhere lies at its root as well, for the root buys it, and so it does where a repair waits for a
    part that nobody stocks; unless somebody said that it shall not.

    Shapes: all (n,).
    """
    stocked = np.zeros(len(layout), dtype=np.bool_)
    below = waiting.copy()
    hits = demand.hits.copy()
    for rows in reversed(_by_depth(layout.parent)):
        decided = decide_stocked(
            hits[rows],
            before.stocked[rows],
            stock_hits=policies.stock_hits[rows],
            drop_hits=policies.drop_hits[rows],
            phase=policies.phase[rows],
            told=policies.stocked[rows],
        )
        parent = layout.parent[rows]
        stocked[rows] = decided | ((parent < 0) & below[rows] & (policies.stocked[rows] != 0))
        held = parent >= 0
        np.add.at(hits, parent[held], hits[rows[held]])
        np.logical_or.at(below, parent[held], (stocked | below)[rows[held]])
    return stocked


def _by_depth(parent: Rows) -> list[Ids]:
    depth = steps_up(parent)
    return [np.flatnonzero(depth == one) for one in range(int(depth.max(initial=-1)) + 1)]


def steps_up(parent: Rows) -> NDArray[np.int8]:
    """Steps up to the root. Shapes: (n,)."""
    depth, above = np.zeros(len(parent), dtype=np.int8), parent
    while (above >= 0).any():
        depth += above >= 0
        above = np.where(above >= 0, parent[above], -1)
    return depth


@dataclass(frozen=True, slots=True)
class Trees:
    """The stocked places as a forest, with the rows of the layout they stand for.

    The forest counts days of this month: what a year has, and a lead time, is longer or shorter by the season.

    Shapes: all (stocked,). `this_month` and `season` as in PlaceDemand.
    """

    rows: Ids
    part_ids: Ids
    forest: Forest
    bounds: Bounds
    service: NDArray[np.int64]
    measure: NDArray[np.int8]
    kind: NDArray[np.int8]
    this_month: Reals
    season: Reals

    @property
    def yearly_flow(self) -> Reals:
        """Units that a mean day of a year asks of each place. Shapes: (stocked,)."""
        flow: Reals = self.forest.flow / self.this_month
        return flow


def grow_trees(layout: Layout, stocked: Flags, demand: PlaceDemand, policies: PlacePolicies, price: Reals) -> Trees:
    """Make the forest of the stocked places, unstocked demand brought to the place above that serves it.

    Orders are looked at every night, so one night is waited for beside the lead time. The lead time's own spread is
    variance of the demand in it. With a season, a lead time is told in days of this month that ask for as much. A tree
    has one measure of service, that of its places with the most demand.

    Shapes: layout, demand, policies and price (n,). Units: price in money a unit, above 0.
    """
    serving = nearest_stocked(layout.parent, stocked)
    served = np.flatnonzero((serving >= 0) & (demand.daily_mean > 0))
    mean: Reals = np.bincount(serving[served], weights=demand.daily_mean[served], minlength=len(layout)).astype(float)
    variance = np.bincount(serving[served], weights=demand.daily_variance[served], minlength=len(layout))
    rows = np.flatnonzero(stocked)
    row_of = np.full(len(layout) + 1, -1, dtype=np.int32)
    row_of[rows] = np.arange(len(rows))
    above = np.where(layout.parent >= 0, serving[layout.parent], -1)
    season = demand.season[rows]
    ratio = np.divide(variance[rows], mean[rows], out=np.ones(len(rows)), where=mean[rows] > 0)
    forest = Forest(
        parent=row_of[above[rows]],
        item=_numbered(layout.part_ids[rows]),
        rate=mean[rows],
        variance_ratio=np.maximum(ratio, 1.0),
        transit=(policies.lead_time_days[rows] + NIGHT) * season,
        price=price[rows],
        transit_variance=policies.lead_time_variance[rows] * season**2,
    )
    low, high = policies.minimum[rows].astype(np.int64), policies.maximum[rows].astype(np.int64)
    measure = _measure_of_trees(forest, policies.measure[rows])
    return Trees(
        rows,
        layout.part_ids[rows],
        forest,
        Bounds(np.minimum(low, high), high),
        service_class(policies, rows, measure),
        measure,
        demand.kind[rows],
        demand.this_month[rows],
        season,
    )


def _numbered(part_ids: Ids) -> NDArray[np.int32]:
    return np.cumsum(np.r_[False, part_ids[1:] != part_ids[:-1]][: len(part_ids)]).astype(np.int32)


def _measure_of_trees(forest: Forest, measure: NDArray[np.int8]) -> NDArray[np.int8]:
    if not len(forest):
        return measure
    rate = np.zeros((int(forest.item[-1]) + 1, len(MEASURES)))
    np.add.at(rate, (forest.item, measure), forest.rate + 1e-12)
    chosen: NDArray[np.int8] = rate.argmax(axis=1).astype(np.int8)[forest.item]
    return chosen
