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
