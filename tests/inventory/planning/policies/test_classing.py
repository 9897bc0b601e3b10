"""Classes by value and variability, and what lies where: pure rules over arrays."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some
from hypothesis.extra import numpy as arrays

from inventory.planning.policies import PHASES, UNCLASSED, Phase, abc, decide_stocked, variation, xyz

SHARES = {"a_share": 0.8, "b_share": 0.95}
VARIATIONS = {"x_variation": 0.5, "y_variation": 1.0}


def classes(*codes: int) -> np.ndarray:
    return np.array(codes, dtype=np.int8)


def test_the_few_parts_that_make_up_most_of_the_value_are_a() -> None:
    assert abc(np.array([5.0, 70, 10, 12, 3]), **SHARES).tolist() == [1, 0, 1, 0, 2]


def test_what_nobody_asks_for_is_c_even_where_nothing_has_value() -> None:
    assert abc(np.array([0.0, 0, 0]), **SHARES).tolist() == [2, 2, 2]
    assert abc(np.array([1.0, 0, np.nan]), **SHARES).tolist() == [0, 2, 2]


def test_a_part_just_past_the_boundary_stays_where_it_was() -> None:
    value = np.array([82.0, 10, 8])  # the second stands at 0.82
    assert abc(value, **SHARES).tolist() == [0, 1, 1]
    assert abc(value, **SHARES, band=0.05, before=classes(0, 0, 1)).tolist() == [0, 0, 1]


def test_a_part_far_past_the_boundary_leaves_its_class() -> None:
    value = np.array([90.0, 9, 1])
    assert abc(value, **SHARES, band=0.05, before=classes(2, 0, 0)).tolist() == [0, 1, 1]


def test_a_part_without_a_class_gets_the_plain_one() -> None:
    value = np.array([82.0, 10, 8])
    assert abc(value, **SHARES, band=0.05, before=classes(3, 3, 3)).tolist() == [0, 1, 1]


@given(
    arrays.arrays(np.float64, some.integers(1, 60), elements=some.floats(0, 1e9)),
    some.floats(0, 0.3),
    some.randoms(use_true_random=False),
)
def test_classing_again_changes_nothing(value: np.ndarray, band: float, random: object) -> None:
    once = abc(value, **SHARES, band=band, before=np.full(len(value), UNCLASSED, np.int8))
    assert np.array_equal(abc(value, **SHARES, band=band, before=once), once)


@given(arrays.arrays(np.float64, some.integers(1, 60), elements=some.floats(0, 1e9)))
def test_no_part_is_in_a_worse_class_than_one_of_less_value(value: np.ndarray) -> None:
    classed = abc(value, **SHARES)
    order = np.argsort(-value, kind="stable")
    assert (np.diff(classed[order].astype(int)) >= 0).all()


def test_steady_uneven_and_erratic_demand() -> None:
    assert xyz(np.array([0.1, 0.5, 0.51, 1.0, 1.01, np.nan]), **VARIATIONS).tolist() == [0, 0, 1, 1, 2, 2]


def test_variation_is_that_of_the_months_since_the_series_began() -> None:
    history = np.array([[np.nan, np.nan, 2.0, 4.0], [3.0, 3, 3, 3], [0.0, 0, 0, 0]])
    told = variation(history)
    assert told[0] == pytest.approx(1 / 3)
    assert told[1] == 0
    assert np.isnan(told[2])


def stocked(hits: int, before: bool, phase: Phase = Phase.MATURE, told: int = -1) -> bool:
    """Of one place that lays in from 3 demands on and drops at 1."""
    decided = decide_stocked(
        np.array([hits]),
        np.array([before]),
        stock_hits=np.array([3]),
        drop_hits=np.array([1]),
        phase=classes(PHASES.index(phase)),
        told=classes(told),
    )
    return bool(decided[0])


def test_between_laying_in_and_dropping_what_is_stays() -> None:
    assert [stocked(hits, before=False) for hits in range(5)] == [False, False, False, True, True]
    assert [stocked(hits, before=True) for hits in range(5)] == [False, False, True, True, True]


def test_a_new_part_is_not_dropped_before_it_had_its_time() -> None:
    assert stocked(0, before=True, phase=Phase.NEW)


@pytest.mark.parametrize("phase", [Phase.PHASE_OUT, Phase.LAST_TIME_BUY])
def test_what_ends_is_laid_in_nowhere_anew_but_stays_while_it_is_asked_for(phase: Phase) -> None:
    assert not stocked(9, before=False, phase=phase)
    assert stocked(2, before=True, phase=phase)
    assert not stocked(1, before=True, phase=phase)


def test_what_a_person_says_goes_before_the_rule() -> None:
    assert stocked(0, before=False, phase=Phase.PHASE_OUT, told=1)
    assert not stocked(99, before=True, told=0)
