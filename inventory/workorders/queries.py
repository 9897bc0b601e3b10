"""Reading work orders: one engineer's, one repair centre's, and all that is known of a single one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session, aliased

from inventory import identity
from inventory.actor import Actor
from inventory.catalogue.models import ProductModel
from inventory.identity import Permission
from inventory.identity.models import Person
from inventory.ledger.models import Purpose, Reservation
from inventory.network.models import Warehouse
from inventory.sourcing.models import PartRequest, PartRequestLine
from inventory.workorders.customers import CustomerView, view_of
from inventory.workorders.finding import get_work_order
from inventory.workorders.models import Appliance, Customer, DrawnPart, WorkOrder, WorkOrderStatus
from inventory.workorders.parts import PartLine, Risk, list_part_lines, risk_of

MINE_MAX = 100
ENGINEER = aliased(Person)


@dataclass(frozen=True, slots=True)
class WorkOrderFilter:
    """Which work orders a list shows; what is None or empty does not narrow it.

    `search` is the beginning of a number, a serial or a reference, or part of a customer's name where it may be seen.
    `phone_hash` finds a caller.
    """

    status: WorkOrderStatus | None = None
    engineer: str | None = None
    warehouse: str | None = None
    search: str = ""
    phone_hash: bytes | None = None


@dataclass(frozen=True, slots=True)
class PartsState:
    """The parts of a work order added up.

    Of what is still to come: `due_at` is the soonest promise as it stands, the other two the soonest first promise.
    """

    to_come: int = 0
    back_ordered: int = 0
    waiting: int = 0
    in_custody: int = 0
    fitted: int = 0
    due_at: datetime | None = None
    first_promised_at: datetime | None = None
    requested_at: datetime | None = None

    @property
    def any(self) -> bool:
        """Whether there is anything to tell of parts."""
        return bool(self.to_come or self.waiting or self.in_custody or self.fitted)

    def risk(self, at: datetime) -> Risk | None:
        """How the soonest first promise stands; None when nothing is to come."""
        if self.first_promised_at is None or self.requested_at is None:
            return None
        return risk_of(self.requested_at, self.first_promised_at, back_ordered=self.back_ordered, at=at)


@dataclass(frozen=True, slots=True)
class WorkOrderSummary:
    """A work order in a list."""

    id: int
    number: str
    status: WorkOrderStatus
    warehouse_id: int
    warehouse: str
    warehouse_zh: str
    warehouse_en: str
    engineer_id: int
    engineer: str
    engineer_name: str
    customer: CustomerView
    model: str
    model_zh: str
    model_en: str
    serial: str
    purchased_on: date | None
    symptom: str
    reference: str
    repeated: bool
    opened_at: datetime
    closed_at: datetime | None
    parts: PartsState


@dataclass(frozen=True, slots=True)
class WorkOrderView:
    """All of a work order: its summary, its part lines, the repair it repeats, and whether the reader may act on it."""

    summary: WorkOrderSummary
    lines: Sequence[PartLine]
    repeats: str | None
    mine: bool


def list_work_orders(
    session: Session, wanted: WorkOrderFilter, *, by: Actor, before: int | None = None, limit: int = 50
) -> list[WorkOrderSummary]:
    """The work orders the actor may see, newest first; `before` (an id) continues a page."""
    by.require(Permission.SEE_WORK_ORDERS)
    query = _summaries(by).where(*_conditions(wanted, by)).order_by(WorkOrder.id.desc()).limit(limit)
    if before is not None:
        query = query.where(WorkOrder.id < before)
    return _read(session, query, by=by)


def list_my_work_orders(session: Session, *, by: Actor, limit: int = MINE_MAX) -> list[WorkOrderSummary]:
    """The open work orders of the engineer himself, the longest open first."""
    by.require(Permission.SEE_WORK_ORDERS)
    query = _summaries(by).where(WorkOrder.engineer_id == by.person_id, WorkOrder.status == WorkOrderStatus.OPEN)
    return _read(session, query.order_by(WorkOrder.opened_at, WorkOrder.id).limit(limit), by=by)


def count_open_work_orders(session: Session, *, warehouse_id: int | None = None, by: Actor) -> int:
    """How many work orders within reach are open, at one repair centre where it is given."""
    query = select(func.count()).where(
        WorkOrder.status == WorkOrderStatus.OPEN,
        identity.covers(by, Permission.SEE_WORK_ORDERS, WorkOrder.warehouse_id),
    )
    if warehouse_id is not None:
        query = query.where(WorkOrder.warehouse_id == warehouse_id)
    return session.scalar(query) or 0


def count_my_work_orders(session: Session, *, by: Actor) -> int:
    """How many work orders of the engineer himself are open."""
    query = select(func.count()).where(WorkOrder.status == WorkOrderStatus.OPEN, WorkOrder.engineer_id == by.person_id)
    return session.scalar(query) or 0


def count_to_draw(session: Session, *, by: Actor) -> int:
    """How many part lines have something lying at the repair centre for the engineer to draw."""
    query = (
        select(func.count(Reservation.line_id.distinct()))
        .join(PartRequestLine, PartRequestLine.id == Reservation.line_id)
        .join(PartRequest, PartRequest.id == PartRequestLine.request_id)
        .join(WorkOrder, WorkOrder.id == PartRequest.work_order_id)
        .where(
            Reservation.purpose == Purpose.EARMARK,
            Reservation.quantity > 0,
            WorkOrder.engineer_id == by.person_id,
            WorkOrder.status == WorkOrderStatus.OPEN,
        )
    )
    return session.scalar(query) or 0


def view_work_order(session: Session, number: str, *, by: Actor) -> WorkOrderView:
    """All of a work order.

    Raises: NotPermitted; NotFound for an unknown or a foreign number alike.
    """
    found = get_work_order(session, number, by=by)
    [summary] = _read(session, _summaries(by).where(WorkOrder.id == found.id), by=by)
    repeats = session.scalar(
        select(WorkOrder).where(
            WorkOrder.id == found.repeats_id, identity.covers(by, Permission.SEE_WORK_ORDERS, WorkOrder.warehouse_id)
        )
    )
    return WorkOrderView(
        summary=summary,
        lines=list_part_lines(session, found.id),
        repeats=None if repeats is None else repeats.number,
        mine=found.engineer_id == by.person_id,
    )


def _summaries(by: Actor) -> Select[*tuple[Any, ...]]:
    return (
        select(
            WorkOrder,
            Customer,
            Appliance.serial,
            Appliance.purchased_on,
            ProductModel.code.label("model"),
            ProductModel.name_zh.label("model_zh"),
            ProductModel.name_en.label("model_en"),
            Warehouse.code.label("warehouse"),
            Warehouse.name_zh.label("warehouse_zh"),
            Warehouse.name_en.label("warehouse_en"),
            ENGINEER.login.label("engineer"),
            ENGINEER.name.label("engineer_name"),
        )
        .join(Customer, Customer.id == WorkOrder.customer_id)
        .join(Appliance, Appliance.id == WorkOrder.appliance_id)
        .join(ProductModel, ProductModel.id == Appliance.model_id)
        .join(Warehouse, Warehouse.id == WorkOrder.warehouse_id)
        .join(ENGINEER, ENGINEER.id == WorkOrder.engineer_id)
        .where(identity.covers(by, Permission.SEE_WORK_ORDERS, WorkOrder.warehouse_id))
    )


def _conditions(wanted: WorkOrderFilter, by: Actor) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.status is not None:
        conditions.append(WorkOrder.status == wanted.status)
    if wanted.engineer:
        conditions.append(ENGINEER.login == wanted.engineer)
    if wanted.warehouse:
        conditions.append(Warehouse.code == wanted.warehouse)
    may_see_customers = identity.covers(by, Permission.SEE_CUSTOMERS, WorkOrder.warehouse_id)
    if wanted.phone_hash is not None:
        conditions.append(and_(Customer.phone_hash == wanted.phone_hash, may_see_customers))
    if wanted.search:
        conditions.append(_found_by(wanted.search.strip(), may_see_customers))
    return conditions


def _found_by(search: str, may_see_customers: ColumnElement[bool]) -> ColumnElement[bool]:
    digits = search.upper().removeprefix(f"{WorkOrder.prefix}-")
    number = WorkOrder.id == int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 18 else None
    conditions = [
        Appliance.serial.startswith(search.upper(), autoescape=True),
        WorkOrder.reference.startswith(search, autoescape=True),
        and_(Customer.name.contains(search, autoescape=True), may_see_customers),
    ]
    return or_(*conditions) if number is None else or_(number, *conditions)


def _read(session: Session, query: Select[*tuple[Any, ...]], *, by: Actor) -> list[WorkOrderSummary]:
    rows = session.execute(query).all()
    parts = _parts_states(session, [row.WorkOrder.id for row in rows])
    return [_summary(row, parts.get(row.WorkOrder.id, PartsState()), by) for row in rows]


def _summary(row: Row[*tuple[Any, ...]], parts: PartsState, by: Actor) -> WorkOrderSummary:
    work_order: WorkOrder = row.WorkOrder
    return WorkOrderSummary(
        id=work_order.id,
        number=work_order.number,
        status=work_order.status,
        warehouse_id=work_order.warehouse_id,
        warehouse=row.warehouse,
        warehouse_zh=row.warehouse_zh,
        warehouse_en=row.warehouse_en,
        engineer_id=work_order.engineer_id,
        engineer=row.engineer,
        engineer_name=row.engineer_name,
        customer=view_of(row.Customer, warehouse_id=work_order.warehouse_id, by=by),
        model=row.model,
        model_zh=row.model_zh,
        model_en=row.model_en,
        serial=row.serial,
        purchased_on=row.purchased_on,
        symptom=work_order.symptom,
        reference=work_order.reference,
        repeated=work_order.repeats_id is not None,
        opened_at=work_order.opened_at,
        closed_at=work_order.closed_at,
        parts=parts,
    )


def _parts_states(session: Session, work_order_ids: Sequence[int]) -> dict[int, PartsState]:
    """The parts of many work orders added up, in one statement."""
    line = PartRequestLine
    to_come = line.quantity - line.received - line.cancelled
    by_promise = aggregate_order_by(PartRequest.requested_at, line.first_promised_at, line.id)
    waiting = select(func.sum(Reservation.quantity)).where(
        Reservation.line_id == line.id, Reservation.purpose == Purpose.EARMARK
    )
    held = select(func.sum(DrawnPart.quantity - DrawnPart.fitted - DrawnPart.given_back)).where(
        DrawnPart.line_id == line.id
    )
    fitted = select(func.sum(DrawnPart.fitted)).where(DrawnPart.line_id == line.id)
    query = (
        select(
            PartRequest.work_order_id,
            func.sum(to_come).label("to_come"),
            func.sum(line.back_ordered).label("back_ordered"),
            func.sum(waiting.scalar_subquery()).label("waiting"),
            func.sum(held.scalar_subquery()).label("held"),
            func.sum(fitted.scalar_subquery()).label("fitted"),
            func.min(line.promised_at).filter(to_come > 0).label("due_at"),
            func.min(line.first_promised_at).filter(to_come > 0).label("first_promised_at"),
            func.array_agg(by_promise).filter(to_come > 0)[1].label("requested_at"),
        )
        .join(PartRequest, PartRequest.id == line.request_id)
        .where(PartRequest.work_order_id.in_(work_order_ids))
        .group_by(PartRequest.work_order_id)
    )
    return {
        row.work_order_id: PartsState(
            to_come=row.to_come,
            back_ordered=row.back_ordered,
            waiting=row.waiting or 0,
            in_custody=row.held or 0,
            fitted=row.fitted or 0,
            due_at=row.due_at,
            first_promised_at=row.first_promised_at,
            requested_at=row.requested_at,
        )
        for row in session.execute(query)
    }
