"""A part's demand, month by month, and the marks in it."""

from datetime import datetime
from http import HTTPStatus
from typing import Any

from sqlalchemy.orm import Session

from inventory import catalogue
from inventory.actor import Actor
from inventory.catalogue import Part
from inventory.db import database_now
from inventory.identity import Permission
from inventory.network import Warehouse
from inventory.planning import demand
from inventory.planning.demand import DemandMark, MarkKind, MarkWish, View
from web.api import Blueprint
from web.auth import current_actor, requires
from web.command import command
from web.db import reading
from web.demand import part_demand
from web.schemas.demand import DemandMarkInput, DemandOutput, DemandQuery, MarkedOutput
from web.stock import warehouse_within

blueprint = Blueprint("api_demand", __name__, description="What was asked for, as planning reads it")


@blueprint.get("/parts/<number>/demand")
@requires(Permission.SEE_DEMAND)
@blueprint.arguments(DemandQuery, location="query")
@blueprint.response(HTTPStatus.OK, DemandOutput)
def show_part_demand(query: dict[str, Any], number: str) -> dict[str, Any]:
    """What was asked of a part by work orders in the last months: at one warehouse, or at all within reach together.

    `view` says at which end it counts: `need` where the part was needed, `source` at the warehouse that would normally
    have served it. Replenishment is never demand.
    """
    with reading() as session:
        part = catalogue.get_part(session, number)
        found = part_demand(
            session,
            part,
            query["warehouse"],
            View(query["view"]),
            months=query["months"],
            by=current_actor(),
            at=database_now(session),
        )
    return {
        "part": part.number,
        "warehouse": found.warehouse.code if found.warehouse else None,
        "view": str(found.view),
        "months": found.months,
        "marks": found.marks,
    }


@blueprint.post("/parts/<number>/demand-marks")
@requires(Permission.MARK_DEMAND)
@blueprint.arguments(DemandMarkInput)
@command
@blueprint.response(HTTPStatus.CREATED, MarkedOutput)
def mark_demand(told: dict[str, Any], number: str, *, session: Session, by: Actor, at: datetime) -> dict[str, Any]:
    """Let a past month of a part at a warehouse count as another quantity in planning, with the reason why."""
    part = catalogue.get_part(session, number)
    warehouse = warehouse_within(session, told["warehouse"], Permission.MARK_DEMAND, by=by)
    wish = MarkWish(part.id, warehouse.id, told["month"], MarkKind(told["kind"]), told["counts_as"], told["reason"])
    return _marked(session, demand.mark_month(session, wish, by=by, at=at))


@blueprint.post("/demand-marks/<int:mark_id>/undo")
@requires(Permission.MARK_DEMAND)
@command
@blueprint.response(HTTPStatus.OK, MarkedOutput)
def undo_demand_mark(mark_id: int, *, session: Session, by: Actor, at: datetime) -> dict[str, Any]:
    """Let a marked month count as it was again; the mark is kept as undone."""
    return _marked(session, demand.undo_mark(session, mark_id, by=by, at=at))


def _marked(session: Session, mark: DemandMark) -> dict[str, Any]:
    return {
        "id": mark.id,
        "part": session.get_one(Part, mark.part_id).number,
        "warehouse": session.get_one(Warehouse, mark.warehouse_id).code,
        "month": mark.month,
        "kind": str(mark.kind),
        "counts_as": mark.counts_as,
        "reason": mark.reason,
        "undone_at": mark.undone_at,
    }
