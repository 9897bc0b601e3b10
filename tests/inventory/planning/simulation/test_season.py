"""A season lived twice, in the real database and in the simulation: the same orders, day by day, and clean books."""

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import pytest
from sqlalchemy.orm import Session, sessionmaker

from inventory import subscriptions
from inventory.planning.days import Day, Replayed, as_they_stand, simulate, upwards
from inventory.planning.simulation import Nightly, read_positions, read_scene
from inventory.reporting.verifying import verify
from tests.conftest import Server, opened
from tests.inventory.planning.simulation.season import BEGINS, Season
from web.cluster import APP_ROLE

DAYS = 16
"""From the 25th of March on: the forecasts hear of March in between."""


@dataclass(frozen=True)
class Lived:
    """What was proposed night by night, there and here."""

    proposed: list[tuple[list[tuple[int, ...]], list[tuple[int, ...]]]]
    simulated: list[tuple[list[tuple[int, ...]], list[tuple[int, ...]]]]
    days: list[Day]
    sessions: sessionmaker[Session]


def wishes(season, seed=3):
    """What is asked for on each day: by repair centre and part."""
    draw = np.random.default_rng(seed)
    places = [(station, part) for station in season.stations for part in season.parts]
    units = draw.poisson(0.25, (DAYS, len(places))) * draw.integers(1, 3, (DAYS, len(places)))
    return [{place: int(n) for place, n in zip(places, row, strict=True) if n} for row in units]


def lived_in_arrays(sessions, wanted):
    with sessions() as session:
        scene = read_scene(session, start=BEGINS, until=BEGINS, on=BEGINS)
        positions = read_positions(session, scene, on=BEGINS)
    asks = [
        (part, place, day, units) for day, by_place in enumerate(wanted) for (place, part), units in by_place.items()
    ]
    part, place, day, units = (np.array(column, dtype=np.int64) for column in zip(*asks, strict=True))
    row, which = scene.layout.find(part, place, scene.book.places)
    demand = Replayed(row, day[which], units[which])
    planner = Nightly(scene, every=1)
    shelves = as_they_stand(positions, planner.wanted.lead_time_days)
    return scene, list(simulate(planner, demand, days=DAYS, shelves=shelves, routing=upwards))


def told(scene, day):
    """A simulated day as `Season.night` tells one of the database."""
    part, place = scene.layout.part_ids, np.append(scene.layout.warehouse_ids, 0)
    needs, source = day.needs, day.levels.source
    drawn = [
        (part[row], place[row], place[source[row]], needs.needed[row], needs.quantity[row])
        for row in np.flatnonzero(needs.needed > 0)
    ]
    orders = day.orders
    moved = [
        (part[orders.receiver[one]], place[orders.receiver[one]], place[orders.giver[one]], orders.quantity[one])
        for one in np.flatnonzero(~orders.drawn)
    ]
    return sorted(tuple(map(int, one)) for one in drawn), sorted(tuple(map(int, one)) for one in moved)


@pytest.fixture(scope="module")
def lived(server: Server, worker_id: str):
    subscriptions.connect()
    with server.copy(f"{worker_id}_season") as database, opened(server.address(database, APP_ROLE)) as engine:
        sessions = sessionmaker(engine, expire_on_commit=False)
        season = Season(sessions)
        wanted = wishes(season)
        scene, days = lived_in_arrays(sessions, wanted)
        nights = []
        for number, by_place in enumerate(wanted):
            on = BEGINS + timedelta(days=number)
            nights.append(season.night(on))
            season.buy(on)
            season.send(on)
            season.receive(on)
            season.ask(on, by_place)
        yield Lived(nights, [told(scene, day) for day in days], days, sessions)


def test_simulation_and_database_propose_the_same_day_by_day(lived):
    differing = [
        (night, there, here)
        for night, (there, here) in enumerate(zip(lived.proposed, lived.simulated, strict=True))
        if there != here
    ]
    assert differing == []


def test_the_season_was_one(lived):
    """Stock was drawn and bought on many nights, taken back up, short now and then, and waited for."""
    ordered = [day for day in lived.days if len(day.orders)]
    assert len(ordered) > DAYS // 2
    assert any((day.orders.giver < 0).any() for day in lived.days)
    assert any((day.needs.quantity < day.needs.needed).any() for day in lived.days)
    assert any((~day.orders.drawn).any() for day in lived.days)
    assert any((day.met.step > 0).any() for day in lived.days)
    assert any(len(day.late.row) for day in lived.days)


def test_the_books_of_the_season_are_right(lived):
    with lived.sessions() as session:
        assert [check.rule for check in verify(session) if check.violations] == []
