"""The one lock of the ledger: balance rows in key order, opened where they are missing."""

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from inventory import ledger
from inventory.catalogue.models import Part
from inventory.network.models import Warehouse
from tests import given
from tests.given import NOON


def test_holding_balances_tells_how_they_stand(session: Session, warehouse: Warehouse, part: Part) -> None:
    stock = given.stock(session, warehouse, part, 5)
    given.reservation(session, warehouse, stock.key, 2)

    assert ledger.lock_balances(session, [stock.key, stock.key]) == {stock.key: ledger.Held(on_hand=5, reserved=2)}
    assert ledger.lock_balances(session, []) == {}


def test_a_missing_row_is_opened_beside_one_that_stands(session: Session, warehouse: Warehouse, part: Part) -> None:
    stock = given.stock(session, warehouse, part, 5)
    missing = ledger.StockKey(warehouse.id, given.part(session).id, stock.key.owner_id)

    held = ledger.lock_balances(session, [missing, stock.key])

    assert held == {stock.key: ledger.Held(5, 0), missing: ledger.Held(0, 0)}
    opened = ledger.find_balance(session, missing)
    assert opened is not None
    assert opened.on_hand == 0


def test_a_warehouse_that_never_had_the_part_has_no_balance(session: Session, warehouse: Warehouse, part: Part) -> None:
    assert ledger.find_balance(session, ledger.StockKey(warehouse.id, part.id, given.owner(session).id)) is None


def test_keys_are_ordered_by_warehouse_part_and_owner() -> None:
    keys = [ledger.StockKey(2, 1, 1), ledger.StockKey(1, 2, 1), ledger.StockKey(1, 1, 2)]

    assert sorted(keys) == keys[::-1]


def test_holding_allocations_holds_the_balances_under_them(fresh_database: Engine) -> None:
    with Session(fresh_database) as session, session.begin():
        warehouse, part, by = given.warehouse(session), given.part(session), given.acting(session)
        reservation = given.reservation(session, warehouse, given.stock(session, warehouse, part, 5).key, 2)
        (one,) = ledger.allocate_oldest(session, [ledger.AllocationWish(reservation, 2)], by=by, at=NOON)

    with Session(fresh_database) as holder, Session(fresh_database) as rival:
        ledger.lock_allocations(holder, [])
        rival.execute(_HOLD_AT_ONCE)
        rival.rollback()
        ledger.lock_allocations(holder, [one.allocation_id])
        with pytest.raises(OperationalError, match="could not obtain lock"):
            rival.execute(_HOLD_AT_ONCE)


_HOLD_AT_ONCE = text("SELECT FROM balance FOR UPDATE NOWAIT")
