"""Withdrawing: a request is no longer wanted. What has left the warehouse already still comes, and is given back."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from inventory import ledger
from inventory.actor import Actor
from inventory.identity import Permission
from inventory.ledger import Purpose, Reservation, StockKey
from inventory.sourcing.errors import NothingToCancel, RequestNotFound
from inventory.sourcing.lines import Step, advance
from inventory.sourcing.models import PartRequest, PartRequestLine


def cancel_request(
    session: Session, request_id: int, *, reason: str, line_ids: Sequence[int] | None = None, by: Actor, at: datetime
) -> int:
    """Withdraw what has not been shipped of a request, or of some of its lines; tell how many units that were.

    Reserved stock becomes free for waiting back-orders in the same transaction; pick tasks are cancelled.

    Raises: RequestNotFound; NotPermitted; NothingToCancel when everything was shipped or cancelled before.
    """
    request = session.get(PartRequest, request_id)
    if request is None or request.source_id is not None or not by.may(Permission.CANCEL_REQUESTS, request.warehouse_id):
        by.require(Permission.CANCEL_REQUESTS)
        raise RequestNotFound(request=PartRequest(id=request_id).number)
    chosen = PartRequestLine.request_id == request_id
    if line_ids is not None:
        chosen &= PartRequestLine.id.in_(line_ids)
    return withdraw(
        session, list(session.scalars(select(PartRequestLine.id).where(chosen))), reason=reason, by=by, at=at
    )


def withdraw(session: Session, line_ids: Sequence[int], *, reason: str, by: Actor, at: datetime) -> int:
    """Cancel the open units of lines, whoever asked for them; tell how many units that were.

    Raises: NothingToCancel.
    """
    ledger.lock_balances(session, [_key(one) for one in _supplies(session, line_ids)])
    lines = session.scalars(
        select(PartRequestLine)
        .where(PartRequestLine.id.in_(line_ids))
        .order_by(PartRequestLine.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    # Between the two reads a back-order may have been filled elsewhere; its row is taken now, late but surely.
    supplies = _supplies(session, line_ids)
    ledger.lock_balances(session, [_key(one) for one in supplies])
    steps = [_cancelled(line, reason) for line in lines if line.back_ordered + line.reserved + line.released > 0]
    if not steps:
        raise NothingToCancel()
    advance(session, steps, by=by, at=at)
    ledger.unreserve(session, [(one.id, one.quantity) for one in supplies], reason=reason, by=by, at=at)
    return sum(step.cancelled for step in steps)


def _cancelled(line: PartRequestLine, reason: str) -> Step:
    return Step(
        line.id,
        "cancelled",
        back_ordered=-line.back_ordered,
        reserved=-line.reserved,
        released=-line.released,
        cancelled=line.back_ordered + line.reserved + line.released,
        reason=reason,
    )


def _supplies(session: Session, line_ids: Sequence[int]) -> Sequence[Row[int, int, int, int, int]]:
    return session.execute(
        select(
            Reservation.id, Reservation.warehouse_id, Reservation.part_id, Reservation.owner_id, Reservation.quantity
        )
        .where(Reservation.line_id.in_(line_ids), Reservation.quantity > 0, Reservation.purpose != Purpose.EARMARK)
        .order_by(Reservation.id)
    ).all()


def _key(row: Row[int, int, int, int, int]) -> StockKey:
    return StockKey(row.warehouse_id, row.part_id, row.owner_id)
