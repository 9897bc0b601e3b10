"""How many to order: the one formula of proposals, of the buyer's workbook and of the simulation."""

import numpy as np
import numpy.typing as npt

from inventory.planning.stocking.loss import Wholes

NO_MAXIMUM = 999_999_999


def order_quantity(
    position: Wholes,
    *,
    reorder_point: Wholes,
    order_up_to: Wholes,
    pack_size: Wholes,
    minimum: Wholes,
    maximum: Wholes,
) -> Wholes:
    """Order up to the level once the position is at or below the reorder point, in whole packs.

    =IF(AND(position<=reorder_point,position<order_up_to,FLOOR(MAX(maximum-position,0),pack_size)>=minimum),
    MIN(CEILING(MAX(order_up_to-position,minimum),pack_size),FLOOR(MAX(maximum-position,0),pack_size)),0)

    What rounding up to packs and the least quantity add never lifts the position above the maximum: a shelf's end and
    a planner's limit hold. Where the maximum leaves less room than the least quantity nothing is ordered, and
    `blocked_by_maximum` says so.

    Shapes: (n,) each, or one figure for all.
    Units: base units; position counts what is coming and less what is owed, so that it may be negative; pack_size and
    minimum (the least order) at least 1; maximum is the most that position and order may come to, NO_MAXIMUM for none.
    Raises: ValueError when a pack or a least order is below 1.
    Source: Silver, Pyke and Thomas (2017), Inventory and Production Management in Supply Chains, 4th edition, ch. 6:
    the (s, S) system, with packs, least order and limit.
    """
    if (np.asarray(pack_size) < 1).any() or (np.asarray(minimum) < 1).any():
        raise ValueError("a pack and a least order are 1 or more")
    asked = np.maximum(order_up_to - position, minimum)
    whole = -(-asked // pack_size) * pack_size
    room = np.maximum(maximum - position, 0) // pack_size * pack_size
    wanted = (position <= reorder_point) & (position < order_up_to) & (room >= minimum)
    return np.where(wanted, np.minimum(whole, room), 0).astype(np.int64)


def blocked_by_maximum(
    position: Wholes,
    *,
    reorder_point: Wholes,
    order_up_to: Wholes,
    pack_size: Wholes,
    minimum: Wholes,
    maximum: Wholes,
) -> npt.NDArray[np.bool_]:
    """Where an order is due and the maximum leaves no room for the least one: somebody has to change one of the two.

    Shapes, Units: as order_quantity.
    """
    room = np.maximum(maximum - position, 0) // pack_size * pack_size
    return np.asarray((position <= reorder_point) & (position < order_up_to) & (room < minimum), dtype=np.bool_)


def order_formula(
    position: str, *, reorder_point: str, order_up_to: str, pack_size: str, minimum: str, maximum: str
) -> str:
    """The formula of order_quantity for a spreadsheet's cell, given the cells of its figures ("C7", "$D7").

    An empty cell of the maximum is no room: write NO_MAXIMUM where there is none.
    """
    room = f"FLOOR(MAX({maximum}-{position},0),{pack_size})"
    whole = f"CEILING(MAX({order_up_to}-{position},{minimum}),{pack_size})"
    due = f"AND({position}<={reorder_point},{position}<{order_up_to},{room}>={minimum})"
    return f"=IF({due},MIN({whole},{room}),0)"
