"""Purchase orders as they are looked at: one with its lines, lists, what is on order, what is to be chased."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, select, text, true
from sqlalchemy.orm import Session

from inventory.actor import Actor
from inventory.catalogue import Part
from inventory.errors import NotFound
from inventory.identity import Permission, Person, covers
from inventory.network import Warehouse
from inventory.procurement.following import UNDER_WAY
from inventory.procurement.models import (
    OrderStatus,
    PurchaseApproval,
    PurchaseOrder,
    PurchaseOrderLine,
    Supplier,
    SupplierPart,
)
from inventory.timeline import DocumentEvent, DocumentKind, list_events


@dataclass(frozen=True, slots=True)
class OrderLineView:
    """A line with the words for screen and paper."""

    line: PurchaseOrderLine
    part_number: str
    part_name_zh: str
    part_name_en: str
    base_unit: str
    supplier_part_number: str
    moq: int
    pack_size: int

    @property
    def amount(self) -> Decimal:
        """What the line costs, in the order's currency."""
        return self.line.quantity * self.line.price


@dataclass(frozen=True, slots=True)
class OrderView:
    """An order with everything that is shown of it. `amount` is in its currency."""

    order: PurchaseOrder
    supplier: Supplier
    warehouse: Warehouse
    buyer: str
    lines: tuple[OrderLineView, ...]
    approvers: tuple[str, ...]
    events: tuple[DocumentEvent, ...]

    @property
    def amount(self) -> Decimal:
        """What all of it costs."""
        return sum((line.amount for line in self.lines), Decimal(0))


@dataclass(frozen=True, slots=True)
class OrderSummary:
    """A row of a list of orders. `amount` is in its currency, `base_amount` in the company's own."""

    order: PurchaseOrder
    supplier_code: str
    supplier_name: str
    warehouse_code: str
    buyer: str
    lines: int
    outstanding: int
    amount: Decimal
    next_due_on: date | None

    @property
    def base_amount(self) -> Decimal:
        """What it is worth in the company's own currency, by the rate it was submitted with."""
        return self.amount * self.order.rate


@dataclass(frozen=True, slots=True)
class OrderFilter:
    """Which orders of a list; None is no matter."""

    statuses: Sequence[OrderStatus] = ()
    supplier_id: int | None = None
    warehouse_id: int | None = None
    part_id: int | None = None


@dataclass(frozen=True, slots=True)
class OnOrder:
    """How much of a part a warehouse gets from suppliers. On order is what was sent: not shipped yet or announced.

    `pending` is on orders that were not sent yet; `next_due_on` the day on which the next of what is on order is due.
    """

    warehouse_id: int
    part_id: int
    not_shipped: int
    announced: int
    pending: int
    next_due_on: date | None

    @property
    def on_order(self) -> int:
        """All that was ordered of suppliers and has not come."""
        return self.not_shipped + self.announced


@dataclass(frozen=True, slots=True)
class ToChase:
    """An order to ask the supplier about, and why: its lines are late, or he has not confirmed it."""

    summary: OrderSummary
    days_late: int
    late_lines: int
    unconfirmed_days: int


def get_order(session: Session, order_id: int, *, by: Actor) -> OrderView:
    """An order as it is shown. Raises: NotPermitted; NotFound, also for a foreign one."""
    by.require(Permission.SEE_PURCHASES)
    row = session.execute(
        select(PurchaseOrder, Supplier, Warehouse, Person.name)
        .join(Supplier, Supplier.id == PurchaseOrder.supplier_id)
        .join(Warehouse, Warehouse.id == PurchaseOrder.warehouse_id)
        .join(Person, Person.id == PurchaseOrder.created_by_id)
        .where(PurchaseOrder.id == order_id, covers(by, Permission.SEE_PURCHASES, PurchaseOrder.warehouse_id))
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        raise NotFound()
    order: PurchaseOrder = row[0]
    approvers = session.scalars(
        select(Person.name)
        .join(PurchaseApproval, PurchaseApproval.approved_by_id == Person.id)
        .where(PurchaseApproval.order_id == order.id, PurchaseApproval.round == order.round)
        .order_by(PurchaseApproval.approved_at, Person.id)
    )
    events = list_events(session, DocumentKind.PURCHASE_ORDER, [order.id])
    return OrderView(order, row[1], row[2], row[3], _lines(session, order), tuple(approvers), tuple(events))


def summaries(by: Actor, which: OrderFilter = OrderFilter()) -> Select[Any]:
    """The query of orders within reach, to be paged by the order's id; `summary_of` reads a row."""
    line = PurchaseOrderLine
    outstanding = func.greatest(line.expected - line.received, 0)
    return (
        select(
            PurchaseOrder,
            Supplier.code,
            Supplier.name_zh,
            Warehouse.code,
            Person.name,
            func.count(line.id),
            func.coalesce(func.sum(outstanding), 0),
            func.coalesce(func.sum(line.quantity * line.price), 0),
            func.min(line.due_on).filter(outstanding > 0),
        )
        .join(Supplier, Supplier.id == PurchaseOrder.supplier_id)
        .join(Warehouse, Warehouse.id == PurchaseOrder.warehouse_id)
        .join(Person, Person.id == PurchaseOrder.created_by_id)
        .outerjoin(line, line.order_id == PurchaseOrder.id)
        .where(covers(by, Permission.SEE_PURCHASES, PurchaseOrder.warehouse_id), *_conditions(which))
        .group_by(PurchaseOrder.id, Supplier.id, Warehouse.id, Person.id)
    )


def summary_of(row: Sequence[object]) -> OrderSummary:
    """A row of `summaries` as it is shown."""
    return OrderSummary(*row)  # type: ignore[arg-type]  # in the order in which they were selected


def list_orders(
    session: Session, which: OrderFilter = OrderFilter(), *, by: Actor, limit: int = 100
) -> list[OrderSummary]:
    """Orders within reach, newest first."""
    by.require(Permission.SEE_PURCHASES)
    rows = session.execute(summaries(by, which).order_by(PurchaseOrder.id.desc()).limit(limit))
    return [summary_of(row) for row in rows]


def list_to_approve(session: Session, *, by: Actor, limit: int = 100) -> list[OrderSummary]:
    """What waits for this person's approval: not his own, not approved by him already; the longest waiting first."""
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
    rows = session.execute(
        summaries(by, OrderFilter((OrderStatus.AWAITING_APPROVAL,)))
        .where(covers(by, Permission.APPROVE_PURCHASES, PurchaseOrder.warehouse_id), ~own, ~approved)
        .order_by(PurchaseOrder.id)
        .limit(limit)
    )
    return [summary_of(row) for row in rows]


_ON_ORDER = text("""
    WITH line AS (
        SELECT o.warehouse_id, l.part_id, l.due_on, l.quantity,
               o.status IN ('sent', 'confirmed', 'part_received') AS under_way,
               greatest(l.expected - l.received, 0) AS outstanding,
               least(greatest(l.announced - l.received, 0), greatest(l.expected - l.received, 0)) AS announced
        FROM purchase_order o JOIN purchase_order_line l ON l.order_id = o.id
        WHERE o.status NOT IN ('received', 'cancelled')
          AND (CAST(:warehouses AS bigint[]) IS NULL OR o.warehouse_id = ANY(CAST(:warehouses AS bigint[])))
          AND (CAST(:parts AS bigint[]) IS NULL OR l.part_id = ANY(CAST(:parts AS bigint[])))
    )
    SELECT warehouse_id, part_id,
           coalesce(sum(outstanding - announced) FILTER (WHERE under_way), 0)::bigint AS not_shipped,
           coalesce(sum(announced) FILTER (WHERE under_way), 0)::bigint AS announced,
           coalesce(sum(quantity) FILTER (WHERE NOT under_way), 0)::bigint AS pending,
           min(due_on) FILTER (WHERE under_way AND outstanding > 0) AS next_due_on
    FROM line
    WHERE NOT under_way OR outstanding > 0
    GROUP BY warehouse_id, part_id
    ORDER BY warehouse_id, part_id
""")


def list_on_order(
    session: Session, *, warehouse_ids: Iterable[int] | None = None, part_ids: Iterable[int] | None = None
) -> list[OnOrder]:
    """What is on order of suppliers, or about to be, by warehouse and part, in that order; one statement.

    Units: base units of the part.
    """
    wanted = {
        "warehouses": None if warehouse_ids is None else sorted(set(warehouse_ids)),
        "parts": None if part_ids is None else sorted(set(part_ids)),
    }
    return [OnOrder(*row) for row in session.execute(_ON_ORDER, wanted)]


def list_to_chase(
    session: Session, *, by: Actor, today: date, confirm_within_days: int = 3, limit: int = 200
) -> list[ToChase]:
    """Orders to ask the supplier about, the longest late first: lines past their day, or no confirmation in time.

    An order that somebody will ask about on a later day is left out until then.
    """
    by.require(Permission.SEE_PURCHASES)
    line = PurchaseOrderLine
    late = (line.expected > line.received) & (line.due_on < today)
    late_lines = func.count(line.id).filter(late)
    first_late = func.min(line.due_on).filter(late)
    unconfirmed = (PurchaseOrder.status == OrderStatus.SENT) & (
        func.date(func.timezone("UTC", PurchaseOrder.sent_at)) <= today - timedelta(days=confirm_within_days)
    )
    asked_later = func.coalesce(PurchaseOrder.chase_on > today, False)
    rows = session.execute(
        summaries(by, OrderFilter(UNDER_WAY))
        .add_columns(late_lines, first_late)
        .where(~asked_later)
        .having((late_lines > 0) | unconfirmed)
        .order_by(first_late.nulls_last(), PurchaseOrder.id)
        .limit(limit)
    )
    return [_to_chase(row, today) for row in rows]


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


def _conditions(which: OrderFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [true()]
    if which.statuses:
        conditions.append(PurchaseOrder.status.in_(which.statuses))
    if which.supplier_id is not None:
        conditions.append(PurchaseOrder.supplier_id == which.supplier_id)
    if which.warehouse_id is not None:
        conditions.append(PurchaseOrder.warehouse_id == which.warehouse_id)
    if which.part_id is not None:
        named = select(PurchaseOrderLine.order_id).where(PurchaseOrderLine.part_id == which.part_id)
        conditions.append(PurchaseOrder.id.in_(named))
    return conditions


def _lines(session: Session, order: PurchaseOrder) -> tuple[OrderLineView, ...]:
    rows = session.execute(
        select(
            PurchaseOrderLine,
            Part.number,
            Part.name_zh,
            Part.name_en,
            Part.base_unit,
            SupplierPart.supplier_part_number,
            SupplierPart.moq,
            SupplierPart.pack_size,
        )
        .join(Part, Part.id == PurchaseOrderLine.part_id)
        .join(SupplierPart, SupplierPart.id == PurchaseOrderLine.supplier_part_id)
        .where(PurchaseOrderLine.order_id == order.id)
        .order_by(PurchaseOrderLine.position)
        .execution_options(populate_existing=True)
    )
    return tuple(OrderLineView(*row) for row in rows)
