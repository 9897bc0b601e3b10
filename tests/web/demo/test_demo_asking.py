"""Three years of demand: every unit a region needed is somebody's, and what the stock tells of is among it."""

from datetime import date

import numpy as np
import pytest

from web.demo.asking import ALL_MONTHS, DAYS, AskedDays, deal_demand
from web.demo.demand import EARLIER_MONTHS, Demand, draw_demand, follow_the_year, read_series
from web.demo.history import MONTH_DAYS
from web.demo.scales import SMALL
from web.demo.stock import Network, Stock, work_out
from web.demo.vocabulary import SUMMER

PARTS = 120
NETWORK = Network(2, np.array([0, 0, 1]), np.array([0, 0, 1, 1, 2, 2, 2]))


@pytest.fixture(scope="module")
def demand() -> Demand:
    return draw_demand(PARTS, len(NETWORK.central_of), np.random.default_rng(5))


@pytest.fixture(scope="module")
def stock(demand: Demand) -> Stock:
    return work_out(NETWORK, demand, SMALL, np.random.default_rng(6), left_out=np.arange(PARTS) == 17)


@pytest.fixture(scope="module")
def asked(demand: Demand, stock: Stock) -> AskedDays:
    return deal_demand(NETWORK, demand, stock, 1.0, np.random.default_rng(7))


def test_every_unit_that_a_region_needed_is_asked_for_by_one_of_its_centres(demand: Demand, asked: AskedDays) -> None:
    needed = demand.earlier.sum(axis=2, dtype=int) + demand.monthly.sum(axis=2, dtype=int)
    told = np.zeros_like(needed)
    np.add.at(told, (asked.part, NETWORK.centre_of[asked.station]), asked.quantity)
    np.testing.assert_array_equal(told, needed)


def test_what_the_stock_tells_of_is_asked_for_in_its_month(stock: Stock, asked: AskedDays) -> None:
    monthly = np.zeros((PARTS, len(NETWORK.centre_of), ALL_MONTHS), dtype=np.int64)
    upto = np.minimum((asked.day + 1) / MONTH_DAYS, ALL_MONTHS - 1).astype(int)  # a day may lie in two months
    np.add.at(monthly, (asked.part, asked.station, upto), asked.quantity)
    np.add.at(monthly, (asked.part, asked.station, (asked.day / MONTH_DAYS).astype(int)), asked.quantity)
    told = stock.asked
    assert len(told.part) > 100
    assert (monthly[told.part, told.station, told.month + EARLIER_MONTHS] >= told.quantity).all()


def test_each_part_centre_and_day_is_told_once_and_in_order(asked: AskedDays) -> None:
    keys = list(zip(asked.part, asked.station, asked.day, strict=True))
    assert keys == sorted(set(keys))
    assert 0 <= asked.day.min() <= asked.day.max() < DAYS


def test_the_two_years_before_are_months_of_the_same_series(demand: Demand) -> None:
    real = {
        tuple(run) for row in read_series() for run in np.lib.stride_tricks.sliding_window_view(np.r_[row, row], 24)
    }
    assert all(tuple(run) in real for run in demand.earlier[:20].reshape(-1, EARLIER_MONTHS))


def test_a_share_tells_of_some_regions_only(demand: Demand, stock: Stock) -> None:
    some = deal_demand(NETWORK, demand, stock, 0.0, np.random.default_rng(7))
    assert some.quantity.sum() == stock.asked.quantity.sum()


def test_parts_of_divisions_with_a_season_follow_it_and_the_others_are_as_drawn(demand: Demand) -> None:
    seasons = [SUMMER if part % 2 else None for part in range(PARTS)]
    ends = date(2026, 9, 30)
    followed = follow_the_year(demand, seasons, until=ends, rng=np.random.default_rng(3))
    whole, drawn = (np.concatenate([one.earlier, one.monthly], axis=2).sum(axis=1) for one in (followed, demand))
    assert (whole[::2] == drawn[::2]).all()
    assert followed.earlier.dtype == followed.monthly.dtype == demand.monthly.dtype
    month = np.array([(8 - back) % 12 for back in range(35, -1, -1)])
    for of_year, factor in enumerate(SUMMER):
        asked = whole[1::2][:, month == of_year].sum() / drawn[1::2][:, month == of_year].sum()
        assert asked == pytest.approx(factor, rel=0.1)
