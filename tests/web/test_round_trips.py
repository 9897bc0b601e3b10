"""How often the hot paths go to the database: each statement is a round trip, BEGIN and COMMIT apart."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests import given
from tests.given.network import QINGDAO
from tests.statements import statements_to


@contextmanager
def statements(app: Flask) -> Iterator[list[str]]:
    """The statements that the app sends within the block."""
    with statements_to(app.extensions["database"].engine) as sent:
        yield sent


@pytest.fixture
def ask(plant: Session, api: Callable) -> Callable:
    """Ask once, so that the token's hourly note of use is behind us; then ask again as often as wanted."""
    city = given.warehouse(plant, tier="distribution", city=QINGDAO)
    station = given.warehouse(plant, tier="repair", city=QINGDAO, parent=city)
    part = given.part(plant)
    given.stock(plant, city, part, 9)
    client = api(given.person(plant, "engineer", station))

    def post():
        lines = [{"part": part.number, "quantity": 1}]
        return client.post("/part-requests", {"warehouse": station.code, "priority": 1, "lines": lines})

    assert post().status_code == 201
    return post


def test_an_accepted_urgent_line_takes_at_most_eight_round_trips(app: Flask, ask: Callable) -> None:
    with statements(app) as sent:
        answer = ask()
    assert answer.status_code == 201
    assert answer.json["lines"][0]["shares"][0]["delivery_class"] == "same_city"
    assert len(sent) <= 8, "\n\n".join(sent)


def test_a_scan_is_told_in_one_round_trip_besides_the_token(app: Flask, plant: Session, api: Callable) -> None:
    city = given.warehouse(plant, tier="distribution", city=QINGDAO)
    part = given.part(plant)
    given.stock(plant, city, part, 9)
    client = api(given.person(plant, "warehouse_operator", city))
    scan = {"code": part.number, "warehouse": city.code}
    assert client.post("/scans", scan).json["kind"] == "part"
    with statements(app) as sent:
        assert client.post("/scans", scan).json["subject"]["on_hand"] == 9
    assert len(sent) <= 2, "\n\n".join(sent)
