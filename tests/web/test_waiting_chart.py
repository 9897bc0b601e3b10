"""The picture of waiting: units at its left, the promises that they are at its right, at one height."""

import numpy as np
import pytest

from inventory.planning.replenishment import Waiting
from web.replenishment_charts import draw_waiting


def drawn(most, demand_size):
    days = np.arange(43)
    undone = most * days / 42
    return draw_waiting(Waiting(days, undone, undone / 2, undone, demand_size))


@pytest.mark.parametrize(("most", "demand_size"), [(40.0, 4.0), (5_200.0, 1_000.0), (0.9, 6.0)])
def test_a_promise_stands_at_the_height_of_the_units_that_it_asks_for(most, demand_size):
    chart = drawn(most, demand_size)
    (_, floor), (unit, height) = chart.lines[0], chart.lines[-1]
    assert len(chart.promises) >= 2
    for promises, y in chart.promises:
        assert floor - y == pytest.approx((floor - height) * promises * demand_size / unit, abs=0.2)
        assert promises * demand_size <= most * (1 + 1e-9)


def test_where_an_order_is_for_one_unit_no_second_scale_stands_beside_the_first():
    assert drawn(40.0, 1.0).promises == []


def test_where_nobody_waits_there_is_nothing_to_scale():
    assert drawn(0.0, 4.0).promises == []
