"""Work on the floor to test with: tasks that a request released, scans that fit them, tasks that were picked."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory import sourcing, warehousing
from inventory.actor import Actor
from inventory.catalogue.models import Part
from inventory.ledger import Lot, Unit
from inventory.network.models import Bin, Warehouse
from inventory.warehousing import PickScan, PickTask
from tests.given.ledger import NOON, acting


def released(
    session: Session,
    destination: Warehouse,
    part: Part,
    quantity: int = 1,
    *,
    priority: int = 1,
    by: Actor | None = None,
    at: datetime = NOON,
) -> list[PickTask]:
    """The tasks of a line that waits at the customer's: asked for, reserved and released in the same breath."""
    wish = sourcing.PartRequestWish(destination.code, [sourcing.WishedLine(part.number, quantity)], priority=priority)
    accepted = sourcing.request_parts(session, wish, by=by or acting(session), at=at)
    query = select(PickTask).where(PickTask.line_id == accepted.lines[0].line_id).order_by(PickTask.id)
    return list(session.scalars(query))


def scan_of(session: Session, task: PickTask, **said: Any) -> PickScan:
    """What somebody scans who does the task right; `said` is what he scans instead."""
    right = PickScan(
        bin_code=session.get_one(Bin, task.bin_id).code,
        part=session.get_one(Part, task.part_id).number,
        quantity=task.quantity,
        lot=session.get_one(Lot, task.lot_id).number,
        serial=session.get_one(Unit, task.unit_id).serial if task.unit_id else None,
    )
    return replace(right, **said)


def picked(
    session: Session, tasks: Sequence[PickTask], *, by: Actor | None = None, at: datetime = NOON
) -> list[PickTask]:
    """The tasks, picked and brought to staging."""
    by = by or acting(session)
    for task in tasks:
        warehousing.confirm_pick(session, task.id, scan_of(session, task), by=by, at=at)
    return list(tasks)
