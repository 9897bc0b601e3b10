"""What endangers a promise: lines that are late or about to be, and lines that wait for stock."""

from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from inventory import sourcing
from inventory.catalogue import Part
from inventory.db import database_now
from inventory.identity import Permission, Person
from inventory.network import Warehouse
from inventory.sourcing import PartRequest, PartRequestLine, Watch, WatchedLine
from web.api import Blueprint
from web.auth import current_actor, requires
from web.db import reading
from web.paging import unpack_cursor
from web.requests import NEXT_STEPS, page_of_rows, warehouse_id_of
from web.schemas import page_of
from web.schemas.watching import AtRiskOutput, AtRiskQuery, BackorderOutput, BackorderQuery

blueprint = Blueprint("api_watching", __name__, description="Lines late or at risk, and back-orders")


@blueprint.get("/backorders")
@requires(Permission.SEE_REQUESTS)
@blueprint.arguments(BackorderQuery, location="query")
@blueprint.response(HTTPStatus.OK, page_of(BackorderOutput))
def list_backorders(query: dict[str, Any]) -> dict[str, Any]:
    """Lines that wait for stock, oldest first, with who is responsible and when they are looked at again."""
    (after,) = unpack_cursor(query["cursor"], [int]) if query["cursor"] else (None,)
    with reading() as session:
        at = database_now(session)
        destination_id = warehouse_id_of(session, query["warehouse"])
        watch = Watch(destination_id=destination_id, part=query["part"], mine=query["mine"])
        rows = sourcing.list_backorders(session, watch, by=current_actor(), after=after, limit=query["limit"] + 1)
    page = page_of_rows(rows, query["limit"], lambda row: [row[0].id])
    return {"items": [_backorder(*row, at=at) for row in page.items], "next_cursor": page.next_cursor}


@blueprint.get("/promises/at-risk")
@requires(Permission.SEE_REQUESTS)
@blueprint.arguments(AtRiskQuery, location="query")
@blueprint.response(HTTPStatus.OK, page_of(AtRiskOutput))
def list_promises_at_risk(query: dict[str, Any]) -> dict[str, Any]:
    """Lines that are late or about to be, the soonest first promise first, with the cause and the next step."""
    after = unpack_cursor(query["cursor"], [datetime, int]) if query["cursor"] else None
    with reading() as session:
        watch = Watch(
            source_id=warehouse_id_of(session, query["source"]),
            destination_id=warehouse_id_of(session, query["warehouse"]),
            mine=query["mine"],
        )
        found = sourcing.list_at_risk(
            session, watch, by=current_actor(), at=database_now(session), after=after, limit=query["limit"] + 1
        )
        page = page_of_rows(found, query["limit"], lambda one: one.place)
        shares = sourcing.list_shares(session, [one.line.id for one in page.items])
    return {
        "items": [{**_at_risk(one), "shares": shares.get(one.line.id, [])} for one in page.items],
        "next_cursor": page.next_cursor,
    }


def _backorder(
    line: PartRequestLine,
    request: PartRequest,
    part: Part,
    destination: Warehouse,
    responsible: Person,
    *,
    at: datetime,
) -> dict[str, Any]:
    return {
        "request": request.number,
        "position": line.position,
        "part": part.number,
        "name_zh": part.name_zh,
        "name_en": part.name_en,
        "warehouse": destination.code,
        "back_ordered": line.back_ordered,
        "quantity": line.quantity,
        "priority": request.priority,
        "needed_by": request.needed_by,
        "requested_at": request.requested_at,
        "age_hours": round((at - request.requested_at) / timedelta(hours=1), 1),
        "first_promised_at": line.first_promised_at,
        "next_review_at": line.next_review_at,
        "responsible": responsible.name,
    }


def _at_risk(one: WatchedLine) -> dict[str, Any]:
    return {
        "request": one.request.number,
        "position": one.line.position,
        "part": one.part.number,
        "name_zh": one.part.name_zh,
        "name_en": one.part.name_en,
        "warehouse": one.destination.code,
        "status": one.line.status,
        "late": one.late,
        "first_promised_at": one.line.first_promised_at,
        "promised_at": one.line.promised_at,
        "cause": one.line.breach_cause,
        "next_step": NEXT_STEPS[one.line.status],
        "next_review_at": one.line.next_review_at,
        "responsible": one.responsible.name,
    }
