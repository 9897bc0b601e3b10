"""Folding the planners' figures: where every part-place stands, the sums of it, and what months were expected to bring.

Called at the end of a nightly run, in pieces that do not know of each other, each in a transaction of its own; the sums
of the pieces are then written at once, so that a reader sees the figures of one day. Meanwhile the lists of places
change piece by piece; a fold that broke off leaves them so until the next one. Done twice on a day it says the same;
only rows that differ are written, so that a day on which little moved writes little.
"""

from dataclasses import replace
from datetime import date, datetime
from functools import reduce
from typing import Any, Final

import numpy as np
from sqlalchemy import text
from sqlalchemy.orm import Session

from inventory.planning import policies
from inventory.reporting.planning_figures_back_cast import months_on
from inventory.reporting.planning_figures_reading import Columns, Ground, Ids, read_ground, read_rows
from inventory.reporting.planning_figures_rules import rules_of, write_rules
from inventory.reporting.planning_figures_served import read_served
from inventory.reporting.planning_figures_standing import Sums, by_cell, find, work_out
from inventory.reporting.planning_figures_writing import write_places, write_served, write_sums

PARTS_A_PIECE: Final = 2_000
LATE_MONTHS: Final = 2
"""Months after their end in which cancellations still change what was asked for in them."""

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
    INSERT INTO figures_fold (id, as_of_on, folded_at, surplus_margin) VALUES (1, :on, :at, :margin)
    ON CONFLICT (id) DO UPDATE
    SET as_of_on = excluded.as_of_on, folded_at = excluded.folded_at, surplus_margin = excluded.surplus_margin
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
    served = read_served(session, on=ground.on)
    told = _with_served(ground, _rolled_up(ground, sums), served)
    write_served(session, served)
    write_sums(session, ground, told)
    write_rules(session, ground, told.by_rule)
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
    return replace(sums, figures={**sums.figures, "asked_value": whole})


def _with_served(ground: Ground, sums: Sums, served: Columns) -> Sums:
    """Add the lines of late, and how many of them were there at once."""
    warehouse, _ = find(ground.warehouse_ids, served["warehouse_id"])
    division, _ = find(ground.division_ids, served["division_id"])
    shape = sums.figures["places"].shape
    rule, told = rules_of(ground, served["part_id"], served["warehouse_id"])
    overridden = policies.resolve(ground.book, served["part_id"], served["warehouse_id"]).override >= 0
    figures, by_rule = dict(sums.figures), dict(sums.by_rule)
    for name in ("asked", "filled"):
        lines, cell = served[name], warehouse * shape[1] + division
        figures[name] = by_cell(cell, lines, shape)
        figures[f"overridden_{name}"] = by_cell(cell[overridden], lines[overridden], shape)
        cell = rule * shape[0] + warehouse
        by_rule[name] = by_cell(cell[told], lines[told], sums.by_rule["places"].shape)
    return Sums(figures, by_rule)


def _parameters(ground: Ground) -> dict[str, Any]:
    """What the statements ask for: rates, replaced numbers, and the days they look back to."""
    month = ground.on.replace(day=1)
    return {
        "on": ground.on,
        "margin": ground.margin,
        "currencies": list(ground.rates),
        "rates": [str(rate) for rate in ground.rates.values()],
        "old": ground.followed.old.tolist(),
        "new": ground.followed.new.tolist(),
        "ratio": ground.followed.ratio.tolist(),
        "month": month,
        "days": (months_on(month, 1) - month).days,
        "late_from": months_on(month, -LATE_MONTHS),
    }
