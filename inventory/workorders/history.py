"""The history of a work order: what happened to it and to its request lines, and the moves of its parts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from inventory.actor import Actor
from inventory.catalogue.models import Part
from inventory.identity.models import Person
from inventory.ledger.models import Lot, Move
from inventory.network.models import Bin, Warehouse
from inventory.sourcing.models import PartRequest, PartRequestLine
from inventory.timeline import DocumentEvent, DocumentKind
from inventory.workorders.finding import get_work_order, list_line_ids
from inventory.workorders.models import DrawnPart


class About(StrEnum):
    """What an entry of the history tells of."""

    WORK_ORDER = "work_order"
    PART_LINE = "part_line"
    MOVE = "move"


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """Something that happened: when, by whom, to what, and why. A move's facts name its two ends."""

    at: datetime
    who: str
    about: About
    what: str
    subject: str
    reason: str
    from_status: str
    to_status: str
    facts: dict[str, Any]
    command_id: int


@dataclass(frozen=True, slots=True)
class WarehouseName:
    """A warehouse that facts refer to by its id."""

    code: str
    name_zh: str
    name_en: str


@dataclass(frozen=True, slots=True)
class History:
    """The entries, oldest first, and the names of the people, warehouses and parts whose ids stand in their facts."""

    entries: Sequence[HistoryEntry]
    people: dict[int, str]
    warehouses: dict[int, WarehouseName]
    parts: dict[int, str]


def history_of(session: Session, number: str, *, by: Actor) -> History:
    """The history of a work order.

    Commands of one instant keep the order in which they were told; within one, the documents speak before the moves.

    Raises: NotPermitted; NotFound for an unknown or a foreign number alike.
    """
    work_order = get_work_order(session, number, by=by)
    events = _events(session, work_order.id, work_order.number)
    moves = _moves(session, work_order.id)
    turn = {one.command_id: number for number, one in reversed(list(enumerate(events)))}
    entries = sorted(events + moves, key=lambda one: (one.at, turn.get(one.command_id, 0), one.about is About.MOVE))
    people, warehouses, parts = _ids([one.facts for one in entries])
    return History(
        entries=entries,
        people=_people(session, people),
        warehouses=_warehouses(session, warehouses),
        parts=_parts(session, parts),
    )


def _events(session: Session, work_order_id: int, number: str) -> list[HistoryEntry]:
    # The ids are read first: an OR with a subquery would go through every event there is.
    line_ids = list_line_ids(session, work_order_id)
    query = (
        select(DocumentEvent, Person.name, PartRequestLine.request_id, Part.number.label("part"))
        .join(Person, Person.id == DocumentEvent.actor_id)
        .outerjoin(
            PartRequestLine,
            and_(
                DocumentEvent.document_kind == DocumentKind.REQUEST_LINE,
                PartRequestLine.id == DocumentEvent.document_id,
            ),
        )
        .outerjoin(Part, Part.id == PartRequestLine.part_id)
        .where(
            or_(
                and_(
                    DocumentEvent.document_kind == DocumentKind.WORK_ORDER, DocumentEvent.document_id == work_order_id
                ),
                and_(DocumentEvent.document_kind == DocumentKind.REQUEST_LINE, DocumentEvent.document_id.in_(line_ids)),
            )
        )
        .order_by(DocumentEvent.id)
    )
    return [
        HistoryEntry(
            at=event.recorded_at,
            who=who,
            about=About.WORK_ORDER if request_id is None else About.PART_LINE,
            what=event.happening,
            subject=number if request_id is None else f"{PartRequest(id=request_id).number} · {part}",
            reason=event.reason,
            from_status=event.from_status,
            to_status=event.to_status,
            facts=event.facts,
            command_id=event.command_id,
        )
        for event, who, request_id, part in session.execute(query)
    ]


def _moves(session: Session, work_order_id: int) -> list[HistoryEntry]:
    # The moves are found by their lots, for which there is an index; a document has none of its own.
    lots = select(DrawnPart.lot_id).join(PartRequestLine, PartRequestLine.id == DrawnPart.line_id)
    lots = lots.join(PartRequest, PartRequest.id == PartRequestLine.request_id)
    source, target = Bin.__table__.alias("source"), Bin.__table__.alias("target")
    query = (
        select(
            Move,
            Person.name,
            Part.number,
            Lot.number.label("lot"),
            source.c.code.label("from_bin"),
            target.c.code.label("to_bin"),
        )
        .join(Person, Person.id == Move.actor_id)
        .join(Part, Part.id == Move.part_id)
        .join(Lot, Lot.id == Move.lot_id)
        .outerjoin(source, source.c.id == Move.from_bin_id)
        .outerjoin(target, target.c.id == Move.to_bin_id)
        .where(
            Move.lot_id.in_(lots.where(PartRequest.work_order_id == work_order_id)),
            Move.document_kind == DocumentKind.WORK_ORDER,
            Move.document_id == work_order_id,
        )
        .order_by(Move.id)
    )
    return [
        HistoryEntry(
            at=move.recorded_at,
            who=who,
            about=About.MOVE,
            what="moved",
            subject=part,
            reason=move.reason,
            from_status=str(move.from_place),
            to_status=str(move.to_place),
            facts={
                "quantity": move.quantity,
                "lot": lot,
                "from_bin": from_bin,
                "to_bin": to_bin,
                "from_condition": str(move.from_condition),
                "to_condition": str(move.to_condition),
            },
            command_id=move.command_id,
        )
        for move, who, part, lot, from_bin, to_bin in session.execute(query)
    ]


def _ids(all_facts: Sequence[dict[str, Any]]) -> tuple[set[int], set[int], set[int]]:
    """The people, warehouses and parts whose ids stand in facts, in those of promised shares too."""
    flat = [*all_facts, *(share for facts in all_facts for share in facts.get("shares", ()))]
    people = {facts[key] for facts in flat for key in ("engineer_id", "from_engineer_id") if facts.get(key)}
    warehouses = {facts["source_id"] for facts in flat if facts.get("source_id")}
    return people, warehouses, {facts["part_id"] for facts in flat if facts.get("part_id")}


def _people(session: Session, ids: set[int]) -> dict[int, str]:
    return {row.id: row.name for row in session.execute(select(Person.id, Person.name).where(Person.id.in_(ids)))}


def _warehouses(session: Session, ids: set[int]) -> dict[int, WarehouseName]:
    query = select(Warehouse).where(Warehouse.id.in_(ids))
    return {one.id: WarehouseName(one.code, one.name_zh, one.name_en) for one in session.scalars(query)}


def _parts(session: Session, ids: set[int]) -> dict[int, str]:
    return {row.id: row.number for row in session.execute(select(Part.id, Part.number).where(Part.id.in_(ids)))}
