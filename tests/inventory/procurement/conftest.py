"""Procurement with all that stands below and above it: the contexts are connected as in the running program."""

from collections import defaultdict
from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from inventory import events, subscriptions
from inventory.reporting.verifying import verify
from tests import given
from tests.given import procurement as bought
from tests.given.network import QINGDAO


@pytest.fixture(autouse=True)
def _connected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "_listeners", defaultdict(list))
    subscriptions.connect()


@pytest.fixture
def central(session):
    """The central warehouse: suppliers deliver here."""
    return given.warehouse(session, tier="central", city=QINGDAO)


@pytest.fixture
def part(session):
    return given.part(session)


@pytest.fixture
def supplier(session):
    return bought.supplier(session)


@pytest.fixture
def sold(session, supplier, part):
    """The part as the supplier sells it."""
    return bought.sold(session, supplier, part)


@pytest.fixture
def by(session):
    return given.acting(session)


@pytest.fixture(autouse=True)
def _books_agree(request: pytest.FixtureRequest) -> Iterator[None]:
    """After every test with a session each check of `beijian verify` finds nothing."""
    if "session" not in request.fixturenames:
        yield
        return
    session: Session = request.getfixturevalue("session")
    yield
    session.expire_all()
    assert [finding for finding in verify(session) if finding.violations] == []
