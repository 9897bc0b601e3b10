"""How far demand strays from its forecast: the variance beside the mean, in several shapes to choose from.

A shape is chosen by back-test (tournament.py), for no shape is best everywhere: steady parts are near Poisson, lumpy
ones need their own past errors, and what is too young to have errors borrows the power law of its like.
"""

from typing import NamedTuple

import numpy as np

from inventory.planning.forecasting import methods
from inventory.planning.forecasting.arrays import Rows

SMOOTHING = 0.1
BINS = 12
SERIES_PER_BIN = 20
FLOOR = 1e-9

SHAPES = ("history", "long", "demand", "history_0.7", "blend", "poisson", "law")


def follows_errors(shape: str) -> bool:
    """Whether one of SHAPES is told by past forecasts' errors, and not by the mean or by demand alone."""
    return shape.startswith(("history", "long", "blend"))


class PowerLaw(NamedTuple):
    """variance = scale * mean ** power. Source: Taylor (1961), Nature 189, 732-735."""

    scale: float
    power: float


class Errors(NamedTuple):
    """Squared forecast errors known at the end of each origin. Shapes: (series, origins); NaN where there is none yet.

    recent: smoothed with 0.1; all: the mean since the first; demand: not errors, but the variance of all demand known.
    """

    recent: Rows
    all: Rows
    demand: Rows


def errors_of(history: Rows, means: Rows) -> Errors:
    """Follow the squared one-period errors of forecasts made at the end of the last periods of a history.

    Shapes: history is (series, periods), means (series, origins) for its last origins; the results (series, origins).
    """
    origins = means.shape[1]
    squared = np.full_like(means, np.nan)
    squared[:, 1:] = (history[:, history.shape[1] - origins + 1 :] - means[:, :-1]) ** 2
    begun = np.cumsum(~np.isnan(squared), axis=1) > 0
    recent = methods.ses(squared, origins, alpha=SMOOTHING)
    lasting = methods.moving_average(squared, origins, window=origins)
    return Errors(
        np.where(begun, recent, np.nan), np.where(begun, lasting, np.nan), _variance_so_far(history)[:, -origins:]
    )


def _variance_so_far(history: Rows) -> Rows:
    """Give the variance of the periods known at the end of each; NaN before there are two."""
    known = np.cumsum(~np.isnan(history), axis=1)
    asked = np.nan_to_num(history).astype(np.float64)
    total, squares = np.cumsum(asked, axis=1), np.cumsum(asked**2, axis=1)
    spread = (squares - total**2 / np.maximum(known, 1)) / np.maximum(known - 1, 1)
    return np.where(known > 1, np.maximum(spread, 0), np.nan).astype(history.dtype)


def fit_power_law(mean: Rows, squared: Rows) -> PowerLaw:
    """Fit the power law to means and squared errors, on a logarithmic scale, over bins of as many series each.

    Shapes: any, alike; NaN and means of zero are left out. Poisson (1, 1) where there is too little to fit.
    """
    usable = (mean > FLOOR) & np.isfinite(squared)
    mean, squared = mean[usable].astype(np.float64), squared[usable].astype(np.float64)
    bins = min(BINS, len(mean) // SERIES_PER_BIN)
    if bins < 2 or mean.min() == mean.max():
        return PowerLaw(1.0, 1.0)
    parts = np.array_split(np.argsort(mean, kind="stable"), bins)
    x = np.log([mean[part].mean() for part in parts])
    y = np.log([max(squared[part].mean(), FLOOR) for part in parts])
    away = x - x.mean()
    if not (away**2).sum() > FLOOR:
        return PowerLaw(float(np.exp(y.mean() - x.mean())), 1.0)
    power = float(np.clip((away * y).sum() / (away**2).sum(), 0.5, 2.0))
    return PowerLaw(float(np.exp(y.mean() - power * x.mean())), power)


def variance_of(shape: str, mean: Rows, errors: Errors, law: PowerLaw) -> Rows:
    """Give the variance in one of SHAPES, never below the mean: a demand of whole units strays at least as Poisson.

    Shapes: mean and errors alike, the result likewise. Units: base units squared.
    """
    lawful = law.scale * np.maximum(mean, FLOOR) ** law.power
    recent, lasting, demand = (np.where(np.isnan(known), lawful, known) for known in errors)
    name, _, share = shape.partition("_")
    spread = {
        "poisson": mean,
        "law": lawful,
        "blend": (lawful + recent) / 2,
        "history": recent,
        "long": lasting,
        "demand": demand,
    }[name]
    return np.asarray(np.maximum(spread * float(share or 1), mean))
