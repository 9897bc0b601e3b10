"""Carriers: who drives."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory.errors import NotFound
from inventory.transport.errors import CarrierExists
from inventory.transport.models import Carrier


def list_carriers(session: Session) -> Sequence[Carrier]:
    """The carriers in use, by code."""
    return session.scalars(select(Carrier).where(Carrier.active).order_by(Carrier.code)).all()


def get_carrier(session: Session, code: str) -> Carrier:
    """The carrier of this code. Raises: NotFound."""
    found = session.scalar(select(Carrier).where(Carrier.code == code))
    if found is None:
        raise NotFound(carrier=code[:40])
    return found


def add_carrier(session: Session, code: str, *, name_zh: str, name_en: str = "") -> Carrier:
    """Know a carrier; part of setting the network up.

    Raises: CarrierExists.
    """
    if session.scalar(select(Carrier.id).where(Carrier.code == code)) is not None:
        raise CarrierExists(carrier=code)
    carrier = Carrier(code=code, name_zh=name_zh, name_en=name_en)
    session.add(carrier)
    session.flush()
    return carrier
