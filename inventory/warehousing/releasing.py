"""Release to the floor: lots that were given to lines become pick tasks, one a lot and bin, together in a wave."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from inventory.actor import Actor
from inventory.db import returning
from inventory.ledger import Allocated
from inventory.warehousing.models import Trigger


@dataclass(frozen=True, slots=True)
class FloorWork:
    """A quantity of a lot in a bin, allocated to a line: where it goes, and by when it has to be there."""

    allocated: Allocated
    destination_id: int
    due_at: datetime


# All that a release leaves behind in one statement: a wave a warehouse, its tasks in walking order, how each began.
_HAND_OVER = returning(
    "id",
    """
    WITH work AS (
        SELECT * FROM unnest(CAST(:warehouses AS bigint[]), CAST(:destinations AS bigint[]), CAST(:lines AS bigint[]),
                             CAST(:reservations AS bigint[]), CAST(:allocations AS bigint[]), CAST(:parts AS bigint[]),
                             CAST(:lots AS bigint[]), CAST(:units AS bigint[]), CAST(:bins AS bigint[]),
                             CAST(:sequences AS integer[]), CAST(:quantities AS bigint[]),
                             CAST(:dues AS timestamptz[]))
             WITH ORDINALITY AS work (warehouse_id, destination_id, line_id, reservation_id, allocation_id, part_id,
                                      lot_id, unit_id, bin_id, pick_sequence, quantity, due_at, n)
    ),
    opened AS (
        INSERT INTO wave (warehouse_id, trigger, released_by_id, released_at)
        SELECT DISTINCT warehouse_id, :trigger, CAST(:actor_id AS bigint), CAST(:at AS timestamptz) FROM work
        RETURNING id, warehouse_id
    ),
    task AS (
        INSERT INTO pick_task (wave_id, warehouse_id, destination_id, line_id, reservation_id, allocation_id, part_id,
                               lot_id, unit_id, bin_id, pick_sequence, quantity, status, released_at, due_at)
        SELECT opened.id, warehouse_id, destination_id, line_id, reservation_id, allocation_id, part_id,
               lot_id, unit_id, bin_id, pick_sequence, quantity, 'released', :at, due_at
        FROM work JOIN opened USING (warehouse_id) ORDER BY n
        RETURNING id, wave_id, quantity
    ),
    told AS (
        INSERT INTO document_event (document_kind, document_id, happening, from_status, to_status, reason, facts,
                                    actor_id, command_id, recorded_at)
        SELECT 'pick_task', id, 'released', 'new', 'released', '',
               jsonb_build_object('wave_id', wave_id, 'trigger', CAST(:trigger AS text), 'quantity', quantity),
               :actor_id, :command_id, :at
        FROM task ORDER BY id
    )
    SELECT id FROM opened ORDER BY warehouse_id
    """,
)


def hand_to_floor(
    session: Session, work: Sequence[FloorWork], trigger: Trigger, *, by: Actor, at: datetime
) -> list[int]:
    """Make a pick task of each allocated lot, and a wave of the tasks of each warehouse; tell the waves' ids.

    Whoever allocated the lots in this transaction decided who may: an urgent line releases itself, whoever asked.
    The work comes in walking order, as `ledger.allocate_oldest` gives it. No work makes no wave.
    """
    if not work:
        return []
    allocated = [one.allocated for one in work]
    waves = session.execute(
        _HAND_OVER,
        {
            "trigger": str(trigger),
            "warehouses": [one.warehouse_id for one in allocated],
            "destinations": [one.destination_id for one in work],
            "lines": [one.line_id for one in allocated],
            "reservations": [one.reservation_id for one in allocated],
            "allocations": [one.allocation_id for one in allocated],
            "parts": [one.part_id for one in allocated],
            "lots": [one.lot_id for one in allocated],
            "units": [one.unit_id for one in allocated],
            "bins": [one.bin_id for one in allocated],
            "sequences": [one.pick_sequence for one in allocated],
            "quantities": [one.quantity for one in allocated],
            "dues": [one.due_at for one in work],
            "actor_id": by.person_id,
            "command_id": by.command_id,
            "at": at,
        },
    )
    return list(waves.scalars())
