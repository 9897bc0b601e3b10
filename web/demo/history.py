"""The year of stock as ledger rows: lots, receipts, moves in the order of time, and the balances they add up to.

A lot's first move comes from a supplier, to the dock of a central warehouse, under a receipt. Deliveries of one
supplier in one season come on one receipt (at the full scale on several). From the dock it is put away; a part of it
is shipped on, through transit, to distribution centres, from there to repair centres, and fitted. Of one central
position in fifty a unit is set apart because its packing is damaged. Every delay is drawn so that stock is there before
it leaves.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from web.demo.stock import SEASON_TO_CENTRALS, SEASON_TO_CENTRES, Ints, Positions, Stock

HOUR_US, DAY_US = 3_600_000_000, 86_400_000_000
YEAR = timedelta(days=370)  # the last move is made five days before the demo is loaded: those are played, not copied
SEASON_STARTS_DAY = np.array([0, 91, 182, 273, 331, 351])
RECEIPTS_DAYS, CENTRES_DAYS, LATE_CENTRES_DAYS, STATIONS_DAYS, MONTH_DAYS = 12, 18, 6, 20, 30.4
QUARANTINED_SHARE, QUARANTINED_LEAVE = 0.02, 3
HIGH_BAY_FROM = 60  # lots of so many pieces go into the high bay where there is one
FIRST_DOCUMENT = 100_001


@dataclass(frozen=True, slots=True)
class Floors:
    """The bins of the warehouses by id.

    Shapes: every array is (warehouses,), in the order of the warehouses' ids, which count from 1.
    """

    dock: Ints
    quarantine: Ints
    first_shelf: Ints
    shelves: Ints
    first_high: Ints
    high: Ints


@dataclass(frozen=True, slots=True)
class Moves:
    """Moves in the order of time; kinds index `KINDS`, and -1 is no warehouse or bin.

    Shapes: every array is (moves,).
    """

    kind: NDArray[np.int8]
    part: Ints
    lot: Ints
    quantity: Ints
    from_warehouse: Ints
    from_bin: Ints
    to_warehouse: Ints
    to_bin: Ints
    document: Ints
    at: Ints


@dataclass(frozen=True, slots=True)
class Kind:
    """What the moves of a kind have in common."""

    from_place: str
    to_place: str
    document_kind: str
    reason: str
    to_condition: str = "good"


RECEIVED, PUT_AWAY, SET_APART, SHIPPED, ARRIVED, FITTED = range(6)
KINDS = (
    Kind("supplier", "bin", "receipt", "received"),
    Kind("bin", "bin", "receipt", "put away"),
    Kind("bin", "bin", "import", "packing damaged", to_condition="quarantine"),
    Kind("bin", "in_transit", "import", "shipped"),
    Kind("in_transit", "bin", "import", "received"),
    Kind("bin", "fitted", "import", "fitted"),
)


@dataclass(frozen=True, slots=True)
class Lots:
    """Lots in the order of their receipt; ids count from 1. `receipt` is its receipt's id.

    Shapes: every array is (lots,).
    """

    part: Ints
    received_at: Ints
    receipt: Ints
    quantity: Ints


@dataclass(frozen=True, slots=True)
class Receipts:
    """Receipts in the order of time; ids count from FIRST_DOCUMENT.

    Shapes: every array is (receipts,).
    """

    warehouse: Ints
    supplier: Ints
    received_at: Ints


@dataclass(frozen=True, slots=True)
class Lying:
    """What lies in the bins at the end.

    Shapes: every array is (positions,).
    """

    warehouse: Ints
    bin: Ints
    part: Ints
    lot: Ints
    received_at: Ints
    on_hand: Ints
    quarantined: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class History:
    """Everything that is written into the ledger."""

    lots: Lots
    receipts: Receipts
    moves: Moves
    lying: Lying


@dataclass(frozen=True, slots=True)
class PartFacts:
    """What the history needs to know of parts.

    Shapes: both are (parts,). `usual` is how many base units one use takes.
    """

    supplier: Ints
    usual: Ints


def begin_of_year(until: datetime) -> datetime:
    """The instant at which the demo's year begins."""
    return (until - YEAR).astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def write_history(
    stock: Stock,
    floors: Floors,
    facts: PartFacts,
    *,
    deliveries: int,
    import_id: int,
    until: datetime,
    rng: np.random.Generator,
) -> History:
    """Give every position its bins and instants, and write the moves."""
    start = int(begin_of_year(until).timestamp()) * 1_000_000
    centrals = int(stock.central.site.max()) + 1
    centres = int(stock.centre.site.max()) + 1
    receipts, receipt_of = _receipts(stock.central, facts, deliveries, start, rng)
    received_at = receipts.received_at[receipt_of]
    in_order = np.argsort(received_at, kind="stable")
    lot_of = np.empty(len(in_order), dtype=np.int64)
    lot_of[in_order] = np.arange(1, len(in_order) + 1)

    central = _Tier.of(stock.central, 1, floors, lot_of, facts)
    centre = _Tier.of(stock.centre, 1 + centrals, floors, lot_of[stock.centre.above], facts)
    station = _Tier.of(
        stock.station, 1 + centrals + centres, floors, lot_of[stock.centre.above][stock.station.above], facts
    )
    put_away_at = received_at + _between(1, 6, HOUR_US, len(received_at), rng)
    slow = np.where(stock.centre.season == SEASON_TO_CENTRES, LATE_CENTRES_DAYS, CENTRES_DAYS)
    to_centre_at = put_away_at[stock.centre.above] + (rng.uniform(0.2, slow) * DAY_US).astype(np.int64)
    at_centre_at = to_centre_at + _between(8, 40, HOUR_US, len(to_centre_at), rng)
    to_station_at = at_centre_at[stock.station.above] + _between(1, STATIONS_DAYS, DAY_US, len(station.part), rng)
    at_station_at = to_station_at + _between(3, 30, HOUR_US, len(station.part), rng)
    used_at = start + ((stock.usage.month + rng.random(len(stock.usage.month))) * MONTH_DAYS * DAY_US).astype(np.int64)

    dock = floors.dock[central.warehouse - 1]
    apart = np.flatnonzero(
        (stock.central.left >= QUARANTINED_LEAVE) & (rng.random(len(central.part)) < QUARANTINED_SHARE)
    )
    quarantine = floors.quarantine[central.warehouse[apart] - 1]
    user = station.at(stock.usage.position)
    apart_quantity = facts.usual[central.part[apart] - 1]
    batches = [
        central.moves(RECEIVED, receipt_of + FIRST_DOCUMENT, received_at, target=dock),
        central.moves(PUT_AWAY, receipt_of + FIRST_DOCUMENT, put_away_at, source=dock, target=central.bin),
        central.at(apart).moves(
            SET_APART,
            import_id,
            put_away_at[apart] + _between(2, 20, HOUR_US, len(apart), rng),
            source=central.bin[apart],
            target=quarantine,
            quantity=apart_quantity,
        ),
        _shipped(central.at(stock.centre.above), centre, import_id, to_centre_at),
        centre.moves(ARRIVED, import_id, at_centre_at, target=centre.bin),
        _shipped(centre.at(stock.station.above), station, import_id, to_station_at),
        station.moves(ARRIVED, import_id, at_station_at, target=station.bin),
        user.moves(
            FITTED, import_id, used_at, source=user.bin, quantity=stock.usage.quantity * facts.usual[user.part - 1]
        ),
    ]
    left_central = central.left.copy()
    left_central[apart] -= apart_quantity
    lying = _lying(
        [(central, left_central), (centre, centre.left), (station, station.left)],
        central.at(apart),
        quarantine,
        apart_quantity,
        received_at[in_order],
    )
    lots = Lots(central.part[in_order], received_at[in_order], receipt_of[in_order], central.received[in_order])
    return History(lots, receipts, _ordered(batches), lying)


@dataclass(frozen=True, slots=True)
class _Tier:
    """The positions of one tier with their ids.

    Shapes: every array is (positions,). Quantities are in base units.
    """

    warehouse: Ints
    part: Ints
    lot: Ints
    bin: Ints
    received: Ints
    left: Ints

    @classmethod
    def of(cls, positions: Positions, first_warehouse: int, floors: Floors, lot: Ints, facts: PartFacts) -> "_Tier":
        warehouse = positions.site + first_warehouse
        usual = facts.usual[positions.part]
        return cls(
            warehouse,
            positions.part + 1,
            lot,
            _bins(positions, warehouse, floors),
            positions.received * usual,
            positions.left * usual,
        )

    def at(self, index: Ints) -> "_Tier":
        """The positions at these indexes."""
        return _Tier(*(getattr(self, name)[index] for name in self.__slots__))

    def moves(
        self,
        kind: int,
        document: Ints | int,
        at: Ints,
        *,
        source: Ints | None = None,
        target: Ints | None = None,
        quantity: Ints | None = None,
    ) -> Moves:
        """A move of every position, of all that was received unless told otherwise, within its warehouse."""
        nowhere = np.full(len(self.part), -1)
        return Moves(
            kind=np.full(len(self.part), kind, dtype=np.int8),
            part=self.part,
            lot=self.lot,
            quantity=self.received if quantity is None else quantity,
            from_warehouse=nowhere if source is None else self.warehouse,
            from_bin=nowhere if source is None else source,
            to_warehouse=nowhere if target is None else self.warehouse,
            to_bin=nowhere if target is None else target,
            document=np.broadcast_to(document, len(self.part)),
            at=at,
        )


def _shipped(sender: _Tier, receiver: _Tier, import_id: int, at: Ints) -> Moves:
    """What left the senders' shelves is what the receivers got."""
    return sender.moves(SHIPPED, import_id, at, source=sender.bin, quantity=receiver.received)


def _receipts(
    central: Positions, facts: PartFacts, deliveries: int, start: int, rng: np.random.Generator
) -> tuple[Receipts, Ints]:
    """The receipts, and for each central position the index of its receipt."""
    supplier = facts.supplier[central.part]
    suppliers = int(facts.supplier.max()) + 1
    delivery = central.part % deliveries
    code = ((central.site * (SEASON_TO_CENTRALS + 1) + central.season) * suppliers + supplier) * deliveries + delivery
    codes, of_position = np.unique(code, return_inverse=True)
    rest, _ = np.divmod(codes, deliveries)
    rest, of_supplier = np.divmod(rest, suppliers)
    site, season = np.divmod(rest, SEASON_TO_CENTRALS + 1)
    day = SEASON_STARTS_DAY[season] + rng.integers(0, RECEIPTS_DAYS, len(codes))
    at = start + day * DAY_US + _between(0, 9, HOUR_US, len(codes), rng)  # 08:00 to 17:00 in China
    in_order = np.argsort(at, kind="stable")
    index = np.empty(len(in_order), dtype=np.int64)
    index[in_order] = np.arange(len(in_order))
    return Receipts(site[in_order] + 1, of_supplier[in_order], at[in_order]), index[of_position]


def _bins(positions: Positions, warehouse: Ints, floors: Floors) -> Ints:
    """A part has a home bin in a warehouse; of some lots the bin beside it; large lots lie in the high bay."""
    home = positions.part * 7919 + warehouse * 104_729 + ((positions.part + positions.season) % 3 == 0)
    shelf = floors.first_shelf[warehouse - 1] + home % floors.shelves[warehouse - 1]
    high = floors.first_high[warehouse - 1] + home % np.maximum(floors.high[warehouse - 1], 1)
    in_high_bay = (floors.high[warehouse - 1] > 0) & (positions.received >= HIGH_BAY_FROM)
    chosen: Ints = np.where(in_high_bay, high, shelf)
    return chosen


def _between(low: float, high: float, unit_us: int, count: int, rng: np.random.Generator) -> Ints:
    return (rng.uniform(low, high, count) * unit_us).astype(np.int64)


def _ordered(batches: list[Moves]) -> Moves:
    """All moves in the order of time."""
    order = np.argsort(np.concatenate([batch.at for batch in batches]), kind="stable")
    return Moves(*(np.concatenate([getattr(batch, name) for batch in batches])[order] for name in Moves.__slots__))


def _lying(
    tiers: list[tuple[_Tier, Ints]], apart: _Tier, quarantine: Ints, apart_quantity: Ints, received_at: Ints
) -> Lying:
    """What is left of every position, and what was set apart, by bin and lot.

    Shapes: received_at is (lots,), by lot id.
    """
    columns = [
        (tier.warehouse[left > 0], tier.bin[left > 0], tier.part[left > 0], tier.lot[left > 0], left[left > 0])
        for tier, left in tiers
    ]
    columns.append((apart.warehouse, quarantine, apart.part, apart.lot, apart_quantity))
    warehouse, bin_id, part, lot, on_hand = (np.concatenate(column) for column in zip(*columns, strict=True))
    quarantined = np.arange(len(lot)) >= len(lot) - len(apart.lot)
    order = np.lexsort((lot, bin_id))  # the order of the widest unique key, which then grows at its end only
    return Lying(
        warehouse[order],
        bin_id[order],
        part[order],
        lot[order],
        received_at[lot[order] - 1],
        on_hand[order],
        quarantined[order],
    )
