"""The planners' figures: stock against target, shortages, surplus, dead stock, fill, turns, overrides.

Sums over what was folded last (`planning_figures_folding.py`), by tier and division and within the reader's reach; what
is cheap to ask is asked live (`planning_figures_live.py`).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import BigInteger, ColumnElement, Double, Numeric, cast, func, select
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeEngine

from inventory import identity, procurement
from inventory.actor import Actor
from inventory.catalogue.models import Division
from inventory.identity import Permission
from inventory.network.models import Tier, Warehouse
from inventory.reporting.planning_figures_models import FiguresFold, PlanningFigure


@dataclass(frozen=True, slots=True)
class FigureFilter:
    """Which part of the network: a tier, a division, a warehouse; None is all within reach."""

    tier: Tier | None = None
    division_id: int | None = None
    warehouse_id: int | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """Sums over part-places: `PlanningFigure` says what each is. What is asked of nothing has no share: None.

    Units: part-places, the company's currency; orders a day for `flow` and `own`; lines for `asked` and `filled`.
    """

    places: int = 0
    short: int = 0
    within: int = 0
    above: int = 0
    unplanned: int = 0
    unplanned_value: Decimal = Decimal(0)
    empty: int = 0
    unpriced: int = 0
    on_hand_value: Decimal = Decimal(0)
    held_places: int = 0
    target_value: Decimal = Decimal(0)
    missing_value: Decimal = Decimal(0)
    short_missing_value: Decimal = Decimal(0)
    empty_missing_value: Decimal = Decimal(0)
    excess_value: Decimal = Decimal(0)
    surplus_places: int = 0
    surplus_value: Decimal = Decimal(0)
    dead_90_places: int = 0
    dead_90_value: Decimal = Decimal(0)
    dead_180_places: int = 0
    dead_180_value: Decimal = Decimal(0)
    dead_365_places: int = 0
    dead_365_value: Decimal = Decimal(0)
    asked_value: Decimal = Decimal(0)
    flow: float = 0.0
    flow_filled: float = 0.0
    own: float = 0.0
    own_filled: float = 0.0
    asked: int = 0
    filled: int = 0
    overridden_places: int = 0
    overridden_empty: int = 0
    overridden_on_hand_value: Decimal = Decimal(0)
    overridden_target_value: Decimal = Decimal(0)
    overridden_own: float = 0.0
    overridden_own_filled: float = 0.0
    overridden_asked: int = 0
    overridden_filled: int = 0

    @property
    def end_fill(self) -> float | None:
        """The share of end demand, in orders, that is expected to be met at once where it arises."""
        return share(self.own_filled, self.own)

    @property
    def projected_fill(self) -> float | None:
        """The same of all demand that passes through, each place weighted by its own."""
        return share(self.flow_filled, self.flow)

    @property
    def realised_fill(self) -> float | None:
        """The share of lines asked for of late that was there at once, in full."""
        return share(self.filled, self.asked)

    @property
    def turns(self) -> float | None:
        """How often a year what lies there is asked for: by these places and those below."""
        return share(self.asked_value, self.on_hand_value)

    @property
    def stock(self) -> float | None:
        """What lies there of what should, in money."""
        return share(self.on_hand_value, self.target_value)

    @property
    def overridden_end_fill(self) -> float | None:
        """The share of end demand that places with an override in force are expected to meet at once."""
        return share(self.overridden_own_filled, self.overridden_own)

    @property
    def overridden_realised_fill(self) -> float | None:
        """The realised fill of places with an override in force."""
        return share(self.overridden_filled, self.overridden_asked)

    @property
    def overridden_stock(self) -> float | None:
        """What places with an override hold of what they should."""
        return share(self.overridden_on_hand_value, self.overridden_target_value)

    @property
    def others(self) -> "Figures":
        """The same of the places without an override, as far as both are told apart."""
        return Figures(
            places=self.places - self.overridden_places,
            empty=self.empty - self.overridden_empty,
            on_hand_value=self.on_hand_value - self.unplanned_value - self.overridden_on_hand_value,
            target_value=self.target_value - self.overridden_target_value,
            own=self.own - self.overridden_own,
            own_filled=self.own_filled - self.overridden_own_filled,
            asked=self.asked - self.overridden_asked,
            filled=self.filled - self.overridden_filled,
        )


def share(part: float | Decimal, whole: float | Decimal) -> float | None:
    """A part of a whole; None of nothing."""
    return float(part) / float(whole) if whole > 0 else None


def add_up(figures: Iterable[Figures]) -> Figures:
    """The sum of some figures."""
    rows = list(figures)
    return (
        Figures(**{one.name: sum(getattr(row, one.name) for row in rows) for one in fields(Figures)})
        if rows
        else Figures()
    )


@dataclass(frozen=True, slots=True)
class FiguresOf:
    """The figures of a division's parts at a tier."""

    tier: Tier
    division_id: int
    division_code: str
    name_zh: str
    name_en: str
    figures: Figures


@dataclass(frozen=True, slots=True)
class FoldedFigures:
    """All figures within reach as of a day, in the company's currency; `margin` is that of surplus."""

    as_of_on: date
    folded_at: datetime
    currency: str
    margin: Decimal
    rows: Sequence[FiguresOf]

    @property
    def total(self) -> Figures:
        """All of them together."""
        return add_up(row.figures for row in self.rows)

    @property
    def by_tier(self) -> list[tuple[Tier, Figures]]:
        """By tier, from the top."""
        return [
            (tier, add_up(row.figures for row in self.rows if row.tier is tier))
            for tier in Tier
            if any(row.tier is tier for row in self.rows)
        ]

    @property
    def by_division(self) -> list[FiguresOf]:
        """By division, that with most money on the shelf first; the tier is that of its first row."""
        found: dict[int, list[FiguresOf]] = {}
        for row in self.rows:
            found.setdefault(row.division_id, []).append(row)
        summed = [
            FiguresOf(
                rows[0].tier, id, rows[0].division_code, rows[0].name_zh, rows[0].name_en,
                add_up(row.figures for row in rows),
            )
            for id, rows in found.items()
        ]  # fmt: skip
        return sorted(summed, key=lambda one: (-one.figures.on_hand_value, one.division_code))


_NAMES: Final = tuple(one.name for one in fields(Figures))
_TYPES: Final[Mapping[type, TypeEngine[Any]]] = {int: BigInteger(), float: Double(), Decimal: Numeric(20, 4)}


def _sum(name: str) -> Any:
    column = PlanningFigure.__table__.columns[name]
    return cast(func.sum(column), _TYPES[column.type.python_type])


def read_figures(session: Session, wanted: FigureFilter, *, by: Actor) -> FoldedFigures | None:
    """The figures as folded last; None as long as no run ever ended. Raises: NotPermitted."""
    by.require(Permission.SEE_PROPOSALS)
    fold = session.get(FiguresFold, 1)
    if fold is None:
        return None
    tier, division = Warehouse.tier, PlanningFigure.division_id
    summed = (
        select(tier, division, *(_sum(name).label(name) for name in _NAMES))
        .join(Warehouse, Warehouse.id == PlanningFigure.warehouse_id)
        .where(identity.covers(by, Permission.SEE_PROPOSALS, PlanningFigure.warehouse_id), *_within(wanted))
        .group_by(tier, division)
        .subquery()
    )
    rows = session.execute(
        select(summed, Division.code, Division.name_zh, Division.name_en)
        .join(Division, Division.id == summed.c.division_id)
        .order_by(Division.code)
    ).all()
    return FoldedFigures(
        fold.as_of_on,
        fold.folded_at,
        procurement.base_currency(session),
        fold.surplus_margin,
        [FiguresOf(Tier(row[0]), row[1], row.code, row.name_zh, row.name_en, Figures(*row[2:-3])) for row in rows],
    )


def _within(wanted: FigureFilter) -> list[ColumnElement[bool]]:
    conditions = []
    if wanted.tier is not None:
        conditions.append(Warehouse.tier == wanted.tier)
    if wanted.division_id is not None:
        conditions.append(PlanningFigure.division_id == wanted.division_id)
    if wanted.warehouse_id is not None:
        conditions.append(PlanningFigure.warehouse_id == wanted.warehouse_id)
    return conditions
