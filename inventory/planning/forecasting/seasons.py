"""Seasons: how much more a month of the year asks for than the mean month, where demand clearly follows the year.

A season is told of a group of series first, by what is asked of them together, for one part alone is mostly chance; a
series that clearly departs from its group has a season of its own. Demand is forecast without its season, and what is
forecast is put back into it: a month, or all the days until a delivery can come.

Decisions.
- A linear trend is fitted beside the months, so that growth is not taken for a season.
- A season counts where it explains clearly more than chance (F of 7, the limit of X-11), and is drawn towards none by
  the part of it that chance would explain.
- A series has a season of its own only when it is known for three years, a group for two: among thousands chance looks
  clear somewhere. It must have been asked for in a dozen months, for three demands that fell into one June would look
  like the strongest season of all.
- No month asks for less than a fifth of the mean nor for more than five times it: what is divided by next to nothing
  tells nothing.
"""

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from inventory.planning.forecasting.arrays import Rows

Floats = npt.NDArray[np.float64]
Months = npt.NDArray[np.int64]

YEAR: Final = 12
KNOWN_MIN: Final = 24
OWN_KNOWN_MIN: Final = 36
ASKED_MIN: Final = 12
CLEAR: Final = 7.0
"""Source: Lothian and Morry (1978), A test for the presence of identifiable seasonality, Statistics Canada."""
LEAST, MOST = 0.2, 5.0
TINY: Final = 1e-9


class _Fit(NamedTuple):
    """The trend and the months fitted to rows of one length, and how clear the months are. Shapes: (n, 12), (n,)."""

    season: Floats
    clearness: Floats


def season_of(totals: Rows, month: Months, *, known_min: int = KNOWN_MIN) -> Floats:
    """Tell the season of some series, each by itself; ones where there is none that is clear.

    Nothing is told of series that are known for fewer than `known_min` months.

    Shapes: totals is (series, periods), oldest first, NaN unknown; month (periods,), each period's month
    of the year from 0; the answer is (series, 12), with a mean of about 1.
    Units: base units a month; the answer is a factor.
    """
    season = np.ones((len(totals), YEAR))
    known = np.isfinite(totals)
    telling = np.flatnonzero((known.sum(axis=1) >= known_min) & ((np.nan_to_num(totals) > 0).sum(axis=1) >= ASKED_MIN))
    patterns, pattern = np.unique(known[telling], axis=0, return_inverse=True)
    for place, seen in enumerate(patterns):
        if len(np.unique(month[seen])) == YEAR:
            rows = telling[pattern.ravel() == place]
            season[rows] = _clear_season(totals[rows][:, seen].astype(np.float64), month[seen])
    return season


def _clear_season(rows: Floats, month: Months) -> Floats:
    """The season of rows that are known throughout, ones where it is not clear. Shapes: rows (n, periods)."""
    fit = _fit(rows, month)
    weight = np.where(fit.clearness >= CLEAR, 1 - 1 / np.maximum(fit.clearness, CLEAR), 0.0)
    return np.asarray(np.clip(1 + weight[:, None] * (fit.season - 1), LEAST, MOST))


def season_within(totals: Rows, month: Months, of_group: Floats) -> Floats:
    """Tell the season of some series: that of their group, or their own where they clearly depart from it.

    Shapes: totals as in season_of; of_group and the answer (series, 12).
    """
    own = season_of(without(totals, of_group, month), month, known_min=OWN_KNOWN_MIN)
    return np.clip(of_group * own, LEAST, MOST)


def without(history: Rows, season: Floats, month: Months) -> Rows:
    """Take the season off demand. Shapes: history is (series, periods), season (series, 12), month (periods,)."""
    if (season == 1).all():
        return history
    return (history / season[:, month]).astype(history.dtype)


def _fit(rows: Floats, month: Months) -> _Fit:
    """Fit a level, a trend and months that add up to nothing. Shapes: rows is (n, periods), all known."""
    periods = rows.shape[1]
    level = np.stack([np.ones(periods), np.linspace(-1, 1, periods)])
    of_month = np.eye(YEAR)[month]
    months = (of_month[:, :-1] - of_month[:, -1:]).T
    plain, full = level, np.concatenate([level, months])
    told, left = _least_squares(rows, full)
    unexplained = _least_squares(rows, plain)[1]
    effects = np.concatenate([told[:, 2:], -told[:, 2:].sum(axis=1, keepdims=True)], axis=1)
    mean = np.maximum(rows.mean(axis=1), TINY)
    freedom = periods - len(full)
    explained = np.maximum(unexplained - left, 0) / (YEAR - 1)
    chance = np.maximum(left / freedom, TINY * np.maximum(unexplained, TINY))
    return _Fit(1 + effects / mean[:, None], explained / chance)


def _least_squares(rows: Floats, terms: Floats) -> tuple[Floats, Floats]:
    """Fit terms to every row; the squares that are left. Shapes: rows (n, periods), terms (terms, periods).

    Summed up period by period: a row's bits do not depend on the rows beside it.
    """
    solving = np.linalg.pinv(terms)
    told = np.zeros((len(rows), len(terms)))
    for at in range(rows.shape[1]):
        told += rows[:, at, None] * solving[at]
    left = rows.copy()
    for at, term in enumerate(terms):
        left -= told[:, at, None] * term
    return told, (left**2).sum(axis=1)
