"""Picked goods go into boxes: opened, filled, closed with an SSCC, opened again, given up."""

from datetime import timedelta

import pytest

from barcode.errors import KeyNotMade
from barcode.gs1 import normal_sscc
from inventory import sourcing, transport, warehousing
from inventory.errors import NotFound, NotPermitted
from inventory.timeline import DocumentKind, list_events
from inventory.transport import (
    HandlingUnitEmpty,
    HandlingUnitNotClosed,
    HandlingUnitNotEmpty,
    HandlingUnitNotOpen,
    HandlingUnitStatus,
    HoldsCancelled,
    NothingToPack,
    SameWarehouse,
    TaskNotInHandlingUnit,
    TaskNotPicked,
    WrongDestination,
)
from inventory.warehousing import TaskStatus
from tests import given
from tests.given import NOON
from tests.given.network import QINGDAO
from tests.given.transport import COMPANY_PREFIX, closed, packed, shipped
from tests.given.warehousing import picked, released

LATER = NOON + timedelta(hours=1)


@pytest.fixture
def task(session, centre, station, part, by):
    given.stock(session, centre, part, 9, lot="L1")
    return picked(session, released(session, station, part, 2, by=by), by=by)[0]


@pytest.fixture
def box(session, centre, station, by):
    return transport.open_handling_unit(session, warehouse_id=centre.id, destination_id=station.id, by=by, at=NOON)


def happenings(session, kind, document):
    return [one.happening for one in list_events(session, kind, [document.id])]


# Packing


def test_a_picked_task_goes_into_the_box_of_its_destination(session, task, box, by):
    transport.pack_tasks(session, box.id, [task.id], by=by, at=NOON)

    assert (task.status, task.handling_unit_id) == (TaskStatus.PACKED, box.id)
    assert happenings(session, DocumentKind.PICK_TASK, task) == ["released", "picked", "packed"]


def test_a_part_label_packs_the_task_that_is_due_soonest(session, station, part, task, box, by):
    later = picked(session, released(session, station, part, 1, by=by, at=LATER), by=by, at=LATER)[0]

    first = transport.pack_by_scan(session, box.id, part=part.number, lot="L1", by=by, at=LATER)
    second = transport.pack_by_scan(session, box.id, part=part.number, by=by, at=LATER)

    assert [first.id, second.id] == [task.id, later.id]


def test_a_label_of_which_nothing_waits_is_refused(session, part, task, box, by):
    with pytest.raises(NothingToPack):
        transport.pack_by_scan(session, box.id, part=part.number, lot="L2", by=by, at=NOON)
    transport.pack_by_scan(session, box.id, part=part.number, by=by, at=NOON)
    with pytest.raises(NothingToPack):
        transport.pack_by_scan(session, box.id, part=part.number, by=by, at=NOON)
    with pytest.raises(NotFound):
        transport.pack_by_scan(session, box.id, part="NOTHING", by=by, at=NOON)


def test_a_piece_is_packed_by_its_serial_number(session, centre, station, box, by):
    part = given.part(session, serial_tracked=True)
    given.stock(session, centre, part, serials=["SN1", "SN2"])
    tasks = picked(session, released(session, station, part, 2, by=by), by=by)

    one = transport.pack_by_scan(session, box.id, part=part.number, serial="SN2", by=by, at=NOON)

    assert one.id == next(task.id for task in tasks if task.unit_id == one.unit_id)
    with pytest.raises(NothingToPack):
        transport.pack_by_scan(session, box.id, part=part.number, serial="SN2", by=by, at=NOON)


def test_what_is_not_picked_yet_is_not_packed(session, station, part, task, box, by):
    (waiting,) = released(session, station, part, by=by)

    with pytest.raises(TaskNotPicked) as refused:
        transport.pack_tasks(session, box.id, [task.id, waiting.id], by=by, at=NOON)
    assert refused.value.facts == {"task": waiting.id, "status": "released"}
    assert task.status is TaskStatus.PICKED


def test_what_goes_elsewhere_is_not_packed(session, centre, part, task, box, by):
    other = given.warehouse(session, tier="repair", city=QINGDAO, parent=centre)
    stray = picked(session, released(session, other, part, by=by), by=by)[0]

    with pytest.raises(WrongDestination) as refused:
        transport.pack_tasks(session, box.id, [stray.id], by=by, at=NOON)
    assert refused.value.facts == {"task": stray.id, "destination_id": other.id}


def test_no_tasks_and_unknown_tasks_are_refused(session, box, by):
    with pytest.raises(NothingToPack):
        transport.pack_tasks(session, box.id, [], by=by, at=NOON)
    with pytest.raises(NotFound):
        transport.pack_tasks(session, box.id, [1], by=by, at=NOON)


def test_what_is_ready_to_pack_is_listed_by_destination_and_hour(session, centre, station, part, task, by):
    other = given.warehouse(session, tier="repair", city=QINGDAO, parent=centre, code="A-0")
    stray = picked(session, released(session, other, part, by=by, at=LATER), by=by, at=LATER)[0]

    assert [one.id for one in transport.list_ready_to_pack(session, centre.id, by=by)] == [stray.id, task.id]


def test_packing_is_for_who_may_in_this_warehouse(session, centre, station, task, box):
    with pytest.raises(NotPermitted):
        transport.pack_tasks(session, box.id, [task.id], by=given.acting(session, "planner", centre), at=NOON)
    with pytest.raises(NotFound):
        transport.pack_tasks(session, box.id, [task.id], by=given.acting(session, "station_manager", station), at=NOON)


# Unpacking


def test_what_is_taken_out_waits_to_be_packed_again(session, centre, task, by):
    box = packed(session, [task], by=by)

    transport.unpack_task(session, task.id, by=by, at=NOON)

    assert (task.status, task.handling_unit_id) == (TaskStatus.PICKED, None)
    assert [one.id for one in transport.list_ready_to_pack(session, centre.id, by=by)] == [task.id]
    transport.pack_tasks(session, box.id, [task.id], by=by, at=NOON)


def test_a_closed_box_is_opened_to_take_something_out(session, task, by):
    box = closed(session, [task], by=by)

    transport.unpack_task(session, task.id, by=by, at=NOON)

    assert (box.status, box.closed_at) == (HandlingUnitStatus.OPEN, None)


def test_nothing_is_taken_out_of_no_box_or_of_one_that_has_left(session, task, by):
    with pytest.raises(TaskNotInHandlingUnit):
        transport.unpack_task(session, task.id, by=by, at=NOON)
    shipped(session, [closed(session, [task], by=by)], by=by)
    with pytest.raises(HandlingUnitNotOpen):
        transport.unpack_task(session, task.id, by=by, at=NOON)
    with pytest.raises(NotFound):
        transport.unpack_task(session, 1, by=by, at=NOON)


def test_a_cancelled_task_stays_in_its_box_until_it_is_taken_out(session, centre, station, part, task, by):
    other = picked(session, released(session, station, part, 1, by=by), by=by)[0]
    box = packed(session, [task, other], by=by)
    sourcing.withdraw(session, [task.line_id], reason="repaired", by=by, at=LATER)

    with pytest.raises(HoldsCancelled) as refused:
        transport.close_handling_unit(session, box.id, company_prefix=COMPANY_PREFIX, by=by, at=LATER)
    assert refused.value.facts == {"tasks": [task.id]}
    (line,) = transport.list_handling_units(session, centre.id, by=by)
    assert (line.tasks, line.cancelled, line.quantity) == (1, 1, 1)

    transport.unpack_task(session, task.id, by=by, at=LATER)
    assert (task.status, task.handling_unit_id) == (TaskStatus.CANCELLED, None)
    transport.close_handling_unit(session, box.id, company_prefix=COMPANY_PREFIX, by=by, at=LATER)
    (waiting,) = warehousing.list_to_put_away(session, centre.id, by=by)
    assert waiting.quantity == 2


# Boxes


def test_a_closed_box_has_an_sscc_of_the_makers_prefix(session, task, by):
    box = closed(session, [task], by=by)

    assert normal_sscc(box.sscc)[1:8] == COMPANY_PREFIX
    assert (box.status, box.closed_at) == (HandlingUnitStatus.CLOSED, NOON)
    assert list_events(session, DocumentKind.HANDLING_UNIT, [box.id])[-1].facts == {"sscc": box.sscc}


def test_two_boxes_have_two_ssccs(session, station, part, task, by):
    other = picked(session, released(session, station, part, 1, by=by), by=by)[0]

    assert closed(session, [task], by=by).sscc != closed(session, [other], by=by).sscc


def test_a_long_prefix_lets_the_serial_numbers_run_into_the_extension_digit(session, task, by):
    box = packed(session, [task], by=by)
    prefix = "69012345678"[: 16 - len(str(box.id)) + 1]

    transport.close_handling_unit(session, box.id, company_prefix=prefix, by=by, at=NOON)

    assert int(box.sscc[0]) == box.id // 10 ** (16 - len(prefix)) > 0


def test_an_unusable_prefix_makes_no_sscc(session, task, by):
    box = packed(session, [task], by=by)

    with pytest.raises(KeyNotMade):
        transport.close_handling_unit(session, box.id, company_prefix="69", by=by, at=NOON)


def test_a_box_keeps_its_sscc_when_it_is_opened_again(session, task, by):
    box = closed(session, [task], by=by)
    sscc = box.sscc

    transport.reopen_handling_unit(session, box.id, by=by, at=LATER)
    transport.close_handling_unit(session, box.id, company_prefix="1234567", by=by, at=LATER)

    assert box.sscc == sscc
    assert happenings(session, DocumentKind.HANDLING_UNIT, box) == ["opened", "closed", "reopened", "closed"]


def test_an_empty_box_is_not_closed_but_given_up(session, box, by):
    with pytest.raises(HandlingUnitEmpty):
        transport.close_handling_unit(session, box.id, company_prefix=COMPANY_PREFIX, by=by, at=NOON)

    assert transport.cancel_handling_unit(session, box.id, by=by, at=NOON).status is HandlingUnitStatus.CANCELLED
    with pytest.raises(HandlingUnitNotOpen):
        transport.cancel_handling_unit(session, box.id, by=by, at=NOON)


def test_a_box_with_something_in_it_is_not_given_up(session, task, by):
    box = packed(session, [task], by=by)

    with pytest.raises(HandlingUnitNotEmpty) as refused:
        transport.cancel_handling_unit(session, box.id, by=by, at=NOON)
    assert refused.value.facts["tasks"] == [task.id]


def test_a_closed_box_takes_nothing_more(session, station, part, task, by):
    box = closed(session, [task], by=by)
    other = picked(session, released(session, station, part, 1, by=by), by=by)[0]

    with pytest.raises(HandlingUnitNotOpen) as refused:
        transport.pack_tasks(session, box.id, [other.id], by=by, at=NOON)
    assert refused.value.facts == {"handling_unit": box.number, "status": "closed"}


def test_an_open_box_is_not_opened_again(session, box, by):
    with pytest.raises(HandlingUnitNotClosed):
        transport.reopen_handling_unit(session, box.id, by=by, at=NOON)


def test_a_box_goes_to_another_warehouse_that_exists(session, centre, by):
    with pytest.raises(SameWarehouse):
        transport.open_handling_unit(session, warehouse_id=centre.id, destination_id=centre.id, by=by, at=NOON)
    with pytest.raises(NotFound):
        transport.open_handling_unit(session, warehouse_id=centre.id, destination_id=10**15, by=by, at=NOON)


def test_the_boxes_of_a_warehouse_are_listed_with_what_is_in_them(session, centre, station, task, by):
    box = packed(session, [task], by=by)

    (line,) = transport.list_handling_units(session, centre.id, by=by)

    assert (line.number, line.destination_code, line.status) == (box.number, station.code, HandlingUnitStatus.OPEN)
    assert (line.tasks, line.cancelled, line.quantity, line.due_at) == (1, 0, 2, task.due_at)
