"""Writing what a run worked out: whole columns by COPY into a table of the transaction, then merged in one statement.

Levels that did not change are not touched, so that a night on which nothing happened writes next to nothing. An open
proposal is brought up to date in place: what a person wrote on it stays on it. One no longer needed is withdrawn. What
stood ahead of its day becomes open in place when it is due, and goes without a trace when it no longer falls due.
"""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import text
from sqlalchemy.orm import Session

from inventory.copying import Column, Numbers, lay_in
from inventory.planning.replenishment.models import Proposal, ProposalKind, StockLevel

_POSTGRES_EPOCH: Final = date(2000, 1, 1)


def bigints(values: NDArray[Any], *, none: int | None = None) -> Numbers:
    """A column of bigint; `none` is the value that stands for NULL."""
    return Numbers(values, ">i8", None if none is None else values != none)


def doubles(values: NDArray[Any], *, known: NDArray[np.bool_] | None = None) -> Numbers:
    """A column of double precision, NULL where it is not known."""
    return Numbers(values, ">f8", known)


def smallints(values: NDArray[Any]) -> Numbers:
    """A column of smallint."""
    return Numbers(values, ">i2")


def flags(values: NDArray[np.bool_]) -> Numbers:
    """A column of boolean."""
    return Numbers(values, ">?")


def days(values: NDArray[np.int64], *, none: int | None = None) -> Numbers:
    """A column of date, given as days since 1970; `none` is the value that stands for NULL."""
    known = None if none is None else values != none
    return Numbers(values - (_POSTGRES_EPOCH - date(1970, 1, 1)).days, ">i4", known)


_LEVEL_KEY = ("part_id", "warehouse_id")
_LEVEL_FIGURES = (
    *("source_id", "stocked", "urgent", "method", "daily_mean", "season", "year_mean", "unit_worth", "lead_days"),
    *("review_days", "lead_mean"),
    *("lead_variance", "demand_size", "measure", "target", "expected_fill", "safety_stock", "reorder_point"),
    *("order_up_to", "single_order_up_to", "pack_size", "order_minimum", "order_maximum"),
)
_LEVEL_TABLE: Final = "new_stock_level"
_MERGE_LEVELS = text(f"""
    INSERT INTO stock_level AS l ({", ".join((*_LEVEL_KEY, *_LEVEL_FIGURES))}, run_id, computed_at)
    SELECT {", ".join((*_LEVEL_KEY, *_LEVEL_FIGURES))}, :run_id, :at FROM {_LEVEL_TABLE}
    ON CONFLICT (part_id, warehouse_id) DO UPDATE
    SET ({", ".join(_LEVEL_FIGURES)}, run_id, computed_at)
        = ({", ".join("excluded." + one for one in _LEVEL_FIGURES)}, excluded.run_id, excluded.computed_at)
    WHERE ({", ".join("l." + one for one in _LEVEL_FIGURES)})
        IS DISTINCT FROM ({", ".join("excluded." + one for one in _LEVEL_FIGURES)})
""")  # noqa: S608
_DROP_LEVELS = text(f"""
    DELETE FROM stock_level l WHERE l.part_id = ANY(CAST(:parts AS bigint[]))
    AND NOT EXISTS (SELECT FROM {_LEVEL_TABLE} n WHERE n.part_id = l.part_id AND n.warehouse_id = l.warehouse_id)
""")  # noqa: S608


def write_levels(
    session: Session, columns: Mapping[str, Column], *, part_ids: list[int], run_id: int, at: datetime
) -> int:
    """Write the levels of some parts; those of places that no longer stock one of them go.

    Shapes: columns of equal length, named like those of `stock_level`.
    Units: how many rows were written anew or changed.
    """
    lay_in(session, _LEVEL_TABLE, like=StockLevel.__tablename__, columns=columns)
    session.execute(_DROP_LEVELS, {"parts": part_ids})
    written = session.execute(_MERGE_LEVELS, {"run_id": run_id, "at": at})
    return int(written.rowcount)  # type: ignore[attr-defined]


_PROPOSAL_KEY = ("part_id", "warehouse_id", "kind")
_PROPOSAL_FIGURES = (
    *("run_id", "source_id", "supplier_part_id", "on_hand", "reserved", "in_transit", "on_order", "back_ordered"),
    *(
        "owed",
        "waited_for",
        "reorder_point",
        "order_up_to",
        "pack_size",
        "order_minimum",
        "order_maximum",
        "needed",
        "quantity",
    ),
    *("unit_price", "value", "lead_days", "short_per_week", "order_by_on", "source_free", "source_keeps", "benefit"),
)
_PROPOSAL_TABLE: Final = "new_proposal"
_MONEY: Final = frozenset({"unit_price", "value", "benefit"})
"""Columns that travel as whole ten-thousandths, for a binary double would not be exact."""


def _whole(column: str) -> str:
    return f"{column} / 10000.0" if column in _MONEY else column


_MERGE_PROPOSALS = text(f"""
    INSERT INTO proposal AS p
        ({", ".join((*_PROPOSAL_KEY, *_PROPOSAL_FIGURES))}, held, status, turned_down_id, proposed_at)
    SELECT {", ".join(_whole(one) for one in (*_PROPOSAL_KEY, *_PROPOSAL_FIGURES))}, held, status, turned_down_id, :at
    FROM {_PROPOSAL_TABLE}
    ORDER BY part_id, warehouse_id
    ON CONFLICT (part_id, place_id, kind) WHERE status IN ('open', 'ahead') DO UPDATE
    SET ({", ".join(_PROPOSAL_FIGURES)}, warehouse_id, held, status, turned_down_id, proposed_at)
        = ({", ".join("excluded." + one for one in _PROPOSAL_FIGURES)}, excluded.warehouse_id,
           coalesce(excluded.held, CASE WHEN p.edited_quantity IS NOT NULL THEN 'edited' END), excluded.status,
           coalesce(p.turned_down_id, excluded.turned_down_id),
           CASE WHEN p.status = excluded.status THEN p.proposed_at ELSE excluded.proposed_at END)
""")  # noqa: S608
_WITHDRAW = text(f"""
    UPDATE proposal p SET status = 'withdrawn', decided_at = :at
    WHERE p.status = 'open' AND p.part_id = ANY(CAST(:parts AS bigint[]))
    AND p.kind = ANY(CAST(:kinds AS text[]))
    AND NOT EXISTS (SELECT FROM {_PROPOSAL_TABLE} n
                    WHERE n.part_id = p.part_id AND n.kind = p.kind AND n.status = 'open'
                      AND CASE WHEN n.kind = 'excess_return' THEN n.source_id ELSE n.warehouse_id END = p.place_id)
""")  # noqa: S608
_DROP_AHEAD = text(f"""
    DELETE FROM proposal p WHERE p.status = 'ahead' AND p.part_id = ANY(CAST(:parts AS bigint[]))
    AND NOT EXISTS (SELECT FROM {_PROPOSAL_TABLE} n
                    WHERE n.part_id = p.part_id AND n.kind = p.kind AND n.warehouse_id = p.place_id)
""")  # noqa: S608


def write_proposals(
    session: Session,
    columns: Mapping[str, Column],
    *,
    part_ids: list[int],
    at: datetime,
    kinds: Collection[ProposalKind] = tuple(ProposalKind),
) -> None:
    """Write what is proposed for some parts; their open proposals of these kinds that are not among it go.

    Shapes: columns of equal length, named like those of `proposal`; money in ten-thousandths. `run_id` is the run that
    proposes each.
    """
    lay_in(session, _PROPOSAL_TABLE, like=Proposal.__tablename__, columns=columns, whole=_MONEY)
    session.execute(_WITHDRAW, {"parts": part_ids, "kinds": [kind.value for kind in kinds], "at": at})
    session.execute(_MERGE_PROPOSALS, {"at": at})


def drop_ahead(session: Session, *, part_ids: list[int]) -> None:
    """Drop what stands ahead of some parts and is not among what was written for them just now."""
    session.execute(_DROP_AHEAD, {"parts": part_ids})
