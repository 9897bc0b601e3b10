"""Regions from files: the divisions of GB/T 2260 with the city each counts as."""

# ruff: noqa: S608 -- statements put together from constants of this module

import re
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from inventory.actor import Actor
from inventory.network.models import RegionLevel
from inventory.network.regions import city_code, province_code
from inventory.sheets import Column, Findings, Row, Sheet, Unreadable, degrees_column, name_column, word_column
from inventory.staging import note_import, require_clean, require_importer, spell, stage

LEVELS = {
    **{level.value: level.value for level in RegionLevel},
    **dict.fromkeys(("省", "省级"), "province"),
    **dict.fromkeys(("市", "地级", "地级市"), "prefecture"),
    **dict.fromkeys(("县", "区", "县级"), "county"),
}
_REGION_CODE = re.compile(r"[1-9][0-9]{5}")


def read_region_code(text: str) -> str:
    """Six digits of GB/T 2260. None begins with a zero, so who takes it for a number does no harm but for a `.0`."""
    text = text.removesuffix(".0")
    if not _REGION_CODE.fullmatch(text):
        raise Unreadable("not_a_region_code")
    return text


REGIONS = Sheet(
    name="regions",
    columns=(
        Column("code", read_region_code, required=True),
        word_column("level", LEVELS, required=True),
        name_column("name_zh", required=True),
        name_column("name_en"),
        name_column("name_pinyin"),
        Column("parent_code", read_region_code),
        degrees_column("latitude", 90, required=True),
        degrees_column("longitude", 180, required=True),
    ),
    key=("code",),
    current="""
        SELECT code, level, name_zh, name_en, name_pinyin, coalesce(parent_code, '') AS parent_code, latitude, longitude
        FROM region
    """,
)

_SPELL = text("""
    UPDATE staged_regions SET name_pinyin = staged_name.spelling
    FROM staged_name WHERE staged_name.name = staged_regions.name_zh AND staged_regions.name_pinyin = ''
""")
_TOGETHER = """
    WITH staged AS (SELECT * FROM staged_regions), together AS (
        SELECT code, level FROM staged
        UNION ALL SELECT code, level FROM region WHERE code NOT IN (SELECT code FROM staged WHERE code IS NOT NULL)
    )
"""
_CHECKS = (
    """
    SELECT staged.line, 'level', 'level_fixed', region.level
    FROM staged_regions AS staged JOIN region ON region.code = staged.code
    WHERE staged.level <> region.level ORDER BY staged.line
    """,
    f"""{_TOGETHER}
    SELECT line, 'parent_code', 'unknown_region', parent_code FROM staged
    WHERE parent_code <> '' AND parent_code NOT IN (SELECT code FROM together WHERE code IS NOT NULL) ORDER BY line
    """,
    f"""{_TOGETHER}
    SELECT staged.line, 'parent_code', 'parent_not_above', coalesce(parent.level, '')
    FROM staged LEFT JOIN together AS parent ON parent.code = staged.parent_code
    WHERE NOT staged.bad AND (staged.parent_code = '') = (parent.code IS NULL)
      AND (parent.code IS NULL OR parent.level IS NOT NULL) AND NOT coalesce(CASE staged.level
        WHEN 'province' THEN staged.parent_code = ''
        WHEN 'prefecture' THEN parent.level = 'province'
        ELSE parent.level IN ('province', 'prefecture') END, false)
    ORDER BY staged.line
    """,
    """
    SELECT line, 'parent_code', 'parent_elsewhere', parent_code FROM staged_regions
    WHERE parent_code <> '' AND substr(parent_code, 1, 2) <> substr(code, 1, 2) ORDER BY line
    """,
)
_PARENT_LEVELS = text(f"""{_TOGETHER}
    SELECT staged.*, parent.level AS parent_level
    FROM staged LEFT JOIN together AS parent ON parent.code = staged.parent_code
""")
_WRITE = text("""
    INSERT INTO region (code, level, name_zh, name_en, name_pinyin, parent_code, city_code, province_code,
                        latitude, longitude)
    SELECT staged.code, staged.level, staged.name_zh, staged.name_en, staged.name_pinyin,
           nullif(staged.parent_code, ''), place.city_code, place.province_code, staged.latitude, staged.longitude
    FROM staged_regions AS staged
    JOIN unnest(CAST(:codes AS text[]), CAST(:cities AS text[]), CAST(:provinces AS text[]))
         AS place (code, city_code, province_code) ON place.code = staged.code
    ON CONFLICT (code) DO UPDATE SET
        name_zh = excluded.name_zh, name_en = excluded.name_en, name_pinyin = excluded.name_pinyin,
        parent_code = excluded.parent_code, city_code = excluded.city_code, province_code = excluded.province_code,
        latitude = excluded.latitude, longitude = excluded.longitude
""")


def check_regions(session: Session, rows: Iterable[Row]) -> Findings:
    """Say what a file of regions would do. A level never changes under the same code; a parent is of a level above."""
    staged = stage(session, REGIONS, rows)
    spell(session, REGIONS, "name_zh")
    session.execute(_SPELL)
    for check in _CHECKS:
        staged.refuse(check)
    return staged.compare()


def import_regions(session: Session, rows: Iterable[Row], *, by: Actor, at: datetime) -> Findings:
    """Take a file of regions: all of it or nothing. Warehouses of a region that changes its city go along.

    Raises: NotPermitted; ImportRefused.
    """
    require_importer(session, REGIONS, by)
    findings = check_regions(session, rows)
    require_clean(findings)
    written = session.execute(_PARENT_LEVELS).all()
    session.execute(
        _WRITE,
        {
            "codes": [row.code for row in written],
            "cities": [
                city_code(row.code, RegionLevel(row.level), row.parent_code or None, row.parent_level)
                for row in written
            ],
            "provinces": [province_code(row.code) for row in written],
        },
    )
    note_import(session, REGIONS, findings, by=by, at=at)
    return findings
