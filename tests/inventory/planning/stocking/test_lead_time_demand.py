"""What is asked for while an order is on its way."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.planning import stocking
from tests.inventory.planning.stocking.worked import column, unhurried

few = st.floats(0.0, 50.0)


def test_a_sure_lead_time_adds_up_days():
    mean, variance = stocking.over(column(2.0), column(3.0), 5.0)
    assert (mean.tolist(), variance.tolist()) == ([10.0], [15.0])


def test_uncertain_time_and_uncertain_forecast_are_what_a_simulation_sees():
    rng = np.random.default_rng(11)
    days = rng.choice([4, 8], 400_000)
    forecast = rng.choice([1.0, 3.0], 400_000)
    seen = rng.poisson(forecast * days)
    mean, variance = stocking.over(column(2.0), column(2.0), 6.0, 4.0, mean_variance=1.0)
    assert mean == pytest.approx([seen.mean()], rel=0.01)
    assert variance == pytest.approx([seen.var()], rel=0.01)


@unhurried
@given(few, few, few, few, few)
def test_more_doubt_never_means_less_variance(mean, variance, days, doubt, more):
    sure = stocking.over(column(mean), column(variance), days, doubt).variance
    unsure = stocking.over(column(mean), column(variance), days, doubt + more, mean_variance=more).variance
    assert unsure >= sure


def test_a_negative_lead_time_is_refused():
    with pytest.raises(ValueError, match="not negative"):
        stocking.over(column(1.0), column(1.0), -1.0)
