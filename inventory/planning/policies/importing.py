"""Overrides from files: a row a part and warehouse, with a reason and a last day, as planners keep them in Excel.

A file sets and changes, it never lifts: what is missing from it stays. A changed row lifts what stood and sets it anew,
in the name of who sends the file.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Numeric, text
from sqlalchemy.orm import Session

from inventory.actor import Actor
from inventory.planning.policies.models import ServiceMeasure
from inventory.sheets import (
    Column,
    Findings,
    Reader,
    Row,
    Sheet,
    Unreadable,
    code_column,
    day_column,
    name_column,
    number_column,
    read_money,
    read_yes_no,
    whole_number,
    word_column,
)
from inventory.staging import note_import, require_clean, require_importer, stage

MEASURES = {
    **{measure.value: measure.value for measure in ServiceMeasure},
    **dict.fromkeys(("满足率", "现货满足率"), "fill_rate"),
    **dict.fromkeys(("等待", "平均等待天数"), "wait"),
    **dict.fromkeys(("缺货成本", "每天缺货成本"), "shortage_cost"),
}
NO_WORD = ""


def _days(text: str) -> str:
    """Days with up to three decimals."""
    read = read_money(text)
    if float(read) > 1000 or len(read.partition(".")[2]) > 3:
        raise Unreadable("not_days", "1000")
    return read


def _figure_column(name: str, read: Reader) -> Column:
    """A column of figures with decimals; empty says nothing."""
    return Column(name, read, Numeric(18, 4), default=None)


POLICIES = Sheet(
    name="policies",
    columns=(
        code_column("part"),
        code_column("warehouse"),
        Column("stocked", read_yes_no, default=NO_WORD),
        number_column("minimum", whole_number()),
        number_column("maximum", whole_number()),
        number_column("safety_stock", whole_number()),
        word_column("measure", MEASURES, default=NO_WORD),
        _figure_column("target", read_money),
        _figure_column("lead_time_days", _days),
        _figure_column("lead_time_sd_days", _days),
        day_column("expires_on", required=True),
        name_column("reason", required=True),
    ),
    key=("part", "warehouse"),
    current="""
        SELECT part.number AS part, warehouse.code AS warehouse, coalesce(CAST(stocked AS text), '') AS stocked,
               minimum, maximum, safety_stock, coalesce(measure, '') AS measure, target, lead_time_days,
               lead_time_sd_days, expires_on, reason
        FROM place_override AS override
        JOIN part ON part.id = override.part_id JOIN warehouse ON warehouse.id = override.warehouse_id
        WHERE override.lifted_at IS NULL
    """,
)

_CHECKS = (
    """
    SELECT line, 'part', 'unknown_part', part FROM staged_policies
    WHERE part IS NOT NULL AND NOT EXISTS (SELECT FROM part AS known WHERE known.number = part) ORDER BY line
    """,
    """
    SELECT line, 'warehouse', 'unknown_warehouse', warehouse FROM staged_policies
    WHERE warehouse IS NOT NULL AND NOT EXISTS (SELECT FROM warehouse AS known WHERE known.code = warehouse)
    ORDER BY line
    """,
    """
    SELECT line, 'expires_on', 'override_too_long', CAST(override_days_max AS text)
    FROM staged_policies CROSS JOIN planning_setting
    WHERE expires_on > CAST(now() AS date) + override_days_max ORDER BY line
    """,
    # What ran out comes back from an export as it stood; anew nobody means it.
    """
    SELECT line, 'expires_on', 'override_over', '' FROM staged_policies AS staged
    WHERE expires_on < CAST(now() AS date) AND NOT EXISTS (
        SELECT FROM place_override AS standing
        JOIN part ON part.id = standing.part_id JOIN warehouse ON warehouse.id = standing.warehouse_id
        WHERE part.number = staged.part AND warehouse.code = staged.warehouse AND standing.lifted_at IS NULL
          AND standing.expires_on = staged.expires_on)
    ORDER BY line
    """,
    """
    SELECT line, 'minimum', 'minimum_above_maximum', CAST(maximum AS text) FROM staged_policies
    WHERE minimum > maximum ORDER BY line
    """,
    """
    SELECT line, 'stocked', 'kept_but_not_stocked', '' FROM staged_policies
    WHERE stocked = 'false' AND (minimum > 0 OR safety_stock > 0) ORDER BY line
    """,
    """
    SELECT line, CASE WHEN target IS NULL THEN 'target' ELSE 'measure' END, 'missing', '' FROM staged_policies
    WHERE measure IS NOT NULL AND (measure = '') <> (target IS NULL) AND NOT bad ORDER BY line
    """,
    """
    SELECT line, 'target', 'target_out_of_bounds', measure FROM staged_policies
    WHERE (measure <> '' AND target <= 0) OR (measure = 'fill_rate' AND target >= 1)
       OR (measure = 'wait' AND target > 365) OR (measure = 'shortage_cost' AND target > 99999999) ORDER BY line
    """,
    """
    SELECT line, 'lead_time_days', 'not_days', '1000' FROM staged_policies WHERE lead_time_days = 0 ORDER BY line
    """,
    """
    SELECT line, 'stocked', 'override_empty', '' FROM staged_policies
    WHERE NOT bad AND stocked = '' AND measure = ''
      AND num_nonnulls(minimum, maximum, safety_stock, lead_time_days, lead_time_sd_days) = 0 ORDER BY line
    """,
)
_LIFT = text("""
    UPDATE place_override AS standing
    SET lifted_at = :at, lifted_by_id = :by, lift_reason = 'replaced'
    FROM staged_policies AS staged
    JOIN part ON part.number = staged.part JOIN warehouse ON warehouse.code = staged.warehouse
    WHERE standing.part_id = part.id AND standing.warehouse_id = warehouse.id AND standing.lifted_at IS NULL
""")
_WRITE = text("""
    INSERT INTO place_override (part_id, warehouse_id, stocked, minimum, maximum, safety_stock, measure, target,
                                lead_time_days, lead_time_sd_days, expires_on, reason, set_by_id, set_at)
    SELECT part.id, warehouse.id, CAST(nullif(staged.stocked, '') AS boolean), staged.minimum, staged.maximum,
           staged.safety_stock, nullif(staged.measure, ''), staged.target, staged.lead_time_days,
           staged.lead_time_sd_days, staged.expires_on, staged.reason, :by, :at
    FROM staged_policies AS staged
    JOIN part ON part.number = staged.part JOIN warehouse ON warehouse.code = staged.warehouse
    ORDER BY staged.line
""")


def check_policies(session: Session, rows: Iterable[Row]) -> Findings:
    """Say what a file of overrides would do."""
    staged = stage(session, POLICIES, rows)
    for check in _CHECKS:
        staged.refuse(check)
    return staged.compare()


def import_policies(session: Session, rows: Iterable[Row], *, by: Actor, at: datetime) -> Findings:
    """Take a file of overrides: all of it or nothing.

    Raises: NotPermitted; ImportRefused.
    """
    require_importer(session, POLICIES, by)
    findings = check_policies(session, rows)
    require_clean(findings)
    session.execute(_LIFT, {"at": at, "by": by.person_id})
    session.execute(_WRITE, {"at": at, "by": by.person_id})
    note_import(session, POLICIES, findings, by=by, at=at)
    return findings
