"""Another piece than the task names: pieces of one lot are as good as each other, so the one in hand is taken."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory import ledger, timeline
from inventory.actor import Actor
from inventory.ledger import Allocation, LotNotFree
from inventory.timeline import DocumentKind, Happening
from inventory.warehousing.models import PickTask
from inventory.warehousing.scanning import Position
from inventory.warehousing.tasks import TO_PICK, HeldTask, locked_tasks


def take_other_piece(session: Session, held: HeldTask, other: Position, *, by: Actor, at: datetime) -> None:
    """Give a held task another piece of its lot in its bin; the task that was to pick that piece picks this one's.

    The balance row is held, so no other piece changes its task meanwhile.

    Raises: LotNotFree when the piece is kept for a line, or was picked already.
    """
    if other.free == 0:
        _give_own_piece(session, held, other, by=by, at=at)
    ledger.exchange_piece(session, held.task.allocation_id, lot_balance_id=other.lot_balance_id)


def _give_own_piece(session: Session, held: HeldTask, other: Position, *, by: Actor, at: datetime) -> None:
    given = select(Allocation.id).where(Allocation.lot_balance_id == other.lot_balance_id)
    tasks = locked_tasks(session, PickTask.allocation_id.in_(given), PickTask.status.in_(TO_PICK))
    if not tasks:
        raise LotNotFree(serial=other.serial)
    (task,) = tasks
    task.unit_id = held.task.unit_id
    session.flush()
    facts = {"serial": held.serial, "instead_of_serial": other.serial}
    exchanged = Happening(
        DocumentKind.PICK_TASK, task.id, "piece_exchanged", str(task.status), str(task.status), facts=facts
    )
    timeline.record(session, [exchanged], by=by, at=at)
