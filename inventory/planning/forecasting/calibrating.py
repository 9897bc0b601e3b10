"""From an asked fill to the levels that really give it: rule, spread and effort are tried on months that have passed.

A parameter does not deliver its target by itself. Before the test every rule is tried with every spread over the
trial months, and the one that meets the asked fill with the least money is kept. The effort is found anew at the end
of every month, by a trial over the latest months, and corrected by what was filled in the months already run:
everything is known by then. A trial holds only parts that were asked for before it, as a stock list does.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from .ladders import EFFORTS, Levels
from .order_trial import OrderTrial, Realised, try_levels

Floats = npt.NDArray[np.float64]

PATIENCE_MONTHS = 3
GOAL_MIN, GOAL_MAX = 0.01, 0.999


class Trials(NamedTuple):
    """Months gone through: first `back` months before the test, then the test.

    Shapes: demand is (series, months), NaN unknown; started (series,) the month of the first demand, 0 or less when it
    came before all of them; price (series,). Units: base units, money a unit; lead in months, at least 1.
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
    listed = trials.started < trials.back
    ladder, trials = ladder[:, listed], _only(trials, listed)
    asked = np.nan_to_num(trials.demand)
    effort = _effort(ladder, trials, 0, trials.fill)
    trial = OrderTrial(ladder[effort, :, trials.back], trials.lead, trials.price)
    for k in range(trials.test_months):
        if k:
            over = (trial.fill - trials.fill) * k / (k + PATIENCE_MONTHS)
            effort = _effort(ladder, trials, k, trials.fill - over)
        trial.month(ladder[effort, :, trials.back + k], asked[:, trials.back + k])
    return trial.realised()


def cost(ladder: Levels, trials: Trials) -> tuple[float, float]:
    """Say what the asked fill cost before the test: the fill that is missing, then stock value between two efforts.

    Shapes: ladder is (EFFORTS, series, months), the months before the test at least.
    """
    effort = _effort(ladder, trials, 0, trials.fill)
    above = _tried(ladder, trials, 0, effort)
    below = _tried(ladder, trials, 0, effort - 1) if effort else above
    missing = max(trials.fill - above.fill, 0.0)
    part = (trials.fill - below.fill) / (above.fill - below.fill) if above.fill > below.fill else 1.0
    return round(missing, 3), below.stock_value + min(max(part, 0.0), 1.0) * (above.stock_value - below.stock_value)


def _effort(ladder: Levels, trials: Trials, month: int, goal: float) -> int:
    """Find the least effort that met the goal over the `back` months up to a month of the test; else the greatest."""
    goal = min(max(goal, GOAL_MIN), GOAL_MAX)
    least, most = 0, EFFORTS - 1
    while least < most:
        middle = (least + most) // 2
        if _tried(ladder, trials, month, middle).fill >= goal:
            most = middle
        else:
            least = middle + 1
    return most


def _tried(ladder: Levels, trials: Trials, month: int, effort: int) -> Realised:
    """Try an effort over the `back` months up to a month of the test, on parts asked for before them."""
    window = slice(month, month + trials.back)
    listed = trials.started < month
    return try_levels(ladder[effort, listed, window], trials.demand[listed, window], trials.lead, trials.price[listed])


def _only(trials: Trials, listed: npt.NDArray[np.bool_]) -> Trials:
    return trials._replace(demand=trials.demand[listed], started=trials.started[listed], price=trials.price[listed])
