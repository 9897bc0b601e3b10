"""Forms that keep what was typed when they are refused."""

from collections.abc import Callable

from flask import flash, request

from inventory.errors import Refusal
from web.errors import SWAP_HEADER, message_of, status_of

TEXT_LENGTH_MAX = 200


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
