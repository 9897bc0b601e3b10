"""Picked tasks go on: into a handling unit, out of it again, and away with it. Transport decides."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from inventory import timeline
from inventory.actor import Actor
from inventory.timeline import DocumentKind, Happening
from inventory.warehousing.models import PickTask, TaskStatus


def put_in_handling_unit(
    session: Session, tasks: Sequence[PickTask], handling_unit_id: int, *, by: Actor, at: datetime
) -> None:
    """Picked tasks lie in a handling unit now."""
    for task in tasks:
        task.status, task.handling_unit_id = TaskStatus.PACKED, handling_unit_id
    _tell(session, tasks, "packed", TaskStatus.PICKED, {"handling_unit_id": handling_unit_id}, by=by, at=at)


def take_out_of_handling_unit(session: Session, task: PickTask, *, by: Actor, at: datetime) -> None:
    """A task lies outside again: a packed one waits to be packed anew, a cancelled one's stock to be put away."""
    before, handling_unit_id = task.status, task.handling_unit_id
    if task.status is TaskStatus.PACKED:
        task.status = TaskStatus.PICKED
    task.handling_unit_id = None
    _tell(session, [task], "unpacked", before, {"handling_unit_id": handling_unit_id}, by=by, at=at)


def send_off(session: Session, tasks: Sequence[PickTask], *, shipment: str, by: Actor, at: datetime) -> None:
    """Packed tasks left with their handling units."""
    for task in tasks:
        task.status = TaskStatus.SHIPPED
    _tell(session, tasks, "shipped", TaskStatus.PACKED, {"shipment": shipment}, by=by, at=at)


def _tell(
    session: Session,
    tasks: Sequence[PickTask],
    what: str,
    before: TaskStatus,
    facts: dict[str, object],
    *,
    by: Actor,
    at: datetime,
) -> None:
    session.flush()
    timeline.record(
        session,
        [
            Happening(DocumentKind.PICK_TASK, task.id, what, str(before), str(task.status), facts=facts)
            for task in tasks
        ],
        by=by,
        at=at,
    )
