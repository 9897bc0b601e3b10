"""One part at one warehouse: what holds there, and which rule, lane or person each value comes from.

The figures are those that the nightly run gets: the same book, the same `resolve`, asked for a single place.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory import catalogue
from inventory.actor import Actor
from inventory.catalogue.models import Part
from inventory.db import QUANTITY_MAX
from inventory.identity import Permission
from inventory.network.models import Warehouse
from inventory.planning.policies.book import GROUPS, MEASURES
from inventory.planning.policies.models import PartPlan, PlaceOverride, PlanningPolicy, ServiceMeasure
from inventory.planning.policies.overriding import place_within
from inventory.planning.policies.part_plans import find_part_plan
from inventory.planning.policies.reading import read_policy_book
from inventory.planning.policies.resolving import LeadTimeOrigin, PlacePolicies, resolve


@dataclass(frozen=True, slots=True)
class EffectivePolicy:
    """What holds at a place. `rules` has the rule behind each group of GROUPS; `override` what is in force there.

    Units: days, demands, pieces; money in `currency`. `stocked`: True or False where a person says so, None where the
    stocking rule decides. `minimum`, `maximum`, `safety_stock`: None where nobody set one.
    """

    part: Part
    warehouse: Warehouse
    source: Warehouse | None
    plan: PartPlan
    override: PlaceOverride | None
    rules: dict[str, PlanningPolicy]
    currency: str
    measure: ServiceMeasure
    target: float
    review_days: int
    window_months: int
    stock_hits: int
    drop_hits: int
    urgent: bool
    release_value_max: float
    release_quantity_max: int
    lead_time_days: float
    lead_time_sd_days: float
    lead_time_origin: LeadTimeOrigin
    stocked: bool | None
    minimum: int | None
    maximum: int | None
    safety_stock: int | None


def explain_place(session: Session, part: str, warehouse: str, *, by: Actor, on: date) -> EffectivePolicy:
    """What holds for a part at a warehouse on a day, and where each value comes from.

    Raises: NotPermitted; NotFound for an unknown part, an unknown warehouse or one out of reach, alike.
    """
    place = place_within(session, warehouse, Permission.SEE_POLICIES, by=by)
    found = catalogue.get_part(session, part)
    book = read_policy_book(session, on=on, part_ids=[found.id])
    policies = resolve(book, np.array([found.id]), np.array([place.id]))
    told_by = {group: int(policies.rule_of(book, group)[0]) for group in GROUPS}
    rules = session.scalars(select(PlanningPolicy).where(PlanningPolicy.id.in_(set(told_by.values()))))
    by_id = {rule.id: rule for rule in rules}
    row = int(policies.override[0])
    return _told(
        policies,
        part=found,
        warehouse=place,
        source=None if place.parent_id is None else session.get_one(Warehouse, place.parent_id),
        plan=find_part_plan(session, found.id),
        override=None if row < 0 else session.get_one(PlaceOverride, int(book.overrides.ids[row])),
        rules={group: by_id[id] for group, id in told_by.items()},
        currency=book.settings.currency,
    )


def _told(
    policies: PlacePolicies,
    *,
    part: Part,
    warehouse: Warehouse,
    source: Warehouse | None,
    plan: PartPlan,
    override: PlaceOverride | None,
    rules: dict[str, PlanningPolicy],
    currency: str,
) -> EffectivePolicy:
    stocked, minimum, maximum, safety_stock = (
        int(column[0]) for column in (policies.stocked, policies.minimum, policies.maximum, policies.safety_stock)
    )
    return EffectivePolicy(
        part=part,
        warehouse=warehouse,
        source=source,
        plan=plan,
        override=override,
        rules=rules,
        currency=currency,
        measure=MEASURES[int(policies.measure[0])],
        target=float(policies.target[0]),
        review_days=int(policies.review_days[0]),
        window_months=int(policies.window_months[0]),
        stock_hits=int(policies.stock_hits[0]),
        drop_hits=int(policies.drop_hits[0]),
        urgent=bool(policies.urgent[0]),
        release_value_max=float(policies.release_value_max[0]),
        release_quantity_max=int(policies.release_quantity_max[0]),
        lead_time_days=float(policies.lead_time_days[0]),
        lead_time_sd_days=float(policies.lead_time_variance[0]) ** 0.5,
        lead_time_origin=LeadTimeOrigin(int(policies.lead_time_origin[0])),
        stocked=None if stocked < 0 else bool(stocked),
        minimum=minimum or None,
        maximum=None if maximum == QUANTITY_MAX else maximum,
        safety_stock=None if safety_stock < 0 else safety_stock,
    )
