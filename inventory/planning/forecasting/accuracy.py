"""How good a forecast was: squared errors, bias, absolute errors and quantile losses, each scaled per series.

A forecast is judged where the series had a demand before the test, is known in the test, and changed at all before it:
a scale of zero says nothing; its stock is judged all the same. MASE is reported and never chosen by: on intermittent
demand the forecast of nothing wins it.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from inventory.planning.forecasting.arrays import Rows

Flags = npt.NDArray[np.bool_]

LEVELS = (0.90, 0.95, 0.99)


class Scale(NamedTuple):
    """What a series' errors are divided by: squared and absolute changes from period to period before the test.

    Shapes: (series,) each; 0 where the series never changed.
    """

    squared: Rows
    absolute: Rows


def scale_of(history: Rows) -> Scale:
    """Measure the naive forecast's errors in a history (series, periods); NaN periods count for nothing."""
    change = np.diff(history, axis=1)
    known = ~np.isnan(change)
    count = np.maximum(known.sum(axis=1), 1)
    change = np.where(known, change, 0)
    return Scale((change**2).sum(axis=1) / count, np.abs(change).sum(axis=1) / count)


def demanded(history: Rows) -> Flags:
    """Tell which series were ever asked for."""
    return np.asarray((np.nan_to_num(history) > 0).any(axis=1))


def stocked(history: Rows, test: Rows) -> Flags:
    """Tell which series' stock is judged: demanded before the test and known in it."""
    return np.asarray(demanded(history) & ~np.isnan(test).all(axis=1))


def judged(history: Rows, test: Rows) -> Flags:
    """Tell which series' forecasts are judged: those stocked that changed before the test."""
    return np.asarray(stocked(history, test) & (scale_of(history).squared > 0))


def rmsse(actual: Rows, mean: Rows, scale: Scale) -> Rows:
    """Give each series' root mean squared scaled error.

    Shapes: actual and mean are (series, periods), the result is (series,); NaN in actual counts for nothing.
    Source: Hyndman and Koehler (2006), International Journal of Forecasting 22(4), 679-688.
    """
    return np.asarray(np.sqrt(_mean_known(np.square(actual - mean)) / scale.squared))


def mase(actual: Rows, mean: Rows, scale: Scale) -> Rows:
    """Give each series' mean absolute scaled error. Shapes and source as `rmsse`."""
    return np.asarray(_mean_known(np.abs(actual - mean)) / scale.absolute)


def bias(actual: Rows, mean: Rows) -> float:
    """Give forecast over demand, less one, all series together: +0.10 is ten per cent too much; 0 without demand."""
    known = ~np.isnan(actual)
    asked = float(actual[known].sum())
    return float((mean - actual)[known].sum()) / asked if asked > 0 else 0.0


def quantile_loss(actual: Rows, quantile: Rows, level: float, scale: Scale) -> Rows:
    """Give each series' scaled pinball loss of one quantile.

    Shapes: actual and quantile are (series, periods), the result is (series,).
    Source: Makridakis, Spiliotis and Assimakopoulos (2022), The M5 uncertainty competition, IJF 38(4), 1365-1385.
    """
    miss = actual - quantile
    return np.asarray(_mean_known(np.maximum(level * miss, (level - 1) * miss)) / scale.absolute)


def _mean_known(values: Rows) -> Rows:
    known = ~np.isnan(values)
    return np.asarray(np.where(known, values, 0).sum(axis=1) / np.maximum(known.sum(axis=1), 1))
