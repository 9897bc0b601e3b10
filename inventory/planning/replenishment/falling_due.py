"""What will have to be bought soon: not needed yet, told so that a buyer can order it along with what is. Pure."""

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
    """What is bought and falls to its reorder point within the days that are looked ahead, as it can be ordered today.

    The quantity is what fills the position of today up: the night on which it is due works its own out. Where that is
    less than can be ordered it is not shown before its day, nor is what was turned down lately.

    Shapes: all (n,); the rows of the answer (falling due,).
    """
    needs, position = orders.needs, orders.positions.position - orders.needs.owed
    rows = np.flatnonzero(levels.stocked & (levels.source < 0) & (needs.needed == 0) & (levels.daily_mean > 0))
    rows = rows[position[rows] > levels.reorder_point[rows]]
    rows = rows[~turned_down.rest_ahead(rows, np.full(len(rows), PURCHASE))]
    days = days_to_order(levels.at(rows), position[rows])
    quantity = fill_up(levels.at(rows), offers.minimum[rows], offers.pack[rows], position[rows])
    soon = (days <= DAYS_AHEAD) & (quantity > 0)
    rows = rows[soon]
    told = {name: getattr(needs, name).copy() for name in ("quantity", "order_by", "short_per_week")}
    told["quantity"][rows], told["order_by"][rows] = quantity[soon], days[soon]
    told["short_per_week"][rows] = short_per_week(levels.at(rows), position[rows], np.zeros(len(rows), dtype=np.int64))
    ahead = replace(needs, **told)
    return Orders(orders.positions, ahead, rows, hold_back(rows, levels, ahead, offers, policies))


def fill_up(levels: Levels, minimum: Ids, pack: Ids, position: Ids) -> Ids:
    """What brings positions up to the order-up-to level in whole packs, within the maximum.

    Nobody needs it yet: where the least order would lift the position by a pack or more above the level, it is 0.

    Shapes: (rows,). Units: base units; position less what is owed.
    """
    quantity = order_quantity(
        position,
        reorder_point=position,
        order_up_to=levels.order_up_to,
        pack_size=pack,
        minimum=minimum,
        maximum=levels.order_maximum,
    )
    return np.where(position + quantity < levels.order_up_to + pack, quantity, 0)
