"""The constants of a run, from a sample of its parts: drawn by how much is asked for them, so that few tell for all.

The sample needs no dice: parts in order, each reaching as far as its share of the demand, are picked at even distances.
A part that stands for others counts for as many.
"""

from dataclasses import replace
from datetime import date, timedelta
from typing import Final

import numpy as np
from sqlalchemy.orm import Session

from inventory.planning import demand
from inventory.planning.calibration.grounds import Grounds, Sample
from inventory.planning.calibration.rehearsing import rehearsed
from inventory.planning.columns import read_columns
from inventory.planning.policies import PolicyBook
from inventory.planning.replenishment.arrays import Ids, Reals
from inventory.planning.replenishment.buying import read_sellers
from inventory.planning.replenishment.constants import Constants, price_service
from inventory.planning.replenishment.failing import lay_beside, learn_failing
from inventory.planning.replenishment.levels import Before
from inventory.planning.replenishment.outlook import choose_methods
from inventory.planning.replenishment.planning import (
    HISTORY_MONTHS,
    ask,
    before_in,
    lay_out_places,
    read_standing,
    trees_of,
)
from inventory.planning.replenishment.seasons import learn_seasons, seasons_of

SAMPLE_PARTS: Final = 600
"""Fewer parts are all looked at."""
LEAST_BUSY: Final = 0.05
"""Of what a part is asked for on average: so busy at least each is taken to be, so that those that nobody asks for tell
how seldom parts fail and what they cost."""
BUSY_DAYS: Final = 730
"""Parts are drawn by on how many days, at how many places, they were asked for in this time."""


def fix_constants(session: Session, part_ids: Ids, book: PolicyBook, *, on: date) -> Constants:
    """Work out what holds for all pieces, from a sample of the parts.

    Shapes: part_ids (parts,), ascending.
    """
    sample = draw_parts(session, part_ids, on=on)
    matrix = demand.read_matrix(session, on=on, months=HISTORY_MONTHS, part_ids=sample.part_ids.tolist())
    base = demand.read_installed_base(session, on=on, months=HISTORY_MONTHS, part_ids=sample.part_ids.tolist())
    standing = read_standing(session, sample.part_ids)
    layout = lay_out_places(matrix, standing, sample.part_ids, book, fitted=lay_beside(matrix, base, book))
    sellers = read_sellers(session, sample.part_ids, on=on)
    grounds = Grounds(sample, layout, matrix, sellers, book, base)
    return settle_constants(grounds, before_in(layout, book, standing), on=on)


def settle_constants(grounds: Grounds, before: Before, *, on: date) -> Constants:
    """Work out what holds for all pieces from the parts of a sample, and rehearse it."""
    matrix, base, book = grounds.matrix, grounds.base, grounds.book
    seasons = learn_seasons(matrix, book, grounds.sample.weight_of(matrix.part_ids))
    choice = choose_methods(seasons_of(matrix, matrix.part_ids, book, seasons).taken_off(matrix))
    failing = learn_failing(matrix, base, book, choice, grounds.sample.weight_of(base.part_ids))
    unpriced = Constants({}, choice, grounds.sellers.usual_price(grounds.sample.stands_for), failing, seasons)
    asking = ask(grounds.layout, matrix, before, book, unpriced, lay_beside(matrix, base, book), on=on)
    trees = trees_of(asking, grounds.sellers.worth(grounds.layout.part_ids, unpriced.usual_price))
    weight = grounds.sample.weight_of(trees.part_ids)
    return rehearsed(replace(unpriced, service_prices=price_service(trees, weight)), grounds)


def draw_parts(session: Session, part_ids: Ids, *, on: date) -> Sample:
    """Draw the parts that the constants of a day rest on.

    Shapes: part_ids (parts,), ascending.
    """
    if len(part_ids) <= SAMPLE_PARTS:
        return Sample(part_ids, np.ones(len(part_ids)))
    counted = read_columns(session, _BUSY, {"since": on - timedelta(days=BUSY_DAYS), "until": on}, **_COUNTED)
    busy = np.zeros(len(part_ids))
    at = np.flatnonzero(np.isin(part_ids, counted["part_id"]))
    busy[at] = counted["days"][np.searchsorted(counted["part_id"], part_ids[at])]
    return draw(part_ids, busy, SAMPLE_PARTS)


_BUSY = """
    SELECT part_id, count(*) AS days FROM demand_day
    WHERE asked_on >= %(since)s AND asked_on < %(until)s AND quantity > 0 GROUP BY part_id ORDER BY part_id
"""
_COUNTED = {"part_id": "bigint", "days": "bigint"}


def draw(part_ids: Ids, busy: Reals, count: int) -> Sample:
    """Draw about so many parts, each with a chance in proportion to how busy it is, and for how many it stands.

    Shapes: part_ids and busy (parts,). Units: busy is zero or more.
    Source: Madow (1949), Annals of Mathematical Statistics 20(3), 333-354; weights of Horvitz and Thompson (1952).
    """
    if not len(part_ids):
        return Sample(part_ids, np.ones(0))
    busy = busy + LEAST_BUSY * (busy.mean() or 1.0)
    chance = np.minimum(busy * (count / max(busy.sum(), 1e-12)), 1.0)
    reach = np.cumsum(chance)
    drawn = np.floor(reach + 0.5) > np.floor(np.r_[0.0, reach[:-1]] + 0.5)
    return Sample(part_ids[drawn], 1.0 / chance[drawn])
