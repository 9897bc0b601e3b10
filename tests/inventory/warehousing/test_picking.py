"""Picked by scan: what is right goes to staging, what is wrong is refused with what to do instead."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from inventory import ledger, sourcing, warehousing
from inventory.catalogue import Part
from inventory.errors import NotFound, NotPermitted
from inventory.ledger import Allocation, Condition, LotBalance, LotNotFree
from inventory.sourcing import PartRequestLine
from inventory.timeline import DocumentKind, list_events
from inventory.warehousing import (
    LotNeeded,
    MoreThanTask,
    NotInBin,
    PickFailure,
    PickIncomplete,
    QuantityTooSmall,
    ReasonMissing,
    SerialNeeded,
    Shortfall,
    TaskClaimed,
    TaskNotOpen,
    TaskStatus,
    WrongBin,
    WrongLot,
    WrongPart,
)
from tests import given
from tests.given import NOON
from tests.given.network import BEIJING
from tests.given.warehousing import picked, released, scan_of

DAY = timedelta(days=1)
LATER = NOON + timedelta(hours=1)


@pytest.fixture
def task(session, centre, station, part, by):
    given.stock(session, centre, part, 9, lot="L1", received_at=NOON - DAY)
    (task,) = released(session, station, part, 5, by=by)
    return task


def confirm(session, task, *, by, **said):
    return warehousing.confirm_pick(session, task.id, scan_of(session, task, **said), by=by, at=LATER)


def lying_in(session, bin_id, part, condition=Condition.GOOD):
    total = select(func.coalesce(func.sum(LotBalance.on_hand), 0)).where(
        LotBalance.bin_id == bin_id, LotBalance.part_id == part.id, LotBalance.condition == condition
    )
    return int(session.scalar(total))


def line_of(session, task):
    return session.get(PartRequestLine, task.line_id, populate_existing=True)


# A right scan


def test_what_is_picked_lies_in_staging_and_stays_set_aside(session, centre, part, task, by):
    confirm(session, task, by=by)

    assert (task.status, task.picked, task.picked_at) == (TaskStatus.PICKED, 5, LATER)
    assert lying_in(session, given.staging(session, centre).id, part) == 5
    assert lying_in(session, task.bin_id, part) == 4
    allocation = session.get(Allocation, task.allocation_id, populate_existing=True)
    assert allocation.quantity == 5


def test_a_pick_is_told_with_what_was_taken_and_by_whom(session, task, by):
    confirm(session, task, by=by)

    event = list_events(session, DocumentKind.PICK_TASK, [task.id])[-1]
    assert (event.from_status, event.to_status, event.actor_id) == ("released", "picked", by.person_id)
    assert event.facts["quantity"] == 5
    assert event.facts["lot"] == "L1"


def test_codes_are_read_in_either_case(session, task, by):
    scan = scan_of(session, task)
    confirm(session, task, by=by, bin_code=f" {scan.bin_code.lower()} ", part=scan.part.lower())

    assert task.status is TaskStatus.PICKED


@pytest.mark.parametrize("scanned", ["06901234000016", "6901234000016"])
def test_a_part_is_known_by_its_gtin_in_any_length(session, centre, station, by, scanned):
    part = given.part(session, gtin="06901234000016")
    given.stock(session, centre, part)
    (task,) = released(session, station, part, by=by)

    assert confirm(session, task, by=by, part=scanned).status is TaskStatus.PICKED


def test_a_label_without_lot_will_do_where_the_bin_holds_one_lot(session, task, by):
    assert confirm(session, task, by=by, lot=None).status is TaskStatus.PICKED


def test_what_lies_in_staging_already_is_picked_where_it_is(session, centre, station, part, by):
    staging = given.staging(session, centre)
    given.stock(session, centre, part, bin=staging)
    (task,) = released(session, station, part, by=by)

    confirm(session, task, by=by)

    assert task.status is TaskStatus.PICKED
    assert lying_in(session, staging.id, part) == 1


# A wrong scan changes nothing


def test_another_bin_is_refused_and_the_right_one_named(session, centre, task, by):
    other = given.bin(session, centre)

    with pytest.raises(WrongBin) as refused:
        confirm(session, task, by=by, bin_code=other.code)
    assert refused.value.facts == {"expected": scan_of(session, task).bin_code, "scanned": other.code}
    assert session.get(warehousing.PickTask, task.id, populate_existing=True).status is TaskStatus.RELEASED


def test_another_part_is_refused_and_the_right_one_named(session, task, part, by):
    with pytest.raises(WrongPart) as refused:
        confirm(session, task, by=by, part=given.part(session).number)
    assert refused.value.facts["expected"] == part.number


def test_more_than_the_task_asks_for_is_refused(session, task, by):
    with pytest.raises(MoreThanTask) as refused:
        confirm(session, task, by=by, quantity=6)
    assert refused.value.facts["wanted"] == 5


def test_nothing_is_no_pick(session, task, by):
    with pytest.raises(QuantityTooSmall):
        confirm(session, task, by=by, quantity=0)


def test_less_than_the_task_asks_for_needs_to_be_explained(session, task, by):
    with pytest.raises(PickIncomplete) as refused:
        confirm(session, task, by=by, quantity=3)
    assert (refused.value.facts["wanted"], refused.value.facts["quantity"]) == (5, 3)


def test_a_second_scan_of_a_picked_task_tells_its_state(session, task, by):
    confirm(session, task, by=by)

    with pytest.raises(TaskNotOpen) as refused:
        confirm(session, task, by=by)
    assert refused.value.facts == {"task": task.id, "status": "picked"}


def test_what_somebody_else_has_in_hand_is_not_picked(session, centre, task, by):
    operator = given.acting(session, "warehouse_operator", centre)
    warehousing.claim_task(session, task.id, by=operator, at=NOON)

    with pytest.raises(TaskClaimed):
        confirm(session, task, by=by)
    assert confirm(session, task, by=operator).status is TaskStatus.PICKED


def test_a_task_of_another_warehouse_answers_like_a_missing_one(session, station, task):
    with pytest.raises(NotFound):
        confirm(session, task, by=given.acting(session, "warehouse_operator", station))


def test_who_may_not_pick_confirms_nothing(session, centre, task):
    with pytest.raises(NotPermitted):
        confirm(session, task, by=given.acting(session, "planner", centre))


# Lots


@pytest.fixture
def two_lots(session, centre, station, part, by):
    """A task on the older of two lots in one bin."""
    shelf = given.bin(session, centre)
    given.stock(session, centre, part, 2, lot="OLD", bin=shelf, received_at=NOON - 2 * DAY)
    given.stock(session, centre, part, 2, lot="NEW", bin=shelf, received_at=NOON - DAY)
    (task,) = released(session, station, part, 2, by=by)
    return task


def test_without_a_lot_on_the_label_the_lots_of_the_bin_are_listed(session, two_lots, by):
    with pytest.raises(LotNeeded) as refused:
        confirm(session, two_lots, by=by, lot=None)
    assert refused.value.facts == {"lots": ["OLD", "NEW"]}


def test_a_wrong_lot_is_refused_and_the_right_one_named(session, two_lots, by):
    with pytest.raises(WrongLot) as refused:
        confirm(session, two_lots, by=by, lot="NEW")
    assert refused.value.facts == {"expected": "OLD", "scanned": "NEW"}


def test_a_wrong_lot_is_taken_with_a_reason_by_who_may(session, centre, two_lots):
    lead = given.acting(session, "warehouse_lead", centre)

    confirm(session, two_lots, by=lead, lot="NEW", override_reason="old one is behind the pallet")

    allocation = session.get(Allocation, two_lots.allocation_id, populate_existing=True)
    assert (allocation.older_free, allocation.override_reason) == (2, "old one is behind the pallet")
    event = list_events(session, DocumentKind.PICK_TASK, [two_lots.id])[-1]
    assert (event.facts["lot"], event.facts["instead_of_lot"]) == ("NEW", "OLD")
    assert event.reason == "old one is behind the pallet"
    assert two_lots.lot_id == allocation.lot_id


def test_an_operator_may_not_pass_over_the_oldest_lot(session, centre, two_lots):
    operator = given.acting(session, "warehouse_operator", centre)

    with pytest.raises(NotPermitted):
        confirm(session, two_lots, by=operator, lot="NEW", override_reason="nearer")


def test_a_lot_that_is_given_to_another_task_cannot_be_taken(session, station, part, two_lots, by):
    released(session, station, part, 2, by=by)

    with pytest.raises(LotNotFree):
        confirm(session, two_lots, by=by, lot="NEW", override_reason="nearer")


def test_a_lot_that_does_not_lie_there_cannot_be_taken_with_any_reason(session, two_lots, by):
    with pytest.raises(NotInBin) as refused:
        confirm(session, two_lots, by=by, lot="L99", override_reason="nearer")
    assert refused.value.facts["lots"] == ["OLD", "NEW"]


# Pieces with serial numbers


@pytest.fixture
def piece(session, centre, station, by):
    """A task on the first of three pieces of one lot in one bin."""
    part = given.part(session, serial_tracked=True)
    given.stock(session, centre, part, lot="L1", serials=["SN1", "SN2", "SN3"])
    (task,) = released(session, station, part, by=by)
    return task


def test_a_piece_is_picked_by_its_serial_number(session, piece, by):
    with pytest.raises(SerialNeeded) as refused:
        confirm(session, piece, by=by, serial=None)
    assert refused.value.facts == {"serials": ["SN1"]}

    assert confirm(session, piece, by=by, serial="SN1").status is TaskStatus.PICKED


def test_another_piece_of_the_lot_is_as_good_and_is_the_one_booked(session, centre, piece):
    operator = given.acting(session, "warehouse_operator", centre)

    confirm(session, piece, by=operator, serial="SN3")

    assert session.get(ledger.Unit, piece.unit_id).serial == "SN3"
    event = list_events(session, DocumentKind.PICK_TASK, [piece.id])[-1]
    assert event.facts["serial"] == "SN3"


def test_another_piece_of_the_lot_is_no_choice_of_a_lot_whatever_has_become_free_since(session, centre, station, by):
    part, shelf = given.part(session, serial_tracked=True), given.bin(session, centre)
    given.stock(session, centre, part, lot="OLD", serials=["SN1"], bin=shelf, received_at=NOON - 2 * DAY)
    given.stock(session, centre, part, lot="NEW", serials=["SN2", "SN3"], bin=shelf, received_at=NOON - DAY)
    (first,) = released(session, station, part, by=by)
    (task,) = released(session, station, part, by=by)
    sourcing.withdraw(session, [first.line_id], reason="repaired", by=by, at=LATER)

    confirm(session, task, by=given.acting(session, "warehouse_operator", centre), serial="SN3")

    allocation = session.get(Allocation, task.allocation_id, populate_existing=True)
    assert (allocation.older_free, allocation.override_reason) == (0, None)


@pytest.fixture
def colleagues_piece(session, station, piece, by):
    """A task on the second of the three pieces."""
    (task,) = released(session, station, session.get_one(Part, piece.part_id), by=by)
    return task


def test_the_piece_of_a_colleagues_task_is_as_good_and_the_colleague_picks_the_other(
    session, centre, piece, colleagues_piece, by
):
    colleague = given.acting(session, "warehouse_operator", centre)
    warehousing.claim_task(session, colleagues_piece.id, by=colleague, at=NOON)

    confirm(session, piece, by=by, serial="SN2")
    confirm(session, colleagues_piece, by=colleague, serial="SN1")

    assert serials_of(session, piece, colleagues_piece) == ["SN2", "SN1"]
    assert {piece.status, colleagues_piece.status} == {TaskStatus.PICKED}


def test_a_task_is_told_that_it_takes_another_piece(session, piece, colleagues_piece, by):
    confirm(session, piece, by=by, serial="SN2")

    assert serials_of(session, colleagues_piece) == ["SN1"]
    event = list_events(session, DocumentKind.PICK_TASK, [colleagues_piece.id])[-1]
    assert (event.happening, event.from_status, event.to_status) == ("piece_exchanged", "released", "released")
    assert event.facts == {"serial": "SN1", "instead_of_serial": "SN2"}
    assert event.actor_id == by.person_id


def test_the_piece_that_a_colleague_has_taken_is_not_there_any_more(session, piece, colleagues_piece, by):
    picked(session, [colleagues_piece], by=by, at=LATER)

    with pytest.raises(NotInBin):
        confirm(session, piece, by=by, serial="SN2")


def test_in_staging_a_piece_that_is_picked_already_is_not_taken_again(session, centre, station, by):
    part = given.part(session, serial_tracked=True)
    given.stock(session, centre, part, lot="L1", serials=["SN1", "SN2"], bin=given.staging(session, centre))
    (mine,) = released(session, station, part, by=by)
    theirs = released(session, station, part, by=by)
    picked(session, theirs, by=by, at=LATER)

    with pytest.raises(LotNotFree) as refused:
        confirm(session, mine, by=by, serial="SN2")
    assert refused.value.facts == {"serial": "SN2"}


def serials_of(session, *tasks):
    return [session.get_one(ledger.Unit, task.unit_id).serial for task in tasks]


def test_a_piece_that_does_not_lie_there_is_refused(session, piece, by):
    with pytest.raises(NotInBin):
        confirm(session, piece, by=by, serial="SN9")


# Exceptions


def test_what_is_short_leaves_the_books_and_is_sourced_anew_at_once(session, part, task, heard, by):
    elsewhere = given.warehouse(session, tier="distribution", city=BEIJING)
    given.stock(session, elsewhere, part, 9)

    warehousing.report_exception(
        session, task.id, kind=PickFailure.SHORT, quantity=2, reason="bin is empty", by=by, at=LATER
    )

    assert (task.status, task.quantity) == (TaskStatus.RELEASED, 3)
    (failed,) = heard
    assert (failed.line_id, failed.quantity, failed.kind, failed.reason) == (
        task.line_id,
        2,
        PickFailure.SHORT,
        "bin is empty",
    )
    line = line_of(session, task)
    assert line.back_ordered == 0, "the rest of the lot, or the other warehouse, serves it"
    assert sum(one.quantity for one in warehousing.list_tasks_of_lines(session, [line.id])) == 5


def test_a_task_of_which_nothing_is_left_has_failed(session, task, by):
    warehousing.report_exception(session, task.id, kind=PickFailure.SHORT, quantity=5, reason="gone", by=by, at=LATER)

    assert (task.status, task.picked) == (TaskStatus.FAILED, 0)
    event = list_events(session, DocumentKind.PICK_TASK, [task.id])[-1]
    assert (event.happening, event.reason, event.facts) == ("failed", "gone", {"quantity": 5, "kind": "short"})


def test_what_is_damaged_stays_in_its_bin_as_defective(session, task, part, by):
    warehousing.report_exception(session, task.id, kind=PickFailure.DAMAGED, quantity=2, reason="wet", by=by, at=LATER)

    assert lying_in(session, task.bin_id, part, Condition.DEFECTIVE) == 2


def test_the_rest_can_be_reported_with_the_scan(session, centre, part, task, heard, by):
    confirm(session, task, by=by, quantity=3, rest=Shortfall(PickFailure.DAMAGED, "wet"))

    assert (task.status, task.quantity, task.picked) == (TaskStatus.PICKED, 3, 3)
    assert lying_in(session, given.staging(session, centre).id, part) == 3
    assert [(one.kind, one.quantity) for one in heard] == [(PickFailure.DAMAGED, 2)]


def test_damage_found_in_staging_stays_in_staging(session, centre, part, task, by):
    picked(session, [task], by=by, at=LATER)

    warehousing.report_exception(
        session, task.id, kind=PickFailure.DAMAGED, quantity=1, reason="dropped", by=by, at=LATER
    )

    assert lying_in(session, given.staging(session, centre).id, part, Condition.DEFECTIVE) == 1
    assert (task.status, task.quantity, task.picked) == (TaskStatus.PICKED, 4, 4)


@pytest.mark.parametrize(
    ("said", "refusal"),
    [({"quantity": 0}, QuantityTooSmall), ({"quantity": 6}, MoreThanTask), ({"reason": "  "}, ReasonMissing)],
)
def test_an_exception_needs_a_quantity_and_a_reason(session, task, by, said, refusal):
    wish = {"kind": PickFailure.SHORT, "quantity": 1, "reason": "gone", **said}

    with pytest.raises(refusal):
        warehousing.report_exception(session, task.id, **wish, by=by, at=LATER)


def test_a_cancelled_task_takes_no_exception(session, task, by):
    sourcing.withdraw(session, [task.line_id], reason="repaired", by=by, at=LATER)

    with pytest.raises(TaskNotOpen) as refused:
        warehousing.report_exception(
            session, task.id, kind=PickFailure.SHORT, quantity=1, reason="gone", by=by, at=LATER
        )
    assert refused.value.facts["status"] == "cancelled"


# Lots that are given up


def test_a_withdrawn_line_cancels_its_task(session, task, by):
    sourcing.withdraw(session, [task.line_id], reason="repaired without", by=by, at=LATER)

    assert task.status is TaskStatus.CANCELLED
    event = list_events(session, DocumentKind.PICK_TASK, [task.id])[-1]
    assert (event.happening, event.reason) == ("cancelled", "repaired without")


def test_what_was_picked_of_a_withdrawn_line_lies_free_in_staging(session, centre, part, task, by):
    picked(session, [task], by=by, at=LATER)

    sourcing.withdraw(session, [task.line_id], reason="repaired", by=by, at=LATER)

    (waiting,) = warehousing.list_to_put_away(session, centre.id, by=by)
    assert (waiting.bin_code, waiting.part_number, waiting.quantity) == ("STAGE-01", part.number, 5)


def test_a_task_shrinks_when_part_of_its_lot_is_lost(session, centre, task, by):
    scan = warehousing.CheckScan(scan_of(session, task).bin_code, scan_of(session, task).part, "counted", lot="L1")

    warehousing.check_bin(session, centre.id, scan, found=3, by=by, at=LATER)

    tasks = warehousing.list_tasks_of_lines(session, [task.line_id])
    assert [(one.status, one.quantity) for one in tasks] == [(TaskStatus.RELEASED, 3)]
    event = list_events(session, DocumentKind.PICK_TASK, [task.id])[-1]
    assert (event.happening, event.facts) == ("reduced", {"quantity": 2})
