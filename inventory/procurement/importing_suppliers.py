"""Suppliers from files."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import BigInteger, Numeric, text
from sqlalchemy.orm import Session

from inventory.actor import Actor
from inventory.catalogue.importing_parts import read_currency
from inventory.sheets import (
    Column,
    Findings,
    Row,
    Sheet,
    code_column,
    name_column,
    read_money,
    whole_number,
    yes_no_column,
)
from inventory.staging import note_import, require_clean, require_importer, stage

SUPPLIERS = Sheet(
    name="suppliers",
    columns=(
        code_column("code"),
        name_column("name_zh", required=True),
        name_column("name_en"),
        name_column("contact"),
        name_column("email"),
        name_column("phone"),
        name_column("address"),
        Column("currency", read_currency, required=True),
        Column("minimum_order_value", read_money, Numeric(18, 4), default="0"),
        name_column("payment_terms"),
        Column("over_tolerance_percent", whole_number(100), BigInteger(), default="0"),
        Column("under_tolerance_percent", whole_number(100), BigInteger(), default="0"),
        yes_no_column("active", default="true"),
    ),
    key=("code",),
    current="""
        SELECT code, name_zh, name_en, contact, email, phone, address, currency, minimum_order_value, payment_terms,
               over_tolerance_percent, under_tolerance_percent, active
        FROM supplier
    """,
)
_UNKNOWN_CURRENCY = """
    SELECT line, 'currency', 'unknown_currency', currency FROM staged_suppliers
    WHERE currency IS NOT NULL AND currency NOT IN (SELECT code FROM currency) ORDER BY line
"""
_WRITE = text("""
    INSERT INTO supplier (code, name_zh, name_en, contact, email, phone, address, currency, minimum_order_value,
                          payment_terms, over_tolerance_percent, under_tolerance_percent, active)
    SELECT code, name_zh, name_en, contact, email, phone, address, currency, minimum_order_value, payment_terms,
           over_tolerance_percent, under_tolerance_percent, active
    FROM staged_suppliers ORDER BY line
    ON CONFLICT (code) DO UPDATE SET
        name_zh = excluded.name_zh, name_en = excluded.name_en, contact = excluded.contact, email = excluded.email,
        phone = excluded.phone, address = excluded.address, currency = excluded.currency,
        minimum_order_value = excluded.minimum_order_value, payment_terms = excluded.payment_terms,
        over_tolerance_percent = excluded.over_tolerance_percent,
        under_tolerance_percent = excluded.under_tolerance_percent, active = excluded.active
""")


def check_suppliers(session: Session, rows: Iterable[Row]) -> Findings:
    """Say what a file of suppliers would do."""
    staged = stage(session, SUPPLIERS, rows)
    staged.refuse(_UNKNOWN_CURRENCY)
    return staged.compare()


def import_suppliers(session: Session, rows: Iterable[Row], *, by: Actor, at: datetime) -> Findings:
    """Take a file of suppliers: all of it or nothing. Raises: NotPermitted; ImportRefused."""
    require_importer(session, SUPPLIERS, by)
    findings = check_suppliers(session, rows)
    require_clean(findings)
    session.execute(_WRITE)
    note_import(session, SUPPLIERS, findings, by=by, at=at)
    return findings
