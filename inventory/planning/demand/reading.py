"""Rows by COPY into arrays: packed by the database part by part, so that a message holds hundreds of rows.

A COPY of single rows costs several microseconds a row in the driver alone; packed it is less than half of one, the
database's own work included.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import text
from sqlalchemy.orm import Session

from inventory.copying import driver_cursor

Ids = NDArray[np.int64]
POSTGRES_EPOCH = np.datetime64("2000-01-01")
_DEMAND_ROW = np.dtype([("part", ">i8"), ("warehouse", ">i8"), ("source", ">i8"), ("on", ">i4"), ("quantity", ">i8")])
_BASE_ROW = np.dtype([("part", ">i8"), ("warehouse", ">i8"), ("on", ">i4"), ("change", ">i8")])

_DEMAND = """
    COPY (SELECT string_agg(int8send(part_id) || int8send(warehouse_id) || int8send(source_id) || date_send(asked_on)
                            || int8send(quantity), '')
          FROM demand_day WHERE asked_on < '{until}' {chosen} GROUP BY part_id)
    TO STDOUT (FORMAT BINARY)
"""
# A count changes what was in use by so much: summed up over the months it is what is in use, model by model.
_BASE = """
    COPY (SELECT string_agg(int8send(fits.part_id) || int8send(base.warehouse_id) || date_send(base.counted_on)
                            || int8send(fits.quantity * base.change), '')
          FROM (SELECT model_id, warehouse_id, counted_on,
                       units - lag(units, 1, 0::bigint) OVER (PARTITION BY model_id, warehouse_id ORDER BY counted_on)
                       AS change
                FROM installed_base WHERE counted_on < '{until}') AS base
          JOIN model_part AS fits ON fits.model_id = base.model_id {chosen} GROUP BY fits.part_id)
    TO STDOUT (FORMAT BINARY)
"""
# All of a network's history is more than a command's share of time and memory; both end with the transaction.
_PATIENCE = text("SELECT set_config('statement_timeout', '20min', true), set_config('work_mem', '256MB', true)")


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for, row by row in no order.

    Shapes: every array is (rows,); month counts from January 1970.
    Units: base units of the part.
    """

    part: Ids
    warehouse: Ids
    source: Ids
    month: NDArray[np.int32]
    quantity: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class BaseChange:
    """By how much the units in use that a part fits changed at a warehouse, row by row in no order.

    Shapes: every array is (rows,); month counts from January 1970.
    """

    part: Ids
    warehouse: Ids
    month: NDArray[np.int32]
    change: NDArray[np.float64]


def read_asked(session: Session, *, until: np.datetime64, part_ids: Sequence[int] | None) -> Asked:
    """Every row of demand before a day, of some parts or of all."""
    if part_ids is None:
        session.execute(_PATIENCE)
    rows = _read(session, _DEMAND.format(until=until, chosen=_chosen("AND part_id", part_ids)), _DEMAND_ROW)
    return Asked(
        part=rows["part"].astype(np.int64),
        warehouse=rows["warehouse"].astype(np.int64),
        source=rows["source"].astype(np.int64),
        month=_months(rows["on"]),
        quantity=rows["quantity"].astype(np.float64),
    )


def read_base_changes(session: Session, *, until: np.datetime64, part_ids: Sequence[int] | None) -> BaseChange:
    """Every change of the installed base before a day that parts fit, of some parts or of all."""
    if part_ids is None:
        session.execute(_PATIENCE)
    rows = _read(session, _BASE.format(until=until, chosen=_chosen("WHERE fits.part_id", part_ids)), _BASE_ROW)
    return BaseChange(
        part=rows["part"].astype(np.int64),
        warehouse=rows["warehouse"].astype(np.int64),
        month=_months(rows["on"]),
        change=rows["change"].astype(np.float64),
    )


def _chosen(condition: str, part_ids: Sequence[int] | None) -> str:
    """A COPY takes no parameters; what is written into it are whole numbers."""
    return "" if part_ids is None else f"{condition} = ANY('{{{','.join(str(int(one)) for one in part_ids)}}}')"


def _months(days: NDArray[Any]) -> NDArray[np.int32]:
    return (POSTGRES_EPOCH + days.astype("timedelta64[D]")).astype("datetime64[M]").astype(np.int32)


def _read(session: Session, statement: str, row: np.dtype[Any]) -> NDArray[Any]:
    with driver_cursor(session) as cursor, cursor.copy(statement) as copy:
        copy.set_types(["bytea"])
        packs = [pack for (pack,) in copy.rows()]
    return np.frombuffer(b"".join(packs), dtype=row)
