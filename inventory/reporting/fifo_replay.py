"""First in, first out, replayed: what was free at each release is worked out again from moves and timelines.

`older_free` of an allocation tells what the statement that decided it saw. The replay trusts none of it: it adds up,
lot by lot, what the moves brought and took and what pick tasks held, and looks for an older lot that was free when a
newer one was given to a task. Order is that of instants, which may fall behind the order of locks by a transaction's
length; so an older lot counts as passed over only when some of it was free throughout the time around the release.
Lots that were earmarked in that warehouse by then are left out: the timelines do not tell for how long.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from inventory.reporting.checks import CLOCK_TOLERANCE, SAMPLE_ROWS, Finding

REPLAYED = timedelta(days=30)
"""Releases of so long a time, up to the latest one, are replayed."""

NAME, RULE = "I6 replay", "replayed from moves and timelines, no release took a lot while an older one was free"

Key = tuple[int, int, int]
"""A warehouse, a part and an owner."""


class LotAge(NamedTuple):
    """A lot's place in the order of age: its first receipt, then its id."""

    first_received_at: datetime
    lot_id: int


@dataclass(frozen=True, slots=True)
class Release:
    """A lot that was given to a pick task."""

    task_id: int
    lot: LotAge
    at: datetime


@dataclass(frozen=True, slots=True)
class Change:
    """So much of a lot became free (or, below 0, ceased to be) at an instant."""

    lot: LotAge
    at: datetime
    quantity: int


@dataclass(frozen=True, slots=True)
class PassedOver:
    """An older lot of which so much was free when a task was given a newer one."""

    task_id: int
    older_lot_id: int
    free: int


@dataclass(slots=True)
class History:
    """A part in a warehouse: all changes in the order of time, one a lot and instant, and lots earmarked since when."""

    changes: list[Change] = field(default_factory=list)
    earmarked_since: dict[LotAge, datetime] = field(default_factory=dict)


def list_passed_over(releases: Sequence[Release], history: History) -> list[PassedOver]:
    """The older lots that were free around each release of one part in one warehouse."""
    instants: dict[LotAge, list[datetime]] = defaultdict(list)
    free: dict[LotAge, list[int]] = defaultdict(lambda: [0])
    for change in history.changes:
        instants[change.lot].append(change.at)
        free[change.lot].append(free[change.lot][-1] + change.quantity)
    found = []
    for release in releases:
        begin, end = release.at - CLOCK_TOLERANCE, release.at + CLOCK_TOLERANCE
        for lot in instants:
            if lot < release.lot and not (lot in history.earmarked_since and history.earmarked_since[lot] <= end):
                throughout = min(free[lot][bisect_left(instants[lot], begin) : bisect_right(instants[lot], end) + 1])
                if throughout > 0:
                    found.append(PassedOver(release.task_id, lot.lot_id, throughout))
    return found


# A task holds the lot FIFO chose until it is picked; an override at the pick names the lot it was taken instead of.
_TASKS = """
    WITH replayed AS (SELECT max(released_at) - CAST(:replayed AS interval) AS since FROM pick_task),
    key AS (
        SELECT DISTINCT t.warehouse_id, t.part_id, r.owner_id
        FROM pick_task t JOIN reservation r ON r.id = t.reservation_id
        WHERE t.released_at >= (SELECT since FROM replayed)
    ),
    task AS (
        SELECT t.id, t.warehouse_id, t.part_id, r.owner_id, t.quantity, t.released_at, t.lot_id,
               coalesce(chosen.id, t.lot_id) AS chosen_lot_id, picked.id AS exchanged_by
        FROM key JOIN pick_task t USING (warehouse_id, part_id)
        JOIN reservation r ON r.id = t.reservation_id AND r.owner_id = key.owner_id
        LEFT JOIN document_event picked
             ON picked.document_kind = 'pick_task' AND picked.document_id = t.id AND picked.happening = 'picked'
             AND picked.facts ->> 'instead_of_lot' IS NOT NULL
        LEFT JOIN lot chosen ON chosen.part_id = t.part_id AND chosen.number = picked.facts ->> 'instead_of_lot'
    )
"""
_RELEASES = text(f"""
    {_TASKS}
    SELECT t.warehouse_id, t.part_id, t.owner_id, t.id AS task_id, l.id AS lot_id, l.first_received_at, t.released_at
    FROM task t JOIN lot l ON l.id = t.chosen_lot_id
    WHERE t.released_at >= (SELECT since FROM replayed)
    ORDER BY t.warehouse_id, t.part_id, t.owner_id, t.id
""")  # noqa: S608
_CHANGES = text(f"""
    {_TASKS},
    change AS (
        SELECT key.warehouse_id, key.part_id, key.owner_id, m.lot_id, m.recorded_at AS at, m.quantity
        FROM key JOIN move m ON m.to_warehouse_id = key.warehouse_id AND m.part_id = key.part_id
             AND m.to_owner_id = key.owner_id
        WHERE m.to_condition = 'good'
        UNION ALL
        SELECT key.warehouse_id, key.part_id, key.owner_id, m.lot_id, m.recorded_at, -m.quantity
        FROM key JOIN move m ON m.from_warehouse_id = key.warehouse_id AND m.part_id = key.part_id
             AND m.from_owner_id = key.owner_id
        WHERE m.from_condition = 'good'
        UNION ALL
        SELECT t.warehouse_id, t.part_id, t.owner_id,
               CASE WHEN e.id < t.exchanged_by OR t.exchanged_by IS NULL THEN t.chosen_lot_id ELSE t.lot_id END,
               e.recorded_at,
               CASE WHEN e.happening = 'shipped' THEN t.quantity
                    WHEN e.happening = 'released' AND e.from_status = 'new'
                    THEN -CAST(e.facts ->> 'quantity' AS bigint)
                    ELSE CAST(e.facts ->> 'quantity' AS bigint) END
        FROM task t JOIN document_event e ON e.document_kind = 'pick_task' AND e.document_id = t.id
        WHERE e.happening IN ('reduced', 'cancelled', 'failed', 'shipped')
           OR (e.happening = 'released' AND e.from_status = 'new')
        UNION ALL
        SELECT t.warehouse_id, t.part_id, t.owner_id, side.lot_id, e.recorded_at,
               side.sign * CAST(e.facts ->> 'quantity' AS bigint)
        FROM task t JOIN document_event e ON e.id = t.exchanged_by
        CROSS JOIN LATERAL (VALUES (t.chosen_lot_id, 1), (t.lot_id, -1)) AS side (lot_id, sign)
    )
    SELECT c.warehouse_id, c.part_id, c.owner_id, l.id AS lot_id, l.first_received_at, c.at,
           sum(c.quantity) AS quantity
    FROM change c JOIN lot l ON l.id = c.lot_id
    GROUP BY c.warehouse_id, c.part_id, c.owner_id, l.id, c.at
    HAVING sum(c.quantity) <> 0
    ORDER BY c.warehouse_id, c.part_id, c.owner_id, c.at, l.id
""")  # noqa: S608
_EARMARKED = text(f"""
    {_TASKS}
    SELECT r.warehouse_id, r.part_id, r.owner_id, l.id AS lot_id, l.first_received_at, min(a.allocated_at) AS since
    FROM key JOIN reservation r USING (warehouse_id, part_id, owner_id)
    JOIN allocation a ON a.reservation_id = r.id JOIN lot l ON l.id = a.lot_id
    WHERE r.purpose = 'earmark'
    GROUP BY r.warehouse_id, r.part_id, r.owner_id, l.id
""")  # noqa: S608


def replay_fifo(session: Session) -> Finding:
    """Replay the latest releases and count the older lots that they passed over."""
    names = {"replayed": REPLAYED}
    releases: dict[Key, list[Release]] = defaultdict(list)
    for row in session.execute(_RELEASES, names):
        releases[_key(row)].append(Release(row.task_id, _age(row), row.released_at))
    histories: dict[Key, History] = defaultdict(History)
    for row in session.execute(_CHANGES, names):
        histories[_key(row)].changes.append(Change(_age(row), row.at, int(row.quantity)))
    for row in session.execute(_EARMARKED, names):
        histories[_key(row)].earmarked_since[_age(row)] = row.since
    found = [one for key in releases for one in list_passed_over(releases[key], histories[key])]
    sample = [
        {"task_id": one.task_id, "older_lot_id": one.older_lot_id, "free": one.free} for one in found[:SAMPLE_ROWS]
    ]
    return Finding(NAME, RULE, len(found), tuple(sample))


def _key(row: Row[Any]) -> Key:
    return (row.warehouse_id, row.part_id, row.owner_id)


def _age(row: Row[Any]) -> LotAge:
    return LotAge(row.first_received_at, row.lot_id)
