"""Telling on the timelines what happened: of a work order itself, and of the request lines behind its parts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from inventory import timeline
from inventory.actor import Actor
from inventory.sourcing.models import PartRequestLine
from inventory.timeline import DocumentKind, Happening
from inventory.workorders.models import WorkOrder, WorkOrderStatus


@dataclass(frozen=True, slots=True)
class Told:
    """What is to be told of a request line; its status stays. The line is held."""

    line: PartRequestLine
    what: str
    facts: dict[str, Any]
    reason: str = ""


def tell_lines(session: Session, told: Sequence[Told], *, by: Actor, at: datetime) -> None:
    """Write what happened to parts of request lines."""
    happenings = [
        Happening(
            DocumentKind.REQUEST_LINE, one.line.id, one.what, one.line.status, one.line.status, one.reason, one.facts
        )
        for one in told
    ]
    timeline.record(session, happenings, by=by, at=at)


def tell_work_order(
    session: Session,
    work_order: WorkOrder,
    what: str,
    *,
    before: WorkOrderStatus | None,
    reason: str = "",
    facts: dict[str, Any] | None = None,
    by: Actor,
    at: datetime,
) -> None:
    """Write what happened to a work order; `before` is its status until now, None when there was none."""
    happening = Happening(
        DocumentKind.WORK_ORDER,
        work_order.id,
        what,
        "new" if before is None else str(before),
        str(work_order.status),
        reason,
        facts or {},
    )
    timeline.record(session, [happening], by=by, at=at)


def part_facts(quantity: int, part: str, lot: str, serial: str | None) -> dict[str, Any]:
    """The facts of parts that changed hands, as people read them."""
    facts: dict[str, Any] = {"quantity": quantity, "part": part, "lot": lot}
    return facts if serial is None else {**facts, "serial": serial}
