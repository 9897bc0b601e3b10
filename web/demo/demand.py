"""How much is needed of a part in a region: real monthly series, resampled.

The rule. Of the 2,674 monthly series of car parts the 2,509 without gaps are used, ordered by their total. The demo's
parts are shuffled into an order of popularity by the seed. A part at the share u of that order (0 the most popular)
draws, for every region (the area of a distribution centre), one of the series around the share u of the ordered
series, within 5 % of their number to either side; and of its 51 months a run of 12 that begins at a random month. The
last of them is the month that ends today; the two years before it are the 24 months that come before the run, those at
the end of the series where it begins too early. Nothing is rescaled, so that runs of zeros, bursts and seasons are the
real ones, a popular part is popular everywhere, and no two regions have the same year.

The same seed gives the same demand.
"""

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

SERIES = Path(__file__).parent / "data" / "carparts_monthly.csv"
MONTHS = 12
EARLIER_MONTHS = 24
NEIGHBOURHOOD = 0.05


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
