"""Where the places of some parts stand, and the sums of it by warehouse and division: the working-out. Pure.

Quantities and money are whole numbers throughout, so that pieces add up to what the whole would have given.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from inventory.planning.replenishment.proposing import value_of
from inventory.reporting.planning_figures_models import Standing
from inventory.reporting.planning_figures_reading import (
    EPOCH,
    NO_DAY,
    NO_RULE,
    STANDINGS,
    Columns,
    Flags,
    Ground,
    Ids,
    PartRows,
    Reals,
)
from inventory.reporting.planning_figures_rules import rules_of

DEAD_DAYS: Final = (90, 180, 365)
SUM_MAX: Final = 9 * 10**18
"""Beyond it the machine's whole numbers would turn over; the whole world's stock is worth less."""
PARTS_OF_MARGIN: Final = 10_000


@dataclass(frozen=True, slots=True)
class Stood:
    """The places of some parts, and what is asked for in a year by place and part.

    Shapes: all (n,), sorted by part, then warehouse; `warehouse`, `division` are rows of the ground. `columns` are
    named like those of `place_standing`, money in ten-thousandths, `standing` a place in STANDINGS, `idle_since` days
    since 1970 or NO_DAY, `policy_id` an id or NO_RULE.
    """

    part_ids: Ids
    warehouse: Ids
    division: Ids
    planned: Flags
    priced: Flags
    columns: Mapping[str, NDArray[Any]]
    target_value: Ids
    excess_value: Ids


@dataclass(frozen=True, slots=True)
class Sums:
    """The figures of warehouses and divisions, by name: whole numbers, money in ten-thousandths, or orders a day.

    Shapes: each (warehouses, divisions), `by_rule` each (rules, warehouses). `asked_value` is what each warehouse was
    asked for itself.
    """

    figures: Mapping[str, NDArray[Any]]
    by_rule: Mapping[str, NDArray[Any]]

    def plus(self, other: "Sums") -> "Sums":
        """Both together."""
        return Sums(_both(self.figures, other.figures), _both(self.by_rule, other.by_rule))


def _both(some: Mapping[str, NDArray[Any]], others: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    return {name: _added(one, others[name]) for name, one in some.items()}


def _added(one: NDArray[Any], other: NDArray[Any]) -> NDArray[Any]:
    both = one + other
    return both if one.dtype.kind == "f" else np.where(one.astype(np.float64) + other < SUM_MAX, both, SUM_MAX)


@dataclass(frozen=True, slots=True)
class _Keys:
    """Part-places as whole numbers that sort by part, then warehouse."""

    ground: Ground
    part_ids: Ids

    def of(self, part_ids: Ids, warehouse_ids: Ids) -> Ids:
        """The keys; -1 for parts that are not looked at. Shapes: all alike."""
        part, known = find(self.part_ids, part_ids)
        warehouse, _ = find(self.ground.warehouse_ids, warehouse_ids)
        return np.where(known, part * len(self.ground.warehouse_ids) + warehouse, -1)

    def followed(self, rows: Columns, *, stock_only: bool) -> tuple[Ids, Ids]:
        """The keys of rows at the parts that they count for, and how many of these one is worth."""
        followed = self.ground.followed
        at, replaced = find(followed.old, rows["part_id"])
        if stock_only:
            replaced &= followed.stock[at] if len(followed.old) else False
        part_ids, ratio = rows["part_id"].copy(), np.ones(len(at), dtype=np.int64)
        part_ids[replaced] = followed.new[at[replaced]]
        ratio[replaced] = followed.ratio[at[replaced]]
        return self.of(part_ids, rows["warehouse_id"]), ratio


def find(known: Ids, wanted: Ids) -> tuple[Ids, Flags]:
    """Where wanted numbers stand among known ones, which ascend, and whether they do. Shapes: (wanted,)."""
    if not len(known):
        return np.zeros(len(wanted), dtype=np.int64), np.zeros(len(wanted), dtype=np.bool_)
    at = np.minimum(np.searchsorted(known, wanted), len(known) - 1)
    return at, known[at] == wanted


def work_out(ground: Ground, part_ids: Ids, rows: PartRows) -> tuple[Stood, Sums]:
    """Work out where the places of some parts stand, and add it up.

    Shapes: part_ids (parts,), ascending.
    """
    keys = _Keys(ground, part_ids)
    asked_key, ratio = keys.followed(rows.asked, stock_only=False)
    mine = asked_key >= 0
    asked = asked_key[mine], rows.asked["quantity"][mine] * ratio[mine], rows.asked["last_on"][mine].astype(np.int64)
    stood = _stood(ground, keys, rows, asked[0], asked[2])
    return stood, _summed(ground, rows, stood, asked[0], asked[1])


def _stood(ground: Ground, keys: _Keys, rows: PartRows, asked_key: Ids, last_on: Ids) -> Stood:
    levels = keys.of(rows.levels["part_id"], rows.levels["warehouse_id"])
    stock, _ = keys.followed(rows.stock, stock_only=True)
    lots, _ = keys.followed(rows.lots, stock_only=True)
    places = np.unique(np.concatenate([levels, stock[stock >= 0]]))
    part, warehouse = np.divmod(places, len(ground.warehouse_ids))
    on = (ground.on - EPOCH).days

    def told(name: str) -> NDArray[Any]:
        column = np.zeros(len(places), dtype=rows.levels[name].dtype)
        column[np.searchsorted(places, levels)] = rows.levels[name]
        return column

    def summed(name: str) -> Ids:
        column = np.zeros(len(places), dtype=np.int64)
        at, there = find(places, stock)
        np.add.at(column, at[there], rows.stock[name][there])
        return column

    planned = np.isin(places, levels)
    on_hand, free, order_up_to, daily_mean = summed("on_hand"), summed("free"), told("order_up_to"), told("daily_mean")
    missing, excess = np.maximum(order_up_to - free, 0), np.maximum(free - order_up_to, 0)
    surplus = np.where(planned, np.maximum(free - _with_margin(order_up_to, ground), 0), 0)
    an_order = np.maximum(told("demand_size"), 1.0)
    unit_value = rows.values["unit_value"][part]
    overridden = np.isin(places, keys.of(rows.overridden["part_id"], rows.overridden["warehouse_id"]))
    idle = np.maximum(_oldest(places, lots, rows.lots["since"]), _latest(ground, places, asked_key, last_on))
    division, _ = find(ground.division_ids, rows.values["division_id"][part])
    columns = {
        "division_id": ground.division_ids[division],
        "tier": ground.tier[warehouse],
        "standing": _standing(planned, free, order_up_to, told("safety_stock")),
        "empty": (free == 0) & (daily_mean > 0),
        "overridden": overridden,
        "on_hand": on_hand,
        "free": free,
        "order_up_to": order_up_to,
        "missing": missing,
        "excess": excess,
        "surplus": surplus,
        "daily_mean": daily_mean,
        "flow": daily_mean / an_order,
        "own": np.maximum(daily_mean - _drawn_below(ground, keys, rows, places), 0.0) / an_order,
        "expected_fill": told("expected_fill"),
        "policy_id": _policies(ground, keys.part_ids[part], warehouse, planned),
        "on_hand_value": value_of(on_hand, unit_value),
        "missing_value": value_of(missing, unit_value),
        "surplus_value": value_of(surplus, unit_value),
        "idle_since": np.where(on_hand > 0, np.where(idle == NO_DAY, on, idle), NO_DAY),
    }
    return Stood(
        part_ids=keys.part_ids[part],
        warehouse=warehouse,
        division=division,
        planned=planned,
        priced=unit_value > 0,
        columns=columns,
        target_value=value_of(order_up_to, unit_value),
        excess_value=value_of(excess, unit_value),
    )


def _policies(ground: Ground, part_ids: Ids, warehouse: Ids, planned: Flags) -> Ids:
    """The rule that tells the service of each place; NO_RULE where none does. Shapes: all (n,)."""
    rows = np.flatnonzero(planned)
    rule, told = rules_of(ground, part_ids[rows], ground.warehouse_ids[warehouse[rows]])
    policy_ids = np.full(len(part_ids), NO_RULE, dtype=np.int64)
    policy_ids[rows[told]] = ground.rule_ids[rule[told]]
    return policy_ids


def _with_margin(order_up_to: Ids, ground: Ground) -> Ids:
    """The order-up-to level and its margin, rounded up. Shapes: (n,)."""
    share = PARTS_OF_MARGIN + int(ground.margin * PARTS_OF_MARGIN)
    return -(-order_up_to * share // PARTS_OF_MARGIN)


def _standing(planned: Flags, free: Ids, order_up_to: Ids, safety_stock: Ids) -> NDArray[np.int8]:
    short = free < np.minimum(np.maximum(safety_stock, 1), order_up_to)
    chosen = np.select(
        [~planned, free > order_up_to, short],
        [STANDINGS.index(one) for one in (Standing.UNPLANNED, Standing.ABOVE, Standing.SHORT)],
        STANDINGS.index(Standing.WITHIN),
    )
    return chosen.astype(np.int8)


def _oldest(places: Ids, lots: Ids, since: NDArray[np.int32]) -> Ids:
    """The day on which the oldest lot of each place came; NO_DAY where none is known. Shapes: (n,)."""
    unknown = np.iinfo(np.int64).max
    oldest = np.full(len(places), unknown)
    at, there = find(places, lots)
    np.minimum.at(oldest, at[there], since[there].astype(np.int64))
    return np.where(oldest == unknown, NO_DAY, oldest)


def _latest(ground: Ground, places: Ids, asked: Ids, last_on: Ids) -> Ids:
    """The day on which each place, or one below it, was asked last; NO_DAY where none was. Shapes: (n,)."""
    latest = np.full(len(places), NO_DAY, dtype=np.int64)
    part, warehouse = np.divmod(asked, len(ground.warehouse_ids))
    while len(part):
        at, there = find(places, part * len(ground.warehouse_ids) + warehouse)
        np.maximum.at(latest, at[there], last_on[there])
        above = ground.parent[warehouse]
        up = above >= 0
        part, warehouse, last_on = part[up], above[up], last_on[up]
    return latest


def _drawn_below(ground: Ground, keys: _Keys, rows: PartRows, places: Ids) -> Reals:
    """What the places below draw from each place a day. Shapes: (n,)."""
    drawing = np.flatnonzero(rows.levels["source_id"] >= 0)
    at, there = find(places, keys.of(rows.levels["part_id"][drawing], rows.levels["source_id"][drawing]))
    drawn = rows.levels["daily_mean"][drawing][there]
    return np.bincount(at[there], weights=drawn, minlength=len(places)).astype(np.float64)


def _summed(ground: Ground, rows: PartRows, stood: Stood, asked: Ids, quantity: Ids) -> Sums:
    shape = len(ground.warehouse_ids), len(ground.division_ids)
    cell = stood.warehouse * shape[1] + stood.division

    def added(values: NDArray[Any] | None = None, where: Flags | None = None) -> NDArray[Any]:
        chosen = slice(None) if where is None else np.flatnonzero(where)
        return by_cell(cell[chosen], None if values is None else values[chosen], shape)

    of, planned = stood.columns, stood.planned
    empty, overridden, value = of["empty"], of["overridden"], of["on_hand_value"]
    own_filled, on = of["own"] * of["expected_fill"], (ground.on - EPOCH).days
    figures = {
        "places": added(where=planned),
        **{one.value: added(where=of["standing"] == place) for place, one in enumerate(STANDINGS)},
        "unplanned_value": added(value, ~planned),
        "empty": added(where=empty),
        "unpriced": added(where=(of["on_hand"] > 0) & ~stood.priced),
        "on_hand_value": added(value),
        "held_places": added(where=of["on_hand"] > 0),
        "target_value": added(stood.target_value),
        "missing_value": added(of["missing_value"]),
        "short_missing_value": added(of["missing_value"], of["standing"] == STANDINGS.index(Standing.SHORT)),
        "empty_missing_value": added(of["missing_value"], empty),
        "excess_value": added(stood.excess_value),
        "surplus_places": added(where=of["surplus"] > 0),
        "surplus_value": added(of["surplus_value"]),
        "flow": added(of["flow"]),
        "flow_filled": added(of["flow"] * of["expected_fill"]),
        "own": added(of["own"]),
        "own_filled": added(own_filled),
        "overridden_places": added(where=overridden),
        "overridden_empty": added(where=overridden & empty),
        "overridden_on_hand_value": added(value, overridden & planned),
        "overridden_target_value": added(stood.target_value, overridden),
        "overridden_own": added(of["own"], overridden),
        "overridden_own_filled": added(own_filled, overridden),
    }
    for days in DEAD_DAYS:
        dead = (of["idle_since"] != NO_DAY) & (of["idle_since"] <= on - days) & (of["free"] > 0)
        figures |= {f"dead_{days}_places": added(where=dead), f"dead_{days}_value": added(value, dead)}
    part, warehouse = np.divmod(asked, shape[0])
    division, _ = find(ground.division_ids, rows.values["division_id"][part])
    worth = value_of(quantity, rows.values["unit_value"][part])
    figures["asked_value"] = by_cell(warehouse * shape[1] + division, worth, shape)
    return Sums(figures, _summed_by_rule(ground, stood))


def _summed_by_rule(ground: Ground, stood: Stood) -> dict[str, NDArray[Any]]:
    """What the places of each rule come to. Shapes: each (rules, warehouses)."""
    of = stood.columns
    rows = np.flatnonzero(of["policy_id"] != NO_RULE)
    rule, own = np.searchsorted(ground.rule_ids, of["policy_id"][rows]), of["own"][rows]
    shape = len(ground.rule_ids), len(ground.warehouse_ids)
    cell = rule * shape[1] + stood.warehouse[rows]
    return {
        "places": by_cell(cell, None, shape),
        "own": by_cell(cell, own, shape),
        "own_filled": by_cell(cell, own * of["expected_fill"][rows], shape),
    }


def by_cell(cell: Ids, values: NDArray[Any] | None, shape: tuple[int, int]) -> NDArray[Any]:
    """Add up values by cell, or count them: whole numbers exactly, at most SUM_MAX. Shapes: cell and values (rows,)."""
    size = shape[0] * shape[1]
    if values is None:
        return np.bincount(cell, minlength=size).reshape(shape)
    near = np.bincount(cell, weights=values, minlength=size).reshape(shape)
    if values.dtype.kind == "f":
        return near
    exact = np.zeros(size, dtype=np.int64)
    np.add.at(exact, cell, values)
    return np.where(near < SUM_MAX, exact.reshape(shape), SUM_MAX)
