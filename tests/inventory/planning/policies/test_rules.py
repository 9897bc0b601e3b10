"""Rules by class: who may set them, what they must say, and that none is ever edited."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from inventory.errors import NotFound, NotPermitted
from inventory.identity import Permission
from inventory.network import Tier
from inventory.planning import policies
from inventory.planning.policies import (
    AbcClass,
    ChangedMeanwhile,
    Criticality,
    HitsNotApart,
    PlanningPolicy,
    PolicyEnded,
    PolicyStands,
    PolicyStatesTooLittle,
    PolicyUnknown,
    PolicyWish,
    ReleaseLimits,
    Service,
    ServiceMeasure,
    Stocking,
    TargetOutOfBounds,
    WhyMissing,
    WidestPolicyStays,
)
from tests import given
from tests.given import NOON
from tests.given.policies import fill_rate, planner, rule

LATER = NOON + timedelta(hours=1)
WHOLE = {
    "service": fill_rate("0.97"),
    "review_days": 2,
    "stocking": Stocking(6, 2, 0),
    "urgent": False,
    "release": ReleaseLimits(Decimal(10), 1),
}


def test_a_change_ends_the_rule_that_stood_and_keeps_it(session):
    by = planner(session)
    first = rule(session, "repair", by=by, abc=AbcClass.A, review_days=3)
    wish = PolicyWish(Tier.REPAIR, reason="too late", abc=AbcClass.A, review_days=2, replaces=first.id)
    second = policies.set_policy(session, wish, by=by, at=LATER)
    assert (first.ended_at, first.ended_by_id, first.review_days) == (LATER, by.person_id, 3)
    assert second.ended_at is None
    assert policies.list_former_policies(session, second) == [first]
    assert first not in policies.list_policies(session, by=by)


def test_rules_for_other_parts_stay_in_force(session):
    by = planner(session)
    for_a = rule(session, "repair", by=by, abc=AbcClass.A, review_days=3)
    rule(session, "repair", by=by, abc=AbcClass.A, criticality=Criticality.VITAL, review_days=2)
    rule(session, "central", by=by, abc=AbcClass.A, review_days=2)
    assert for_a.ended_at is None


def test_rules_are_listed_with_the_one_that_wins_last(session):
    by = planner(session)
    named = [
        {"abc": AbcClass.B},
        {"criticality": Criticality.ESSENTIAL},
        {"abc": AbcClass.B, "criticality": Criticality.ESSENTIAL},
    ]
    made = [rule(session, "central", by=by, review_days=2, **one).id for one in named]
    listed = [one.id for one in policies.list_policies(session, by=by, tier=Tier.CENTRAL)]
    assert [id for id in listed if id in made] == made
    assert policies.list_policies(session, by=by, tier=Tier.CENTRAL)[0].criticality is None


def test_an_ended_rule_is_in_force_no_more_and_cannot_end_twice(session):
    by = planner(session)
    made = rule(session, "repair", by=by, abc=AbcClass.A, review_days=3)
    policies.end_policy(session, made.id, by=by, at=LATER)
    assert made.ended_at == LATER
    with pytest.raises(PolicyEnded):
        policies.end_policy(session, made.id, by=by, at=LATER)


def test_the_widest_rule_of_a_tier_is_changed_but_never_ended(session):
    by = planner(session)
    widest = rule(session, "repair", by=by, **WHOLE)
    with pytest.raises(WidestPolicyStays):
        policies.end_policy(session, widest.id, by=by, at=LATER)


def test_the_widest_rule_says_everything_and_any_rule_something(session):
    with pytest.raises(PolicyStatesTooLittle):
        rule(session, "repair", **{**WHOLE, "urgent": None})
    with pytest.raises(PolicyStatesTooLittle):
        rule(session, "repair", abc=AbcClass.A)


@pytest.mark.parametrize(
    ("measure", "target"), [("fill_rate", "1"), ("fill_rate", "0"), ("wait", "366"), ("shortage_cost", "0")]
)
def test_a_target_fits_its_measure(session, measure, target):
    with pytest.raises(TargetOutOfBounds):
        rule(session, "repair", abc=AbcClass.A, service=Service(ServiceMeasure(measure), Decimal(target)))


def test_what_drops_a_part_is_less_than_what_lays_it_in(session):
    with pytest.raises(HitsNotApart):
        rule(session, "repair", abc=AbcClass.A, stocking=Stocking(12, 2, 2))


def test_a_rule_without_a_reason_is_none(session):
    with pytest.raises(WhyMissing):
        policies.set_policy(session, PolicyWish(Tier.REPAIR, "  ", **WHOLE), by=planner(session), at=NOON)


def test_an_unknown_division_and_an_unknown_rule_are_told(session):
    with pytest.raises(NotFound):
        rule(session, "repair", division="NONE", review_days=2)
    with pytest.raises(PolicyUnknown):
        policies.get_policy(session, 987654321, by=planner(session))


def test_who_plans_some_warehouses_sets_no_rule_for_all(session):
    by = planner(session, given.warehouse(session))
    with pytest.raises(NotPermitted):
        rule(session, "repair", by=by, abc=AbcClass.A, review_days=2)
    assert policies.list_policies(session, by=by)


def test_who_may_see_no_policies_sees_none(session):
    with pytest.raises(NotPermitted):
        policies.list_policies(session, by=given.acting(session).__class__(1, "x", {Permission.SEE_STOCK: None}))


def test_the_database_holds_one_rule_in_force_for_the_same_parts(session):
    made = rule(session, "repair", abc=AbcClass.A, review_days=2)
    twin = PlanningPolicy(
        tier=made.tier, abc=made.abc, review_days=3, reason="x", set_by_id=made.set_by_id, set_at=NOON
    )
    session.add(twin)
    with pytest.raises(IntegrityError, match="uq_planning_policy_in_force"):
        session.flush()


def test_a_fresh_installation_has_one_rule_that_says_all_for_each_tier(session):
    query = select(PlanningPolicy).where(
        PlanningPolicy.criticality.is_(None), PlanningPolicy.abc.is_(None), PlanningPolicy.division_id.is_(None)
    )
    assert {one.tier for one in session.scalars(query)} == set(Tier)


def test_a_rule_that_another_took_the_place_of_meanwhile_is_not_overrun(session):
    by, rival = planner(session), planner(session)
    seen = rule(session, "repair", by=by, abc=AbcClass.A, review_days=3)
    standing = rule(session, "repair", by=rival, abc=AbcClass.A, review_days=5)
    wish = PolicyWish(Tier.REPAIR, reason="too late", abc=AbcClass.A, review_days=2, replaces=seen.id)
    with pytest.raises(ChangedMeanwhile) as refused:
        policies.set_policy(session, wish, by=by, at=LATER)
    assert (refused.value.facts["standing"], refused.value.facts["by"]) == (standing.id, rival.name)
    with pytest.raises(PolicyStands):
        policies.set_policy(session, replace(wish, replaces=None), by=by, at=LATER)
    assert standing.ended_at is None


def test_a_rule_that_was_ended_meanwhile_is_not_changed(session):
    by = planner(session)
    seen = rule(session, "repair", by=by, abc=AbcClass.A, review_days=3)
    policies.end_policy(session, seen.id, by=by, at=LATER)
    wish = PolicyWish(Tier.REPAIR, reason="too late", abc=AbcClass.A, review_days=2, replaces=seen.id)
    with pytest.raises(ChangedMeanwhile):
        policies.set_policy(session, wish, by=by, at=LATER)
    assert policies.find_standing_policy(session, seen) is None
