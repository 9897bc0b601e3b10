"""The progress of request lines: units pass from one state to the next, and the timeline tells it, in one statement."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb
from sqlalchemy import text
from sqlalchemy.orm import Session

from inventory.actor import Actor


@dataclass(frozen=True, slots=True)
class Step:
    """So many units of a line that pass between its states, and why. The changes of a step sum to zero.

    `received` counts within `issued` and is free of that rule. `cause` says why a promise was or will be broken and is
    kept once known.
    """

    line_id: int
    what: str
    back_ordered: int = 0
    reserved: int = 0
    released: int = 0
    issued: int = 0
    received: int = 0
    cancelled: int = 0
    cause: str | None = None
    reason: str = ""
    facts: dict[str, Any] = field(default_factory=dict)


_ADVANCE = text("""
    WITH step AS (
        SELECT * FROM unnest(CAST(:lines AS bigint[]), CAST(:whats AS text[]), CAST(:back_ordered AS bigint[]),
                             CAST(:reserved AS bigint[]), CAST(:released AS bigint[]), CAST(:issued AS bigint[]),
                             CAST(:received AS bigint[]), CAST(:cancelled AS bigint[]), CAST(:causes AS text[]),
                             CAST(:reasons AS text[]), CAST(:facts AS jsonb[]))
             WITH ORDINALITY
             AS step (line_id, what, back_ordered, reserved, released, issued, received, cancelled, cause, reason,
                      facts, n)
    ),
    before AS MATERIALIZED (
        SELECT id, status FROM part_request_line WHERE id = ANY(CAST(:lines AS bigint[])) ORDER BY id FOR UPDATE
    ),
    net AS (
        SELECT line_id, sum(back_ordered) AS back_ordered, sum(reserved) AS reserved, sum(released) AS released,
               sum(issued) AS issued, sum(received) AS received, sum(cancelled) AS cancelled,
               max(cause) AS cause
        FROM step GROUP BY line_id
    ),
    after AS (
        UPDATE part_request_line l SET
            back_ordered = l.back_ordered + net.back_ordered, reserved = l.reserved + net.reserved,
            released = l.released + net.released, issued = l.issued + net.issued,
            received = l.received + net.received, cancelled = l.cancelled + net.cancelled,
            next_review_at = coalesce(l.next_review_at, l.promised_at),
            received_at = CASE WHEN l.back_ordered + net.back_ordered = 0 AND l.reserved + net.reserved = 0
                                AND l.released + net.released = 0 AND l.received + net.received > 0
                                AND l.issued + net.issued = l.received + net.received
                               THEN coalesce(l.received_at, :at) END,
            breach_cause = coalesce(l.breach_cause, net.cause)
        FROM net JOIN before ON before.id = net.line_id
        WHERE l.id = net.line_id
        RETURNING l.id, before.status AS from_status, l.status AS to_status
    ),
    told AS (
        INSERT INTO document_event (document_kind, document_id, happening, from_status, to_status, reason, facts,
                                    actor_id, command_id, recorded_at)
        SELECT 'request_line', step.line_id, step.what,
               -- Several steps of a line in one breath: the first carries the change of status.
               CASE WHEN step.n = first_value(step.n) OVER line THEN after.from_status ELSE after.to_status END,
               after.to_status, step.reason, step.facts, :actor_id, :command_id, :at
        FROM step JOIN after ON after.id = step.line_id
        WINDOW line AS (PARTITION BY step.line_id ORDER BY step.n)
        ORDER BY step.n
    )
    SELECT count(*) FROM after
""")


def advance(session: Session, steps: Sequence[Step], *, by: Actor, at: datetime) -> None:
    """Let units of lines pass between their states; lines are locked in key order, after the balances."""
    if not steps:
        return
    assert all(one.back_ordered + one.reserved + one.released + one.issued + one.cancelled == 0 for one in steps), (
        "a unit that leaves a state enters another"
    )
    session.execute(
        _ADVANCE,
        {
            "lines": [one.line_id for one in steps],
            "whats": [one.what for one in steps],
            "back_ordered": [one.back_ordered for one in steps],
            "reserved": [one.reserved for one in steps],
            "released": [one.released for one in steps],
            "issued": [one.issued for one in steps],
            "received": [one.received for one in steps],
            "cancelled": [one.cancelled for one in steps],
            "causes": [one.cause for one in steps],
            "reasons": [one.reason for one in steps],
            "facts": [Jsonb(one.facts) for one in steps],
            "actor_id": by.person_id,
            "command_id": by.command_id,
            "at": at,
        },
    )
