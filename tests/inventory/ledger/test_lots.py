"""Lots and single pieces: opened at their first receipt, found again ever after."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from inventory import ledger
from inventory.actor import Actor
from inventory.catalogue.models import Part
from inventory.network.models import Warehouse
from tests import given
from tests.given import NOON
from tests.inventory.ledger.books import leaving

DAY = timedelta(days=1)


def open_lot(session: Session, part: Part, number: str | None, received_at: object = NOON) -> ledger.Lot:
    (lot_id,) = ledger.open_lots(session, [ledger.LotOpening(part.id, number, received_at)])  # type: ignore[arg-type]
    return session.get_one(ledger.Lot, lot_id, populate_existing=True)


def test_a_new_number_opens_a_lot(session: Session, part: Part) -> None:
    lot = open_lot(session, part, "B-77")

    assert (lot.part_id, lot.number, lot.first_received_at) == (part.id, "B-77", NOON)


@pytest.mark.parametrize("again", [NOON - DAY, NOON + DAY])
def test_a_known_number_joins_its_lot_which_keeps_its_first_receipt(
    session: Session, part: Part, again: object
) -> None:
    first = open_lot(session, part, "B-77")

    joined = open_lot(session, part, "B-77", again)

    assert (joined.id, joined.first_received_at) == (first.id, NOON)


def test_the_same_number_of_another_part_is_another_lot(session: Session, part: Part) -> None:
    assert open_lot(session, part, "B-77").id != open_lot(session, given.part(session), "B-77").id


def test_without_a_number_each_receipt_gets_one_of_its_own_from_the_day(session: Session, part: Part) -> None:
    first, second = open_lot(session, part, None), open_lot(session, part, None)

    assert first.number.startswith("260302-")
    assert first.number != second.number


def test_the_ids_come_in_the_order_asked(session: Session, part: Part) -> None:
    other = given.part(session)
    known = open_lot(session, part, "C")
    openings = [(part, "C"), (other, None), (part, "A"), (part, None), (part, "C")]

    ids = ledger.open_lots(session, [ledger.LotOpening(one.id, number, NOON) for one, number in openings])

    lots = [session.get_one(ledger.Lot, one) for one in ids]
    assert [lot.part_id for lot in lots] == [part.id, other.id, part.id, part.id, part.id]
    assert ids[0] == ids[4] == known.id
    assert lots[2].number == "A"
    assert len(set(ids)) == 4


def test_pieces_are_opened_and_found_again(session: Session, part: Part) -> None:
    lot = open_lot(session, part, "B-77")

    first = ledger.open_units(session, [(part.id, lot.id, "S2"), (part.id, lot.id, "S1")])
    again = ledger.open_units(session, [(part.id, lot.id, "S1"), (part.id, lot.id, "S3"), (part.id, lot.id, "S2")])

    assert [session.get_one(ledger.Unit, one).serial for one in first] == ["S2", "S1"]
    assert (again[0], again[2]) == (first[1], first[0])
    assert ledger.open_units(session, []) == []


def test_a_serial_of_another_lot_is_refused(session: Session, part: Part) -> None:
    first, second = open_lot(session, part, "A"), open_lot(session, part, "B")
    ledger.open_units(session, [(part.id, first.id, "S1")])

    with pytest.raises(ledger.SerialElsewhere) as refused:
        ledger.open_units(session, [(part.id, second.id, "S1")])
    assert refused.value.facts == {"serial": "S1"}


def test_a_serial_that_lies_in_a_bin_is_refused(session: Session, warehouse: Warehouse, part: Part) -> None:
    stock = given.stock(session, warehouse, part, serials=["S1"])

    with pytest.raises(ledger.SerialElsewhere):
        ledger.open_units(session, [(part.id, stock.lot_id, "S1")])


def test_a_piece_that_left_may_come_back(session: Session, warehouse: Warehouse, part: Part, by: Actor) -> None:
    stock = given.stock(session, warehouse, part, serials=["S1"])
    ledger.post(session, [leaving(stock, to=ledger.Place.CUSTOMER)], by=by, at=NOON)

    assert ledger.open_units(session, [(part.id, stock.lot_id, "S1")]) == list(stock.unit_ids)
