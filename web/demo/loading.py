"""Loading the demo: everything is worked out in memory, then copied into the tables in one transaction.

This is a loader, not a use case: it writes rows that the contexts' own code would have written over a year, and
`beijian verify` proves that they add up as if it had. It runs as the owner of the tables, on an empty network.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from sqlalchemy.orm import Session

from inventory import catalogue, identity, network
from inventory.copying import Bigints, Column, Cursor, Instants, Texts, Words, copy_columns, copy_rows
from inventory.network import Tier
from inventory.pinyin import pinyin
from web.demo.asking import copy_demand, deal_demand
from web.demo.buying import copy_suppliers
from web.demo.catalogue import Catalogue, make_catalogue
from web.demo.demand import draw_demand, follow_the_year
from web.demo.geography import Area, read_areas
from web.demo.history import FIRST_DOCUMENT, KINDS, Floors, History, Lots, Lying, Moves, PartFacts, write_history
from web.demo.indexes import put_aside
from web.demo.people import copy_people, posts
from web.demo.places import ZONES, Site, has_high_bay, lay_network, shelves
from web.demo.scales import Scale
from web.demo.stock import Network, work_out
from web.demo.vocabulary import DIVISIONS, SEASONS, SUPPLIERS

LARGE = (
    *("bin", "lot", "receipt", "receipt_line", "move", "balance", "lot_balance", "document_event"),
    *("demand_day",),
)
"""Tables that get so many rows that keys and indexes are built after them."""

LOADED = (
    "warehouse",
    "zone",
    "bin",
    "division",
    "part",
    "product_model",
    "person",
    "lot",
    "receipt",
    "move",
    "supplier",
    "supplier_part",
)
"""Tables whose ids are given by the loader; their sequences go on after them."""


class NetworkNotEmpty(Exception):
    """There are warehouses already: a demo is loaded into an empty network only."""


@dataclass(frozen=True, slots=True)
class Wish:
    """Which demo is loaded, and for which company prefix of GS1."""

    scale: Scale
    seed: int
    gs1_prefix: str
    gln_first: int


def load(session: Session, wish: Wish, *, at: datetime) -> None:
    """Load network, catalogue and a year of stock that ends the day before `at`. The caller commits.

    Raises: NetworkNotEmpty.
    """
    cursor: Cursor = session.connection().connection.cursor()  # type: ignore[assignment]
    for limit in ("lock_timeout", "statement_timeout"):
        cursor.execute(f"SET LOCAL {limit} = 0".encode())
    cursor.execute("SET LOCAL maintenance_work_mem = '512MB'")
    if cursor.execute("SELECT EXISTS (SELECT FROM warehouse)").fetchone() != (False,):
        raise NetworkNotEmpty()
    rng = np.random.default_rng(wish.seed)
    areas = read_areas()
    sites = lay_network(areas, wish.scale, gs1_prefix=wish.gs1_prefix, gln_first=wish.gln_first, rng=rng)
    goods = make_catalogue(wish.scale, gs1_prefix=wish.gs1_prefix, today=at.date(), rng=rng)
    command_id = _open_command(cursor, session, wish)
    with put_aside(cursor, LARGE):
        _copy_regions(cursor, areas.values())
        floors = _copy_sites(cursor, sites, wish.scale)
        _copy_catalogue(cursor, goods)
        copy_suppliers(cursor, goods.parts, at=at, seed=wish.seed)
        copy_people(cursor, list(posts(sites, wish.scale.engineers_per_station)), at=at, rng=rng)
        writer = _Writer(cursor, _owner(session), identity.get_system_actor(session).person_id, command_id)
        _write(writer, sites, goods, floors, wish, at, rng)
    catalogue.keep_usable_parts(session)
    _advance_sequences(cursor)
    cursor.execute("ANALYZE")


def _open_command(cursor: Cursor, session: Session, wish: Wish) -> int:
    """The command under which all of it is written, answered in the same transaction like any other."""
    row = cursor.execute(
        "INSERT INTO command (key, principal_id, kind, request_hash, answer_status) "
        "VALUES (%s, %s, 'demo', '', 200) RETURNING id",
        (f"demo:{wish.scale.name}:{wish.seed}", identity.get_system_actor(session).person_id),
    ).fetchone()
    assert row is not None
    assert isinstance(row[0], int)
    return row[0]


def _owner(session: Session) -> int:
    return network.default_owner(session).id


def _write(
    writer: "_Writer",
    sites: Sequence[Site],
    goods: Catalogue,
    floors: Floors,
    wish: Wish,
    at: datetime,
    rng: np.random.Generator,
) -> None:
    """Work out the year of stock of these warehouses and parts, and three years of demand, and copy them."""
    of_tier = {tier: [site for site in sites if site.tier is tier] for tier in Tier}
    centrals, centres = len(of_tier[Tier.CENTRAL]), len(of_tier[Tier.DISTRIBUTION])
    links = Network(
        centrals,
        np.array([(site.parent_id or 0) - 1 for site in of_tier[Tier.DISTRIBUTION]]),
        np.array([(site.parent_id or 0) - 1 - centrals for site in of_tier[Tier.REPAIR]]),
    )
    seasons = [SEASONS.get(DIVISIONS[part.division_id - 1].code) for part in goods.parts]
    demand = follow_the_year(draw_demand(len(goods.parts), centres, rng), seasons, until=at.date(), rng=rng)
    facts = PartFacts(
        np.array([part.supplier for part in goods.parts]), np.array([part.component.usual for part in goods.parts])
    )
    left_out = np.array([part.serial_tracked for part in goods.parts])
    stock = work_out(links, demand, wish.scale, rng, left_out=left_out)
    history = write_history(
        stock,
        floors,
        facts,
        deliveries=wish.scale.deliveries_per_supplier,
        import_id=writer.command_id,
        until=at,
        rng=rng,
    )
    writer.copy(history)
    # A generator of its own: more or less demand told leaves the year of stock as it is.
    asked = deal_demand(links, demand, stock, wish.scale.asked_share, np.random.default_rng([wish.seed, 1]))
    copy_demand(writer.cursor, asked, links, facts.usual, until=at)


REGION_COLUMNS = (
    *("code", "level", "name_zh", "name_en", "name_pinyin", "parent_code", "city_code", "province_code"),
    *("latitude", "longitude"),
)
WAREHOUSE_COLUMNS = (
    *("id", "code", "name_zh", "name_en", "name_pinyin", "tier", "parent_id", "region_code", "city_code"),
    *("province_code", "address", "latitude", "longitude", "gln"),
)
PART_COLUMNS = (
    *("id", "number", "name_zh", "name_en", "name_pinyin", "pinyin_initials", "division_id", "gtin", "base_unit"),
    *("weight_g", "price", "currency", "serial_tracked"),
)


def _copy_regions(cursor: Cursor, areas: Iterable[Area]) -> None:
    copy_rows(cursor, "region", REGION_COLUMNS, ([getattr(area, name) for name in REGION_COLUMNS] for area in areas))


def _copy_sites(cursor: Cursor, sites: Sequence[Site], scale: Scale) -> Floors:
    """Write warehouses, zones and bins; tell where the bins of each warehouse are."""
    copy_rows(
        cursor,
        "warehouse",
        WAREHOUSE_COLUMNS,
        (
            (
                *(site.id, site.code, site.name_zh, site.name_en, pinyin(site.name_zh).full[:200], site.tier.value),
                *(site.parent_id, site.area.code, site.area.city_code, site.area.province_code, site.address),
                *(site.latitude, site.longitude, site.gln),
            )
            for site in sites
        ),
    )
    zone_ids: dict[tuple[int, str], int] = {}
    zones: list[tuple[object, ...]] = []
    for site in sites:
        for code, (kind, name_zh, name_en) in ZONES.items():
            if code != "HIGH" or has_high_bay(site):
                zone_ids[site.id, code] = len(zones) + 1
                zones.append((len(zones) + 1, site.id, code, kind, name_zh, name_en))
    copy_rows(cursor, "zone", ("id", "warehouse_id", "code", "kind", "name_zh", "name_en"), zones)
    bins: list[tuple[object, ...]] = []
    floors: dict[str, list[int]] = {name: [] for name in Floors.__slots__}
    for site in sites:
        first = {"DOCK": 0, "QUAR": 0, "SHELF": 0, "HIGH": 0}
        counts = {"SHELF": 0, "HIGH": 0}
        for shelf in shelves(site, scale):
            bins.append((len(bins) + 1, site.id, zone_ids[site.id, shelf.zone], shelf.code, shelf.pick_sequence))
            first[shelf.zone] = first.get(shelf.zone) or len(bins)
            counts[shelf.zone] = counts.get(shelf.zone, 0) + 1
        floors["dock"].append(first["DOCK"])
        floors["quarantine"].append(first["QUAR"])
        floors["first_shelf"].append(first["SHELF"])
        floors["shelves"].append(counts["SHELF"])
        floors["first_high"].append(first["HIGH"])
        floors["high"].append(counts["HIGH"])
    copy_rows(cursor, "bin", ("id", "warehouse_id", "zone_id", "code", "pick_sequence"), bins)
    return Floors(**{name: np.array(values) for name, values in floors.items()})


def _copy_catalogue(cursor: Cursor, goods: Catalogue) -> None:
    copy_rows(
        cursor,
        "division",
        ("id", "code", "name_zh", "name_en"),
        ((id, one.code, one.name_zh, one.name_en) for id, one in enumerate(DIVISIONS, start=1)),
    )
    copy_rows(
        cursor,
        "part",
        PART_COLUMNS,
        (
            (
                *(part.id, part.number, part.name_zh, part.name_en, (spelt := pinyin(part.name_zh)).full),
                *(spelt.initials, part.division_id, part.gtin, part.component.base_unit, part.weight_g, part.price),
                *("CNY", part.serial_tracked),
            )
            for part in goods.parts
        ),
    )
    copy_rows(
        cursor,
        "product_model",
        ("id", "code", "name_zh", "name_en", "name_pinyin", "pinyin_initials", "division_id"),
        (
            (
                *(model.id, model.code, model.name_zh, model.name_en, (spelt := pinyin(model.name_zh)).full),
                *(spelt.initials, model.division_id),
            )
            for model in goods.models
        ),
    )
    copy_rows(cursor, "model_part", ("model_id", "part_id", "quantity"), goods.bills)
    copy_rows(
        cursor,
        "supersession",
        ("old_part_id", "new_part_id", "valid_from", "interchangeable"),
        ((link.old_id, link.new_id, link.valid_from, link.interchangeable) for link in goods.links),
    )


@dataclass(frozen=True, slots=True)
class _Writer:
    """Copies the history, with the owner, the actor and the command that all its rows name."""

    cursor: Cursor
    owner_id: int
    actor_id: int
    command_id: int

    def copy(self, history: History) -> None:
        self._copy_lots(history.lots)
        self._copy_receipts(history)
        self._copy_moves(history.moves)
        self._copy_lying(history.lying)

    def _copy_lots(self, lots: Lots) -> None:
        ids = np.arange(1, len(lots.part) + 1)
        days = (lots.received_at // 1_000_000).astype("datetime64[s]").astype("datetime64[D]").astype(str)
        numbers = np.array([f"{day[2:4]}{day[5:7]}{day[8:]}-{id}" for id, day in enumerate(days, start=1)], dtype="S20")
        columns: dict[str, Column] = {
            "id": Bigints(ids),
            "part_id": Bigints(lots.part),
            "number": Texts(numbers),
            "first_received_at": Instants(lots.received_at),
        }
        copy_columns(self.cursor, "lot", columns)

    def _copy_receipts(self, history: History) -> None:
        receipts, lots = history.receipts, history.lots
        ids = np.arange(FIRST_DOCUMENT, FIRST_DOCUMENT + len(receipts.warehouse))
        copy_columns(
            self.cursor,
            "receipt",
            {
                "id": Bigints(ids),
                "warehouse_id": Bigints(receipts.warehouse),
                "supplier": Words(SUPPLIERS, receipts.supplier),
                "received_by_id": self._all(self.actor_id, len(ids)),
                "received_at": Instants(receipts.received_at),
            },
        )
        copy_columns(
            self.cursor,
            "receipt_line",
            {
                "receipt_id": Bigints(lots.receipt + FIRST_DOCUMENT),
                "part_id": Bigints(lots.part),
                "lot_id": Bigints(np.arange(1, len(lots.part) + 1)),
                "quantity": Bigints(lots.quantity),
                "condition": _same("good", len(lots.part)),
            },
        )
        copy_columns(
            self.cursor,
            "document_event",
            {
                "document_kind": _same("receipt", len(ids)),
                "document_id": Bigints(ids),
                "happening": _same("received", len(ids)),
                "from_status": _same("new", len(ids)),
                "to_status": _same("received", len(ids)),
                "reason": _same("", len(ids)),
                "actor_id": self._all(self.actor_id, len(ids)),
                "command_id": self._all(self.command_id, len(ids)),
                "recorded_at": Instants(receipts.received_at),
            },
        )

    def _copy_moves(self, moves: Moves) -> None:
        count = len(moves.part)
        copy_columns(
            self.cursor,
            "move",
            {
                "id": Bigints(np.arange(1, count + 1)),
                "part_id": Bigints(moves.part),
                "lot_id": Bigints(moves.lot),
                "quantity": Bigints(moves.quantity),
                "from_place": Words([kind.from_place for kind in KINDS], moves.kind),
                "from_warehouse_id": Bigints(moves.from_warehouse),
                "from_bin_id": Bigints(moves.from_bin),
                "from_condition": _same("good", count),
                "from_owner_id": self._all(self.owner_id, count),
                "to_place": Words([kind.to_place for kind in KINDS], moves.kind),
                "to_warehouse_id": Bigints(moves.to_warehouse),
                "to_bin_id": Bigints(moves.to_bin),
                "to_condition": Words([kind.to_condition for kind in KINDS], moves.kind),
                "to_owner_id": self._all(self.owner_id, count),
                "document_kind": Words([kind.document_kind for kind in KINDS], moves.kind),
                "document_id": Bigints(moves.document),
                "reason": Words([kind.reason for kind in KINDS], moves.kind),
                "actor_id": self._all(self.actor_id, count),
                "command_id": self._all(self.command_id, count),
                "recorded_at": Instants(moves.at),
            },
        )

    def _copy_lying(self, lying: Lying) -> None:
        count = len(lying.part)
        copy_columns(
            self.cursor,
            "lot_balance",
            {
                "warehouse_id": Bigints(lying.warehouse),
                "bin_id": Bigints(lying.bin),
                "part_id": Bigints(lying.part),
                "lot_id": Bigints(lying.lot),
                "owner_id": self._all(self.owner_id, count),
                "condition": Words(("good", "quarantine"), lying.quarantined.astype(np.int8)),
                "first_received_at": Instants(lying.received_at),
                "on_hand": Bigints(lying.on_hand),
            },
        )
        parts = int(lying.part.max()) + 1
        good = ~lying.quarantined
        keys, index = np.unique((lying.warehouse * parts + lying.part)[good], return_inverse=True)
        copy_columns(
            self.cursor,
            "balance",
            {
                "warehouse_id": Bigints(keys // parts),
                "part_id": Bigints(keys % parts),
                "owner_id": self._all(self.owner_id, len(keys)),
                "on_hand": Bigints(np.bincount(index, weights=lying.on_hand[good]).astype(np.int64)),
            },
        )

    def _all(self, value: int, count: int) -> Bigints:
        return Bigints(np.broadcast_to(np.int64(value), count))


def _same(word: str, count: int) -> Words:
    return Words([word], np.broadcast_to(np.int8(0), count))


def _advance_sequences(cursor: Cursor) -> None:
    for table in LOADED:
        cursor.execute(
            f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))".encode()  # noqa: S608
        )
