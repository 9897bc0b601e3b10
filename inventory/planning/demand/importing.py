"""Demand history from files: what was asked for before the books began, by day or by month.

A row names a part, the warehouse that needed it and a day, or a month, which stands for its first day. Quantity 0 says
that the day is known and nothing was asked for. Without a source it is the warehouse's parent: the warehouse that would
normally have served it. What was asked for here is never touched: the two origins add up.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Date, text
from sqlalchemy.orm import Session

from inventory.actor import Actor
from inventory.sheets import Column, Findings, Row, Sheet, code_column, number_column, read_month_or_day, whole_number
from inventory.staging import note_import, require_clean, require_importer, stage

DEMAND = Sheet(
    name="demand",
    columns=(
        code_column("part"),
        code_column("warehouse"),
        Column("asked_on", read_month_or_day, Date(), required=True, default=None),
        number_column("quantity", whole_number(), required=True),
        code_column("source", required=False),
    ),
    key=("part", "warehouse", "asked_on"),
    current="""
        SELECT part.number AS part, warehouse.code AS warehouse, day.asked_on, day.quantity, source.code AS source
        FROM demand_day AS day
        JOIN part ON part.id = day.part_id
        JOIN warehouse ON warehouse.id = day.warehouse_id
        JOIN warehouse AS source ON source.id = day.source_id
        WHERE day.origin = 'imported'
    """,
)

_NORMAL_SOURCE = text("""
    UPDATE staged_demand AS staged SET source = coalesce(parent.code, warehouse.code)
    FROM warehouse LEFT JOIN warehouse AS parent ON parent.id = warehouse.parent_id
    WHERE staged.source = '' AND warehouse.code = staged.warehouse
""")
_CHECKS = (
    """
    SELECT line, 'part', 'unknown_part', part FROM staged_demand
    WHERE part IS NOT NULL AND NOT EXISTS (SELECT FROM part AS known WHERE known.number = staged_demand.part)
    ORDER BY line
    """,
    """
    SELECT line, 'warehouse', 'unknown_warehouse', warehouse FROM staged_demand
    WHERE warehouse IS NOT NULL AND warehouse NOT IN (SELECT code FROM warehouse) ORDER BY line
    """,
    """
    SELECT line, 'source', 'unknown_warehouse', source FROM staged_demand
    WHERE source <> '' AND source NOT IN (SELECT code FROM warehouse) ORDER BY line
    """,
    # Today begins fourteen hours earlier in the east than in UTC.
    """
    SELECT line, 'asked_on', 'day_to_come', '' FROM staged_demand
    WHERE asked_on > CAST((now() + interval '14 hours') AT TIME ZONE 'UTC' AS date) ORDER BY line
    """,
)
# A day that comes again with another source is told anew, not told twice.
_WRITE = text("""
    WITH row AS (
        SELECT part.id AS part_id, warehouse.id AS warehouse_id, staged.asked_on, source.id AS source_id,
               staged.quantity
        FROM staged_demand AS staged
        JOIN part ON part.number = staged.part
        JOIN warehouse ON warehouse.code = staged.warehouse
        JOIN warehouse AS source ON source.code = staged.source
    ),
    gone AS (
        DELETE FROM demand_day AS day USING row
        WHERE day.origin = 'imported' AND day.source_id <> row.source_id
          AND (day.part_id, day.warehouse_id, day.asked_on) = (row.part_id, row.warehouse_id, row.asked_on)
    ),
    begun AS (
        INSERT INTO demand_beginning (warehouse_id, first_on)
        SELECT warehouse_id, min(asked_on) FROM row GROUP BY warehouse_id ORDER BY warehouse_id
        ON CONFLICT (warehouse_id) DO UPDATE SET first_on = excluded.first_on
        WHERE excluded.first_on < demand_beginning.first_on
    )
    INSERT INTO demand_day (part_id, warehouse_id, asked_on, source_id, origin, quantity)
    SELECT part_id, warehouse_id, asked_on, source_id, 'imported', quantity FROM row
    ORDER BY part_id, warehouse_id, asked_on
    ON CONFLICT (part_id, warehouse_id, asked_on, source_id, origin) DO UPDATE SET quantity = excluded.quantity
""")


def check_demand(session: Session, rows: Iterable[Row]) -> Findings:
    """Say what a file of past demand would do."""
    staged = stage(session, DEMAND, rows)
    session.execute(_NORMAL_SOURCE)
    for check in _CHECKS:
        staged.refuse(check)
    return staged.compare()


def import_demand(session: Session, rows: Iterable[Row], *, by: Actor, at: datetime) -> Findings:
    """Take a file of past demand: all of it or nothing.

    Raises: NotPermitted; ImportRefused.
    """
    require_importer(session, DEMAND, by)
    findings = check_demand(session, rows)
    require_clean(findings)
    session.execute(_WRITE)
    note_import(session, DEMAND, findings, by=by, at=at)
    return findings
