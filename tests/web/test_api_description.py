"""What the API says of itself: a valid description, in which writes and only writes carry a key."""

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from marshmallow import ValidationError
from openapi_spec_validator import validate

from web.schemas import Text

METHODS = ("get", "post", "put", "patch", "delete")
ASKS_ONLY = {"/api/v1/scans"}  # a POST that changes nothing: what was scanned does not belong into an address


@pytest.fixture(scope="module")
def description(app: Flask) -> dict[str, Any]:
    answer = app.test_client().get("/api/v1/openapi.json")
    assert answer.status_code == 200
    described: dict[str, Any] = answer.json
    return described


def operations(description: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (path, method, operation)
        for path, methods in description["paths"].items()
        for method, operation in methods.items()
        if method in METHODS
    ]


def test_it_is_valid_openapi(description: dict[str, Any]) -> None:
    validate(description)


def test_writes_and_only_writes_are_described_with_a_key(description: dict[str, Any]) -> None:
    for path, method, operation in operations(description):
        named = [parameter.get("name") for parameter in operation.get("parameters", [])]
        assert ("Idempotency-Key" in named) == (method != "get" and path not in ASKS_ONLY), (method, path)


def test_every_operation_says_how_it_refuses(description: dict[str, Any]) -> None:
    silent = [
        (path, method) for path, method, operation in operations(description) if "default" not in operation["responses"]
    ]
    assert silent == []


def test_every_route_of_the_api_is_described(app: Flask, client: FlaskClient, description: dict[str, Any]) -> None:
    routes = {rule.rule.replace("int:", "") for rule in app.url_map.iter_rules() if rule.rule.startswith("/api/v1/")}
    described = {path.replace("{", "<").replace("}", ">") for path in description["paths"]}
    own = {"/api/v1/openapi.json", "/api/v1/docs", "/api/v1/docs/assets/<path:filename>"}
    assert routes - own == described


def test_only_what_is_open_to_all_is_described_without_a_token(description: dict[str, Any]) -> None:
    open_to_all = {path for path, _, operation in operations(description) if operation.get("security") == []}
    assert open_to_all == {"/api/v1/health", "/api/v1/ready", "/api/v1/metrics"}


def test_money_is_described_as_the_text_it_is(description: dict[str, Any]) -> None:
    value = description["components"]["schemas"]["WarehouseStockOutput"]["properties"]["value"]
    assert (value["type"], value["format"]) == ("string", "decimal")


@pytest.mark.parametrize("character", [chr(code) for code in (0, 8, 9, 10, 11, 31, 32, 127, 0x202E, 0x2069, 0x4E2D)])
def test_a_text_is_described_with_the_characters_it_may_hold(description: dict[str, Any], character: str) -> None:
    reason = description["components"]["schemas"]["CancelInput"]["properties"]["reason"]
    try:
        Text().deserialize(f"a{character}b")
        taken = True
    except ValidationError:
        taken = False
    assert (re.search(reason["pattern"], f"a{character}b") is not None) == taken
