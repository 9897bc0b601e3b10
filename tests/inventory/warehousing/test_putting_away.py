"""Goods on the move find their shelf."""

import pytest
from sqlalchemy import select

from inventory import transport, warehousing
from inventory.errors import NotFound, NotPermitted
from inventory.ledger import InsufficientStock, LotBalance, Move
from inventory.warehousing import (
    BinUnsuitable,
    LotNeeded,
    NotInBin,
    PutAwayScan,
    QuantityTooSmall,
    ReceiptWish,
    ReceivedGoods,
    SerialNeeded,
)
from tests import given
from tests.given import NOON
from tests.given.network import JINAN
from tests.given.transport import under_way
from tests.given.warehousing import released


@pytest.fixture
def dock(session, centre):
    return given.dock(session, centre)


@pytest.fixture
def shelf(session, centre):
    return given.bin(session, centre, code="A-01")


def put_away(session, centre, dock, shelf, part, quantity=1, *, by, **said):
    scan = PutAwayScan(dock.code, part.number, quantity, shelf.code, **said)
    return warehousing.put_away(session, centre.id, scan, by=by, at=NOON)


def lying(session, part):
    rows = session.execute(
        select(LotBalance.bin_id, LotBalance.on_hand).where(LotBalance.part_id == part.id, LotBalance.on_hand > 0)
    )
    return {row.bin_id: row.on_hand for row in rows}


# What waits


def test_free_goods_in_the_dock_wait_to_be_put_away(session, centre, dock, shelf, part, by):
    given.stock(session, centre, part, 5, bin=dock, lot="L1")

    (waiting,) = warehousing.list_to_put_away(session, centre.id, by=by)

    assert (waiting.bin_code, waiting.part_number, waiting.lot_number, waiting.quantity) == (
        "DOCK-01",
        part.number,
        "L1",
        5,
    )
    assert waiting.suggested_bin == "A-01"


def test_a_part_is_suggested_where_most_of_it_lies_already(session, centre, dock, shelf, part, by):
    some, most = (given.bin(session, centre, code=code) for code in ("B-01", "B-02"))
    given.stock(session, centre, part, 1, bin=some)
    given.stock(session, centre, part, 3, bin=most)
    given.stock(session, centre, part, 5, bin=dock)

    (waiting,) = warehousing.list_to_put_away(session, centre.id, by=by)

    assert waiting.suggested_bin == "B-02"


def test_new_parts_are_suggested_an_empty_shelf_each_in_walking_order(session, centre, dock, by):
    last, first = (given.bin(session, centre, pick_sequence=turn) for turn in (20, 10))
    for part in (given.part(session), given.part(session), given.part(session)):
        given.stock(session, centre, part, bin=dock)

    waiting = warehousing.list_to_put_away(session, centre.id, by=by)

    assert [one.suggested_bin for one in waiting] == [first.code, last.code, None]


def test_what_is_on_a_shelf_or_earmarked_does_not_wait(session, centre, station, part, by):
    given.stock(session, centre, part, 5)
    shipment = under_way(session, station, part, 2, by=by)
    transport.receive_shipment(session, shipment.id, [transport.PieceScan(part.number, received=2)], by=by, at=NOON)

    assert warehousing.list_to_put_away(session, centre.id, by=by) == []
    assert warehousing.list_to_put_away(session, station.id, by=by) == []


# Putting away


def test_goods_keep_their_lot_on_the_shelf(session, centre, dock, shelf, part, by):
    stock = given.stock(session, centre, part, 5, bin=dock, lot="L1")

    done = put_away(session, centre, dock, shelf, part, 3, by=by)

    assert (done.lot_number, done.quantity, done.from_bin, done.to_bin) == ("L1", 3, "DOCK-01", "A-01")
    assert lying(session, part) == {dock.id: 2, shelf.id: 3}
    moved = session.scalars(select(Move).where(Move.to_bin_id == shelf.id)).one()
    assert moved.lot_id == stock.lot_id


def test_a_put_away_belongs_to_the_document_that_brought_the_goods(session, centre, dock, shelf, part, by):
    wish = ReceiptWish(centre.id, [ReceivedGoods(part.id, 5)], supplier="海信配件", reference="DN-1")
    receipt = warehousing.receive(session, wish, by=by, at=NOON)

    put_away(session, centre, dock, shelf, part, 5, by=by)

    moved = session.scalars(select(Move).where(Move.to_bin_id == shelf.id)).one()
    assert (moved.document_kind, moved.document_id) == ("receipt", receipt.id)


def test_goods_that_are_reserved_but_not_allocated_can_be_put_away(session, centre, dock, shelf, part, by):
    far = given.warehouse(session, tier="repair", city=JINAN, parent=centre)
    given.stock(session, centre, part, 1, bin=dock)
    released(session, far, part, priority=5, by=by)

    put_away(session, centre, dock, shelf, part, 1, by=by)

    assert lying(session, part) == {shelf.id: 1}


def test_what_a_task_was_given_stays_where_it_is(session, centre, station, dock, shelf, part, by):
    given.stock(session, centre, part, 2, bin=dock)
    released(session, station, part, 1, by=by)

    with pytest.raises(InsufficientStock), session.begin_nested():
        put_away(session, centre, dock, shelf, part, 2, by=by)


def test_two_lots_in_the_dock_are_told_apart_by_the_label(session, centre, dock, shelf, part, by):
    given.stock(session, centre, part, 1, bin=dock, lot="L1")
    given.stock(session, centre, part, 1, bin=dock, lot="L2")

    with pytest.raises(LotNeeded) as refused:
        put_away(session, centre, dock, shelf, part, by=by)
    assert refused.value.facts == {"lots": ["L1", "L2"]}
    assert put_away(session, centre, dock, shelf, part, lot="L2", by=by).lot_number == "L2"


def test_pieces_are_put_away_by_serial_number(session, centre, dock, shelf, by):
    part = given.part(session, serial_tracked=True)
    given.stock(session, centre, part, bin=dock, serials=["SN1", "SN2"])

    with pytest.raises(SerialNeeded):
        put_away(session, centre, dock, shelf, part, by=by)
    assert put_away(session, centre, dock, shelf, part, serial="SN2", by=by).serial == "SN2"


def test_what_does_not_lie_there_is_refused(session, centre, dock, shelf, part, by):
    with pytest.raises(NotInBin):
        put_away(session, centre, dock, shelf, part, by=by)
    given.stock(session, centre, part, 1, bin=dock)
    with pytest.raises(NotInBin) as refused:
        put_away(session, centre, dock, shelf, part, 2, by=by)
    assert refused.value.facts["on_hand"] == 1


def test_nothing_is_no_put_away(session, centre, dock, shelf, part, by):
    with pytest.raises(QuantityTooSmall):
        put_away(session, centre, dock, shelf, part, 0, by=by)


def test_only_shelves_in_use_take_goods(session, centre, dock, part, by):
    given.stock(session, centre, part, 1, bin=dock)
    closed = given.bin(session, centre, active=False)

    for unsuitable in (dock, given.staging(session, centre), given.quarantine(session, centre), closed):
        with pytest.raises(BinUnsuitable):
            put_away(session, centre, dock, unsuitable, part, by=by)


def test_a_bin_of_another_warehouse_is_unknown_here(session, centre, station, dock, part, by):
    given.stock(session, centre, part, 1, bin=dock)
    elsewhere = given.bin(session, station)

    with pytest.raises(NotFound):
        put_away(session, centre, dock, elsewhere, part, by=by)


def test_putting_away_is_for_who_may_in_this_warehouse(session, centre, station, dock, shelf, part):
    with pytest.raises(NotPermitted):
        put_away(session, centre, dock, shelf, part, by=given.acting(session, "planner", centre))
    with pytest.raises(NotFound):
        put_away(session, centre, dock, shelf, part, by=given.acting(session, "warehouse_operator", station))
