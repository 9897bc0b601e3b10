"""Promises kept: on time and in full, by delivery class and by source, with the causes of those that were broken."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from inventory import identity
from inventory.actor import Actor
from inventory.identity import Permission
from inventory.network.models import Warehouse
from inventory.sourcing import BreachCause, DeliveryClass, PartRequest, PartRequestLine, Promise


@dataclass(frozen=True, slots=True)
class KeptPromises:
    """Lines of one class and source that were received in a period, against their first promise."""

    delivery_class: DeliveryClass
    source_code: str | None
    source_name_zh: str | None
    source_name_en: str | None
    lines: int
    kept: int
    hours_median: float
    causes: dict[BreachCause, int]

    @property
    def share(self) -> float:
        """The share of lines that were kept, from 0 to 1."""
        return self.kept / self.lines


def list_kept_promises(session: Session, *, since: datetime, until: datetime, by: Actor) -> list[KeptPromises]:
    """What was received in a period, by class and source of the slowest share first promised; most lines first.

    A line that was split counts once, for the share that was to arrive last.

    Units: hours_median is from acceptance to the last unit's receipt, in hours.
    """
    by.require(Permission.SEE_REPORTS)
    first = (
        select(Promise.line_id, Promise.delivery_class, Promise.source_id)
        .ext(distinct_on(Promise.line_id))
        .join(PartRequestLine, PartRequestLine.id == Promise.line_id)
        .where(PartRequestLine.received_at >= since, PartRequestLine.received_at < until)
        .where(Promise.promised_at <= PartRequestLine.first_promised_at)
        .order_by(Promise.line_id, Promise.made_at, Promise.promised_at.desc(), Promise.id)
        .subquery()
    )
    kept = PartRequestLine.received_at <= PartRequestLine.first_promised_at
    hours = func.extract("epoch", PartRequestLine.received_at - PartRequest.requested_at) / 3600
    broken = {cause: func.count().filter(~kept, PartRequestLine.breach_cause == cause.value) for cause in BreachCause}
    rows = session.execute(
        select(
            first.c.delivery_class,
            Warehouse.code,
            Warehouse.name_zh,
            Warehouse.name_en,
            func.count(),
            func.count().filter(kept),
            func.percentile_cont(0.5).within_group(hours),
            *broken.values(),
        )
        .select_from(PartRequestLine)
        .join(first, first.c.line_id == PartRequestLine.id)
        .join(PartRequest, PartRequest.id == PartRequestLine.request_id)
        .outerjoin(Warehouse, Warehouse.id == first.c.source_id)
        .where(identity.covers(by, Permission.SEE_REPORTS, PartRequest.warehouse_id, first.c.source_id))
        .group_by(first.c.delivery_class, Warehouse.code, Warehouse.name_zh, Warehouse.name_en)
        .order_by(func.count().desc(), first.c.delivery_class, Warehouse.code)
    )
    return [
        KeptPromises(
            DeliveryClass(delivery_class),
            code,
            name_zh,
            name_en,
            lines,
            on_time,
            float(median),
            {cause: count for cause, count in zip(broken, counts, strict=True) if count},
        )
        for delivery_class, code, name_zh, name_en, lines, on_time, median, *counts in rows
    ]
