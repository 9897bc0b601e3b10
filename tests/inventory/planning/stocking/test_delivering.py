"""Whether levels deliver what was asked of them, when the demand is what they were worked out for."""

from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from inventory.planning import stocking
from tests.inventory.planning.stocking.worked import unhurried

LEAD = 2
SERIES, PERIODS = 600, 60


def every_period(stock, periods=PERIODS):
    return np.repeat(stock[:, None], periods, axis=1)


def rate_of(service):
    return service.met.sum() / service.asked.sum()


class Service(NamedTuple):
    """What was asked for and what was met at once. Shapes: (series,) each. Units: base units."""

    asked: NDArray[np.int64]
    met: NDArray[np.int64]


def replay(demand, levels, *, lead_periods, warm_up) -> Service:
    """Order up to a level at the start of every period, wait the lead time, and count what is met at once.

    What is not met is back-ordered. An order of period t can be used from the start of period t + lead_periods on, so
    that a level covers lead_periods + 1 periods of demand. The first level lies on the shelf at the beginning.

    Shapes: demand and levels are (series, periods), oldest first.
    Units: base units a period; warm_up periods at the beginning are not counted.
    """
    series, periods = demand.shape
    net = levels[:, 0].astype(np.int64) if periods else np.zeros(series, dtype=np.int64)
    coming = np.zeros((periods + lead_periods + 1, series), dtype=np.int64)
    position = net.copy()
    asked, met = np.zeros(series, dtype=np.int64), np.zeros(series, dtype=np.int64)
    for period in range(periods):
        order = np.maximum(levels[:, period] - position, 0)
        coming[period + lead_periods] += order
        net += coming[period]
        wanted = demand[:, period].astype(np.int64)
        if period >= warm_up:
            asked += wanted
            met += np.clip(net, 0, wanted)
        net -= wanted
        position += order - wanted
    return Service(asked, met)


def test_an_order_serves_from_its_lead_time_on():
    early, later = [3, 0, 1, 0, 0], [3, 0, 0, 1, 0]
    service = replay(np.array([early, later]), every_period(np.array([2, 2]), 5), lead_periods=2, warm_up=0)
    # Both meet 2 of the first 3 and order 3 in period 1: they are there in period 3, not in period 2.
    assert (service.asked.tolist(), service.met.tolist()) == ([4, 4], [2, 3])


def test_without_lead_time_each_period_starts_at_its_level():
    demand = np.array([[3, 5, 1]])
    service = replay(demand, every_period(np.array([4]), 3), lead_periods=0, warm_up=1)
    assert (service.asked.tolist(), service.met.tolist()) == ([6], [5])


@unhurried
@given(st.lists(st.lists(st.integers(0, 9), min_size=8, max_size=8), min_size=1, max_size=5), st.integers(0, 3))
def test_a_higher_level_never_serves_less(demand, lead):
    stock = np.arange(len(demand))
    low, high = (
        replay(np.array(demand), every_period(level, 8), lead_periods=lead, warm_up=0) for level in (stock, stock + 1)
    )
    assert (high.met >= low.met).all()


@pytest.mark.parametrize("spread", [1.0, 3.0])
@pytest.mark.parametrize("target", [0.80, 0.95])
def test_levels_for_a_demand_that_is_known_deliver_within_two_points(spread, target):
    mean = np.random.default_rng(1).lognormal(0.5, 0.8, SERIES)
    demand = stocking.draw_demand(mean, mean * spread, PERIODS, seed=2)
    lead, cover = (mean * LEAD, mean * spread * LEAD), (mean * (LEAD + 1), mean * spread * (LEAD + 1))
    stock = stocking.for_cycle_fill_rate(lead, cover, target)
    less = rate_of(replay(demand, every_period(np.maximum(stock - 1, 0)), lead_periods=LEAD, warm_up=LEAD + 1))
    delivered = rate_of(replay(demand, every_period(stock), lead_periods=LEAD, warm_up=LEAD + 1))
    assert delivered >= target - 0.02
    assert less < target + 0.02


def test_drawn_demand_has_its_mean_and_variance_and_is_the_same_for_the_same_seed():
    mean, variance = np.array([4.0, 4.0, 0.0]), np.array([4.0, 20.0, 0.0])
    drawn = stocking.draw_demand(mean, variance, 200_000, seed=7)
    assert drawn.mean(axis=1) == pytest.approx(mean, rel=0.02)
    assert drawn.var(axis=1) == pytest.approx(variance, rel=0.03)
    assert (stocking.draw_demand(mean, variance, 200_000, seed=7) == drawn).all()
