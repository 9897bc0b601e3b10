"""From an asked fill to the levels that really give it: rule, spread and effort are tried on months that have passed.

A parameter does not deliver its target by itself. Before the test every rule is tried with every spread over the
trial months, and the one that meets the asked fill with the least money is kept. The effort is found anew at the end
of every month, by a trial over the latest months, and corrected by what was filled in the months already run:
everything is known by then. A trial holds only parts that were asked for before it, as a stock list does.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from inventory.planning.forecasting.ladders import EFFORTS, Levels
from inventory.planning.forecasting.order_trial import OrderTrial, Realised, try_levels

Floats = npt.NDArray[np.float64]

PATIENCE_MONTHS = 3
OPENED_MONTHS_MIN = 3
GOAL_MIN, GOAL_MAX = 0.01, 0.999
TOLERANCE = 0.005
GOLDEN = (5**0.5 - 1) / 2


class Trials(NamedTuple):
    """Months gone through: first `back` months before the test, then the test.

    Shapes: demand is (series, months), NaN unknown; started (series,) how many of the months had begun when demand
    was first known, 0 or less when that was before all of them; price (series,).
    Units: base units, money a unit; lead in months, at least 1.
    """

    demand: Floats
    started: npt.NDArray[np.int64]
    price: Floats
    back: int
    lead: int
    fill: float

    @property
    def test_months(self) -> int:
        """How many months the test has."""
        return int(self.demand.shape[1]) - self.back


def run(ladder: Levels, trials: Trials) -> Realised:
    """Go through the test with the effort found anew each month.

    Shapes: ladder is (EFFORTS, series, months).
    """
    listed = trials.started <= trials.back
    ladder, trials = ladder[:, listed], _only(trials, listed)
    asked = np.nan_to_num(trials.demand)
    effort = _effort(ladder, trials, 0, trials.fill)
    trial = OrderTrial(_levels(ladder[:, :, trials.back], effort), trials.lead, trials.price)
    for k in range(trials.test_months):
        if k:
            over = (trial.fill() - trials.fill) * k / (k + PATIENCE_MONTHS)
            effort = _effort(ladder, trials, k, trials.fill - over)
        trial.month(_levels(ladder[:, :, trials.back + k], effort), asked[:, trials.back + k])
    return trial.realised()


def cost(ladder: Levels, trials: Trials) -> tuple[float, float]:
    """Say what the asked fill cost before the test: the fill that is missing, then stock value.

    Shapes: ladder is (EFFORTS, series, months), the months before the test at least.
    """
    effort = _effort(ladder, trials, 0, trials.fill)
    tried = _tried(ladder, trials, 0, effort)
    missing = trials.fill - _fill(tried, trials, 0) - TOLERANCE
    return round(max(missing, 0.0), 3), tried.realised().stock_value


def _effort(ladder: Levels, trials: Trials, month: int, goal: float) -> float:
    """Find the effort that met the goal over the `back` months up to a month of the test; else the greatest.

    Units: whole efforts are rungs of the ladder, the part between them the share of series on the upper one.
    """
    goal = min(max(goal, GOAL_MIN), GOAL_MAX)
    least, most = -1, EFFORTS - 1
    fills = {-1: 0.0, most: _fill(_tried(ladder, trials, month, most), trials, month)}
    while most - least > 1:
        middle = (least + most) // 2
        fills[middle] = _fill(_tried(ladder, trials, month, middle), trials, month)
        least, most = (least, middle) if fills[middle] >= goal else (middle, most)
    between = (goal - fills[least]) / (fills[most] - fills[least]) if fills[most] > fills[least] else 1.0
    return max(least + min(max(between, 0.0), 1.0), 0.0)


def _levels(rungs: Levels, effort: float) -> Levels:
    """Take the levels of an effort: the same series, evenly spread, are on the upper rung first, whatever the month.

    Shapes: rungs is (EFFORTS, series, ...), the result (series, ...).
    """
    lower = int(effort)
    upper = min(lower + 1, EFFORTS - 1)
    place = np.arange(rungs.shape[1]) * GOLDEN % 1.0
    on_upper = (place < effort - lower).reshape(-1, *(1,) * (rungs.ndim - 2))
    return np.asarray(np.where(on_upper, rungs[upper], rungs[lower]), np.int64)


def _fill(tried: OrderTrial, trials: Trials, month: int) -> float:
    """Give the fill of a trial as it would be from a month of the test to its end.

    A trial opens with full shelves and nothing on its way: its first months, until an order can arrive, are better than
    those after them. They count for as much as such months are still to come in the test.
    """
    opening = max(min(trials.lead - 1, trials.back - OPENED_MONTHS_MIN), 0)
    still_opening = max(min(trials.lead - 1, trials.test_months) - month, 0)
    share = still_opening / (trials.test_months - month) if opening else 0.0
    return share * tried.fill(slice(0, opening)) + (1 - share) * tried.fill(slice(opening, None))


def _tried(ladder: Levels, trials: Trials, month: int, effort: float) -> OrderTrial:
    """Try an effort over the `back` months up to a month of the test, on parts asked for before them."""
    window = slice(month, month + trials.back)
    listed = trials.started <= month
    levels = _levels(ladder[:, :, window], effort)[listed]
    return try_levels(levels, trials.demand[listed, window], trials.lead, trials.price[listed])


def _only(trials: Trials, listed: npt.NDArray[np.bool_]) -> Trials:
    return trials._replace(demand=trials.demand[listed], started=trials.started[listed], price=trials.price[listed])
