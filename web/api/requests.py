"""Part requests: asked for and answered with a promise, as they stand, withdrawn."""

from datetime import datetime
from http import HTTPStatus
from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

from inventory import sourcing
from inventory.actor import Actor
from inventory.catalogue import Part
from inventory.identity import Permission
from inventory.network import Warehouse
from inventory.sourcing import (
    LineStatus,
    PartRequest,
    PartRequestLine,
    Promise,
    RequestFilter,
    RequestSummary,
)
from inventory.workorders import WorkOrder
from web.api import Blueprint
from web.auth import current_actor, requires
from web.command import command
from web.db import reading
from web.paging import unpack_cursor
from web.requests import (
    accept_request,
    line_ids_at,
    page_of_rows,
    told_line,
    told_story,
    warehouse_id_of,
    work_order_number,
)
from web.schemas import page_of
from web.schemas.requests import (
    AcceptedRequestOutput,
    AskedRequest,
    CancelInput,
    CancelledOutput,
    PartRequestDetailOutput,
    PartRequestInput,
    PartRequestOutput,
    PartRequestQuery,
)

blueprint = Blueprint("api_requests", __name__, description="Part requests and the promises made for them")


@blueprint.post("/part-requests")
@requires(Permission.REQUEST_PARTS)
@blueprint.arguments(PartRequestInput)
@command
@blueprint.response(HTTPStatus.CREATED, AcceptedRequestOutput)
def create_part_request(asked: AskedRequest, *, session: Session, by: Actor, at: datetime) -> Any:
    """Accept a part request: source it, set stock aside, promise it. What nobody has becomes a back-order."""
    accepted = accept_request(session, asked.wish, asked.work_order, by=by, at=at)
    answer = {
        "number": accepted.number,
        "warehouse": asked.wish.warehouse,
        "work_order": asked.work_order,
        "accepted_at": accepted.accepted_at,
        "lines": accepted.lines,
    }
    return answer, HTTPStatus.CREATED, {"Location": url_for("api_requests.show_part_request", number=accepted.number)}


@blueprint.get("/part-requests")
@requires(Permission.SEE_REQUESTS)
@blueprint.arguments(PartRequestQuery, location="query")
@blueprint.response(HTTPStatus.OK, page_of(PartRequestOutput))
def list_part_requests(query: dict[str, Any]) -> dict[str, Any]:
    """Part requests asked for or served by warehouses within reach, newest first."""
    (before,) = unpack_cursor(query["cursor"], [int]) if query["cursor"] else (None,)
    with reading() as session:
        wanted = RequestFilter(
            status=LineStatus(query["status"]) if query["status"] not in (None, "open") else None,
            open=query["status"] == "open",
            warehouse_id=warehouse_id_of(session, query["warehouse"]),
            source_id=warehouse_id_of(session, query["source"]),
            work_order_id=WorkOrder.id_of(query["work_order"]) if query["work_order"] else None,
            part=query["part"],
        )
        found = sourcing.list_requests(session, wanted, by=current_actor(), before=before, limit=query["limit"] + 1)
    page = page_of_rows(found, query["limit"], lambda one: [one.request.id])
    return {"items": [_summary(one) for one in page.items], "next_cursor": page.next_cursor}


@blueprint.get("/part-requests/<number>")
@requires(Permission.SEE_REQUESTS)
@blueprint.response(HTTPStatus.OK, PartRequestDetailOutput)
def show_part_request(number: str) -> dict[str, Any]:
    """All of a part request: its lines with their shares and promises, and the timeline."""
    with reading() as session:
        view = sourcing.get_request(session, PartRequest.id_of(number), by=current_actor())
        history = sourcing.history_of_request(session, view, by=current_actor())
    summary = _summary(RequestSummary(view.request, view.warehouse, view.requested_by, view.lines))
    summary["lines"] = [
        {
            **_line(line, part),
            "responsible": view.people[line.responsible_id].name,
            "shares": view.shares.get(line.id, []),
            "promises": [_promise(*row) for row in view.promises if row[0].line_id == line.id],
        }
        for line, part in view.lines
    ]
    return {**summary, "timeline": told_story(view, history)}


@blueprint.post("/part-requests/<number>/cancel")
@requires(Permission.CANCEL_REQUESTS)
@blueprint.arguments(CancelInput)
@command
@blueprint.response(HTTPStatus.OK, CancelledOutput)
def cancel_part_request(
    wish: dict[str, Any], number: str, *, session: Session, by: Actor, at: datetime
) -> dict[str, Any]:
    """Withdraw what has not been shipped of a request, or of some of its lines."""
    request_id = PartRequest.id_of(number)
    line_ids = None
    if wish["lines"] is not None:
        line_ids = line_ids_at(sourcing.get_request(session, request_id, by=by), wish["lines"])
    cancelled = sourcing.cancel_request(session, request_id, reason=wish["reason"], line_ids=line_ids, by=by, at=at)
    return {"number": PartRequest(id=request_id).number, "cancelled": cancelled}


def _summary(one: RequestSummary) -> dict[str, Any]:
    return {
        "number": one.request.number,
        "warehouse": one.warehouse.code,
        "work_order": work_order_number(one.request.work_order_id),
        "requested_by": one.requested_by.name,
        "requested_at": one.request.requested_at,
        "priority": one.request.priority,
        "needed_by": one.request.needed_by,
        "note": one.request.note,
        "status": one.status,
        "lines": [_line(line, part) for line, part in one.lines],
    }


def _line(line: PartRequestLine, part: Part) -> dict[str, Any]:
    return {
        **told_line(line, part),
        "back_ordered": line.back_ordered,
        "first_promised_at": line.first_promised_at,
        "promised_at": line.promised_at,
        "next_review_at": line.next_review_at,
        "kept": None if line.received_at is None else line.received_at <= line.first_promised_at,
        "breach_cause": line.breach_cause,
    }


def _promise(promise: Promise, source: Warehouse | None, part: Part) -> dict[str, Any]:
    return {
        "source": source.code if source else None,
        "part": part.number,
        "quantity": promise.quantity,
        "delivery_class": promise.delivery_class,
        "promised_at": promise.promised_at,
        "reason": promise.reason,
        "made_at": promise.made_at,
    }
