"""Lists page by page, by key."""

import base64
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given as over
from hypothesis import strategies as some
from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory.audit import AuditEntry
from inventory.network.models import Warehouse
from tests import given
from web.paging import CursorUnreadable, pack_cursor, read_page, unpack_cursor

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize("descending", [False, True])
def test_every_row_is_on_one_page_in_order(session: Session, descending: bool) -> None:
    for number in range(7):
        given.warehouse(session, name_zh="同名" if number % 2 else "别名")
    wanted = [(one.name_zh, one.id) for one in session.scalars(select(Warehouse))]
    seen: list[tuple[str, int]] = []
    cursor = None
    while True:
        page = read_page(
            session,
            select(Warehouse),
            keys=[Warehouse.name_zh, Warehouse.id],
            key_of=lambda row: (row.name_zh, row.id),
            cursor=cursor,
            limit=3,
            descending=descending,
        )
        seen += [(one.name_zh, one.id) for one in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert seen == sorted(wanted, reverse=descending)


def test_a_page_that_is_just_full_is_the_last(session: Session) -> None:
    session.add_all(AuditEntry(action="x", recorded_at=NOON) for _ in range(3))
    session.flush()
    query = select(AuditEntry.id, AuditEntry.recorded_at)
    keys = [AuditEntry.recorded_at, AuditEntry.id]
    page = read_page(
        session, query, keys=keys, key_of=lambda row: (row.recorded_at, row.id), cursor=None, limit=3, scalars=False
    )
    assert (len(page.items), page.next_cursor) == (3, None)


def test_instants_come_back_as_they_went(session: Session) -> None:
    assert unpack_cursor(pack_cursor([NOON, 7, "中"]), [datetime, int, str]) == (NOON, 7, "中")


def test_money_comes_back_as_it_went_however_it_was_written() -> None:
    money = [Decimal("123456789012345.6789"), Decimal("0E-8"), Decimal("-1E+3")]
    assert unpack_cursor(pack_cursor(money), [Decimal] * 3) == tuple(money)


@pytest.mark.parametrize(
    "amount",
    ["1E+999999", "1e5", "NaN", "Infinity", "sNaN", "", " 1", "1_0", "１", "9" * 41, "0." + "1" * 41, 1, 1.5],
)
def test_what_is_no_plain_figure_is_no_cursor(amount: object) -> None:
    with pytest.raises(CursorUnreadable):
        unpack_cursor(pack_cursor([amount]), [Decimal])


@pytest.mark.parametrize("number", [float("inf"), float("-inf"), float("nan")])
def test_a_number_that_is_none_is_no_cursor(number: float) -> None:
    with pytest.raises(CursorUnreadable):
        unpack_cursor(pack_cursor([number]), [float])


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "é",
        "!!!",
        "A" * 601,
        pack_cursor([1]),
        pack_cursor(["x", 1]),
        pack_cursor([1, True]),
        pack_cursor([2**63, "x"]),
        pack_cursor([1, "a\0b"]),
        base64.urlsafe_b64encode(rb'[1, "\ud800"]').decode(),
        pack_cursor([1, "x", 2]),
        pack_cursor([[1], "x"]),
    ],
)
def test_a_cursor_that_is_none_of_this_list_is_refused(cursor: str) -> None:
    with pytest.raises(CursorUnreadable):
        unpack_cursor(cursor, [int, str])


@over(some.text(max_size=60))
def test_any_text_is_a_cursor_or_refused(cursor: str) -> None:
    try:
        unpack_cursor(cursor, [int, str])
    except CursorUnreadable:
        return
    assert cursor
