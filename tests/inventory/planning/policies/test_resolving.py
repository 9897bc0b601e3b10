"""The policy book asked for many places at once: which rule tells, which lead time, which override."""

from datetime import timedelta
from decimal import Decimal

import numpy as np
import pytest

from inventory.planning import policies
from inventory.planning.policies import (
    AbcClass,
    Criticality,
    LaneLeadTime,
    LeadTimeOrigin,
    PartPlan,
    Phase,
    PlacePolicies,
    PolicyBook,
    ReleaseLimits,
    Rule,
    XyzClass,
    read_policy_book,
    resolve,
    tabulate,
)
from inventory.procurement.models import Supplier, SupplierPart
from tests import given
from tests.given.policies import TODAY, fill_rate, override, planner, rule


def widest(tier: int) -> Rule:
    return Rule(tier + 1, tier, None, None, None, None, (0, 0.9), 1, (12, 3, 1), False, (100.0, 5))


def special(id: int, target: float | None = None, **named: int) -> Rule:
    names = {name: named.get(name) for name in ("division", "criticality", "abc", "xyz")}
    return Rule(id, 0, **names, service=target and (0, target), review=None, stocking=None, urgent=None, release=None)


def told(*rules: Rule, division: int = 0, criticality: int = 0, abc: int = 0, xyz: int = 0) -> float:
    """The target of a cell of the first tier under these rules and the widest."""
    table = tabulate([*(widest(tier) for tier in range(3)), *rules], divisions=2)
    return float(table.target.reshape(3, 2, 3, 4, 4)[0, division, criticality, abc, xyz])


def test_the_rule_that_names_most_tells() -> None:
    assert told(special(9, 0.5, criticality=0), special(8, 0.6, abc=0, xyz=0)) == 0.6


@pytest.mark.parametrize(
    ("stronger", "weaker"), [("criticality", "division"), ("division", "abc"), ("abc", "xyz"), ("criticality", "xyz")]
)
def test_of_rules_that_name_as_much_criticality_then_division_then_abc_tells(stronger: str, weaker: str) -> None:
    assert told(special(8, 0.5, **{stronger: 0}), special(9, 0.6, **{weaker: 0})) == 0.5
    assert told(special(9, 0.6, **{weaker: 0}), special(8, 0.5, **{stronger: 0})) == 0.5


def test_a_rule_for_a_class_is_no_rule_for_parts_without_one() -> None:
    assert told(special(9, 0.5, abc=2), abc=3) == 0.9


def test_what_a_rule_leaves_blank_a_wider_one_tells() -> None:
    urgent = Rule(9, 0, None, 0, None, None, None, None, None, True, None)
    table = tabulate([*(widest(tier) for tier in range(3)), urgent], divisions=1)
    cell = 0
    assert table.urgent[cell]
    assert table.target[cell] == 0.9
    assert table.rule[policies.GROUPS.index("urgent"), cell] == 9
    assert table.rule[policies.GROUPS.index("service"), cell] == 1


def asked(session, *places) -> tuple[PolicyBook, PlacePolicies]:
    book = read_policy_book(session, on=TODAY)
    parts, warehouses = zip(*places, strict=True)
    return book, resolve(book, np.array([one.id for one in parts]), np.array([one.id for one in warehouses]))


@pytest.fixture
def town(session):
    centre = given.warehouse(session, tier="distribution")
    return given.warehouse(session, tier="repair", parent=centre), centre


def test_every_place_of_a_fresh_installation_has_a_policy(session, town):
    station, centre = town
    part = given.part(session)
    _, told = asked(session, (part, station), (part, centre))
    assert told.target.tolist() == [0.90, 0.95]
    assert told.stocked.tolist() == [-1, -1]
    assert told.lead_time_origin.tolist() == [LeadTimeOrigin.TIERS, LeadTimeOrigin.TIERS]
    assert told.lead_time_days.tolist() == [1, 3]


def test_a_vital_part_is_urgent_and_served_better_than_its_tier(session, town):
    part = given.part(session)
    session.add(PartPlan(part_id=part.id, criticality=Criticality.VITAL))
    session.flush()
    _, told = asked(session, (part, town[0]))
    assert (told.target[0], bool(told.urgent[0]), told.stock_hits[0]) == (0.98, True, 3)


def test_classes_and_division_of_the_part_find_their_rule(session, town):
    fridge = given.division(session, "FRIDGE")
    tv = given.division(session, "TV")
    cold, bright = given.part(session, division=fridge), given.part(session, division=tv)
    at = given.NOON
    session.add_all(PartPlan(part_id=one.id, abc=AbcClass.B, xyz=XyzClass.Y, classed_at=at) for one in (cold, bright))
    made = rule(session, "repair", division="TV", abc=AbcClass.B, review_days=9)
    book, told = asked(session, (cold, town[0]), (bright, town[0]))
    assert told.review_days.tolist() == [1, 9]
    assert told.rule_of(book, "review")[1] == made.id


def test_places_come_back_in_the_order_asked(session, town):
    parts = [given.part(session) for _ in range(3)]
    override(session, parts[1], town[0], minimum=7)
    places = [(parts[2], town[1]), (parts[1], town[0]), (parts[0], town[0]), (parts[1], town[1])]
    _, told = asked(session, *places)
    assert told.minimum.tolist() == [0, 7, 0, 0]
    assert told.target.tolist() == [0.95, 0.90, 0.90, 0.95]


def test_an_override_tells_value_by_value_and_leaves_the_rest(session, town):
    part = given.part(session)
    override(session, part, town[0], minimum=2, maximum=8, safety_stock=0, service=fill_rate("0.99"))
    _, told = asked(session, (part, town[0]))
    assert (told.minimum[0], told.maximum[0], told.safety_stock[0], told.target[0]) == (2, 8, 0, 0.99)
    assert (told.stocked[0], told.review_days[0]) == (-1, 1)
    assert told.lead_time_origin[0] == LeadTimeOrigin.TIERS


def test_an_override_holds_through_its_last_day_and_no_longer(session, town):
    part = given.part(session)
    override(session, part, town[0], stocked=True, expires_on=TODAY)
    told = [
        resolve(read_policy_book(session, on=day), np.array([part.id]), np.array([town[0].id])).stocked[0]
        for day in (TODAY, TODAY + timedelta(days=1))
    ]
    assert told == [1, -1]


def test_a_person_may_tell_the_spread_of_a_lead_time_alone(session, town):
    part = given.part(session)
    override(session, part, town[0], lead_time_sd_days=Decimal(4))
    _, told = asked(session, (part, town[0]))
    assert (told.lead_time_days[0], told.lead_time_variance[0]) == (1, 16)


def test_a_lead_time_that_a_person_told_is_known_for_his(session, town):
    part = given.part(session)
    override(session, part, town[0], lead_time_days=Decimal(9))
    _, told = asked(session, (part, town[0]), (part, town[1]))
    assert told.lead_time_days.tolist() == [9, 3]
    assert told.lead_time_origin.tolist() == [LeadTimeOrigin.OVERRIDE, LeadTimeOrigin.TIERS]


def lane(session, source, destination, **known) -> None:
    session.add(LaneLeadTime(source_id=source.id, destination_id=destination.id, **known))
    session.flush()


def test_a_lane_with_enough_shipments_tells_better_than_what_was_stated(session, town):
    station, centre = town
    by, part = given.acting(session), given.part(session)
    stated = {"days": 6, "sd_days": 3, "set_by_id": by.person_id, "set_at": given.NOON}
    learned = {"learned_days": 2, "learned_sd_days": 1, "learned_at": given.NOON}
    lane(session, centre, station, **stated, **learned, shipments=9)
    _, told = asked(session, (part, station))
    assert (told.lead_time_days[0], told.lead_time_origin[0]) == (6, LeadTimeOrigin.STATED)
    session.get_one(LaneLeadTime, (centre.id, station.id)).shipments = 10
    session.flush()
    _, told = asked(session, (part, station))
    assert (told.lead_time_days[0], told.lead_time_variance[0]) == (2, 1)
    assert told.lead_time_origin[0] == LeadTimeOrigin.LEARNED


def test_any_two_warehouses_have_a_lead_time(session, town):
    station, centre = town
    neighbour = given.warehouse(session, tier="repair", parent=centre)
    lane(session, neighbour, station, days=7, sd_days=0, set_by_id=given.acting(session).person_id, set_at=given.NOON)
    book = read_policy_book(session, on=TODAY)
    sources, destinations = np.array([neighbour.id, station.id]), np.array([station.id, neighbour.id])
    days, variance, origin = policies.lead_times_between(book, sources, destinations)
    assert days.tolist() == [7, 1.5]
    assert variance.tolist() == [0, 0.5625]
    assert origin.tolist() == [LeadTimeOrigin.STATED, LeadTimeOrigin.TIERS]


def test_at_a_central_warehouse_the_lead_time_is_that_of_the_first_supplier(session):
    central, part = given.warehouse(session, tier="central"), given.part(session)
    for code, priority, days in (("S-SLOW", 1, 60), ("S-FAST", 2, 9)):
        supplier = Supplier(code=code, name_zh=code, currency="CNY")
        session.add(supplier)
        session.flush()
        session.add(SupplierPart(supplier_id=supplier.id, part_id=part.id, priority=priority, lead_time_days=days))
    session.flush()
    below = given.warehouse(session, tier="distribution", parent=central)
    _, told = asked(session, (part, central), (given.part(session), central), (part, below))
    assert told.lead_time_days[:2].tolist() == [60, 45]
    assert told.lead_time_days[2] < 45
    assert told.lead_time_origin.tolist() == [LeadTimeOrigin.SUPPLIER, LeadTimeOrigin.TIERS, LeadTimeOrigin.TIERS]
    assert told.lead_time_variance[0] == pytest.approx((60 * 12 / 45) ** 2)


def test_a_book_of_one_part_says_the_same_of_it(session, town):
    part, other = given.part(session), given.part(session)
    for one in (part, other):
        override(session, one, town[0], minimum=3)
    session.add(PartPlan(part_id=part.id, phase=Phase.NEW, pack_size=12))
    session.flush()
    whole, narrow = read_policy_book(session, on=TODAY), read_policy_book(session, on=TODAY, part_ids=[part.id])
    assert len(narrow.parts.ids) == 1
    for name in ("minimum", "pack_size", "phase", "target", "lead_time_days"):
        both = [
            getattr(resolve(book, np.array([part.id]), np.array([town[0].id])), name)[0] for book in (whole, narrow)
        ]
        assert both[0] == both[1]


def test_a_part_the_book_does_not_hold_is_no_place(session, town):
    with pytest.raises(KeyError):
        resolve(read_policy_book(session, on=TODAY), np.array([987654321]), np.array([town[0].id]))


def test_one_place_is_explained_with_the_rule_behind_each_value(session, town):
    part, by = given.part(session), planner(session)
    session.add(PartPlan(part_id=part.id, criticality=Criticality.VITAL))
    made = override(session, part, town[0], maximum=9)
    limits = rule(session, "repair", criticality=Criticality.VITAL, release=ReleaseLimits(Decimal(5), 1), urgent=False)
    told = policies.explain_place(session, part.number, town[0].code, by=by, on=TODAY)
    assert told.override == made
    assert (told.maximum, told.minimum, told.release_quantity_max) == (9, None, 1)
    assert told.rules["release"] == limits
    assert told.rules["service"].criticality is None  # the new rule says nothing of service: that of the tier does
    assert told.rules["stocking"].criticality is None
    assert told.source == town[1]
