"""A season lived twice, in the real database and in the simulation: the same orders, day by day, and clean books."""

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from inventory import subscriptions
from inventory.catalogue.models import Part
from inventory.planning.days import Day, Replayed, as_they_stand, simulate, upwards
from inventory.planning.replenishment.outlook import FITTED, METHODS
from inventory.planning.simulation import Nightly, Scene, read_positions, read_scene
from inventory.reporting.verifying import verify
from inventory.sourcing.models import PartRequest, PartRequestLine
from tests.conftest import Server, opened
from tests.inventory.planning.simulation.season import BEGINS, WANTED, WANTED_DAYS, Season
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
    season: Season
    scene: Scene


def wishes(season, seed=3):
    """What is asked for on each day: by repair centre and part; nothing of the one that is bought no more."""
    draw = np.random.default_rng(seed)
    places = [(station, part) for station in season.stations for part in season.parts]
    units = draw.poisson(0.25, (DAYS, len(places))) * draw.integers(1, 3, (DAYS, len(places)))
    leaving = season.leaving.id
    return [{place: int(n) for place, n in zip(places, row, strict=True) if n and place[1] != leaving} for row in units]


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
        yield Lived(nights, [told(scene, day) for day in days], days, sessions, season, scene)


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


def levels(lived, name):
    """By night, a figure of the levels of each part and place: `levels(...)[0][part, place]`."""
    part, place = lived.scene.layout.part_ids.tolist(), lived.scene.layout.warehouse_ids.tolist()
    return [
        dict(zip(zip(part, place, strict=True), getattr(day.levels, name).tolist(), strict=True)) for day in lived.days
    ]


def bought(lived, part_id):
    """How many of a part were bought, day by day."""
    rows = lived.scene.layout.part_ids == part_id
    return [int(day.orders.quantity[(day.orders.giver < 0) & rows[day.orders.receiver]].sum()) for day in lived.days]


def test_what_an_override_says_held_until_its_last_day(lived):
    season, point = lived.season, levels(lived, "reorder_point")
    held = [night[season.first, season.second] >= WANTED - 1 for night in point]
    assert held == [True] * WANTED_DAYS + [False] * (DAYS - WANTED_DAYS)


def test_what_is_bought_for_the_last_time_is_bought_for_all_days_that_are_left(lived):
    season, up_to = lived.season, levels(lived, "order_up_to")
    first = up_to[0][season.leaving.id, season.central]
    assert first > 200 * 3 * 2 / 31
    assert bought(lived, season.leaving.id)[0] > 0
    assert up_to[-1][season.leaving.id, season.central] < first


def test_what_is_fitted_and_seldom_asked_for_is_forecast_by_the_appliances_in_use(lived):
    season, method, stocked = lived.season, levels(lived, "method")[0], levels(lived, "stocked")[0]
    for station in season.stations[:-1]:
        assert stocked[season.fitted.id, station]
        assert METHODS[method[season.fitted.id, station]] == FITTED


def test_what_lay_under_the_old_number_was_moved_for_the_new_one(lived):
    with lived.sessions() as session:
        old = session.scalars(select(Part.id).where(Part.number == lived.season.parts[lived.season.new.id])).one()
        moved = select(PartRequestLine.quantity).join(PartRequest).where(PartRequest.source_id.is_not(None))
        assert session.scalars(moved.where(PartRequestLine.part_id == old)).all()


def test_the_books_of_the_season_are_right(lived):
    with lived.sessions() as session:
        assert [check.rule for check in verify(session) if check.violations] == []
