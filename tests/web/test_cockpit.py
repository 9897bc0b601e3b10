"""The planners' cockpit on screens, as files and through the API."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from itertools import count
from zipfile import ZipFile

import pytest
from sqlalchemy import text

from inventory.planning.policies import PlanningSetting
from inventory.reporting import PlaceList, fold_figures
from tests import given
from tests.given import demand as asked_for
from tests.given import replenishment

_divisions = count(1)
NOW = datetime.now(UTC).replace(microsecond=0)
TODAY = NOW.date()


@pytest.fixture
def network(plant):
    """A station short of one part, with a surplus of another that nobody asked for in years; folded twice."""
    place = given.warehouse(plant, tier="repair", parent=_centre(plant))
    division = given.division(plant, f"COCKPIT-{next(_divisions)}")
    short, over = (
        given.part(plant, name_en=name, price=Decimal(price), division=division)
        for name, price in (("pump", "10"), ("lamp", "2"))
    )
    run = replenishment.run(plant, on=TODAY, at=NOW)
    for part in (short, over):
        replenishment.level(plant, part, place, run, source_id=None)
    given.stock(plant, place, over, 40, received_at=NOW - timedelta(days=400))
    last_month = (TODAY.replace(day=1) - timedelta(days=1)).replace(day=1)
    plant.execute(text("DELETE FROM forecast_month"))
    fold_figures(plant, on=last_month, at=NOW)
    asked_for.asked(plant, place, short, last_month + timedelta(days=3), 2)
    fold_figures(plant, on=TODAY, at=NOW)
    plant.commit()
    return place, short, over, division.code


def _centre(plant):
    return given.warehouse(plant, tier="distribution")


@pytest.fixture
def planner(plant, browser_of):
    return browser_of(given.person(plant, "planner", locale="en"))


def text_of(answer) -> str:
    assert answer.status_code == 200, answer.get_data(as_text=True)[:400]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)))


def test_the_cockpit_tells_the_figures_of_a_warehouse(planner, network):
    told = text_of(planner.get("/planning/cockpit", warehouse=network[0].code))
    assert "Nothing free of what is asked for 1 of 2 part-places" in told
    assert "1 short" in told
    assert "1 above" in told
    assert "Forecast accuracy" in told


@pytest.mark.parametrize("which", list(PlaceList))
def test_every_list_opens_in_both_languages(planner, network, which):
    for language in ("en", "zh"):
        planner.post("/language", language=language)
        answer = planner.get("/planning/cockpit/places", list=which.value, warehouse=network[0].code)
        assert answer.status_code == 200


def test_each_figure_leads_to_its_list(planner, network):
    place, short, over, _code = network
    page = planner.get("/planning/cockpit", warehouse=place.code).get_data(as_text=True)
    addresses = {one.replace("&amp;", "&") for one in re.findall(r'href="(/planning/cockpit/places[^"]+)"', page)}
    listed = {re.search(r"list=(\w+)", one)[1]: text_of(planner.client.get(one)) for one in addresses}
    assert {"short", "empty", "within", "above", "surplus", "dead_90", "dead_180", "dead_365"} <= set(listed)
    assert short.number in listed["short"]
    assert over.number in listed["surplus"]
    assert over.number in listed["dead_365"]
    assert "No part-place is on this list." in listed["within"]


def test_before_any_run_the_cockpit_says_what_it_waits_for(plant, planner):
    plant.execute(text("DELETE FROM figures_fold"))
    plant.commit()
    for page in ("/planning/cockpit", "/planning/cockpit/places"):
        assert "worked out at the end of the nightly run" in text_of(planner.get(page))


def test_before_a_month_is_over_no_forecast_is_judged(plant, planner):
    plant.execute(text("DELETE FROM forecast_month"))
    plant.commit()
    assert "No such month is over yet" in text_of(planner.get("/planning/cockpit/forecasts"))


def test_a_list_goes_out_as_a_workbook_and_as_csv(planner, network):
    place, _, over, _ = network
    asked = {"list": "surplus", "warehouse": place.code}
    csv = planner.get("/planning/cockpit/places/file", format="csv", **asked)
    assert over.number in csv.get_data(as_text=True)
    book = planner.get("/planning/cockpit/places/file", format="xlsx", **asked)
    with ZipFile(BytesIO(book.get_data())) as file:
        assert over.number.encode() in b"".join(file.read(name) for name in file.namelist())
    assert planner.get("/planning/cockpit/places/file", format="exe", **asked).status_code == 404


def test_who_took_a_list_is_in_the_trail(plant, planner, network):
    planner.get("/planning/cockpit/places/file", format="csv", list="short", warehouse=network[0].code)
    facts = plant.execute(
        text("SELECT facts FROM audit_entry WHERE subject = 'places-short' ORDER BY id DESC LIMIT 1")
    ).scalar_one()
    assert facts == {"rows": 1, "format": "csv", "warehouse": network[0].code}


def test_forecasts_are_told_part_by_part_and_go_out_as_a_file(planner, network):
    _, short, _, code = network
    page = planner.get("/planning/cockpit/forecasts", division=code)
    assert short.number in text_of(page)
    address = re.search(r'href="([^"]+forecasts/file[^"]+csv[^"]+)"', page.get_data(as_text=True))[1]
    assert short.number in planner.client.get(address.replace("&amp;", "&")).get_data(as_text=True)
    assert planner.get("/planning/cockpit/forecasts/file", month="soon").status_code == 404


def test_the_home_page_tells_a_planner_how_many_places_are_empty(planner, network):
    assert "Nothing free of what is asked for" in text_of(planner.get("/"))


def test_the_api_tells_the_same_figures_and_pages_its_lists(plant, api, network):
    place, short, over, code = network
    client = api(given.person(plant, "planner"))
    figures = client.get("/reports/planning", warehouse=place.code).json
    assert [figures["total"][one] for one in ("places", "short", "surplus_places")] == [2, 1, 1]
    assert figures["total"]["surplus_value"] == "50.0000"
    assert [one["tier"] for one in figures["by_tier"]] == ["repair"]
    assert [one["division"] for one in figures["by_division"]] == [code]
    first = client.get("/reports/planning/places", list="empty", warehouse=place.code, limit="1").json
    assert [one["part"] for one in first["items"]] == [short.number]
    assert first["next_cursor"] is None
    everything = client.get("/reports/planning/places", list="surplus", warehouse=place.code).json
    assert over.number in [one["part"] for one in everything["items"]]


def test_the_api_tells_how_forecasts_did(plant, api, network):
    client, code = api(given.person(plant, "planner")), network[3]
    (month,) = client.get("/reports/planning/forecasts", division=code).json["items"]
    assert month["asked_value"] == "20.0000"
    assert month["bias"] > 0
    parts = client.get("/reports/planning/forecasts/parts", month=month["month"], division=code).json["items"]
    assert {one["part"] for one in parts} >= {network[1].number}


@pytest.mark.parametrize("cursor", ["x", "WyJOYU4iLDEsMV0", "WzEsMSwxXQ"])
def test_a_made_up_cursor_is_refused(plant, api, network, cursor):
    answer = api(given.person(plant, "planner")).get("/reports/planning/places", list="short", cursor=cursor)
    assert (answer.status_code, answer.json["code"]) == (422, "cursor_unreadable")


def test_a_place_out_of_reach_looks_like_one_that_is_not_there(plant, api, network):
    stranger = api(given.person(plant, "warehouse_lead", given.warehouse(plant, tier="distribution")))
    foreign = stranger.get("/reports/planning", warehouse=network[0].code).json
    missing = stranger.get("/reports/planning", warehouse="NOWHERE").json
    assert {**foreign, "folded_at": None} == {**missing, "folded_at": None}
    assert foreign["total"]["places"] == 0
    assert stranger.get("/reports/planning/places", list="short", warehouse=network[0].code).json["items"] == []
    assert stranger.get("/reports/planning/forecasts").json["items"] == []


def test_who_may_not_see_proposals_is_refused(plant, api, network):
    engineer = api(given.person(plant, "engineer", network[0]))
    for path in ("/reports/planning", "/reports/planning/places?list=short", "/reports/planning/forecasts"):
        assert engineer.get(path).status_code == 403


def test_a_month_worked_out_afterwards_says_so_on_screens_and_through_the_api(plant, planner, api, network):
    _, _, _, code = network
    plant.execute(text("UPDATE forecast_month SET back_cast = true WHERE asked IS NOT NULL"))
    plant.commit()
    assert "worked out afterwards · bias" in text_of(planner.get("/planning/cockpit", division=code))
    assert "it was worked out afterwards, on the demand known then" in text_of(
        planner.get("/planning/cockpit/forecasts", division=code)
    )
    (month,) = api(given.person(plant, "planner")).get("/reports/planning/forecasts", division=code).json["items"]
    assert month["back_cast"] is True


def test_surplus_is_told_with_the_margin_of_its_night_and_with_one_that_comes(plant, planner, network):
    row = plant.get_one(PlanningSetting, 1)
    before = row.surplus_margin
    assert "next night on" not in text_of(planner.get("/planning/cockpit", warehouse=network[0].code))
    row.surplus_margin = Decimal("0.35")
    plant.commit()
    told = text_of(planner.get("/planning/cockpit", warehouse=network[0].code))
    row.surplus_margin = before
    plant.commit()
    assert "20.0 % over their level and more · 35.0 % from the next night on" in told.replace("\u00a0", " ")
