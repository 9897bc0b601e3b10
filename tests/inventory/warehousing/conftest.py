"""The floor with all that stands above it: the contexts are connected as in the running program."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy.orm import Session

from inventory import events, subscriptions, warehousing
from inventory.reporting.verifying import verify
from tests import given
from tests.given.network import QINGDAO


@pytest.fixture(autouse=True)
def heard(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What the floor announced in this test."""
    said: list[Any] = []
    monkeypatch.setattr(events, "_listeners", defaultdict(list))
    subscriptions.connect()
    events.subscribe(warehousing.PickFailed, lambda _, event: said.append(event))
    return said


@pytest.fixture
def centre(session):
    """The distribution centre of the city: all stock of the tests lies there."""
    return given.warehouse(session, tier="distribution", city=QINGDAO)


@pytest.fixture
def station(session, centre):
    """The repair centre that asks."""
    return given.warehouse(session, tier="repair", city=QINGDAO, parent=centre)


@pytest.fixture
def part(session):
    return given.part(session)


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
