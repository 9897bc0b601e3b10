"""What orders are worth, where whole numbers of the machine would end, and what waiting with them puts at risk."""

from dataclasses import fields, replace
from types import SimpleNamespace

import numpy as np
import pytest

from inventory.planning.policies import PHASES, Phase
from inventory.planning.replenishment.models import Held
from inventory.planning.replenishment.positions import Positions
from inventory.planning.replenishment.proposing import HELD, VALUE_MAX, Needs, hold_back, value_of, work_out_needs
from tests.inventory.planning.days.places import tree_of

GRAMS = 1_000


def test_a_value_is_exact():
    assert value_of(np.array([3, 0]), np.array([123_456_789_012, 5])).tolist() == [370_370_367_036, 0]


def test_a_value_beyond_all_money_stops_at_the_most_that_is_kept():
    assert value_of(np.array([999_999_999]), np.array([10**13])).tolist() == [VALUE_MAX]


def standing(places, **quantities):
    """Where places stand: `standing(2, on_hand=[3, 0])` has nothing else."""
    told = {one.name: np.array(quantities.get(one.name, [0] * places)) for one in fields(Positions)}
    return Positions(**told)


def test_promises_at_risk_are_orders_however_small_the_unit_in_which_a_part_is_counted():
    """A kilogram of solder is asked for as often as a compressor: neither is the greater risk."""
    planner = tree_of([-1, -1], [4, 4 * GRAMS], lead_days=20, rate=[0.2, 0.2 * GRAMS])
    sized = np.array([1.0, float(GRAMS)])
    levels = replace(
        planner.steps[0],
        lead_mean=planner.steps[0].lead_mean,
        lead_variance=planner.steps[0].lead_mean * sized,
        demand_size=sized,
    )
    needs = work_out_needs(levels, standing(2, on_hand=[2, 2 * GRAMS]), planner.offers)
    compressor, solder = needs.short_per_week
    assert compressor == pytest.approx(7 * 0.2, rel=0.15)  # all that a week asks for, for little is left
    assert solder == pytest.approx(compressor, rel=0.15)


def test_a_promise_that_waits_already_is_at_risk_though_nothing_else_is_asked_for():
    planner = tree_of([-1], [4], lead_days=20, rate=0.0)
    levels = replace(planner.steps[0], demand_size=np.array([2.0]))
    needs = work_out_needs(levels, standing(1, on_hand=[1], back_ordered=[5]), planner.offers)
    assert needs.short_per_week.tolist() == [2.0]  # of five units waited for one is there


def test_an_empty_shelf_below_is_no_promise_but_a_repair_that_waits_there_is():
    planner = tree_of([-1, 0], [6, 4], lead_days=20, rate=0.0)
    empty = work_out_needs(planner.steps[0], standing(2), planner.offers)
    assert empty.needed.tolist() == [10, 4]
    assert empty.short_per_week.tolist() == [0.0, 0.0]
    waited_for = work_out_needs(planner.steps[0], standing(2, back_ordered=[0, 3]), planner.offers)
    assert waited_for.short_per_week.tolist() == [3.0, 3.0]


def test_more_than_may_come_is_waited_for_but_not_owed_further_up():
    """Eight wait at a place that packs of five and a limit of one let ask for five."""
    planner = tree_of([-1, 0, 0], [6, 4, 4], lead_days=20, rate=0.1)
    levels = replace(planner.steps[0], pack_size=np.array([1, 5, 1]), order_maximum=np.array([99, 1, 99]))
    needs = work_out_needs(levels, standing(3, on_hand=[3, 0, 0], back_ordered=[0, 8, 0]), planner.offers)
    assert (needs.needed.tolist(), needs.quantity.tolist()) == ([12, 5, 4], [12, 3, 0])
    assert needs.waited_for.tolist() == [5, 8, 0]


def test_what_is_bought_comes_in_the_suppliers_packs_and_what_is_drawn_in_those_of_the_place():
    planner = tree_of([-1, 0], [5, 4], lead_days=20, rate=0.1)
    levels = replace(planner.steps[0], pack_size=np.array([1, 3]))
    offers = replace(planner.offers, pack=np.array([7, 7]))
    needs = work_out_needs(levels, standing(2), offers)
    assert needs.needed.tolist() == [14, 6]  # 5 and 6 owed in sevens, 4 in threes


def test_a_source_gives_nothing_that_is_promised():
    planner = tree_of([-1, 0], [9, 4], lead_days=20, rate=0.1)
    needs = work_out_needs(planner.steps[0], standing(2, on_hand=[5, 0], reserved=[3, 0]), planner.offers)
    assert (needs.needed[1], needs.quantity[1]) == (4, 2)


def test_of_two_alike_the_one_that_owes_to_others_gets_more_of_a_short_source():
    planner = tree_of([-1, 0, 0, 1], [30, 9, 9, 6], lead_days=20, rate=0.2)
    needs = work_out_needs(planner.steps[0], standing(4, on_hand=[8, 3, 3, 0]), planner.offers)
    assert needs.owed[1] == 6
    assert needs.quantity[1:3].sum() == 8
    assert needs.quantity[1] > needs.quantity[2] + 3


def test_what_is_overdue_is_so_by_all_days_that_its_order_takes_at_most():
    planner = tree_of([-1], [40], lead_days=2.5, rate=0.1)
    assert work_out_needs(planner.steps[0], standing(1), planner.offers).order_by.tolist() == [-3]


def held(quantity, *, value_max=1e9, quantity_max=10**9, phase=Phase.MATURE, needed=None):
    """Why a transfer to the lower of two places waits: units at two each, `needed` of which `quantity` is there."""
    planner = tree_of([-1, 0], [9, 9], lead_days=5, rate=0.1)
    column = {"needed": needed or quantity, "quantity": quantity}
    needs = Needs(**{one.name: np.array([0, column.get(one.name, 0)]) for one in fields(Needs)})
    limits = SimpleNamespace(
        release_value_max=np.full(2, value_max),
        release_quantity_max=np.full(2, quantity_max),
        phase=np.full(2, PHASES.index(phase)),
    )
    [reason] = hold_back(np.array([1]), planner.steps[0], needs, planner.offers, limits)
    return None if reason < 0 else HELD[reason]


def test_what_reaches_a_limit_goes_by_itself_and_what_passes_it_waits():
    assert held(5, value_max=10.0) is None
    assert held(5, value_max=9.99) is Held.OVER_LIMIT
    assert held(5, quantity_max=5) is None
    assert held(5, quantity_max=4) is Held.OVER_LIMIT


def test_what_goes_now_counts_against_the_limit_and_not_what_is_still_wanted():
    assert held(5, quantity_max=5, needed=50) is None
    assert held(0, needed=50) is Held.SHORT_AT_SOURCE


def test_what_is_bought_no_more_is_moved_as_ever():
    assert held(5, phase=Phase.LAST_TIME_BUY) is None
