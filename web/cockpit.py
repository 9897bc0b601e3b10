"""What the API and the screens of the planners' cockpit share: what they are narrowed to, pages of lists, files."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Self

from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory import network, reporting
from inventory.actor import Actor
from inventory.catalogue import Division
from inventory.identity import Permission
from inventory.network import Tier
from inventory.reporting import FigureFilter, ForecastOfPart, ListedFill, ListedPlace, PlaceList
from inventory.sheets import Unreadable, read_month_or_day
from web.forms import word_in
from web.paging import Page, unpack_cursor
from web.requests import page_of_rows
from web.showing import name_of, word_of

FILE_ROWS_MAX = 50_000
"""Rows of a list that a file holds at most: a planner works on the first of them, by money."""
FILE_PAGE = 5_000


@dataclass(frozen=True, slots=True)
class CockpitWish:
    """What a cockpit or a list was asked for, as it came: words and codes; the empty text narrows nothing."""

    tier: str = ""
    division: str = ""
    warehouse: str = ""

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Self:
        """The wish in the arguments of an address."""
        return cls(*(str(told.get(name) or "").strip()[:40] for name in cls.__dataclass_fields__))

    @property
    def narrows(self) -> bool:
        """Whether anything was asked for."""
        return bool(self.arguments())

    def arguments(self) -> dict[str, str]:
        """The arguments of an address that asks for the same."""
        told = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return {name: value for name, value in told.items() if value}


def filter_of(session: Session, wish: CockpitWish, *, by: Actor) -> FigureFilter:
    """What the wish narrows figures to; an unknown code or one out of reach finds nothing."""
    division = session.scalar(select(Division.id).where(Division.code == wish.division)) if wish.division else None
    place = network.find_warehouse(session, wish.warehouse) if wish.warehouse else None
    if place is not None and not by.may(Permission.SEE_PROPOSALS, place.id):
        place = None
    return FigureFilter(
        tier=word_in(Tier, wish.tier),
        division_id=(division or 0) if wish.division else None,
        warehouse_id=(place.id if place else 0) if wish.warehouse else None,
    )


def page_of_places(
    session: Session, which: PlaceList, wanted: FigureFilter, *, by: Actor, cursor: str | None, limit: int
) -> Page[ListedPlace]:
    """A page of part-places, most money first. Raises: NotPermitted, CursorUnreadable."""
    after = unpack_cursor(cursor, [Decimal, int, int]) if cursor else None
    found = reporting.list_places(session, which, wanted, by=by, after=after, limit=limit + 1)
    return page_of_rows(found, limit, lambda one: one.key)


def page_of_forecasts(
    session: Session, month: date, wanted: FigureFilter, *, by: Actor, cursor: str | None, limit: int
) -> Page[ForecastOfPart]:
    """A page of a month's forecasts, the most missed first. Raises: NotPermitted, CursorUnreadable."""
    after = unpack_cursor(cursor, [Decimal, int]) if cursor else None
    found = reporting.list_forecast_parts(session, month, wanted, by=by, after=after, limit=limit + 1)
    return page_of_rows(found, limit, lambda one: [one.missed_value, one.part_id])


def month_of(told: str) -> date | None:
    """The month that was asked for, such as 2026-03; None for anything else."""
    try:
        return date.fromisoformat(read_month_or_day(told.strip())).replace(day=1)
    except Unreadable:
        return None


def rows_of_places(session: Session, which: PlaceList, wanted: FigureFilter, *, by: Actor) -> Iterator[Sequence[Any]]:
    """The rows of a list for a file, page by page, FILE_ROWS_MAX at most."""

    def read(after: Any, limit: int) -> Sequence[ListedPlace]:
        return reporting.list_places(session, which, wanted, by=by, after=after, limit=limit)

    for one in every_row(read, lambda last: last.key):
        yield (
            one.number, name_of(one), one.division_code, one.warehouse_code, warehouse_name(one),
            word_of(one.tier, "tier"), word_of(one.standing, "standing"), one.on_hand, one.free, one.order_up_to,
            one.missing, one.coming, one.surplus, round(one.daily_mean, 4), one.idle_since, one.value,
            word_of(one.base_unit, "unit"),
        )  # fmt: skip


def head_of_places() -> list[str]:
    """What is written above these rows."""
    return [
        gettext("Part"), gettext("Name"), gettext("Division"), gettext("Warehouse"), gettext("Warehouse name"),
        gettext("Tier"), gettext("Standing"), gettext("On hand"), gettext("Free"), gettext("Order-up-to level"),
        gettext("Missing"), gettext("On its way"), gettext("Surplus"), gettext("Demand a day"),
        gettext("Not asked for since"), gettext("Money"), gettext("Unit"),
    ]  # fmt: skip


def rows_of_forecasts(session: Session, month: date, wanted: FigureFilter, *, by: Actor) -> Iterator[Sequence[Any]]:
    """The forecasts of a month for a file, FILE_ROWS_MAX at most."""

    def read(after: Any, limit: int) -> Sequence[ForecastOfPart]:
        return reporting.list_forecast_parts(session, month, wanted, by=by, after=after, limit=limit)

    for one in every_row(read, lambda last: (last.missed_value, last.part_id)):
        expected = round(one.expected, 2)
        yield f"{month:%Y-%m}", one.number, name_of(one), expected, one.asked, one.missed_value


def head_of_forecasts() -> list[str]:
    """What is written above these rows."""
    return [
        gettext("Month"), gettext("Part"), gettext("Name"), gettext("Expected"), gettext("Asked for"),
        gettext("Missed money"),
    ]  # fmt: skip


def every_row(read: Callable[[Any, int], Sequence[Any]], key: Callable[[Any], Any]) -> Iterator[Any]:
    """Every row of a list, a page at a time, up to FILE_ROWS_MAX."""
    after = None
    for _ in range(FILE_ROWS_MAX // FILE_PAGE):
        rows = read(after, FILE_PAGE)
        yield from rows
        if len(rows) < FILE_PAGE:
            return
        after = key(rows[-1])


def warehouse_name(place: ListedPlace | ListedFill) -> str:
    """The name of a listed place's warehouse in the language of the request."""
    return name_of(_Named(place.warehouse_name_zh, place.warehouse_name_en))


@dataclass(frozen=True, slots=True)
class _Named:
    name_zh: str
    name_en: str
