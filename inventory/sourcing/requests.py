"""Part requests: asked for, sourced, set aside and promised in one transaction."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from inventory.actor import Actor
from inventory.db import QUANTITY_MAX
from inventory.identity import Permission
from inventory.ledger import Allocated
from inventory.sourcing.booking import book_request
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
from inventory.sourcing.placing import Placement, allocate_urgent, place_or_wait, share_of
from inventory.sourcing.promises import PromisedShare, due
from inventory.sourcing.ranking import Need
from inventory.sourcing.wishes import AcceptedRequest, PartRequestWish, PromisedLine
from inventory.warehousing import FloorWork, Trigger, hand_to_floor

LINES_MAX = 200


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
    placements, _ = place_or_wait(session, needs, resolved.candidates, by=by, at=at)
    lines = _promise(wish, resolved, placements, at=at)
    allocated = allocate_urgent(session, placements, by=by, at=at)
    book_request(session, wish, resolved, lines, placements, by=by, at=at)
    hand_to_floor(session, _work(placements, allocated, needs[0].destination_id, at=at), Trigger.URGENT, by=by, at=at)
    return AcceptedRequest(resolved.request_id, PartRequest(id=resolved.request_id).number, at, tuple(lines))


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
