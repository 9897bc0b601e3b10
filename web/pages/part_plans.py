"""Screens of how a part is planned everywhere: how badly it is needed, where in its life it stands, its pack."""

from datetime import datetime
from http import HTTPStatus

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from inventory import catalogue
from inventory.actor import Actor
from inventory.db import database_now
from inventory.identity import Permission
from inventory.planning import policies
from inventory.planning.policies import Criticality, OverrideFilter, PartPlanWish, Phase
from web.auth import current_actor, requires
from web.command import command
from web.db import reading
from web.forms import chosen, keeping, typed, typed_day, typed_whole
from web.pages import Screens
from web.pages.policy_forms import rules_all, typed_seen_at
from web.paging import LIMIT_DEFAULT
from web.policies import local_day, names_of, page_of_overrides

blueprint = Screens("part_plans", __name__)


@blueprint.get("/planning/parts/<number>")
@requires(Permission.SEE_POLICIES)
def show_part_plan(number: str) -> str:
    """How a part is planned everywhere, and where it is overridden within reach."""
    by = current_actor()
    with reading() as session:
        part = catalogue.get_part(session, number)
        plan = policies.find_part_plan(session, part.id)
        wanted = OverrideFilter(part_id=part.id, in_force_on=local_day(database_now(session)))
        page = page_of_overrides(session, wanted, by=by, cursor=request.args.get("cursor"), limit=LIMIT_DEFAULT)
        names = names_of(session, [plan.set_by_id])
    return render_template(
        "policies/part.html",
        part=part,
        plan=plan,
        page=page,
        names=names,
        criticalities=list(Criticality),
        phases=list(Phase),
        may_rule=rules_all(by),
    )


@blueprint.post("/planning/parts/<number>")
@requires(Permission.SET_POLICIES)
@keeping(show_part_plan)
@command
def plan_part(number: str, *, session: Session, by: Actor, at: datetime) -> AnyResponse:
    """Set how a part is planned everywhere; what was typed stays when it is refused."""
    wish = PartPlanWish(
        part=number,
        criticality=chosen(Criticality, "criticality") or Criticality.ESSENTIAL,
        phase=chosen(Phase, "phase") or Phase.MATURE,
        pack_size=typed_whole("pack_size") or 1,
        supported_until_on=typed_day("supported_until_on"),
        reason=typed("reason"),
        seen_at=typed_seen_at(),
    )
    policies.plan_part(session, wish, by=by, at=at)
    flash(gettext("The next planning run plans the part so."), "success")
    return redirect(url_for("part_plans.show_part_plan", number=number), HTTPStatus.SEE_OTHER)
