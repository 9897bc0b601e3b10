"""A year of stock, worked out from the shelves upwards, so that every unit has a way back to a supplier.

Words: a *season* is a time of the year in which lots come in. In the first four, lots go from the central warehouse to
distribution centres and on to repair centres before the use that they serve begins; lots of the fifth have got as far
as the distribution centres, those of the sixth lie in the central warehouses. A *position* is a lot in a warehouse.

1. A repair centre stocks parts drawn by popularity, rank r with the weight 1 / (r + 10)^0.8 (Zipf's law, flattened).
2. The use of a region in a month goes to its repair centres that stock the part, unit by unit at random; it is served
   by the season whose lots have arrived by then.
3. Parts differ in how often they come: the most popular fifth in every season, the next three tenths in every other,
   the rest once a year and some of them a second time.
4. What is left on a shelf: at a repair centre one, more of what is used often; at a distribution centre a month of the
   region's demand and a standard deviation; at a central warehouse two months of the demand below it. It lies in the
   last lots from which something was taken, or younger ones, as first in first out leaves it.
5. What a repair centre got, its distribution centre sent; what that one got, the central warehouse sent; what a lot
   was received with is all that left it and what is left. Every sum is exact.

One part in a hundred, of the least popular, is nowhere: its requests become back-orders. Nor is what is tracked by
serial number: that comes in through the use cases (`living.py`), a year of single pieces would be many rows for few.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from web.demo.demand import MONTHS, Demand
from web.demo.scales import Scale

Ints = NDArray[np.int64]
SEASONS_USED, SEASON_TO_CENTRES, SEASON_TO_CENTRALS = 4, 4, 5
SEASONS = 6
FIRST_MONTH_USED = 2  # by then the lots of the first season have arrived at the repair centres
FLATTENING, EXPONENT = 10, 0.8
NOWHERE_SHARE = 0.01
OFTEN_SHARE, SOMETIMES_SHARE, AGAIN_SHARE = 0.2, 0.3, 0.2
CENTRAL_COVER_MONTHS = 2.0


@dataclass(frozen=True, slots=True)
class Network:
    """The warehouses by index.

    Shapes: centre_of is (stations,), the distribution centre of each; central_of is (centres,).
    """

    centrals: int
    central_of: Ints
    centre_of: Ints


@dataclass(frozen=True, slots=True)
class Positions:
    """Lots in the warehouses of one tier, each (site, part, season) once, in that order.

    Shapes: every array is (positions,). `above` is the index of the position it was sent from, or of the lot itself.
    """

    site: Ints
    part: Ints
    season: Ints
    received: Ints
    left: Ints
    above: Ints


@dataclass(frozen=True, slots=True)
class Usage:
    """Recorded use: so much of a position of a repair centre, in a month.

    Shapes: every array is (uses,).
    """

    position: Ints
    month: Ints
    quantity: Ints


@dataclass(frozen=True, slots=True)
class Asked:
    """What repair centres asked for of the parts that they stock, whether it was there or not.

    Shapes: every array is (askings,); month counts from the beginning of the year.
    """

    station: Ints
    part: Ints
    month: Ints
    quantity: Ints


@dataclass(frozen=True, slots=True)
class Stock:
    """The year: central positions (each is a lot), those of distribution centres and of repair centres, and the use."""

    central: Positions
    centre: Positions
    station: Positions
    usage: Usage
    asked: Asked


def season_of(month: Ints) -> Ints:
    """The season whose lots serve a month's use."""
    return np.asarray((month - FIRST_MONTH_USED) // 3)


def _delivered(popularity: Ints, rng: np.random.Generator) -> Ints:
    """The last season, up to each season, in which a part came; the first in which it came where there is none before.

    Shapes: popularity is (parts,); the answer is (parts, seasons).
    """
    parts = len(popularity)
    comes = np.zeros((parts, SEASONS), dtype=bool)
    often, sometimes = popularity < OFTEN_SHARE * parts, popularity < (OFTEN_SHARE + SOMETIMES_SHARE) * parts
    comes[often] = True
    comes[sometimes & ~often, ::2] = True
    rare = np.flatnonzero(~sometimes)
    comes[rare, rng.integers(0, SEASONS_USED, len(rare))] = True
    comes[rare, SEASON_TO_CENTRES] = rng.random(len(rare)) < AGAIN_SHARE
    last = np.maximum.accumulate(np.where(comes, np.arange(SEASONS), -1), axis=1)
    return np.where(last < 0, comes.argmax(axis=1)[:, None], last)


def work_out(
    network: Network, demand: Demand, scale: Scale, rng: np.random.Generator, *, left_out: NDArray[np.bool_]
) -> Stock:
    """Work out the year by the rules above.

    Shapes: left_out is (parts,), true for those that are not to be stocked.
    """
    parts, centres = demand.monthly.shape[:2]
    mean, spread = demand.monthly.mean(axis=2), demand.monthly.std(axis=2)
    nowhere = left_out | (demand.popularity >= parts * (1 - NOWHERE_SHARE))
    chance = np.where(nowhere, 0, (demand.popularity + FLATTENING) ** -EXPONENT)

    delivered = _delivered(demand.popularity, rng)
    pair_station, pair_part = _assortment(len(network.centre_of), chance, scale.parts_per_station, rng)
    use_pair, use_month, use_quantity = _usage(network, demand, pair_station, pair_part, scale.usage_share, rng)
    asked = Asked(pair_station[use_pair], pair_part[use_pair], use_month, use_quantity)
    pair_mean = mean[pair_part, network.centre_of[pair_station]]
    neighbours = np.bincount(network.centre_of, minlength=centres)[network.centre_of[pair_station]]
    left = 1 + rng.poisson(np.minimum(pair_mean / np.sqrt(neighbours) + 0.15, 20))
    season = delivered[pair_part[use_pair], season_of(use_month)]
    served = season <= season_of(use_month)  # before its first delivery of the year a part was not there
    use_pair, use_month, use_quantity = use_pair[served], use_month[served], use_quantity[served]
    used = _Taken(pair_station[use_pair], pair_part[use_pair], season[served], use_quantity)
    shelf = _Shelf(pair_station, pair_part, left)
    lean = rng.random((parts, centres))[pair_part, network.centre_of[pair_station]]
    station = _positions(shelf, used, delivered, lean, last_season=SEASONS_USED - 1, rng=rng)
    usage = Usage(_find(station, used, parts), use_month, use_quantity)

    own_centre, own_part = _assortment(centres, chance, scale.parts_per_centre, rng)
    sent = _Taken(network.centre_of[station.site], station.part, station.season, station.received)
    stocked_centre, stocked_part = _union(np.r_[own_centre, sent.site], np.r_[own_part, sent.part], parts)
    left = np.ceil(mean[stocked_part, stocked_centre] + spread[stocked_part, stocked_centre]).astype(np.int64)
    left += rng.poisson(0.7, len(left))
    shelf = _Shelf(stocked_centre, stocked_part, left)
    lean = rng.random((parts, network.centrals))[stocked_part, network.central_of[stocked_centre]]
    centre = _positions(shelf, sent, delivered, lean, last_season=SEASON_TO_CENTRES, rng=rng)
    station = _linked(station, _find(centre, sent, parts))

    sent = _Taken(network.central_of[centre.site], centre.part, centre.season, centre.received)
    stocked_central, stocked_part = _union(sent.site, sent.part, parts)
    below = np.zeros((parts, network.centrals))
    for index, central in enumerate(network.central_of):
        below[:, central] += mean[:, index]
    left = np.ceil(CENTRAL_COVER_MONTHS * below[stocked_part, stocked_central]).astype(np.int64)
    left += rng.poisson(1.0, len(left))
    shelf = _Shelf(stocked_central, stocked_part, left)
    lean = rng.random(len(left))
    central = _positions(shelf, sent, delivered, lean, last_season=SEASON_TO_CENTRALS, rng=rng)
    centre = _linked(centre, _find(central, sent, parts))
    return Stock(_linked(central, np.arange(len(central.site))), centre, station, usage, asked)


@dataclass(frozen=True, slots=True)
class _Shelf:
    """What is left of a part at a site when the year ends; each (site, part) once, in that order."""

    site: Ints
    part: Ints
    left: Ints


@dataclass(frozen=True, slots=True)
class _Taken:
    """What was taken from the lots of a season at a site."""

    site: Ints
    part: Ints
    season: Ints
    quantity: Ints


def _assortment(sites: int, chance: NDArray[np.float64], draws: int, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """The parts each site stocks, drawn with replacement by chance; (site, part) in order, each once."""
    upto = np.cumsum(chance / chance.sum())
    drawn = np.searchsorted(upto, rng.random((sites, draws)))
    drawn = np.minimum(drawn, np.flatnonzero(chance)[-1])  # against the last rounding of the sum
    return _union(np.repeat(np.arange(sites), draws), drawn.ravel(), len(chance))


def _union(site: Ints, part: Ints, parts: int) -> tuple[Ints, Ints]:
    """The pairs of site and part in order, each once."""
    return np.divmod(np.unique(site * parts + part), parts)


def _usage(
    network: Network, demand: Demand, station: Ints, part: Ints, share: float, rng: np.random.Generator
) -> tuple[Ints, Ints, Ints]:
    """Deal every unit of recorded use to a repair centre of its region that stocks the part.

    Shapes: station and part are (pairs,); the answer is the pair, the month and the quantity of each use.
    """
    centres = len(network.central_of)
    recorded = np.flatnonzero(rng.random(len(part)) < share)
    region = part[recorded] * centres + network.centre_of[station[recorded]]
    by_region = recorded[np.argsort(region, kind="stable")]
    regions, first, stocking = np.unique(np.sort(region), return_index=True, return_counts=True)
    monthly = demand.monthly.reshape(-1, MONTHS)[regions].astype(np.int64)
    monthly[:, :FIRST_MONTH_USED] = 0
    where, month = np.nonzero(monthly)
    units = monthly[where, month]
    where, month = np.repeat(where, units), np.repeat(month, units)
    pair = by_region[first[where] + rng.integers(0, stocking[where])]
    code, quantity = np.unique(pair * MONTHS + month, return_counts=True)
    return code // MONTHS, code % MONTHS, quantity.astype(np.int64)


def _positions(
    shelf: _Shelf,
    taken: _Taken,
    delivered: Ints,
    lean: NDArray[np.float64],
    *,
    last_season: int,
    rng: np.random.Generator,
) -> Positions:
    """The lots of each shelf: those from which something was taken, and those that lie there still.

    What is left lies in the last lot that was taken from, in every other case in a younger one, later with a higher
    `lean`, which the warehouses of one parent share, as they are sent the same lots; where there is enough, in two.

    Shapes: lean is (shelves,), each in [0, 1).
    """
    parts = len(delivered)
    shelf_code, taken_code = shelf.site * parts + shelf.part, taken.site * parts + taken.part
    latest = np.zeros(len(shelf_code), dtype=np.int64)
    np.maximum.at(latest, np.searchsorted(shelf_code, taken_code), taken.season)
    older = latest + (np.maximum(2 * lean - 1, 0) * (last_season - latest + 1)).astype(np.int64)
    younger = older + rng.integers(0, last_season - older + 1)
    older, younger = delivered[shelf.part, older], delivered[shelf.part, younger]
    split = np.where((younger > older) & (shelf.left > 1), rng.integers(0, shelf.left + 1), 0)
    code = np.r_[taken_code, shelf_code, shelf_code] * SEASONS + np.r_[taken.season, older, younger]
    kept, index = np.unique(code, return_inverse=True)
    gone, left = np.zeros(len(kept), dtype=np.int64), np.zeros(len(kept), dtype=np.int64)
    np.add.at(gone, index[: len(taken.site)], taken.quantity)
    np.add.at(left, index[len(taken.site) :], np.r_[shelf.left - split, split])
    real = gone + left > 0
    place, season = np.divmod(kept[real], SEASONS)
    site, part = np.divmod(place, parts)
    return Positions(site, part, season, (gone + left)[real], left[real], np.zeros(0, dtype=np.int64))


def _find(positions: Positions, taken: _Taken, parts: int) -> Ints:
    """The position that each taking was from."""
    code = (positions.site * parts + positions.part) * SEASONS + positions.season
    found = np.searchsorted(code, (taken.site * parts + taken.part) * SEASONS + taken.season)
    return np.asarray(found, dtype=np.int64)


def _linked(positions: Positions, above: Ints) -> Positions:
    return replace(positions, above=above)
