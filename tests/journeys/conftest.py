"""Journeys go through the app as people and systems do."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from inventory.reporting.verifying import verify
from tests.journeys.town import Town, town
from tests.journeys.visitor import Visitor
from tests.web.conftest import address, api, app, browser_of, client, plant, web_url

__all__ = ["address", "api", "app", "browser_of", "client", "plant", "web_url"]


@pytest.fixture
def place(plant: Session) -> Town:
    """A town of the journey's own."""
    return town(plant)


@pytest.fixture
def visitor(app: Flask, place: Town) -> Callable[[str], Visitor]:
    """Let the one who has a role log in, at the place where he works."""
    return lambda role: Visitor(app.test_client()).logs_in(place.person(role))


@pytest.fixture
def books_are_right(plant: Session) -> Callable[[], bool]:
    """Whether every rule of the books holds; what is violated is told."""

    def proved() -> bool:
        plant.rollback()
        violated = [finding for finding in verify(plant) if finding.violations]
        assert violated == []
        return True

    return proved
