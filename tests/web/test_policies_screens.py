"""The planner's screens of policies: a place explained, overridden and freed again; rules; lead times."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from inventory.catalogue import Part
from inventory.reporting import fold_figures
from tests import given
from tests.given import replenishment as planned

SOON = (datetime.now(UTC).date() + timedelta(days=30)).isoformat()


@pytest.fixture
def place(plant):
    """A part at a station of its own."""
    station, part = given.warehouse(plant), given.part(plant)
    plant.commit()
    return station, part


@pytest.fixture
def planner(plant, browser_of):
    return browser_of(given.person(plant, "planner", name="计划员李", locale="en"))


def page_of(place) -> str:
    return f"/planning/warehouses/{place[0].code}/parts/{place[1].number}"


def text_of(answer) -> str:
    """What a page says, without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)))


def override(planner, place, **fields):
    page = page_of(place)
    return planner.post(f"{page}/override", page=page, expires_on=SOON, reason="exhibition", **fields)


def test_a_planner_sees_what_holds_and_where_it_comes_from(planner, place):
    told = text_of(planner.get(page_of(place)))
    assert "90 % of demand from the shelf at once" in told
    assert "Tier to tier, as stated" in told
    assert "All parts" in told
    assert "Override it" in told


def test_a_place_tells_what_the_last_run_laid_in(plant, planner, place):
    assert "The last run laid nothing in here" in text_of(planner.get(page_of(place)))
    planned.level(plant, place[1], place[0], planned.run(plant), reorder_point=14, order_up_to=23)
    plant.commit()
    told = text_of(planner.get(page_of(place)))
    assert "Reorder point 14" in told
    assert "Order up to 23" in told


def test_an_override_shows_with_its_person_reason_and_last_day_and_is_lifted_again(planner, place):
    answer = override(planner, place, measure="fill_rate", target="99.5", minimum="2")
    assert answer.status_code == 303, text_of(answer)
    told = text_of(planner.get(page_of(place)))
    assert "99.5 % of demand from the shelf at once" in told
    assert "计划员李" in told
    assert f"through {SOON}" in told
    listed = text_of(planner.get("/planning/overrides", q=place[1].number))
    assert "exhibition" in listed
    assert "at least 2" in listed
    page = planner.get(page_of(place)).get_data(as_text=True)
    address = re.search(r'action="([^"]+/lift)"', page)[1]
    planner.post(address, page=page_of(place), lift_reason="it is over")
    told = text_of(planner.get(page_of(place)))
    assert "90 % of demand from the shelf at once" in told
    assert "it is over" in told


def test_what_was_typed_stays_when_an_override_is_refused(planner, place):
    answer = override(planner, place, minimum="9", maximum="3")
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert 'value="9"' in page
    assert "The minimum 9 is more than the maximum 3." in text_of(answer)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"measure": "fill_rate"}, "This is no figure"),
        ({"lead_time_days": "1,5"}, "This is no figure: 1,5"),
        ({"minimum": "2.5"}, "one to nine digits"),
        ({"measure": "luck", "target": "9"}, "none of the choices: luck"),
        ({}, "Nothing is overridden"),
    ],
)
def test_what_makes_no_sense_is_told_in_words(planner, place, fields, said):
    answer = override(planner, place, **fields)
    assert answer.status_code == 422
    assert said in text_of(answer)


def test_the_way_to_a_place_is_its_part_and_warehouse(planner, place):
    answer = planner.get("/planning/place", part=place[1].number, warehouse=place[0].code)
    assert answer.location.endswith(page_of(place))


def test_a_place_that_is_not_found_keeps_what_was_typed(planner, place):
    for asked in ({"part": place[1].number, "warehouse": "NOWHERE"}, {"part": "NOTHING", "warehouse": place[0].code}):
        answer = planner.get("/planning/place", **asked)
        assert answer.status_code == 404
        assert 'role="alert"' in answer.get_data(as_text=True)
        assert all(f'value="{typed}"' in answer.get_data(as_text=True) for typed in asked.values())


def test_a_rule_is_made_changed_and_ended(planner):
    fields = {"tier": "central", "criticality": "vital", "xyz": "z", "review_days": "3", "reason": "tested on screen"}
    assert planner.post("/planning/policies", page="/planning/policies/new", **fields).status_code == 303
    page = planner.get("/planning/policies", tier="central")
    assert "looked at every 3 days" in text_of(page)
    assert "tested on screen" in text_of(page)
    address = re.findall(r'href="(/planning/policies/[0-9]+)"', page.get_data(as_text=True))[-1]
    planner.post("/planning/policies", page=address, **{**fields, "review_days": "5", "rule": address.split("/")[-1]})
    page = planner.get("/planning/policies", tier="central")
    assert "looked at every 3 days" not in text_of(page)
    latest = re.findall(r'href="(/planning/policies/[0-9]+)"', page.get_data(as_text=True))[-1]
    assert "looked at every 3 days" in text_of(planner.get(latest))  # what was ruled before
    planner.post(f"{latest}/end", page=latest)
    assert "tested on screen" not in text_of(planner.get("/planning/policies", tier="central"))


WIDEST = {
    "measure": "fill_rate", "target": "90", "urgent": "no", "window_months": "12", "stock_hits": "3", "drop_hits": "1",
    "release_value_max": "10", "release_quantity_max": "1",
}  # fmt: skip


def test_of_two_who_change_a_rule_at_once_the_second_sees_what_stands(planner, plant, browser_of):
    fields = {"tier": "central", "criticality": "vital", "xyz": "x", "review_days": "3", "reason": "tested on screen"}
    planner.post("/planning/policies", page="/planning/policies/new", **fields)
    page = planner.get("/planning/policies", tier="central").get_data(as_text=True)
    address = re.findall(r'href="(/planning/policies/[0-9]+)"', page)[-1]
    mine = {**fields, "rule": address.split("/")[-1]}
    rival = browser_of(given.person(plant, "planner", name="计划员王", locale="en"))
    assert rival.post("/planning/policies", page=address, **{**mine, "review_days": "9"}).status_code == 303
    refused = planner.post("/planning/policies", page=address, **{**mine, "review_days": "5"})
    told, page = text_of(refused), refused.get_data(as_text=True)
    assert refused.status_code == 409
    assert "What stands now looked at every 9 days" in told
    assert "计划员王" in told
    assert 'name="review_days" type="text" value="5"' in page
    standing = re.search(r'name="rule" value="(\d+)"', page)[1]
    again = {**mine, "rule": standing, "review_days": "5"}
    assert planner.post("/planning/policies", page="/planning/policies/new", **again).status_code == 303
    page = planner.get("/planning/policies", tier="central").get_data(as_text=True)
    latest = re.findall(r'href="(/planning/policies/[0-9]+)"', page)[-1]
    planner.post(f"{latest}/end", page=latest)


def test_a_new_rule_for_parts_that_have_one_is_no_change_of_it(planner):
    fields = {"tier": "central", "review_days": "3", "reason": "tested on screen"}
    refused = planner.post("/planning/policies", page="/planning/policies/new", **{**fields, **WIDEST})
    assert (refused.status_code, "A rule for these parts is in force already" in text_of(refused)) == (409, True)


def test_of_two_who_override_a_place_at_once_the_second_sees_what_stands(planner, place):
    assert override(planner, place, minimum="4").status_code == 303
    refused = override(planner, place, minimum="7")
    assert refused.status_code == 409
    assert "at least 4" in text_of(refused)
    assert 'name="minimum" type="text" value="7"' in refused.get_data(as_text=True)
    standing = re.search(r'name="replaces" value="(\d+)"', refused.get_data(as_text=True))[1]
    assert override(planner, place, minimum="7", replaces=standing).status_code == 303


def test_a_new_rule_that_is_refused_keeps_what_was_typed(planner):
    fields = {
        "tier": "distribution",
        "abc": "b",
        "window_months": "6",
        "stock_hits": "2",
        "drop_hits": "2",
        "reason": "x",
    }
    answer = planner.post("/planning/policies", page="/planning/policies/new", **fields)
    assert answer.status_code == 422
    assert "laid in and dropped by turns" in text_of(answer)
    assert 'value="6"' in answer.get_data(as_text=True)


def test_who_may_not_rule_reads_what_a_rule_says(plant, browser_of, place):
    lead = browser_of(given.person(plant, "warehouse_lead", place[0], locale="en"))
    listed = lead.get("/planning/policies", tier="repair").get_data(as_text=True)
    page = lead.get(re.findall(r'href="(/planning/policies/[0-9]+)"', listed)[0])
    assert "90 % of demand from the shelf at once" in text_of(page)
    assert "Put it in force" not in text_of(page)
    assert 'name="target"' not in page.get_data(as_text=True)


def test_the_widest_rule_offers_no_end(planner):
    page = planner.get("/planning/policies", tier="repair").get_data(as_text=True)
    widest = re.findall(r'href="(/planning/policies/[0-9]+)"', page)[0]
    told = text_of(planner.get(widest))
    assert "it says everything" in told
    assert "End this rule" not in told


def test_a_part_is_planned_everywhere(planner, place):
    page = f"/planning/parts/{place[1].number}"
    answer = planner.post(
        page, page=page, criticality="vital", phase="last_time_buy", pack_size="5", reason="line closes"
    )
    assert "needs the last day it has to serve" in text_of(answer)
    fields = {"criticality": "vital", "phase": "mature", "pack_size": "5", "reason": "burnt compressors"}
    assert planner.post(page, page=page, **fields).status_code == 303
    assert "burnt compressors" in text_of(planner.get(page))
    assert "98 % of demand from the shelf at once" in text_of(planner.get(page_of(place)))


def test_lead_times_are_stated_for_a_lane_and_between_tiers(planner, plant, place):
    source = given.warehouse(plant, tier="distribution")
    plant.commit()
    page = "/planning/lead-times"
    fields = {"source": source.code, "destination": place[0].code, "days": "2.5", "sd_days": "1"}
    assert planner.post(f"{page}/lanes", page=page, **fields).status_code == 303
    assert "2.5 ± 1" in text_of(planner.get(page))
    refused = planner.post(f"{page}/lanes", page=page, **{**fields, "source": "NOWHERE"})
    assert refused.status_code == 404
    assert "NOWHERE" in refused.get_data(as_text=True)
    swapped = planner.post(
        f"{page}/lanes", page=page, **{**fields, "source": place[0].code, "destination": source.code}
    )
    assert swapped.status_code == 422
    assert "refilled from above or by an equal" in text_of(swapped)
    fields = {"from_tier": "", "to_tier": "central", "days": "44", "sd_days": "12"}
    assert planner.post(f"{page}/tiers", page=page, **fields).status_code == 303
    assert 'value="44"' in planner.get(page).get_data(as_text=True)


def test_who_only_sees_policies_is_offered_no_change(plant, browser_of, place):
    buyer = browser_of(given.person(plant, "procurement", locale="en"))
    assert "Override it" not in text_of(buyer.get(page_of(place)))
    assert "New rule" not in text_of(buyer.get("/planning/policies"))
    assert "State a lane" not in text_of(buyer.get("/planning/lead-times"))
    override(buyer, place, minimum="1")
    assert "What was overridden here" not in text_of(buyer.get(page_of(place)))


def test_a_planner_of_one_warehouse_overrides_there_and_sets_no_rules(plant, browser_of, place):
    local = browser_of(given.person(plant, "planner", place[0], locale="en"))
    assert override(local, place, minimum="1").status_code == 303
    assert "New rule" not in text_of(local.get("/planning/policies"))


def test_the_home_page_counts_overrides_that_end_soon(planner, plant):
    station, part = given.warehouse(plant), plant.query(Part).first()
    plant.commit()
    week = (datetime.now(UTC).date() + timedelta(days=7)).isoformat()
    page = f"/planning/warehouses/{station.code}/parts/{part.number}"
    planner.post(f"{page}/override", page=page, expires_on=week, reason="x", minimum="1")
    assert "Overrides that end soon" in text_of(planner.get("/"))
    assert station.code in text_of(planner.get("/planning/overrides", show="soon"))


def test_a_rule_tells_what_it_gets_against_what_it_asks_for(plant, planner, api, place):
    station, part = place
    plant.execute(text("DELETE FROM stock_level"))
    planned.level(plant, part, station, planned.run(plant), expected_fill=0.5)
    fold_figures(plant, on=datetime.now(UTC).date(), at=datetime.now(UTC))
    plant.commit()
    rules = api(given.person(plant, "planner")).get("/planning/policies", tier="repair").json["items"]
    (rule,) = [one for one in rules if one["gets"]]
    assert (rule["service"]["target"], rule["gets"]["expected_fill"]) == ("0.9000", 0.5)
    listed = text_of(planner.get("/planning/policies", tier="repair"))
    assert "90 % of demand from the shelf at once" in listed
    assert "expected 50.0 % below what it asks for" in listed
    assert "expected 50.0 % below what it asks for" in text_of(planner.get(f"/planning/policies/{rule['id']}"))
    assert "nothing asked for in 30 days" in text_of(planner.get(page_of(place)))
