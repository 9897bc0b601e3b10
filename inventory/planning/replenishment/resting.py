"""What somebody turned down rests: it is not proposed again unchanged the next morning.

It stays down for a week, until clearly more is wanted (the position fell or the levels rose) or more repairs wait for
it than when it was turned down. What is proposed after it tells who turned it down, and why.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from inventory.planning.columns import read_columns
from inventory.planning.policies import Places
from inventory.planning.replenishment.arrays import Flags, Ids
from inventory.planning.replenishment.layout import Layout
from inventory.planning.replenishment.models import ProposalKind

Kinds = NDArray[np.integer[Any]]
KINDS: Final = tuple(ProposalKind)
REST: Final = timedelta(days=7)
TOLD: Final = timedelta(days=90)
"""What was turned down longer ago is told of no more."""
WORSE: Final = 1.25
"""So many times what was wanted is clearly more."""
NONE: Final = -1


@dataclass(frozen=True, slots=True)
class TurnedDown:
    """What was turned down and not proposed again since, by place and kind.

    Shapes: all (turned down,), key ascending. Units: `key` a row of the layout and a place in KINDS as one number;
    `wanted` and `waited_for` in base units. `lately`: it rests; `due`: it had fallen due when it was turned down.
    """

    key: Ids
    id: Ids
    wanted: Ids
    waited_for: Ids
    lately: Flags
    due: Flags

    def rest(self, rows: Ids, kind: Kinds, *, wanted: Ids, waited_for: Ids) -> Flags:
        """Whether what would be proposed rests: due then as now, no clearly more wanted, no more repairs waiting.

        Shapes: all (asked,).
        """
        at, known = self._find(rows, kind)
        enough = np.maximum(np.ceil(self.wanted[at] * WORSE), self.wanted[at] + 1)
        calm = (wanted < enough) & (waited_for <= self.waited_for[at])
        return np.asarray(known & self.lately[at] & self.due[at] & calm, dtype=np.bool_)

    def rest_ahead(self, rows: Ids, kind: Kinds) -> Flags:
        """Whether what falls due soon rests: until it is due. Shapes: all (asked,)."""
        at, known = self._find(rows, kind)
        return np.asarray(known & self.lately[at], dtype=np.bool_)

    def told(self, rows: Ids, kind: Kinds) -> Ids:
        """The proposal that was turned down before, NONE where there is none. Shapes: all (asked,)."""
        at, known = self._find(rows, kind)
        return np.where(known, self.id[at], NONE)

    def _find(self, rows: Ids, kind: Kinds) -> tuple[Ids, Flags]:
        key = rows.astype(np.int64) * len(KINDS) + kind
        at = np.minimum(np.searchsorted(self.key, key), len(self.key) - 1)
        return at, self.key[at] == key


_FLAGS = np.zeros(1, dtype=np.bool_)
_IDS = np.full(1, NONE, dtype=np.int64)
NOTHING_TURNED_DOWN: Final = TurnedDown(_IDS, _IDS, _IDS, _IDS, _FLAGS, _FLAGS)


def read_turned_down(session: Session, part_ids: Ids, layout: Layout, places: Places, *, at: datetime) -> TurnedDown:
    """Read what was turned down of some parts and not proposed again since. Shapes: part_ids (parts,)."""
    kinds = " ".join(f"WHEN '{kind.value}' THEN {code}" for code, kind in enumerate(KINDS))
    found = read_columns(
        session,
        f"""
        SELECT DISTINCT ON (part_id, place_id, kind) id, part_id, place_id, CASE kind {kinds} END AS kind, waited_for,
               CASE WHEN kind = 'excess_return' THEN quantity
                    ELSE order_up_to - (on_hand + in_transit + on_order - reserved - back_ordered - owed) END AS wanted,
               CAST(decided_at > %(rests)s AS int) AS lately, CAST(needed > 0 AS int) AS due
        FROM proposal p
        WHERE status = 'rejected' AND part_id = ANY(CAST(%(parts)s AS bigint[])) AND decided_at > %(told)s
          AND NOT EXISTS (SELECT FROM proposal later WHERE later.turned_down_id = p.id)
        ORDER BY part_id, place_id, kind, id DESC
        """,  # noqa: S608
        {"parts": part_ids.tolist(), "rests": at - REST, "told": at - TOLD},
        **dict.fromkeys(("id", "part_id", "place_id", "kind", "waited_for", "wanted", "lately", "due"), "bigint"),
    )
    rows, which = layout.find(found["part_id"], found["place_id"], places)
    if not len(rows):
        return NOTHING_TURNED_DOWN
    key = rows.astype(np.int64) * len(KINDS) + found["kind"][which]
    which = which[np.argsort(key)]
    return TurnedDown(
        np.sort(key),
        found["id"][which],
        found["wanted"][which],
        found["waited_for"][which],
        found["lately"][which] > 0,
        found["due"][which] > 0,
    )
