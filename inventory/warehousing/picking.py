"""Picking by scan: the bin, then the part; the lot as its label says. What cannot be picked is an exception."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, String, bindparam, cast, insert, literal, select, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session, aliased

from inventory import events, ledger, timeline
from inventory.actor import Actor
from inventory.errors import NotFound
from inventory.identity import Permission
from inventory.ledger import Condition, Document, Place
from inventory.network import ZoneKind
from inventory.timeline import DocumentEvent, DocumentKind
from inventory.warehousing.announcements import PickFailed, PickFailure
from inventory.warehousing.claiming import require_in_hands
from inventory.warehousing.errors import (
    MoreThanTask,
    PickIncomplete,
    QuantityTooSmall,
    ReasonMissing,
    SerialNeeded,
    TaskNotOpen,
    WrongBin,
    WrongLot,
    WrongPart,
)
from inventory.warehousing.exchanging import take_other_piece
from inventory.warehousing.models import PickTask, TaskStatus
from inventory.warehousing.scanning import Position, list_positions_in, names_bin, names_part, position_scanned
from inventory.warehousing.tasks import TO_PICK, HeldTask, TaskLine, hold_task, shrink, task_lines


@dataclass(frozen=True, slots=True)
class Shortfall:
    """Why less could be picked than the task asks for."""

    kind: PickFailure
    reason: str


@dataclass(frozen=True, slots=True)
class PickScan:
    """What was scanned at the bin and how much was taken; `rest` says why where it is less than the task asks for.

    `override_reason` is why another lot than the task's is taken, by somebody who may decide that.
    """

    bin_code: str
    part: str
    quantity: int
    lot: str | None = None
    serial: str | None = None
    rest: Shortfall | None = None
    override_reason: str = ""


def confirm_pick(session: Session, task_id: int, scan: PickScan, *, by: Actor, at: datetime) -> TaskLine:
    """Take what the task names out of its bin and bring it to staging; the task as it stands then.

    The lot comes from the label; where the label names none and several lie in the bin, it is asked for. The task is
    picked as a whole: what is missing or damaged is reported in the same breath, makes it smaller and is sourced anew.

    Raises: NotFound; TaskNotOpen when it was picked, cancelled or failed meanwhile; TaskClaimed; WrongBin; WrongPart;
    MoreThanTask; PickIncomplete; LotNeeded; SerialNeeded; WrongLot; NotInBin; LotNotFree; NotPermitted for an override.
    """
    held = hold_task(session, task_id, by=by)
    task = held.task
    _require_to_pick(session, task, TO_PICK, by=by)
    _require_right_scan(held, scan)
    other = _other_position(session, held, scan, by=by)
    if scan.rest is not None and scan.quantity < task.quantity:
        _fail(session, held, task.quantity - scan.quantity, scan.rest, by=by, at=at)
    if other is not None:
        _take_instead(session, held, other, scan, by=by, at=at)
    document = Document(DocumentKind.PICK_TASK, task.id)
    staged = ledger.Carry(task.allocation_id, _staging_of(held), document, "picked")
    ledger.carry(session, [staged], by=by, at=at)
    return _book_as_picked(session, held, scan, other, by=by, at=at)


def report_exception(
    session: Session, task_id: int, *, kind: PickFailure, quantity: int, reason: str, by: Actor, at: datetime
) -> PickTask:
    """Say that so much of a task is missing or damaged: it leaves good stock, and the line is sourced anew at once.

    It may turn up at the bin or later, in staging, while it is not packed. Missing stock goes to the count difference,
    damaged stock stays in its bin as defective.

    Raises: NotFound; TaskNotOpen; TaskClaimed; MoreThanTask; QuantityTooSmall; ReasonMissing.
    """
    held = hold_task(session, task_id, by=by)
    _require_to_pick(session, held.task, (*TO_PICK, TaskStatus.PICKED), by=by)
    _require_quantity(held.task, quantity)
    _fail(session, held, quantity, Shortfall(kind, reason), by=by, at=at)
    return held.task


def _staging_of(held: HeldTask) -> int:
    if held.staging_bin_id is None:
        raise NotFound(bin=ZoneKind.STAGING.value)
    return held.staging_bin_id


def _require_to_pick(session: Session, task: PickTask, open_in: tuple[TaskStatus, ...], *, by: Actor) -> None:
    if task.status not in open_in:
        raise TaskNotOpen(task=task.id, status=str(task.status))
    require_in_hands(session, task, by=by)


def _require_quantity(task: PickTask, quantity: int) -> None:
    if quantity < 1:
        raise QuantityTooSmall(quantity=quantity)
    if quantity > task.quantity:
        raise MoreThanTask(task=task.id, wanted=task.quantity, quantity=quantity)


def _require_right_scan(held: HeldTask, scan: PickScan) -> None:
    task = held.task
    if not names_bin(held.bin_code, scan.bin_code):
        raise WrongBin(expected=held.bin_code, scanned=scan.bin_code[:40])
    if not names_part(held.part_number, held.gtin, scan.part):
        raise WrongPart(expected=held.part_number, scanned=scan.part[:40])
    _require_quantity(task, scan.quantity)
    if scan.quantity < task.quantity and scan.rest is None:
        raise PickIncomplete(task=task.id, wanted=task.quantity, quantity=scan.quantity)


def _other_position(session: Session, held: HeldTask, scan: PickScan, *, by: Actor) -> Position | None:
    """The position really taken from where it is not the task's own: another piece of the lot, or another lot.

    Pieces of one lot are as good as each other; another lot needs a reason and somebody who may override.
    """
    if held.serial_tracked and scan.serial is None:
        raise SerialNeeded(serials=[held.serial])
    if scan.lot == held.lot_number and scan.serial == held.serial:
        return None
    positions = list_positions_in(session, held.task.bin_id, held.task.part_id, held.owner_id)
    meant = position_scanned(positions, lot=scan.lot, serial=scan.serial)
    if meant.lot_id != held.task.lot_id:
        if not scan.override_reason.strip():
            raise WrongLot(expected=held.lot_number, scanned=meant.lot_number)
        by.require(Permission.OVERRIDE_FIFO, held.task.warehouse_id)
        return meant
    return None if meant.unit_id == held.task.unit_id else meant


def _take_instead(
    session: Session, held: HeldTask, other: Position, scan: PickScan, *, by: Actor, at: datetime
) -> None:
    if other.lot_id == held.task.lot_id:
        take_other_piece(session, held, other, by=by, at=at)
        return
    ledger.exchange_lot(
        session,
        held.task.allocation_id,
        lot_balance_id=other.lot_balance_id,
        reason=scan.override_reason.strip(),
        by=by,
        at=at,
    )


_BOOKED = (
    update(PickTask)
    .where(PickTask.id == bindparam("task_id"))
    .values(
        status=TaskStatus.PICKED,
        picked=PickTask.quantity,
        picked_at=bindparam("at"),
        claimed_by_id=bindparam("actor_id"),
        lot_id=bindparam("taken_lot_id"),
        unit_id=bindparam("taken_unit_id"),
    )
    .returning(PickTask)
    .cte("booked")
)
_EVENT: dict[str, ColumnElement[Any]] = {
    "document_kind": literal(DocumentKind.PICK_TASK.value),
    "document_id": _BOOKED.c.id,
    "happening": literal("picked"),
    "from_status": bindparam("before", type_=String),
    "to_status": cast(_BOOKED.c.status, String),
    "reason": bindparam("reason", type_=String),
    "facts": bindparam("facts", type_=JSONB),
    "actor_id": _BOOKED.c.claimed_by_id,
    "command_id": bindparam("command_id", type_=BigInteger),
    "recorded_at": _BOOKED.c.picked_at,
}
_TOLD = insert(DocumentEvent).from_select(list(_EVENT), select(*_EVENT.values())).cte("told")
_BOOK = task_lines(aliased(PickTask, _BOOKED)).add_cte(_TOLD)


def _book_as_picked(
    session: Session, held: HeldTask, scan: PickScan, other: Position | None, *, by: Actor, at: datetime
) -> TaskLine:
    """Write the task down as picked, with what was really taken, and tell it; in one statement, for scanners wait."""
    task = held.task
    facts = {
        "quantity": task.quantity,
        "bin": held.bin_code,
        "lot": other.lot_number if other else held.lot_number,
        "serial": other.serial if other else held.serial,
        "instead_of_lot": held.lot_number if other and other.lot_number != held.lot_number else None,
    }
    booked = session.execute(
        _BOOK,
        {
            "task_id": task.id,
            "taken_lot_id": other.lot_id if other else task.lot_id,
            "taken_unit_id": other.unit_id if other else task.unit_id,
            "before": str(task.status),
            "reason": scan.override_reason.strip() if other else "",
            "facts": {name: value for name, value in facts.items() if value is not None},
            "actor_id": by.person_id,
            "command_id": by.command_id,
            "at": at,
        },
    ).one()
    session.expire(task)
    return TaskLine(*booked)


def _fail(session: Session, held: HeldTask, quantity: int, shortfall: Shortfall, *, by: Actor, at: datetime) -> None:
    """Take what cannot be picked out of good stock and off the task, and let its line be sourced anew."""
    reason = shortfall.reason.strip()
    if not reason:
        raise ReasonMissing()
    task = held.task
    document = Document(DocumentKind.PICK_TASK, task.id)
    ledger.issue(
        session,
        [ledger.Issue(task.allocation_id, quantity, _end_of(held, shortfall.kind), document, reason)],
        by=by,
        at=at,
    )
    happening = shrink(task, quantity, TaskStatus.FAILED, reason=reason, kind=str(shortfall.kind))
    session.flush()
    timeline.record(session, [happening], by=by, at=at)
    events.announce(
        session,
        PickFailed(
            line_id=task.line_id,
            quantity=quantity,
            kind=shortfall.kind,
            reason=reason,
            task_id=task.id,
            warehouse_id=task.warehouse_id,
            part_id=task.part_id,
            by=by,
            at=at,
        ),
    )


def _end_of(held: HeldTask, kind: PickFailure) -> ledger.End:
    """Where what cannot be picked goes: damaged stock stays where it lies, which is staging once it was picked."""
    if kind is PickFailure.SHORT:
        return ledger.outside(Place.COUNT_DIFFERENCE, held.owner_id)
    return ledger.in_bin(held.task.warehouse_id, held.lies_in, held.owner_id, Condition.DEFECTIVE)
