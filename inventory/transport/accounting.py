"""What scans at a dock say about a shipment: so much of each of its lines arrived good, damaged, or not at all.

Pure: it decides from the lines and the scans alone, so that it can be asked before the rows are locked and again after.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from inventory.transport.errors import AlreadyReceived, NothingScanned, NotInShipment, OverReceived
from inventory.warehousing import LotNeeded, SerialNeeded, names_part


@dataclass(frozen=True, slots=True)
class SentLine:
    """A line of a shipment with the codes that a scan is compared with; `open` is what is not accounted for yet.

    What is moved `for_stock` is kept for nobody where it arrives.
    """

    id: int
    handling_unit_id: int
    sscc: str | None
    line_id: int
    part_id: int
    part_number: str
    part_name_zh: str
    part_name_en: str
    gtin: str | None
    lot_id: int
    lot_number: str
    unit_id: int | None
    serial: str | None
    owner_id: int
    priority: int
    quantity: int
    received: int
    damaged: int
    missing: int
    for_stock: bool = False

    @property
    def open(self) -> int:
        """How much of the line is still under way."""
        return self.quantity - self.received - self.damaged - self.missing


@dataclass(frozen=True, slots=True)
class BoxScan:
    """A handling unit by its SSCC: everything in it arrived, and is good."""

    sscc: str


@dataclass(frozen=True, slots=True)
class PieceScan:
    """Pieces by their part label: so many good, damaged, missing."""

    part: str
    received: int = 0
    damaged: int = 0
    missing: int = 0
    lot: str | None = None
    serial: str | None = None

    @property
    def total(self) -> int:
        """How many pieces the scan accounts for."""
        return self.received + self.damaged + self.missing


@dataclass(frozen=True, slots=True)
class RestMissing:
    """Everything of the shipment that was not accounted for did not arrive."""


Scan = BoxScan | PieceScan | RestMissing


@dataclass(frozen=True, slots=True)
class Share:
    """What is newly known of a line of the shipment."""

    line: SentLine
    received: int = 0
    damaged: int = 0
    missing: int = 0

    @property
    def total(self) -> int:
        """How much of the line the share accounts for."""
        return self.received + self.damaged + self.missing


@dataclass(slots=True)
class _Account:
    """The lines of a shipment while scans are read: what each still has open, and what became known of it."""

    lines: Sequence[SentLine]
    shares: dict[int, Share] = field(default_factory=dict)

    def open_of(self, line: SentLine) -> int:
        return line.open - (self.shares[line.id].total if line.id in self.shares else 0)

    def put(self, line: SentLine, *, received: int = 0, damaged: int = 0, missing: int = 0) -> None:
        share = self.shares.get(line.id, Share(line))
        self.shares[line.id] = replace(
            share,
            received=share.received + received,
            damaged=share.damaged + damaged,
            missing=share.missing + missing,
        )


def account(lines: Sequence[SentLine], scans: Sequence[Scan]) -> list[Share]:
    """Read the scans, in order, as shares of the lines of a shipment. Good pieces go to the most urgent lines first.

    Raises: NothingScanned; NotInShipment; AlreadyReceived; OverReceived; LotNeeded and SerialNeeded where the label
    leaves open which of several is meant.
    """
    reading = _Account(lines)
    for scan in scans:
        if isinstance(scan, BoxScan):
            _read_box(reading, scan)
        elif isinstance(scan, PieceScan):
            _read_pieces(reading, scan)
        else:
            for line in lines:
                reading.put(line, missing=reading.open_of(line))
    shares = [share for share in reading.shares.values() if share.total]
    if not shares:
        raise NothingScanned()
    return shares


def _read_box(reading: _Account, scan: BoxScan) -> None:
    inside = [line for line in reading.lines if line.sscc == scan.sscc]
    if not inside:
        raise NotInShipment(sscc=scan.sscc[:20])
    if not any(reading.open_of(line) for line in inside):
        raise AlreadyReceived(sscc=scan.sscc)
    for line in inside:
        reading.put(line, received=reading.open_of(line))


def _read_pieces(reading: _Account, scan: PieceScan) -> None:
    if min(scan.received, scan.damaged, scan.missing) < 0 or scan.total == 0:
        raise NothingScanned(part=scan.part[:40])
    meant = [
        line
        for line in reading.lines
        if names_part(line.part_number, line.gtin, scan.part)
        and (scan.lot is None or line.lot_number == scan.lot)
        and (scan.serial is None or line.serial == scan.serial)
    ]
    if not meant:
        raise NotInShipment(part=scan.part[:40], lot=scan.lot, serial=scan.serial)
    waiting = [line for line in meant if reading.open_of(line)]
    if not waiting:
        raise AlreadyReceived(part=meant[0].part_number, lot=scan.lot, serial=scan.serial)
    still_open = sum(reading.open_of(line) for line in waiting)
    if scan.total > still_open:
        raise OverReceived(part=meant[0].part_number, open=still_open, quantity=scan.total)
    if still_open not in (scan.received, scan.damaged, scan.missing):
        _require_one(waiting, lambda line: line.lot_number, LotNeeded, "lots")
        _require_one(waiting, lambda line: line.serial, SerialNeeded, "serials")
    _spread(reading, waiting, scan)


def _require_one(
    waiting: Sequence[SentLine],
    code: Callable[[SentLine], str | None],
    refusal: type[LotNeeded] | type[SerialNeeded],
    name: str,
) -> None:
    """Refuse to guess which of several lots or pieces is meant."""
    choice = sorted({text for line in waiting if (text := code(line)) is not None})
    if len(choice) > 1:
        raise refusal(**{name: choice})


def _spread(reading: _Account, waiting: Sequence[SentLine], scan: PieceScan) -> None:
    left = {"received": scan.received, "damaged": scan.damaged, "missing": scan.missing}
    for line in sorted(waiting, key=lambda line: (line.priority, line.id)):
        for kind in left:
            part = min(left[kind], reading.open_of(line))
            left[kind] -= part
            reading.put(line, **{kind: part})
