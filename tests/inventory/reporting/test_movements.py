"""The ledger as people read it: each move once, what was there after it, what lay where at a past instant."""

from datetime import timedelta

import pytest

from inventory import ledger, workorders
from inventory.identity import Person
from inventory.ledger import Document, Move, Place, Posting
from inventory.reporting import life_of_lot, list_on_hand_after, list_positions_as_of, movements
from inventory.timeline import DocumentKind
from tests import given
from tests.given import NOON
from tests.given.workorders import arrived, at_work, repair

LATER = NOON + timedelta(hours=1)


@pytest.fixture
def part(session):
    return given.part(session)


@pytest.fixture
def by(session):
    return given.acting(session)


def carry(session, stock, bin, quantity, by):
    """Put so much of stock into another bin of its warehouse."""
    target = ledger.in_bin(stock.key.warehouse_id, bin.id, stock.key.owner_id)
    document = Document(DocumentKind.RECEIPT, 1)
    posting = Posting(stock.key.part_id, stock.lot_id, quantity, stock.end, target, document, "put away")
    ledger.post(session, [posting], by=by, at=LATER)


def test_what_passes_from_one_engineer_to_another_is_one_move(session, part, by):
    made = repair(session)
    line = arrived(session, made, part, 1)
    workorders.draw(session, line.id, 1, by=made.engineer, at=NOON)
    successor = session.get_one(Person, at_work(session, "engineer", made.station).person_id)
    workorders.reassign_work_order(
        session, made.work_order.number, engineer=successor.login, reason="ill", by=made.manager, at=LATER
    )
    rows = session.execute(movements(by).where(Move.part_id == part.id, Move.from_place == Place.CUSTODY)).all()
    assert [(row.from_holder, row.to_holder) for row in rows] == [(made.engineer.name, successor.name)]


def test_a_warehouse_had_so_much_after_each_move(session, part, by):
    warehouse = given.warehouse(session)
    first = given.stock(session, warehouse, part, 5)
    given.stock(session, warehouse, part, 2)
    carry(session, first, given.bin(session, warehouse), 3, by)
    ids = list(session.scalars(movements(by).with_only_columns(Move.id).order_by(Move.id)))
    assert list_on_hand_after(session, warehouse.id, part.id, ids) == dict(zip(ids, [5, 7, 7], strict=True))


def test_what_lay_where_at_a_past_instant_is_the_fold_of_the_moves_up_to_it(session, part, by):
    warehouse = given.warehouse(session)
    shelf, other = given.bin(session, warehouse, code="A-1"), given.bin(session, warehouse, code="A-2")
    stock = given.stock(session, warehouse, part, 5, bin=shelf)
    carry(session, stock, other, 5, by)
    before = list_positions_as_of(session, warehouse.id, part.id, at=NOON)
    after = list_positions_as_of(session, warehouse.id, part.id, at=LATER)
    assert [(one.bin_code, one.on_hand) for one in before + after] == [("A-1", 5), ("A-2", 5)]
    assert list_positions_as_of(session, warehouse.id, part.id, at=NOON - timedelta(days=1)) == []


def test_the_ends_of_a_lot_add_up_to_nothing(session, part, by):
    given.stock(session, given.warehouse(session), part, 5, lot="L1")
    ends = life_of_lot(session, part, "L1", by=by).ends
    assert (ends[Place.BIN], sum(ends.values())) == (5, 0)


def test_who_sees_a_part_of_the_network_is_not_told_of_the_rest(session, part):
    warehouse = given.warehouse(session)
    given.stock(session, warehouse, part, 5, lot="L1")
    lead = given.acting(session, "warehouse_lead", warehouse)
    assert life_of_lot(session, part, "L1", by=lead).ends is None
