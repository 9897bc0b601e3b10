"""The lists behind every figure of fill: part-places with what they are asked for, what of it they are expected to meet
at once, and what they really met; those that miss most first.

A list adds up to its figure: `sum_fills` adds up the same rows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import ColumnElement, Double, Select, cast, func, select, tuple_
from sqlalchemy.orm import Session

from inventory import identity
from inventory.actor import Actor
from inventory.catalogue.models import Division, Part
from inventory.identity import Permission
from inventory.network.models import Tier, Warehouse
from inventory.reporting.planning_figures import FigureFilter, share
from inventory.reporting.planning_figures_lists import conditions_within
from inventory.reporting.planning_figures_models import PlaceStanding, Standing


class FillList(StrEnum):
    """Which part-places: where end demand arises, where any passes through, where lines were asked for of late, or all
    that are to hold their part.
    """

    END_DEMAND = "end_demand"
    PASSING = "passing"
    LINES = "lines"
    PLANNED = "planned"


_WHICH: Final[dict[FillList, ColumnElement[bool]]] = {
    FillList.END_DEMAND: PlaceStanding.own > 0,
    FillList.PASSING: PlaceStanding.flow > 0,
    FillList.LINES: PlaceStanding.asked > 0,
    FillList.PLANNED: PlaceStanding.standing != Standing.UNPLANNED,
}
FillKey = tuple[float, int, int]
"""Where a row stands in its list: orders a day or lines that it misses, part, warehouse."""


@dataclass(frozen=True, slots=True)
class FillFilter(FigureFilter):
    """Narrowed also to places whose service a rule tells, or to those with an override in force, or without one."""

    policy_id: int | None = None
    overridden: bool | None = None


@dataclass(frozen=True, slots=True)
class Filled:
    """What some part-places are asked for and meet at once. Units: orders a day; lines of FILL_DAYS."""

    orders: float
    orders_filled: float
    asked: int
    filled: int

    @property
    def orders_missed(self) -> float:
        """Orders a day that are expected to wait."""
        return self.orders - self.orders_filled

    @property
    def expected_fill(self) -> float | None:
        """The share of orders that is expected to be met at once; None where none arises."""
        return share(self.orders_filled, self.orders)

    @property
    def missed(self) -> int:
        """Lines that had to wait."""
        return self.asked - self.filled

    @property
    def realised_fill(self) -> float | None:
        """The share of lines that was met at once in full; None where nothing was asked for."""
        return share(self.filled, self.asked)


@dataclass(frozen=True, slots=True)
class FillSums(Filled):
    """The sum of a list, over so many part-places."""

    places: int


@dataclass(frozen=True, slots=True)
class ListedFill(Filled):
    """A part at a place, as of the last fold. `policy_id` is the rule that tells its service, where one does."""

    part_id: int
    number: str
    name_zh: str
    name_en: str
    division_code: str
    warehouse_id: int
    warehouse_code: str
    warehouse_name_zh: str
    warehouse_name_en: str
    tier: Tier
    overridden: bool
    policy_id: int | None
    missing_most: float

    @property
    def key(self) -> FillKey:
        """Where it stands in its list."""
        return self.missing_most, self.part_id, self.warehouse_id


def list_fills(
    session: Session, which: FillList, wanted: FillFilter, *, by: Actor, after: FillKey | None = None, limit: int
) -> Sequence[ListedFill]:
    """A list of part-places within reach, those that miss most first; `after` the key of the last one seen.

    Raises: NotPermitted.
    """
    missing = _missing(which)
    key = (missing, PlaceStanding.part_id, PlaceStanding.warehouse_id)
    query: Select[*tuple[Any, ...]] = (
        select(
            *_figures(which), PlaceStanding.part_id, Part.number, Part.name_zh, Part.name_en, Division.code,
            PlaceStanding.warehouse_id, Warehouse.code, Warehouse.name_zh, Warehouse.name_en, PlaceStanding.tier,
            PlaceStanding.overridden, PlaceStanding.policy_id, missing,
        )
        .join(Part, Part.id == PlaceStanding.part_id)
        .join(Division, Division.id == PlaceStanding.division_id)
        .join(Warehouse, Warehouse.id == PlaceStanding.warehouse_id)
        .where(*_conditions(which, wanted, by=by))
        .order_by(*(column.desc() for column in key))
        .limit(limit)
    )  # fmt: skip
    if after is not None:
        query = query.where(tuple_(*key) < after)
    return [ListedFill(*row) for row in session.execute(query)]


def sum_fills(session: Session, which: FillList, wanted: FillFilter, *, by: Actor) -> FillSums:
    """What a list adds up to. Raises: NotPermitted."""
    sums = (func.coalesce(func.sum(column), 0) for column in _figures(which))
    row = session.execute(select(*sums, func.count()).where(*_conditions(which, wanted, by=by))).one()
    return FillSums(float(row[0]), float(row[1]), int(row[2]), int(row[3]), row[4])


def _orders(which: FillList) -> ColumnElement[Any]:
    """The orders a day that a list counts: all that pass through, else the end demand among them."""
    return (PlaceStanding.flow if which is FillList.PASSING else PlaceStanding.own).expression


def _figures(which: FillList) -> tuple[ColumnElement[Any], ...]:
    orders = _orders(which)
    lines = PlaceStanding.asked.expression, PlaceStanding.filled.expression
    return orders, orders * PlaceStanding.expected_fill, *lines


def _missing(which: FillList) -> ColumnElement[Any]:
    """What a list is ordered by: lines that waited, else orders a day that are expected to."""
    if which is FillList.LINES:
        return cast(PlaceStanding.asked.expression - PlaceStanding.filled, Double)
    return _orders(which) * (1 - PlaceStanding.expected_fill)


def _conditions(which: FillList, wanted: FillFilter, *, by: Actor) -> list[ColumnElement[bool]]:
    by.require(Permission.SEE_PROPOSALS)
    told = [
        _WHICH[which],
        identity.covers(by, Permission.SEE_PROPOSALS, PlaceStanding.warehouse_id),
        *conditions_within(wanted),
    ]
    if wanted.policy_id is not None:
        by.require(Permission.SEE_POLICIES)
        told.append(PlaceStanding.policy_id == wanted.policy_id)
    if wanted.overridden is not None:
        told.append(PlaceStanding.overridden == wanted.overridden)
    return told
