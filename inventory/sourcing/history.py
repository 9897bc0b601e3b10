"""The history of a part request: every act of its story in order, from the wish to the fitted part.

Nothing is written for it. The lines tell of themselves; the floor's tasks, the shipments with what carriers said, the
earmarks and the moves behind a draw are rows that exist, put together when somebody reads. The number of statements
does not grow with the request.

Order is that in which things were told: ids of events are drawn under the locks of what they tell of, so they keep
cause and effect apart where instants, read when a transaction begins, may not. Only what carriers say has no place in
it and stands where its instant does.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from heapq import merge
from operator import attrgetter

from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory.actor import Actor
from inventory.identity import Person
from inventory.network.models import Warehouse
from inventory.sourcing.history_floor import FloorHistory, read_floor
from inventory.sourcing.history_road import RoadHistory, read_road
from inventory.sourcing.history_station import StationHistory, read_station
from inventory.sourcing.history_steps import HistoryStep, step_of_line
from inventory.sourcing.queries import RequestView
from inventory.transport.models import Shipment


@dataclass(frozen=True, slots=True)
class RequestHistory:
    """The steps, oldest first, with whoever and whatever they and their facts refer to by id."""

    steps: Sequence[HistoryStep]
    people: dict[int, str]
    warehouses: dict[int, Warehouse]
    parts: dict[int, str]


def history_of_request(session: Session, view: RequestView, *, by: Actor) -> RequestHistory:
    """What happened to the lines of a request that the reader may see, each act once.

    What the floor and the road did is told to who is at one of the two ends of the task or shipment; of other sources
    of a split line the reader learns what the line itself tells.
    """
    line_ids = [line.id for line, _ in view.lines]
    floor, road = read_floor(session, line_ids, by=by), read_road(session, line_ids, by=by)
    station = read_station(session, view)
    told = [step_of_line(event) for event in view.events]
    released = {(one.command_id, one.line_id) for one in floor.steps if one.what == "released"}
    steps = [_with_status(one, told) if one.what == "released" else one for one in floor.steps]
    for step in told:
        if step.what == "released" and (step.command_id, step.line_id) in released:
            continue
        steps.append(_with_stock(step, view, floor, road, station))
        steps += station.earmarked_with(step)
    ordered = merge(sorted(steps, key=attrgetter("place")), road.tracking, key=attrgetter("at"))
    return _named(session, view, list(ordered))


def _with_status(released: HistoryStep, told: Sequence[HistoryStep]) -> HistoryStep:
    """Lots given to the floor, with the change of status of the line where the line tells of it too."""
    act = (released.command_id, released.line_id)
    lines = [one for one in told if one.what == "released" and (one.command_id, one.line_id) == act]
    return replace(released, from_status=lines[0].from_status, to_status=lines[-1].to_status) if lines else released


def _with_stock(
    step: HistoryStep, view: RequestView, floor: FloorHistory, road: RoadHistory, station: StationHistory
) -> HistoryStep:
    """What the line tells, with the stock it was about: in the bin, in the shipment, in the engineer's hands."""
    if step.what == "pick_failed" and (failed := floor.failed.get((step.command_id, step.line_id))):
        return replace(step, handled=failed.handled, warehouse_id=failed.warehouse_id)
    if step.what in ("shipped", "received") and "shipment" in step.facts:
        return _on_the_road(step, view, road)
    return station.with_stock(step)


def _on_the_road(step: HistoryStep, view: RequestView, road: RoadHistory) -> HistoryStep:
    shipment_id = Shipment.id_of(step.facts["shipment"])
    journey = road.journeys.get(shipment_id)
    if journey is None:
        return step
    if step.what == "shipped":
        load = road.loads.get((shipment_id, step.line_id), ())
        return replace(step, journey=journey, handled=load, warehouse_id=journey.source_id)
    remark = road.remarks.get((shipment_id, step.command_id), "")
    return replace(step, journey=journey, reason=step.reason or remark, warehouse_id=view.request.warehouse_id)


def _named(session: Session, view: RequestView, steps: Sequence[HistoryStep]) -> RequestHistory:
    facts = [step.facts for step in steps]
    people = {step.actor_id for step in steps}
    people |= {one[end] for one in facts for end in ("from_id", "to_id") if end in one}
    warehouses = {step.warehouse_id for step in steps} | {step.journey.source_id for step in steps if step.journey}
    warehouses |= {share["source_id"] for one in facts for share in one.get("shares", ())}
    return RequestHistory(
        steps=steps,
        people={
            row.id: row.name for row in session.execute(select(Person.id, Person.name).where(Person.id.in_(people)))
        },
        warehouses={
            one.id: one for one in session.scalars(select(Warehouse).where(Warehouse.id.in_(warehouses - {None})))
        },
        parts={part.id: part.number for part in view.parts.values()},
    )
