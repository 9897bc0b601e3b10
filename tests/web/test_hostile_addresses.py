"""Whatever stands in an address, nothing breaks: every route that reads, with hostile names and hostile filters.

The routes and their filters are read from the app and its description, so that a new one is tried, too.
"""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from inventory.identity import Person
from inventory.network import Warehouse
from tests import given
from tests.web.conftest import ApiClient, Browser

NAMES = [
    "%00",
    "%25",
    "_",
    "%ed%a0%80",
    quote("１２"),
    "9" * 100,
    "9223372036854775808",
    "PR-99999999999999999999",
    "%F0%9F%98%80",
]
# A cursor that holds a NUL, half a character, another type, a number no bigint holds; wildcards; extremes of time.
FILTERS = [
    *("WyJcdTAwMDAiXQ", "WyJcdWQ4MDAiXQ", "WzFd", "WyIxIl0", "WzkyMjMzNzIwMzY4NTQ3NzU4MDhd", "W251bGxd", "W10"),
    *("%00", "%25", "%5C", "_", "%ed%a0%80", quote("１２"), "9" * 400, "-1", "1e5", "NaN", "true", "a" * 3000),
    *("0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2026-13-45", "//evil.example"),
]
SCREEN_VALUES = [FILTERS[1], FILTERS[3], "%25", quote("１２"), "9" * 400, "NaN", "0001-01-01T00:00:00Z", "9999-12-31"]
SCREEN_FILTERS = (
    "q",
    "cursor",
    "part",
    "at",
    "since",
    "until",
    "limit",
    "status",
    "work_order",
    "model",
    "warehouse",
    "next",
)


@pytest.fixture
def centre(plant: Session) -> Warehouse:
    return given.warehouse(plant, tier="distribution")


@pytest.fixture
def lead(plant: Session, centre: Warehouse) -> Person:
    return given.person(plant, "warehouse_lead", centre)


def filters_of_the_api(app: Flask, code: str) -> Iterator[tuple[str, str]]:
    """Every address of the API that reads, filled, with the filters that have to be there, and one of its filters."""
    description = app.test_client().get("/api/v1/openapi.json").json
    for path, operations in description["paths"].items():
        asked = [one for one in operations.get("get", {}).get("parameters", []) if one["in"] == "query"]
        given_along = "&".join(f"{one['name']}=2026-01-01T00:00:00Z" for one in asked if one.get("required"))
        for one in asked:
            address = path.replace("{code}", code).replace("{", "").replace("}", "")
            yield f"{address}?{given_along}&", one["name"]


def test_no_filter_breaks_a_list_of_the_api(
    app: Flask, api: Callable[..., ApiClient], lead: Person, centre: Warehouse
) -> None:
    client, broken = api(lead), []
    for address, name in filters_of_the_api(app, centre.code):
        for value in FILTERS:
            answer = client.get(f"{address.removeprefix('/api/v1')}{name}={value}")
            if answer.status_code >= 500:
                broken.append((address, name, value))
    assert broken == []


def test_no_name_breaks_a_route_of_the_api(app: Flask, api: Callable[..., ApiClient], lead: Person) -> None:
    client = api(lead)
    answers = {
        (address, answer.status_code, answer.content_type)
        for address in named_addresses(app, "/api/v1/")
        if (answer := client.get(address.removeprefix("/api/v1")))
    }
    assert {one for one in answers if one[1] not in (400, 403, 404, 422)} == set()
    assert {one for one in answers if one[2] != "application/problem+json"} == set()


def test_neither_a_name_nor_a_filter_breaks_a_screen(
    app: Flask, browser_of: Callable[[Person], Browser], lead: Person
) -> None:
    statuses = {}
    for addresses in (named_addresses(app, "/"), *(filtered_screens(app, value) for value in SCREEN_VALUES)):
        client = browser_of(lead).client  # one browser for all of it would be asked to slow down
        statuses |= {address: client.get(address).status_code for address in addresses}
    assert {address for address, status in statuses.items() if status >= 429} == set()


def named_addresses(app: Flask, under: str) -> list[str]:
    """Every address with an argument below a prefix, filled with each hostile name."""
    return [
        "/".join(name if part.startswith("<") else part for part in rule.rule.split("/"))
        for rule in routes(app, under)
        for name in NAMES
        if rule.arguments
    ]


def filtered_screens(app: Flask, value: str) -> list[str]:
    """Every screen without an argument, all the filters a screen knows being the same hostile value."""
    query = "&".join(f"{name}={value}" for name in SCREEN_FILTERS)
    return [f"{rule.rule}?{query}" for rule in routes(app, "/") if not rule.arguments]


def routes(app: Flask, under: str) -> list[Any]:
    return [
        rule
        for rule in app.url_map.iter_rules()
        if "GET" in rule.methods
        and rule.rule.startswith(under)
        and rule.rule.startswith("/api/") == (under != "/")
        and not rule.endpoint.endswith(("static", "asset"))
    ]
