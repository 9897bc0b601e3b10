"""Posting free stock: moves and both folds in one breath, all of it or nothing."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from inventory import ledger
from inventory.actor import Actor
from inventory.catalogue.models import Part
from inventory.db import QUANTITY_MAX
from inventory.network.models import Warehouse
from tests import given
from tests.given import NOON
from tests.inventory.ledger.books import balance, coming, last_move, leaving, lying, move_count, position


def test_a_receipt_is_on_hand_and_available(
    session: Session, warehouse: Warehouse, part: Part, heard: list[Any]
) -> None:
    stock = given.stock(session, warehouse, part, 5)

    assert balance(session, stock.key) == (5, 0)
    assert position(session, stock) == (5, 0)
    assert [event.keys for event in heard] == [(stock.key,)]


def test_a_move_names_its_ends_document_actor_command_reason_and_instant(
    session: Session, warehouse: Warehouse, part: Part, by: Actor
) -> None:
    stock = given.stock(session, warehouse, part, 5)
    ledger.post(session, [leaving(stock, 2, to=ledger.Place.SCRAP)], by=by, at=NOON)

    move = last_move(session)

    assert (move.from_place, move.from_warehouse_id, move.from_bin_id) == ("bin", warehouse.id, stock.bin_id)
    assert (move.to_place, move.to_warehouse_id, move.to_bin_id) == ("scrap", None, None)
    assert (move.part_id, move.lot_id, move.quantity, move.reason) == (part.id, stock.lot_id, 2, "counted")
    assert (move.document_kind, move.document_id) == ("stock_check", 1)
    assert (move.actor_id, move.command_id, move.recorded_at) == (by.person_id, by.command_id, NOON)


def test_putting_away_leaves_the_balance_and_moves_the_position(
    session: Session, warehouse: Warehouse, part: Part, by: Actor, heard: list[Any]
) -> None:
    dock = given.stock(session, warehouse, part, 5, bin=given.dock(session, warehouse))
    shelf = given.bin(session, warehouse)
    heard.clear()

    ledger.post(session, [leaving(dock, 3, to=replace(dock.end, bin_id=shelf.id))], by=by, at=NOON)

    assert (lying(session, dock.bin_id), lying(session, shelf.id)) == (2, 3)
    assert balance(session, dock.key) == (5, 0)
    assert heard == [], "nothing became available that was not before"


def test_receipt_and_putting_away_in_one_call_leave_two_moves_and_nothing_at_the_dock(
    session: Session, warehouse: Warehouse, part: Part, by: Actor
) -> None:
    known = given.stock(session, warehouse, part, 1)
    dock = given.dock(session, warehouse)
    before = move_count(session)
    at_dock = replace(known.end, bin_id=dock.id)

    ledger.post(
        session,
        [coming(known, 4, bin_id=dock.id), replace(leaving(known, 4, to=known.end), source=at_dock)],
        by=by,
        at=NOON,
    )

    assert move_count(session) == before + 2
    assert (lying(session, dock.id), lying(session, known.bin_id)) == (0, 5)
    assert balance(session, known.key) == (5, 0)


def test_several_postings_of_one_position_are_netted(
    session: Session, warehouse: Warehouse, part: Part, by: Actor
) -> None:
    stock = given.stock(session, warehouse, part, 5)

    ledger.post(session, [leaving(stock, 2), leaving(stock, 3), coming(stock, 4)], by=by, at=NOON)

    assert position(session, stock) == (4, 0)
    assert balance(session, stock.key) == (4, 0)


def test_more_than_lies_there_is_refused_and_nothing_changes(
    session: Session, warehouse: Warehouse, part: Part, by: Actor
) -> None:
    stock = given.stock(session, warehouse, part, 5)
    before = move_count(session)

    with pytest.raises(ledger.InsufficientStock), session.begin_nested():
        ledger.post(session, [leaving(stock, 1), leaving(stock, 5)], by=by, at=NOON)

    assert balance(session, stock.key) == (5, 0)
    assert move_count(session) == before


def test_stock_that_never_lay_there_is_refused(session: Session, warehouse: Warehouse, part: Part, by: Actor) -> None:
    stock = given.stock(session, warehouse, part, 5)
    elsewhere = replace(leaving(stock), source=replace(stock.end, bin_id=given.bin(session, warehouse).id))

    with pytest.raises(ledger.InsufficientStock):
        ledger.post(session, [elsewhere], by=by, at=NOON)


def test_good_stock_that_is_set_aside_does_not_leave(
    session: Session, warehouse: Warehouse, part: Part, by: Actor
) -> None:
    stock = given.stock(session, warehouse, part, 5)
    given.reservation(session, warehouse, stock.key, 4)

    with pytest.raises(ledger.InsufficientStock):
        ledger.post(session, [leaving(stock, 2)], by=by, at=NOON)


def test_set_aside_stock_moves_between_bins_while_no_lot_is_given(
    session: Session, warehouse: Warehouse, part: Part, by: Actor
) -> None:
    stock = given.stock(session, warehouse, part, 5)
    given.reservation(session, warehouse, stock.key, 5)
    shelf = given.bin(session, warehouse)

    ledger.post(session, [leaving(stock, 5, to=replace(stock.end, bin_id=shelf.id))], by=by, at=NOON)

    assert lying(session, shelf.id) == 5
    assert balance(session, stock.key) == (5, 5)


def test_allocated_stock_does_not_move_between_bins(
    session: Session, warehouse: Warehouse, part: Part, by: Actor
) -> None:
    stock = given.stock(session, warehouse, part, 5)
    reservation = given.reservation(session, warehouse, stock.key, 4)
    ledger.allocate_oldest(session, [ledger.AllocationWish(reservation, 4)], by=by, at=NOON)
    shelf = given.bin(session, warehouse)

    with pytest.raises(ledger.InsufficientStock):
        ledger.post(session, [leaving(stock, 2, to=replace(stock.end, bin_id=shelf.id))], by=by, at=NOON)


def test_damaged_goods_come_in_without_being_available(
    session: Session, warehouse: Warehouse, part: Part, by: Actor, heard: list[Any]
) -> None:
    stock = given.stock(session, warehouse, part, 5)
    heard.clear()
    damaged = replace(coming(stock, 3), target=replace(stock.end, condition=ledger.Condition.DEFECTIVE))

    ledger.post(session, [damaged], by=by, at=NOON)

    assert lying(session, stock.bin_id, ledger.Condition.DEFECTIVE) == 3
    assert balance(session, stock.key) == (5, 0)
    assert heard == []


def test_stock_let_in_from_quarantine_becomes_available(
    session: Session, warehouse: Warehouse, part: Part, by: Actor, heard: list[Any]
) -> None:
    stock = given.stock(session, warehouse, part, 5)
    apart = replace(stock.end, condition=ledger.Condition.QUARANTINE)
    ledger.post(session, [leaving(stock, 2, to=apart)], by=by, at=NOON)
    assert balance(session, stock.key) == (3, 0)
    heard.clear()

    ledger.post(session, [replace(leaving(stock, 2, to=stock.end), source=apart)], by=by, at=NOON)

    assert balance(session, stock.key) == (5, 0)
    assert [event.keys for event in heard] == [(stock.key,)]


def test_owners_of_the_same_part_are_kept_apart(session: Session, warehouse: Warehouse, part: Part, by: Actor) -> None:
    makers = given.stock(session, warehouse, part, 5)
    stations = given.stock(session, warehouse, part, 2, owner=given.owner(session, "STATION"))

    assert balance(session, makers.key) == (5, 0)
    assert balance(session, stations.key) == (2, 0)


def test_a_change_of_owner_lowers_one_balance_and_raises_the_other(
    session: Session, warehouse: Warehouse, part: Part, by: Actor
) -> None:
    makers = given.stock(session, warehouse, part, 5)
    other = given.owner(session, "STATION")

    ledger.post(session, [leaving(makers, 2, to=replace(makers.end, owner_id=other.id))], by=by, at=NOON)

    assert balance(session, makers.key) == (3, 0)
    assert balance(session, makers.key._replace(owner_id=other.id)) == (2, 0)


def test_a_piece_with_a_serial_leaves_its_own_position_only(session: Session, warehouse: Warehouse, by: Actor) -> None:
    board = given.part(session, serial_tracked=True)
    stock = given.stock(session, warehouse, board, serials=["S1", "S2"])

    ledger.post(session, [leaving(stock)], by=by, at=NOON)

    left = [session.get_one(ledger.LotBalance, one, populate_existing=True).on_hand for one in stock.positions]
    assert left == [0, 1]
    assert balance(session, stock.key) == (1, 0)


def test_a_piece_does_not_come_in_from_where_it_is_not(session: Session, warehouse: Warehouse, by: Actor) -> None:
    board = given.part(session, serial_tracked=True)
    stock = given.stock(session, warehouse, board, serials=["S1"])
    ledger.post(session, [leaving(stock, to=ledger.Place.IN_TRANSIT)], by=by, at=NOON)
    again = replace(coming(stock), unit_id=stock.unit_ids[0])

    with pytest.raises(ledger.SerialElsewhere) as refused, session.begin_nested():
        ledger.post(session, [again], by=by, at=NOON)

    assert refused.value.facts == {"serial": "S1"}
    arrived = replace(again, source=ledger.outside(ledger.Place.IN_TRANSIT, stock.key.owner_id))
    ledger.post(session, [arrived], by=by, at=NOON)
    assert balance(session, stock.key) == (1, 0)


def test_a_piece_set_apart_twice_is_refused_the_second_time(session: Session, warehouse: Warehouse, by: Actor) -> None:
    board = given.part(session, serial_tracked=True)
    stock = given.stock(session, warehouse, board, serials=["S1"])
    apart = leaving(stock, to=replace(stock.end, condition=ledger.Condition.QUARANTINE))
    ledger.take_out(session, [apart], by=by, at=NOON)

    with pytest.raises(ledger.InsufficientStock):
        ledger.take_out(session, [apart], by=by, at=NOON)


def test_a_piece_that_lies_in_one_warehouse_does_not_come_into_another(
    session: Session, warehouse: Warehouse, by: Actor
) -> None:
    board = given.part(session, serial_tracked=True)
    stock = given.stock(session, warehouse, board, serials=["S1"])
    there = given.stock(session, given.warehouse(session), board, serials=["S2"])
    twice = replace(coming(there), lot_id=stock.lot_id, unit_id=stock.unit_ids[0])

    with pytest.raises(ledger.SerialElsewhere):
        ledger.post(session, [twice], by=by, at=NOON)


def test_a_balance_may_be_as_large_as_a_quantity_and_no_larger(
    session: Session, warehouse: Warehouse, part: Part, by: Actor
) -> None:
    stock = given.stock(session, warehouse, part, QUANTITY_MAX)

    with pytest.raises(ledger.StockOverflow):
        ledger.post(session, [coming(stock)], by=by, at=NOON)


def test_a_position_of_defective_stock_is_bounded_too(
    session: Session, warehouse: Warehouse, part: Part, by: Actor
) -> None:
    stock = given.stock(session, warehouse, part, 1)
    damaged = replace(coming(stock, QUANTITY_MAX), target=replace(stock.end, condition=ledger.Condition.DEFECTIVE))
    ledger.post(session, [damaged], by=by, at=NOON)

    with pytest.raises(ledger.StockOverflow):
        ledger.post(session, [replace(damaged, quantity=1)], by=by, at=NOON)


def test_custody_keeps_who_holds_it(session: Session, warehouse: Warehouse, part: Part, by: Actor) -> None:
    stock = given.stock(session, warehouse, part, 5)
    held = ledger.in_custody(by.person_id, stock.key.owner_id)

    ledger.post(session, [leaving(stock, 1, to=held)], by=by, at=NOON)

    assert (last_move(session).to_place, last_move(session).to_holder_id) == ("custody", by.person_id)


def test_a_transfer_takes_from_one_warehouse_and_gives_to_the_other_with_the_lots_age(
    session: Session, warehouse: Warehouse, part: Part, by: Actor
) -> None:
    stock = given.stock(session, warehouse, part, 5, received_at=NOON - timedelta(days=90))
    other = given.warehouse(session)
    there = given.stock(session, other, part, 1)

    ledger.post(session, [leaving(stock, 2, to=there.end)], by=by, at=NOON)

    arrived = ledger.list_positions(session, other.id, part_id=part.id)[0].LotBalance
    assert (arrived.lot_id, arrived.on_hand) == (stock.lot_id, 2)
    assert arrived.first_received_at == NOON - timedelta(days=90)
    assert balance(session, stock.key) == (3, 0)
    assert balance(session, there.key) == (3, 0)
