"""The ledger alone: nobody else listens, and what it announces is written down."""

from collections import defaultdict
from typing import Any

import pytest
from sqlalchemy.orm import Session

from inventory import events, ledger
from inventory.actor import Actor
from inventory.catalogue.models import Part
from inventory.network.models import Warehouse
from tests import given

ANNOUNCED = (ledger.StockAvailable, ledger.AllocationsFreed, ledger.ReservationsDisplaced)


@pytest.fixture(autouse=True)
def heard(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Everything the ledger announced in this test; the listeners of other contexts are not connected."""
    said: list[Any] = []
    listeners = defaultdict(list, {kind: [lambda _, event: said.append(event)] for kind in ANNOUNCED})
    monkeypatch.setattr(events, "_listeners", listeners)
    return said


@pytest.fixture
def warehouse(session: Session) -> Warehouse:
    return given.warehouse(session)


@pytest.fixture
def part(session: Session) -> Part:
    return given.part(session)


@pytest.fixture
def by(session: Session) -> Actor:
    return given.acting(session)
