"""Scans at the edge: what the scanner typed, as the identifiers that the domain understands.

A GS1 label brings part, lot and serial number at once; a plain number typed by hand works too. What a code cannot mean
where it was scanned is refused by the use case; here only unreadable text is.
"""

from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from barcode import BarcodeRefused, Scan, read_scan
from inventory import catalogue
from inventory.errors import RuleBroken


class ScanRefused(RuleBroken):
    """What the scanner sent cannot be read; the code is that of the barcode reader."""

    def __init__(self, refused: BarcodeRefused) -> None:
        super().__init__(**refused.facts)
        self.code = refused.code  # type: ignore[misc]


@dataclass(frozen=True, slots=True)
class ScannedPart:
    """A part label: the part by number or GTIN, and what else the label told. A count printed on it is `quantity`."""

    part: str
    lot: str | None = None
    serial: str | None = None
    quantity: int | None = None


def read(text: str) -> Scan:
    """What the text says.

    Raises: ScanRefused.
    """
    try:
        return read_scan(text)
    except BarcodeRefused as refused:
        raise ScanRefused(refused) from refused


def read_part(session: Session, text: str, *, lot: str | None = None, serial: str | None = None) -> ScannedPart:
    """The part that a label or a typed number names; a lot or serial told apart fills what the label leaves out.

    A plain number that is no part of ours may be a label whose scanner sends no GS1 sign: then it is read as one.

    Raises: ScanRefused.
    """
    scan = read(text)
    if scan.plain and scan.candidates and catalogue.find_part(session, scan.plain) is None:
        scan = next((one for one in scan.candidates if one.gtin or one.part_number), scan)
    named = ScannedPart(
        scan.part_number or scan.gtin or scan.plain or text.strip(), scan.lot, scan.serial, scan.quantity
    )
    return replace(named, lot=named.lot or lot, serial=named.serial or serial)


def read_bin(text: str) -> str:
    """The code of the bin that a label or a typed code names.

    Raises: ScanRefused.
    """
    scan = read(text)
    return scan.location_extension or scan.plain or text.strip()


def read_sscc(text: str) -> str:
    """The SSCC of a handling unit, from its label or typed.

    Raises: ScanRefused.
    """
    scan = read(text)
    typed = next((one.sscc for one in scan.candidates if one.sscc), None)
    return scan.sscc or typed or scan.plain or text.strip()
