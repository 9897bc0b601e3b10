"""The delivery hours of each class, and the promise that follows from them.

The class compares the GB/T 2260 codes of source and destination: same prefecture-level city, same province, else out
of province; off the centre's own shelf is a class of its own. Hours are rows with validity dates. The clock starts at
acceptance and runs 7 x 24. *Kept* is measured against the first promise, when the line's last unit is received.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

from inventory.actor import Actor
from inventory.sourcing.models import DeliveryClass

# The class as the database computes it where candidates are read; `source` and `destination` are warehouses.
DELIVERY_CLASS = """
    CASE WHEN source.id = destination.id THEN 'on_site'
         WHEN source.city_code = destination.city_code THEN 'same_city'
         WHEN source.province_code = destination.province_code THEN 'same_province'
         ELSE 'out_of_province' END
"""
# The terms in force at :at, a row a class.
TERMS_IN_FORCE = """
    SELECT DISTINCT ON (delivery_class) delivery_class, hours FROM delivery_term
    WHERE valid_from <= :at AND (valid_to IS NULL OR valid_to > :at)
    ORDER BY delivery_class, valid_from DESC
"""


@dataclass(frozen=True, slots=True)
class PromisedShare:
    """What is promised for a share of a line: the source (none while it is back-ordered), the class and the hour.

    `source` is the warehouse's code and `part` the number really supplied, as the answer tells them.
    """

    line_id: int
    source_id: int | None
    source: str | None
    part_id: int
    part: str
    quantity: int
    delivery_class: DeliveryClass
    promised_at: datetime
    reason: str


def due(start: datetime, hours: int) -> datetime:
    """The promised hour: the delivery hours after the start, around the clock.

    Units: hours are clock hours.
    """
    return start + timedelta(hours=hours)


def is_urgent(delivery_class: DeliveryClass, priority: int) -> bool:
    """Urgent lines go to the floor in the same breath: same city, or the engineer waits (priority 1 and 2)."""
    return delivery_class is DeliveryClass.SAME_CITY or priority <= ENGINEER_WAITS


ENGINEER_WAITS = 2
"""The least urgent priority that says that the engineer waits at the customer's."""

_PROMISE = text("""
    INSERT INTO promise (line_id, source_id, part_id, quantity, delivery_class, promised_at, reason,
                         actor_id, command_id, made_at)
    SELECT line_id, source_id, part_id, quantity, delivery_class, promised_at, reason, :actor_id, :command_id, :at
    FROM unnest(CAST(:lines AS bigint[]), CAST(:sources AS bigint[]), CAST(:parts AS bigint[]),
                CAST(:quantities AS bigint[]), CAST(:classes AS text[]), CAST(:hours AS timestamptz[]),
                CAST(:reasons AS text[]))
         AS share (line_id, source_id, part_id, quantity, delivery_class, promised_at, reason)
""")
# Of each source that still owes a line something, set aside or on the road, the last promise counts.
_RENEW = text("""
    UPDATE part_request_line l
    SET promised_at = CASE WHEN l.back_ordered > 0 THEN greatest(l.promised_at, owed.promised_at)
                           ELSE owed.promised_at END,
        next_review_at = CASE WHEN l.back_ordered > 0 THEN greatest(l.next_review_at, owed.promised_at)
                              ELSE owed.promised_at END
    FROM (
        SELECT line_id, max(promised_at) AS promised_at FROM (
            SELECT DISTINCT ON (line_id, source_id) line_id, source_id, promised_at FROM promise
            WHERE line_id = ANY(CAST(:lines AS bigint[])) ORDER BY line_id, source_id, id DESC
        ) last
        WHERE EXISTS (SELECT FROM reservation v WHERE v.line_id = last.line_id AND v.warehouse_id = last.source_id
                      AND v.purpose = 'supply' AND v.quantity > 0)
           OR EXISTS (SELECT FROM shipment_line s JOIN shipment h ON h.id = s.shipment_id
                      WHERE s.line_id = last.line_id AND h.source_id = last.source_id
                        AND s.received + s.damaged + s.missing < s.quantity)
        GROUP BY line_id
    ) owed
    WHERE l.id = owed.line_id
""")


def promise_columns(shares: Sequence[PromisedShare]) -> dict[str, list[object]]:
    """The shares as one array a column."""
    return {
        "lines": [share.line_id for share in shares],
        "sources": [share.source_id for share in shares],
        "parts": [share.part_id for share in shares],
        "quantities": [share.quantity for share in shares],
        "classes": [str(share.delivery_class) for share in shares],
        "hours": [share.promised_at for share in shares],
        "reasons": [share.reason for share in shares],
    }


def record_promises(session: Session, shares: Sequence[PromisedShare], *, by: Actor, at: datetime) -> None:
    """Write promises down; earlier ones stay."""
    if shares:
        names = {"actor_id": by.person_id, "command_id": by.command_id, "at": at}
        session.execute(_PROMISE, {**promise_columns(shares), **names})


def renew_promised_hours(session: Session, line_ids: Sequence[int]) -> None:
    """Set the hour of lines that got new promises: a line is there when the last of its shares is. The lines are held.

    While some of a line has no source, its hour is never moved forward.
    """
    session.execute(_RENEW, {"lines": list(line_ids)})
