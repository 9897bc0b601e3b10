"""Forecasting: what will be asked for of every part and place, from what was asked. Arrays in, arrays out.

Words. A *series* is the demand of one part at one place, period by period; an *origin* the end of a period at which a
forecast is made from what was known then; a *spread* the variance beside the mean. A *line* is the demand of one part
in one month.

Promises.
- A forecast is a distribution: mean and variance a period, read as Poisson or negative binomial.
- Nothing that is chosen (method, spread, stock rule) has seen the months it is judged on.
- Compiled or not, the same bits: kernels do the operations of their numpy twins in the same order.
- A series' forecast from a choice made does not depend on the series beside it, so pieces and the whole agree.

Decisions.
- Methods are judged by RMSSE, scaled quantile losses and bias, never by absolute error: forecasting nothing wins that.
- What is left unknown (NaN) changes no forecast; it is not taken for a month without demand.
- The mean of several methods stays champion until another is clearly better: on carparts and Auto the best single
  methods differ by less than their luck. Croston and SBA are kept as yardsticks; they are 18 to 37 per cent too high.
- The variance is each series' own smoothed squared error, long or short, whichever past quantile losses were least;
  the power law serves series that have no errors yet.
- Of fewer than a hundred series a challenger must be the clearer the fewer they are: fifty that rise are followed more
  quickly, one series changes nothing.
- A season is taken off before methods are chosen and put back into what they forecast: that of all series together,
  and a series' own where it clearly departs (seasons.py). Made-up parts with one summer peak need 1.2 months of stock
  for nine lines in ten, 2.2 without it; on carparts and Auto no season is found, and nothing changes.
- In evaluations, stock rule and spread are tried before the test, the effort is found anew each month, and what the
  test has filled so far corrects it: a parameter does not deliver its target by itself.
"""

from inventory.planning.forecasting.accuracy import bias, mase, quantile_loss, rmsse, scale_of
from inventory.planning.forecasting.bootstrap import bootstrap
from inventory.planning.forecasting.evaluating import HistoryTooShort, LeftOut, Question, Verdict, evaluate, left_out
from inventory.planning.forecasting.installed_base import failure_rate, failures_of
from inventory.planning.forecasting.methods import METHODS, MIXES, forecast_by
from inventory.planning.forecasting.segments import SEGMENTS, character_of, segment_of
from inventory.planning.forecasting.tournament import CANDIDATES, Choice, Forecast, choose, forecast, quantile_of

__all__ = [
    "CANDIDATES",
    "METHODS",
    "MIXES",
    "SEGMENTS",
    "Choice",
    "Forecast",
    "HistoryTooShort",
    "LeftOut",
    "Question",
    "Verdict",
    "bias",
    "bootstrap",
    "character_of",
    "choose",
    "evaluate",
    "failure_rate",
    "failures_of",
    "forecast",
    "forecast_by",
    "left_out",
    "mase",
    "quantile_loss",
    "quantile_of",
    "rmsse",
    "scale_of",
    "segment_of",
]
