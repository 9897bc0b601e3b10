"""The repair centre's share of a request's history: what was set aside for its lines, and drawn from which bin."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import case, select
from sqlalchemy.orm import Session, aliased

from inventory.catalogue.models import Part
from inventory.ledger.models import Allocation, Condition, Lot, Move, Purpose, Reservation
from inventory.network.models import Bin
from inventory.sourcing.history_steps import Handled, HistoryStep
from inventory.sourcing.models import DeliveryClass
from inventory.sourcing.queries import RequestView
from inventory.timeline import DocumentKind

PartAndLot = tuple[str, str]
Bins = dict[tuple[int | None, str], set[str]]
"""The bins of a lot number in a command."""


@dataclass(frozen=True, slots=True)
class StationHistory:
    """What was ever set aside for a line in a command, and out of which bins or into which lots went in commands."""

    warehouse_id: int
    set_aside: dict[tuple[int | None, int | None], Sequence[PartAndLot]]
    out_of: Bins
    into: Bins

    def with_stock(self, step: HistoryStep) -> HistoryStep:
        """A part drawn, fitted or given back, with its lot and the bin it lay in or was put into."""
        lot = step.facts.get("lot")
        if lot is None:
            return step
        drawn_from = _only(self.out_of[step.command_id, lot]) if step.what == "drawn" else None
        handled = Handled(
            part=step.facts["part"],
            lot=lot,
            quantity=step.facts["quantity"],
            serial=step.facts.get("serial"),
            bin=step.facts.get("bin") or drawn_from,
        )
        return replace(step, handled=(handled,), warehouse_id=self.warehouse_id)

    def earmarked_with(self, step: HistoryStep) -> Iterable[HistoryStep]:
        """What arrived, or lay on the own shelf, was set aside for the line in the same breath."""
        on_site = [share for share in step.facts.get("shares", ()) if share["delivery_class"] == DeliveryClass.ON_SITE]
        quantity = step.facts.get("received", 0) + sum(share["quantity"] for share in on_site)
        found = self.set_aside.get((step.line_id, step.command_id), ())
        if not quantity or not found:
            return
        each = quantity if len(found) == 1 else None
        yield HistoryStep(
            place=step.place,
            line_id=step.line_id,
            about=DocumentKind.REQUEST_LINE,
            what="earmarked",
            at=step.at,
            actor_id=step.actor_id,
            command_id=step.command_id,
            facts={"quantity": quantity},
            warehouse_id=self.warehouse_id,
            handled=tuple(Handled(part, lot, each, bin=_only(self.into[step.command_id, lot])) for part, lot in found),
        )


def read_station(session: Session, view: RequestView) -> StationHistory:
    """What the destination of a request did for its lines, in two statements."""
    set_aside = _set_aside(session, [line.id for line, _ in view.lines])
    drawn = {event.command_id for event in view.events if event.happening == "drawn"}
    source, target = aliased(Bin), aliased(Bin)
    rows = session.execute(
        select(
            Move.command_id,
            Lot.number.label("lot"),
            source.code.label("out_of"),
            case((Move.to_condition == Condition.GOOD, target.code)).label("into"),
        )
        .join(Lot, Lot.id == Move.lot_id)
        .outerjoin(source, source.id == Move.from_bin_id)
        .outerjoin(target, target.id == Move.to_bin_id)
        # By their lots, for which there is an index; a command has none.
        .where(
            Lot.part_id.in_(view.parts),
            Lot.number.in_({lot for found in set_aside.values() for _, lot in found}),
            Move.command_id.in_({command_id for _, command_id in set_aside} | drawn),
        )
    )
    out_of: Bins = defaultdict(set)
    into: Bins = defaultdict(set)
    for row in rows:
        if row.out_of:
            out_of[row.command_id, row.lot].add(row.out_of)
        if row.into:
            into[row.command_id, row.lot].add(row.into)
    return StationHistory(view.request.warehouse_id, dict(set_aside), out_of, into)


def _set_aside(session: Session, line_ids: Sequence[int]) -> dict[tuple[int | None, int | None], list[PartAndLot]]:
    """Part and lot of what was ever set aside at the destination, by (line, command)."""
    rows = session.execute(
        select(Reservation.line_id, Allocation.command_id, Part.number, Lot.number)
        .join(Reservation, Reservation.id == Allocation.reservation_id)
        .join(Lot, Lot.id == Allocation.lot_id)
        .join(Part, Part.id == Reservation.part_id)
        .where(Reservation.line_id.in_(line_ids), Reservation.purpose == Purpose.EARMARK)
        .order_by(Allocation.id)
    )
    set_aside: dict[tuple[int | None, int | None], list[PartAndLot]] = defaultdict(list)
    for line_id, command_id, part, lot in rows:
        if (part, lot) not in set_aside[line_id, command_id]:
            set_aside[line_id, command_id].append((part, lot))
    return set_aside


def _only(codes: set[str]) -> str | None:
    """The one bin meant, if there is no doubt."""
    return next(iter(codes)) if len(codes) == 1 else None
