"""What the floor lets higher contexts know."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from inventory.actor import Actor


class PickFailure(StrEnum):
    """Why stock that was there in the books could not be picked."""

    SHORT = "short"
    DAMAGED = "damaged"


@dataclass(frozen=True, slots=True)
class PickFailed:
    """So much of a line could not be picked. It is no longer reserved here and has to come from elsewhere."""

    line_id: int
    quantity: int
    kind: PickFailure
    reason: str
    task_id: int
    warehouse_id: int
    part_id: int
    by: Actor
    at: datetime


@dataclass(frozen=True, slots=True)
class ReceivedPart:
    """So much of a part came in a receipt; `rejected` of it was not good."""

    part_id: int
    quantity: int
    rejected: int


@dataclass(frozen=True, slots=True)
class AnnouncedGoodsReceived:
    """Part of an announcement came, or all of it; the expected receipt is held. A part is named once."""

    expected_receipt_id: int
    receipt_id: int
    parts: tuple[ReceivedPart, ...]
    by: Actor
    at: datetime


@dataclass(frozen=True, slots=True)
class ReceiptClosedShort:
    """What has not come of an announcement is not waited for any more."""

    expected_receipt_id: int
    reason: str
    by: Actor
    at: datetime
