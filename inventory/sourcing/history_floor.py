"""The floor's share of a request's history: tasks released, claimed, picked, packed, and what could not be picked."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from sqlalchemy import Row, literal_column, select
from sqlalchemy.orm import Session

from inventory import identity
from inventory.actor import Actor
from inventory.catalogue.models import Part
from inventory.identity import Permission
from inventory.ledger.models import Lot, Unit
from inventory.network.models import Bin
from inventory.sourcing.history_steps import Handled, HistoryStep
from inventory.timeline import DocumentEvent, DocumentKind
from inventory.transport.models import HandlingUnit
from inventory.warehousing import PickTask, TaskStatus, Wave

AnyRow = Row[*tuple[Any, ...]]

# The line tells of its shipping and of its failed picks itself; the task adds only what was in hand.
TOLD_BY_LINE = ("shipped",)
# What is said of a task would be misread when it is said of a line: the line may live on.
NAMES = {"cancelled": "pick_cancelled", "reduced": "pick_reduced"}


@dataclass(frozen=True, slots=True)
class FloorHistory:
    """Steps of the floor, and the stock behind each failed pick by (command, line)."""

    steps: Sequence[HistoryStep]
    failed: dict[tuple[int | None, int | None], HistoryStep]


def read_floor(session: Session, line_ids: Sequence[int], *, by: Actor) -> FloorHistory:
    """What the floor did for lines, as far as the reader is at one of the task's two ends, in two statements."""
    rows = session.execute(
        select(
            DocumentEvent,
            PickTask.line_id,
            PickTask.warehouse_id,
            Bin.code.label("bin"),
            Lot.number.label("lot"),
            Unit.serial,
            Part.number.label("part"),
        )
        .join(PickTask, PickTask.id == DocumentEvent.document_id)
        .join(Bin, Bin.id == PickTask.bin_id)
        .join(Lot, Lot.id == PickTask.lot_id)
        .join(Part, Part.id == PickTask.part_id)
        .outerjoin(Unit, Unit.id == PickTask.unit_id)
        .where(
            DocumentEvent.document_kind == literal_column(f"'{DocumentKind.PICK_TASK}'"),
            PickTask.line_id.in_(line_ids),
            identity.covers(by, Permission.SEE_REQUESTS, PickTask.warehouse_id, PickTask.destination_id),
        )
        .order_by(DocumentEvent.id)
    ).all()
    boxes = _boxes(session, {row.DocumentEvent.facts.get("handling_unit_id") for row in rows} - {None})
    told = [one for one in _tell(rows, boxes) if one.what not in TOLD_BY_LINE]
    by_act = sorted(told, key=lambda one: (one.command_id, one.line_id, one.what, one.warehouse_id, one.place))
    steps = [
        _joined(list(same))
        for _, same in groupby(by_act, key=lambda one: (one.command_id, one.line_id, one.what, one.warehouse_id))
    ]
    return FloorHistory(
        steps=[one for one in steps if one.what != "pick_failed"],
        failed={(one.command_id, one.line_id): one for one in steps if one.what == "pick_failed"},
    )


def _tell(rows: Sequence[AnyRow], boxes: dict[int, HandlingUnit]) -> list[HistoryStep]:
    """A step for each event of a task, with the quantity and the lot that the task had at that moment."""
    quantities: dict[int, int] = {}
    overridden = {
        row.DocumentEvent.document_id: row.DocumentEvent.facts["instead_of_lot"]
        for row in rows
        if "instead_of_lot" in row.DocumentEvent.facts
    }
    steps = []
    for row in rows:
        event: DocumentEvent = row.DocumentEvent
        facts = event.facts
        if event.from_status == "new":
            quantities[event.document_id] = facts["quantity"]
        if event.happening == "picked":
            overridden.pop(event.document_id, None)
        has_left_bin = event.from_status in (TaskStatus.PICKED, TaskStatus.PACKED)
        handled = Handled(
            part=row.part,
            lot=overridden.get(event.document_id, row.lot),
            quantity=facts.get("quantity", quantities[event.document_id]),
            serial=row.serial if has_left_bin or event.happening == "picked" else None,
            bin=None if has_left_bin else row.bin,
            instead_of_lot=facts.get("instead_of_lot"),
            **_box(boxes, facts.get("handling_unit_id")),
        )
        if event.happening == "reduced":
            quantities[event.document_id] -= facts["quantity"]
        steps.append(_step(event, row, handled))
    return steps


def _step(event: DocumentEvent, row: AnyRow, handled: Handled) -> HistoryStep:
    failed = "kind" in event.facts
    released = event.happening == "released"
    return HistoryStep(
        place=event.id,
        line_id=row.line_id,
        about=DocumentKind.PICK_TASK,
        what="pick_failed" if failed else NAMES.get(event.happening, event.happening),
        at=event.recorded_at,
        actor_id=event.actor_id,
        command_id=event.command_id,
        reason=event.facts["trigger"] if released else event.reason,
        facts={"wave": Wave(id=event.facts["wave_id"]).number} if released else {},
        warehouse_id=row.warehouse_id,
        handled=(handled,),
    )


def _joined(steps: Sequence[HistoryStep]) -> HistoryStep:
    """Several tasks of a line in one act are one step."""
    return replace(steps[0], handled=tuple(one for step in steps for one in step.handled))


def _boxes(session: Session, ids: set[int]) -> dict[int, HandlingUnit]:
    return {one.id: one for one in session.scalars(select(HandlingUnit).where(HandlingUnit.id.in_(ids)))}


def _box(boxes: dict[int, HandlingUnit], handling_unit_id: int | None) -> dict[str, str | None]:
    if handling_unit_id is None:
        return {}
    return {"handling_unit": boxes[handling_unit_id].number, "sscc": boxes[handling_unit_id].sscc}
