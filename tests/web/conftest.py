"""The app on a database of its own, and clients that are somebody.

plant      a session that commits: what is planted is there for the app
api        api(person, permissions=None): a client of the API with that person's token
browser_of browser_of(person): a client of the screens, logged in
address    where the app is served, for a real browser
"""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.serving import make_server
from werkzeug.test import TestResponse

from inventory.identity import Permission, Person
from tests import given
from tests.web import notes
from web import create_app
from web.cluster import APP_ROLE
from web.command import new_command_key
from web.settings import Settings


def settings_for(url: str, **environment: str) -> Settings:
    """The settings of an app on this database."""
    return Settings.from_environment(
        {"DATABASE_URL": url, "SECRET_KEY": "k" * 40, "PASSWORD_COST": "low", "THREADS": "8", **environment}
    )


@pytest.fixture(scope="session")
def web_url(server: Any, worker_id: str) -> Iterator[str]:
    """The address of the database the app of this worker uses."""
    with server.copy(f"{worker_id}_web_{uuid4().hex[:8]}") as database:  # tests/journeys has an app of its own
        yield server.address(database, APP_ROLE)


@pytest.fixture(scope="session")
def app(web_url: str) -> Iterator[Flask]:
    """The app as it is started."""
    app = create_app(settings_for(web_url))
    yield app
    app.extensions["database"].dispose()


@pytest.fixture(scope="session")
def notes_app(web_url: str) -> Iterator[Flask]:
    """The app with a few routes more, to try the edge on (tests/web/notes.py)."""
    app = create_app(settings_for(web_url, METRICS="open"))
    app.extensions["csrf"].exempt(notes.api)
    app.extensions["flask-smorest"]["apis"][""]["ext_obj"].register_blueprint(notes.api, url_prefix="/api/v1/notes")
    app.register_blueprint(notes.screens)
    yield app
    app.extensions["database"].dispose()


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """Serve an app on a free port of this machine; give its address."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="module")
def address(app: Flask) -> Iterator[str]:
    """The app, served for a browser."""
    with served(app) as address:
        yield address


@pytest.fixture
def plant(app: Flask) -> Iterator[Session]:
    """A session whose commits the app sees; `plant.commit()` when everything stands."""
    with app.extensions["database"].sessions() as session:
        yield session


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Nobody in particular."""
    return app.test_client()


class ApiClient:
    """A client of the API as somebody. Writes get a new key unless one is given."""

    def __init__(self, client: FlaskClient, token: str) -> None:
        self._client = client
        self._token = token
        self._keys = 0

    def get(self, path: str, **query: Any) -> TestResponse:
        """Read."""
        return self._client.get(f"/api/v1{path}", query_string=query or None, headers=self._headers())

    def post(self, path: str, body: Any = None, *, key: str | None = None, **headers: str) -> TestResponse:
        """Write."""
        return self._write("POST", path, body, key, headers)

    def put(self, path: str, body: Any = None, *, key: str | None = None, **headers: str) -> TestResponse:
        """Write all of a thing anew."""
        return self._write("PUT", path, body, key, headers)

    def _write(self, method: str, path: str, body: Any, key: str | None, headers: dict[str, str]) -> TestResponse:
        self._keys += 1
        key = key or f"test-{self._token[-12:]}-{self._keys}"
        sent = self._headers(**{"Idempotency-Key": key, **headers})
        return self._client.open(f"/api/v1{path}", method=method, json=body, headers=sent)

    def _headers(self, **more: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token}", **more}


@pytest.fixture
def api(app: Flask, plant: Session) -> Callable[..., ApiClient]:
    """Make a client of the API that is this person."""
    return lambda person, permissions=None: api_of(app, plant, person, permissions)


@pytest.fixture
def notes_api(notes_app: Flask, plant: Session) -> Callable[..., ApiClient]:
    """The same of the app with notes."""
    return lambda person, permissions=None: api_of(notes_app, plant, person, permissions)


def api_of(app: Flask, plant: Session, person: Person, permissions: Collection[Permission] | None) -> ApiClient:
    token = given.token(plant, person, permissions)
    plant.commit()
    return ApiClient(app.test_client(), token)


class Browser:
    """A client of the screens as somebody; forms are sent with their tokens and keys as the page had them."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def get(self, path: str, **query: Any) -> TestResponse:
        """Open a page."""
        return self.client.get(path, query_string=query)

    def post(self, path: str, *, page: str = "/account", key: str | None = None, **fields: Any) -> TestResponse:
        """Send a form that stood on `page`."""
        return self.client.post(
            path,
            data={"csrf_token": self.csrf_token(page), "command_key": key or new_command_key(), **fields},
            headers={"Referer": f"http://localhost{page}"},
        )

    def csrf_token(self, page: str) -> str:
        """The token the page's forms carry."""
        text = self.client.get(page).get_data(as_text=True)
        return text.partition('name="csrf-token" content="')[2].partition('"')[0]


@pytest.fixture
def browser_of(app: Flask, plant: Session) -> Callable[[Person], Browser]:
    """Make a browser in which this person is logged in."""
    return lambda person: logged_in(app, plant, person)


@pytest.fixture
def notes_browser(notes_app: Flask, plant: Session) -> Callable[[Person], Browser]:
    """The same of the app with notes."""
    return lambda person: logged_in(notes_app, plant, person)


def logged_in(app: Flask, plant: Session, person: Person) -> Browser:
    secret = given.web_session(plant, person)
    plant.commit()
    client = app.test_client()
    client.set_cookie("beijian", secret)
    return Browser(client)
