"""Logging in and out in a browser."""

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests import given


def log_in(client: FlaskClient, login: str, password: str, **fields: str):
    text = client.get("/login").get_data(as_text=True)
    token = text.partition('name="csrf-token" content="')[2].partition('"')[0]
    return client.post("/login", data={"csrf_token": token, "login": login, "password": password, **fields})


def test_the_right_password_opens_the_home_page(client: FlaskClient, plant: Session) -> None:
    person = given.person(plant, "engineer", given.warehouse(plant))
    plant.commit()
    answer = log_in(client, person.login, given.PASSWORD)
    assert (answer.status_code, answer.location) == (303, "/")
    assert client.get("/").status_code == 200
