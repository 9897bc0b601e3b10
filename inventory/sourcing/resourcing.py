"""Sourcing lines anew, and filling back-orders: units without a source get one, and a new promise with its reason."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter

from sqlalchemy import text
from sqlalchemy.orm import Session

from inventory import ledger
from inventory.actor import Actor
from inventory.ledger import Purpose, StockAvailable, StockKey
from inventory.sourcing.booking import share_facts
from inventory.sourcing.candidates import list_candidates, list_yielding
from inventory.sourcing.lines import Step, advance
from inventory.sourcing.models import DeliveryClass
from inventory.sourcing.placing import (
    Placement,
    allocate_urgent,
    meet_needs,
    place,
    place_from_transfers,
    place_or_wait,
    share_of,
)
from inventory.sourcing.promises import DELIVERY_CLASS, TERMS_IN_FORCE, due, record_promises, renew_promised_hours
from inventory.sourcing.ranking import Candidate, Need, rank
from inventory.warehousing import FloorWork, Trigger, hand_to_floor

REVIEW_EVERY = timedelta(hours=1)
FILLS_MAX = 500
"""How many waiting lines are looked at in one go; when stock becomes available the rest wait for the next review."""

_NEEDS_OF = """
    SELECT l.id, r.warehouse_id, l.part_id, l.back_ordered, r.priority, r.work_order_id IS NULL AS for_shelf
    FROM part_request_line l JOIN part_request r ON r.id = l.request_id
    WHERE l.id = ANY(CAST(:lines AS bigint[])) AND l.back_ordered > 0
    ORDER BY r.priority, r.needed_by NULLS LAST, r.requested_at, l.id
"""
_NEEDS = text(_NEEDS_OF)
# Who holds a line is sourcing it at this moment: a review leaves it to him.
_HELD_NEEDS = text(_NEEDS_OF + "FOR UPDATE OF l SKIP LOCKED")
# Lines that wait for what the keys hold, most deserving first; the lines are locked after the balances, as always.
_WAITING = text(f"""
    WITH key AS (
        SELECT key.*, balance.on_hand - balance.reserved AS available
        FROM unnest(CAST(:warehouses AS bigint[]), CAST(:parts AS bigint[]), CAST(:owners AS bigint[]))
             AS key (warehouse_id, part_id, owner_id)
        JOIN balance USING (warehouse_id, part_id, owner_id)
        WHERE balance.on_hand > balance.reserved AND owner_id = (SELECT id FROM stock_owner WHERE is_default)
    ),
    serves AS (
        SELECT key.*, key.part_id AS asked_part_id, 0 AS preference FROM key
        UNION ALL
        SELECT key.*, usable.asked_part_id, usable.preference FROM key JOIN usable_part usable
        ON usable.usable_part_id = key.part_id AND usable.valid_from <= CAST(:at AS date)
           AND (usable.valid_to IS NULL OR usable.valid_to > CAST(:at AS date))
    ),
    term AS MATERIALIZED ({TERMS_IN_FORCE})
    SELECT * FROM (
        SELECT l.id, l.part_id AS asked_part_id, r.warehouse_id AS destination_id, r.priority,
               r.work_order_id IS NULL AS for_shelf, serves.warehouse_id, serves.part_id, serves.owner_id,
               serves.preference, serves.available, source.code AS source_code, supplied.number AS part_number,
               source.tier AS source_tier, {DELIVERY_CLASS} AS delivery_class, term.hours,
               dense_rank() OVER (ORDER BY r.priority, r.needed_by NULLS LAST, r.requested_at, l.id) AS turn
        FROM serves
        JOIN part_request_line l ON l.part_id = serves.asked_part_id AND l.back_ordered > 0
        JOIN part_request r ON r.id = l.request_id
        JOIN part supplied ON supplied.id = serves.part_id
        JOIN warehouse source ON source.id = serves.warehouse_id
        JOIN warehouse destination ON destination.id = r.warehouse_id
        JOIN term ON term.delivery_class = {DELIVERY_CLASS}
        WHERE source.active AND (source.tier <> 'repair' OR source.city_code = destination.city_code)
          AND NOT (r.work_order_id IS NULL AND source.id = destination.id)
    ) waiting
    WHERE turn <= {FILLS_MAX} ORDER BY turn
""")  # noqa: S608
_NEXT_WAITING = text("""
    SELECT l.id FROM part_request_line l JOIN part_request r ON r.id = l.request_id
    WHERE l.back_ordered > 0
      AND (CAST(:after AS bigint) IS NULL
           OR (r.priority, coalesce(r.needed_by, 'infinity'), r.requested_at, l.id)
              > (SELECT r.priority, coalesce(r.needed_by, 'infinity'), r.requested_at, l.id
                 FROM part_request_line l JOIN part_request r ON r.id = l.request_id WHERE l.id = :after))
    ORDER BY r.priority, coalesce(r.needed_by, 'infinity'), r.requested_at, l.id LIMIT :most
""")
# Who still waits is looked at again: the clock of an open line never stands in the past for long.
_LOOK_AGAIN = text("""
    UPDATE part_request_line SET next_review_at = :next_at
    WHERE id = ANY(CAST(:lines AS bigint[])) AND back_ordered > 0 AND next_review_at <= :at
""")
_HOLD = text("""
    SELECT id, back_ordered FROM part_request_line
    WHERE id = ANY(CAST(:lines AS bigint[])) AND back_ordered > 0 ORDER BY id FOR UPDATE
""")


def source_anew(session: Session, line_ids: Sequence[int], *, reason: str, by: Actor, at: datetime) -> None:
    """Find a source for the back-ordered units of lines; what nobody has keeps waiting.

    The new promise counts from now and is a new row with its reason; whether a promise was kept is still measured
    against the first.
    """
    needs = _held_needs(session, line_ids)
    placements, _ = place_or_wait(session, needs, list_candidates(session, needs, at=at), by=by, at=at)
    destinations = {need.line_id: need.destination_id for need in needs}
    _settle(session, placements, destinations, what="sourced_anew", reason=reason, by=by, at=at)


def review_backorders(session: Session, *, after: int | None = None, by: Actor, at: datetime) -> int | None:
    """Look at lines that wait once more, by priority, need and age: the safety net under the filling at every arrival.

    `after` is the line that the last look ended with; tells the line that this one ended with, None at the end of all.
    What rivals took or brought while the balances were waited for is left to them, and to the next look.
    """
    turn = session.execute(_NEXT_WAITING, {"after": after, "most": FILLS_MAX}).scalars().all()
    sources = _hold_sources(session, turn, at=at)
    needs = _held_needs(session, turn)
    placements = _place_from(session, sources, needs, by=by, at=at) if sources else []
    destinations = {need.line_id: need.destination_id for need in needs}
    _settle(session, placements, destinations, what="sourced_anew", reason="review", by=by, at=at)
    reviewed = [need.line_id for need in needs]
    session.execute(_LOOK_AGAIN, {"lines": reviewed, "at": at, "next_at": at + REVIEW_EVERY})
    return turn[-1] if len(turn) == FILLS_MAX else None


def _hold_sources(session: Session, line_ids: Sequence[int], *, at: datetime) -> set[StockKey]:
    """Hold the balances that the lines are to be served from, before the lines themselves."""
    needs = [Need(*row) for row in session.execute(_NEEDS, {"lines": list(line_ids)})]
    choices = rank(needs, list_candidates(session, needs, at=at)) + rank(needs, list_yielding(session, needs, at=at))
    sources = {choice.key for choice in choices}
    ledger.lock_balances(session, sources)
    return sources


def _place_from(
    session: Session, sources: set[StockKey], needs: Sequence[Need], *, by: Actor, at: datetime
) -> list[Placement]:
    """Place needs on free stock and, before it is moved elsewhere, on that of transfers; all of it where it is held."""
    free = [one for one in list_candidates(session, needs, at=at) if one.key in sources]
    placements, left = place(session, needs, free, at=at)
    yielding = [one for one in list_yielding(session, left, at=at) if one.key in sources]
    yielded, _ = place_from_transfers(session, left, yielding, by=by, at=at)
    return placements + yielded


def _held_needs(session: Session, line_ids: Sequence[int]) -> list[Need]:
    """What of the lines has no source, the lines held."""
    return [Need(*row) for row in session.execute(_HELD_NEEDS, {"lines": list(line_ids)})]


def fill_backorders(session: Session, event: StockAvailable) -> None:
    """Give what became available to the lines that wait for it, by priority, need, age of the request and id.

    Runs inside the transaction that made the stock available and holds its balance rows.
    """
    meet_needs(session, [key.part_id for key in event.keys])
    rows = session.execute(
        _WAITING,
        {
            "warehouses": [key.warehouse_id for key in event.keys],
            "parts": [key.part_id for key in event.keys],
            "owners": [key.owner_id for key in event.keys],
            "at": event.at,
        },
    ).all()
    if not rows:
        return
    held = {row.id: row.back_ordered for row in session.execute(_HOLD, {"lines": list({row.id for row in rows})})}
    firsts = [next(group) for _, group in groupby(rows, key=attrgetter("id"))]
    needs = [
        Need(row.id, row.destination_id, row.asked_part_id, held[row.id], row.priority, row.for_shelf)
        for row in firsts
        if row.id in held
    ]
    candidates = [
        Candidate(
            line_id=row.id,
            key=StockKey(row.warehouse_id, row.part_id, row.owner_id),
            source_code=row.source_code,
            part_number=row.part_number,
            delivery_class=DeliveryClass(row.delivery_class),
            hours=row.hours,
            neighbour=row.source_tier == "repair" and row.warehouse_id != row.destination_id,
            preference=row.preference,
            distance_km=0.0,
            available=row.available,
        )
        for row in rows
    ]
    placements, _ = place(session, needs, candidates, at=event.at)
    destinations = {need.line_id: need.destination_id for need in needs}
    _settle(
        session, placements, destinations, what="back_order_filled", reason="stock_available", by=event.by, at=event.at
    )


def _settle(
    session: Session,
    placements: Sequence[Placement],
    destinations: dict[int, int],
    *,
    what: str,
    reason: str,
    by: Actor,
    at: datetime,
) -> None:
    """Account for placed units on their lines, promise them, and hand what is urgent to the floor."""
    if not placements:
        return
    allocated = allocate_urgent(session, placements, by=by, at=at)
    shares = [share_of(one, at=at, reason=reason) for one in placements]
    steps = [
        Step(
            one.line_id,
            what,
            back_ordered=-one.quantity,
            reserved=one.quantity if one.purpose is Purpose.SUPPLY and not one.urgent else 0,
            released=one.quantity if one.urgent else 0,
            issued=one.quantity if one.purpose is Purpose.EARMARK else 0,
            received=one.quantity if one.purpose is Purpose.EARMARK else 0,
            reason=reason,
            facts={"shares": [share_facts(share)]},
        )
        for one, share in zip(placements, shares, strict=True)
    ]
    advance(session, steps, by=by, at=at)
    record_promises(session, shares, by=by, at=at)
    renew_promised_hours(session, [share.line_id for share in shares])
    urgent = {one.reservation_id: one for one in placements if one.urgent}
    work = [
        FloorWork(one, destinations[one.line_id], due(at, urgent[one.reservation_id].hours))
        for one in allocated
        if one.reservation_id in urgent
    ]
    hand_to_floor(session, work, Trigger.URGENT, by=by, at=at)
