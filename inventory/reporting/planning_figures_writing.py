"""Writing the fold: rows of places that changed, and the sums, as whole columns by COPY."""

from typing import Final

import numpy as np
from sqlalchemy import text
from sqlalchemy.orm import Session

from inventory.copying import Column, Words, lay_in
from inventory.planning.replenishment.writing import bigints, days, doubles, flags
from inventory.reporting.planning_figures_models import PlaceStanding, PlanningFigure
from inventory.reporting.planning_figures_reading import (
    FLAGGED,
    MEASURED,
    MONEY,
    NO_DAY,
    NO_RULE,
    STANDINGS,
    TIERS,
    VALUED,
    WHOLE,
    Columns,
    Ground,
    Ids,
)
from inventory.reporting.planning_figures_standing import Stood, Sums, find

_KEY: Final = ("part_id", "warehouse_id")
_SERVED: Final = ("asked", "filled")
_KEPT: Final = tuple(one.name for one in PlaceStanding.__table__.columns if one.name not in (*_KEY, *_SERVED))
_SUMMED: Final = tuple(one.name for one in PlanningFigure.__table__.columns)
_SUMMED_MONEY: Final = frozenset(name for name in _SUMMED if name.endswith("_value"))
_PLACES: Final = "new_place_standing"
_FIGURES: Final = "new_planning_figure"
_LINES: Final = "new_place_served"


def _copied(name: str, money: frozenset[str]) -> str:
    """Money travels as whole ten-thousandths, for a binary double would not be exact."""
    return f"{name} / {MONEY}.0" if name in money else name


_MERGE_PLACES = text(f"""
    INSERT INTO place_standing ({", ".join((*_KEY, *_KEPT))})
    SELECT {", ".join(_copied(one, frozenset(VALUED)) for one in (*_KEY, *_KEPT))} FROM {_PLACES}
    ON CONFLICT (part_id, warehouse_id) DO UPDATE
    SET ({", ".join(_KEPT)}) = ({", ".join("excluded." + one for one in _KEPT)})
""")  # noqa: S608
_DROP_PLACES = text("""
    DELETE FROM place_standing s
    USING unnest(CAST(:parts AS bigint[]), CAST(:warehouses AS bigint[])) AS gone(part_id, warehouse_id)
    WHERE s.part_id = gone.part_id AND s.warehouse_id = gone.warehouse_id
""")
_MERGE_LINES = text(f"""
    UPDATE place_standing s SET asked = told.asked, filled = told.filled
    FROM (
        SELECT part_id, warehouse_id, coalesce(n.asked, 0) AS asked, coalesce(n.filled, 0) AS filled
        FROM place_standing p LEFT JOIN {_LINES} n USING (part_id, warehouse_id)
        WHERE (p.asked, p.filled) <> (coalesce(n.asked, 0), coalesce(n.filled, 0))
    ) told
    WHERE s.part_id = told.part_id AND s.warehouse_id = told.warehouse_id
""")  # noqa: S608
_KEEP_FIGURES = text(f"""
    INSERT INTO planning_figure ({", ".join(_SUMMED)})
    SELECT {", ".join(_copied(one, _SUMMED_MONEY) for one in _SUMMED)} FROM {_FIGURES}
""")  # noqa: S608


def write_places(session: Session, ground: Ground, stood: Stood, before: Columns) -> None:
    """Write the places that stand otherwise than before, and take away those that are none any more.

    Shapes: before is what stands of the same parts, (rows,) each, sorted like `stood`.
    """
    width = len(ground.warehouse_ids)
    part_ids = np.union1d(stood.part_ids, before["part_id"])
    new = np.searchsorted(part_ids, stood.part_ids) * width + stood.warehouse
    row, _ = find(ground.warehouse_ids, before["warehouse_id"])
    old = np.searchsorted(part_ids, before["part_id"]) * width + row
    gone = np.flatnonzero(~np.isin(old, new))
    if len(gone):
        keys = {"parts": before["part_id"][gone].tolist(), "warehouses": before["warehouse_id"][gone].tolist()}
        session.execute(_DROP_PLACES, keys)
    at, alike = find(old, new)
    for name, column in stood.columns.items():
        alike &= column == before[name][at] if len(old) else False
    changed = np.flatnonzero(~alike)
    if len(changed):
        columns = _place_columns(ground, stood, changed)
        lay_in(session, _PLACES, like=PlaceStanding.__tablename__, columns=columns, whole=VALUED)
        session.execute(_MERGE_PLACES)


def _place_columns(ground: Ground, stood: Stood, rows: Ids) -> dict[str, Column]:
    of = {name: column[rows] for name, column in stood.columns.items()}
    return {
        "part_id": bigints(stood.part_ids[rows]),
        "warehouse_id": bigints(ground.warehouse_ids[stood.warehouse[rows]]),
        "tier": Words([one.value for one in TIERS], of["tier"]),
        "standing": Words([one.value for one in STANDINGS], of["standing"]),
        **{name: bigints(of[name]) for name in (*WHOLE, *VALUED)},
        **{name: flags(of[name]) for name in FLAGGED},
        **{name: doubles(of[name]) for name in MEASURED},
        "policy_id": bigints(of["policy_id"], none=NO_RULE),
        "idle_since": days(of["idle_since"], none=NO_DAY),
    }


def write_served(session: Session, served: Columns) -> None:
    """Write the lines of late at the places that they were asked of, where they are others than stand."""
    columns: dict[str, Column] = {name: bigints(served[name]) for name in (*_KEY, *_SERVED)}
    lay_in(session, _LINES, like=PlaceStanding.__tablename__, columns=columns)
    session.execute(_MERGE_LINES)


def write_sums(session: Session, ground: Ground, sums: Sums) -> None:
    """Write the sums of all parts in place of those that stand."""
    some = np.any([column != 0 for column in sums.figures.values()], axis=0)
    warehouse, division = np.nonzero(some)
    columns: dict[str, Column] = {
        "warehouse_id": bigints(ground.warehouse_ids[warehouse]),
        "division_id": bigints(ground.division_ids[division]),
    }
    for name, column in sums.figures.items():
        chosen = column[warehouse, division]
        columns[name] = doubles(chosen) if chosen.dtype.kind == "f" else bigints(chosen)
    session.execute(text("DELETE FROM planning_figure"))
    if len(warehouse):
        lay_in(session, _FIGURES, like=PlanningFigure.__tablename__, columns=columns, whole=_SUMMED_MONEY)
        session.execute(_KEEP_FIGURES)
