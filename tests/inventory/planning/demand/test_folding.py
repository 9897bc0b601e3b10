"""From request lines to days of demand: what counts, what does not, and that folding again says the same."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from inventory import sourcing, workorders
from inventory.ledger import Condition
from inventory.planning.demand import DemandBeginning, DemandDay, Origin
from inventory.sourcing import PartRequest, PartRequestWish, WishedLine
from tests import given
from tests.given import NOON
from tests.given.demand import asked, folded
from tests.given.workorders import arrived, asked_for, repair

TODAY = date(2026, 3, 2)
HOUR = timedelta(hours=1)


@pytest.fixture
def job(session):
    return repair(session)


@pytest.fixture
def part(session):
    return given.part(session)


def days_of(session, part):
    query = select(DemandDay).where(DemandDay.part_id == part.id).order_by(DemandDay.asked_on, DemandDay.origin)
    return session.scalars(query).all()


def quantity_of(session, part):
    return sum(day.quantity for day in days_of(session, part))


def cancel(session, job, line, *, after):
    sourcing.cancel_request(session, line.request_id, reason="不要了", by=job.manager, at=NOON + after)


def test_what_a_work_order_asks_for_is_demand_of_both_ends_on_its_day(session, job, part):
    asked_for(session, job, part, 3)
    folded(session)
    (day,) = days_of(session, part)
    assert (day.warehouse_id, day.source_id) == (job.station.id, job.station.parent_id)
    assert (day.asked_on, day.quantity, day.origin) == (TODAY, 3, Origin.ASKED)


def test_the_day_is_the_local_one(session, job, part):
    asked_for(session, job, part, at=NOON + 5 * HOUR)  # 17:00 in UTC is past midnight in China
    folded(session)
    assert [day.asked_on for day in days_of(session, part)] == [TODAY + timedelta(days=1)]


def test_what_is_asked_for_the_shelf_is_not_demand(session, job, part):
    wish = PartRequestWish(job.station.code, [WishedLine(part.number, 5)])
    sourcing.request_parts(session, wish, by=job.manager, at=NOON)
    asked_for(session, job, part, 2)  # on the same day, which is worked out for it
    folded(session)
    assert quantity_of(session, part) == 2


def test_lines_of_one_day_add_up(session, job, part):
    asked_for(session, job, part, 2)
    asked_for(session, job, part, 4, at=NOON + HOUR)
    folded(session)
    assert [day.quantity for day in days_of(session, part)] == [6]


def test_what_was_not_shipped_counts_all_the_same(session, job, part):
    line = asked_for(session, job, part, 2)
    folded(session)
    assert (line.back_ordered, quantity_of(session, part)) == (2, 2)


def test_what_was_cancelled_in_time_was_not_needed(session, job, part):
    line = asked_for(session, job, part, 2)
    cancel(session, job, line, after=HOUR)
    folded(session)
    assert days_of(session, part) == []


def test_what_was_cancelled_because_it_came_too_late_was_needed(session, job, part):
    line = asked_for(session, job, part, 2)
    cancel(session, job, line, after=line.first_promised_at - NOON + HOUR)
    folded(session)
    assert quantity_of(session, part) == 2


def test_what_was_given_back_unused_was_not_needed(session, job, part):
    line = arrived(session, job, part, 3)
    (drawn,) = workorders.draw(session, line.id, 3, by=job.engineer, at=NOON)
    workorders.fit(session, drawn.id, 1, by=job.engineer, at=NOON)
    workorders.give_back(session, drawn.id, 2, condition=Condition.GOOD, reason="没用上", by=job.engineer, at=NOON)
    folded(session)
    assert quantity_of(session, part) == 1


def test_what_was_given_back_damaged_had_to_be_replaced(session, job, part):
    line = arrived(session, job, part, 1)
    (drawn,) = workorders.draw(session, line.id, 1, by=job.engineer, at=NOON)
    workorders.give_back(
        session, drawn.id, 1, condition=Condition.DEFECTIVE, reason="到货即坏", by=job.engineer, at=NOON
    )
    folded(session)
    assert quantity_of(session, part) == 1


def test_what_came_in_time_and_was_freed_undrawn_was_not_needed(session, job, part):
    line = arrived(session, job, part, 3)
    workorders.free_earmark(session, line.id, 2, reason="不需要", by=job.engineer, at=NOON + HOUR)
    folded(session)
    assert quantity_of(session, part) == 1


def test_folding_again_changes_nothing(session, job, part):
    asked_for(session, job, part, 3)
    folded(session)
    before = [(day.asked_on, day.quantity) for day in days_of(session, part)]
    folded(session, at=NOON + HOUR)
    assert [(day.asked_on, day.quantity) for day in days_of(session, part)] == before


def test_a_later_cancellation_changes_the_day_of_the_request(session, job, part):
    kept, withdrawn = asked_for(session, job, part, 3), asked_for(session, job, part, 4)
    folded(session)
    cancel(session, job, withdrawn, after=HOUR)
    folded(session, at=NOON + timedelta(days=3))
    assert [(day.asked_on, day.quantity) for day in days_of(session, part)] == [(TODAY, kept.quantity)]


def test_only_days_to_which_something_happened_are_folded_again(session, job, part):
    asked_for(session, job, part)
    folded(session, at=NOON)
    folded(session, at=NOON + timedelta(days=2))
    asked_for(session, job, part, at=NOON + timedelta(days=3))
    fold = folded(session, at=NOON + timedelta(days=3))
    assert fold.days == [TODAY + timedelta(days=3)]


def test_events_of_the_last_day_before_a_folding_are_read_again(session, job, part):
    asked_for(session, job, part)
    folded(session, at=NOON)
    assert folded(session, at=NOON + HOUR).days == [TODAY]


def test_imported_days_are_left_alone(session, job, part):
    asked(session, job.station, part, TODAY, 7, origin=Origin.IMPORTED)
    line = asked_for(session, job, part, 2)
    folded(session)
    cancel(session, job, line, after=HOUR)
    folded(session, at=NOON + HOUR)
    assert [(day.origin, day.quantity) for day in days_of(session, part)] == [(Origin.IMPORTED, 7)]


def test_a_warehouse_is_known_from_its_first_day_on(session, job, part):
    asked_for(session, job, part, at=NOON)
    folded(session)
    request = session.scalars(select(PartRequest).where(PartRequest.warehouse_id == job.station.id)).one()
    beginning = session.get_one(DemandBeginning, job.station.id)
    assert (beginning.first_on, request.requested_at) == (TODAY, NOON)
