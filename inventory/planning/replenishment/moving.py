"""Moves turned into transfer orders: thousands of a night or a few of a person's, in as many statements.

One transfer order for each pair of warehouses. What a source no longer has is not ordered, and says so. Where stock of
a replaced part counts for the one that replaces it, it is moved for that one, too, by the order in which they are used
up: otherwise it would keep its place from ordering, and those below from being refilled.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import text
from sqlalchemy.orm import Session

from inventory import sourcing
from inventory.actor import Actor
from inventory.planning import demand
from inventory.planning.replenishment.positions import read_stands_for, read_used_up_first
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
    routes: dict[tuple[int, int], list[tuple[Move, TransferLine]]] = defaultdict(list)
    for one, lines in _in_numbers(session, moves, on=at.date()):
        routes[one.source_id, one.warehouse_id] += [(one, line) for line in lines]
    wishes = [
        TransferWish(source_id, destination_id, [line for _, line in along])
        for (source_id, destination_id), along in sorted(routes.items())
    ]
    placed = sourcing.place_transfers(session, wishes, by=by, at=at)
    given = dict.fromkeys((one.proposal_id for one in moves), 0)
    requests = {}
    for order in placed:
        for (one, _), line in zip(routes[order.source_id, order.destination_id], order.lines, strict=True):
            given[one.proposal_id] += line.quantity
            requests[one.proposal_id] = order.request_id
    met = [(one, quantity, requests[one]) for one, quantity in given.items() if quantity]
    unmet = [one for one, quantity in given.items() if not quantity]
    _write(session, met, unmet, by=by, at=at)
    return Moved(tuple(order for order in placed if order.request_id is not None), tuple(unmet))


_LYING = text("""
    SELECT balance.warehouse_id, balance.part_id, balance.on_hand - balance.reserved AS free
    FROM balance JOIN stock_owner AS owner ON owner.id = balance.owner_id AND owner.is_default
    WHERE balance.part_id = ANY(CAST(:parts AS bigint[])) AND balance.warehouse_id = ANY(CAST(:places AS bigint[]))
      AND balance.on_hand > balance.reserved
""")


def _in_numbers(session: Session, moves: Sequence[Move], *, on: date) -> Iterator[tuple[Move, list[TransferLine]]]:
    """Under which part numbers each move goes: its own for all that does not lie at the source as a replaced one."""
    older = _read_older(session, {one.part_id for one in moves}, on=on)
    if not older:
        yield from ((one, [TransferLine(one.part_id, one.quantity)]) for one in moves)
        return
    numbers = older.keys() | {old for known in older.values() for old, _ in known}
    told = {"parts": sorted(numbers), "places": sorted({one.source_id for one in moves})}
    lying = {(row.warehouse_id, row.part_id): row.free for row in session.execute(_LYING, told)}
    for one in moves:
        yield one, _split(one, older.get(one.part_id, ()), lying)


def _read_older(session: Session, part_ids: set[int], *, on: date) -> dict[int, list[tuple[int, bool]]]:
    """The replaced parts whose stock counts for each of some parts, and whether they are to be used up first."""
    replaced = demand.read_successors(session, on=on)
    first = read_used_up_first(session, on=on)
    older = defaultdict(list)
    for old, new in sorted(read_stands_for(session, replaced, on=on).items()):
        if new in part_ids:
            older[new].append((old, (old, new) in first))
    return dict(older)


def _split(move: Move, older: Sequence[tuple[int, bool]], lying: dict[tuple[int, int], int]) -> list[TransferLine]:
    """The lines of a move; what they take no longer lies there for the next."""
    turns = [old for old, first in older if first] + [move.part_id] + [old for old, first in older if not first]
    left, lines = move.quantity, {}
    for number in turns:
        key = move.source_id, number
        lines[number] = min(left, lying.get(key, 0))
        lying[key] = lying.get(key, 0) - lines[number]
        left -= lines[number]
    lines[move.part_id] += left
    return [TransferLine(number, quantity) for number, quantity in lines.items() if quantity]


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
