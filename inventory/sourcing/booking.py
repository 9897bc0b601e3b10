"""Booking: an accepted request is written down, with its lines, its promises and the first step of each timeline."""

from collections.abc import Callable, Sequence
from datetime import datetime

from psycopg.types.json import Jsonb
from sqlalchemy import text
from sqlalchemy.orm import Session

from inventory.actor import Actor
from inventory.ledger import Purpose
from inventory.sourcing.candidates import ResolvedWish
from inventory.sourcing.placing import Placement
from inventory.sourcing.promises import PromisedShare, promise_columns
from inventory.sourcing.wishes import PartRequestWish, PromisedLine

# The request, its lines with the state their units are in, the promises and the first line of each timeline.
_BOOK = text("""
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


def book_request(
    session: Session,
    wish: PartRequestWish,
    resolved: ResolvedWish,
    lines: Sequence[PromisedLine],
    placements: Sequence[Placement],
    *,
    by: Actor,
    at: datetime,
) -> None:
    """Write an accepted request down in one statement; its stock is set aside already, so the rows are final."""
    shares = [share for line in lines for share in line.shares]
    session.execute(
        _BOOK,
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
