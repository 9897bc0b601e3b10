"""Where each part-place stands: what is there and what is coming, less what is promised.

Position = on hand + in transit + on order - reserved - back-ordered. Only the maker's own stock counts. What is
earmarked for a work order counts nowhere: it is on hand and reserved. What came for the shelf and waits to be put there
counts as on hand. A back-ordered line counts at the place that would normally have served it or, where that does not
stock the part, at the nearest one above that does. Stock of a replaced part counts for the one that replaces it where
it may serve instead of it. A back-order of a replaced part counts for the one that replaces it where that may serve it,
and nothing more of the old one is on its way from a supplier; else for itself.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date

import numpy as np
from sqlalchemy import ColumnElement, or_, select, true
from sqlalchemy.orm import Session

from inventory import procurement, sourcing
from inventory.catalogue.models import UsablePart
from inventory.planning import demand
from inventory.planning.columns import read_columns
from inventory.planning.demand import Successor
from inventory.planning.policies import Places
from inventory.planning.replenishment.arrays import Flags, Ids, Rows
from inventory.planning.replenishment.layout import Layout, nearest_stocked

_BALANCES = """
    SELECT part_id, warehouse_id, on_hand, reserved FROM balance
    WHERE owner_id = (SELECT id FROM stock_owner WHERE is_default) AND (on_hand > 0 OR reserved > 0) {chosen}
"""
_COMING = f"SELECT part_id, warehouse_id, on_order, in_transit, arrived FROM ({sourcing.COMING}) AS coming {{chosen}}"  # noqa: S608
_BACK_ORDERED = """
    SELECT l.part_id, coalesce(l.preferred_source_id, r.warehouse_id) AS warehouse_id, l.back_ordered
    FROM part_request_line l JOIN part_request r ON r.id = l.request_id
    WHERE l.back_ordered > 0 AND r.purpose = 'work_order' {chosen}
"""
_FREE = """
    SELECT part_id, warehouse_id FROM balance
    WHERE owner_id = (SELECT id FROM stock_owner WHERE is_default) AND on_hand > reserved
      AND part_id = ANY(CAST(%(parts)s AS bigint[]))
"""
_OWING = """
    SELECT DISTINCT l.part_id, r.warehouse_id FROM part_request_line l JOIN part_request r ON r.id = l.request_id
    WHERE l.back_ordered > 0 AND r.purpose = 'work_order' AND l.part_id = ANY(CAST(%(parts)s AS bigint[]))
"""
_WAITING = """
    SELECT l.part_id, r.warehouse_id FROM part_request_line l JOIN part_request r ON r.id = l.request_id
    WHERE l.back_ordered > 0 AND l.part_id = ANY(CAST(%(parts)s AS bigint[]))
"""


@dataclass(frozen=True, slots=True)
class Positions:
    """Where part-places stand.

    Shapes: all (n,). Units: base units.
    """

    on_hand: Ids
    reserved: Ids
    in_transit: Ids
    on_order: Ids
    back_ordered: Ids

    @property
    def free(self) -> Ids:
        """What a place could give away now. Shapes: (n,)."""
        return np.asarray(np.maximum(self.on_hand - self.reserved, 0))

    @property
    def position(self) -> Ids:
        """What a place has and will have, less what it owes. Shapes: (n,)."""
        return self.on_hand + self.in_transit + self.on_order - self.reserved - self.back_ordered

    def at(self, rows: Ids) -> "Positions":
        """Some of the part-places, in the order given."""
        return Positions(*(getattr(self, one.name)[rows] for one in fields(self)))


@dataclass(frozen=True, slots=True)
class Books:
    """What the books say of all parts or of some: rows of quantities by part and warehouse, in no order."""

    rows: tuple[tuple[str, Mapping[str, Ids]], ...]


def read_books(session: Session, *, part_ids: Ids | None = None) -> Books:
    """Read what is on hand, reserved, coming and owed, of all parts or of some."""
    whole = {"part_id": "bigint", "warehouse_id": "bigint"}
    if part_ids is None:
        chosen = joined = ""
    else:
        joined = "AND part_id = ANY(CAST(%(parts)s AS bigint[]))"
        chosen = "WHERE part_id = ANY(CAST(%(parts)s AS bigint[]))"
    parameters = {} if part_ids is None else {"parts": part_ids.tolist()}
    quantities = ("on_hand", "reserved", "on_order", "in_transit", "arrived", "back_ordered")
    statements = (
        (_BALANCES.format(chosen=joined), quantities[:2]),
        (_COMING.format(chosen=chosen), ("on_order", "in_transit", "arrived")),
        (_BACK_ORDERED.format(chosen=joined), ("back_ordered",)),
    )
    found = []
    for statement, names in statements:
        columns = read_columns(session, statement, parameters, **whole, **dict.fromkeys(names, "bigint"))
        found += [(name, {**{key: columns[key] for key in whole}, "quantity": columns[name]}) for name in names]
    return Books((*found, *_bought(session, part_ids)))


def _bought(session: Session, part_ids: Ids | None) -> Iterator[tuple[str, Mapping[str, Ids]]]:
    """What suppliers owe, and what is about to be ordered of them: that it is still a draft changes no need."""
    lines = procurement.list_on_order(session, part_ids=None if part_ids is None else part_ids.tolist())
    rows = np.array(
        [(one.part_id, one.warehouse_id, one.not_shipped + one.pending, one.announced) for one in lines],
        dtype=np.int64,
    ).reshape(-1, 4)
    for name, column in (("on_order", 2), ("in_transit", 3)):
        yield name, {"part_id": rows[:, 0], "warehouse_id": rows[:, 1], "quantity": rows[:, column]}


@dataclass(frozen=True, slots=True)
class PartPlaces:
    """Part-places, in no order. Shapes: both (places,)."""

    part_ids: Ids
    warehouse_ids: Ids

    def and_also(self, others: "PartPlaces") -> "PartPlaces":
        """These places and others."""
        parts = np.concatenate([self.part_ids, others.part_ids])
        return PartPlaces(parts, np.concatenate([self.warehouse_ids, others.warehouse_ids]))


NOWHERE = PartPlaces(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64))


def read_free(session: Session, part_ids: Ids) -> PartPlaces:
    """Read where some parts lie free."""
    found = _read_places(session, _FREE, part_ids)
    return PartPlaces(found["part_id"], found["warehouse_id"])


def read_waiting(session: Session, part_ids: Ids) -> Mapping[str, Ids]:
    """Where an open request waits for some of the parts: part and warehouse that asked, in no order, or repeated."""
    return _read_places(session, _WAITING, part_ids)


def read_repairs_waiting(session: Session, part_ids: Ids, succession: "Succession") -> PartPlaces:
    """Read at which repair centres work orders wait for some parts, or for one that one of them is to serve."""
    found = _read_places(session, _OWING, np.union1d(part_ids, succession.replaced_by(part_ids)))
    followed = _followed(found["part_id"], succession.served_by)
    mine = np.isin(followed, part_ids)
    return PartPlaces(followed[mine], found["warehouse_id"][mine])


def _read_places(session: Session, statement: str, part_ids: Ids) -> Mapping[str, Ids]:
    return read_columns(session, statement, {"parts": part_ids.tolist()}, part_id="bigint", warehouse_id="bigint")


def waited_for_in(waiting: Mapping[str, Ids], layout: Layout, places: Places) -> Flags:
    """Which part-places of a layout somebody waits for. Shapes: the answer is (n,)."""
    waited_for = np.zeros(len(layout), dtype=np.bool_)
    at, _ = layout.find(waiting["part_id"], waiting["warehouse_id"], places)
    waited_for[at] = True
    return waited_for


def positions_in(
    books: Books,
    layout: Layout,
    places: Places,
    stands_for: Mapping[int, int],
    served_by: Mapping[int, int] | None = None,
) -> Positions:
    """Bring what the books say onto the part-places of a layout; what lies elsewhere is left out.

    `stands_for` tells of a replaced part which part its stock counts for, `served_by` which part is to serve who waits
    for it: that same one, unless told otherwise.

    Shapes: the answer's arrays are (n,), like the layout.
    """
    found = {name: np.zeros(len(layout), dtype=np.int64) for name, _ in books.rows}
    for name, rows in books.rows:
        followed = served_by if name == "back_ordered" and served_by is not None else stands_for
        at, which = layout.find(_followed(rows["part_id"], followed), rows["warehouse_id"], places)
        np.add.at(found[name], at, rows["quantity"][which])
    return Positions(
        on_hand=found["on_hand"],
        reserved=found["reserved"] - found["arrived"],
        in_transit=found["in_transit"],
        on_order=found["on_order"],
        back_ordered=found["back_ordered"],
    )


def where_stocked(positions: Positions, parent: Rows, stocked: Flags) -> Positions:
    """Let back-orders at places that do not stock the part count at the nearest one above that does, which orders.

    Shapes: all (n,), a parent before its children.
    """
    astray = np.flatnonzero((positions.back_ordered > 0) & ~stocked)
    if not len(astray):
        return positions
    serving = nearest_stocked(parent, stocked)[astray]
    astray, serving = astray[serving >= 0], serving[serving >= 0]
    back_ordered = positions.back_ordered.copy()
    np.add.at(back_ordered, serving, positions.back_ordered[astray])
    back_ordered[astray] = 0
    return replace(positions, back_ordered=back_ordered)


@dataclass(frozen=True, slots=True)
class Succession:
    """Which parts are replaced on a day; for which part their stock counts, and which is to serve who waits for them.

    Both one for one; the part that its stock counts for serves who waits for it, too.
    """

    replaced: Mapping[int, Successor]
    stands_for: Mapping[int, int]
    served_by: Mapping[int, int]

    def replaced_by(self, part_ids: Ids) -> Ids:
        """The replaced parts whose stock or back-orders count for one of these parts, ascending."""
        old, new = _as_columns(self.served_by)
        return old[np.isin(new, part_ids)]


def read_succession(session: Session, part_ids: Ids, *, on: date) -> Succession:
    """Read which parts are replaced on a day, as far as that matters for some parts.

    Shapes: part_ids (parts,).
    """
    replaced = demand.read_successors(session, on=on)
    usable = _read_usable(session, on=on)
    stands_for, served_by = _standing_for(replaced, usable), _one_for_one(replaced)
    about = set(part_ids.tolist())
    asked = [
        old for old, new in served_by.items() if old not in stands_for and (new, old) in usable and {old, new} & about
    ]
    coming = {one.part_id for one in procurement.list_on_order(session, part_ids=asked)} if asked else set()
    return Succession(
        replaced, stands_for, {**stands_for, **{old: served_by[old] for old in asked if old not in coming}}
    )


def read_stands_for(session: Session, replaced: Mapping[int, Successor], *, on: date) -> dict[int, int]:
    """Of each replaced part whose stock may serve demand for its successor, one for one: that successor's id."""
    return _standing_for(replaced, _read_usable(session, on=on))


def read_used_up_first(session: Session, *, on: date) -> set[tuple[int, int]]:
    """Which part is to be used up before which other that replaces it."""
    return _pairs(session, UsablePart.preference < 0, on=on)


def _read_usable(session: Session, *, on: date) -> set[tuple[int, int]]:
    """Which part may serve demand for which other on a day."""
    return _pairs(session, true(), on=on)


def _pairs(session: Session, chosen: ColumnElement[bool], *, on: date) -> set[tuple[int, int]]:
    usable = session.execute(
        select(UsablePart.usable_part_id, UsablePart.asked_part_id).where(
            chosen, UsablePart.valid_from <= on, or_(UsablePart.valid_to.is_(None), UsablePart.valid_to > on)
        )
    )
    return {(row[0], row[1]) for row in usable}


def _one_for_one(replaced: Mapping[int, Successor]) -> dict[int, int]:
    return {old: successor.part_id for old, successor in replaced.items() if successor.ratio == 1}


def _standing_for(replaced: Mapping[int, Successor], usable: set[tuple[int, int]]) -> dict[int, int]:
    return {old: new for old, new in _one_for_one(replaced).items() if (old, new) in usable}


def _as_columns(followed: Mapping[int, int]) -> tuple[Ids, Ids]:
    old = np.array(sorted(followed), dtype=np.int64)
    return old, np.array([followed[int(one)] for one in old], dtype=np.int64)


def _followed(part_ids: Ids, by: Mapping[int, int]) -> Ids:
    """The parts, replaced ones by those that count instead."""
    if not by:
        return part_ids
    old, new = _as_columns(by)
    at = np.minimum(np.searchsorted(old, part_ids), len(old) - 1)
    return np.where(old[at] == part_ids, new[at], part_ids)
