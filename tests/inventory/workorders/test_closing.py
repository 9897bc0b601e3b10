"""The end of a work order: what stands in its way, what becomes of its parts, and who may."""

from datetime import timedelta

import pytest

from inventory import warehousing, workorders
from inventory.errors import NotFound, NotPermitted
from inventory.identity.models import Person
from inventory.ledger import Condition
from inventory.sourcing import LineStatus
from inventory.sourcing.models import PartRequestLine
from inventory.timeline import DocumentKind, list_events
from inventory.workorders import WorkOrderStatus
from tests import given
from tests.given import NOON
from tests.given.network import JINAN
from tests.given.workorders import arrived, asked_for, at_work, repair
from tests.inventory.workorders.books import assert_books_agree, free_stock, told_of

LATER = NOON + timedelta(hours=1)


@pytest.fixture
def job(session):
    return repair(session)


@pytest.fixture
def part(session):
    return given.part(session)


def complete(session, job, by=None, remark=""):
    return workorders.complete_work_order(
        session, job.work_order.number, remark=remark, by=by or job.engineer, at=LATER
    )


def cancel(session, job, by=None, reason="客户取消"):
    return workorders.cancel_work_order(session, job.work_order.number, reason=reason, by=by or job.engineer, at=LATER)


def drawn_for(session, job, part, quantity=1):
    line = arrived(session, job, part, quantity)
    (drawn,) = workorders.draw(session, line.id, quantity, by=job.engineer, at=LATER)
    return drawn


def line_now(session, line):
    return session.get_one(PartRequestLine, line.id, populate_existing=True)


def last_event(session, job):
    return list_events(session, DocumentKind.WORK_ORDER, [job.work_order.id])[-1]


def test_a_repair_that_is_done_is_completed(session, job):
    work_order = complete(session, job, remark="更换压缩机")

    assert (work_order.status, work_order.closed_at) == (WorkOrderStatus.COMPLETED, LATER)
    event = last_event(session, job)
    assert (event.happening, event.from_status, event.to_status) == ("completed", "open", "completed")
    assert event.reason == "更换压缩机"
    assert_books_agree(session)


def test_it_is_not_completed_while_a_part_is_in_custody(session, job, part):
    drawn_for(session, job, part, 2)

    with pytest.raises(workorders.PartsInCustody) as refused:
        complete(session, job)
    assert refused.value.facts["quantity"] == 2


def test_it_is_not_called_off_while_a_part_is_in_custody(session, job, part):
    drawn_for(session, job, part)

    with pytest.raises(workorders.PartsInCustody):
        cancel(session, job)


def test_with_all_fitted_or_given_back_it_is_completed(session, job, part):
    drawn = drawn_for(session, job, part, 2)
    workorders.fit(session, drawn.id, 1, by=job.engineer, at=LATER)
    workorders.give_back(session, drawn.id, 1, condition=Condition.GOOD, reason="多余", by=job.engineer, at=LATER)

    assert complete(session, job).status is WorkOrderStatus.COMPLETED
    assert_books_agree(session)


def test_what_came_and_was_not_drawn_is_free_when_it_is_closed(session, job, part):
    line = arrived(session, job, part, 2)

    complete(session, job)

    assert free_stock(session, job.station, part) == 2
    assert told_of(session, line)[-1] == "earmark_freed"
    assert_books_agree(session)


@pytest.mark.parametrize("close", [complete, cancel])
def test_what_is_still_on_order_is_cancelled_when_it_is_closed(session, job, part, close):
    source = given.warehouse(session, tier="distribution", city=JINAN)
    given.stock(session, source, part, 1)
    reserved = asked_for(session, job, part)
    back_ordered = asked_for(session, job, given.part(session))
    assert (reserved.status, back_ordered.status) == (LineStatus.RESERVED, LineStatus.BACK_ORDERED)

    close(session, job)

    assert line_now(session, reserved).status == LineStatus.CANCELLED
    assert line_now(session, back_ordered).status == LineStatus.CANCELLED
    assert free_stock(session, source, part) == 1
    assert_books_agree(session)


def test_what_is_freed_does_not_go_to_the_lines_that_are_being_cancelled(session, job, part):
    came = arrived(session, job, part, 1)
    waiting = asked_for(session, job, part)

    cancel(session, job)

    assert line_now(session, waiting).status == LineStatus.CANCELLED
    assert line_now(session, came).received == 1
    assert free_stock(session, job.station, part) == 1
    assert_books_agree(session)


def test_a_repair_with_fitted_parts_is_not_called_off(session, job, part):
    drawn = drawn_for(session, job, part)
    workorders.fit(session, drawn.id, 1, by=job.engineer, at=LATER)

    with pytest.raises(workorders.PartsFitted):
        cancel(session, job)


def test_a_closed_work_order_is_not_closed_again(session, job):
    cancel(session, job)

    for close in (complete, cancel):
        with pytest.raises(workorders.WorkOrderNotOpen) as refused:
            close(session, job)
        assert refused.value.facts["status"] == "cancelled"


def test_a_colleague_does_not_close_it(session, job):
    with pytest.raises(workorders.NotYourWorkOrder):
        complete(session, job, by=at_work(session, "engineer", job.station))


def test_the_manager_and_the_call_centre_close_it(session, job):
    assert complete(session, job, by=job.manager).status is WorkOrderStatus.COMPLETED
    other = repair(session)
    assert cancel(session, other, by=at_work(session, "integration")).status is WorkOrderStatus.CANCELLED


def test_a_foreign_work_order_answers_like_a_missing_one(session, job):
    stranger = repair(session).manager

    facts = []
    for number in (job.work_order.number, "WO-999999999"):
        with pytest.raises(NotFound) as refused:
            workorders.complete_work_order(session, number, by=stranger, at=LATER)
        assert type(refused.value) is NotFound
        facts.append(set(refused.value.facts))
    assert facts[0] == facts[1]


def test_who_may_not_close_anywhere_is_refused(session, job):
    with pytest.raises(NotPermitted):
        complete(session, job, by=at_work(session, "administrator"))


def test_a_completed_work_order_is_reopened_and_takes_parts_again(session, job, part):
    complete(session, job)

    reopened = workorders.reopen_work_order(
        session, job.work_order.number, reason="仍不制冷", by=job.engineer, at=LATER
    )

    assert (reopened.status, reopened.closed_at) == (WorkOrderStatus.OPEN, None)
    drawn_for(session, job, part)
    assert_books_agree(session)


def test_a_cancelled_work_order_is_not_reopened(session, job):
    cancel(session, job)

    with pytest.raises(workorders.WorkOrderNotCompleted):
        workorders.reopen_work_order(session, job.work_order.number, reason="-", by=job.engineer, at=LATER)


def test_a_work_order_is_given_to_another_engineer_of_the_centre(session, job):
    colleague = at_work(session, "engineer", job.station)

    work_order = workorders.reassign_work_order(
        session, job.work_order.number, engineer=login(session, colleague), reason="顺路", by=job.manager, at=LATER
    )

    assert work_order.engineer_id == colleague.person_id
    event = last_event(session, job)
    assert (event.happening, event.reason) == ("reassigned", "顺路")
    assert event.facts["engineer_id"] == colleague.person_id


def test_giving_it_to_the_same_engineer_changes_nothing(session, job):
    workorders.reassign_work_order(
        session, job.work_order.number, engineer=login(session, job.engineer), reason="-", by=job.manager, at=LATER
    )

    assert last_event(session, job).happening == "opened"


def test_an_engineer_of_another_centre_does_not_get_it(session, job):
    elsewhere = repair(session).engineer

    with pytest.raises(workorders.NotAnEngineerHere):
        workorders.reassign_work_order(
            session, job.work_order.number, engineer=login(session, elsewhere), reason="-", by=job.manager, at=LATER
        )


def test_an_engineer_does_not_pass_his_work_on_himself(session, job):
    colleague = at_work(session, "engineer", job.station)

    with pytest.raises(NotPermitted):
        workorders.reassign_work_order(
            session, job.work_order.number, engineer=login(session, colleague), reason="-", by=job.engineer, at=LATER
        )


def test_another_centres_manager_does_not_give_it_away(session, job):
    with pytest.raises(NotFound):
        workorders.reassign_work_order(
            session,
            job.work_order.number,
            engineer=login(session, job.engineer),
            reason="-",
            by=repair(session).manager,
            at=LATER,
        )


def login(session, actor):
    return session.get_one(Person, actor.person_id).login


@pytest.mark.parametrize("reason", ["", "  "])
def test_what_is_taken_back_or_away_needs_a_reason(session, job, reason):
    number, said = job.work_order.number, {"reason": reason, "by": job.manager, "at": LATER}

    with pytest.raises(warehousing.ReasonMissing):
        workorders.cancel_work_order(session, number, **said)
    with pytest.raises(warehousing.ReasonMissing):
        workorders.reassign_work_order(session, number, engineer=login(session, job.engineer), **said)
    complete(session, job)
    with pytest.raises(warehousing.ReasonMissing):
        workorders.reopen_work_order(session, number, **said)
