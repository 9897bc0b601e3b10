"""What a stock leaves undone, against published figures and exact sums."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.planning import stocking
from inventory.planning.stocking import normal
from tests.inventory.planning.stocking.worked import column, examples, means, spreads, summed, unhurried

EXACT = 1e-6


@pytest.mark.parametrize(("name", "asked", "answer"), examples("pl_"))
def test_poisson_loss_is_as_published(name, asked, answer):
    mean, stock = column(asked["mean"]), np.array([asked["S"]])
    assert stocking.expected_back_orders(mean, mean, stock) == pytest.approx([answer["ebo"]], abs=EXACT)
    assert stocking.expected_on_hand(mean, mean, stock) == pytest.approx([answer["expected_on_hand"]], abs=EXACT)


@pytest.mark.parametrize(("name", "asked", "answer"), examples("nl_"))
def test_normal_loss_is_as_published(name, asked, answer):
    mean, stock = column(asked["mean"]), column(asked["S"])
    missing = normal.loss(mean, column(asked["sd"]), stock)
    assert missing == pytest.approx([answer["ebo"]], abs=EXACT)
    assert stock - mean + missing == pytest.approx([answer["expected_on_hand"]], abs=EXACT)


@unhurried
@given(means, spreads, st.integers(-3, 200))
def test_loss_is_the_exact_sum(mean, spread, stock):
    missing, enough = summed(mean, mean * spread, stock)
    asked = column(mean), column(mean * spread), np.array([stock])
    assert stocking.expected_back_orders(*asked) == pytest.approx([missing], abs=1e-8)
    assert stocking.no_stockout(*asked) == pytest.approx([enough], abs=1e-9)


@unhurried
@given(means, spreads, st.integers(0, 150))
def test_more_stock_never_lowers_a_rate(mean, spread, stock):
    asked = column(mean, mean), column(mean * spread, mean * spread), np.array([stock, stock + 1])
    later = column(mean * 1.5, mean * 1.5), column(mean * spread * 1.5, mean * spread * 1.5)
    for rate in (
        stocking.fill_rate(*asked),
        stocking.ready_rate(*asked),
        stocking.no_stockout(*asked),
        stocking.cycle_fill_rate((asked[0], asked[1]), later, asked[2]),
    ):
        assert rate[1] >= rate[0] - 1e-9


def test_the_rows_do_not_disturb_each_other():
    rng = np.random.default_rng(3)
    mean = rng.lognormal(1.0, 1.5, 500)
    variance, stock = mean * (1 + rng.exponential(1.0, 500)), rng.integers(0, 60, 500)
    together = stocking.expected_back_orders(mean, variance, stock)
    apart = np.concatenate(
        [
            stocking.expected_back_orders(mean[i : i + 7], variance[i : i + 7], stock[i : i + 7])
            for i in range(0, 500, 7)
        ]
    )
    assert together.tobytes() == apart.tobytes()


def test_a_large_demand_read_as_normal_is_near_the_counted_one():
    mean, variance = column(599.0, 601.0), column(1800.0, 1800.0)
    missing = stocking.expected_back_orders(mean, variance, np.array([599, 601]))
    assert missing[1] == pytest.approx(missing[0], rel=0.01)


@pytest.mark.parametrize(("mean", "variance"), [(700.0, 900_000.0), (40.0, 60_000.0), (5_000.0, 9e6)])
def test_a_demand_too_long_to_count_singly_is_counted_in_lumps(mean, variance):
    stock = round(mean + 1.5 * variance**0.5)
    missing, enough = summed(mean, variance, stock)
    asked = column(mean), column(variance), np.array([stock])
    assert stocking.expected_back_orders(*asked) == pytest.approx([missing], rel=0.02)
    assert stocking.no_stockout(*asked) == pytest.approx([enough], abs=0.005)


def test_no_demand_misses_nothing_and_owes_what_is_owed():
    zero = np.zeros(2)
    assert stocking.expected_back_orders(zero, zero, np.array([0, -4])).tolist() == [0.0, 4.0]
    assert stocking.fill_rate(zero, zero, np.array([0, 3])).tolist() == [1.0, 1.0]


@pytest.mark.parametrize(("mean", "variance"), [(-1.0, 1.0), (1.0, -1.0), (np.nan, 1.0), (1.0, np.inf)])
def test_figures_that_are_no_demand_are_refused(mean, variance):
    with pytest.raises(ValueError, match="finite and not negative"):
        stocking.expected_back_orders(column(mean), column(variance), np.array([1]))
