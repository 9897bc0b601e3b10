"""What the database itself refuses, whoever asks: history is written once, figures stay within their bounds."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from inventory import ledger
from inventory.actor import Actor
from inventory.catalogue.models import Part
from inventory.ledger import allocating
from inventory.network.models import Warehouse
from tests import given
from tests.given import NOON
from tests.inventory.ledger.books import last_move, leaving


@pytest.fixture
def stock(owner_session: Session) -> given.Stock:
    stock = given.stock(owner_session, given.warehouse(owner_session), given.part(owner_session), 5)
    reservation = given.reservation(
        owner_session, owner_session.get_one(Warehouse, stock.key.warehouse_id), stock.key, 3
    )
    by = given.acting(owner_session)
    ledger.allocate_oldest(owner_session, [ledger.AllocationWish(reservation, 2)], by=by, at=NOON)
    return stock


@pytest.mark.parametrize("change", ["UPDATE move SET quantity = 4", "DELETE FROM move", "TRUNCATE move CASCADE"])
def test_even_the_owner_of_the_tables_cannot_change_a_move(
    owner_session: Session, stock: given.Stock, change: str
) -> None:
    with pytest.raises(IntegrityError, match="append-only"):
        owner_session.execute(text(change))


@pytest.mark.parametrize("change", ["UPDATE move SET quantity = 4", "DELETE FROM move", "TRUNCATE move CASCADE"])
def test_the_program_has_no_right_to_change_a_move(session: Session, change: str) -> None:
    with pytest.raises(DBAPIError, match="permission denied"):
        session.execute(text(change))


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ("UPDATE balance SET on_hand = -1, reserved = -1", "ck_balance_"),
        ("UPDATE balance SET on_hand = 1000000000", "ck_balance_on_hand_range"),
        ("UPDATE balance SET reserved = on_hand + 1", "ck_balance_reserved_within_on_hand"),
        ("UPDATE balance SET reserved = -1", "ck_balance_reserved_within_on_hand"),
        ("UPDATE lot_balance SET on_hand = 1000000000", "ck_lot_balance_on_hand_range"),
        ("UPDATE lot_balance SET allocated = on_hand + 1", "ck_lot_balance_allocated_within_on_hand"),
        ("UPDATE lot_balance SET condition = 'defective'", "ck_lot_balance_only_good_is_allocated"),
        ("UPDATE reservation SET allocated = quantity + 1", "ck_reservation_allocated_within_quantity"),
        ("UPDATE reservation SET quantity = -1, allocated = -1", "ck_reservation_"),
        ("UPDATE allocation SET quantity = 0", "ck_allocation_lies_somewhere"),
        ("UPDATE allocation SET lot_balance_id = NULL", "ck_allocation_lies_somewhere"),
        ("UPDATE allocation SET older_free = 1", "ck_allocation_fifo_or_reason"),
        ("UPDATE allocation SET quantity = 1000000000", "ck_allocation_quantity_range"),
    ],
)
def test_a_figure_out_of_bounds_is_refused(
    owner_session: Session, stock: given.Stock, change: str, constraint: str
) -> None:
    with pytest.raises(IntegrityError, match=constraint):
        owner_session.execute(text(change))


@pytest.mark.parametrize(
    ("field", "value", "constraint"),
    [
        ("quantity", 0, "ck_move_quantity_range"),
        ("quantity", -1, "ck_move_quantity_range"),
        ("quantity", 1_000_000_000, "ck_move_quantity_range"),
        ("to_place", "bin", "ck_move_bin_ends"),
        ("to_place", "custody", "ck_move_custody_ends"),
        ("to_place", "nowhere", "ck_move_to_place"),
        ("to_condition", "fair", "ck_move_to_condition"),
    ],
)
def test_a_move_that_makes_no_sense_is_refused(
    owner_session: Session, stock: given.Stock, field: str, value: object, constraint: str
) -> None:
    columns = ", ".join(column.name for column in ledger.Move.__table__.columns if column.name not in ("id", field))
    wrong = text(f"INSERT INTO move ({columns}, {field}) SELECT {columns}, :value FROM move WHERE id = :id")
    ledger.post(owner_session, [leaving(stock, 1)], by=given.acting(owner_session), at=NOON)

    with pytest.raises(IntegrityError, match=constraint):
        owner_session.execute(wrong, {"value": value, "id": last_move(owner_session).id})


def test_a_move_that_leads_nowhere_is_refused(session: Session, warehouse: Warehouse, part: Part, by: Actor) -> None:
    stock = given.stock(session, warehouse, part, 5)

    with pytest.raises(IntegrityError, match="ck_move_two_ends"):
        ledger.post(session, [leaving(stock, 1, to=stock.end)], by=by, at=NOON)


def test_a_piece_is_one(session: Session, warehouse: Warehouse, by: Actor) -> None:
    stock = given.stock(session, warehouse, given.part(session, serial_tracked=True), serials=["S1", "S2"])

    with pytest.raises(IntegrityError, match="unit_is_one"):
        ledger.post(session, [leaving(stock, 2)], by=by, at=NOON)


def test_a_lot_belongs_to_its_part(session: Session, warehouse: Warehouse, part: Part, by: Actor) -> None:
    stock = given.stock(session, warehouse, part, 5)
    other = given.stock(session, warehouse, given.part(session), 5)
    mixed = ledger.Posting(
        part.id,
        other.lot_id,
        1,
        ledger.outside(ledger.Place.SUPPLIER, stock.key.owner_id),
        stock.end,
        leaving(stock).document,
        "",
    )

    with pytest.raises(IntegrityError, match="lot_id_part_id"):
        ledger.post(session, [mixed], by=by, at=NOON)


def test_a_bin_belongs_to_its_warehouse(session: Session, warehouse: Warehouse, part: Part, by: Actor) -> None:
    stock = given.stock(session, warehouse, part, 5)
    elsewhere = given.bin(session, given.warehouse(session))
    wrong = ledger.in_bin(warehouse.id, elsewhere.id, stock.key.owner_id)

    with pytest.raises(IntegrityError, match="bin_id"):
        ledger.post(session, [leaving(stock, 1, to=wrong)], by=by, at=NOON)


def test_an_allocation_made_newest_first_is_refused_by_the_table(
    session: Session, warehouse: Warehouse, part: Part, by: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = given.stock(session, warehouse, part, 5, received_at=NOON - timedelta(days=1))
    given.stock(session, warehouse, part, 5)
    reservation = given.reservation(session, warehouse, old.key, 2)
    statement = str(allocating._ALLOCATE)
    order = "ORDER BY first_received_at, lot_id, id) AS upto"
    assert statement.count(order) == 1
    newest_first = statement.replace(order, "ORDER BY first_received_at DESC, lot_id DESC, id DESC) AS upto")
    monkeypatch.setattr(allocating, "_ALLOCATE", text(newest_first))

    with pytest.raises(IntegrityError, match="ck_allocation_fifo_or_reason"):
        ledger.allocate_oldest(session, [ledger.AllocationWish(reservation, 2)], by=by, at=NOON)
