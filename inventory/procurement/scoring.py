"""What suppliers do: lead times learned from what came, and a score card for a time."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from inventory.actor import Actor
from inventory.identity import Permission

LEARNED_OVER = timedelta(days=730)
"""How far back receipts tell how fast a supplier is."""

# A line is late by its own day at 12:00 UTC, as it is expected; its lead time runs from the order to each delivery.
_LEARN = text("""
    WITH delivery AS (
        SELECT l.supplier_part_id, extract(epoch FROM r.received_at - o.sent_at) / 86400 AS days
        FROM purchase_receipt r
        JOIN purchase_order_line l ON l.id = r.line_id
        JOIN purchase_order o ON o.id = l.order_id
        WHERE r.received_at > :since AND o.sent_at IS NOT NULL
    ),
    learned AS (
        SELECT supplier_part_id, count(*) AS receipts, avg(days) AS mean, coalesce(stddev_samp(days), 0) AS sd
        FROM delivery GROUP BY supplier_part_id
    )
    UPDATE supplier_part AS sold
    SET learned_receipts = learned.receipts, learned_days_mean = greatest(learned.mean, 0), learned_days_sd = learned.sd
    FROM learned
    WHERE learned.supplier_part_id = sold.id
      AND (sold.learned_receipts, sold.learned_days_mean, sold.learned_days_sd)
          IS DISTINCT FROM (learned.receipts, greatest(learned.mean, 0), learned.sd)
""")


def learn_lead_times(session: Session, *, at: datetime) -> int:
    """Write the mean and the spread of the real lead time, in days from order to delivery, with every supplier part.

    Return how many changed. What was learned once stays when nothing comes any more.
    """
    return session.connection().execute(_LEARN, {"since": at - LEARNED_OVER}).rowcount


@dataclass(frozen=True, slots=True)
class ScoreCard:
    """What a supplier did in a time. Shares are of the lines that were due in it; None where there were none.

    On time: all that was ordered less the tolerance had come by the first day he promised, else by the day wanted. In
    full: it came in the end. Days are from order to delivery. `price_drift` is what was paid against the price of the
    first order of each part in that time and currency, as a share: 0.03 is 3 % more.
    """

    lines_due: int
    on_time: float | None
    in_full: float | None
    on_time_in_full: float | None
    lead_days_mean: float | None
    lead_days_sd: float | None
    stated_days_mean: float | None
    rejected_share: float | None
    price_drift: float | None


_DUE = text("""
    WITH line AS (
        SELECT l.id, l.quantity * (100 - s.under_tolerance_percent) / 100.0 AS enough,
               coalesce(l.promised_on, l.wanted_on) AS due_on
        FROM purchase_order_line l
        JOIN purchase_order o ON o.id = l.order_id JOIN supplier s ON s.id = o.supplier_id
        WHERE o.supplier_id = :supplier_id AND o.sent_at IS NOT NULL
          AND coalesce(l.promised_on, l.wanted_on) BETWEEN :first AND :last
    ),
    came AS (
        SELECT line.id,
               coalesce(sum(r.quantity), 0) >= line.enough AS in_full,
               coalesce(sum(r.quantity) FILTER (
                   WHERE CAST(r.received_at AT TIME ZONE 'UTC' AS date) <= line.due_on), 0) >= line.enough AS on_time
        FROM line LEFT JOIN purchase_receipt r ON r.line_id = line.id
        GROUP BY line.id, line.enough
    )
    SELECT count(*) AS lines, avg(CAST(on_time AS int)) AS on_time, avg(CAST(in_full AS int)) AS in_full,
           avg(CAST(on_time AND in_full AS int)) AS otif
    FROM came
""")
_DELIVERED = text("""
    SELECT avg(extract(epoch FROM r.received_at - o.sent_at) / 86400) AS mean,
           stddev_samp(extract(epoch FROM r.received_at - o.sent_at) / 86400) AS sd,
           avg(sold.lead_time_days) AS stated,
           CAST(sum(r.rejected) AS numeric) / nullif(sum(r.quantity), 0) AS rejected
    FROM purchase_receipt r
    JOIN purchase_order_line l ON l.id = r.line_id
    JOIN purchase_order o ON o.id = l.order_id
    JOIN supplier_part sold ON sold.id = l.supplier_part_id
    WHERE o.supplier_id = :supplier_id
      AND CAST(r.received_at AT TIME ZONE 'UTC' AS date) BETWEEN :first AND :last
""")
_DRIFT = text("""
    SELECT sum(quantity * price) / nullif(sum(quantity * first_price), 0) - 1 FROM (
        SELECT l.quantity, l.price,
               first_value(l.price) OVER (PARTITION BY l.part_id, o.currency ORDER BY o.sent_at, o.id) AS first_price
        FROM purchase_order_line l JOIN purchase_order o ON o.id = l.order_id
        WHERE o.supplier_id = :supplier_id
          AND CAST(o.sent_at AT TIME ZONE 'UTC' AS date) BETWEEN :first AND :last
    ) AS bought
""")


def score_card(session: Session, supplier_id: int, *, first: date, last: date, by: Actor) -> ScoreCard:
    """What a supplier did between two days, both included. Lines are counted over the whole network."""
    by.require(Permission.SEE_PURCHASES)
    asked = {"supplier_id": supplier_id, "first": first, "last": last}
    due = session.execute(_DUE, asked).one()
    delivered = session.execute(_DELIVERED, asked).one()
    return ScoreCard(
        lines_due=due.lines,
        on_time=_share(due.on_time),
        in_full=_share(due.in_full),
        on_time_in_full=_share(due.otif),
        lead_days_mean=_share(delivered.mean),
        lead_days_sd=_share(delivered.sd),
        stated_days_mean=_share(delivered.stated),
        rejected_share=_share(delivered.rejected),
        price_drift=_share(session.scalar(_DRIFT, asked)),
    )


def _share(value: Any) -> float | None:
    return None if value is None else float(value)
