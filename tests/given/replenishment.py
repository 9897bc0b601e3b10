"""Runs, levels and proposals to test with, as a run would have written them."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
from sqlalchemy.orm import Session

from inventory.actor import Actor
from inventory.catalogue.models import Part
from inventory.identity import Permission
from inventory.network.models import Warehouse
from inventory.planning.replenishment import Held, PlanningRun, Proposal, ProposalKind, RunTrigger, StockLevel
from inventory.planning.stocking import NO_MAXIMUM, order_quantity
from inventory.procurement import SupplierPart
from tests.given.ledger import NOON, acting

TODAY = NOON.date()
_POSITION = ("on_hand", "in_transit", "on_order")


def run(session: Session, *, on: date = TODAY, at: datetime = NOON, **known: Any) -> PlanningRun:
    """A nightly run that has ended, unless something else is said."""
    told = {
        "trigger": RunTrigger.NIGHTLY,
        "as_of_on": on,
        "seed": 1,
        "version": "test",
        "requested_by_id": acting(session).person_id,
        "requested_at": at,
        "started_at": at,
        "finished_at": at + timedelta(minutes=4),
        **known,
    }
    made = PlanningRun(**told)
    session.add(made)
    session.flush()
    return made


def level(session: Session, part: Part, warehouse: Warehouse, by_run: PlanningRun, **known: Any) -> StockLevel:
    """What the place holds of the part: reordered at 5, up to 12, unless something else is said."""
    told = {
        "source_id": warehouse.parent_id,
        "stocked": True,
        "urgent": False,
        "method": "ses",
        "daily_mean": 0.2,
        "year_mean": 0.2,
        "unit_worth": None if warehouse.parent_id else 10.0,
        "lead_days": 20.0,
        "review_days": 7,
        "lead_mean": 4.2,
        "lead_variance": 6.3,
        "demand_size": 1.25,
        "measure": "fill_rate",
        "target": 0.95,
        "expected_fill": 0.953,
        "safety_stock": 3,
        "reorder_point": 5,
        "order_up_to": 12,
        "single_order_up_to": 15,
        **known,
    }
    made = StockLevel(part_id=part.id, warehouse_id=warehouse.id, run_id=by_run.id, computed_at=NOON, **told)
    session.add(made)
    session.flush()
    return made


def proposal(
    session: Session,
    part: Part,
    warehouse: Warehouse,
    *,
    of: SupplierPart | None = None,
    source: Warehouse | None = None,
    by_run: PlanningRun | None = None,
    price: str = "10",
    **known: Any,
) -> Proposal:
    """An open proposal to buy the part, or to bring it from `source`, with the quantity that its figures give."""
    kind = ProposalKind(known.pop("kind", "transfer" if source else "purchase"))
    figures: dict[str, Any] = {
        **dict.fromkeys((*_POSITION, "reserved", "back_ordered", "owed"), 0),
        "reorder_point": 5,
        "order_up_to": 12,
        "pack_size": of.pack_size if of else 1,
        "order_minimum": of.moq if of else 1,
        "order_maximum": None,
        "lead_days": 20.0,
        "short_per_week": 1.4,
        "order_by_on": TODAY,
        **known,
    }
    needed = figures.pop("needed", None)
    quantity = figures.pop("quantity", None)
    needed = needed_of(figures) if needed is None else needed
    quantity = needed if quantity is None else quantity
    if "held" not in figures:
        figures["held"] = _held(kind, of)
    if kind in (ProposalKind.REBALANCING, ProposalKind.EXCESS_RETURN):
        figures = {"source_free": quantity + 20, "source_keeps": 20, "benefit": Decimal(35), **figures}
    made = Proposal(
        run_id=(by_run or run(session)).id,
        kind=kind,
        status=figures.pop("status", "open"),
        part_id=part.id,
        warehouse_id=warehouse.id,
        source_id=source.id if source else None,
        supplier_part_id=of.id if of else None,
        needed=needed,
        quantity=quantity,
        unit_price=Decimal(price),
        value=quantity * Decimal(price),
        proposed_at=NOON,
        **figures,
    )
    session.add(made)
    session.flush()
    return made


def needed_of(figures: dict[str, Any]) -> int:
    """The quantity that follows from a proposal's figures."""
    position = sum(figures[name] for name in _POSITION) - figures["reserved"] - figures["back_ordered"]
    column = {name: np.array([figures[name]]) for name in ("reorder_point", "order_up_to", "pack_size")}
    maximum = NO_MAXIMUM if figures["order_maximum"] is None else figures["order_maximum"]
    return int(
        order_quantity(
            np.array([position - figures["owed"]]),
            **column,
            minimum=np.array([figures["order_minimum"]]),
            maximum=np.array([maximum]),
        )[0]
    )


def _held(kind: ProposalKind, of: SupplierPart | None) -> Held | None:
    if kind is not ProposalKind.PURCHASE:
        return None
    return Held.PURCHASE if of else Held.NO_SUPPLIER


def deciding(session: Session, *at: Warehouse) -> Actor:
    """Somebody who sees, buys and orders transfers at these warehouses; without one, in the whole network."""
    reach = frozenset(one.id for one in at) if at else None
    by = acting(session)
    may = (
        *(Permission.SEE_PROPOSALS, Permission.SEE_PURCHASES, Permission.BUY),
        *(Permission.ORDER_TRANSFERS, Permission.RUN_PLANNING),
    )
    return Actor(by.person_id, by.name, dict.fromkeys(may, reach), by.command_id)
