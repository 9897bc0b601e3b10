"""Three years of demand by repair centre and day, as a file of the system before would tell it.

The rule. What was asked for in the year of stock, the stock tells; the rest of a region's demand, and all of the two
years before, is dealt unit by unit at random to its repair centres that stock the part, or to all of them where none
does. What a repair centre asked for in a month it asked for on one day of it.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from inventory.copying import Bigints, Cursor, Numbers, Words, copy_columns, copy_rows
from web.demo.demand import EARLIER_MONTHS, MONTHS, Demand
from web.demo.history import MONTH_DAYS, begin_of_year
from web.demo.stock import Ints, Network, Stock

ALL_MONTHS = EARLIER_MONTHS + MONTHS
DAYS = int(ALL_MONTHS * MONTH_DAYS) + 1
POSTGRES_EPOCH = date(2000, 1, 1)


@dataclass(frozen=True, slots=True)
class AskedDays:
    """What was asked for, by part, repair centre and day, in that order, each once; part and centre by index.

    Shapes: every array is (rows,); day counts from the first of the three years.
    Units: uses of the part.
    """

    part: Ints
    station: Ints
    day: Ints
    quantity: Ints


def deal_demand(network: Network, demand: Demand, stock: Stock, share: float, rng: np.random.Generator) -> AskedDays:
    """Deal the demand of a share of all parts and regions by the rule above."""
    stations, told = len(network.centre_of), stock.asked
    rest = _rest(network, demand, stock)
    rest[rng.random(rest.shape[:2]) >= share] = 0
    place = np.nonzero(rest)
    part, region, month = (np.repeat(one, rest[place]) for one in place)
    station = _dealt(network, stock, part, region, rng)
    pair = np.r_[part * stations + station, told.part * stations + told.station]
    month = np.r_[month, told.month + EARLIER_MONTHS]
    quantity = np.r_[np.ones(len(part), dtype=np.int64), told.quantity]
    pair, month, quantity = _added_up(pair, month, quantity, ALL_MONTHS)
    day = ((month + rng.random(len(month))) * MONTH_DAYS).astype(np.int64)
    pair, day, quantity = _added_up(pair, day, quantity, DAYS)  # two months may meet on a day
    return AskedDays(pair // stations, pair % stations, day, quantity)


def copy_demand(cursor: Cursor, asked: AskedDays, network: Network, usual: Ints, *, until: datetime) -> None:
    """Write what was asked for, in base units, and since when the needs of all repair centres are known.

    Shapes: usual is (parts,), how many base units one use takes.
    """
    centres = network.centrals + 1
    stations = centres + len(network.central_of)
    begins_on = (begin_of_year(until) - timedelta(days=EARLIER_MONTHS * MONTH_DAYS)).date()
    copy_columns(
        cursor,
        "demand_day",
        {
            "part_id": Bigints(asked.part + 1),
            "warehouse_id": Bigints(asked.station + stations),
            "asked_on": Numbers(asked.day + (begins_on - POSTGRES_EPOCH).days, ">i4"),
            "source_id": Bigints(network.centre_of[asked.station] + centres),
            "origin": Words(["imported"], np.broadcast_to(np.int8(0), len(asked.part))),
            "quantity": Bigints(asked.quantity * usual[asked.part]),
        },
    )
    known = ((stations + index, begins_on) for index in range(len(network.centre_of)))
    copy_rows(cursor, "demand_beginning", ("warehouse_id", "first_on"), known)


def _added_up(pair: Ints, time: Ints, quantity: Ints, times: int) -> tuple[Ints, Ints, Ints]:
    """The quantities of each pair and time added up, in their order."""
    codes, at = np.unique(pair * times + time, return_inverse=True)
    pairs, when = np.divmod(codes, times)
    return pairs, when, np.bincount(at, weights=quantity, minlength=len(codes)).astype(np.int64)


def _rest(network: Network, demand: Demand, stock: Stock) -> NDArray[np.int16]:
    """The demand of the regions without what the stock tells of.

    Shapes: the answer is (parts, regions, 36).
    """
    rest = np.concatenate([demand.earlier, demand.monthly], axis=2).astype(np.int16)
    told = stock.asked
    place = (told.part, network.centre_of[told.station], told.month + EARLIER_MONTHS)
    np.subtract.at(rest, place, told.quantity.astype(np.int16))
    assert rest.min() >= 0, "no more is asked for than a region needs"
    return rest


def _dealt(network: Network, stock: Stock, part: Ints, region: Ints, rng: np.random.Generator) -> Ints:
    """For each unit a repair centre of its region: one that stocks the part, or where none does any of them.

    Shapes: part, region and the answer are (units,).
    """
    stations, regions = len(network.centre_of), len(network.central_of)
    stocked, station = np.divmod(np.unique(stock.station.part * stations + stock.station.site), stations)
    luck = rng.random(len(part))
    place = stocked * regions + network.centre_of[station]
    order = np.argsort(place, kind="stable")
    among, found = _drawn(place[order], part * regions + region, luck)
    of_region = np.argsort(network.centre_of, kind="stable")
    among_all, _ = _drawn(network.centre_of[of_region], region, luck)
    chosen: Ints = np.where(found, station[order][among], of_region[among_all])
    return chosen


def _drawn(places: Ints, wanted: Ints, luck: NDArray[np.float64]) -> tuple[Ints, NDArray[np.bool_]]:
    """For each wanted place the index of one of its entries, by luck, and whether it has any.

    Shapes: places is (entries,), sorted; the others and the answers are (wanted,).
    """
    first, after = np.searchsorted(places, wanted), np.searchsorted(places, wanted, side="right")
    index = first + (luck * (after - first)).astype(np.int64)
    return np.minimum(index, len(places) - 1), after > first
