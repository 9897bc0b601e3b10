"""Goods that come in: announced, received at the dock into lots, closed short."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from inventory import ledger, warehousing
from inventory.errors import NotFound, NotPermitted
from inventory.ledger import Condition, Lot, LotBalance, Move, Place, SerialElsewhere
from inventory.timeline import DocumentKind, list_events
from inventory.warehousing import (
    CodeUnusable,
    ExpectedLineWish,
    ExpectedReceiptClosed,
    ExpectedReceiptStatus,
    ExpectedReceiptWish,
    NothingReceived,
    OriginMissing,
    OverReceipt,
    PartNotExpected,
    PartRepeated,
    QuantityTooSmall,
    ReasonMissing,
    ReceiptWish,
    ReceivedGoods,
    SerialsMissing,
    SerialsUnexpected,
)
from tests import given
from tests.given import NOON

LATER = NOON + timedelta(days=3)


def announced(session, centre, *lines, by):
    wish = ExpectedReceiptWish(
        centre.id, "海信配件", NOON, [ExpectedLineWish(part.id, quantity) for part, quantity in lines], "PO-7"
    )
    return warehousing.announce_receipt(session, wish, by=by, at=NOON)


def came(session, centre, *goods, by, at=NOON, **said):
    origin = {} if "expected_receipt_id" in said else {"supplier": "海信配件", "reference": "DN-1"}
    return warehousing.receive(session, ReceiptWish(centre.id, goods, **{**origin, **said}), by=by, at=at)


def lying_in(session, bin, part, condition=Condition.GOOD):
    return session.scalars(
        select(LotBalance.on_hand).where(
            LotBalance.bin_id == bin.id, LotBalance.part_id == part.id, LotBalance.condition == condition
        )
    ).all()


# Receiving


def test_goods_lie_in_the_dock_in_a_new_lot_and_are_free(session, centre, part, by):
    receipt = came(session, centre, ReceivedGoods(part.id, 5), by=by)

    assert lying_in(session, given.dock(session, centre), part) == [5]
    _, (line,) = warehousing.get_receipt(session, receipt.id, by=by)
    assert (line.part_number, line.quantity, line.condition) == (part.number, 5, Condition.GOOD)
    assert line.lot_number.startswith("260302-")
    balance = ledger.find_balance(session, ledger.StockKey(centre.id, part.id, given.owner(session).id))
    assert (balance.on_hand, balance.reserved) == (5, 0)


def test_a_receipt_is_the_document_of_its_moves_and_tells_who_received(session, centre, part, by):
    receipt = came(session, centre, ReceivedGoods(part.id, 5), by=by)

    move = session.scalars(select(Move).where(Move.part_id == part.id)).one()
    assert (move.from_place, move.document_kind, move.document_id) == (Place.SUPPLIER, "receipt", receipt.id)
    (event,) = list_events(session, DocumentKind.RECEIPT, [receipt.id])
    assert (event.happening, event.actor_id) == ("received", by.person_id)


def test_a_known_lot_number_joins_that_lot_and_keeps_its_age(session, centre, part, by):
    came(session, centre, ReceivedGoods(part.id, 5, lot_number="L7"), by=by, at=NOON)
    came(session, centre, ReceivedGoods(part.id, 3, lot_number="L7"), by=by, at=LATER)

    lot = session.scalars(select(Lot).where(Lot.part_id == part.id)).one()
    assert lot.first_received_at == NOON
    assert lying_in(session, given.dock(session, centre), part) == [8]


def test_damaged_goods_come_in_as_defective_and_lie_in_quarantine(session, centre, part, by):
    came(session, centre, ReceivedGoods(part.id, 5), ReceivedGoods(part.id, 1, condition=Condition.DEFECTIVE), by=by)

    assert lying_in(session, given.dock(session, centre), part) == [5]
    assert lying_in(session, given.quarantine(session, centre), part, Condition.DEFECTIVE) == [1]


def test_what_came_good_and_damaged_in_one_delivery_is_one_lot(session, centre, part, by):
    another = given.part(session)
    damaged = ReceivedGoods(part.id, 2, condition=Condition.DEFECTIVE)
    goods = [ReceivedGoods(part.id, 5), ReceivedGoods(another.id, 1), damaged, ReceivedGoods(part.id, 3)]
    receipt = came(session, centre, *goods, by=by)

    _, lines = warehousing.get_receipt(session, receipt.id, by=by)
    lots = [line.lot_number for line in lines]
    assert lots[0] == lots[2] == lots[3] != lots[1]
    assert lying_in(session, given.dock(session, centre), part) == [8]
    assert lying_in(session, given.quarantine(session, centre), part, Condition.DEFECTIVE) == [2]


def test_two_deliveries_without_a_number_are_two_lots(session, centre, part, by):
    receipts = [came(session, centre, ReceivedGoods(part.id, 5), by=by) for _ in range(2)]
    lots = {warehousing.get_receipt(session, receipt.id, by=by)[1][0].lot_number for receipt in receipts}
    assert len(lots) == 2


def test_goods_that_come_in_go_to_who_waits_for_them(session, centre, station, part, by):
    line = given.line(session, station, part, 2)

    came(session, centre, ReceivedGoods(part.id, 5), by=by)

    session.refresh(line)
    assert (line.back_ordered, line.released) == (0, 2)


def test_pieces_come_in_by_their_serial_numbers(session, centre, by):
    part = given.part(session, serial_tracked=True)

    came(session, centre, ReceivedGoods(part.id, 2, serials=("SN1", "SN2")), by=by)

    assert lying_in(session, given.dock(session, centre), part) == [1, 1]


@pytest.mark.parametrize("serials", [(), ("SN1",), ("SN1", "SN1"), ("SN1", "SN2", "SN3")])
def test_a_part_with_serial_numbers_needs_one_for_each_piece(session, centre, by, serials):
    part = given.part(session, serial_tracked=True)

    with pytest.raises(SerialsMissing):
        came(session, centre, ReceivedGoods(part.id, 2, serials=serials), by=by)


def test_a_piece_that_lies_somewhere_cannot_come_in_again(session, centre, by):
    part = given.part(session, serial_tracked=True)
    given.stock(session, centre, part, lot="L1", serials=["SN1"])

    with pytest.raises(SerialElsewhere):
        came(session, centre, ReceivedGoods(part.id, 1, "L1", serials=("SN1",)), by=by)


def test_serial_numbers_of_a_part_without_are_refused(session, centre, part, by):
    with pytest.raises(SerialsUnexpected):
        came(session, centre, ReceivedGoods(part.id, 1, serials=("SN1",)), by=by)


@pytest.mark.parametrize("lot", ["", "L" * 21, "L 1", "批次1", "L\x1d1"])
def test_a_lot_number_that_no_label_could_carry_is_refused(session, centre, part, by, lot):
    with pytest.raises(CodeUnusable):
        came(session, centre, ReceivedGoods(part.id, 1, lot_number=lot), by=by)


@pytest.mark.parametrize("said", [{"supplier": " "}, {"reference": ""}])
def test_goods_without_announcement_need_a_supplier_and_a_reference(session, centre, part, by, said):
    with pytest.raises(OriginMissing):
        came(session, centre, ReceivedGoods(part.id, 1), by=by, **said)


def test_a_receipt_has_lines_with_quantities_of_known_parts(session, centre, part, by):
    with pytest.raises(NothingReceived):
        came(session, centre, by=by)
    with pytest.raises(QuantityTooSmall):
        came(session, centre, ReceivedGoods(part.id, 0), by=by)
    with pytest.raises(NotFound):
        came(session, centre, ReceivedGoods(10**15, 1), by=by)


def test_receiving_is_for_who_may_in_this_warehouse(session, centre, station, part):
    with pytest.raises(NotPermitted):
        came(session, centre, ReceivedGoods(part.id, 1), by=given.acting(session, "planner", centre))
    with pytest.raises(NotFound):
        came(session, centre, ReceivedGoods(part.id, 1), by=given.acting(session, "warehouse_operator", station))


def test_receipts_are_listed_newest_first(session, centre, part, by):
    first, second = (came(session, centre, ReceivedGoods(part.id, 1), by=by) for _ in range(2))

    assert [one.id for one in warehousing.list_receipts(session, centre.id, by=by)] == [second.id, first.id]
    assert [one.id for one in warehousing.list_receipts(session, centre.id, by=by, before=second.id)] == [first.id]


# Against an announcement


def test_what_is_announced_waits_to_come(session, centre, part, by):
    expected = announced(session, centre, (part, 10), by=by)

    assert warehousing.list_expected_receipts(session, centre.id, by=by) == [expected]
    _, (line,) = warehousing.get_expected_receipt(session, expected.id, by=by)
    assert (line.part_number, line.quantity, line.received, line.outstanding) == (part.number, 10, 0, 10)


def test_an_announcement_stays_open_until_all_of_it_has_come(session, centre, part, by):
    other = given.part(session)
    expected = announced(session, centre, (part, 10), (other, 1), by=by)

    came(session, centre, ReceivedGoods(part.id, 10), expected_receipt_id=expected.id, by=by)
    assert expected.status is ExpectedReceiptStatus.OPEN
    receipt = came(session, centre, ReceivedGoods(other.id, 1), expected_receipt_id=expected.id, by=by)

    assert expected.status is ExpectedReceiptStatus.CLOSED
    assert (receipt.supplier, receipt.reference) == ("海信配件", "PO-7")
    told = [one.happening for one in list_events(session, DocumentKind.EXPECTED_RECEIPT, [expected.id])]
    assert told == ["announced", "part_received", "completed"]


def test_more_than_was_announced_is_refused(session, centre, part, by):
    expected = announced(session, centre, (part, 10), by=by)
    came(session, centre, ReceivedGoods(part.id, 8), expected_receipt_id=expected.id, by=by)

    with pytest.raises(OverReceipt) as refused:
        came(session, centre, ReceivedGoods(part.id, 3), expected_receipt_id=expected.id, by=by)
    assert refused.value.facts == {"part": part.number, "outstanding": 2, "quantity": 3}


def test_more_than_was_announced_is_taken_for_a_reason_that_is_told(session, centre, part, by):
    expected = announced(session, centre, (part, 10), by=by)

    receipt = came(
        session,
        centre,
        ReceivedGoods(part.id, 12),
        expected_receipt_id=expected.id,
        over_receipt_reason="整箱发货",
        by=by,
    )

    assert list_events(session, DocumentKind.RECEIPT, [receipt.id])[0].reason == "整箱发货"
    assert expected.status is ExpectedReceiptStatus.CLOSED


def test_a_part_that_was_not_announced_is_refused(session, centre, part, by):
    expected = announced(session, centre, (given.part(session), 10), by=by)

    with pytest.raises(PartNotExpected) as refused:
        came(session, centre, ReceivedGoods(part.id, 1), expected_receipt_id=expected.id, by=by)
    assert refused.value.facts == {"part": part.number, "expected_receipt": expected.number}


def test_an_announcement_of_another_warehouse_is_not_found(session, centre, station, part, by):
    expected = announced(session, station, (part, 10), by=by)

    with pytest.raises(NotFound):
        came(session, centre, ReceivedGoods(part.id, 1), expected_receipt_id=expected.id, by=by)


def test_what_no_longer_comes_is_closed_with_a_reason_by_who_receives(session, centre, part, by):
    expected = announced(session, centre, (part, 10), by=by)
    operator = given.acting(session, "warehouse_operator", centre)

    warehousing.close_short(session, expected.id, reason="缺货", by=operator, at=LATER)

    assert expected.status is ExpectedReceiptStatus.CLOSED
    event = list_events(session, DocumentKind.EXPECTED_RECEIPT, [expected.id])[-1]
    assert (event.happening, event.reason) == ("closed_short", "缺货")


def test_nothing_comes_against_a_closed_announcement(session, centre, part, by):
    expected = announced(session, centre, (part, 10), by=by)
    warehousing.close_short(session, expected.id, reason="缺货", by=by, at=LATER)

    with pytest.raises(ExpectedReceiptClosed):
        came(session, centre, ReceivedGoods(part.id, 1), expected_receipt_id=expected.id, by=by)
    with pytest.raises(ExpectedReceiptClosed):
        warehousing.close_short(session, expected.id, reason="缺货", by=by, at=LATER)


def test_closing_short_needs_a_reason_and_somebody_of_the_warehouse(session, centre, station, part, by):
    expected = announced(session, centre, (part, 10), by=by)

    with pytest.raises(ReasonMissing):
        warehousing.close_short(session, expected.id, reason=" ", by=by, at=LATER)
    stranger = given.acting(session, "warehouse_operator", station)
    with pytest.raises(NotFound):
        warehousing.close_short(session, expected.id, reason="缺货", by=stranger, at=LATER)


def test_an_announcement_names_known_parts_once_and_with_quantities(session, centre, part, by):
    with pytest.raises(NothingReceived):
        announced(session, centre, by=by)
    with pytest.raises(PartRepeated):
        announced(session, centre, (part, 1), (part, 2), by=by)
    with pytest.raises(QuantityTooSmall):
        announced(session, centre, (part, 0), by=by)


def test_procurement_announces_and_the_dock_does_not(session, centre, part):
    assert announced(session, centre, (part, 1), by=given.acting(session, "procurement"))
    with pytest.raises(NotPermitted):
        announced(session, centre, (part, 1), by=given.acting(session, "warehouse_operator", centre))
