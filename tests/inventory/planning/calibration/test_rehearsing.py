"""The year lived once more: what comes out worse than promised is paid for, and said."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from inventory.planning.calibration.rehearsing import FURTHEST, Lived, corrected, split
from inventory.planning.policies import MEASURES, ServiceMeasure
from inventory.planning.policies.book import Settings
from inventory.planning.replenishment.constants import Constants
from inventory.planning.replenishment.levels import MEASURE_PLACE, TARGET_PLACE, Trees
from inventory.planning.replenishment.outlook import KINDS, USUAL
from inventory.planning.stocking.forest import Forest
from inventory.planning.stocking.system import unbounded
from tests import given
from tests.given.planning import MONTHS, asked_monthly, plan, three_tiers
from tests.given.procurement import sold, supplier

NINETY, NINETY_FIVE = 9_000 * TARGET_PLACE, 9_500 * TARGET_PLACE
WAIT_OF_TWO_DAYS = MEASURE_PLACE + 20_000 * TARGET_PLACE
SETTINGS = Settings("CNY", 0.2, 0.8, 0.95, 0.5, 1.0, 0.1, 12, 5, surplus_margin=0.2, surplus_days=30, move_cost=1.0)
SMOOTH, LUMPY = KINDS.index("smooth"), KINDS.index("lumpy")


def lived(classes: Sequence[int], **told) -> Lived:
    """A year in which each class had so many orders of one kind, and what became of them."""
    columns = {name: np.zeros((len(classes), len(KINDS))) for name in ("orders", "missed", "promised", "waited")}
    for name, values in told.items():
        for row, (kind, value) in enumerate(values):
            columns[name][row, kind] = value
    return Lived(np.array(classes), **columns)


def test_a_kind_of_demand_that_is_missed_twice_as_often_as_promised_is_paid_for_twice():
    seen = lived(
        [NINETY],
        orders=[(LUMPY, 100_000)],
        missed=[(LUMPY, 20_000)],
        promised=[(LUMPY, 10_000)],
    )
    after = corrected(Constants({NINETY: 50.0}, USUAL, 1.0), seen)
    assert after.missed[LUMPY] == pytest.approx(2.0, rel=0.01)
    assert after.service_prices[NINETY] == pytest.approx(50.0, rel=0.01)


def test_a_class_that_promises_less_than_it_may_miss_pays_less():
    seen = lived([NINETY], orders=[(SMOOTH, 100_000)], missed=[(SMOOTH, 5_000)], promised=[(SMOOTH, 5_000)])
    after = corrected(Constants({NINETY: 50.0}, USUAL, 1.0), seen)
    assert after.missed[SMOOTH] == pytest.approx(1.0, rel=0.01)
    assert after.service_prices[NINETY] == pytest.approx(25.0, rel=0.01)


def test_classes_are_weighed_by_what_their_kinds_of_demand_really_miss():
    before = replace(
        Constants({NINETY: 50.0, NINETY_FIVE: 80.0}, USUAL, 1.0),
        missed=tuple(2.0 if one == LUMPY else 1.0 for one in range(len(KINDS))),
    )
    seen = lived(
        [NINETY, NINETY_FIVE],
        orders=[(LUMPY, 100_000), (SMOOTH, 100_000)],
        missed=[(LUMPY, 20_000), (SMOOTH, 5_000)],
        promised=[(LUMPY, 10_000), (SMOOTH, 5_000)],
    )
    after = corrected(before, seen)
    assert after.service_prices[NINETY] == pytest.approx(100.0, rel=0.01)
    assert after.service_prices[NINETY_FIVE] == pytest.approx(80.0, rel=0.01)


def test_a_class_by_wait_follows_the_days_that_its_orders_waited():
    seen = lived([WAIT_OF_TWO_DAYS], orders=[(SMOOTH, 10_000)], waited=[(SMOOTH, 60_000)])
    after = corrected(Constants({WAIT_OF_TWO_DAYS: 10.0}, USUAL, 1.0), seen)
    assert after.service_prices[WAIT_OF_TWO_DAYS] == pytest.approx(30.0, rel=0.01)
    assert after.missed == (1.0,) * len(KINDS)


def test_few_orders_tell_little_and_none_nothing():
    seen = lived([NINETY], orders=[(SMOOTH, 10)], missed=[(SMOOTH, 8)], promised=[(SMOOTH, 1)])
    after = corrected(Constants({NINETY: 50.0, NINETY_FIVE: 80.0}, USUAL, 1.0), seen)
    assert 1.0 < after.missed[SMOOTH] < 1.6
    assert after.service_prices == {NINETY: pytest.approx(50.0), NINETY_FIVE: 80.0}


def test_nothing_goes_further_than_it_may():
    seen = lived([NINETY], orders=[(LUMPY, 1e6)], missed=[(LUMPY, 1e6)], promised=[(LUMPY, 1e3)])
    assert max(corrected(Constants({NINETY: 50.0}, USUAL, 1.0), seen).missed) == FURTHEST


@drawn(st.lists(st.tuples(st.integers(1, 10**6), st.integers(1, 31)), max_size=40), st.integers(0, 99))
def test_split_orders_add_up_to_what_was_asked_for(asked, seed):
    units, orders = (np.array([one[column] for one in asked], dtype=np.int64) for column in (0, 1))
    pieces = split(units, orders, np.random.Generator(np.random.PCG64(seed)))
    assert (pieces >= 0).all()
    assert np.bincount(np.repeat(np.arange(len(units)), orders), weights=pieces).tolist() == units.tolist()


def test_orders_that_are_split_are_as_large_as_geometric_ones():
    pieces = split(np.full(4_000, 40), np.full(4_000, 10), np.random.Generator(np.random.PCG64(1)))
    assert pieces.mean() == 4.0
    assert 2.6 < pieces.std() < 4.0


@pytest.fixture
def town(session):
    network = three_tiers(session, 3)
    seller = supplier(session)
    parts = [given.part(session) for _ in range(6)]
    for part in parts:
        sold(session, seller, part, (1, "50"))
    return network, parts


def test_where_demand_grew_in_the_year_more_is_paid_and_less_is_promised(session, town):
    network, parts = town
    for part in parts:
        asked_monthly(session, network.stations, part, 1, months=MONTHS[:12])
        asked_monthly(session, network.stations, part, 9, months=MONTHS[12:])
    grown = plan(session).constants["missed"]
    assert max(grown.values()) > 1.5


def test_where_demand_was_as_forecast_no_more_is_paid(session, town):
    network, parts = town
    for part in parts:
        asked_monthly(session, network.stations, part)
    assert max(plan(session).constants["missed"].values()) <= 1.01


def test_a_year_in_which_little_was_asked_for_tells_nothing(session, town):
    network, parts = town
    for part in parts[:5]:
        asked_monthly(session, network.stations, part, 1, months=MONTHS[:12])
        asked_monthly(session, network.stations, part, 9, months=MONTHS[12:])
    assert set(plan(session).constants["missed"].values()) == {1.0}


def test_a_year_cannot_be_lived_again_when_too_little_is_known_before_it(session, town):
    network, parts = town
    for part in parts:
        asked_monthly(session, network.stations, part, 1, months=MONTHS[5:12])
        asked_monthly(session, network.stations, part, 9, months=MONTHS[12:])
    assert set(plan(session).constants["missed"].values()) == {1.0}


def trees_of(kinds: Sequence[int], measure: ServiceMeasure) -> Trees:
    """Single places of as many parts, alike but for what their demand is like."""
    n = len(kinds)
    ones = np.ones(n)
    forest = Forest(np.full(n, -1, np.int32), np.arange(n, dtype=np.int32), ones, ones, ones, ones)
    place = MEASURES.index(measure)
    return Trees(
        rows=np.arange(n),
        part_ids=np.arange(n),
        forest=forest,
        bounds=unbounded(n),
        service=np.full(n, place * MEASURE_PLACE + NINETY),
        measure=np.full(n, place, dtype=np.int8),
        kind=np.array(kinds, dtype=np.int8),
        this_month=ones,
        season=ones,
    )


@pytest.mark.parametrize(
    ("measure", "paid"), [(ServiceMeasure.FILL_RATE, [50.0, 150.0]), (ServiceMeasure.WAIT, [50.0, 50.0])]
)
def test_what_is_missed_more_often_than_promised_is_planned_at_as_much_higher_a_price(measure, paid):
    trees = trees_of([SMOOTH, LUMPY], measure)
    missed = tuple(3.0 if one == LUMPY else 1.0 for one in range(len(KINDS)))
    constants = Constants({int(trees.service[0]): 50.0}, USUAL, 1.0, missed=missed)
    assert constants.theta_of(trees, SETTINGS).tolist() == paid


def test_levels_tell_the_share_that_is_likely_and_not_the_promised_one():
    missed = tuple(3.0 if one == LUMPY else 1.0 for one in range(len(KINDS)))
    constants = Constants({}, USUAL, 1.0, missed=missed)
    likely = constants.likely_fill(np.array([0.9, 0.9, 0.2]), np.array([SMOOTH, LUMPY, LUMPY]))
    assert likely == pytest.approx([0.9, 0.7, 0.0])
