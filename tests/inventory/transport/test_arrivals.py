"""A shipment arrives: full, short, damaged, wrong."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from inventory import transport, warehousing
from inventory.errors import NotFound, NotPermitted
from inventory.ledger import Allocation, Condition, LotBalance, Move, Place, Purpose, Reservation
from inventory.sourcing import PartRequestLine
from inventory.timeline import DocumentKind, list_events
from inventory.transport import (
    AlreadyReceived,
    BoxScan,
    HandlingUnit,
    HandlingUnitStatus,
    NotInShipment,
    OverReceived,
    PieceScan,
    ReceivedLine,
    RestMissing,
    Shipment,
    ShipmentLine,
    ShipmentStatus,
)
from tests import given
from tests.given import NOON
from tests.given.transport import closed, shipped, under_way
from tests.given.warehousing import picked, released

LATER = NOON + timedelta(hours=3)


@pytest.fixture
def shipment(session, centre, station, part, by):
    """Five of one lot in one box."""
    given.stock(session, centre, part, 20, lot="L1", received_at=NOON - timedelta(days=1))
    return under_way(session, station, part, 5, by=by)


def receive(session, shipment, *scans, by, **said):
    return transport.receive_shipment(session, shipment.id, scans, by=by, at=LATER, **said)


def boxes_of(session, shipment):
    return session.scalars(select(HandlingUnit).where(HandlingUnit.shipment_id == shipment.id)).all()


def line_of(session, shipment):
    line_id = session.scalars(select(ShipmentLine.line_id).where(ShipmentLine.shipment_id == shipment.id)).first()
    return session.get(PartRequestLine, line_id, populate_existing=True)


def lying(session, bin, condition=Condition.GOOD):
    query = select(LotBalance.on_hand, LotBalance.allocated).where(
        LotBalance.bin_id == bin.id, LotBalance.condition == condition, LotBalance.on_hand > 0
    )
    return [tuple(row) for row in session.execute(query)]


# Full


def test_a_scanned_box_brings_in_all_of_it(session, station, shipment, by):
    (box,) = boxes_of(session, shipment)

    receive(session, shipment, BoxScan(box.sscc), by=by)

    assert (shipment.status, shipment.received_at) == (ShipmentStatus.RECEIVED, LATER)
    assert box.status is HandlingUnitStatus.RECEIVED
    assert lying(session, given.dock(session, station)) == [(5, 5)]


def test_what_came_for_a_line_is_earmarked_for_it_and_keeps_its_lot(session, station, shipment, part, by):
    receive(session, shipment, PieceScan(part.number, received=5), by=by)

    earmark = session.scalars(
        select(Reservation).where(Reservation.purpose == Purpose.EARMARK, Reservation.part_id == part.id)
    ).one()
    assert (earmark.line_id, earmark.warehouse_id, earmark.quantity, earmark.priority) == (
        line_of(session, shipment).id,
        station.id,
        5,
        1,
    )
    allocation = session.scalars(select(Allocation).where(Allocation.reservation_id == earmark.id)).one()
    sent = session.scalars(select(ShipmentLine).where(ShipmentLine.shipment_id == shipment.id)).one()
    assert allocation.lot_id == sent.lot_id


def test_what_came_is_announced_and_stops_the_clock(session, shipment, part, heard, by):
    receive(session, shipment, PieceScan(part.number, received=5), by=by)

    line = line_of(session, shipment)
    assert heard[-1].lines == (ReceivedLine(line.id, 5, 0, 0, shipment.number),)
    assert (line.status, line.received_at) == ("received", LATER)


def test_a_receipt_is_told_with_who_and_how_much(session, shipment, part, by):
    receive(session, shipment, PieceScan(part.number, received=4, damaged=1), note="外箱破损", by=by)

    event = list_events(session, DocumentKind.SHIPMENT, [shipment.id])[-1]
    assert (event.from_status, event.to_status, event.reason) == ("shipped", "received", "外箱破损")
    assert event.facts == {"received": 4, "damaged": 1, "missing": 0}


# Part by part


def test_a_shipment_is_being_received_until_all_of_it_is_accounted_for(session, shipment, part, by):
    (box,) = boxes_of(session, shipment)
    receive(session, shipment, PieceScan(part.number, received=2), by=by)
    assert (shipment.status, shipment.received_at) == (ShipmentStatus.RECEIVING, None)
    assert box.status is HandlingUnitStatus.SHIPPED

    receive(session, shipment, BoxScan(box.sscc), by=by)

    assert shipment.status is ShipmentStatus.RECEIVED
    assert box.status is HandlingUnitStatus.RECEIVED


def test_two_boxes_are_received_one_after_the_other(session, centre, station, part, by):
    given.stock(session, centre, part, 9)
    tasks = [picked(session, released(session, station, part, 2, by=by), by=by) for _ in range(2)]
    boxes = [closed(session, one, by=by) for one in tasks]
    shipment = shipped(session, boxes, by=by)

    receive(session, shipment, BoxScan(boxes[0].sscc), by=by)

    assert shipment.status is ShipmentStatus.RECEIVING
    assert [box.status for box in boxes] == [HandlingUnitStatus.RECEIVED, HandlingUnitStatus.SHIPPED]


# Short and damaged


def test_what_is_missing_is_lost_and_sourced_anew(session, shipment, part, by):
    receive(session, shipment, PieceScan(part.number, received=3), RestMissing(), by=by)

    assert shipment.status is ShipmentStatus.RECEIVED
    lost = session.scalars(select(Move).where(Move.to_place == Place.LOST, Move.part_id == part.id)).one()
    assert (lost.quantity, lost.from_place) == (2, Place.IN_TRANSIT)
    line = line_of(session, shipment)
    assert (line.received, line.back_ordered, line.released, line.breach_cause) == (3, 0, 2, "transport_loss")


def test_what_is_damaged_lies_in_quarantine_as_defective_and_is_sourced_anew(session, station, shipment, part, by):
    receive(session, shipment, PieceScan(part.number, received=4, damaged=1), by=by)

    assert lying(session, given.quarantine(session, station), Condition.DEFECTIVE) == [(1, 0)]
    assert (line_of(session, shipment).received, line_of(session, shipment).released) == (4, 1)


def test_a_piece_is_received_by_its_serial_number(session, centre, station, by):
    part = given.part(session, serial_tracked=True)
    given.stock(session, centre, part, serials=["SN1", "SN2"])
    shipment = under_way(session, station, part, 2, by=by)

    receive(session, shipment, PieceScan(part.number, damaged=1, serial="SN2"), by=by)
    receive(session, shipment, PieceScan(part.number, received=1), by=by)

    assert lying(session, given.dock(session, station)) == [(1, 1)]
    assert lying(session, given.quarantine(session, station), Condition.DEFECTIVE) == [(1, 0)]


# Wrong


def test_a_part_that_is_not_in_the_shipment_is_refused_and_comes_in_by_a_receipt(session, station, shipment, by):
    stray = given.part(session)

    with pytest.raises(NotInShipment):
        receive(session, shipment, PieceScan(stray.number, received=1), by=by)
    wish = warehousing.ReceiptWish(
        station.id, [warehousing.ReceivedGoods(stray.id, 1)], supplier="发错货", reference=shipment.number
    )
    assert warehousing.receive(session, wish, by=by, at=LATER)


def test_more_than_was_sent_is_refused(session, shipment, part, by):
    with pytest.raises(OverReceived):
        receive(session, shipment, PieceScan(part.number, received=6), by=by)


def test_nothing_is_received_twice(session, shipment, part, by):
    (box,) = boxes_of(session, shipment)
    receive(session, shipment, BoxScan(box.sscc), by=by)

    for again in (BoxScan(box.sscc), PieceScan(part.number, received=1)):
        with pytest.raises(AlreadyReceived):
            receive(session, shipment, again, by=by)


def test_receiving_is_for_who_may_at_the_destination(session, centre, station, shipment, part):
    scan = PieceScan(part.number, received=5)

    with pytest.raises(NotPermitted):
        receive(session, shipment, scan, by=given.acting(session, "planner", station))
    with pytest.raises(NotFound):
        receive(session, shipment, scan, by=given.acting(session, "warehouse_operator", centre))
    with pytest.raises(NotFound):
        receive(session, Shipment(id=1), scan, by=given.acting(session))
    assert receive(session, shipment, scan, by=given.acting(session, "engineer", station))
