"""What the API and the screens of demand share: a part's months, and their chart as plain geometry."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from math import ceil, log10
from zoneinfo import ZoneInfo

from flask import current_app
from sqlalchemy.orm import Session

from inventory.actor import Actor
from inventory.catalogue import Part
from inventory.identity import Permission
from inventory.network import Warehouse
from inventory.planning import demand
from inventory.planning.demand import DemandMonth, StandingMark, View
from web.stock import warehouse_within

WIDTH, HEIGHT, LEFT, TOP, BOTTOM = 720, 240, 66, 12, 26
TOLD_APART = 5  # months, so that what is told under one bar does not run into the next


@dataclass(frozen=True, slots=True)
class PartDemand:
    """A part's demand at one warehouse or at all within reach."""

    part: Part
    warehouse: Warehouse | None
    view: View
    months: Sequence[DemandMonth]
    marks: Sequence[StandingMark]


@dataclass(frozen=True, slots=True)
class Bar:
    """A month in the chart: the shares of its bar, where it counts otherwise, and what is told under it."""

    month: DemandMonth
    x: float
    width: float
    asked: tuple[float, float]
    imported: tuple[float, float]
    rolled_over: tuple[float, float]
    counts_y: float | None
    told: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars over months with lines at round figures. Units: of the picture, from its upper left corner."""

    bars: Sequence[Bar]
    lines: Sequence[tuple[int, float]]


def part_demand(
    session: Session, part: Part, code: str | None, view: View, *, months: int, by: Actor, at: datetime
) -> PartDemand:
    """A part's demand in the last so many months.

    Raises: NotPermitted; NotFound for a warehouse that is not there or out of reach.
    """
    warehouse = warehouse_within(session, code, Permission.SEE_DEMAND, by=by) if code else None
    warehouse_id = warehouse.id if warehouse else None
    wanted = demand.last_months(at, timezone(), months)
    found = demand.list_demand_months(session, part.id, wanted, warehouse_id=warehouse_id, view=view, by=by)
    marks = demand.list_marks(session, part.id, warehouse_id=warehouse_id, by=by)
    return PartDemand(part, warehouse, view, found, marks)


def timezone() -> ZoneInfo:
    """The zone in which days begin and end."""
    zone: ZoneInfo = current_app.config["TIMEZONE"]
    return zone


def draw(months: Sequence[DemandMonth]) -> Chart:
    """Lay the months side by side, as high as the highest of them needs."""
    most = max((max(one.recorded, one.counts) for one in months), default=0)
    step = _round_step(most)
    top = max(ceil(most / step), 1) * step
    scale = (HEIGHT - TOP - BOTTOM) / top
    pitch = (WIDTH - LEFT) / max(len(months), 1)
    bars = [_bar(one, LEFT + pitch * at, pitch, scale, _told(one.month, at)) for at, one in enumerate(months)]
    return Chart(bars, [(figure, _y(figure, scale)) for figure in range(0, top + 1, step)])


def _told(month: date, at: int) -> str:
    """The year under each January, and the first month under its bar where no January is near."""
    if month.month == 1:
        return str(month.year)
    return f"{month:%Y-%m}" if at == 0 and 13 - month.month >= TOLD_APART else ""


def _bar(month: DemandMonth, x: float, pitch: float, scale: float, told: str) -> Bar:
    lower, middle = month.imported, month.imported + month.asked
    return Bar(
        month=month,
        x=round(x + pitch * 0.14, 1),
        width=round(pitch * 0.72, 1),
        imported=_share(0, lower, scale),
        asked=_share(lower, middle, scale),
        rolled_over=_share(middle, month.recorded, scale),
        counts_y=_y(month.counts, scale) if month.counts != month.recorded else None,
        told=told,
    )


def _share(bottom: int, top: int, scale: float) -> tuple[float, float]:
    """Where a share of a bar begins, from above, and how high it is."""
    return _y(top, scale), round((top - bottom) * scale, 1)


def _y(figure: float, scale: float) -> float:
    return round(HEIGHT - BOTTOM - figure * scale, 1)


def _round_step(most: int) -> int:
    """One, two or five times a power of ten, so that three to six lines reach the highest figure."""
    if most <= 4:
        return 1
    power = int(10 ** int(log10(most / 4)))
    return next(step for step in (power, 2 * power, 5 * power, 10 * power) if most / step <= 5)
