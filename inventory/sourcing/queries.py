"""Reading part requests: one with its lines, lists, lines at risk and late, back-orders, the request's timeline."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, exists, or_, select
from sqlalchemy.orm import Session

from inventory import identity
from inventory.actor import Actor
from inventory.catalogue.models import Part
from inventory.identity import Permission, Person
from inventory.ledger.models import Reservation
from inventory.network.models import Warehouse
from inventory.sourcing.errors import RequestNotFound
from inventory.sourcing.models import LineStatus, PartRequest, PartRequestLine, Promise
from inventory.timeline import DocumentEvent, DocumentKind, list_events

AnyRow = Row[*tuple[Any, ...]]
FINAL = (LineStatus.RECEIVED.value, LineStatus.CANCELLED.value)


@dataclass(frozen=True, slots=True)
class RequestView:
    """A part request as people see it; lines are rows (line, part), promises and events oldest first."""

    request: PartRequest
    warehouse: Warehouse
    requested_by: Person
    lines: Sequence[AnyRow]
    promises: Sequence[AnyRow]
    events: Sequence[DocumentEvent]


def visible(by: Actor) -> ColumnElement[bool]:
    """Requests are visible at both ends: where the parts go, and where some of them come from."""
    supplies = (
        exists()
        .where(
            PartRequestLine.request_id == PartRequest.id,
            Reservation.line_id == PartRequestLine.id,
            identity.covers(by, Permission.SEE_REQUESTS, Reservation.warehouse_id),
        )
        .correlate(PartRequest)
    )
    return or_(identity.covers(by, Permission.SEE_REQUESTS, PartRequest.warehouse_id), supplies)


def get_request(session: Session, request_id: int, *, by: Actor) -> RequestView:
    """A request with its lines, their promises and what happened to them.

    Raises: NotPermitted; RequestNotFound, also for a request that the actor may not see.
    """
    by.require(Permission.SEE_REQUESTS)
    found = session.execute(
        select(PartRequest, Warehouse, Person)
        .join(Warehouse, Warehouse.id == PartRequest.warehouse_id)
        .join(Person, Person.id == PartRequest.requested_by_id)
        .where(PartRequest.id == request_id, visible(by))
    ).one_or_none()
    if found is None:
        raise RequestNotFound(request=PartRequest(id=request_id).number)
    request, warehouse, person = found
    lines = session.execute(
        select(PartRequestLine, Part)
        .join(Part, Part.id == PartRequestLine.part_id)
        .where(PartRequestLine.request_id == request_id)
        .order_by(PartRequestLine.position)
    ).all()
    line_ids = [line.id for line, _ in lines]
    promises = session.execute(
        select(Promise, Warehouse, Part)
        .outerjoin(Warehouse, Warehouse.id == Promise.source_id)
        .join(Part, Part.id == Promise.part_id)
        .where(Promise.line_id.in_(line_ids))
        .order_by(Promise.id)
    ).all()
    events = list_events(session, DocumentKind.REQUEST_LINE, line_ids)
    return RequestView(request, warehouse, person, lines, promises, events)


def _lines(by: Actor) -> Select[PartRequestLine, PartRequest, Part, Warehouse]:
    return (
        select(PartRequestLine, PartRequest, Part, Warehouse)
        .join(PartRequest, PartRequest.id == PartRequestLine.request_id)
        .join(Part, Part.id == PartRequestLine.part_id)
        .join(Warehouse, Warehouse.id == PartRequest.warehouse_id)
        .where(visible(by))
    )


def list_lines(
    session: Session,
    *,
    by: Actor,
    status: str | None = None,
    warehouse_id: int | None = None,
    work_order_id: int | None = None,
    before: int | None = None,
    limit: int = 50,
) -> Sequence[Row[PartRequestLine, PartRequest, Part, Warehouse]]:
    """Lines that the actor may see, newest first, with request, part and destination; `before` continues a page."""
    by.require(Permission.SEE_REQUESTS)
    query = _lines(by).order_by(PartRequestLine.id.desc()).limit(limit)
    if status is not None:
        query = query.where(PartRequestLine.status == status)
    if warehouse_id is not None:
        query = query.where(PartRequest.warehouse_id == warehouse_id)
    if work_order_id is not None:
        query = query.where(PartRequest.work_order_id == work_order_id)
    if before is not None:
        query = query.where(PartRequestLine.id < before)
    return session.execute(query).all()


@dataclass(frozen=True, slots=True)
class LineAtRisk:
    """An open line against its clock. `late`: the first promise is broken already; `at_risk`: it is about to be."""

    line: PartRequestLine
    request: PartRequest
    part: Part
    destination: Warehouse
    late: bool
    at_risk: bool


def list_at_risk(
    session: Session,
    *,
    by: Actor,
    at: datetime,
    source_id: int | None = None,
    destination_id: int | None = None,
    mine: bool = False,
    limit: int = 100,
) -> list[LineAtRisk]:
    """Open lines by their promised hour, the soonest first: those late, those about to be, then the others.

    A line is at risk when two thirds of the promised time are gone, or when it is back-ordered.
    """
    by.require(Permission.SEE_REQUESTS)
    query = (
        _lines(by)
        .where(PartRequestLine.status.not_in(FINAL))
        .order_by(PartRequestLine.first_promised_at, PartRequestLine.id)
        .limit(limit)
    )
    if source_id is not None:
        query = query.where(
            exists().where(
                Reservation.line_id == PartRequestLine.id,
                Reservation.warehouse_id == source_id,
                Reservation.quantity > 0,
            )
        )
    if destination_id is not None:
        query = query.where(PartRequest.warehouse_id == destination_id)
    if mine:
        query = query.where(PartRequestLine.responsible_id == by.person_id)
    return [_against_clock(*row, at=at) for row in session.execute(query)]


def _against_clock(
    line: PartRequestLine, request: PartRequest, part: Part, destination: Warehouse, *, at: datetime
) -> LineAtRisk:
    window = line.first_promised_at - request.requested_at
    late = line.first_promised_at < at
    nearly = at - request.requested_at > window * 2 / 3
    return LineAtRisk(line, request, part, destination, late, late or nearly or line.back_ordered > 0)


def list_backorders(
    session: Session,
    *,
    by: Actor,
    part_id: int | None = None,
    after: int | None = None,
    limit: int = 50,
) -> Sequence[Row[PartRequestLine, PartRequest, Part, Warehouse]]:
    """Lines that wait for stock, oldest first, with who is responsible and by when they are looked at again."""
    by.require(Permission.SEE_REQUESTS)
    query = _lines(by).where(PartRequestLine.back_ordered > 0).order_by(PartRequestLine.id).limit(limit)
    if part_id is not None:
        query = query.where(PartRequestLine.part_id == part_id)
    if after is not None:
        query = query.where(PartRequestLine.id > after)
    return session.execute(query).all()
