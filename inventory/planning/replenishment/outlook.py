"""What each part-place will be asked for: a forecast where a series tells enough, else a share of its part's.

A series with fewer than POOLED_BELOW months of demand says little by itself. Its part's demand over the network is
forecast instead, and split by how much of the part each place asked for, smoothed towards equal shares; its variance is
that of the power law which all series of the network show.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from inventory.planning.demand import DemandMatrix
from inventory.planning.forecasting import tournament
from inventory.planning.forecasting.segments import SEGMENTS, segment_of
from inventory.planning.forecasting.spreads import PowerLaw
from inventory.planning.forecasting.tournament import CANDIDATES, Choice
from inventory.planning.policies import PlacePolicies, PolicyBook
from inventory.planning.replenishment.arrays import Ids, Reals
from inventory.planning.replenishment.layout import Layout
from inventory.planning.replenishment.levels import DAYS_A_MONTH, PlaceDemand

KINDS: Final = (*SEGMENTS, "unasked")
"""What a place's demand is like: as its series says, or that it has none of its own."""
POOLED: Final = "pooled"
FITTED: Final = "installed_base"
METHODS: Final = (*CANDIDATES, POOLED, FITTED)
"""How a place's demand was forecast, by code."""
POOLED_BELOW: Final = 6
SMOOTHING: Final = 2.0
"""Demands of equal share that are added to each place's own before shares are taken."""
CHOSEN_ON: Final = 4_000
"""Series that methods and spreads are chosen on, every so many-th."""
CHOOSABLE_MONTHS: Final = 24
USUAL: Final = Choice(("moving_average",) * len(SEGMENTS), ("law",) * len(SEGMENTS), PowerLaw(1.6, 1.2))
"""Where too little is known to choose by: the last year's mean, and the law that car parts showed."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is expected of series.

    Shapes: all (series,). Units: base units a month, and its variance; `method` a place in METHODS, `kind` in KINDS.
    """

    mean: Reals
    variance: Reals
    method: NDArray[np.int8]
    kind: NDArray[np.int8]


def choose_methods(matrix: DemandMatrix) -> Choice:
    """Choose how each segment is forecast and how far demand strays, on series that tell enough and whole parts."""
    parts, part = np.unique(matrix.part_ids, return_inverse=True)
    known = np.flatnonzero(~np.isnan(matrix.quantity).all(axis=0)) if len(parts) else np.zeros(0, np.int64)
    if len(known) < CHOOSABLE_MONTHS:
        return USUAL
    telling = matrix.quantity[(matrix.quantity > 0).sum(axis=1) >= POOLED_BELOW]
    history = np.concatenate([telling, whole_parts(matrix.quantity, part, len(parts))])[:, known[0] :]
    return tournament.choose(history[:: max(len(history) // CHOSEN_ON, 1)])


def look_ahead(
    matrix: DemandMatrix, layout: Layout, book: PolicyBook, wanted: PlacePolicies, choice: Choice
) -> PlaceDemand:
    """Forecast what is asked of each place of a layout itself, of a mean day of the year.

    Shapes: wanted and the answer (n,), like the layout.
    """
    ahead = forecast_series(matrix, choice)
    at, which = layout.find(matrix.part_ids, matrix.warehouse_ids, book.places)
    n = len(layout)
    asked = PlaceDemand(
        hits=np.zeros(n, np.int64),
        daily_mean=np.zeros(n),
        daily_variance=np.zeros(n),
        method=np.full(n, METHODS.index(POOLED), np.int8),
        kind=np.full(n, KINDS.index("unasked"), np.int8),
        this_month=np.ones(n),
        season=np.ones(n),
    )
    asked.hits[at] = _hits(matrix.quantity[which], wanted.window_months[at])
    asked.daily_mean[at] = ahead.mean[which] / DAYS_A_MONTH
    asked.daily_variance[at] = ahead.variance[which] / DAYS_A_MONTH
    asked.method[at] = ahead.method[which]
    asked.kind[at] = ahead.kind[which]
    return asked


def _hits(quantity: NDArray[np.float32], window: NDArray[np.int16]) -> Ids:
    """Months with demand among the last of each series' window. Shapes: (series, months), (series,)."""
    age = np.arange(quantity.shape[1], 0, -1)
    hits: Ids = ((quantity > 0) & (age <= window[:, None])).sum(axis=1)
    return hits


def forecast_series(matrix: DemandMatrix, choice: Choice) -> Outlook:
    """Forecast every series of some whole parts.

    Shapes: the answer is (series,).
    """
    n = len(matrix.part_ids)
    kind = segment_of(matrix.quantity)
    outlook = Outlook(np.zeros(n), np.zeros(n), np.full(n, METHODS.index(POOLED), np.int8), kind.astype(np.int8))
    if not n:
        return outlook
    parts, part = np.unique(matrix.part_ids, return_inverse=True)
    months = (matrix.quantity > 0).sum(axis=1)
    own, pooled = np.flatnonzero(months >= POOLED_BELOW), np.flatnonzero(months < POOLED_BELOW)
    outlook.mean[own], outlook.variance[own], outlook.method[own] = _forecast(matrix.quantity[own], kind[own], choice)
    whole = whole_parts(matrix.quantity, part, len(parts))
    ahead, _, _ = _forecast(whole, segment_of(whole), choice)
    outlook.mean[pooled] = (ahead[part] * _shares(matrix.quantity, part, len(parts)))[pooled]
    outlook.variance[pooled] = choice.law.scale * np.maximum(outlook.mean[pooled], 1e-9) ** choice.law.power
    np.maximum(outlook.variance, outlook.mean, out=outlook.variance)
    return outlook


def _forecast(quantity: NDArray[np.float32], kind: Ids, choice: Choice) -> tuple[Reals, Reals, NDArray[np.int64]]:
    """Mean, variance and method of each series. Shapes: quantity (series, months), kind and the answers (series,)."""
    if not len(quantity):
        return np.zeros(0), np.zeros(0), np.zeros(0, dtype=np.int64)
    made = tournament.forecast(quantity, kind, choice)
    mean = np.maximum(made.mean[:, -1].astype(np.float64), 0.0)
    return mean, np.maximum(made.variance[:, -1].astype(np.float64), mean), made.method


def whole_parts(quantity: NDArray[np.float32], part: Ids, parts: int) -> NDArray[np.float32]:
    """The demand of whole parts over the network: NaN before the first of their series begins.

    Shapes: quantity (series, months), part (series,) numbers below `parts`; the answer is (parts, months).
    """
    months = quantity.shape[1]
    known = np.nan_to_num(quantity)
    by_month = [np.bincount(part, weights=known[:, one], minlength=parts) for one in range(months)]
    whole = np.stack(by_month, axis=1).astype(np.float64)  # of no series, bincount makes whole numbers
    began = np.full(parts, months)
    np.minimum.at(began, part, np.isnan(quantity).sum(axis=1))
    whole[np.arange(months) < began[:, None]] = np.nan
    return whole.astype(np.float32)


def _shares(quantity: NDArray[np.float32], part: Ids, parts: int) -> Reals:
    """The share of each series in its part: what it asked for, and some demands spread evenly.

    Shapes: quantity (series, months), part and the answer (series,).
    """
    asked = np.nan_to_num(quantity).sum(axis=1, dtype=np.float64)
    places, total = np.bincount(part, minlength=parts), np.bincount(part, weights=asked, minlength=parts)
    demands = np.bincount(part, weights=(quantity > 0).sum(axis=1), minlength=parts)
    evenly = SMOOTHING * total / np.maximum(demands, 1)
    share: Reals = (asked + (evenly / places)[part]) / np.maximum(total + evenly, 1e-12)[part]
    return share
