"""The forecast methods by name, each from a history to the forecasts made at the end of its last periods.

A method takes (history, origins) and gives (series, origins): column -1 is the forecast from all of the history, the
column before it the one made a period earlier, from what was known then. All forecasts are the mean demand per period.
"""

import os
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import numpy as np

from inventory.planning.forecasting import aggregating, recursions
from inventory.planning.forecasting.arrays import Rows

BLOCK = 8_192
"""Series walked at once: their states stay in the processor's cache (32,768 took half as long again)."""
WINDOW = 12
CONSTANT = 0.1
FAST = 0.2
TSB_ALPHAS = (0.05, 0.1, 0.2, 0.3)
TSB_BETAS = (0.02, 0.05, 0.1, 0.2)

Method = Callable[[Rows, int], Rows]


def zero(history: Rows, origins: int) -> Rows:
    """Forecast nothing: the yardstick that wins every absolute error on intermittent demand."""
    return np.zeros((len(history), origins), history.dtype)


def naive(history: Rows, origins: int) -> Rows:
    """Forecast the last period again; 0 where it is unknown."""
    return np.asarray(np.nan_to_num(_last(history, origins)))


def ses(history: Rows, origins: int, *, alpha: float = CONSTANT) -> Rows:
    """Forecast by simple exponential smoothing; see recursions.smooth."""
    return _walk(history, origins, "smooth", alpha=alpha)


def croston(history: Rows, origins: int) -> Rows:
    """Forecast by Croston's method; see recursions.croston."""
    return _walk(history, origins, "croston", alpha=CONSTANT)


def sba(history: Rows, origins: int) -> Rows:
    """Forecast by Croston's method with its bias taken off.

    Source: Syntetos and Boylan (2005), International Journal of Forecasting 21, 303-314.
    """
    return _unbiased(croston(history, origins))


def _unbiased(means: Rows) -> Rows:
    return means * means.dtype.type(1 - CONSTANT / 2)


def tsb(history: Rows, origins: int) -> Rows:
    """Forecast by TSB with fixed constants; see recursions.tsb."""
    return _walk(history, origins, "tsb", alpha=CONSTANT, beta=CONSTANT)


def tsb_grid(history: Rows, origins: int) -> Rows:
    """Forecast by TSB with constants chosen per series; see recursions.tsb_grid."""
    return _walk(history, origins, "tsb_grid", alphas=TSB_ALPHAS, betas=TSB_BETAS)


def moving_average(history: Rows, origins: int, *, window: int = WINDOW) -> Rows:
    """Forecast the mean of the last year; see recursions.average."""
    return _walk(history, origins, "average", window=window)


def _aggregated(history: Rows, origins: int, *, name: str) -> Rows:
    """Forecast by ADIDA or IMAPA, made anew at the end of each of the last periods; see aggregating."""
    from inventory.planning.forecasting import aggregating_kernels  # brings numba

    if name in aggregating_kernels.WALKS:
        return aggregating_kernels.WALKS[name](history, origins).astype(history.dtype)
    forecast = getattr(aggregating, name)
    periods = history.shape[1]
    made = [forecast(history[:, :end]) for end in range(periods - origins + 1, periods + 1)]
    return np.stack(made, axis=1).astype(history.dtype)


def _fast(history: Rows, origins: int) -> Rows:
    return ses(history, origins, alpha=FAST)


METHODS: dict[str, Method] = {
    "zero": zero,
    "naive": naive,
    "moving_average": moving_average,
    "ses": ses,
    "ses_fast": _fast,
    "croston": croston,
    "sba": sba,
    "tsb": tsb,
    "tsb_grid": tsb_grid,
    "adida": partial(_aggregated, name="adida"),
    "imapa": partial(_aggregated, name="imapa"),
}

MIXES: dict[str, tuple[str, ...]] = {
    "combination": ("ses", "tsb_grid", "moving_average"),
    "combination_aggregated": ("tsb_grid", "imapa"),
    "combination_wide": ("ses", "tsb_grid", "moving_average", "imapa"),
}


def forecast_by(names: Collection[str], history: Rows, origins: int) -> dict[str, Rows]:
    """Forecast by several methods and mixes of methods; what mixes share is worked out once.

    Shapes: history is (series, periods), oldest first, NaN unknown; each result is (series, origins).
    Units: base units per period; a mix is the plain mean of its methods.
    Raises: KeyError for a name that is in neither METHODS nor MIXES.
    """
    needed = {part for name in names for part in MIXES.get(name, (name,))}
    single = {name: method(history, origins) for name, method in METHODS.items() if name in needed - {"sba"}}
    if "sba" in needed:
        single["sba"] = _unbiased(single["croston"] if "croston" in single else croston(history, origins))
    if needed - single.keys():
        raise KeyError(*sorted(needed - single.keys()))
    return {name: _mean([single[part] for part in MIXES.get(name, (name,))]) for name in names}


def _mean(parts: Sequence[Rows]) -> Rows:
    return np.asarray(sum(parts[1:], start=parts[0]) / parts[0].dtype.type(len(parts)))


def _walk(history: Rows, origins: int, name: str, **constants: Any) -> Rows:
    """Walk all series in blocks, compiled where numba is installed, else in numpy; blocks do not look at each other."""
    from inventory.planning.forecasting import kernels  # brings numba

    made = np.empty((len(history), origins), history.dtype)

    def compiled(cut: slice) -> None:
        made[cut] = _last(kernels.WALKS[name](history[cut], **constants), origins)

    def plain(cut: slice) -> None:
        block = np.ascontiguousarray(history[cut].T)
        made[cut] = getattr(recursions, name)(block, **constants)[len(block) - origins :].T

    cuts = [slice(start, start + BLOCK) for start in range(0, len(history), BLOCK)]
    walk = compiled if name in kernels.WALKS else plain
    if len(cuts) == 1:
        walk(cuts[0])
    elif cuts:
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            list(pool.map(walk, cuts))
    return made


def _last(rows: Rows, origins: int) -> Rows:
    return rows[:, rows.shape[1] - origins :]
