"""The installed base from files: how many appliances of a model are in use around a repair centre, as of a day."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Date, text
from sqlalchemy.orm import Session

from inventory.actor import Actor
from inventory.sheets import Column, Findings, Row, Sheet, code_column, number_column, read_month_or_day, whole_number
from inventory.staging import note_import, require_clean, require_importer, stage

INSTALLED_BASE = Sheet(
    name="installed_base",
    columns=(
        code_column("model"),
        code_column("warehouse"),
        Column("counted_on", read_month_or_day, Date(), required=True, default=None),
        number_column("units", whole_number(), required=True),
    ),
    key=("model", "warehouse", "counted_on"),
    current="""
        SELECT model.code AS model, warehouse.code AS warehouse, base.counted_on, base.units
        FROM installed_base AS base
        JOIN product_model AS model ON model.id = base.model_id
        JOIN warehouse ON warehouse.id = base.warehouse_id
    """,
)

_CHECKS = (
    """
    SELECT line, 'model', 'unknown_model', model FROM staged_installed_base
    WHERE model IS NOT NULL AND model NOT IN (SELECT code FROM product_model) ORDER BY line
    """,
    """
    SELECT line, 'warehouse', 'unknown_warehouse', warehouse FROM staged_installed_base
    WHERE warehouse IS NOT NULL AND warehouse NOT IN (SELECT code FROM warehouse) ORDER BY line
    """,
)
_WRITE = text("""
    INSERT INTO installed_base (model_id, warehouse_id, counted_on, units)
    SELECT model.id, warehouse.id, staged.counted_on, staged.units
    FROM staged_installed_base AS staged
    JOIN product_model AS model ON model.code = staged.model
    JOIN warehouse ON warehouse.code = staged.warehouse
    ORDER BY model.id, warehouse.id, staged.counted_on
    ON CONFLICT (model_id, warehouse_id, counted_on) DO UPDATE SET units = excluded.units
""")


def check_installed_base(session: Session, rows: Iterable[Row]) -> Findings:
    """Say what a file of appliances in use would do."""
    staged = stage(session, INSTALLED_BASE, rows)
    for check in _CHECKS:
        staged.refuse(check)
    return staged.compare()


def import_installed_base(session: Session, rows: Iterable[Row], *, by: Actor, at: datetime) -> Findings:
    """Take a file of appliances in use: all of it or nothing.

    Raises: NotPermitted; ImportRefused.
    """
    require_importer(session, INSTALLED_BASE, by)
    findings = check_installed_base(session, rows)
    require_clean(findings)
    session.execute(_WRITE)
    note_import(session, INSTALLED_BASE, findings, by=by, at=at)
    return findings
