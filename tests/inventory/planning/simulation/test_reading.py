"""What a simulation reads: nothing that was not known on its first night, and what is replayed for whom it counts."""

from datetime import date, timedelta

import numpy as np
import pytest

from inventory.planning import policies
from inventory.planning.days import simulate, upwards
from inventory.planning.demand import InstalledBase
from inventory.planning.policies import Criticality, PartPlanWish, Phase
from inventory.planning.simulation import Nightly, read_positions, read_scene
from tests import given
from tests.given import NOON
from tests.given.demand import asked
from tests.given.planning import asked_monthly, three_tiers
from tests.given.policies import TODAY, override, planner
from tests.given.procurement import sold, supplier
from tests.given.replenishment import level, run

START = date(2026, 2, 10)
UNTIL = START + timedelta(days=40)
YEAR = [date(2025 + (month + 1) // 12, (month + 1) % 12 + 1, 8) for month in range(12)]


class Town:
    """A central warehouse, a distribution centre and a repair centre that asks for a part every month."""

    def __init__(self, session):
        self.session = session
        self.central, self.centre, self.station = three_tiers(session).places
        self.part = given.part(session)
        sold(session, supplier(session), self.part)
        asked_monthly(session, [self.station], self.part, months=YEAR)

    def scene(self, **named):
        return read_scene(self.session, start=START, until=UNTIL, on=UNTIL, **named)


@pytest.fixture
def town(session):
    return Town(session)


def first_night(scene):
    levels = Nightly(scene).levels_on(0, np.zeros(len(scene.layout), dtype=np.bool_))
    return dict(zip(scene.layout.warehouse_ids.tolist(), levels.order_up_to.tolist(), strict=True))


def test_the_first_night_knows_nothing_of_what_was_asked_for_later(session, town):
    before = first_night(town.scene())
    asked(session, town.station, town.part, START, 90)
    asked(session, town.station, town.part, START + timedelta(days=25), 90)
    assert first_night(town.scene()) == before
    assert max(before.values()) > 0


def test_a_night_after_the_months_end_knows_what_the_month_asked_for_from_its_first_day_on(session, town):
    def highest(scene):
        days = simulate(Nightly(scene), scene.asked, days=40, routing=upwards)
        return [int(day.levels.order_up_to.max()) for day in days]

    calm = highest(town.scene())
    asked(session, town.station, town.part, START.replace(day=2), 40)
    asked(session, town.station, town.part, START + timedelta(days=3), 40)
    busy = highest(town.scene())
    february = (date(2026, 3, 1) - START).days
    assert busy[:february] == calm[:february]
    assert min(busy[february:]) > max(calm[february:])


def test_what_is_replayed_of_a_replaced_part_is_asked_of_its_successor(session, town):
    successor = given.part(session)
    given.supersession(session, town.part, successor, ratio=2)
    asked(session, town.station, town.part, START + timedelta(days=1), 3)
    scene = town.scene()
    asks = scene.asked.on(1)
    assert [
        (int(scene.layout.part_ids[row]), int(units)) for row, units in zip(asks.row, asks.quantity, strict=True)
    ] == [(successor.id, 6)]


def test_appliances_counted_before_the_start_stay_in_use_however_long_the_simulation(session, town):
    """Two months on the window has moved by two; after five years and more all of it is as it was counted last."""
    model = given.model(session, parts=[town.part])
    for counted_on, units in ((date(2024, 1, 1), 300), (date(2026, 1, 1), 500)):
        session.add(InstalledBase(model_id=model.id, warehouse_id=town.station.id, counted_on=counted_on, units=units))
    session.flush()
    scene = town.scene()
    [known] = scene.fitted.units
    [in_april] = scene.fitted_on(date(2026, 4, 1), scene.part_ids).units
    assert set(known[np.isfinite(known)].tolist()) == {300, 500}
    assert np.array_equal(in_april, [*known[2:], 500, 500], equal_nan=True)
    for on in (date(2031, 2, 1), date(2032, 3, 1)):
        [later] = scene.fitted_on(on, scene.part_ids).units
        assert later.tolist() == [500] * len(known)


def test_what_an_override_says_holds_until_its_last_day_and_no_night_longer(session, town):
    override(session, town.part, town.station, minimum=90, expires_on=TODAY + timedelta(days=5))
    scene = read_scene(session, start=TODAY, until=TODAY, on=TODAY)
    days = list(simulate(Nightly(scene), scene.asked, days=9, routing=upwards))
    held = [int(day.levels.order_up_to.max()) >= 90 for day in days]
    assert held == [True] * 6 + [False] * 3


def test_an_override_of_today_is_tried_on_all_days_that_are_over(session, town):
    override(session, town.part, town.station, minimum=90, expires_on=UNTIL)
    days = list(simulate(Nightly(town.scene()), town.scene().asked, days=40, routing=upwards))
    assert all(day.levels.order_up_to.max() >= 90 for day in days)


def test_a_part_that_leaves_lies_in_days_that_are_over_where_it_lies_today_and_others_where_they_were_asked_for(
    session, town
):
    other, earlier = given.part(session), run(session)
    for part in (town.part, other):
        level(session, part, town.station, earlier)
        level(session, part, town.central, earlier)
    scene = town.scene()
    assert scene.standing.part_ids.tolist() == []
    leaving = PartPlanWish(town.part.number, Criticality.ESSENTIAL, Phase.PHASE_OUT, 1, "its model is old")
    policies.plan_part(session, leaving, by=planner(session), at=NOON)
    assert first_night(town.scene())[town.station.id] > 0
    assert set(town.scene().standing.part_ids.tolist()) == {town.part.id}


def test_from_today_on_all_levels_that_stand_are_known(session, town):
    level(session, given.part(session), town.station, run(session))
    level(session, town.part, town.station, run(session, at=NOON + timedelta(days=1)))
    scene = read_scene(session, start=TODAY, until=TODAY, on=TODAY)
    assert len(scene.standing.part_ids) == 2


def test_some_of_the_parts_are_every_so_many_th(session, town):
    others = [given.part(session) for _ in range(5)]
    for part in others:
        asked(session, town.station, part, "2026-01-05")
    known = sorted([town.part.id, *(one.id for one in others)])
    assert town.scene(parts_max=3).part_ids.tolist() == known[::2]


def test_positions_are_those_of_the_day_on_the_places_of_the_scene(session, town):
    given.stock(session, town.centre, town.part, 7)
    scene = town.scene()
    positions = read_positions(session, scene, on=UNTIL)
    lying = {
        int(scene.layout.warehouse_ids[row]): int(positions.on_hand[row]) for row in np.flatnonzero(positions.on_hand)
    }
    assert lying == {town.centre.id: 7}
