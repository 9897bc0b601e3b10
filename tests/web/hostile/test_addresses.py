"""Whatever stands in an address, nothing breaks: every route that reads, with hostile names and hostile filters.

The routes and their filters are read from the app and its description, so that a new one is tried, too.
"""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from flask import Flask

from inventory.identity import Person
from tests.web.conftest import ApiClient, Browser
from tests.web.hostile import wrong
from web.paging import pack_cursor

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
# A cursor of money with an exponent that no figure of a database has; a whole number and a day where others stand.
MONEY = [pack_cursor(["1E+999999", 1]), pack_cursor(["1E+999999", 1, 1]), pack_cursor([2**63 - 1, "x"])]
SCREEN_VALUES = ["%25", quote("１２"), "9" * 400, "0001-01-01T00:00:00Z", "9999-12-31", *MONEY]
SCREEN_FILTERS = (
    *("q", "cursor", "part", "at", "since", "until", "limit", "status", "work_order", "model", "warehouse", "next"),
    *("tier", "division", "supplier", "abc", "kind", "held", "run", "sort", "from", "view", "months", "month", "list"),
    *("first", "last", "on", "rule", "role", "direction", "show", "days", "where", "line", "zone", "bin", "quantity"),
)


def lists_of_the_api(description: dict[str, Any], things: dict[str, Any]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Every address of the API that reads and takes filters, with those that have to be there, and all it takes."""
    for path, operations in description["paths"].items():
        asked = [one for one in operations.get("get", {}).get("parameters", []) if one["in"] == "query"]
        along = {one["name"]: wrong.sound(one["schema"], {}, things, one["name"]) for one in asked if _belongs(one)}
        if asked:
            yield f"{wrong.filled(path, things).removeprefix('/api/v1')}?{urlencode(along)}", asked


def _belongs(parameter: dict[str, Any]) -> bool:
    return parameter["required"] or parameter["name"] == "part"  # lots are told of a part


def test_no_filter_breaks_a_list_of_the_api(
    app: Flask, api: Callable[..., ApiClient], everybody: Person, things: dict[str, Any]
) -> None:
    client, broken = api(everybody), []
    description = app.test_client().get("/api/v1/openapi.json").json
    for address, asked in lists_of_the_api(description, things):
        for name in (one["name"] for one in asked if one["name"] != "cursor"):
            for value in wrong.FILTERS:
                answer = client.get(f"{address}&{name}={value}")
                if answer.status_code >= 500:
                    broken.append((address, name, value))
    assert broken == []


def test_no_cursor_breaks_a_list_of_the_api_in_any_of_its_orders(
    app: Flask, api: Callable[..., ApiClient], everybody: Person, things: dict[str, Any]
) -> None:
    client, broken = api(everybody), []
    description = app.test_client().get("/api/v1/openapi.json").json
    for address, asked in lists_of_the_api(description, things):
        if "cursor" not in {one["name"] for one in asked}:
            continue
        orders = next((one["schema"]["enum"] for one in asked if one["name"] in ("sort", "list")), [""])
        name = next((one["name"] for one in asked if one["name"] in ("sort", "list")), "")
        for order in orders:
            ordered = f"{address}&{name}={order}" if name and f"{name}=" not in address else address
            answers = {cursor: client.get(f"{ordered}&cursor={cursor}").status_code for cursor in wrong.CURSORS}
            broken += [(ordered, *answer) for answer in answers.items() if answer[1] not in (200, 400, 422)]
    assert broken == []


def test_no_name_breaks_a_route_of_the_api(app: Flask, api: Callable[..., ApiClient], everybody: Person) -> None:
    client = api(everybody)
    answers = {
        (address, answer.status_code, answer.content_type)
        for address in named_addresses(app, "/api/v1/")
        if (answer := client.get(address.removeprefix("/api/v1")))
    }
    assert {one for one in answers if one[1] not in (400, 403, 404, 422)} == set()
    assert {one for one in answers if one[2] != "application/problem+json"} == set()


def test_no_name_breaks_a_screen(app: Flask, browser_of: Callable[[Person], Browser], everybody: Person) -> None:
    assert broken_screens(named_addresses(app, "/"), browser_of(everybody)) == set()


@pytest.mark.parametrize("value", SCREEN_VALUES)
def test_no_filter_breaks_a_screen(
    app: Flask, browser_of: Callable[[Person], Browser], everybody: Person, things: dict[str, Any], value: str
) -> None:
    assert broken_screens(filtered_screens(app, value, things), browser_of(everybody)) == set()


def broken_screens(addresses: list[str], browser: Browser) -> set[tuple[int, str]]:
    statuses = {(browser.client.get(address).status_code, address) for address in addresses}
    return {one for one in statuses if one[0] >= 429}


def named_addresses(app: Flask, under: str) -> list[str]:
    """Every address with an argument below a prefix, filled with each hostile name."""
    return [
        "/".join(name if part.startswith("<") else part for part in rule.rule.split("/"))
        for rule in routes(app, under)
        for name in NAMES
        if rule.arguments
    ]


def filtered_screens(app: Flask, value: str, things: dict[str, Any]) -> list[str]:
    """Every screen, of a real thing where it is of one, all the filters a screen knows being the same hostile value."""
    query = "&".join(f"{name}={value}" for name in SCREEN_FILTERS)
    return [f"{wrong.filled(rule.rule, things)}?{query}" for rule in routes(app, "/")]


def routes(app: Flask, under: str) -> list[Any]:
    return [
        rule
        for rule in app.url_map.iter_rules()
        if "GET" in rule.methods
        and rule.rule.startswith(under)
        and rule.rule.startswith("/api/") == (under != "/")
        and not rule.endpoint.endswith(("static", "asset"))
    ]
