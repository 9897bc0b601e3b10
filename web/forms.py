"""Forms that keep what was typed when they are refused; words, figures, days and lists of parts typed into them."""

import re
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from enum import Enum
from functools import partial, wraps
from typing import Any, TypeVar

from flask import flash, request
from flask import session as browser

from inventory.errors import NotPermitted, Refusal, RuleBroken
from inventory.procurement import RateOutOfRange
from inventory.quantity import read_quantity
from web.errors import SWAP_HEADER, message_of, status_of

Word = TypeVar("Word", bound=Enum)

TEXT_LENGTH_MAX = 200
FIGURE_MAX = 99_999_999_999
FIGURE = re.compile(r"[0-9]{1,11}(\.[0-9]{1,4})?")
RATE = re.compile(r"[0-9]{1,6}(\.[0-9]{1,8})?")
FULL_WIDTH = str.maketrans("０１２３４５６７８９．", "0123456789.")
_TYPED_LINE = re.compile(r"(?P<part>.+?)[\s,;，；]+(?P<quantity>[0-9０-９]{1,9})")


class TypedLineUnreadable(RuleBroken):
    """A line that was typed is not a part number and a quantity."""

    code = "announced_line_unreadable"


class FigureUnreadable(RuleBroken):
    """The text is no figure with at most four decimals, or one that belongs to others is missing."""

    code = "figure_unreadable"


class DayUnreadable(RuleBroken):
    """The text is no day of the calendar."""

    code = "day_unreadable"


class ChoiceUnknown(RuleBroken):
    """What was chosen is none of the choices."""

    code = "choice_unknown"


def keeping(show: Callable[..., str]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """A form that keeps what was typed when it is refused: `show` draws its page, given what the address holds.

    What is not permitted is no slip of the pen: it gets a page of its own.
    Stands above `@command`, below what the route needs.
    """

    def declare(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def attempt(**address: Any) -> Any:
            try:
                return view(**address)
            except NotPermitted:
                raise  # it is noted in the audit trail, and its page is not for everybody either
            except Refusal as refusal:
                return kept(refusal, partial(show, **address))

        return attempt

    return declare


def kept(refusal: Refusal, show: Callable[[], str]) -> tuple[str, int]:
    """The form as it was filled in, with the refusal above it. A script of ours keeps its form by itself.

    Raises: the refusal, when a script asks; that of the form's own page, which then says it alone.
    """
    if SWAP_HEADER in request.headers:
        raise refusal
    status, said = status_of(refusal), list(browser.get("_flashes", ()))
    flash(message_of(refusal.code, refusal.facts, status=status), "danger")
    try:
        return show(), status
    except Refusal:
        browser["_flashes"] = said
        raise


def typed(name: str) -> str:
    """A line of text out of the form that was sent, as long as a name or reason may be."""
    return request.form.get(name, "").strip()[:TEXT_LENGTH_MAX]


def typed_parts(text: str) -> Iterator[tuple[int, str, int]]:
    """The lines that were typed or pasted from a sheet, a part number and a quantity each, with their turn from 1.

    Raises: TypedLineUnreadable, naming the line.
    """
    for turn, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        match = _TYPED_LINE.fullmatch(line.strip())
        if match is None:
            raise TypedLineUnreadable(line=turn, text=line.strip()[:40])
        yield turn, match["part"].strip(), read_quantity(match["quantity"])


def read_figure(text: str) -> Decimal:
    """A figure with up to four decimals, in digits of either width. Raises: FigureUnreadable."""
    plain = text.strip().translate(FULL_WIDTH)
    if not FIGURE.fullmatch(plain) or Decimal(plain) > FIGURE_MAX:
        raise FigureUnreadable(text=text.strip()[:20])
    return Decimal(plain)


def required_rate(name: str) -> Decimal:
    """What a currency is worth, with up to eight decimals, that the form must name. Raises: RateOutOfRange."""
    plain = typed(name).translate(FULL_WIDTH)
    if not RATE.fullmatch(plain):
        raise RateOutOfRange(rate=plain[:20])
    return Decimal(plain)


def typed_figure(name: str) -> Decimal | None:
    """A figure out of the form; None for nothing. Raises: FigureUnreadable."""
    return read_figure(typed(name)) if typed(name) else None


def required_figure(name: str) -> Decimal:
    """A figure that the form must name. Raises: FigureUnreadable."""
    return read_figure(typed(name))


def typed_whole(name: str) -> int | None:
    """A whole number out of the form; None for nothing. Raises: QuantityUnreadable."""
    return read_quantity(typed(name)) if typed(name) else None


def read_day(text: str) -> date:
    """The day behind a text. Raises: DayUnreadable, also for none."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise DayUnreadable(text=text.strip()[:20]) from error


def typed_day(name: str) -> date | None:
    """A day out of the form; None for nothing. Raises: DayUnreadable."""
    return read_day(typed(name)) if typed(name) else None


def required_day(name: str) -> date:
    """A day that the form must name. Raises: DayUnreadable."""
    return read_day(typed(name))


def chosen(words: type[Word], name: str) -> Word | None:
    """The word of an enum that was chosen; None for nothing. Raises: ChoiceUnknown."""
    text = typed(name)
    try:
        return words(text) if text else None
    except ValueError as error:
        raise ChoiceUnknown(text=text[:20]) from error


def word_in(words: type[Word], text: str) -> Word | None:
    """The word of an enum that an address or a filter names; None for a text that is none of them."""
    return words(text) if text in {one.value for one in words} else None


def chosen_yes(name: str) -> bool | None:
    """Whether yes or no was chosen; None for neither."""
    return {"yes": True, "no": False}.get(typed(name))
