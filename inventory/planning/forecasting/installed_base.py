"""Forecasts from how many appliances are in use and how often their parts fail."""

import numpy as np

from inventory.planning.forecasting.arrays import Rows

WEIGHT_FAILURES = 2.0


def by_installed_base(history: Rows, installed: Rows, group: Rows) -> Rows:
    """Forecast the mean demand of the next period: appliances in use then, times failures per appliance and period.

    A part's rate is what failed over what was in use while both were known, drawn towards the rate of its group as far
    as it has few failures of its own: as if the group had added two of them (a gamma prior on a Poisson rate).

    Shapes: history is (series, periods), NaN unknown; installed (series, periods + 1), its last column the next
    period's; group (series,) whole numbers from 0, such as the part's class; the result (series,).
    Units: base units per period; appliances.
    Raises: ValueError when installed has not one period more than history.
    Source: Dekker, Pince, Zuidwijk and Jalil (2013), International Journal of Production Economics 143, 536-545.
    """
    if installed.shape[1] != history.shape[1] + 1:
        raise ValueError("installed has one period more than history")
    known = ~np.isnan(history) & ~np.isnan(installed[:, :-1])
    failed = np.where(known, history, 0).sum(axis=1)
    used = np.where(known, installed[:, :-1], 0).sum(axis=1)
    members = group.astype(np.int64)
    group_failed, group_used = np.bincount(members, failed), np.bincount(members, used)
    usual = np.divide(group_failed, group_used, out=np.zeros_like(group_failed), where=group_used > 0)[members]
    seen = np.divide(WEIGHT_FAILURES, usual, out=np.zeros_like(usual), where=usual > 0)
    rate = np.divide(
        failed + WEIGHT_FAILURES * (usual > 0), used + seen, out=np.zeros_like(used), where=used + seen > 0
    )
    return np.asarray(rate * np.nan_to_num(installed[:, -1]))
