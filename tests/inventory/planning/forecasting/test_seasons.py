"""Seasons are told where demand clearly follows the year, and nowhere else."""

import numpy as np
import pytest

from inventory.planning.forecasting import Question, evaluate
from inventory.planning.forecasting.seasons import LEAST, MOST, season_of, season_within, without

SUMMER = 1 + 0.8 * np.sin(2 * np.pi * (np.arange(12) - 3) / 12)


def months(periods: int) -> np.ndarray:
    return np.arange(periods) % 12


def drawn(series: int, periods: int, season: np.ndarray, *, rate: float = 20.0, seed: int = 3) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return rng.poisson(rate * season[months(periods)], (series, periods)).astype(np.float64)


def test_a_clear_season_is_told_as_it_is() -> None:
    told = season_of(drawn(1, 60, SUMMER, rate=2_000), months(60))
    np.testing.assert_allclose(told[0], SUMMER, atol=0.03)


def test_demand_without_a_season_has_ones() -> None:
    told = season_of(drawn(2_000, 60, np.ones(12), rate=1.0), months(60))
    assert (told != 1).any(axis=1).mean() < 0.002


def test_growth_is_not_taken_for_a_season() -> None:
    growing = 100.0 * (1 + np.arange(48) / 12) + np.random.default_rng(1).normal(0, 5, 48)
    assert (season_of(growing[None], months(48)) == 1).all()


def test_a_season_is_told_beside_growth() -> None:
    growing = 1_000.0 * (1 + np.arange(48) / 48) * SUMMER[months(48)]
    told = season_of(growing[None], months(48))[0]
    assert told.argmax() == SUMMER.argmax()
    np.testing.assert_allclose(told, SUMMER, atol=0.2)


def test_a_year_of_history_tells_no_season() -> None:
    assert (season_of(drawn(1, 23, SUMMER, rate=2_000), months(23)) == 1).all()


def test_a_few_demands_in_one_month_of_the_year_are_no_season() -> None:
    history = np.zeros((1, 48))
    history[0, 5::12] = 1
    assert (season_of(history, months(48)) == 1).all()


def test_months_that_are_not_known_count_for_nothing() -> None:
    history = drawn(1, 60, SUMMER, rate=2_000)
    history[0, :13] = np.nan
    history[0, 30] = np.nan
    np.testing.assert_allclose(season_of(history, months(60))[0], SUMMER, atol=0.04)


def test_no_season_leaves_its_bounds() -> None:
    peak = np.array([0.0] * 5 + [1.5, 9.0, 1.5] + [0.0] * 4)
    told = season_of(drawn(1, 60, peak, rate=1_000), months(60), known_min=24)[0]
    assert told.min() == LEAST
    assert told.max() == MOST


def test_a_series_that_departs_clearly_has_its_own_season_and_the_others_their_group_s() -> None:
    winter = SUMMER[(np.arange(12) + 6) % 12]
    history = np.concatenate([drawn(30, 48, SUMMER, rate=2.0), drawn(1, 48, winter, rate=200.0)])
    group = season_of(drawn(1, 48, SUMMER, rate=2_000), months(48))
    told = season_within(history, months(48), np.repeat(group, 31, axis=0))
    assert (told[:30] == group[0]).all(axis=1).sum() >= 29
    assert told[30].argmax() == winter.argmax()


def test_a_series_is_told_the_same_whatever_stands_beside_it() -> None:
    history = drawn(70, 48, SUMMER, rate=5.0)
    together = season_of(history, months(48))
    alone = np.concatenate([season_of(row[None], months(48)) for row in history])
    assert together.tobytes() == alone.tobytes()


def test_demand_without_its_season_is_level() -> None:
    history = drawn(1, 48, SUMMER, rate=5_000)
    level = without(history, SUMMER[None], months(48))
    assert level.std() / level.mean() < 0.05


def test_without_a_season_demand_is_left_as_it_is() -> None:
    history = drawn(2, 24, SUMMER)
    assert without(history, np.ones((2, 12)), months(24)) is history


@pytest.mark.parametrize("lead", [1, 3])
def test_the_product_follows_a_season_and_needs_less_stock_for_the_same_fill(lead: int) -> None:
    history = drawn(60, 60, SUMMER, rate=3.0)
    told = {one.method: one for one in evaluate(history, Question(lead_months=lead), only=("ses", "product"))}
    product, ses = told["product"], told["ses"]
    assert (product.rmsse or 9) < 0.85 * (ses.rmsse or 0)
    assert (product.stock_months or 9) < 0.8 * (ses.stock_months or 0)
    assert product.fill == pytest.approx(0.9, abs=0.02)
