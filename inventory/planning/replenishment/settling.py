"""What is done tonight about the needs of all places: moved between equals, taken back up, drawn and bought. Pure.

Needs are worked out first as if nothing were moved; they tell what is worth moving. What is moved without a person is
then counted as ordered, and needs are worked out once more: what comes from an equal is neither drawn nor bought. What
waits for a person counts as nothing: he may never decide, so the need is met otherwise.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inventory.planning.policies import PlacePolicies, PolicyBook
from inventory.planning.replenishment.arrays import Flags, Ids, Reals
from inventory.planning.replenishment.layout import Layout
from inventory.planning.replenishment.levels import Levels
from inventory.planning.replenishment.models import ProposalKind
from inventory.planning.replenishment.positions import Positions, where_stocked
from inventory.planning.replenishment.proposing import MONEY, Needs, Offers, hold_back, work_out_needs
from inventory.planning.replenishment.rebalancing import (
    NOTHING_EDITED,
    EditedMoves,
    Moves,
    Shelves,
    Stakes,
    hold_moves,
    work_out_moves,
)
from inventory.planning.replenishment.resting import KINDS, NOTHING_TURNED_DOWN, TurnedDown


@dataclass(frozen=True, slots=True)
class Planned:
    """The places of some parts with their policies and levels, before anything is proposed.

    Shapes: all (n,). Units: `asked_a_day` in base units, of the place and of those that draw from it, of the place
    alone where it does not stock the part; `price` in the company's currency, above 0.
    """

    layout: Layout
    policies: PlacePolicies
    levels: Levels
    single_order_up_to: Ids
    asked_a_day: Reals
    price: Reals
    stakes: Stakes


@dataclass(frozen=True, slots=True)
class Orders:
    """What is drawn from above and bought, with the positions and needs that it follows from.

    Shapes: positions and needs (n,); `rows` (asking,) are the places that draw or buy, `held` why each waits.
    """

    positions: Positions
    needs: Needs
    rows: Ids
    held: NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class Settled:
    """What is proposed: what is moved, with the positions and needs before it, and what is ordered after it.

    Shapes: before and needs_before (n,); `moves_held` (moves,).
    """

    before: Positions
    needs_before: Needs
    moves: Moves
    moves_held: NDArray[np.int8]
    orders: Orders


def settle(
    planned: Planned,
    positions: Positions,
    free: Ids,
    waited_for: Flags,
    offers: Offers,
    book: PolicyBook,
    edited: EditedMoves = NOTHING_EDITED,
    turned_down: TurnedDown = NOTHING_TURNED_DOWN,
) -> Settled:
    """Work out what is moved, drawn and bought.

    Shapes: all (n,). Units: `free` in base units, of each part's own number alone; `waited_for` tells whether an open
    request of the place waits for the part.
    """
    levels, wanted = planned.levels, planned.policies
    positions = where_stocked(positions, planned.layout.parent, levels.stocked)
    needs = work_out_needs(levels, positions, offers, turned_down)
    tier = book.places.tier[planned.layout.place]
    shelves = Shelves(
        free, waited_for, planned.asked_a_day, planned.price, planned.stakes, book.lanes.tier_days[tier, tier]
    )
    moves = work_out_moves(planned.layout, wanted, levels, positions, needs, shelves, book.settings)
    moves = moves.at(~_rest(moves, levels, positions, needs, turned_down))
    moves_held = hold_moves(moves, offers.price, wanted, edited, money=MONEY)
    after, needs_after = positions, needs
    if (moves_held < 0).any():
        after = moves.at(moves_held < 0).counted_in(positions)
        needs_after = work_out_needs(levels, after, offers, turned_down)
    rows = np.flatnonzero(needs_after.needed > 0)
    held = hold_back(rows, levels, needs_after, offers, wanted)
    return Settled(positions, needs, moves, moves_held, Orders(after, needs_after, rows, held))


def _rest(moves: Moves, levels: Levels, positions: Positions, needs: Needs, turned_down: TurnedDown) -> Flags:
    """Which moves somebody turned down: back up they are as much as goes, to an equal as much as is wanted there.

    Shapes: levels, positions and needs (n,); the answer is (moves,).
    """
    gets = moves.receiver
    left = positions.position[gets] - needs.owed[gets]
    returned = moves.kind == KINDS.index(ProposalKind.EXCESS_RETURN)
    wanted = np.where(returned, moves.quantity, levels.order_up_to[gets] - left)
    return turned_down.rest(moves.about, moves.kind, wanted=wanted, waited_for=needs.waited_for[gets])
