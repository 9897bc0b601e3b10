"""What came for a line: drawn by its engineer, freed, put on the shelf; and what is refused."""

from datetime import timedelta

import pytest

from inventory import ledger, warehousing, workorders
from inventory.errors import NotFound, NotPermitted
from inventory.sourcing import LineStatus
from inventory.sourcing.models import PartRequestLine
from inventory.workorders.earmarks import Lying, choose_lots
from tests import given
from tests.given import NOON
from tests.given.transport import delivered
from tests.given.workorders import arrived, asked_for, at_work, repair
from tests.inventory.workorders.books import assert_books_agree, free_stock, in_hands_of, told_of

LATER = NOON + timedelta(hours=1)


@pytest.fixture
def job(session):
    return repair(session)


@pytest.fixture
def part(session):
    return given.part(session)


def draw(session, job, line, quantity=1, *, by=None, **scanned):
    return workorders.draw(session, line.id, quantity, by=by or job.engineer, at=LATER, **scanned)


def test_what_is_drawn_is_in_the_engineers_custody(session, job, part):
    line = arrived(session, job, part, 2)

    (drawn,) = draw(session, job, line, 2)

    assert (drawn.quantity, drawn.in_custody, drawn.engineer_id) == (2, 2, job.engineer.person_id)
    assert in_hands_of(session, job.engineer, part) == 2
    assert ledger.find_balance(session, ledger.StockKey(job.station.id, part.id, drawn.owner_id)).on_hand == 0
    assert_books_agree(session)


def test_a_draw_is_told_on_the_line_with_the_lot(session, job, part):
    line = arrived(session, job, part, 1)
    draw(session, job, line)

    assert told_of(session, line) == ["requested", "drawn"]


def test_part_of_what_came_can_be_drawn_and_the_rest_later(session, job, part):
    line = arrived(session, job, part, 3)

    draw(session, job, line, 1)
    draw(session, job, line, 2)

    assert in_hands_of(session, job.engineer, part) == 3
    assert_books_agree(session)


def test_the_manager_draws_for_the_engineer_who_then_holds_it(session, job, part):
    line = arrived(session, job, part, 1)

    (drawn,) = draw(session, job, line, by=job.manager)

    assert drawn.engineer_id == job.engineer.person_id
    assert in_hands_of(session, job.engineer, part) == 1


def test_more_than_came_is_not_drawn(session, job, part):
    line = arrived(session, job, part, 1)

    with pytest.raises(workorders.NotThatMuchEarmarked) as refused:
        draw(session, job, line, 2)
    assert refused.value.facts == {"wanted": 2, "there": 1}
    assert in_hands_of(session, job.engineer, part) == 0


def test_nothing_is_drawn_for_a_line_that_is_still_on_its_way(session, job, part):
    given.stock(session, given.warehouse(session, tier="distribution", city=given.network.JINAN), part, 1)
    line = asked_for(session, job, part)
    assert line.status == LineStatus.RESERVED

    with pytest.raises(workorders.NotThatMuchEarmarked):
        draw(session, job, line)


def test_free_stock_beside_the_earmark_is_not_drawn(session, job, part):
    line = arrived(session, job, part, 1)
    given.stock(session, job.station, part, 5)

    with pytest.raises(workorders.NotThatMuchEarmarked):
        draw(session, job, line, 2)


def test_with_two_lots_the_one_taken_has_to_be_said(session, job, part):
    line = arrived(session, job, part, 1, 1)

    with pytest.raises(warehousing.LotNeeded) as refused:
        draw(session, job, line, 1)
    assert len(refused.value.facts["lots"]) == 2


def test_with_two_lots_the_one_scanned_is_drawn(session, job, part):
    given.stock(session, job.station, part, 1, lot="OLD", received_at=NOON - timedelta(days=9))
    given.stock(session, job.station, part, 1, lot="NEW", received_at=NOON - timedelta(days=1))
    line = asked_for(session, job, part, 2)

    (drawn,) = draw(session, job, line, 1, lot="NEW")

    assert session.get_one(ledger.Lot, drawn.lot_id).number == "NEW"
    assert_books_agree(session)


def test_all_of_two_lots_is_drawn_without_saying_which(session, job, part):
    line = arrived(session, job, part, 2, 1)

    drawn = draw(session, job, line, 3)

    assert [one.quantity for one in drawn] == [2, 1]
    assert in_hands_of(session, job.engineer, part) == 3


def test_a_lot_that_was_not_set_aside_for_the_line_is_refused(session, job, part):
    line = arrived(session, job, part, 1)
    given.stock(session, job.station, part, 1, lot="OTHER")

    with pytest.raises(workorders.LotNotEarmarked) as refused:
        draw(session, job, line, 1, lot="OTHER")
    assert refused.value.facts["lot"] == "OTHER"


def test_of_several_serial_numbers_the_one_scanned_is_drawn(session, job):
    part = given.part(session, serial_tracked=True)
    given.stock(session, job.station, part, serials=["S1", "S2"])
    line = asked_for(session, job, part, 2)

    with pytest.raises(warehousing.SerialNeeded):
        draw(session, job, line, 1)
    (drawn,) = draw(session, job, line, 1, serial="S2")

    assert session.get_one(ledger.Unit, drawn.unit_id).serial == "S2"
    assert_books_agree(session)


def scan(session, job, part, **scanned):
    return workorders.draw_by_scan(session, job.work_order.number, part=part, by=job.engineer, at=LATER, **scanned)


def test_a_scanned_label_draws_one_of_what_it_names(session, job, part):
    line = arrived(session, job, part, 2)

    (drawn,) = scan(session, job, part.number.lower())

    assert (drawn.line_id, drawn.quantity) == (line.id, 1)


def test_a_label_is_known_by_its_gtin_and_its_lot(session, job):
    part = given.part(session, gtin="09506000134352")
    given.stock(session, job.station, part, 1, lot="OLD", received_at=NOON - timedelta(days=9))
    given.stock(session, job.station, part, 1, lot="NEW", received_at=NOON - timedelta(days=1))
    asked_for(session, job, part, 1)
    second = asked_for(session, job, part, 1)

    (drawn,) = scan(session, job, "9506000134352", lot="NEW")

    assert drawn.line_id == second.id


def test_a_label_of_something_else_is_refused(session, job, part):
    arrived(session, job, part, 1)

    with pytest.raises(workorders.NotForThisWorkOrder):
        scan(session, job, given.part(session).number)


def test_a_label_of_a_lot_that_lies_there_for_nobody_is_refused(session, job, part):
    arrived(session, job, part, 1)

    with pytest.raises(workorders.LotNotEarmarked):
        scan(session, job, part.number, lot="UNKNOWN")


def test_a_colleague_may_not_draw(session, job, part):
    line = arrived(session, job, part, 1)
    colleague = at_work(session, "engineer", job.station)

    with pytest.raises(workorders.NotYourWorkOrder):
        draw(session, job, line, by=colleague)


def test_a_foreign_line_answers_like_a_missing_one(session, job, part):
    line = arrived(session, job, part, 1)
    stranger = repair(session)

    for line_id in (line.id, 999_999_999):
        with pytest.raises(NotFound) as refused:
            workorders.draw(session, line_id, 1, by=stranger.manager, at=LATER)
        assert refused.value.facts == {"line": line_id}


def test_who_may_not_draw_anywhere_is_refused(session, job, part):
    line = arrived(session, job, part, 1)

    with pytest.raises(NotPermitted):
        draw(session, job, line, by=at_work(session, "warehouse_operator", job.station))


def test_nothing_is_drawn_for_a_closed_work_order(session, job, part):
    line = arrived(session, job, part, 1)
    workorders.complete_work_order(session, job.work_order.number, by=job.engineer, at=LATER)

    with pytest.raises(workorders.WorkOrderNotOpen):
        draw(session, job, line)


def test_a_line_for_the_stations_stock_is_not_drawn(session, job, part):
    given.stock(session, job.station, part, 1)
    line = given.line(session, job.station, part)

    with pytest.raises(workorders.LineWithoutWorkOrder):
        draw(session, job, line)


def test_what_is_not_needed_becomes_free_stock(session, job, part):
    line = arrived(session, job, part, 3)

    workorders.free_earmark(session, line.id, 2, reason="只需一件", by=job.engineer, at=LATER)

    assert free_stock(session, job.station, part) == 2
    assert told_of(session, line)[-1] == "earmark_freed"
    draw(session, job, line, 1)
    assert_books_agree(session)


def test_more_than_is_set_aside_is_not_freed(session, job, part):
    line = arrived(session, job, part, 1)

    with pytest.raises(workorders.NotThatMuchEarmarked):
        workorders.free_earmark(session, line.id, 2, reason="-", by=job.engineer, at=LATER)


def test_a_colleague_may_not_free_it(session, job, part):
    line = arrived(session, job, part, 1)

    with pytest.raises(workorders.NotYourWorkOrder):
        workorders.free_earmark(session, line.id, 1, reason="-", by=at_work(session, "engineer", job.station), at=LATER)


def test_what_is_freed_serves_the_line_that_waits_for_it(session, job, part):
    line = arrived(session, job, part, 1)
    waiting_job = repair(session, job.station)
    waiting = asked_for(session, waiting_job, part)
    assert waiting.status == LineStatus.BACK_ORDERED

    workorders.free_earmark(session, line.id, 1, reason="不需要了", by=job.engineer, at=LATER)

    assert _status(session, waiting) == LineStatus.RECEIVED
    workorders.draw(session, waiting.id, 1, by=waiting_job.engineer, at=LATER)
    assert_books_agree(session)


def test_the_manager_puts_what_came_for_the_station_on_its_shelf(session, job, part):
    line = delivered(session, job.station, part, 2)
    assert _status(session, line) == LineStatus.RECEIVED
    assert free_stock(session, job.station, part) == 0

    workorders.stock_up(session, line.id, 2, by=job.manager, at=LATER)

    assert free_stock(session, job.station, part) == 2
    assert told_of(session, line)[-1] == "stocked_up"
    assert_books_agree(session)


def test_an_engineer_does_not_stock_up(session, job, part):
    line = delivered(session, job.station, part)

    with pytest.raises(NotPermitted):
        workorders.stock_up(session, line.id, 1, by=job.engineer, at=LATER)


def test_another_centres_manager_does_not_stock_up(session, job, part):
    line = delivered(session, job.station, part)

    with pytest.raises(NotFound):
        workorders.stock_up(session, line.id, 1, by=repair(session).manager, at=LATER)


def test_what_came_for_a_work_order_is_not_stocked_up(session, job, part):
    line = arrived(session, job, part, 1)

    with pytest.raises(workorders.LineOfWorkOrder):
        workorders.stock_up(session, line.id, 1, by=job.manager, at=LATER)


def test_a_quantity_below_one_is_refused(session, job, part):
    line = arrived(session, job, part, 1)

    for quantity in (0, -1):
        with pytest.raises(warehousing.QuantityTooSmall):
            draw(session, job, line, quantity)


def lying(quantity, lot="L1", serial=None, bin_code="A-1"):
    unit_id = None if serial is None else hash(serial)
    key = ledger.StockKey(1, 1, 1)
    return Lying(0, 1, key, "P1", None, hash(lot), lot, unit_id, serial, bin_code, quantity)


def test_one_lot_in_two_bins_leaves_no_doubt():
    here, there = lying(1, bin_code="A-1"), lying(2, bin_code="A-2")

    assert choose_lots([here, there], 2) == [(here, 1), (there, 1)]


def test_nothing_there_is_nothing_to_choose_from():
    with pytest.raises(workorders.NotThatMuchEarmarked):
        choose_lots([], 1, lot="L1")


def test_a_lot_scanned_limits_what_can_be_drawn_to_that_lot():
    with pytest.raises(workorders.NotThatMuchEarmarked) as refused:
        choose_lots([lying(1, "L1"), lying(5, "L2")], 2, lot="L1")
    assert refused.value.facts["there"] == 1


def _status(session, line):
    return session.get_one(PartRequestLine, line.id, populate_existing=True).status
