"""What forms of procurement say: lines typed or pasted, days, prices, and lines of an order that were changed."""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from flask import request
from sqlalchemy.orm import Session

from inventory.errors import RuleBroken
from inventory.procurement import LineNews, OrderView, PriceBreak, ShipmentNews
from inventory.quantity import read_quantity
from web.forms import FIGURE, FULL_WIDTH, read_day, read_figure, required_day, typed, typed_parts
from web.purchasing import part_ids_of

_APART = re.compile(r"[\s,;，；]+")
LINES_MAX = 500


class PriceLineUnreadable(RuleBroken):
    """A line that was typed is not a quantity and a price, or a part number, a quantity and a price."""

    code = "price_line_unreadable"


class TooManyLines(RuleBroken):
    """More lines were typed than one screen takes: they belong into a file."""

    code = "too_many_lines"


def wanted_lines(field: str, wanted_on: date, **more: Any) -> list[dict[str, Any]]:
    """Parts and quantities as typed, each wanted on a day. Raises: TypedLineUnreadable; TooManyLines."""
    lines = [
        {"part": part, "quantity": quantity, "wanted_on": wanted_on, "price": None, **more}
        for _, part, quantity in typed_parts(request.form.get(field, ""))
    ]
    if len(lines) > LINES_MAX:
        raise TooManyLines(most=LINES_MAX)
    return lines


def draft_lines() -> list[dict[str, Any]]:
    """The lines of a draft as the form has them: one without a quantity goes; an empty price is the list's.

    Raises: QuantityUnreadable; DayUnreadable; FigureUnreadable; TypedLineUnreadable.
    """
    lines = [
        {
            "part": part,
            "quantity": read_quantity(quantity),
            "wanted_on": read_day(wanted_on),
            "price": read_figure(price) if price.strip() else None,
        }
        for part, quantity, wanted_on, price in _rows("part", "quantity", "wanted_on", "price")
        if _is_some(quantity)
    ]
    if request.form.get("more", "").strip():
        lines += wanted_lines("more", required_day("more_on"))
    return lines


def confirmed_lines(session: Session, view: OrderView) -> list[LineNews]:
    """What the supplier confirms otherwise than it stands. Raises: QuantityUnreadable; DayUnreadable."""
    stands = {one.part_number: one.line for one in view.lines}
    rows = list(_rows("part", "quantity", "due_on"))
    parts = part_ids_of(session, [part for part, *_ in rows])
    news = []
    for part, quantity, due_on in rows:
        line = stands.get(part)
        told = LineNews(parts[part], read_quantity(quantity), read_day(due_on))
        if line is None or (told.quantity, told.due_on) != (line.expected, line.due_on):
            news.append(told)
    return news


def left_lines(session: Session) -> ShipmentNews:
    """What has left the supplier. Raises: QuantityUnreadable; DayUnreadable."""
    rows = [(part, quantity) for part, quantity in _rows("part", "quantity") if _is_some(quantity)]
    parts = part_ids_of(session, [part for part, _ in rows])
    return ShipmentNews(
        reference=typed("reference"),
        expected_on=required_day("expected_on"),
        quantities=[(parts[part], read_quantity(quantity)) for part, quantity in rows],
    )


def price_breaks(field: str) -> tuple[PriceBreak, ...]:
    """Prices by quantity as typed, a line each. Raises: PriceLineUnreadable."""
    return tuple(PriceBreak(int(from_quantity), price) for (from_quantity,), price in _priced(field, 1))


def contract_prices(field: str) -> list[tuple[str, int, Decimal]]:
    """Part numbers with a quantity and its price as typed, a line each. Raises: PriceLineUnreadable; TooManyLines."""
    lines = [(part, int(from_quantity), price) for (part, from_quantity), price in _priced(field, 2)]
    if len(lines) > LINES_MAX:
        raise TooManyLines(most=LINES_MAX)
    return lines


def _priced(field: str, words: int) -> Iterator[tuple[list[str], Decimal]]:
    """Lines of so many words, the last of them a whole number of at least one, and a price."""
    for turn, line in enumerate(request.form.get(field, "").splitlines(), start=1):
        *before, price = _APART.split(line.strip())
        if not line.strip():
            continue
        plain = price.translate(FULL_WIDTH)
        count = before[-1].translate(FULL_WIDTH) if before else ""
        sound = len(before) == words and re.fullmatch("[1-9][0-9]{0,8}", count) and FIGURE.fullmatch(plain)
        if not sound:
            raise PriceLineUnreadable(line=turn, text=line.strip()[:40])
        yield [*before[:-1], count], read_figure(plain)


def _rows(*names: str) -> Iterator[tuple[str, ...]]:
    """The rows of a table in a form: the first, second, ... value of each field."""
    return zip(*(request.form.getlist(name) for name in names), strict=False)


def _is_some(quantity: str) -> bool:
    return quantity.strip() not in ("", "0")
