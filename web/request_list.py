"""The parts somebody is about to ask for, kept in the browser's session until they are sent: one list a work order.

Nothing of it is stock or a promise. The form that is sent carries its own lines, so what is asked for is what was seen.
"""

from flask import session as browser

from inventory.errors import RuleBroken

LINES_MAX = 20
LISTS_MAX = 5
_KEY = "asking"


class ListFull(RuleBroken):
    """The list takes no more lines: it lives in a cookie."""

    code = "request_list_full"


def lines_of(work_order: str | None) -> dict[int, int]:
    """The ids of the parts on the list with their quantities, in the order in which they were put there."""
    lists: dict[str, list[tuple[int, int]]] = browser.get(_KEY, {})
    return dict(lists.get(work_order or "", ()))


def put(work_order: str | None, part_id: int, quantity: int) -> None:
    """Put a part on the list; one that stands there gets the new quantity, so sending a form twice adds nothing.

    Raises: ListFull.
    """
    keep(work_order, {**lines_of(work_order), part_id: quantity})


def keep(work_order: str | None, lines: dict[int, int]) -> None:
    """Let the list be these lines; lists of work orders long ago make room.

    Raises: ListFull.
    """
    if len(lines) > LINES_MAX:
        raise ListFull(most=LINES_MAX)
    lists = {name: others for name, others in browser.get(_KEY, {}).items() if name != (work_order or "")}
    if lines:
        lists[work_order or ""] = list(lines.items())
    while len(lists) > LISTS_MAX or sum(map(len, lists.values())) > LINES_MAX:
        lists.pop(next(iter(lists)))
    browser[_KEY] = lists


def clear(work_order: str | None) -> None:
    """Forget the list, now that it was sent."""
    keep(work_order, {})
