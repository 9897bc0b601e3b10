"""Purchase orders as they are looked at: one with its lines, lists, what is on order, what is to be chased."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select, text, true
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
from inventory.procurement.suppliers import named_like
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

    @property
    def promised_on(self) -> date | None:
        """The first day that the supplier named; of a line that he declined there is none."""
        return self.line.promised_on if self.line.expected else None

    @property
    def due_on(self) -> date | None:
        """The day on which it comes; what he declined or what was given up before anything came never does."""
        return self.line.due_on if self.line.expected else None


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
    supplier_name_en: str
    warehouse_name_zh: str
    warehouse_name_en: str

    @property
    def base_amount(self) -> Decimal:
        """What it is worth in the company's own currency, by the rate it was submitted with."""
        return self.amount * self.order.rate


@dataclass(frozen=True, slots=True)
class OrderFilter:
    """Which orders of a list; None is no matter. Late on a day: something is outstanding that was due before it.

    `supplier_words` is a supplier's code, or what his name holds.
    """

    statuses: Sequence[OrderStatus] = ()
    supplier_id: int | None = None
    warehouse_id: int | None = None
    part_id: int | None = None
    late_on: date | None = None
    supplier_words: str = ""
    buyer_id: int | None = None


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
            Supplier.name_en,
            Warehouse.name_zh,
            Warehouse.name_en,
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


def count_orders(session: Session, which: OrderFilter, *, by: Actor) -> int:
    """How many orders within reach a filter lets through."""
    by.require(Permission.SEE_PURCHASES)
    return count_rows(session, summaries(by, which))


def count_rows(session: Session, query: Select[Any]) -> int:
    """How many rows a query gives."""
    return session.scalar(select(func.count()).select_from(query.subquery())) or 0


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


def _conditions(which: OrderFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [true()]
    if which.statuses:
        conditions.append(PurchaseOrder.status.in_(which.statuses))
    if which.supplier_id is not None:
        conditions.append(PurchaseOrder.supplier_id == which.supplier_id)
    if which.warehouse_id is not None:
        conditions.append(PurchaseOrder.warehouse_id == which.warehouse_id)
    if which.buyer_id is not None:
        conditions.append(PurchaseOrder.created_by_id == which.buyer_id)
    if which.supplier_words:
        conditions.append(named_like(which.supplier_words))
    if which.late_on is not None:
        conditions.append(PurchaseOrder.status.in_(UNDER_WAY) & PurchaseOrder.id.in_(_late(which.late_on)))
    if which.part_id is not None:
        named = select(PurchaseOrderLine.order_id).where(PurchaseOrderLine.part_id == which.part_id)
        conditions.append(PurchaseOrder.id.in_(named))
    return conditions


def _late(on: date) -> Select[Any]:
    line = PurchaseOrderLine
    return select(line.order_id).where(line.expected > line.received, line.due_on < on)


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
