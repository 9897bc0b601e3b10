"""Folding: request lines become the days on which parts were asked for.

A day is worked out as a whole from the lines that were asked for on it, and only rows that differ are written: done
twice or broken off and begun again it says the same. Which days, the timeline tells: those of the lines to which
anything happened since the last folding. Identity order is not commit order, so events are read again from a day
before that; what was folded already costs reading and changes nothing.

What a line counts:
- Only lines of work orders. What fills a shelf, a station's own or by transfer, is never demand.
- Net of what was cancelled, unless the first promise had passed by then: it came too late, and the need was real.
- Net of what came, in time, and was freed undrawn; and of what was drawn and given back good. What went back damaged
  had to be replaced.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, insert, select, text
from sqlalchemy.orm import Session

from inventory.planning.demand.models import DemandFold
from inventory.timeline import DocumentEvent

OVERLAP = timedelta(days=1)
"""No transaction is open for so long: what it told has been committed by then, or never will be."""


@dataclass(frozen=True, slots=True)
class Fold:
    """A folding under way: the days that it has to work out, and the last event that there was when it began."""

    days: Sequence[date]
    event_id: int


_DAYS = text("""
    SELECT DISTINCT CAST(request.requested_at AT TIME ZONE :zone AS date) AS asked_on
    FROM document_event AS event
    JOIN part_request_line AS line ON line.id = event.document_id
    JOIN part_request AS request ON request.id = line.request_id
    WHERE event.document_kind = 'request_line' AND event.id > :after AND request.work_order_id IS NOT NULL
    ORDER BY asked_on
""")

_FOLD_DAY = text("""
    WITH told AS (
        SELECT line.id, line.part_id, request.warehouse_id,
               coalesce(line.preferred_source_id, request.warehouse_id) AS source_id, line.quantity,
               CASE WHEN min(event.recorded_at) FILTER (WHERE event.happening = 'cancelled') <= line.first_promised_at
                    THEN line.cancelled ELSE 0 END AS cancelled,
               coalesce(sum(CAST(event.facts ->> 'quantity' AS bigint)) FILTER (
                   WHERE event.happening = 'earmark_freed'
                     AND coalesce(line.received_at, event.recorded_at) <= line.first_promised_at), 0) AS freed,
               coalesce(sum(CAST(event.facts ->> 'quantity' AS bigint)) FILTER (
                   WHERE event.happening = 'given_back' AND event.facts ->> 'condition' = 'good'), 0) AS given_back
        FROM part_request AS request
        JOIN part_request_line AS line ON line.request_id = request.id
        LEFT JOIN document_event AS event ON event.document_id = line.id AND event.document_kind = 'request_line'
             AND event.happening IN ('cancelled', 'earmark_freed', 'given_back')
        WHERE request.requested_at >= :begins_at AND request.requested_at < :ends_at
          AND request.work_order_id IS NOT NULL
        GROUP BY line.id, request.id
    ),
    folded AS (
        SELECT part_id, warehouse_id, source_id,
               least(CAST(sum(greatest(quantity - cancelled - freed - given_back, 0)) AS bigint), 999999999) AS quantity
        FROM told GROUP BY part_id, warehouse_id, source_id
    ),
    gone AS (
        DELETE FROM demand_day AS day WHERE day.asked_on = :day AND day.origin = 'asked' AND NOT EXISTS (
            SELECT FROM folded
            WHERE (folded.part_id, folded.warehouse_id, folded.source_id)
                = (day.part_id, day.warehouse_id, day.source_id) AND folded.quantity > 0)
    ),
    begun AS (
        INSERT INTO demand_beginning (warehouse_id, first_on)
        SELECT DISTINCT warehouse_id, CAST(:day AS date) FROM folded ORDER BY warehouse_id
        ON CONFLICT (warehouse_id) DO UPDATE SET first_on = excluded.first_on
        WHERE excluded.first_on < demand_beginning.first_on
    )
    INSERT INTO demand_day (part_id, warehouse_id, asked_on, source_id, origin, quantity)
    SELECT part_id, warehouse_id, :day, source_id, 'asked', quantity FROM folded WHERE quantity > 0
    ORDER BY part_id, warehouse_id, source_id
    ON CONFLICT (part_id, warehouse_id, asked_on, source_id, origin) DO UPDATE SET quantity = excluded.quantity
    WHERE demand_day.quantity <> excluded.quantity
""")
_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(:lock)")
FOLDING_LOCK = 0x6265696A03


def begin_fold(session: Session, zone: ZoneInfo) -> Fold:
    """Say which local days have to be worked out, all those of lines to which anything happened since the last time."""
    last_at = select(func.max(DemandFold.folded_at)).scalar_subquery()
    after = session.scalar(select(func.max(DemandFold.event_id)).where(DemandFold.folded_at <= last_at - OVERLAP))
    event_id = session.scalar(select(func.max(DocumentEvent.id))) or 0
    days = session.scalars(_DAYS, {"zone": zone.key, "after": after or 0}).all()
    return Fold(days, event_id)


def fold_day(session: Session, day: date, zone: ZoneInfo) -> None:
    """Work out what was asked for on a local day, from all its lines, and write what differs."""
    session.execute(_ONE_AT_A_TIME, {"lock": FOLDING_LOCK})
    begins_at, ends_at = (datetime.combine(one, time(), zone) for one in (day, day + timedelta(days=1)))
    session.execute(_FOLD_DAY, {"day": day, "begins_at": begins_at, "ends_at": ends_at})


def end_fold(session: Session, fold: Fold, *, at: datetime) -> None:
    """Note that all days of a folding are worked out, so that the next one goes on from here."""
    session.execute(insert(DemandFold).values(event_id=fold.event_id, folded_at=at))
