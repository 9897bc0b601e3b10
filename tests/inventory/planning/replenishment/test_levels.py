"""What every place should hold, worked out from arrays alone: where a part is stocked, lots, and the levels around."""

from dataclasses import fields, replace

import numpy as np
import pytest

from inventory.db import QUANTITY_MAX
from inventory.planning.policies import MEASURES, PHASES, Phase, PlacePolicies, ServiceMeasure
from inventory.planning.replenishment.layout import Layout
from inventory.planning.replenishment.levels import (
    Before,
    PlaceDemand,
    Trees,
    decide_places,
    grow_trees,
    optimised,
    work_out_levels,
)
from inventory.planning.replenishment.lots import lay_lots, lots_at
from inventory.planning.stocking.forest import Forest
from inventory.planning.stocking.metric import back_orders
from inventory.planning.stocking.system import Measure, optimise, unbounded

CENTRAL, CENTRE, FIRST, SECOND = range(4)
PARENT = np.array([-1, 0, 1, 1], dtype=np.int32)
"""A central warehouse, a distribution centre, two repair centres."""
N = len(PARENT)
LAYOUT = Layout(np.ones(N, np.int64), np.arange(1, N + 1), np.arange(N, dtype=np.int32), PARENT)
FILL, WAIT, COST = (MEASURES.index(one) for one in ServiceMeasure)
NOBODY = np.zeros(N, dtype=np.bool_)
EVERYWHERE = ~NOBODY
NOTHING_BEFORE = Before(NOBODY, np.zeros(N, np.int64), np.zeros(N, np.int64))
USUAL = {
    "pack_size": 1,
    "maximum": QUANTITY_MAX,
    "safety_stock": -1,
    "stocked": -1,
    "stock_hits": 3,
    "drop_hits": 1,
    "phase": PHASES.index(Phase.MATURE),
    "review_days": 30,
    "lead_time_days": 5.0,
    "target": 0.95,
}


def policies(**told) -> PlacePolicies:
    """The usual policies at all places, but for what is told of all or of each."""
    said = {one.name: (told | {}).get(one.name, USUAL.get(one.name, 0)) for one in fields(PlacePolicies)}
    return PlacePolicies(**{name: np.array(np.broadcast_to(value, N)) for name, value in said.items()})


def asked(hits=0, mean=0.0, variance=None, this_month=1.0, season=1.0) -> PlaceDemand:
    hits, mean, this_month, season = (np.array(np.broadcast_to(one, N)) for one in (hits, mean, this_month, season))
    told = {"hits": hits, "daily_mean": mean, "daily_variance": mean if variance is None else np.array(variance)}
    told |= {"this_month": this_month, "season": season}
    return PlaceDemand(**{one.name: told.get(one.name, np.zeros(N, np.int8)) for one in fields(PlaceDemand)})


def places(hits=0, *, waiting=NOBODY, **told) -> list[bool]:
    return decide_places(LAYOUT, asked(hits), policies(**told), NOTHING_BEFORE, waiting).tolist()


def trees(mean, *, stocked=EVERYWHERE, variance=None, price=10.0, **told):
    return grow_trees(LAYOUT, stocked, asked(mean=mean, variance=variance), policies(**told), np.full(N, price))


def levels(
    mean,
    theta=300.0,
    *,
    stocked=EVERYWHERE,
    before=NOTHING_BEFORE,
    band=0.1,
    days_left=np.nan,
    order=0.0,
    this_month=1.0,
    season=1.0,
    **told,
):
    """The levels at a price of service, and the base stocks that they are laid around."""
    demand, wanted = asked(mean=mean, this_month=this_month, season=season), policies(**told)
    grown = grow_trees(LAYOUT, stocked, demand, wanted, np.full(N, 10.0))
    price = np.full(len(grown.rows), theta)
    left = np.full(len(grown.rows), days_left)
    found = work_out_levels(LAYOUT, grown, demand, wanted, before, price, days_left=left, band=band, order_stock=order)
    return found, optimised(grown, price)


# Where a part is stocked.


def test_what_is_asked_for_below_counts_above_too():
    assert places([0, 0, 2, 2]) == [True, True, False, False]


def test_what_lies_anywhere_lies_at_its_root_as_well_and_only_there():
    assert places(stocked=[-1, -1, 1, -1]) == [True, False, True, False]


def test_a_root_that_somebody_said_shall_not_stock_it_does_not():
    assert places(stocked=[0, -1, 1, -1]) == [False, False, True, False]


def test_what_a_repair_waits_for_and_nobody_stocks_lies_at_the_root():
    waiting = np.array([False, False, False, True])
    assert places(waiting=waiting) == [True, False, False, False]


# What is asked of the stocked places.


def test_what_a_place_without_the_part_is_asked_for_falls_to_the_nearest_one_above_that_has_it():
    grown = trees([0.0, 0.0, 0.5, 0.25], stocked=np.array([True, False, True, False]))
    assert grown.rows.tolist() == [CENTRAL, FIRST]
    assert grown.forest.rate.tolist() == [0.25, 0.5]
    assert grown.forest.parent.tolist() == [-1, 0]


def test_one_night_is_waited_for_beside_the_lead_time_and_its_spread_goes_along():
    forest = trees(1.0, lead_time_days=[20.0, 5.0, 2.0, 2.0], lead_time_variance=[9.0, 4.0, 1.0, 0.0]).forest
    assert forest.transit.tolist() == [21.0, 6.0, 3.0, 3.0]
    assert forest.lead_variance.tolist() == (forest.lead_mean + forest.flow**2 * [9.0, 4.0, 1.0, 0.0]).tolist()


def test_demand_is_never_taken_for_steadier_than_by_chance():
    assert trees(2.0, variance=[2.0, 1.0, 6.0, 2.0]).forest.variance_ratio.tolist() == [1.0, 1.0, 3.0, 1.0]


def test_the_planners_least_and_most_bound_the_optimum_the_most_before_the_least():
    bounds = trees(1.0, minimum=[0, 4, 9, 0], maximum=[50, 50, 6, QUANTITY_MAX]).bounds
    assert bounds.low.tolist() == [0, 4, 6, 0]
    assert bounds.high.tolist() == [50, 50, 6, QUANTITY_MAX]


def test_a_tree_is_measured_as_the_places_with_most_of_its_demand():
    grown = trees([0.0, 0.0, 3.0, 1.0], measure=[FILL, FILL, WAIT, FILL], target=[0.9, 0.9, 2.0, 0.9])
    assert set(grown.measure.tolist()) == {WAIT}


def test_a_target_of_another_measure_is_nobodys():
    """What is told as a share of demand is not taken for days of wait."""
    one, other = (
        trees([0.0, 0.0, 3.0, 1.0], measure=[FILL, FILL, WAIT, FILL], target=[share, share, 2.0, share]).service
        for share in (0.9, 0.8)
    )
    assert one.tolist() == other.tolist()
    assert one[FIRST] != one[SECOND]


@pytest.mark.parametrize(("told", "measure"), [(FILL, Measure.FILL), (WAIT, Measure.WAIT), (COST, Measure.WAIT)])
def test_stocks_are_chosen_by_the_measure_of_their_tree(told, measure):
    grown = trees(0.3, measure=told)
    price = np.full(N, 300.0)
    by_measure = {one: optimise(grown.forest, price, one).tolist() for one in Measure}
    assert by_measure[Measure.FILL] != by_measure[Measure.WAIT]
    assert optimised(grown, price).tolist() == by_measure[measure]


# Lots, and the levels around the base stock.


def lots(found):
    return (found.order_up_to - found.reorder_point).tolist()


def test_a_lot_is_the_demand_of_the_review_period_in_whole_packs_and_a_pack_at_least():
    found, _ = levels([0.0, 0.0, 0.5, 0.01], review_days=30, pack_size=4, minimum=200)
    assert lots(found)[FIRST:] == [16, 4]
    assert found.pack_size.tolist() == [4] * N


def test_no_lot_is_more_than_the_demand_of_a_year():
    found, _ = levels([0.0, 0.0, 1.0, 1.0], review_days=2_000, minimum=5_000)
    assert lots(found)[FIRST:] == [365, 365]


def test_what_is_bought_comes_in_an_economic_lot_and_what_is_drawn_from_above_does_not():
    plain, _ = levels([0.0, 0.0, 0.1, 0.1], review_days=7, minimum=500)
    costly, _ = levels([0.0, 0.0, 0.1, 0.1], review_days=7, minimum=500, order=100.0)
    a_year = 0.2 * 365.25
    assert lots(plain)[0] == 1
    assert costly.reorder_point.tolist() == plain.reorder_point.tolist()
    assert lots(costly)[0] == round((2 * a_year * 100.0 / 10.0) ** 0.5) == 38
    assert lots(costly)[1:] == lots(plain)[1:]


def promised(found, forest):
    """The mean squares of what the root owes, with its lot counted: what those below are served by."""
    mean, variance = forest.lead_mean[:1], forest.lead_variance[:1]
    owed = [
        float(back_orders(mean, variance, np.array([stock])).variance[0])
        + float(back_orders(mean, variance, np.array([stock])).mean[0]) ** 2
        for stock in range(int(found.reorder_point[0]) + 1, int(found.order_up_to[0]) + 1)
    ]
    return float(np.mean(owed))


SURE = {"theta": 1e6, "review_days": 7, "lead_time_days": [60.0, 5.0, 5.0, 5.0]}
"""The root holds far more than the demand of its lead time."""


def test_a_larger_lot_is_ordered_later_and_never_promises_less():
    forest = trees([0.0, 0.0, 0.1, 0.1], lead_time_days=SURE["lead_time_days"]).forest
    found = [levels([0.0, 0.0, 0.1, 0.1], order=order, **SURE)[0] for order in (0.0, 1.0, 10.0, 100.0, 1e4)]
    points, lots_bought = [int(one.reorder_point[0]) for one in found], [lots(one)[0] for one in found]
    assert lots_bought == sorted(set(lots_bought))
    assert points == sorted(points, reverse=True)
    assert points[-1] < points[0] - 2
    usual = promised(found[0], forest)
    assert all(promised(one, forest) <= usual * (1 + 1e-6) for one in found)


def test_no_lot_is_ordered_later_than_when_the_demand_of_the_lead_time_is_left():
    found, _ = levels([0.0, 0.0, 0.1, 0.1], order=1e4, **(SURE | {"theta": 2e4}))
    assert found.lead_mean[0] == pytest.approx(0.2 * 61)
    assert found.reorder_point[0] == 12  # 12.2 units are asked for until an order placed at 12 is there
    assert found.safety_stock[0] == 0


def test_a_planners_minimum_is_ordered_up_at_once_however_large_the_lot():
    plain, _ = levels([0.0, 0.0, 0.1, 0.1], **SURE)
    least = int(plain.reorder_point[0])
    found, _ = levels([0.0, 0.0, 0.1, 0.1], order=1e4, **SURE, minimum=[least, 0, 0, 0])
    assert found.reorder_point[0] == least - 1


def test_a_lot_that_the_maximum_cuts_off_is_ordered_no_later():
    plain, _ = levels([0.0, 0.0, 0.1, 0.1], **SURE)
    most = int(plain.order_up_to[0]) + 5
    found, _ = levels([0.0, 0.0, 0.1, 0.1], order=1e4, **SURE, maximum=[most, *[QUANTITY_MAX] * 3])
    assert (found.reorder_point[0], found.order_up_to[0]) == (plain.reorder_point[0], most)


def test_an_order_that_costs_nothing_leaves_every_lot_laid_around_its_base_stock():
    draw = np.random.default_rng(6)
    n = 4_000
    parent = np.where(np.arange(n) % 4 == 0, -1, np.arange(n) // 4 * 4).astype(np.int32)
    forest = Forest(
        parent, np.arange(n, dtype=np.int32) // 4, draw.gamma(0.3, 1.0, n), 1 + draw.gamma(1.0, 2.0, n),
        draw.uniform(0.0, 90.0, n), draw.uniform(0.5, 900.0, n),
    )  # fmt: skip
    told = {
        "review_days": draw.integers(1, 400, n),
        "pack_size": draw.integers(1, 9, n),
        "minimum": draw.integers(0, 9, n),
    }
    most = np.where(draw.random(n) < 0.2, draw.integers(1, 60, n), QUANTITY_MAX)
    wanted = replace(policies(), **told, maximum=most)
    stock = np.where(draw.random(n) < 0.2, 0, np.ceil(forest.lead_mean * 1.3)).astype(np.int64)
    rows, ones, none = np.arange(n), np.ones(n), np.zeros(n, np.int8)
    grown = Trees(rows, rows, forest, unbounded(n), rows, none, none, ones, ones)
    found = lay_lots(grown, stock, lots_at(grown, wanted, 0.0), wanted)
    pack = told["pack_size"]
    lot = np.maximum(np.rint(forest.flow * np.minimum(told["review_days"], 365) / pack).astype(np.int64), 1) * pack
    up_to = np.maximum(stock - (lot + 1) // 2, np.maximum(told["minimum"] - 1, 0)) + lot
    up_to = np.where(stock > 0, np.minimum(up_to, most), 0)
    point = np.maximum(stock - (lot + 1) // 2, np.maximum(told["minimum"] - 1, 0))
    assert found[0].tolist() == np.maximum(np.minimum(point, up_to - 1), 0).tolist()
    assert found[1].tolist() == up_to.tolist()


def test_an_economic_lot_is_the_demand_of_a_year_at_most_and_never_less_than_that_of_the_review_period():
    dear, _ = levels([0.0, 0.0, 0.1, 0.1], review_days=7, minimum=500, order=1e9)
    assert lots(dear)[0] == 73
    seldom, _ = levels([0.0, 0.0, 0.1, 0.1], review_days=300, minimum=500, order=0.01)
    assert lots(seldom)[0] == 60


def test_positions_between_the_levels_lie_evenly_around_the_base_stock():
    found, stock = levels([0.0, 0.0, 0.5, 0.5], theta=3_000.0, review_days=10)
    assert (found.reorder_point[FIRST], found.order_up_to[FIRST]) == (stock[FIRST] - 3, stock[FIRST] + 2)
    middle = (found.reorder_point[FIRST] + 1 + found.order_up_to[FIRST]) / 2
    assert middle == stock[FIRST]


def test_less_than_the_planners_minimum_is_ordered_up_at_once():
    found, _ = levels([0.0, 0.0, 0.5, 0.5], theta=0.0, minimum=[0, 0, 12, 0])
    assert found.reorder_point[FIRST] == 11


def test_no_level_passes_the_planners_maximum():
    found, _ = levels([0.0, 0.0, 0.5, 0.5], theta=3_000.0, maximum=[QUANTITY_MAX, QUANTITY_MAX, 9, QUANTITY_MAX])
    assert found.order_up_to[FIRST] == found.order_maximum[FIRST] == 9
    assert found.reorder_point[FIRST] < 9


def test_a_place_with_a_base_stock_of_none_orders_only_what_it_owes():
    found, stock = levels([0.0, 0.0, 0.5, 0.5], theta=0.0)
    assert stock.tolist() == [0] * N
    assert found.reorder_point.tolist() == found.order_up_to.tolist() == [0] * N


def test_the_root_of_a_last_buy_holds_all_that_will_be_asked_for_with_a_margin_and_nobody_else_does():
    found, _ = levels([0.0, 0.0, 0.5, 0.5], phase=PHASES.index(Phase.LAST_TIME_BUY), days_left=100.0)
    assert (found.reorder_point[CENTRAL], found.order_up_to[CENTRAL]) == (116, 117)  # 100 + 1.64 * 10 units
    assert found.order_up_to[CENTRE] < 100


def test_a_last_buy_without_a_last_day_is_held_as_usual():
    usual, _ = levels([0.0, 0.0, 0.5, 0.5])
    last, _ = levels([0.0, 0.0, 0.5, 0.5], phase=PHASES.index(Phase.LAST_TIME_BUY))
    assert last.order_up_to.tolist() == usual.order_up_to.tolist()


def test_levels_that_stand_stay_within_the_band_and_no_further():
    mean = [0.0, 0.0, 0.5, 0.5]
    new, _ = levels(mean, theta=3_000.0)
    nearly = Before(EVERYWHERE, new.reorder_point + 1, new.order_up_to + 1)
    kept, _ = levels(mean, theta=3_000.0, before=nearly, band=0.5)
    assert kept.order_up_to[FIRST:].tolist() == nearly.order_up_to[FIRST:].tolist()
    assert kept.reorder_point[FIRST:].tolist() == nearly.reorder_point[FIRST:].tolist()
    far, _ = levels(mean, theta=3_000.0, before=nearly, band=0.001)
    assert far.order_up_to.tolist() == new.order_up_to.tolist()
    assert far.reorder_point.tolist() == new.reorder_point.tolist()


def test_safety_stock_is_what_a_planner_told_though_it_be_none_or_what_is_left_when_an_order_comes():
    found, _ = levels([0.0, 0.0, 0.5, 0.5], theta=3_000.0, review_days=10, safety_stock=[-1, -1, 0, -1])
    assert found.safety_stock[FIRST] == 0
    assert found.lead_mean[SECOND] == 0.5 * 6
    assert found.safety_stock[SECOND] == found.reorder_point[SECOND] + 1 - 3 > 0


# The season.


def test_a_season_ahead_is_stocked_for_as_if_the_lead_time_asked_for_as_much_more():
    alone = np.array([True, False, False, False])
    before_summer, _ = levels(1.0, season=2.0, lead_time_days=9.0, stocked=alone)
    usual, _ = levels(1.0, lead_time_days=9.0, stocked=alone)
    twice_as_long, _ = levels(1.0, lead_time_days=19.0, review_days=60, stocked=alone)
    assert before_summer.order_up_to[0] > 1.5 * usual.order_up_to[0]
    assert before_summer.order_up_to[0] == twice_as_long.order_up_to[0]
    assert before_summer.reorder_point[0] == twice_as_long.reorder_point[0]
    assert before_summer.lead_mean[0] == before_summer.daily_mean[0] * 2.0 * (before_summer.lead_days[0] + 1)
    assert before_summer.lead_days[0] == usual.lead_days[0]


def test_an_economic_lot_is_of_a_year_whatever_the_month_asks_for():
    alone = np.array([True, False, False, False])
    usual, _ = levels([1.0, 0, 0, 0], stocked=alone, order=500.0, review_days=1)
    in_summer, _ = levels([3.0, 0, 0, 0], this_month=3.0, season=1 / 3, stocked=alone, order=500.0, review_days=1)
    assert (in_summer.order_up_to - in_summer.reorder_point)[0] == (usual.order_up_to - usual.reorder_point)[0]


def test_a_last_buy_is_for_what_mean_days_ask_for():
    last = {"phase": PHASES.index(Phase.LAST_TIME_BUY), "days_left": 730.0}
    usual, _ = levels(1.0, **last)
    in_summer, _ = levels(3.0, this_month=3.0, season=1 / 3, **last)
    assert in_summer.order_up_to[0] == usual.order_up_to[0]
