"""Reading the ledger: stock now and as of an instant, what lies where, the proof of FIFO."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from inventory import ledger
from inventory.actor import Actor
from inventory.catalogue.models import Part
from inventory.network.models import Warehouse
from tests import given
from tests.given import NOON
from tests.inventory.ledger.books import PICKED, SHIPPED, coming, last_move, leaving

DAY = timedelta(days=1)


def figures(
    session: Session, warehouse: Warehouse, at: datetime | None = None
) -> list[tuple[str, int, int, int, int | None]]:
    return [
        (one.number, one.good, one.quarantine, one.defective, one.available)
        for one in ledger.list_stock(session, warehouse.id, at=at)
    ]


def test_stock_now_tells_conditions_and_what_is_available(
    session: Session, warehouse: Warehouse, part: Part, by: Actor
) -> None:
    stock = given.stock(session, warehouse, part, 9)
    apart = replace(stock.end, condition=ledger.Condition.QUARANTINE)
    broken = replace(stock.end, condition=ledger.Condition.DEFECTIVE)
    ledger.post(session, [leaving(stock, 2, to=apart), leaving(stock, 1, to=broken)], by=by, at=NOON)
    given.reservation(session, warehouse, stock.key, 4)

    assert figures(session, warehouse) == [(part.number, 6, 2, 1, 2)]


def test_stock_of_another_warehouse_is_not_told(session: Session, warehouse: Warehouse, part: Part) -> None:
    given.stock(session, given.warehouse(session), part, 9)

    assert figures(session, warehouse) == []


def test_stock_as_of_a_past_instant_is_the_fold_of_the_moves_up_to_it(
    session: Session, warehouse: Warehouse, part: Part, by: Actor
) -> None:
    stock = given.stock(session, warehouse, part, 9, received_at=NOON - 3 * DAY)
    ledger.post(session, [leaving(stock, 2)], by=by, at=NOON - 2 * DAY)
    ledger.post(session, [coming(stock, 5)], by=by, at=NOON - DAY)

    past = [figures(session, warehouse, NOON - days * DAY) for days in (4, 3, 2, 1)]

    assert past == [
        [],
        [(part.number, 9, 0, 0, None)],
        [(part.number, 7, 0, 0, None)],
        [(part.number, 12, 0, 0, None)],
    ]
    assert figures(session, warehouse) == [(part.number, 12, 0, 0, 12)]


def test_stock_that_is_gone_is_not_listed(session: Session, warehouse: Warehouse, part: Part, by: Actor) -> None:
    stock = given.stock(session, warehouse, part, 2)
    ledger.post(session, [leaving(stock, 2)], by=by, at=NOON)

    assert figures(session, warehouse) == []
    assert figures(session, warehouse, NOON) == []


def test_stock_is_paged_by_part_number(session: Session, warehouse: Warehouse) -> None:
    for number in ("Q-3", "Q-1", "Q-2"):
        given.stock(session, warehouse, given.part(session, number))

    first = ledger.list_stock(session, warehouse.id, limit=2)
    rest = ledger.list_stock(session, warehouse.id, after=first[-1].number, limit=2)

    assert [one.number for one in first] == ["Q-1", "Q-2"]
    assert [one.number for one in rest] == ["Q-3"]


@pytest.mark.parametrize("search", ["Q-1", "q-1", "进水", "inlet"])
def test_stock_is_found_by_number_and_by_name(session: Session, warehouse: Warehouse, search: str) -> None:
    given.stock(session, warehouse, given.part(session, "Q-1", name_zh="进水阀", name_en="Inlet valve"))
    given.stock(session, warehouse, given.part(session, "Q-2", name_zh="电脑板", name_en="Board"))

    assert [one.number for one in ledger.list_stock(session, warehouse.id, search=search)] == ["Q-1"]


@pytest.mark.parametrize("search", ["%", "_", "\\"])
def test_a_wildcard_in_a_search_is_a_letter_like_others(session: Session, warehouse: Warehouse, search: str) -> None:
    given.stock(session, warehouse, given.part(session, "Q-1"))

    assert ledger.list_stock(session, warehouse.id, search=search) == []


def test_positions_are_listed_oldest_first_with_bin_and_lot(session: Session, warehouse: Warehouse, part: Part) -> None:
    new = given.stock(session, warehouse, part, 2, lot="N", bin=given.bin(session, warehouse, code="B-1"))
    old = given.stock(
        session, warehouse, part, 3, lot="O", bin=given.bin(session, warehouse, code="B-2"), received_at=NOON - DAY
    )
    given.stock(session, warehouse, given.part(session), 9)

    rows = ledger.list_positions(session, warehouse.id, part_id=part.id)

    assert [(row.bin_code, row.lot_number, row.LotBalance.on_hand) for row in rows] == [
        ("B-2", "O", 3),
        ("B-1", "N", 2),
    ]
    assert [row.LotBalance.id for row in ledger.list_positions(session, warehouse.id, bin_id=old.bin_id)] == [
        old.position
    ]
    assert len(ledger.list_positions(session, warehouse.id)) == 3
    assert new.position in {row.LotBalance.id for row in ledger.list_positions(session, warehouse.id)}


def test_an_emptied_position_is_not_listed(session: Session, warehouse: Warehouse, part: Part, by: Actor) -> None:
    stock = given.stock(session, warehouse, part, 2)
    ledger.post(session, [leaving(stock, 2)], by=by, at=NOON)

    assert ledger.list_positions(session, warehouse.id) == []


def test_the_proof_of_fifo_counts_what_was_taken_oldest_first_and_what_was_overridden(
    session: Session, warehouse: Warehouse, part: Part, by: Actor
) -> None:
    old = given.stock(session, warehouse, part, 3, received_at=NOON - DAY)
    new = given.stock(session, warehouse, part, 3)
    taken = []
    for _ in range(2):
        reservation = given.reservation(session, warehouse, old.key, 1)
        taken += ledger.allocate_oldest(session, [ledger.AllocationWish(reservation, 1)], by=by, at=NOON)
    ledger.exchange_lot(
        session, taken[0].allocation_id, lot_balance_id=new.position, reason="blocked aisle", by=by, at=NOON
    )

    proof = ledger.fifo_proof(session, warehouse.id, since=NOON, until=NOON + DAY)

    assert (proof.allocations, proof.oldest_taken, proof.overridden, proof.unexplained) == (2, 1, 1, 0)
    assert [row.Allocation.override_reason for row in proof.rows] == ["blocked aisle", None]


def test_the_proof_of_fifo_stays_when_the_stock_has_left(
    session: Session, warehouse: Warehouse, part: Part, by: Actor
) -> None:
    stock = given.stock(session, warehouse, part, 3)
    reservation = given.reservation(session, warehouse, stock.key, 2)
    (one,) = ledger.allocate_oldest(session, [ledger.AllocationWish(reservation, 2)], by=by, at=NOON)
    away = ledger.outside(ledger.Place.IN_TRANSIT, stock.key.owner_id)
    ledger.carry(
        session,
        [ledger.Carry(one.allocation_id, given.staging(session, warehouse).id, PICKED, "picked")],
        by=by,
        at=NOON,
    )
    ledger.issue(session, [ledger.Issue(one.allocation_id, 2, away, SHIPPED, "shipped")], by=by, at=NOON)

    proof = ledger.fifo_proof(session, warehouse.id, since=NOON, until=NOON + DAY)

    assert (proof.allocations, proof.oldest_taken) == (1, 1)
    assert last_move(session).lot_id == proof.rows[0].Lot.id == stock.lot_id


def test_the_proof_is_of_one_warehouse_and_one_period(
    session: Session, warehouse: Warehouse, part: Part, by: Actor
) -> None:
    stock = given.stock(session, warehouse, part, 3)
    reservation = given.reservation(session, warehouse, stock.key, 2)
    ledger.allocate_oldest(session, [ledger.AllocationWish(reservation, 2)], by=by, at=NOON)

    def count(warehouse_id: int, since: datetime, until: datetime) -> int:
        return ledger.fifo_proof(session, warehouse_id, since=since, until=until).allocations

    assert count(warehouse.id, NOON, NOON + DAY) == 1
    assert count(warehouse.id, NOON - DAY, NOON) == 0
    assert count(given.warehouse(session).id, NOON, NOON + DAY) == 0
