"""Announcements: how a lower context lets a higher one know, in the same transaction.

A lower context announces a frozen dataclass; `subscriptions.py` names who listens. Listeners run at once, in the
order in which they were named, and an error in one undoes the whole transaction.
"""

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from sqlalchemy.orm import Session

Listener = Callable[[Session, Any], None]
_listeners: dict[type, list[Listener]] = defaultdict(list)


def subscribe(kind: type, listener: Listener) -> None:
    """Let the listener hear every announcement of this kind; naming it twice changes nothing."""
    if listener not in _listeners[kind]:
        _listeners[kind].append(listener)


def announce(session: Session, event: object) -> None:
    """Tell every listener of the event's kind, now."""
    for listener in _listeners[type(event)]:
        listener(session, event)
