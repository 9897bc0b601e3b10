"""Order-up-to levels for every effort: the same rule made stricter step by step, for one part's demand or for many.

A *rule* says which stock an effort buys:
  part    every part by itself: the share of its lines that is met in full reaches the effort
  chance  every part alike: the chance that demand until the next delivery stays within the level reaches the effort
  lines   all parts together: a unit is bought where it meets the most lines for its money
The first is the textbook's, the others move stock to where it does most for all parts taken together.
A *line* is the demand of one part in one month; it is met when all of it lies on the shelf at once.

Levels come from a table of 80 stocks per part, from nothing to six and a half deviations over the mean, in steps of
one unit or, where that does not reach, of several.
"""

import numpy as np
import numpy.typing as npt

from inventory.planning.stocking import counting, normal

Floats = npt.NDArray[np.float64]
Levels = npt.NDArray[np.int64]

RULES = ("part", "chance", "lines")
EFFORTS = 41
STEPS = 80
DEVIATIONS = 6.5
SURE = 4.0
BLOCK = 8_192
TINY = 1e-9

SHARES = 1 - np.exp(np.linspace(np.log(0.97), np.log(0.0002), EFFORTS))
WORTHS = np.exp(np.linspace(-4.0, 12.0, EFFORTS))


def ladder(rule: str, mean: Floats, variance: Floats, months: int, price: Floats) -> Levels:
    """Give the level of every part at every effort, weakest first; a part without forecast demand holds nothing.

    Shapes: mean, variance and price are (n,); the result is (EFFORTS, n), never falling along the efforts.
    Units: mean in base units a month, variance of the demand of all `months` (those until the next delivery can
    arrive), price in money a unit; levels in base units.
    """
    unit = _worth_of_a_line(mean, price) if rule == "lines" else float(price.mean()) or 1.0
    levels = np.empty((EFFORTS, len(mean)), np.int64)
    for start in range(0, len(mean), BLOCK):
        cut = slice(start, start + BLOCK)
        table = _Table(mean[cut], variance[cut], months)
        levels[:, cut] = table.levels(rule, price[cut] / unit)
    levels[:, mean <= TINY] = 0
    return np.maximum.accumulate(levels, axis=0)


def _worth_of_a_line(mean: Floats, price: Floats) -> float:
    """Give the money that an average line of one unit or more asks for: what efforts are measured in."""
    lines = -np.expm1(-mean).sum()
    return float((mean * price).sum() / lines) if lines > 0 and (mean * price).sum() > 0 else 1.0


class _Table:
    """Chances and expected stock at STEPS levels of every part. Shapes: stock, within, met, left are (STEPS, n).

    within: chance that the demand of all months stays within the level; met: expected lines met a month; asked:
    expected lines asked a month; left: expected stock left.
    """

    def __init__(self, mean: Floats, variance: Floats, months: int) -> None:
        total = np.maximum(mean * months, TINY)
        variance = np.maximum(variance, total)
        deviation = np.sqrt(variance)
        step = np.maximum(np.ceil((total + DEVIATIONS * deviation) / STEPS), 1)
        steady = (step > 1) & (total > SURE * deviation)
        step = np.where(steady, np.maximum(np.ceil(2 * DEVIATIONS * deviation / STEPS), 1), step)
        first = np.where(steady, np.maximum(np.floor(total - DEVIATIONS * deviation), 0), 0)
        self.stock = first + step * np.arange(STEPS, dtype=np.float64)[:, None]
        self.within = _within(self.stock, step, steady, total, variance)
        nothing = _nothing(total / months, variance / months)
        self.asked = 1 - nothing
        share = (months - 1) / months
        before = _within(self.stock, step, steady, total * share, variance * share) if months > 1 else 1.0
        self.met = np.maximum(self.within - before * nothing, 0)
        self.left = np.zeros_like(self.within)
        self.left[1:] = np.cumsum(self.within[:-1], axis=0) * step

    def levels(self, rule: str, price: Floats) -> Levels:
        """Give the level at every effort. Shapes: price is (n,), the result (EFFORTS, n)."""
        if rule == "lines":
            places = [np.argmax(worth * self.met - self.left * price, axis=0) for worth in WORTHS]
        elif rule == "part":
            places = [(self.met < share * self.asked).sum(axis=0) for share in SHARES]
        else:
            odds = SHARES / (1 - SHARES)
            places = [(self.within < odd / (odd + price)).sum(axis=0) for odd in odds]
        taken = [np.take_along_axis(self.stock, np.minimum(place, STEPS - 1)[None], axis=0)[0] for place in places]
        return np.stack(taken).astype(np.int64)


def _within(stock: Floats, step: Floats, steady: npt.NDArray[np.bool_], mean: Floats, variance: Floats) -> Floats:
    """Give the chance that demand stays within each stock: negative binomial counted in steps, normal where steady."""
    mean_steps = mean / step
    chance, first, slope = counting.start(mean_steps, np.maximum(variance / step**2, mean_steps))
    within = np.empty_like(stock)
    within[0] = chance
    for k in range(1, STEPS):
        chance = chance * (first + slope * (k - 1)) / k
        within[k] = within[k - 1] + chance
    if steady.any():
        above = (stock[:, steady] + 0.5 - mean[steady]) / np.sqrt(np.maximum(variance[steady], TINY))
        within[:, steady] = 1 - normal.upper_tail(above)
    return np.minimum(within, 1)


def _nothing(mean: Floats, variance: Floats) -> Floats:
    """Give the chance that a month asks for nothing."""
    return counting.start(mean, np.maximum(variance, mean))[0]
