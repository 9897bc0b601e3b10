"""The builders of stock leave books that add up."""

from sqlalchemy.orm import Session

from inventory import ledger
from tests import given


def test_given_stock_lies_in_its_bin_and_is_available(session: Session) -> None:
    stock = given.stock(session, given.warehouse(session), given.part(session), 7)

    balance = ledger.find_balance(session, stock.key)
    position = session.get_one(ledger.LotBalance, stock.position)

    assert balance is not None
    assert (balance.on_hand, balance.reserved) == (7, 0)
    assert (position.bin_id, position.lot_id, position.on_hand, position.allocated) == (
        stock.bin_id,
        stock.lot_id,
        7,
        0,
    )


def test_given_stock_with_serials_is_one_position_a_piece(session: Session) -> None:
    board = given.part(session, serial_tracked=True)
    stock = given.stock(session, given.warehouse(session), board, serials=["S1", "S2"])

    assert stock.quantity == 2
    assert len(stock.positions) == len(stock.unit_ids) == 2


def test_given_reservation_sets_stock_aside_for_a_line(session: Session) -> None:
    warehouse, part = given.warehouse(session), given.part(session)
    stock = given.stock(session, warehouse, part, 5)

    reservation = session.get_one(ledger.Reservation, given.reservation(session, warehouse, stock.key, 3))

    assert (reservation.quantity, reservation.allocated) == (3, 0)
