"""Accuracy, segments, spreads and the tournament."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.planning import forecasting
from inventory.planning.forecasting import accuracy, kernels, spreads, tournament
from tests.inventory.planning.forecasting.carparts import demand, histories, unhurried


def row(*numbers):
    return np.array([numbers], float)


def test_rmsse_divides_by_the_naive_error_before_the_test():
    scale = forecasting.scale_of(row(1, 3, 1, 3))
    assert forecasting.rmsse(row(5, 1), row(3, 3), scale) == pytest.approx([1.0])
    assert forecasting.mase(row(5, 1), row(3, 3), scale) == pytest.approx([1.0])


def test_unknown_months_count_for_nothing():
    scale = forecasting.scale_of(row(1, 3, np.nan, 1, 3))
    assert forecasting.rmsse(row(5, np.nan), row(3, 99), scale) == pytest.approx([1.0])
    assert forecasting.bias(row(4, np.nan), row(5, 99)) == pytest.approx(0.25)


def test_the_quantile_loss_weighs_a_shortage_by_the_level():
    scale = forecasting.scale_of(row(1, 3, 1))
    assert forecasting.quantile_loss(row(6), row(4), 0.9, scale) == pytest.approx([0.9])
    assert forecasting.quantile_loss(row(4), row(6), 0.9, scale) == pytest.approx([0.1])


def test_series_without_demand_or_change_before_the_test_are_not_judged():
    before = np.array([[0.0, 0, 0], [2, 2, 2], [0, 1, 0], [0, 1, 0]])
    test = np.array([[1.0], [2], [0], [np.nan]])
    assert accuracy.judged(before, test).tolist() == [False, False, True, False]


@pytest.mark.parametrize(
    ("history", "segment"),
    [
        ([3, 4, 3, 4] * 6, "smooth"),
        ([1, 9, 1, 20] * 6, "erratic"),
        ([1, 0, 0, 1] * 6, "intermittent"),
        ([1, 0, 0, 20] * 6, "lumpy"),
        ([0] * 18 + [1, 0, 2, 1, 0, 1], "young"),
        ([0] * 24, "silent"),
        ([np.nan] * 20 + [1, 1, 1, 1], "young"),
    ],
)
def test_series_fall_into_the_segments_of_the_trade(history, segment):
    (place,) = forecasting.segment_of(row(*history))
    assert forecasting.SEGMENTS[place] == segment


def test_the_power_law_is_found_again():
    mean = np.exp(np.linspace(-2, 4, 2_000))
    scale, power = spreads.fit_power_law(mean, 1.6 * mean**1.2)
    assert (scale, power) == (pytest.approx(1.6, rel=0.02), pytest.approx(1.2, abs=0.02))


def test_the_power_law_of_too_few_series_is_poisson():
    assert spreads.fit_power_law(np.ones(5), np.full(5, 9.0)) == (1, 1)


@pytest.mark.parametrize("shape", spreads.SHAPES)
def test_no_spread_is_below_poisson_and_none_is_unknown(shape):
    mean = np.array([[0.0, 0.5, 3.0]])
    known = np.array([[np.nan, 0.01, 20.0]])
    errors = spreads.Errors(known, known / 2, known / 4)
    variance = spreads.variance_of(shape, mean, errors, spreads.PowerLaw(1.6, 1.2))
    assert (variance >= mean).all()


def test_a_higher_quantile_is_never_less():
    mean, variance = np.full((1, 4), 2.0), np.array([[2.0, 4, 8, 30]])
    levels = [forecasting.quantile_of(mean, variance, level) for level in (0.5, 0.9, 0.95, 0.99)]
    assert all((low <= high).all() for low, high in pairwise(levels))
    assert levels[-1][0].tolist() == sorted(levels[-1][0].tolist())


def test_a_forecast_keeps_the_car_parts_goal_on_months_it_was_not_chosen_on():
    history = demand()[1]
    before, test = history[:, :39], history[:, 39:]
    judged = accuracy.judged(before, test)
    history, before, test = history[judged], before[judged], test[judged]
    choice = forecasting.choose(before)
    mean = forecasting.forecast(history, forecasting.segment_of(before), choice, 13).mean[:, :-1]
    assert forecasting.rmsse(test, mean, forecasting.scale_of(before)).mean() <= 0.690
    assert abs(forecasting.bias(test, mean)) <= 0.13


def test_what_is_chosen_has_not_seen_the_months_after_it():
    history = demand()[1][:600]
    later = history.copy()
    later[:, 36:] = np.random.default_rng(1).poisson(40, later[:, 36:].shape)
    assert forecasting.choose(later[:, :36]) == forecasting.choose(history[:, :36])


def test_young_series_take_what_is_best_for_all():
    choice = forecasting.choose(demand()[1][:, :39])
    places = [forecasting.SEGMENTS.index(name) for name in ("young", "silent")]
    assert len({choice.methods[place] for place in places}) == 1


def test_a_challenger_wins_only_when_it_is_clearly_better():
    trial = tournament._Trial(np.tile(row(1, 0, 1, 0, 1), (200, 1)), np.tile(row(1.0, 0.0), (200, 1)))
    near, far = (lambda group: (0.998, 0.0)), (lambda group: (0.9, 0.0))
    held = lambda group: (1.0, 0.0)  # noqa: E731
    assert trial.best({"held": held, "near": near}, 0.01)[0] == "held"
    assert trial.best({"held": held, "near": near, "far": far}, 0.01)[0] == "far"


def rising(parts):
    months = np.arange(48)
    return np.random.default_rng(3).poisson(2.0 * months, (parts, 48)).astype(float)


def test_few_series_that_all_rise_are_followed_by_a_quicker_method():
    assert set(tournament.choose(rising(40)).methods) != {tournament.CANDIDATES[0]}


def test_what_one_series_did_is_not_enough_to_choose_another_method():
    assert set(tournament.choose(rising(1)).methods) == {tournament.CANDIDATES[0]}


def test_too_short_a_history_is_not_chosen_by():
    with pytest.raises(ValueError, match="too short"):
        forecasting.choose(np.ones((3, 4)))


@unhurried
@given(
    history=histories.filter(lambda history: history.shape[1] >= 6 and np.nan_to_num(history).max() <= 1e6),
    origins=st.integers(1, 3),
)
def test_a_forecast_is_a_distribution_whatever_came(history, origins):
    choice = forecasting.choose(history[:, :-1])
    made = forecasting.forecast(history, forecasting.segment_of(history), choice, origins)
    assert made.mean.shape == made.variance.shape == (len(history), origins)
    assert np.isfinite(made.mean).all()
    assert (made.variance >= made.mean * (1 - 1e-12)).all()


def test_a_series_is_forecast_alike_alone_and_among_others():
    history = demand()[1][:300, :36]
    choice = forecasting.choose(history)
    segments = forecasting.segment_of(history)
    whole = forecasting.forecast(history, segments, choice)
    pieces = [forecasting.forecast(history[cut], segments[cut], choice) for cut in (slice(0, 7), slice(7, 300))]
    assert np.array_equal(np.concatenate([piece.mean for piece in pieces]), whole.mean)
    assert np.array_equal(np.concatenate([piece.variance for piece in pieces]), whole.variance)


def test_levels_are_the_same_integers_with_and_without_kernels(monkeypatch):
    history = demand()[1][:500, :36].astype(np.float32)
    choice = forecasting.choose(history)

    def quantiles():
        made = forecasting.forecast(history, forecasting.segment_of(history), choice)
        return forecasting.quantile_of(made.mean, made.variance, 0.95).astype(np.int64)

    compiled = quantiles()
    monkeypatch.setattr(kernels, "WALKS", {})
    assert np.array_equal(quantiles(), compiled)
