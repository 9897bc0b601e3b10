"""Whatever stands in a body or a form, nothing breaks: every operation that writes, each field in turn gone wrong.

The operations and their fields are read from the app: of the API from its description, of a screen's form by watching
what the view asks of it. A new one is tried, too.
"""

from collections.abc import Callable, Iterator
from typing import Any

from flask import Flask

from inventory.identity import Person
from tests.web.conftest import ApiClient, Browser
from tests.web.hostile import town, wrong
from web.command import new_command_key

# They end the session of whoever asks, or his way in.
OWN_WAY_IN = {"session.log_out", "session.change_password", "session.end_session", "people.disable", "session.log_in"}


def test_no_body_breaks_an_operation_of_the_api(
    app: Flask, api: Callable[..., ApiClient], everybody: Person, things: dict[str, Any]
) -> None:
    client, broken, tried = api(everybody), [], 0
    description = app.test_client().get("/api/v1/openapi.json").json
    for path, method, operation in writes(description):
        address = wrong.filled(path, things).removeprefix("/api/v1")
        for body in bodies(operation, description["components"]["schemas"], things):
            answer, tried = getattr(client, method)(address, body), tried + 1
            if answer.status_code >= 429:
                broken.append((answer.status_code, address, str(body)[:300]))
    assert broken == []
    assert tried > 500


def writes(description: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, operations in description["paths"].items():
        for method in ("post", "put", "patch", "delete"):
            if method in operations:
                yield path, method, operations[method]


def bodies(operation: dict[str, Any], schemas: dict[str, Any], things: dict[str, Any]) -> Iterator[Any]:
    content = operation.get("requestBody", {}).get("content", {})
    if "application/json" not in content:
        return iter(wrong.BODIES)
    return wrong.spoilt(wrong.sound(content["application/json"]["schema"], schemas, things))


def test_no_field_breaks_a_form(
    app: Flask, browser_of: Callable[[Person], Browser], everybody: Person, things: dict[str, Any], asked: set[str]
) -> None:
    broken, tried = [], 0
    for rule in sorted(app.url_map.iter_rules(), key=str):
        if "POST" not in rule.methods or rule.rule.startswith("/api/") or rule.endpoint in OWN_WAY_IN:
            continue
        client = browser_of(everybody).client
        token, address = Browser(client).csrf_token("/account"), wrong.filled(rule.rule, things)
        client.post("/workplace", data={"csrf_token": token, "command_key": new_command_key(), "code": things["code"]})
        for form in forms(asked, things):
            sent = {"csrf_token": token, "command_key": new_command_key(), **form}
            answer, tried = client.post(address, data=sent), tried + 1
            if answer.status_code >= 429:
                broken.append((answer.status_code, address, form))
    assert broken == []
    assert tried > 500


def forms(asked: set[str], things: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A sound form, then each field that the view asked for so far gone wrong."""
    sound = town.sound_form(things)
    asked.clear()
    yield sound
    for name in sorted(asked - {"csrf_token", "command_key"}):
        for bad in wrong.typed_wrong(sound.get(name, "")):
            yield {**sound, name: bad}
