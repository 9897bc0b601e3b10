"""Whatever stands in an address, nothing breaks: every route that reads, with hostile names and hostile filters.

The routes and their filters are read from the app and its description, so that a new one is tried, too.
"""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote, urlencode

from flask import Flask

from inventory.identity import Person
from tests.web.conftest import ApiClient, Browser
from tests.web.hostile import wrong
from web.cockpit import CockpitWish
from web.paging import pack_cursor
from web.replenishment import ReportWish

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
# Of a screen's arguments: no number, the end of the calendar, a cursor of money beyond all figures.
SCREEN_VALUES = ["9" * 400, "9999-12-31", pack_cursor(["1E+999999", 1])]
WISHES = {*ReportWish.__dataclass_fields__, *CockpitWish.__dataclass_fields__}  # read all at once


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


def test_no_argument_breaks_a_screen(
    app: Flask, browser_of: Callable[[Person], Browser], everybody: Person, things: dict[str, Any], asked: set[str]
) -> None:
    browser = browser_of(everybody)
    broken, tried = set(), 0
    for rule in routes(app, "/"):
        address = wrong.filled(rule.rule, things)
        asked.clear()
        browser.client.get(address)
        names = asked | (WISHES if rule.endpoint.split(".")[0] in ("replenishment", "cockpit") else set())
        addresses = [f"{address}?{name}={value}" for name in sorted(names) for value in SCREEN_VALUES]
        broken |= broken_screens(addresses, browser)
        tried += len(addresses)
    assert broken == set()
    assert tried > 300


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


def routes(app: Flask, under: str) -> list[Any]:
    return [
        rule
        for rule in app.url_map.iter_rules()
        if "GET" in rule.methods
        and rule.rule.startswith(under)
        and rule.rule.startswith("/api/") == (under != "/")
        and not rule.endpoint.endswith(("static", "asset"))
    ]
