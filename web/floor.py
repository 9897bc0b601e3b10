"""What the floor of a warehouse has in hand, counted for its screens: the walk that is left, and where it piles up."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, case, func, literal_column, select
from sqlalchemy.orm import Session

from inventory.actor import Actor
from inventory.identity import Permission
from inventory.ledger import Purpose, Reservation
from inventory.network import Bin
from inventory.sourcing import PartRequestLine
from inventory.transport import HandlingUnit, HandlingUnitStatus
from inventory.warehousing import PickTask, TaskLine, TaskStatus, Trigger, Wave
from inventory.warehousing.tasks import TO_PICK


@dataclass(frozen=True, slots=True)
class Walk:
    """What is left of a walk: how many tasks, how many of them urgent and how many late, and the bin after this one."""

    left: int
    urgent: int
    late: int
    then: str | None = None


def count_walk(session: Session, warehouse_id: int, *, by: Actor, at: datetime, beside: int | None = None) -> Walk:
    """What is left to be picked in a warehouse; `beside` is the task at hand, after which the next bin is told."""
    by.require(Permission.SEE_TASKS, warehouse_id)
    left, urgent, late = session.execute(
        select(
            func.count(),
            func.count().filter(Wave.trigger == Trigger.URGENT),
            func.count().filter(PickTask.due_at < at),
        )
        .join(Wave, Wave.id == PickTask.wave_id)
        .where(PickTask.warehouse_id == warehouse_id, PickTask.status.in_(TO_PICK))
    ).one()
    then = _bin_after(session, warehouse_id, beside, by=by) if beside is not None else None
    return Walk(left, urgent, late, then)


def _bin_after(session: Session, warehouse_id: int, task_id: int, *, by: Actor) -> str | None:
    """Where the walk leads once this task is done, in the order in which `claim_next` gives tasks out."""
    mine = PickTask.claimed_by_id == by.person_id
    return session.scalar(
        select(Bin.code)
        .select_from(PickTask)
        .join(Bin, Bin.id == PickTask.bin_id)
        .join(Wave, Wave.id == PickTask.wave_id)
        .where(
            PickTask.warehouse_id == warehouse_id,
            PickTask.id != task_id,
            (PickTask.status == TaskStatus.RELEASED) | ((PickTask.status == TaskStatus.CLAIMED) & mine),
        )
        .order_by(
            case((PickTask.status == TaskStatus.CLAIMED, 0), (Wave.trigger == Trigger.URGENT, 1), else_=2),
            PickTask.pick_sequence,
            Bin.code,
            PickTask.id,
        )
        .limit(1)
    )


def place_in_turn(task: TaskLine, *, by: Actor) -> tuple[int, tuple[int, str, int]]:
    """Where a task stands in the order in which it comes to somebody: his own, urgent ones, the rest, others' own."""
    if task.status is TaskStatus.CLAIMED:
        return (0 if task.claimed_by_id == by.person_id else 3, task.place_in_walk)
    return (1 if task.trigger is Trigger.URGENT else 2, task.place_in_walk)


@dataclass(frozen=True, slots=True)
class Pile:
    """What stands before one step of the floor: how much, how much of it is late, and how full it is of the largest."""

    step: str
    endpoint: str
    count: int
    late: int
    most: int

    @property
    def share(self) -> float:
        """How long its bar is, the largest pile being 1."""
        return self.count / self.most if self.most else 0.0

    @property
    def late_share(self) -> float:
        """How much of that is late."""
        return self.late / self.most if self.most else 0.0


PILES = (
    ("release", "waves.show_waves"),
    ("pick", "picking.show_tasks"),
    ("pack", "packing.show_packing"),
    ("send", "packing.show_packing"),
)


def list_piles(session: Session, warehouse_id: int, *, by: Actor, at: datetime) -> list[Pile]:
    """What stands before each step from the wave to the road, in lines that wait and in tasks: where it burns."""
    by.require(Permission.SEE_TASKS, warehouse_id)
    counted = {"release": _waiting(session, warehouse_id, at), **_tasks(session, warehouse_id, at)}
    most = max(count for count, _ in counted.values())
    return [Pile(step, endpoint, *counted[step], most) for step, endpoint in PILES]


def _waiting(session: Session, warehouse_id: int, at: datetime) -> tuple[int, int]:
    line = Reservation.line_id.distinct()
    count, late = session.execute(
        select(func.count(line), func.count(line).filter(PartRequestLine.promised_at < at))
        .join(PartRequestLine, PartRequestLine.id == Reservation.line_id)
        .where(
            Reservation.warehouse_id == warehouse_id,
            Reservation.quantity > literal_column("0"),  # a constant, so that the index on open reservations is used
            Reservation.purpose != Purpose.EARMARK,
            Reservation.quantity > Reservation.allocated,
        )
    ).one()
    return count, late


def _tasks(session: Session, warehouse_id: int, at: datetime) -> dict[str, tuple[int, int]]:
    steps: dict[str, ColumnElement[bool]] = {
        "pick": PickTask.status.in_(TO_PICK),
        "pack": (PickTask.status == TaskStatus.PICKED)
        | ((PickTask.status == TaskStatus.PACKED) & (HandlingUnit.status == HandlingUnitStatus.OPEN)),
        "send": (PickTask.status == TaskStatus.PACKED) & (HandlingUnit.status == HandlingUnitStatus.CLOSED),
    }
    columns = [
        counted
        for step in steps.values()
        for counted in (func.count().filter(step), func.count().filter(step, PickTask.due_at < at))
    ]
    row = session.execute(
        select(*columns)
        .select_from(PickTask)
        .outerjoin(HandlingUnit, HandlingUnit.id == PickTask.handling_unit_id)
        .where(
            PickTask.warehouse_id == warehouse_id,
            PickTask.status.in_((*TO_PICK, TaskStatus.PICKED, TaskStatus.PACKED)),
        )
    ).one()
    return {step: (row[2 * turn], row[2 * turn + 1]) for turn, step in enumerate(steps)}
