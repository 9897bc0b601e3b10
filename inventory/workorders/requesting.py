"""Parts asked for a work order: it is open, of the repair centre that asks, and of the engineer who asks."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory import sourcing
from inventory.actor import Actor
from inventory.identity import Permission
from inventory.network.models import Warehouse
from inventory.workorders.errors import LineWithoutWorkOrder, WorkOrderMismatch
from inventory.workorders.finding import get_request_of, get_work_order, given_reason, require_hand, require_open
from inventory.workorders.models import WorkOrder


def request_parts_for(
    session: Session, number: str, wish: sourcing.PartRequestWish, *, by: Actor, at: datetime
) -> sourcing.AcceptedRequest:
    """Accept a part request for a work order; whatever `wish` says of the work order is replaced by it.

    Raises: NotFound; NotYourWorkOrder; WorkOrderNotOpen; WorkOrderMismatch when another repair centre asks;
    what `sourcing.request_parts` raises.
    """
    found = get_work_order(session, number, permission=Permission.REQUEST_PARTS, by=by)
    require_hand(found, by=by)
    require_open(found)
    centre = session.scalars(select(Warehouse.code).where(Warehouse.id == found.warehouse_id)).one()
    if wish.warehouse != centre:
        raise WorkOrderMismatch(document=found.number, warehouse=wish.warehouse)
    accepted = sourcing.request_parts(session, replace(wish, work_order_id=found.id), by=by, at=at)
    _require_still_theirs(session, found.id, by=by)
    return accepted


def cancel_part_line(session: Session, line_id: int, *, reason: str, by: Actor, at: datetime) -> int:
    """Withdraw what has not been shipped of a work order's line; how many units that were.

    Raises: ReasonMissing; NotFound; LineWithoutWorkOrder; NotYourWorkOrder; sourcing.NothingToCancel.
    """
    reason = given_reason(reason)
    request = get_request_of(session, line_id, permission=Permission.CANCEL_REQUESTS, by=by)
    if request.work_order_id is None:
        raise LineWithoutWorkOrder(line=line_id)
    require_hand(session.get_one(WorkOrder, request.work_order_id), by=by)
    return sourcing.cancel_request(session, request.id, reason=reason, line_ids=[line_id], by=by, at=at)


def _require_still_theirs(session: Session, work_order_id: int, *, by: Actor) -> None:
    """Hold the work order once the balances are held, as everybody does, and look at it again.

    Who closes it or hands it over has waited for us, or we see it.

    Raises: NotYourWorkOrder; WorkOrderNotOpen.
    """
    query = select(WorkOrder).where(WorkOrder.id == work_order_id).with_for_update(read=True)
    held = session.scalars(query, execution_options={"populate_existing": True}).one()
    require_hand(held, by=by)
    require_open(held)
