"""Transfer orders as people see them: ordered by hand, in lists and one by one, called off."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.orm import Session, aliased

from inventory import identity, network
from inventory.actor import Actor
from inventory.catalogue.models import Part
from inventory.db import QUANTITY_MAX
from inventory.identity import Permission, Person
from inventory.network.models import Warehouse
from inventory.sourcing.errors import (
    NothingToMove,
    PartUnknown,
    QuantityOutOfRange,
    RequestEmpty,
    RequestingWarehouseUnknown,
    RequestTooLong,
    TransferNotFound,
)
from inventory.sourcing.models import LineStatus, PartRequest, PartRequestLine, TransferOrder
from inventory.sourcing.queries import OPEN, PROGRESS, AnyRow, RequestView, read_view
from inventory.sourcing.requests import LINES_MAX
from inventory.sourcing.transferring import PlacedTransfer, TransferLine, TransferWish, place_transfers
from inventory.sourcing.wishes import WishedLine
from inventory.sourcing.withdrawing import withdraw
from inventory.transport import SameWarehouse


@dataclass(frozen=True, slots=True)
class WishedTransfer:
    """What somebody wants moved: from where to where by their codes, which parts by their numbers, and why."""

    source: str
    destination: str
    lines: Sequence[WishedLine]
    note: str = ""


def order_transfer(session: Session, wish: WishedTransfer, *, by: Actor, at: datetime) -> PlacedTransfer:
    """Order stock moved by hand: as much of it as the source has free; who orders may let stock go there.

    Raises: RequestEmpty, RequestTooLong, QuantityOutOfRange; RequestingWarehouseUnknown, also for a source that is not
    the actor's; SameWarehouse; PartUnknown; NothingToMove when the source has nothing of it.
    """
    if not wish.lines:
        raise RequestEmpty()
    if len(wish.lines) > LINES_MAX:
        raise RequestTooLong(most=LINES_MAX)
    source_id, destination_id = _ends(session, wish, by=by)
    numbers = [line.part for line in wish.lines]
    found = session.execute(select(Part.number, Part.id).where(Part.number.in_(numbers)))
    part_ids = {row.number: row.id for row in found}
    lines = []
    for line in wish.lines:
        if line.part not in part_ids:
            raise PartUnknown(part=line.part)
        if not 1 <= line.quantity <= QUANTITY_MAX:
            raise QuantityOutOfRange(part=line.part, most=QUANTITY_MAX)
        lines.append(TransferLine(part_ids[line.part], line.quantity))
    (placed,) = place_transfers(
        session, [TransferWish(source_id, destination_id, lines, wish.note.strip())], by=by, at=at
    )
    if placed.request_id is None:
        raise NothingToMove(warehouse=wish.source)
    return placed


def _ends(session: Session, wish: WishedTransfer, *, by: Actor) -> tuple[int, int]:
    source, destination = (network.find_warehouse(session, code) for code in (wish.source, wish.destination))
    if source is None or not source.active or not by.may(Permission.ORDER_TRANSFERS, source.id):
        by.require(Permission.ORDER_TRANSFERS)
        raise RequestingWarehouseUnknown(warehouse=wish.source)
    if destination is None or not destination.active:
        raise RequestingWarehouseUnknown(warehouse=wish.destination)
    if source.id == destination.id:
        raise SameWarehouse(warehouse=wish.source)
    return source.id, destination.id


def cancel_transfer(
    session: Session, request_id: int, *, reason: str, line_ids: Sequence[int] | None = None, by: Actor, at: datetime
) -> int:
    """Call off what has not been shipped of a transfer order, or of some of its lines; tell how many units that were.

    Who may order transfers at either of its ends may call it off.

    Raises: TransferNotFound; NotPermitted; NothingToCancel when everything was shipped or called off before.
    """
    order = session.get(PartRequest, request_id)
    if (
        order is None
        or order.source_id is None
        or not by.may(Permission.ORDER_TRANSFERS, order.source_id, order.warehouse_id)
    ):
        by.require(Permission.ORDER_TRANSFERS)
        raise TransferNotFound(transfer=TransferOrder(request_id).number)
    chosen = PartRequestLine.request_id == request_id
    if line_ids is not None:
        chosen &= PartRequestLine.id.in_(line_ids)
    ids = session.scalars(select(PartRequestLine.id).where(chosen).order_by(PartRequestLine.id)).all()
    return withdraw(session, ids, reason=reason, by=by, at=at)


@dataclass(frozen=True, slots=True)
class TransferFilter:
    """Which transfer orders a list shows; what is None does not narrow it.

    `open` leaves out what is wholly received or cancelled; `place_id` is either end.
    """

    open: bool = False
    status: LineStatus | None = None
    source_id: int | None = None
    destination_id: int | None = None
    place_id: int | None = None
    part: str | None = None


@dataclass(frozen=True, slots=True)
class TransferSummary:
    """A transfer order in a list; lines are rows (line, part) in their order."""

    order: PartRequest
    source: Warehouse
    destination: Warehouse
    ordered_by: Person
    lines: Sequence[AnyRow]

    @property
    def status(self) -> LineStatus:
        """The least advanced of its lines tells its status."""
        return min((LineStatus(line.status) for line, _ in self.lines), key=PROGRESS.index)

    @property
    def quantity(self) -> int:
        """All that was ordered."""
        return sum(line.quantity for line, _ in self.lines)

    @property
    def due_at(self) -> datetime:
        """When the last of it is expected."""
        due_at: datetime = max(line.promised_at for line, _ in self.lines)
        return due_at


@dataclass(frozen=True, slots=True)
class TransferView:
    """A transfer order with all that hangs on it, as `history_of_request` reads it, and its source."""

    source: Warehouse
    view: RequestView

    @property
    def summary(self) -> TransferSummary:
        """The order as a list shows it."""
        view = self.view
        return TransferSummary(view.request, self.source, view.warehouse, view.requested_by, view.lines)


_SOURCE = aliased(Warehouse, name="source")


def list_transfers(
    session: Session, wanted: TransferFilter, *, by: Actor, before: int | None = None, limit: int = 50
) -> list[TransferSummary]:
    """Transfer orders that the actor may see, newest first; `before` (an id) continues a page."""
    query = _transfers(wanted, by=by).order_by(PartRequest.id.desc()).limit(limit)
    if before is not None:
        query = query.where(PartRequest.id < before)
    rows = session.execute(query).all()
    lines: dict[int, list[AnyRow]] = defaultdict(list)
    for row in session.execute(
        select(PartRequestLine, Part)
        .join(Part, Part.id == PartRequestLine.part_id)
        .where(PartRequestLine.request_id.in_([order.id for order, *_ in rows]))
        .order_by(PartRequestLine.request_id, PartRequestLine.position)
    ):
        lines[row[0].request_id].append(row)
    return [TransferSummary(*row, lines=lines[row[0].id]) for row in rows]


def count_transfers(session: Session, wanted: TransferFilter, *, by: Actor) -> int:
    """How many transfer orders a list would show."""
    query = _transfers(wanted, by=by).with_only_columns(func.count(), maintain_column_froms=True)
    return session.execute(query).scalar_one()


def get_transfer(session: Session, request_id: int, *, by: Actor) -> TransferView:
    """A transfer order with its lines, where their units are, and what they tell of themselves.

    Raises: NotPermitted; TransferNotFound, also for one that the actor may not see.
    """
    query = _transfers(TransferFilter(), by=by).where(PartRequest.id == request_id)
    found = session.execute(query).one_or_none()
    if found is None:
        raise TransferNotFound(transfer=TransferOrder(request_id).number)
    order, source, destination, person = found
    view = read_view(session, order, destination, person, of_lines=PartRequestLine.source_id.is_not(None))
    return TransferView(source, view)


def _transfers(wanted: TransferFilter, *, by: Actor) -> Select[PartRequest, Warehouse, Warehouse, Person]:
    """Transfer orders are visible at both ends."""
    by.require(Permission.SEE_TRANSFERS)
    return (
        select(PartRequest, _SOURCE, Warehouse, Person)
        .join(_SOURCE, _SOURCE.id == PartRequest.source_id)
        .join(Warehouse, Warehouse.id == PartRequest.warehouse_id)
        .join(Person, Person.id == PartRequest.requested_by_id)
        .where(
            identity.covers(by, Permission.SEE_TRANSFERS, PartRequest.source_id, PartRequest.warehouse_id),
            *_conditions(wanted),
        )
    )


def _conditions(wanted: TransferFilter) -> Iterator[ColumnElement[bool]]:
    of_order = PartRequestLine.request_id == PartRequest.id
    if wanted.open:
        yield exists().where(of_order, OPEN).correlate(PartRequest)
    if wanted.status is not None:
        yield exists().where(of_order, PartRequestLine.status == wanted.status.value).correlate(PartRequest)
    if wanted.source_id is not None:
        yield PartRequest.source_id == wanted.source_id
    if wanted.destination_id is not None:
        yield PartRequest.warehouse_id == wanted.destination_id
    if wanted.place_id is not None:
        yield (PartRequest.source_id == wanted.place_id) | (PartRequest.warehouse_id == wanted.place_id)
    if wanted.part is not None:
        asked = Part.id == PartRequestLine.part_id
        yield exists().where(of_order, asked, Part.number == wanted.part).correlate(PartRequest)
