"""What waits in procurement: orders for one's approval, suppliers to be asked where the goods are."""

from datetime import datetime
from typing import Any

from flask import render_template
from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory import procurement
from inventory.actor import Actor
from inventory.db import database_now
from inventory.identity import Permission
from inventory.procurement import OrderFilter, OrderStatus, Supplier, ToChase
from web.auth import current_actor, requires
from web.db import reading
from web.pages import Card, Entry, Screens
from web.policies import local_day
from web.workplace import chosen_workplace

blueprint = Screens("purchases_waiting", __name__)


@blueprint.get("/purchase-approvals")
@requires(Permission.APPROVE_PURCHASES)
def list_to_approve() -> str:
    """What waits for one's approval, the longest waiting first; how much of one's own waits for others."""
    by = current_actor()
    with reading() as session:
        orders = procurement.list_to_approve(session, by=by)
        mine = OrderFilter((OrderStatus.AWAITING_APPROVAL,), buyer_id=by.person_id)
        return render_template(
            "purchasing/to_approve.html",
            orders=orders,
            submissions=procurement.submissions(session, [one.order.id for one in orders]),
            limit=procurement.limit_of(session, by.person_id),
            base=procurement.base_currency(session),
            at=database_now(session),
            mine=procurement.count_orders(session, mine, by=by),
        )


@blueprint.get("/purchase-chasing")
@requires(Permission.SEE_PURCHASES)
def list_to_chase() -> str:
    """Whom to ask about what: late orders, the longest late first, then what nobody confirmed in time."""
    by, place = current_actor(), chosen_workplace()
    with reading() as session:
        on = local_day(database_now(session))
        found = procurement.list_to_chase(session, by=by, today=on, warehouse_id=place.id if place else None)
        return render_template(
            "purchasing/to_chase.html", found=found, suppliers=_suppliers(session, found), on=on, place=place
        )


def _suppliers(session: Session, found: list[ToChase]) -> dict[str, Any]:
    codes = {one.summary.supplier_code for one in found}
    return {one.code: one for one in session.scalars(select(Supplier).where(Supplier.code.in_(codes)))}


def _count_to_approve(session: Session, by: Actor, warehouse_id: int | None, at: datetime) -> int:
    """Wherever they are for: who approves is asked by many warehouses, and the list shows them all."""
    return procurement.count_to_approve(session, by=by)


def _count_to_chase(session: Session, by: Actor, warehouse_id: int | None, at: datetime) -> int:
    return procurement.count_to_chase(session, by=by, today=local_day(at), warehouse_id=warehouse_id)


NAVIGATION = (
    Entry(
        "purchases_waiting.list_to_approve",
        "Approve purchases",
        Permission.APPROVE_PURCHASES,
        order=43,
        icon="check2-all",
    ),
    Entry("purchases_waiting.list_to_chase", "Chase suppliers", Permission.BUY, order=44, icon="telephone-outbound"),
)
CARDS = (
    Card(
        "purchases_waiting.list_to_approve",
        "Purchases for your approval",
        Permission.APPROVE_PURCHASES,
        _count_to_approve,
        40,
        icon="check2-all",
    ),
    Card(
        "purchases_waiting.list_to_chase",
        "Suppliers to chase",
        Permission.BUY,
        _count_to_chase,
        41,
        icon="telephone-outbound",
        urgent=True,
    ),
)
