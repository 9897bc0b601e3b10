"""What every part-place should hold: stocked or not, safety stock, reorder point, order-up-to level. Pure.

1. Where a part is stocked follows from its demands there (policies.decide_stocked); what a place is asked for that
   does not stock the part falls to the nearest place above that does.
2. The stocked places of a part are a tree. All trees are optimised together by one price of service for each service
   class (stocking.optimise): so many units that every place and every unit's price weigh against each other.
3. The base stock S becomes a reorder point and an order-up-to level: Q units are ordered at once, the demand of the
   review period and at least a pack; position then moves evenly over the Q values after the reorder point, so these are
   laid around S. What is bought comes in an economic lot at least, whose excess lies above.
4. What stood before stays where it is within a band of what would be written now: levels that swing cost more than
   they gain.
"""

from dataclasses import dataclass, fields
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from inventory.db import QUANTITY_MAX
from inventory.planning.policies import (
    MEASURES,
    PHASES,
    Phase,
    PlacePolicies,
    ServiceMeasure,
    decide_stocked,
)
from inventory.planning.replenishment.arrays import Flags, Ids, Reals, Rows
from inventory.planning.replenishment.layout import Layout, nearest_stocked
from inventory.planning.stocking.forest import Forest
from inventory.planning.stocking.lot_sizing import economic_lot
from inventory.planning.stocking.metric import planned_back_orders
from inventory.planning.stocking.system import Bounds, Measure, optimise

DAYS_A_MONTH: Final = 365.25 / 12
DAYS_A_YEAR: Final = 365.25
NIGHT: Final = 1.0
TARGET_UNIT: Final = 10_000
MEASURE_PLACE: Final = 10**15
TARGET_PLACE: Final = 100
TIER_PLACE: Final = 10
"""A service class is one number: measure, target in ten-thousandths as policies keep it, tier, ABC class."""
LAST_BUY_MARGIN: Final = 1.64
"""Standard deviations of all that is still to come: a shortage of 5 % for good."""
LOT_DAYS_MAX: Final = 365
"""No lot is larger than the demand of a year, whatever the review period of a slow part."""


@dataclass(frozen=True, slots=True)
class PlaceDemand:
    """What is asked of part-places themselves, what those below draw apart.

    Shapes: all (n,). Units: months with demand in the policy's window; base units a day, and their variance a day.
    `method` is the place of the forecast's method in the list of methods, `kind` that of what the demand is like.
    """

    hits: Ids
    daily_mean: Reals
    daily_variance: Reals
    method: NDArray[np.int8]
    kind: NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class Before:
    """The levels that stand.

    Shapes: all (n,). `stocked` is False and the others 0 where there are none.
    """

    stocked: Flags
    reorder_point: Ids
    order_up_to: Ids


@dataclass(frozen=True, slots=True)
class Levels:
    """What each part-place should hold, and the figures that say so; zeros and ones where it is not stocked.

    Shapes: all (n,), like the layout. Units: base units, days, units a day. `source` is the row that the place draws
    from, -1 where it is bought; `lead_mean` and `lead_variance` are of the demand, of the place and of all that draws
    from it, over lead time and one night; `demand_size` is how many units one who asks there wants, 1 at least;
    `expected_fill` is the share of demand met at once by the whole network's plan.
    """

    stocked: Flags
    source: Rows
    depth: NDArray[np.int8]
    method: NDArray[np.int8]
    daily_mean: Reals
    lead_days: Reals
    lead_mean: Reals
    lead_variance: Reals
    demand_size: Reals
    expected_fill: Reals
    safety_stock: Ids
    reorder_point: Ids
    order_up_to: Ids
    pack_size: Ids
    order_minimum: Ids
    order_maximum: Ids

    def __len__(self) -> int:
        return len(self.stocked)

    @property
    def tiers(self) -> list[Ids]:
        """The stocked rows of each depth, roots first."""
        rows = np.flatnonzero(self.stocked)
        return [rows[self.depth[rows] == depth] for depth in range(int(self.depth.max(initial=0)) + 1)]

    def at(self, rows: Ids) -> "Levels":
        """Some of the rows; `source` still tells rows of the whole."""
        return Levels(*(getattr(self, one.name)[rows] for one in fields(self)))


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

    Shapes: all (stocked,).
    """

    rows: Ids
    part_ids: Ids
    forest: Forest
    bounds: Bounds
    service: NDArray[np.int64]
    measure: NDArray[np.int8]
    kind: NDArray[np.int8]


def grow_trees(layout: Layout, stocked: Flags, demand: PlaceDemand, policies: PlacePolicies, price: Reals) -> Trees:
    """Make the forest of the stocked places, unstocked demand brought to the place above that serves it.

    Orders are looked at every night, so one night is waited for beside the lead time. The lead time's own spread is
    variance of the demand in it. A tree has one measure of service, that of its places with the most demand.

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
    days = policies.lead_time_days[rows] + NIGHT
    ratio = np.divide(variance[rows], mean[rows], out=np.ones(len(rows)), where=mean[rows] > 0)
    forest = Forest(
        parent=row_of[above[rows]],
        item=_numbered(layout.part_ids[rows]),
        rate=mean[rows],
        variance_ratio=np.maximum(ratio, 1.0),
        transit=days,
        price=price[rows],
        transit_variance=policies.lead_time_variance[rows],
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
    )


def service_class(policies: PlacePolicies, rows: Ids, measure: NDArray[np.int8]) -> NDArray[np.int64]:
    """A number for each measure, target, tier and ABC class: what has the same is served at one price of service.

    In a wider pool dear parts would get next to nothing, and so would small places: the share of the whole is met for
    least by screws that lie where many ask. So what a policy asks for is met by tier and class of value; within these,
    parts and places weigh against each other.
    """
    target = np.where(policies.measure[rows] == measure, policies.target[rows], np.nan)
    known = np.where(np.isnan(target), 0.0, np.round(target * TARGET_UNIT)).astype(np.int64)
    of_value = policies.tier[rows].astype(np.int64) * TIER_PLACE + policies.abc[rows]
    return measure.astype(np.int64) * MEASURE_PLACE + known * TARGET_PLACE + of_value


class ServiceClass(NamedTuple):
    """What a service class stands for: places in MEASURES, TIERS and ABC. Units: target as policies tell it."""

    measure: int
    target: float
    tier: int
    abc: int


def read_class(number: int) -> ServiceClass:
    """Tell a service class by its number."""
    measure, rest = divmod(number, MEASURE_PLACE)
    target, of_value = divmod(rest, TARGET_PLACE)
    return ServiceClass(measure, target / TARGET_UNIT, *divmod(of_value, TIER_PLACE))


def _numbered(part_ids: Ids) -> NDArray[np.int32]:
    return np.cumsum(np.r_[False, part_ids[1:] != part_ids[:-1]][: len(part_ids)]).astype(np.int32)


def _measure_of_trees(forest: Forest, measure: NDArray[np.int8]) -> NDArray[np.int8]:
    if not len(forest):
        return measure
    rate = np.zeros((int(forest.item[-1]) + 1, len(MEASURES)))
    np.add.at(rate, (forest.item, measure), forest.rate + 1e-12)
    chosen: NDArray[np.int8] = rate.argmax(axis=1).astype(np.int8)[forest.item]
    return chosen


def work_out_levels(
    layout: Layout,
    trees: Trees,
    demand: PlaceDemand,
    policies: PlacePolicies,
    before: Before,
    theta: Reals,
    *,
    days_left: Reals,
    band: float,
    order_stock: float = 0.0,
) -> Levels:
    """Work out the levels of every stocked place from the price of service of its class.

    Shapes: layout, demand, policies, before (n,); trees and theta (stocked,).
    Units: theta as `stocking.optimise` takes it; `days_left` days for which a part bought for the last time is still
    supported, NaN for others; `band` a fraction; `order_stock` money: the stock that costs as much to hold for a year
    as a line of a purchase order costs.
    """
    stock = optimised(trees, theta)
    rows, forest = trees.rows, trees.forest
    left = planned_back_orders(forest, stock)
    usual = _lots(forest, policies, rows)
    lot = np.maximum(usual, _economic_lots(forest, policies, rows, order_stock))
    point, up_to = _around(stock, usual, lot, policies.minimum[rows], policies.maximum[rows])
    point, up_to = _for_good(point, up_to, forest, policies, rows, days_left)
    point, up_to = _steadied(point, up_to, before.reorder_point[rows], before.order_up_to[rows], band)
    told = policies.safety_stock[rows]
    safety = np.where(told >= 0, told, np.maximum(point + 1 - np.ceil(forest.lead_mean), 0)).astype(np.int64)
    whole = _Filled(len(layout), rows)
    return Levels(
        stocked=whole.of(np.ones(len(rows), dtype=np.bool_), False),
        source=whole.of(_rows_above(trees), -1),
        depth=steps_up(layout.parent),
        method=demand.method,
        daily_mean=whole.of(forest.flow, 0.0),
        lead_days=whole.of(forest.transit - NIGHT, 0.0),
        lead_mean=whole.of(forest.lead_mean, 0.0),
        lead_variance=whole.of(forest.lead_variance, 0.0),
        demand_size=whole.of(forest.lump, 1.0),
        expected_fill=whole.of(left.fill, 0.0),
        safety_stock=whole.of(safety, 0),
        reorder_point=whole.of(point, 0),
        order_up_to=whole.of(up_to, 0),
        pack_size=whole.of(policies.pack_size[rows].astype(np.int64), 1),
        order_minimum=whole.of(np.ones(len(rows), dtype=np.int64), 1),
        order_maximum=whole.of(policies.maximum[rows].astype(np.int64), QUANTITY_MAX),
    )


@dataclass(frozen=True, slots=True)
class _Filled:
    """Columns of some rows laid into columns of all."""

    n: int
    rows: Ids

    def of(self, values: NDArray[Any], elsewhere: float) -> NDArray[Any]:
        column = np.full(self.n, elsewhere, dtype=values.dtype)
        column[self.rows] = values
        return column


def _rows_above(trees: Trees) -> Rows:
    parent = trees.forest.parent
    return np.where(parent >= 0, trees.rows[parent], -1).astype(np.int32)


def optimised(trees: Trees, theta: Reals) -> Ids:
    """The base stocks of all trees at given prices of service, those of one measure at a time.

    Shapes: theta and the answer (stocked,).
    """
    stock = np.zeros(len(trees.rows), dtype=np.int64)
    waits = trees.measure != MEASURES.index(ServiceMeasure.FILL_RATE)
    for measure, chosen in ((Measure.FILL, ~waits), (Measure.WAIT, waits)):
        rows = np.flatnonzero(chosen)
        if len(rows):
            forest = trees.forest.only(rows)
            bounds = Bounds(trees.bounds.low[rows], trees.bounds.high[rows])
            stock[rows] = optimise(forest, theta[rows], measure, bounds)
    return stock


def _lots(forest: Forest, policies: PlacePolicies, rows: Ids) -> Ids:
    """The demand of the review period in whole packs, one pack at least."""
    days = np.minimum(policies.review_days[rows], LOT_DAYS_MAX)
    pack = policies.pack_size[rows].astype(np.int64)
    return np.maximum(np.rint(forest.flow * days / pack).astype(np.int64), 1) * pack


def _economic_lots(forest: Forest, policies: PlacePolicies, rows: Ids, order_stock: float) -> Ids:
    """What is bought at once at the least cost, up to the demand of LOT_DAYS_MAX days; 0 where nothing is bought."""
    bought = np.flatnonzero(forest.parent < 0)
    flow, price = forest.flow[bought], forest.price[bought]
    economic = economic_lot(flow * DAYS_A_YEAR, np.full(len(bought), order_stock), price).quantity
    pack = policies.pack_size[rows].astype(np.int64)
    lots = np.zeros(len(forest), dtype=np.int64)
    lots[bought] = np.rint(np.minimum(economic, flow * LOT_DAYS_MAX) / pack[bought]).astype(np.int64) * pack[bought]
    return lots


def _around(stock: Ids, usual: Ids, lot: Ids, minimum: Rows, maximum: Rows) -> tuple[Ids, Ids]:
    """Reorder point and order-up-to level with the positions of a usual lot laid evenly around the base stock.

    What a lot has beyond the usual lies above: laid around, it would bring the reorder point below the demand of the
    lead time. With a base stock of none a place orders only what it owes.
    """
    point = np.maximum(stock - (usual + 1) // 2, np.maximum(minimum.astype(np.int64) - 1, 0))
    up_to = np.where(stock > 0, np.minimum(point + lot, maximum), 0)
    return np.maximum(np.minimum(point, up_to - 1), 0), up_to


def _for_good(
    point: Ids, up_to: Ids, forest: Forest, policies: PlacePolicies, rows: Ids, days_left: Reals
) -> tuple[Ids, Ids]:
    """At the root of a part bought for the last time: all that will still be asked for, with a margin of its spread."""
    last = policies.phase[rows] == PHASES.index(Phase.LAST_TIME_BUY)
    last &= (forest.parent < 0) & ~np.isnan(days_left[rows])
    days = np.maximum(np.where(last, days_left[rows], 0.0), 0.0)
    still = np.ceil(forest.flow * days + LAST_BUY_MARGIN * np.sqrt(forest.flow_variance * days)).astype(np.int64)
    return np.where(last, np.maximum(still - 1, 0), point), np.where(last, still, up_to)


def _steadied(point: Ids, up_to: Ids, point_before: Ids, up_to_before: Ids, band: float) -> tuple[Ids, Ids]:
    """Leave levels that stand within a band of what would be written now."""
    near = (np.abs(point - point_before) <= band * point_before) & (np.abs(up_to - up_to_before) <= band * up_to_before)
    near &= up_to_before > 0
    return np.where(near, point_before, point), np.where(near, up_to_before, up_to)
