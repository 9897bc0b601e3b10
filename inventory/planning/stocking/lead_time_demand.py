"""What is asked for while an order is on its way: the demand that a stock has to face."""

from typing import NamedTuple

import numpy as np

from inventory.planning.stocking.normal import Floats


class LeadTimeDemand(NamedTuple):
    """Mean and variance of the demand over a lead time, or over lead time and review.

    Shapes: (n,) each. Units: base units, and their square.
    """

    mean: Floats
    variance: Floats


def over(
    mean: Floats,
    variance: Floats,
    days: Floats | float,
    days_variance: Floats | float = 0.0,
    *,
    mean_variance: Floats | float = 0.0,
) -> LeadTimeDemand:
    """Mean and variance of the demand over a time that is itself uncertain, with a mean that is only forecast.

    mean T, and variance T + mean^2 VT + mean_variance (T^2 + VT): the demand's own ups and downs even out over the
    days, what the time or the forecast is wrong by does not.

    Shapes: (n,) each, days and the rest (n,) or one for all.
    Units: mean and variance of the demand a day; days T (lead time, and review where the place is looked at
    periodically) and their variance VT; mean_variance, the squared error of the forecast mean. Months serve as well as
    days when all figures are in months.
    Raises: ValueError when a figure is negative or not finite.
    Source: Silver, Pyke and Thomas (2017), Inventory and Production Management in Supply Chains, 4th edition, ch. 6.10;
    Prak, Teunter and Syntetos (2017), EJOR 256(2), 454-461, for the forecast's error.
    """
    figures = (mean, variance, days, days_variance, mean_variance)
    m, v, t, vt, vm = np.broadcast_arrays(*(np.asarray(figure, np.float64) for figure in figures))
    if not all(np.isfinite(figure).all() and (figure >= 0).all() for figure in (m, v, t, vt, vm)):
        raise ValueError("demand, days and their variances are finite and not negative")
    return LeadTimeDemand(m * t, v * t + m * m * vt + vm * (t * t + vt))
