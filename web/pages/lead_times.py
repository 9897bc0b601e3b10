"""Screens of lead times: what replenishment takes from tier to tier, and the lanes of which more is known."""

from datetime import datetime
from http import HTTPStatus

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from inventory.actor import Actor
from inventory.identity import Permission
from inventory.network import Tier
from inventory.planning import policies
from inventory.planning.policies import LeadTimeOrigin
from web.auth import current_actor, requires
from web.command import command
from web.db import reading
from web.forms import chosen, keeping, required_figure, typed
from web.pages import Entry, Screens
from web.pages.policy_forms import rules_all
from web.paging import LIMIT_DEFAULT
from web.policies import page_of_lanes
from web.workplace import chosen_workplace

blueprint = Screens("lead_times", __name__)


@blueprint.get("/planning/lead-times")
@requires(Permission.SEE_POLICIES)
def show_lead_times() -> str:
    """What replenishment takes between tiers, and the lanes of which more is known."""
    by, place = current_actor(), chosen_workplace()
    with reading() as session:
        tiers = policies.list_tier_lead_times(session, by=by)
        cursor = request.args.get("cursor")
        warehouse_id = place.id if place else None
        page = page_of_lanes(session, by=by, warehouse_id=warehouse_id, cursor=cursor, limit=LIMIT_DEFAULT)
        least = policies.get_settings(session).lane_shipments_min
    return render_template(
        "policies/lead_times.html",
        tiers=tiers,
        page=page,
        place=place,
        least=least,
        may_rule=rules_all(by),
        may_set=by.may(Permission.SET_POLICIES),
    )


@blueprint.post("/planning/lead-times/tiers")
@requires(Permission.SET_POLICIES)
@keeping(show_lead_times)
@command
def state_tiers(*, session: Session, by: Actor, at: datetime) -> AnyResponse:
    """State what replenishment takes from tier to tier."""
    source, destination = chosen(Tier, "from_tier"), chosen(Tier, "to_tier") or Tier.REPAIR
    days, sd_days = required_figure("days"), required_figure("sd_days")
    policies.state_tiers(session, source, destination, days, sd_days, by=by, at=at)
    flash(gettext("The lead time is kept."), "success")
    return redirect(url_for("lead_times.show_lead_times"), HTTPStatus.SEE_OTHER)


@blueprint.post("/planning/lead-times/lanes")
@requires(Permission.SET_POLICIES)
@keeping(show_lead_times)
@command
def state_lane(*, session: Session, by: Actor, at: datetime) -> AnyResponse:
    """State what a lane takes; what was typed stays when it is refused."""
    source, destination = typed("source"), typed("destination")
    policies.state_lane(session, source, destination, required_figure("days"), required_figure("sd_days"), by=by, at=at)
    flash(gettext("The lead time is kept."), "success")
    return redirect(url_for("lead_times.show_lead_times"), HTTPStatus.SEE_OTHER)


@blueprint.app_template_filter("origin")
def tell_origin(origin: LeadTimeOrigin) -> str:
    """The word of where a lead time comes from."""
    return origin.name.lower()


NAVIGATION = (Entry("lead_times.show_lead_times", "Lead times", Permission.SEE_POLICIES, order=76, icon="stopwatch"),)
