"""Boxes and shipments to test with."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory import transport
from inventory.actor import Actor
from inventory.catalogue.models import Part
from inventory.network.models import Warehouse
from inventory.sourcing.models import PartRequestLine
from inventory.transport import HandlingUnit, Shipment
from inventory.transport.models import ShipmentLine
from inventory.warehousing import PickTask
from tests.given.ledger import NOON, acting, stock
from tests.given.network import warehouse as new_warehouse
from tests.given.warehousing import picked, released

COMPANY_PREFIX = "6901234"


def packed(
    session: Session, tasks: Sequence[PickTask], *, by: Actor | None = None, at: datetime = NOON
) -> HandlingUnit:
    """An open handling unit with these picked tasks, which go to one warehouse."""
    by = by or acting(session)
    unit = transport.open_handling_unit(
        session, warehouse_id=tasks[0].warehouse_id, destination_id=tasks[0].destination_id, by=by, at=at
    )
    return transport.pack_tasks(session, unit.id, [task.id for task in tasks], by=by, at=at)


def closed(
    session: Session, tasks: Sequence[PickTask], *, by: Actor | None = None, at: datetime = NOON
) -> HandlingUnit:
    """A closed and labelled handling unit with these picked tasks."""
    by = by or acting(session)
    unit = packed(session, tasks, by=by, at=at)
    return transport.close_handling_unit(session, unit.id, company_prefix=COMPANY_PREFIX, by=by, at=at)


def shipped(
    session: Session, units: Sequence[HandlingUnit], *, by: Actor | None = None, at: datetime = NOON
) -> Shipment:
    """The one shipment in which these closed handling units leave."""
    (shipment,) = transport.ship(session, [unit.id for unit in units], by=by or acting(session), at=at)
    return shipment


def under_way(
    session: Session,
    destination: Warehouse,
    part: Part,
    quantity: int = 1,
    *,
    by: Actor | None = None,
    at: datetime = NOON,
) -> Shipment:
    """A part on its way to a warehouse that asked for it: released, picked, packed in one box and shipped."""
    by = by or acting(session)
    tasks = picked(session, released(session, destination, part, quantity, by=by, at=at), by=by, at=at)
    return shipped(session, [closed(session, tasks, by=by, at=at)], by=by, at=at)


def delivered(
    session: Session,
    station: Warehouse,
    part: Part,
    quantity: int = 1,
    *,
    by: Actor | None = None,
    at: datetime = NOON,
) -> PartRequestLine:
    """What a repair centre asked for to fill its shelf, come from elsewhere: it lies in the dock, kept for its line."""
    by = by or acting(session)
    stock(session, new_warehouse(session, tier="distribution"), part, quantity, by=by)
    shipment = under_way(session, station, part, quantity, by=by, at=at)
    transport.receive_shipment(
        session, shipment.id, [transport.PieceScan(part.number, received=quantity)], by=by, at=at
    )
    sent = select(ShipmentLine.line_id).where(ShipmentLine.shipment_id == shipment.id)
    return session.scalars(select(PartRequestLine).where(PartRequestLine.id.in_(sent))).one()
