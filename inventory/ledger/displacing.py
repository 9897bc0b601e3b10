"""Displacement: when stock is gone that was promised, promises fall lowest priority and last in first."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from inventory import events
from inventory.actor import Actor
from inventory.ledger.announcements import AllocationsFreed, DisplacedReservation, ReservationsDisplaced
from inventory.ledger.ends import StockKey
from inventory.ledger.giving_up import FALLS_FIRST, Cut, cut_of, give_up, open_reservations, reservations_to_displace
from inventory.ledger.models import Purpose

# What is allocated in a lot position that is to lose more than is free there; what falls first comes first.
_ALLOCATED_IN = text(f"""
    SELECT a.id, a.reservation_id, a.quantity, lost.quantity - (b.on_hand - b.allocated) AS shortfall, b.id AS position
    FROM unnest(CAST(:bins AS bigint[]), CAST(:lots AS bigint[]), CAST(:owners AS bigint[]),
                CAST(:conditions AS text[]), CAST(:units AS bigint[]), CAST(:quantities AS bigint[]))
         AS lost (bin_id, lot_id, owner_id, condition, unit_id, quantity)
    JOIN lot_balance b ON b.bin_id = lost.bin_id AND b.lot_id = lost.lot_id AND b.owner_id = lost.owner_id
         AND b.condition = lost.condition AND b.unit_id IS NOT DISTINCT FROM lost.unit_id
    JOIN allocation a ON a.lot_balance_id = b.id AND a.quantity > 0
    JOIN reservation r ON r.id = a.reservation_id
    WHERE lost.quantity > b.on_hand - b.allocated
    ORDER BY b.id, {FALLS_FIRST}, a.id DESC
""")  # noqa: S608


def free_lots_of(session: Session, losses: Mapping[tuple[int, int, int, int, str, int | None], int]) -> list[Cut]:
    """Give up the allocations that lie on stock about to be lost.

    What is to leave keeps its quantity and is released anew from other lots; an earmark falls with the part it kept.
    """
    rows = session.execute(
        _ALLOCATED_IN,
        {
            "bins": [key[1] for key in losses],
            "lots": [key[2] for key in losses],
            "owners": [key[3] for key in losses],
            "conditions": [key[4] for key in losses],
            "units": [key[5] for key in losses],
            "quantities": list(losses.values()),
        },
    )
    lots_of: dict[int, list[tuple[int, int]]] = {}
    left_in: dict[int, int] = {}
    for row in rows:
        left = left_in.setdefault(row.position, row.shortfall)
        if left > 0:
            freed = min(left, row.quantity)
            left_in[row.position] = left - freed
            lots_of.setdefault(row.reservation_id, []).append((row.id, freed))
    if not lots_of:
        return []
    cuts = [
        Cut(one, loose=0, lots=tuple(lots_of[one.reservation_id]), kept=one.purpose is not Purpose.EARMARK)
        for one in open_reservations(session, lots_of)
    ]
    give_up(session, cuts)
    return cuts


def displace(session: Session, shortfalls: Mapping[StockKey, int]) -> list[Cut]:
    """Let reservations fall until the shortfall of each key is covered."""
    if not shortfalls:
        return []
    left, cuts = dict(shortfalls), []
    for reservation in reservations_to_displace(session, sorted(shortfalls)):
        fall = min(left[reservation.key], reservation.quantity)
        if fall > 0:
            left[reservation.key] -= fall
            cuts.append(cut_of(reservation, fall))
    give_up(session, cuts)
    return cuts


def announce_fallen(session: Session, cuts: Sequence[Cut], *, reason: str, by: Actor, at: datetime) -> None:
    """Tell who works on the lots to stop, and then who waits for the stock that it is gone.

    Called when the stock has been written off, so that nothing is sourced from it again.
    """
    freed = tuple(one for cut in cuts for one in cut.freed)
    if freed:
        events.announce(session, AllocationsFreed(freed, reason=reason, by=by, at=at))
    displaced = tuple(
        DisplacedReservation(
            reservation_id=cut.reservation.reservation_id,
            line_id=cut.reservation.line_id,
            quantity=cut.falls,
            allocated=cut.from_lots,
            earmark=cut.reservation.purpose is Purpose.EARMARK,
        )
        for cut in cuts
        if cut.falls
    )
    if displaced:
        events.announce(session, ReservationsDisplaced(displaced, reason=reason, by=by, at=at))
