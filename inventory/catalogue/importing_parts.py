"""Parts from files, and the divisions that own them."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from barcode.gs1 import GTIN_LENGTHS
from inventory.actor import Actor
from inventory.catalogue.models import BaseUnit
from inventory.sheets import (
    Column,
    Findings,
    Row,
    Sheet,
    Unreadable,
    code_column,
    gs1_column,
    money_column,
    name_column,
    number_column,
    whole_number,
    word_column,
    yes_no_column,
)
from inventory.staging import note_import, require_clean, require_importer, spell, stage

UNITS = {
    **{unit.value: unit.value for unit in BaseUnit},
    **dict.fromkeys(("pcs", "个", "件", "只", "台", "套"), "piece"),
    **dict.fromkeys(("gram", "克"), "g"),
    **dict.fromkeys(("millimetre", "毫米"), "mm"),
}


def read_currency(text: str) -> str:
    """A currency's three capital letters."""
    if not (len(text) == 3 and text.isascii() and text.isalpha() and text.isupper()):
        raise Unreadable("not_a_currency")
    return text


PARTS = Sheet(
    name="parts",
    columns=(
        code_column("number"),
        name_column("name_zh", required=True),
        name_column("name_en"),
        code_column("division"),
        name_column("division_zh"),
        name_column("division_en"),
        gs1_column("gtin", *GTIN_LENGTHS),
        word_column("base_unit", UNITS, default="piece"),
        yes_no_column("serial_tracked", default="false"),
        number_column("weight_g", whole_number()),
        money_column("price"),
        Column("currency", read_currency),
        yes_no_column("active", default="true"),
    ),
    key=("number",),
    current="""
        SELECT part.number, part.name_zh, part.name_en, division.code AS division, division.name_zh AS division_zh,
               division.name_en AS division_en, coalesce(part.gtin, '') AS gtin, part.base_unit, part.serial_tracked,
               part.weight_g, part.price, coalesce(part.currency, '') AS currency, part.active
        FROM part JOIN division ON division.id = part.division_id
    """,
)

# A division's names may stand in any row of it, or be those that it has.
_DIVISION_NAMES = text("""
    UPDATE staged_parts AS staged
    SET division_zh = coalesce(nullif(staged.division_zh, ''), named.zh, known.name_zh, ''),
        division_en = coalesce(nullif(staged.division_en, ''), named.en, known.name_en, '')
    FROM (SELECT division, min(nullif(division_zh, '')) AS zh, min(nullif(division_en, '')) AS en
          FROM staged_parts GROUP BY division) AS named
    LEFT JOIN division AS known ON known.code = named.division
    WHERE named.division = staged.division AND (staged.division_zh = '' OR staged.division_en = '')
""")
_CHECKS = (
    """
    SELECT line, 'division', 'unknown_division', division FROM staged_parts
    WHERE division IS NOT NULL AND division_zh = '' ORDER BY line
    """,
    """
    SELECT line, 'division_zh', 'division_differs', first
    FROM (SELECT line, division_zh, division_en,
                 first_value(division_zh) OVER (PARTITION BY division ORDER BY line) AS first,
                 first_value(division_en) OVER (PARTITION BY division ORDER BY line) AS first_en
          FROM staged_parts) AS row
    WHERE division_zh <> first OR division_en <> first_en ORDER BY line
    """,
    """
    SELECT line, 'gtin', 'value_doubled', gtin
    FROM (SELECT line, gtin, row_number() OVER (PARTITION BY gtin ORDER BY line) AS turn
          FROM staged_parts WHERE gtin <> '') AS row
    WHERE turn > 1 ORDER BY line
    """,
    """
    SELECT staged.line, 'gtin', 'taken', part.number
    FROM staged_parts AS staged JOIN part ON part.gtin = staged.gtin AND part.number <> staged.number
    WHERE NOT EXISTS (SELECT FROM staged_parts AS other WHERE other.number = part.number AND other.gtin <> part.gtin)
    ORDER BY staged.line
    """,
    """
    SELECT line, CASE WHEN price IS NULL THEN 'price' ELSE 'currency' END, 'price_with_currency', ''
    FROM staged_parts WHERE NOT bad AND (price IS NULL) <> (currency = '') ORDER BY line
    """,
    # Stock is counted in the unit, and in single pieces or not: neither changes under a part that is there.
    """
    SELECT staged.line, 'base_unit', 'base_unit_fixed', part.base_unit
    FROM staged_parts AS staged JOIN part ON part.number = staged.number
    WHERE staged.base_unit <> part.base_unit ORDER BY staged.line
    """,
    """
    SELECT staged.line, 'serial_tracked', 'serial_tracking_fixed', CAST(part.serial_tracked AS text)
    FROM staged_parts AS staged JOIN part ON part.number = staged.number
    WHERE staged.serial_tracked <> part.serial_tracked ORDER BY staged.line
    """,
)
_WRITE_DIVISIONS = text("""
    INSERT INTO division (code, name_zh, name_en) SELECT DISTINCT division, division_zh, division_en FROM staged_parts
    ON CONFLICT (code) DO UPDATE SET name_zh = excluded.name_zh, name_en = excluded.name_en
    WHERE (division.name_zh, division.name_en) IS DISTINCT FROM (excluded.name_zh, excluded.name_en)
""")
_FREE_GTINS = text("""
    UPDATE part SET gtin = NULL FROM staged_parts AS staged
    WHERE staged.number = part.number AND part.gtin <> staged.gtin
""")
_WRITE = text("""
    INSERT INTO part (number, name_zh, name_en, name_pinyin, pinyin_initials, division_id, gtin, base_unit,
                      serial_tracked, weight_g, price, currency, active)
    SELECT staged.number, staged.name_zh, staged.name_en, staged_name.full_pinyin, staged_name.initials, division.id,
           nullif(staged.gtin, ''), staged.base_unit, staged.serial_tracked, staged.weight_g, staged.price,
           nullif(staged.currency, ''), staged.active
    FROM staged_parts AS staged
    JOIN staged_name ON staged_name.name = staged.name_zh
    JOIN division ON division.code = staged.division
    ORDER BY staged.line
    ON CONFLICT (number) DO UPDATE SET
        name_zh = excluded.name_zh, name_en = excluded.name_en, name_pinyin = excluded.name_pinyin,
        pinyin_initials = excluded.pinyin_initials, division_id = excluded.division_id, gtin = excluded.gtin,
        weight_g = excluded.weight_g, price = excluded.price, currency = excluded.currency, active = excluded.active
""")


def check_parts(session: Session, rows: Iterable[Row]) -> Findings:
    """Say what a file of parts would do. A new division needs a name in one row of it at least."""
    staged = stage(session, PARTS, rows)
    session.execute(_DIVISION_NAMES)
    for check in _CHECKS:
        staged.refuse(check)
    return staged.compare()


def import_parts(session: Session, rows: Iterable[Row], *, by: Actor, at: datetime) -> Findings:
    """Take a file of parts: all of it or nothing. Pinyin is worked out on the way.

    Raises: NotPermitted; ImportRefused.
    """
    require_importer(session, PARTS, by)
    findings = check_parts(session, rows)
    require_clean(findings)
    session.execute(_WRITE_DIVISIONS)
    session.execute(_FREE_GTINS)
    spell(session, PARTS, "name_zh")
    session.execute(_WRITE)
    note_import(session, PARTS, findings, by=by, at=at)
    return findings
