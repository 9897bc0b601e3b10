"""The policy book: all that policies say, as arrays, so that the policies of millions of places are looked up at once.

Codes are places in the enums, in the order in which they stand there; UNCLASSED stands for no class yet.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Final

import numpy as np
from numpy.typing import NDArray

from inventory.network.models import Tier
from inventory.planning.policies.classing import UNCLASSED, Codes, Reals
from inventory.planning.policies.models import AbcClass, Criticality, ServiceMeasure, XyzClass

TIERS: Final = tuple(Tier)
CRITICALITIES: Final = tuple(Criticality)
ABC: Final = tuple(AbcClass)
XYZ: Final = tuple(XyzClass)
MEASURES: Final = tuple(ServiceMeasure)
_CLASSES: Final = UNCLASSED + 1
_CELLS_A_DIVISION: Final = len(CRITICALITIES) * _CLASSES * _CLASSES

GROUPS: Final = ("service", "review", "stocking", "urgent", "release")
"""What a rule states or leaves to a wider one, each as a whole."""

Ids = NDArray[np.int64]
Rows = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule by class in codes; None names no characteristic, or leaves a group of values to a wider rule."""

    id: int
    tier: int
    division: int | None
    criticality: int | None
    abc: int | None
    xyz: int | None
    service: tuple[int, float] | None
    review: int | None
    stocking: tuple[int, int, int] | None
    urgent: bool | None
    release: tuple[float, int] | None

    @property
    def rank(self) -> tuple[int, ...]:
        """How particular the rule is: by how much it names; of as many, criticality before division, ABC and XYZ."""
        named = [one is not None for one in (self.criticality, self.division, self.abc, self.xyz)]
        return (sum(named), *named)


@dataclass(frozen=True, slots=True)
class RuleTable:
    """What the rules say for each cell: tier x division x criticality x ABC or none x XYZ or none.

    Shapes: `rule` (groups, cells) the id of the rule that tells; all others (cells,).
    """

    rule: Ids
    measure: Codes
    target: Reals
    review_days: NDArray[np.int16]
    window_months: NDArray[np.int16]
    stock_hits: Rows
    drop_hits: Rows
    urgent: NDArray[np.bool_]
    release_value_max: Reals
    release_quantity_max: Ids

    @property
    def divisions(self) -> int:
        """For how many divisions of the maker the table tells."""
        return int(self.rule.shape[1]) // (len(TIERS) * _CELLS_A_DIVISION)


@dataclass(frozen=True, slots=True)
class Parts:
    """Every part by id, ascending. `cell` is its place in the rule table for the first tier.

    Shapes: all (parts,). Units: `supplier_days` and `supplier_variance` in days and days squared, NaN unknown;
    `supported_until` is the last day of a last-time buy, NaT for none.
    """

    ids: Ids
    cell: Rows
    criticality: Codes
    phase: Codes
    abc: Codes
    xyz: Codes
    pack_size: Rows
    supported_until: NDArray[np.datetime64]
    supplier_days: Reals
    supplier_variance: Reals

    @property
    def division(self) -> Rows:
        """The place of each part's division among all, by id. Shapes: (parts,)."""
        return np.asarray(self.cell // _CELLS_A_DIVISION, np.int32)


@dataclass(frozen=True, slots=True)
class Places:
    """Every warehouse by id, ascending, with its replenishment lane: from its parent, or from suppliers at a root.

    Shapes: all (warehouses,). Units: days and days squared. `parent` is a row, -1 at a root.
    """

    ids: Ids
    tier: Codes
    parent: Rows
    days: Reals
    variance: Reals
    origin: Codes


@dataclass(frozen=True, slots=True)
class Overrides:
    """Overrides in force by key, ascending: the part's row times the number of warehouses plus the warehouse's row.

    Shapes: all (overrides,). -1 or NaN: not overridden. `last_on` is the last day on which it holds.
    """

    ids: Ids
    key: Ids
    last_on: NDArray[np.datetime64]
    stocked: Codes
    minimum: Rows
    maximum: Rows
    safety_stock: Rows
    measure: Codes
    target: Reals
    days: Reals
    sd_days: Reals

    def on(self, day: date) -> "Overrides":
        """Those that hold on a day."""
        kept = self.last_on >= np.datetime64(day, "D")
        return Overrides(*(getattr(self, one.name)[kept] for one in fields(self)))


@dataclass(frozen=True, slots=True)
class Lanes:
    """Lead times between any two warehouses: tier pairs, and what is known better of single pairs.

    Shapes: `tier_days`, `tier_variance` (tiers + 1, tiers), the last row from suppliers; the others (lanes,), `key`
    ascending: source row times the number of warehouses plus destination row.
    """

    tier_days: Reals
    tier_variance: Reals
    key: Ids
    days: Reals
    variance: Reals
    origin: Codes


@dataclass(frozen=True, slots=True)
class Settings:
    """The figures that hold for all planning; `currency` is the company's own. Units as in `PlanningSetting`."""

    currency: str
    holding_rate_per_year: float
    a_share: float
    b_share: float
    x_variation: float
    y_variation: float
    band: float
    class_months: int
    lane_shipments_min: int
    surplus_margin: float
    surplus_days: int
    move_cost: float
    order_cost: float = 0.0

    @property
    def order_stock(self) -> float:
        """The stock that costs as much to hold for a year as a line of a purchase order costs. Units: money."""
        return self.order_cost / self.holding_rate_per_year


@dataclass(frozen=True, slots=True)
class PolicyBook:
    """Everything that says what is wanted where. Read it by `read_policy_book`, ask it by `resolve`."""

    settings: Settings
    rules: RuleTable
    parts: Parts
    places: Places
    overrides: Overrides
    lanes: Lanes


def rows_of(ids: Ids, wanted: Ids) -> Rows:
    """The rows of ids in an ascending list.

    Raises: KeyError for an id that is not in it.
    """
    rows = np.searchsorted(ids, wanted).astype(np.int32)
    found = rows < len(ids)
    if not found.all() or not np.array_equal(ids[rows], wanted):
        known = ids[np.minimum(rows, max(len(ids) - 1, 0))] == wanted if len(ids) else np.zeros(len(wanted), np.bool_)
        raise KeyError(int(wanted[~known][0]))
    return rows


def cells_of_parts(division: Rows, criticality: Codes, abc: Codes, xyz: Codes) -> Rows:
    """The place of parts in the rule table for the first tier.

    Shapes: all (parts,).
    """
    within = (criticality.astype(np.int32) * _CLASSES + abc) * _CLASSES + xyz
    return (division * _CELLS_A_DIVISION + within).astype(np.int32)


def tabulate(rules: Sequence[Rule], *, divisions: int) -> RuleTable:
    """Work out for every cell which rule tells which group of values: the most particular that states it.

    A rule that leaves a characteristic blank holds for all of it, parts without a class included.
    """
    shape = (len(TIERS), divisions, len(CRITICALITIES), UNCLASSED + 1, UNCLASSED + 1)
    chosen = {group: np.full(shape, -1, dtype=np.int32) for group in GROUPS}
    for place, rule in sorted(enumerate(rules), key=lambda one: one[1].rank):
        named = (rule.division, rule.criticality, rule.abc, rule.xyz)
        cells = (rule.tier, *(slice(None) if one is None else one for one in named))
        for group in GROUPS:
            if getattr(rule, group) is not None:
                chosen[group][cells] = place
    flat = {group: rows.ravel() for group, rows in chosen.items()}
    assert all((rows >= 0).all() for rows in flat.values()), "the widest rule of each tier states everything"
    return _filled(rules, flat)


def _filled(rules: Sequence[Rule], chosen: dict[str, Rows]) -> RuleTable:
    ids = np.array([rule.id for rule in rules], dtype=np.int64)
    service = np.array([rule.service or (0, 0.0) for rule in rules], dtype=np.float64).reshape(-1, 2)
    stocking = np.array([rule.stocking or (0, 0, 0) for rule in rules], dtype=np.int32).reshape(-1, 3)
    release = np.array([rule.release or (0.0, 0) for rule in rules], dtype=np.float64).reshape(-1, 2)
    review = np.array([rule.review or 0 for rule in rules], dtype=np.int16)
    urgent = np.array([bool(rule.urgent) for rule in rules], dtype=np.bool_)
    return RuleTable(
        rule=np.stack([ids[chosen[group]] for group in GROUPS]),
        measure=service[chosen["service"], 0].astype(np.int8),
        target=service[chosen["service"], 1],
        review_days=review[chosen["review"]],
        window_months=stocking[chosen["stocking"], 0].astype(np.int16),
        stock_hits=stocking[chosen["stocking"], 1],
        drop_hits=stocking[chosen["stocking"], 2],
        urgent=urgent[chosen["urgent"]],
        release_value_max=release[chosen["release"], 0],
        release_quantity_max=release[chosen["release"], 1].astype(np.int64),
    )
