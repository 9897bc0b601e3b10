"""The figures that hold for all planning, on the screen and over the API."""

import re

import pytest

from inventory.planning.policies.models import PlanningSetting
from tests import given


@pytest.fixture(autouse=True)
def as_they_were(plant):
    """The figures are one row of everybody's: leave them as they were found."""
    names = [column.key for column in PlanningSetting.__table__.columns]
    before = {name: getattr(plant.get_one(PlanningSetting, 1), name) for name in names}
    plant.commit()
    yield
    plant.rollback()
    row = plant.get_one(PlanningSetting, 1)
    for name, value in before.items():
        setattr(row, name, value)
    plant.commit()


@pytest.fixture
def browser(plant, browser_of):
    return browser_of(given.person(plant, "planner", name="计划员李", locale="en"))


@pytest.fixture
def client(plant, api):
    return api(given.person(plant, "planner"))


def fields_of(browser) -> dict[str, str]:
    """The form as it stands."""
    return typed_in(browser.get("/planning/settings").text)


def typed_in(page: str) -> dict[str, str]:
    """What stands in the fields of a page, with the version of the figures that it was drawn from."""
    fields = dict(re.findall(r'id="field-(\w+)" name="\w+" type="text" value="([^"]*)"', page))
    return {**fields, "version": re.search(r'name="version" value="(\d+)"', page)[1]}


def settings(plant) -> PlanningSetting:
    plant.rollback()
    return plant.get_one(PlanningSetting, 1)


def test_a_planner_sees_each_figure_with_what_it_does_and_changes_it(plant, browser):
    form = fields_of(browser)
    assert (form["surplus_margin"], form["surplus_days"], form["move_cost"]) == ("20", "90", "5")
    assert (
        "Free stock above the order-up-to level by more than this is surplus" in browser.get("/planning/settings").text
    )
    changed = {**form, "surplus_margin": "35.5", "move_cost": "12.5", "reason": "transfers cost more"}
    assert browser.post("/planning/settings", page="/planning/settings", **changed).status_code == 303
    row = settings(plant)
    assert (str(row.surplus_margin), str(row.move_cost), row.surplus_days) == ("0.3550", "12.5000", 90)
    told = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", browser.get("/planning/settings").text))
    assert "Surplus begins above the level by: 20 → 35.5 %" in told
    assert "transfers cost more" in told


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("surplus_days", "0", "has to be from 1 to 3660"),
        ("surplus_days", "1.5", "has to be from 1 to 3660"),
        ("surplus_margin", "0.001", "has to be from 0 to 10"),
        ("a_share", "96", "has to lie below"),
        ("move_cost", "much", "This is no figure"),
        ("reason", "", "Say why"),
    ],
)
def test_what_planning_cannot_go_by_stays_in_the_form(plant, browser, field, value, told):
    form = {**fields_of(browser), "reason": "tried", field: value}
    refused = browser.post("/planning/settings", page="/planning/settings", **form)
    assert (refused.status_code, told in refused.text) == (422, True)
    assert f'name="{field}" type="text" value="{value}"' in refused.text
    assert (settings(plant).surplus_days, str(settings(plant).surplus_margin)) == (90, "0.2000")


def test_who_plans_for_one_warehouse_sees_the_figures_and_no_form(plant, browser_of):
    browser = browser_of(given.person(plant, "planner", given.warehouse(plant), locale="en"))
    page = browser.get("/planning/settings").text
    assert "Surplus begins above the level by: 20 %" in page
    assert 'action="/planning/settings"' not in page


def test_the_figures_are_read_and_written_over_the_api(plant, client):
    told = client.get("/planning/settings").json
    assert (told["surplus_margin"], told["surplus_days"], told["currency"]) == ("0.2000", 90, "CNY")
    wish = {name: value for name, value in told.items() if name not in ("currency", "changes")}
    answer = client.put("/planning/settings", {**wish, "surplus_days": 60, "reason": "quicker"})
    assert (answer.status_code, answer.json["surplus_days"]) == (200, 60)
    assert settings(plant).surplus_days == 60
    latest = client.get("/planning/settings").json["changes"][0]
    assert (latest["changed"], latest["reason"]) == ({"surplus_days": ["90", "60"]}, "quicker")


def test_a_figure_that_is_missing_or_out_of_bounds_is_refused_over_the_api(client):
    wish = client.get("/planning/settings").json
    wish = {name: value for name, value in wish.items() if name not in ("currency", "changes")} | {"reason": "tried"}
    beyond = client.put("/planning/settings", {**wish, "band": "0.5"})
    assert (beyond.status_code, beyond.json["code"]) == (422, "setting_out_of_bounds")
    del wish["band"]
    assert "band" in client.put("/planning/settings", wish).json["errors"]


def test_the_second_of_two_planners_sees_what_the_first_changed_and_decides_anew(plant, browser, browser_of):
    rival = browser_of(given.person(plant, "planner", name="计划员王", locale="en"))
    mine, page = fields_of(browser), "/planning/settings"
    theirs = {**fields_of(rival), "surplus_days": "120", "band": "5", "reason": "slow movers"}
    assert rival.post(page, page=page, **theirs).status_code == 303
    refused = browser.post(page, page=page, **{**mine, "surplus_margin": "40", "band": "7", "reason": "dear"})
    assert refused.status_code == 409
    assert "计划员王" in refused.text
    assert "Changed meanwhile: 90 → 120." in refused.text
    again = typed_in(refused.text)
    assert (again["surplus_margin"], again["surplus_days"], again["band"]) == ("40", "120", "7")
    assert settings(plant).surplus_days == 120
    assert browser.post(page, page=page, **{**again, "reason": "dear"}).status_code == 303
    row = settings(plant)
    assert (str(row.surplus_margin), row.surplus_days, str(row.band)) == ("0.4000", 120, "0.0700")


def test_figures_that_changed_since_they_were_read_are_refused_over_the_api(client):
    wish = {
        name: one for name, one in client.get("/planning/settings").json.items() if name not in ("currency", "changes")
    }
    assert client.put("/planning/settings", {**wish, "surplus_days": 60, "reason": "quicker"}).status_code == 200
    late = client.put("/planning/settings", {**wish, "surplus_days": 61, "reason": "late"})
    assert (late.status_code, late.json["code"], late.json["facts"]["standing"]) == (
        409,
        "changed_meanwhile",
        wish["version"] + 1,
    )
    del wish["version"]
    assert "version" in client.put("/planning/settings", {**wish, "reason": "tried"}).json["errors"]
