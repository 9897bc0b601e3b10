"""What planning is measured on: 442 places in three tiers, parts asked for now and then at about fifty of them.

Everything is drawn from one seed and loaded by COPY. Each part is asked for at some places, of all that draw from them
as well; how often, follows from how popular the part is and how large the place. Sizes are one or a few units. Of
one part in ten demand began late, of one in ten it dies out. Stock lies for some months of demand everywhere but
at one place in thirty, which has run dry.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import text
from sqlalchemy.orm import Session

from inventory.copying import Bigints, Cursor, Instants, Numbers, Words, copy_columns, copy_rows
from inventory.db import database_now
from inventory.network import Tier, Warehouse, default_owner
from tests import given
from tests.bench.world import Databases
from web.cluster import APP_ROLE, OWNER_ROLE
from web.demo.indexes import put_aside
from web.migrating import migrate

SEED: Final = 20
CENTRALS, CENTRES, STATIONS = 6, 36, 400
PLACES: Final = CENTRALS + CENTRES + STATIONS
PAIRS_A_PART: Final = 50
STATIONS_A_PART: Final = 29.0
"""With the places above them about PAIRS_A_PART."""
MONTHS: Final = 36
SUPPLIERS: Final = 40
DIVISIONS: Final = 8
PARTS_AT_ONCE: Final = 2_000
DRY_SHARE: Final = 1 / 30
POSTGRES_EPOCH: Final = date(2000, 1, 1)
_LARGE: Final = ("demand_day", "lot", "balance", "lot_balance")

Ints = NDArray[np.int64]
Reals = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Places:
    """The warehouses by index: centrals, then distribution centres, then repair centres; ids in the same order.

    Shapes: all (places,). `parent` is an index, its own at the top; `shelf` a bin.
    """

    ids: Ints
    parent: Ints
    shelf: Ints
    size: Reals


@dataclass(frozen=True, slots=True)
class Asked:
    """Where some parts are asked for and how often, sorted by part, then place.

    Shapes: all (pairs,). Units: `rate` months with demand a month, at most.
    """

    part: Ints
    place: Ints
    rate: Reals


def load_planning_world(databases: Databases, pairs: int) -> int:
    """Make the tables and load parts for so many part-places; tell how many pairs there are."""
    migrate(databases.address(OWNER_ROLE, databases.measured), databases.address(APP_ROLE, databases.measured))
    with databases.opened(OWNER_ROLE, databases.measured) as engine, Session(engine) as session, session.begin():
        made = _load(session, max(pairs // PAIRS_A_PART, 1))
    databases.command("VACUUM (ANALYZE)")
    return made


def _load(session: Session, parts: int) -> int:
    rng = np.random.default_rng(SEED)
    on = database_now(session).date()
    places = _open_places(session, rng)
    cursor: Cursor = session.connection().connection.cursor()  # type: ignore[assignment]
    for setting in ("lock_timeout = 0", "statement_timeout = 0", "maintenance_work_mem = '512MB'"):
        cursor.execute(f"SET LOCAL {setting}".encode())
    owner = default_owner(session).id
    made = 0
    with put_aside(cursor, _LARGE):
        _copy_parts(cursor, parts, on, rng)
        _copy_lots(cursor, parts, on)
        for asked in _asked(parts, places, rng):
            made += len(asked.part)
            _copy_demand(cursor, asked, places, on, rng)
            _copy_stock(cursor, asked, places, owner, on, rng)
    first = on - timedelta(days=int(MONTHS * 30.4) + 31)
    copy_rows(cursor, "demand_beginning", ("warehouse_id", "first_on"), ((int(one), first) for one in places.ids))
    return made


def _open_places(session: Session, rng: np.random.Generator) -> Places:
    top = [given.warehouse(session, tier=Tier.CENTRAL) for _ in range(CENTRALS)]
    middle = [given.warehouse(session, tier=Tier.DISTRIBUTION, parent=top[at % CENTRALS]) for at in range(CENTRES)]
    low = [given.warehouse(session, tier=Tier.REPAIR, parent=middle[at % CENTRES]) for at in range(STATIONS)]
    opened: list[Warehouse] = [*top, *middle, *low]
    shelves = [given.bin(session, one).id for one in opened]
    row = {one.id: at for at, one in enumerate(opened)}
    parent = [row[one.parent_id] if one.parent_id else at for at, one in enumerate(opened)]
    return Places(
        np.array([one.id for one in opened]), np.array(parent), np.array(shelves), rng.gamma(1.5, 1 / 1.5, PLACES)
    )


def _copy_parts(cursor: Cursor, parts: int, on: date, rng: np.random.Generator) -> None:
    prices = np.round(np.exp(rng.normal(3.5, 1.3, parts)) + 0.5, 4)
    copy_rows(
        cursor, "division", ("id", "code", "name_zh"), ((1 + at, f"D{at}", f"事业部{at}") for at in range(DIVISIONS))
    )
    copy_rows(
        cursor,
        "part",
        ("id", "number", "name_zh", "name_pinyin", "division_id", "price", "currency"),
        ((1 + at, f"P{at:07}", "配件", "peijian", 1 + at % DIVISIONS, prices[at], "CNY") for at in range(parts)),
    )
    copy_rows(
        cursor,
        "supplier",
        ("id", "code", "name_zh", "currency"),
        ((1 + at, f"V{at:04}", "供应商", "CNY") for at in range(SUPPLIERS)),
    )
    copy_rows(
        cursor,
        "supplier_part",
        ("id", "supplier_id", "part_id", "lead_time_days", "pack_size", "moq"),
        ((1 + at, 1 + at % SUPPLIERS, 1 + at, 10 + at % 50, 1 + 4 * (at % 3), 1 + 4 * (at % 3)) for at in range(parts)),
    )
    copy_rows(
        cursor,
        "list_price",
        ("supplier_part_id", "valid_from", "from_quantity", "price", "currency"),
        ((1 + at, on - timedelta(days=300), 1, round(prices[at] * 0.6, 4), "CNY") for at in range(parts)),
    )
    for table in ("division", "part", "supplier", "supplier_part"):
        cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), 1 + max(id)) FROM {table}".encode())


def _asked(parts: int, places: Places, rng: np.random.Generator) -> Iterator[Asked]:
    """The places of all parts, some parts at a time."""
    weight = places.size[CENTRALS + CENTRES :]
    for first in range(0, parts, PARTS_AT_ONCE):
        count = min(PARTS_AT_ONCE, parts - first)
        popular = rng.gamma(0.8, 1 / 0.8, (count, 1))
        chance = 1 - np.exp(-weight * (STATIONS_A_PART / STATIONS) * 1.1 * popular)
        there = np.zeros((count, PLACES), dtype=np.bool_)
        there[:, CENTRALS + CENTRES :] = rng.random((count, STATIONS)) < chance
        there[np.arange(count), CENTRALS + CENTRES + rng.integers(0, STATIONS, count)] = True
        for low, high in ((CENTRALS + CENTRES, PLACES), (CENTRALS, CENTRALS + CENTRES)):
            below, place = np.nonzero(there[:, low:high])
            there[below, places.parent[low + place]] = True
        part, place = np.nonzero(there)
        often = 0.28 * np.sqrt(popular[part, 0] + 0.2) * np.sqrt(places.size[place])
        often *= np.where(place < CENTRALS + CENTRES, 0.3, 1.0)
        yield Asked(first + part, place, often * rng.gamma(1.2, 1 / 1.2, len(part)))


def _copy_demand(cursor: Cursor, asked: Asked, places: Places, on: date, rng: np.random.Generator) -> None:
    """Write a row for each month with demand, on one of its days."""
    first_month = np.datetime64(on, "M") - MONTHS
    month = np.arange(MONTHS)
    fate = asked.part % 10
    alive = np.where((fate == 0)[:, None], month >= asked.part[:, None] % 30, True)
    fading = np.where((fate == 1)[:, None], 0.5 ** (month / 12), 1.0)
    happens = rng.random((len(asked.part), MONTHS)) < (1 - np.exp(-asked.rate[:, None] * fading)) * alive
    pair, at = np.nonzero(happens)
    day = (first_month + at).astype("datetime64[D]").astype(np.int64) + rng.integers(0, 28, len(at))
    since = (POSTGRES_EPOCH - date(1970, 1, 1)).days
    copy_columns(
        cursor,
        "demand_day",
        {
            "part_id": Bigints(asked.part[pair] + 1),
            "warehouse_id": Bigints(places.ids[asked.place[pair]]),
            "asked_on": Numbers(day - since, ">i4"),
            "source_id": Bigints(places.ids[places.parent[asked.place[pair]]]),
            "origin": Words(["imported"], np.zeros(len(pair), dtype=np.int8)),
            "quantity": Bigints(rng.geometric(0.7, len(pair))),
        },
    )


def _copy_lots(cursor: Cursor, parts: int, on: date) -> None:
    """A lot for each part; ids are those of the parts."""
    received = f"{on - timedelta(days=200)} 08:00:00+00"
    copy_rows(
        cursor,
        "lot",
        ("id", "part_id", "number", "first_received_at"),
        ((1 + at, 1 + at, "L1", received) for at in range(parts)),
    )


def _copy_stock(cursor: Cursor, asked: Asked, places: Places, owner: int, on: date, rng: np.random.Generator) -> None:
    below = np.zeros((int(asked.part[-1]) + 1 - int(asked.part[0]), PLACES))
    own = (asked.part - asked.part[0], asked.place)
    below[own] = asked.rate * 1.43
    for low, high in ((CENTRALS + CENTRES, PLACES), (CENTRALS, CENTRALS + CENTRES)):
        for place in range(low, high):
            below[:, places.parent[place]] += below[:, place]
    flow = below[own]
    months = np.where(asked.place < CENTRALS, 4.0, 2.0)
    held = np.ceil(flow * months + 2.5 * np.sqrt(flow * months) + 1).astype(np.int64)
    lying = np.flatnonzero(rng.random(len(flow)) >= DRY_SHARE)
    part, place = asked.part[lying], asked.place[lying]
    keys: dict[str, Bigints] = {
        "warehouse_id": Bigints(places.ids[place]),
        "part_id": Bigints(part + 1),
        "owner_id": Bigints(np.full(len(part), owner)),
        "on_hand": Bigints(held[lying]),
    }
    received = int(np.datetime64(on - timedelta(days=200), "us").astype(np.int64)) + 8 * 3_600_000_000
    copy_columns(cursor, "balance", keys)
    copy_columns(
        cursor,
        "lot_balance",
        {
            **keys,
            "bin_id": Bigints(places.shelf[place]),
            "lot_id": Bigints(part + 1),
            "condition": Words(["good"], np.zeros(len(part), dtype=np.int8)),
            "first_received_at": Instants(np.full(len(part), received)),
        },
    )


def let_a_day_pass(databases: Databases) -> None:
    """Let one place in fifty lose a unit, as on a usual day."""
    chosen = "(part_id * 7919 + warehouse_id * 104729) % 50 = 0 AND on_hand > 1"
    with databases.opened(APP_ROLE, databases.measured) as engine, Session(engine) as session, session.begin():
        session.execute(text("SET LOCAL statement_timeout = 0"))
        session.execute(text(f"UPDATE balance SET on_hand = on_hand - 1 WHERE {chosen} AND reserved < on_hand"))
