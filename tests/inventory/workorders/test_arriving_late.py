"""Parts that come by shipment: drawn when the work order is open, free stock at once when it is closed meanwhile."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from inventory import transport, warehousing, workorders
from inventory.catalogue.models import Part
from inventory.network.models import Bin
from inventory.sourcing.models import PartRequestLine
from inventory.warehousing import PickScan, PickTask
from tests import given
from tests.given import NOON
from tests.given.workorders import asked_for, repair
from tests.inventory.workorders.books import assert_books_agree, free_stock, told_of

LATER = NOON + timedelta(hours=3)


@pytest.fixture
def job(session):
    return repair(session)


@pytest.fixture
def part(session):
    return given.part(session)


@pytest.fixture
def shipped(session, job, part):
    """A line asked for in the same city, picked, packed and on its way: the line and its shipment."""
    source = given.warehouse(session, tier="distribution")
    given.stock(session, source, part, 2)
    line = asked_for(session, job, part, 2)
    lead = given.acting(session)
    task = session.scalars(select(PickTask).where(PickTask.line_id == line.id)).one()
    scan = PickScan(session.get_one(Bin, task.bin_id).code, session.get_one(Part, task.part_id).number, 2)
    warehousing.confirm_pick(session, task.id, scan, by=lead, at=NOON)
    box = transport.open_handling_unit(session, warehouse_id=source.id, destination_id=job.station.id, by=lead, at=NOON)
    transport.pack_tasks(session, box.id, [task.id], by=lead, at=NOON)
    transport.close_handling_unit(session, box.id, company_prefix="9524000", by=lead, at=NOON)
    (shipment,) = transport.ship(session, [box.id], by=lead, at=NOON)
    return line, shipment, box


def receive(session, job, shipped):
    _, shipment, box = shipped
    transport.receive_shipment(session, shipment.id, [transport.BoxScan(box.sscc)], by=job.manager, at=LATER)


def test_what_is_on_its_way_names_its_shipment(session, job, shipped):
    _, shipment, _ = shipped

    [line] = workorders.view_work_order(session, job.work_order.number, by=job.engineer).lines

    assert [(one.shipment, one.quantity) for one in line.coming] == [(shipment.number, 2)]
    assert (line.in_transit, line.to_come) == (2, 2)


def test_what_arrives_is_drawn_and_fitted(session, job, part, shipped):
    receive(session, job, shipped)

    (drawn,) = workorders.draw(session, shipped[0].id, 2, by=job.engineer, at=LATER)
    workorders.fit(session, drawn.id, 2, by=job.engineer, at=LATER)
    workorders.complete_work_order(session, job.work_order.number, by=job.engineer, at=LATER)

    assert_books_agree(session)


def test_what_arrives_for_a_closed_work_order_is_free_stock_at_once(session, job, part, shipped):
    workorders.cancel_work_order(session, job.work_order.number, reason="客户取消", by=job.engineer, at=LATER)

    receive(session, job, shipped)

    assert free_stock(session, job.station, part) == 2
    assert told_of(session, shipped[0])[-2:] == ["received", "earmark_freed"]
    assert_books_agree(session)


def test_what_was_damaged_on_the_way_for_a_closed_work_order_is_not_sent_again(session, job, part, shipped):
    line, shipment, _ = shipped
    workorders.cancel_work_order(session, job.work_order.number, reason="客户取消", by=job.engineer, at=LATER)
    given.stock(session, given.warehouse(session, tier="distribution"), part, 9)

    scan = transport.PieceScan(part.number, received=1, damaged=1)
    transport.receive_shipment(session, shipment.id, [scan], by=job.manager, at=LATER)

    session.refresh(line)
    assert (line.received, line.cancelled, line.status) == (1, 1, "received")
    assert free_stock(session, job.station, part) == 1
    assert_books_agree(session)


def test_it_fills_the_back_order_of_another_repair(session, job, part, shipped):
    other = repair(session, job.station)
    waiting = asked_for(session, other, part)
    workorders.cancel_work_order(session, job.work_order.number, reason="客户取消", by=job.engineer, at=LATER)

    receive(session, job, shipped)

    assert session.get_one(PartRequestLine, waiting.id, populate_existing=True).received == 1
    assert free_stock(session, job.station, part) == 1
    assert_books_agree(session)
