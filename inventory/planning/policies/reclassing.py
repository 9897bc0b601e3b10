"""Classing all parts anew from what the network asked for."""

from datetime import date, datetime

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from inventory.planning import demand
from inventory.planning.columns import read_columns
from inventory.planning.demand import DemandMatrix
from inventory.planning.policies.book import Ids, rows_of
from inventory.planning.policies.classing import UNCLASSED, Reals
from inventory.planning.policies.part_plans import class_parts, write_classes
from inventory.planning.policies.reading import read_policy_book

# A price in another currency counts at its latest rate; without one it is unknown.
_PRICES = """
    SELECT part.id, coalesce(part.price * CASE WHEN own.code = part.currency THEN 1 ELSE rate.rate END, 'NaN') AS price
    FROM part
    CROSS JOIN (SELECT code FROM currency WHERE is_base) AS own
    LEFT JOIN LATERAL (
        SELECT rate FROM exchange_rate
        WHERE exchange_rate.currency = part.currency AND valid_from <= %(on)s ORDER BY valid_from DESC LIMIT 1
    ) AS rate ON own.code <> part.currency
    ORDER BY part.id
"""


def reclass_parts(session: Session, *, on: date, at: datetime) -> int:
    """Class every part that was asked for within the window, or that has a class; give how many changed.

    A part that nobody ever asked for has no class: rules by class say nothing of it.
    """
    book = read_policy_book(session, on=on)
    matrix = demand.read_matrix(session, on=on, months=book.settings.class_months)
    classed = book.parts.ids[book.parts.abc != UNCLASSED]
    part_ids = np.union1d(matrix.part_ids, classed).astype(np.int64)
    if not len(part_ids):
        return 0
    by_value, by_variation = class_parts(book, part_ids, sum_by_part(matrix, part_ids), _prices(session, part_ids, on))
    return write_classes(session, part_ids, by_value, by_variation, at=at)


def sum_by_part(matrix: DemandMatrix, part_ids: Ids) -> NDArray[np.float64]:
    """The demand of the network for each part by month; NaN before its first series begins, 0 without any.

    Shapes: part_ids (parts,), ascending, holding all of the matrix; out (parts, months).
    """
    history = np.zeros((len(part_ids), len(matrix.months)))
    begun = np.zeros(history.shape, dtype=np.bool_)
    row = rows_of(part_ids, matrix.part_ids)
    np.add.at(history, row, np.nan_to_num(matrix.quantity))
    np.logical_or.at(begun, row, ~np.isnan(matrix.quantity))
    asked = np.isin(part_ids, matrix.part_ids)
    history[~begun & asked[:, None]] = np.nan
    return history


def _prices(session: Session, part_ids: Ids, on: date) -> Reals:
    read = read_columns(session, _PRICES, {"on": on}, id="bigint", price="double precision")
    prices: Reals = read["price"][rows_of(read["id"], part_ids)]
    return prices
