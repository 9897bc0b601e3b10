"""Watching open lines against their clock: late and at risk, back-ordered, and how many of each there are."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, exists, func, literal, not_, or_, select, tuple_
from sqlalchemy.orm import Session, aliased

from inventory.actor import Actor
from inventory.catalogue.models import Part
from inventory.identity import Permission, Person
from inventory.ledger.models import Reservation
from inventory.network.models import Tier, Warehouse
from inventory.sourcing.models import PartRequest, PartRequestLine, RequestPurpose
from inventory.sourcing.queries import OPEN, WAITING, visible
from inventory.transport.models import Shipment, ShipmentLine

AnyRow = Row[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Watch:
    """Which open lines are watched; what is None does not narrow them.

    `source_id`: stock for them is set aside there, on its way from there, or asked of it and not there.
    `destination_id`: they were asked for there. `place_id`: either of the two. `mine`: the actor is responsible.
    `first_source_id` and `first_tier`: that place, or one of that tier, is asked first for them.
    """

    source_id: int | None = None
    destination_id: int | None = None
    place_id: int | None = None
    part: str | None = None
    mine: bool = False
    purpose: RequestPurpose | None = None
    division_id: int | None = None
    first_source_id: int | None = None
    first_tier: Tier | None = None


@dataclass(frozen=True, slots=True)
class WatchedLine:
    """An open line against its clock. `late`: the first promise is broken already; `at_risk`: it is about to be."""

    line: PartRequestLine
    request: PartRequest
    part: Part
    destination: Warehouse
    responsible: Person
    late: bool
    at_risk: bool

    @property
    def place(self) -> tuple[datetime, int]:
        """Where the line stands in the list; pass it on to continue a page."""
        return self.line.first_promised_at, self.line.id


@dataclass(frozen=True, slots=True)
class Standing:
    """How many open lines stand how against their clocks."""

    late: int
    at_risk: int
    in_time: int

    @property
    def endangered(self) -> int:
        """Those that are late or about to be."""
        return self.late + self.at_risk

    @property
    def all(self) -> int:
        """All open lines."""
        return self.endangered + self.in_time


def list_at_risk(
    session: Session,
    watch: Watch,
    *,
    by: Actor,
    at: datetime,
    after: tuple[datetime, int] | None = None,
    limit: int = 50,
) -> list[WatchedLine]:
    """Lines that are late or about to be, the soonest first promise first; `after` continues a page.

    A line is at risk when two thirds of the promised time are gone, or when it is back-ordered.
    """
    return _by_clock(session, _watched(watch, by=by).where(at_risk(at)), at=at, after=after, limit=limit)


def list_open_lines(
    session: Session,
    watch: Watch,
    *,
    by: Actor,
    at: datetime,
    after: tuple[datetime, int] | None = None,
    limit: int = 50,
) -> list[WatchedLine]:
    """All lines that are not received yet, the soonest first promise first; `after` continues a page."""
    return _by_clock(session, _watched(watch, by=by), at=at, after=after, limit=limit)


def count_at_risk(session: Session, watch: Watch, *, by: Actor, at: datetime) -> int:
    """How many lines are late or about to be."""
    return _count(session, _watched(watch, by=by).where(at_risk(at)))


def count_by_clock(session: Session, watch: Watch, *, by: Actor, at: datetime) -> Standing:
    """How many open lines are late, at risk and in time; every open line is exactly one of them."""
    late, endangered = PartRequestLine.first_promised_at < at, at_risk(at)
    counts = _watched(watch, by=by).with_only_columns(
        func.count().filter(late),
        func.count().filter(endangered, not_(late)),
        func.count().filter(not_(endangered)),
        maintain_column_froms=True,
    )
    return Standing(*session.execute(counts).one())


def list_backorders(
    session: Session, watch: Watch, *, by: Actor, after: int | None = None, limit: int = 50
) -> Sequence[AnyRow]:
    """Lines that wait for stock, oldest first: (line, request, part, destination, who is responsible)."""
    query = _watched(watch, by=by).where(WAITING).order_by(PartRequestLine.id).limit(limit)
    if after is not None:
        query = query.where(PartRequestLine.id > after)
    return session.execute(query).all()


def count_backorders(session: Session, watch: Watch, *, by: Actor) -> int:
    """How many lines wait for stock."""
    return _count(session, _watched(watch, by=by).where(WAITING))


def at_risk(at: datetime) -> ColumnElement[bool]:
    """The lines that are late, nearly so, or without a source."""
    gone = func.extract("epoch", literal(at) - PartRequest.requested_at)
    window = func.extract("epoch", PartRequestLine.first_promised_at - PartRequest.requested_at)
    return or_(
        PartRequestLine.first_promised_at < at,
        WAITING,
        gone * 3 > window * 2,
    )


def _watched(watch: Watch, *, by: Actor) -> Select[*tuple[Any, ...]]:
    by.require(Permission.SEE_REQUESTS)
    query = (
        select(PartRequestLine, PartRequest, Part, Warehouse, Person)
        .join(PartRequest, PartRequest.id == PartRequestLine.request_id)
        .join(Part, Part.id == PartRequestLine.part_id)
        .join(Warehouse, Warehouse.id == PartRequest.warehouse_id)
        .join(Person, Person.id == PartRequestLine.responsible_id)
        .where(OPEN, visible(by))
    )
    if watch.source_id is not None:
        query = query.where(_supplied_by(watch.source_id))
    if watch.destination_id is not None:
        query = query.where(PartRequest.warehouse_id == watch.destination_id)
    if watch.place_id is not None:
        query = query.where(or_(PartRequest.warehouse_id == watch.place_id, _supplied_by(watch.place_id)))
    if watch.part is not None:
        query = query.where(Part.number == watch.part)
    if watch.mine:
        query = query.where(PartRequestLine.responsible_id == by.person_id)
    return query.where(*_asked_first(watch))


def _asked_first(watch: Watch) -> Iterator[ColumnElement[bool]]:
    first = func.coalesce(PartRequestLine.preferred_source_id, PartRequest.warehouse_id)
    if watch.purpose is not None:
        yield PartRequest.purpose == watch.purpose
    if watch.division_id is not None:
        yield Part.division_id == watch.division_id
    if watch.first_source_id is not None:
        yield first == watch.first_source_id
    if watch.first_tier is not None:
        of_tier = aliased(Warehouse)
        yield first.in_(select(of_tier.id).where(of_tier.tier == watch.first_tier))


def _supplied_by(warehouse_id: int) -> ColumnElement[bool]:
    set_aside = exists().where(
        Reservation.line_id == PartRequestLine.id, Reservation.warehouse_id == warehouse_id, Reservation.quantity > 0
    )
    awaited = ShipmentLine.quantity - ShipmentLine.received - ShipmentLine.damaged - ShipmentLine.missing
    on_its_way = exists().where(
        ShipmentLine.line_id == PartRequestLine.id,
        Shipment.id == ShipmentLine.shipment_id,
        Shipment.source_id == warehouse_id,
        awaited > 0,
    )
    lacked = and_(WAITING, PartRequestLine.preferred_source_id == warehouse_id)
    return or_(set_aside, on_its_way, lacked)


def _by_clock(
    session: Session,
    query: Select[*tuple[Any, ...]],
    *,
    at: datetime,
    after: tuple[datetime, int] | None,
    limit: int,
) -> list[WatchedLine]:
    clock = (PartRequestLine.first_promised_at, PartRequestLine.id)
    if after is not None:
        query = query.where(tuple_(*clock) > after)
    return [_against_clock(*row, at=at) for row in session.execute(query.order_by(*clock).limit(limit))]


def _against_clock(
    line: PartRequestLine,
    request: PartRequest,
    part: Part,
    destination: Warehouse,
    responsible: Person,
    *,
    at: datetime,
) -> WatchedLine:
    late = line.first_promised_at < at
    nearly = (at - request.requested_at) * 3 > (line.first_promised_at - request.requested_at) * 2
    return WatchedLine(line, request, part, destination, responsible, late, late or nearly or line.back_ordered > 0)


def _count(session: Session, query: Select[*tuple[Any, ...]]) -> int:
    return session.execute(query.with_only_columns(func.count(), maintain_column_froms=True)).scalar_one()
