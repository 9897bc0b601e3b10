"""Handing over: open lines get somebody else who is responsible for them."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from inventory import timeline
from inventory.actor import Actor
from inventory.sourcing.models import PartRequestLine
from inventory.timeline import DocumentKind, Happening


def hand_over_lines(
    session: Session, line_ids: Sequence[int], *, to_id: int, reason: str, by: Actor, at: datetime
) -> None:
    """Make somebody responsible for lines; the timeline tells the change, and whose they are already stay untouched."""
    chosen = (PartRequestLine.id.in_(line_ids), PartRequestLine.responsible_id != to_id)
    lines = session.execute(
        select(PartRequestLine.id, PartRequestLine.status, PartRequestLine.responsible_id)
        .where(*chosen)
        .order_by(PartRequestLine.id)
        .with_for_update()
    ).all()
    session.execute(
        update(PartRequestLine).where(*chosen).values(responsible_id=to_id).execution_options(synchronize_session=False)
    )
    told = [
        Happening(
            DocumentKind.REQUEST_LINE,
            line.id,
            "handed_over",
            line.status,
            line.status,
            reason,
            {"from_id": line.responsible_id, "to_id": to_id},
        )
        for line in lines
    ]
    timeline.record(session, told, by=by, at=at)
