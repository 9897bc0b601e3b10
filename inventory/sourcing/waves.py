"""Waves: reserved lines released to the floor together, by a job every few minutes or by the lead."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, func, literal_column, select, text
from sqlalchemy.orm import Session

from inventory import identity, ledger
from inventory.actor import Actor
from inventory.catalogue.models import Part
from inventory.identity import Permission, Person
from inventory.ledger import AllocationWish, Purpose, Reservation, StockKey
from inventory.network.models import Warehouse
from inventory.sourcing.errors import NothingToRelease
from inventory.sourcing.lines import Step, advance
from inventory.sourcing.models import PartRequest, PartRequestLine, Promise
from inventory.warehousing import FloorWork, Trigger, hand_to_floor
from inventory.warehousing.models import PickTask, TaskStatus, Wave

WAVE_LINES_MAX = 1000
"""The most reservations that one wave takes; the next wave takes the rest."""

# `quantity > 0` says nothing new, but lets the partial index on open reservations be used.
_WAITING = text("""
    SELECT v.id, v.line_id, v.warehouse_id, v.part_id, v.owner_id, v.quantity - v.allocated AS quantity,
           r.warehouse_id AS destination_id, coalesce(own.promised_at, l.promised_at) AS promised_at
    FROM reservation v
    JOIN part_request_line l ON l.id = v.line_id
    JOIN part_request r ON r.id = l.request_id
    -- A share is due when its own source promised it, which may be before the rest of its line.
    LEFT JOIN LATERAL (
        SELECT promised_at FROM promise p WHERE p.line_id = v.line_id AND p.source_id = v.warehouse_id
        ORDER BY p.id DESC LIMIT 1
    ) own ON true
    WHERE v.warehouse_id = :warehouse_id AND v.purpose <> 'earmark' AND v.quantity > 0 AND v.quantity > v.allocated
    ORDER BY v.priority, coalesce(own.promised_at, l.promised_at), v.id
    LIMIT :most
""")
_WAREHOUSES = text("""
    SELECT DISTINCT warehouse_id FROM reservation WHERE purpose <> 'earmark' AND quantity > 0 AND quantity > allocated
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


# Constants in the text of the statement, so that the partial index on open reservations is used.
_TO_RELEASE: tuple[ColumnElement[bool], ...] = (
    Reservation.quantity > literal_column("0"),
    Reservation.quantity > Reservation.allocated,
    Reservation.purpose != Purpose.EARMARK,
)


def list_waiting(
    session: Session, warehouse_id: int, *, by: Actor, limit: int = 100
) -> Sequence[Row[*tuple[Any, ...]]]:
    """What waits in a warehouse for a wave, in the order in which it is released.

    Rows: (quantity, promised hour of the share, part supplied, line, request, destination).
    """
    by.require(Permission.SEE_TASKS, warehouse_id)
    own = (
        select(Promise.promised_at)
        .where(Promise.line_id == Reservation.line_id, Promise.source_id == Reservation.warehouse_id)
        .order_by(Promise.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    promised_at = func.coalesce(own, PartRequestLine.promised_at)
    query = (
        select(
            (Reservation.quantity - Reservation.allocated).label("quantity"),
            promised_at.label("promised_at"),
            Part,
            PartRequestLine,
            PartRequest,
            Warehouse,
        )
        .join(PartRequestLine, PartRequestLine.id == Reservation.line_id)
        .join(PartRequest, PartRequest.id == PartRequestLine.request_id)
        .join(Part, Part.id == Reservation.part_id)
        .join(Warehouse, Warehouse.id == PartRequest.warehouse_id)
        .where(Reservation.warehouse_id == warehouse_id, *_TO_RELEASE)
        .order_by(Reservation.priority, promised_at, Reservation.id)
        .limit(limit)
    )
    return session.execute(query).all()


def count_waiting(session: Session, *, by: Actor, warehouse_id: int | None = None) -> int:
    """How many lines wait for a wave in the warehouses whose floor the actor may see."""
    query = select(func.count(Reservation.line_id.distinct())).where(
        identity.covers(by, Permission.SEE_TASKS, Reservation.warehouse_id), *_TO_RELEASE
    )
    if warehouse_id is not None:
        query = query.where(Reservation.warehouse_id == warehouse_id)
    return session.execute(query).scalar_one()


@dataclass(frozen=True, slots=True)
class WaveSummary:
    """A wave with its tasks added up: how many there are, for how many lines, and how many are still to be picked."""

    wave: Wave
    released_by: Person
    lines: int
    tasks: int
    quantity: int
    to_pick: int


def list_waves(
    session: Session, warehouse_id: int, *, by: Actor, before: int | None = None, limit: int = 20
) -> list[WaveSummary]:
    """The waves of a warehouse, newest first; `before` (an id) continues a page."""
    by.require(Permission.SEE_TASKS, warehouse_id)
    page = select(Wave.id).where(Wave.warehouse_id == warehouse_id).order_by(Wave.id.desc()).limit(limit)
    if before is not None:
        page = page.where(Wave.id < before)
    to_pick = PickTask.status.in_((TaskStatus.RELEASED, TaskStatus.CLAIMED))
    query = (
        select(
            Wave,
            Person,
            func.count(PickTask.line_id.distinct()),
            func.count(PickTask.id),
            func.coalesce(func.sum(PickTask.quantity), 0),
            func.count(PickTask.id).filter(to_pick),
        )
        .join(Person, Person.id == Wave.released_by_id)
        .outerjoin(PickTask, PickTask.wave_id == Wave.id)
        .where(Wave.id.in_(page))
        .group_by(Wave.id, Person.id)
        .order_by(Wave.id.desc())
    )
    return [
        WaveSummary(wave, person, lines, tasks, int(quantity), to_pick_count)
        for wave, person, lines, tasks, quantity, to_pick_count in session.execute(query)
    ]
