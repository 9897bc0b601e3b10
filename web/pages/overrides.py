"""Screens of overrides: what holds for a part at a warehouse and why, and what people put in its place for a while."""

from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from inventory import catalogue, network, reporting
from inventory.actor import Actor
from inventory.db import database_now
from inventory.errors import NotFound
from inventory.identity import Permission
from inventory.planning import policies, replenishment
from inventory.planning.policies import OverrideFilter, OverrideWish, ServiceMeasure
from inventory.planning.replenishment import StockLevel
from web.auth import current_actor, requires
from web.command import command
from web.db import reading
from web.forms import chosen_yes, keeping, kept, required_day, typed, typed_figure, typed_whole
from web.pages import Card, Entry, Screens
from web.pages.policy_forms import read_service, typed_id
from web.paging import LIMIT_DEFAULT
from web.policies import divisions_by_id, local_day, page_of_overrides
from web.showing import tell_day
from web.workplace import chosen_workplace

blueprint = Screens("overrides", __name__)
EXPIRES_IN_DAYS = 90
SOON = timedelta(days=14)


@blueprint.get("/planning/overrides")
@requires(Permission.SEE_POLICIES)
def list_overrides() -> str:
    """Overrides within reach, of the chosen warehouse or all: in force, about to end, or all there were."""
    by, place, words = current_actor(), chosen_workplace(), request.args.get("q", "").strip()[:40]
    show = request.args.get("show", "")
    with reading() as session:
        on = local_day(database_now(session))
        part = catalogue.find_part(session, words) if words else None
        wanted = OverrideFilter(
            warehouse_id=place.id if place else None,
            part_id=(part.id if part else 0) if words else None,
            in_force_on=None if show == "all" else on,
            expires_by=on + SOON if show == "soon" else None,
        )
        page = page_of_overrides(session, wanted, by=by, cursor=request.args.get("cursor"), limit=LIMIT_DEFAULT)
    return render_template("policies/overrides.html", page=page, place=place, words=words, show=show, on=on)


@blueprint.get("/planning/place")
@requires(Permission.SEE_POLICIES)
def find_place() -> Any:
    """Go to a part at a warehouse, both as typed; what was typed stays when there is none."""
    place = chosen_workplace()
    code = request.args.get("warehouse", "").strip()[:40] or (place.code if place else "")
    number = request.args.get("part", "").strip()[:40]
    try:
        with reading() as session:
            catalogue.get_part(session, number)
            warehouse = network.get_warehouse(session, code)
            current_actor().require(Permission.SEE_POLICIES, warehouse.id)
    except NotFound as refusal:
        return kept(refusal, list_overrides)
    return redirect(url_for("overrides.show_place", code=code, number=number), HTTPStatus.SEE_OTHER)


@blueprint.get("/planning/warehouses/<code>/parts/<number>")
@requires(Permission.SEE_POLICIES)
def show_place(code: str, number: str) -> str:
    """What holds for a part at a warehouse today, from which rule each value comes, and what people overrode."""
    by = current_actor()
    with reading() as session:
        on = local_day(database_now(session))
        told = policies.explain_place(session, number, code, by=by, on=on)
        history = policies.list_overrides_of_place(session, told.part.id, told.warehouse.id)
        divisions = divisions_by_id(session)
        sees_level = by.may(Permission.SEE_PROPOSALS, told.warehouse.id)
        place = (told.part.id, told.warehouse.id)
        level = session.get(StockLevel, place) if sees_level else None
        lot = replenishment.tell_lots(session, [place]).get(place) if sees_level else None
        served = reporting.count_served(session, told.part.id, told.warehouse.id, on=on, by=by) if sees_level else None
    return render_template(
        "policies/place.html",
        told=told,
        sees_level=sees_level,
        level=level,
        lot=lot,
        sees_purchases=by.may(Permission.SEE_PURCHASES),
        served=served,
        days=reporting.FILL_DAYS,
        history=history,
        divisions=divisions,
        measures=list(ServiceMeasure),
        may_set=by.may(Permission.SET_POLICIES, told.warehouse.id),
        on=on,
        until=on + timedelta(days=EXPIRES_IN_DAYS),
    )


@blueprint.post("/planning/warehouses/<code>/parts/<number>/override")
@requires(Permission.SET_POLICIES)
@keeping(show_place)
@command
def set_override(code: str, number: str, *, session: Session, by: Actor, at: datetime) -> AnyResponse:
    """Override the place; what was typed stays when it is refused."""
    made = policies.set_override(session, _read_override(code, number), by=by, on=local_day(at), at=at)
    flash(gettext("The override holds through %(day)s.", day=tell_day(made.expires_on)), "success")
    return redirect(url_for("overrides.show_place", code=code, number=number), HTTPStatus.SEE_OTHER)


@blueprint.post("/planning/warehouses/<code>/parts/<number>/overrides/<int:override_id>/lift")
@requires(Permission.SET_POLICIES)
@command
def lift_override(
    code: str, number: str, override_id: int, *, session: Session, by: Actor, at: datetime
) -> AnyResponse:
    """End an override before its day."""
    policies.lift_override(session, override_id, typed("lift_reason"), by=by, at=at)
    flash(gettext("The override is lifted: the rules tell again."), "success")
    return redirect(url_for("overrides.show_place", code=code, number=number), HTTPStatus.SEE_OTHER)


def _read_override(code: str, number: str) -> OverrideWish:
    return OverrideWish(
        part=number,
        warehouse=code,
        stocked=chosen_yes("stocked"),
        minimum=typed_whole("minimum"),
        maximum=typed_whole("maximum"),
        safety_stock=typed_whole("safety_stock"),
        service=read_service(),
        lead_time_days=typed_figure("lead_time_days"),
        lead_time_sd_days=typed_figure("lead_time_sd_days"),
        reason=typed("reason"),
        expires_on=required_day("expires_on"),
        replaces=typed_id("replaces"),
    )


def _count_expiring(session: Session, by: Actor, warehouse_id: int | None, at: datetime) -> int:
    on = local_day(at)
    return policies.count_overrides(
        session, OverrideFilter(warehouse_id=warehouse_id, in_force_on=on, expires_by=on + SOON), by=by
    )


NAVIGATION = (Entry("overrides.list_overrides", "Overrides", Permission.SEE_POLICIES, order=75, icon="pin-angle"),)
CARDS = (
    Card(
        "overrides.list_overrides",
        "Overrides that end soon",
        Permission.SET_POLICIES,
        _count_expiring,
        order=74,
        icon="pin-angle",
    ),
)
