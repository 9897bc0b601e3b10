"""Another lot than the one FIFO chose: allowed, counted, and explained."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory import ledger
from inventory.actor import Actor
from inventory.catalogue.models import Part
from inventory.network.models import Warehouse
from tests import given
from tests.given import NOON
from tests.inventory.ledger.books import CHECKED, allocation, balance, leaving, position, reserved

DAY = timedelta(days=1)


def allocated_of(session: Session, warehouse: Warehouse, stock: given.Stock, quantity: int, by: Actor) -> int:
    reservation = given.reservation(session, warehouse, stock.key, quantity)
    (one,) = ledger.allocate_oldest(session, [ledger.AllocationWish(reservation, quantity)], by=by, at=NOON)
    return one.allocation_id


def exchange(
    session: Session, allocation_id: int, stock: given.Stock, by: Actor, reason: str | None = "label unreadable"
) -> ledger.Allocated:
    return ledger.exchange_lot(
        session, allocation_id, lot_balance_id=stock.position, reason=reason, by=by, at=NOON + DAY
    )


def test_the_other_lot_is_taken_and_the_first_is_free_again(
    session: Session, warehouse: Warehouse, part: Part, by: Actor
) -> None:
    old = given.stock(session, warehouse, part, 3, received_at=NOON - 2 * DAY)
    new = given.stock(session, warehouse, part, 3)
    allocation_id = allocated_of(session, warehouse, old, 2, by)

    other = exchange(session, allocation_id, new, by)

    assert (other.allocation_id, other.lot_id, other.bin_id, other.quantity) == (
        allocation_id,
        new.lot_id,
        new.bin_id,
        2,
    )
    assert (position(session, old), position(session, new)) == ((3, 0), (3, 2))
    assert balance(session, old.key) == (6, 2)
    assert reserved(session, other.reservation_id) == (2, 2)


def test_the_older_stock_passed_over_is_counted_with_the_reason_and_who_decided(
    session: Session, warehouse: Warehouse, part: Part, by: Actor
) -> None:
    old = given.stock(session, warehouse, part, 3, received_at=NOON - 2 * DAY)
    given.stock(session, warehouse, part, 4, received_at=NOON - DAY)
    new = given.stock(session, warehouse, part, 3)
    allocation_id = allocated_of(session, warehouse, old, 2, by)
    lead = given.acting(session)

    exchange(session, allocation_id, new, lead)

    kept = allocation(session, allocation_id)
    assert (kept.older_free, kept.override_reason) == (3 + 4, "label unreadable")
    assert (kept.actor_id, kept.command_id, kept.allocated_at) == (lead.person_id, lead.command_id, NOON + DAY)


def test_passing_over_older_stock_without_a_reason_is_refused(
    session: Session, warehouse: Warehouse, part: Part, by: Actor
) -> None:
    old = given.stock(session, warehouse, part, 3, received_at=NOON - 2 * DAY)
    new = given.stock(session, warehouse, part, 3)
    allocation_id = allocated_of(session, warehouse, old, 2, by)

    with pytest.raises(ledger.OlderStockPassedOver) as refused:
        exchange(session, allocation_id, new, by, reason="")

    assert refused.value.facts["older_free"] == 3
    assert position(session, new) == (3, 0)


def test_no_reason_is_needed_where_nothing_older_is_free(
    session: Session, warehouse: Warehouse, part: Part, by: Actor
) -> None:
    here = given.stock(session, warehouse, part, 2, lot="L1")
    there = given.stock(session, warehouse, part, 2, lot="L1")
    allocation_id = allocated_of(session, warehouse, here, 2, by)

    exchange(session, allocation_id, there, by, reason=None)

    kept = allocation(session, allocation_id)
    assert (kept.lot_balance_id, kept.older_free, kept.override_reason) == (there.position, 0, None)


def test_going_back_to_the_oldest_lot_takes_the_blame_away(
    session: Session, warehouse: Warehouse, part: Part, by: Actor
) -> None:
    old = given.stock(session, warehouse, part, 3, received_at=NOON - 2 * DAY)
    new = given.stock(session, warehouse, part, 3)
    allocation_id = allocated_of(session, warehouse, old, 2, by)
    exchange(session, allocation_id, new, by)

    exchange(session, allocation_id, old, by, reason=None)

    assert allocation(session, allocation_id).older_free == 0
    assert (position(session, old), position(session, new)) == ((3, 2), (3, 0))


def test_a_lot_with_too_little_free_is_refused(session: Session, warehouse: Warehouse, part: Part, by: Actor) -> None:
    old = given.stock(session, warehouse, part, 3, received_at=NOON - 2 * DAY)
    new = given.stock(session, warehouse, part, 1)
    allocation_id = allocated_of(session, warehouse, old, 2, by)

    with pytest.raises(ledger.LotNotFree):
        exchange(session, allocation_id, new, by)


def test_the_lot_of_another_part_is_refused(session: Session, warehouse: Warehouse, part: Part, by: Actor) -> None:
    stock = given.stock(session, warehouse, part, 3)
    other = given.stock(session, warehouse, given.part(session), 3)
    allocation_id = allocated_of(session, warehouse, stock, 2, by)

    with pytest.raises(ledger.LotNotFree):
        exchange(session, allocation_id, other, by)


def test_the_lot_in_another_warehouse_is_refused(session: Session, warehouse: Warehouse, part: Part, by: Actor) -> None:
    stock = given.stock(session, warehouse, part, 3)
    other = given.stock(session, given.warehouse(session), part, 3)
    allocation_id = allocated_of(session, warehouse, stock, 2, by)

    with pytest.raises(ledger.LotNotFree):
        exchange(session, allocation_id, other, by)


def test_stock_that_is_not_good_is_refused(session: Session, warehouse: Warehouse, part: Part, by: Actor) -> None:
    stock = given.stock(session, warehouse, part, 3)
    other = given.stock(session, warehouse, part, 3)
    apart = ledger.in_bin(warehouse.id, other.bin_id, other.key.owner_id, ledger.Condition.QUARANTINE)
    ledger.post(session, [leaving(other, 3, to=apart)], by=by, at=NOON)
    allocation_id = allocated_of(session, warehouse, stock, 2, by)
    quarantined = next(
        row.LotBalance.id
        for row in ledger.list_positions(session, warehouse.id, bin_id=other.bin_id)
        if row.LotBalance.condition is ledger.Condition.QUARANTINE
    )

    with pytest.raises(ledger.LotNotFree):
        ledger.exchange_lot(session, allocation_id, lot_balance_id=quarantined, reason="near", by=by, at=NOON)


def test_an_unknown_position_is_refused(session: Session, warehouse: Warehouse, part: Part, by: Actor) -> None:
    stock = given.stock(session, warehouse, part, 3)
    allocation_id = allocated_of(session, warehouse, stock, 2, by)

    with pytest.raises(ledger.LotNotFree):
        ledger.exchange_lot(session, allocation_id, lot_balance_id=999_999_999, reason="near", by=by, at=NOON)


def test_an_allocation_that_is_spent_is_refused(session: Session, warehouse: Warehouse, part: Part, by: Actor) -> None:
    stock = given.stock(session, warehouse, part, 3)
    other = given.stock(session, warehouse, part, 3)
    allocation_id = allocated_of(session, warehouse, stock, 2, by)
    away = ledger.outside(ledger.Place.IN_TRANSIT, stock.key.owner_id)
    ledger.issue(session, [ledger.Issue(allocation_id, 2, away, CHECKED, "shipped")], by=by, at=NOON)

    with pytest.raises(ledger.AllocationSpent):
        exchange(session, allocation_id, other, by)


def test_an_unknown_allocation_is_refused(session: Session, warehouse: Warehouse, part: Part, by: Actor) -> None:
    stock = given.stock(session, warehouse, part, 3)

    with pytest.raises(ledger.AllocationSpent):
        exchange(session, 999_999_999, stock, by)


# Pieces of one lot


def pieces(session: Session, warehouse: Warehouse, by: Actor, *serials: str, lot: str = "L1") -> given.Stock:
    return given.stock(session, warehouse, given.part(session, serial_tracked=True), lot=lot, serials=serials, by=by)


def given_of(session: Session, stock: given.Stock) -> list[int]:
    """How much of each piece is allocated."""
    query = select(ledger.LotBalance.allocated).where(ledger.LotBalance.id.in_(stock.positions))
    return list(session.scalars(query.order_by(ledger.LotBalance.unit_id)))


def test_a_free_piece_of_the_lot_is_taken_and_the_first_is_free_again(
    session: Session, warehouse: Warehouse, by: Actor
) -> None:
    stock = pieces(session, warehouse, by, "SN1", "SN2", "SN3")
    allocation_id = allocated_of(session, warehouse, stock, 1, by)

    ledger.exchange_piece(session, allocation_id, lot_balance_id=stock.positions[2])

    assert allocation(session, allocation_id).lot_balance_id == stock.positions[2]
    assert given_of(session, stock) == [0, 0, 1]


def test_two_allocations_of_pieces_change_places(session: Session, warehouse: Warehouse, by: Actor) -> None:
    stock = pieces(session, warehouse, by, "SN1", "SN2", "SN3")
    mine, theirs = (allocated_of(session, warehouse, stock, 1, by) for _ in range(2))

    ledger.exchange_piece(session, mine, lot_balance_id=stock.positions[1])

    assert [allocation(session, one).lot_balance_id for one in (mine, theirs)] == [
        stock.positions[1],
        stock.positions[0],
    ]
    assert given_of(session, stock) == [1, 1, 0]


def test_a_piece_of_another_lot_is_no_exchange_of_pieces(session: Session, warehouse: Warehouse, by: Actor) -> None:
    stock = pieces(session, warehouse, by, "SN1")
    allocation_id = allocated_of(session, warehouse, stock, 1, by)
    part = session.get_one(Part, stock.key.part_id)
    other = given.stock(session, warehouse, part, lot="L2", serials=["SN2"], by=by)

    with pytest.raises(ledger.LotNotFree):
        ledger.exchange_piece(session, allocation_id, lot_balance_id=other.position)


def test_a_piece_in_another_warehouse_is_refused(session: Session, warehouse: Warehouse, by: Actor) -> None:
    stock = pieces(session, warehouse, by, "SN1")
    allocation_id = allocated_of(session, warehouse, stock, 1, by)
    part = session.get_one(Part, stock.key.part_id)
    other = given.stock(session, given.warehouse(session), part, lot="L1", serials=["SN2"], by=by)

    with pytest.raises(ledger.LotNotFree):
        ledger.exchange_piece(session, allocation_id, lot_balance_id=other.position)
