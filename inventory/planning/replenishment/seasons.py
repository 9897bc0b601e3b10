"""The season of parts: learned of their division on the sample of a run, of a part itself where it clearly departs.

Demand is forecast without its season. What a place then is asked for a day is told of the month that has begun, and how
much more, or less, a day asks for until a delivery can come: a summer that a lead time away is bought for in spring.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

import numpy as np

from inventory.planning.demand import DemandMatrix
from inventory.planning.forecasting.seasons import YEAR, season_of, season_within, without
from inventory.planning.policies import PolicyBook
from inventory.planning.policies.book import rows_of
from inventory.planning.replenishment.arrays import Ids, Reals
from inventory.planning.replenishment.levels import PlaceDemand
from inventory.planning.replenishment.outlook import whole_parts

NO_SEASON: Final[Reals] = np.ones((1, YEAR))
"""Of whatever division: no month asks for more than another."""
MONTHS_AHEAD: Final = 13
"""Beyond these every day asks for what the mean day does: a year has all seasons in it."""


@dataclass(frozen=True, slots=True)
class Seasons:
    """How much more each month of the year asks for than the mean month, of some parts.

    Shapes: part_ids (parts,), ascending; factor (parts, 12), January first.
    """

    part_ids: Ids
    factor: Reals

    @property
    def none(self) -> bool:
        """Whether no part has a season."""
        return bool((self.factor == 1).all())

    def taken_off(self, matrix: DemandMatrix) -> DemandMatrix:
        """Demand as it would be without its season; that of parts which are none of these stays as it is."""
        if self.none:
            return matrix
        factor = self.of(matrix.part_ids)
        return replace(matrix, quantity=without(matrix.quantity, factor, months_of_year(matrix)))

    def of(self, part_ids: Ids) -> Reals:
        """The season of each of these parts, all of them known here. Shapes: (n,), the answer (n, 12)."""
        factor: Reals = self.factor[np.searchsorted(self.part_ids, part_ids)]
        return factor

    def ahead(self, part_ids: Ids, days: Reals, *, on: date) -> tuple[Reals, Reals]:
        """What a day of this month asks for beside the mean day, and a day of the next `days` beside one of this month.

        Days are counted from the week's first, so that levels are written anew once a week and not every night.

        Shapes: part_ids, days and both answers (n,).
        """
        if self.none:
            return np.ones(len(part_ids)), np.ones(len(part_ids))
        begins = max(on - timedelta(days=on.weekday()), on.replace(day=1))
        first = np.datetime64(on, "M")
        months = np.arange(first, first + MONTHS_AHEAD + 1)
        ends = (months[1:].astype("datetime64[D]") - np.datetime64(begins, "D")).astype(np.float64)
        factor = self.factor[:, months[:-1].astype(np.int64) % YEAR]
        asked = np.cumsum(factor * np.diff(ends, prepend=0.0), axis=1)
        row = np.searchsorted(self.part_ids, part_ids)
        within = np.clip(days, 1e-6, ends[-1])
        month = np.searchsorted(ends, within)
        until = asked[row, month] - factor[row, month] * (ends[month] - within) + np.maximum(days - within, 0.0)
        this_month: Reals = factor[row, 0]
        season = until / np.maximum(days, 1e-6) / this_month
        level = (self.factor == 1).all(axis=1)[row]  # to the bit, whatever parts are in the piece beside it
        return this_month, np.where(level, 1.0, season)

    def put_into(self, asked: PlaceDemand, part_ids: Ids, days: Reals, *, on: date) -> PlaceDemand:
        """Tell demand of this month, and how it goes on until a delivery can come.

        Shapes: asked, of a mean day, part_ids and days (n,). Units: days that a delivery takes.
        """
        if self.none:
            return asked
        this_month, season = self.ahead(part_ids, days, on=on)
        return replace(
            asked,
            daily_mean=asked.daily_mean * this_month,
            daily_variance=asked.daily_variance * this_month,
            this_month=this_month,
            season=season,
        )


def months_of_year(matrix: DemandMatrix) -> Ids:
    """The month of the year of each month of a matrix, January 0. Shapes: (months,)."""
    return matrix.months.astype(np.int64) % YEAR


def learn_seasons(matrix: DemandMatrix, book: PolicyBook, weight: Reals) -> Reals:
    """Tell the season of each division by what is asked of its parts together, each counting for as many as it stands.

    A division counts in pieces worth as much to the sum as they are asked for often: every series in its own mean
    month, times the months in which it was asked for. So no part that is asked for by the gram tells for all.

    Shapes: weight (series,) like the matrix; the answer is (divisions, 12).
    """
    divisions = book.rules.divisions
    if not len(matrix.part_ids):
        return np.ones((divisions, YEAR))
    division = book.parts.division[rows_of(book.parts.ids, matrix.part_ids)]
    known = ~np.isnan(matrix.quantity)
    asked = np.nan_to_num(matrix.quantity).astype(np.float64)
    lines = (asked > 0).sum(axis=1)
    asked *= (weight * lines / np.maximum(asked.sum(axis=1), 1e-9))[:, None]
    total = np.zeros((divisions, asked.shape[1]))
    np.add.at(total, division, asked)
    begun = np.zeros(total.shape, dtype=np.bool_)
    np.logical_or.at(begun, division, known)
    return season_of(np.where(begun, total, np.nan), months_of_year(matrix))


def seasons_of(matrix: DemandMatrix, part_ids: Ids, book: PolicyBook, of_divisions: Reals) -> Seasons:
    """Tell the season of some parts, given by id, from their division's and what each was asked for over the network.

    Shapes: part_ids (n,), in any order and number; of_divisions (divisions, 12).
    """
    parts = np.union1d(part_ids, matrix.part_ids)
    division = book.parts.division[rows_of(book.parts.ids, parts)]
    factor = of_divisions[np.minimum(division, len(of_divisions) - 1)].astype(np.float64)
    asked, part = np.unique(matrix.part_ids, return_inverse=True)
    at = np.searchsorted(parts, asked)
    whole = whole_parts(matrix.quantity, part, len(asked))
    factor[at] = season_within(whole, months_of_year(matrix), factor[at])
    return Seasons(parts, factor)
