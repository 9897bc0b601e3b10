"""What appliances in use will ask for, where a part was asked for too seldom to tell by its own history.

A part's failures a unit in use are drawn towards what is usual for parts of its criticality, a place's towards its
part's. A part that the whole network asked for in few months is forecast so wherever it is fitted. A place that seldom
asked for a part which others often need is, too, when that has shown itself better than its share of the part's demand:
on the sample of a run, by its last months.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from inventory.planning.demand import DemandMatrix, FittedUnits
from inventory.planning.forecasting.installed_base import failure_rate, failures_of
from inventory.planning.forecasting.tournament import Choice
from inventory.planning.policies import CRITICALITIES, PlacePolicies, PolicyBook
from inventory.planning.policies.book import rows_of
from inventory.planning.replenishment.arrays import Flags, Ids, Reals
from inventory.planning.replenishment.layout import Layout
from inventory.planning.replenishment.levels import DAYS_A_MONTH, PlaceDemand
from inventory.planning.replenishment.outlook import FITTED, METHODS, POOLED_BELOW, forecast_series, whole_parts

TRIAL_MONTHS: Final = 6
PLACES_MIN: Final = 100
MARGIN: Final = 0.02
"""What forecasts a trial's months must be clearly better, at so many places at least."""
_KEY_BITS: Final = 32


@dataclass(frozen=True, slots=True)
class Failing:
    """What the sample of a run tells about failures.

    Units: `usual` failures a unit in use and month, by criticality. `better`: than the share of a part's demand.
    """

    usual: tuple[float, ...]
    better: bool


NO_UNITS: Final = FittedUnits(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros((0, 1), np.float32))
UNKNOWN: Final = Failing((0.0,) * len(CRITICALITIES), False)


@dataclass(frozen=True, slots=True)
class Fitted:
    """Places where a part is fitted, beside what they asked for.

    Shapes: (places,) like the base, history (places, months) with NaN unknown. `part` numbers the parts from 0;
    `months` is in how many of them the place asked, `part_months` in how many anybody did; `asked` whether the place
    ever did.
    """

    base: FittedUnits
    part: Ids
    criticality: Ids
    history: NDArray[np.float32]
    months: Ids
    part_months: Ids
    asked: Flags


_NONE: Final = np.zeros(0, dtype=np.int64)
NOTHING_FITTED: Final = Fitted(
    NO_UNITS, _NONE, _NONE, np.zeros((0, 1), np.float32), _NONE, _NONE, np.zeros(0, dtype=np.bool_)
)


def learn_failing(
    matrix: DemandMatrix, base: FittedUnits, book: PolicyBook, choice: Choice, stands_for: Reals
) -> Failing:
    """Learn from a sample of parts how often units in use fail, and whether that forecasts well.

    Parts are drawn by how much is asked for them, so that those that fail often are drawn most: counted alike, a usual
    part would seem to fail more than twice as often as it does.

    Shapes: stands_for (places,), like the base: how many parts like its own each place's part stands for.
    """
    if not len(base):
        return UNKNOWN
    fitted = lay_beside(matrix, base, book)
    usual = _usual(fitted, base.units, stands_for)
    return Failing(tuple(usual.tolist()), _is_better(matrix, base, book, choice, stands_for))


def _usual(fitted: Fitted, units: NDArray[np.float32], stands_for: Reals) -> Reals:
    failed, used = failures_of(fitted.history, units)
    classes = len(CRITICALITIES)
    all_failed = np.bincount(fitted.criticality, weights=failed * stands_for, minlength=classes)
    all_used = np.bincount(fitted.criticality, weights=used * stands_for, minlength=classes)
    return np.divide(all_failed, all_used, out=np.zeros(classes), where=all_used > 0)


def _is_better(matrix: DemandMatrix, base: FittedUnits, book: PolicyBook, choice: Choice, stands_for: Reals) -> bool:
    """Whether failures would have forecast the last months of the places in question better than their shares did."""
    if len(matrix.months) <= 2 * TRIAL_MONTHS:
        return False
    cut = slice(None, -TRIAL_MONTHS)
    before = DemandMatrix(matrix.part_ids, matrix.warehouse_ids, matrix.months[cut], matrix.quantity[:, cut])
    units = FittedUnits(base.part_ids, base.warehouse_ids, base.units[:, cut])
    fitted = lay_beside(before, units, book)
    row, here = _find(matrix, base)
    chosen = _in_question(fitted)[here] & (units.now[here] > 0)
    row, here = row[chosen], here[chosen]
    actual = np.nan_to_num(matrix.quantity[row, -TRIAL_MONTHS:]).mean(axis=1)
    usual = _usual(fitted, units.units, stands_for)
    failing = (_rates(fitted, units.units, usual) * units.now)[here]
    shared = forecast_series(before, choice).mean[row]
    errors = [float(((forecast - actual) ** 2) @ stands_for[here]) for forecast in (failing, shared)]
    return len(row) >= PLACES_MIN and errors[0] < errors[1] * (1 - MARGIN)


def _in_question(fitted: Fitted) -> Flags:
    """Places that seldom asked, and did at all, for a part that others often need. Shapes: (places,)."""
    seldom = fitted.asked & (fitted.months < POOLED_BELOW)
    return np.asarray(seldom & (fitted.part_months >= POOLED_BELOW))


def add_fitted_places(fitted: Fitted) -> tuple[Ids, Ids]:
    """The part-places that are looked at for what is fitted there: those of parts that nobody asks for often."""
    base = fitted.base
    rows = np.flatnonzero((fitted.part_months < POOLED_BELOW) & (base.now > 0))
    return base.part_ids[rows], base.warehouse_ids[rows]


def expect_failures(
    asked: PlaceDemand,
    layout: Layout,
    wanted: PlacePolicies,
    fitted: Fitted,
    book: PolicyBook,
    failing: Failing,
    choice: Choice,
) -> None:
    """Write what appliances in use will ask for over what was forecast otherwise, where it tells more.

    A month with demand that is expected counts like one that was: a new part is laid in where enough of it is fitted.

    Shapes: asked and wanted (n,), like the layout.
    """
    base = fitted.base
    if not len(base):
        return
    mean = _rates(fitted, base.units, np.array(failing.usual)) * base.now
    chosen = fitted.part_months < POOLED_BELOW
    chosen |= _in_question(fitted) & np.bool_(failing.better)
    rows = np.flatnonzero(chosen & (mean > 0))
    at, which = layout.find(base.part_ids[rows], base.warehouse_ids[rows], book.places)
    mean = mean[rows[which]]
    variance = np.maximum(choice.law.scale * mean**choice.law.power, mean)
    asked.daily_mean[at] = mean / DAYS_A_MONTH
    asked.daily_variance[at] = variance / DAYS_A_MONTH
    asked.method[at] = METHODS.index(FITTED)
    expected = np.floor(wanted.window_months[at] * -np.expm1(-mean) + 1e-9).astype(np.int64)
    asked.hits[at] = np.maximum(asked.hits[at], expected)


def _rates(fitted: Fitted, units: NDArray[np.float32], usual: Reals) -> Reals:
    """Failures a unit in use and month at each place. Shapes: usual is (criticalities,), the answer (places,)."""
    failed, used = failures_of(fitted.history, units)
    parts = int(fitted.part.max(initial=-1)) + 1
    criticality = np.zeros(parts, dtype=np.int64)
    criticality[fitted.part] = fitted.criticality
    all_failed: Reals = np.bincount(fitted.part, weights=failed, minlength=parts).astype(np.float64)
    all_used: Reals = np.bincount(fitted.part, weights=used, minlength=parts).astype(np.float64)
    of_part = failure_rate(all_failed, all_used, usual[criticality])
    return failure_rate(failed, used, of_part[fitted.part])


def lay_beside(matrix: DemandMatrix, base: FittedUnits, book: PolicyBook) -> Fitted:
    """Lay what was asked for beside what is fitted.

    Where a place never asked, that is no demand in the months in which the part's demand is known elsewhere, and not
    known otherwise.
    """
    if not len(base):
        return NOTHING_FITTED
    parts, part = np.unique(base.part_ids, return_inverse=True)
    mine = np.flatnonzero(np.isin(matrix.part_ids, parts))
    whole = np.full((len(parts), len(matrix.months)), np.nan, dtype=np.float32)
    asked_parts, asked_part = np.unique(matrix.part_ids[mine], return_inverse=True)
    at = np.searchsorted(parts, asked_parts)
    whole[at] = whole_parts(matrix.quantity[mine], asked_part, len(asked_parts))
    history = np.where(np.isnan(whole), np.nan, np.float32(0))[part]
    row, here = _find(matrix, base)
    history[here] = matrix.quantity[row]
    asked = np.zeros(len(part), dtype=np.bool_)
    asked[here] = True
    return Fitted(
        base=base,
        part=part,
        criticality=book.parts.criticality[rows_of(book.parts.ids, base.part_ids)].astype(np.int64),
        history=history,
        months=(history > 0).sum(axis=1),
        part_months=(whole > 0).sum(axis=1)[part],
        asked=asked,
    )


def _find(matrix: DemandMatrix, base: FittedUnits) -> tuple[Ids, Ids]:
    """The series of places where a part is fitted: rows of the matrix, and of the base."""
    known = (matrix.part_ids << _KEY_BITS) | matrix.warehouse_ids
    wanted = (base.part_ids << _KEY_BITS) | base.warehouse_ids
    _, row, here = np.intersect1d(known, wanted, assume_unique=True, return_indices=True)
    return row, here
