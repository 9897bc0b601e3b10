"""Segments: series that behave alike, by how often demand comes, how its size varies, and how old the series is.

Source: Syntetos, Boylan and Croston (2005), Journal of the Operational Research Society 56(5), 495-503 (the cut-offs).
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from inventory.planning.forecasting.arrays import Rows

INTERVAL_CUT = 1.32
VARIATION_CUT = 0.49
YOUNG_PERIODS = 18
SIZE_LEAST = 1e-9
"""A mean demand below this is none: squared, it would be nothing to divide by."""

SEGMENTS = ("smooth", "erratic", "intermittent", "lumpy", "young", "silent")


class Character(NamedTuple):
    """What a series is like. Shapes: (series,) each.

    interval: periods from demand to demand (ADI); variation: squared coefficient of variation of demand sizes (CV2);
    age: periods since the first demand, that one included.
    """

    interval: Rows
    variation: Rows
    age: npt.NDArray[np.int64]


def character_of(history: Rows) -> Character:
    """Measure interval, variation and age of every series of a history (series, periods); NaN counts for nothing."""
    demand = np.nan_to_num(history).astype(np.float64)
    count = (demand > 0).sum(axis=1)
    age = np.where(count > 0, history.shape[1] - (demand > 0).argmax(axis=1), 0)
    several = np.maximum(count, 1)
    size = demand.sum(axis=1) / several
    squared = np.where(demand > 0, (demand - size[:, None]) ** 2, 0).sum(axis=1) / np.maximum(count - 1, 1)
    variation = squared / np.where(size > SIZE_LEAST, size, 1) ** 2
    return Character(np.where(count > 0, age / several, np.inf), variation, age.astype(np.int64))


def segment_of(history: Rows) -> npt.NDArray[np.int64]:
    """Put every series in one of SEGMENTS, by its place in that tuple.

    Shapes: history is (series, periods), the result is (series,).
    """
    interval, variation, age = character_of(history)
    kind = 2 * (interval > INTERVAL_CUT) + (variation > VARIATION_CUT)
    young, silent = SEGMENTS.index("young"), SEGMENTS.index("silent")
    return np.where(age == 0, silent, np.where(age < YOUNG_PERIODS, young, kind)).astype(np.int64)
