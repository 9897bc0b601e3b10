"""What runs of the past would have expected: their own way of forecasting, on what was known of demand then.

Forecasts can so be judged from the first morning on. Methods, policies and supersessions are those of today.
"""

from collections.abc import Sequence
from datetime import date

import numpy as np
from sqlalchemy.orm import Session

from inventory.planning import demand
from inventory.planning.policies import PolicyBook
from inventory.planning.replenishment.arrays import Ids, Reals
from inventory.planning.replenishment.constants import Constants
from inventory.planning.replenishment.failing import lay_beside
from inventory.planning.replenishment.levels import decide_places
from inventory.planning.replenishment.planning import HISTORY_MONTHS, Standing, ask, before_in, lay_out_places

_NOTHING = np.zeros(0, dtype=np.int64)
NOTHING_STANDS = Standing(_NOTHING, _NOTHING, _NOTHING, _NOTHING)


def look_back(session: Session, part_ids: Ids, book: PolicyBook, constants: Constants, days: Sequence[date]) -> Reals:
    """What a first run on each of some days would have expected of parts over the network: of those it stocked.

    Shapes: part_ids (parts,), ascending; the answer is (days, parts). Units: base units a day.
    """
    history = demand.read_history(session, on=max(days), part_ids=part_ids.tolist())
    return np.stack([_expect(session, part_ids, book, constants, history.known_on(day), day) for day in days])


def _expect(
    session: Session, part_ids: Ids, book: PolicyBook, constants: Constants, history: demand.History, on: date
) -> Reals:
    chosen = part_ids.tolist()
    matrix = demand.lay_in_months(history, on=on, months=HISTORY_MONTHS, part_ids=chosen)
    base = demand.read_installed_base(session, on=on, months=HISTORY_MONTHS, part_ids=chosen)
    fitted = lay_beside(matrix, base, book)
    layout = lay_out_places(matrix, NOTHING_STANDS, part_ids, book, fitted=fitted)
    asking = ask(layout, matrix, before_in(layout, book, NOTHING_STANDS), book, constants, fitted, on=on)
    stocked = decide_places(layout, asking.asked, asking.wanted, asking.before, asking.waiting)
    part = np.searchsorted(part_ids, layout.part_ids)
    expected: Reals = np.bincount(part, weights=asking.asked.daily_mean, minlength=len(part_ids)).astype(np.float64)
    return np.where(np.bincount(part, weights=stocked, minlength=len(part_ids)) > 0, expected, 0.0)
