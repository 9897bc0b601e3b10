"""Why so many are ordered at once: the lot of a level that stands, worked out anew from the figures kept with it.

A lot is what lies between the reorder point and the order-up-to level. The review period, a pack, or the cost of an
order beside that of holding say how large it is (`lots`); else a maximum, a last-time buy, or levels that stood and
were near enough to stay.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from inventory.planning.columns import read_columns
from inventory.planning.policies import Phase
from inventory.planning.replenishment.lots import DAYS_A_YEAR, LOT_DAYS_MAX, economic_lots, usual_lots
from inventory.planning.stocking.lot_sizing import economic_lot


class LotReason(StrEnum):
    """What a lot is as large as."""

    REVIEW = "review"  # the demand of the review period
    PACK = "pack"  # a pack, more than the review period asks for
    ECONOMIC = "economic"  # where ordering and holding cost least together
    YEAR = "year"  # the demand of a year, less than would cost least
    MAXIMUM = "maximum"  # what the maximum leaves
    LAST_BUY = "last_buy"  # all that will ever be asked for is bought in one go
    KEPT = "kept"  # former levels were near enough to stay


@dataclass(frozen=True, slots=True)
class Lot:
    """How many are ordered at once at a place, how many days of demand that is, and why.

    Days are those of a mean day of a year; None where nothing is asked for. A lot of a run that did not keep the
    figures for it has no reason and no days. `unit_worth` is told of what is bought.

    Units: base units; base units a day; `unit_worth` and `order_cost` in the company's currency.
    """

    quantity: int
    days: float | None
    reason: LotReason | None
    review_days: int
    year_mean: float | None
    unit_worth: float | None
    order_cost: float
    holding_rate_per_year: float


_LEVELS: Final = """
    SELECT level.part_id, level.warehouse_id, level.reorder_point, level.order_up_to, level.pack_size,
           coalesce(level.order_maximum, -1) AS maximum, level.daily_mean * level.season AS flow, level.review_days,
           coalesce(level.year_mean, 'NaN') AS year_mean, coalesce(level.unit_worth, 'NaN') AS unit_worth,
           (level.source_id IS NULL AND plan.phase IS NOT DISTINCT FROM %(last_buy)s) AS last_buy,
           coalesce(CAST(run.constants ->> 'order_cost' AS double precision), 0) AS order_cost,
           coalesce(CAST(run.constants ->> 'holding_rate_per_year' AS double precision), 1) AS holding_rate
    FROM unnest(CAST(%(parts)s AS bigint[]), CAST(%(warehouses)s AS bigint[])) AS wanted (part_id, warehouse_id)
    JOIN stock_level AS level USING (part_id, warehouse_id)
    JOIN planning_run AS run ON run.id = level.run_id
    LEFT JOIN part_plan AS plan ON plan.part_id = level.part_id
    WHERE level.order_up_to > 0
"""


def tell_lots(session: Session, places: Sequence[tuple[int, int]]) -> dict[tuple[int, int], Lot]:
    """The lots of part-places by part and warehouse; a place that keeps none of a part has no lot."""
    parts, warehouses = [part for part, _ in places], [warehouse for _, warehouse in places]
    read = read_columns(
        session,
        _LEVELS,
        {"parts": parts, "warehouses": warehouses, "last_buy": Phase.LAST_TIME_BUY.value},
        **dict.fromkeys(("part_id", "warehouse_id", "reorder_point", "order_up_to", "pack_size", "maximum"), "bigint"),
        **dict.fromkeys(("flow", "year_mean", "unit_worth", "order_cost", "holding_rate"), "double precision"),
        review_days="bigint",
        last_buy="integer",
    )
    quantity, reasons = read["order_up_to"] - read["reorder_point"], _reasons(read)
    lots = {}
    for row, key in enumerate(zip(read["part_id"].tolist(), read["warehouse_id"].tolist(), strict=True)):
        year_mean, worth = float(read["year_mean"][row]), float(read["unit_worth"][row])
        lots[key] = Lot(
            quantity=int(quantity[row]),
            days=float(quantity[row] / year_mean) if year_mean > 0 else None,
            reason=None if np.isnan(year_mean) else reasons[row],
            review_days=min(int(read["review_days"][row]), LOT_DAYS_MAX),
            year_mean=None if np.isnan(year_mean) else year_mean,
            unit_worth=None if np.isnan(worth) else worth,
            order_cost=float(read["order_cost"][row]),
            holding_rate_per_year=float(read["holding_rate"][row]),
        )
    return lots


def _reasons(read: Mapping[str, NDArray[Any]]) -> list[LotReason]:
    """The first reason that fits each lot. Shapes: the columns and the answer (rows,)."""
    pack, quantity = read["pack_size"], read["order_up_to"] - read["reorder_point"]
    bought = read["unit_worth"] > 0
    flow, worth = np.where(bought, read["year_mean"], 0.0), np.where(bought, read["unit_worth"], 1.0)
    order_stock = read["order_cost"] / read["holding_rate"]
    usual = usual_lots(read["flow"], read["review_days"], pack)
    least_cost = economic_lots(flow, worth, order_stock, pack)
    more_than_a_year = economic_lot(flow * DAYS_A_YEAR, order_stock, worth).quantity > flow * LOT_DAYS_MAX
    told = np.select(
        [
            read["last_buy"] > 0,
            quantity == np.maximum(usual, least_cost),
            read["order_up_to"] == read["maximum"],
        ],
        [
            _place(LotReason.LAST_BUY),
            np.where(
                least_cost > usual,
                np.where(more_than_a_year, _place(LotReason.YEAR), _place(LotReason.ECONOMIC)),
                np.where(read["flow"] * read["review_days"] < pack, _place(LotReason.PACK), _place(LotReason.REVIEW)),
            ),
            _place(LotReason.MAXIMUM),
        ],
        _place(LotReason.KEPT),
    )
    return [_REASONS[place] for place in told.tolist()]


_REASONS: Final = tuple(LotReason)


def _place(reason: LotReason) -> int:
    return _REASONS.index(reason)
