"""Moving stock between equals: within limits, within a cluster, and only when it pays."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.planning import stocking
from tests.inventory.planning.stocking.worked import column, summed, unhurried

places = st.lists(
    st.tuples(
        st.integers(0, 2),  # the cluster
        st.integers(0, 15),  # the position
        st.integers(-8, 8),  # excess above zero, room below
        st.floats(0.05, 10.0),  # the mean
        st.floats(1.0, 4.0),  # variance to mean
        st.floats(1.0, 100.0),  # what a back-order costs
        st.floats(0.0, 5.0),  # what a unit's journey costs
    ),
    min_size=1,
    max_size=12,
)


def asked_of(rows):
    cluster, position, balance, mean, spread, shortage, unit = (np.array(one) for one in zip(*rows, strict=True))
    return {
        "cluster": cluster,
        "position": position,
        "excess": np.minimum(np.maximum(balance, 0), position),
        "room": np.maximum(-balance, 0),
        "mean": mean,
        "variance": mean * spread,
        "shortage_cost": shortage,
        "unit_cost": unit,
    }


def owed(asked, position):
    """What all back-orders cost."""
    figures = zip(asked["mean"], asked["variance"], position.tolist(), strict=True)
    return float(np.dot([summed(m, v, p)[0] for m, v, p in figures], asked["shortage_cost"]))


@unhurried
@given(places)
def test_nobody_gives_more_than_excess_or_gets_more_than_room(rows):
    asked = asked_of(rows)
    moved = stocking.rebalance(**asked, transfer_cost=0.0)
    assert (moved.quantity > 0).all()
    assert (np.bincount(moved.giver, moved.quantity, len(rows)) <= asked["excess"]).all()
    assert (np.bincount(moved.receiver, moved.quantity, len(rows)) <= asked["room"]).all()


@unhurried
@given(places)
def test_stock_stays_inside_its_cluster(rows):
    asked = asked_of(rows)
    moved = stocking.rebalance(**asked, transfer_cost=0.0)
    assert (asked["cluster"][moved.giver] == asked["cluster"][moved.receiver]).all()


@unhurried
@given(places)
def test_the_benefit_is_what_back_orders_cost_less(rows):
    asked = asked_of(rows)
    moved = stocking.rebalance(**asked, transfer_cost=0.0)
    after = asked["position"].copy()
    np.subtract.at(after, moved.giver, moved.quantity)
    np.add.at(after, moved.receiver, moved.quantity)
    paid = float(np.dot(moved.quantity, asked["unit_cost"][moved.giver]))
    saved = owed(asked, asked["position"]) - owed(asked, after) - paid
    assert moved.benefit.sum() == pytest.approx(saved, abs=1e-4)


def test_the_benefit_is_what_the_receiver_saves_less_what_the_giver_risks_and_the_journey_costs():
    """A giver that may miss what it gives, a receiver whose back-orders cost less: each side at its own cost."""
    moved = two(position=np.array([4, 0]), excess=np.array([4, 0]), mean=column(2.0, 3.0), variance=column(2.0, 3.0),
                shortage_cost=column(80.0, 30.0), unit_cost=column(2.0, 1.0), transfer_cost=5.0)  # fmt: skip
    [given_away] = moved.quantity.tolist()
    risked = summed(2.0, 2.0, 4 - given_away)[0] - summed(2.0, 2.0, 4)[0]
    saved = summed(3.0, 3.0, 0)[0] - summed(3.0, 3.0, given_away)[0]
    assert 0 < given_away < 4
    assert moved.benefit == pytest.approx([30 * saved - 80 * risked - 2 * given_away - 5])


@unhurried
@given(places, st.floats(0.0, 30.0))
def test_every_journey_pays(rows, transfer_cost):
    assert (stocking.rebalance(**asked_of(rows), transfer_cost=transfer_cost).benefit > 0).all()


@unhurried
@given(places)
def test_no_single_unit_more_would_pay(rows):
    asked = asked_of(rows)
    moved = stocking.rebalance(**asked, transfer_cost=0.0)
    after = asked["position"].copy()
    np.subtract.at(after, moved.giver, moved.quantity)
    np.add.at(after, moved.receiver, moved.quantity)
    excess = asked["excess"] - np.bincount(moved.giver, moved.quantity, len(rows))
    room = asked["room"] - np.bincount(moved.receiver, moved.quantity, len(rows))
    for giver in np.flatnonzero(excess > 0):
        for receiver in np.flatnonzero((room > 0) & (asked["cluster"] == asked["cluster"][giver])):
            more = after.copy()
            more[giver], more[receiver] = more[giver] - 1, more[receiver] + 1
            assert owed(asked, after) - owed(asked, more) <= asked["unit_cost"][giver] + 1e-6


def two(**changed):
    asked = {
        "cluster": np.array([7, 7]),
        "position": np.array([12, 0]),
        "excess": np.array([8, 0]),
        "room": np.array([0, 4]),
        "mean": column(1.0, 3.0),
        "variance": column(1.0, 3.0),
        "shortage_cost": column(50.0, 50.0),
        "unit_cost": column(1.0, 1.0),
        "transfer_cost": 20.0,
    }
    return stocking.rebalance(**(asked | changed))


def test_excess_goes_to_the_neighbour_who_misses_it():
    moved = two()
    assert (moved.giver.tolist(), moved.receiver.tolist(), moved.quantity.tolist()) == ([0], [1], [4])


def test_nothing_moves_when_the_journey_costs_more_than_it_saves():
    assert len(two(transfer_cost=500.0).giver) == 0


def test_nothing_moves_to_another_cluster():
    assert len(two(cluster=np.array([7, 8])).giver) == 0


def test_a_place_with_excess_and_room_is_refused():
    with pytest.raises(ValueError, match="no place has both"):
        two(room=np.array([1, 4]))
