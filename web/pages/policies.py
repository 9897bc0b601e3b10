"""Screens of planning policies: rules by class in words, overrides, what holds for a part at a warehouse and why."""

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from http import HTTPStatus
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import format_date, format_decimal, gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from inventory import catalogue
from inventory.actor import Actor
from inventory.catalogue import Division
from inventory.db import database_now
from inventory.errors import NotFound, RuleBroken
from inventory.identity import Permission
from inventory.network import Tier
from inventory.planning import policies
from inventory.planning.policies import (
    AbcClass,
    Criticality,
    LeadTimeOrigin,
    OverrideFilter,
    OverrideWish,
    PartPlanWish,
    Phase,
    PlaceOverride,
    PlanningPolicy,
    PolicyWish,
    ReleaseLimits,
    Service,
    ServiceMeasure,
    Stocking,
    XyzClass,
)
from inventory.quantity import read_quantity
from web.auth import current_actor, requires
from web.command import command
from web.db import reading
from web.forms import kept, typed
from web.pages import Card, Entry, Screens
from web.paging import LIMIT_DEFAULT
from web.policies import divisions_by_id, local_day, names_of, page_of_lanes, page_of_overrides
from web.workplace import chosen_workplace

blueprint = Screens("policies", __name__)
_FIGURE = re.compile(r"[0-9]{1,11}(\.[0-9]{1,4})?")
_FULL_WIDTH = str.maketrans("０１２３４５６７８９．", "0123456789.")
EXPIRES_IN_DAYS = 90
SOON = timedelta(days=14)
CLASSES = {"criticality": Criticality, "abc": AbcClass, "xyz": XyzClass}


class FigureUnreadable(RuleBroken):
    """The text is no figure with at most four decimals, or one that belongs to others is missing."""

    code = "figure_unreadable"


class DayUnreadable(RuleBroken):
    """The text is no day of the calendar."""

    code = "day_unreadable"


class ChoiceUnknown(RuleBroken):
    """What was chosen is none of the choices."""

    code = "choice_unknown"


# Rules by class


@blueprint.get("/planning/policies")
@requires(Permission.SEE_POLICIES)
def show_policies() -> str:
    """The rules of a tier, the widest first, each with what it means in words."""
    by, tier = current_actor(), _tier(request.args.get("tier"))
    with reading() as session:
        rules = policies.list_policies(session, by=by, tier=tier)
        names, divisions = names_of(session, [rule.set_by_id for rule in rules]), divisions_by_id(session)
        currency = policies.get_settings(session).currency
    return render_template(
        "policies/policies.html",
        tier=tier,
        tiers=list(Tier),
        rules=rules,
        names=names,
        divisions=divisions,
        currency=currency,
        may_rule=_rules_all(by),
    )


@blueprint.get("/planning/policies/new")
@requires(Permission.SET_POLICIES)
def show_new_policy() -> str:
    """The form of a new rule."""
    with reading() as session:
        divisions = divisions_by_id(session)
    return _policy_form(_tier(request.values.get("tier")), None, divisions)


@blueprint.get("/planning/policies/<int:policy_id>")
@requires(Permission.SEE_POLICIES)
def show_policy(policy_id: int) -> str:
    """One rule: what it says, to be changed or ended; what was ruled before."""
    with reading() as session:
        rule = policies.get_policy(session, policy_id, by=current_actor())
        former = policies.list_former_policies(session, rule)
        divisions = divisions_by_id(session)
        names = names_of(
            session, [one.set_by_id for one in (rule, *former)] + [one.ended_by_id for one in (rule, *former)]
        )
    return _policy_form(rule.tier, rule, divisions, former=former, names=names)


def _policy_form(tier: Tier, rule: PlanningPolicy | None, divisions: Mapping[int, Division], **more: Any) -> str:
    widest = rule is not None and rule.division_id is None and not (rule.criticality or rule.abc or rule.xyz)
    return render_template(
        "policies/policy.html",
        tier=tier,
        tiers=list(Tier),
        rule=rule,
        widest=widest,
        divisions=divisions,
        measures=list(ServiceMeasure),
        classes={name: list(words) for name, words in CLASSES.items()},
        may_rule=_rules_all(current_actor()),
        **more,
    )


@blueprint.post("/planning/policies")
@requires(Permission.SET_POLICIES)
def set_policy() -> Any:
    """Put a rule in force; what was typed stays when it is refused."""
    try:
        return _set_policy()
    except RuleBroken as refusal:
        standing = request.form.get("rule", "")
        return kept(refusal, lambda: show_policy(int(standing)) if standing.isdecimal() else show_new_policy())


@command
def _set_policy(*, session: Session, by: Actor, at: datetime) -> AnyResponse:
    rule = policies.set_policy(session, _read_policy(), by=by, at=at)
    flash(gettext("The rule is in force. The next planning run goes by it."), "success")
    return redirect(url_for("policies.show_policies", tier=rule.tier.value), HTTPStatus.SEE_OTHER)


@blueprint.post("/planning/policies/<int:policy_id>/end")
@requires(Permission.SET_POLICIES)
@command
def end_policy(policy_id: int, *, session: Session, by: Actor, at: datetime) -> AnyResponse:
    """End a rule: its parts go by the wider ones."""
    rule = policies.end_policy(session, policy_id, by=by, at=at)
    flash(gettext("The rule is ended. Its parts go by the wider rules."), "success")
    return redirect(url_for("policies.show_policies", tier=rule.tier.value), HTTPStatus.SEE_OTHER)


# Overrides


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
def find_place() -> AnyResponse:
    """Go to a part at a warehouse, both as typed. Raises: NotFound."""
    place = chosen_workplace()
    code = request.args.get("warehouse", "").strip() or (place.code if place else "")
    number = request.args.get("part", "").strip()
    if not code or not number:
        raise NotFound()
    return redirect(url_for("policies.show_place", code=code, number=number), HTTPStatus.SEE_OTHER)


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
    return render_template(
        "policies/place.html",
        told=told,
        history=history,
        divisions=divisions,
        measures=list(ServiceMeasure),
        may_set=by.may(Permission.SET_POLICIES, told.warehouse.id),
        on=on,
        until=on + timedelta(days=EXPIRES_IN_DAYS),
    )


@blueprint.post("/planning/warehouses/<code>/parts/<number>/override")
@requires(Permission.SET_POLICIES)
def set_override(code: str, number: str) -> Any:
    """Override the place; what was typed stays when it is refused."""
    try:
        return _set_override(code, number)
    except RuleBroken as refusal:
        return kept(refusal, lambda: show_place(code, number))


@command
def _set_override(code: str, number: str, *, session: Session, by: Actor, at: datetime) -> AnyResponse:
    made = policies.set_override(session, _read_override(code, number), by=by, on=local_day(at), at=at)
    flash(gettext("The override holds through %(day)s.", day=format_date(made.expires_on)), "success")
    return redirect(url_for("policies.show_place", code=code, number=number), HTTPStatus.SEE_OTHER)


@blueprint.post("/planning/warehouses/<code>/parts/<number>/overrides/<int:override_id>/lift")
@requires(Permission.SET_POLICIES)
@command
def lift_override(
    code: str, number: str, override_id: int, *, session: Session, by: Actor, at: datetime
) -> AnyResponse:
    """End an override before its day."""
    policies.lift_override(session, override_id, typed("lift_reason"), by=by, at=at)
    flash(gettext("The override is lifted: the rules tell again."), "success")
    return redirect(url_for("policies.show_place", code=code, number=number), HTTPStatus.SEE_OTHER)


# Parts everywhere


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
        may_rule=_rules_all(by),
    )


@blueprint.post("/planning/parts/<number>")
@requires(Permission.SET_POLICIES)
def plan_part(number: str) -> Any:
    """Set how a part is planned everywhere; what was typed stays when it is refused."""
    try:
        return _plan_part(number)
    except RuleBroken as refusal:
        return kept(refusal, lambda: show_part_plan(number))


@command
def _plan_part(number: str, *, session: Session, by: Actor, at: datetime) -> AnyResponse:
    wish = PartPlanWish(
        part=number,
        criticality=_chosen(Criticality, "criticality") or Criticality.ESSENTIAL,
        phase=_chosen(Phase, "phase") or Phase.MATURE,
        pack_size=_whole("pack_size") or 1,
        supported_until_on=_day("supported_until_on"),
        reason=typed("reason"),
    )
    policies.plan_part(session, wish, by=by, at=at)
    flash(gettext("The next planning run plans the part so."), "success")
    return redirect(url_for("policies.show_part_plan", number=number), HTTPStatus.SEE_OTHER)


# Lead times


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
        may_rule=_rules_all(by),
        may_set=by.may(Permission.SET_POLICIES),
    )


@blueprint.post("/planning/lead-times/tiers")
@requires(Permission.SET_POLICIES)
@command
def state_tiers(*, session: Session, by: Actor, at: datetime) -> AnyResponse:
    """State what replenishment takes from tier to tier."""
    source, destination = _chosen(Tier, "from_tier"), _chosen(Tier, "to_tier") or Tier.REPAIR
    days, sd_days = _required("days"), _required("sd_days")
    policies.state_tiers(session, source, destination, days, sd_days, by=by, at=at)
    flash(gettext("The lead time is kept."), "success")
    return redirect(url_for("policies.show_lead_times"), HTTPStatus.SEE_OTHER)


@blueprint.post("/planning/lead-times/lanes")
@requires(Permission.SET_POLICIES)
def state_lane() -> Any:
    """State what a lane takes; what was typed stays when it is refused."""
    try:
        return _state_lane()
    except (RuleBroken, NotFound) as refusal:
        return kept(refusal, show_lead_times)


@command
def _state_lane(*, session: Session, by: Actor, at: datetime) -> AnyResponse:
    source, destination = typed("source"), typed("destination")
    policies.state_lane(session, source, destination, _required("days"), _required("sd_days"), by=by, at=at)
    flash(gettext("The lead time is kept."), "success")
    return redirect(url_for("policies.show_lead_times"), HTTPStatus.SEE_OTHER)


# Reading the forms


def _read_policy() -> PolicyWish:
    urgent = request.form.get("urgent", "")
    return PolicyWish(
        tier=_tier(request.form.get("tier")),
        division=typed("division") or None,
        criticality=_chosen(Criticality, "criticality"),
        abc=_chosen(AbcClass, "abc"),
        xyz=_chosen(XyzClass, "xyz"),
        service=_read_service(),
        review_days=_whole("review_days"),
        stocking=_read_stocking(),
        urgent=None if urgent not in ("yes", "no") else urgent == "yes",
        release=_read_release(),
        reason=typed("reason"),
    )


def _read_override(code: str, number: str) -> OverrideWish:
    stocked, expires_on = request.form.get("stocked", ""), _day("expires_on")
    if expires_on is None:
        raise DayUnreadable(text="")
    return OverrideWish(
        part=number,
        warehouse=code,
        stocked=None if stocked not in ("yes", "no") else stocked == "yes",
        minimum=_whole("minimum"),
        maximum=_whole("maximum"),
        safety_stock=_whole("safety_stock"),
        service=_read_service(),
        lead_time_days=_figure("lead_time_days"),
        lead_time_sd_days=_figure("lead_time_sd_days"),
        reason=typed("reason"),
        expires_on=expires_on,
    )


def _read_service() -> Service | None:
    """Measure and target; people write a fill rate in percent."""
    measure, target = _chosen(ServiceMeasure, "measure"), _figure("target")
    if measure is None and target is None:
        return None
    if measure is None or target is None:
        raise FigureUnreadable(text="")
    return Service(measure, target / 100 if measure is ServiceMeasure.FILL_RATE else target)


def _read_stocking() -> Stocking | None:
    window, stock, drop = (_whole(name) for name in ("window_months", "stock_hits", "drop_hits"))
    if window is None and stock is None and drop is None:
        return None
    if window is None or stock is None or drop is None:
        raise FigureUnreadable(text="")
    return Stocking(window, stock, drop)


def _read_release() -> ReleaseLimits | None:
    value, quantity = _figure("release_value_max"), _whole("release_quantity_max")
    if value is None and quantity is None:
        return None
    if value is None or quantity is None:
        raise FigureUnreadable(text="")
    return ReleaseLimits(value, quantity)


def _figure(name: str) -> Decimal | None:
    """A figure with up to four decimals out of the form; None for nothing. Raises: FigureUnreadable."""
    text = typed(name).translate(_FULL_WIDTH)
    if not text:
        return None
    if not _FIGURE.fullmatch(text):
        raise FigureUnreadable(text=text[:20])
    return Decimal(text)


def _required(name: str) -> Decimal:
    found = _figure(name)
    if found is None:
        raise FigureUnreadable(text="")
    return found


def _whole(name: str) -> int | None:
    """A whole number out of the form; None for nothing. Raises: QuantityUnreadable."""
    text = typed(name)
    return read_quantity(text) if text else None


def _day(name: str) -> date | None:
    """A day out of the form; None for nothing. Raises: DayUnreadable."""
    text = typed(name)
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise DayUnreadable(text=text[:20]) from error


def _chosen(words: Any, name: str) -> Any:
    """The word of an enum that was chosen; None for nothing. Raises: ChoiceUnknown."""
    text = typed(name)
    try:
        return words(text) if text else None
    except ValueError as error:
        raise ChoiceUnknown(text=text[:20]) from error


def _tier(text: str | None) -> Tier:
    return Tier(text) if text in set(Tier) else Tier.REPAIR


def _rules_all(by: Actor) -> bool:
    """Whether somebody may set rules for the whole network."""
    return by.may(Permission.SET_POLICIES) and by.reach[Permission.SET_POLICIES] is None


# Telling


@blueprint.app_template_filter("figure")
def tell_figure(value: Decimal | float | None) -> str:
    """A figure without the zeros behind it."""
    return "" if value is None else str(format_decimal(value, format="#,##0.####"))


@blueprint.app_template_filter("typed_figure")
def tell_typed(value: Decimal | float | None) -> str:
    """A figure as it is typed into a field: no thousands apart, no zeros behind it."""
    return "" if value is None else f"{Decimal(str(value)):f}".rstrip("0").rstrip(".") if value % 1 else f"{value:.0f}"


@blueprint.app_template_filter("typed_target")
def tell_typed_target(row: PlanningPolicy | PlaceOverride | None) -> str:
    """The target of a rule or an override as people write it."""
    if row is None or row.target is None:
        return ""
    return tell_typed(row.target * 100 if row.measure is ServiceMeasure.FILL_RATE else row.target)


@blueprint.app_template_filter("day")
def tell_day(day: date) -> str:
    """A local day."""
    return day.isoformat()


@blueprint.app_template_filter("origin")
def tell_origin(origin: LeadTimeOrigin) -> str:
    """The word of where a lead time comes from."""
    return origin.name.lower()


def _count_expiring(session: Session, by: Actor, warehouse_id: int | None, at: datetime) -> int:
    on = local_day(at)
    return policies.count_overrides(
        session, OverrideFilter(warehouse_id=warehouse_id, in_force_on=on, expires_by=on + SOON), by=by
    )


NAVIGATION = (
    Entry("policies.show_policies", "Planning policies", Permission.SEE_POLICIES, order=74, icon="sliders"),
    Entry("policies.list_overrides", "Overrides", Permission.SEE_POLICIES, order=75, icon="pin-angle"),
    Entry("policies.show_lead_times", "Lead times", Permission.SEE_POLICIES, order=76, icon="stopwatch"),
)
CARDS = (
    Card(
        "policies.list_overrides",
        "Overrides that end soon",
        Permission.SET_POLICIES,
        _count_expiring,
        order=74,
        icon="pin-angle",
    ),
)
