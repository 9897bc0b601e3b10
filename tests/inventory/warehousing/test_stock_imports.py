"""Opening stock from files: received once, by moves from the supplier, all of it or nothing."""

from collections.abc import Mapping
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from inventory import ledger, warehousing
from inventory.actor import Actor
from inventory.errors import NotPermitted
from inventory.ledger import Condition, Document, Lot, LotBalance, Move, Place, Posting, Unit
from inventory.network import Bin
from inventory.reporting.verifying import verify
from inventory.sheets import Findings, ImportRefused, Row
from inventory.staging import export_rows
from inventory.timeline import DocumentKind
from inventory.warehousing import STOCK
from tests import given
from tests.given import NOON

Cells = Mapping[str, str]


@pytest.fixture
def by(session: Session) -> Actor:
    return given.acting(session)


@pytest.fixture(autouse=True)
def places(session: Session) -> None:
    centre = given.warehouse(session, code="R1")
    given.bin(session, centre, code="S-1")
    given.bin(session, centre, code="S-2")
    given.bin(session, centre, code="OLD", active=False)
    given.part(session, "P1")
    given.part(session, "SN", serial_tracked=True)


def lying(**facts: str) -> Cells:
    return {"warehouse": "R1", "bin": "S-1", "part": "P1", "lot": "L1", "quantity": "5", "received_on": "2026-02-01",
            **facts}  # fmt: skip


def check(session: Session, *records: Cells) -> list[tuple[int, str, str]]:
    findings = warehousing.check_stock(session, given.sheet_rows(STOCK, *records))
    assert findings.changed == 0
    return [(one.line, one.column, one.code) for one in findings.problems]


def take(session: Session, by: Actor, *records: Cells) -> Findings:
    by = given.under_new_command(session, by)
    return warehousing.import_stock(session, given.sheet_rows(STOCK, *records), by=by, at=NOON)


def counts(findings: Findings) -> tuple[int, int, int]:
    return findings.new, findings.changed, findings.unchanged


def on_hand(session: Session) -> dict[tuple[str, str], int]:
    rows = session.execute(
        select(Lot.number, LotBalance.condition, func.sum(LotBalance.on_hand))
        .join(LotBalance, LotBalance.lot_id == Lot.id)
        .group_by(Lot.number, LotBalance.condition)
    )
    return {(number, condition): int(total) for number, condition, total in rows if total}


def moved(session: Session, by: Actor, *, to: str, kind: DocumentKind = DocumentKind.RECEIPT) -> None:
    """All of lot L1 goes from where it lies to another bin."""
    lot = session.scalars(select(LotBalance).where(LotBalance.on_hand > 0)).one()
    target = session.scalars(select(Bin).where(Bin.code == to, Bin.warehouse_id == lot.warehouse_id)).one()
    move = Posting(
        part_id=lot.part_id,
        lot_id=lot.lot_id,
        quantity=lot.on_hand,
        source=ledger.in_bin(lot.warehouse_id, lot.bin_id, lot.owner_id),
        target=ledger.in_bin(lot.warehouse_id, target.id, lot.owner_id),
        document=Document(kind, 1),
        reason="put away",
    )
    ledger.post(session, [move], by=by, at=NOON)
    session.expire_all()


def test_stock_comes_from_the_supplier_into_its_bin_with_the_age_of_its_lot(session: Session, by: Actor) -> None:
    assert counts(take(session, by, lying(), lying(bin="S-2", quantity="3"), lying(lot="L0"))) == (3, 0, 0)
    assert on_hand(session) == {("L1", "good"): 8, ("L0", "good"): 5}
    move = session.scalars(select(Move).order_by(Move.id)).first()
    assert move is not None
    assert (move.from_place, move.document_kind, move.document_id) == (Place.SUPPLIER, "import", move.command_id)
    lot = session.scalars(select(Lot).where(Lot.number == "L1")).one()
    assert lot.first_received_at == datetime(2026, 2, 1, 12, tzinfo=UTC)
    assert [one.rule for one in verify(session) if one.violations] == []


def test_a_file_sent_again_changes_nothing(session: Session, by: Actor) -> None:
    take(session, by, lying(), lying(lot="L2"))
    assert counts(take(session, by, lying(), lying(lot="L2"))) == (0, 0, 2)
    assert on_hand(session) == {("L1", "good"): 5, ("L2", "good"): 5}


def test_a_file_sent_again_changes_nothing_though_its_stock_has_moved_on(session: Session, by: Actor) -> None:
    take(session, by, lying())
    moved(session, by, to="S-2")
    assert counts(take(session, by, lying())) == (0, 0, 1)
    assert on_hand(session) == {("L1", "good"): 5}


def test_what_was_exported_comes_back_as_standing(session: Session, by: Actor) -> None:
    take(session, by, lying(), lying(part="SN", quantity="1", serial="S1"), lying(bin="S-2", condition="待检"))
    moved_rows = [Row(line, ["" if value is None else str(value) for value in row])
                  for line, row in enumerate(export_rows(session, STOCK), start=2)]  # fmt: skip
    assert counts(warehousing.check_stock(session, moved_rows)) == (0, 0, 3)


def test_what_came_by_another_way_and_lies_there_stands(session: Session, by: Actor) -> None:
    take(session, by, lying())
    moved(session, by, to="S-2")
    assert counts(take(session, by, lying(bin="S-2"))) == (0, 0, 1)


def test_a_stale_export_does_not_bring_stock_twice(session: Session, by: Actor) -> None:
    take(session, by, lying())
    moved(session, by, to="S-2")
    stale = lying(bin="S-2")
    moved(session, by, to="DOCK-01")
    assert check(session, stale) == [(2, "quantity", "received_otherwise")]


def test_another_quantity_of_a_lot_that_came_is_refused(session: Session, by: Actor) -> None:
    take(session, by, lying())
    assert check(session, lying(quantity="6")) == [(2, "quantity", "received_otherwise")]


def test_an_import_that_was_undone_may_be_sent_again_corrected(session: Session, by: Actor) -> None:
    take(session, by, lying())
    move = session.scalars(select(Move)).one()
    ledger.reverse(session, move.id, reason="mistyped", by=by, at=NOON)
    assert counts(take(session, given.acting(session), lying(quantity="6"))) == (1, 0, 0)
    assert on_hand(session) == {("L1", "good"): 6}


def test_good_and_quarantined_stock_of_a_lot_are_told_apart(session: Session, by: Actor) -> None:
    take(session, by, lying(), lying(condition="quarantine", quantity="2"))
    assert on_hand(session) == {("L1", "good"): 5, ("L1", "quarantine"): 2}


def test_pieces_with_serial_numbers_come_one_by_one(session: Session, by: Actor) -> None:
    piece = lying(part="SN", quantity="1")
    take(session, by, {**piece, "serial": "A1"}, {**piece, "serial": "A2"})
    assert session.scalars(select(Unit.serial).order_by(Unit.serial)).all() == ["A1", "A2"]
    assert counts(take(session, by, {**piece, "serial": "A2"}, {**piece, "serial": "A3"})) == (1, 0, 1)


def test_a_piece_that_is_elsewhere_is_refused(session: Session, by: Actor) -> None:
    piece = lying(part="SN", quantity="1", serial="A1")
    take(session, by, piece)
    assert check(session, {**piece, "bin": "S-2"}) == [(2, "serial", "serial_elsewhere")]
    assert check(session, {**piece, "lot": "L2"}) == [(2, "serial", "serial_elsewhere")]


def test_a_piece_whose_import_was_undone_may_come_again(session: Session, by: Actor) -> None:
    piece = lying(part="SN", quantity="1", serial="A1")
    take(session, by, piece)
    ledger.reverse(session, session.scalars(select(Move.id)).one(), reason="wrong bin", by=by, at=NOON)
    assert counts(take(session, by, {**piece, "bin": "S-2"})) == (1, 0, 0)


def test_another_owner_has_stock_of_its_own(session: Session, by: Actor) -> None:
    given.owner(session, "BRAND")
    take(session, by, lying(), lying(owner="BRAND", quantity="2"))
    assert counts(take(session, by, lying(owner="BRAND", quantity="2"))) == (0, 0, 1)


def test_a_lot_that_is_known_keeps_its_first_receipt_told_a_day_apart(session: Session, by: Actor) -> None:
    take(session, by, lying())
    take(session, by, lying(bin="S-2", received_on="2026-02-02"))
    assert session.scalars(select(Lot.first_received_at)).one() == datetime(2026, 2, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("record", "problem"),
    [
        (lying(warehouse="R9"), ("warehouse", "unknown_warehouse")),
        (lying(bin="S-9"), ("bin", "unknown_bin")),
        (lying(bin="OLD"), ("bin", "unknown_bin")),
        (lying(part="P9"), ("part", "unknown_part")),
        (lying(owner="NOBODY"), ("owner", "unknown_owner")),
        (lying(lot=""), ("lot", "missing")),
        (lying(lot="L" * 21), ("lot", "too_long")),
        (lying(quantity="0"), ("quantity", "not_a_whole_number")),
        (lying(quantity="-5"), ("quantity", "not_a_whole_number")),
        (lying(quantity="5.0"), ("quantity", "not_a_whole_number")),
        (lying(quantity="NaN"), ("quantity", "not_a_whole_number")),
        (lying(quantity="1_0"), ("quantity", "not_a_whole_number")),
        (lying(quantity="1000000000"), ("quantity", "not_a_whole_number")),
        (lying(received_on="2999-01-01"), ("received_on", "day_to_come")),
        (lying(lot="L0", received_on="2026-01-01"), ("received_on", "lot_received_otherwise")),
        (lying(serial="A1"), ("serial", "serial_not_tracked")),
        (lying(part="SN", quantity="1"), ("serial", "serial_needed")),
        (lying(part="SN", quantity="2", serial="A1"), ("serial", "serial_needed")),
        (lying(condition="broken"), ("condition", "not_one_of")),
    ],
)
def test_stock_that_cannot_be_is_told_by_line_and_column(
    session: Session, by: Actor, record: Cells, problem: tuple[str, str]
) -> None:
    take(session, by, lying(bin="S-2", lot="L0", received_on="2026-01-15"))
    assert check(session, record) == [(2, *problem)]


def test_a_lot_has_one_day_and_a_piece_one_row_in_a_file(session: Session) -> None:
    piece = lying(part="SN", quantity="1", serial="A1")
    found = check(session, lying(), lying(bin="S-2", received_on="2026-02-02"), piece, {**piece, "bin": "S-2"})
    assert found == [(3, "received_on", "lot_received_otherwise"), (5, "serial", "value_doubled")]


def test_one_bad_row_keeps_all_stock_out(session: Session, by: Actor) -> None:
    with pytest.raises(ImportRefused):
        take(session, by, lying(), lying(lot="L2", bin="S-9"))
    assert session.scalar(select(func.count()).select_from(Move)) == 0


def test_only_who_may_import_for_the_whole_network_brings_stock(session: Session) -> None:
    with pytest.raises(NotPermitted):
        take(session, given.acting(session, "procurement"), lying())


def test_stock_received_today_is_not_received_later_than_now(session: Session, by: Actor) -> None:
    early = datetime(2026, 2, 1, 6, tzinfo=UTC)
    rows = given.sheet_rows(STOCK, lying(received_on=date(2026, 2, 1).isoformat()))
    warehousing.import_stock(session, rows, by=by, at=early)
    assert session.scalars(select(Lot.first_received_at)).one() == early
    assert Condition.GOOD in set(session.scalars(select(LotBalance.condition)))
