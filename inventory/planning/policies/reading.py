"""Reading the policy book: few statements, columns by COPY, whatever the number of parts, lanes and overrides."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from inventory.planning.columns import read_columns
from inventory.planning.policies.book import (
    ABC,
    CRITICALITIES,
    MEASURES,
    TIERS,
    XYZ,
    Ids,
    Lanes,
    Overrides,
    Parts,
    Places,
    PolicyBook,
    Rule,
    Settings,
    cells_of_parts,
    rows_of,
    tabulate,
)
from inventory.planning.policies.classing import PHASES, Codes, Reals
from inventory.planning.policies.models import PlanningPolicy, PlanningSetting
from inventory.planning.policies.resolving import LeadTimeOrigin

NO_DAY: Final = -(2**31)


def _code(expression: str, words: Sequence[str], default: str) -> str:
    """The SQL for the place of a word in its enum, counted from 0."""
    branches = " ".join(f"WHEN '{word}' THEN {place}" for place, word in enumerate(words))
    return f"CASE {expression} {branches} ELSE {default} END"


# Of several suppliers the first by priority counts; its spread, while it is not learned, is that of its tier pair.
_PARTS = f"""
    SELECT part.id, part.division_id, {_code("plan.criticality", CRITICALITIES, "1")} AS criticality,
           {_code("plan.phase", PHASES, "1")} AS phase, {_code("plan.abc", ABC, "3")} AS abc,
           {_code("plan.xyz", XYZ, "3")} AS xyz, coalesce(plan.pack_size, 1) AS pack_size,
           coalesce(plan.supported_until_on - date '1970-01-01', {NO_DAY}) AS supported_until,
           coalesce(CASE WHEN source.learned_receipts >= setting.lane_shipments_min THEN source.learned_days_mean
                         ELSE source.lead_time_days END, 'NaN') AS supplier_days,
           coalesce(CASE WHEN source.learned_receipts >= setting.lane_shipments_min
                         THEN source.learned_days_sd * source.learned_days_sd
                         ELSE power(source.lead_time_days * usual.sd_days / usual.days, 2) END, 'NaN')
               AS supplier_variance
    FROM part
    LEFT JOIN part_plan AS plan ON plan.part_id = part.id
    CROSS JOIN planning_setting AS setting
    JOIN tier_lead_time AS usual ON usual.from_tier IS NULL AND usual.to_tier = 'central'
    LEFT JOIN (SELECT DISTINCT ON (part_id) * FROM supplier_part WHERE active ORDER BY part_id, priority, id) AS source
           ON source.part_id = part.id
    WHERE CAST(%(parts)s AS bigint[]) IS NULL OR part.id = ANY (CAST(%(parts)s AS bigint[]))
    ORDER BY part.id
"""  # noqa: S608 -- words of our own enums
_PLACES = f"""
    SELECT id, {_code("tier", TIERS, "NULL")} AS tier, coalesce(parent_id, -1) AS parent FROM warehouse ORDER BY id
"""  # noqa: S608
_LANES = """
    SELECT source_id, destination_id, shipments >= lane_shipments_min AS learned,
           CASE WHEN shipments >= lane_shipments_min THEN learned_days ELSE days END AS days,
           CASE WHEN shipments >= lane_shipments_min THEN learned_sd_days ELSE sd_days END AS sd_days
    FROM lane_lead_time CROSS JOIN planning_setting WHERE shipments >= lane_shipments_min OR days IS NOT NULL
"""
_LANE_COLUMNS = f"""
    SELECT source_id, destination_id, days, sd_days,
           CASE WHEN learned THEN {LeadTimeOrigin.LEARNED} ELSE {LeadTimeOrigin.STATED} END AS origin
    FROM ({_LANES}) AS lane ORDER BY source_id, destination_id
"""  # noqa: S608
_TIER_LEAD_TIMES = text("SELECT from_tier, to_tier, days, sd_days FROM tier_lead_time")
_OVERRIDES = f"""
    SELECT id, part_id, warehouse_id, coalesce(CAST(stocked AS int), -1) AS stocked, coalesce(minimum, -1) AS minimum,
           coalesce(maximum, -1) AS maximum, coalesce(safety_stock, -1) AS safety_stock,
           {_code("measure", MEASURES, "-1")} AS measure, coalesce(target, 0) AS target,
           coalesce(lead_time_days, 'NaN') AS days, coalesce(lead_time_sd_days, 'NaN') AS sd_days,
           expires_on - date '1970-01-01' AS last_on
    FROM place_override
    WHERE lifted_at IS NULL AND expires_on >= %(on)s
      AND (CAST(%(parts)s AS bigint[]) IS NULL OR part_id = ANY (CAST(%(parts)s AS bigint[])))
    ORDER BY part_id, warehouse_id
"""  # noqa: S608


def read_policy_book(session: Session, *, on: date, part_ids: Sequence[int] | None = None) -> PolicyBook:
    """Read all that policies say on a day, for every part or for those named.

    For one picture of everything give a session of one snapshot. Some 60,000 parts and 5,300 warehouses take
    a fifth of a second; what it holds is a few megabytes.
    """
    parameters = {"on": on, "parts": None if part_ids is None else list(part_ids)}
    divisions = np.array(session.scalars(text("SELECT id FROM division ORDER BY id")).all(), dtype=np.int64)
    lanes_of_tiers = _read_tier_lead_times(session)
    parts = _read_parts(session, divisions, parameters)
    ids, tier, parent = _read_warehouses(session)
    lanes = _read_lanes(session, ids, *lanes_of_tiers)
    return PolicyBook(
        settings=get_settings(session),
        rules=tabulate(_read_rules(session, divisions), divisions=len(divisions)),
        parts=parts,
        places=_places(ids, tier, parent, lanes),
        overrides=_read_overrides(session, parts.ids, ids, parameters),
        lanes=lanes,
    )


def get_settings(session: Session) -> Settings:
    """The figures that hold for all planning."""
    row = session.get_one(PlanningSetting, 1)
    currency: str = session.execute(text("SELECT code FROM currency WHERE is_base")).scalar_one()
    return Settings(
        currency=currency,
        holding_rate_per_year=float(row.holding_rate_per_year),
        a_share=float(row.a_share),
        b_share=float(row.b_share),
        x_variation=float(row.x_variation),
        y_variation=float(row.y_variation),
        band=float(row.band),
        class_months=row.class_months,
        lane_shipments_min=row.lane_shipments_min,
        surplus_margin=float(row.surplus_margin),
        surplus_days=row.surplus_days,
        move_cost=float(row.move_cost),
        order_cost=float(row.order_cost),
    )


def _read_rules(session: Session, divisions: Ids) -> list[Rule]:
    query = select(PlanningPolicy).where(PlanningPolicy.ended_at.is_(None)).order_by(PlanningPolicy.id)
    places = {int(id): place for place, id in enumerate(divisions)}
    return [_rule(row, places) for row in session.scalars(query)]


def _rule(row: PlanningPolicy, divisions: dict[int, int]) -> Rule:
    return Rule(
        id=row.id,
        tier=TIERS.index(row.tier),
        division=None if row.division_id is None else divisions[row.division_id],
        criticality=None if row.criticality is None else CRITICALITIES.index(row.criticality),
        abc=None if row.abc is None else ABC.index(row.abc),
        xyz=None if row.xyz is None else XYZ.index(row.xyz),
        service=None if row.measure is None or row.target is None else (MEASURES.index(row.measure), float(row.target)),
        review=row.review_days,
        stocking=None
        if row.window_months is None or row.stock_hits is None or row.drop_hits is None
        else (row.window_months, row.stock_hits, row.drop_hits),
        urgent=row.urgent,
        release=None
        if row.release_value_max is None or row.release_quantity_max is None
        else (float(row.release_value_max), row.release_quantity_max),
    )


def _read_parts(session: Session, divisions: Ids, parameters: dict[str, Any]) -> Parts:
    whole = dict.fromkeys(("criticality", "phase", "abc", "xyz"), "smallint")
    whole |= {"pack_size": "integer", "supported_until": "integer"}
    real = dict.fromkeys(("supplier_days", "supplier_variance"), "double precision")
    read = read_columns(session, _PARTS, parameters, id="bigint", division_id="bigint", **whole, **real)
    criticality, phase, abc, xyz = (read[name].astype(np.int8) for name in ("criticality", "phase", "abc", "xyz"))
    until = read["supported_until"].astype("datetime64[D]")
    until[read["supported_until"] == NO_DAY] = np.datetime64("NaT")
    return Parts(
        ids=read["id"],
        cell=cells_of_parts(rows_of(divisions, read["division_id"]), criticality, abc, xyz),
        criticality=criticality,
        phase=phase,
        abc=abc,
        xyz=xyz,
        pack_size=read["pack_size"],
        supported_until=until,
        supplier_days=read["supplier_days"],
        supplier_variance=read["supplier_variance"],
    )


def _read_warehouses(session: Session) -> tuple[Ids, Codes, NDArray[np.int32]]:
    """Ids, tiers, and the rows of the parents, -1 at a root."""
    read = read_columns(session, _PLACES, id="bigint", tier="smallint", parent="bigint")
    parent = np.full(len(read["id"]), -1, dtype=np.int32)
    below = read["parent"] >= 0
    parent[below] = rows_of(read["id"], read["parent"][below])
    return read["id"], read["tier"].astype(np.int8), parent


def _read_tier_lead_times(session: Session) -> tuple[Reals, Reals]:
    """Mean and variance by pair of tiers; the last row is from suppliers."""
    days = np.full((len(TIERS) + 1, len(TIERS)), np.nan)
    variance = days.copy()
    for row in session.execute(_TIER_LEAD_TIMES):
        pair = len(TIERS) if row.from_tier is None else TIERS.index(row.from_tier), TIERS.index(row.to_tier)
        days[pair], variance[pair] = float(row.days), float(row.sd_days) ** 2
    assert not np.isnan(days).any(), "every pair of tiers has its lead time"
    return days, variance


def _read_lanes(session: Session, ids: Ids, tier_days: Reals, tier_variance: Reals) -> Lanes:
    read = read_columns(
        session,
        _LANE_COLUMNS,
        source_id="bigint",
        destination_id="bigint",
        days="double precision",
        sd_days="double precision",
        origin="smallint",
    )
    source = rows_of(ids, read["source_id"]).astype(np.int64)
    return Lanes(
        tier_days=tier_days,
        tier_variance=tier_variance,
        key=source * len(ids) + rows_of(ids, read["destination_id"]),
        days=read["days"],
        variance=read["sd_days"] ** 2,
        origin=read["origin"].astype(np.int8),
    )


def _places(ids: Ids, tier: Codes, parent: NDArray[np.int32], lanes: Lanes) -> Places:
    """Give every warehouse the lead time of its replenishment lane."""
    above = np.where(parent < 0, len(TIERS), tier[parent])  # the last row of the tier pairs is from suppliers
    days, variance = lanes.tier_days[above, tier], lanes.tier_variance[above, tier]
    origin = np.full(len(ids), LeadTimeOrigin.TIERS, dtype=np.int8)
    source, destination = np.divmod(lanes.key, max(len(ids), 1))
    own = np.flatnonzero(parent[destination] == source)
    days[destination[own]], variance[destination[own]] = lanes.days[own], lanes.variance[own]
    origin[destination[own]] = lanes.origin[own]
    return Places(ids=ids, tier=tier, parent=parent, days=days, variance=variance, origin=origin)


def _read_overrides(session: Session, part_ids: Ids, warehouse_ids: Ids, parameters: dict[str, Any]) -> Overrides:
    whole = dict.fromkeys(("stocked", "measure"), "smallint")
    whole |= dict.fromkeys(("minimum", "maximum", "safety_stock", "last_on"), "integer")
    real = dict.fromkeys(("target", "days", "sd_days"), "double precision")
    names = {"id": "bigint", "part_id": "bigint", "warehouse_id": "bigint"}
    read = read_columns(session, _OVERRIDES, parameters, **names, **whole, **real)
    part = rows_of(part_ids, read["part_id"]).astype(np.int64)
    return Overrides(
        ids=read["id"],
        key=part * len(warehouse_ids) + rows_of(warehouse_ids, read["warehouse_id"]),
        last_on=read["last_on"].astype("datetime64[D]"),
        stocked=read["stocked"].astype(np.int8),
        minimum=read["minimum"],
        maximum=read["maximum"],
        safety_stock=read["safety_stock"],
        measure=read["measure"].astype(np.int8),
        target=read["target"],
        days=read["days"],
        sd_days=read["sd_days"],
    )
