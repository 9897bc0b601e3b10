"""Marks: what a month counts as for planning when it was a freak or will not come again, with reason and person.

A mark is about one part at the one warehouse that needed it. It changes what is read, never what was asked for; undone
it is kept, with who undid it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, aliased

from inventory import audit, identity
from inventory.actor import Actor
from inventory.errors import NotFound
from inventory.identity import Permission
from inventory.identity.models import Person
from inventory.network.models import Warehouse
from inventory.planning.demand.errors import MarkUndone, MonthMarked, MonthNotOver
from inventory.planning.demand.models import DemandMark, MarkKind
from inventory.warehousing import ReasonMissing


@dataclass(frozen=True, slots=True)
class MarkWish:
    """A month of a part at a warehouse, given by its first day, and what it is to count as."""

    part_id: int
    warehouse_id: int
    month: date
    kind: MarkKind
    counts_as: int
    reason: str


@dataclass(frozen=True, slots=True)
class StandingMark:
    """A mark as people read it."""

    id: int
    warehouse_id: int
    warehouse: str
    month: date
    kind: MarkKind
    counts_as: int
    reason: str
    marked_by: str
    marked_at: datetime
    undone_by: str | None
    undone_at: datetime | None


def mark_month(session: Session, wish: MarkWish, *, by: Actor, at: datetime) -> DemandMark:
    """Let a past month of a part at a warehouse count as another quantity.

    Raises: NotPermitted; NotFound for a warehouse out of reach; ReasonMissing; MonthNotOver; MonthMarked.
    """
    by.require(Permission.MARK_DEMAND)
    if not by.may(Permission.MARK_DEMAND, wish.warehouse_id):
        raise NotFound(warehouse=wish.warehouse_id)
    reason = wish.reason.strip()[:200]
    if not reason:
        raise ReasonMissing()
    month = wish.month.replace(day=1)
    if month >= at.date().replace(day=1):
        raise MonthNotOver(month=f"{month:%Y-%m}")
    row = {
        "part_id": wish.part_id,
        "warehouse_id": wish.warehouse_id,
        "month": month,
        "kind": wish.kind,
        "counts_as": wish.counts_as,
        "reason": reason,
        "marked_by_id": by.person_id,
        "marked_at": at,
    }
    try:
        with session.begin_nested():
            mark = session.scalars(insert(DemandMark).returning(DemandMark), row).one()
    except IntegrityError as rival:
        if "uq_demand_mark_standing" not in str(rival.orig):
            raise
        raise MonthMarked(month=f"{month:%Y-%m}") from rival
    facts = {"warehouse_id": wish.warehouse_id, "month": month.isoformat(), "counts_as": wish.counts_as}
    audit.note(session, "demand_marked", actor_id=by.person_id, at=at, subject=str(mark.id), facts=facts)
    return mark


def undo_mark(session: Session, mark_id: int, *, by: Actor, at: datetime) -> DemandMark:
    """Let a marked month count as it was again.

    Raises: NotPermitted; NotFound; MarkUndone.
    """
    by.require(Permission.MARK_DEMAND)
    mark = session.scalar(
        select(DemandMark)
        .where(DemandMark.id == mark_id, identity.covers(by, Permission.MARK_DEMAND, DemandMark.warehouse_id))
        .with_for_update()
    )
    if mark is None:
        raise NotFound(mark=mark_id)
    if mark.undone_at is not None:
        raise MarkUndone(mark=mark_id)
    mark.undone_at, mark.undone_by_id = at, by.person_id
    audit.note(session, "demand_mark_undone", actor_id=by.person_id, at=at, subject=str(mark.id))
    return mark


def list_marks(session: Session, part_id: int, *, warehouse_id: int | None = None, by: Actor) -> Sequence[StandingMark]:
    """The marks of a part within the actor's reach, those undone too; newest month first."""
    marker, undoer = aliased(Person), aliased(Person)
    query = (
        select(
            DemandMark.id,
            DemandMark.warehouse_id,
            Warehouse.code,
            DemandMark.month,
            DemandMark.kind,
            DemandMark.counts_as,
            DemandMark.reason,
            marker.name,
            DemandMark.marked_at,
            undoer.name,
            DemandMark.undone_at,
        )
        .join(Warehouse, Warehouse.id == DemandMark.warehouse_id)
        .join(marker, marker.id == DemandMark.marked_by_id)
        .outerjoin(undoer, undoer.id == DemandMark.undone_by_id)
        .where(DemandMark.part_id == part_id, identity.covers(by, Permission.SEE_DEMAND, DemandMark.warehouse_id))
        .order_by(DemandMark.month.desc(), DemandMark.id.desc())
    )
    if warehouse_id is not None:
        query = query.where(DemandMark.warehouse_id == warehouse_id)
    return [StandingMark(*row) for row in session.execute(query)]
