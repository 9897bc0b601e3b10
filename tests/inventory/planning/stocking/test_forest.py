"""Forests: what is refused, what flows where, and cutting them by part."""

from dataclasses import replace

import numpy as np
import pytest

from inventory.planning.stocking.forest import Forest
from tests.inventory.planning.stocking.trees import network, tree


def test_demand_flows_up_and_shares_tell_whose_it_is() -> None:
    forest = tree([-1, 0, 0, 1], [1.0, 0.5, 2.0, 0.5], [5.0, 1.0, 1.0, 1.0])
    assert forest.flow.tolist() == [4.0, 1.0, 2.0, 0.5]
    assert forest.share.tolist() == [1.0, 0.25, 0.5, 0.5]
    assert forest.own_share.tolist() == [0.25, 0.5, 1.0, 1.0]
    assert forest.depth.tolist() == [0, 1, 1, 2]


def test_a_place_nobody_asks_has_no_share() -> None:
    forest = tree([-1, 0], [0.0, 0.0], [5.0, 1.0])
    assert forest.share.tolist() == [0.0, 0.0]


def test_a_place_that_serves_others_has_their_figure_weighed_by_what_each_asks_for() -> None:
    forest = tree([-1, 0, 0, 1], [0.0, 1.0, 2.0, 1.0], [5.0, 1.0, 1.0, 1.0])
    assert forest.as_served(np.array([99.0, 3.0, 6.0, 5.0])).tolist() == [5.0, 4.0, 6.0, 5.0]
    idle = tree([-1, 0], [0.0, 0.0], [5.0, 1.0])
    assert idle.as_served(np.array([7.0, 8.0])).tolist() == [7.0, 8.0]


@pytest.mark.parametrize(
    ("parent", "rate", "transit", "item", "told"),
    [
        ([-1, 1], 1.0, 1.0, 0, "before its children"),
        ([1, -1], 1.0, 1.0, 0, "before its children"),
        ([-1, -2], 1.0, 1.0, 0, "before its children"),
        ([-1, 0], [1.0, -0.1], 1.0, 0, "finite and not negative"),
        ([-1, 0], 1.0, [1.0, np.inf], 0, "finite and not negative"),
        ([-1, 0], 1.0, 1.0, [0, 1], "of one item"),
    ],
)
def test_columns_that_are_no_forest_are_refused(
    parent: list[int], rate: float, transit: float, item: int, told: str
) -> None:
    with pytest.raises(ValueError, match=told):
        tree(parent, rate, transit, item=item)


def test_columns_of_different_length_are_refused() -> None:
    one, two = np.ones(1), np.ones(2)
    with pytest.raises(ValueError, match="one length"):
        Forest(np.array([-1, 0], np.int32), np.zeros(2, np.int32), one, two, two, two)


def test_cuts_are_whole_items_in_row_order_and_cover_all() -> None:
    forest = network(20, seed=1)
    cuts = list(forest.cuts(100))
    assert [start for start, _ in cuts] == [0, *[stop for _, stop in cuts[:-1]]]
    assert cuts[-1][1] == len(forest)
    for start, stop in cuts:
        assert start == 0 or forest.item[start - 1] != forest.item[start]
        assert stop - start <= 100 or len(set(forest.item[start:stop].tolist())) == 1
        assert (forest.part(start, stop).flow == forest.flow[start:stop]).all()


def test_a_transit_that_strays_spreads_what_is_asked_for_in_it() -> None:
    forest = tree([-1, 0], [1.0, 2.0], [5.0, 4.0])
    assert forest.lead_variance.tolist() == [15.0, 8.0]
    straying = replace(forest, transit_variance=np.array([2.0, 1.0]))
    assert straying.lead_mean.tolist() == forest.lead_mean.tolist() == [15.0, 8.0]
    assert straying.lead_variance.tolist() == [15.0 + 9 * 2, 8.0 + 4 * 1]


def test_how_far_transits_stray_goes_with_the_rows() -> None:
    forest = network(6, seed=2)
    straying = replace(forest, transit_variance=forest.transit**2 * np.linspace(0, 1, len(forest)))
    start, stop = list(straying.cuts(50))[1]
    rows = np.arange(start, stop)
    for some in (straying.part(start, stop), straying.only(rows)):
        assert some.lead_variance.tolist() == straying.lead_variance[start:stop].tolist()


@pytest.mark.parametrize(
    ("variance", "told"), [([0.0], "one length"), ([0.0, -1.0], "not negative"), ([0.0, np.inf], "finite")]
)
def test_a_spread_of_transits_that_cannot_be_is_refused(variance: list[float], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        replace(tree([-1, 0], 1.0, 1.0), transit_variance=np.array(variance))
