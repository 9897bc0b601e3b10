"""The end of a work order and what follows: completed, called off, opened again, given to another engineer."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

from sqlalchemy import select, union
from sqlalchemy.orm import Session

from inventory import ledger, sourcing, transport
from inventory.actor import Actor
from inventory.identity import Permission
from inventory.ledger.models import Reservation
from inventory.sourcing.models import PartRequest, PartRequestLine
from inventory.transport.models import ShipmentLine
from inventory.workorders.custody import hand_over
from inventory.workorders.earmarks import free, list_earmarks
from inventory.workorders.engineers import get_engineer
from inventory.workorders.errors import (
    PartsFitted,
    PartsInCustody,
    PartsOnTheMove,
    WorkOrderNotCompleted,
)
from inventory.workorders.finding import get_work_order, given_reason, list_line_ids, require_hand, require_open
from inventory.workorders.holding import hold_custody, hold_lines, hold_lines_of, hold_work_order
from inventory.workorders.models import DrawnPart, WorkOrder, WorkOrderStatus
from inventory.workorders.telling import tell_work_order

HOLDS_MAX = 3


def complete_work_order(session: Session, number: str, *, remark: str = "", by: Actor, at: datetime) -> WorkOrder:
    """Close a work order whose repair is done. What is still on order for it is cancelled, what came unused is freed.

    Raises: NotFound; NotYourWorkOrder; WorkOrderNotOpen; PartsInCustody; PartsOnTheMove.
    """
    work_order = _held_to_close(session, number, by=by)
    _let_go_of_parts(session, hold_lines_of(session, work_order.id), reason="work order completed", by=by, at=at)
    work_order.status, work_order.closed_at = WorkOrderStatus.COMPLETED, at
    tell_work_order(session, work_order, "completed", before=WorkOrderStatus.OPEN, reason=remark, by=by, at=at)
    return work_order


def cancel_work_order(session: Session, number: str, *, reason: str, by: Actor, at: datetime) -> WorkOrder:
    """Call a work order off. What is still on order for it is cancelled, what came is freed.

    Raises: ReasonMissing; NotFound; NotYourWorkOrder; WorkOrderNotOpen; PartsInCustody; PartsFitted; PartsOnTheMove.
    """
    reason = given_reason(reason)
    work_order = _held_to_close(session, number, by=by)
    fitted = select(DrawnPart.id).where(DrawnPart.work_order_id == work_order.id, DrawnPart.fitted > 0).limit(1)
    if session.scalar(fitted) is not None:
        raise PartsFitted(document=work_order.number)
    _let_go_of_parts(session, hold_lines_of(session, work_order.id), reason="work order cancelled", by=by, at=at)
    work_order.status, work_order.closed_at = WorkOrderStatus.CANCELLED, at
    tell_work_order(session, work_order, "cancelled", before=WorkOrderStatus.OPEN, reason=reason, by=by, at=at)
    return work_order


def reopen_work_order(session: Session, number: str, *, reason: str, by: Actor, at: datetime) -> WorkOrder:
    """Open a completed work order again: the repair was not done after all.

    Raises: ReasonMissing; NotFound; NotYourWorkOrder; WorkOrderNotCompleted.
    """
    reason = given_reason(reason)
    found = get_work_order(session, number, permission=Permission.CLOSE_WORK_ORDERS, by=by)
    work_order = hold_work_order(session, found.id)
    require_hand(work_order, by=by)
    if work_order.status is not WorkOrderStatus.COMPLETED:
        raise WorkOrderNotCompleted(document=work_order.number, status=str(work_order.status))
    work_order.status, work_order.closed_at = WorkOrderStatus.OPEN, None
    tell_work_order(session, work_order, "reopened", before=WorkOrderStatus.COMPLETED, reason=reason, by=by, at=at)
    return work_order


def reassign_work_order(
    session: Session, number: str, *, engineer: str, reason: str, by: Actor, at: datetime
) -> WorkOrder:
    """Give a work order to another engineer of the repair centre; what the first one still holds for it goes along.

    Raises: ReasonMissing; NotPermitted; NotFound; NotAnEngineerHere; WorkOrderNotOpen.
    """
    reason = given_reason(reason)
    found = get_work_order(session, number, permission=Permission.DISPATCH_WORK_ORDERS, by=by)
    successor = get_engineer(session, found.warehouse_id, engineer)
    hold_lines_of(session, found.id)
    work_order = hold_work_order(session, found.id)
    require_open(work_order)
    if successor.id == work_order.engineer_id:
        return work_order
    # Read again: a line that was asked for while the work order was waited for goes along.
    line_ids = list_line_ids(session, found.id)
    sourcing.hand_over_lines(session, line_ids, to_id=successor.id, reason=reason, by=by, at=at)
    handed_over = hand_over(session, work_order, to_id=successor.id, by=by, at=at)
    facts = {"from_engineer_id": work_order.engineer_id, "engineer_id": successor.id, "handed_over": handed_over}
    work_order.engineer_id = successor.id
    tell_work_order(
        session, work_order, "reassigned", before=work_order.status, reason=reason, facts=facts, by=by, at=at
    )
    return work_order


def _held_to_close(session: Session, number: str, *, by: Actor) -> WorkOrder:
    """The work order, held with its parts' balances and lines, open and with nothing left in custody."""
    found = get_work_order(session, number, permission=Permission.CLOSE_WORK_ORDERS, by=by)
    work_order = _held_with_stock(session, found)
    require_hand(work_order, by=by)
    require_open(work_order)
    held = hold_custody(session, work_order.id)
    if held:
        raise PartsInCustody(document=work_order.number, quantity=sum(one.in_custody for one in held))
    return work_order


def _held_with_stock(session: Session, found: WorkOrder) -> WorkOrder:
    """The work order, held after the balances of all its parts and after its lines.

    A part set aside between reading the keys and holding the lines has a balance that is not held, and taken now, after
    the documents, it could deadlock: so everything is let go of and taken anew.

    Raises: PartsOnTheMove when parts were set aside each time.
    """
    work_order_id, document = found.id, found.number
    for _ in range(HOLDS_MAX):
        with suppress(PartsOnTheMove), session.begin_nested():
            return _held_at_once(session, work_order_id, document)
    raise PartsOnTheMove(document=document)


def _held_at_once(session: Session, work_order_id: int, document: str) -> WorkOrder:
    keys = _stock_keys(session, work_order_id)
    ledger.lock_balances(session, keys)
    lines = hold_lines_of(session, work_order_id)
    work_order = hold_work_order(session, work_order_id)
    if not _set_aside_for(session, lines) <= keys:
        raise PartsOnTheMove(document=document)
    return work_order


def _stock_keys(session: Session, work_order_id: int) -> set[ledger.StockKey]:
    """The balances that parts of the work order stand in, or are about to arrive in."""
    lines = (
        select(PartRequestLine.id)
        .join(PartRequest, PartRequest.id == PartRequestLine.request_id)
        .where(PartRequest.work_order_id == work_order_id)
    )
    set_aside = select(Reservation.warehouse_id, Reservation.part_id, Reservation.owner_id).where(
        Reservation.line_id.in_(lines), Reservation.quantity > 0
    )
    under_way = (
        select(PartRequest.warehouse_id, ShipmentLine.part_id, ShipmentLine.owner_id)
        .join(PartRequestLine, PartRequestLine.id == ShipmentLine.line_id)
        .join(PartRequest, PartRequest.id == PartRequestLine.request_id)
        .where(
            ShipmentLine.line_id.in_(lines),
            ShipmentLine.received + ShipmentLine.damaged + ShipmentLine.missing < ShipmentLine.quantity,
        )
    )
    return {ledger.StockKey(*row) for row in session.execute(union(set_aside, under_way))}


def _set_aside_for(session: Session, lines: Sequence[PartRequestLine]) -> set[ledger.StockKey]:
    set_aside = select(Reservation.warehouse_id, Reservation.part_id, Reservation.owner_id).where(
        Reservation.line_id.in_([line.id for line in lines]), Reservation.quantity > 0
    )
    return {ledger.StockKey(*row) for row in session.execute(set_aside)}


def _let_go_of_parts(
    session: Session, lines: Sequence[PartRequestLine], *, reason: str, by: Actor, at: datetime
) -> None:
    """Cancel what is still to come, then free what came: freed first, it would fill the very lines to be cancelled."""
    open_ids = [line.id for line in lines if line.back_ordered + line.reserved + line.released]
    if open_ids:
        sourcing.withdraw(session, open_ids, reason=reason, by=by, at=at)
    earmarks = list_earmarks(session, [line.id for line in lines])
    free(session, [(one, one.quantity) for one in earmarks], "earmark_freed", reason=reason, by=by, at=at)


def lines_were_received(session: Session, event: transport.LinesReceived) -> None:
    """Let parts that come for a work order already closed be free stock at once: nobody will draw them.

    What was damaged or lost on the way for it is not sent once more. Hears of receipts after sourcing, which holds the
    lines by then; who closes a work order holds them too.
    """
    too_late = (
        select(PartRequestLine)
        .join(PartRequest, PartRequest.id == PartRequestLine.request_id)
        .join(WorkOrder, WorkOrder.id == PartRequest.work_order_id)
        .where(PartRequestLine.id.in_([one.line_id for one in event.lines]), WorkOrder.status != WorkOrderStatus.OPEN)
    )
    lines = hold_lines(session, too_late)
    _let_go_of_parts(session, lines, reason="work order closed", by=event.by, at=event.at)
