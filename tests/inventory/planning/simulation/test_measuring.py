"""What days come to: in lines and money over all parts, in units only where they are counted alike."""

import numpy as np
import pytest

from inventory.planning.days import holding, replayed, simulate, upwards
from inventory.planning.simulation import Groups, Measured
from tests.inventory.planning.days.places import table, tree_of

PIECE, GRAM = 0, 1
CHAIN = [-1, 0]
PRICE = 2.0
"""Of a unit of each place of a `tree_of`."""


def figures(planner, asked, *, units=None, tiers=None, shelves=None, warm_up=0):
    """What days come to, by tier and for all, with every place of one class; asked is (places, days)."""
    n = len(planner.parent)
    none = np.zeros(n, dtype=np.int64)
    tier = none if tiers is None else np.array(tiers)
    unit = none if units is None else np.array(units)
    groups = Groups(("upper", "lower"), ("A",), ("piece", "g"), tier, none, unit)
    measured = Measured(groups, planner.offers, np.full(n, np.nan))
    for day in simulate(planner, replayed(asked), days=asked.shape[1], shelves=shelves, routing=upwards):
        if day.day >= warm_up:
            measured.add(day)
    return {one.tier: one for one in measured.figures() if one.abc is None}


def empty(n):
    return holding(np.zeros(n, dtype=np.int64))


def coming(n, **by_day):
    """Empty shelves to the first of which units come: `coming(2, d3=5)`."""
    shelves = empty(n)
    for day, units in by_day.items():
        shelves.await_(np.array([0]), np.array([units]), np.array([int(day[1:])]))
    return shelves


def test_grams_and_pieces_are_not_added_up_but_their_lines_and_their_worth_are():
    planner = tree_of([-1, -1], [4, 4_000], lead_days=5, rate=0.1)
    asked = table(2, 1, r0={0: 1}, r1={0: 3_000})
    found = figures(planner, asked, units=[PIECE, GRAM], tiers=[0, 1])
    whole, pieces, grams = found[None], found["upper"], found["lower"]
    assert (whole.unit, whole.asked, whole.unit_fill, whole.stock, whole.transferred, whole.ordered) == (None,) * 6
    assert (whole.lines, whole.fill, whole.asked_value) == (2, 1.0, 3_001 * PRICE)
    assert (pieces.unit, pieces.asked, pieces.stock) == ("piece", 1, 3.0)
    assert (grams.unit, grams.asked, grams.stock) == ("g", 3_000, 1_000.0)


def test_a_line_is_met_only_in_full_and_by_whom_it_was_meant_to_be():
    planner = tree_of(CHAIN, [5, 2], lead_days=9, rate=0.1)
    asked = table(2, 3, r1={0: 2, 1: 1, 2: 9})
    lower = figures(planner, asked, tiers=[0, 1])["lower"]
    assert (lower.lines, lower.fill, lower.same_day) == (3, pytest.approx(1 / 3), pytest.approx(2 / 3))
    assert lower.unit_fill == pytest.approx(2 / 12)


def test_a_line_waits_until_all_of_it_is_there():
    planner = tree_of([-1], [0], lead_days=99, rate=0.1)
    whole = figures(planner, table(1, 6, r0={0: 3}), shelves=coming(1, d2=2, d5=1))[None]
    assert (whole.wait_mean, whole.wait_95, whole.wait_longest, whole.waiting) == (5.0, 5, 5, 0)


def test_who_still_waits_at_the_end_counts_with_the_days_so_far():
    planner = tree_of([-1], [0], lead_days=99, rate=0.1)
    whole = figures(planner, table(1, 10, r0={1: 1, 3: 1, 9: 1}), shelves=coming(1, d2=1))[None]
    assert (whole.lines, whole.waiting) == (3, 2)
    assert (whole.wait_longest, whole.wait_mean) == (7, pytest.approx((1 + 7 + 1) / 3))


def test_what_was_served_before_the_days_that_count_waits_in_none_of_them():
    planner = tree_of([-1], [0], lead_days=99, rate=0.1)
    asked = table(1, 6, r0={0: 1, 1: 1, 5: 1})
    whole = figures(planner, asked, shelves=coming(1, d1=1, d4=1, d5=1), warm_up=3)[None]
    assert (whole.lines, whole.wait_longest, whole.wait_mean) == (1, 3, 1.5)


def test_waits_are_told_by_line_however_many_units_it_has():
    planner = tree_of([-1, -1], [100, 0], lead_days=99, rate=0.1)
    asked = table(2, 4, r0={0: 90}, r1={0: 1})
    shelves = holding(np.array([90, 0]))
    whole = figures(planner, asked, shelves=shelves)[None]
    assert (whole.wait_mean, whole.wait_95) == (2.0, 4)


def test_transfers_and_orders_are_told_in_lines_and_in_money_where_they_go_to():
    planner = tree_of(CHAIN, [50, 4], lead_days=1, rate=0.1, lot=4)
    asked = table(2, 3, r1={0: 4})
    found = figures(planner, asked, tiers=[0, 1])
    upper, lower = found["upper"], found["lower"]
    assert (lower.transfers, lower.transfer_value, lower.transferred, lower.orders) == (1, 4 * PRICE, 4, 0)
    assert (upper.transfers, upper.orders, upper.ordered, upper.order_value) == (0, 1, 4, 4 * PRICE)
    assert (lower.went_by_itself, upper.went_by_itself) == (1.0, None)


def test_nothing_asked_for_tells_no_service():
    found = figures(tree_of([-1], [3], lead_days=2, rate=0.1), table(1, 2))[None]
    assert (found.lines, found.fill, found.same_day, found.wait_mean, found.wait_95, found.wait_longest) == (
        (0, None, None, None, None, None)
    )
