"""Supersession links from files."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from inventory.actor import Actor
from inventory.catalogue import families
from inventory.catalogue.supersession import keep_usable_parts, lock_links
from inventory.sheets import (
    Findings,
    Problem,
    Row,
    Sheet,
    code_column,
    day_column,
    number_column,
    whole_number,
    yes_no_column,
)
from inventory.staging import Staged, note_import, require_clean, require_importer, stage

SUPERSESSIONS = Sheet(
    name="supersessions",
    columns=(
        code_column("old"),
        code_column("new"),
        day_column("valid_from", required=True),
        day_column("valid_to"),
        number_column("ratio", whole_number(least=1), default="1"),
        yes_no_column("interchangeable", default="false"),
        yes_no_column("consume_old_first", default="true"),
    ),
    key=("old", "new"),
    current="""
        SELECT old.number AS old, new.number AS new, link.valid_from, link.valid_to, link.ratio, link.interchangeable,
               link.consume_old_first
        FROM supersession AS link
        JOIN part AS old ON old.id = link.old_part_id JOIN part AS new ON new.id = link.new_part_id
    """,
)

_CHECKS = (
    """
    SELECT line, 'old', 'unknown_part', old FROM staged_supersessions
    WHERE old IS NOT NULL AND NOT EXISTS (SELECT FROM part WHERE number = old) ORDER BY line
    """,
    """
    SELECT line, 'new', 'unknown_part', new FROM staged_supersessions
    WHERE new IS NOT NULL AND NOT EXISTS (SELECT FROM part WHERE number = new) ORDER BY line
    """,
    """
    SELECT line, 'valid_to', 'ends_before_it_begins', CAST(valid_from AS text) FROM staged_supersessions
    WHERE valid_to <= valid_from ORDER BY line
    """,
)
# Links of the file before those that stand: a circle and a family too large are told at lines of the file.
_LINKS_TOGETHER = text("""
    SELECT staged.line, old.id AS old_id, new.id AS new_id
    FROM staged_supersessions AS staged
    JOIN part AS old ON old.number = staged.old JOIN part AS new ON new.number = staged.new
    UNION ALL
    SELECT NULL, link.old_part_id, link.new_part_id FROM supersession AS link
    WHERE NOT EXISTS (SELECT FROM staged_supersessions AS staged
                      JOIN part AS old ON old.number = staged.old JOIN part AS new ON new.number = staged.new
                      WHERE old.id = link.old_part_id AND new.id = link.new_part_id)
""")
_WRITE = text("""
    INSERT INTO supersession (old_part_id, new_part_id, valid_from, valid_to, ratio, interchangeable, consume_old_first)
    SELECT old.id, new.id, staged.valid_from, staged.valid_to, staged.ratio, staged.interchangeable,
           staged.consume_old_first
    FROM staged_supersessions AS staged
    JOIN part AS old ON old.number = staged.old JOIN part AS new ON new.number = staged.new
    ORDER BY staged.line
    ON CONFLICT (old_part_id, new_part_id) DO UPDATE SET
        valid_from = excluded.valid_from, valid_to = excluded.valid_to, ratio = excluded.ratio,
        interchangeable = excluded.interchangeable, consume_old_first = excluded.consume_old_first
""")


def check_supersessions(session: Session, rows: Iterable[Row]) -> Findings:
    """Say what a file of links would do; circles are looked for over the file and all links that stand."""
    staged = stage(session, SUPERSESSIONS, rows)
    for check in _CHECKS:
        staged.refuse(check)
    _refuse_impossible_families(staged)
    return staged.compare()


def import_supersessions(session: Session, rows: Iterable[Row], *, by: Actor, at: datetime) -> Findings:
    """Take a file of links: all of it or nothing; what is usable for what is worked out anew.

    Raises: NotPermitted; ImportRefused.
    """
    require_importer(session, SUPERSESSIONS, by)
    lock_links(session)
    findings = check_supersessions(session, rows)
    require_clean(findings)
    session.execute(_WRITE)
    keep_usable_parts(session)
    note_import(session, SUPERSESSIONS, findings, by=by, at=at)
    return findings


def _refuse_impossible_families(staged: Staged) -> None:
    """Tell the links that close a circle, and those of families larger than any real one."""
    together = staged.session.execute(_LINKS_TOGETHER).all()
    links = [(row.old_id, row.new_id) for row in together]
    circular = [together[index] for index in families.circular_links(links)]
    large = [
        together[index]
        for family in families.families(links)
        if len(families.parts_of(links, family)) > families.FAMILY_PARTS_MAX
        for index in family
    ]
    most = str(families.FAMILY_PARTS_MAX)
    staged.problems += [Problem(row.line, "new", "supersession_circle") for row in circular if row.line]
    staged.problems += [Problem(row.line, "new", "family_too_large", most) for row in large if row.line]
