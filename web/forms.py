"""Forms that keep what was typed when they are refused, and lists of parts typed or pasted into them."""

import re
from collections.abc import Callable, Iterator

from flask import flash, request

from inventory.errors import Refusal, RuleBroken
from inventory.quantity import read_quantity
from web.errors import SWAP_HEADER, message_of, status_of

TEXT_LENGTH_MAX = 200
_TYPED_LINE = re.compile(r"(?P<part>.+?)[\s,;，；]+(?P<quantity>[0-9０-９]{1,9})")


class TypedLineUnreadable(RuleBroken):
    """A line that was typed is not a part number and a quantity."""

    code = "announced_line_unreadable"


def kept(refusal: Refusal, show: Callable[[], str]) -> tuple[str, int]:
    """The form as it was filled in, with the refusal above it. A script of ours keeps its form by itself.

    Raises: the refusal, when a script asks.
    """
    if SWAP_HEADER in request.headers:
        raise refusal
    status = status_of(refusal)
    flash(message_of(refusal.code, refusal.facts, status=status), "danger")
    return show(), status


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
