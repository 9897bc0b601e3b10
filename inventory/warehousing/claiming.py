"""Claiming: a person takes tasks in hand, so that two do not walk to the same bin.

This is work, not stock: here a row that a rival holds may be skipped.
"""

from datetime import datetime

from sqlalchemy import case, select
from sqlalchemy.orm import Session

from inventory import timeline
from inventory.actor import Actor
from inventory.errors import NotFound
from inventory.identity import Permission, Person
from inventory.network import Bin
from inventory.timeline import DocumentKind, Happening
from inventory.warehousing.errors import TaskClaimed, TaskNotOpen
from inventory.warehousing.models import PickTask, TaskStatus, Trigger, Wave
from inventory.warehousing.tasks import locked_tasks


def claim_task(session: Session, task_id: int, *, by: Actor, at: datetime) -> PickTask:
    """Take a task in hand; one's own stays one's own.

    Raises: NotFound; TaskClaimed when somebody else has it; TaskNotOpen when it is past picking.
    """
    task = _held(session, task_id, by=by)
    if task.status is TaskStatus.CLAIMED:
        require_in_hands(session, task, by=by)
        return task
    if task.status is not TaskStatus.RELEASED:
        raise TaskNotOpen(task=task.id, status=str(task.status))
    return _claim(session, task, by=by, at=at)


def claim_next(session: Session, warehouse_id: int, *, by: Actor, at: datetime) -> PickTask | None:
    """Take the next free task in hand, urgent ones first, then in walking order; None when there is none."""
    by.require(Permission.PICK, warehouse_id)
    task = session.scalars(
        select(PickTask)
        .join(Bin, Bin.id == PickTask.bin_id)
        .join(Wave, Wave.id == PickTask.wave_id)
        .where(PickTask.warehouse_id == warehouse_id, PickTask.status == TaskStatus.RELEASED)
        .order_by(case((Wave.trigger == Trigger.URGENT, 0), else_=1), PickTask.pick_sequence, Bin.code, PickTask.id)
        .limit(1)
        .with_for_update(of=PickTask, skip_locked=True)
        .execution_options(populate_existing=True)
    ).one_or_none()
    return None if task is None else _claim(session, task, by=by, at=at)


def unclaim_task(session: Session, task_id: int, *, by: Actor, at: datetime) -> PickTask:
    """Put a task back for others; somebody else's only by who may release waves.

    Raises: NotFound; TaskClaimed; TaskNotOpen when it is not in anybody's hands.
    """
    task = _held(session, task_id, by=by)
    if task.status is not TaskStatus.CLAIMED:
        raise TaskNotOpen(task=task.id, status=str(task.status))
    if not by.may(Permission.RELEASE_WAVES, task.warehouse_id):
        require_in_hands(session, task, by=by)
    task.status, task.claimed_by_id, task.claimed_at = TaskStatus.RELEASED, None, None
    session.flush()
    _tell(session, task, "unclaimed", TaskStatus.CLAIMED, by=by, at=at)
    return task


def require_in_hands(session: Session, task: PickTask, *, by: Actor) -> None:
    """Refuse to work on what somebody else has claimed.

    Raises: TaskClaimed, naming who has it.
    """
    if task.status is TaskStatus.CLAIMED and task.claimed_by_id != by.person_id:
        holder = session.scalar(select(Person.name).where(Person.id == task.claimed_by_id))
        raise TaskClaimed(task=task.id, claimed_by=holder)


def _held(session: Session, task_id: int, *, by: Actor) -> PickTask:
    tasks = locked_tasks(session, PickTask.id == task_id)
    if not tasks:
        raise NotFound()
    by.require(Permission.PICK, tasks[0].warehouse_id)
    return tasks[0]


def _claim(session: Session, task: PickTask, *, by: Actor, at: datetime) -> PickTask:
    task.status, task.claimed_by_id, task.claimed_at = TaskStatus.CLAIMED, by.person_id, at
    session.flush()
    _tell(session, task, "claimed", TaskStatus.RELEASED, by=by, at=at)
    return task


def _tell(session: Session, task: PickTask, what: str, before: TaskStatus, *, by: Actor, at: datetime) -> None:
    timeline.record(
        session,
        [Happening(DocumentKind.PICK_TASK, task.id, what, str(before), str(task.status))],
        by=by,
        at=at,
    )
