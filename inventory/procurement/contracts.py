"""Contracts: prices agreed with a supplier for a time. They win over the list while they hold."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory import audit
from inventory.actor import Actor
from inventory.catalogue import Part
from inventory.errors import NotFound
from inventory.identity import Permission
from inventory.procurement.currencies import require_currency
from inventory.procurement.days import require_to_come
from inventory.procurement.errors import ContractInvalid, NobodySells
from inventory.procurement.models import ContractPrice, Supplier, SupplierPart, SupplyContract


@dataclass(frozen=True, slots=True)
class ContractLine:
    """The price of a part under a contract when so many or more are ordered."""

    part_id: int
    price: Decimal
    from_quantity: int = 1


@dataclass(frozen=True, slots=True)
class ContractWish:
    """What was agreed: prices of parts, in one currency, for a time. Both days are part of it."""

    valid_from: date
    valid_to: date
    lines: Sequence[ContractLine]
    reference: str = ""
    currency: str = ""


def conclude_contract(
    session: Session, supplier: Supplier, wish: ContractWish, *, by: Actor, at: datetime
) -> SupplyContract:
    """Write down a contract. Of two that hold on a day the one that began later counts.

    Raises: NotPermitted; ContractInvalid; CurrencyUnknown; NobodySells for a part that the supplier does not sell;
    DayOver for one that is over.
    """
    by.require(Permission.BUY)
    currency = wish.currency or supplier.currency
    require_currency(session, currency)
    keys = [(line.part_id, line.from_quantity) for line in wish.lines]
    if wish.valid_to < wish.valid_from or not keys or len(set(keys)) < len(keys):
        raise ContractInvalid(valid_from=wish.valid_from.isoformat(), valid_to=wish.valid_to.isoformat())
    require_to_come(wish.valid_to, at=at)
    contract = SupplyContract(
        supplier_id=supplier.id,
        reference=wish.reference,
        currency=currency,
        valid_from=wish.valid_from,
        valid_to=wish.valid_to,
        created_by_id=by.person_id,
        created_at=at,
    )
    session.add(contract)
    session.flush()
    _write_prices(session, supplier, contract, wish.lines)
    facts = {"contract": contract.number, "prices": len(wish.lines)}
    audit.note(session, "contract_concluded", actor_id=by.person_id, at=at, subject=supplier.code, facts=facts)
    return contract


def end_contract(
    session: Session, contract_id: int, *, valid_to: date, reason: str, by: Actor, at: datetime
) -> SupplyContract:
    """Let a contract end on another day than was agreed. Orders that name it keep their prices.

    Raises: NotPermitted; NotFound; ContractInvalid.
    """
    by.require(Permission.BUY)
    query = select(SupplyContract).where(SupplyContract.id == contract_id).with_for_update()
    contract = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if contract is None:
        raise NotFound()
    if valid_to < contract.valid_from or not reason.strip():
        raise ContractInvalid(valid_from=contract.valid_from.isoformat(), valid_to=valid_to.isoformat())
    facts = {"from": contract.valid_to.isoformat(), "to": valid_to.isoformat(), "reason": reason.strip()}
    contract.valid_to = valid_to
    session.flush()
    audit.note(session, "contract_ended", actor_id=by.person_id, at=at, subject=contract.number, facts=facts)
    return contract


def list_contracts(session: Session, supplier: Supplier, *, by: Actor) -> Sequence[SupplyContract]:
    """The contracts of a supplier, the last to end first."""
    by.require(Permission.SEE_PURCHASES)
    query = select(SupplyContract).where(SupplyContract.supplier_id == supplier.id)
    return session.scalars(query.order_by(SupplyContract.valid_to.desc(), SupplyContract.id.desc())).all()


@dataclass(frozen=True, slots=True)
class ContractedPrice:
    """The price of a part under a contract from so many on, with the words for the screen."""

    contract_id: int
    part_number: str
    part_name_zh: str
    part_name_en: str
    from_quantity: int
    price: Decimal


def list_contract_prices(session: Session, contract_ids: Sequence[int], *, by: Actor) -> list[ContractedPrice]:
    """What contracts agree, by contract, part number and quantity."""
    by.require(Permission.SEE_PURCHASES)
    rows = session.execute(
        select(
            ContractPrice.contract_id,
            Part.number,
            Part.name_zh,
            Part.name_en,
            ContractPrice.from_quantity,
            ContractPrice.price,
        )
        .join(SupplierPart, SupplierPart.id == ContractPrice.supplier_part_id)
        .join(Part, Part.id == SupplierPart.part_id)
        .where(ContractPrice.contract_id.in_(contract_ids))
        .order_by(ContractPrice.contract_id, Part.number, ContractPrice.from_quantity)
    )
    return [ContractedPrice(*row) for row in rows]


def _write_prices(
    session: Session, supplier: Supplier, contract: SupplyContract, lines: Sequence[ContractLine]
) -> None:
    part_ids = {line.part_id for line in lines}
    sold = dict(
        session.execute(
            select(SupplierPart.part_id, SupplierPart.id).where(
                SupplierPart.supplier_id == supplier.id, SupplierPart.part_id.in_(part_ids)
            )
        ).all()
    )
    if part_ids - sold.keys():
        raise NobodySells(supplier=supplier.code, parts=len(part_ids - sold.keys()))
    session.add_all(
        ContractPrice(
            contract_id=contract.id,
            supplier_part_id=sold[line.part_id],
            from_quantity=line.from_quantity,
            supplier_id=supplier.id,
            price=line.price,
        )
        for line in lines
    )
    session.flush()
