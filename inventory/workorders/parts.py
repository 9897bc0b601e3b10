"""The parts of a work order as its engineer sees them: asked for, on their way, there to be drawn, held, fitted."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from sqlalchemy import BigInteger, DateTime, cast, func, null, select, union_all
from sqlalchemy.orm import Session

from inventory.catalogue.models import BaseUnit, Part
from inventory.ledger.models import Lot, Purpose, Reservation, Unit
from inventory.network.models import Warehouse
from inventory.sourcing.models import PartRequest, PartRequestLine
from inventory.transport.models import Shipment, ShipmentLine
from inventory.workorders.earmarks import Lying, list_lying
from inventory.workorders.models import DrawnPart


class Risk(StrEnum):
    """How a promise stands while parts are still to come."""

    LATE = "late"
    AT_RISK = "at_risk"
    ON_TIME = "on_time"


def risk_of(requested_at: datetime, first_promised_at: datetime, *, back_ordered: int, at: datetime) -> Risk:
    """Against the first promise, as in `sourcing.list_at_risk`; at risk too when nobody has the part."""
    if first_promised_at < at:
        return Risk.LATE
    nearly = at - requested_at > (first_promised_at - requested_at) * 2 / 3
    return Risk.AT_RISK if back_ordered or nearly else Risk.ON_TIME


@dataclass(frozen=True, slots=True)
class Coming:
    """A share of a line on its way: reserved or being picked in a warehouse, or on a shipment with its due hour."""

    line_id: int
    quantity: int
    source_code: str
    source_zh: str
    source_en: str
    shipment_id: int | None
    due_at: datetime | None

    @property
    def shipment(self) -> str | None:
        """The number of the shipment, once there is one."""
        return None if self.shipment_id is None else Shipment(id=self.shipment_id).number


@dataclass(frozen=True, slots=True)
class Drawn:
    """Parts that an engineer drew: which, of which lot, and what became of them."""

    id: int
    line_id: int
    part_number: str
    lot_number: str
    serial: str | None
    quantity: int
    fitted: int
    given_back: int
    drawn_at: datetime

    @property
    def in_custody(self) -> int:
        """What the engineer still holds."""
        return self.quantity - self.fitted - self.given_back


@dataclass(frozen=True, slots=True)
class PartLine:
    """A request line of a work order with all that became of its units."""

    line_id: int
    request_id: int
    position: int
    part_id: int
    part_number: str
    name_zh: str
    name_en: str
    base_unit: BaseUnit
    quantity: int
    back_ordered: int
    reserved: int
    released: int
    in_transit: int
    received: int
    cancelled: int
    status: str
    requested_at: datetime
    first_promised_at: datetime
    promised_at: datetime
    received_at: datetime | None
    coming: tuple[Coming, ...] = ()
    lying: tuple[Lying, ...] = ()
    drawn: tuple[Drawn, ...] = ()

    @property
    def request(self) -> str:
        """The number of the part request."""
        return PartRequest(id=self.request_id).number

    @property
    def to_come(self) -> int:
        """What has not arrived yet and was not cancelled."""
        return self.back_ordered + self.reserved + self.released + self.in_transit

    @property
    def cancellable(self) -> int:
        """What has not been shipped yet."""
        return self.back_ordered + self.reserved + self.released

    @property
    def waiting(self) -> int:
        """What lies at the repair centre for the line."""
        return sum(one.quantity for one in self.lying)

    @property
    def in_custody(self) -> int:
        """What the engineer holds."""
        return sum(one.in_custody for one in self.drawn)

    @property
    def fitted(self) -> int:
        """What is in the customer's appliance."""
        return sum(one.fitted for one in self.drawn)

    @property
    def given_back(self) -> int:
        """What was drawn and came back."""
        return sum(one.given_back for one in self.drawn)

    def risk(self, at: datetime) -> Risk | None:
        """How the promise stands; None when nothing is to come any more."""
        if not self.to_come:
            return None
        return risk_of(self.requested_at, self.first_promised_at, back_ordered=self.back_ordered, at=at)


OfLine = TypeVar("OfLine", Coming, Lying, Drawn)


def list_part_lines(session: Session, work_order_id: int) -> list[PartLine]:
    """The request lines of a work order in the order in which they were asked for, with all that became of them."""
    rows = session.execute(
        select(PartRequestLine, PartRequest.requested_at, Part)
        .join(PartRequest, PartRequest.id == PartRequestLine.request_id)
        .join(Part, Part.id == PartRequestLine.part_id)
        .where(PartRequest.work_order_id == work_order_id)
        .order_by(PartRequestLine.request_id, PartRequestLine.position)
        .execution_options(populate_existing=True)
    ).all()
    line_ids = [line.id for line, _, _ in rows]
    coming = _by_line(_coming(session, line_ids))
    lying = _by_line(list_lying(session, line_ids))
    drawn = _by_line(_drawn(session, line_ids))
    return [
        PartLine(
            line_id=line.id,
            request_id=line.request_id,
            position=line.position,
            part_id=part.id,
            part_number=part.number,
            name_zh=part.name_zh,
            name_en=part.name_en,
            base_unit=part.base_unit,
            quantity=line.quantity,
            back_ordered=line.back_ordered,
            reserved=line.reserved,
            released=line.released,
            in_transit=line.issued - line.received,
            received=line.received,
            cancelled=line.cancelled,
            status=line.status,
            requested_at=requested_at,
            first_promised_at=line.first_promised_at,
            promised_at=line.promised_at,
            received_at=line.received_at,
            coming=tuple(coming[line.id]),
            lying=tuple(lying[line.id]),
            drawn=tuple(drawn[line.id]),
        )
        for line, requested_at, part in rows
    ]


def _by_line(rows: Sequence[OfLine]) -> defaultdict[int, list[OfLine]]:
    by_line: defaultdict[int, list[OfLine]] = defaultdict(list)
    for row in rows:
        by_line[row.line_id].append(row)
    return by_line


def _coming(session: Session, line_ids: Sequence[int]) -> list[Coming]:
    set_aside = select(
        Reservation.line_id,
        Reservation.quantity.label("quantity"),
        Reservation.warehouse_id.label("source_id"),
        cast(null(), BigInteger).label("shipment_id"),
        cast(null(), DateTime(timezone=True)).label("due_at"),
    ).where(Reservation.line_id.in_(line_ids), Reservation.purpose == Purpose.SUPPLY, Reservation.quantity > 0)
    awaited = ShipmentLine.quantity - ShipmentLine.received - ShipmentLine.damaged - ShipmentLine.missing
    under_way = (
        select(ShipmentLine.line_id, func.sum(awaited), Shipment.source_id, Shipment.id, Shipment.due_at)
        .join(Shipment, Shipment.id == ShipmentLine.shipment_id)
        .where(ShipmentLine.line_id.in_(line_ids), awaited > 0)
        .group_by(ShipmentLine.line_id, Shipment.id)
    )
    share = union_all(set_aside, under_way).subquery()
    query = (
        select(
            share.c.line_id,
            share.c.quantity,
            Warehouse.code,
            Warehouse.name_zh,
            Warehouse.name_en,
            share.c.shipment_id,
            share.c.due_at,
        )
        .join(Warehouse, Warehouse.id == share.c.source_id)
        .order_by(share.c.line_id, share.c.due_at.nulls_last(), Warehouse.code, share.c.shipment_id)
    )
    return [Coming(*row) for row in session.execute(query)]


def _drawn(session: Session, line_ids: Sequence[int]) -> list[Drawn]:
    query = (
        select(
            DrawnPart.id,
            DrawnPart.line_id,
            Part.number,
            Lot.number,
            Unit.serial,
            DrawnPart.quantity,
            DrawnPart.fitted,
            DrawnPart.given_back,
            DrawnPart.drawn_at,
        )
        .join(Part, Part.id == DrawnPart.part_id)
        .join(Lot, Lot.id == DrawnPart.lot_id)
        .outerjoin(Unit, Unit.id == DrawnPart.unit_id)
        .where(DrawnPart.line_id.in_(line_ids))
        .order_by(DrawnPart.id)
    )
    return [Drawn(*row) for row in session.execute(query)]
