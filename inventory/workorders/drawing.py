"""What becomes of the parts that came for a line: drawn by the engineer, freed, or put on the shelf."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import insert
from sqlalchemy.orm import Session

from inventory import ledger
from inventory.actor import Actor
from inventory.identity import Permission
from inventory.timeline import DocumentKind
from inventory.warehousing import names_part
from inventory.workorders.earmarks import (
    Lying,
    choose_earmarks,
    choose_lots,
    free,
    list_earmarks,
    list_lying,
)
from inventory.workorders.errors import LineOfWorkOrder, LineWithoutWorkOrder, NotForThisWorkOrder
from inventory.workorders.finding import (
    get_request_of,
    get_work_order,
    given_reason,
    list_line_ids,
    require_hand,
    require_open,
    require_positive,
)
from inventory.workorders.holding import hold_line, hold_work_order
from inventory.workorders.models import DrawnPart, WorkOrder
from inventory.workorders.telling import Told, part_facts, tell_lines


def draw(
    session: Session,
    line_id: int,
    quantity: int,
    *,
    lot: str | None = None,
    serial: str | None = None,
    by: Actor,
    at: datetime,
) -> Sequence[DrawnPart]:
    """Hand earmarked parts of a work order's line to its engineer: from the bin into his custody.

    The lot is the one scanned. Without a scan it has to be clear: one lot lies there, or all of it is drawn.

    Raises: QuantityTooSmall; NotFound; LineWithoutWorkOrder; NotYourWorkOrder; WorkOrderNotOpen; LotNotEarmarked;
    LotNeeded; SerialNeeded; NotThatMuchEarmarked.
    """
    require_positive(quantity)
    work_order_id = _work_order_of(session, line_id, by=by)
    keys = {one.key for one in list_earmarks(session, [line_id])}
    ledger.lock_balances(session, keys)
    line = hold_line(session, line_id)
    work_order = hold_work_order(session, work_order_id)
    require_hand(work_order, by=by)
    require_open(work_order)
    # What arrived since the keys were read is drawn next time: its balance is not held.
    lying = [one for one in list_lying(session, [line_id]) if one.key in keys]
    takes = choose_lots(lying, quantity, lot=lot, serial=serial)
    ledger.issue(session, [_issue(work_order, one, n) for one, n in takes], by=by, at=at)
    told = [Told(line, "drawn", part_facts(n, one.part_number, one.lot_number, one.serial)) for one, n in takes]
    tell_lines(session, told, by=by, at=at)
    return _insert(session, work_order, takes, at=at)


def draw_by_scan(
    session: Session,
    number: str,
    *,
    part: str,
    quantity: int = 1,
    lot: str | None = None,
    serial: str | None = None,
    by: Actor,
    at: datetime,
) -> Sequence[DrawnPart]:
    """Draw what a part label names for a work order, from the line asked for first that has it lying there.

    Raises: NotForThisWorkOrder, and what `draw` raises.
    """
    work_order = get_work_order(session, number, permission=Permission.DRAW_PARTS, by=by)
    lying = [
        one
        for one in list_lying(session, list_line_ids(session, work_order.id))
        if names_part(one.part_number, one.gtin, part)
    ]
    if not lying:
        raise NotForThisWorkOrder(part=part[:40], document=work_order.number)
    fitting = [one for one in lying if lot in (None, one.lot_number) and serial in (None, one.serial)] or lying
    line_id = min(one.line_id for one in fitting)
    return draw(session, line_id, quantity, lot=lot, serial=serial, by=by, at=at)


def free_earmark(session: Session, line_id: int, quantity: int, *, reason: str, by: Actor, at: datetime) -> None:
    """Let parts that came for a work order's line be free stock: they are not needed any more.

    Raises: QuantityTooSmall; ReasonMissing; NotFound; LineWithoutWorkOrder; NotYourWorkOrder; NotThatMuchEarmarked.
    """
    require_positive(quantity)
    reason = given_reason(reason)
    work_order_id = _work_order_of(session, line_id, by=by)
    keys = {one.key for one in list_earmarks(session, [line_id])}
    ledger.lock_balances(session, keys)
    hold_line(session, line_id)
    require_hand(hold_work_order(session, work_order_id), by=by)
    earmarks = [one for one in list_earmarks(session, [line_id]) if one.key in keys]
    free(session, choose_earmarks(earmarks, quantity), "earmark_freed", reason=reason, by=by, at=at)


def stock_up(session: Session, line_id: int, quantity: int, *, by: Actor, at: datetime) -> None:
    """Let parts that came for the repair centre's own stock be free stock: they are on the shelf.

    Raises: QuantityTooSmall; NotPermitted; NotFound; LineOfWorkOrder; NotThatMuchEarmarked.
    """
    require_positive(quantity)
    request = get_request_of(session, line_id, permission=Permission.PUT_AWAY, by=by)
    if request.work_order_id is not None:
        raise LineOfWorkOrder(line=line_id)
    keys = {one.key for one in list_earmarks(session, [line_id])}
    ledger.lock_balances(session, keys)
    hold_line(session, line_id)
    earmarks = [one for one in list_earmarks(session, [line_id]) if one.key in keys]
    free(session, choose_earmarks(earmarks, quantity), "stocked_up", reason="stocked up", by=by, at=at)


def _work_order_of(session: Session, line_id: int, *, by: Actor) -> int:
    work_order_id = get_request_of(session, line_id, permission=Permission.DRAW_PARTS, by=by).work_order_id
    if work_order_id is None:
        raise LineWithoutWorkOrder(line=line_id)
    return work_order_id


def _issue(work_order: WorkOrder, one: Lying, quantity: int) -> ledger.Issue:
    return ledger.Issue(
        one.allocation_id,
        quantity,
        ledger.in_custody(work_order.engineer_id, one.key.owner_id),
        ledger.Document(DocumentKind.WORK_ORDER, work_order.id),
        reason="drawn",
    )


def _insert(
    session: Session, work_order: WorkOrder, takes: Sequence[tuple[Lying, int]], *, at: datetime
) -> Sequence[DrawnPart]:
    rows = [
        {
            "line_id": one.line_id,
            "work_order_id": work_order.id,
            "warehouse_id": work_order.warehouse_id,
            "engineer_id": work_order.engineer_id,
            "part_id": one.key.part_id,
            "lot_id": one.lot_id,
            "unit_id": one.unit_id,
            "owner_id": one.key.owner_id,
            "quantity": taken,
            "drawn_at": at,
        }
        for one, taken in takes
    ]
    return session.scalars(insert(DrawnPart).returning(DrawnPart, sort_by_parameter_order=True), rows).all()
