"""The HTTP API under /api/v1: a module per context, each with a `blueprint`. `init_api` finds them and registers them.

A module reads the wire, calls one use case, writes the wire; `web/command.py` shows a route that writes.
"""

import importlib
import pkgutil
from pathlib import Path
from types import ModuleType
from typing import Any

import flask_smorest
import flask_swagger_ui
from flask import Flask, Response, send_from_directory
from flask_wtf import CSRFProtect

from web.auth import public
from web.command import COMMAND, KEY_HEADER
from web.errors import on_http_error
from web.schemas import Money, ProblemOutput, Text
from web.wire import Reader

URL_PREFIX = "/api/v1"
SWAGGER_UI = Path(flask_swagger_ui.__file__).parent / "dist"

DESCRIPTION = """Spare parts: availability, requests, warehouse work, shipments, work orders.

Send `Authorization: Bearer bj_...`. Every write carries an `Idempotency-Key` of your own making (8 to 120 printable
characters): the same key with the same body gives the first answer again, so repeat after a time-out without fear.
Errors are `application/problem+json` with a stable `code`. Lists are paged by `cursor`. Money is text, instants are
UTC.
"""
# What `Text` refuses, in the regular expressions of JSON Schema.
TEXT_PATTERN = r"^[^\u0000-\u0008\u000b-\u001f\u007f\u202a-\u202e\u2066-\u2069]*$"
KEY_PARAMETER: dict[str, Any] = {
    "name": KEY_HEADER,
    "in": "header",
    "required": True,
    "description": "One per command, of your own making; send the same again to get the first answer again.",
    "schema": {"type": "string", "minLength": 8, "maxLength": 120, "pattern": "^[!-~]{8,120}$"},
}


class Blueprint(flask_smorest.Blueprint):
    """A part of the API: bodies come through our reader, and commands are described with their key."""

    ARGUMENTS_PARSER = Reader()

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._prepare_doc_cbks.append(_document_key)

    def arguments(self, schema: Any, **options: Any) -> Any:
        """Read what comes in by a schema that is made once, where webargs would make one for every request."""
        return super().arguments(schema() if isinstance(schema, type) else schema, **options)


class Api(flask_smorest.Api):
    """The API; errors look as everywhere else."""

    ERROR_SCHEMA = ProblemOutput

    def handle_http_exception(self, error: Any) -> Any:
        """Answer in our own form."""
        return on_http_error(error)


def modules_of(package: str) -> list[ModuleType]:
    """The modules of a package that define a blueprint, by name."""
    folder = Path(__file__).parent.parent / package.rpartition(".")[2]
    names = sorted(module.name for module in pkgutil.iter_modules([str(folder)]))
    found = [importlib.import_module(f"{package}.{name}") for name in names]
    return [module for module in found if hasattr(module, "blueprint")]


def init_api(app: Flask, csrf: CSRFProtect) -> Api:
    """Register every module of the API, its description, and the page that shows it."""
    app.config.update(
        API_TITLE="Beijian",
        API_VERSION="1",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX=URL_PREFIX,
        OPENAPI_JSON_PATH="openapi.json",
        API_SPEC_OPTIONS={
            "info": {"description": DESCRIPTION},
            "servers": [{"url": "/"}],
            "security": [{"bearer": []}],
        },
    )
    if app.config["API_DOCS"]:
        app.config.update(
            OPENAPI_SWAGGER_UI_PATH="docs",
            OPENAPI_SWAGGER_UI_URL=f"{URL_PREFIX}/docs/assets/",
            OPENAPI_SWAGGER_UI_CONFIG={"persistAuthorization": False, "tryItOutEnabled": True},
        )
    api = Api(app)
    api.register_field(Money, "string", "decimal")
    api.ma_plugin.converter.add_attribute_function(_document_text)
    api.spec.components.security_scheme("bearer", {"type": "http", "scheme": "bearer"})
    for module in modules_of("web.api"):
        csrf.exempt(module.blueprint)  # no cookie is read here, so nothing can ride on one
        api.register_blueprint(module.blueprint, url_prefix=URL_PREFIX + (module.blueprint.url_prefix or ""))
    _document_problems(api)
    _open_description(app)
    return api


def _document_key(operation: dict[str, Any], written: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Write into the description of an operation that it carries a command key, if it is a command."""
    if written.get(COMMAND):
        operation.setdefault("parameters", []).append(KEY_PARAMETER)
    return operation


def _document_text(_: Any, field: Any, **__: Any) -> dict[str, str]:
    """Write into the description which characters a text may not hold."""
    return {"pattern": TEXT_PATTERN} if isinstance(field, Text) else {}


def _document_problems(api: Api) -> None:
    """Write into the description that errors are problem+json."""
    for response in api.spec.components.responses.values():
        if "content" in response and "application/json" in response["content"]:
            response["content"]["application/problem+json"] = response["content"].pop("application/json")


def _open_description(app: Flask) -> None:
    for endpoint in [name for name in app.view_functions if name.startswith("api-docs.")]:
        app.view_functions[endpoint] = public(app.view_functions[endpoint])
    if app.config["API_DOCS"]:
        app.add_url_rule(f"{URL_PREFIX}/docs/assets/<path:filename>", "api_docs_asset", show_asset)


@public
def show_asset(filename: str) -> Response:
    """A file of Swagger UI, out of its wheel."""
    return send_from_directory(SWAGGER_UI, filename, max_age=86400)
