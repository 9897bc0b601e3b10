"""What transport lets higher contexts know."""

from dataclasses import dataclass
from datetime import datetime

from inventory.actor import Actor


@dataclass(frozen=True, slots=True)
class ShippedLine:
    """So much of a request line left in a shipment, named by its number."""

    line_id: int
    quantity: int
    shipment: str


@dataclass(frozen=True, slots=True)
class LinesShipped:
    """Picked stock left its warehouse. A line is named once."""

    lines: tuple[ShippedLine, ...]
    by: Actor
    at: datetime


@dataclass(frozen=True, slots=True)
class ReceivedLine:
    """So much of a request line arrived in a shipment: good, damaged, or not at all."""

    line_id: int
    received: int
    damaged: int
    missing: int
    shipment: str

    @property
    def lost(self) -> int:
        """How much of it nobody can use."""
        return self.damaged + self.missing


@dataclass(frozen=True, slots=True)
class LinesReceived:
    """Part of a shipment, or all of it, was accounted for at its destination. A line is named once."""

    lines: tuple[ReceivedLine, ...]
    by: Actor
    at: datetime
