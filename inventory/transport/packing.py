"""Packing: picked tasks go into a handling unit of their destination, and out again when that was wrong."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory import warehousing
from inventory.actor import Actor
from inventory.errors import NotFound
from inventory.identity import Permission
from inventory.ledger import Lot, Unit
from inventory.transport.errors import (
    NothingToPack,
    TaskNotInHandlingUnit,
    TaskNotPicked,
    WrongDestination,
)
from inventory.transport.handling_units import locked_handling_unit, reopen_handling_unit, require_open
from inventory.transport.models import HandlingUnit, HandlingUnitStatus
from inventory.warehousing import PickTask, TaskLine, TaskStatus


def pack_tasks(
    session: Session, handling_unit_id: int, task_ids: Sequence[int], *, by: Actor, at: datetime
) -> HandlingUnit:
    """Put picked tasks into an open handling unit that goes where they go, all of them or none.

    Raises: NotFound; HandlingUnitNotOpen; NothingToPack; TaskNotPicked; WrongDestination.
    """
    unit = locked_handling_unit(session, handling_unit_id, by=by)
    require_open(unit)
    if not task_ids:
        raise NothingToPack(handling_unit=unit.number)
    tasks = warehousing.locked_tasks(session, PickTask.id.in_(task_ids), PickTask.warehouse_id == unit.warehouse_id)
    if len(tasks) < len(set(task_ids)):
        raise NotFound()
    for task in tasks:
        if task.status is not TaskStatus.PICKED:
            raise TaskNotPicked(task=task.id, status=str(task.status))
        if task.destination_id != unit.destination_id:
            raise WrongDestination(task=task.id, destination_id=task.destination_id)
    warehousing.put_in_handling_unit(session, tasks, unit.id, by=by, at=at)
    return unit


def pack_by_scan(
    session: Session,
    handling_unit_id: int,
    *,
    part: str,
    lot: str | None = None,
    serial: str | None = None,
    by: Actor,
    at: datetime,
) -> PickTask:
    """Put what a part label names into an open handling unit: of the tasks it fits, the one that is due soonest.

    Raises: NotFound; HandlingUnitNotOpen; NothingToPack when nothing picked of it goes there.
    """
    unit = locked_handling_unit(session, handling_unit_id, by=by)
    require_open(unit)
    query = (
        select(PickTask.id)
        .where(
            PickTask.warehouse_id == unit.warehouse_id,
            PickTask.destination_id == unit.destination_id,
            PickTask.status == TaskStatus.PICKED,
            PickTask.part_id == warehousing.find_scanned_part(session, part).id,
        )
        .order_by(PickTask.due_at, PickTask.id)
        .limit(1)
    )
    if lot is not None:
        query = query.join(Lot, Lot.id == PickTask.lot_id).where(Lot.number == lot)
    if serial is not None:
        query = query.join(Unit, Unit.id == PickTask.unit_id).where(Unit.serial == serial)
    task_id = session.scalar(query)
    if task_id is None:
        raise NothingToPack(handling_unit=unit.number, part=part[:40], lot=lot, serial=serial)
    pack_tasks(session, handling_unit_id, [task_id], by=by, at=at)
    return session.get_one(PickTask, task_id)


def unpack_task(session: Session, task_id: int, *, by: Actor, at: datetime) -> PickTask:
    """Take a task out of its handling unit, which is opened for it where it was closed.

    A packed task waits to be packed again; the stock of a cancelled one shows on the put-away list.

    Raises: NotFound; TaskNotInHandlingUnit; HandlingUnitNotOpen when it has left.
    """
    task = session.get(PickTask, task_id)
    if task is None:
        raise NotFound()
    by.require(Permission.PACK_AND_SHIP, task.warehouse_id)
    if task.handling_unit_id is None:
        raise TaskNotInHandlingUnit(task=task_id)
    unit = locked_handling_unit(session, task.handling_unit_id, by=by)
    if unit.status is HandlingUnitStatus.CLOSED:
        unit = reopen_handling_unit(session, unit.id, by=by, at=at)
    require_open(unit)
    held = warehousing.locked_tasks(session, PickTask.id == task_id, PickTask.handling_unit_id == unit.id)
    if not held:
        raise TaskNotInHandlingUnit(task=task_id)
    warehousing.take_out_of_handling_unit(session, held[0], by=by, at=at)
    return held[0]


def list_ready_to_pack(session: Session, warehouse_id: int, *, by: Actor, limit: int = 500) -> list[TaskLine]:
    """What is picked and not packed yet, by destination and there soonest due first."""
    tasks = warehousing.list_tasks(session, warehouse_id, by=by, statuses=(TaskStatus.PICKED,), limit=limit)
    return sorted(tasks, key=lambda task: (task.destination_code, task.due_at, task.id))
