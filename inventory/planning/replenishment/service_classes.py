"""Classes of service: what is served at one price of service, as one number for each place."""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from inventory.planning.policies import PlacePolicies
from inventory.planning.replenishment.arrays import Ids

TARGET_UNIT: Final = 10_000
MEASURE_PLACE: Final = 10**15
TARGET_PLACE: Final = 100
TIER_PLACE: Final = 10
"""A service class is one number: measure, target in ten-thousandths as policies keep it, tier, ABC class."""


def service_class(policies: PlacePolicies, rows: Ids, measure: NDArray[np.int8]) -> NDArray[np.int64]:
    """A number for each measure, target, tier and ABC class: what has the same is served at one price of service.

    In a wider pool dear parts would get next to nothing, and so would small places: the share of the whole is met for
    least by screws that lie where many ask. So what a policy asks for is met by tier and class of value; within these,
    parts and places weigh against each other.
    """
    target = np.where(policies.measure[rows] == measure, policies.target[rows], np.nan)
    known = np.where(np.isnan(target), 0.0, np.round(target * TARGET_UNIT)).astype(np.int64)
    of_value = policies.tier[rows].astype(np.int64) * TIER_PLACE + policies.abc[rows]
    return measure.astype(np.int64) * MEASURE_PLACE + known * TARGET_PLACE + of_value


class ServiceClass(NamedTuple):
    """What a service class stands for: places in MEASURES, TIERS and ABC. Units: target as policies tell it."""

    measure: int
    target: float
    tier: int
    abc: int


def read_class(number: int) -> ServiceClass:
    """Tell a service class by its number."""
    measure, rest = divmod(number, MEASURE_PLACE)
    target, of_value = divmod(rest, TARGET_PLACE)
    return ServiceClass(measure, target / TARGET_UNIT, *divmod(of_value, TIER_PLACE))
