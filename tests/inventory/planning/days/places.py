"""Part-places to simulate without a database: levels, offers and parents as arrays."""

import numpy as np

from inventory.db import QUANTITY_MAX
from inventory.planning.days import Fixed
from inventory.planning.replenishment.levels import Levels
from inventory.planning.replenishment.proposing import Offers


def tree_of(parent, stock, *, lead_days, rate, lot=1, stocked=None):
    """A planner of places with fixed levels: base stocks, of which `lot` units are ordered at once.

    `parent` stands before its children, -1 at a root; `rate` is the units a day that pass through each place.
    """
    parent, stock = np.array(parent, dtype=np.int32), np.array(stock, dtype=np.int64)
    n = len(parent)
    stocked = np.ones(n, dtype=np.bool_) if stocked is None else np.array(stocked)
    days = np.broadcast_to(np.array(lead_days, dtype=float), n).copy()
    rate = np.broadcast_to(np.array(rate, dtype=float), n).copy()
    depth = np.zeros(n, dtype=np.int8)
    for row in range(n):
        depth[row] = 0 if parent[row] < 0 else depth[parent[row]] + 1
    one = np.ones(n, dtype=np.int64)
    levels = Levels(
        stocked=stocked,
        source=parent,
        depth=depth,
        method=np.zeros(n, dtype=np.int8),
        daily_mean=rate,
        season=np.ones(n),
        lead_days=days,
        lead_mean=rate * (days + 1),
        lead_variance=rate * (days + 1),
        demand_size=np.ones(n),
        expected_fill=np.full(n, 0.9),
        safety_stock=np.zeros(n, dtype=np.int64),
        reorder_point=stock - lot,
        order_up_to=stock,
        pack_size=one,
        order_minimum=one,
        order_maximum=np.full(n, QUANTITY_MAX),
    )
    return Fixed({0: levels}, Offers(one, one, one, np.full(n, 20_000)), np.zeros(n), parent)


def table(rows, days, **asked):
    """A table of demand: `table(3, 5, r1={0: 2})` asks 2 of row 1 on day 0."""
    quantity = np.zeros((rows, days), dtype=np.int64)
    for row, by_day in asked.items():
        for day, units in by_day.items():
            quantity[int(row[1:]), day] = units
    return quantity
