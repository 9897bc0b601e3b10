"""METRIC, VARI-METRIC and the exact model against the published cases, a simulation, and each other."""

from collections.abc import Callable
from dataclasses import replace
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings

from inventory.planning.stocking import exact
from inventory.planning.stocking.forest import Floats, Forest, Wholes
from inventory.planning.stocking.metric import back_orders, metric, vari_metric
from tests.inventory.planning.stocking.trees import (
    depot_and_bases,
    groups_of,
    numbers,
    rows_of,
    simulated,
    small_trees,
    tree,
)

MODELS: dict[str, Callable[[Forest, Wholes], Floats]] = {
    "metric": lambda forest, stock: metric(forest, stock).mean,
    "varimetric": lambda forest, stock: vari_metric(forest, stock).mean,
    "exact": lambda forest, stock: exact.evaluate(forest, stock).back_orders,
}
TO_THE_DIGIT = 1e-6  # the cases are stated with six digits


@pytest.mark.parametrize("row", rows_of("two_echelon_ebo.csv"))
def test_two_echelon_back_orders_are_those_of_the_worked_examples(row: dict[str, str]) -> None:
    rates = numbers(row["base_demand_rates"])
    forest = depot_and_bases(rates, numbers(row["base_transit_times"]), float(row["depot_lead_time"]))
    stock = np.array([int(row["depot_stock"])] + [int(row["base_stock_each"])] * len(rates))
    exactly = exact.evaluate(forest, stock)
    found = {
        "depot_ebo": exactly.back_orders[0],
        "total_base_ebo_exact": exactly.back_orders[1:].sum(),
        "total_base_ebo_metric": metric(forest, stock).mean[1:].sum(),
        "total_base_ebo_varimetric": vari_metric(forest, stock).mean[1:].sum(),
        "base1_fill_exact": exactly.fill[1],
    }
    assert found == pytest.approx({name: float(row[name]) for name in found}, abs=TO_THE_DIGIT)


@pytest.mark.parametrize(("case", "rows"), groups_of("three_echelon_exact.csv", "case"))
def test_three_echelon_stock_is_judged_exactly(case: str, rows: list[dict[str, str]]) -> None:
    names = [row["node"] for row in rows]
    forest = tree(
        [names.index(row["parent"]) if row["parent"] else -1 for row in rows],
        [float(row["demand_rate"]) if row["node"].startswith("RC") else 0.0 for row in rows],
        [float(row["lead_time_from_parent"]) for row in rows],
    )
    stock = np.array([int(row["base_stock"]) for row in rows])
    found = exact.evaluate(forest, stock)
    for column, values in (
        ("ebo_exact", found.back_orders),
        ("fill_rate_exact", found.fill),
        ("expected_on_hand_exact", found.on_hand),
    ):
        assert values.tolist() == pytest.approx([float(row[column]) for row in rows], abs=TO_THE_DIGIT)
    assert vari_metric(forest, stock).mean.sum() == pytest.approx(found.back_orders.sum(), rel=0.05)
    assert metric(forest, stock).mean.sum() < found.back_orders.sum()


@pytest.mark.parametrize("method", ["metric", "varimetric", "exact"])
def test_the_best_splits_of_the_repairable_case_and_their_back_orders(method: str) -> None:
    for row in rows_of("metric_repairable.csv"):
        demand = np.array(numbers(row["base_annual_demand"]))
        local = np.array(numbers(row["base_repair_probability"]))
        repair, ship = np.array(numbers(row["base_repair_time_years"])), np.array(numbers(row["order_ship_time_years"]))
        # A base waits for its own repairs as for a transit; the depot owes it the units it could not repair.
        to_depot = demand * (1 - local)
        transit = (local * repair + (1 - local) * ship) / (1 - local)
        forest = depot_and_bases(to_depot.tolist(), transit.tolist(), float(row["depot_turnaround_years"]))
        bases = [int(units) for units in row[f"{method}_base_stocks"].split()]
        stock = np.array([int(row[f"{method}_depot_stock"]), *bases])
        short = MODELS[method](forest, stock)
        assert short[1:].sum() == pytest.approx(float(row[f"{method}_ebo"]), abs=TO_THE_DIGIT)


@pytest.mark.parametrize(
    ("forest", "stock"),
    [
        (depot_and_bases([0.2] * 5, [1.0] * 5, 5.0), [5, 1, 1, 1, 1, 1]),
        (tree([-1, 0, 1, 1], [0.3, 0.1, 0.5, 0.2], [10.0, 4.0, 2.0, 1.0]), [9, 4, 2, 1]),
        (tree([-1, 0, 1, 2], [0.0, 0.4, 0.0, 0.6], [6.0, 3.0, 2.0, 1.0]), [5, 2, 1, 2]),
    ],
)
def test_an_event_simulation_finds_what_the_exact_model_says(forest: Forest, stock: list[int]) -> None:
    short, fill = simulated(forest, np.array(stock), days=100_000, seed=1)
    exactly = exact.evaluate(forest, np.array(stock))
    asked = forest.rate > 0
    assert short[asked].sum() == pytest.approx(exactly.back_orders[asked].sum(), rel=0.03)
    assert short.tolist() == pytest.approx(exactly.back_orders.tolist(), rel=0.1)
    assert fill[forest.rate > 0].tolist() == pytest.approx(exactly.fill[forest.rate > 0].tolist(), abs=0.01)


@settings(max_examples=60, deadline=None)
@given(case=small_trees())
def test_working_places_out_together_and_alone_agree(case: tuple[Forest, Wholes]) -> None:
    forest, stock = case
    together = exact.evaluate(forest, stock)
    with patch.object(exact, "WIDTH_TOGETHER_MAX", 0):
        alone = exact.evaluate(forest, stock)
    assert together.back_orders.tolist() == pytest.approx(alone.back_orders.tolist(), abs=1e-9)
    assert together.fill.tolist() == pytest.approx(alone.fill.tolist(), abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(case=small_trees())
def test_more_stock_never_means_more_back_orders_or_less_fill(case: tuple[Forest, Wholes]) -> None:
    forest, stock = case
    before = exact.evaluate(forest, stock)
    for place in range(len(forest)):
        more = stock.copy()
        more[place] += 1
        after = exact.evaluate(forest, more)
        assert (after.back_orders <= before.back_orders + 1e-9).all()
        assert (after.fill >= before.fill - 1e-9).all()


@settings(max_examples=60, deadline=None)
@given(case=small_trees())
def test_stock_on_hand_is_what_is_neither_coming_nor_owed(case: tuple[Forest, Wholes]) -> None:
    forest, stock = case
    found = exact.evaluate(forest, stock)
    owed = np.where(forest.parent >= 0, found.back_orders[forest.parent], 0.0) * forest.share
    coming = forest.flow * forest.transit + owed
    assert (found.on_hand - found.back_orders).tolist() == pytest.approx((stock - coming).tolist(), abs=1e-8)


def test_units_on_their_way_in_the_thousands_are_judged_exactly_too() -> None:
    forest = tree([-1, 0], [0.0, 100.0], [60.0, 1.0])
    found = exact.evaluate(forest, np.array([6_100, 120]))
    alike = exact.evaluate(tree([-1], [100.0], [60.0]), np.array([6_100]))
    assert found.back_orders[0] == pytest.approx(alike.back_orders[0], abs=1e-9)
    assert found.back_orders[0] == pytest.approx(metric(forest, np.array([6_100, 120])).mean[0], abs=1e-6)
    draw = np.random.default_rng(2)
    owed = np.maximum(draw.poisson(6_000, 1_000_000) - 6_100, 0)
    coming = owed + draw.poisson(100, 1_000_000)
    assert found.back_orders[1] == pytest.approx(np.maximum(coming - 120, 0).mean(), rel=0.02)
    assert found.fill[1] == pytest.approx((coming < 120).mean(), abs=0.002)


def test_demand_in_lumps_is_not_for_the_exact_model() -> None:
    forest = tree([-1], [1.0], [1.0])
    lumpy = Forest(forest.parent, forest.item, forest.rate, np.array([3.0]), forest.transit, forest.price)
    with pytest.raises(ValueError, match="Poisson"):
        exact.evaluate(lumpy, np.array([1]))


def test_transits_that_stray_are_not_for_the_exact_model() -> None:
    straying = replace(tree([-1], [1.0], [5.0]), transit_variance=np.array([1.0]))
    with pytest.raises(ValueError, match="stray"):
        exact.evaluate(straying, np.array([1]))


def test_a_lead_time_that_strays_leaves_what_a_simulation_sees() -> None:
    """Poisson demand over a gamma lead time of mean 6 and deviation 4, at a root and through it at its only centre."""
    draw = np.random.default_rng(5)
    forest = replace(tree([-1, 0], [0.0, 0.5], [6.0, 2.0]), transit_variance=np.array([16.0, 0.0]))
    stock = np.array([4, 2])
    left = vari_metric(forest, stock)
    coming = draw.poisson(0.5 * draw.gamma(36 / 16, 16 / 6, 400_000))
    owed = np.maximum(coming - 4, 0)
    assert left.mean[0] == pytest.approx(owed.mean(), rel=0.02)
    assert left.variance[0] == pytest.approx(owed.var(), rel=0.02)
    assert left.fill[0] == pytest.approx((coming < 4).mean(), abs=0.003)
    at_centre = owed + draw.poisson(1.0, len(owed))
    assert left.mean[1] == pytest.approx(np.maximum(at_centre - 2, 0).mean(), rel=0.1)
    assert vari_metric(replace(forest, transit_variance=None), stock).mean[1] < 0.7 * left.mean[1]


def test_a_demand_without_end_is_counted_in_larger_units() -> None:
    mean, variance, stock = np.array([6e4]), np.array([4e8]), np.array([80_000])
    finely = back_orders(mean, variance, stock)
    with patch("inventory.planning.stocking.metric.WINDOW_MAX", 20_000):
        roughly = back_orders(mean, variance, stock)
    assert roughly.mean[0] == pytest.approx(finely.mean[0], rel=2e-3)
    assert roughly.variance[0] == pytest.approx(finely.variance[0], rel=2e-3)
    assert roughly.fill[0] == pytest.approx(finely.fill[0], abs=2e-3)
    endless = back_orders(np.array([1e9]), np.array([1e18]), np.array([10**9]))
    assert endless.mean[0] == pytest.approx(1e9 / np.e, rel=1e-3)


def test_the_fill_of_lumpy_demand_counts_the_units_before_in_the_same_order() -> None:
    """Orders of geometric size, mean 3, Poisson in time: played through against the negative binomial reading."""
    draw = np.random.default_rng(3)
    lump, orders, days, stock = 3.0, 0.4, 5.0, 14
    at = np.cumsum(draw.exponential(1 / orders, 200_000))
    size = draw.geometric(1 / lump, len(at))
    asked = np.cumsum(size)
    before = asked - size - np.r_[0, asked][np.searchsorted(at, at - days)]
    met = np.clip(stock - before, 0, size).sum() / size.sum()
    ratio = 2 * lump - 1
    mean = orders * lump * days
    found = back_orders(np.array([mean]), np.array([mean * ratio]), np.array([stock]), np.array([lump]))
    assert found.fill[0] == pytest.approx(met, abs=0.02)
    assert back_orders(np.array([mean]), np.array([mean * ratio]), np.array([stock])).fill[0] > met + 0.05


@pytest.mark.parametrize("ratio", [1.0, 1.7, 6.0])
def test_large_means_are_summed_like_small_ones(ratio: float) -> None:
    mean, stock = np.array([250.0]), np.array([260])
    with patch("inventory.planning.stocking.metric.RECURSION_MEAN_MAX", 100.0):
        windowed = back_orders(mean, mean * ratio, stock, np.array([2.0]))
    stepped = back_orders(mean, mean * ratio, stock, np.array([2.0]))
    for one, other in ((windowed.mean, stepped.mean), (windowed.variance, stepped.variance)):
        assert one[0] == pytest.approx(other[0], rel=1e-9)
    assert windowed.fill[0] == pytest.approx(stepped.fill[0], rel=1e-9)
