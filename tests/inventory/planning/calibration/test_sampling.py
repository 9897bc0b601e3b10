"""The sample that the constants of a run rest on."""

import numpy as np
import pytest

from inventory.planning.calibration.sampling import draw

PARTS = np.arange(1_000, 3_000)


def test_so_many_parts_are_drawn_as_were_asked_for() -> None:
    drawn = draw(PARTS, np.random.default_rng(1).poisson(3, 2_000).astype(float), 300).part_ids
    assert 295 <= len(drawn) <= 305
    assert np.isin(drawn, PARTS).all()
    assert (np.diff(drawn) > 0).all()


def test_the_sample_weighed_tells_the_demand_of_all() -> None:
    busy = np.random.default_rng(2).pareto(1.2, 2_000)
    sample = draw(PARTS, busy, 300)
    assert (busy[sample.part_ids - 1_000] * sample.stands_for).sum() == pytest.approx(busy.sum(), rel=0.05)


def test_the_busiest_parts_are_drawn_for_sure_and_stand_for_themselves() -> None:
    busy = np.ones(2_000)
    busy[[3, 500, 1_999]] = 1_000.0
    sample = draw(PARTS, busy, 300)
    assert sample.weight_of(np.array([1_003, 1_500, 2_999])).tolist() == [1.0, 1.0, 1.0]


def test_of_parts_that_nobody_asked_for_few_are_drawn_and_stand_for_all_of_them() -> None:
    busy = np.zeros(2_000)
    busy[:100] = 2.0
    sample = draw(PARTS, busy, 300)
    asked = sample.part_ids < 1_100
    assert sample.stands_for[asked].tolist() == [1.0] * 100
    assert 5 <= (~asked).sum() <= 30
    assert sample.stands_for[~asked].sum() == pytest.approx(1_900, rel=0.15)


def test_without_any_demand_all_are_as_likely() -> None:
    drawn = draw(PARTS, np.zeros(2_000), 200).part_ids
    assert np.isin(np.diff(drawn), [9, 10, 11]).all()
    assert len(drawn) == 200


def test_no_parts_give_no_sample() -> None:
    assert len(draw(PARTS[:0], np.zeros(0), 200).part_ids) == 0
