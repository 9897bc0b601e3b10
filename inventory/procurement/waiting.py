"""What waits for somebody: orders for approval, and suppliers to be asked where the goods are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.orm import Session

from inventory.actor import Actor
from inventory.identity import Permission, Person, covers
from inventory.procurement.following import UNDER_WAY
from inventory.procurement.models import OrderStatus, PurchaseApproval, PurchaseOrder, PurchaseOrderLine
from inventory.procurement.queries import OrderFilter, OrderSummary, count_rows, summaries, summary_of
from inventory.timeline import DocumentEvent, DocumentKind

CONFIRM_WITHIN_DAYS = 3
"""How long a supplier may take to confirm before he is asked."""


@dataclass(frozen=True, slots=True)
class Submission:
    """Who laid an order before those who approve, and when."""

    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ToChase:
    """An order to ask the supplier about, and why: its lines are late, or he has not confirmed it."""

    summary: OrderSummary
    days_late: int
    late_lines: int
    unconfirmed_days: int


def list_to_approve(session: Session, *, by: Actor, limit: int = 100) -> list[OrderSummary]:
    """What waits for this person's approval: not his own, not approved by him already; the longest waiting first."""
    rows = session.execute(_to_approve(by).order_by(PurchaseOrder.id).limit(limit))
    return [summary_of(row) for row in rows]


def count_to_approve(session: Session, *, by: Actor) -> int:
    """How many orders wait for this person's approval."""
    return count_rows(session, _to_approve(by))


def submissions(session: Session, order_ids: Sequence[int]) -> dict[int, Submission]:
    """Of each of these orders that was ever submitted: by whom and when for the last time."""
    event = DocumentEvent
    rows = session.execute(
        select(event.document_id, Person.name, event.recorded_at)
        .join(Person, Person.id == event.actor_id)
        .where(
            event.document_kind == DocumentKind.PURCHASE_ORDER,
            event.document_id.in_(order_ids),
            event.happening == "submitted",
        )
        .order_by(event.id)  # of several the last one stays
    )
    return {order_id: Submission(name, at) for order_id, name, at in rows}


def _to_approve(by: Actor) -> Select[Any]:
    by.require(Permission.APPROVE_PURCHASES)
    own = exists().where(
        DocumentEvent.document_kind == DocumentKind.PURCHASE_ORDER,
        DocumentEvent.document_id == PurchaseOrder.id,
        DocumentEvent.actor_id == by.person_id,
        DocumentEvent.happening.in_(("drafted", "changed", "submitted")),
    )
    approved = exists().where(
        PurchaseApproval.order_id == PurchaseOrder.id,
        PurchaseApproval.round == PurchaseOrder.round,
        PurchaseApproval.approved_by_id == by.person_id,
    )
    return summaries(by, OrderFilter((OrderStatus.AWAITING_APPROVAL,))).where(
        covers(by, Permission.APPROVE_PURCHASES, PurchaseOrder.warehouse_id), ~own, ~approved
    )


def list_to_chase(
    session: Session,
    *,
    by: Actor,
    today: date,
    warehouse_id: int | None = None,
    confirm_within_days: int = CONFIRM_WITHIN_DAYS,
    limit: int = 200,
) -> list[ToChase]:
    """Orders to ask the supplier about, the longest late first: lines past their day, or no confirmation in time.

    An order that somebody will ask about on a later day is left out until then.
    """
    query, first_late = _to_chase_query(by, today, warehouse_id, confirm_within_days)
    rows = session.execute(query.order_by(first_late.nulls_last(), PurchaseOrder.id).limit(limit))
    return [_to_chase(row, today) for row in rows]


def count_to_chase(session: Session, *, by: Actor, today: date, warehouse_id: int | None = None) -> int:
    """How many orders the suppliers are to be asked about, at one warehouse or at all."""
    return count_rows(session, _to_chase_query(by, today, warehouse_id, CONFIRM_WITHIN_DAYS)[0])


def _to_chase_query(
    by: Actor, today: date, warehouse_id: int | None, confirm_within_days: int
) -> tuple[Select[Any], ColumnElement[Any]]:
    """The query of what is to be chased, and the first day on which anything of an order was due."""
    by.require(Permission.SEE_PURCHASES)
    line = PurchaseOrderLine
    late = (line.expected > line.received) & (line.due_on < today)
    late_lines = func.count(line.id).filter(late)
    first_late = func.min(line.due_on).filter(late)
    unconfirmed = (PurchaseOrder.status == OrderStatus.SENT) & (
        func.date(func.timezone("UTC", PurchaseOrder.sent_at)) <= today - timedelta(days=confirm_within_days)
    )
    asked_later = func.coalesce(PurchaseOrder.chase_on > today, False)
    query = (
        summaries(by, OrderFilter(UNDER_WAY, warehouse_id=warehouse_id))
        .add_columns(late_lines.label("late_lines"), first_late.label("first_late"))
        .where(~asked_later)
        .having((late_lines > 0) | unconfirmed)
    )
    return query, first_late


def _to_chase(row: Sequence[object], today: date) -> ToChase:
    *summary, late_lines, first_late = row
    order = summary_of(summary)
    assert order.order.sent_at is not None, "an order under way was sent"
    waits = order.order.status is OrderStatus.SENT
    return ToChase(
        summary=order,
        days_late=(today - first_late).days if isinstance(first_late, date) else 0,
        late_lines=int(str(late_lines)),
        unconfirmed_days=(today - order.order.sent_at.date()).days if waits else 0,
    )
