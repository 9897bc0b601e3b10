"""Pick tasks as people see them, as a use case locks them, and how they fall when they are no longer wanted."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Select, bindparam, cast, func, literal, select, tuple_
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from inventory import ledger, network, timeline
from inventory.actor import Actor
from inventory.catalogue import BaseUnit, Part
from inventory.errors import NotFound
from inventory.identity import Permission, Person, covered, reach_parameter
from inventory.ledger import Allocation, Lot, LotBalance, Reservation, Unit
from inventory.network import Bin, Warehouse
from inventory.timeline import DocumentKind, Happening
from inventory.warehousing.models import PickTask, TaskStatus, Trigger, Wave

TO_PICK = (TaskStatus.RELEASED, TaskStatus.CLAIMED)
WANTED = (*TO_PICK, TaskStatus.PICKED, TaskStatus.PACKED)
"""Tasks that still hold stock of their reservation."""


@dataclass(frozen=True, slots=True)
class TaskLine:
    """A pick task with all that stands on the handheld's screen."""

    id: int
    status: TaskStatus
    trigger: Trigger
    wave_id: int
    warehouse_id: int
    bin_code: str
    pick_sequence: int
    part_id: int
    part_number: str
    part_name_zh: str
    part_name_en: str
    lot_number: str
    serial: str | None
    quantity: int
    destination_id: int
    destination_code: str
    destination_name_zh: str
    destination_name_en: str
    line_id: int
    due_at: datetime
    claimed_by_id: int | None
    claimed_by: str | None
    picked_at: datetime | None
    handling_unit_id: int | None
    base_unit: BaseUnit

    @property
    def place_in_walk(self) -> tuple[int, str, int]:
        """Where the task stands in walking order; pass it on to continue a page."""
        return (self.pick_sequence, self.bin_code, self.id)


def task_lines(task: type[PickTask]) -> Select[*tuple[Any, ...]]:
    """The tasks as lines of a screen: of the table, or of what a statement did to it."""
    return (
        select(
            task.id,
            task.status,
            Wave.trigger,
            task.wave_id,
            task.warehouse_id,
            Bin.code,
            task.pick_sequence,
            task.part_id,
            Part.number,
            Part.name_zh,
            Part.name_en,
            Lot.number,
            Unit.serial,
            task.quantity,
            task.destination_id,
            Warehouse.code,
            Warehouse.name_zh,
            Warehouse.name_en,
            task.line_id,
            task.due_at,
            task.claimed_by_id,
            Person.name,
            task.picked_at,
            task.handling_unit_id,
            Part.base_unit,
        )
        .join(Wave, Wave.id == task.wave_id)
        .join(Bin, Bin.id == task.bin_id)
        .join(Part, Part.id == task.part_id)
        .join(Lot, Lot.id == task.lot_id)
        .join(Warehouse, Warehouse.id == task.destination_id)
        .outerjoin(Unit, Unit.id == task.unit_id)
        .outerjoin(Person, Person.id == task.claimed_by_id)
    )


_TASK_LINE = task_lines(PickTask)
_ONE_TASK: Select[*tuple[Any, ...]] = _TASK_LINE.where(PickTask.id == bindparam("task_id"))


def list_tasks(
    session: Session,
    warehouse_id: int,
    *,
    by: Actor,
    statuses: Collection[TaskStatus] = TO_PICK,
    claimed_by_id: int | None = None,
    wave_id: int | None = None,
    after: tuple[int, str, int] | None = None,
    limit: int = 100,
) -> list[TaskLine]:
    """The tasks of a warehouse in walking order: pick sequence, bin code, id; `after` continues a page."""
    by.require(Permission.SEE_TASKS, warehouse_id)
    walk = (PickTask.pick_sequence, Bin.code, PickTask.id)
    query = _TASK_LINE.where(PickTask.warehouse_id == warehouse_id, PickTask.status.in_(statuses))
    if claimed_by_id is not None:
        query = query.where(PickTask.claimed_by_id == claimed_by_id)
    if wave_id is not None:
        query = query.where(PickTask.wave_id == wave_id)
    if after is not None:
        sequence, code, id = after
        # As a bigint: a page that somebody makes up may begin beyond every sequence there is.
        query = query.where(tuple_(*walk) > tuple_(literal(sequence, BigInteger), code, id))
    return _lines(session, query.order_by(*walk).limit(limit))


def get_task(session: Session, task_id: int, *, by: Actor) -> TaskLine:
    """A pick task. Raises: NotFound, also for a task of a warehouse that the actor may not see."""
    row = session.execute(_ONE_TASK, {"task_id": task_id}).one_or_none()
    if row is None:
        raise NotFound()
    by.require(Permission.SEE_TASKS, row.warehouse_id)
    return TaskLine(*row)


def list_tasks_of_lines(session: Session, line_ids: Iterable[int]) -> list[TaskLine]:
    """The tasks behind request lines, oldest first; whoever asks has been allowed to see the lines."""
    return _lines(session, _TASK_LINE.where(PickTask.line_id.in_(list(line_ids))).order_by(PickTask.id))


def list_tasks_in_handling_unit(session: Session, handling_unit_id: int) -> list[TaskLine]:
    """What lies in a handling unit, oldest first; whoever asks has been allowed to see the unit."""
    return _lines(session, _TASK_LINE.where(PickTask.handling_unit_id == handling_unit_id).order_by(PickTask.id))


@dataclass(frozen=True, slots=True)
class TriggerShare:
    """What one trigger released in a period."""

    trigger: Trigger
    lines: int
    tasks: int
    quantity: int


def share_by_trigger(
    session: Session, warehouse_id: int, *, since: datetime, until: datetime, by: Actor
) -> list[TriggerShare]:
    """How much of a period's work each trigger released: urgent lines by themselves, the job, the lead."""
    by.require(Permission.SEE_TASKS, warehouse_id)
    rows = session.execute(
        select(
            Wave.trigger,
            func.count(PickTask.line_id.distinct()),
            func.count(),
            cast(func.coalesce(func.sum(PickTask.quantity), 0), BigInteger),
        )
        .join(PickTask, PickTask.wave_id == Wave.id)
        .where(Wave.warehouse_id == warehouse_id, Wave.released_at >= since, Wave.released_at < until)
        .group_by(Wave.trigger)
    )
    found = {row[0]: TriggerShare(*row) for row in rows}
    return [found.get(trigger, TriggerShare(trigger, 0, 0, 0)) for trigger in Trigger]


@dataclass(frozen=True, slots=True)
class HeldTask:
    """A task whose row this transaction holds, with the codes that a scan is compared with.

    `lies_in` is the bin where its stock is: its own, after the pick staging; once that is gone its own again.
    `staging_bin_id` is where picked goods of its warehouse wait.
    """

    task: PickTask
    bin_code: str
    part_number: str
    gtin: str | None
    serial_tracked: bool
    lot_number: str
    serial: str | None
    owner_id: int
    lies_in: int
    staging_bin_id: int | None


_HOLD_STOCK = ledger.balances_under(
    func.array(
        select(PickTask.allocation_id)
        .where(PickTask.id == bindparam("task_id"), covered(PickTask.warehouse_id))
        .scalar_subquery(),
        type_=ARRAY(BigInteger),
    )
)
_HOLD: Select[*tuple[Any, ...]] = (
    select(
        PickTask,
        Bin.code,
        Part.number,
        Part.gtin,
        Part.serial_tracked,
        Lot.number,
        Unit.serial,
        Reservation.owner_id,
        func.coalesce(LotBalance.bin_id, PickTask.bin_id),
        network.staging_bin_of(PickTask.warehouse_id),
    )
    .join(Bin, Bin.id == PickTask.bin_id)
    .join(Part, Part.id == PickTask.part_id)
    .join(Lot, Lot.id == PickTask.lot_id)
    .join(Reservation, Reservation.id == PickTask.reservation_id)
    .join(Allocation, Allocation.id == PickTask.allocation_id)
    .outerjoin(LotBalance, LotBalance.id == Allocation.lot_balance_id)
    .outerjoin(Unit, Unit.id == PickTask.unit_id)
    .where(PickTask.id == bindparam("task_id"))
    .with_for_update(of=PickTask)
    .execution_options(populate_existing=True)
)


def hold_task(session: Session, task_id: int, *, by: Actor) -> HeldTask:
    """Hold the task and the stock under it: the balance row first, then the task, read again once both are held.

    Raises: NotFound, also for a task of a warehouse where the actor may not pick.
    """
    if session.execute(_HOLD_STOCK, {"task_id": task_id, **reach_parameter(by, Permission.PICK)}).one_or_none() is None:
        raise NotFound()
    return HeldTask(*session.execute(_HOLD, {"task_id": task_id}).one())


def locked_tasks(session: Session, *conditions: Any) -> Sequence[PickTask]:
    """Hold the tasks that meet the conditions until the transaction ends, by id, as they stand now."""
    return session.scalars(
        select(PickTask)
        .where(*conditions)
        .order_by(PickTask.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()


def allocations_were_freed(session: Session, freed: ledger.AllocationsFreed) -> None:
    """Stop the work on lots that were given up: their tasks shrink or are cancelled.

    What was picked already lies free in staging and shows on the put-away list. What was packed stays marked with its
    handling unit until somebody takes it out: the unit does not leave before that.
    """
    falls: dict[int, int] = defaultdict(int)
    for one in freed.allocations:
        falls[one.allocation_id] += one.quantity
    tasks = locked_tasks(session, PickTask.allocation_id.in_(falls), PickTask.status.in_(WANTED))
    happenings = [shrink(task, falls[task.allocation_id], TaskStatus.CANCELLED, reason=freed.reason) for task in tasks]
    session.flush()
    timeline.record(session, happenings, by=freed.by, at=freed.at)


def shrink(task: PickTask, quantity: int, end: TaskStatus, *, reason: str, **facts: Any) -> Happening:
    """Take a quantity off a task that is held; when nothing of it is left, it ends in the status given."""
    before = task.status
    if quantity < task.quantity:
        task.quantity, what = task.quantity - quantity, "reduced"
        if task.picked:
            task.picked = task.quantity
    else:
        task.status, what = end, str(end)
    return Happening(
        DocumentKind.PICK_TASK, task.id, what, str(before), str(task.status), reason, {"quantity": quantity, **facts}
    )


def _lines(session: Session, query: Select[*tuple[Any, ...]]) -> list[TaskLine]:
    return [TaskLine(*row) for row in session.execute(query)]
