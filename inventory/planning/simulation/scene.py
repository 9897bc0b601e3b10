"""What a simulation begins with, and what may be tried on it. Pure."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Final

import numpy as np

from inventory.catalogue import BaseUnit
from inventory.planning import policies
from inventory.planning.days.asking import Replayed
from inventory.planning.demand import FittedUnits, History
from inventory.planning.policies import ABC, MEASURES, TIERS, PlacePolicies, PolicyBook, ServiceMeasure
from inventory.planning.replenishment.arrays import Ids
from inventory.planning.replenishment.buying import Sellers
from inventory.planning.replenishment.layout import Layout
from inventory.planning.replenishment.planning import Standing
from inventory.planning.simulation.measuring import Groups

UNITS: Final = tuple(BaseUnit)


@dataclass(frozen=True, slots=True)
class Scene:
    """The part-places of some parts, what was asked for there, and what is wanted of them.

    Shapes: `part_ids` (parts,), ascending, like `sellers`, and `unit`, the place of each part's base unit in UNITS;
    `layout` (n,). `history` holds the whole months before the
    month of `start`, `asked` the days since then, and those after `start` that may be replayed; `fitted` the appliances
    in use over the months of the matrix of `start`; `standing` the levels that stand as it begins.
    """

    start: date
    part_ids: Ids
    unit: Ids
    layout: Layout
    book: PolicyBook
    sellers: Sellers
    history: History
    fitted: FittedUnits
    standing: Standing
    asked: Replayed

    def fitted_on(self, on: date, part_ids: Ids) -> FittedUnits:
        """The appliances in use before a later day, as far as they were counted before the start."""
        later = (on.year - self.start.year) * 12 + on.month - self.start.month
        chosen = np.isin(self.fitted.part_ids, part_ids)
        units = self.fitted.units[chosen]
        later = min(later, units.shape[1])
        known = np.concatenate([units[:, later:], np.repeat(units[:, -1:], later, axis=1)], axis=1)
        return FittedUnits(self.fitted.part_ids[chosen], self.fitted.warehouse_ids[chosen], known)

    def book_on(self, on: date) -> PolicyBook:
        """What is wanted on a day: what holds on the day of reading, less the overrides whose last day is over."""
        return replace(self.book, overrides=self.book.overrides.on(on))

    def wanted(self, book: PolicyBook | None = None) -> PlacePolicies:
        """The policies of the places, by the scene's book unless another is told. Shapes: (n,)."""
        return policies.resolve(book or self.book, self.layout.part_ids, self.layout.warehouse_ids)

    def groups(self) -> Groups:
        """The places by tier and by the ABC class of their part; the last class is that of parts without one."""
        tier = self.book.places.tier[self.layout.place]
        abc = self.book.parts.abc[self.wanted().part]
        unit = self.unit[np.searchsorted(self.part_ids, self.layout.part_ids)]
        return Groups(
            tiers=tuple(str(one) for one in TIERS),
            classes=(*(str(one) for one in ABC), "-"),
            units=tuple(str(one) for one in UNITS),
            tier=tier.astype(np.int64),
            abc=abc.astype(np.int64),
            unit=unit,
        )


def aiming_at(scene: Scene, fill: float) -> Scene:
    """The scene with one fill rate asked of every class at every tier; what overrides ask for stays.

    Units: a share of demand, between 0 and 1.
    """
    rules = scene.book.rules
    measure = np.full_like(rules.measure, MEASURES.index(ServiceMeasure.FILL_RATE))
    tried = replace(rules, measure=measure, target=np.full_like(rules.target, fill))
    return replace(scene, book=replace(scene.book, rules=tried))


def reviewed_every(scene: Scene, days: int) -> Scene:
    """The scene with lots of so many days' demand at every place."""
    rules = scene.book.rules
    return replace(
        scene, book=replace(scene.book, rules=replace(rules, review_days=np.full_like(rules.review_days, days)))
    )
