"""Handling units: opened for a destination, closed and labelled with an SSCC, opened again, or given up."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from barcode.gs1 import make_sscc
from inventory import timeline
from inventory.actor import Actor
from inventory.errors import NotFound
from inventory.identity import Permission
from inventory.network import Warehouse
from inventory.timeline import DocumentKind, Happening
from inventory.transport.errors import (
    HandlingUnitEmpty,
    HandlingUnitNotClosed,
    HandlingUnitNotEmpty,
    HandlingUnitNotOpen,
    HoldsCancelled,
    SameWarehouse,
)
from inventory.transport.models import HandlingUnit, HandlingUnitStatus
from inventory.warehousing import PickTask, TaskStatus

SSCC_SERIAL_DIGITS = 16
"""Digits of an SSCC that company prefix and serial reference share."""


def open_handling_unit(
    session: Session, *, warehouse_id: int, destination_id: int, by: Actor, at: datetime
) -> HandlingUnit:
    """Open a box or pallet for a destination.

    Raises: NotFound for a foreign warehouse or an unknown destination; SameWarehouse.
    """
    by.require(Permission.PACK_AND_SHIP, warehouse_id)
    if warehouse_id == destination_id:
        raise SameWarehouse()
    if session.get(Warehouse, destination_id) is None:
        raise NotFound()
    unit = HandlingUnit(
        warehouse_id=warehouse_id, destination_id=destination_id, status=HandlingUnitStatus.OPEN, opened_at=at
    )
    session.add(unit)
    session.flush()
    opened = Happening(DocumentKind.HANDLING_UNIT, unit.id, "opened", "new", str(unit.status))
    timeline.record(session, [opened], by=by, at=at)
    return unit


def close_handling_unit(
    session: Session, handling_unit_id: int, *, company_prefix: str, by: Actor, at: datetime
) -> HandlingUnit:
    """Close a handling unit and give it an SSCC under the maker's GS1 company prefix; one it has, it keeps.

    Raises: NotFound; HandlingUnitNotOpen; HandlingUnitEmpty; HoldsCancelled; KeyNotMade when the prefix is unusable.
    """
    unit = locked_handling_unit(session, handling_unit_id, by=by)
    require_open(unit)
    require_nothing_cancelled(session, [unit])
    if not _task_ids_in(session, unit.id):
        raise HandlingUnitEmpty(handling_unit=unit.number)
    unit.sscc = unit.sscc or _sscc(company_prefix, unit.id)
    unit.closed_at = at
    _pass_to(session, unit, HandlingUnitStatus.CLOSED, "closed", by=by, at=at)
    return unit


def reopen_handling_unit(session: Session, handling_unit_id: int, *, by: Actor, at: datetime) -> HandlingUnit:
    """Open a closed handling unit again, to put something in or take something out.

    Raises: NotFound; HandlingUnitNotClosed.
    """
    unit = locked_handling_unit(session, handling_unit_id, by=by)
    if unit.status is not HandlingUnitStatus.CLOSED:
        raise HandlingUnitNotClosed(handling_unit=unit.number, status=str(unit.status))
    unit.closed_at = None
    _pass_to(session, unit, HandlingUnitStatus.OPEN, "reopened", by=by, at=at)
    return unit


def cancel_handling_unit(session: Session, handling_unit_id: int, *, by: Actor, at: datetime) -> HandlingUnit:
    """Give up an open handling unit that is empty.

    Raises: NotFound; HandlingUnitNotOpen; HandlingUnitNotEmpty.
    """
    unit = locked_handling_unit(session, handling_unit_id, by=by)
    require_open(unit)
    if tasks := _task_ids_in(session, unit.id):
        raise HandlingUnitNotEmpty(handling_unit=unit.number, tasks=tasks)
    _pass_to(session, unit, HandlingUnitStatus.CANCELLED, "cancelled", by=by, at=at)
    return unit


def locked_handling_unit(session: Session, handling_unit_id: int, *, by: Actor) -> HandlingUnit:
    """Hold a handling unit that the actor may pack and ship, until the transaction ends. Raises: NotFound."""
    (unit,) = locked_handling_units(session, [handling_unit_id], by=by)
    return unit


def locked_handling_units(session: Session, handling_unit_ids: Iterable[int], *, by: Actor) -> Sequence[HandlingUnit]:
    """Hold handling units, by id. Raises: NotFound when one is missing or foreign."""
    wanted = set(handling_unit_ids)
    units = session.scalars(
        select(HandlingUnit)
        .where(HandlingUnit.id.in_(wanted))
        .order_by(HandlingUnit.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    if len(units) < len(wanted):
        raise NotFound()
    for unit in units:
        by.require(Permission.PACK_AND_SHIP, unit.warehouse_id)
    return units


def require_open(unit: HandlingUnit) -> None:
    """Raises: HandlingUnitNotOpen."""
    if unit.status is not HandlingUnitStatus.OPEN:
        raise HandlingUnitNotOpen(handling_unit=unit.number, status=str(unit.status))


def require_nothing_cancelled(session: Session, units: Sequence[HandlingUnit]) -> None:
    """Refuse to go on while something in the units is no longer wanted. Raises: HoldsCancelled, naming the tasks."""
    cancelled = session.scalars(
        select(PickTask.id)
        .where(
            PickTask.handling_unit_id.in_([unit.id for unit in units]),
            PickTask.status == TaskStatus.CANCELLED,
        )
        .order_by(PickTask.id)
    ).all()
    if cancelled:
        raise HoldsCancelled(tasks=list(cancelled))


def _task_ids_in(session: Session, handling_unit_id: int) -> list[int]:
    return list(
        session.scalars(select(PickTask.id).where(PickTask.handling_unit_id == handling_unit_id).order_by(PickTask.id))
    )


def _sscc(company_prefix: str, handling_unit_id: int) -> str:
    """The SSCC of a unit: its id, running on into the extension digit when the prefix leaves too few digits."""
    places = max(SSCC_SERIAL_DIGITS - len(company_prefix), 0)
    extension_digit, serial_reference = divmod(handling_unit_id, 10**places)
    return make_sscc(company_prefix, extension_digit=extension_digit, serial_reference=serial_reference)


def _pass_to(
    session: Session, unit: HandlingUnit, status: HandlingUnitStatus, what: str, *, by: Actor, at: datetime
) -> None:
    before, unit.status = unit.status, status
    session.flush()
    facts = {"sscc": unit.sscc} if unit.sscc else {}
    passed = Happening(DocumentKind.HANDLING_UNIT, unit.id, what, str(before), str(status), facts=facts)
    timeline.record(session, [passed], by=by, at=at)
