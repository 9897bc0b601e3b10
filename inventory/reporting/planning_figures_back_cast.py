"""Back-casts: months that were over before the first forecast was kept, judged by what would have been expected then.

They are worked out once, on the first night that knows enough of the past, on parts drawn evenly from all; what is kept
from then on is what really stood. So the first morning tells how forecasts do, and says that it is told afterwards.
"""

from collections.abc import Sequence
from datetime import date
from typing import Final

import numpy as np
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from inventory import procurement
from inventory.planning.demand.models import DemandBeginning
from inventory.reporting.planning_figures_models import ForecastMonth
from inventory.reporting.planning_figures_reading import Ids, Reals

BACK_MONTHS: Final = 12
KNOWN_MONTHS: Final = 12
"""Months of demand that have to be known before a month is forecast."""
PARTS_MOST: Final = 3_000
"""Of more parts every so many-th is looked at: a year's forecasts of all would take as long as a dozen nights."""

_KEEP = text("""
    INSERT INTO forecast_month (month, part_id, expected, unit_value, back_cast)
    SELECT f.month, f.part_id, f.expected, coalesce(round(p.price * r.rate, 4), 0), true
    FROM unnest(CAST(:months AS date[]), CAST(:parts AS bigint[]), CAST(:expected AS double precision[]))
        AS f(month, part_id, expected)
    JOIN part p ON p.id = f.part_id
    LEFT JOIN unnest(CAST(:currencies AS text[]), CAST(:rates AS numeric[])) AS r(currency, rate)
        ON r.currency = p.currency
    ON CONFLICT (month, part_id) DO NOTHING
""")


def months_to_back_cast(session: Session, *, on: date) -> list[date]:
    """The months before the first kept forecast that should be told of and are not, oldest first."""
    first, told = session.execute(select(func.min(ForecastMonth.month), func.bool_or(ForecastMonth.back_cast))).one()
    known_since = session.scalar(select(func.min(DemandBeginning.first_on)))
    if told or known_since is None:
        return []
    end = first or on.replace(day=1)
    months = [months_on(end, -back) for back in range(BACK_MONTHS, 0, -1)]
    return [one for one in months if one >= months_on(known_since.replace(day=1), KNOWN_MONTHS)]


def parts_to_back_cast(part_ids: Ids) -> Ids:
    """The parts that are looked at: all, or every so many-th. Shapes: both (n,), ascending."""
    if len(part_ids) <= PARTS_MOST:
        return part_ids
    return part_ids[(np.arange(PARTS_MOST) * len(part_ids)) // PARTS_MOST]


def keep_back_cast(session: Session, months: Sequence[date], part_ids: Ids, expected: Reals, *, on: date) -> None:
    """Write down what would have been expected of some months; what was asked for is counted when figures are folded.

    Shapes: part_ids (parts,), expected (months, parts). Units: base units a day.
    """
    rates = procurement.rates_on(session, on)
    days = np.array([(months_on(month, 1) - month).days for month in months])
    session.execute(
        _KEEP,
        {
            "months": [month for month in months for _ in range(len(part_ids))],
            "parts": np.tile(part_ids, len(months)).tolist(),
            "expected": (expected * days[:, None]).reshape(-1).tolist(),
            "currencies": list(rates),
            "rates": [str(rate) for rate in rates.values()],
        },
    )


def months_on(month: date, months: int) -> date:
    """The first day of the month so many months later, or earlier."""
    counted = month.year * 12 + month.month - 1 + months
    return date(counted // 12, counted % 12 + 1, 1)
