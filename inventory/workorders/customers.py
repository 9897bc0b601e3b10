"""Customers: recognised by their telephone, shown masked to who has no need to know, and erased for good."""

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from inventory import audit
from inventory.actor import Actor
from inventory.errors import NotFound
from inventory.identity import Permission
from inventory.workorders.errors import PhoneUnreadable
from inventory.workorders.models import Customer

_FULL_WIDTH = str.maketrans("０１２３４５６７８９＋－（）　", "0123456789+-() ")
_PHONE = re.compile(r"\+?[0-9 ()./-]+", re.ASCII)
_COUNTRY = re.compile(r"(?:\+|00)86")
DIGITS_MIN, DIGITS_MAX = 5, 20
MASK = "•••"


@dataclass(frozen=True, slots=True)
class CustomerView:
    """A customer as one actor may see him: whole, masked, or erased."""

    id: int
    name: str
    phone: str
    address: str
    masked: bool
    erased: bool


def phone_hash(phone: str, key: bytes) -> bytes:
    """The keyed hash by which a telephone number is found: the same however it was written, +86 or not.

    Raises: PhoneUnreadable.
    """
    written = phone.translate(_FULL_WIDTH).strip()
    digits = re.sub(r"[^0-9]", "", _COUNTRY.sub("", written, count=1) if _COUNTRY.match(written) else written)
    if not _PHONE.fullmatch(written) or not DIGITS_MIN <= len(digits) <= DIGITS_MAX:
        raise PhoneUnreadable()
    return hmac.new(key, digits.encode(), hashlib.sha256).digest()


def recognise_customer(session: Session, *, name: str, phone: str, address: str, key: bytes) -> int:
    """The id of the customer of this telephone and name, made where there is none; a new address replaces the old."""
    made = insert(Customer).values(name=name, phone=phone, phone_hash=phone_hash(phone, key), address=address)
    query = made.on_conflict_do_update(
        index_elements=[Customer.phone_hash, Customer.name],
        set_={
            "phone": made.excluded.phone,
            "address": case((made.excluded.address != "", made.excluded.address), else_=Customer.address),
        },
    ).returning(Customer.id)
    return session.execute(query).scalar_one()


def erase_customer(session: Session, customer_id: int, *, by: Actor, at: datetime) -> None:
    """Overwrite a customer's personal data for good. His appliances and repairs stay; erasing twice is once.

    The call is kept in the audit trail, with the id and nothing personal.

    Raises: NotFound.
    """
    by.require(Permission.ERASE_CUSTOMERS)
    query = (
        update(Customer)
        .where(Customer.id == customer_id)
        .values(name="", phone="", phone_hash=None, address="", erased_at=func.coalesce(Customer.erased_at, at))
        .returning(Customer.id)
    )
    if session.scalar(query) is None:
        raise NotFound(customer=customer_id)
    audit.note(session, "customer_erased", actor_id=by.person_id, at=at, subject=f"customer {customer_id}")


def view_of(customer: Customer, *, warehouse_id: int, by: Actor) -> CustomerView:
    """The customer of a repair centre's work order as the actor may see him; masked, one character is left."""
    erased = customer.erased_at is not None
    if erased or by.may(Permission.SEE_CUSTOMERS, warehouse_id):
        return CustomerView(customer.id, customer.name, customer.phone, customer.address, masked=False, erased=erased)
    return CustomerView(customer.id, customer.name[:1] + MASK, MASK, MASK, masked=True, erased=False)
