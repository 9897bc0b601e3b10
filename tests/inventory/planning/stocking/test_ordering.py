"""How many to order: never too many, always enough where nothing forbids it, and the same in a spreadsheet."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.planning import stocking
from tests.inventory.planning.stocking.worked import unhurried

levels = st.builds(
    lambda point, more, pack, minimum, room: {
        "reorder_point": point,
        "order_up_to": point + more,
        "pack_size": pack,
        "minimum": minimum,
        "maximum": point + more + room,
    },
    st.integers(0, 500),
    st.integers(0, 300),
    st.integers(1, 40),
    st.integers(1, 100),
    st.one_of(st.integers(0, 200), st.just(stocking.NO_MAXIMUM)),
)
positions = st.integers(-200, 900)


def ordered(position, **level):
    return int(stocking.order_quantity(np.array([position]), **{name: np.array([n]) for name, n in level.items()})[0])


def computed(formula, **cells):
    """What a spreadsheet makes of a formula of these few functions."""
    functions = {
        "IF": lambda test, yes, no: yes if test else no,
        "AND": lambda *tests: all(tests),
        "MIN": min,
        "MAX": max,
        "FLOOR": lambda number, to: math.floor(number / to) * to,
        "CEILING": lambda number, to: math.ceil(number / to) * to,
    }
    return eval(formula.removeprefix("="), {"__builtins__": {}}, functions | cells)


@unhurried
@given(positions, levels)
def test_nothing_is_ordered_above_the_reorder_point(position, level):
    if position > level["reorder_point"]:
        assert ordered(position, **level) == 0


@unhurried
@given(positions, levels)
def test_an_order_never_goes_above_order_up_to_plus_packs_and_least_order(position, level):
    quantity = ordered(position, **level)
    pack = level["pack_size"]
    if quantity:
        asked = max(level["order_up_to"] - position, level["minimum"])
        assert quantity < asked + pack
        assert position + quantity <= level["maximum"]


@unhurried
@given(positions, levels)
def test_an_order_is_of_whole_packs_and_no_less_than_the_least(position, level):
    quantity = ordered(position, **level)
    assert quantity % level["pack_size"] == 0
    assert quantity == 0 or quantity >= level["minimum"]


@unhurried
@given(positions, levels)
def test_an_order_reaches_its_level_where_no_maximum_holds_it(position, level):
    level["maximum"] = stocking.NO_MAXIMUM
    if position <= level["reorder_point"] and position < level["order_up_to"]:
        assert position + ordered(position, **level) >= level["order_up_to"]


@unhurried
@given(positions, levels)
def test_a_due_order_of_nothing_is_told_apart(position, level):
    due = position <= level["reorder_point"] and position < level["order_up_to"]
    columns = {name: np.array([n]) for name, n in level.items()}
    assert stocking.blocked_by_maximum(np.array([position]), **columns)[0] == (due and ordered(position, **level) == 0)


@unhurried
@given(positions, levels)
def test_the_spreadsheet_orders_the_same(position, level):
    formula = stocking.order_formula("P1", **{name: f"{name[:9].upper()}1" for name in level})
    cells = {f"{name[:9].upper()}1": n for name, n in level.items()}
    assert "\n" not in formula
    assert computed(formula, P1=position, **cells) == ordered(position, **level)


def test_the_docstring_states_the_formula_of_the_workbook():
    names = {name: name for name in ("reorder_point", "order_up_to", "pack_size", "minimum", "maximum")}
    stated = "".join((stocking.order_quantity.__doc__ or "").split())
    assert "".join(stocking.order_formula("position", **names).split()) in stated


def test_what_a_place_owes_is_ordered_though_it_stocks_none():
    assert ordered(-3, reorder_point=0, order_up_to=0, pack_size=1, minimum=1, maximum=0) == 3


def test_a_place_that_stocks_none_and_owes_none_orders_none():
    assert ordered(0, reorder_point=0, order_up_to=0, pack_size=1, minimum=1, maximum=0) == 0


@pytest.mark.parametrize("wrong", [{"pack_size": 0}, {"minimum": 0}])
def test_an_order_without_packs_or_least_quantity_is_refused(wrong):
    level = {"reorder_point": 1, "order_up_to": 2, "pack_size": 1, "minimum": 1, "maximum": 9} | wrong
    with pytest.raises(ValueError, match="1 or more"):
        ordered(0, **level)
