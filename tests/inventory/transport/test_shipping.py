"""Closed boxes leave."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from inventory import ledger, sourcing, transport
from inventory.errors import NotFound, NotPermitted
from inventory.ledger import Move, Place
from inventory.sourcing import PartRequestLine
from inventory.timeline import DocumentKind, list_events
from inventory.transport import (
    CarrierExists,
    HandlingUnitNotClosed,
    HandlingUnitStatus,
    HoldsCancelled,
    NothingToShip,
    ShipmentLine,
    ShipmentStatus,
    ShippedLine,
    TrackingKind,
    TrackingNews,
)
from inventory.warehousing import TaskStatus
from tests import given
from tests.given import NOON
from tests.given.network import QINGDAO
from tests.given.transport import closed, packed, shipped, under_way
from tests.given.warehousing import picked, released

LATER = NOON + timedelta(hours=1)


@pytest.fixture
def stock(session, centre, part):
    return given.stock(session, centre, part, 9, lot="L1")


@pytest.fixture
def tasks(session, stock, station, part, by):
    return picked(session, released(session, station, part, 2, by=by), by=by)


def lines_of(session, shipment):
    return session.scalars(select(ShipmentLine).where(ShipmentLine.shipment_id == shipment.id)).all()


def test_what_left_is_in_transit_and_no_longer_on_hand(session, stock, tasks, by):
    shipment = shipped(session, [closed(session, tasks, by=by)], by=by, at=LATER)

    balance = ledger.find_balance(session, stock.key)
    assert (balance.on_hand, balance.reserved) == (7, 0)
    move = session.scalars(select(Move).where(Move.to_place == Place.IN_TRANSIT, Move.part_id == stock.key.part_id))
    (left,) = move
    assert (left.quantity, left.document_kind, left.document_id) == (2, "shipment", shipment.id)


def test_a_shipment_says_which_lot_travels_for_which_line_and_by_when(session, stock, station, centre, tasks, by):
    carrier = transport.add_carrier(session, "SF", name_zh="顺丰", name_en="SF Express")
    box = closed(session, tasks, by=by)

    (shipment,) = transport.ship(session, [box.id], carrier_id=carrier.id, carrier_reference=" SF123 ", by=by, at=LATER)

    assert (shipment.source_id, shipment.destination_id, shipment.status) == (
        centre.id,
        station.id,
        ShipmentStatus.SHIPPED,
    )
    assert (shipment.carrier_reference, shipment.shipped_at, shipment.due_at) == ("SF123", LATER, tasks[0].due_at)
    (line,) = lines_of(session, shipment)
    assert (line.line_id, line.lot_id, line.quantity, line.priority) == (tasks[0].line_id, stock.lot_id, 2, 1)


def test_tasks_and_boxes_leave_with_the_shipment(session, tasks, by):
    box = closed(session, tasks, by=by)
    shipment = shipped(session, [box], by=by)

    assert tasks[0].status is TaskStatus.SHIPPED
    assert (box.status, box.shipment_id) == (HandlingUnitStatus.SHIPPED, shipment.id)
    assert list_events(session, DocumentKind.SHIPMENT, [shipment.id])[0].facts["handling_units"] == [box.number]
    assert list_events(session, DocumentKind.PICK_TASK, [tasks[0].id])[-1].facts == {"shipment": shipment.number}


def test_what_left_is_announced_and_its_line_is_in_transit(session, tasks, heard, by):
    shipment = shipped(session, [closed(session, tasks, by=by)], by=by)

    (told,) = heard
    assert told.lines == (ShippedLine(tasks[0].line_id, 2, shipment.number),)
    line = session.get(PartRequestLine, tasks[0].line_id, populate_existing=True)
    assert (line.status, line.issued) == ("in_transit", 2)


def test_two_picks_of_one_lot_in_one_box_travel_as_one_line(session, centre, station, part, by):
    for turn in (1, 2):
        given.stock(session, centre, part, 1, lot="L1", bin=given.bin(session, centre, pick_sequence=turn))
    tasks = picked(session, released(session, station, part, 2, by=by), by=by)
    assert len(tasks) == 2

    (line,) = lines_of(session, shipped(session, [closed(session, tasks, by=by)], by=by))

    assert line.quantity == 2


def test_each_destination_gets_a_shipment_of_its_own(session, centre, part, tasks, by):
    other = given.warehouse(session, tier="repair", city=QINGDAO, parent=centre)
    elsewhere = picked(session, released(session, other, part, 1, by=by), by=by)
    boxes = [closed(session, tasks, by=by), closed(session, elsewhere, by=by)]

    shipments = transport.ship(session, [box.id for box in boxes], by=by, at=LATER)

    assert [one.destination_id for one in shipments] == [box.destination_id for box in boxes]


def test_a_shipment_is_due_when_its_most_urgent_line_is(session, station, part, tasks, by):
    later = picked(session, released(session, station, part, 1, by=by, at=LATER), by=by, at=LATER)
    boxes = [closed(session, later, by=by), closed(session, tasks, by=by)]

    assert shipped(session, boxes, by=by, at=LATER).due_at == min(later[0].due_at, tasks[0].due_at)


def test_an_open_box_does_not_leave(session, tasks, by):
    box = packed(session, tasks, by=by)

    with pytest.raises(HandlingUnitNotClosed) as refused:
        transport.ship(session, [box.id], by=by, at=LATER)
    assert refused.value.facts == {"handling_unit": box.number, "status": "open"}


def test_a_box_leaves_once(session, tasks, by):
    box = closed(session, tasks, by=by)
    shipped(session, [box], by=by)

    with pytest.raises(HandlingUnitNotClosed) as refused:
        transport.ship(session, [box.id], by=by, at=LATER)
    assert refused.value.facts["status"] == "shipped"


def test_a_box_with_something_cancelled_in_it_does_not_leave(session, tasks, by):
    box = closed(session, tasks, by=by)
    sourcing.withdraw(session, [tasks[0].line_id], reason="repaired", by=by, at=LATER)

    with pytest.raises(HoldsCancelled) as refused:
        transport.ship(session, [box.id], by=by, at=LATER)
    assert refused.value.facts == {"tasks": [tasks[0].id]}


def test_nothing_is_no_shipment_and_boxes_and_carriers_have_to_exist(session, tasks, by):
    box = closed(session, tasks, by=by)

    with pytest.raises(NothingToShip):
        transport.ship(session, [], by=by, at=LATER)
    with pytest.raises(NotFound):
        transport.ship(session, [box.id, 1], by=by, at=LATER)
    with pytest.raises(NotFound):
        transport.ship(session, [box.id], carrier_id=10**15, by=by, at=LATER)


def test_shipping_is_for_who_may_in_this_warehouse(session, centre, station, tasks, by):
    box = closed(session, tasks, by=by)

    with pytest.raises(NotPermitted):
        transport.ship(session, [box.id], by=given.acting(session, "planner", centre), at=LATER)
    with pytest.raises(NotFound):
        transport.ship(session, [box.id], by=given.acting(session, "station_manager", station), at=LATER)


# Seen from both ends


def test_a_shipment_is_listed_at_both_its_ends_soonest_due_first(session, stock, centre, station, part, by):
    late = under_way(session, station, part, 1, by=by, at=LATER)
    soon = under_way(session, station, part, 2, by=by, at=LATER)
    assert late.due_at == soon.due_at

    out = transport.list_outgoing(session, centre.id, by=by)
    incoming = transport.list_incoming(session, station.id, by=by)

    assert [one.number for one in out] == [late.number, soon.number] == [one.number for one in incoming]
    assert (out[1].handling_units, out[1].quantity, out[1].open, out[1].destination_code) == (1, 2, 2, station.code)
    assert out[0].due_at == LATER + timedelta(hours=6)
    assert transport.list_incoming(session, centre.id, by=by) == []


def test_a_shipment_is_shown_at_both_its_ends_and_nowhere_else(session, stock, centre, station, part, by):
    shipment = under_way(session, station, part, 2, by=by)

    for end in (centre, station):
        view, (line,) = transport.get_shipment(session, shipment.id, by=given.acting(session, "planner", end))
        assert (view.number, line.part_number, line.lot_number, line.open) == (shipment.number, part.number, "L1", 2)
    stranger = given.acting(session, "planner", given.warehouse(session))
    with pytest.raises(NotFound):
        transport.get_shipment(session, shipment.id, by=stranger)
    with pytest.raises(NotFound):
        transport.get_shipment(session, 1, by=by)


def test_a_label_leads_to_its_box_and_shipment_for_who_may_see_them(session, stock, station, part, by):
    shipment = under_way(session, station, part, by=by)
    (box,) = transport.get_shipment(session, shipment.id, by=by)[1]
    stranger = given.acting(session, "planner", given.warehouse(session))

    assert transport.find_handling_unit_by_sscc(session, box.sscc, by=by).shipment_id == shipment.id
    assert transport.find_handling_unit_by_sscc(session, box.sscc, by=stranger) is None
    assert transport.find_handling_unit_by_sscc(session, "0" * 18, by=by) is None


def test_a_box_is_shown_with_the_tasks_in_it_at_both_its_ends(session, tasks, station, by):
    box = closed(session, tasks, by=by)
    engineer = given.acting(session, "engineer", station)

    view, (task,) = transport.get_handling_unit(session, box.id, by=engineer)

    assert (view.sscc, view.quantity, task.id) == (box.sscc, 2, tasks[0].id)
    with pytest.raises(NotFound):
        transport.get_handling_unit(session, box.id, by=given.acting(session, "engineer", given.warehouse(session)))
    with pytest.raises(NotFound):
        transport.get_handling_unit(session, 1, by=by)


# On the way


def test_what_happens_on_the_way_is_written_down_with_the_carriers_own_time(session, stock, station, part, by):
    shipment = under_way(session, station, part, by=by)
    news = TrackingNews(TrackingKind.DELAYED, NOON - timedelta(days=400), "济南", "大雪")

    transport.add_tracking_event(session, shipment.id, news, by=by, at=LATER)

    (event,) = transport.list_tracking_events(session, shipment.id, by=by)
    assert (event.kind, event.place, event.note) == (TrackingKind.DELAYED, "济南", "大雪")
    assert (event.occurred_at, event.recorded_at) == (NOON - timedelta(days=400), LATER)


def test_tracking_is_for_who_may_at_one_of_the_ends(session, stock, centre, station, part, by):
    shipment = under_way(session, station, part, by=by)
    news = TrackingNews(TrackingKind.ARRIVED, LATER)

    with pytest.raises(NotPermitted):
        transport.add_tracking_event(
            session, shipment.id, news, by=given.acting(session, "warehouse_operator", centre), at=LATER
        )
    stranger = given.acting(session, "warehouse_lead", given.warehouse(session))
    with pytest.raises(NotFound):
        transport.add_tracking_event(session, shipment.id, news, by=stranger, at=LATER)
    assert transport.add_tracking_event(
        session, shipment.id, news, by=given.acting(session, "warehouse_lead", centre), at=LATER
    )


def test_a_carrier_is_known_once_by_its_code(session):
    made = transport.add_carrier(session, "YT", name_zh="圆通")

    assert transport.get_carrier(session, "YT") == made
    assert made in transport.list_carriers(session)
    with pytest.raises(CarrierExists):
        transport.add_carrier(session, "YT", name_zh="圆通")
    with pytest.raises(NotFound):
        transport.get_carrier(session, "ZT")
