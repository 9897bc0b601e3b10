"""Reading part requests: one with its lines, shares, promises and timeline; lists of them, filtered."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, exists, func, literal_column, or_, select
from sqlalchemy.orm import Session

from inventory import identity
from inventory.actor import Actor
from inventory.catalogue.models import Part
from inventory.identity import Permission, Person
from inventory.ledger.models import Reservation
from inventory.network.models import Warehouse
from inventory.sourcing.errors import RequestNotFound
from inventory.sourcing.models import LineStatus, PartRequest, PartRequestLine, Promise, TransferOrder
from inventory.sourcing.shares import LineShare, list_shares
from inventory.timeline import DocumentEvent, DocumentKind, list_events

AnyRow = Row[*tuple[Any, ...]]
# Constants in the text of the statements, so that the partial indexes on such lines are used.
OPEN: ColumnElement[bool] = PartRequestLine.status.not_in(
    [literal_column(f"'{status}'") for status in (LineStatus.RECEIVED, LineStatus.CANCELLED)]
)
WAITING: ColumnElement[bool] = PartRequestLine.back_ordered > literal_column("0")
PROGRESS = tuple(LineStatus)


@dataclass(frozen=True, slots=True)
class RequestSummary:
    """A part request in a list; lines are rows (line, part) in the order in which they were asked for.

    Lines that the reader may not see are left out.
    """

    request: PartRequest
    warehouse: Warehouse
    requested_by: Person
    lines: Sequence[AnyRow]

    @property
    def status(self) -> LineStatus:
        """The least advanced of its lines tells its status."""
        return min((LineStatus(line.status) for line, _ in self.lines), key=PROGRESS.index)

    @property
    def open_lines(self) -> Sequence[AnyRow]:
        """The lines that are neither received nor cancelled, the soonest first promise first."""
        still_open = [row for row in self.lines if row[0].status not in (LineStatus.RECEIVED, LineStatus.CANCELLED)]
        return sorted(still_open, key=lambda row: (row[0].first_promised_at, row[0].id))


@dataclass(frozen=True, slots=True)
class RequestFilter:
    """Which part requests a list shows; what is None does not narrow it.

    `status`: at least one line has it; `open` leaves out what is wholly received or cancelled. `warehouse_id` is where
    the parts go, `source_id` where some of them come or came from, or are asked of and not there.
    """

    status: LineStatus | None = None
    open: bool = False
    warehouse_id: int | None = None
    source_id: int | None = None
    work_order_id: int | None = None
    requested_by_id: int | None = None
    part: str | None = None


@dataclass(frozen=True, slots=True)
class RequestView:
    """A part request as people see it; lines are rows (line, part), promises (promise, source, part), oldest first.

    `people`, `warehouses` and `parts` name whoever and whatever the lines and promises refer to by id; `events` is what
    the lines tell of themselves, from which `history_of_request` makes the whole story.
    """

    request: PartRequest
    warehouse: Warehouse
    requested_by: Person
    lines: Sequence[AnyRow]
    shares: dict[int, list[LineShare]]
    promises: Sequence[AnyRow]
    events: Sequence[DocumentEvent]
    people: dict[int, Person]
    warehouses: dict[int, Warehouse]
    parts: dict[int, Part]


def visible(by: Actor) -> ColumnElement[bool]:
    """Requests are visible at both ends: where the parts go, where some come from, or are asked of and not there.

    Transfer orders are none of them: nobody asked for them.
    """
    of_request = PartRequestLine.request_id == PartRequest.id
    supplies = exists().where(
        of_request,
        Reservation.line_id == PartRequestLine.id,
        identity.covers(by, Permission.SEE_REQUESTS, Reservation.warehouse_id),
    )
    lacks = exists().where(
        of_request, WAITING, identity.covers(by, Permission.SEE_REQUESTS, PartRequestLine.preferred_source_id)
    )
    return and_(
        PartRequest.source_id.is_(None),
        or_(
            identity.covers(by, Permission.SEE_REQUESTS, PartRequest.warehouse_id),
            supplies.correlate(PartRequest),
            lacks.correlate(PartRequest),
        ),
    )


def line_visible(by: Actor) -> ColumnElement[bool]:
    """Who is not where the parts go sees the lines that his warehouses supply, or are asked for and lack."""
    supplies = exists().where(
        Reservation.line_id == PartRequestLine.id,
        identity.covers(by, Permission.SEE_REQUESTS, Reservation.warehouse_id),
    )
    return or_(
        identity.covers(by, Permission.SEE_REQUESTS, PartRequest.warehouse_id),
        supplies.correlate(PartRequestLine),
        and_(WAITING, identity.covers(by, Permission.SEE_REQUESTS, PartRequestLine.preferred_source_id)),
    )


def get_request(session: Session, request_id: int, *, by: Actor) -> RequestView:
    """A request with those of its lines that the actor may see, their promises and what the lines tell of themselves.

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
    return read_view(session, request, warehouse, person, of_lines=line_visible(by))


def read_view(
    session: Session, request: PartRequest, warehouse: Warehouse, person: Person, *, of_lines: ColumnElement[bool]
) -> RequestView:
    """A request that the reader may see, with those of its lines that meet the condition and all that hangs on them."""
    lines = session.execute(
        select(PartRequestLine, Part)
        .join(PartRequest, PartRequest.id == PartRequestLine.request_id)
        .join(Part, Part.id == PartRequestLine.part_id)
        .where(PartRequestLine.request_id == request.id, of_lines)
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
    return RequestView(
        request=request,
        warehouse=warehouse,
        requested_by=person,
        lines=lines,
        shares=list_shares(session, line_ids),
        promises=promises,
        events=list_events(session, DocumentKind.REQUEST_LINE, line_ids),
        people=_people(session, lines),
        warehouses=_warehouses(session, lines),
        parts={part.id: part for part in [*(part for _, part in lines), *(part for *_, part in promises)]},
    )


def _people(session: Session, lines: Sequence[AnyRow]) -> dict[int, Person]:
    ids = {line.responsible_id for line, _ in lines}
    return {one.id: one for one in session.scalars(select(Person).where(Person.id.in_(ids)))}


def _warehouses(session: Session, lines: Sequence[AnyRow]) -> dict[int, Warehouse]:
    ids = {line.preferred_source_id for line, _ in lines} - {None}
    return {one.id: one for one in session.scalars(select(Warehouse).where(Warehouse.id.in_(ids)))}


def list_requests(
    session: Session, wanted: RequestFilter, *, by: Actor, before: int | None = None, limit: int = 50
) -> list[RequestSummary]:
    """Part requests that the actor may see, newest first; `before` (an id) continues a page."""
    query = _requests(wanted, by=by).order_by(PartRequest.id.desc()).limit(limit)
    if before is not None:
        query = query.where(PartRequest.id < before)
    rows = session.execute(query).all()
    lines = _lines_of(session, [request.id for request, _, _ in rows], by=by)
    return [RequestSummary(request, warehouse, person, lines[request.id]) for request, warehouse, person in rows]


def count_requests(session: Session, wanted: RequestFilter, *, by: Actor) -> int:
    """How many part requests a list would show."""
    query = _requests(wanted, by=by).with_only_columns(func.count(), maintain_column_froms=True)
    return session.execute(query).scalar_one()


def _requests(wanted: RequestFilter, *, by: Actor) -> Select[PartRequest, Warehouse, Person]:
    by.require(Permission.SEE_REQUESTS)
    return (
        select(PartRequest, Warehouse, Person)
        .join(Warehouse, Warehouse.id == PartRequest.warehouse_id)
        .join(Person, Person.id == PartRequest.requested_by_id)
        .where(visible(by), *_conditions(wanted))
    )


def _conditions(wanted: RequestFilter) -> Iterator[ColumnElement[bool]]:
    of_request = PartRequestLine.request_id == PartRequest.id
    if wanted.status is not None:
        yield exists().where(of_request, PartRequestLine.status == wanted.status.value).correlate(PartRequest)
    if wanted.open:
        yield exists().where(of_request, OPEN).correlate(PartRequest)
    if wanted.warehouse_id is not None:
        yield PartRequest.warehouse_id == wanted.warehouse_id
    if wanted.source_id is not None:
        supplied = exists().where(
            of_request,
            Reservation.line_id == PartRequestLine.id,
            Reservation.warehouse_id == wanted.source_id,
        )
        lacked = exists().where(of_request, WAITING, PartRequestLine.preferred_source_id == wanted.source_id)
        yield or_(supplied.correlate(PartRequest), lacked.correlate(PartRequest))
    if wanted.work_order_id is not None:
        yield PartRequest.work_order_id == wanted.work_order_id
    if wanted.requested_by_id is not None:
        yield PartRequest.requested_by_id == wanted.requested_by_id
    if wanted.part is not None:
        asked = Part.id == PartRequestLine.part_id
        yield exists().where(of_request, asked, Part.number == wanted.part).correlate(PartRequest)


def _lines_of(session: Session, request_ids: Sequence[int], *, by: Actor) -> dict[int, list[AnyRow]]:
    rows = session.execute(
        select(PartRequestLine, Part)
        .join(PartRequest, PartRequest.id == PartRequestLine.request_id)
        .join(Part, Part.id == PartRequestLine.part_id)
        .where(PartRequestLine.request_id.in_(request_ids), line_visible(by))
        .order_by(PartRequestLine.request_id, PartRequestLine.position)
    )
    lines: dict[int, list[AnyRow]] = defaultdict(list)
    for row in rows:
        lines[row[0].request_id].append(row)
    return lines


@dataclass(frozen=True, slots=True)
class Wanted:
    """Who waits for a line: the request, its work order, and who asked. Of a transfer order: who ordered it."""

    request_id: int
    work_order_id: int | None
    requested_by: str
    is_transfer: bool

    @property
    def number(self) -> str:
        """The number of the request or transfer order."""
        return TransferOrder(self.request_id).number if self.is_transfer else PartRequest(id=self.request_id).number


def list_requests_of_lines(session: Session, line_ids: Sequence[int]) -> dict[int, Wanted]:
    """Who waits for the lines; whoever asks has been allowed to see them."""
    rows = session.execute(
        select(
            PartRequestLine.id,
            PartRequest.id,
            PartRequest.work_order_id,
            Person.name,
            PartRequest.source_id.is_not(None),
        )
        .join(PartRequest, PartRequest.id == PartRequestLine.request_id)
        .join(Person, Person.id == PartRequest.requested_by_id)
        .where(PartRequestLine.id.in_(line_ids))
    )
    return {
        line_id: Wanted(request_id, order_id, name, is_transfer)
        for line_id, request_id, order_id, name, is_transfer in rows
    }
