"""Stock checks at the edge: one door for the four kinds, and whom a check took stock away from."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from inventory import warehousing
from inventory.actor import Actor
from inventory.sourcing import PartRequest, PartRequestLine
from inventory.timeline import DocumentEvent, DocumentKind
from inventory.warehousing import CheckKind, CheckScan, StockCheck

SET_APART = {
    CheckKind.DAMAGE: warehousing.report_damage,
    CheckKind.QUARANTINE: warehousing.quarantine,
    CheckKind.RELEASE: warehousing.release_from_quarantine,
}


def post_check(
    session: Session,
    warehouse_id: int,
    kind: CheckKind,
    scan: CheckScan,
    *,
    quantity: int,
    seen: int | None = None,
    by: Actor,
    at: datetime,
) -> tuple[StockCheck, Sequence[str]]:
    """Post what somebody found, and tell the part requests whose stock it was: they have been sourced anew.

    Raises: as `warehousing.check_bin` and its kin.
    """
    last = session.scalar(select(func.max(DocumentEvent.id))) or 0
    if kind is CheckKind.COUNT:
        check = warehousing.check_bin(session, warehouse_id, scan, found=quantity, seen=seen, by=by, at=at)
    else:
        check = SET_APART[kind](session, warehouse_id, scan, quantity=quantity, by=by, at=at)
    return check, _displaced_since(session, last, by=by)


def _displaced_since(session: Session, event_id: int, *, by: Actor) -> Sequence[str]:
    """The requests that this command displaced. Ids rise, so a command's own events lie behind the last one seen."""
    rows = session.scalars(
        select(PartRequest)
        .join(PartRequestLine, PartRequestLine.request_id == PartRequest.id)
        .join(DocumentEvent, DocumentEvent.document_id == PartRequestLine.id)
        .where(
            DocumentEvent.id > event_id,
            DocumentEvent.command_id == by.command_id,
            DocumentEvent.document_kind == DocumentKind.REQUEST_LINE,
            DocumentEvent.happening == "displaced",
            PartRequest.source_id.is_(None),  # what a transfer loses is sourced nowhere
        )
        .distinct()
        .order_by(PartRequest.id)
    )
    return [request.number for request in rows]
