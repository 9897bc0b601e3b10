"""A mistake is undone by the opposite move; the first stays as it is."""

from typing import Any

import pytest
from sqlalchemy.orm import Session

from inventory import ledger
from inventory.actor import Actor
from inventory.catalogue.models import Part
from inventory.network.models import Warehouse
from tests import given
from tests.given import NOON
from tests.inventory.ledger.books import balance, last_move, leaving, move_count, position


def reverse(session: Session, move: ledger.Move, by: Actor) -> None:
    ledger.reverse(session, move.id, reason="keyed in twice", by=by, at=NOON)


def test_the_opposite_move_names_the_one_it_reverses(
    session: Session, warehouse: Warehouse, part: Part, by: Actor, heard: list[Any]
) -> None:
    stock = given.stock(session, warehouse, part, 5)
    ledger.post(session, [leaving(stock, 2, to=ledger.Place.SCRAP)], by=by, at=NOON)
    wrong = last_move(session)
    heard.clear()

    reverse(session, wrong, by)

    right = last_move(session)
    assert (right.reverses_id, right.reason, right.quantity) == (wrong.id, "keyed in twice", 2)
    assert (right.from_place, right.to_bin_id) == ("scrap", stock.bin_id)
    assert balance(session, stock.key) == (5, 0)
    assert position(session, stock) == (5, 0)
    assert [event.keys for event in heard] == [(stock.key,)]


def test_a_second_time_is_refused(session: Session, warehouse: Warehouse, part: Part, by: Actor) -> None:
    stock = given.stock(session, warehouse, part, 5)
    ledger.post(session, [leaving(stock, 2)], by=by, at=NOON)
    wrong = last_move(session)
    reverse(session, wrong, by)

    with pytest.raises(ledger.MoveAlreadyReversed):
        reverse(session, wrong, by)


def test_a_reversal_can_be_reversed_itself(session: Session, warehouse: Warehouse, part: Part, by: Actor) -> None:
    stock = given.stock(session, warehouse, part, 5)
    ledger.post(session, [leaving(stock, 2)], by=by, at=NOON)
    reverse(session, last_move(session), by)

    reverse(session, last_move(session), by)

    assert balance(session, stock.key) == (3, 0)


def test_a_receipt_whose_stock_is_set_aside_is_not_reversed(
    session: Session, warehouse: Warehouse, part: Part, by: Actor
) -> None:
    stock = given.stock(session, warehouse, part, 5)
    receipt = last_move(session)
    given.reservation(session, warehouse, stock.key, 1)
    before = move_count(session)

    with pytest.raises(ledger.InsufficientStock), session.begin_nested():
        reverse(session, receipt, by)

    assert move_count(session) == before
    assert balance(session, stock.key) == (5, 1)


def test_a_move_between_places_outside_is_reversed_too(
    session: Session, warehouse: Warehouse, part: Part, by: Actor
) -> None:
    stock = given.stock(session, warehouse, part, 5)
    held = ledger.in_custody(by.person_id, stock.key.owner_id)
    ledger.post(session, [leaving(stock, 1, to=held)], by=by, at=NOON)
    fitted = ledger.Posting(
        part.id,
        stock.lot_id,
        1,
        held,
        ledger.outside(ledger.Place.FITTED, stock.key.owner_id),
        leaving(stock).document,
        "fitted",
    )
    ledger.post(session, [fitted], by=by, at=NOON)

    reverse(session, last_move(session), by)

    assert (last_move(session).to_place, last_move(session).to_holder_id) == ("custody", by.person_id)


def test_an_unknown_move_is_refused(session: Session, by: Actor) -> None:
    with pytest.raises(ledger.MoveNotFound):
        ledger.reverse(session, 999_999_999, reason="", by=by, at=NOON)
