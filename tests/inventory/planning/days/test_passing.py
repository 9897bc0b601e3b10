"""Days that pass: who is served from where, when what is ordered comes, and that nothing is lost."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from inventory.planning import days
from inventory.planning.days import Drawn, from_own_shelf, holding, replayed, simulate, upwards
from inventory.planning.stocking import cycle_fill_rate, for_cycle_fill_rate
from inventory.planning.stocking.forest import Forest
from inventory.planning.stocking.metric import vari_metric
from inventory.planning.stocking.service_price import Service, prices
from inventory.planning.stocking.system import Measure, optimise, unbounded
from tests.inventory.planning.days.places import table, tree_of

CHAIN = [-1, 0, 1]


def days_of(planner, demand, *, days=None, shelves=None, routing=upwards, seed=1):
    known = demand if hasattr(demand, "on") else replayed(demand)
    return list(simulate(planner, known, days=days or demand.shape[1], shelves=shelves, routing=routing, seed=seed))


def given_out(day, row):
    pieces = day.met.row == row
    return dict(zip(day.met.step[pieces].tolist(), day.met.quantity[pieces].tolist(), strict=True))


def test_the_own_shelf_serves_first_and_then_the_places_above():
    planner = tree_of(CHAIN, [5, 2, 1], lead_days=9, rate=0.1)
    [day] = days_of(planner, table(3, 1, r2={0: 4}))
    assert given_out(day, 2) == {0: 1, 1: 2, 2: 1}
    assert day.free.tolist() == [4, 0, 0]


def test_what_nobody_has_is_waited_for_and_counts_at_the_place_above():
    planner = tree_of(CHAIN, [0, 0, 0], lead_days=3, rate=0.1)
    first, second = days_of(planner, table(3, 2, r2={0: 2}))
    assert first.waiting.tolist() == [0, 0, 2]
    assert second.needs.needed.tolist() == [2, 2, 0]


def test_from_the_own_shelf_alone_what_is_lacking_counts_at_the_place_itself():
    planner = tree_of(CHAIN, [9, 9, 1], lead_days=3, rate=0.1)
    first, second = days_of(planner, table(3, 2, r2={0: 2}), routing=from_own_shelf)
    assert first.waiting.tolist() == [0, 0, 1]
    assert second.needs.needed.tolist() == [2, 2, 2]


def test_an_unstocked_place_is_served_as_planned_by_the_one_above():
    planner = tree_of(CHAIN, [9, 1, 0], lead_days=3, rate=0.1, stocked=[True, True, False])
    [day] = days_of(planner, table(3, 1, r2={0: 2}))
    assert given_out(day, 2) == {1: 1, 2: 1}
    assert day.routes.planned[2] == 1


def test_an_order_serves_from_its_lead_time_after_the_next_night_on():
    planner = tree_of([-1], [2], lead_days=2, rate=1.0)
    days = days_of(planner, table(1, 5, r0={0: 2}))
    assert [day.orders.quantity.tolist() for day in days] == [[], [2], [], [], []]
    assert [day.free[0] for day in days] == [0, 0, 0, 2, 2]


def test_what_comes_goes_to_whoever_has_waited_longest():
    planner = tree_of([-1, 0, 0], [0, 0, 0], lead_days=1, rate=0.1)
    shelves = holding(np.zeros(3))
    shelves.await_(np.array([0]), np.array([3]), np.array([2]))
    days = days_of(planner, table(3, 3, r1={1: 2}, r2={0: 2}), shelves=shelves)
    late = days[2].late
    assert list(zip(late.row, late.waited, late.quantity, strict=True)) == [(2, 2, 2), (1, 1, 1)]


def test_a_day_with_a_request_meets_those_who_wait_before_those_who_ask():
    planner = tree_of([-1], [0], lead_days=9, rate=0.1)
    shelves = holding(np.zeros(1))
    shelves.await_(np.array([0]), np.array([1]), np.array([1]))
    days = days_of(planner, table(1, 2, r0={0: 1, 1: 1}), shelves=shelves)
    assert days[1].late.quantity.tolist() == [1]
    assert days[1].met.quantity.tolist() == []


@settings(deadline=None, max_examples=15)
@given(
    demand=arrays(np.int64, (7, 12), elements=st.sampled_from([0, 0, 0, 1, 2, 5])),
    stock=st.lists(st.integers(0, 6), min_size=7, max_size=7),
    lead=st.integers(0, 4),
    own=st.booleans(),
)
def test_no_unit_is_lost_or_made(demand, stock, lead, own):
    planner = tree_of([-1, 0, 0, 1, 1, 2, 2], stock, lead_days=lead, rate=0.3)
    days = days_of(planner, demand, routing=from_own_shelf if own else upwards)
    bought = sum(day.orders.quantity[day.orders.giver < 0].sum() for day in days)
    served = sum(day.met.quantity.sum() + day.late.quantity.sum() for day in days)
    last = days[-1]
    assert sum(stock) + bought == served + last.free.sum() + last.coming.sum()
    assert demand.sum() == served + last.waiting.sum()


@settings(deadline=None, max_examples=10)
@given(demand=arrays(np.int64, (3, 15), elements=st.sampled_from([0, 0, 1, 3])), stock=st.integers(0, 4))
def test_more_stock_never_serves_less(demand, stock):
    def met(extra):
        planner = tree_of([-1, -1, -1], [stock + extra] * 3, lead_days=3, rate=0.3)
        return sum(day.met.quantity.sum() for day in days_of(planner, demand))

    assert met(1) >= met(0)


def test_what_is_drawn_is_the_same_for_a_seed_and_another_for_another():
    mean, variance = np.full(50, 0.3), np.full(50, 0.9)
    once, again, other = (Drawn(mean, variance, seed).on(3) for seed in (1, 1, 2))
    assert (once.row.tolist(), once.quantity.tolist()) == (again.row.tolist(), again.quantity.tolist())
    assert once.row.tolist() != other.row.tolist()


def test_what_is_drawn_has_the_mean_and_the_variance_that_were_forecast():
    demand = Drawn(np.full(200, 0.5), np.full(200, 1.5), 7)
    units = np.zeros((200, 400))
    for day in range(400):
        asks = demand.on(day)
        units[asks.row, day] = asks.quantity
    assert (units.mean(), units.var()) == pytest.approx((0.5, 1.5), rel=0.03)


def test_lead_times_stray_by_their_variance_and_stand_still_without():
    strayed = days.lead_days(np.full(20_000, 12.0), np.full(20_000, 9.0), day=0, seed=1)
    still = days.lead_days(np.full(3, 12.0), np.zeros(3), day=0, seed=1)
    assert (strayed.mean(), strayed.std()) == pytest.approx((12.0, 3.0), rel=0.03)
    assert still.tolist() == [12, 12, 12]


def test_poisson_places_get_what_they_were_promised_segment_by_segment():
    """What is asked of each third of the places, worked out for its lead time and a night, is met within two points."""
    target = np.repeat([0.80, 0.90, 0.95], 200)
    rate, lead = np.random.default_rng(1).lognormal(-1.5, 0.8, len(target)), 6
    stock = for_cycle_fill_rate((rate * lead, rate * lead), (rate * (lead + 1), rate * (lead + 1)), target)
    planner = tree_of([-1] * len(rate), stock, lead_days=lead, rate=rate)
    asked, met = np.zeros(len(rate)), np.zeros(len(rate))
    for day in days_of(planner, Drawn(rate, rate, 3), days=200, routing=from_own_shelf)[20:]:
        np.add.at(asked, day.asks.row, day.asks.quantity)
        np.add.at(met, day.met.row, day.met.quantity)
    promised = cycle_fill_rate((rate * lead, rate * lead), (rate * (lead + 1), rate * (lead + 1)), stock)
    for one in (0.80, 0.90, 0.95):
        segment = target == one
        realised = met[segment].sum() / asked[segment].sum()
        assert realised == pytest.approx(np.average(promised[segment], weights=rate[segment]), abs=0.02)
        assert realised >= one - 0.02


def test_a_tree_worked_out_together_gets_the_service_that_its_price_was_set_for():
    """A centre, three branches, nine stations: 60 parts by the optimiser, each station served from its own shelf."""
    parts, one = 60, np.array([-1, 0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3])
    parent = np.concatenate([np.where(one >= 0, one + part * len(one), -1) for part in range(parts)])
    item = np.repeat(np.arange(parts), len(one)).astype(np.int32)
    usual = np.random.default_rng(2).lognormal(-3.0, 0.8, parts)
    rate = np.where(np.tile(np.arange(len(one)) >= 4, parts), usual[item], 0.0)
    days = np.tile(np.r_[30.0, np.full(3, 7.0), np.full(9, 2.0)], parts)
    ones = np.ones(len(parent))
    forest = Forest(parent.astype(np.int32), item, rate, ones, days + 1, 1 + item % 5 * 20.0)
    [price] = prices(forest, np.zeros(len(parent), dtype=np.int64), (Service(Measure.FILL, 0.90),))
    stock = optimise(forest, np.full(len(parent), price), Measure.FILL, unbounded(len(parent)))
    planner = tree_of(parent, stock, lead_days=days, rate=forest.flow)
    went = days_of(planner, Drawn(rate, rate, 5), days=220, routing=from_own_shelf)[80:]
    asked = sum(len(day.asks.row) for day in went)
    missed = sum(
        (day.asks.quantity > np.bincount(day.met.row, day.met.quantity, len(rate))[day.asks.row]).sum() for day in went
    )
    expected = np.average(vari_metric(forest, stock).fill[rate > 0], weights=rate[rate > 0])
    assert 1 - missed / asked == pytest.approx(expected, abs=0.02)
    assert 1 - missed / asked >= 0.90 - 0.02
