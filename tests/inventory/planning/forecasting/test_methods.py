"""The methods: against published forecasts, compiled against plain, and what must hold for any history."""

import numpy as np
import pytest
from hypothesis import given

from inventory.planning import forecasting
from inventory.planning.forecasting import aggregating_kernels, kernels
from tests.inventory.planning.forecasting.carparts import answers, demand, histories, unhurried

PUBLISHED = {
    "croston": "croston_a0.1",
    "sba": "sba_a0.1",
    "tsb": "tsb_a0.1_b0.1",
    "ses": "ses_a0.1",
    "adida": "adida",
    "imapa": "imapa",
    "moving_average": "moving_average_12",
}
RECURSIVE = ["ses", "ses_fast", "croston", "sba", "tsb", "tsb_grid", "moving_average"]
ALL = list(forecasting.METHODS)


@pytest.fixture(params=["compiled", "plain"])
def way(request, monkeypatch):
    """Go both ways: with compiled kernels and without."""
    if request.param == "plain":
        monkeypatch.setattr(kernels, "WALKS", {})
        monkeypatch.setattr(aggregating_kernels, "WALKS", {})
    else:
        assert kernels.WALKS, "the test set installs numba"


@pytest.mark.parametrize("method", PUBLISHED)
def test_forecasts_of_the_car_parts_are_as_published(method, way):
    history, published = answers()
    forecast = forecasting.METHODS[method](history, 1)[:, 0]
    assert np.abs(forecast - published[PUBLISHED[method]]).max() < 1e-6


@pytest.mark.parametrize("method", ALL)
@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_compiled_and_plain_give_the_same_bits(method, kind, monkeypatch):
    history = demand()[1][:400, :30].astype(kind) * kind(1.37)
    compiled = forecasting.METHODS[method](history, 5)
    monkeypatch.setattr(kernels, "WALKS", {})
    monkeypatch.setattr(aggregating_kernels, "WALKS", {})
    assert np.array_equal(forecasting.METHODS[method](history, 5), compiled)


@pytest.mark.parametrize("method", ALL)
@unhurried
@given(history=histories)
def test_a_forecast_knows_nothing_of_what_comes_after_it(method, history):
    all_origins = forecasting.METHODS[method](history, history.shape[1])
    for end in (1, history.shape[1] // 2 + 1):
        assert np.array_equal(forecasting.METHODS[method](history[:, :end], 1)[:, 0], all_origins[:, end - 1])


@pytest.mark.parametrize("method", ALL)
@unhurried
@given(history=histories)
def test_a_forecast_is_a_quantity_within_what_was_asked(method, history):
    forecast = forecasting.METHODS[method](history, history.shape[1])
    most = np.nan_to_num(history).max(axis=1, keepdims=True)
    assert np.isfinite(forecast).all()
    assert (forecast >= -1e-9 * (1 + most)).all()
    assert (forecast <= most * (1 + 1e-9)).all()


@pytest.mark.parametrize("method", [*RECURSIVE, "adida", "imapa"])
@unhurried
@given(history=histories)
def test_months_before_the_series_began_change_nothing(method, history):
    older = np.concatenate([np.full((len(history), 5), np.nan), history], axis=1)
    assert np.array_equal(forecasting.METHODS[method](older, 1), forecasting.METHODS[method](history, 1))


@pytest.mark.parametrize("method", [*RECURSIVE, "naive", "adida", "imapa"])
def test_a_steady_demand_is_forecast_as_it_is(method):
    forecast = forecasting.METHODS[method](np.full((2, 24), 7.0), 1)
    assert forecast == pytest.approx(np.full((2, 1), forecast[0, 0] if method == "sba" else 7.0))


def test_tsb_lets_a_dying_part_fall_and_croston_does_not():
    history = np.array([[3.0] * 12 + [0.0] * 24])
    assert forecasting.METHODS["tsb"](history, 1)[0, 0] < 0.3
    assert forecasting.METHODS["croston"](history, 1)[0, 0] == pytest.approx(3.0)


def test_the_grid_takes_quicker_constants_where_demand_has_moved():
    history = np.array([[1.0] * 12 + [9.0] * 12])
    assert forecasting.METHODS["tsb_grid"](history, 1)[0, 0] > forecasting.METHODS["tsb"](history, 1)[0, 0]


def test_a_mix_is_the_mean_of_its_methods():
    history = demand()[1][:50, :30]
    made = forecasting.forecast_by(["combination", "ses", "tsb_grid", "moving_average"], history, 2)
    assert made["combination"] == pytest.approx((made["ses"] + made["tsb_grid"] + made["moving_average"]) / 3)


def test_an_unknown_method_is_refused_by_name():
    with pytest.raises(KeyError, match="gazing"):
        forecasting.forecast_by(["gazing"], np.ones((1, 5)), 1)


def test_failures_and_use_count_while_both_are_known():
    history = np.array([[np.nan, 2.0, 3.0, 1.0]])
    installed = np.array([[50.0, 60.0, np.nan, 70.0]])
    failed, used = forecasting.failures_of(history, installed)
    assert (failed.tolist(), used.tolist()) == ([3.0], [130.0])


def test_a_part_without_failures_fails_less_than_usual_and_one_with_many_as_it_did():
    failed, used, usual = np.array([0.0, 800.0]), np.array([400.0, 40_000.0]), np.array([0.01, 0.01])
    quiet, busy = forecasting.failure_rate(failed, used, usual)
    assert 0 < quiet < 0.01
    assert busy == pytest.approx(0.02, rel=0.01)


def test_a_part_of_which_nothing_is_known_fails_as_usual():
    assert forecasting.failure_rate(np.zeros(1), np.zeros(1), np.array([0.03])) == pytest.approx([0.03])


def test_where_nothing_is_usual_and_nothing_failed_nothing_is_expected():
    assert forecasting.failure_rate(np.zeros(1), np.array([90.0]), np.zeros(1)).tolist() == [0.0]


def test_the_bootstrap_is_the_same_for_a_seed_and_another_for_another():
    history = demand()[1][:40, :30]
    one, again, other = (forecasting.bootstrap(history, 1, months=3, seed=seed)[0] for seed in (1, 1, 2))
    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)


def test_the_bootstrap_draws_about_what_was_asked():
    history = np.random.default_rng(5).poisson(4.0, (60, 60)).astype(float)
    mean, variance = forecasting.bootstrap(history, 1, months=3, seed=1)
    assert mean.mean() == pytest.approx(12, rel=0.08)
    assert (variance > 0).all()


def test_the_bootstrap_draws_nothing_where_nothing_was_asked():
    mean, variance = forecasting.bootstrap(np.zeros((2, 12)), 2, months=2, seed=1)
    assert not mean.any()
    assert not variance.any()
