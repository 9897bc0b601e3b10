"""How many are ordered at once, and between which levels the position then moves. Pure.

A usual lot is the demand of the review period; what is bought comes in an economic lot where that is larger. The
positions of a usual lot lie evenly around the base stock. A larger one is ordered as late as leaves those below served
no worse than by the base stock (stocking.lot_points), but no later than when the demand of the lead time is left.
"""

from typing import Final, NamedTuple

import numpy as np

from inventory.planning.policies import PlacePolicies
from inventory.planning.replenishment.arrays import Ids, Reals
from inventory.planning.replenishment.trees import Trees
from inventory.planning.stocking.lot_points import point_for_lot
from inventory.planning.stocking.lot_sizing import economic_lot

DAYS_A_YEAR: Final = 365.25
LOT_DAYS_MAX: Final = 365
"""No lot is larger than the demand of a year, whatever the review period of a slow part."""


class Lots(NamedTuple):
    """What is ordered at once: as usual, and in fact. Shapes: (stocked,) each. Units: base units, whole packs."""

    usual: Ids
    whole: Ids


def lots_at(trees: Trees, policies: PlacePolicies, order_stock: float) -> Lots:
    """The lots of the stocked places.

    Shapes: policies (n,). Units: `order_stock` as levels.work_out_levels.
    """
    pack, review = (one[trees.rows].astype(np.int64) for one in (policies.pack_size, policies.review_days))
    usual = usual_lots(trees.forest.flow * trees.season, review, pack)
    whole = usual.copy()
    bought = np.flatnonzero(trees.forest.parent < 0)
    flow, price = trees.yearly_flow[bought], trees.forest.price[bought]
    economic = economic_lots(flow, price, np.full(len(bought), order_stock), pack[bought])
    whole[bought] = np.maximum(usual[bought], economic)
    return Lots(usual, whole)


def usual_lots(flow: Reals, review_days: Ids, pack: Ids) -> Ids:
    """The demand of the review period in whole packs, one pack at least.

    Shapes: all (n,). Units: `flow` units a day, as the season asks for until a delivery.
    """
    asked = flow * np.minimum(review_days, LOT_DAYS_MAX)
    return np.maximum(np.rint(asked / pack).astype(np.int64), 1) * pack


def economic_lots(flow: Reals, price: Reals, order_stock: Reals, pack: Ids) -> Ids:
    """What is bought at once at the least cost, in whole packs, up to the demand of LOT_DAYS_MAX days.

    Shapes: all (n,). Units: `flow` units a mean day of a year; `order_stock` as levels.work_out_levels.
    """
    economic = economic_lot(flow * DAYS_A_YEAR, order_stock, price).quantity
    return np.rint(np.minimum(economic, flow * LOT_DAYS_MAX) / pack).astype(np.int64) * pack


def lay_lots(trees: Trees, stock: Ids, lots: Lots, policies: PlacePolicies) -> tuple[Ids, Ids]:
    """Reorder point and order-up-to level of the stocked places. With a base stock of none a place orders what it owes.

    Shapes: stock and lots (stocked,), base stock levels; policies (n,).
    """
    rows, forest = trees.rows, trees.forest
    least, most = np.maximum(policies.minimum[rows].astype(np.int64) - 1, 0), policies.maximum[rows]
    point = np.maximum(stock - (lots.usual + 1) // 2, least)
    soonest = np.maximum(least, np.ceil(forest.lead_mean).astype(np.int64) - 1)
    later = np.flatnonzero((lots.whole > lots.usual) & (point > soonest) & (point + lots.whole <= most))
    demand = forest.lead_mean[later], forest.lead_variance[later], forest.lump[later]
    late = point_for_lot(*demand, stock[later], lots.whole[later])
    point[later] = np.clip(late, soonest[later], point[later])
    up_to = np.where(stock > 0, np.minimum(point + lots.whole, most), 0)
    return np.maximum(np.minimum(point, up_to - 1), 0), up_to
