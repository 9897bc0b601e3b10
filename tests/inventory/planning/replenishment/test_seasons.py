"""The season of parts: learned of divisions, put into what places are asked for, and bought for before it comes."""

from datetime import date
from decimal import Decimal

import numpy as np
import pytest
from sqlalchemy import select, update

from inventory.planning import demand
from inventory.planning.forecasting.seasons import YEAR
from inventory.planning.policies import PlanningSetting, read_policy_book
from inventory.planning.replenishment import LotReason, StockLevel, tell_lots
from inventory.planning.replenishment.seasons import NO_SEASON, Seasons, learn_seasons, seasons_of
from tests.given.catalogue import division, part
from tests.given.demand import asked
from tests.given.planning import plan, three_tiers

HOT = np.array([0.5, 0.5, 0.5, 0.5, 1.0, 2.0, 2.5, 2.5, 1.0, 0.5, 0.25, 0.25])
SPRING, AUTUMN = date(2026, 5, 4), date(2026, 9, 7)
DAYS_OF_MONTHS = [date(2022 + month // 12, month % 12 + 1, 10) for month in range(56)]
"""A day in each month of four years and eight months, up to August 2026."""


def hot(*part_ids: int) -> Seasons:
    return Seasons(np.array(part_ids), np.tile(HOT, (len(part_ids), 1)))


def test_a_delivery_within_the_month_faces_the_month_alone():
    this_month, season = hot(1).ahead(np.array([1]), np.array([5.0]), on=date(2026, 6, 1))
    assert this_month.tolist() == [2.0]
    assert season.tolist() == [1.0]


def test_what_comes_until_a_delivery_is_counted_day_by_day():
    this_month, season = hot(1).ahead(np.array([1, 1]), np.array([31.0 + 30, 31.0 + 30 + 10]), on=date(2026, 5, 1))
    assert this_month.tolist() == [1.0, 1.0]
    assert season == pytest.approx([(31 + 2 * 30) / 61, (31 + 2 * 30 + 2.5 * 10) / 71])


def test_a_year_ahead_has_all_seasons_in_it():
    _, season = hot(1).ahead(np.array([1]), np.array([2_000.0]), on=date(2026, 7, 1))
    assert season[0] == pytest.approx(1 / 2.5, rel=0.03)


def test_days_of_a_week_look_as_far_ahead():
    monday, sunday = (hot(1).ahead(np.array([1]), np.array([40.0]), on=date(2026, 6, day)) for day in (8, 14))
    assert monday[1].tolist() == sunday[1].tolist()


def test_a_week_that_began_last_month_counts_from_this_month_on():
    this_month, season = hot(1).ahead(np.array([1]), np.array([10.0]), on=date(2026, 7, 1))
    assert this_month.tolist() == [2.5]
    assert season.tolist() == [1.0]


def test_a_part_without_a_season_has_none_to_the_bit_though_another_beside_it_has_one():
    beside = Seasons(np.array([1, 2]), np.stack([np.ones(YEAR), HOT]))
    days = np.random.default_rng(2).uniform(0.1, 300.0, 2_000)
    this_month, season = beside.ahead(np.ones(2_000, np.int64), days, on=date(2026, 6, 17))
    assert set(this_month.tolist()) == set(season.tolist()) == {1.0}


def history_of(session, network, kind, monthly, *, months=DAYS_OF_MONTHS):
    """Parts of a kind asked for at the stations as the months say, more in some years than in others."""
    parts = [part(session, division=kind) for _ in range(6)]
    rng = np.random.default_rng(4)
    for one in parts:
        for on in months:
            for station in network.stations:
                quantity = int(rng.poisson(monthly[on.month - 1]))
                if quantity:
                    asked(session, station, one, on, quantity)
    session.flush()
    return parts


@pytest.fixture
def town(session):
    """Air conditioners with a summer, beside fridges without one."""
    network = three_tiers(session, 3)
    cooling, fridges = division(session), division(session, "AIRCON")
    return (
        network,
        history_of(session, network, cooling, 3 * HOT),
        history_of(session, network, fridges, np.full(12, 3.0)),
    )


def test_a_division_has_its_own_season_and_the_next_one_none(session, town):
    _, hot_parts, level_parts = town
    book = read_policy_book(session, on=SPRING)
    matrix = demand.read_matrix(session, on=SPRING, months=60)
    learned = learn_seasons(matrix, book, np.ones(len(matrix.part_ids)))
    division_of = dict(zip(book.parts.ids.tolist(), book.parts.division.tolist(), strict=True))
    np.testing.assert_allclose(learned[division_of[hot_parts[0].id]], HOT, atol=0.35)
    assert (learned[division_of[level_parts[0].id]] == 1).all()


def test_parts_of_a_division_share_its_season_whatever_they_are_counted_in(session, town):
    _, hot_parts, _ = town
    book = read_policy_book(session, on=SPRING)
    matrix = demand.read_matrix(session, on=SPRING, months=60)
    grams = np.isin(matrix.part_ids, [hot_parts[0].id])
    matrix.quantity[grams] = 50_000.0
    weighed = learn_seasons(matrix, book, np.ones(len(matrix.part_ids)))
    division_of = dict(zip(book.parts.ids.tolist(), book.parts.division.tolist(), strict=True))
    assert weighed[division_of[hot_parts[0].id]].max() > 1.8


def test_what_has_no_season_is_left_as_it_is(session, town):
    book = read_policy_book(session, on=SPRING)
    matrix = demand.read_matrix(session, on=SPRING, months=12)
    seasons = seasons_of(matrix, matrix.part_ids, book, NO_SEASON)
    assert seasons.none
    assert seasons.taken_off(matrix) is matrix


def test_before_summer_more_is_held_than_before_winter_of_what_is_asked_for_then(session, town):
    network, hot_parts, level_parts = town
    held = {}
    for on in (SPRING, AUTUMN):
        plan(session, on=on)
        stands = [session.get(StockLevel, (one.id, network.central.id)) for one in (*hot_parts, *level_parts)]
        held[on] = [one.order_up_to if one else 0 for one in stands]
    ours = len(hot_parts)
    assert sum(held[SPRING][:ours]) > 1.5 * sum(held[AUTUMN][:ours])
    assert sum(held[SPRING][ours:]) == pytest.approx(sum(held[AUTUMN][ours:]), rel=0.15)


def test_a_run_tells_the_seasons_that_it_goes_by(session, town):
    run = plan(session, on=SPRING)
    told = np.array(run.constants["seasons"])
    assert told.shape[1] == YEAR
    assert (told != 1).any(axis=1).sum() == 1


def test_what_is_expected_of_a_month_is_of_that_month(session, town):
    network, hot_parts, _ = town
    plan(session, on=date(2026, 6, 1))
    summer = [session.get(StockLevel, (one.id, network.central.id)).daily_mean for one in hot_parts]
    plan(session, on=date(2026, 4, 6))
    session.expire_all()
    spring = [session.get(StockLevel, (one.id, network.central.id)).daily_mean for one in hot_parts]
    assert sum(summer) > 2.5 * sum(spring)


def test_a_lot_of_a_season_follows_from_what_is_kept_with_its_level(session, town):
    network, hot_parts, _ = town
    session.execute(update(PlanningSetting).values(order_cost=Decimal(3)))
    plan(session, on=date(2026, 7, 6))
    levels = [session.get(StockLevel, (one.id, network.central.id)) for one in hot_parts]
    assert sum(one.daily_mean for one in levels) > 2 * sum(one.year_mean for one in levels)
    places = session.execute(select(StockLevel.part_id, StockLevel.warehouse_id).where(StockLevel.order_up_to > 0))
    lots = tell_lots(session, [tuple(row) for row in places])
    assert lots.keys() >= {(one.part_id, one.warehouse_id) for one in levels}
    assert LotReason.KEPT not in {lot.reason for lot in lots.values()}
