"""The planners' figures month by month: stock against target, and what forecasts said against what was asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Numeric, cast, func, select, tuple_
from sqlalchemy.orm import Session

from inventory import identity
from inventory.actor import Actor
from inventory.catalogue.models import Part
from inventory.identity import Permission
from inventory.network.models import Warehouse
from inventory.reporting.planning_figures import FigureFilter, share
from inventory.reporting.planning_figures_models import ForecastMonth, StockMonth


@dataclass(frozen=True, slots=True)
class StockOfMonth:
    """What lay in a month and what should have, on its mean day. Units: the company's currency."""

    month: date
    on_hand_value: Decimal
    target_value: Decimal


def list_stock_months(session: Session, wanted: FigureFilter, *, months: int, by: Actor) -> list[StockOfMonth]:
    """Stock against target in the last months that were folded, oldest first; by warehouse, not by division.

    Raises: NotPermitted.
    """
    by.require(Permission.SEE_PROPOSALS)
    query = (
        select(
            StockMonth.month,
            func.sum(StockMonth.on_hand_value / StockMonth.days),
            func.sum(StockMonth.target_value / StockMonth.days),
        )
        .join(Warehouse, Warehouse.id == StockMonth.warehouse_id)
        .where(identity.covers(by, Permission.SEE_PROPOSALS, StockMonth.warehouse_id))
        .group_by(StockMonth.month)
        .order_by(StockMonth.month.desc())
        .limit(months)
    )
    if wanted.tier is not None:
        query = query.where(Warehouse.tier == wanted.tier)
    if wanted.warehouse_id is not None:
        query = query.where(Warehouse.id == wanted.warehouse_id)
    return [StockOfMonth(*row) for row in reversed(session.execute(query).all())]


@dataclass(frozen=True, slots=True)
class ForecastOfMonth:
    """What a month was expected to bring over the network, and what it brought; parts weigh by their money.

    Units: parts, the company's currency. `missed` adds up how far each part was off, to either side. A `back_cast` was
    worked out afterwards, on what had been known when the month began.
    """

    month: date
    parts: int
    expected: Decimal
    asked: Decimal
    missed: Decimal
    back_cast: bool

    @property
    def accuracy(self) -> float | None:
        """What was asked for less what was missed, as a share of what was asked for; not below 0."""
        missed = share(self.missed, self.asked)
        return None if missed is None else max(0.0, 1 - missed)

    @property
    def bias(self) -> float | None:
        """How much more was expected than was asked for, as a share of that; below 0: less."""
        return share(self.expected - self.asked, self.asked)


def sees_forecasts(by: Actor) -> bool:
    """Whether somebody is told how forecasts did: they are made over the network, so who plans all of it."""
    return by.may(Permission.SEE_PROPOSALS) and by.reach[Permission.SEE_PROPOSALS] is None


def list_forecast_months(session: Session, wanted: FigureFilter, *, months: int, by: Actor) -> list[ForecastOfMonth]:
    """How the forecasts of the last months did that are over, oldest first; nothing for who sees a part of the network.

    Raises: NotPermitted.
    """
    by.require(Permission.SEE_PROPOSALS)
    if not sees_forecasts(by):
        return []
    expected, asked = _expected_value(), _asked_value()
    query = (
        select(
            ForecastMonth.month, func.count(), func.sum(expected), func.sum(asked),
            func.sum(func.abs(expected - asked)), func.bool_or(ForecastMonth.back_cast),
        )
        .where(ForecastMonth.asked.is_not(None))
        .group_by(ForecastMonth.month)
        .order_by(ForecastMonth.month.desc())
        .limit(months)
    )  # fmt: skip
    if wanted.division_id is not None:
        query = query.join(Part, Part.id == ForecastMonth.part_id).where(Part.division_id == wanted.division_id)
    return [ForecastOfMonth(*row) for row in reversed(session.execute(query).all())]


@dataclass(frozen=True, slots=True)
class ForecastOfPart:
    """How far a month's forecast of a part was off. Units: base units; the company's currency for `missed_value`."""

    part_id: int
    number: str
    name_zh: str
    name_en: str
    base_unit: str
    expected: float
    asked: int | None
    missed_value: Decimal


def list_forecast_parts(
    session: Session,
    month: date,
    wanted: FigureFilter,
    *,
    by: Actor,
    after: tuple[Decimal, int] | None = None,
    limit: int,
) -> Sequence[ForecastOfPart]:
    """The parts of a month that is over, those whose forecast missed most money first; `after` the last one seen.

    Raises: NotPermitted.
    """
    by.require(Permission.SEE_PROPOSALS)
    if not sees_forecasts(by):
        return []
    missed = cast(func.round(func.abs(_expected_value() - _asked_value()), 4), Numeric(20, 4))
    query = (
        select(
            Part.id, Part.number, Part.name_zh, Part.name_en, Part.base_unit,
            ForecastMonth.expected, ForecastMonth.asked, missed,
        )
        .join(Part, Part.id == ForecastMonth.part_id)
        .where(ForecastMonth.month == month, ForecastMonth.asked.is_not(None))
        .order_by(missed.desc(), Part.id.desc())
        .limit(limit)
    )  # fmt: skip
    if wanted.division_id is not None:
        query = query.where(Part.division_id == wanted.division_id)
    if after is not None:
        query = query.where(tuple_(missed, Part.id) < after)
    return [ForecastOfPart(*row) for row in session.execute(query)]


def _expected_value() -> ColumnElement[Any]:
    return cast(ForecastMonth.expected, Numeric) * ForecastMonth.unit_value


def _asked_value() -> ColumnElement[Any]:
    return ForecastMonth.asked * ForecastMonth.unit_value
