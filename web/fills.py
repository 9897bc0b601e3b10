"""What the API and the screens of the lists behind every figure of fill share: narrowing, pages, files."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext
from sqlalchemy.orm import Session

from inventory import reporting
from inventory.actor import Actor
from inventory.reporting import FillFilter, FillList, ListedFill
from web.cockpit import CockpitWish, every_row, filter_of, warehouse_name
from web.paging import Page, unpack_cursor
from web.requests import page_of_rows
from web.showing import name_of, word_of
from web.wire import BIGINT_MAX

OVERRIDDEN = {"yes": True, "no": False}


@dataclass(frozen=True, slots=True)
class FillWish(CockpitWish):
    """A list of fill as it was asked for: of a rule's places also, by its id; with an override in force or without."""

    rule: str = ""
    overridden: str = ""


def fill_filter_of(session: Session, wish: FillWish, *, by: Actor) -> FillFilter:
    """What the wish narrows a list to; what there is none of, or out of reach, finds nothing."""
    within = filter_of(session, wish, by=by)
    known = wish.rule.isascii() and wish.rule.isdigit() and int(wish.rule) <= BIGINT_MAX
    return FillFilter(
        tier=within.tier,
        division_id=within.division_id,
        warehouse_id=within.warehouse_id,
        policy_id=(int(wish.rule) if known else 0) if wish.rule else None,
        overridden=OVERRIDDEN.get(wish.overridden),
    )


def page_of_fills(
    session: Session, which: FillList, wanted: FillFilter, *, by: Actor, cursor: str | None, limit: int
) -> Page[ListedFill]:
    """A page of part-places, those that miss most first. Raises: NotPermitted, CursorUnreadable."""
    after = unpack_cursor(cursor, [float, int, int]) if cursor else None
    found = reporting.list_fills(session, which, wanted, by=by, after=after, limit=limit + 1)
    return page_of_rows(found, limit, lambda one: one.key)


def rows_of_fills(session: Session, which: FillList, wanted: FillFilter, *, by: Actor) -> Iterator[Sequence[Any]]:
    """The rows of a list for a file, page by page, FILE_ROWS_MAX at most."""

    def read(after: Any, limit: int) -> Sequence[ListedFill]:
        return reporting.list_fills(session, which, wanted, by=by, after=after, limit=limit)

    for one in every_row(read, lambda last: last.key):
        yield (
            one.number, name_of(one), one.division_code, one.warehouse_code, warehouse_name(one),
            word_of(one.tier, "tier"), round(one.orders, 6), round(one.expected_fill or 0, 4),
            round(one.orders_missed, 6), one.asked, one.filled, one.missed,
        )  # fmt: skip


def head_of_fills() -> list[str]:
    """What is written above these rows."""
    return [
        gettext("Part"), gettext("Name"), gettext("Division"), gettext("Warehouse"), gettext("Warehouse name"),
        gettext("Tier"), gettext("Orders a day"), gettext("Expected fill"), gettext("Expected to wait, a day"),
        gettext("Lines asked for"), gettext("Met at once"), gettext("Had to wait"),
    ]  # fmt: skip
