"""What suppliers sell, from files: a row a price break, with the part's packs and lead time on each.

A row with a contract is a price of that contract and holds as long as it does; a row without one is of the price list
and holds from its day on. Rows of one supplier and part say the same of packs and lead time. Prices that a file does
not name stay as they are.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from inventory.actor import Actor
from inventory.catalogue.importing_parts import read_currency
from inventory.procurement.models import SupplyContract
from inventory.sheets import (
    Column,
    Findings,
    Row,
    Sheet,
    code_column,
    day_column,
    money_column,
    name_column,
    number_column,
    whole_number,
    yes_no_column,
)
from inventory.staging import Staged, note_import, require_clean, require_importer, stage

ALWAYS = "2000-01-01"
"""The day from which a price holds that names none."""

_SOLD = """
    supplier.code AS supplier, part.number AS part, sold.priority, sold.supplier_part_number, sold.moq, sold.pack_size,
    sold.lead_time_days
"""
SUPPLIER_PARTS = Sheet(
    name="supplier_parts",
    columns=(
        code_column("supplier"),
        code_column("part"),
        number_column("priority", whole_number(9, least=1), default="1"),
        name_column("supplier_part_number"),
        number_column("moq", whole_number(least=1), default="1"),
        number_column("pack_size", whole_number(least=1), default="1"),
        number_column("lead_time_days", whole_number(999), required=True),
        code_column("contract", required=False),
        day_column("valid_from"),
        number_column("from_quantity", whole_number(least=1), default="1"),
        money_column("price"),
        Column("currency", read_currency),
        yes_no_column("active", default="true"),
    ),
    key=("supplier", "part", "contract", "valid_from", "from_quantity"),
    current=f"""
        SELECT {_SOLD}, '' AS contract, priced.valid_from, priced.from_quantity, priced.price, priced.currency,
               sold.active
        FROM list_price AS priced JOIN supplier_part AS sold ON sold.id = priced.supplier_part_id
        JOIN supplier ON supplier.id = sold.supplier_id JOIN part ON part.id = sold.part_id
        UNION ALL
        SELECT {_SOLD}, '{SupplyContract.prefix}-' || held.id, held.valid_from, priced.from_quantity, priced.price,
               held.currency, sold.active
        FROM contract_price AS priced JOIN supply_contract AS held ON held.id = priced.contract_id
        JOIN supplier_part AS sold ON sold.id = priced.supplier_part_id
        JOIN supplier ON supplier.id = sold.supplier_id JOIN part ON part.id = sold.part_id
    """,  # noqa: S608 -- our own
)
_CONTRACTS = f"""
    SELECT '{SupplyContract.prefix}-' || held.id AS number, held.*, supplier.code AS supplier
    FROM supply_contract AS held JOIN supplier ON supplier.id = held.supplier_id
"""  # noqa: S608 -- our own
# A price of a contract holds as long as the contract and is in its currency; a list price without a day always did.
_FILL_UP = (
    text(f"""
        UPDATE staged_supplier_parts AS staged SET valid_from = held.valid_from, currency = held.currency
        FROM ({_CONTRACTS}) AS held WHERE held.number = staged.contract
    """),  # noqa: S608 -- our own
    text(f"UPDATE staged_supplier_parts SET valid_from = DATE '{ALWAYS}' WHERE valid_from IS NULL"),  # noqa: S608
    text("""
        UPDATE staged_supplier_parts AS staged SET currency = supplier.currency
        FROM supplier WHERE supplier.code = staged.supplier AND staged.currency = ''
    """),
)
SOLD_AS = ("priority", "supplier_part_number", "moq", "pack_size", "active")
_KEEP_KNOWN = """
    UPDATE staged_supplier_parts AS staged SET {kept}
    FROM supplier_part AS sold
    JOIN supplier ON supplier.id = sold.supplier_id JOIN part ON part.id = sold.part_id
    WHERE supplier.code = staged.supplier AND part.number = staged.part
"""
_CHECKS = (
    """
    SELECT line, 'supplier', 'unknown_supplier', supplier FROM staged_supplier_parts
    WHERE supplier IS NOT NULL AND supplier NOT IN (SELECT code FROM supplier) ORDER BY line
    """,
    """
    SELECT line, 'part', 'unknown_part', part FROM staged_supplier_parts
    WHERE part IS NOT NULL AND NOT EXISTS (SELECT FROM part AS known WHERE known.number = staged_supplier_parts.part)
    ORDER BY line
    """,
    """
    SELECT line, 'price', 'missing', '' FROM staged_supplier_parts WHERE NOT bad AND price IS NULL ORDER BY line
    """,
    """
    SELECT line, 'currency', 'unknown_currency', currency FROM staged_supplier_parts
    WHERE NOT bad AND currency <> '' AND currency NOT IN (SELECT code FROM currency) ORDER BY line
    """,
    f"""
    SELECT staged.line, 'contract', 'unknown_contract', staged.contract
    FROM staged_supplier_parts AS staged
    LEFT JOIN ({_CONTRACTS}) AS held ON held.number = staged.contract AND held.supplier = staged.supplier
    WHERE staged.contract <> '' AND held.id IS NULL ORDER BY staged.line
    """,  # noqa: S608 -- our own
    """
    SELECT row.line, 'moq', 'sold_differs', '' FROM (
        SELECT line, priority, supplier_part_number, moq, pack_size, lead_time_days, active,
               first_value(line) OVER (PARTITION BY supplier, part ORDER BY line) AS first
        FROM staged_supplier_parts WHERE NOT bad
    ) AS row JOIN staged_supplier_parts AS named ON named.line = row.first
    WHERE (row.priority, row.supplier_part_number, row.moq, row.pack_size, row.lead_time_days, row.active)
          IS DISTINCT FROM (named.priority, named.supplier_part_number, named.moq, named.pack_size,
                            named.lead_time_days, named.active)
    ORDER BY row.line
    """,
    """
    SELECT line, 'from_quantity', 'doubled', CAST(first AS text) FROM (
        SELECT line, min(line) OVER (PARTITION BY supplier, part, contract, valid_from, from_quantity) AS first
        FROM staged_supplier_parts WHERE NOT bad
    ) AS row WHERE line <> first ORDER BY line
    """,
)
_WRITE = (
    text("""
        INSERT INTO supplier_part (supplier_id, part_id, priority, supplier_part_number, moq, pack_size,
                                   lead_time_days, active)
        SELECT DISTINCT ON (supplier.id, part.id) supplier.id, part.id, staged.priority, staged.supplier_part_number,
               staged.moq, staged.pack_size, staged.lead_time_days, staged.active
        FROM staged_supplier_parts AS staged
        JOIN supplier ON supplier.code = staged.supplier JOIN part ON part.number = staged.part
        ORDER BY supplier.id, part.id, staged.line
        ON CONFLICT (part_id, supplier_id) DO UPDATE SET
            priority = excluded.priority, supplier_part_number = excluded.supplier_part_number, moq = excluded.moq,
            pack_size = excluded.pack_size, lead_time_days = excluded.lead_time_days, active = excluded.active
    """),
    text("""
        INSERT INTO list_price (supplier_part_id, valid_from, from_quantity, price, currency)
        SELECT sold.id, staged.valid_from, staged.from_quantity, staged.price, staged.currency
        FROM staged_supplier_parts AS staged
        JOIN supplier ON supplier.code = staged.supplier JOIN part ON part.number = staged.part
        JOIN supplier_part AS sold ON sold.supplier_id = supplier.id AND sold.part_id = part.id
        WHERE staged.contract = ''
        ON CONFLICT (supplier_part_id, valid_from, from_quantity)
        DO UPDATE SET price = excluded.price, currency = excluded.currency
    """),
    text(f"""
        INSERT INTO contract_price (contract_id, supplier_part_id, from_quantity, supplier_id, price)
        SELECT held.id, sold.id, staged.from_quantity, held.supplier_id, staged.price
        FROM staged_supplier_parts AS staged
        JOIN ({_CONTRACTS}) AS held ON held.number = staged.contract
        JOIN part ON part.number = staged.part
        JOIN supplier_part AS sold ON sold.supplier_id = held.supplier_id AND sold.part_id = part.id
        ON CONFLICT (contract_id, supplier_part_id, from_quantity) DO UPDATE SET price = excluded.price
    """),  # noqa: S608 -- our own
)


def check_supplier_parts(session: Session, rows: Iterable[Row]) -> Findings:
    """Say what a file of supplier parts would do."""
    staged = stage(session, SUPPLIER_PARTS, rows)
    _keep_known(staged)
    for fill_up in _FILL_UP:
        session.execute(fill_up)
    for check in _CHECKS:
        staged.refuse(check)
    return staged.compare()


def _keep_known(staged: Staged) -> None:
    """Give rows of parts that are sold already, also with a new break, what the file has no column for."""
    kept = ", ".join(f"{name} = sold.{name}" for name in SOLD_AS if name in staged.absent)
    if kept:
        staged.session.execute(text(_KEEP_KNOWN.format(kept=kept)))


def import_supplier_parts(session: Session, rows: Iterable[Row], *, by: Actor, at: datetime) -> Findings:
    """Take a file of supplier parts and prices: all of it or nothing. Raises: NotPermitted; ImportRefused."""
    require_importer(session, SUPPLIER_PARTS, by)
    findings = check_supplier_parts(session, rows)
    require_clean(findings)
    for write in _WRITE:
        session.execute(write)
    note_import(session, SUPPLIER_PARTS, findings, by=by, at=at)
    return findings
