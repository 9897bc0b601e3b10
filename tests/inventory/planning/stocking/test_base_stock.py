"""The smallest stock that meets a target: against published figures and against trying every stock."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.planning import stocking
from tests.inventory.planning.stocking.worked import column, examples, means, spreads, summed, targets, unhurried

NEAR = 1e-8


@pytest.mark.parametrize(("name", "asked", "answer"), examples("nb_"))
def test_fill_rate_base_stock_is_as_published(name, asked, answer):
    mean, variance = column(asked["mean"]), column(asked["variance"])
    stock = stocking.for_fill_rate(mean, variance, asked["beta"])
    assert stock.tolist() == [answer["base_stock"]]
    assert stocking.expected_back_orders(mean, variance, stock) == pytest.approx([answer["ebo"]], abs=1e-6)
    assert stocking.no_stockout(mean, variance, stock) == pytest.approx([answer["no_stockout_prob"]], abs=1e-6)


@pytest.mark.parametrize(("name", "asked", "answer"), examples("nvp_"))
def test_poisson_newsvendor_is_as_published(name, asked, answer):
    mean = column(asked["mean"])
    stock = stocking.for_shortage_cost(mean, mean, asked["p"], asked["h"])
    assert stock.tolist() == [answer["base_stock"]]
    cost = asked["h"] * stocking.expected_on_hand(mean, mean, stock) + asked["p"] * stocking.expected_back_orders(
        mean, mean, stock
    )
    assert cost == pytest.approx([answer["cost"]], abs=1e-6)


@unhurried
@given(means, spreads, targets)
def test_the_stock_for_a_fill_rate_is_the_smallest_that_meets_it(mean, spread, target):
    (stock,) = stocking.for_fill_rate(column(mean), column(mean * spread), target).tolist()
    allowed = (1 - target) * mean
    assert summed(mean, mean * spread, stock)[0] <= allowed + NEAR
    assert stock == 0 or summed(mean, mean * spread, stock - 1)[0] > allowed - NEAR


@unhurried
@given(means, spreads, targets)
def test_the_stock_for_a_ready_rate_is_the_smallest_that_meets_it(mean, spread, target):
    (stock,) = stocking.for_ready_rate(column(mean), column(mean * spread), target).tolist()
    assert summed(mean, mean * spread, stock - 1)[1] >= target - NEAR
    assert summed(mean, mean * spread, stock - 2)[1] < target + NEAR


@unhurried
@given(means, spreads, st.floats(0.01, 5.0), st.floats(1.0, 60.0))
def test_the_stock_for_a_wait_is_the_smallest_that_keeps_it(mean, spread, days, lead_days):
    rate = mean / lead_days
    (stock,) = stocking.for_wait(column(mean), column(mean * spread), column(rate), days).tolist()
    assert summed(mean, mean * spread, stock)[0] <= rate * days + NEAR
    assert stock == 0 or summed(mean, mean * spread, stock - 1)[0] > rate * days - NEAR


@unhurried
@given(means, spreads, st.floats(0.1, 50.0))
def test_the_stock_for_a_shortage_cost_costs_least(mean, spread, shortage):
    variance = mean * spread

    def cost(level):
        missing = summed(mean, variance, level)[0]
        return (level - mean + missing) + shortage * missing

    (stock,) = stocking.for_shortage_cost(column(mean), column(variance), shortage, 1.0).tolist()
    assert cost(stock) <= min(cost(level) for level in range(stock + 30)) + NEAR * (1 + shortage)


@unhurried
@given(means, spreads, targets, st.one_of(st.just(0.0), st.floats(0.01, 3.0)))
def test_the_stock_for_a_review_cycle_is_the_smallest_that_meets_it(review, spread, target, lead):
    x, y = review * lead, review * (lead + 1)
    cover = column(y), column(y * spread)
    (stock,) = stocking.for_cycle_fill_rate((column(x), column(x * spread)), cover, target).tolist()

    def missed(level):
        return summed(y, y * spread, level)[0] - summed(x, x * spread, level)[0]

    assert missed(stock) <= (1 - target) * review + NEAR
    assert stock == 0 or missed(stock - 1) > (1 - target) * review - NEAR


def test_a_row_gets_the_same_stock_however_the_rows_are_cut():
    rng = np.random.default_rng(5)
    mean = rng.lognormal(1.0, 1.7, 40_000)
    variance = mean * (1 + rng.exponential(1.0, len(mean)))
    together = stocking.for_fill_rate(mean, variance, 0.95)
    cuts = np.array_split(np.arange(len(mean)), 17)
    apart = np.concatenate([stocking.for_fill_rate(mean[rows], variance[rows], 0.95) for rows in cuts])
    assert together.tolist() == apart.tolist()


@pytest.mark.parametrize(("mean", "variance"), [(5_000.0, 5_000.0), (5_000.0, 90_000.0), (900.0, 80_000.0)])
def test_the_stock_for_a_large_demand_meets_its_targets(mean, variance):
    large = column(mean), column(variance)
    early = column(mean / 2), column(variance / 2)
    filled = stocking.for_fill_rate(*large, 0.98)
    ready = stocking.for_ready_rate(*large, 0.98)
    cycle = stocking.for_cycle_fill_rate(early, large, 0.98)
    for rate, stock in (
        (lambda level: stocking.fill_rate(*large, level), filled),
        (lambda level: stocking.ready_rate(*large, level), ready),
        (lambda level: stocking.cycle_fill_rate(early, large, level), cycle),
    ):
        assert rate(stock) >= 0.98 - NEAR
        assert rate(stock - 1) < 0.98 + NEAR


def test_a_demand_of_enormous_spread_ends_and_meets_its_target():
    mean, variance = column(0.1, 1e6, 3e8), column(3.6e5, 1e12, 1e17)
    stock = stocking.for_fill_rate(mean, variance, 0.9)
    assert (stocking.fill_rate(mean, variance, stock) >= 0.9 - 1e-6)[:2].all()
    assert stock.max() <= 999_999_999


@pytest.mark.parametrize("target", [0.0, 0.5, 0.95, 0.999999])
def test_the_stock_for_any_finite_demand_is_a_quantity(target):
    sizes = [0.0, 5e-324, 1e-200, 1e-12, 1.0, 700.0, 1e6, 1e18, 1e200, 1e300]
    mean, variance = (side.ravel() for side in np.meshgrid(sizes, sizes))
    for needed in (stocking.for_fill_rate, stocking.for_ready_rate, stocking.for_no_stockout):
        stock = needed(mean, variance, target)
        assert (stock >= 0).all()
        assert (stock <= 1_000_000_000).all()
    assert (stocking.for_wait(mean, variance, mean, target) >= 0).all()


def test_no_demand_needs_no_stock():
    zero = np.zeros(3)
    assert stocking.for_fill_rate(zero, zero, 0.99).tolist() == [0, 0, 0]
    assert stocking.for_ready_rate(zero, zero, 0.99).tolist() == [0, 0, 0]
    assert stocking.for_wait(zero, zero, zero, 0.0).tolist() == [0, 0, 0]
    assert stocking.for_cycle_fill_rate((zero, zero), (zero, zero), 0.99).tolist() == [0, 0, 0]


def test_no_places_need_no_stock():
    assert stocking.for_fill_rate(np.zeros(0), np.zeros(0), 0.9).tolist() == []


@pytest.mark.parametrize("target", [1.0, -0.1, np.nan])
def test_a_target_that_is_no_share_is_refused(target):
    with pytest.raises(ValueError, match="share"):
        stocking.for_fill_rate(column(1.0), column(1.0), target)
