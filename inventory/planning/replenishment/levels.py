"""What every part-place should hold: stocked or not, safety stock, reorder point, order-up-to level. Pure.

1. Where a part is stocked follows from its demands there (policies.decide_stocked); what a place is asked for that
   does not stock the part falls to the nearest place above that does.
2. The stocked places of a part are a tree. All trees are optimised together by one price of service for each service
   class (stocking.optimise): so many units that every place and every unit's price weigh against each other.
3. The base stock S becomes a reorder point and an order-up-to level: Q units are ordered at once, the demand of the
   review period and at least a pack; position then moves evenly over the Q values after the reorder point, so these are
   laid around S. What is bought comes in an economic lot at least, ordered as late as serves nobody worse (lots).
4. What stood before stays where it is within a band of what would be written now: levels that swing cost more than
   they gain.
"""

from dataclasses import dataclass, fields
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from inventory.db import QUANTITY_MAX
from inventory.planning.policies import MEASURES, PHASES, Phase, PlacePolicies, ServiceMeasure
from inventory.planning.replenishment.arrays import Flags, Ids, Reals, Rows
from inventory.planning.replenishment.layout import Layout
from inventory.planning.replenishment.lots import DAYS_A_YEAR, lay_lots, lots_at
from inventory.planning.replenishment.service_classes import MEASURE_PLACE, TARGET_PLACE, ServiceClass, read_class
from inventory.planning.replenishment.steadying import Before, steadied
from inventory.planning.replenishment.trees import NIGHT, PlaceDemand, Trees, decide_places, grow_trees, steps_up
from inventory.planning.stocking.metric import planned_back_orders
from inventory.planning.stocking.system import Bounds, Measure, optimise

__all__ = [
    "DAYS_A_MONTH",
    "DAYS_A_YEAR",
    "MEASURE_PLACE",
    "NIGHT",
    "TARGET_PLACE",
    "Before",
    "Levels",
    "PlaceDemand",
    "ServiceClass",
    "Trees",
    "decide_places",
    "grow_trees",
    "optimised",
    "read_class",
    "steps_up",
    "work_out_levels",
]

DAYS_A_MONTH: Final = DAYS_A_YEAR / 12
LAST_BUY_MARGIN: Final = 1.64
"""Standard deviations of all that is still to come: a shortage of 5 % for good."""


@dataclass(frozen=True, slots=True)
class Levels:
    """What each part-place should hold, and the figures that say so; zeros and ones where it is not stocked.

    Shapes: all (n,), like the layout. Units: base units, days, units a day. `source` is the row that the place draws
    from, -1 where it is bought. Demand is that of the place and of all that draws from it: `daily_mean` of this month,
    `season` what a day until a delivery can come asks for beside it, `lead_mean` and `lead_variance` over lead time and
    one night; `demand_size` is how many units one who asks there wants, 1 at least; `expected_fill` is the share of
    demand met at once by the whole network's plan.
    """

    stocked: Flags
    source: Rows
    depth: NDArray[np.int8]
    method: NDArray[np.int8]
    daily_mean: Reals
    season: Reals
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
    point, up_to = lay_lots(trees, stock, lots_at(trees, policies, order_stock), policies)
    point, up_to = _for_good(point, up_to, trees, policies, days_left)
    point, up_to = steadied(point, up_to, before.reorder_point[rows], before.order_up_to[rows], band)
    told = policies.safety_stock[rows]
    safety = np.where(told >= 0, told, np.maximum(point + 1 - np.ceil(forest.lead_mean), 0)).astype(np.int64)
    whole = _Filled(len(layout), rows)
    return Levels(
        stocked=whole.of(np.ones(len(rows), dtype=np.bool_), False),
        source=whole.of(_rows_above(trees), -1),
        depth=steps_up(layout.parent),
        method=demand.method,
        daily_mean=whole.of(forest.flow, 0.0),
        season=whole.of(trees.season, 1.0),
        lead_days=whole.of(policies.lead_time_days[rows].astype(np.float64), 0.0),
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


def _for_good(point: Ids, up_to: Ids, trees: Trees, policies: PlacePolicies, days_left: Reals) -> tuple[Ids, Ids]:
    """At the root of a part bought for the last time: all that will still be asked for, with a margin of its spread."""
    rows, forest = trees.rows, trees.forest
    last = policies.phase[rows] == PHASES.index(Phase.LAST_TIME_BUY)
    last &= (forest.parent < 0) & ~np.isnan(days_left[rows])
    days = np.maximum(np.where(last, days_left[rows], 0.0), 0.0) / trees.this_month
    still = np.ceil(forest.flow * days + LAST_BUY_MARGIN * np.sqrt(forest.flow_variance * days)).astype(np.int64)
    return np.where(last, np.maximum(still - 1, 0), point), np.where(last, still, up_to)
