"""Part requests: asked for, sourced, set aside and promised in one transaction."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from psycopg.types.json import Jsonb
from sqlalchemy import text
from sqlalchemy.orm import Session

from inventory.actor import Actor
from inventory.db import QUANTITY_MAX
from inventory.identity import Permission
from inventory.ledger import Allocated, Purpose
from inventory.sourcing.candidates import AskedLine, ResolvedWish, resolve_wish
from inventory.sourcing.errors import (
    PartInactive,
    PartUnknown,
    PriorityOutOfRange,
    QuantityOutOfRange,
    RequestEmpty,
    RequestingWarehouseUnknown,
    RequestTooLong,
)
from inventory.sourcing.models import PartRequest
from inventory.sourcing.placing import Placement, allocate_urgent, place_or_wait
from inventory.sourcing.promises import PromisedShare, due, promise_columns
from inventory.sourcing.ranking import Need
from inventory.warehousing import FloorWork, Trigger, hand_to_floor

LINES_MAX = 200


@dataclass(frozen=True, slots=True)
class WishedLine:
    """A part by its number, and how many base units of it."""

    part: str
    quantity: int


@dataclass(frozen=True, slots=True)
class PartRequestWish:
    """What somebody asks for: the repair centre by its code, the lines, and how urgent they are."""

    warehouse: str
    lines: Sequence[WishedLine]
    work_order_id: int | None = None
    needed_by: datetime | None = None
    priority: int = 5
    note: str = ""

    @property
    def for_shelf(self) -> bool:
        """Whether it is to fill the repair centre's own shelf."""
        return self.work_order_id is None


@dataclass(frozen=True, slots=True)
class PromisedLine:
    """A line as it was accepted: what is set aside where, what is back-ordered, and by when it is promised."""

    line_id: int
    position: int
    part: str
    quantity: int
    back_ordered: int
    promised_at: datetime
    shares: tuple[PromisedShare, ...]


@dataclass(frozen=True, slots=True)
class AcceptedRequest:
    """The answer to a part request: its number, and the promise of each line."""

    request_id: int
    number: str
    accepted_at: datetime
    lines: tuple[PromisedLine, ...]


def request_parts(session: Session, wish: PartRequestWish, *, by: Actor, at: datetime) -> AcceptedRequest:
    """Accept a part request: source it, set stock aside, promise it, and hand what is urgent to the floor.

    What no warehouse can fill becomes a back-order of the person who asks, due within the hours of the destination's
    normal source; no line is ever left without either.

    Raises: RequestEmpty, RequestTooLong, QuantityOutOfRange, PriorityOutOfRange; RequestingWarehouseUnknown;
    PartUnknown; PartInactive for a part that is no longer supplied and has nothing in stock anywhere.
    """
    _check(wish)
    numbers, units = [line.part for line in wish.lines], sum(line.quantity for line in wish.lines)
    resolved = resolve_wish(session, wish.warehouse, numbers, units=units, for_shelf=wish.for_shelf, at=at)
    needs = _needs(wish, resolved, by=by)
    placements, _ = place_or_wait(session, needs, resolved.candidates, at=at)
    lines = _promise(wish, resolved, placements, at=at)
    allocated = allocate_urgent(session, placements, by=by, at=at)
    _write(session, wish, resolved, lines, placements, by=by, at=at)
    hand_to_floor(session, _work(placements, allocated, needs[0].destination_id, at=at), Trigger.URGENT, by=by, at=at)
    return AcceptedRequest(resolved.request_id, PartRequest(id=resolved.request_id).number, at, tuple(lines))


def _work(
    placements: Sequence[Placement], allocated: Sequence[Allocated], destination_id: int, *, at: datetime
) -> list[FloorWork]:
    """The allocated lots of the urgent shares as work for the floor, each due at its own promise."""
    urgent = {one.reservation_id: one for one in placements if one.urgent}
    return [
        FloorWork(one, destination_id, due(at, urgent[one.reservation_id].hours))
        for one in allocated
        if one.reservation_id in urgent
    ]


def _check(wish: PartRequestWish) -> None:
    if not wish.lines:
        raise RequestEmpty()
    if len(wish.lines) > LINES_MAX:
        raise RequestTooLong(most=LINES_MAX)
    if not 1 <= wish.priority <= 9:
        raise PriorityOutOfRange(priority=wish.priority)
    for line in wish.lines:
        if not 1 <= line.quantity <= QUANTITY_MAX:
            raise QuantityOutOfRange(part=line.part, most=QUANTITY_MAX)


def _needs(wish: PartRequestWish, resolved: ResolvedWish, *, by: Actor) -> list[Need]:
    """The lines as needs of a destination the actor may ask for; a foreign one answers like a missing one."""
    destination_id = resolved.destination_id
    if destination_id is None or not by.may(Permission.REQUEST_PARTS, destination_id):
        by.require(Permission.REQUEST_PARTS)
        raise RequestingWarehouseUnknown(warehouse=wish.warehouse)
    in_stock = {candidate.line_id for candidate in resolved.candidates}
    return [
        Need(asked.line_id, destination_id, _orderable(asked, in_stock), line.quantity, wish.priority, wish.for_shelf)
        for asked, line in zip(resolved.lines, wish.lines, strict=True)
    ]


def _orderable(asked: AskedLine, in_stock: set[int]) -> int:
    if asked.part_id is None:
        raise PartUnknown(part=asked.number)
    if not asked.part_active and asked.line_id not in in_stock:
        raise PartInactive(part=asked.number)
    return asked.part_id


def _promise(
    wish: PartRequestWish, resolved: ResolvedWish, placements: Sequence[Placement], *, at: datetime
) -> list[PromisedLine]:
    """What each line is promised: its placed shares by their class, the rest by the normal source's."""
    lines = []
    for position, (asked, line) in enumerate(zip(resolved.lines, wish.lines, strict=True), start=1):
        shares = [share_of(one, at=at, reason="accepted") for one in placements if one.line_id == asked.line_id]
        back_ordered = line.quantity - sum(share.quantity for share in shares)
        if back_ordered:
            shares.append(_waiting(asked, back_ordered, resolved, at=at))
        lines.append(
            PromisedLine(
                line_id=asked.line_id,
                position=position,
                part=asked.number,
                quantity=line.quantity,
                back_ordered=back_ordered,
                promised_at=max(share.promised_at for share in shares),
                shares=tuple(shares),
            )
        )
    return lines


def share_of(placement: Placement, *, at: datetime, reason: str) -> PromisedShare:
    """The promise that follows from stock set aside at an instant."""
    return PromisedShare(
        line_id=placement.line_id,
        source_id=placement.key.warehouse_id,
        source=placement.source_code,
        part_id=placement.key.part_id,
        part=placement.part_number,
        quantity=placement.quantity,
        delivery_class=placement.delivery_class,
        promised_at=due(at, placement.hours),
        reason=reason,
    )


def _waiting(asked: AskedLine, quantity: int, resolved: ResolvedWish, *, at: datetime) -> PromisedShare:
    assert asked.part_id is not None, "an unknown part was refused before"
    assert resolved.preferred_class is not None, "every destination has a normal source"
    return PromisedShare(
        line_id=asked.line_id,
        source_id=None,
        source=None,
        part_id=asked.part_id,
        part=asked.number,
        quantity=quantity,
        delivery_class=resolved.preferred_class,
        promised_at=due(at, resolved.preferred_hours),
        reason="back_ordered",
    )


# The request, its lines with the state their units are in, the promises and the first line of each timeline.
_WRITE = text("""
    WITH request AS (
        INSERT INTO part_request (id, warehouse_id, work_order_id, requested_by_id, priority, needed_by, note,
                                  requested_at)
        VALUES (:request_id, :destination_id, :work_order_id, :actor_id, :priority, :needed_by, :note, :at)
    ),
    line AS (
        INSERT INTO part_request_line (id, request_id, position, part_id, quantity, back_ordered, reserved, released,
                                       issued, received, preferred_source_id, responsible_id, next_review_at,
                                       first_promised_at, promised_at, received_at, breach_cause)
        SELECT id, :request_id, position, part_id, quantity, back_ordered, reserved, released, on_site, on_site,
               :preferred_id, :actor_id, promised_at, promised_at, promised_at,
               CASE WHEN on_site = quantity THEN CAST(:at AS timestamptz) END,
               CASE WHEN back_ordered > 0 THEN 'out_of_stock' END
        FROM unnest(CAST(:line_ids AS bigint[]), CAST(:positions AS smallint[]), CAST(:part_ids AS bigint[]),
                    CAST(:line_quantities AS bigint[]), CAST(:back_ordered AS bigint[]), CAST(:reserved AS bigint[]),
                    CAST(:released AS bigint[]), CAST(:on_site AS bigint[]), CAST(:line_promised AS timestamptz[]))
             AS line (id, position, part_id, quantity, back_ordered, reserved, released, on_site, promised_at)
        RETURNING id, status
    ),
    promised AS (
        INSERT INTO promise (line_id, source_id, part_id, quantity, delivery_class, promised_at, reason,
                             actor_id, command_id, made_at)
        SELECT line_id, source_id, part_id, quantity, delivery_class, promised_at, reason, :actor_id, :command_id, :at
        FROM unnest(CAST(:lines AS bigint[]), CAST(:sources AS bigint[]), CAST(:parts AS bigint[]),
                    CAST(:quantities AS bigint[]), CAST(:classes AS text[]), CAST(:hours AS timestamptz[]),
                    CAST(:reasons AS text[]))
             AS share (line_id, source_id, part_id, quantity, delivery_class, promised_at, reason)
    )
    INSERT INTO document_event (document_kind, document_id, happening, from_status, to_status, reason, facts,
                                actor_id, command_id, recorded_at)
    SELECT 'request_line', line.id, 'requested', 'new', line.status, :note, told.facts, :actor_id, :command_id, :at
    FROM line JOIN unnest(CAST(:line_ids AS bigint[]), CAST(:facts AS jsonb[])) AS told (id, facts) USING (id)
    ORDER BY line.id
""")


def _write(
    session: Session,
    wish: PartRequestWish,
    resolved: ResolvedWish,
    lines: Sequence[PromisedLine],
    placements: Sequence[Placement],
    *,
    by: Actor,
    at: datetime,
) -> None:
    """Write the request down in one statement."""
    shares = [share for line in lines for share in line.shares]
    session.execute(
        _WRITE,
        {
            **promise_columns(shares),
            "request_id": resolved.request_id,
            "destination_id": resolved.destination_id,
            "preferred_id": resolved.preferred_id,
            "work_order_id": wish.work_order_id,
            "priority": wish.priority,
            "needed_by": wish.needed_by,
            "note": wish.note,
            "line_ids": [line.line_id for line in lines],
            "positions": [line.position for line in lines],
            "part_ids": [asked.part_id for asked in resolved.lines],
            "line_quantities": [line.quantity for line in lines],
            "back_ordered": [line.back_ordered for line in lines],
            "reserved": [
                _placed(placements, line, lambda one: one.purpose is Purpose.SUPPLY and not one.urgent)
                for line in lines
            ],
            "released": [_placed(placements, line, lambda one: one.urgent) for line in lines],
            "on_site": [_placed(placements, line, lambda one: one.purpose is Purpose.EARMARK) for line in lines],
            "line_promised": [line.promised_at for line in lines],
            "facts": [Jsonb(_facts(line)) for line in lines],
            "actor_id": by.person_id,
            "command_id": by.command_id,
            "at": at,
        },
    )


def _placed(placements: Sequence[Placement], line: PromisedLine, wanted: Callable[[Placement], bool]) -> int:
    return sum(one.quantity for one in placements if one.line_id == line.line_id and wanted(one))


def _facts(line: PromisedLine) -> dict[str, object]:
    return {"quantity": line.quantity, "shares": [share_facts(share) for share in line.shares]}


def share_facts(share: PromisedShare) -> dict[str, object]:
    """A promised share as the timeline keeps it."""
    return {
        "source_id": share.source_id,
        "part_id": share.part_id,
        "quantity": share.quantity,
        "delivery_class": str(share.delivery_class),
        "promised_at": share.promised_at.isoformat(),
    }
