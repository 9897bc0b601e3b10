"""Holding rows in this context's order: balances (`ledger.lock_balances`), lines by id, work order, drawn parts.

Receiving takes balances and lines in the same order. New rows may refer to a held one meanwhile (FOR NO KEY UPDATE).
"""

from collections.abc import Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from inventory.sourcing.models import PartRequest, PartRequestLine
from inventory.workorders.models import DrawnPart, WorkOrder

READ_ANEW = {"populate_existing": True}


def hold_line(session: Session, line_id: int) -> PartRequestLine:
    """Lock a request line and read it anew: what is told of a line names the status that it has."""
    [line] = hold_lines(session, select(PartRequestLine).where(PartRequestLine.id == line_id))
    return line


def hold_lines_of(session: Session, work_order_id: int) -> Sequence[PartRequestLine]:
    """Lock the request lines of a work order."""
    query = select(PartRequestLine).join(PartRequest, PartRequest.id == PartRequestLine.request_id)
    return hold_lines(session, query.where(PartRequest.work_order_id == work_order_id))


def hold_lines(session: Session, query: Select[PartRequestLine]) -> Sequence[PartRequestLine]:
    """Lock the request lines that the query finds, by id."""
    locked = query.order_by(PartRequestLine.id).with_for_update(of=PartRequestLine, key_share=True)
    return session.scalars(locked, execution_options=READ_ANEW).all()


def hold_work_order(session: Session, work_order_id: int) -> WorkOrder:
    """Lock a work order and read it anew."""
    query = select(WorkOrder).where(WorkOrder.id == work_order_id).with_for_update(key_share=True)
    return session.scalars(query, execution_options=READ_ANEW).one()


def hold_drawn_part(session: Session, drawn_part_id: int) -> DrawnPart:
    """Lock a drawn part and read it anew."""
    query = select(DrawnPart).where(DrawnPart.id == drawn_part_id).with_for_update(key_share=True)
    return session.scalars(query, execution_options=READ_ANEW).one()


def hold_custody(session: Session, work_order_id: int) -> Sequence[DrawnPart]:
    """Lock what was drawn for a work order and is neither fitted nor given back."""
    query = (
        select(DrawnPart)
        .where(DrawnPart.work_order_id == work_order_id, DrawnPart.fitted + DrawnPart.given_back < DrawnPart.quantity)
        .order_by(DrawnPart.id)
        .with_for_update(key_share=True)
    )
    return session.scalars(query, execution_options=READ_ANEW).all()
