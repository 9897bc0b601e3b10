"""Paging by key: a page names the last row it showed, and the next one begins after it.

The cursor is the key of that row, packed; who changes it gets rows that he may see anyway, or a 422. Pages stay right
while rows are added, and page 10,000 costs what page 1 costs.
"""

import base64
import binascii
import json
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from inventory.errors import RuleBroken
from web.wire import BIGINT_MAX, UNREADABLE

LIMIT_DEFAULT = 50
LIMIT_MAX = 200
CURSOR_LENGTH_MAX = 600
_FIGURE = re.compile(r"-?[0-9]{1,40}(\.[0-9]{1,40})?", re.ASCII)

Row = TypeVar("Row")
Key = ColumnElement[Any] | InstrumentedAttribute[Any]


class CursorUnreadable(RuleBroken):
    """The cursor is none that a page of this list gave."""

    code = "cursor_unreadable"


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Some rows of a list, and the cursor of the next page where there is one."""

    items: Sequence[Row]
    next_cursor: str | None


def pack_cursor(values: Sequence[Any]) -> str:
    """Return the cursor that stands for a row's key."""
    plain = [_plain(value) for value in values]
    return base64.urlsafe_b64encode(json.dumps(plain, ensure_ascii=False).encode()).decode().rstrip("=")


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return f"{value:f}"  # as digits: no exponent is read back
    return value.isoformat() if isinstance(value, date) else value


def unpack_cursor(cursor: str, kinds: Sequence[type]) -> tuple[Any, ...]:
    """Return the key behind a cursor; `kinds` are the Python types of its columns.

    Raises: CursorUnreadable.
    """
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        values = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True)) if _fits(cursor) else None
        if not isinstance(values, list) or len(values) != len(kinds):
            raise CursorUnreadable()
        return tuple(_value(value, kind) for value, kind in zip(values, kinds, strict=True))
    except (binascii.Error, ValueError, RecursionError) as error:
        raise CursorUnreadable() from error


def _fits(cursor: str) -> bool:
    return len(cursor) <= CURSOR_LENGTH_MAX


def _value(value: Any, kind: type) -> Any:
    if kind is datetime and isinstance(value, str):
        instant = datetime.fromisoformat(value)
        if instant.tzinfo is None:
            raise CursorUnreadable()
        return instant
    if kind is date and isinstance(value, str):
        return date.fromisoformat(value)
    if kind is Decimal and isinstance(value, str) and _FIGURE.fullmatch(value):
        return Decimal(value)
    if type(value) is not kind or not _is_readable(value):
        raise CursorUnreadable()
    return value


def _is_readable(value: Any) -> bool:
    """Whether a database takes it: a text without odd characters, a bigint, a number that is one."""
    if isinstance(value, str):
        return UNREADABLE.search(value) is None
    return math.isfinite(value) if isinstance(value, float) else abs(value) <= BIGINT_MAX


def read_page(
    session: Session,
    query: Select[Any],
    *,
    keys: Sequence[Key],
    key_of: Callable[[Any], Sequence[Any]],
    cursor: str | None,
    limit: int = LIMIT_DEFAULT,
    descending: bool = False,
    scalars: bool = True,
) -> Page[Any]:
    """Read one page of a query, ordered by the keys, which together are unique.

    `key_of` gives the key of a row that was read. `scalars` tells rows of one entity from rows of several columns.
    Raises: CursorUnreadable.
    """
    limit = max(1, min(limit, LIMIT_MAX))
    place = tuple_(*keys)
    if cursor:
        after = tuple_(*unpack_cursor(cursor, [key.type.python_type for key in keys]))
        query = query.where(place < after if descending else place > after)
    query = query.order_by(*(key.desc() if descending else key.asc() for key in keys)).limit(limit + 1)
    rows: Sequence[Any] = session.scalars(query).all() if scalars else session.execute(query).all()
    shown = rows[:limit]
    return Page(shown, pack_cursor(key_of(shown[-1])) if len(rows) > limit else None)
