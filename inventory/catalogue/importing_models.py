"""Product models from files: a row for each part of each model's bill of material."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from inventory.actor import Actor
from inventory.sheets import Findings, Row, Sheet, code_column, name_column, number_column, whole_number
from inventory.staging import note_import, require_clean, require_importer, spell, stage

MODELS = Sheet(
    name="models",
    columns=(
        code_column("model"),
        name_column("name_zh", required=True),
        name_column("name_en"),
        code_column("division"),
        code_column("part"),
        number_column("quantity", whole_number(least=1), default="1"),
    ),
    key=("model", "part"),
    current="""
        SELECT model.code AS model, model.name_zh, model.name_en, division.code AS division, part.number AS part,
               bill.quantity
        FROM model_part AS bill
        JOIN product_model AS model ON model.id = bill.model_id
        JOIN division ON division.id = model.division_id
        JOIN part ON part.id = bill.part_id
    """,
)

# An English name may stand in any row of the model, or be the one that it has.
_ENGLISH_NAMES = text("""
    UPDATE staged_models AS staged SET name_en = coalesce(named.en, known.name_en, '')
    FROM (SELECT model, min(nullif(name_en, '')) AS en FROM staged_models GROUP BY model) AS named
    LEFT JOIN product_model AS known ON known.code = named.model
    WHERE named.model = staged.model AND staged.name_en = ''
""")
_CHECKS = (
    """
    SELECT line, 'division', 'unknown_division', division FROM staged_models
    WHERE division IS NOT NULL AND division NOT IN (SELECT code FROM division) ORDER BY line
    """,
    """
    SELECT line, 'part', 'unknown_part', part FROM staged_models
    WHERE part IS NOT NULL AND NOT EXISTS (SELECT FROM part AS known WHERE known.number = staged_models.part)
    ORDER BY line
    """,
    """
    SELECT line, 'model', 'model_differs', CAST(first AS text)
    FROM (SELECT line, (name_zh, name_en, division) AS facts,
                 first_value(line) OVER of_model AS first,
                 first_value((name_zh, name_en, division)) OVER of_model AS first_facts
          FROM staged_models WHERE NOT bad WINDOW of_model AS (PARTITION BY model ORDER BY line)) AS row
    WHERE facts IS DISTINCT FROM first_facts ORDER BY line
    """,
)
_WRITE_MODELS = text("""
    INSERT INTO product_model (code, name_zh, name_en, name_pinyin, pinyin_initials, division_id)
    SELECT DISTINCT staged.model, staged.name_zh, staged.name_en, staged_name.full_pinyin, staged_name.initials,
                    division.id
    FROM staged_models AS staged
    JOIN staged_name ON staged_name.name = staged.name_zh
    JOIN division ON division.code = staged.division
    ON CONFLICT (code) DO UPDATE SET
        name_zh = excluded.name_zh, name_en = excluded.name_en, name_pinyin = excluded.name_pinyin,
        pinyin_initials = excluded.pinyin_initials, division_id = excluded.division_id
""")
_WRITE_BILLS = text("""
    INSERT INTO model_part (model_id, part_id, quantity)
    SELECT model.id, part.id, staged.quantity
    FROM staged_models AS staged
    JOIN product_model AS model ON model.code = staged.model
    JOIN part ON part.number = staged.part
    ON CONFLICT (model_id, part_id) DO UPDATE SET quantity = excluded.quantity
    WHERE model_part.quantity <> excluded.quantity
""")


def check_models(session: Session, rows: Iterable[Row]) -> Findings:
    """Say what a file of models would do. All rows of a model name it alike."""
    staged = stage(session, MODELS, rows)
    session.execute(_ENGLISH_NAMES)
    for check in _CHECKS:
        staged.refuse(check)
    return staged.compare()


def import_models(session: Session, rows: Iterable[Row], *, by: Actor, at: datetime) -> Findings:
    """Take a file of models: all of it or nothing. Parts of a model that are not in the file stay on its bill.

    Raises: NotPermitted; ImportRefused.
    """
    require_importer(session, MODELS, by)
    findings = check_models(session, rows)
    require_clean(findings)
    spell(session, MODELS, "name_zh")
    session.execute(_WRITE_MODELS)
    session.execute(_WRITE_BILLS)
    note_import(session, MODELS, findings, by=by, at=at)
    return findings
