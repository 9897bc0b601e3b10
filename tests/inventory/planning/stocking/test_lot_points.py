"""When a lot is ordered that takes the place of a base stock: as late as leaves nobody served worse, and no later."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.planning import stocking
from inventory.planning.stocking.lot_points import point_for_lot
from inventory.planning.stocking.metric import start_of
from tests.inventory.planning.stocking.worked import unhurried

UNITS = np.arange(1_500)
means, ratios = st.floats(0.02, 30.0), st.floats(1.0, 3.0)
stocks, lots = st.integers(1, 45), st.integers(1, 120)


def column(*figures, kind=float):
    return np.array(figures, dtype=kind)


def point(mean, ratio, stock, lot):
    lump = column((ratio + 1) / 2)
    found = point_for_lot(column(mean), column(mean * ratio), lump, column(stock, kind=int), column(lot, kind=int))
    return int(found[0])


def squares_owed(mean, ratio):
    """E[((X - s)+)^2] of s = 0, 1, ..., by adding up."""
    chance, first, slope = (float(one[0]) for one in start_of(column(mean), column(mean * ratio)))
    chances = [chance]
    for unit in range(len(UNITS) - 1):
        chances.append(chances[-1] * (first + slope * unit) / (unit + 1))
    return [float(np.maximum(UNITS - stock, 0) ** 2 @ np.array(chances)) for stock in range(200)]


@unhurried
@given(means, ratios, stocks, lots)
def test_it_is_the_least_at_which_the_squares_of_what_is_owed_are_no_more(mean, ratio, stock, lot):
    squares = squares_owed(mean, ratio)
    found = point(mean, ratio, stock, lot)
    allowed = squares[stock] * (1 + 2e-9) + 1e-13
    if found < stock - 1:
        assert np.mean(squares[found + 1 : found + lot + 1]) <= allowed
    if found > 0:
        assert np.mean(squares[found : found + lot]) > squares[stock] * (1 - 1e-9) - 1e-13


@unhurried
@given(means, ratios, stocks, lots)
def test_no_more_is_owed_than_with_the_base_stock(mean, ratio, stock, lot):
    found = point(mean, ratio, stock, lot)
    demand = column(mean), column(mean * ratio)
    in_lots = stocking.back_orders_in_lots(*demand, column(found, kind=int), column(lot, kind=int))
    assert in_lots <= stocking.expected_back_orders(*demand, column(stock)) * (1 + 1e-6) + 1e-9


@unhurried
@given(st.floats(0.02, 3_000.0), ratios, st.floats(0.3, 2.0), lots)
def test_a_larger_lot_is_never_ordered_sooner_and_none_sooner_than_the_base_stock(mean, ratio, share, lot):
    stock = max(int(mean * share), 1)
    found = [point(mean, ratio, stock, one) for one in (1, lot, lot + 1, 3 * lot)]
    assert found == sorted(found, reverse=True)
    assert 0 <= found[-1] <= found[0] <= stock - 1


@pytest.mark.parametrize(("mean", "stock"), [(0.5, 2), (12.0, 15), (30.0, 33), (90.0, 99), (4_000.0, 4_100)])
def test_a_lot_of_one_is_the_base_stock(mean, stock):
    assert point(mean, 1.0, stock, 1) == stock - 1


def test_large_demands_are_read_as_normal():
    """At the border between the two readings they come to the same."""
    counted, normal = (point(mean, 1.0, 46, 60) for mean in (39.999, 40.001))
    assert abs(counted - normal) <= 1
    assert normal < 42


@pytest.mark.parametrize(("stock", "lot"), [(80, 30), (99, 60), (110, 80)])
def test_a_large_demand_is_found_as_late_as_by_adding_up(stock, lot):
    squares = squares_owed(90.0, 1.2)
    exact = next(r for r in range(stock) if np.mean(squares[r + 1 : r + lot + 1]) <= squares[stock])
    assert abs(point(90.0, 1.2, stock, lot) - exact) <= 1


def test_a_wide_demand_is_counted_in_several_units_and_found_about_as_late():
    squares = squares_owed(30.0, 9.0)
    found = point(30.0, 9.0, 60, 100)
    exact = next(r for r in range(60) if np.mean(squares[r + 1 : r + 101]) <= squares[60])
    assert abs(found - exact) <= 2


def test_every_place_is_answered_as_if_it_were_alone():
    draw = np.random.default_rng(4)
    mean = np.r_[draw.gamma(0.5, 4.0, 3_000), draw.gamma(2.0, 60.0, 200)]
    ratio = 1 + draw.gamma(1.0, 3.0, len(mean))
    stock, lot = np.ceil(mean * 1.5).astype(int), draw.integers(1, 90, len(mean))
    together = point_for_lot(mean, mean * ratio, (ratio + 1) / 2, stock, lot)
    some = range(0, len(mean), 40)
    assert [point(mean[row], ratio[row], stock[row], lot[row]) for row in some] == together[some].tolist()


def served(point, lot, *, rate, lead, transit, stocks, days=40_000.0):
    """The share met at once at places below one that orders lots, and what lies there on average, played through.

    Order k of the place above is filled by the units it began with, or by the lot that a whole number of lots before
    asked for; order k of one below by its own order so many before as it has stock.
    """
    draw = np.random.default_rng(8)
    asked = [np.sort(draw.uniform(0, days, draw.poisson(rate * days))) for _ in stocks]
    at, place = np.concatenate(asked), np.repeat(np.arange(len(stocks)), [len(one) for one in asked])
    order = np.argsort(at)
    at, place = at[order], place[order]
    number = np.arange(1, len(at) + 1)
    filled_by = -(-(number - point - lot) // lot) * lot
    released = np.where(filled_by > 0, np.maximum(at, at[np.maximum(filled_by, 1) - 1] + lead), at)
    met = 0
    for one, stock in enumerate(stocks):
        mine = np.flatnonzero(place == one)
        met += stock + np.count_nonzero(released[mine[:-stock]] + transit <= at[mine[stock:]])
    waiting = float((released - at).sum()) / days
    return met / len(at), point + (lot + 1) / 2 - rate * len(stocks) * lead + waiting


@pytest.mark.parametrize(("rate", "places", "stock", "lot"), [(0.05, 8, 30, 30), (0.05, 8, 30, 100), (0.02, 3, 6, 12)])
def test_those_below_are_served_as_well_as_by_the_base_stock_with_less_than_a_lot_above_it(rate, places, stock, lot):
    town = {"rate": rate, "lead": 60.0, "transit": 3.0, "stocks": [3] * places}
    fill, _ = served(stock - 1, 1, **town)
    _, above = served(stock - 1, lot, **town)
    in_lots, lying = served(point(rate * places * 60.0, 1.0, stock, lot), lot, **town)
    assert in_lots >= fill - 0.001
    assert lying < above - 1.5
