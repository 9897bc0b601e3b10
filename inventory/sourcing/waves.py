"""Waves: reserved lines released to the floor together, by a job every few minutes or by the lead."""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from inventory import ledger
from inventory.actor import Actor
from inventory.identity import Permission
from inventory.ledger import AllocationWish, StockKey
from inventory.sourcing.errors import NothingToRelease
from inventory.sourcing.lines import Step, advance
from inventory.warehousing import FloorWork, Trigger, hand_to_floor

WAVE_LINES_MAX = 1000
"""The most reservations that one wave takes; the next wave takes the rest."""

_WAITING = text("""
    SELECT v.id, v.line_id, v.warehouse_id, v.part_id, v.owner_id, v.quantity - v.allocated AS quantity,
           r.warehouse_id AS destination_id, l.promised_at
    FROM reservation v
    JOIN part_request_line l ON l.id = v.line_id
    JOIN part_request r ON r.id = l.request_id
    WHERE v.warehouse_id = :warehouse_id AND v.purpose = 'supply' AND v.quantity > v.allocated
    ORDER BY v.priority, l.promised_at, v.id
    LIMIT :most
""")
_WAREHOUSES = text("""
    SELECT DISTINCT warehouse_id FROM reservation WHERE purpose = 'supply' AND quantity > allocated
    ORDER BY warehouse_id
""")


def list_waiting_warehouses(session: Session) -> list[int]:
    """The warehouses where reserved lines wait to be released."""
    return list(session.execute(_WAREHOUSES).scalars())


def release_wave(session: Session, warehouse_id: int, *, by: Actor, at: datetime) -> int:
    """Release what is reserved in a warehouse on the lead's word; tell how many lines that were.

    Raises: NotPermitted; NotFound for a warehouse that is not the actor's; NothingToRelease.
    """
    by.require(Permission.RELEASE_WAVES, warehouse_id)
    released = release_waiting(session, warehouse_id, Trigger.LEAD, by=by, at=at)
    if released == 0:
        raise NothingToRelease()
    return released


def release_waiting(session: Session, warehouse_id: int, trigger: Trigger, *, by: Actor, at: datetime) -> int:
    """Give the oldest lots to the reserved lines of a warehouse and hand them to the floor; tell how many lines."""
    names = {"warehouse_id": warehouse_id, "most": WAVE_LINES_MAX}
    keys = {StockKey(row.warehouse_id, row.part_id, row.owner_id) for row in session.execute(_WAITING, names)}
    held = ledger.lock_balances(session, keys)
    waiting = [
        row for row in session.execute(_WAITING, names) if StockKey(row.warehouse_id, row.part_id, row.owner_id) in held
    ]
    wishes = [AllocationWish(row.id, row.quantity) for row in waiting]
    allocated = ledger.allocate_oldest(session, wishes, by=by, at=at)
    steps = [
        Step(row.line_id, "released", reserved=-row.quantity, released=row.quantity, reason=str(trigger))
        for row in waiting
    ]
    advance(session, steps, by=by, at=at)
    line_of = {row.id: row for row in waiting}
    work = [
        FloorWork(one, line_of[one.reservation_id].destination_id, line_of[one.reservation_id].promised_at)
        for one in allocated
    ]
    hand_to_floor(session, work, trigger, by=by, at=at)
    return len({row.line_id for row in waiting})
