"""How many at a time and when: published instances, and every plan tried where there are few."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.planning import stocking
from inventory.planning.stocking.reorder_points import Costs
from tests.inventory.planning.stocking.worked import column, examples, means, spreads, summed, targets, unhurried

EXACT = 1e-6


def costs_of(asked):
    return Costs(column(asked["K"]), column(asked["h"]), column(asked["p"]))


@pytest.mark.parametrize(("name", "asked", "answer"), examples("eoq_"))
def test_economic_lot_is_as_published(name, asked, answer):
    lot = stocking.economic_lot(*(column(asked[key]) for key in ("demand_rate", "fixed_cost", "holding_cost")))
    assert lot.quantity == pytest.approx([answer["order_quantity"]], rel=EXACT)
    assert lot.cost == pytest.approx([answer["cost"]], rel=EXACT)


@pytest.mark.parametrize(("name", "asked", "answer"), examples("eoqb_"))
def test_economic_lot_with_back_orders_is_as_published(name, asked, answer):
    keys = ("demand_rate", "fixed_cost", "holding_cost", "stockout_cost")
    lot = stocking.economic_lot_with_back_orders(*(column(asked[key]) for key in keys))
    assert lot.quantity == pytest.approx([answer["order_quantity"]], rel=EXACT)
    assert lot.cost == pytest.approx([answer["cost"]], rel=EXACT)
    assert lot.stockout_fraction == pytest.approx([answer["stockout_fraction"]], rel=EXACT)


@pytest.mark.parametrize(("name", "asked", "answer"), examples("nv_"))
def test_normal_newsvendor_is_as_published(name, asked, answer):
    chosen = stocking.newsvendor_normal(*(column(asked[key]) for key in ("mean", "sd", "p", "h")))
    assert chosen.stock == pytest.approx([answer["base_stock"]], rel=EXACT)
    assert chosen.cost == pytest.approx([answer["cost"]], rel=EXACT)


@pytest.mark.parametrize(("name", "asked", "answer"), examples("rq_5_8"))
def test_poisson_reorder_rule_is_as_published(name, asked, answer):
    rate = column(asked["demand_rate"])
    mean = rate * asked["lead_time"]
    rule = stocking.best_reorder_rule(rate, mean, mean, costs_of(asked))
    assert (rule.point.tolist(), rule.lot.tolist()) == ([answer["r"]], [answer["Q"]])
    assert rule.cost == pytest.approx([answer["cost"]], rel=EXACT)


@pytest.mark.parametrize(("name", "asked", "answer"), examples("rq_5_1_eil"))
def test_normal_reorder_rule_is_as_published(name, asked, answer):
    mean, deviation = asked["demand_mean"] * asked["lead_time"], asked["demand_sd"] * asked["lead_time"] ** 0.5
    rule = stocking.normal_reorder_rule(column(asked["demand_mean"]), column(mean), column(deviation), costs_of(asked))
    assert rule.point == pytest.approx([answer["r"]], rel=EXACT)
    assert rule.lot == pytest.approx([answer["Q"]], rel=EXACT)
    assert rule.cost == pytest.approx([answer["cost"]], rel=EXACT)


@pytest.mark.parametrize(("name", "asked", "answer"), examples("rq_5_1_eoqss"))
def test_safety_stock_rule_is_as_published(name, asked, answer):
    mean, deviation = asked["demand_mean"] * asked["lead_time"], asked["demand_sd"] * asked["lead_time"] ** 0.5
    rule = stocking.safety_stock_rule(column(asked["demand_mean"]), column(mean), column(deviation), costs_of(asked))
    assert rule.point == pytest.approx([answer["r"]], rel=EXACT)
    assert rule.lot == pytest.approx([answer["Q"]], rel=EXACT)


@pytest.mark.parametrize(("name", "asked", "answer"), examples("ww_"))
def test_wagner_whitin_is_as_published(name, asked, answer):
    plan = stocking.wagner_whitin(np.array([asked["demand"]]), column(asked["K"]), column(asked["h"]))
    assert plan.quantity.tolist() == [[answer["q1"], 0, answer["q3"], 0]]
    assert plan.cost.tolist() == [answer["cost"]]


@unhurried
@given(st.lists(st.lists(st.integers(0, 30), min_size=6, max_size=6), min_size=1, max_size=4), st.integers(0, 60))
def test_no_plan_is_cheaper_than_wagner_whitin(demand, order_cost):
    rows = len(demand)
    plan = stocking.wagner_whitin(np.array(demand), np.full(rows, float(order_cost)), np.ones(rows))
    assert plan.quantity.sum(axis=1).tolist() == [sum(row) for row in demand]
    for row, cost, quantity in zip(demand, plan.cost, plan.quantity.tolist(), strict=True):
        left = np.cumsum(np.array(quantity) - np.array(row))
        assert (left >= 0).all()
        assert left.sum() + order_cost * sum(q > 0 for q in quantity) == pytest.approx(cost)
        assert cost <= min(cost_of(row, orders, order_cost) for orders in itertools.product([False, True], repeat=6))


def cost_of(demand, orders, order_cost):
    """What a plan costs that orders in the marked periods what is needed until the next of them."""
    cost, since = 0.0, None
    for period, (units, ordering) in enumerate(zip(demand, orders, strict=True)):
        if ordering:
            since, cost = period, cost + order_cost
        if units and since is None:
            return np.inf
        cost += units * (period - (since or 0)) if units else 0.0
    return cost


@unhurried
@given(means, spreads, st.integers(-4, 60), st.integers(1, 40))
def test_a_lot_is_an_even_mix_of_base_stocks(mean, spread, point, lot):
    missing = stocking.back_orders_in_lots(column(mean), column(mean * spread), np.array([point]), np.array([lot]))
    even = sum(summed(mean, mean * spread, level)[0] for level in range(point + 1, point + lot + 1)) / lot
    assert missing == pytest.approx([even], abs=1e-7)


def test_a_large_lot_of_a_large_demand_is_an_even_mix_too():
    mean, variance = column(2_000.0, 900.0), column(9_000.0, 400_000.0)
    point, lot = np.array([1_950, 700]), np.array([300, 500])
    levels = [np.arange(p + 1, p + q + 1) for p, q in zip(point.tolist(), lot.tolist(), strict=True)]
    even = [
        stocking.expected_back_orders(np.full(len(one), m), np.full(len(one), v), one).mean()
        for m, v, one in zip(mean, variance, levels, strict=True)
    ]
    assert stocking.back_orders_in_lots(mean, variance, point, lot) == pytest.approx(even, rel=1e-4)


@unhurried
@given(means, spreads, st.integers(1, 30), targets)
def test_the_reorder_point_is_the_smallest_that_meets_its_target(mean, spread, lot, target):
    asked = column(mean), column(mean * spread)
    (point,) = stocking.reorder_point(*asked, np.array([lot]), target).tolist()
    allowed = (1 - target) * mean

    def missing(level):
        return stocking.back_orders_in_lots(*asked, np.array([level]), np.array([lot]))[0]

    assert missing(point) <= allowed + 1e-8
    assert point == -1 or missing(point - 1) > allowed - 1e-8


@unhurried
@given(means, spreads, targets)
def test_with_lots_of_one_the_reorder_point_is_the_base_stock_less_one(mean, spread, target):
    asked = column(mean), column(mean * spread)
    one = np.array([1])
    assert stocking.reorder_point(*asked, one, target) == stocking.for_fill_rate(*asked, target) - 1


@unhurried
@given(st.floats(0.5, 900.0), st.integers(1, 60), st.integers(1, 80))
def test_a_whole_lot_costs_least_of_all_whole_lots(exact, pack, minimum):
    (lot,) = stocking.whole_lot(column(exact), np.array([pack]), np.array([minimum])).tolist()
    allowed = [packs * pack for packs in range(1, 1_000) if packs * pack >= minimum]
    assert lot in allowed
    assert exact / lot + lot / exact <= min(exact / one + one / exact for one in allowed) + 1e-12


def test_a_lot_that_costs_nothing_to_hold_is_refused():
    with pytest.raises(ValueError, match="holding costs more than nothing"):
        stocking.economic_lot(column(1.0), column(1.0), column(0.0))
