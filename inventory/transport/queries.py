"""Reading transport: handling units on the packing table, shipments that leave and arrive, and what is in them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, cast, func, select, true
from sqlalchemy.orm import Session, aliased

from inventory.actor import Actor
from inventory.errors import NotFound
from inventory.identity import Permission
from inventory.network import Warehouse
from inventory.transport.accounting import SentLine
from inventory.transport.models import (
    Carrier,
    HandlingUnit,
    HandlingUnitStatus,
    Shipment,
    ShipmentLine,
    ShipmentStatus,
)
from inventory.transport.receiving import list_sent_lines
from inventory.warehousing import PickTask, TaskLine, TaskStatus, list_tasks_in_handling_unit

UNDER_WAY = (ShipmentStatus.SHIPPED, ShipmentStatus.RECEIVING)


@dataclass(frozen=True, slots=True)
class HandlingUnitLine:
    """A handling unit in its warehouse; `cancelled` tasks have to be taken out before it can go on."""

    id: int
    sscc: str | None
    status: HandlingUnitStatus
    warehouse_id: int
    destination_id: int
    destination_code: str
    destination_name_zh: str
    destination_name_en: str
    shipment_id: int | None
    opened_at: datetime
    closed_at: datetime | None
    tasks: int
    cancelled: int
    quantity: int
    due_at: datetime | None

    @property
    def number(self) -> str:
        """The number people read."""
        return f"{HandlingUnit.prefix}-{self.id}"


def list_handling_units(
    session: Session,
    warehouse_id: int,
    *,
    by: Actor,
    statuses: Collection[HandlingUnitStatus] = (HandlingUnitStatus.OPEN, HandlingUnitStatus.CLOSED),
    limit: int = 200,
) -> list[HandlingUnitLine]:
    """The handling units that stand in a warehouse, by destination, with what is in them."""
    by.require(Permission.PACK_AND_SHIP, warehouse_id)
    query = (
        _handling_units()
        .where(HandlingUnit.warehouse_id == warehouse_id, HandlingUnit.status.in_(statuses))
        .order_by(Warehouse.code, HandlingUnit.id)
        .limit(limit)
    )
    return [HandlingUnitLine(*row) for row in session.execute(query)]


def get_handling_unit(session: Session, handling_unit_id: int, *, by: Actor) -> tuple[HandlingUnitLine, list[TaskLine]]:
    """A handling unit with the tasks in it, for who may see shipments at either of its ends. Raises: NotFound."""
    row = session.execute(_handling_units().where(HandlingUnit.id == handling_unit_id)).one_or_none()
    if row is None:
        raise NotFound()
    unit = HandlingUnitLine(*row)
    by.require(Permission.SEE_SHIPMENTS, unit.warehouse_id, unit.destination_id)
    return unit, list_tasks_in_handling_unit(session, handling_unit_id)


def find_handling_unit_by_sscc(session: Session, sscc: str, *, by: Actor) -> HandlingUnit | None:
    """The handling unit with this label, if there is one and the actor may see it."""
    unit = session.scalar(select(HandlingUnit).where(HandlingUnit.sscc == sscc))
    if unit is None or not by.may(Permission.SEE_SHIPMENTS, unit.warehouse_id, unit.destination_id):
        return None
    return unit


@dataclass(frozen=True, slots=True)
class ShipmentView:
    """A shipment as a list shows it; `open` is how much of it is not accounted for yet."""

    id: int
    status: ShipmentStatus
    source_id: int
    source_code: str
    source_name_zh: str
    source_name_en: str
    destination_id: int
    destination_code: str
    destination_name_zh: str
    destination_name_en: str
    carrier_name_zh: str | None
    carrier_name_en: str | None
    carrier_reference: str
    shipped_at: datetime
    due_at: datetime
    received_at: datetime | None
    handling_units: int
    quantity: int
    open: int

    @property
    def number(self) -> str:
        """The number people read."""
        return f"{Shipment.prefix}-{self.id}"


def list_outgoing(
    session: Session,
    warehouse_id: int,
    *,
    by: Actor,
    statuses: Collection[ShipmentStatus] = UNDER_WAY,
    limit: int = 100,
) -> list[ShipmentView]:
    """What left a warehouse, soonest due first."""
    by.require(Permission.SEE_SHIPMENTS, warehouse_id)
    return _list(session, Shipment.source_id == warehouse_id, statuses, limit)


def list_incoming(
    session: Session,
    warehouse_id: int,
    *,
    by: Actor,
    statuses: Collection[ShipmentStatus] = UNDER_WAY,
    limit: int = 100,
) -> list[ShipmentView]:
    """What is on its way to a warehouse, soonest due first."""
    by.require(Permission.SEE_SHIPMENTS, warehouse_id)
    return _list(session, Shipment.destination_id == warehouse_id, statuses, limit)


def get_shipment(session: Session, shipment_id: int, *, by: Actor) -> tuple[ShipmentView, list[SentLine]]:
    """A shipment with its contents, box by box; it is visible at both its ends. Raises: NotFound."""
    row = session.execute(_views().where(Shipment.id == shipment_id)).one_or_none()
    if row is None:
        raise NotFound()
    view = ShipmentView(*row)
    by.require(Permission.SEE_SHIPMENTS, view.source_id, view.destination_id)
    return view, list_sent_lines(session, shipment_id)


def _list(
    session: Session, where: ColumnElement[bool], statuses: Collection[ShipmentStatus], limit: int
) -> list[ShipmentView]:
    query = _views().where(where, Shipment.status.in_(statuses)).order_by(Shipment.due_at, Shipment.id).limit(limit)
    return [ShipmentView(*row) for row in session.execute(query)]


def _handling_units() -> Select[*tuple[Any, ...]]:
    packed = PickTask.status.in_((TaskStatus.PACKED, TaskStatus.SHIPPED))
    inside = (
        select(
            func.count().filter(packed).label("tasks"),
            func.count().filter(PickTask.status == TaskStatus.CANCELLED).label("cancelled"),
            _total(func.sum(PickTask.quantity).filter(packed)).label("quantity"),
            func.min(PickTask.due_at).filter(packed).label("due_at"),
        )
        .where(PickTask.handling_unit_id == HandlingUnit.id)
        .lateral()
    )
    return (
        select(
            HandlingUnit.id,
            HandlingUnit.sscc,
            HandlingUnit.status,
            HandlingUnit.warehouse_id,
            HandlingUnit.destination_id,
            Warehouse.code,
            Warehouse.name_zh,
            Warehouse.name_en,
            HandlingUnit.shipment_id,
            HandlingUnit.opened_at,
            HandlingUnit.closed_at,
            inside.c.tasks,
            inside.c.cancelled,
            inside.c.quantity,
            inside.c.due_at,
        )
        .join(Warehouse, Warehouse.id == HandlingUnit.destination_id)
        .join(inside, true())
    )


def _views() -> Select[*tuple[Any, ...]]:
    source, destination = aliased(Warehouse), aliased(Warehouse)
    under_way = ShipmentLine.quantity - ShipmentLine.received - ShipmentLine.damaged - ShipmentLine.missing
    inside = (
        select(
            func.count(ShipmentLine.handling_unit_id.distinct()).label("handling_units"),
            _total(func.sum(ShipmentLine.quantity)).label("quantity"),
            _total(func.sum(under_way)).label("open"),
        )
        .where(ShipmentLine.shipment_id == Shipment.id)
        .lateral()
    )
    return (
        select(
            Shipment.id,
            Shipment.status,
            source.id,
            source.code,
            source.name_zh,
            source.name_en,
            destination.id,
            destination.code,
            destination.name_zh,
            destination.name_en,
            Carrier.name_zh,
            Carrier.name_en,
            Shipment.carrier_reference,
            Shipment.shipped_at,
            Shipment.due_at,
            Shipment.received_at,
            inside.c.handling_units,
            inside.c.quantity,
            inside.c.open,
        )
        .join(source, source.id == Shipment.source_id)
        .join(destination, destination.id == Shipment.destination_id)
        .outerjoin(Carrier, Carrier.id == Shipment.carrier_id)
        .join(inside, true())
    )


def _total(quantities: ColumnElement[Any]) -> ColumnElement[int]:
    """A sum of quantities as the whole number it is: of bigint, PostgreSQL makes a numeric."""
    return cast(func.coalesce(quantities, 0), BigInteger)
