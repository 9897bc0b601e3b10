"""Planning policies: rules by class, overrides, what holds at a place and why, part plans, lead times."""

from datetime import datetime
from decimal import Decimal
from http import HTTPStatus
from typing import Any

from sqlalchemy.orm import Session

from inventory import catalogue, reporting
from inventory.actor import Actor
from inventory.catalogue import Division
from inventory.db import database_now
from inventory.identity import Permission
from inventory.planning import policies
from inventory.planning.policies import (
    EffectivePolicy,
    ListedLane,
    ListedOverride,
    OverrideWish,
    PartPlan,
    PartPlanWish,
    PlaceOverride,
    PlanningPolicy,
    PolicyWish,
)
from web.api import Blueprint
from web.auth import current_actor, requires
from web.command import command
from web.db import reading
from web.policies import divisions_by_id, local_day, names_of, override_filter, page_of_lanes, page_of_overrides
from web.requests import warehouse_id_of
from web.schemas import page_of
from web.schemas.policies import (
    LaneInput,
    LaneOutput,
    LaneQuery,
    LiftInput,
    OverrideInput,
    OverrideOutput,
    OverrideQuery,
    PartPlanInput,
    PartPlanOutput,
    PlacePolicyOutput,
    PoliciesOutput,
    PolicyInput,
    PolicyOutput,
    PolicyQuery,
)

blueprint = Blueprint("api_policies", __name__, description="What planning goes by, and what people override")


@blueprint.get("/planning/policies")
@requires(Permission.SEE_POLICIES)
@blueprint.arguments(PolicyQuery, location="query")
@blueprint.response(HTTPStatus.OK, PoliciesOutput)
def list_policies(query: dict[str, Any]) -> dict[str, Any]:
    """The rules in force; of two that fit a part the later one in the list tells."""
    with reading() as session:
        rules = policies.list_policies(session, by=current_actor(), tier=query["tier"])
        divisions, names = divisions_by_id(session), names_of(session, [rule.set_by_id for rule in rules])
        figures = reporting.read_rule_figures(session, [rule.id for rule in rules], by=current_actor())
    return {"items": [{**_policy(rule, divisions, names), "gets": figures.get(rule.id)} for rule in rules]}


@blueprint.post("/planning/policies")
@requires(Permission.SET_POLICIES)
@blueprint.arguments(PolicyInput)
@command
@blueprint.response(HTTPStatus.CREATED, PolicyOutput)
def set_policy(wish: PolicyWish, *, session: Session, by: Actor, at: datetime) -> dict[str, Any]:
    """Put a rule in force; the one that stood for the same parts ends."""
    return _policy(policies.set_policy(session, wish, by=by, at=at), divisions_by_id(session), {by.person_id: by.name})


@blueprint.post("/planning/policies/<int:policy_id>/end")
@requires(Permission.SET_POLICIES)
@command
@blueprint.response(HTTPStatus.OK, PolicyOutput)
def end_policy(policy_id: int, *, session: Session, by: Actor, at: datetime) -> dict[str, Any]:
    """End a rule: its parts go by the wider ones."""
    ended = policies.end_policy(session, policy_id, by=by, at=at)
    return _policy(ended, divisions_by_id(session), names_of(session, [ended.set_by_id]))


@blueprint.get("/planning/overrides")
@requires(Permission.SEE_POLICIES)
@blueprint.arguments(OverrideQuery, location="query")
@blueprint.response(HTTPStatus.OK, page_of(OverrideOutput))
def list_overrides(query: dict[str, Any]) -> dict[str, Any]:
    """Overrides within reach, those that end first before the others."""
    by = current_actor()
    with reading() as session:
        on = local_day(database_now(session))
        names = {name: query[name] for name in ("part", "warehouse", "everything")}
        wanted = override_filter(session, **names, by=by, on=on)
        page = page_of_overrides(session, wanted, by=by, cursor=query["cursor"], limit=query["limit"])
    return {"items": [_listed(one) for one in page.items], "next_cursor": page.next_cursor}


@blueprint.post("/planning/overrides")
@requires(Permission.SET_POLICIES)
@blueprint.arguments(OverrideInput)
@command
@blueprint.response(HTTPStatus.CREATED, OverrideOutput)
def set_override(wish: OverrideWish, *, session: Session, by: Actor, at: datetime) -> dict[str, Any]:
    """Override a part at a warehouse until a day; what was overridden there before is lifted."""
    made = policies.set_override(session, wish, by=by, on=local_day(at), at=at)
    return _override(made, part=wish.part, warehouse=wish.warehouse, set_by=by.name)


@blueprint.post("/planning/overrides/<int:override_id>/lift")
@requires(Permission.SET_POLICIES)
@blueprint.arguments(LiftInput)
@command
@blueprint.response(HTTPStatus.OK, OverrideOutput)
def lift_override(
    lift: dict[str, Any], override_id: int, *, session: Session, by: Actor, at: datetime
) -> dict[str, Any]:
    """End an override before its day: the rules tell again."""
    lifted = policies.lift_override(session, override_id, lift["reason"], by=by, at=at)
    session.flush()
    history = policies.list_overrides_of_place(session, lifted.part_id, lifted.warehouse_id)
    return _listed(next(one for one in history if one.override.id == override_id))


@blueprint.get("/warehouses/<code>/parts/<number>/policy")
@requires(Permission.SEE_POLICIES)
@blueprint.response(HTTPStatus.OK, PlacePolicyOutput)
def show_place(code: str, number: str) -> dict[str, Any]:
    """What holds for a part at a warehouse today, and where each value comes from."""
    with reading() as session:
        on = local_day(database_now(session))
        told = policies.explain_place(session, number, code, by=current_actor(), on=on)
    return _effective(told)


@blueprint.get("/parts/<number>/plan")
@requires(Permission.SEE_POLICIES)
@blueprint.response(HTTPStatus.OK, PartPlanOutput)
def show_part_plan(number: str) -> dict[str, Any]:
    """What holds for a part everywhere: criticality, phase, pack, classes."""
    with reading() as session:
        part = catalogue.get_part(session, number)
        return _part_plan(number, policies.find_part_plan(session, part.id))


@blueprint.post("/parts/<number>/plan")
@requires(Permission.SET_POLICIES)
@blueprint.arguments(PartPlanInput)
@command
@blueprint.response(HTTPStatus.OK, PartPlanOutput)
def plan_part(wish: dict[str, Any], number: str, *, session: Session, by: Actor, at: datetime) -> dict[str, Any]:
    """Set how a part is planned everywhere."""
    return _part_plan(number, policies.plan_part(session, PartPlanWish(part=number, **wish), by=by, at=at))


@blueprint.get("/planning/lanes")
@requires(Permission.SEE_POLICIES)
@blueprint.arguments(LaneQuery, location="query")
@blueprint.response(HTTPStatus.OK, page_of(LaneOutput))
def list_lanes(query: dict[str, Any]) -> dict[str, Any]:
    """Lanes with a lead time of their own that end within reach."""
    with reading() as session:
        page = page_of_lanes(
            session,
            by=current_actor(),
            warehouse_id=warehouse_id_of(session, query["warehouse"]),
            cursor=query["cursor"],
            limit=query["limit"],
        )
    return {"items": [_lane(one) for one in page.items], "next_cursor": page.next_cursor}


@blueprint.post("/planning/lanes")
@requires(Permission.SET_POLICIES)
@blueprint.arguments(LaneInput)
@command
@blueprint.response(HTTPStatus.OK, LaneOutput)
def state_lane(wish: dict[str, Any], *, session: Session, by: Actor, at: datetime) -> dict[str, Any]:
    """State how long a lane takes; what its shipments teach goes before it once they are enough."""
    source, destination = wish["source"], wish["warehouse"]
    lane = policies.state_lane(session, source, destination, wish["days"], wish["sd_days"], by=by, at=at)
    return {**_lane_figures(lane), "source": source, "warehouse": destination}


def _policy(rule: PlanningPolicy, divisions: dict[int, Division], names: dict[int, str]) -> dict[str, Any]:
    return {
        "id": rule.id,
        "tier": rule.tier,
        "division": divisions[rule.division_id].code if rule.division_id else None,
        "criticality": rule.criticality,
        "abc": rule.abc,
        "xyz": rule.xyz,
        "service": _service(rule),
        "review_days": rule.review_days,
        "stocking": rule if rule.window_months is not None else None,
        "urgent": rule.urgent,
        "release": None
        if rule.release_value_max is None
        else {"value_max": rule.release_value_max, "quantity_max": rule.release_quantity_max},
        "reason": rule.reason,
        "set_by": names.get(rule.set_by_id, ""),
        "set_at": rule.set_at,
        "ended_at": rule.ended_at,
    }


def _service(row: PlanningPolicy | PlaceOverride) -> dict[str, Any] | None:
    return None if row.measure is None else {"measure": row.measure, "target": row.target}


def _listed(one: ListedOverride) -> dict[str, Any]:
    told = _override(one.override, part=one.part.number, warehouse=one.warehouse.code, set_by=one.set_by.name)
    return {**told, "lifted_by": one.lifted_by.name if one.lifted_by else None}


def _override(row: PlaceOverride, *, part: str, warehouse: str, set_by: str) -> dict[str, Any]:
    return {
        "id": row.id,
        "part": part,
        "warehouse": warehouse,
        "stocked": row.stocked,
        "minimum": row.minimum,
        "maximum": row.maximum,
        "safety_stock": row.safety_stock,
        "service": _service(row),
        "lead_time_days": row.lead_time_days,
        "lead_time_sd_days": row.lead_time_sd_days,
        "reason": row.reason,
        "expires_on": row.expires_on,
        "set_by": set_by,
        "set_at": row.set_at,
        "lifted_by": None,
        "lifted_at": row.lifted_at,
        "lift_reason": row.lift_reason,
    }


def _effective(told: EffectivePolicy) -> dict[str, Any]:
    return {
        "part": told.part.number,
        "warehouse": told.warehouse.code,
        "source": told.source.code if told.source else None,
        **{name: getattr(told.plan, name) for name in ("criticality", "phase", "abc", "xyz", "pack_size")},
        "service": {"measure": told.measure, "target": _figure(told.target)},
        "review_days": told.review_days,
        "stocking": told,
        "urgent": told.urgent,
        "release": {"value_max": _figure(told.release_value_max), "quantity_max": told.release_quantity_max},
        "currency": told.currency,
        "lead_time_days": _figure(told.lead_time_days),
        "lead_time_sd_days": _figure(told.lead_time_sd_days),
        **{name: getattr(told, name) for name in ("stocked", "minimum", "maximum", "safety_stock")},
        "origins": {
            **{group: rule.id for group, rule in told.rules.items()},
            "lead_time": told.lead_time_origin.name.lower(),
            "override": told.override.id if told.override else None,
        },
    }


def _figure(value: float) -> Decimal:
    """Four decimals are what was written; the rest is the float's."""
    return Decimal(str(round(value, 4)))


def _part_plan(number: str, plan: PartPlan) -> dict[str, Any]:
    names = ("criticality", "phase", "pack_size", "supported_until_on", "abc", "xyz", "classed_at", "reason", "set_at")
    return {"part": number, **{name: getattr(plan, name) for name in names}}


def _lane(one: ListedLane) -> dict[str, Any]:
    return {**_lane_figures(one.lane), "source": one.source.code, "warehouse": one.destination.code}


def _lane_figures(lane: policies.LaneLeadTime) -> dict[str, Any]:
    names = ("days", "sd_days", "learned_days", "learned_sd_days", "shipments", "learned_at")
    return {name: getattr(lane, name) for name in names}
