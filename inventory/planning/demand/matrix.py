"""Demand as a matrix: series of a part at a warehouse by months, as forecasts take it.

    read_matrix(session, on=..., months=60)                     what each warehouse needed: drives all tiers together
    read_matrix(session, on=..., months=60, view=View.SOURCE)   what was asked of its first choice: direct demand

A run plans from needs alone: what a place is going to need that does not stock the part is asked of the first place
above it that does, its first-choice source if that does. So what a source is planned to be asked directly is what the
view by source tells of it, less what those below it ask that stock the part, and what it needs itself. History keeps
the source of its day; what will be asked goes by the network of today.

Rows by day are summed up into months; marked months count as their marks say; what was asked of replaced numbers counts
for those that replace them, by the links valid on the day of planning. Reading some of the parts gives the very rows
that reading all of them gives for these.

A series begins in the first month for which needs of its warehouse are known, but not before its part (or one that it
replaces) was first asked for anywhere. Months before that are NaN, later ones without a request are 0.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from inventory.network.models import Warehouse
from inventory.planning.demand.models import DemandBeginning, DemandMark
from inventory.planning.demand.reading import Asked, Ids, read_asked, read_base_changes
from inventory.planning.demand.rolling_over import Successor, read_successors

BLOCK_SERIES = 65_536
_WAREHOUSE_BITS = 32


class View(StrEnum):
    """At which end demand counts: at the warehouse that needed it, or at the one that would normally have served it."""

    NEED = "need"
    SOURCE = "source"


@dataclass(frozen=True, slots=True)
class DemandMatrix:
    """Demand by series and month, series sorted by part, then warehouse.

    Shapes: part_ids and warehouse_ids are (series,), months is (months,), oldest first; quantity is (series, months).
    Units: base units of the part a month; NaN before a series begins.
    """

    part_ids: Ids
    warehouse_ids: Ids
    months: NDArray[np.datetime64]
    quantity: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class History:
    """What was asked for, as it counts for planning: from it the matrix of any later month is laid out.

    Shapes: `warehouses`, ascending, and `begins` are (warehouses,): the month since which the needs of each are known.
    """

    asked: Asked
    view: View
    warehouses: Ids
    begins: NDArray[np.int32]

    def followed_by(self, asked: Asked) -> "History":
        """The history with what was asked for later."""
        longer = (np.concatenate([getattr(one, field.name) for one in (self.asked, asked)]) for field in fields(Asked))
        return replace(self, asked=Asked(*longer))

    def known_on(self, on: date) -> "History":
        """What was known of it on an earlier day: what was asked for in the whole months before that."""
        before = self.asked.month < int(np.datetime64(on, "M").astype(int))
        return replace(self, asked=Asked(*(getattr(self.asked, field.name)[before] for field in fields(Asked))))


def read_matrix(
    session: Session,
    *,
    on: date,
    months: int,
    view: View = View.NEED,
    part_ids: Sequence[int] | None = None,
    replaced: Mapping[int, Successor] | None = None,
) -> DemandMatrix:
    """Read the last whole months before a day: every series to which anything was asked in them.

    Of some parts, given by id, only their series, with what was asked of the numbers that they replace. `replaced` are
    the successors of the day, where they were read before.
    """
    history = read_history(session, on=on, view=view, part_ids=part_ids, replaced=replaced)
    return lay_in_months(history, on=on, months=months, part_ids=part_ids)


def read_history(
    session: Session,
    *,
    on: date,
    view: View = View.NEED,
    part_ids: Sequence[int] | None = None,
    replaced: Mapping[int, Successor] | None = None,
) -> History:
    """Read what was asked for in the whole months before a day, of all parts or of some."""
    replaced = read_successors(session, on=on) if replaced is None else replaced
    wanted = None if part_ids is None else _with_replaced(part_ids, replaced)
    asked = read_asked(session, until=np.datetime64(on, "M").astype("datetime64[D]"), part_ids=wanted)
    asked = _rolled_over(_marked(asked, session, wanted), replaced)
    return History(asked, view, *_beginnings(session, view))


def lay_in_months(history: History, *, on: date, months: int, part_ids: Sequence[int] | None = None) -> DemandMatrix:
    """Lay a history out in the last whole months before a day, for all parts or for some.

    Nothing may be asked in the history after those months.
    """
    end = np.datetime64(on, "M")
    return _matrix(history, np.arange(end - months, end), part_ids)


@dataclass(frozen=True, slots=True)
class FittedUnits:
    """How many units of parts are fitted in the appliances in use around warehouses, sorted by part, then warehouse.

    Shapes: part_ids and warehouse_ids are (places,); units is (places, months), the months of a demand matrix.
    Units: base units of the part in use at the month's end; NaN before the first count.
    """

    part_ids: Ids
    warehouse_ids: Ids
    units: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.part_ids)

    @property
    def now(self) -> NDArray[np.float32]:
        """The units in use at the end. Shapes: (places,)."""
        return self.units[:, -1]


def read_installed_base(
    session: Session,
    *,
    on: date,
    months: int,
    part_ids: Sequence[int],
    replaced: Mapping[int, Successor] | None = None,
) -> FittedUnits:
    """Read how many units of some parts were in use in the last whole months before a day.

    A count stands until the next one of its model there. Nothing is told of parts that another replaces: what they
    are asked for counts for that one.
    """
    end = np.datetime64(on, "M")
    replaced = read_successors(session, on=on) if replaced is None else replaced
    chosen = [one for one in part_ids if one not in replaced]
    changes = read_base_changes(session, until=end.astype("datetime64[D]"), part_ids=chosen)
    places, place = np.unique(_keys(changes.part, changes.warehouse), return_inverse=True)
    base = np.zeros((len(places), months), dtype=np.float32)
    known = np.full(len(places), months)
    month = np.maximum(changes.month.astype(np.int64) - (end - months).astype(int), 0)
    np.add.at(base.reshape(-1), place * months + month, changes.change.astype(np.float32))
    np.minimum.at(known, place, month)
    np.cumsum(base, axis=1, out=base)
    base[np.arange(months) < known[:, None]] = np.nan
    return FittedUnits(places >> _WAREHOUSE_BITS, places & ((1 << _WAREHOUSE_BITS) - 1), base)


def _with_replaced(part_ids: Sequence[int], replaced: Mapping[int, Successor]) -> list[int]:
    chosen = set(part_ids)
    return sorted(chosen | {old for old, successor in replaced.items() if successor.part_id in chosen})


def _marked(asked: Asked, session: Session, part_ids: Sequence[int] | None) -> Asked:
    """Let marked months count as their marks say: their rows go, one row at the normal source comes for them."""
    query = (
        select(
            DemandMark.part_id,
            DemandMark.warehouse_id,
            func.coalesce(Warehouse.parent_id, Warehouse.id),
            DemandMark.month,
            DemandMark.counts_as,
        )
        .join(Warehouse, Warehouse.id == DemandMark.warehouse_id)
        .where(DemandMark.undone_at.is_(None))
        .order_by(DemandMark.id)
    )
    if part_ids is not None:
        query = query.where(DemandMark.part_id.in_(part_ids))
    marks = session.execute(query).all()
    if not marks:
        return asked
    part, warehouse, source, quantity = (np.array([row[at] for row in marks], dtype=np.int64) for at in (0, 1, 2, 4))
    month = np.array([row[3] for row in marks], dtype="datetime64[M]").astype(np.int32)
    at_marked = np.flatnonzero(np.isin(_keys(asked.part, asked.warehouse), _keys(part, warehouse)))
    standing = set(zip(part.tolist(), warehouse.tolist(), month.tolist(), strict=True))
    kept = np.ones(len(asked.part), dtype=bool)
    kept[[
        at for at in at_marked if (int(asked.part[at]), int(asked.warehouse[at]), int(asked.month[at])) in standing
    ]] = False  # fmt: skip
    return Asked(
        part=np.r_[asked.part[kept], part],
        warehouse=np.r_[asked.warehouse[kept], warehouse],
        source=np.r_[asked.source[kept], source],
        month=np.r_[asked.month[kept], month],
        quantity=np.r_[asked.quantity[kept], quantity.astype(np.float64)],
    )


def _rolled_over(asked: Asked, replaced: Mapping[int, Successor]) -> Asked:
    """Count what was asked of replaced parts for those that replace them, in the ratio of the links."""
    if not replaced:
        return asked
    old = np.array(sorted(replaced), dtype=np.int64)
    new = np.array([replaced[int(one)].part_id for one in old], dtype=np.int64)
    ratio = np.array([replaced[int(one)].ratio for one in old], dtype=np.float64)
    at, found = _place(old, asked.part)
    part, quantity = asked.part.copy(), asked.quantity.copy()
    part[found] = new[at]
    quantity[found] *= ratio[at]
    return Asked(part, asked.warehouse, asked.source, asked.month, quantity)


def _beginnings(session: Session, view: View) -> tuple[Ids, NDArray[np.int32]]:
    """The warehouses of a view with the month in which each begins to be known."""
    at = Warehouse.id if view is View.NEED else func.coalesce(Warehouse.parent_id, Warehouse.id)
    rows = session.execute(
        select(at, func.min(DemandBeginning.first_on))
        .join(DemandBeginning, DemandBeginning.warehouse_id == Warehouse.id)
        .group_by(at)
        .order_by(at)
    ).all()
    months = np.array([row[1] for row in rows], dtype="datetime64[M]").astype(np.int32)
    return np.array([row[0] for row in rows], dtype=np.int64), months


def _matrix(history: History, window: NDArray[np.datetime64], part_ids: Sequence[int] | None) -> DemandMatrix:
    asked, first = history.asked, int(window[0].astype(int))
    keys = _keys(asked.part, asked.warehouse if history.view is View.NEED else asked.source)
    within = asked.month >= first
    if part_ids is not None:
        within &= np.isin(asked.part, np.array(part_ids, dtype=np.int64))
    series, row = np.unique(keys[within], return_inverse=True)
    quantity = np.zeros((len(series), len(window)), dtype=np.float32)
    # Flat indexes of numpy's own width, values of the target's type: anything else takes `at` ten times as long.
    month = asked.month[within].astype(np.int64) - first
    np.add.at(quantity.reshape(-1), row * len(window) + month, asked.quantity[within].astype(np.float32))
    part_of, warehouse_of = series >> _WAREHOUSE_BITS, series & ((1 << _WAREHOUSE_BITS) - 1)
    begins = np.maximum(_of_parts(asked, part_of), _of_warehouses(history, warehouse_of)) - first
    np.minimum.at(begins, row, month)
    for start in range(0, len(series), BLOCK_SERIES):
        block = slice(start, start + BLOCK_SERIES)
        quantity[block][np.arange(len(window)) < begins[block, None]] = np.nan
    return DemandMatrix(part_of, warehouse_of, window, quantity)


def _of_parts(asked: Asked, part_of: Ids) -> NDArray[np.int64]:
    """The month in which each part was first asked for anywhere.

    Shapes: part_of and the answer are (series,).
    """
    begins = np.full(int(asked.part.max(initial=0)) + 1, np.iinfo(np.int64).max)
    np.minimum.at(begins, asked.part, asked.month.astype(np.int64))
    found: NDArray[np.int64] = begins[part_of]
    return found


def _of_warehouses(history: History, warehouse_of: Ids) -> NDArray[np.int64]:
    """The month since which each warehouse's needs are known; what nothing is known of bounds nothing.

    Shapes: warehouse_of and the answer are (series,).
    """
    begins = np.zeros(len(warehouse_of), dtype=np.int64)
    at, found = _place(history.warehouses, warehouse_of)
    begins[found] = history.begins[at]
    return begins


def _keys(part: Ids, warehouse: Ids) -> Ids:
    """Part and warehouse in one number that sorts by part, then warehouse."""
    return (part << _WAREHOUSE_BITS) | warehouse


def _place(known: Ids, wanted: Ids) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where wanted keys stand among known ones, which are sorted: places, and the indexes of those that are there."""
    at = np.searchsorted(known, wanted)
    at[at == len(known)] = 0
    found = np.flatnonzero(known[at] == wanted) if len(known) else np.zeros(0, dtype=np.int64)
    return at[found], found
