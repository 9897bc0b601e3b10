"""What somebody finds in a bin."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from inventory import ledger, transport, warehousing
from inventory.errors import NotFound, NotPermitted
from inventory.ledger import Lot, LotBalance, Move, Place
from inventory.network import Bin
from inventory.sourcing import PartRequestLine
from inventory.timeline import DocumentKind, list_events
from inventory.warehousing import (
    CheckKind,
    CheckScan,
    CodeUnusable,
    CountStale,
    LotNeeded,
    NotInBin,
    QuantityTooSmall,
    ReasonMissing,
    SerialNeeded,
    TaskStatus,
)
from tests import given
from tests.given import NOON
from tests.given.network import JINAN
from tests.given.transport import under_way
from tests.given.warehousing import released

LATER = NOON + timedelta(hours=1)


@pytest.fixture
def stock(session, centre, part):
    return given.stock(session, centre, part, 5, lot="L1", received_at=NOON - timedelta(days=1))


def scan_of(session, stock, part, **said):
    code = session.get_one(Bin, stock.bin_id).code
    return CheckScan(**{"bin_code": code, "part": part.number, "reason": "盘点", **said})


def count(session, centre, stock, part, found, *, by, seen=None, **said):
    scan = scan_of(session, stock, part, **said)
    return warehousing.check_bin(session, centre.id, scan, found=found, seen=seen, by=by, at=LATER)


def lying(session, stock):
    """What lies in the bin, by condition."""
    rows = session.execute(
        select(LotBalance.condition, LotBalance.on_hand).where(
            LotBalance.bin_id == stock.bin_id, LotBalance.on_hand > 0
        )
    )
    return {str(row.condition): row.on_hand for row in rows}


# Counting


@pytest.mark.parametrize("found", [0, 3, 5, 8])
def test_what_was_counted_is_what_the_books_say_from_now_on(session, centre, stock, part, by, found):
    check = count(session, centre, stock, part, found, by=by)

    assert lying(session, stock).get("good", 0) == found
    assert (check.kind, check.expected, check.found, check.reason) == (CheckKind.COUNT, 5, found, "盘点")
    assert [one.happening for one in list_events(session, DocumentKind.STOCK_CHECK, [check.id])] == ["count"]


def test_a_loss_takes_the_stock_from_who_was_promised_it(session, centre, stock, part, by):
    far = given.warehouse(session, tier="repair", city=JINAN, parent=centre)
    released(session, far, part, 4, priority=5, by=by)
    line = session.scalars(select(PartRequestLine).where(PartRequestLine.part_id == part.id)).one()

    count(session, centre, stock, part, 1, by=by)

    session.refresh(line)
    assert (line.reserved, line.back_ordered) == (1, 3)


def test_a_loss_under_a_task_cancels_it(session, centre, station, stock, part, by):
    (task,) = released(session, station, part, 5, by=by)

    count(session, centre, stock, part, 0, by=by)

    assert task.status is TaskStatus.CANCELLED


def test_what_is_found_goes_to_who_waits(session, centre, station, stock, part, by):
    released(session, station, part, 7, by=by)
    line = session.scalars(select(PartRequestLine).where(PartRequestLine.part_id == part.id)).one()
    assert line.back_ordered == 2

    count(session, centre, stock, part, 8, by=by)

    session.refresh(line)
    assert line.back_ordered == 0


def test_a_count_is_worth_nothing_when_the_books_changed_meanwhile(session, centre, stock, part, by):
    with pytest.raises(CountStale) as refused:
        count(session, centre, stock, part, 3, seen=4, by=by)
    assert refused.value.facts == {"seen": 4, "on_hand": 5}
    assert count(session, centre, stock, part, 3, seen=5, by=by)


def test_two_lots_in_the_bin_are_counted_one_by_one(session, centre, stock, part, by):
    shelf = session.get_one(Bin, stock.bin_id)
    given.stock(session, centre, part, 2, lot="L2", bin=shelf)

    with pytest.raises(LotNeeded):
        count(session, centre, stock, part, 3, by=by)
    assert count(session, centre, stock, part, 1, lot="L2", by=by).expected == 2


def test_a_lot_found_where_the_books_have_none_joins_that_lot_or_opens_one(session, centre, stock, part, by):
    elsewhere = given.bin(session, centre)

    known = count(session, centre, stock, part, 2, bin_code=elsewhere.code, lot="L1", by=by)
    new = count(session, centre, stock, part, 2, bin_code=elsewhere.code, lot="L9", by=by)

    assert (known.lot_id, known.expected) == (stock.lot_id, 0)
    assert session.get(Lot, new.lot_id).number == "L9"


def test_a_lot_number_that_no_label_could_carry_opens_no_lot(session, centre, stock, part, by):
    with pytest.raises(CodeUnusable):
        count(session, centre, stock, part, 2, lot="批 9", by=by)


def test_nothing_found_where_nothing_is_is_no_check(session, centre, stock, part, by):
    elsewhere = given.bin(session, centre)

    with pytest.raises(NotInBin):
        count(session, centre, stock, part, 0, bin_code=elsewhere.code, by=by)


def test_pieces_are_counted_by_serial_number(session, centre, by):
    part = given.part(session, serial_tracked=True)
    stock = given.stock(session, centre, part, lot="L1", serials=["SN1", "SN2"])

    with pytest.raises(SerialNeeded):
        count(session, centre, stock, part, 0, by=by)
    with pytest.raises(SerialNeeded):
        count(session, centre, stock, part, 2, serial="SN1", by=by)
    with pytest.raises(NotInBin):
        count(session, centre, stock, part, 1, serial="SN9", by=by)
    check = count(session, centre, stock, part, 0, serial="SN1", by=by)
    assert check.unit_id == stock.unit_ids[0]


def test_a_piece_that_was_missing_and_turns_up_is_counted_in_again(session, centre, by):
    part = given.part(session, serial_tracked=True)
    stock = given.stock(session, centre, part, lot="L1", serials=["SN1"])
    count(session, centre, stock, part, 0, serial="SN1", by=by)

    check = count(session, centre, stock, part, 1, serial="SN1", by=by)

    assert (check.expected, check.found, check.lot_id, check.unit_id) == (0, 1, stock.lot_id, stock.unit_ids[0])
    assert lying(session, stock) == {"good": 1}


def test_a_piece_missing_from_a_shipment_is_counted_in_where_it_turns_up(session, centre, by):
    part, station = given.part(session, serial_tracked=True), given.warehouse(session, tier="repair", city=JINAN)
    given.stock(session, centre, part, lot="L1", serials=["SN1"])
    shipment = under_way(session, station, part)
    transport.receive_shipment(session, shipment.id, [transport.RestMissing()], by=by, at=LATER)
    shelf = given.bin(session, station)

    scan = CheckScan(shelf.code, part.number, "behind the rack", serial="SN1")
    warehousing.check_bin(session, station.id, scan, found=1, by=by, at=LATER)

    moved = session.scalars(select(Move).order_by(Move.id.desc()).limit(1)).one()
    assert (moved.from_place, moved.to_bin_id) == (Place.LOST, shelf.id)


def test_a_check_needs_a_reason_a_bin_and_a_part_that_exist(session, centre, stock, part, by):
    with pytest.raises(ReasonMissing):
        count(session, centre, stock, part, 3, reason=" ", by=by)
    with pytest.raises(NotFound):
        count(session, centre, stock, part, 3, bin_code="NOWHERE", by=by)
    unknown = CheckScan(session.get_one(Bin, stock.bin_id).code, "NOTHING", "盘点")
    with pytest.raises(NotFound):
        warehousing.check_bin(session, centre.id, unknown, found=3, by=by, at=LATER)


def test_checking_is_for_who_may_in_this_warehouse(session, centre, station, stock, part):
    with pytest.raises(NotPermitted):
        count(session, centre, stock, part, 3, by=given.acting(session, "planner", centre))
    with pytest.raises(NotFound):
        count(session, centre, stock, part, 3, by=given.acting(session, "warehouse_operator", station))


# Damage and doubt


def test_damaged_stock_stays_in_its_bin_as_defective(session, centre, stock, part, by):
    check = warehousing.report_damage(session, centre.id, scan_of(session, stock, part), quantity=2, by=by, at=LATER)

    assert lying(session, stock) == {"good": 3, "defective": 2}
    assert (check.kind, check.expected, check.found) == (CheckKind.DAMAGE, 5, 3)


def test_stock_in_doubt_cannot_be_used_until_it_is_released(session, centre, station, stock, part, by):
    scan = scan_of(session, stock, part)
    warehousing.quarantine(session, centre.id, scan, quantity=5, by=by, at=LATER)
    assert lying(session, stock) == {"quarantine": 5}
    released(session, station, part, 2, by=by, at=LATER)
    line = session.scalars(select(PartRequestLine).where(PartRequestLine.part_id == part.id)).one()
    assert line.back_ordered == 2

    check = warehousing.release_from_quarantine(session, centre.id, scan, quantity=4, by=by, at=LATER)

    assert lying(session, stock) == {"good": 4, "quarantine": 1}
    assert (check.kind, check.expected, check.found) == (CheckKind.RELEASE, 0, 4)
    session.refresh(line)
    assert line.back_ordered == 0


@pytest.mark.parametrize("quantity", [0, 6])
def test_only_what_lies_there_can_be_set_apart(session, centre, stock, part, by, quantity):
    refusal = QuantityTooSmall if quantity == 0 else NotInBin

    with pytest.raises(refusal):
        warehousing.report_damage(session, centre.id, scan_of(session, stock, part), quantity=quantity, by=by, at=LATER)


def test_good_stock_cannot_be_released(session, centre, stock, part, by):
    with pytest.raises(NotInBin):
        warehousing.release_from_quarantine(
            session, centre.id, scan_of(session, stock, part), quantity=1, by=by, at=LATER
        )


def test_checks_are_listed_newest_first(session, centre, stock, part, by):
    checks = [count(session, centre, stock, part, found, by=by).id for found in (4, 3)]

    listed = warehousing.list_checks(session, centre.id, by=by)
    assert [one.id for one in listed] == checks[::-1]
    assert (listed[0].number, listed[0].part_number, listed[0].lot_number) == (f"SC-{checks[1]}", part.number, "L1")
    assert [one.id for one in warehousing.list_checks(session, centre.id, by=by, before=checks[1])] == checks[:1]
    assert ledger.find_balance(session, stock.key).on_hand == 3
