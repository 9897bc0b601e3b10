"""From the policy book to the policy of each of n part-places: whole arrays, no loop over places."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from inventory.db import QUANTITY_MAX
from inventory.planning.policies.book import GROUPS, TIERS, Ids, PolicyBook, Rows, rows_of
from inventory.planning.policies.classing import Codes, Reals


class LeadTimeOrigin(IntEnum):
    """Where a lead time comes from, the better word last."""

    TIERS = 0
    STATED = 1
    LEARNED = 2
    SUPPLIER = 3
    OVERRIDE = 4


@dataclass(frozen=True, slots=True)
class PlacePolicies:
    """The policies of n part-places.

    Shapes: all (n,).
    Units: days, days squared, months, demands, pieces; money in the company's own currency; `target` by `measure`: a
    fraction of demand, days of wait, money per piece short and day.

    `tier`, `measure`, `phase` and `criticality` are places in TIERS, MEASURES, PHASES and CRITICALITIES, `abc` is one
    in ABC or after its last for a part without a class. `stocked` is what an override tells: 1, 0, or -1 where the
    stocking rule decides. `minimum` is 0 and `maximum` QUANTITY_MAX where nobody set one; `safety_stock` is -1 where it
    is to be worked out. `override` is the row in the book's overrides, -1 for none; `cell` the place in its rule table.
    """

    part: Rows
    place: Rows
    tier: Codes
    cell: Rows
    override: Rows
    criticality: Codes
    abc: Codes
    phase: Codes
    pack_size: Rows
    measure: Codes
    target: Reals
    review_days: NDArray[np.int16]
    window_months: NDArray[np.int16]
    stock_hits: Rows
    drop_hits: Rows
    urgent: NDArray[np.bool_]
    release_value_max: Reals
    release_quantity_max: Ids
    lead_time_days: Reals
    lead_time_variance: Reals
    lead_time_origin: Codes
    stocked: Codes
    minimum: Rows
    maximum: Rows
    safety_stock: Rows

    def rule_of(self, book: PolicyBook, group: str) -> Ids:
        """The id of the rule that tells a group of values (GROUPS) at each place.

        Shapes: out (n,).
        """
        rules: Ids = book.rules.rule[GROUPS.index(group)][self.cell]
        return rules


def resolve(book: PolicyBook, part_ids: Ids, warehouse_ids: Ids) -> PlacePolicies:
    """Find what holds at each part-place: its rules by class, the part's own plan, its lane, and the override in force.

    Lead times: an override tells best, then at a root the part's supplier, then what shipments taught, what was
    stated for the lane, the pair of tiers. An override may tell the mean or the spread alone.

    Shapes: part_ids and warehouse_ids (n,), in any order.
    Raises: KeyError for a part or warehouse that the book does not hold.
    """
    part, place = rows_of(book.parts.ids, part_ids), rows_of(book.places.ids, warehouse_ids)
    cells_a_tier = book.rules.rule.shape[1] // len(TIERS)
    cell = (book.parts.cell[part] + book.places.tier[place] * np.int32(cells_a_tier)).astype(np.int32)
    days, variance, origin = _lead_times(book, part, place)
    n = len(part)
    policies = PlacePolicies(
        part=part,
        place=place,
        tier=book.places.tier[place],
        cell=cell,
        override=_find_overrides(book, part, place),
        criticality=book.parts.criticality[part],
        abc=book.parts.abc[part],
        phase=book.parts.phase[part],
        pack_size=book.parts.pack_size[part],
        measure=book.rules.measure[cell],
        target=book.rules.target[cell],
        review_days=book.rules.review_days[cell],
        window_months=book.rules.window_months[cell],
        stock_hits=book.rules.stock_hits[cell],
        drop_hits=book.rules.drop_hits[cell],
        urgent=book.rules.urgent[cell],
        release_value_max=book.rules.release_value_max[cell],
        release_quantity_max=book.rules.release_quantity_max[cell],
        lead_time_days=days,
        lead_time_variance=variance,
        lead_time_origin=origin,
        stocked=np.full(n, -1, dtype=np.int8),
        minimum=np.zeros(n, dtype=np.int32),
        maximum=np.full(n, QUANTITY_MAX, dtype=np.int32),
        safety_stock=np.full(n, -1, dtype=np.int32),
    )
    _override(book, policies)
    return policies


def lead_times_between(book: PolicyBook, source_ids: Ids, destination_ids: Ids) -> tuple[Reals, Reals, Codes]:
    """Mean, variance and origin of the lead time of any lanes, also those that no replenishment usually takes.

    Shapes: all (n,). Units: days, days squared. Raises: KeyError.
    """
    source, destination = rows_of(book.places.ids, source_ids), rows_of(book.places.ids, destination_ids)
    lanes, tiers = book.lanes, book.places.tier
    days = lanes.tier_days[tiers[source], tiers[destination]]
    variance = lanes.tier_variance[tiers[source], tiers[destination]]
    origin = np.full(len(days), LeadTimeOrigin.TIERS, dtype=np.int8)
    lane = _match(lanes.key, source.astype(np.int64) * len(book.places.ids) + destination)
    known = np.flatnonzero(lane >= 0)
    days[known], variance[known] = lanes.days[lane[known]], lanes.variance[lane[known]]
    origin[known] = lanes.origin[lane[known]]
    return days, variance, origin


def _lead_times(book: PolicyBook, part: Rows, place: Rows) -> tuple[Reals, Reals, Codes]:
    """From the parent's lane; at a root from the part's supplier where one is known."""
    days, variance, origin = book.places.days[place], book.places.variance[place], book.places.origin[place]
    roots = np.flatnonzero(book.places.parent[place] < 0)
    roots = roots[~np.isnan(book.parts.supplier_days[part[roots]])]
    days[roots] = book.parts.supplier_days[part[roots]]
    variance[roots] = book.parts.supplier_variance[part[roots]]
    origin[roots] = LeadTimeOrigin.SUPPLIER
    return days, variance, origin


def _find_overrides(book: PolicyBook, part: Rows, place: Rows) -> Rows:
    if not len(book.overrides.key):
        return np.full(len(part), -1, dtype=np.int32)
    return _match(book.overrides.key, part.astype(np.int64) * len(book.places.ids) + place)


def _match(keys: Ids, wanted: Ids) -> Rows:
    """The rows of the wanted keys in an ascending list; -1 where they are not in it."""
    if not len(keys):
        return np.full(len(wanted), -1, dtype=np.int32)
    rows = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1).astype(np.int32)
    rows[keys[rows] != wanted] = -1
    return rows


def _override(book: PolicyBook, policies: PlacePolicies) -> None:
    """Write what overrides tell over what the rules said, value by value."""
    told = np.flatnonzero(policies.override >= 0)
    by, row = book.overrides, policies.override[told]
    for target, values in (
        (policies.stocked, by.stocked),
        (policies.minimum, by.minimum),
        (policies.maximum, by.maximum),
        (policies.safety_stock, by.safety_stock),
    ):
        states = values[row] >= 0
        target[told[states]] = values[row[states]]
    states = by.measure[row] >= 0
    policies.measure[told[states]] = by.measure[row[states]]
    policies.target[told[states]] = by.target[row[states]]
    states = ~np.isnan(by.days[row])
    policies.lead_time_days[told[states]] = by.days[row[states]]
    policies.lead_time_origin[told[states]] = LeadTimeOrigin.OVERRIDE
    states = ~np.isnan(by.sd_days[row])
    policies.lead_time_variance[told[states]] = by.sd_days[row[states]] ** 2
