"""What the history of a part request is told in: steps, the stock that went through hands at each, and shipments."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from inventory.timeline import DocumentEvent, DocumentKind
from inventory.transport.models import Shipment


@dataclass(frozen=True, slots=True)
class Handled:
    """Stock of one lot that somebody had in hand: where it lay, and the box it went into.

    `quantity` is None where several lots came together and only their sum is known.
    """

    part: str
    lot: str
    quantity: int | None
    serial: str | None = None
    bin: str | None = None
    handling_unit: str | None = None
    sscc: str | None = None
    instead_of_lot: str | None = None


@dataclass(frozen=True, slots=True)
class Journey:
    """The shipment a step tells of: from where, with whom, under which number of the carrier, due when."""

    id: int
    source_id: int
    carrier_zh: str | None
    carrier_en: str | None
    reference: str
    due_at: datetime

    @property
    def number(self) -> str:
        """The number people read."""
        return Shipment(id=self.id).number


@dataclass(frozen=True, slots=True)
class HistoryStep:
    """Something that happened to a line of a request: when, by whom, why, where, with which stock.

    `about` is the kind of document that tells it. `line_id` is None where it concerns every line of a shipment;
    `command_id` is None for what a carrier tells. `place` is its position in the order in which things were told.
    """

    place: int
    line_id: int | None
    about: DocumentKind
    what: str
    at: datetime
    actor_id: int
    command_id: int | None
    reason: str = ""
    from_status: str = ""
    to_status: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    warehouse_id: int | None = None
    handled: tuple[Handled, ...] = ()
    journey: Journey | None = None


def step_of_line(event: DocumentEvent) -> HistoryStep:
    """What was told of a request line, as a step."""
    return HistoryStep(
        place=event.id,
        line_id=event.document_id,
        about=DocumentKind.REQUEST_LINE,
        what=event.happening,
        at=event.recorded_at,
        actor_id=event.actor_id,
        command_id=event.command_id,
        reason=event.reason,
        from_status=event.from_status,
        to_status=event.to_status,
        facts=event.facts,
    )
