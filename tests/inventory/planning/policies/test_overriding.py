"""Overrides of single places: set, replaced, lifted, listed within reach."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy.exc import IntegrityError

from inventory.errors import NotFound
from inventory.planning import policies
from inventory.planning.policies import (
    ChangedMeanwhile,
    ExpiryOutOfBounds,
    KeptButNotStocked,
    LeadTimeOutOfBounds,
    MinimumAboveMaximum,
    OverrideEmpty,
    OverrideFilter,
    OverrideLifted,
    OverrideUnknown,
    OverrideWish,
    PlaceOverride,
    TargetOutOfBounds,
    WhyMissing,
)
from tests import given
from tests.given import NOON
from tests.given.policies import TODAY, fill_rate, override, planner

LATER = NOON + timedelta(hours=1)


@pytest.fixture
def station(session):
    return given.warehouse(session)


@pytest.fixture
def part(session):
    return given.part(session)


def test_a_new_override_replaces_the_one_that_stood(session, station, part):
    first = override(session, part, station, minimum=1)
    second = override(session, part, station, maximum=9)
    assert (first.lifted_at, first.lift_reason) == (NOON, "replaced")
    assert (second.minimum, second.maximum, second.lifted_at) == (None, 9, None)
    history = policies.list_overrides_of_place(session, part.id, station.id)
    assert [one.override for one in history] == [second, first]


def test_a_lifted_override_holds_no_more_and_says_who_and_why(session, station, part):
    by = planner(session)
    made = override(session, part, station, minimum=1)
    policies.lift_override(session, made.id, "the exhibition is over", by=by, at=LATER)
    assert (made.lifted_by_id, made.lifted_at, made.lift_reason) == (by.person_id, LATER, "the exhibition is over")
    assert policies.find_override(session, part.id, station.id) is None
    with pytest.raises(OverrideLifted):
        policies.lift_override(session, made.id, "again", by=by, at=LATER)


def test_lifting_takes_a_reason(session, station, part):
    made = override(session, part, station, minimum=1)
    with pytest.raises(WhyMissing):
        policies.lift_override(session, made.id, " ", by=planner(session), at=LATER)


@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        ({}, OverrideEmpty),
        ({"minimum": 3, "maximum": 2}, MinimumAboveMaximum),
        ({"stocked": False, "minimum": 1}, KeptButNotStocked),
        ({"stocked": False, "safety_stock": 1}, KeptButNotStocked),
        ({"service": fill_rate("1.2")}, TargetOutOfBounds),
        ({"lead_time_days": Decimal(0)}, LeadTimeOutOfBounds),
        ({"lead_time_sd_days": Decimal(-1)}, LeadTimeOutOfBounds),
        ({"minimum": 1, "reason": " "}, WhyMissing),
        ({"minimum": 1, "expires_on": TODAY - timedelta(days=1)}, ExpiryOutOfBounds),
        ({"minimum": 1, "expires_on": TODAY + timedelta(days=367)}, ExpiryOutOfBounds),
    ],
)
def test_what_makes_no_sense_is_refused(session, station, part, said, refusal):
    with pytest.raises(refusal):
        override(session, part, station, **said)


@pytest.mark.parametrize("days", [0, 366])
def test_an_override_may_end_today_or_a_year_from_now(session, station, part, days):
    assert override(session, part, station, minimum=0, expires_on=TODAY + timedelta(days=days)).id


def test_a_foreign_warehouse_and_its_overrides_answer_like_missing_ones(session, station, part):
    by = planner(session, given.warehouse(session))
    made = override(session, part, station, minimum=1)
    with pytest.raises(NotFound):
        override(session, part, station, by=by, minimum=2)
    with pytest.raises(OverrideUnknown):
        policies.lift_override(session, made.id, "mine", by=by, at=LATER)
    with pytest.raises(NotFound):
        policies.explain_place(session, part.number, station.code, by=by, on=TODAY)


def test_the_list_shows_what_is_within_reach_with_the_first_to_end_first(session, station, part):
    other = given.warehouse(session)
    late = override(session, part, station, minimum=1, expires_on=TODAY + timedelta(days=9))
    soon = override(session, given.part(session), station, minimum=1, expires_on=TODAY + timedelta(days=2))
    foreign = override(session, part, other, minimum=1)
    in_force, everywhere = OverrideFilter(in_force_on=TODAY), planner(session)
    listed = policies.list_overrides(session, in_force, by=planner(session, station))
    assert [one.override for one in listed] == [soon, late]
    assert policies.count_overrides(session, in_force, by=planner(session, station)) == 2
    of_part = policies.list_overrides(session, OverrideFilter(part_id=part.id), by=everywhere)
    assert {one.override for one in of_part} == {late, foreign}
    first = policies.list_overrides(session, in_force, by=everywhere, limit=1)[0].override
    rest = policies.list_overrides(session, in_force, by=everywhere, after=(first.expires_on, first.id))
    assert [one.override for one in rest] == [late, foreign]


def test_what_runs_out_soon_is_counted(session, station, part):
    override(session, part, station, minimum=1, expires_on=TODAY + timedelta(days=9))
    soon = OverrideFilter(in_force_on=TODAY, expires_by=TODAY + timedelta(days=7))
    assert policies.count_overrides(session, soon, by=planner(session)) == 0
    override(session, part, station, minimum=1, expires_on=TODAY + timedelta(days=7))
    assert policies.count_overrides(session, soon, by=planner(session)) == 1


def test_the_database_keeps_one_open_override_a_place(session, station, part):
    made = override(session, part, station, minimum=1)
    twin = PlaceOverride(
        part_id=part.id,
        warehouse_id=station.id,
        minimum=2,
        reason="x",
        expires_on=TODAY,
        set_by_id=made.set_by_id,
        set_at=NOON,
    )
    session.add(twin)
    with pytest.raises(IntegrityError, match="uq_place_override_open"):
        session.flush()


def test_an_override_that_another_set_meanwhile_is_not_overrun(session, station, part):
    by, rival = planner(session), planner(session)
    standing = override(session, part, station, by=rival, minimum=2)
    wish = OverrideWish(part.number, station.code, reason="mine", expires_on=TODAY + timedelta(days=9), minimum=3)
    for late in (wish, replace(wish, replaces=standing.id + 1)):
        with pytest.raises(ChangedMeanwhile) as refused:
            policies.set_override(session, late, by=by, on=TODAY, at=NOON)
        assert (refused.value.facts["standing"], refused.value.facts["by"]) == (standing.id, rival.name)
    made = policies.set_override(session, replace(wish, replaces=standing.id), by=by, on=TODAY, at=NOON)
    assert policies.find_override(session, part.id, station.id) is made


def test_an_override_whose_last_day_is_over_is_in_nobodys_way(session, station, part):
    over = override(session, part, station, minimum=2, expires_on=TODAY)
    later = TODAY + timedelta(days=1)
    wish = OverrideWish(part.number, station.code, reason="anew", expires_on=later, minimum=3)
    made = policies.set_override(session, wish, by=planner(session), on=later, at=NOON)
    assert (over.lift_reason, made.minimum) == ("replaced", 3)
