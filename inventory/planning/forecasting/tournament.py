"""The tournament: which method forecasts each segment, and which spread goes with it, judged on past origins only.

Every candidate forecasts the last months of the history it is given from what was known before each of them; series
are put in segments as they were before those months, for a series is chosen for before its months have come. A method
is judged by its mean RMSSE and scaled quantile losses, plus a quarter of its bias: the bias of a single stretch is
mostly the weather that all methods share. Whoever comes first stays champion until another is clearly better, so that
the choice does not follow noise and does not dither from night to night; a segment of few series, or of young ones,
takes the champion of all.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from inventory.planning.forecasting import accuracy, methods, spreads
from inventory.planning.forecasting.arrays import Rows
from inventory.planning.forecasting.segments import SEGMENTS, segment_of
from inventory.planning.stocking import for_no_stockout

BIAS_WEIGHT = 0.25
SERIES_MIN = 100
METHOD_MARGIN = 0.02
SPREAD_MARGIN = 0.005
"""By how much a challenger has to be better. A mean of several methods loses little anywhere: it is hard to unseat."""
UNSETTLED = ("young", "silent")
"""Segments too short of history to choose by: what they did when younger still says little."""
MONTHS_MAX = 12
MONTHS_MIN = 3
SETTLING_MONTHS = 24
"""Origins before the first one wanted from which squared errors are followed."""

Flags = npt.NDArray[np.bool_]
Cost = Callable[[Flags], tuple[float, float]]
"""From a group of series to the error and the penalty of a candidate there."""


CANDIDATES = (
    "combination_wide",
    "combination_aggregated",
    "combination",
    "ses",
    "ses_fast",
    "moving_average",
    "tsb_grid",
    "imapa",
)


class Choice(NamedTuple):
    """What the tournament chose: by segment (a place in SEGMENTS) a method and a shape; the law for all."""

    methods: tuple[str, ...]
    shapes: tuple[str, ...]
    law: spreads.PowerLaw


class Forecast(NamedTuple):
    """Demand per period as a distribution: Poisson where the variance is the mean, negative binomial above.

    Shapes: mean and variance are (series, origins), method (series,): places in CANDIDATES.
    Units: base units per period, and their square.
    """

    mean: Rows
    variance: Rows
    method: npt.NDArray[np.int64]


def choose(history: Rows) -> Choice:
    """Choose a method and a spread for every segment, from a history alone: what is to be judged lies after it.

    Shapes: history is (series, periods), oldest first, NaN unknown.
    Raises: ValueError for fewer than MONTHS_MIN + 2 periods.
    """
    months = trial_months(history.shape[1])
    means = methods.forecast_by(CANDIDATES, history, min(history.shape[1], months + SETTLING_MONTHS))
    before, actual = history[:, :-months], history[:, -months:]
    usable = accuracy.judged(before, actual)
    trial = _Trial(before[usable], actual[usable])
    tried = {name: trial.cost_of_method(_past(history, mean, usable, months)) for name, mean in means.items()}
    chosen = trial.best(tried, METHOD_MARGIN)
    past = _past(history, _by_segment(chosen, segment_of(before), means), usable, months)
    strayed = {shape: trial.cost_of_shape(shape, past) for shape in spreads.SHAPES}
    return Choice(chosen, trial.best(strayed, SPREAD_MARGIN), past.law)


def trial_months(periods: int) -> int:
    """Say how many of a history's last periods the candidates are tried on: a third, from three to twelve."""
    if periods < MONTHS_MIN + 2:
        raise ValueError(f"a history of {periods} periods is too short to choose a forecast by")
    return min(MONTHS_MAX, max(MONTHS_MIN, periods // 3), periods - 2)


def forecast(history: Rows, segments: npt.NDArray[np.int64], choice: Choice, origins: int = 1) -> Forecast:
    """Forecast every series with what was chosen for its segment, at the end of each of the last periods.

    Shapes: history is (series, periods), oldest first, NaN unknown; segments (series,), as segment_of gives them; see
    Forecast for the result.
    Units: base units per period.
    """
    shape = len(history), origins
    method = np.array([CANDIDATES.index(name) for name in choice.methods], np.int64)[segments]
    made = Forecast(np.zeros(shape, history.dtype), np.zeros(shape, history.dtype), method)
    chosen = list(zip(choice.methods, choice.shapes, strict=True))
    for pair in sorted(set(chosen)):
        rows = np.flatnonzero(np.array([one == pair for one in chosen])[segments])
        if len(rows):
            made.mean[rows], made.variance[rows] = _forecast_by(*pair, choice.law, history[rows], origins)
    return made


def _forecast_by(method: str, shape: str, law: spreads.PowerLaw, history: Rows, origins: int) -> tuple[Rows, Rows]:
    """Give mean and variance by one method and shape; earlier forecasts are made only where their errors are told of.

    Shapes: both are (series, origins).
    """
    followed = SETTLING_MONTHS if spreads.follows_errors(shape) else 0
    mean = methods.forecast_by([method], history, min(history.shape[1], origins + followed))[method]
    variance = spreads.variance_of(shape, mean, spreads.errors_of(history, mean), law)
    return mean[:, -origins:], variance[:, -origins:]


class _Past(NamedTuple):
    """Means and squared errors at the origins of the trial, and the power law of all origins known.

    Shapes: (series, months).
    """

    mean: Rows
    errors: spreads.Errors
    law: spreads.PowerLaw


def _past(history: Rows, mean: Rows, usable: Flags, months: int) -> _Past:
    """Cut out the months of the trial: each forecast was made a month before. Shapes: mean is (series, origins)."""
    law = spreads.fit_power_law(mean[:, :-1], (history[:, 1 - mean.shape[1] :] - mean[:, :-1]) ** 2)
    tried = [rows[usable, -months - 1 : -1] for rows in (mean, *spreads.errors_of(history, mean))]
    return _Past(tried[0], spreads.Errors(*tried[1:]), law)


class _Trial:
    """The months that candidates are tried on, and what each costs each series there."""

    def __init__(self, before: Rows, actual: Rows) -> None:
        self.actual = actual
        self.segments = segment_of(before)
        self.scale = accuracy.scale_of(before)

    def cost_of_method(self, past: _Past) -> Cost:
        """Give the cost of a method over a group: RMSSE and quantile losses, and a quarter of the bias."""
        errors = accuracy.rmsse(self.actual, past.mean, self.scale) + self._quantile_losses(spreads.SHAPES[0], past)
        return lambda group: (
            float(errors[group].mean()),
            BIAS_WEIGHT * abs(accuracy.bias(self.actual[group], past.mean[group])),
        )

    def cost_of_shape(self, shape: str, past: _Past) -> Cost:
        """Give the cost of a spread over a group: its scaled quantile losses."""
        losses = self._quantile_losses(shape, past)
        return lambda group: (float(losses[group].mean()), 0.0)

    def _quantile_losses(self, shape: str, past: _Past) -> Rows:
        variance = spreads.variance_of(shape, past.mean, past.errors, past.law)
        losses = [
            accuracy.quantile_loss(self.actual, quantile_of(past.mean, variance, level), level, self.scale)
            for level in accuracy.LEVELS
        ]
        return np.asarray(np.mean(losses, axis=0))

    def best(self, costs: Mapping[str, Cost], margin: float) -> tuple[str, ...]:
        """Name the champion of every segment: the champion of all, unless another is clearly better there.

        The fewer series there are, the clearer it must be of all. In a segment the error itself must not be greater
        either: there half of a bias is made good by other segments.
        """
        everybody = np.ones(len(self.segments), bool)
        champion = next(iter(costs))
        clear = margin * max(SERIES_MIN / max(len(everybody), 1), 1.0)
        for name, cost in costs.items():
            if len(everybody) and _clearly_less(cost(everybody), costs[champion](everybody), clear):
                champion = name
        return tuple(
            champion if name in UNSETTLED else self._best_of(self.segments == segment, champion, costs, margin)
            for segment, name in enumerate(SEGMENTS)
        )

    def _best_of(self, group: Flags, champion: str, costs: Mapping[str, Cost], margin: float) -> str:
        if group.sum() < SERIES_MIN:
            return champion
        for name, cost in costs.items():
            challenge, held = cost(group), costs[champion](group)
            if _clearly_less(challenge, held, margin) and challenge[0] < held[0]:
                champion = name
        return champion


def _clearly_less(challenge: tuple[float, float], held: tuple[float, float], margin: float) -> bool:
    return sum(challenge) < sum(held) * (1 - margin)


def quantile_of(mean: Rows, variance: Rows, level: float) -> Rows:
    """Give the smallest whole demand that is not exceeded with the chance `level`.

    Shapes: mean and variance are alike, the result likewise. Units: base units.
    """
    whole = for_no_stockout(mean.ravel().astype(np.float64), variance.ravel().astype(np.float64), level)
    return whole.reshape(mean.shape).astype(np.float64)


def _by_segment(names: tuple[str, ...], segments: npt.NDArray[np.int64], rows: Mapping[str, Rows]) -> Rows:
    """Take every series from the rows that its segment's name points to."""
    taken = np.array(rows[names[0]])
    for segment, name in enumerate(names):
        of_segment = segments == segment
        taken[of_segment] = rows[name][of_segment]
    return taken
