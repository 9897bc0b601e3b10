"""Screens of planning policies: rules by class, in words."""

from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from inventory import reporting
from inventory.actor import Actor
from inventory.catalogue import Division
from inventory.identity import Permission
from inventory.network import Tier
from inventory.planning import policies
from inventory.planning.policies import (
    AbcClass,
    Criticality,
    PlaceOverride,
    PlanningPolicy,
    PolicyWish,
    ReleaseLimits,
    ServiceMeasure,
    Stocking,
    XyzClass,
)
from web.auth import current_actor, requires
from web.command import command
from web.db import reading
from web.forms import FigureUnreadable, chosen, chosen_yes, keeping, typed, typed_figure, typed_whole
from web.pages import Entry, Screens
from web.pages.policy_forms import read_service, rules_all, tier_named, typed_id
from web.policies import divisions_by_id, names_of
from web.showing import tell_typed

blueprint = Screens("policies", __name__)
CLASSES = {"criticality": Criticality, "abc": AbcClass, "xyz": XyzClass}


# Rules by class


@blueprint.get("/planning/policies")
@requires(Permission.SEE_POLICIES)
def show_policies() -> str:
    """The rules of a tier, the widest first, each with what it means in words."""
    by, tier = current_actor(), tier_named(request.args.get("tier"))
    with reading() as session:
        rules = policies.list_policies(session, by=by, tier=tier)
        names, divisions = names_of(session, [rule.set_by_id for rule in rules]), divisions_by_id(session)
        currency = policies.get_settings(session).currency
        figures = reporting.read_rule_figures(session, [rule.id for rule in rules], by=by)
    return render_template(
        "policies/policies.html",
        figures=figures,
        days=reporting.FILL_DAYS,
        tier=tier,
        tiers=list(Tier),
        rules=rules,
        names=names,
        divisions=divisions,
        currency=currency,
        may_rule=rules_all(by),
    )


@blueprint.get("/planning/policies/new")
@requires(Permission.SET_POLICIES)
def show_new_policy() -> str:
    """The form of a new rule."""
    with reading() as session:
        divisions = divisions_by_id(session)
        currency = policies.get_settings(session).currency
    return _policy_form(tier_named(request.values.get("tier")), None, divisions, currency=currency)


@blueprint.get("/planning/policies/<int:policy_id>")
@requires(Permission.SEE_POLICIES)
def show_policy(policy_id: int) -> str:
    """One rule: what it says, to be changed or ended; what was ruled before."""
    with reading() as session:
        rule = policies.get_policy(session, policy_id, by=current_actor())
        former = policies.list_former_policies(session, rule)
        figures = reporting.read_rule_figures(session, [rule.id], by=current_actor()).get(rule.id)
        divisions = divisions_by_id(session)
        currency = policies.get_settings(session).currency
        names = names_of(
            session, [one.set_by_id for one in (rule, *former)] + [one.ended_by_id for one in (rule, *former)]
        )
    return _policy_form(rule.tier, rule, divisions, currency=currency, former=former, names=names, figures=figures)


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
        may_rule=rules_all(current_actor()) and not (rule and rule.ended_at),
        days=reporting.FILL_DAYS,
        **more,
    )


def _typed_policy() -> str:
    """The form that was sent: of the rule that stands for those parts now, or of a new one."""
    seen = typed_id("rule")
    if seen is None:
        return str(show_new_policy())
    with reading() as session:
        standing = policies.find_standing_policy(session, policies.get_policy(session, seen, by=current_actor()))
    return str(show_policy(standing.id if standing else seen))


@blueprint.post("/planning/policies")
@requires(Permission.SET_POLICIES)
@keeping(_typed_policy)
@command
def set_policy(*, session: Session, by: Actor, at: datetime) -> AnyResponse:
    """Put a rule in force; what was typed stays when it is refused."""
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


# Reading the forms


def _read_policy() -> PolicyWish:
    return PolicyWish(
        tier=tier_named(request.form.get("tier")),
        division=typed("division") or None,
        criticality=chosen(Criticality, "criticality"),
        abc=chosen(AbcClass, "abc"),
        xyz=chosen(XyzClass, "xyz"),
        service=read_service(),
        review_days=typed_whole("review_days"),
        stocking=_read_stocking(),
        urgent=chosen_yes("urgent"),
        release=_read_release(),
        reason=typed("reason"),
        replaces=typed_id("rule"),
    )


def _read_stocking() -> Stocking | None:
    window, stock, drop = (typed_whole(name) for name in ("window_months", "stock_hits", "drop_hits"))
    if window is None and stock is None and drop is None:
        return None
    if window is None or stock is None or drop is None:
        raise FigureUnreadable(text="")
    return Stocking(window, stock, drop)


def _read_release() -> ReleaseLimits | None:
    value, quantity = typed_figure("release_value_max"), typed_whole("release_quantity_max")
    if value is None and quantity is None:
        return None
    if value is None or quantity is None:
        raise FigureUnreadable(text="")
    return ReleaseLimits(value, quantity)


# Telling


@blueprint.app_template_filter("typed_target")
def tell_typed_target(row: PlanningPolicy | PlaceOverride | None) -> str:
    """The target of a rule or an override as people write it."""
    if row is None or row.target is None:
        return ""
    return tell_typed(row.target * 100 if row.measure is ServiceMeasure.FILL_RATE else row.target)


NAVIGATION = (Entry("policies.show_policies", "Planning policies", Permission.SEE_POLICIES, order=74, icon="sliders"),)
