"""Waves: reserved lines released to the floor together."""

from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from sqlalchemy.orm import Session

from inventory import sourcing, warehousing
from inventory.actor import Actor
from inventory.db import database_now
from inventory.identity import Permission
from inventory.sourcing import WaveSummary
from web.api import Blueprint
from web.auth import current_actor, requires
from web.command import command
from web.db import reading
from web.paging import unpack_cursor
from web.requests import page_of_rows
from web.schemas.waves import ReleasedOutput, WavePageOutput, WaveQuery
from web.stock import warehouse_within

blueprint = Blueprint("api_waves", __name__, description="Lines released to the floor together")
SHARES_OVER = timedelta(days=7)
"""Over which period the share of each trigger is told unless another is asked for."""


@blueprint.post("/warehouses/<code>/waves")
@requires(Permission.RELEASE_WAVES)
@command
@blueprint.response(HTTPStatus.CREATED, ReleasedOutput)
def release_wave(code: str, *, session: Session, by: Actor, at: datetime) -> dict[str, Any]:
    """Release what is reserved in a warehouse to its floor now: the oldest lots become pick tasks."""
    warehouse = warehouse_within(session, code, Permission.RELEASE_WAVES, by=by)
    return {"warehouse": warehouse.code, "lines": sourcing.release_wave(session, warehouse.id, by=by, at=at)}


@blueprint.get("/warehouses/<code>/waves")
@requires(Permission.SEE_TASKS)
@blueprint.arguments(WaveQuery, location="query")
@blueprint.response(HTTPStatus.OK, WavePageOutput)
def list_waves(query: dict[str, Any], code: str) -> dict[str, Any]:
    """The waves of a warehouse, newest first, and the share that urgent lines, the job and the lead released."""
    by = current_actor()
    (before,) = unpack_cursor(query["cursor"], [int]) if query["cursor"] else (None,)
    with reading() as session:
        warehouse = warehouse_within(session, code, Permission.SEE_TASKS, by=by)
        until = query["until"] or database_now(session)
        since = query["since"] or until - SHARES_OVER
        waves = sourcing.list_waves(session, warehouse.id, by=by, before=before, limit=query["limit"] + 1)
        shares = warehousing.share_by_trigger(session, warehouse.id, since=since, until=until, by=by)
        waiting = sourcing.count_waiting(session, by=by, warehouse_id=warehouse.id)
    page = page_of_rows(waves, query["limit"], lambda one: [one.wave.id])
    return {
        "items": [_wave(one) for one in page.items],
        "next_cursor": page.next_cursor,
        "warehouse": warehouse.code,
        "waiting": waiting,
        "since": since,
        "until": until,
        "shares": shares,
    }


def _wave(one: WaveSummary) -> dict[str, Any]:
    return {
        "number": one.wave.number,
        "trigger": one.wave.trigger,
        "released_at": one.wave.released_at,
        "released_by": one.released_by.name,
        "lines": one.lines,
        "tasks": one.tasks,
        "quantity": one.quantity,
        "to_pick": one.to_pick,
    }
