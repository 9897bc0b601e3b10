"""What will have to be bought soon: not needed yet, so that a buyer can order it along with what is. Pure."""

from dataclasses import replace
from typing import Final

import numpy as np

from inventory.planning.policies import PlacePolicies
from inventory.planning.replenishment.arrays import Ids
from inventory.planning.replenishment.levels import Levels
from inventory.planning.replenishment.proposing import (
    PURCHASE,
    Offers,
    days_to_order,
    hold_back,
    short_per_week,
)
from inventory.planning.replenishment.resting import TurnedDown
from inventory.planning.replenishment.settling import Orders
from inventory.planning.stocking.ordering import order_quantity

DAYS_SHOWN: Final = (7, 14, 30)
DAYS_AHEAD: Final = max(DAYS_SHOWN)


def falling_due(
    levels: Levels, orders: Orders, offers: Offers, policies: PlacePolicies, turned_down: TurnedDown
) -> Orders:
    """What is bought and falls to its reorder point within the days that are looked ahead, as it will be ordered then.

    The quantity is that of the day on which it is due, when the position stands at the reorder point; ordered today it
    comes earlier by so many days, and never lifts the position above the maximum. What was turned down lately is not
    shown before it is due.

    Shapes: all (n,); the rows of the answer (falling due,).
    """
    needs, position = orders.needs, orders.positions.position - orders.needs.owed
    rows = np.flatnonzero(levels.stocked & (levels.source < 0) & (needs.needed == 0) & (levels.daily_mean > 0))
    rows = rows[position[rows] > levels.reorder_point[rows]]
    rows = rows[~turned_down.rest_ahead(rows, np.full(len(rows), PURCHASE))]
    days = days_to_order(levels.at(rows), position[rows])
    quantity = _ordered_then(levels.at(rows), offers.minimum[rows], offers.pack[rows], position[rows])
    soon = (days <= DAYS_AHEAD) & (quantity > 0)
    rows = rows[soon]
    told = {name: getattr(needs, name).copy() for name in ("quantity", "order_by", "short_per_week")}
    told["quantity"][rows], told["order_by"][rows] = quantity[soon], days[soon]
    told["short_per_week"][rows] = short_per_week(levels.at(rows), position[rows], np.zeros(len(rows), dtype=np.int64))
    ahead = replace(needs, **told)
    return Orders(orders.positions, ahead, rows, hold_back(rows, levels, ahead, offers, policies))


def _ordered_then(levels: Levels, minimum: Ids, pack: Ids, position: Ids) -> Ids:
    """What will be ordered at the reorder point, where that fits under the maximum today; else 0. Shapes: (rows,)."""
    quantity = order_quantity(
        levels.reorder_point,
        reorder_point=levels.reorder_point,
        order_up_to=levels.order_up_to,
        pack_size=pack,
        minimum=minimum,
        maximum=levels.order_maximum,
    )
    return np.where(position + quantity <= levels.order_maximum, quantity, 0)
