"""Which warehouse should serve a line: decided in memory, from candidates that were read."""

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from inventory.ledger import Choice, Purpose, StockKey
from inventory.sourcing.models import DeliveryClass

EARTH_RADIUS_KM = 6371.0


@dataclass(frozen=True, slots=True)
class Need:
    """So much of a line that has no source yet; `for_shelf`: it is to fill the destination's own shelf."""

    line_id: int
    destination_id: int
    part_id: int
    quantity: int
    priority: int
    for_shelf: bool


class Candidate(NamedTuple):
    """A warehouse with free stock of a part that could serve a line: the one asked for, or one that may replace it.

    Units: hours are the delivery hours of its class; distance_km is along the great circle.
    """

    line_id: int
    key: StockKey
    source_code: str
    part_number: str
    delivery_class: DeliveryClass
    hours: int
    neighbour: bool
    preference: int
    distance_km: float
    available: int


def rank(needs: Sequence[Need], candidates: Sequence[Candidate]) -> list[Choice]:
    """Choose the sources of the needs, in the order given: soonest promise first, then nearest, then fullest.

    At the same hour the upper tiers go before a neighbour's shelf, which that station keeps for its own calls, and an
    old part number that is to be used up goes before its successor. A source that can serve all of a need goes before
    others of its hour, tier and number, so that a line is split only where it must be. Stock chosen for one need is
    not offered to the next.
    """
    left = {candidate.key: candidate.available for candidate in candidates}
    offers: dict[int, list[Candidate]] = defaultdict(list)
    for candidate in candidates:
        offers[candidate.line_id].append(candidate)
    choices = []
    for need in needs:
        wanted = need.quantity
        covering = {one.key for one in offers[need.line_id] if left[one.key] >= need.quantity}
        for candidate in sorted(offers[need.line_id], key=lambda one: _order(one, covers=one.key in covering)):
            quantity = min(wanted, left[candidate.key])
            if quantity > 0:
                left[candidate.key] -= quantity
                wanted -= quantity
                on_site = candidate.delivery_class is DeliveryClass.ON_SITE
                purpose = Purpose.EARMARK if on_site else Purpose.SUPPLY
                choices.append(Choice(need.line_id, candidate.key, quantity, need.priority, purpose))
    return choices


def _order(one: Candidate, *, covers: bool) -> tuple[int, bool, int, bool, float, int, StockKey]:
    return one.hours, one.neighbour, one.preference, not covers, one.distance_km, -one.available, one.key


def distance_km(latitude_a: float, longitude_a: float, latitude_b: float, longitude_b: float) -> float:
    """The great-circle distance between two points.

    Units: degrees in, kilometres out.
    Source: haversine formula, Sinnott (1984), Sky and Telescope 68(2), 159.
    """
    a, b = math.radians(latitude_a), math.radians(latitude_b)
    half = math.sin((b - a) / 2) ** 2
    half += math.cos(a) * math.cos(b) * math.sin(math.radians(longitude_b - longitude_a) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * math.asin(min(1.0, math.sqrt(half)))
