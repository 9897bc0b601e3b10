"""What has to hold before the app takes its first request."""

import pytest
from flask import Flask

from web.auth import RouteUndeclared, public, require_declared, signed_in


def test_an_app_whose_route_declares_nothing_does_not_start() -> None:
    app = Flask("bare", static_folder=None)
    app.add_url_rule("/open", "open", public(lambda: "open"))
    app.add_url_rule("/silent", "silent", lambda: "silent")
    with pytest.raises(RouteUndeclared, match=r"on: silent$"):
        require_declared(app)


def test_an_app_whose_routes_all_declare_starts() -> None:
    app = Flask("bare", static_folder=None)
    app.add_url_rule("/open", "open", public(lambda: "open"))
    app.add_url_rule("/mine", "mine", signed_in(lambda: "mine"))
    require_declared(app)


def test_every_module_of_api_and_pages_is_registered(app: Flask) -> None:
    assert {"state", "home", "session"} <= set(app.blueprints)
