"""Screens of a part's demand: its chart, where it is needed, and the months that a planner marks."""

from datetime import date, datetime
from http import HTTPStatus

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from inventory import catalogue
from inventory.actor import Actor
from inventory.db import database_now
from inventory.errors import RuleBroken
from inventory.identity import Permission
from inventory.planning import demand
from inventory.planning.demand import MarkKind, MarkWish, View
from inventory.quantity import read_quantity
from inventory.sheets import Unreadable, read_month_or_day
from web.auth import current_actor, requires
from web.command import command
from web.db import reading
from web.demand import draw, part_demand
from web.pages import Screens
from web.showing import pair
from web.stock import warehouse_within

blueprint = Screens("demand", __name__)
MONTHS = (24, 36, 60)
MONTHS_DEFAULT = 36
YEAR = 12
PLACES_SHOWN = 15


class MonthUnreadable(RuleBroken):
    """A month is a year and a month, such as 2026-03."""

    code = "month_unreadable"


@blueprint.get("/parts/<number>/demand")
@requires(Permission.SEE_DEMAND)
def show_demand(number: str) -> str:
    """What was asked of a part, month by month, drawn; at one warehouse or at all within reach."""
    by, code = current_actor(), request.args.get("warehouse", "").strip()[:40]
    view = View.SOURCE if request.args.get("view") == View.SOURCE else View.NEED
    months = next((one for one in MONTHS if str(one) == request.args.get("months")), MONTHS_DEFAULT)
    with reading() as session:
        part = catalogue.get_part(session, number)
        at = database_now(session)
        found = part_demand(session, part, code or None, view, months=months, by=by, at=at)
        wanted = [one.month for one in found.months]
        places = (
            []
            if found.warehouse
            else demand.list_demand_places(session, part.id, wanted, view=view, limit=PLACES_SHOWN, by=by)
        )
    over = found.months[:-1]
    marked = {one.month for one in found.marks if one.undone_at is None}
    last_year = [one.counts for one in over[-YEAR:]]
    return render_template(
        "demand/part.html",
        part=part,
        found=found,
        chart=draw(found.months),
        places=places,
        months=months,
        choices=[(one, one) for one in MONTHS],
        last_year=sum(last_year),
        a_month=sum(last_year) / YEAR,
        months_without=sum(not one for one in last_year),
        markable=[one for one in reversed(over) if one.recorded and one.month not in marked],
        usual=round(sum(last_year) / YEAR),
        kinds=pair(MarkKind, "mark"),
        may_mark=found.warehouse is not None and by.may(Permission.MARK_DEMAND, found.warehouse.id),
    )


@blueprint.post("/parts/<number>/demand/marks")
@requires(Permission.MARK_DEMAND)
@command
def mark_month(number: str, *, session: Session, by: Actor, at: datetime) -> AnyResponse:
    """Let a month count as another quantity."""
    part = catalogue.get_part(session, number)
    warehouse = warehouse_within(session, request.form.get("warehouse", ""), Permission.MARK_DEMAND, by=by)
    wish = MarkWish(
        part.id,
        warehouse.id,
        _month(request.form.get("month", "")),
        MarkKind.ONE_OFF if request.form.get("kind") == MarkKind.ONE_OFF else MarkKind.OUTLIER,
        read_quantity(request.form.get("counts_as", "")),
        request.form.get("reason", ""),
    )
    mark = demand.mark_month(session, wish, by=by, at=at)
    flash(gettext("%(month)s counts as %(quantity)s now.", month=f"{mark.month:%Y-%m}", quantity=mark.counts_as))
    return _to_demand(number, warehouse.code)


@blueprint.post("/parts/<number>/demand/marks/<int:mark_id>/undo")
@requires(Permission.MARK_DEMAND)
@command
def undo_mark(number: str, mark_id: int, *, session: Session, by: Actor, at: datetime) -> AnyResponse:
    """Let a marked month count as it was again."""
    mark = demand.undo_mark(session, mark_id, by=by, at=at)
    flash(gettext("%(month)s counts as it was again.", month=f"{mark.month:%Y-%m}"))
    return _to_demand(number, request.form.get("warehouse") or None)


def _month(text: str) -> date:
    try:
        return date.fromisoformat(read_month_or_day(text.strip()))
    except Unreadable as unreadable:
        raise MonthUnreadable(month=text[:40]) from unreadable


def _to_demand(number: str, code: str | None) -> AnyResponse:
    return redirect(url_for("demand.show_demand", number=number, warehouse=code), HTTPStatus.SEE_OTHER)
