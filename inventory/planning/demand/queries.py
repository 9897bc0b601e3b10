"""A part's demand as people look at it: month by month, and by warehouse; within the reader's reach.

A row is visible at both its ends: at the warehouse that needed the part, and at the one that would normally have
served it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    Row,
    Values,
    and_,
    case,
    cast,
    column,
    func,
    literal,
    select,
    true,
    values,
)
from sqlalchemy.orm import Session

from inventory import identity
from inventory.actor import Actor
from inventory.identity import Permission
from inventory.network.models import Warehouse
from inventory.planning.demand.matrix import View
from inventory.planning.demand.models import DemandDay, DemandMark, Origin
from inventory.planning.demand.rolling_over import read_successors


@dataclass(frozen=True, slots=True)
class DemandMonth:
    """A month of a part's demand, in its base unit.

    `asked` here and `imported` from files are the part's own; `rolled_over` was asked of numbers that it replaces;
    `counts` is what planning reads, after marks.
    """

    month: date
    asked: int
    imported: int
    rolled_over: int
    counts: int

    @property
    def recorded(self) -> int:
        """What was really asked for, the replaced numbers' included."""
        return self.asked + self.imported + self.rolled_over


@dataclass(frozen=True, slots=True)
class DemandPlace:
    """A warehouse at which a part counts, with what was asked for in the months looked at."""

    code: str
    name_zh: str
    name_en: str
    quantity: int


def last_months(at: datetime, zone: ZoneInfo, months: int) -> list[date]:
    """The first days of the last so many months, the present one among them, oldest first."""
    today = at.astimezone(zone).date()
    last = today.year * 12 + today.month - 1
    return [date(month // 12, month % 12 + 1, 1) for month in range(last - months + 1, last + 1)]


def list_demand_months(
    session: Session,
    part_id: int,
    months: Sequence[date],
    *,
    warehouse_id: int | None = None,
    view: View = View.NEED,
    by: Actor,
) -> list[DemandMonth]:
    """What was asked of a part in each of these months, at all warehouses within reach or at one of them."""
    by.require(Permission.SEE_DEMAND)
    found = {row.month: row for row in _by_month(session, part_id, months, warehouse_id, view, by=by)}
    return [_month(one, found.get(one)) for one in months]


def list_demand_places(
    session: Session, part_id: int, months: Sequence[date], *, view: View = View.NEED, limit: int, by: Actor
) -> list[DemandPlace]:
    """The warehouses within reach at which the part, or what it replaces, was asked for most in these months."""
    by.require(Permission.SEE_DEMAND)
    part = _part_with_replaced(session, part_id, on=months[-1])
    end = DemandDay.warehouse_id if view is View.NEED else DemandDay.source_id
    total = func.sum(DemandDay.quantity * part.c.ratio)
    rows = session.execute(
        select(Warehouse.code, Warehouse.name_zh, Warehouse.name_en, cast(total, BigInteger))
        .join(DemandDay, end == Warehouse.id)
        .join(part, part.c.part_id == DemandDay.part_id)
        .where(
            DemandDay.asked_on >= months[0],
            identity.covers(by, Permission.SEE_DEMAND, DemandDay.warehouse_id, DemandDay.source_id),
        )
        .group_by(Warehouse.id)
        .having(total > 0)
        .order_by(total.desc(), Warehouse.code)
        .limit(limit)
    )
    return [DemandPlace(*row) for row in rows]


def _month(month: date, row: Row[*tuple[Any, ...]] | None) -> DemandMonth:
    if row is None:
        return DemandMonth(month, 0, 0, 0, 0)
    return DemandMonth(month, row.asked, row.imported, row.rolled_over, row.counts)


def _by_month(
    session: Session, part_id: int, months: Sequence[date], warehouse_id: int | None, view: View, *, by: Actor
) -> Sequence[Row[*tuple[Any, ...]]]:
    """Sums by month; each warehouse's month is summed first, for a mark is about one of them."""
    part = _part_with_replaced(session, part_id, on=months[-1])
    month = cast(func.date_trunc("month", DemandDay.asked_on), Date).label("month")
    own = DemandDay.part_id == part_id
    within = (
        select(
            DemandDay.part_id,
            DemandDay.warehouse_id,
            month,
            _sum(DemandDay.quantity, own & (DemandDay.origin == Origin.ASKED)).label("asked"),
            _sum(DemandDay.quantity, own & (DemandDay.origin == Origin.IMPORTED)).label("imported"),
            _sum(DemandDay.quantity * part.c.ratio, ~own).label("rolled_over"),
        )
        .join(part, part.c.part_id == DemandDay.part_id)
        .where(
            DemandDay.asked_on >= months[0],
            identity.covers(by, Permission.SEE_DEMAND, DemandDay.warehouse_id, DemandDay.source_id),
            _at(warehouse_id, DemandDay.warehouse_id if view is View.NEED else DemandDay.source_id),
        )
        .group_by(DemandDay.part_id, DemandDay.warehouse_id, month)
        .subquery("within")
    )
    marked = (
        select(
            DemandMark.part_id,
            DemandMark.warehouse_id,
            DemandMark.month,
            (DemandMark.counts_as * part.c.ratio).label("counts"),
        )
        .join(part, part.c.part_id == DemandMark.part_id)
        .join(Warehouse, Warehouse.id == DemandMark.warehouse_id)
        .where(
            DemandMark.undone_at.is_(None),
            DemandMark.month >= months[0],
            identity.covers(by, Permission.SEE_DEMAND, DemandMark.warehouse_id, Warehouse.parent_id),
            _at(
                warehouse_id,
                Warehouse.id if view is View.NEED else func.coalesce(Warehouse.parent_id, Warehouse.id),
            ),
        )
        .subquery("marked")
    )
    same = and_(*(within.c[name] == marked.c[name] for name in ("part_id", "warehouse_id", "month")))
    recorded = within.c.asked + within.c.imported + within.c.rolled_over
    whole = func.coalesce(within.c.month, marked.c.month).label("month")
    query = (
        select(
            whole,
            _total(within.c.asked).label("asked"),
            _total(within.c.imported).label("imported"),
            _total(within.c.rolled_over).label("rolled_over"),
            _total(func.coalesce(marked.c.counts, recorded)).label("counts"),
        )
        .select_from(within.join(marked, same, full=True))
        .group_by(whole)
    )
    return session.execute(query).all()


def _part_with_replaced(session: Session, part_id: int, *, on: date) -> Values:
    """A part and the numbers that it replaces on a day, each with how many of the part stand for one of it."""
    ratios = {old: one.ratio for old, one in read_successors(session, on=on).items() if one.part_id == part_id}
    columns = column("part_id", BigInteger), column("ratio", BigInteger)
    return values(*columns, name="part").data([(part_id, 1), *sorted(ratios.items())])


def _sum(quantity: Any, condition: ColumnElement[bool]) -> Any:
    return cast(func.coalesce(func.sum(case((condition, quantity))), 0), BigInteger)


def _total(figure: Any) -> Any:
    return cast(func.coalesce(func.sum(figure), 0), BigInteger)


def _at(warehouse_id: int | None, end: Any) -> ColumnElement[bool]:
    return true() if warehouse_id is None else end == literal(warehouse_id)
