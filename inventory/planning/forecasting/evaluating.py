"""What every method, and the product by its own choice, would have forecast and stocked on a history of months.

The last months are the test. Each forecast in it is made from what was known before its month; what is chosen (the
product's methods, spreads and stock rule) is chosen from the months before the test alone. The other methods are
stocked as the textbook says: every part by itself, negative binomial with the method's own squared errors, all at one
target, which is calibrated to the asked fill in the same way as the product's.
"""

import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from inventory.errors import RuleBroken
from inventory.planning.forecasting import accuracy, calibrating, methods, seasons, spreads, tournament
from inventory.planning.forecasting.bootstrap import bootstrap
from inventory.planning.forecasting.calibrating import Trials
from inventory.planning.forecasting.ladders import RULES, Levels, ladder
from inventory.planning.forecasting.order_trial import Realised
from inventory.planning.forecasting.segments import segment_of
from inventory.planning.forecasting.spreads import Errors

Floats = npt.NDArray[np.floating[Any]]
Prices = npt.NDArray[np.float64]

PRODUCT, BOOTSTRAP = "product", "bootstrap"
YARDSTICKS = (
    "zero",
    "naive",
    "moving_average",
    "ses",
    "croston",
    "sba",
    "tsb",
    "tsb_grid",
    "adida",
    "imapa",
    "combination",
)
TEXTBOOK = ("part",)
STOCK_SHAPES = ("poisson", "history", "demand", "blend")
GROWTH_BOUNDS = (0.5, 4.0)
MONTHS_BEFORE_MIN = 6
BACK_MIN, BACK_MAX = 3, 24
"""Months that stock is tried on before the test: as many as the test has, so that both begin and end alike."""


class HistoryTooShort(RuleBroken):
    """There are too few months before the test to forecast from."""

    code = "history_too_short"


class Question(NamedTuple):
    """What is asked: months to test on, lead time in months, share of lines to be met at once, and a seed."""

    test_months: int = 12
    lead_months: int = 2
    fill: float = 0.90
    seed: int = 1


class Verdict(NamedTuple):
    """How a method did. Units: bias a share of demand, stock_months months of demand, stock_value money (see price)."""

    method: str
    rmsse: float | None
    bias: float | None
    mase: float | None
    sql90: float | None
    sql95: float | None
    sql99: float | None
    fill: float | None
    stock_months: float | None
    stock_value: float | None
    series: int
    seconds: float


class LeftOut(NamedTuple):
    """Series that a verdict says nothing about, or not all: how many, by why.

    not_asked: not asked for before the test, so that nothing would be stocked; unknown: not known in any month of the
    test; unscaled: judged by fill and stock alone, for demand that never changed before the test scales no error.
    """

    not_asked: int
    unknown: int
    unscaled: int


def left_out(history: Floats, test_months: int) -> LeftOut:
    """Count the series that are judged not at all or only in part. Shapes: history is (series, months)."""
    before, test = history[:, :-test_months], history[:, -test_months:]
    asked, judged = accuracy.demanded(before), accuracy.stocked(before, test)
    unscaled = judged & ~accuracy.judged(before, test)
    return LeftOut(*(int(series.sum()) for series in (~asked, asked & ~judged, unscaled)))


def evaluate(
    history: Floats, question: Question, price: Prices | None = None, only: Collection[str] = ()
) -> Iterator[Verdict]:
    """Judge every method, the product's own choice last; where some are named, only those.

    Shapes: history is (series, months), oldest first, NaN unknown; price (series,), 1 for every part when not given.
    Raises: HistoryTooShort when fewer than six months lie before the test.
    """
    months_before = history.shape[1] - question.test_months
    if months_before < MONTHS_BEFORE_MIN:
        raise HistoryTooShort(
            months=history.shape[1], test_months=question.test_months, least=question.test_months + MONTHS_BEFORE_MIN
        )
    court = _Court(history, question, np.ones(len(history)) if price is None else price)
    for name in (*YARDSTICKS, BOOTSTRAP, PRODUCT):
        if not only or name in only:
            yield court.judged(name)


class _Measured(NamedTuple):
    """The measures of a Verdict."""

    rmsse: float | None = None
    bias: float | None = None
    mase: float | None = None
    sql90: float | None = None
    sql95: float | None = None
    sql99: float | None = None
    fill: float | None = None
    stock_months: float | None = None
    stock_value: float | None = None


NOTHING = _Measured()


class _Plan(NamedTuple):
    """A demand per month and until a delivery, at the end of each month of the trials but the last.

    Shapes: mean (series, months), variance, monthly and until_delivery each by shape, alike; `monthly` is the mean of a
    month of those until a delivery. Units: base units, squared.
    """

    mean: Floats
    variance: Floats
    monthly: Floats
    until_delivery: Mapping[str, Floats]


class _Court:
    """The history cut into what was known and what came, and how a method is judged on it."""

    def __init__(self, history: Floats, question: Question, price: Prices) -> None:
        self.question = question
        self.before, self.test = history[:, : -question.test_months], history[:, -question.test_months :]
        kept = accuracy.stocked(self.before, self.test)
        self.history, self.before, self.test = history[kept], self.before[kept], self.test[kept]
        self.scale = accuracy.scale_of(self.before)
        self.back = max(BACK_MIN, min(question.test_months, self.before.shape[1] // 2, BACK_MAX))
        self.months = self.back + question.test_months
        self.trials = Trials(
            self.history[:, -self.months :].astype(np.float64),
            (np.nan_to_num(self.history) > 0).argmax(axis=1) - (history.shape[1] - self.months),
            price[kept],
            self.back,
            question.lead_months,
            question.fill,
        )

    def judged(self, name: str) -> Verdict:
        """Judge a method, the textbook's way to stock it, or the product's own choice."""
        if name == PRODUCT:
            return self.judge(name, self.by_choice, RULES)
        return self.judge(name, self.by_bootstrap if name == BOOTSTRAP else partial(self.by_method, name), TEXTBOOK)

    def judge(self, name: str, plan: Callable[[], _Plan], rules: Sequence[str]) -> Verdict:
        """Forecast, stock and measure; None where there was nothing to measure."""
        started = time.perf_counter()
        if not len(self.history):
            return Verdict(name, *NOTHING, 0, time.perf_counter() - started)
        planned = plan()
        measured = self._accuracy(planned)._replace(**self._stock(planned, rules)._asdict())
        if not (self.test > 0).any():
            measured = measured._replace(bias=None, stock_months=None)
        return Verdict(name, *measured, len(self.history), time.perf_counter() - started)

    def by_method(self, name: str) -> _Plan:
        """Plan by one method, its spread its own squared errors."""
        means = methods.forecast_by([name], self.history, self._origins)[name]
        errors = spreads.errors_of(self.history, means)
        law = self._law(means)
        forecast = means, spreads.variance_of("history", means, errors, law)
        return self._plan(self.history, forecast, errors, ("history",))

    def by_bootstrap(self) -> _Plan:
        """Plan by draws from each part's own past: of a month, and of the months until a delivery."""
        month, until_delivery = (
            bootstrap(self.history, self.months + 1, months=months, seed=self.question.seed)
            for months in (1, self.question.lead_months)
        )
        mean, drawn = month[0][:, :-1], np.maximum(*until_delivery)[:, :-1]
        return _Plan(mean, np.maximum(month[1], month[0])[:, :-1], mean, {"drawn": drawn})

    def by_choice(self) -> _Plan:
        """Plan as the product does: season, methods and spreads chosen from the months before the test."""
        month = np.arange(self.history.shape[1]) % seasons.YEAR
        known = month[: self.before.shape[1]]
        season = seasons.season_within(self.before, known, seasons.season_of(_together(self.before), known))
        history = seasons.without(self.history, season, month)
        before = history[:, : self.before.shape[1]]
        choice = tournament.choose(before)
        made = tournament.forecast(history, segment_of(before), choice, self._origins)
        errors = spreads.errors_of(history, made.mean)
        plan = self._plan(history, (made.mean, made.variance), errors, STOCK_SHAPES)
        return self._in_season(plan, season) if (season != 1).any() else plan

    def _in_season(self, plan: _Plan, season: Prices) -> _Plan:
        """Put the season back into a plan: that of the next month, and of all months until a delivery.

        Shapes: season is (series, 12).
        """
        lead, periods = self.question.lead_months, self.history.shape[1]
        origin = np.arange(periods - self.months, periods)
        following = season[:, origin % seasons.YEAR]
        ahead = (origin[:, None] + np.arange(lead)) % seasons.YEAR
        until_delivery = season[:, ahead].mean(axis=2)
        return _Plan(
            plan.mean * following,
            plan.variance * following,
            plan.monthly * until_delivery,
            {shape: spread * until_delivery for shape, spread in plan.until_delivery.items()},
        )

    @property
    def _origins(self) -> int:
        return int(min(self.history.shape[1], self.months + tournament.SETTLING_MONTHS))

    def _plan(self, history: Floats, forecast: tuple[Floats, Floats], errors: Errors, shapes: Sequence[str]) -> _Plan:
        """Carry a month's spread to the months until a delivery: by how much more those strayed before the test."""
        lead, (means, variance) = self.question.lead_months, forecast
        strayed = self._strayed(history, means, lead)
        expected = lead * errors.recent
        both = np.isfinite(strayed) & np.isfinite(expected)
        growth = strayed[both].sum() / expected[both].sum() if expected[both].sum() > 0 else 1.0
        growth = lead * float(np.clip(growth, *GROWTH_BOUNDS))
        carried = Errors(*(spread * growth for spread in errors))
        law = spreads.fit_power_law(lead * means, strayed)
        cut = slice(-self.months - 1, -1)
        return _Plan(
            means[:, cut],
            variance[:, cut],
            means[:, cut],
            {shape: spreads.variance_of(shape, lead * means, carried, law)[:, cut] for shape in shapes},
        )

    def _law(self, means: Floats) -> spreads.PowerLaw:
        """Fit the power law of one month's spread to the months before the test."""
        return spreads.fit_power_law(means, self._strayed(self.history, means, 1))

    def _strayed(self, history: Floats, means: Floats, lead: int) -> Floats:
        """Give the squared miss of each forecast over the `lead` months after it; NaN where the test has begun."""
        total = np.concatenate([np.zeros((len(means), 1)), np.cumsum(history, axis=1)], axis=1)
        last = self.before.shape[1] - lead
        first = history.shape[1] - means.shape[1]
        strayed = np.full_like(means, np.nan)
        if last > first:
            ends = np.arange(first, last) + 1
            demand = total[:, ends + lead] - total[:, ends]
            strayed[:, : last - first] = (demand - lead * means[:, : last - first]) ** 2
        return strayed

    def _accuracy(self, plan: _Plan) -> _Measured:
        """Measure the forecasts; what is scaled, over the series that have a scale."""
        mean, variance = plan.mean[:, self.back :], plan.variance[:, self.back :]
        bias = accuracy.bias(self.test, mean)
        scaled = self.scale.squared > 0
        if not scaled.any():
            return _Measured(bias=bias)
        scale = accuracy.Scale(self.scale.squared[scaled], self.scale.absolute[scaled])
        test, mean, variance = self.test[scaled], mean[scaled], variance[scaled]
        sql90, sql95, sql99 = (
            float(accuracy.quantile_loss(test, tournament.quantile_of(mean, variance, level), level, scale).mean())
            for level in accuracy.LEVELS
        )
        errors = accuracy.rmsse(test, mean, scale), accuracy.mase(test, mean, scale)
        return _Measured(float(errors[0].mean()), bias, float(errors[1].mean()), sql90, sql95, sql99)

    def _stock(self, plan: _Plan, rules: Sequence[str]) -> Realised:
        """Run the test with the rule and spread that were cheapest before it."""
        ways = [(shape, rule) for shape in plan.until_delivery for rule in rules]
        if len(ways) > 1:
            early = slice(0, self.back)
            ways.sort(key=lambda way: calibrating.cost(self._ladder(plan, way, early), self.trials))
        return calibrating.run(self._ladder(plan, ways[0], slice(None)), self.trials)

    def _ladder(self, plan: _Plan, way: tuple[str, str], months: slice) -> Levels:
        shape, rule = way
        mean, variance = plan.monthly[:, months], plan.until_delivery[shape][:, months]
        price = np.repeat(self.trials.price, mean.shape[1])
        demand = mean.ravel().astype(np.float64), variance.ravel().astype(np.float64)
        levels = ladder(rule, *demand, self.question.lead_months, price)
        return levels.reshape(-1, *mean.shape)


def _together(history: Floats) -> Floats:
    """What all series ask for together, NaN where none is known. Shapes: (series, months), the answer (1, months)."""
    known = ~np.isnan(history).all(axis=0)
    return np.where(known, np.nansum(history, axis=0), np.nan)[None]
