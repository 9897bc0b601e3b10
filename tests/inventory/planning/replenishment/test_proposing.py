"""What orders are worth, where whole numbers of the machine would end, and what waiting with them puts at risk."""

from dataclasses import fields, replace

import numpy as np
import pytest

from inventory.planning.replenishment.positions import Positions
from inventory.planning.replenishment.proposing import VALUE_MAX, value_of, work_out_needs
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
