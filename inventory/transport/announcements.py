"""What transport lets higher contexts know."""

from dataclasses import dataclass
from datetime import datetime

from inventory.actor import Actor


@dataclass(frozen=True, slots=True)
class ShippedLine:
    """So much of a request line left in a shipment."""

    line_id: int
    quantity: int


@dataclass(frozen=True, slots=True)
class LinesShipped:
    """Picked stock left its warehouse in a shipment, named by its number. A line is named once."""

    lines: tuple[ShippedLine, ...]
    shipment: str
    by: Actor
    at: datetime


@dataclass(frozen=True, slots=True)
class ReceivedLine:
    """So much of a request line arrived in a shipment: good, damaged, or not at all."""

    line_id: int
    received: int
    damaged: int
    missing: int


@dataclass(frozen=True, slots=True)
class LinesReceived:
    """Part of a shipment, or all of it, was accounted for at its destination. A line is named once.

    `shipped_at` and `due_at` tell whether it left too late or took too long.
    """

    lines: tuple[ReceivedLine, ...]
    shipment: str
    shipped_at: datetime
    due_at: datetime
    by: Actor
    at: datetime
