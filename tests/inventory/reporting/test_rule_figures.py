"""What a rule of service gets, held against what it asks for."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from inventory import sourcing
from inventory.actor import Actor
from inventory.errors import NotPermitted
from inventory.identity import Permission
from inventory.network import Tier
from inventory.planning.policies import Criticality, PlanningPolicy
from inventory.reporting import (
    FillFilter,
    FillList,
    RuleFigures,
    count_served,
    fold_figures,
    list_fills,
    read_rule_figures,
)
from inventory.sourcing import PartRequestWish, WishedLine
from tests import given
from tests.given import policies as ruled
from tests.given import replenishment
from tests.given.planning import three_tiers
from tests.given.workorders import repair

ON = given.NOON.date()


@pytest.fixture
def network(session):
    return three_tiers(session, 2)


@pytest.fixture
def run(session):
    return replenishment.run(session)


@pytest.fixture
def widest(session) -> PlanningPolicy:
    """The rule of repair centres that holds for parts that no other is for."""
    return session.scalars(
        select(PlanningPolicy).where(
            PlanningPolicy.tier == Tier.REPAIR,
            PlanningPolicy.ended_at.is_(None),
            PlanningPolicy.criticality.is_(None),
            PlanningPolicy.division_id.is_(None),
            PlanningPolicy.abc.is_(None),
            PlanningPolicy.xyz.is_(None),
        )
    ).one()


def fold(session, on=ON):
    fold_figures(session, on=on, at=datetime(on.year, on.month, on.day, 20, tzinfo=UTC))
    session.expire_all()


def gets(session, rule: PlanningPolicy, *warehouses) -> RuleFigures | None:
    return read_rule_figures(session, [rule.id], by=ruled.planner(session, *warehouses)).get(rule.id)


def ask(session, station, *wanted):
    """A repair asks for parts: (part, quantity) each."""
    lines = [WishedLine(part.number, quantity) for part, quantity in wanted]
    wish = PartRequestWish(station.code, lines, work_order_id=repair(session, station).work_order.id)
    sourcing.request_parts(session, wish, by=given.acting(session), at=given.NOON)


def test_a_rule_is_expected_to_get_what_its_places_are_weighted_by_orders(session, network, run, widest):
    lamp, pipe = given.part(session), given.part(session, base_unit="mm")
    replenishment.level(session, lamp, network.station, run, daily_mean=3.0, demand_size=1.0, expected_fill=0.9)
    replenishment.level(session, pipe, network.station, run, daily_mean=900.0, demand_size=900.0, expected_fill=0.5)
    fold(session)
    found = gets(session, widest)
    assert found.places == 2
    assert found.expected_fill == pytest.approx((3 * 0.9 + 1 * 0.5) / 4)


def test_each_rule_counts_the_places_whose_service_it_tells(session, network, run, widest):
    of_division, other = given.part(session, division=given.division(session, "RULED")), given.part(session)
    own = ruled.rule(session, "repair", division="RULED", service=ruled.fill_rate("0.99"))
    silent = ruled.rule(session, "repair", criticality=Criticality.ESSENTIAL, review_days=3)
    replenishment.level(session, of_division, network.station, run, expected_fill=0.97)
    replenishment.level(session, other, network.station, run, expected_fill=0.8)
    fold(session)
    assert gets(session, own).expected_fill == pytest.approx(0.97)
    assert gets(session, widest).expected_fill == pytest.approx(0.8)
    assert gets(session, silent) is None


def test_a_place_whose_service_an_override_tells_counts_for_no_rule(session, network, run, widest):
    overridden, floored = given.part(session), given.part(session)
    for part in (overridden, floored):
        replenishment.level(session, part, network.station, run)
    ruled.override(session, overridden, network.station, service=ruled.fill_rate("0.5"))
    ruled.override(session, floored, network.station, minimum=2)
    fold(session)
    assert gets(session, widest).places == 1


def test_a_rule_really_gets_the_lines_that_its_places_met(session, network, run, widest):
    held, scarce = given.part(session), given.part(session)
    for part in (held, scarce):
        replenishment.level(session, part, network.station, run)
        given.stock(session, network.station, part, 2)
    ask(session, network.station, (held, 2), (scarce, 5))
    fold(session)
    found = gets(session, widest)
    assert (found.asked, found.filled, found.realised_fill) == (2, 1, 0.5)


def test_what_a_rule_gets_is_told_within_reach(session, network, run, widest):
    part = given.part(session)
    for place in network.stations:
        replenishment.level(session, part, place, run)
    fold(session)
    assert gets(session, widest).places == 2
    assert gets(session, widest, network.station).places == 1
    assert gets(session, widest, network.central) is None


def test_folding_again_replaces_what_rules_got(session, network, run, widest):
    level = replenishment.level(session, given.part(session), network.station, run)
    for _ in range(2):
        fold(session)
        assert gets(session, widest).places == 1
    session.delete(level)
    session.flush()
    fold(session)
    assert gets(session, widest) is None


def test_a_place_tells_the_lines_that_it_met_itself(session, network, run):
    part, person = given.part(session), given.acting(session)
    by = Actor(person.person_id, person.name, {Permission.SEE_PROPOSALS: None}, person.command_id)
    given.stock(session, network.station, part, 1)
    ask(session, network.station, (part, 1))
    ask(session, network.station, (part, 1))
    found = count_served(session, part.id, network.station.id, on=ON, by=by)
    assert (found.asked, found.filled) == (2, 1)
    later = count_served(session, part.id, network.station.id, on=ON + timedelta(days=31), by=by)
    assert (later.asked, later.fill) == (0, None)
    with pytest.raises(NotPermitted):
        count_served(session, part.id, network.station.id, on=ON, by=ruled.planner(session))


def test_lines_leave_their_list_when_their_days_are_over(session, network, run):
    part, person = given.part(session), given.acting(session)
    by = Actor(person.person_id, person.name, {Permission.SEE_PROPOSALS: None}, person.command_id)
    replenishment.level(session, part, network.station, run)
    ask(session, network.station, (part, 1))
    wanted = FillFilter(warehouse_id=network.station.id)
    for on, asked in ((ON, [1]), (ON + timedelta(days=31), [])):
        fold(session, on)
        assert [one.asked for one in list_fills(session, FillList.LINES, wanted, by=by, limit=9)] == asked
