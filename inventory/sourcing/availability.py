"""Availability: where a part is and by when it can be at a warehouse, as far as the asker may know."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy.orm import Session

from inventory.actor import Actor
from inventory.identity import Permission
from inventory.sourcing.candidates import Source, list_candidates, list_sources
from inventory.sourcing.models import DeliveryClass
from inventory.sourcing.promises import due
from inventory.sourcing.ranking import Candidate, Need, rank


class AvailableSource(NamedTuple):
    """A source with its promise. `available` is told only of warehouses whose stock the asker may see.

    Everybody else learns whether it is enough, never how much a foreign warehouse holds.
    """

    source: Source
    enough: bool
    available: int | None


def list_availability(
    session: Session, part_id: int, *, warehouse_id: int, quantity: int = 1, by: Actor, at: datetime
) -> list[AvailableSource]:
    """Who could supply a part to a warehouse and by when, in the order in which sourcing would choose.

    Raises: NotPermitted; NotFound when the actor does not ask on behalf of that warehouse.
    """
    by.require(Permission.SEE_AVAILABILITY, warehouse_id)
    return [
        AvailableSource(
            source=source,
            enough=source.available >= quantity,
            available=source.available if by.may(Permission.SEE_STOCK, source.warehouse_id) else None,
        )
        for source in list_sources(session, part_id, warehouse_id=warehouse_id, at=at)
    ]


@dataclass(frozen=True, slots=True)
class SupplyHint:
    """Where the first unit of a part would come from, as a list of parts tells it.

    `sources` counts the warehouses that have some. `number` is the one that would really be sent.
    """

    source: str
    number: str
    delivery_class: DeliveryClass
    promised_at: datetime
    sources: int


def list_hints(
    session: Session, part_ids: Sequence[int], *, warehouse_id: int, by: Actor, at: datetime
) -> dict[int, SupplyHint]:
    """For each part that anybody has: who would send one of it to a warehouse, and by when. One statement.

    Raises: NotPermitted; NotFound when the actor does not ask on behalf of that warehouse.
    """
    by.require(Permission.SEE_AVAILABILITY, warehouse_id)
    needs = [Need(part_id, warehouse_id, part_id, 1, 5, for_shelf=False) for part_id in part_ids]
    offers: dict[int, list[Candidate]] = defaultdict(list)
    for candidate in list_candidates(session, needs, at=at):
        offers[candidate.line_id].append(candidate)
    return {need.part_id: _hint(need, offers[need.part_id], at=at) for need in needs if need.part_id in offers}


def _hint(need: Need, offers: Sequence[Candidate], *, at: datetime) -> SupplyHint:
    (choice,) = rank([need], offers)
    chosen = next(one for one in offers if one.key == choice.key)
    return SupplyHint(
        source=chosen.source_code,
        number=chosen.part_number,
        delivery_class=chosen.delivery_class,
        promised_at=due(at, chosen.hours),
        sources=len({one.key.warehouse_id for one in offers}),
    )
