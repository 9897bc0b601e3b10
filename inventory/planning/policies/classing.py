"""Classes of parts and the stocking rule: arrays in, arrays out; what stands is only left when it is clearly passed."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from inventory.planning.policies.models import Phase

UNCLASSED: Final = 3
"""The code of a part without a class; 0, 1, 2 are a, b, c and x, y, z."""

PHASES: Final = tuple(Phase)
Codes = NDArray[np.int8]
Reals = NDArray[np.float64]


def abc(value: Reals, *, a_share: float, b_share: float, band: float = 0.0, before: Codes | None = None) -> Codes:
    """Class parts by their share of the value of all demand: a until `a_share` of it is reached, b until `b_share`.

    The part that crosses a boundary still belongs to the better class, so the largest is always a; what has no value
    is c. A part leaves the class it was in only when it has passed the boundary by `band` of it.

    Shapes: all (parts,).
    Units: value per year in one currency, NaN is none; shares and band as fractions.
    """
    worth = np.nan_to_num(np.asarray(value, dtype=np.float64))
    order = np.argsort(-worth, kind="stable")
    ranked = worth[order]
    total = ranked.sum()
    passed = np.empty_like(worth)
    passed[order] = (np.cumsum(ranked) - ranked) / (total or 1.0)
    passed[worth <= 0] = np.inf
    return _classed(passed, (a_share, b_share), band, before)


def xyz(
    variation: Reals, *, x_variation: float, y_variation: float, band: float = 0.0, before: Codes | None = None
) -> Codes:
    """Class parts by how much their monthly demand varies: x up to one boundary, y up to the other, z beyond it.

    Shapes: all (parts,).
    Units: coefficient of variation; NaN, of a part that nobody asks for, is z.
    """
    known = np.where(np.isnan(variation), np.inf, variation)
    return _classed(known, (np.nextafter(x_variation, np.inf), np.nextafter(y_variation, np.inf)), band, before)


def variation(history: NDArray[np.floating]) -> Reals:
    """The coefficient of variation of each series: standard deviation over mean; NaN without demand.

    Shapes: history (series, periods), NaN before a series began; out (series,).
    """
    known = ~np.isnan(history)
    count = np.maximum(known.sum(axis=1), 1)
    filled = np.where(known, history, 0.0).astype(np.float64)
    mean = filled.sum(axis=1) / count
    variance = np.maximum((filled * filled).sum(axis=1) / count - mean * mean, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(mean > 0, np.sqrt(variance) / mean, np.nan)


def decide_stocked(
    hits: NDArray[np.integer],
    before: NDArray[np.bool_],
    *,
    stock_hits: NDArray[np.integer],
    drop_hits: NDArray[np.integer],
    phase: Codes,
    told: Codes,
) -> NDArray[np.bool_]:
    """Decide what lies where: laid in from `stock_hits` demands in the window on, left at `drop_hits` and below.

    Between the two what is stays. A new part is not dropped before it had its time; one that is phased out or bought
    for the last time is laid in nowhere anew. What an override tells (1 yes, 0 no, -1 nothing) goes before all of it.

    Shapes: all (places,); phase holds places in PHASES.
    Units: hits are demands, not pieces.
    """
    new, mature = PHASES.index(Phase.NEW), PHASES.index(Phase.MATURE)
    enters = (hits >= stock_hits) & ((phase == new) | (phase == mature))
    stays = before & ((hits > drop_hits) | (phase == new))
    decided: NDArray[np.bool_] = np.where(told >= 0, told == 1, enters | stays)
    return decided


def _classed(figure: Reals, boundaries: tuple[float, float], band: float, before: Codes | None) -> Codes:
    """0, 1 or 2 by two boundaries; from where a part was it moves no further than clearly needed."""
    if before is None or band == 0:
        return _between(figure, boundaries, 1.0)
    strict, lenient = _between(figure, boundaries, 1 - band), _between(figure, boundaries, 1 + band)
    kept = np.clip(before, lenient, strict)
    return np.where(before >= UNCLASSED, _between(figure, boundaries, 1.0), kept).astype(np.int8)


def _between(figure: Reals, boundaries: tuple[float, float], scale: float) -> Codes:
    """How many of the boundaries a figure has reached."""
    reached = [figure >= boundary * scale for boundary in boundaries]
    return (reached[0].astype(np.int8) + reached[1].astype(np.int8)).astype(np.int8)
