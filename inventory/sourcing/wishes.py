"""The words of a part request: what somebody wishes, and what he is answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from inventory.sourcing.promises import PromisedShare


@dataclass(frozen=True, slots=True)
class WishedLine:
    """A part by its number, and how many base units of it."""

    part: str
    quantity: int


@dataclass(frozen=True, slots=True)
class PartRequestWish:
    """What somebody asks for: the repair centre by its code, the lines, and how urgent they are."""

    warehouse: str
    lines: Sequence[WishedLine]
    work_order_id: int | None = None
    needed_by: datetime | None = None
    priority: int = 5
    note: str = ""

    @property
    def for_shelf(self) -> bool:
        """Whether it is to fill the repair centre's own shelf."""
        return self.work_order_id is None


@dataclass(frozen=True, slots=True)
class PromisedLine:
    """A line as it was accepted: what is set aside where, what is back-ordered, and by when it is promised."""

    line_id: int
    position: int
    part: str
    quantity: int
    back_ordered: int
    promised_at: datetime
    shares: tuple[PromisedShare, ...]


@dataclass(frozen=True, slots=True)
class AcceptedRequest:
    """The answer to a part request: its number, and the promise of each line."""

    request_id: int
    number: str
    accepted_at: datetime
    lines: tuple[PromisedLine, ...]
