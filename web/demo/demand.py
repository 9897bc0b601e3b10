"""How much is needed of a part in a region: real monthly series, resampled.

The rule. Of the 2,674 monthly series of car parts the 2,509 without gaps are used, ordered by their total. The demo's
parts are shuffled into an order of popularity by the seed. A part at the share u of that order (0 the most popular)
draws, for every region (the area of a distribution centre), one of the series around the share u of the ordered
series, within 5 % of their number to either side; and of its 51 months a run of 12 that begins at a random month. The
last of them is the month that ends today; the two years before it are the 24 months that come before the run, those at
the end of the series where it begins too early. Runs of zeros and bursts are the real ones, a popular part is popular
everywhere, and no two regions have the same year.

The series of car parts follow no year. What is asked for of air conditioners and boilers is multiplied by the season of
its month, to a whole number by chance; nothing else is rescaled.

The same seed gives the same demand.
"""

import csv
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

SERIES = Path(__file__).parent / "data" / "carparts_monthly.csv"
MONTHS = 12
EARLIER_MONTHS = 24
NEIGHBOURHOOD = 0.05
MONTH = timedelta(days=30.4)
MOST = np.iinfo(np.uint8).max


@dataclass(frozen=True, slots=True)
class Demand:
    """A year of demand, and the two years before it.

    Shapes: monthly is (parts, regions, 12), earlier is (parts, regions, 24), oldest month first; popularity is
    (parts,), 0 for the most popular.
    Units: uses of the part a month; a use takes the part's usual quantity.
    """

    monthly: NDArray[np.uint8]
    earlier: NDArray[np.uint8]
    popularity: NDArray[np.int64]


def read_series() -> NDArray[np.int64]:
    """The complete series, those with the largest total first.

    Shapes: (series, months).
    """
    with SERIES.open(encoding="utf-8", newline="") as file:
        rows = [row[1:] for row in csv.reader(file)][1:]
    complete = np.array([[int(cell) for cell in row] for row in rows if all(row)])
    return np.asarray(complete[np.argsort(-complete.sum(axis=1), kind="stable")])


def draw_demand(parts: int, regions: int, rng: np.random.Generator) -> Demand:
    """Draw a year for every part and region by the rule above."""
    series = read_series()
    count, length = series.shape
    popularity = rng.permutation(parts)
    reach = NEIGHBOURHOOD * count
    middle = (popularity / parts * count)[:, None]
    drawn = np.clip(middle + rng.uniform(-reach, reach, (parts, regions)), 0, count - 1).astype(np.int64)
    start = rng.integers(0, length - MONTHS + 1, (parts, regions))
    monthly = np.empty((parts, regions, MONTHS), dtype=np.uint8)
    for month in range(MONTHS):
        monthly[:, :, month] = series[drawn, start + month]
    earlier = np.empty((parts, regions, EARLIER_MONTHS), dtype=np.uint8)
    for month in range(EARLIER_MONTHS):
        earlier[:, :, month] = series[drawn, (start - EARLIER_MONTHS + month) % length]
    return Demand(monthly, earlier, popularity)


def follow_the_year(
    demand: Demand, seasons: Sequence[Sequence[float] | None], *, until: date, rng: np.random.Generator
) -> Demand:
    """Let parts that have a season follow it, in demand that ends on a day.

    Shapes: seasons is (parts,), each with twelve factors, January first, or None.
    """
    following = np.array([part for part, season in enumerate(seasons) if season is not None], dtype=np.int64)
    if not len(following):
        return demand
    factors = np.array([season for season in seasons if season is not None])
    whole = np.concatenate([demand.earlier, demand.monthly], axis=2)
    months = whole.shape[2]
    of_year = np.array([(until - MONTH * (months - at - 0.5)).month - 1 for at in range(months)])
    asked = whole[following] * factors[:, None, of_year]
    whole[following] = np.minimum(np.floor(asked + rng.random(asked.shape)), MOST).astype(np.uint8)
    return replace(demand, earlier=whole[:, :, :EARLIER_MONTHS], monthly=whole[:, :, EARLIER_MONTHS:])
