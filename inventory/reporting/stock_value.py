"""What lies in the network and what it is worth, warehouse by warehouse."""

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from inventory import identity
from inventory.actor import Actor
from inventory.catalogue.models import Part
from inventory.identity import Permission
from inventory.ledger import Balance
from inventory.network.models import Warehouse


@dataclass(frozen=True, slots=True)
class WarehouseStock:
    """The good stock of a warehouse. `value` adds up what has a price in this currency; `unpriced` parts have none."""

    code: str
    name_zh: str
    name_en: str
    tier: str
    currency: str | None
    parts: int
    on_hand: int
    reserved: int
    value: Decimal
    unpriced: int


def list_stock_value(session: Session, *, by: Actor) -> list[WarehouseStock]:
    """The stock of every warehouse within reach, by code; a row a currency where parts are priced in several."""
    by.require(Permission.SEE_STOCK)
    rows = session.execute(
        select(
            Warehouse.code,
            Warehouse.name_zh,
            Warehouse.name_en,
            Warehouse.tier,
            Part.currency,
            func.count(),
            func.sum(Balance.on_hand),
            func.sum(Balance.reserved),
            func.coalesce(func.sum(Balance.on_hand * Part.price), 0),
            func.count().filter(Part.price.is_(None)),
        )
        .join(Balance, Balance.warehouse_id == Warehouse.id)
        .join(Part, Part.id == Balance.part_id)
        .where(Balance.on_hand > 0, identity.covers(by, Permission.SEE_STOCK, Warehouse.id))
        .group_by(Warehouse.id, Part.currency)
        .order_by(Warehouse.code, Part.currency)
    )
    return [
        WarehouseStock(code, zh, en, str(tier), currency, parts, int(on_hand), int(reserved), Decimal(value), unpriced)
        for code, zh, en, tier, currency, parts, on_hand, reserved, value, unpriced in rows
    ]
