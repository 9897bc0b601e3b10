"""Moves turned into transfer orders: thousands of a night or a few of a person's, in as many statements.

One transfer order for each pair of warehouses. What a source no longer has is not ordered, and says so.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import text
from sqlalchemy.orm import Session

from inventory import sourcing
from inventory.actor import Actor
from inventory.sourcing import PlacedTransfer, TransferLine, TransferWish


class Move(NamedTuple):
    """An open proposal to move something, held by the transaction; one unit at least."""

    proposal_id: int
    source_id: int
    warehouse_id: int
    part_id: int
    quantity: int


@dataclass(frozen=True, slots=True)
class Moved:
    """What became of moves: orders, and the ids of proposals whose source had nothing to give, which stay open."""

    transfers: tuple[PlacedTransfer, ...]
    unmet: tuple[int, ...]


_RELEASE = text("""
    UPDATE proposal SET status = 'released', held = NULL, released_quantity = ordered.quantity,
                        part_request_id = ordered.request_id, decided_by_id = :by, decided_at = :at
    FROM unnest(CAST(:ids AS bigint[]), CAST(:quantities AS bigint[]), CAST(:requests AS bigint[]))
         AS ordered (id, quantity, request_id)
    WHERE proposal.id = ordered.id
""")
_HOLD_BACK = text("UPDATE proposal SET held = 'short_at_source' WHERE id = ANY(CAST(:ids AS bigint[]))")


def order_moves(session: Session, moves: Sequence[Move], *, by: Actor, at: datetime) -> Moved:
    """Order moves as far as their sources can serve them, those of a route in the order given; who may was asked."""
    if not moves:
        return Moved((), ())
    routes: dict[tuple[int, int], list[Move]] = defaultdict(list)
    for one in moves:
        routes[one.source_id, one.warehouse_id].append(one)
    wishes = [
        TransferWish(source_id, destination_id, [TransferLine(one.part_id, one.quantity) for one in along])
        for (source_id, destination_id), along in sorted(routes.items())
    ]
    placed = sourcing.place_transfers(session, wishes, by=by, at=at)
    met, unmet = [], []
    for order in placed:
        along = routes[order.source_id, order.destination_id]
        for one, line in zip(along, order.lines, strict=True):
            if line.quantity:
                met.append((one.proposal_id, line.quantity, order.request_id))
            else:
                unmet.append(one.proposal_id)
    _write(session, met, unmet, by=by, at=at)
    return Moved(tuple(order for order in placed if order.request_id is not None), tuple(unmet))


def _write(
    session: Session, met: Sequence[tuple[int, int, int | None]], unmet: Sequence[int], *, by: Actor, at: datetime
) -> None:
    """Write on the proposals what became of them."""
    if met:
        ids, quantities, requests = (list(column) for column in zip(*met, strict=True))
        told = {"ids": ids, "quantities": quantities, "requests": requests}
        session.execute(_RELEASE, {**told, "by": by.person_id, "at": at})
    if unmet:
        session.execute(_HOLD_BACK, {"ids": list(unmet)})
