"""Reading a scene from the database: once, at the beginning; the days themselves need none."""

from dataclasses import fields
from datetime import date

import numpy as np
from sqlalchemy.orm import Session

from inventory.planning import demand
from inventory.planning.columns import read_columns
from inventory.planning.days.asking import Replayed
from inventory.planning.policies import PHASES, Phase, PolicyBook, read_policy_book
from inventory.planning.replenishment.arrays import Ids
from inventory.planning.replenishment.buying import read_sellers
from inventory.planning.replenishment.failing import lay_beside
from inventory.planning.replenishment.layout import lay_out
from inventory.planning.replenishment.planning import HISTORY_MONTHS, Standing, lay_out_places, read_standing
from inventory.planning.replenishment.positions import (
    Positions,
    positions_in,
    read_books,
    read_free,
    read_succession,
)
from inventory.planning.replenishment.running import list_parts
from inventory.planning.simulation.scene import UNITS, Scene

LEAVING = (PHASES.index(Phase.PHASE_OUT), PHASES.index(Phase.LAST_TIME_BUY))
_ASKED = """
    SELECT part_id, warehouse_id, asked_on - CAST(%(start)s AS date) AS day, sum(quantity) AS quantity FROM demand_day
    WHERE asked_on >= %(since)s AND asked_on < %(until)s AND quantity > 0
      AND part_id = ANY (CAST(%(parts)s AS bigint[]))
    GROUP BY part_id, warehouse_id, asked_on ORDER BY asked_on, part_id, warehouse_id
"""


_UNITS = f"""
    SELECT id, array_position(ARRAY[{", ".join(f"'{one}'" for one in UNITS)}], base_unit) - 1 AS unit FROM part
    WHERE id = ANY (CAST(%(parts)s AS bigint[])) ORDER BY id
"""  # noqa: S608


def read_scene(session: Session, *, start: date, until: date, on: date, parts_max: int | None = None) -> Scene:
    """Read what a simulation from `start` until the day before `until` begins with.

    Policies, prices and sellers are those of the day `on`, whichever days are simulated: they are what is tried. What
    is known of demand on the first night is what was asked for before it.

    Units: `parts_max` parts, every so many-th of all that a run looks at; None for all of them.
    """
    book = read_policy_book(session, on=on)
    part_ids = _some(list_parts(session), parts_max)
    history = demand.read_history(session, on=start, part_ids=part_ids.tolist())
    asked = _read_days(session, part_ids, start=start, until=until)
    matrix = demand.lay_in_months(history, on=start, months=HISTORY_MONTHS, part_ids=part_ids.tolist())
    fitted = demand.read_installed_base(session, on=start, months=HISTORY_MONTHS, part_ids=part_ids.tolist())
    beside = lay_beside(matrix, fitted, book)
    standing = read_standing(session, part_ids)
    if start < on:
        standing = _of_leaving(standing, book)
    known = lay_out_places(matrix, standing, part_ids, book, read_free(session, part_ids), beside)
    layout = lay_out(
        book.places,
        np.concatenate([known.part_ids, asked["part_id"]]),
        np.concatenate([known.warehouse_ids, asked["warehouse_id"]]),
    )
    row, which = layout.find(asked["part_id"], asked["warehouse_id"], book.places)
    replayed = Replayed(row, asked["day"][which], asked["quantity"][which])
    sellers = read_sellers(session, part_ids, on=on)
    unit = read_columns(session, _UNITS, {"parts": part_ids.tolist()}, id="bigint", unit="bigint")["unit"]
    return Scene(start, part_ids, unit, layout, book, sellers, history, fitted, standing, replayed)


def _of_leaving(standing: Standing, book: PolicyBook) -> Standing:
    """Of the levels that stand, those of parts that are laid in nowhere anew: else they would have lain nowhere.

    Others would tell days that are over what was asked for after them.
    """
    leaving = book.parts.ids[np.isin(book.parts.phase, LEAVING)]
    kept = np.isin(standing.part_ids, leaving)
    return Standing(*(getattr(standing, one.name)[kept] for one in fields(Standing)))


def _some(part_ids: Ids, most: int | None) -> Ids:
    if most is None or len(part_ids) <= most:
        return part_ids
    return part_ids[(np.arange(most) * len(part_ids)) // most]


def _read_days(session: Session, part_ids: Ids, *, start: date, until: date) -> dict[str, Ids]:
    """What was asked for by day, of parts and of those that they replace; days are counted from the start."""
    replaced = demand.read_successors(session, on=start)
    chosen = set(part_ids.tolist())
    wanted = sorted(chosen | {old for old, new in replaced.items() if new.part_id in chosen})
    named = {"start": start, "since": start.replace(day=1), "until": until, "parts": wanted}
    columns = dict.fromkeys(("part_id", "warehouse_id", "day", "quantity"), "bigint")
    asked = read_columns(session, _ASKED, named, **columns)
    for old, new in sorted(replaced.items()):
        rows = asked["part_id"] == old
        asked["part_id"][rows] = new.part_id
        asked["quantity"][rows] *= new.ratio
    kept = np.isin(asked["part_id"], part_ids)
    return {name: column[kept] for name, column in asked.items()}


def read_positions(session: Session, scene: Scene, *, on: date) -> Positions:
    """Where the places of a scene stand now. Shapes: (n,)."""
    succession = read_succession(session, scene.part_ids, on=on)
    looked_at = np.union1d(scene.part_ids, succession.replaced_by(scene.part_ids)).astype(np.int64)
    books = read_books(session, part_ids=looked_at)
    return positions_in(books, scene.layout, scene.book.places, succession.stands_for, succession.served_by)
