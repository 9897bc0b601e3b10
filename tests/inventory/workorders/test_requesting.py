"""Parts asked for a work order."""

import pytest

from inventory import sourcing, workorders
from inventory.errors import NotFound
from inventory.sourcing.models import PartRequest, PartRequestLine
from tests import given
from tests.given import NOON
from tests.given.workorders import at_work, repair


@pytest.fixture
def job(session):
    return repair(session)


def ask(session, job, by=None, station=None):
    wish = sourcing.PartRequestWish((station or job.station).code, [sourcing.WishedLine(given.part(session).number, 1)])
    return workorders.request_parts_for(session, job.work_order.number, wish, by=by or job.engineer, at=NOON)


def test_the_request_names_its_work_order(session, job):
    accepted = ask(session, job)

    assert session.get_one(PartRequest, accepted.request_id).work_order_id == job.work_order.id


def test_a_closed_work_order_takes_no_more_parts(session, job):
    workorders.complete_work_order(session, job.work_order.number, by=job.engineer, at=NOON)

    with pytest.raises(workorders.WorkOrderNotOpen):
        ask(session, job)


def test_a_colleague_does_not_ask_for_another_mans_work_order(session, job):
    with pytest.raises(workorders.NotYourWorkOrder):
        ask(session, job, by=at_work(session, "engineer", job.station))


def test_another_centre_does_not_ask_for_it(session, job):
    elsewhere = given.warehouse(session)

    with pytest.raises(workorders.WorkOrderMismatch):
        ask(session, job, by=at_work(session, "integration"), station=elsewhere)


def test_a_foreign_work_order_answers_like_a_missing_one(session, job):
    with pytest.raises(NotFound):
        ask(session, job, by=repair(session).manager)


def test_a_refused_request_leaves_no_line(session, job):
    workorders.complete_work_order(session, job.work_order.number, by=job.engineer, at=NOON)
    with pytest.raises(workorders.WorkOrderNotOpen):
        ask(session, job)

    lines = session.query(PartRequestLine).join(PartRequest).filter_by(work_order_id=job.work_order.id)
    assert lines.count() == 0


def test_a_line_that_is_not_needed_is_withdrawn(session, job):
    accepted = ask(session, job)
    line_id = accepted.lines[0].line_id

    assert workorders.cancel_part_line(session, line_id, reason="不需要", by=job.engineer, at=NOON) == 1

    assert session.get_one(PartRequestLine, line_id, populate_existing=True).status == "cancelled"


def test_a_colleague_does_not_withdraw_it(session, job):
    line_id = ask(session, job).lines[0].line_id

    with pytest.raises(workorders.NotYourWorkOrder):
        workorders.cancel_part_line(session, line_id, reason="-", by=at_work(session, "engineer", job.station), at=NOON)


def test_a_foreign_line_is_not_withdrawn(session, job):
    line_id = ask(session, job).lines[0].line_id

    with pytest.raises(NotFound):
        workorders.cancel_part_line(session, line_id, reason="-", by=repair(session).manager, at=NOON)


def test_a_line_of_the_stations_stock_is_withdrawn_elsewhere(session, job):
    line = given.line(session, job.station, given.part(session))

    with pytest.raises(workorders.LineWithoutWorkOrder):
        workorders.cancel_part_line(session, line.id, reason="-", by=job.manager, at=NOON)
