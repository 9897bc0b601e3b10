"""What orders are worth, where whole numbers of the machine would end."""

import numpy as np

from inventory.planning.replenishment.proposing import VALUE_MAX, value_of


def test_a_value_is_exact():
    assert value_of(np.array([3, 0]), np.array([123_456_789_012, 5])).tolist() == [370_370_367_036, 0]


def test_a_value_beyond_all_money_stops_at_the_most_that_is_kept():
    assert value_of(np.array([999_999_999]), np.array([10**13])).tolist() == [VALUE_MAX]
