"""Folding the planners' figures: where every part-place stands, the sums of it, and what months were expected to bring.

Called at the end of a nightly run, in a transaction of its own. Done twice on a day it says the same; only rows that
differ are written, so that a day on which little moved writes little.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from inventory import procurement
from inventory.planning import demand
from inventory.planning.replenishment.positions import read_stands_for
from inventory.reporting.planning_figures_models import PlaceStanding, PlanningFigure

YEAR_DAYS: Final = 365
FILL_DAYS: Final = 30
"""How far back it is looked whether what was asked for was there at once."""
LATE_MONTHS: Final = 2
"""Months after their end in which cancellations still change what was asked for in them."""

_MUCH_MEMORY: Final = text("SELECT set_config('work_mem', '256MB', true)")
"""Millions of rows are joined and added up: with the usual memory most of the time goes into temporary files."""

_TEMPORARY: Final = ("figure_price", "figure_follows", "figure_asked", "figure_served", "figure_place")

# What a unit of each part is worth in the company's currency; 0 where nobody knows.
_PRICES = """
    CREATE TEMP TABLE figure_price ON COMMIT DROP AS
    SELECT p.id AS part_id, p.division_id, coalesce(round(p.price * r.rate, 4), 0) AS unit_value
    FROM part p LEFT JOIN unnest(CAST(:currencies AS text[]), CAST(:rates AS numeric[])) AS r(currency, rate)
        ON r.currency = p.currency
"""

# Which number a replaced one counts for: its demand by ratio, its stock where it may serve instead of the new one.
_FOLLOWS = """
    CREATE TEMP TABLE figure_follows ON COMMIT DROP AS
    SELECT * FROM unnest(CAST(:old AS bigint[]), CAST(:new AS bigint[]), CAST(:ratio AS bigint[]),
                         CAST(:stock AS bool[])) AS f(old_id, new_id, ratio, stock)
"""

# What was asked for in a year of a place and of those below it, and when last.
_ASKED = """
    CREATE TEMP TABLE figure_asked ON COMMIT DROP AS
    WITH RECURSIVE above(warehouse_id, place_id) AS (
        SELECT id, id FROM warehouse
        UNION ALL
        SELECT a.warehouse_id, w.parent_id FROM above a JOIN warehouse w ON w.id = a.place_id
        WHERE w.parent_id IS NOT NULL
    ), own AS (
        SELECT coalesce(f.new_id, d.part_id) AS part_id, d.warehouse_id, max(d.asked_on) AS last_on,
               CAST(sum(d.quantity * coalesce(f.ratio, 1)) AS bigint) AS quantity
        FROM demand_day d LEFT JOIN figure_follows f ON f.old_id = d.part_id
        WHERE d.asked_on > :year_ago AND d.asked_on <= :on AND d.quantity > 0
        GROUP BY 1, 2
    )
    SELECT own.part_id, above.place_id AS warehouse_id, max(own.last_on) AS last_on, sum(own.quantity) AS quantity
    FROM own JOIN above ON above.warehouse_id = own.warehouse_id
    GROUP BY 1, 2
"""

# Of each line of late, what its own place had at once; and of what it had not, what its first-choice source had.
_SERVED = """
    CREATE TEMP TABLE figure_served ON COMMIT DROP AS
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
    SELECT part_id, warehouse_id, sum(asked) AS asked, sum(filled) AS filled FROM (
        SELECT part_id, warehouse_id, quantity AS asked, at_place AS filled FROM first
        UNION ALL
        SELECT part_id, source_id, quantity - at_place, at_source FROM first
        WHERE source_id <> warehouse_id AND quantity > at_place
    ) ends GROUP BY part_id, warehouse_id
"""

_PLACES = """
    CREATE TEMP TABLE figure_place ON COMMIT DROP AS
    WITH stood AS (
        SELECT coalesce(f.new_id, b.part_id) AS part_id, b.warehouse_id, CAST(sum(b.on_hand) AS bigint) AS on_hand,
               CAST(sum(b.on_hand - b.reserved) AS bigint) AS free
        FROM balance b LEFT JOIN figure_follows f ON f.old_id = b.part_id AND f.stock
        WHERE b.on_hand > 0 AND b.owner_id = (SELECT id FROM stock_owner WHERE is_default)
        GROUP BY 1, 2
    ), lain AS (
        SELECT coalesce(f.new_id, b.part_id) AS part_id, b.warehouse_id, CAST(min(b.first_received_at) AS date) AS since
        FROM lot_balance b LEFT JOIN figure_follows f ON f.old_id = b.part_id AND f.stock
        WHERE b.on_hand > 0 AND b.condition = 'good'
          AND b.owner_id = (SELECT id FROM stock_owner WHERE is_default)
        GROUP BY 1, 2
    ), below AS (
        SELECT part_id, source_id AS warehouse_id, sum(daily_mean) AS daily_mean
        FROM stock_level WHERE stocked AND source_id IS NOT NULL GROUP BY 1, 2
    ), place AS (
        SELECT part_id, warehouse_id, l.stocked IS NOT NULL AS planned, coalesce(s.on_hand, 0) AS on_hand,
               coalesce(s.free, 0) AS free, coalesce(l.order_up_to, 0) AS order_up_to,
               coalesce(l.safety_stock, 0) AS safety_stock, coalesce(l.daily_mean, 0) AS daily_mean,
               coalesce(l.expected_fill, 0) AS expected_fill
        FROM (SELECT * FROM stock_level WHERE stocked) l FULL JOIN stood s USING (part_id, warehouse_id)
    )
    SELECT place.part_id, place.warehouse_id, planned, place.on_hand, free, order_up_to, place.daily_mean,
           place.expected_fill, price.division_id, warehouse.tier, price.unit_value,
           CASE WHEN NOT planned THEN 'unplanned' WHEN free > order_up_to THEN 'above'
                WHEN free < least(greatest(place.safety_stock, 1), order_up_to) THEN 'short'
                ELSE 'within' END AS standing,
           free = 0 AND place.daily_mean > 0 AS empty,
           o.part_id IS NOT NULL AS overridden,
           missing, excess, surplus,
           place.on_hand * price.unit_value AS on_hand_value, order_up_to * price.unit_value AS target_value,
           missing * price.unit_value AS missing_value, excess * price.unit_value AS excess_value,
           surplus * price.unit_value AS surplus_value,
           CASE WHEN place.on_hand > 0 THEN coalesce(greatest(lain.since, asked.last_on), :on) END AS idle_since,
           greatest(place.daily_mean - coalesce(below.daily_mean, 0), 0) AS own_mean,
           CASE WHEN planned THEN coalesce(served.asked, 0) ELSE 0 END AS asked,
           CASE WHEN planned THEN coalesce(served.filled, 0) ELSE 0 END AS filled
    FROM place
    CROSS JOIN LATERAL (
        SELECT greatest(order_up_to - free, 0) AS missing, greatest(free - order_up_to, 0) AS excess,
               greatest(free - CAST(ceil(order_up_to * (1 + :margin)) AS bigint), 0) AS surplus
    ) AS distance
    JOIN figure_price price USING (part_id)
    JOIN warehouse ON warehouse.id = place.warehouse_id
    LEFT JOIN lain USING (part_id, warehouse_id)
    LEFT JOIN below USING (part_id, warehouse_id)
    LEFT JOIN figure_asked asked USING (part_id, warehouse_id)
    LEFT JOIN figure_served served USING (part_id, warehouse_id)
    LEFT JOIN place_override o ON o.part_id = place.part_id AND o.warehouse_id = place.warehouse_id
        AND o.lifted_at IS NULL AND o.expires_on >= :on
"""

_KEY: Final = ("part_id", "warehouse_id")
_KEPT: Final = tuple(one.name for one in PlaceStanding.__table__.columns if one.name not in _KEY)
_MERGE_PLACES = f"""
    INSERT INTO place_standing AS s ({", ".join((*_KEY, *_KEPT))})
    SELECT {", ".join((*_KEY, *_KEPT))} FROM figure_place
    ON CONFLICT (part_id, warehouse_id) DO UPDATE
    SET ({", ".join(_KEPT)}) = ({", ".join("excluded." + one for one in _KEPT)})
    WHERE ({", ".join("s." + one for one in _KEPT)})
        IS DISTINCT FROM ({", ".join("excluded." + one for one in _KEPT)})
"""  # noqa: S608
_DROP_PLACES = """
    DELETE FROM place_standing s
    WHERE NOT EXISTS (SELECT FROM figure_place p WHERE p.part_id = s.part_id AND p.warehouse_id = s.warehouse_id)
"""


def _dead(days: int) -> dict[str, str]:
    idle = f"FILTER (WHERE idle_since <= CAST(:on AS date) - {days} AND free > 0)"
    return {f"dead_{days}_places": f"count(*) {idle}", f"dead_{days}_value": f"sum(on_hand_value) {idle}"}


_FIGURES: Final[Mapping[str, str]] = {
    "places": "count(*) FILTER (WHERE planned)",
    **{one: f"count(*) FILTER (WHERE standing = '{one}')" for one in ("short", "within", "above", "unplanned")},
    "unplanned_value": "sum(on_hand_value) FILTER (WHERE NOT planned)",
    "empty": "count(*) FILTER (WHERE empty)",
    "unpriced": "count(*) FILTER (WHERE on_hand > 0 AND unit_value = 0)",
    "on_hand": "sum(on_hand)",
    "on_hand_value": "sum(on_hand_value)",
    "target": "sum(order_up_to)",
    "target_value": "sum(target_value)",
    "missing": "sum(missing)",
    "missing_value": "sum(missing_value)",
    "excess": "sum(excess)",
    "excess_value": "sum(excess_value)",
    "surplus_places": "count(*) FILTER (WHERE surplus > 0)",
    "surplus": "sum(surplus)",
    "surplus_value": "sum(surplus_value)",
    **_dead(90),
    **_dead(180),
    **_dead(365),
    "flow": "sum(daily_mean)",
    "flow_filled": "sum(daily_mean * expected_fill)",
    "own": "sum(own_mean)",
    "own_filled": "sum(own_mean * expected_fill)",
    "asked": "sum(asked)",
    "filled": "sum(filled)",
    "overridden_places": "count(*) FILTER (WHERE overridden)",
    "overridden_empty": "count(*) FILTER (WHERE overridden AND empty)",
    "overridden_on_hand_value": "sum(on_hand_value) FILTER (WHERE overridden AND planned)",
    "overridden_target_value": "sum(target_value) FILTER (WHERE overridden)",
    "overridden_flow": "sum(daily_mean) FILTER (WHERE overridden)",
    "overridden_flow_filled": "sum(daily_mean * expected_fill) FILTER (WHERE overridden)",
    "overridden_asked": "sum(asked) FILTER (WHERE overridden)",
    "overridden_filled": "sum(filled) FILTER (WHERE overridden)",
}
assert {*_FIGURES, "asked_value", "warehouse_id", "division_id"} == {
    one.name for one in PlanningFigure.__table__.columns
}, "every figure is worked out"
_SUM_FIGURES = f"""
    INSERT INTO planning_figure (warehouse_id, division_id, asked_value, {", ".join(_FIGURES)})
    SELECT warehouse_id, division_id, coalesce(asked.value, 0), {", ".join(f"coalesce(f.{one}, 0)" for one in _FIGURES)}
    FROM (
        SELECT warehouse_id, division_id, {", ".join(f"{how} AS {one}" for one, how in _FIGURES.items())}
        FROM figure_place GROUP BY warehouse_id, division_id
    ) f FULL JOIN (
        SELECT warehouse_id, division_id, sum(quantity * unit_value) AS value
        FROM figure_asked JOIN figure_price USING (part_id) GROUP BY warehouse_id, division_id
    ) asked USING (warehouse_id, division_id)
    ORDER BY warehouse_id, division_id
"""  # noqa: S608

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
_COUNT_ASKED = """
    WITH due AS (
        SELECT DISTINCT month FROM forecast_month WHERE month < :month AND (asked IS NULL OR month >= :late_from)
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
        FULL JOIN asked a USING (month, part_id)
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
    """Fold what stands on a day into the figures of the planners' cockpit; reads much, so the caller allows it time.

    Whoever calls opens the transaction, which should hold no lock that others wait for.
    """
    figures = {**_parameters(session, on=on), "on": on, "at": at}
    session.execute(_MUCH_MEMORY)
    for name in reversed(_TEMPORARY):
        session.execute(text(f"DROP TABLE IF EXISTS {name}"))
    for name, statement in zip(_TEMPORARY, (_PRICES, _FOLLOWS, _ASKED, _SERVED, _PLACES), strict=True):
        session.execute(text(statement), figures)
        session.execute(text(f"ANALYZE {name}"))
    for statement in (_DROP_PLACES, _MERGE_PLACES, "DELETE FROM planning_figure", _SUM_FIGURES, _ADD_STOCK_MONTH):
        session.execute(text(statement), figures)
    for statement in (_KEEP_FORECASTS, _COUNT_ASKED, _NOTE_FOLD):
        session.execute(text(statement), figures)


def _parameters(session: Session, *, on: date) -> dict[str, Any]:
    """What the statements ask for: rates, replaced numbers, the margin of surplus, and the days they look back to."""
    rates = procurement.rates_on(session, on)
    replaced = demand.read_successors(session, on=on)
    stands_for = read_stands_for(session, replaced, on=on)
    month = on.replace(day=1)
    return {
        "currencies": list(rates),
        "rates": [str(rate) for rate in rates.values()],
        "old": list(replaced),
        "new": [one.part_id for one in replaced.values()],
        "ratio": [one.ratio for one in replaced.values()],
        "stock": [old in stands_for for old in replaced],
        "margin": session.scalar(text("SELECT surplus_margin FROM planning_setting")),
        "year_ago": on - timedelta(days=YEAR_DAYS),
        "since": on - timedelta(days=FILL_DAYS),
        "month": month,
        "days": (_months_on(month, 1) - month).days,
        "late_from": _months_on(month, -LATE_MONTHS),
    }


def _months_on(month: date, months: int) -> date:
    counted = month.year * 12 + month.month - 1 + months
    return date(counted // 12, counted % 12 + 1, 1)
