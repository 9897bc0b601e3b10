"""The lists behind the planners' figures: part-places that are short, empty, over their level, dead or overridden."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, select, text, tuple_
from sqlalchemy.orm import Session

from inventory import identity, procurement, sourcing
from inventory.actor import Actor
from inventory.catalogue.models import Division, Part
from inventory.identity import Permission
from inventory.network.models import Tier, Warehouse
from inventory.reporting.planning_figures import FigureFilter
from inventory.reporting.planning_figures_models import FiguresFold, PlaceStanding


class PlaceList(StrEnum):
    """Which part-places; those dead for longer are among those dead for shorter, and all that hold any are `held`."""

    SHORT = "short"
    EMPTY = "empty"
    WITHIN = "within"
    ABOVE = "above"
    SURPLUS = "surplus"
    UNPLANNED = "unplanned"
    DEAD_90 = "dead_90"
    DEAD_180 = "dead_180"
    DEAD_365 = "dead_365"
    OVERRIDDEN = "overridden"
    HELD = "held"


# The words are those of the partial indexes, so that these are known to serve.
_WHICH: Final = {
    PlaceList.SHORT: "place_standing.standing = 'short'",
    PlaceList.EMPTY: "place_standing.empty",
    PlaceList.WITHIN: "place_standing.standing = 'within'",
    PlaceList.ABOVE: "place_standing.standing = 'above' AND place_standing.on_hand > 0",
    PlaceList.SURPLUS: "place_standing.surplus > 0",
    PlaceList.UNPLANNED: "place_standing.standing = 'unplanned' AND place_standing.on_hand > 0",
    PlaceList.OVERRIDDEN: "place_standing.overridden",
    PlaceList.HELD: "place_standing.on_hand > 0",
}
_DEAD_DAYS: Final = {PlaceList.DEAD_90: 90, PlaceList.DEAD_180: 180, PlaceList.DEAD_365: 365}
PlaceKey = tuple[Decimal, int, int]
"""Where a row stands in its list: money, part, warehouse."""


@dataclass(frozen=True, slots=True)
class ListedPlace:
    """A part at a place, as it stood at the last fold; `coming` is what is on its way to it now.

    `value` is the money by which the list is ordered: of what is missing, of the surplus, of what lies there.

    Units: base units; base units a day; the company's currency.
    """

    part_id: int
    number: str
    name_zh: str
    name_en: str
    base_unit: str
    division_code: str
    warehouse_id: int
    warehouse_code: str
    warehouse_name_zh: str
    warehouse_name_en: str
    tier: Tier
    standing: str
    on_hand: int
    free: int
    order_up_to: int
    missing: int
    excess: int
    surplus: int
    daily_mean: float
    idle_since: date | None
    value: Decimal
    coming: int = 0

    @property
    def key(self) -> PlaceKey:
        """Where it stands in its list."""
        return self.value, self.part_id, self.warehouse_id


def list_places(
    session: Session,
    which: PlaceList,
    wanted: FigureFilter,
    *,
    by: Actor,
    after: PlaceKey | None = None,
    limit: int,
) -> Sequence[ListedPlace]:
    """A list of part-places within reach, most money first; `after` the key of the last one seen.

    Raises: NotPermitted.
    """
    by.require(Permission.SEE_PROPOSALS)
    fold = session.get(FiguresFold, 1)
    if fold is None:
        return []
    value = _value_of(which)
    key = (value, PlaceStanding.part_id, PlaceStanding.warehouse_id)
    query = (
        _listed(value)
        .where(
            _condition(which, on=fold.as_of_on),
            identity.covers(by, Permission.SEE_PROPOSALS, PlaceStanding.warehouse_id),
            *conditions_within(wanted),
        )
        .order_by(*(column.desc() for column in key))
        .limit(limit)
    )
    if after is not None:
        query = query.where(tuple_(*key) < after)
    return _with_coming(session, [ListedPlace(*row) for row in session.execute(query)])


def _listed(value: ColumnElement[Any]) -> Select[*tuple[Any, ...]]:
    return (
        select(
            PlaceStanding.part_id,
            Part.number,
            Part.name_zh,
            Part.name_en,
            Part.base_unit,
            Division.code,
            PlaceStanding.warehouse_id,
            Warehouse.code,
            Warehouse.name_zh,
            Warehouse.name_en,
            PlaceStanding.tier,
            PlaceStanding.standing,
            PlaceStanding.on_hand,
            PlaceStanding.free,
            PlaceStanding.order_up_to,
            PlaceStanding.missing,
            PlaceStanding.excess,
            PlaceStanding.surplus,
            PlaceStanding.daily_mean,
            PlaceStanding.idle_since,
            value,
        )
        .join(Part, Part.id == PlaceStanding.part_id)
        .join(Division, Division.id == PlaceStanding.division_id)
        .join(Warehouse, Warehouse.id == PlaceStanding.warehouse_id)
    )


def _value_of(which: PlaceList) -> ColumnElement[Any]:
    """The money by which a list is ordered; overrides are ordered by part."""
    if which in (PlaceList.SHORT, PlaceList.EMPTY):
        return PlaceStanding.missing_value.expression
    if which is PlaceList.SURPLUS:
        return PlaceStanding.surplus_value.expression
    return PlaceStanding.on_hand_value.expression


def _condition(which: PlaceList, *, on: date) -> ColumnElement[bool]:
    if which not in _DEAD_DAYS:
        return text(_WHICH[which])  # type: ignore[return-value]
    idle = PlaceStanding.idle_since <= on - timedelta(days=_DEAD_DAYS[which])
    return and_(text("place_standing.on_hand > 0"), PlaceStanding.free > 0, idle)


def conditions_within(wanted: FigureFilter) -> list[ColumnElement[bool]]:
    """The conditions that part-places lie in a part of the network."""
    conditions: list[ColumnElement[bool]] = []
    if wanted.tier is not None:
        conditions.append(PlaceStanding.tier == wanted.tier)
    if wanted.division_id is not None:
        conditions.append(PlaceStanding.division_id == wanted.division_id)
    if wanted.warehouse_id is not None:
        conditions.append(PlaceStanding.warehouse_id == wanted.warehouse_id)
    return conditions


def _with_coming(session: Session, places: Sequence[ListedPlace]) -> Sequence[ListedPlace]:
    """The places with what transfers and suppliers are bringing them."""
    part_ids = sorted({one.part_id for one in places})
    coming: dict[tuple[int, int], int] = {}
    if part_ids:
        for moved in sourcing.list_coming(session, part_ids=part_ids):
            coming[moved.part_id, moved.warehouse_id] = moved.on_order + moved.in_transit
        for bought in procurement.list_on_order(session, part_ids=part_ids):
            key = bought.part_id, bought.warehouse_id
            coming[key] = coming.get(key, 0) + bought.not_shipped + bought.announced
    return [replace(one, coming=coming.get((one.part_id, one.warehouse_id), 0)) for one in places]
