"""Warehouses from files: their place in the network, and for new ones the zones and bins to begin with."""

# ruff: noqa: S608 -- statements put together from constants of this module

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from inventory.actor import Actor
from inventory.network.importing_regions import read_region_code
from inventory.network.layout import lay_out
from inventory.network.models import Tier
from inventory.sheets import (
    Column,
    Findings,
    Row,
    Sheet,
    code_column,
    degrees_column,
    gs1_column,
    name_column,
    word_column,
    yes_no_column,
)
from inventory.staging import note_import, require_clean, require_importer, spell, stage

TIERS = {
    **{tier.value: tier.value for tier in Tier},
    **dict.fromkeys(("1", "一级", "中央库", "一级中央库"), "central"),
    **dict.fromkeys(("2", "二级", "配送中心", "二级配送中心"), "distribution"),
    **dict.fromkeys(("3", "三级", "维修中心", "三级维修中心", "网点"), "repair"),
}

WAREHOUSES = Sheet(
    name="warehouses",
    columns=(
        code_column("code"),
        name_column("name_zh", required=True),
        name_column("name_en"),
        word_column("tier", TIERS, required=True),
        code_column("parent", required=False),
        Column("region", read_region_code, required=True),
        name_column("address"),
        degrees_column("latitude", 90),
        degrees_column("longitude", 180),
        gs1_column("gln", 13),
        yes_no_column("active", default="true"),
    ),
    key=("code",),
    current="""
        SELECT warehouse.code, warehouse.name_zh, warehouse.name_en, warehouse.tier,
               coalesce(parent.code, '') AS parent, warehouse.region_code AS region, warehouse.address,
               warehouse.latitude, warehouse.longitude, coalesce(warehouse.gln, '') AS gln, warehouse.active
        FROM warehouse LEFT JOIN warehouse AS parent ON parent.id = warehouse.parent_id
    """,
)

_SEATS = text("""
    UPDATE staged_warehouses AS staged
    SET latitude = coalesce(staged.latitude, region.latitude), longitude = coalesce(staged.longitude, region.longitude)
    FROM region WHERE region.code = staged.region AND (staged.latitude IS NULL OR staged.longitude IS NULL)
""")
_TOGETHER = """
    WITH staged AS (SELECT * FROM staged_warehouses), together AS (
        SELECT code, tier, parent, line, bad FROM staged
        UNION ALL
        SELECT warehouse.code, warehouse.tier, parent.code, NULL, false
        FROM warehouse LEFT JOIN warehouse AS parent ON parent.id = warehouse.parent_id
        WHERE warehouse.code NOT IN (SELECT code FROM staged WHERE code IS NOT NULL)
    )
"""
_STEP = "CASE {}.tier WHEN 'central' THEN 0 WHEN 'distribution' THEN 1 ELSE 2 END"
_CHECKS = (
    """
    SELECT line, 'region', 'unknown_region', region FROM staged_warehouses
    WHERE region IS NOT NULL AND region NOT IN (SELECT code FROM region) ORDER BY line
    """,
    f"""{_TOGETHER}
    SELECT line, 'parent', 'unknown_warehouse', parent FROM staged
    WHERE parent <> '' AND parent NOT IN (SELECT code FROM together WHERE code IS NOT NULL) ORDER BY line
    """,
    """
    SELECT line, 'parent', CASE tier WHEN 'central' THEN 'central_has_no_parent' ELSE 'missing' END, parent
    FROM staged_warehouses WHERE (tier = 'central') <> (parent = '') ORDER BY line
    """,
    # A warehouse that changes its tier is told off for those that stand below it, too.
    f"""{_TOGETHER}
    SELECT coalesce(child.line, parent.line), CASE WHEN child.line IS NULL THEN 'tier' ELSE 'parent' END,
           'parent_not_above', CASE WHEN child.line IS NULL THEN child.code ELSE parent.code END
    FROM together AS child JOIN together AS parent ON parent.code = child.parent
    WHERE coalesce(child.line, parent.line) IS NOT NULL AND child.tier IS NOT NULL AND parent.tier IS NOT NULL
      AND child.tier <> 'central' AND {_STEP.format("parent")} >= {_STEP.format("child")}
    ORDER BY 1
    """,
    """
    SELECT line, 'gln', 'value_doubled', gln
    FROM (SELECT line, gln, row_number() OVER (PARTITION BY gln ORDER BY line) AS turn
          FROM staged_warehouses WHERE gln <> '') AS row
    WHERE turn > 1 ORDER BY line
    """,
    """
    SELECT staged.line, 'gln', 'taken', warehouse.code
    FROM staged_warehouses AS staged JOIN warehouse ON warehouse.gln = staged.gln AND warehouse.code <> staged.code
    WHERE NOT EXISTS (SELECT FROM staged_warehouses AS other
                      WHERE other.code = warehouse.code AND other.gln <> warehouse.gln)
    ORDER BY staged.line
    """,
)
_FREE_GLNS = text("""
    UPDATE warehouse SET gln = NULL FROM staged_warehouses AS staged
    WHERE staged.code = warehouse.code AND warehouse.gln <> staged.gln
""")
_WRITE = text("""
    INSERT INTO warehouse (code, name_zh, name_en, name_pinyin, tier, parent_id, region_code, city_code, province_code,
                           address, latitude, longitude, gln, active)
    SELECT staged.code, staged.name_zh, staged.name_en, left(staged_name.full_pinyin, 200), staged.tier, parent.id,
           region.code, region.city_code, region.province_code, staged.address, staged.latitude, staged.longitude,
           nullif(staged.gln, ''), staged.active
    FROM staged_warehouses AS staged
    JOIN staged_name ON staged_name.name = staged.name_zh
    JOIN region ON region.code = staged.region
    LEFT JOIN warehouse AS parent ON parent.code = staged.parent
    WHERE staged.tier = :tier
    ORDER BY staged.line
    ON CONFLICT (code) DO UPDATE SET
        name_zh = excluded.name_zh, name_en = excluded.name_en, name_pinyin = excluded.name_pinyin,
        tier = excluded.tier, parent_id = excluded.parent_id, region_code = excluded.region_code,
        city_code = excluded.city_code, province_code = excluded.province_code, address = excluded.address,
        latitude = excluded.latitude, longitude = excluded.longitude, gln = excluded.gln, active = excluded.active
    RETURNING id, xmax = 0 AS is_new
""")


def check_warehouses(session: Session, rows: Iterable[Row]) -> Findings:
    """Say what a file of warehouses would do; without a position they lie where their region's seat is."""
    staged = stage(session, WAREHOUSES, rows)
    session.execute(_SEATS)
    for check in _CHECKS:
        staged.refuse(check)
    return staged.compare()


def import_warehouses(session: Session, rows: Iterable[Row], *, by: Actor, at: datetime) -> Findings:
    """Take a file of warehouses: all of it or nothing. New ones get dock, staging, quarantine and first shelves.

    Raises: NotPermitted; ImportRefused.
    """
    require_importer(session, WAREHOUSES, by)
    findings = check_warehouses(session, rows)
    require_clean(findings)
    session.execute(_FREE_GLNS)
    spell(session, WAREHOUSES, "name_zh")
    opened: list[int] = []
    for tier in (Tier.CENTRAL, Tier.DISTRIBUTION, Tier.REPAIR):  # a parent stands before those below it
        written = session.execute(_WRITE, {"tier": tier.value})
        opened += [row.id for row in written if row.is_new]
    lay_out(session, opened)
    note_import(session, WAREHOUSES, findings, by=by, at=at)
    return findings
