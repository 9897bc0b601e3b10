"""Opening stock from files: what lies in the bins when the books begin, lot by lot, with the day it first came.

A row is received from the supplier into its bin by a move, as goods at the dock are. It is received once: a lot that
has ever come into a bin is not received there by file again.

- Sent again with the quantity that was imported, or with what lies there now, a row changes nothing: neither does the
  same file, nor what `export stock` wrote.
- With another quantity it is refused: stock is corrected by a count, which says who found what, never by a file.

A lot that is known keeps its first receipt, so its day may differ by one at most (days are told in local time, instants
kept in UTC). A new lot counts from noon UTC of its day, which is the same day in almost every time zone.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from inventory import ledger
from inventory.actor import Actor
from inventory.ledger import Condition, Document, LotOpening, Place, Posting
from inventory.sheets import Findings, Row, Sheet, code_column, day_column, number_column, whole_number, word_column
from inventory.staging import note_import, require_clean, require_importer, stage
from inventory.timeline import DocumentKind

POSTED_AT_ONCE = 10_000
CONDITIONS = {
    **{condition.value: condition.value for condition in Condition},
    "良品": "good",
    "待检": "quarantine",
    "不良品": "defective",
}

STOCK = Sheet(
    name="stock",
    columns=(
        code_column("warehouse"),
        code_column("bin", length_max=20),
        code_column("part"),
        code_column("lot", length_max=20),
        number_column("quantity", whole_number(least=1), required=True),
        day_column("received_on", required=True),
        code_column("serial", length_max=20, required=False),
        word_column("condition", CONDITIONS, default="good"),
        code_column("owner", required=False),
    ),
    key=("warehouse", "bin", "part", "lot", "serial", "condition", "owner"),
    current="""
        SELECT warehouse.code AS warehouse, bin.code AS bin, part.number AS part, lot.number AS lot,
               lying.on_hand AS quantity, CAST(lot.first_received_at AT TIME ZONE 'UTC' AS date) AS received_on,
               coalesce(unit.serial, '') AS serial, lying.condition, owner.code AS owner
        FROM lot_balance AS lying
        JOIN bin ON bin.id = lying.bin_id
        JOIN warehouse ON warehouse.id = lying.warehouse_id
        JOIN part ON part.id = lying.part_id
        JOIN lot ON lot.id = lying.lot_id
        JOIN stock_owner AS owner ON owner.id = lying.owner_id
        LEFT JOIN unit ON unit.id = lying.unit_id
        WHERE lying.on_hand > 0
    """,
)

_DEFAULT_OWNER = text("""
    UPDATE staged_stock SET owner = (SELECT code FROM stock_owner WHERE is_default) WHERE owner = ''
""")
# The day of a known lot is the lot's own; a day before or after may be the same instant told elsewhere.
_DAYS_OF_LOTS = text("""
    UPDATE staged_stock AS staged SET received_on = known.day
    FROM (SELECT part.number AS part, lot.number AS lot, CAST(lot.first_received_at AT TIME ZONE 'UTC' AS date) AS day
          FROM lot JOIN part ON part.id = lot.part_id) AS known
    WHERE known.part = staged.part AND known.lot = staged.lot AND abs(known.day - staged.received_on) = 1
""")
_CHECKS = (
    """
    SELECT line, 'warehouse', 'unknown_warehouse', warehouse FROM staged_stock
    WHERE warehouse IS NOT NULL AND warehouse NOT IN (SELECT code FROM warehouse) ORDER BY line
    """,
    """
    SELECT staged.line, 'bin', 'unknown_bin', staged.bin
    FROM staged_stock AS staged JOIN warehouse ON warehouse.code = staged.warehouse
    LEFT JOIN bin ON bin.warehouse_id = warehouse.id AND bin.code = staged.bin AND bin.active
    WHERE staged.bin IS NOT NULL AND bin.id IS NULL ORDER BY staged.line
    """,
    """
    SELECT line, 'part', 'unknown_part', part FROM staged_stock
    WHERE part IS NOT NULL AND NOT EXISTS (SELECT FROM part AS known WHERE known.number = staged_stock.part)
    ORDER BY line
    """,
    """
    SELECT line, 'owner', 'unknown_owner', owner FROM staged_stock
    WHERE owner IS NOT NULL AND owner NOT IN (SELECT code FROM stock_owner) ORDER BY line
    """,
    # Today begins fourteen hours earlier in the east than in UTC.
    """
    SELECT line, 'received_on', 'day_to_come', '' FROM staged_stock
    WHERE received_on > CAST((now() + interval '14 hours') AT TIME ZONE 'UTC' AS date) ORDER BY line
    """,
    """
    SELECT line, 'received_on', 'lot_received_otherwise', CAST(first AS text)
    FROM (SELECT line, received_on, first_value(received_on) OVER (PARTITION BY part, lot ORDER BY line) AS first
          FROM staged_stock WHERE NOT bad) AS row
    WHERE received_on <> first ORDER BY line
    """,
    """
    SELECT staged.line, 'received_on', 'lot_received_otherwise',
           CAST(CAST(lot.first_received_at AT TIME ZONE 'UTC' AS date) AS text)
    FROM staged_stock AS staged
    JOIN part ON part.number = staged.part JOIN lot ON lot.part_id = part.id AND lot.number = staged.lot
    WHERE CAST(lot.first_received_at AT TIME ZONE 'UTC' AS date) <> staged.received_on ORDER BY staged.line
    """,
    """
    SELECT staged.line, 'serial', CASE WHEN part.serial_tracked THEN 'serial_needed' ELSE 'serial_not_tracked' END, ''
    FROM staged_stock AS staged JOIN part ON part.number = staged.part
    WHERE NOT staged.bad AND CASE WHEN part.serial_tracked THEN staged.serial = '' OR staged.quantity <> 1
                                  ELSE staged.serial <> '' END
    ORDER BY staged.line
    """,
    """
    SELECT line, 'serial', 'value_doubled', serial
    FROM (SELECT line, serial, row_number() OVER (PARTITION BY part, serial ORDER BY line) AS turn
          FROM staged_stock WHERE serial <> '') AS row
    WHERE turn > 1 ORDER BY line
    """,
)
# What has ever come into the bin of a row, of its lot in its condition, and was not undone: how much of it by file, and
# what of it lies there now.
_CAME = text("""
    CREATE TEMPORARY TABLE staged_came ON COMMIT DROP AS
    SELECT staged.line, staged.quantity,
           coalesce(sum(move.quantity) FILTER (WHERE move.document_kind = 'import'), 0) AS imported,
           coalesce(min(lying.on_hand), 0) AS on_hand
    FROM staged_stock AS staged
    JOIN warehouse ON warehouse.code = staged.warehouse
    JOIN bin ON bin.warehouse_id = warehouse.id AND bin.code = staged.bin
    JOIN part ON part.number = staged.part
    JOIN lot ON lot.part_id = part.id AND lot.number = staged.lot
    JOIN stock_owner AS owner ON owner.code = staged.owner
    LEFT JOIN unit ON unit.part_id = part.id AND unit.serial = staged.serial
    JOIN move ON move.lot_id = lot.id AND move.to_bin_id = bin.id AND move.to_condition = staged.condition
         AND move.to_owner_id = owner.id AND move.unit_id IS NOT DISTINCT FROM unit.id
         AND NOT EXISTS (SELECT FROM move AS undone WHERE undone.reverses_id = move.id)
    LEFT JOIN lot_balance AS lying ON lying.bin_id = bin.id AND lying.lot_id = lot.id AND lying.owner_id = owner.id
         AND lying.condition = staged.condition AND lying.unit_id IS NOT DISTINCT FROM unit.id
    WHERE NOT staged.bad
    GROUP BY staged.line, staged.quantity
""")
_RECEIVED_OTHERWISE = """
    SELECT line, 'quantity', 'received_otherwise', CAST(greatest(imported, on_hand) AS text) FROM staged_came
    WHERE quantity <> imported AND quantity <> on_hand ORDER BY line
"""
# A piece that was received and undone may come again: of the same lot, and as long as it lies nowhere.
_SERIAL_ELSEWHERE = """
    SELECT staged.line, 'serial', 'serial_elsewhere', staged.serial
    FROM staged_stock AS staged
    JOIN part ON part.number = staged.part JOIN unit ON unit.part_id = part.id AND unit.serial = staged.serial
    JOIN lot ON lot.id = unit.lot_id
    WHERE staged.line NOT IN (SELECT line FROM staged_came)
      AND (lot.number <> staged.lot
           OR EXISTS (SELECT FROM move WHERE move.unit_id = unit.id AND move.reverses_id IS NULL
                      AND NOT EXISTS (SELECT FROM move AS undone WHERE undone.reverses_id = move.id)))
    ORDER BY staged.line
"""
_DROP_IMPORTED = text("""
    DELETE FROM staged_stock AS staged USING staged_came AS came
    WHERE came.line = staged.line AND came.quantity = came.imported AND came.quantity <> came.on_hand
""")
_TO_POST = text("""
    SELECT warehouse.id AS warehouse_id, bin.id AS bin_id, part.id AS part_id, owner.id AS owner_id, staged.lot,
           staged.quantity, staged.received_on, staged.serial, staged.condition
    FROM staged_stock AS staged
    JOIN warehouse ON warehouse.code = staged.warehouse
    JOIN bin ON bin.warehouse_id = warehouse.id AND bin.code = staged.bin
    JOIN part ON part.number = staged.part
    JOIN stock_owner AS owner ON owner.code = staged.owner
    ORDER BY warehouse.id, part.id, owner.id, staged.line
""")


def check_stock(session: Session, rows: Iterable[Row]) -> Findings:
    """Say what a file of opening stock would do. No row changes anything: it is new, it stands, or it is refused."""
    staged = stage(session, STOCK, rows)
    session.execute(_DEFAULT_OWNER)
    session.execute(_DAYS_OF_LOTS)
    for check in _CHECKS:
        staged.refuse(check)
    session.execute(text("DROP TABLE IF EXISTS pg_temp.staged_came"))
    session.execute(_CAME)
    staged.refuse(_RECEIVED_OTHERWISE)
    staged.refuse(_SERIAL_ELSEWHERE)
    moved_on = session.connection().execute(_DROP_IMPORTED).rowcount
    findings = staged.compare()
    return replace(findings, unchanged=findings.unchanged + moved_on)


def import_stock(session: Session, rows: Iterable[Row], *, by: Actor, at: datetime) -> Findings:
    """Receive opening stock: all of it or nothing. Back-orders that wait for it are served at once.

    Raises: NotPermitted; ImportRefused; StockOverflow.
    """
    require_importer(session, STOCK, by)
    findings = check_stock(session, rows)
    require_clean(findings)
    # In the order in which balances are locked, so that two parts of the file never wait for each other's rivals.
    for received in session.execute(_TO_POST, execution_options={"stream_results": True}).partitions(POSTED_AT_ONCE):
        _receive(session, received, by=by, at=at)
    note_import(session, STOCK, findings, by=by, at=at)
    return findings


def _receive(session: Session, rows: Sequence[Any], *, by: Actor, at: datetime) -> None:
    noons = [min(datetime.combine(row.received_on, time(12), UTC), at) for row in rows]
    lot_ids = ledger.open_lots(
        session, [LotOpening(row.part_id, row.lot, noon) for row, noon in zip(rows, noons, strict=True)]
    )
    serials = [(row.part_id, lot_id, row.serial) for row, lot_id in zip(rows, lot_ids, strict=True) if row.serial]
    unit_ids = dict(zip(serials, ledger.open_units(session, serials), strict=True))
    postings = [
        Posting(
            part_id=row.part_id,
            lot_id=lot_id,
            quantity=row.quantity,
            source=ledger.outside(Place.SUPPLIER, row.owner_id, Condition(row.condition)),
            target=ledger.in_bin(row.warehouse_id, row.bin_id, row.owner_id, Condition(row.condition)),
            document=Document(DocumentKind.IMPORT, by.command_id),
            reason="imported",
            unit_id=unit_ids.get((row.part_id, lot_id, row.serial)),
        )
        for row, lot_id in zip(rows, lot_ids, strict=True)
    ]
    ledger.post(session, postings, by=by, at=at)
