"""What the API and the screens of requests and transfer orders share: pages of rows, lines, timelines in words."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from inventory import network, sourcing
from inventory.actor import Actor
from inventory.catalogue import Part
from inventory.errors import NotFound
from inventory.sourcing import (
    AcceptedRequest,
    HistoryStep,
    LineStatus,
    PartRequestLine,
    PartRequestWish,
    RequestHistory,
    RequestView,
)
from inventory.workorders import WorkOrder, request_parts_for
from web.paging import Page, pack_cursor

Item = TypeVar("Item")


class LineUnknown(NotFound):
    """The request has no line at this position."""

    code = "line_unknown"


# What has to happen next to a line, by its status: the least advanced of its units decides.
NEXT_STEPS: Mapping[str, str] = {
    LineStatus.BACK_ORDERED: "find_stock",
    LineStatus.RESERVED: "release",
    LineStatus.RELEASED: "pick_and_ship",
    LineStatus.IN_TRANSIT: "receive",
}


def page_of_rows(rows: Sequence[Item], limit: int, place: Callable[[Item], Sequence[Any]]) -> Page[Item]:
    """A page out of `limit` rows and one more, which tells that there is a next one."""
    shown = rows[:limit]
    return Page(shown, pack_cursor(place(shown[-1])) if len(rows) > limit else None)


def warehouse_id_of(session: Session, code: str | None) -> int | None:
    """The id of the warehouse a list is narrowed to; 0, which is nobody's, when there is none of that code."""
    if code is None:
        return None
    warehouse = network.find_warehouse(session, code)
    return warehouse.id if warehouse else 0


def accept_request(
    session: Session, wish: PartRequestWish, work_order: str | None, *, by: Actor, at: datetime
) -> AcceptedRequest:
    """Accept a part request, for a work order where one is named."""
    if work_order is None:
        return sourcing.request_parts(session, wish, by=by, at=at)
    return request_parts_for(session, work_order, wish, by=by, at=at)


def line_ids_at(view: RequestView, positions: Sequence[int]) -> list[int]:
    """The lines of a request or a transfer order at these positions.

    Raises: LineUnknown.
    """
    lines = {line.position: line.id for line, _ in view.lines}
    unknown = sorted(set(positions) - set(lines))
    if unknown:
        raise LineUnknown(line=unknown[0])
    return [lines[position] for position in positions]


def work_order_number(work_order_id: int | None) -> str | None:
    """The number people read."""
    return None if work_order_id is None else WorkOrder(id=work_order_id).number


def told_facts(history: RequestHistory, facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts of a step with names, codes and numbers in place of ids."""
    told = {name: value for name, value in facts.items() if name != "shares" and not name.endswith("_id")}
    for end in ("from", "to"):  # who was responsible, and who is
        if f"{end}_id" in facts:
            told[end] = history.people[facts[f"{end}_id"]]
    shares = facts.get("shares")
    if shares:
        told["shares"] = [
            {
                "source": history.warehouses[share["source_id"]].code if share["source_id"] else None,
                "part": history.parts[share["part_id"]],
                "quantity": share["quantity"],
                "delivery_class": share["delivery_class"],
                "promised_at": share["promised_at"],
            }
            for share in shares
        ]
    return told


def told_line(line: PartRequestLine, part: Part) -> dict[str, Any]:
    """A line and the states its units are in, as the API tells those of requests and of transfer orders."""
    return {
        "position": line.position,
        "part": part.number,
        "name_zh": part.name_zh,
        "name_en": part.name_en,
        "base_unit": part.base_unit,
        "quantity": line.quantity,
        "reserved": line.reserved,
        "released": line.released,
        "in_transit": line.issued - line.received,
        "received": line.received,
        "cancelled": line.cancelled,
        "status": line.status,
        "received_at": line.received_at,
    }


def told_story(view: RequestView, history: RequestHistory) -> list[dict[str, Any]]:
    """What happened to a request or a transfer order, as the API tells it, oldest first."""
    positions: dict[int | None, int] = {line.id: line.position for line, _ in view.lines}
    return [_told_step(history, step, positions.get(step.line_id)) for step in history.steps]


def _told_step(history: RequestHistory, step: HistoryStep, position: int | None) -> dict[str, Any]:
    """A step of a history as the API tells it; `position` is that of its line."""
    return {
        "position": position,
        "about": step.about,
        "happening": step.what,
        "warehouse": history.warehouses[step.warehouse_id].code if step.warehouse_id else None,
        "from_status": step.from_status,
        "to_status": step.to_status,
        "reason": step.reason,
        "facts": told_facts(history, step.facts),
        "stock": step.handled,
        "shipment": step.journey,
        "who": history.people[step.actor_id],
        "recorded_at": step.at,
    }
