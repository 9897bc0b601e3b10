"""Folding the planners' figures: where every part-place stands, the sums of it, and what months were expected to bring.

Called at the end of a nightly run, in pieces that do not know of each other, each in a transaction of its own; the sums
of the pieces are then written at once, so that a reader sees the figures of one day. Meanwhile the lists of places
change piece by piece; a fold that broke off leaves them so until the next one. Done twice on a day it says the same;
only rows that differ are written, so that a day on which little moved writes little.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import reduce
from typing import Any, Final

import numpy as np
from sqlalchemy import text
from sqlalchemy.orm import Session

from inventory.reporting.planning_figures_back_cast import months_on
from inventory.reporting.planning_figures_reading import Ground, Ids, read_ground, read_rows
from inventory.reporting.planning_figures_standing import Sums, work_out
from inventory.reporting.planning_figures_writing import write_places, write_sums

PARTS_A_PIECE: Final = 2_000
FILL_DAYS: Final = 30
"""How far back it is looked whether what was asked for was there at once."""
LATE_MONTHS: Final = 2
"""Months after their end in which cancellations still change what was asked for in them."""
SERVED: Final = ("asked", "filled", "overridden_asked", "overridden_filled")

_MUCH_MEMORY: Final = text("SELECT set_config('work_mem', '256MB', true)")
"""Millions of rows are added up: with the usual memory most of the time goes into temporary files."""
_TEMPORARY: Final = ("figure_price", "figure_follows")

# What a unit of each part is worth in the company's currency; 0 where nobody knows.
_PRICES = """
    CREATE TEMP TABLE figure_price ON COMMIT DROP AS
    SELECT p.id AS part_id, p.division_id, coalesce(round(p.price * r.rate, 4), 0) AS unit_value
    FROM part p LEFT JOIN unnest(CAST(:currencies AS text[]), CAST(:rates AS numeric[])) AS r(currency, rate)
        ON r.currency = p.currency
"""

# Which number the demand for a replaced one counts for, and how often.
_FOLLOWS = """
    CREATE TEMP TABLE figure_follows ON COMMIT DROP AS
    SELECT * FROM unnest(CAST(:old AS bigint[]), CAST(:new AS bigint[]), CAST(:ratio AS bigint[]))
        AS f(old_id, new_id, ratio)
"""

# Each line of late counts at its own place, and where that did not have all of it, at its first-choice source for the
# rest: as met when all of that was there at once. Only at places that are to hold the part.
_SERVED = """
    WITH first AS (
        SELECT l.id, l.part_id, l.quantity, r.warehouse_id,
               coalesce(l.preferred_source_id, r.warehouse_id) AS source_id,
               coalesce(sum(p.quantity) FILTER (WHERE p.source_id = r.warehouse_id), 0) AS at_place,
               coalesce(sum(p.quantity) FILTER (WHERE p.source_id = l.preferred_source_id), 0) AS at_source
        FROM part_request r
        JOIN part_request_line l ON l.request_id = r.id
        LEFT JOIN promise p ON p.line_id = l.id AND p.made_at = r.requested_at
        WHERE r.requested_at >= :since AND r.purpose = 'work_order'
        GROUP BY l.id, r.warehouse_id
    )
    SELECT s.warehouse_id, p.division_id, count(*) AS asked, count(*) FILTER (WHERE s.filled) AS filled,
           count(*) FILTER (WHERE o.part_id IS NOT NULL) AS overridden_asked,
           count(*) FILTER (WHERE s.filled AND o.part_id IS NOT NULL) AS overridden_filled
    FROM (
        SELECT part_id, warehouse_id, at_place >= quantity AS filled FROM first
        UNION ALL
        SELECT part_id, source_id, at_source >= quantity - at_place FROM first
        WHERE source_id <> warehouse_id AND quantity > at_place
    ) s
    JOIN stock_level l ON l.part_id = s.part_id AND l.warehouse_id = s.warehouse_id AND l.stocked
    JOIN part p ON p.id = s.part_id
    LEFT JOIN place_override o ON o.part_id = s.part_id AND o.warehouse_id = s.warehouse_id
        AND o.lifted_at IS NULL AND o.expires_on >= :on
    GROUP BY s.warehouse_id, p.division_id
"""

# A day counts once, however often it is folded.
_ADD_STOCK_MONTH = """
    INSERT INTO stock_month AS m (month, warehouse_id, days, last_on, on_hand_value, target_value)
    SELECT CAST(date_trunc('month', CAST(:on AS date)) AS date), warehouse_id, 1, :on, sum(on_hand_value),
           sum(target_value)
    FROM planning_figure GROUP BY warehouse_id
    ON CONFLICT (month, warehouse_id) DO UPDATE
    SET days = m.days + 1, last_on = excluded.last_on, on_hand_value = m.on_hand_value + excluded.on_hand_value,
        target_value = m.target_value + excluded.target_value
    WHERE m.last_on < excluded.last_on
"""

# Where a part is bought all demand for it passes through: what is expected there is expected of the network.
_KEEP_FORECASTS = """
    INSERT INTO forecast_month (month, part_id, expected, unit_value)
    SELECT :month, l.part_id, sum(l.daily_mean) * :days, p.unit_value
    FROM stock_level l JOIN figure_price p USING (part_id)
    WHERE l.stocked AND l.source_id IS NULL
      AND NOT EXISTS (SELECT FROM forecast_month WHERE month = :month)
    GROUP BY l.part_id, p.unit_value
"""
# What nobody expected counts as missed; of a back-cast only the parts that it looked at are known.
_COUNT_ASKED = """
    WITH due AS (
        SELECT DISTINCT month, back_cast FROM forecast_month
        WHERE month < :month AND (asked IS NULL OR month >= :late_from)
    ), recorded AS (
        SELECT d.part_id, d.warehouse_id, due.month, sum(d.quantity) AS quantity
        FROM due JOIN demand_day d ON d.asked_on >= due.month AND d.asked_on < due.month + interval '1 month'
        GROUP BY 1, 2, 3
    ), marked AS (
        SELECT part_id, warehouse_id, month, counts_as FROM demand_mark JOIN due USING (month) WHERE undone_at IS NULL
    ), asked AS (
        SELECT month, coalesce(f.new_id, c.part_id) AS part_id,
               CAST(sum(coalesce(c.counts_as, c.quantity) * coalesce(f.ratio, 1)) AS bigint) AS quantity
        FROM (SELECT * FROM recorded FULL JOIN marked USING (part_id, warehouse_id, month)) c
        LEFT JOIN figure_follows f ON f.old_id = c.part_id
        GROUP BY 1, 2
    ), told AS (
        SELECT month, part_id, coalesce(a.quantity, 0) AS asked
        FROM (SELECT month, part_id FROM forecast_month JOIN due USING (month)) k
        FULL JOIN asked a USING (month, part_id) JOIN due USING (month)
        WHERE k.part_id IS NOT NULL OR NOT due.back_cast
    )
    INSERT INTO forecast_month AS m (month, part_id, expected, asked, unit_value)
    SELECT t.month, t.part_id, 0, t.asked, p.unit_value FROM told t JOIN figure_price p USING (part_id)
    ON CONFLICT (month, part_id) DO UPDATE SET asked = excluded.asked WHERE m.asked IS DISTINCT FROM excluded.asked
"""
_NOTE_FOLD = """
    INSERT INTO figures_fold (id, as_of_on, folded_at) VALUES (1, :on, :at)
    ON CONFLICT (id) DO UPDATE SET as_of_on = excluded.as_of_on, folded_at = excluded.folded_at
"""


def fold_figures(session: Session, *, on: date, at: datetime) -> None:
    """Fold what stands on a day into the figures of the planners' cockpit, part by part, in one transaction.

    A nightly run does the same in pieces, each in a transaction of its own.
    """
    ground = begin_fold(session, on=on)
    sums = reduce(Sums.plus, (fold_parts(session, ground, part_ids) for part_ids in pieces_to_fold(ground)))
    end_fold(session, ground, sums, at=at)


def begin_fold(session: Session, *, on: date) -> Ground:
    """Read what all pieces of a fold go by."""
    return read_ground(session, on=on)


def pieces_to_fold(ground: Ground) -> list[Ids]:
    """The parts of a fold in pieces that fit into memory; one at least."""
    starts = range(0, max(len(ground.part_ids), 1), PARTS_A_PIECE)
    return [ground.part_ids[start : start + PARTS_A_PIECE] for start in starts]


def fold_parts(session: Session, ground: Ground, part_ids: Ids) -> Sums:
    """Work out where the places of some parts stand, write those that stand otherwise, and give the sums.

    Shapes: part_ids (parts,), ascending.
    """
    rows = read_rows(session, ground, part_ids)
    stood, sums = work_out(ground, part_ids, rows)
    write_places(session, ground, stood, rows.standing)
    return sums


def end_fold(session: Session, ground: Ground, sums: Sums, *, at: datetime) -> None:
    """Write the figures that the pieces of a fold add up to, with those of the month; reads much, so it is given time.

    Whoever calls opens the transaction, which should hold no lock that others wait for.
    """
    session.execute(_MUCH_MEMORY)
    figures = {**_parameters(ground), "at": at}
    write_sums(session, ground, _with_served(session, ground, _rolled_up(ground, sums), figures))
    for name in _TEMPORARY:
        session.execute(text(f"DROP TABLE IF EXISTS {name}"))
    for statement in (_PRICES, _FOLLOWS, _ADD_STOCK_MONTH, _KEEP_FORECASTS, _COUNT_ASKED, _NOTE_FOLD):
        session.execute(text(statement), figures)


def _rolled_up(ground: Ground, sums: Sums) -> Sums:
    """What a warehouse was asked for counts at all those above it as well."""
    asked = sums.figures["asked_value"]
    whole, above = asked.copy(), ground.parent
    below = np.flatnonzero(above >= 0)
    while len(below):
        np.add.at(whole, above[below], asked[below])
        above = np.where(above >= 0, ground.parent[above], -1)
        below = np.flatnonzero(above >= 0)
    return Sums({**sums.figures, "asked_value": whole})


def _with_served(session: Session, ground: Ground, sums: Sums, figures: Mapping[str, Any]) -> Sums:
    """Add the lines of late, and how many of them were there at once."""
    shape = sums.figures["places"].shape
    served = {name: np.zeros(shape, dtype=np.int64) for name in SERVED}
    for row in session.execute(text(_SERVED), figures):
        cell = (
            np.searchsorted(ground.warehouse_ids, row.warehouse_id),
            np.searchsorted(ground.division_ids, row.division_id),
        )
        for name in SERVED:
            served[name][cell] = getattr(row, name)
    return Sums({**sums.figures, **served})


def _parameters(ground: Ground) -> dict[str, Any]:
    """What the statements ask for: rates, replaced numbers, and the days they look back to."""
    month = ground.on.replace(day=1)
    return {
        "on": ground.on,
        "currencies": list(ground.rates),
        "rates": [str(rate) for rate in ground.rates.values()],
        "old": ground.followed.old.tolist(),
        "new": ground.followed.new.tolist(),
        "ratio": ground.followed.ratio.tolist(),
        "since": ground.on - timedelta(days=FILL_DAYS),
        "month": month,
        "days": (months_on(month, 1) - month).days,
        "late_from": months_on(month, -LATE_MONTHS),
    }
