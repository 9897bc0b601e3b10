"""What an engineer drew: fitted, given back, handed over, and never more of it than he holds."""

from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from inventory import warehousing, workorders
from inventory.errors import NotFound, NotPermitted
from inventory.identity.models import Person
from inventory.ledger import Condition
from inventory.sourcing import LineStatus
from inventory.sourcing.models import PartRequestLine
from tests import given
from tests.given import NOON
from tests.given.workorders import arrived, asked_for, at_work, repair
from tests.inventory.workorders.books import (
    assert_books_agree,
    fitted,
    free_stock,
    in_hands_of,
    lying_in,
    told_of,
)

LATER = NOON + timedelta(hours=1)


@pytest.fixture
def job(session):
    return repair(session)


@pytest.fixture
def part(session):
    return given.part(session)


@pytest.fixture
def line(session, job, part):
    return arrived(session, job, part, 3)


@pytest.fixture
def drawn(session, job, line):
    (drawn,) = workorders.draw(session, line.id, 3, by=job.engineer, at=LATER)
    return drawn


def fit(session, drawn, quantity, by):
    return workorders.fit(session, drawn.id, quantity, by=by, at=LATER)


def give_back(session, drawn, quantity, by, condition=Condition.GOOD, reason="没用上"):
    return workorders.give_back(session, drawn.id, quantity, condition=condition, reason=reason, by=by, at=LATER)


def test_what_is_fitted_leaves_custody_for_good(session, job, part, line, drawn):
    fit(session, drawn, 2, job.engineer)

    assert (drawn.fitted, drawn.in_custody) == (2, 1)
    assert (in_hands_of(session, job.engineer, part), fitted(session, part)) == (1, 2)
    assert told_of(session, line)[-1] == "fitted"
    assert_books_agree(session)


def test_what_was_booked_as_fitted_by_mistake_is_in_hand_again(session, job, part, line, drawn):
    fit(session, drawn, 2, job.engineer)

    workorders.take_out(session, drawn.id, 1, reason="误登记", by=job.engineer, at=LATER)

    assert (drawn.fitted, drawn.in_custody) == (1, 2)
    assert (in_hands_of(session, job.engineer, part), fitted(session, part)) == (2, 1)
    assert told_of(session, line)[-1] == "taken_out"
    assert_books_agree(session)


def test_more_than_was_fitted_is_not_taken_out(session, job, drawn):
    fit(session, drawn, 1, job.engineer)

    with pytest.raises(workorders.NotThatMuchFitted) as refused:
        workorders.take_out(session, drawn.id, 2, reason="-", by=job.engineer, at=LATER)
    assert refused.value.facts == {"wanted": 2, "fitted": 1}


def test_a_colleague_does_not_take_it_out(session, job, drawn):
    fit(session, drawn, 1, job.engineer)

    with pytest.raises(workorders.NotYourWorkOrder):
        workorders.take_out(session, drawn.id, 1, reason="-", by=at_work(session, "engineer", job.station), at=LATER)


def test_a_good_part_given_back_is_free_stock_at_the_dock(session, job, part, line, drawn):
    give_back(session, drawn, 2, job.engineer)

    assert (drawn.given_back, drawn.in_custody) == (2, 1)
    assert free_stock(session, job.station, part) == 2
    assert lying_in(session, given.dock(session, job.station), part, Condition.GOOD) == 2
    assert told_of(session, line)[-1] == "given_back"
    assert_books_agree(session)


def test_a_defective_part_given_back_is_in_quarantine_and_nobodys_to_take(session, job, part, drawn):
    give_back(session, drawn, 1, job.engineer, Condition.DEFECTIVE)

    assert free_stock(session, job.station, part) == 0
    assert lying_in(session, given.quarantine(session, job.station), part, Condition.DEFECTIVE) == 1
    assert_books_agree(session)


def test_what_is_given_back_fills_the_back_order_that_waits_for_it(session, job, part, drawn):
    waiting = asked_for(session, repair(session, job.station), part)
    assert waiting.status == LineStatus.BACK_ORDERED

    give_back(session, drawn, 1, job.engineer)

    assert session.get_one(PartRequestLine, waiting.id, populate_existing=True).status == LineStatus.RECEIVED
    assert_books_agree(session)


def test_a_unit_given_back_keeps_its_serial_number(session, job):
    part = given.part(session, serial_tracked=True)
    given.stock(session, job.station, part, serials=["S1"])
    line = asked_for(session, job, part)
    (drawn,) = workorders.draw(session, line.id, 1, by=job.engineer, at=LATER)

    give_back(session, drawn, 1, job.engineer)
    again = asked_for(session, job, part)
    (redrawn,) = workorders.draw(session, again.id, 1, serial="S1", by=job.engineer, at=LATER)

    assert redrawn.unit_id == drawn.unit_id
    assert_books_agree(session)


def test_more_than_is_held_is_not_fitted(session, job, drawn):
    fit(session, drawn, 2, job.engineer)

    with pytest.raises(workorders.NotThatMuchInCustody) as refused:
        fit(session, drawn, 2, job.engineer)
    assert refused.value.facts == {"wanted": 2, "held": 1}


def test_more_than_is_held_is_not_given_back(session, job, drawn):
    fit(session, drawn, 3, job.engineer)

    with pytest.raises(workorders.NotThatMuchInCustody):
        give_back(session, drawn, 1, job.engineer)


def test_the_table_itself_refuses_more_used_than_drawn(session, drawn):
    drawn.fitted, drawn.given_back = 2, 2

    with pytest.raises(IntegrityError, match="used_within_drawn"):
        session.flush()


def test_a_quantity_below_one_is_refused(session, job, drawn):
    for quantity in (0, -1):
        with pytest.raises(warehousing.QuantityTooSmall):
            fit(session, drawn, quantity, job.engineer)
        with pytest.raises(warehousing.QuantityTooSmall):
            give_back(session, drawn, quantity, job.engineer)


def test_a_colleague_neither_fits_nor_gives_back(session, job, drawn):
    colleague = at_work(session, "engineer", job.station)

    with pytest.raises(workorders.NotYourWorkOrder):
        fit(session, drawn, 1, colleague)
    with pytest.raises(workorders.NotYourWorkOrder):
        give_back(session, drawn, 1, colleague)


def test_the_manager_books_for_the_engineer(session, job, part, drawn):
    fit(session, drawn, 1, job.manager)
    give_back(session, drawn, 2, job.manager)

    assert in_hands_of(session, job.engineer, part) == 0


def test_a_foreign_drawn_part_answers_like_a_missing_one(session, drawn):
    stranger = repair(session).manager

    for drawn_part_id in (drawn.id, 999_999_999):
        with pytest.raises(NotFound) as refused:
            workorders.fit(session, drawn_part_id, 1, by=stranger, at=LATER)
        assert refused.value.facts == {"drawn_part": drawn_part_id}


def test_who_may_not_draw_may_not_fit(session, job, drawn):
    with pytest.raises(NotPermitted):
        fit(session, drawn, 1, at_work(session, "integration"))


def test_a_work_order_handed_to_a_colleague_takes_its_parts_along(session, job, part, drawn):
    fit(session, drawn, 1, job.engineer)
    colleague = at_work(session, "engineer", job.station)

    workorders.reassign_work_order(
        session, job.work_order.number, engineer=_login(session, colleague), reason="生病", by=job.manager, at=LATER
    )

    assert (in_hands_of(session, job.engineer, part), in_hands_of(session, colleague, part)) == (0, 2)
    assert_books_agree(session)
    fit(session, drawn, 2, colleague)
    assert_books_agree(session)


def test_the_one_before_has_no_hand_in_it_any_more(session, job, drawn):
    colleague = at_work(session, "engineer", job.station)
    workorders.reassign_work_order(
        session, job.work_order.number, engineer=_login(session, colleague), reason="生病", by=job.manager, at=LATER
    )

    with pytest.raises(workorders.NotYourWorkOrder):
        fit(session, drawn, 1, job.engineer)


def _login(session, actor):
    return session.get_one(Person, actor.person_id).login
