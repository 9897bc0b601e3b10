"""Choosing the stocks of a tree: the target is met exactly, for the least that any stocks could cost."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inventory.planning.stocking import base_stock, choosing, exact, starts
from inventory.planning.stocking.choosing import TargetOutOfReach, choose
from inventory.planning.stocking.deep_trees import optimise_deep
from inventory.planning.stocking.forest import Forest, Wholes
from inventory.planning.stocking.knapsack import Options, cheapest
from inventory.planning.stocking.metric import vari_metric
from inventory.planning.stocking.system import STOCK_MAX, Bounds, Measure, optimise, unbounded
from tests.inventory.planning.stocking.trees import depot_and_bases, network, small_trees, tree


def fill_of(forest: Forest, stock: Wholes) -> float:
    return float(exact.evaluate(forest, stock).fill @ forest.rate / forest.rate.sum())


@pytest.mark.parametrize("target", [0.7, 0.95])
@pytest.mark.parametrize(
    "forest",
    [
        tree([-1, 0, 0], [0.0, 0.3, 0.2], [4.0, 2.0, 1.0], [1.0, 1.3, 1.3]),
        tree([-1, 0, 1], [0.0, 0.1, 0.4], [6.0, 3.0, 1.0], [1.0, 1.1, 1.2]),
        tree([-1, 0, -1], [0.2, 0.1, 0.4], [6.0, 3.0, 1.0], [5.0, 5.0, 0.7]),
        tree([-1, 0, 0], [0.0, 0.5, 0.5], [0.0, 2.0, 2.0]),
    ],
)
def test_no_stocks_that_meet_the_target_are_cheaper(forest: Forest, target: float) -> None:
    chosen = choose(forest, target)
    value = float(forest.price @ chosen)
    assert fill_of(forest, chosen) >= target
    tried = np.array(list(product(range(8), repeat=3)))
    for stock in tried[tried @ forest.price < value - 1e-9]:
        assert fill_of(forest, stock) < target


def test_the_target_is_met_with_what_the_best_split_needs() -> None:
    chosen = choose(depot_and_bases([0.2] * 5, [1.0] * 5, 5.0), 0.95)
    assert chosen.tolist() == [6, 2, 2, 2, 2, 2]


def test_a_network_is_served_to_the_unit_for_far_less_than_by_two_moments_at_any_price_of_service() -> None:
    forest = network(8, seed=3, centres=10)
    chosen = choose(forest, 0.95)
    by_price = [
        optimise(forest, np.full(len(forest), theta), measure)
        for measure in Measure
        for theta in np.geomspace(1e3, 1e6, 60)
    ]
    cheapest_by_price = min(forest.price @ stock for stock in by_price if fill_of(forest, stock) >= 0.95)
    assert 0.95 <= fill_of(forest, chosen) < 0.952
    assert forest.price @ chosen < 0.93 * cheapest_by_price


def test_hundreds_of_units_on_their_way_are_chosen_for() -> None:
    forest = tree([-1, 0, 0], [0.0, 8.0, 2.5], [45.0, 4.0, 2.0])
    chosen = choose(forest, 0.9)
    assert 0.9 <= fill_of(forest, chosen) < 0.92
    assert chosen.sum() < 1.15 * (forest.flow * forest.transit).sum()


def test_nothing_asked_needs_no_stock() -> None:
    assert choose(tree([-1, 0], 0.0, 3.0), 0.95).tolist() == [0, 0]


def test_stock_that_costs_nothing_is_not_endless() -> None:
    forest = tree([-1, 0, 0], [0.0, 0.3, 1.0], [10.0, 2.0, 2.0], [0.0, 1.0, 1.0])
    chosen = choose(forest, 0.95)
    assert fill_of(forest, chosen) >= 0.95
    assert chosen[0] < 60


def test_given_stocks_stay_and_the_rest_is_chosen_around_them() -> None:
    forest = depot_and_bases([0.2] * 5, [1.0] * 5, 5.0)
    low, high = np.array([3, 0, 0, 0, 0, 4]), np.array([3, *[STOCK_MAX] * 4, 4])
    chosen = choose(forest, 0.95, Bounds(low, high))
    assert chosen[0] == 3
    assert chosen[5] == 4
    assert fill_of(forest, chosen) >= 0.95


def test_given_stocks_can_put_the_target_out_of_reach() -> None:
    forest = tree([-1, 0, 0], [0.0, 0.5, 0.5], [3.0, 2.0, 2.0])
    with pytest.raises(TargetOutOfReach):
        choose(forest, 0.95, Bounds(np.zeros(3, np.int64), np.array([50, 0, STOCK_MAX])))


def chain(rates: list[float], price: float | list[float] = 1.0) -> Forest:
    return tree(list(range(-1, len(rates) - 1)), rates, 2.0, price)


@pytest.mark.parametrize("target", [0.8, 0.97])
def test_places_that_only_pass_on_keep_no_stock_and_cost_nothing(target: float) -> None:
    chosen = choose(chain([0.0] * 7 + [0.4]), target)
    alone = choose(tree([-1], [0.4], [16.0]), target)
    assert chosen.tolist() == [0] * 7 + alone.tolist()


def test_a_place_that_only_passes_on_keeps_the_stock_that_is_dearer_below() -> None:
    forest = chain([0.0, 0.5], [1.0, 50.0])
    chosen = choose(forest, 0.9)
    assert chosen[0] > 0
    assert forest.price @ chosen < forest.price @ choose(
        forest, 0.9, Bounds(np.zeros(2, int), np.array([0, STOCK_MAX]))
    )


def test_what_is_given_to_a_place_that_only_passes_on_stays_there() -> None:
    forest = chain([0.0, 0.0, 0.5])
    chosen = choose(forest, 0.9, Bounds(np.array([0, 2, 0]), np.array([STOCK_MAX, 2, STOCK_MAX])))
    assert chosen[1] == 2
    assert fill_of(forest, chosen) >= 0.9


def test_a_deep_tree_is_stocked_about_as_well_place_by_place_as_by_trying(monkeypatch: pytest.MonkeyPatch) -> None:
    forest = chain([0.05] * 12)
    tried = forest.price @ choose(forest, 0.95)
    monkeypatch.setattr(choosing, "LEVELS_MAX", 3)
    monkeypatch.setattr(starts, "LEVELS_MAX", 3)
    chosen = choose(forest, 0.95)
    assert fill_of(forest, chosen) >= 0.95
    assert forest.price @ chosen <= 1.02 * tried


def test_a_very_deep_tree_in_which_everybody_asks_needs_no_more_than_each_place_by_itself() -> None:
    forest = chain([0.05] * 150)
    alone = base_stock.for_ready_rate(forest.lead_mean, forest.lead_mean, 0.95)
    assert fill_of(forest, alone) >= 0.95
    chosen = choose(forest, 0.95)
    assert 0.95 <= fill_of(forest, chosen) < 0.9515
    assert forest.price @ chosen < forest.price @ alone


def test_very_deep_trees_can_be_out_of_reach() -> None:
    forest = chain([0.05] * 12)
    with pytest.raises(TargetOutOfReach):
        choose(forest, 0.95, Bounds(np.zeros(12, np.int64), np.full(12, 1)))


@pytest.mark.parametrize(("measure", "theta"), [(Measure.WAIT, 4e3), (Measure.FILL, 1e4)])
def test_a_start_place_by_place_is_near_the_one_by_trying(measure: Measure, theta: float) -> None:
    forest = network(6, seed=4, centres=8)
    price = np.full(len(forest), theta)
    tried = optimise(forest, price, measure)
    handed, left = optimise_deep(forest, price, measure, unbounded(len(forest)))
    judged = vari_metric(forest, handed)
    assert (left.mean, left.fill) == (pytest.approx(judged.mean, abs=1e-6), pytest.approx(judged.fill, abs=1e-6))

    def cost(stock: Wholes) -> float:
        here = vari_metric(forest, stock)
        missed = forest.own_share * here.mean if measure is Measure.WAIT else forest.rate * (1 - here.fill)
        return float(forest.price @ stock + price @ missed)

    assert cost(handed) < 1.1 * cost(tried) < 0.8 * cost(np.zeros(len(forest), np.int64))


def test_a_deep_tree_of_many_stations_is_stocked_about_as_well_place_by_place(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every other place is only passed through, and some are right beside the one above them."""
    parent = [-1, *((row - 1) // 2 for row in range(1, 60))]
    forest = tree(parent, [0.03 * (row % 2) for row in range(60)], [20.0, *(float(row % 3) for row in range(1, 60))])
    tried = forest.price @ choose(forest, 0.95)
    monkeypatch.setattr(choosing, "LEVELS_MAX", 3)
    monkeypatch.setattr(starts, "LEVELS_MAX", 3)
    chosen = choose(forest, 0.95)
    assert fill_of(forest, chosen) >= 0.95
    assert forest.price @ chosen <= 1.05 * tried


def test_a_tree_too_large_to_try_everything_is_stocked_with_a_bounded_effort(monkeypatch: pytest.MonkeyPatch) -> None:
    forest = network(8, seed=3, centres=10)
    best = forest.price @ choose(forest, 0.95)
    monkeypatch.setattr(choosing, "EFFORT_MAX", 300.0)
    chosen = choose(forest, 0.95)
    assert fill_of(forest, chosen) >= 0.95
    assert best <= forest.price @ chosen < 1.1 * best


@settings(max_examples=8, deadline=None)
@given(case=small_trees(places_max=5), target=st.sampled_from([0.3, 0.9, 0.99]))
def test_whatever_the_tree_the_target_is_met_and_one_unit_less_misses_it(
    case: tuple[Forest, Wholes], target: float
) -> None:
    forest, _ = case
    if not forest.rate.sum():
        return
    chosen = choose(forest, target)
    assert fill_of(forest, chosen) >= target
    for place in np.flatnonzero(chosen):
        less = chosen.copy()
        less[place] -= 1
        assert fill_of(forest, less) < target + 1e-8


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10_000), share=st.floats(0.05, 0.99))
def test_one_option_each_is_chosen_as_cheaply_as_going_through_all(seed: int, share: float) -> None:
    draw = np.random.default_rng(seed)
    gain = np.sort(draw.uniform(0, 1, (5, 4)), axis=1)
    options = Options(np.sort(draw.integers(0, 30, (5, 4)), axis=1).astype(float), gain)
    need = share * float(gain.max(axis=1).sum())
    chosen = cheapest(options, need)
    assert chosen is not None
    totals = [options.totals(np.array(one)) for one in product(range(4), repeat=5)]
    assert options.totals(chosen)[1] >= need
    assert options.totals(chosen)[0] == pytest.approx(min(cost for cost, gained in totals if gained >= need))


def test_no_choice_is_made_when_none_gains_enough() -> None:
    assert cheapest(Options(np.array([[0.0, 1.0]]), np.array([[0.0, 0.4]])), 0.5) is None
