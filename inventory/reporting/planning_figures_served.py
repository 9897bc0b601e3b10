"""What work orders asked for of late, line by line, and whether it was there at once.

A line counts at its own place, and where that did not have all of it, at its first-choice source for the rest: as met
when all of that was there at once. Only at places that are to hold the part.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from inventory.actor import Actor
from inventory.identity import Permission
from inventory.planning.columns import read_columns
from inventory.reporting.planning_figures import share
from inventory.reporting.planning_figures_reading import Columns

FILL_DAYS: Final = 30
"""How far back it is looked whether what was asked for was there at once."""

_LINES: Final = """
    WITH first AS (
        SELECT l.id, l.part_id, l.quantity, r.warehouse_id,
               coalesce(l.preferred_source_id, r.warehouse_id) AS source_id,
               coalesce(sum(p.quantity) FILTER (WHERE p.source_id = r.warehouse_id), 0) AS at_place,
               coalesce(sum(p.quantity) FILTER (WHERE p.source_id = l.preferred_source_id), 0) AS at_source
        FROM part_request r
        JOIN part_request_line l ON l.request_id = r.id
        LEFT JOIN promise p ON p.line_id = l.id AND p.made_at = r.requested_at
        WHERE r.requested_at >= {since} AND r.purpose = 'work_order' {of_part}
        GROUP BY l.id, r.warehouse_id
    ), counted AS (
        SELECT part_id, warehouse_id, at_place >= quantity AS met FROM first
        UNION ALL
        SELECT part_id, source_id, at_source >= quantity - at_place FROM first
        WHERE source_id <> warehouse_id AND quantity > at_place
    )
    {counted}
"""
_EVERYWHERE: Final = _LINES.format(
    since="%(since)s",
    of_part="",
    counted="""
    SELECT c.part_id, c.warehouse_id, p.division_id, count(*) AS asked, count(*) FILTER (WHERE c.met) AS filled
    FROM counted c
    JOIN stock_level s ON s.part_id = c.part_id AND s.warehouse_id = c.warehouse_id AND s.stocked
    JOIN part p ON p.id = c.part_id
    GROUP BY c.part_id, c.warehouse_id, p.division_id
    """,
)
_AT_A_PLACE: Final = text(
    _LINES.format(
        since=":since",
        of_part="AND l.part_id = :part",
        counted="SELECT count(*), count(*) FILTER (WHERE met) FROM counted WHERE warehouse_id = :warehouse",
    )
)


@dataclass(frozen=True, slots=True)
class Served:
    """Lines of the last FILL_DAYS, and those of them that were met at once in full."""

    asked: int
    filled: int

    @property
    def fill(self) -> float | None:
        """The share that was met; None of nothing."""
        return share(self.filled, self.asked)


def read_served(session: Session, *, on: date) -> Columns:
    """The lines of the days before a day by part and place: `asked`, and `filled` of them."""
    names = ("part_id", "warehouse_id", "division_id", "asked", "filled")
    return read_columns(session, _EVERYWHERE, {"since": _since(on)}, **dict.fromkeys(names, "bigint"))


def count_served(session: Session, part_id: int, warehouse_id: int, *, on: date, by: Actor) -> Served:
    """The lines of the days before a day at one place, until now. Raises: NotPermitted."""
    by.require(Permission.SEE_PROPOSALS, warehouse_id)
    wanted: Mapping[str, Any] = {"since": _since(on), "part": part_id, "warehouse": warehouse_id}
    return Served(*session.execute(_AT_A_PLACE, wanted).one())


def _since(on: date) -> date:
    return on - timedelta(days=FILL_DAYS)
