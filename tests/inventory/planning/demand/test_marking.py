"""Marks: who may say what a month counts as, that it says why, and that nothing of it is lost."""

from datetime import date

import pytest

from inventory.errors import NotFound, NotPermitted
from inventory.planning import demand
from inventory.planning.demand import MarkKind, MarkUndone, MarkWish, MonthMarked, MonthNotOver
from inventory.warehousing import ReasonMissing
from tests import given
from tests.given import NOON


@pytest.fixture
def station(session):
    return given.warehouse(session)


@pytest.fixture
def planner(session):
    return given.acting(session, "planner")


@pytest.fixture
def wish(session, station):
    return MarkWish(given.part(session).id, station.id, date(2026, 1, 20), MarkKind.ONE_OFF, 2, "促销")


def changed(wish, **values):
    return MarkWish(**{**{name: getattr(wish, name) for name in MarkWish.__slots__}, **values})


def test_a_month_is_known_by_its_first_day(session, wish, planner):
    assert demand.mark_month(session, wish, by=planner, at=NOON).month == date(2026, 1, 1)


def test_a_mark_says_why(session, wish, planner):
    with pytest.raises(ReasonMissing):
        demand.mark_month(session, changed(wish, reason="  "), by=planner, at=NOON)


def test_a_month_that_is_not_over_is_not_judged(session, wish, planner):
    with pytest.raises(MonthNotOver):
        demand.mark_month(session, changed(wish, month=NOON.date()), by=planner, at=NOON)


def test_a_month_has_one_mark_at_a_time(session, wish, planner):
    demand.mark_month(session, wish, by=planner, at=NOON)
    with pytest.raises(MonthMarked):
        demand.mark_month(session, changed(wish, counts_as=5), by=planner, at=NOON)


def test_a_mark_is_undone_once(session, wish, planner):
    mark = demand.mark_month(session, wish, by=planner, at=NOON)
    demand.undo_mark(session, mark.id, by=planner, at=NOON)
    with pytest.raises(MarkUndone):
        demand.undo_mark(session, mark.id, by=planner, at=NOON)


def test_undone_marks_are_listed_with_who_did_what(session, wish, planner):
    first = demand.mark_month(session, wish, by=planner, at=NOON)
    demand.undo_mark(session, first.id, by=planner, at=NOON)
    demand.mark_month(session, changed(wish, counts_as=5), by=planner, at=NOON)
    listed = demand.list_marks(session, wish.part_id, by=planner)
    assert [(one.counts_as, one.undone_by) for one in listed] == [(5, None), (2, listed[1].marked_by)]


def test_who_is_no_planner_marks_nothing(session, wish):
    with pytest.raises(NotPermitted):
        demand.mark_month(session, wish, by=given.acting(session, "procurement"), at=NOON)


def test_a_warehouse_out_of_reach_is_not_marked(session, wish):
    elsewhere = given.acting(session, "planner", given.warehouse(session))
    with pytest.raises(NotFound):
        demand.mark_month(session, wish, by=elsewhere, at=NOON)
