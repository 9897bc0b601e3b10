"""The screen of the figures that hold for all planning, each with what it does; who changed what and why."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from http import HTTPStatus

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from inventory import procurement
from inventory.actor import Actor
from inventory.identity import Permission
from inventory.planning import policies
from inventory.planning.policies import BOUNDS, SettingsWish
from web.auth import current_actor, requires
from web.command import command
from web.db import reading
from web.forms import keeping, required_figure, typed
from web.pages import Entry, Screens
from web.pages.policy_forms import rules_all, typed_version
from web.policies import names_of
from web.showing import tell_typed

blueprint = Screens("planning_settings", __name__)
GROUPS: Mapping[str, tuple[str, ...]] = {
    "stock": ("holding_rate_per_year", "order_cost"),
    "moves": ("surplus_margin", "surplus_days", "move_cost"),
    "classes": ("class_months", "a_share", "b_share", "x_variation", "y_variation", "band"),
    "people": ("lane_days", "lane_shipments_min", "override_days_max"),
}
PERCENT = {"holding_rate_per_year", "surplus_margin", "a_share", "b_share", "band"}
UNITS = {
    **dict.fromkeys(PERCENT, "percent"),
    **dict.fromkeys(("surplus_days", "lane_days", "override_days_max"), "days"),
    "class_months": "months",
    **dict.fromkeys(("move_cost", "order_cost"), "money"),
}


@blueprint.get("/planning/settings")
@requires(Permission.SEE_POLICIES)
def show_settings() -> str:
    """Every figure with what it does, and who changed what of late."""
    by = current_actor()
    with reading() as session:
        standing, seen = policies.show_settings(session, by=by), typed_version()
        since = policies.list_changes_since(session, seen, by=by) if seen is not None else {}
        changes = policies.list_settings_changes(session, by=by)
        names = names_of(session, [one.changed_by_id for one in changes])
        currency = procurement.base_currency(session)
    return render_template(
        "policies/settings.html",
        groups=GROUPS,
        standing=standing,
        typed=_typed(since),
        since=since,
        bounds=BOUNDS,
        units=UNITS,
        changes=changes,
        names=names,
        currency=currency,
        may_rule=rules_all(by),
    )


@blueprint.post("/planning/settings")
@requires(Permission.SET_POLICIES)
@keeping(show_settings)
@command
def change_settings(*, session: Session, by: Actor, at: datetime) -> AnyResponse:
    """Let planning go by these figures; what was typed stays when it is refused."""
    figures = {name: _read(name) for name in BOUNDS}
    wish = SettingsWish(figures, typed("reason"), typed_version() or 0)
    policies.change_settings(session, wish, by=by, at=at)
    flash(gettext("The figures are kept. The next planning run goes by them."), "success")
    return redirect(url_for("planning_settings.show_settings"), HTTPStatus.SEE_OTHER)


def _typed(since: Mapping[str, tuple[Decimal, Decimal]]) -> dict[str, str]:
    """What was typed, but for what somebody else changed meanwhile and this one had left as it was."""
    left = {name for name, (was, _) in since.items() if typed(name) == tell_typed_setting(was, name)}
    return {name: request.form[name] for name in BOUNDS if name in request.form and name not in left}


def _read(name: str) -> Decimal:
    """A figure of the form; people write shares in percent."""
    return required_figure(name) / (100 if name in PERCENT else 1)


@blueprint.app_template_filter("typed_setting")
def tell_typed_setting(value: Decimal, name: str) -> str:
    """A figure as people write it, shares in percent."""
    return tell_typed(value * 100 if name in PERCENT else value)


NAVIGATION = (
    Entry("planning_settings.show_settings", "Planning figures", Permission.SEE_POLICIES, order=78, icon="gear-wide"),
)
