"""What has to hold before the app takes its first request."""

import subprocess
import sys

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


def test_the_whole_app_starts_without_the_compiler_of_forecasts() -> None:
    load = "import importlib, pkgutil, sys, web.app, web.api, web.pages\n"
    load += "[importlib.import_module(f'{p.__name__}.{m.name}') for p in (web.api, web.pages)"
    load += " for m in pkgutil.iter_modules(p.__path__)]\n"
    load += "print('inventory.planning.replenishment' in sys.modules, 'numba' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", load], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "False"]
