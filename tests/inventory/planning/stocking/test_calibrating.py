"""Whether a rule delivers what was asked of it, and what has to be asked so that it does."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.planning import stocking
from tests.inventory.planning.stocking.worked import unhurried

LEAD = 2
SERIES, PERIODS = 600, 60


def every_period(stock, periods=PERIODS):
    return np.repeat(stock[:, None], periods, axis=1)


def rate_of(service):
    return service.met.sum() / service.asked.sum()


def poisson_levels(mean):
    """A rule that takes every demand for a Poisson one."""
    lead, cover = (mean * LEAD, mean * LEAD), (mean * (LEAD + 1), mean * (LEAD + 1))
    return lambda target: every_period(stocking.for_cycle_fill_rate(lead, cover, target))


def test_an_order_serves_from_its_lead_time_on():
    early, later = [3, 0, 1, 0, 0], [3, 0, 0, 1, 0]
    service = stocking.replay(np.array([early, later]), every_period(np.array([2, 2]), 5), lead_periods=2, warm_up=0)
    # Both meet 2 of the first 3 and order 3 in period 1: they are there in period 3, not in period 2.
    assert (service.asked.tolist(), service.met.tolist()) == ([4, 4], [2, 3])


def test_without_lead_time_each_period_starts_at_its_level():
    demand = np.array([[3, 5, 1]])
    service = stocking.replay(demand, every_period(np.array([4]), 3), lead_periods=0, warm_up=1)
    assert (service.asked.tolist(), service.met.tolist()) == ([6], [5])


@unhurried
@given(st.lists(st.lists(st.integers(0, 9), min_size=8, max_size=8), min_size=1, max_size=5), st.integers(0, 3))
def test_a_higher_level_never_serves_less(demand, lead):
    stock = np.arange(len(demand))
    low, high = (
        stocking.replay(np.array(demand), every_period(level, 8), lead_periods=lead, warm_up=0)
        for level in (stock, stock + 1)
    )
    assert (high.met >= low.met).all()


@pytest.mark.parametrize("spread", [1.0, 3.0])
@pytest.mark.parametrize("target", [0.80, 0.95])
def test_levels_for_a_demand_that_is_known_deliver_within_two_points(spread, target):
    mean = np.random.default_rng(1).lognormal(0.5, 0.8, SERIES)
    demand = stocking.draw_demand(mean, mean * spread, PERIODS, seed=2)
    lead, cover = (mean * LEAD, mean * spread * LEAD), (mean * (LEAD + 1), mean * spread * (LEAD + 1))
    stock = stocking.for_cycle_fill_rate(lead, cover, target)
    less = rate_of(stocking.replay(demand, every_period(np.maximum(stock - 1, 0)), lead_periods=LEAD, warm_up=LEAD + 1))
    delivered = rate_of(stocking.replay(demand, every_period(stock), lead_periods=LEAD, warm_up=LEAD + 1))
    assert delivered >= target - 0.02
    assert less < target + 0.02


def test_what_a_wrong_rule_misses_is_put_right_segment_by_segment():
    mean = np.random.default_rng(3).lognormal(1.0, 0.6, SERIES)
    segment = np.repeat([0, 1], SERIES // 2)
    variance = mean * np.where(segment == 1, 6.0, 1.0)
    target = np.full(SERIES, 0.90)
    known, unseen = (stocking.draw_demand(mean, variance, PERIODS, seed=seed) for seed in (4, 5))
    found = stocking.calibrate(known, poisson_levels(mean), target, segment, lead_periods=LEAD, warm_up=LEAD + 1)
    levels = poisson_levels(mean)(stocking.corrected(target, found.multiplier[segment]))
    service = stocking.replay(unseen, levels, lead_periods=LEAD, warm_up=LEAD + 1)
    delivered = [service.met[segment == one].sum() / service.asked[segment == one].sum() for one in (0, 1)]
    assert found.plain[1] < 0.86
    assert found.calibrated == pytest.approx([0.90, 0.90], abs=0.01)
    assert (found.calibrated >= 0.90).all()
    assert found.multiplier[1] < 0.5
    assert delivered == pytest.approx([0.90, 0.90], abs=0.02)


def test_what_is_asked_for_stays_between_nearly_nothing_and_nearly_everything():
    asked = stocking.corrected(np.array([0.2, 0.9, 1.0]), np.array([8.0, 0.5, 0.5]))
    assert asked.tolist() == pytest.approx([1 - 0.999, 0.95, 1 - 1e-6], abs=1e-12)


def test_a_segment_that_nobody_asks_for_is_left_as_it_is():
    mean = np.full(4, 2.0)
    demand = stocking.draw_demand(mean, mean, 20, seed=6)
    demand[2:] = 0
    found = stocking.calibrate(
        demand,
        lambda target: every_period(stocking.for_fill_rate(mean * 3, mean * 3, target), 20),
        np.full(4, 0.9),
        np.array([0, 0, 2, 2]),
        lead_periods=2,
        warm_up=3,
    )
    assert found.multiplier[1:].tolist() == [1.0, 1.0]
    assert np.isnan(found.plain[1:]).all()


def test_drawn_demand_has_its_mean_and_variance_and_is_the_same_for_the_same_seed():
    mean, variance = np.array([4.0, 4.0, 0.0]), np.array([4.0, 20.0, 0.0])
    drawn = stocking.draw_demand(mean, variance, 200_000, seed=7)
    assert drawn.mean(axis=1) == pytest.approx(mean, rel=0.02)
    assert drawn.var(axis=1) == pytest.approx(variance, rel=0.03)
    assert (stocking.draw_demand(mean, variance, 200_000, seed=7) == drawn).all()


def test_a_level_must_stand_for_every_period():
    with pytest.raises(ValueError, match="every period"):
        stocking.replay(np.ones((2, 5), dtype=np.int64), np.ones((2, 4), dtype=np.int64), lead_periods=1, warm_up=0)
