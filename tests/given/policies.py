"""Policies to test with: a planner of the whole network, overrides, rules by class."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from inventory.actor import Actor
from inventory.catalogue.models import Part
from inventory.identity import Permission
from inventory.network.models import Warehouse
from inventory.planning import policies
from inventory.planning.policies import (
    OverrideWish,
    PlaceOverride,
    PlanningPolicy,
    PolicyStands,
    PolicyWish,
    Service,
)
from tests.given.ledger import NOON, acting

TODAY = NOON.date()


def planner(session: Session, *at: Warehouse) -> Actor:
    """Somebody who may set policies at these warehouses; without one, in the whole network."""
    reach = frozenset(one.id for one in at) if at else None
    by = acting(session)
    return Actor(by.person_id, by.name, {Permission.SEE_POLICIES: reach, Permission.SET_POLICIES: reach}, by.command_id)


def fill_rate(target: str) -> Service:
    """A fill rate as a service."""
    return Service(policies.ServiceMeasure.FILL_RATE, Decimal(target))


def rule(session: Session, tier: str, *, by: Actor | None = None, **said: Any) -> PlanningPolicy:
    """A rule by class that says what is named here, in place of the one that stands."""
    wish, by = (
        PolicyWish(policies.TIERS[[*map(str, policies.TIERS)].index(tier)], reason="tested", **said),
        by or planner(session),
    )
    try:
        return policies.set_policy(session, wish, by=by, at=NOON)
    except PolicyStands as standing:
        return policies.set_policy(session, replace(wish, replaces=standing.facts["policy"]), by=by, at=NOON)


def override(
    session: Session,
    part: Part,
    warehouse: Warehouse,
    *,
    by: Actor | None = None,
    expires_on: date = TODAY + timedelta(days=30),
    reason: str = "an exhibition",
    **said: Any,
) -> PlaceOverride:
    """An override of a part at a warehouse that says what is named here, in place of the one that stands."""
    standing = policies.find_override(session, part.id, warehouse.id)
    replaces = standing.id if standing and standing.expires_on >= TODAY else None
    wish = OverrideWish(part.number, warehouse.code, reason=reason, expires_on=expires_on, replaces=replaces, **said)
    return policies.set_override(session, wish, by=by or planner(session), on=TODAY, at=NOON)
