"""Forecasts from how many appliances are in use and how often their parts fail."""

import numpy as np
import numpy.typing as npt

from inventory.planning.forecasting.arrays import Rows

Floats = npt.NDArray[np.float64]

WEIGHT_FAILURES = 2.0


def failures_of(history: Rows, installed: Rows) -> tuple[Floats, Floats]:
    """Count what failed, and the periods in use, over the periods in which both are known.

    Shapes: history and installed are (series, periods), NaN unknown; the results (series,).
    Units: base units; units in use times periods.
    """
    known = ~np.isnan(history) & ~np.isnan(installed)
    failed = np.where(known, history, 0).sum(axis=1, dtype=np.float64)
    return failed, np.where(known, installed, 0).sum(axis=1, dtype=np.float64)


def failure_rate(failed: Floats, used: Floats, usual: Floats) -> Floats:
    """Say how often a unit in use fails: its own failures, drawn towards what is usual as far as it has few.

    As if what is usual had added two of them (a gamma prior on a Poisson rate). A forecast is the rate times the units
    in use then.

    Shapes: all (n,). Units: failures; units in use times periods; failures a unit in use and period.
    Source: Dekker, Pince, Zuidwijk and Jalil (2013), International Journal of Production Economics 143, 536-545.
    """
    weight = np.where(usual > 0, WEIGHT_FAILURES, 0.0)
    seen = np.divide(weight, usual, out=np.zeros(len(usual)), where=usual > 0)
    return np.divide(failed + weight, used + seen, out=np.zeros(len(usual)), where=used + seen > 0)
