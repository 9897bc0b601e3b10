"""What planning knows of a part everywhere: set by people, classed from demand."""

from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pytest

from inventory.errors import NotPermitted
from inventory.planning import policies
from inventory.planning.demand import DemandDay
from inventory.planning.policies import (
    ABC,
    XYZ,
    ChangedMeanwhile,
    Criticality,
    LastBuyNeedsEnd,
    LastBuyOver,
    PartPlan,
    PartPlanWish,
    Phase,
    WhyMissing,
    read_policy_book,
)
from tests import given
from tests.given import NOON
from tests.given.policies import TODAY, planner


def wish(part, phase=Phase.MATURE, reason="known by now", **more) -> PartPlanWish:
    return PartPlanWish(part.number, Criticality.VITAL, phase, 6, reason, **more)


def test_a_part_nobody_planned_is_essential_mature_and_moves_one_by_one(session):
    plan = policies.find_part_plan(session, given.part(session).id)
    assert (plan.criticality, plan.phase, plan.pack_size, plan.abc) == ("essential", "mature", 1, None)


def test_a_planned_part_says_by_whom_and_why(session):
    part, by = given.part(session), planner(session)
    policies.plan_part(session, wish(part), by=by, at=NOON)
    plan = policies.find_part_plan(session, part.id)
    assert (plan.criticality, plan.pack_size, plan.set_by_id, plan.reason) == (
        "vital",
        6,
        by.person_id,
        "known by now",
    )


def test_a_last_time_buy_names_its_end_and_forgets_it_when_it_is_none(session):
    part, by, end = given.part(session), planner(session), date(2035, 1, 1)
    with pytest.raises(LastBuyNeedsEnd):
        policies.plan_part(session, wish(part, Phase.LAST_TIME_BUY), by=by, at=NOON)
    plan = policies.plan_part(session, wish(part, Phase.LAST_TIME_BUY, supported_until_on=end), by=by, at=NOON)
    assert read_policy_book(session, on=TODAY, part_ids=[part.id]).parts.supported_until[0] == np.datetime64(end)
    policies.plan_part(session, wish(part, supported_until_on=end, seen_at=plan.set_at), by=by, at=NOON)
    assert plan.supported_until_on is None
    assert np.isnat(read_policy_book(session, on=TODAY, part_ids=[part.id]).parts.supported_until[0])


def test_planning_a_part_takes_a_reason_and_reach_over_the_network(session):
    part = given.part(session)
    with pytest.raises(WhyMissing):
        policies.plan_part(session, wish(part, reason=" "), by=planner(session), at=NOON)
    with pytest.raises(NotPermitted):
        policies.plan_part(session, wish(part), by=planner(session, given.warehouse(session)), at=NOON)


def test_classes_come_from_the_last_months_and_are_written_where_they_changed(session):
    parts = [given.part(session) for _ in range(3)]
    ids = np.array([one.id for one in parts])
    history = np.zeros((3, 24))
    history[0, :12] = 9_999  # long ago
    history[1, 12:] = 10
    history[2, 13] = 1
    book, price = read_policy_book(session, on=TODAY), np.array([1.0, 10, np.nan])
    by_value, by_variation = policies.class_parts(book, ids, history, price)
    assert [ABC[code] for code in by_value] == ["c", "a", "c"]
    assert [XYZ[code] for code in by_variation] == ["z", "x", "z"]
    assert policies.write_classes(session, ids, by_value, by_variation, at=NOON) == 3
    assert policies.write_classes(session, ids, by_value, by_variation, at=NOON + timedelta(days=1)) == 0
    plan = session.get_one(PartPlan, parts[1].id)
    assert (plan.abc, plan.xyz, plan.classed_at, plan.criticality) == ("a", "x", NOON, "essential")


def test_a_class_that_was_only_just_left_stays(session):
    parts = [given.part(session) for _ in range(3)]
    ids = np.array([one.id for one in parts])
    history = np.repeat([[82.0], [10.0], [8.0]], 12, axis=1)
    policies.write_classes(session, ids, np.array([0, 0, 1]), np.array([0, 0, 0]), at=NOON)
    by_value, _ = policies.class_parts(read_policy_book(session, on=TODAY), ids, history, np.ones(3))
    assert [ABC[code] for code in by_value] == ["a", "a", "b"]


def test_classes_leave_what_people_set(session):
    part = given.part(session)
    policies.plan_part(session, wish(part), by=planner(session), at=NOON)
    policies.write_classes(session, np.array([part.id]), np.array([0]), np.array([2]), at=NOON)
    session.expire_all()
    plan = policies.find_part_plan(session, part.id)
    assert (plan.criticality, plan.pack_size, plan.abc, plan.xyz) == ("vital", 6, "a", "z")


def asked(session, part, station, months_ago: int, quantity: int) -> None:
    """Demand of so many months before TODAY."""
    on = (np.datetime64(TODAY, "M") - months_ago).astype("datetime64[D]").astype(date)
    day = DemandDay(
        part_id=part.id,
        warehouse_id=station.id,
        source_id=station.id,
        asked_on=on,
        origin="imported",
        quantity=quantity,
    )
    session.add(day)
    session.flush()


def test_parts_are_classed_by_what_the_whole_network_asked_for_at_its_price(session):
    dear, cheap, silent = (
        given.part(session, price=Decimal(500)),
        given.part(session, price=Decimal(1)),
        given.part(session),
    )
    stations = [given.warehouse(session) for _ in range(2)]
    for months_ago in range(1, 13):
        asked(session, dear, stations[months_ago % 2], months_ago, 4)
    asked(session, cheap, stations[0], 3, 9)
    assert policies.reclass_parts(session, on=TODAY, at=NOON) == 2
    session.expire_all()
    classes = [
        (plan.abc, plan.xyz) for plan in (policies.find_part_plan(session, one.id) for one in (dear, cheap, silent))
    ]
    assert classes == [("a", "x"), ("c", "z"), (None, None)]


def test_a_part_nobody_asks_for_any_more_becomes_the_least(session):
    part, other = given.part(session, price=Decimal(1)), given.part(session, price=Decimal(1))
    station = given.warehouse(session)
    policies.write_classes(session, np.array([part.id]), np.array([0]), np.array([0]), at=NOON)
    asked(session, other, station, 1, 5)
    policies.reclass_parts(session, on=TODAY, at=NOON)
    session.expire_all()
    assert policies.find_part_plan(session, part.id).abc == "c"


def test_of_two_who_plan_a_part_at_once_the_second_is_told_who_was_first(session):
    part, first, second = given.part(session), planner(session), planner(session)
    policies.plan_part(session, wish(part), by=first, at=NOON)
    with pytest.raises(ChangedMeanwhile) as refused:
        policies.plan_part(session, wish(part, Phase.PHASE_OUT), by=second, at=NOON)
    assert (refused.value.facts["by"], refused.value.facts["standing"]) == (first.name, NOON.isoformat())
    policies.plan_part(session, wish(part, Phase.PHASE_OUT, seen_at=NOON), by=second, at=NOON)
    assert policies.find_part_plan(session, part.id).phase == Phase.PHASE_OUT


def test_a_last_time_buy_serves_no_day_that_is_over(session):
    part, over = given.part(session), TODAY - timedelta(days=1)
    with pytest.raises(LastBuyOver):
        policies.plan_part(
            session, wish(part, Phase.LAST_TIME_BUY, supported_until_on=over), by=planner(session), at=NOON
        )
    ends_today = wish(part, Phase.LAST_TIME_BUY, supported_until_on=TODAY)
    assert policies.plan_part(session, ends_today, by=planner(session), at=NOON).supported_until_on == TODAY
