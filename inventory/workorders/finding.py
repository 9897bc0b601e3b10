"""Finding a work order or a request line: who may see it, and whose hand may be laid on it."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory import identity
from inventory.actor import Actor
from inventory.errors import NotFound
from inventory.identity import Permission
from inventory.sourcing.models import PartRequest, PartRequestLine
from inventory.warehousing import QuantityTooSmall, ReasonMissing
from inventory.workorders.errors import NotYourWorkOrder, WorkOrderNotOpen
from inventory.workorders.models import DrawnPart, WorkOrder, WorkOrderStatus


def get_work_order(
    session: Session, number: str, *, permission: Permission = Permission.SEE_WORK_ORDERS, by: Actor
) -> WorkOrder:
    """The work order with this number, where the permission covers its repair centre.

    Raises: NotPermitted when the permission is held nowhere; NotFound for an unknown or a foreign number alike.
    """
    by.require(permission)
    work_order = session.scalar(
        select(WorkOrder).where(
            WorkOrder.id == WorkOrder.id_of(number), identity.covers(by, permission, WorkOrder.warehouse_id)
        )
    )
    if work_order is None:
        raise NotFound(document=number[:40])
    return work_order


def require_hand(work_order: WorkOrder, *, by: Actor) -> None:
    """Let the engineer act on his own work order, and on others' only who dispatches them at the repair centre.

    Raises: NotYourWorkOrder.
    """
    if work_order.engineer_id != by.person_id and not by.may(Permission.DISPATCH_WORK_ORDERS, work_order.warehouse_id):
        raise NotYourWorkOrder(document=work_order.number)


def require_open(work_order: WorkOrder) -> None:
    """Raises: WorkOrderNotOpen."""
    if work_order.status is not WorkOrderStatus.OPEN:
        raise WorkOrderNotOpen(document=work_order.number, status=str(work_order.status))


def require_positive(quantity: int) -> None:
    """Raises: QuantityTooSmall."""
    if quantity < 1:
        raise QuantityTooSmall(quantity=quantity)


def given_reason(reason: str) -> str:
    """The reason without blanks around it; a step that takes something back or away needs one.

    Raises: ReasonMissing.
    """
    if not reason.strip():
        raise ReasonMissing()
    return reason.strip()


def list_line_ids(session: Session, work_order_id: int) -> list[int]:
    """The ids of a work order's request lines."""
    query = select(PartRequestLine.id).join(PartRequest, PartRequest.id == PartRequestLine.request_id)
    return list(session.scalars(query.where(PartRequest.work_order_id == work_order_id).order_by(PartRequestLine.id)))


def require_line_of(session: Session, work_order: WorkOrder, line_id: int) -> None:
    """Refuse a line of another work order exactly like one that does not exist. Raises: NotFound."""
    query = select(PartRequest.work_order_id).join(PartRequestLine, PartRequestLine.request_id == PartRequest.id)
    if session.scalar(query.where(PartRequestLine.id == line_id)) != work_order.id:
        raise NotFound(line=line_id)


def require_drawn_for(session: Session, work_order: WorkOrder, drawn_part_id: int) -> None:
    """Refuse a part drawn for another work order exactly like one that does not exist. Raises: NotFound."""
    if session.scalar(select(DrawnPart.work_order_id).where(DrawnPart.id == drawn_part_id)) != work_order.id:
        raise NotFound(drawn_part=drawn_part_id)


def get_request_of(session: Session, line_id: int, *, permission: Permission, by: Actor) -> PartRequest:
    """The request behind a line, where the permission covers the repair centre that asked.

    Raises: NotPermitted when the permission is held nowhere; NotFound for an unknown or a foreign line alike.
    """
    by.require(permission)
    request = session.scalar(
        select(PartRequest)
        .join(PartRequestLine, PartRequestLine.request_id == PartRequest.id)
        .where(PartRequestLine.id == line_id, identity.covers(by, permission, PartRequest.warehouse_id))
    )
    if request is None:
        raise NotFound(line=line_id)
    return request
