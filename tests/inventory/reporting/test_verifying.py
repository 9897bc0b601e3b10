"""Every check of `beijian verify` is silent on true books and speaks on a planted row; none is left untried."""

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from inventory import tables
from inventory.reporting import fifo_replay
from inventory.reporting.ledger_checks import APPEND_ONLY
from inventory.reporting.verifying import CHECKS, verify
from tests.inventory.reporting.world import drop_guards, lay_history

OLDER_LOT = """
    INSERT INTO lot (id, part_id, number, first_received_at) VALUES (9003, 9001, 'OLD', '2025-12-30Z');
    INSERT INTO move (part_id, lot_id, quantity, from_place, from_condition, from_owner_id, to_place, to_warehouse_id,
                      to_bin_id, to_condition, to_owner_id, document_kind, document_id, reason, actor_id, command_id,
                      recorded_at)
    VALUES (9001, 9003, 3, 'supplier', 'good', 9001, 'bin', 9001, 9001, 'good', 9001, 'receipt', 1, 'test', 9001, 9001,
            '2026-01-01 12:00Z')
"""
RELEASED_ELSEWHERE = """
    UPDATE proposal SET kind = 'transfer', source_id = 9001, warehouse_id = 9002, released_quantity = 6,
                        purchase_order_id = NULL, part_request_id = 9001
"""
PLANTED: dict[str, str] = {
    "I1 ends": "UPDATE move SET to_bin_id = 9001 WHERE id = 9002",
    "I1 conservation": "UPDATE move SET quantity = 13 WHERE id = 9001",
    "I1 origin": "INSERT INTO lot (part_id, number, first_received_at) VALUES (9001, 'NOWHERE', now())",
    "I2 balance": "UPDATE balance SET on_hand = 11 WHERE warehouse_id = 9001 AND part_id = 9001",
    "I2 lot balance": "UPDATE lot_balance SET on_hand = on_hand + 1 WHERE id = 9003",
    "I3 ranges": "UPDATE balance SET on_hand = -1 WHERE warehouse_id = 9002",
    "I4 reserved": "UPDATE balance SET reserved = 5 WHERE warehouse_id = 9001 AND part_id = 9001",
    "I4 reservation": "UPDATE reservation SET allocated = 2 WHERE id = 9001",
    "I4 allocated": "UPDATE lot_balance SET allocated = 0 WHERE id = 9001",
    "I4 lies": "UPDATE allocation SET lot_balance_id = 9003 WHERE id = 9001",
    "I5 one place": "UPDATE lot_balance SET on_hand = 1 WHERE id = 9004",
    "I5 chain": "UPDATE move SET from_bin_id = 9002 WHERE id = 9007",
    "I6 reason": "UPDATE allocation SET older_free = 1 WHERE id = 9001",
    "I6 age": "UPDATE lot_balance SET first_received_at = '2026-01-02Z' WHERE id = 9001",
    "I8 triggers": "ALTER TABLE move DISABLE TRIGGER move_is_append_only",
    "I9 answers": "UPDATE command SET answer_status = NULL",
    "I9 commands": "UPDATE move SET command_id = 1234567 WHERE id = 9001",
    "I15 order": "UPDATE move SET recorded_at = '2025-12-31Z' WHERE id = 9003",
    "I7 status": "UPDATE pick_task SET status = 'claimed' WHERE id = 9001",
    "I7 chain": "UPDATE document_event SET from_status = 'open' WHERE document_kind || to_status = 'pick_taskpicked'",
    "I7 told": "UPDATE move SET actor_id = 1234567 WHERE id = 9001",
    "I12 steps": "UPDATE document_event SET to_status = 'dreamt' WHERE document_kind || from_status = 'shipmentnew'",
    "I10 sums": "UPDATE part_request_line SET cancelled = 1",
    "I10 reserved": "UPDATE part_request_line SET reserved = 2",
    "I10 released": "UPDATE part_request_line SET released = 2",
    "I11 clock": "UPDATE part_request_line SET next_review_at = NULL",
    "I11 tasks": "UPDATE pick_task SET status = 'cancelled' WHERE id = 9001",
    "I11 wanted": "UPDATE pick_task SET quantity = 3 WHERE id = 9001",
    "I11 shipments": "UPDATE shipment_line SET missing = 1",
    "I13 accounted": "UPDATE shipment_line SET damaged = 2",
    "I13 transit": "UPDATE move SET quantity = 3 WHERE id = 9003",
    "I13 status": "UPDATE shipment SET status = 'received'",
    "I13 custody": "UPDATE drawn_part SET fitted = 1",
    "I13 purchased": "UPDATE purchase_order_line SET received = 2, expected = 7",
    "I13 on order": "UPDATE purchase_order_line SET expected = 4",
    "I13 earmarks": "UPDATE reservation SET quantity = 1 WHERE id = 9002",
    "I18 parent": "UPDATE warehouse SET tier = 'repair', parent_id = 9002 WHERE id = 9001",
    "I19 transfers": "UPDATE shipment_line SET for_stock = true",
    "I20 released": "UPDATE proposal SET warehouse_id = 9002",
    "I6 replay": OLDER_LOT,
}
"""A fault for each check. Each must be found by its own check; others may speak as well."""


@pytest.fixture
def books(owner_session: Session) -> Session:
    """True books, whose guards are down."""
    lay_history(owner_session)
    return owner_session


def test_true_books_break_no_rule(books: Session) -> None:
    assert [finding for finding in verify(books) if finding.violations] == []


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_row_is_found(books: Session, name: str) -> None:
    if name != "I8 triggers":
        drop_guards(books)
    books.connection().exec_driver_sql(PLANTED[name])
    found = {finding.name: finding for finding in verify(books)}
    assert found[name].violations > 0
    assert found[name].sample


def test_no_check_is_left_untried() -> None:
    assert {check.name for check in CHECKS} | {fifo_replay.NAME} == set(PLANTED)


@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize("trigger", ["is_append_only", "is_never_emptied"])
def test_a_trigger_that_is_gone_is_found_on_every_history_table(books: Session, table: str, trigger: str) -> None:
    books.execute(text(f"DROP TRIGGER {table}_{trigger} ON {table}"))
    found = {finding.name: finding for finding in verify(books)}
    assert {row["table_name"] for row in found["I8 triggers"].sample} == {table}


def test_the_history_tables_are_those_of_the_rows() -> None:
    assert APPEND_ONLY == tables.APPEND_ONLY


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("I2 balance", "DELETE FROM balance WHERE warehouse_id = 9001 AND part_id = 9002"),
        ("I2 lot balance", "DELETE FROM lot_balance WHERE id = 9005"),
        ("I2 lot balance", "DELETE FROM move WHERE id IN (9006, 9007)"),
        ("I2 balance", "UPDATE lot_balance SET condition = 'quarantine' WHERE id = 9005"),
        ("I1 ends", "UPDATE move SET quantity = 0 WHERE id = 9003"),
        ("I1 ends", "UPDATE move SET from_bin_id = NULL WHERE id = 9003"),
        ("I1 conservation", "UPDATE move SET part_id = 9002 WHERE id = 9003"),
        ("I2 lot balance", "UPDATE move SET to_condition = 'defective' WHERE id = 9001"),
        ("I4 reserved", "DELETE FROM reservation WHERE id = 9001"),
        ("I4 allocated", "DELETE FROM allocation WHERE id = 9002"),
        ("I7 status", "DELETE FROM document_event WHERE document_kind = 'work_order'"),
        ("I7 status", "DELETE FROM expected_receipt"),
        ("I7 told", "UPDATE move SET reason = ' ' WHERE id = 9001"),
        ("I11 clock", "UPDATE part_request_line SET responsible_id = NULL"),
        ("I11 wanted", "UPDATE allocation SET quantity = 1 WHERE id = 9001"),
        ("I11 wanted", "DELETE FROM allocation WHERE id = 9001"),
        ("I13 status", "UPDATE shipment_line SET missing = 1"),
        ("I13 transit", "DELETE FROM shipment_line"),
        ("I13 purchased", "UPDATE expected_receipt_line SET received = 1"),
        ("I13 on order", "UPDATE purchase_order SET status = 'received'"),
        ("I13 on order", "UPDATE expected_receipt SET status = 'closed'"),
        ("I7 status", "UPDATE purchase_order SET status = 'confirmed'"),
        ("I13 custody", "DELETE FROM drawn_part"),
        ("I5 chain", "UPDATE move SET from_place = 'fitted' WHERE id = 9006"),
        ("I19 transfers", "UPDATE part_request_line SET source_id = 9001"),
        ("I19 transfers", "UPDATE part_request SET source_id = 9001"),
        ("I19 transfers", "UPDATE reservation SET purpose = 'transfer' WHERE id = 9001"),
        ("I20 released", RELEASED_ELSEWHERE),
        ("I18 parent", "UPDATE warehouse SET parent_id = NULL WHERE id = 9002"),
        ("I18 parent", "UPDATE warehouse SET tier = 'central' WHERE id = 9002"),
        ("I18 parent", "DELETE FROM warehouse WHERE id = 9001"),
    ],
)
def test_either_side_of_an_equation_may_lack_the_row(books: Session, name: str, fault: str) -> None:
    drop_guards(books)
    books.execute(text(fault))
    assert {finding.name: finding for finding in verify(books)}[name].violations > 0
