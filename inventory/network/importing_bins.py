"""Bins from files, and the zones they lie in."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from inventory.actor import Actor
from inventory.network.models import ZoneKind
from inventory.sheets import Findings, Row, Sheet, code_column, number_column, whole_number, word_column, yes_no_column
from inventory.staging import note_import, require_clean, require_importer, stage

KINDS = {
    **{kind.value: kind.value for kind in ZoneKind},
    "货架": "shelf",
    "立体库": "high_bay",
    "收货区": "dock",
    "暂存区": "staging",
    "待检区": "quarantine",
}

BINS = Sheet(
    name="bins",
    columns=(
        code_column("warehouse"),
        code_column("bin", length_max=20),
        code_column("zone", required=False, default="SHELF"),
        word_column("zone_kind", KINDS),
        number_column("pick_sequence", whole_number(), default="0"),
        yes_no_column("active", default="true"),
    ),
    key=("warehouse", "bin"),
    current="""
        SELECT warehouse.code AS warehouse, bin.code AS bin, zone.code AS zone, zone.kind AS zone_kind,
               bin.pick_sequence, bin.active
        FROM bin JOIN zone ON zone.id = bin.zone_id JOIN warehouse ON warehouse.id = bin.warehouse_id
    """,
)


_KNOWN_KINDS = text("""
    UPDATE staged_bins AS staged SET zone_kind = coalesce(
        (SELECT zone.kind FROM zone JOIN warehouse ON warehouse.id = zone.warehouse_id
         WHERE warehouse.code = staged.warehouse AND zone.code = staged.zone),
        (SELECT min(other.zone_kind) FROM staged_bins AS other
         WHERE other.warehouse = staged.warehouse AND other.zone = staged.zone),
        'shelf')
    WHERE staged.zone_kind IS NULL
""")
_CHECKS = (
    """
    SELECT line, 'warehouse', 'unknown_warehouse', warehouse FROM staged_bins
    WHERE warehouse IS NOT NULL AND warehouse NOT IN (SELECT code FROM warehouse) ORDER BY line
    """,
    # A zone has one use: what lies in it would otherwise change its meaning by a word in a file.
    """
    SELECT staged.line, 'zone_kind', 'zone_kind_differs', other.kind
    FROM staged_bins AS staged
    JOIN (SELECT warehouse.code AS warehouse, zone.code AS zone, zone.kind, 0 AS line
          FROM zone JOIN warehouse ON warehouse.id = zone.warehouse_id
          UNION ALL
          SELECT warehouse, zone, (array_agg(zone_kind ORDER BY line))[1], min(line)
          FROM staged_bins GROUP BY warehouse, zone) AS other USING (warehouse, zone)
    WHERE other.kind <> staged.zone_kind ORDER BY staged.line, other.line
    """,
)
_WRITE_ZONES = text("""
    INSERT INTO zone (warehouse_id, code, kind)
    SELECT DISTINCT warehouse.id, staged.zone, staged.zone_kind
    FROM staged_bins AS staged JOIN warehouse ON warehouse.code = staged.warehouse
    ON CONFLICT (warehouse_id, code) DO NOTHING
""")
_WRITE = text("""
    INSERT INTO bin (warehouse_id, zone_id, code, pick_sequence, active)
    SELECT warehouse.id, zone.id, staged.bin, staged.pick_sequence, staged.active
    FROM staged_bins AS staged
    JOIN warehouse ON warehouse.code = staged.warehouse
    JOIN zone ON zone.warehouse_id = warehouse.id AND zone.code = staged.zone
    ORDER BY staged.line
    ON CONFLICT (warehouse_id, code) DO UPDATE SET
        zone_id = excluded.zone_id, pick_sequence = excluded.pick_sequence, active = excluded.active
""")


def check_bins(session: Session, rows: Iterable[Row]) -> Findings:
    """Say what a file of bins would do. A zone keeps its kind; without one it is that of the zone, or shelves."""
    staged = stage(session, BINS, rows)
    session.execute(_KNOWN_KINDS)
    for check in _CHECKS:
        staged.refuse(check)
    return staged.compare()


def import_bins(session: Session, rows: Iterable[Row], *, by: Actor, at: datetime) -> Findings:
    """Take a file of bins: all of it or nothing. Zones that are not there yet are made.

    Raises: NotPermitted; ImportRefused.
    """
    require_importer(session, BINS, by)
    findings = check_bins(session, rows)
    require_clean(findings)
    session.execute(_WRITE_ZONES)
    session.execute(_WRITE)
    note_import(session, BINS, findings, by=by, at=at)
    return findings
