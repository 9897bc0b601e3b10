"""What each rule of service gets: what its places are expected to meet at once, and what they really met.

So that a planner sees whether a rule gets what it asks for. A place whose service an override tells counts for none.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from inventory import identity
from inventory.actor import Actor
from inventory.copying import Column, lay_in
from inventory.identity import Permission
from inventory.planning import policies
from inventory.planning.replenishment.writing import bigints, doubles
from inventory.reporting.planning_figures import share
from inventory.reporting.planning_figures_models import RuleFigure
from inventory.reporting.planning_figures_reading import Flags, Ground, Ids

_ROWS: Final = "new_rule_figure"
_SUMMED: Final = tuple(one.name for one in RuleFigure.__table__.columns)
_KEEP = text(f"INSERT INTO rule_figure ({', '.join(_SUMMED)}) SELECT {', '.join(_SUMMED)} FROM {_ROWS}")  # noqa: S608


@dataclass(frozen=True, slots=True)
class RuleFigures:
    """The places whose service a rule tells. Units: part-places, orders a day of end demand, lines of FILL_DAYS."""

    places: int = 0
    own: float = 0.0
    own_filled: float = 0.0
    asked: int = 0
    filled: int = 0

    @property
    def expected_fill(self) -> float | None:
        """The share of end demand that is expected to be met at once; None where none arises."""
        return share(self.own_filled, self.own)

    @property
    def realised_fill(self) -> float | None:
        """The share of lines that really was; None where nothing was asked for."""
        return share(self.filled, self.asked)


def rules_of(ground: Ground, part_ids: Ids, warehouse_ids: Ids) -> tuple[Ids, Flags]:
    """The rule, as a place in `ground.rule_ids`, that tells the service of each place; and whether one does.

    Shapes: all (n,).
    """
    book = ground.book
    resolved = policies.resolve(book, part_ids, warehouse_ids)
    overridden = resolved.override >= 0
    overridden[overridden] = book.overrides.measure[resolved.override[overridden]] >= 0
    return np.searchsorted(ground.rule_ids, resolved.rule_of(book, "service")), ~overridden


def write_rules(session: Session, ground: Ground, by_rule: Mapping[str, NDArray[Any]]) -> None:
    """Write the figures of all rules in place of those that stand.

    Shapes: by_rule each (rules, warehouses).
    """
    rule, warehouse = np.nonzero(by_rule["places"])
    columns: dict[str, Column] = {
        "policy_id": bigints(ground.rule_ids[rule]),
        "warehouse_id": bigints(ground.warehouse_ids[warehouse]),
    }
    for name, column in by_rule.items():
        chosen = column[rule, warehouse]
        columns[name] = doubles(chosen) if chosen.dtype.kind == "f" else bigints(chosen)
    session.execute(text("DELETE FROM rule_figure"))
    if len(rule):
        lay_in(session, _ROWS, like=RuleFigure.__tablename__, columns=columns)
        session.execute(_KEEP)


def read_rule_figures(session: Session, policy_ids: Sequence[int], *, by: Actor) -> dict[int, RuleFigures]:
    """What rules get within reach, as of the last fold, by rule; those that tell no place's service are left out.

    Raises: NotPermitted.
    """
    by.require(Permission.SEE_POLICIES)
    names = ("places", "own", "own_filled", "asked", "filled")
    sums = [func.sum(RuleFigure.__table__.columns[name]) for name in names]
    rows = session.execute(
        select(RuleFigure.policy_id, *sums)
        .where(
            RuleFigure.policy_id.in_(policy_ids),
            identity.covers(by, Permission.SEE_POLICIES, RuleFigure.warehouse_id),
        )
        .group_by(RuleFigure.policy_id)
    )
    return {
        id: RuleFigures(int(places), own, own_filled, int(asked), int(filled))
        for id, places, own, own_filled, asked, filled in rows
    }
