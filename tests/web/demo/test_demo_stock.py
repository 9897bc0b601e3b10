"""The year of stock adds up at every warehouse, and follows the demand."""

import numpy as np
import pytest

from web.demo.demand import MONTHS, Demand, draw_demand, read_series
from web.demo.scales import SMALL
from web.demo.stock import Network, Positions, Stock, season_of, work_out

PARTS = 300
LEFT_OUT = np.arange(PARTS) == 17
NETWORK = Network(2, np.array([0, 0, 1, 1]), np.array([0, 0, 1, 1, 2, 2, 3, 3, 3]))


@pytest.fixture(scope="module")
def demand() -> Demand:
    return draw_demand(PARTS, len(NETWORK.central_of), np.random.default_rng(5))


@pytest.fixture(scope="module")
def stock(demand: Demand) -> Stock:
    return work_out(NETWORK, demand, SMALL, np.random.default_rng(6), left_out=LEFT_OUT)


def test_only_series_without_gaps_are_drawn_from() -> None:
    series = read_series()
    assert series.shape == (2509, 51)
    assert (series == 0).mean() == pytest.approx(0.74, abs=0.03)


def test_a_year_of_demand_is_a_run_of_a_real_series(demand: Demand) -> None:
    real = {tuple(run) for row in read_series() for run in np.lib.stride_tricks.sliding_window_view(row, MONTHS)}
    assert all(tuple(year) in real for year in demand.monthly[:20].reshape(-1, MONTHS))


def test_a_popular_part_is_needed_more_everywhere(demand: Demand) -> None:
    by_region = demand.monthly.sum(axis=2)
    popular, unpopular = demand.popularity < PARTS * 0.2, demand.popularity > PARTS * 0.8
    assert (by_region[popular].mean(axis=0) > 3 * by_region[unpopular].mean(axis=0)).all()


def test_the_same_seed_draws_the_same_demand(demand: Demand) -> None:
    again = draw_demand(PARTS, len(NETWORK.central_of), np.random.default_rng(5))
    assert (again.monthly == demand.monthly).all()


@pytest.mark.parametrize("tier", ["central", "centre", "station"])
def test_a_warehouse_has_each_lot_once_and_never_less_than_nothing(stock: Stock, tier: str) -> None:
    positions: Positions = getattr(stock, tier)
    keys = list(zip(positions.site, positions.part, positions.season, strict=True))
    assert keys == sorted(set(keys))
    assert (positions.left >= 0).all()
    assert (positions.received >= positions.left).all()
    assert (positions.received > 0).all()


@pytest.mark.parametrize(
    ("above", "below", "parent"), [("central", "centre", "central_of"), ("centre", "station", "centre_of")]
)
def test_what_a_warehouse_got_was_sent_from_its_parents_lot(stock: Stock, above: str, below: str, parent: str) -> None:
    sender: Positions = getattr(stock, above)
    receiver: Positions = getattr(stock, below)
    assert (sender.site[receiver.above] == getattr(NETWORK, parent)[receiver.site]).all()
    assert (sender.part[receiver.above] == receiver.part).all()
    assert (sender.season[receiver.above] == receiver.season).all()
    sent = np.zeros(len(sender.site), dtype=np.int64)
    np.add.at(sent, receiver.above, receiver.received)
    assert (sender.received == sent + sender.left).all()


def test_what_was_used_had_been_received(stock: Stock) -> None:
    used = np.zeros(len(stock.station.site), dtype=np.int64)
    np.add.at(used, stock.usage.position, stock.usage.quantity)
    assert (stock.station.received == used + stock.station.left).all()
    assert (stock.station.season[stock.usage.position] <= season_of(stock.usage.month)).all()


def test_no_region_uses_more_of_a_part_in_a_month_than_was_needed_there(stock: Stock, demand: Demand) -> None:
    used = np.zeros((PARTS, len(NETWORK.central_of), MONTHS), dtype=np.int64)
    region = NETWORK.centre_of[stock.station.site[stock.usage.position]]
    np.add.at(used, (stock.station.part[stock.usage.position], region, stock.usage.month), stock.usage.quantity)
    assert (used <= demand.monthly).all()
    assert used.sum() > 0


def test_first_in_first_out_leaves_no_older_lot_where_a_younger_one_was_taken_from(stock: Stock) -> None:
    for positions in (stock.central, stock.centre, stock.station):
        taken_until = {
            (site, part): season
            for site, part, season, gone in zip(
                positions.site, positions.part, positions.season, positions.received - positions.left, strict=True
            )
            if gone > 0
        }
        left = positions.left > 0
        for site, part, season in zip(positions.site[left], positions.part[left], positions.season[left], strict=True):
            assert season >= taken_until.get((site, part), 0)


def test_the_least_popular_part_in_a_hundred_is_nowhere_nor_what_is_left_out(stock: Stock, demand: Demand) -> None:
    nowhere = set(range(PARTS)) - set(stock.central.part.tolist())
    assert nowhere == {17, *np.flatnonzero(demand.popularity >= PARTS * 0.99).tolist()}
