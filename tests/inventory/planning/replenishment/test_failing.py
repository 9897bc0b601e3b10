"""What appliances in use will ask for: new parts, parts seldom asked for, and whether it forecasts better."""

from datetime import date
from types import SimpleNamespace

import numpy as np
import pytest

from inventory.planning.calibration import sampling
from inventory.planning.demand import DemandMatrix, FittedUnits, InstalledBase
from inventory.planning.policies import CRITICALITIES
from inventory.planning.replenishment import StockLevel, failing
from inventory.planning.replenishment.failing import NO_UNITS, UNKNOWN, learn_failing
from inventory.planning.replenishment.outlook import USUAL
from tests import given
from tests.inventory.planning.replenishment.town import Town

MONTHS = 36
RATE = 0.0004
PLACES = 10


def book(parts: int) -> SimpleNamespace:
    """As much of a policy book as is asked: parts by id, all of one criticality."""
    return SimpleNamespace(
        parts=SimpleNamespace(ids=np.arange(1, parts + 1), criticality=np.ones(parts, dtype=np.int8))
    )


def network(*, told: bool, parts: int = 60, seed: int = 3) -> tuple[DemandMatrix, FittedUnits]:
    """Parts at places where they fail in proportion to the units in use, which change; `told` in the base, or not."""
    draw = np.random.default_rng(seed)
    n = parts * PLACES
    part, place = np.repeat(np.arange(1, parts + 1), PLACES), np.tile(np.arange(1, PLACES + 1), parts)
    start, end = (draw.lognormal(4.0, 1.2, n) for _ in range(2))
    along = np.linspace(0, 1, MONTHS)
    units = (start[:, None] * (1 - along) + end[:, None] * along).round().astype(np.float32)
    quantity = draw.poisson(units * RATE).astype(np.float32)
    months = np.datetime64("2026-03", "M") - np.arange(MONTHS, 0, -1)
    known = units if told else units[draw.permutation(n)]
    return DemandMatrix(part, place, months, quantity), FittedUnits(part, place, known)


def test_how_often_parts_fail_is_learned_from_what_failed_and_what_was_in_use():
    matrix, base = network(told=True)
    usual = learn_failing(matrix, base, book(60), USUAL, np.ones(len(base))).usual
    assert usual[1] == pytest.approx(RATE, rel=0.1)
    assert usual[0] == usual[2] == 0.0
    assert len(usual) == len(CRITICALITIES)


@pytest.mark.parametrize("told", [True, False])
def test_failures_are_gone_by_where_they_forecast_better_and_not_where_they_tell_nothing(told):
    matrix, base = network(told=told)
    assert learn_failing(matrix, base, book(60), USUAL, np.ones(len(base))).better is told


def test_too_few_places_decide_nothing():
    matrix, base = network(told=True, parts=5)
    assert learn_failing(matrix, base, book(5), USUAL, np.ones(len(base))).better is False


def test_without_an_installed_base_nothing_is_learned():
    matrix, _ = network(told=True)
    assert learn_failing(matrix, NO_UNITS, book(60), USUAL, np.ones(0)) == UNKNOWN


def test_a_sample_of_the_parts_that_fail_most_tells_what_is_usual_for_all() -> None:
    """Drawn by how much is asked for them and counted alike, they would tell that parts fail twice as often."""
    draw, parts = np.random.default_rng(4), 4_000
    units = draw.lognormal(6.0, 1.0, parts)
    failed = draw.poisson((units * draw.gamma(0.5, 2.0, parts) * RATE)[:, None], (parts, MONTHS)).astype(np.float32)
    sample = sampling.draw(np.arange(1, parts + 1), failed.sum(axis=1).astype(float), 600)
    drawn, place = sample.part_ids - 1, np.ones(len(sample.part_ids), dtype=np.int64)
    months = np.datetime64("2026-03", "M") - np.arange(MONTHS, 0, -1)
    matrix = DemandMatrix(sample.part_ids, place, months, failed[drawn])
    in_use = np.repeat(units[drawn, None], MONTHS, axis=1).astype(np.float32)
    base = FittedUnits(sample.part_ids, place, in_use)
    everywhere = failed.sum() / (units.sum() * MONTHS)
    weighed = learn_failing(matrix, base, book(parts), USUAL, sample.stands_for).usual[1]
    alike = learn_failing(matrix, base, book(parts), USUAL, np.ones(len(drawn))).usual[1]
    assert weighed == pytest.approx(everywhere, rel=0.25)
    assert alike > 1.7 * everywhere


def in_use(session, model, places, units):
    for place in places:
        session.add(InstalledBase(model_id=model.id, warehouse_id=place.id, counted_on=date(2024, 1, 1), units=units))
    session.flush()


def test_a_new_part_is_laid_in_for_the_appliances_that_it_is_fitted_in(session):
    town = Town(session)
    new = given.part(session)
    known, launched = given.model(session, parts=[town.part]), given.model(session, parts=[new])
    in_use(session, known, town.stations, 500)
    in_use(session, launched, town.stations, 1_000)
    town.plan()
    of_old = town.level(town.stations[0])
    town.part = new
    of_new = town.level(town.stations[0])
    assert of_new.method == failing.FITTED
    assert of_new.daily_mean == pytest.approx(2 * of_old.daily_mean, rel=0.3)
    assert town.level(town.central).order_up_to > 0


def test_a_new_part_in_few_appliances_is_laid_in_nowhere(session):
    town = Town(session)
    new = given.part(session)
    in_use(session, given.model(session, parts=[town.part]), town.stations, 500)
    in_use(session, given.model(session, parts=[new]), town.stations, 1)
    town.plan()
    town.part = new
    assert [town.level(one) for one in town.places] == [None] * 4


def test_a_part_often_asked_for_is_forecast_by_its_own_history(session):
    town = Town(session)
    town.plan()
    before = town.level(town.stations[0]).daily_mean, town.level(town.stations[0]).method
    in_use(session, given.model(session, parts=[town.part]), town.stations, 90_000)
    town.plan()
    assert (town.level(town.stations[0]).daily_mean, town.level(town.stations[0]).method) == before


def test_what_failures_tell_is_the_same_in_one_piece_and_in_many(session):
    town = Town(session)
    others = [given.part(session) for _ in range(3)]
    in_use(session, given.model(session, parts=[town.part]), town.stations, 500)
    in_use(session, given.model(session, parts=others), town.stations, 800)

    def levels():
        return [
            (part.id, place.id, one.daily_mean, one.order_up_to)
            for part in others
            for place in town.places
            if (one := session.get(StockLevel, (part.id, place.id)))
        ]

    town.plan()
    whole = levels()
    assert whole
    town.plan(pieces=lambda ids: [ids[:1], ids[1:3], ids[3:]])
    assert levels() == whole
