"""The app on a database of its own, in no hurry: what gets through changes rules, and it is asked a thousand times."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.datastructures import ImmutableMultiDict

from inventory.identity import Person
from tests.web.conftest import settings_for
from tests.web.hostile import town
from web import create_app
from web.cluster import APP_ROLE

UNPACED = dict.fromkeys(
    (
        *("TOKEN_READS_PER_MINUTE", "TOKEN_WRITES_PER_MINUTE", "BROWSER_READS_PER_MINUTE", "BROWSER_WRITES_PER_MINUTE"),
        "ADDRESS_REQUESTS_PER_MINUTE",
    ),
    "0",
)


@pytest.fixture(scope="module")
def app(server: Any, worker_id: str) -> Iterator[Flask]:
    """The app."""
    with server.copy(f"{worker_id}_hostile_{uuid4().hex[:8]}") as database:
        app = create_app(settings_for(server.address(database, APP_ROLE), **UNPACED))
        yield app
        app.extensions["database"].dispose()


@pytest.fixture(scope="module")
def things(app: Flask) -> dict[str, Any]:
    """One of everything."""
    with app.extensions["database"].sessions.begin() as session:
        return town.corner(session)


@pytest.fixture
def everybody(plant: Session) -> Person:
    """Somebody in every role."""
    return town.everybody(plant)


class WatchedFields(ImmutableMultiDict[str, Any]):
    """What came with an address or a form, which notes what it is asked for."""

    asked: set[str] = set()

    def get(self, key: str, *more: Any, **told: Any) -> Any:
        """The first of a name."""
        self.asked.add(key)
        return super().get(key, *more, **told)

    def getlist(self, key: str, *more: Any, **told: Any) -> list[Any]:
        """All of a name."""
        self.asked.add(key)
        return super().getlist(key, *more, **told)


@pytest.fixture
def asked(app: Flask, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The names a view asked of its form or its address since this was cleared."""
    watched = type("WatchedRequest", (app.request_class,), {"parameter_storage_class": WatchedFields})
    monkeypatch.setattr(app, "request_class", watched)
    return WatchedFields.asked
