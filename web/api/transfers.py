"""Transfer orders: stock moved between warehouses, ordered, as it stands, called off."""

from datetime import datetime
from http import HTTPStatus
from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

from inventory import sourcing
from inventory.actor import Actor
from inventory.identity import Permission
from inventory.sourcing import (
    LineStatus,
    TransferFilter,
    TransferOrder,
    TransferSummary,
    WishedTransfer,
)
from web.api import Blueprint
from web.auth import current_actor, requires
from web.command import command
from web.db import reading
from web.paging import unpack_cursor
from web.requests import line_ids_at, page_of_rows, told_line, told_story, warehouse_id_of
from web.schemas import page_of
from web.schemas.requests import CancelInput, CancelledOutput
from web.schemas.transfers import (
    OrderedTransferOutput,
    TransferDetailOutput,
    TransferInput,
    TransferOutput,
    TransferQuery,
)

blueprint = Blueprint("api_transfers", __name__, description="Transfer orders between warehouses")


@blueprint.post("/transfer-orders")
@requires(Permission.ORDER_TRANSFERS)
@blueprint.arguments(TransferInput)
@command
@blueprint.response(HTTPStatus.CREATED, OrderedTransferOutput)
def create_transfer(wish: WishedTransfer, *, session: Session, by: Actor, at: datetime) -> Any:
    """Move stock from one warehouse to another: as much of it as the source has free is set aside there."""
    placed = sourcing.order_transfer(session, wish, by=by, at=at)
    lines = [
        {"part": wished.part, "wished": line.wished, "quantity": line.quantity}
        for wished, line in zip(wish.lines, placed.lines, strict=True)
    ]
    answer = {"number": placed.number, "source": wish.source, "destination": wish.destination, "lines": lines}
    return answer, HTTPStatus.CREATED, {"Location": url_for("api_transfers.show_transfer", number=placed.number)}


@blueprint.get("/transfer-orders")
@requires(Permission.SEE_TRANSFERS)
@blueprint.arguments(TransferQuery, location="query")
@blueprint.response(HTTPStatus.OK, page_of(TransferOutput))
def list_transfers(query: dict[str, Any]) -> dict[str, Any]:
    """Transfer orders from or to warehouses within reach, newest first."""
    (before,) = unpack_cursor(query["cursor"], [int]) if query["cursor"] else (None,)
    with reading() as session:
        wanted = TransferFilter(
            open=query["status"] == "open",
            status=LineStatus(query["status"]) if query["status"] not in (None, "open") else None,
            source_id=warehouse_id_of(session, query["source"]),
            destination_id=warehouse_id_of(session, query["destination"]),
            place_id=warehouse_id_of(session, query["warehouse"]),
            part=query["part"],
        )
        found = sourcing.list_transfers(session, wanted, by=current_actor(), before=before, limit=query["limit"] + 1)
    page = page_of_rows(found, query["limit"], lambda one: [one.order.id])
    return {"items": [_summary(one) for one in page.items], "next_cursor": page.next_cursor}


@blueprint.get("/transfer-orders/<number>")
@requires(Permission.SEE_TRANSFERS)
@blueprint.response(HTTPStatus.OK, TransferDetailOutput)
def show_transfer(number: str) -> dict[str, Any]:
    """All of a transfer order: its lines, and what happened to them."""
    with reading() as session:
        order = sourcing.get_transfer(session, TransferOrder.id_of(number), by=current_actor())
        history = sourcing.history_of_request(session, order.view, by=current_actor())
    return {**_summary(order.summary), "timeline": told_story(order.view, history)}


@blueprint.post("/transfer-orders/<number>/cancel")
@requires(Permission.ORDER_TRANSFERS)
@blueprint.arguments(CancelInput)
@command
@blueprint.response(HTTPStatus.OK, CancelledOutput)
def cancel_transfer(wish: dict[str, Any], number: str, *, session: Session, by: Actor, at: datetime) -> dict[str, Any]:
    """Call off what has not been shipped of a transfer order, or of some of its lines."""
    request_id, line_ids = TransferOrder.id_of(number), None
    if wish["lines"] is not None:
        line_ids = line_ids_at(sourcing.get_transfer(session, request_id, by=by).view, wish["lines"])
    cancelled = sourcing.cancel_transfer(session, request_id, reason=wish["reason"], line_ids=line_ids, by=by, at=at)
    return {"number": TransferOrder(request_id).number, "cancelled": cancelled}


def _summary(one: TransferSummary) -> dict[str, Any]:
    return {
        "number": one.order.number,
        "source": one.source.code,
        "destination": one.destination.code,
        "ordered_by": one.ordered_by.name,
        "ordered_at": one.order.requested_at,
        "note": one.order.note,
        "status": one.status,
        "lines": [{**told_line(line, part), "due_at": line.promised_at} for line, part in one.lines],
    }
