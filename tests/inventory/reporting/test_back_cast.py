"""Months before the first kept forecast, told by what would have been expected when they began."""

from datetime import date
from decimal import Decimal

import numpy as np
import pytest

from inventory.actor import Actor
from inventory.identity import Permission
from inventory.planning import calibration, replenishment
from inventory.planning.policies import read_policy_book
from inventory.planning.replenishment import StockLevel
from inventory.reporting import (
    FigureFilter,
    fold_figures,
    keep_back_cast,
    list_forecast_months,
    list_forecast_parts,
    months_to_back_cast,
    parts_to_back_cast,
)
from tests import given
from tests.given import demand as asked_for
from tests.given import policies as ruled
from tests.given import replenishment as replenished
from tests.given.planning import MONTHS, asked_monthly, plan, three_tiers

ON = date(2026, 3, 2)
ORIGIN = date(2025, 11, 1)
FEBRUARY = date(2026, 2, 1)
ALL = FigureFilter()


@pytest.fixture
def planner(session):
    by = given.acting(session)
    return Actor(by.person_id, by.name, {Permission.SEE_PROPOSALS: None}, by.command_id)


@pytest.fixture
def network(session):
    return three_tiers(session, 2)


def priced(session):
    return given.part(session, price=Decimal(10))


def test_a_past_day_expects_what_its_run_did_whatever_was_asked_for_later(session, network):
    steady, rare, growing, unwanted = (priced(session) for _ in range(4))
    before = [month for month in MONTHS if month < ORIGIN]
    asked_monthly(session, network.stations, steady, 5, months=before)
    asked_monthly(session, network.stations[:1], rare, 2, months=before[::7])
    asked_monthly(session, network.stations[:1], unwanted, 1, months=before)
    for place in network.places:
        ruled.override(session, unwanted, place, stocked=False)
    for at, month in enumerate(before):
        asked_monthly(session, network.stations, growing, at + 1, months=[month])
    book = read_policy_book(session, on=ORIGIN)
    part_ids = np.array([steady.id, rare.id, growing.id, unwanted.id])
    constants = calibration.fix_constants(session, part_ids, book, on=ORIGIN)
    plan(session, on=ORIGIN)
    stood = [session.get(StockLevel, (int(one), network.central.id)) for one in part_ids]
    for part in (steady, rare, growing, unwanted):
        asked_monthly(session, network.stations, part, 90, months=[month for month in MONTHS if month >= ORIGIN])
    (then, now) = replenishment.look_back(session, part_ids, book, constants, [ORIGIN, ON])
    assert then == pytest.approx([one.daily_mean if one else 0.0 for one in stood])
    assert then[3] == 0  # it lies nowhere
    assert then[0] == pytest.approx(10 / 30.44, rel=0.05)
    assert (now[:3] > then[:3]).all()


def test_a_year_is_told_back_from_the_month_that_is_kept_as_far_as_enough_was_known(session, network):
    part = priced(session)
    assert months_to_back_cast(session, on=ON) == []
    asked_for.asked(session, network.station, part, "2024-11-10")
    assert months_to_back_cast(session, on=ON) == [date(2025, 11, 1), date(2025, 12, 1), date(2026, 1, 1), FEBRUARY]
    asked_for.asked(session, network.station, part, "2020-01-10")
    months = months_to_back_cast(session, on=ON)
    assert (months[0], months[-1], len(months)) == (date(2025, 3, 1), FEBRUARY, 12)


def test_what_was_told_once_is_not_told_again(session, network):
    part = priced(session)
    asked_for.asked(session, network.station, part, "2020-01-10")
    keep_back_cast(session, [FEBRUARY], np.array([part.id]), np.array([[1.0]]), on=ON)
    assert months_to_back_cast(session, on=ON) == []
    assert months_to_back_cast(session, on=date(2026, 7, 1)) == []


def test_a_month_told_afterwards_is_judged_at_once_on_the_parts_looked_at_alone(session, network, planner):
    looked_at, quiet, other = (priced(session) for _ in range(3))
    asked_for.asked(session, network.station, looked_at, "2026-02-05", 20)
    asked_for.asked(session, network.station, other, "2026-02-05", 500)
    keep_back_cast(session, [FEBRUARY], np.array([looked_at.id, quiet.id]), np.array([[1.0, 0.5]]), on=ON)
    fold_figures(session, on=ON, at=given.NOON)
    (month,) = list_forecast_months(session, ALL, months=12, by=planner)
    assert month.back_cast
    assert (month.parts, month.expected, month.asked, month.missed) == (2, 420, 200, 80 + 140)
    rows = list_forecast_parts(session, FEBRUARY, ALL, by=planner, limit=9)
    assert [(one.number, one.asked) for one in rows] == [(quiet.number, 0), (looked_at.number, 20)]


def test_what_was_really_kept_is_not_written_over(session, network, planner):
    part = priced(session)
    run = replenished.run(session)
    replenished.level(session, part, network.central, run, source_id=None, daily_mean=1.0)
    fold_figures(session, on=FEBRUARY, at=given.NOON)
    asked_for.asked(session, network.station, part, "2020-01-10")
    assert months_to_back_cast(session, on=ON)[-1] == date(2026, 1, 1)
    keep_back_cast(session, [FEBRUARY], np.array([part.id]), np.array([[9.0]]), on=ON)
    fold_figures(session, on=ON, at=given.NOON)
    (month,) = list_forecast_months(session, ALL, months=12, by=planner)
    assert (month.back_cast, month.expected) == (False, 280)


def test_of_many_parts_some_are_looked_at_drawn_evenly():
    many = np.arange(100, 9_100)
    some = parts_to_back_cast(many)
    assert len(some) == 3_000
    assert set(np.diff(some)) == {3}
    assert parts_to_back_cast(many[:50]).tolist() == many[:50].tolist()
