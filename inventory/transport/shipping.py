"""Shipping: closed handling units leave, and what is in them is in transit from then on."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory import events, ledger, timeline, warehousing
from inventory.actor import Actor
from inventory.errors import NotFound
from inventory.identity import Permission
from inventory.ledger import Document, Issue, Place, Purpose, Reservation
from inventory.timeline import DocumentKind, Happening
from inventory.transport.announcements import LinesShipped, ShippedLine
from inventory.transport.errors import HandlingUnitEmpty, HandlingUnitNotClosed, NothingToShip
from inventory.transport.handling_units import locked_handling_units, require_nothing_cancelled
from inventory.transport.models import (
    Carrier,
    HandlingUnit,
    HandlingUnitStatus,
    Shipment,
    ShipmentLine,
    ShipmentStatus,
)
from inventory.warehousing import PickTask, TaskStatus


def ship(
    session: Session,
    handling_unit_ids: Sequence[int],
    *,
    carrier_id: int | None = None,
    carrier_reference: str = "",
    by: Actor,
    at: datetime,
) -> list[Shipment]:
    """Let closed handling units leave: a shipment for each source and destination, due when its most urgent line is.

    Raises: NothingToShip; NotFound for an unknown unit or carrier or a foreign warehouse; HandlingUnitNotClosed;
    HoldsCancelled when something in a unit is no longer wanted; HandlingUnitEmpty.
    """
    by.require(Permission.PACK_AND_SHIP)
    if not handling_unit_ids:
        raise NothingToShip()
    if carrier_id is not None and session.get(Carrier, carrier_id) is None:
        raise NotFound()
    _hold_stock(session, handling_unit_ids)
    units = locked_handling_units(session, handling_unit_ids, by=by)
    tasks = _packed_tasks(session, units)
    by_route: dict[tuple[int, int], list[HandlingUnit]] = defaultdict(list)
    for unit in units:
        by_route[unit.warehouse_id, unit.destination_id].append(unit)
    return [
        _send(session, route, tasks, carrier_id=carrier_id, carrier_reference=carrier_reference.strip(), by=by, at=at)
        for route in by_route.values()
    ]


def _hold_stock(session: Session, handling_unit_ids: Sequence[int]) -> None:
    """Hold the balance rows under what is packed in the units, before the units and tasks themselves."""
    allocation_ids = session.scalars(
        select(PickTask.allocation_id).where(PickTask.handling_unit_id.in_(handling_unit_ids))
    )
    ledger.lock_allocations(session, allocation_ids)


def _packed_tasks(session: Session, units: Sequence[HandlingUnit]) -> dict[int, list[PickTask]]:
    """The packed tasks of each unit, held. Everything that would leave something behind or unlabelled is refused."""
    for unit in units:
        if unit.status is not HandlingUnitStatus.CLOSED:
            raise HandlingUnitNotClosed(handling_unit=unit.number, status=str(unit.status))
    tasks = warehousing.locked_tasks(
        session,
        PickTask.handling_unit_id.in_([unit.id for unit in units]),
        PickTask.status == TaskStatus.PACKED,
    )
    require_nothing_cancelled(session, units)
    tasks_of: dict[int, list[PickTask]] = {unit.id: [] for unit in units}
    for task in tasks:
        assert task.handling_unit_id is not None, "chosen by its handling unit"
        tasks_of[task.handling_unit_id].append(task)
    for unit in units:
        if not tasks_of[unit.id]:
            raise HandlingUnitEmpty(handling_unit=unit.number)
    return tasks_of


def _send(
    session: Session,
    units: Sequence[HandlingUnit],
    tasks_of: dict[int, list[PickTask]],
    *,
    carrier_id: int | None,
    carrier_reference: str,
    by: Actor,
    at: datetime,
) -> Shipment:
    """Write one shipment: its lines, the moves into transit, and how units and tasks pass on."""
    tasks = [task for unit in units for task in tasks_of[unit.id]]
    shipment = Shipment(
        source_id=units[0].warehouse_id,
        destination_id=units[0].destination_id,
        carrier_id=carrier_id,
        carrier_reference=carrier_reference,
        status=ShipmentStatus.SHIPPED,
        shipped_at=at,
        due_at=min(task.due_at for task in tasks),
    )
    session.add(shipment)
    session.flush()
    owners = _write_lines(session, shipment, tasks)
    ledger.issue(
        session,
        [
            Issue(
                task.allocation_id,
                task.quantity,
                ledger.outside(Place.IN_TRANSIT, owners[task.reservation_id]),
                Document(DocumentKind.SHIPMENT, shipment.id),
                "shipped",
            )
            for task in tasks
        ],
        by=by,
        at=at,
    )
    _pass_on(session, shipment, units, by=by, at=at)
    warehousing.send_off(session, tasks, shipment=shipment.number, by=by, at=at)
    events.announce(session, LinesShipped(_shipped(shipment, tasks), by=by, at=at))
    return shipment


def _write_lines(session: Session, shipment: Shipment, tasks: Sequence[PickTask]) -> dict[int, int]:
    """What travels, a line a handling unit, request line, lot and piece; tell the owner of each reservation's stock."""
    reservations = {
        row.id: row
        for row in session.execute(
            select(Reservation.id, Reservation.owner_id, Reservation.priority, Reservation.purpose).where(
                Reservation.id.in_({task.reservation_id for task in tasks})
            )
        )
    }
    lines: dict[tuple[int | None, int, int, int | None], ShipmentLine] = {}
    for task in sorted(tasks, key=lambda task: (task.due_at, task.id)):
        reservation = reservations[task.reservation_id]
        content = (task.handling_unit_id, task.line_id, task.lot_id, task.unit_id)
        if content in lines:
            lines[content].quantity += task.quantity
            continue
        lines[content] = ShipmentLine(
            shipment_id=shipment.id,
            handling_unit_id=task.handling_unit_id,
            line_id=task.line_id,
            part_id=task.part_id,
            lot_id=task.lot_id,
            unit_id=task.unit_id,
            owner_id=reservation.owner_id,
            priority=reservation.priority,
            quantity=task.quantity,
            for_stock=reservation.purpose is Purpose.TRANSFER,
        )
    session.add_all(lines.values())
    session.flush()
    return {row.id: row.owner_id for row in reservations.values()}


def _pass_on(session: Session, shipment: Shipment, units: Sequence[HandlingUnit], *, by: Actor, at: datetime) -> None:
    facts = {"shipment": shipment.number}
    happenings = [
        Happening(
            DocumentKind.SHIPMENT,
            shipment.id,
            "shipped",
            "new",
            str(shipment.status),
            facts={"handling_units": [unit.number for unit in units], "due_at": shipment.due_at.isoformat()},
        )
    ]
    for unit in units:
        before, unit.status, unit.shipment_id = unit.status, HandlingUnitStatus.SHIPPED, shipment.id
        happenings.append(
            Happening(DocumentKind.HANDLING_UNIT, unit.id, "shipped", str(before), str(unit.status), facts=facts)
        )
    session.flush()
    timeline.record(session, happenings, by=by, at=at)


def _shipped(shipment: Shipment, tasks: Sequence[PickTask]) -> tuple[ShippedLine, ...]:
    quantities: dict[int, int] = defaultdict(int)
    for task in tasks:
        quantities[task.line_id] += task.quantity
    return tuple(ShippedLine(line_id, quantity, shipment.number) for line_id, quantity in sorted(quantities.items()))
