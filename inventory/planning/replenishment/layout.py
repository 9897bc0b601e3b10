"""Which part lies, or could lie, where: the part-places of a run and the place each draws from. Pure."""

from dataclasses import dataclass

import numpy as np

from inventory.planning.policies.book import Places, rows_of
from inventory.planning.replenishment.arrays import Flags, Ids, Rows


@dataclass(frozen=True, slots=True)
class Layout:
    """Part-places, those of a part standing together, what a place draws from before the place itself.

    Shapes: all (n,). `place` is the row in the policy book's places, `parent` the row here, -1 at a root.
    """

    part_ids: Ids
    warehouse_ids: Ids
    place: Rows
    parent: Rows

    def __len__(self) -> int:
        return len(self.part_ids)

    def find(self, part_ids: Ids, warehouse_ids: Ids, places: Places) -> tuple[Ids, Ids]:
        """Where part-places stand here: rows, and which of those asked for they are. Unknown ones are left out."""
        turn = _turns(places)
        mine = _key(self.part_ids, turn[self.place])
        wanted = _key(part_ids, turn[rows_of(places.ids, warehouse_ids)])
        at = np.minimum(np.searchsorted(mine, wanted), max(len(mine) - 1, 0))
        found = np.flatnonzero(mine[at] == wanted) if len(mine) else np.zeros(0, dtype=np.int64)
        return at[found], found


def lay_out(places: Places, part_ids: Ids, warehouse_ids: Ids) -> Layout:
    """Lay out part-places with all the places above them, each once.

    Shapes: part_ids and warehouse_ids (m,), in any order, repeated or not.
    Raises: KeyError for a warehouse that is not among the places.
    """
    turn = _turns(places)
    at_turn = np.argsort(turn)
    part, place = np.asarray(part_ids, dtype=np.int64), rows_of(places.ids, np.asarray(warehouse_ids, dtype=np.int64))
    tiers = [_each_once(_key(part, turn[place]))]
    while len(tiers[-1]):
        above = places.parent[at_turn[tiers[-1] & _TURN_MASK]]
        held = above >= 0
        tiers.append(_each_once(_key(tiers[-1][held] >> _TURN_BITS, turn[above[held]])))
    keys = _each_once(np.concatenate(tiers))
    part, place = keys >> _TURN_BITS, at_turn[keys & _TURN_MASK]
    above = places.parent[place]
    held = above >= 0
    parent = np.full(len(keys), -1, dtype=np.int32)
    parent[held] = np.searchsorted(keys, _key(part[held], turn[above[held]]))
    return Layout(part, places.ids[place], place.astype(np.int32), parent)


_TURN_BITS = 24
_TURN_MASK = (1 << _TURN_BITS) - 1


def _key(part_ids: Ids, turn: Ids) -> Ids:
    return (part_ids << _TURN_BITS) | turn


def _each_once(keys: Ids) -> Ids:
    """The keys in order, each once; by sorting, which for keys that are nearly all different is the fastest way."""
    keys = np.sort(keys)
    new = np.ones(len(keys), dtype=np.bool_)
    np.not_equal(keys[1:], keys[:-1], out=new[1:])
    return keys[new]


def _turns(places: Places) -> Ids:
    """The turn of each place: roots first, then what draws from them, and so on; by id among equals."""
    depth = np.zeros(len(places.ids), dtype=np.int64)
    above = places.parent
    while (above >= 0).any():
        depth += above >= 0
        above = np.where(above >= 0, places.parent[above], -1)
    turn = np.empty(len(depth), dtype=np.int64)
    turn[np.lexsort((places.ids, depth))] = np.arange(len(depth))
    return turn


def nearest_stocked(parent: Rows, stocked: Flags) -> Rows:
    """For each place the nearest one upwards that is stocked, itself included; -1 where there is none.

    Shapes: all (n,); a parent stands before its children.
    """
    rows = np.arange(len(parent), dtype=np.int32)
    found = np.where(stocked, rows, parent)
    while True:
        on = (found >= 0) & ~stocked[found]
        if not on.any():
            return found.astype(np.int32)
        found = np.where(on, parent[found], found)
