"""How much to buy: minimum, packs, price breaks, joint orders."""

from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inventory.procurement import (
    PriceBreak,
    WantedLine,
    bundle,
    choose_quantity,
    purchase_quantities,
    purchase_quantity,
)

TODAY = date(2026, 3, 2)
TEN, NINE, EIGHT = PriceBreak(1, Decimal(10)), PriceBreak(100, Decimal(9)), PriceBreak(500, Decimal(8))


@pytest.mark.parametrize(
    ("need", "moq", "pack", "quantity"),
    [(0, 10, 5, 0), (-4, 1, 1, 0), (1, 1, 1, 1), (1, 10, 1, 10), (11, 10, 5, 15), (12, 10, 12, 12), (3, 10, 12, 12)],
)
def test_a_need_is_covered_in_whole_packs_and_no_less_than_the_minimum(need, moq, pack, quantity):
    assert purchase_quantity(need, moq, pack) == quantity


@given(st.integers(-5, 10_000), st.integers(1, 500), st.integers(1, 200))
@settings(max_examples=200, deadline=None)
def test_it_is_the_least_quantity_that_does_and_the_same_for_arrays(need, moq, pack):
    quantity = purchase_quantity(need, moq, pack)
    if need > 0:
        assert quantity >= max(need, moq)
        assert quantity % pack == 0
        assert quantity - pack < max(need, moq)
    assert purchase_quantities(np.array([need]), np.array([moq]), np.array([pack])).tolist() == [quantity]


def test_a_break_is_taken_when_the_whole_becomes_cheaper():
    chosen = choose_quantity(95, 1, 1, [TEN, NINE, EIGHT])
    assert (chosen.quantity, chosen.price, chosen.amount) == (100, Decimal(9), Decimal(900))


def test_a_break_that_would_cost_more_in_all_is_left():
    chosen = choose_quantity(80, 1, 1, [NINE, EIGHT, TEN])
    assert (chosen.quantity, chosen.price) == (80, Decimal(10))


def test_a_break_inside_a_pack_is_reached_by_the_next_whole_pack():
    chosen = choose_quantity(96, 1, 12, [TEN, PriceBreak(100, Decimal(8))])
    assert (chosen.quantity, chosen.price) == (108, Decimal(8))


def test_without_need_or_price_nothing_is_chosen():
    assert choose_quantity(0, 1, 1, [TEN]) is None
    assert choose_quantity(5, 1, 1, []) is None


def test_a_scale_that_begins_higher_lifts_the_quantity_to_its_first_break():
    assert choose_quantity(5, 1, 1, [NINE]).quantity == 100


def wanted(part_id, amount, days):
    return WantedLine(part_id, Decimal(amount), TODAY + timedelta(days=days))


def test_nothing_is_ordered_while_nothing_is_due():
    assert bundle([wanted(1, 50, 1)], minimum=Decimal(0), today=TODAY).lines == ()


def test_what_is_due_is_filled_up_to_the_minimum_soonest_first():
    lines = [wanted(1, 50, 0), wanted(2, 500, 9), wanted(3, 60, 2), wanted(4, 70, 5)]
    joint = bundle(lines, minimum=Decimal(150), today=TODAY)
    assert ([line.part_id for line in joint.lines], joint.missing) == ([1, 3, 4], 0)


def test_a_minimum_met_takes_nothing_along():
    joint = bundle([wanted(1, 200, -1), wanted(2, 10, 1)], minimum=Decimal(150), today=TODAY)
    assert [line.part_id for line in joint.lines] == [1]


def test_what_a_minimum_still_lacks_is_told():
    assert bundle([wanted(1, 50, 0)], minimum=Decimal(150), today=TODAY).missing == 100
