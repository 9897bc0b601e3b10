"""Sharing what is short: all of it, to nobody more than he needs, first to those who are owed."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.planning import stocking
from tests.inventory.planning.stocking.worked import column, summed, unhurried

places = st.lists(
    st.tuples(
        st.integers(0, 3),  # the source
        st.integers(-5, 12),  # the position
        st.integers(0, 4),  # firm
        st.integers(0, 12),  # needed beyond
        st.floats(0.05, 20.0),  # the mean
        st.floats(1.0, 5.0),  # variance to mean
        st.integers(0, 2),  # the class
    ),
    min_size=1,
    max_size=12,
)
stocks = st.lists(st.integers(0, 60), min_size=4, max_size=4)


def asked_of(rows):
    group, position, firm, beyond, mean, spread, rank = (np.array(figures) for figures in zip(*rows, strict=True))
    return {
        "group": group,
        "position": position,
        "firm": firm,
        "needed": firm + beyond,
        "mean": mean,
        "variance": mean * spread,
        "service_class": rank,
    }


def shared(available, rows):
    return stocking.fair_share(available=np.array(available), **asked_of(rows))


def test_the_last_unit_goes_where_a_repair_waits_however_much_a_shelf_lacks():
    waits, lacks = (0, 0, 1, 0, 0.1, 1.0, 0), (0, -5, 0, 10, 20.0, 1.0, 0)
    assert shared([1, 0, 0, 0], [lacks, waits]).tolist() == [0, 1]


@unhurried
@given(stocks, places)
def test_shares_sum_to_what_there_is_or_to_what_is_needed(available, rows):
    asked, given_out = asked_of(rows), shared(available, rows)
    for source in range(4):
        of_source = asked["group"] == source
        assert given_out[of_source].sum() == min(available[source], asked["needed"][of_source].sum())


@unhurried
@given(stocks, places)
def test_nobody_gets_more_than_needed_or_less_than_nothing(available, rows):
    given_out = shared(available, rows)
    assert (given_out >= 0).all()
    assert (given_out <= asked_of(rows)["needed"]).all()


@unhurried
@given(stocks, places)
def test_no_shelf_is_filled_while_a_firm_order_waits(available, rows):
    asked, given_out = asked_of(rows), shared(available, rows)
    for source in range(4):
        of_source = asked["group"] == source
        waiting = (given_out < asked["firm"])[of_source].any()
        assert not waiting or (given_out <= asked["firm"])[of_source].all()


@unhurried
@given(stocks, places)
def test_a_lower_class_waits_for_the_higher_one(available, rows):
    asked, given_out = asked_of(rows), shared(available, rows)
    for source, (high, low) in itertools.product(range(4), [(0, 1), (0, 2), (1, 2)]):
        of_source = asked["group"] == source
        better, worse = of_source & (asked["service_class"] == high), of_source & (asked["service_class"] == low)
        short = (given_out < asked["needed"])[better].any()
        assert not short or (given_out <= asked["firm"])[worse].all()


@pytest.mark.parametrize("firm", [(0, 0, 0, 0), (0, 5, 2, 0)])
def test_no_unit_would_save_more_elsewhere(firm):
    mean, variance = column(2.0, 5.0, 0.6, 8.0), column(2.0, 25.0, 0.6, 10.0)
    position, needed = np.array([0, 1, 0, 3]), np.array([6, 12, 4, 12])
    zero = np.zeros(4, dtype=np.int64)
    given_out = stocking.fair_share(
        available=np.array([12]),
        group=zero,
        position=position,
        firm=np.array(firm),
        needed=needed,
        mean=mean,
        variance=variance,
    )

    def left(shares):
        return sum(summed(m, v, p + q)[0] for m, v, p, q in zip(mean, variance, position.tolist(), shares, strict=True))

    shares = (range(least, most + 1) for least, most in zip(firm, needed, strict=True))
    every = [one for one in itertools.product(*shares) if sum(one) == 12]
    assert left(given_out.tolist()) == pytest.approx(min(left(one) for one in every), abs=1e-9)


def test_of_plenty_the_place_whose_demand_is_wild_gets_more():
    """Past four units the steady place misses hardly any more, the wild one still does."""
    two = np.zeros(2, dtype=np.int64)
    given_out = stocking.fair_share(
        available=np.array([12]),
        group=two,
        position=two,
        firm=two,
        needed=two + 12,
        mean=column(2.0, 2.0),
        variance=column(2.0, 20.0),
    )
    assert given_out.tolist() == [4, 8]


def test_equal_places_get_equal_shares():
    eight = np.zeros(8, dtype=np.int64)
    given_out = stocking.fair_share(
        available=np.array([20]),
        group=eight,
        position=eight,
        firm=eight + 5,
        needed=eight + 9,
        mean=np.ones(8),
        variance=np.ones(8),
    )
    assert sorted(given_out.tolist()) == [2, 2, 2, 2, 3, 3, 3, 3]


def test_a_share_of_a_large_quantity_sums_to_the_unit():
    three = np.zeros(3, dtype=np.int64)
    given_out = stocking.fair_share(
        available=np.array([100_001]),
        group=three,
        position=three,
        firm=three,
        needed=np.array([90_000, 70_003, 50_000]),
        mean=column(60_000.0, 60_000.0, 30_000.0),
        variance=column(120_000.0, 120_000.0, 90_000.0),
    )
    assert given_out.sum() == 100_001
    assert given_out[0] == pytest.approx(given_out[1], abs=400)


def test_firm_orders_beyond_the_need_are_refused():
    with pytest.raises(ValueError, match="firm"):
        stocking.fair_share(
            available=np.array([5]),
            group=np.array([0]),
            position=np.array([0]),
            firm=np.array([3]),
            needed=np.array([2]),
            mean=column(1.0),
            variance=column(1.0),
        )
