"""From positions and levels to what should be moved and bought: the deciding part of a run. Pure.

The places furthest down order first; what they need is owed by the place they draw from, which then orders with that in
mind. What a place above cannot give to all is shared. Every quantity follows from the figures that are kept with it.
"""

from dataclasses import dataclass

import numpy as np

from inventory.planning.policies import Ids, Reals
from inventory.planning.replenishment.levels import Levels
from inventory.planning.replenishment.positions import Positions
from inventory.planning.stocking import order_quantity

WEEK = 7.0


@dataclass(frozen=True, slots=True)
class Needs:
    """What each part-place needs, is owed by those below it, and gets.

    Shapes: all (n,), like the levels. Units: base units; `short_per_week` units a week; `order_by` days from today.

    `owed` is what the places below need from here; `needed` the order that follows from position less owed and the
    levels; `quantity` what the place above has of it now, all of it where it is bought.
    """

    owed: Ids
    needed: Ids
    quantity: Ids
    short_per_week: Reals
    order_by: Ids


def work_out_needs(levels: Levels, positions: Positions) -> Needs:
    """Order at every place, from the last tier up, and share what the places above have.

    Shapes: levels and positions (n,).
    """
    owed, needed = _ordered_up(levels, positions)
    quantity = needed.copy()
    drawing = np.flatnonzero((needed > 0) & (levels.source >= 0))
    if len(drawing):
        quantity[drawing] = _shared(levels, positions, needed, owed, drawing)
    position = positions.position - owed
    return Needs(owed, needed, quantity, _short_per_week(levels, position), _order_by(levels, position))


def _ordered_up(levels: Levels, positions: Positions) -> tuple[Ids, Ids]:
    owed, needed = np.zeros(len(levels), dtype=np.int64), np.zeros(len(levels), dtype=np.int64)
    for rows in reversed(levels.tiers):
        needed[rows] = order_quantity(
            positions.position[rows] - owed[rows],
            reorder_point=levels.reorder_point[rows],
            order_up_to=levels.order_up_to[rows],
            pack_size=levels.pack_size[rows],
            minimum=levels.order_minimum[rows],
            maximum=levels.order_maximum[rows],
        )
        drawing = rows[levels.source[rows] >= 0]
        np.add.at(owed, levels.source[drawing], needed[drawing])
    return owed, needed
