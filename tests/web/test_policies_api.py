"""Planning policies over the API: rules, overrides, what holds at a place and why."""

from datetime import UTC, date, datetime, timedelta

import pytest

from tests import given

SOON = (datetime.now(UTC).date() + timedelta(days=30)).isoformat()


@pytest.fixture
def place(plant):
    """A part at a station of its own."""
    station, part = given.warehouse(plant), given.part(plant)
    plant.commit()
    return station, part


@pytest.fixture
def planner(plant, api):
    return api(given.person(plant, "planner"))


def wish(place, **said) -> dict:
    return {"warehouse": place[0].code, "part": place[1].number, "reason": "exhibition", "expires_on": SOON, **said}


def test_an_override_is_seen_at_its_place_until_it_is_lifted(planner, place):
    station, part = place
    made = planner.post(
        "/planning/overrides", wish(place, minimum=3, service={"measure": "fill_rate", "target": "0.99"})
    )
    assert made.status_code == 201, made.json
    here = f"/warehouses/{station.code}/parts/{part.number}/policy"
    told = planner.get(here).json
    assert (told["minimum"], told["service"]["target"], told["origins"]["override"]) == (3, "0.99", made.json["id"])
    lifted = planner.post(f"/planning/overrides/{made.json['id']}/lift", {"reason": "it is over"})
    assert (lifted.status_code, lifted.json["lift_reason"]) == (200, "it is over")
    told = planner.get(here).json
    assert (told["minimum"], told["origins"]["override"]) == (None, None)


def test_what_holds_names_the_rule_behind_each_value(planner, place):
    told = planner.get(f"/warehouses/{place[0].code}/parts/{place[1].number}/policy").json
    rules = {rule["id"]: rule for rule in planner.get("/planning/policies", tier="repair").json["items"]}
    rule = rules[told["origins"]["service"]]
    assert rule["tier"] == "repair"
    assert rule["service"]["target"] == "0.9000"
    assert told["origins"]["lead_time"] == "tiers"
    assert told["source"]


def test_the_list_narrows_to_a_part_and_a_warehouse_and_pages(planner, place, plant):
    other = given.part(plant)
    plant.commit()
    planner.post("/planning/overrides", wish(place, minimum=3))
    planner.post("/planning/overrides", wish((place[0], other), minimum=4))
    here = planner.get("/planning/overrides", warehouse=place[0].code, limit=1).json
    assert [one["minimum"] for one in here["items"]] == [3]
    rest = planner.get("/planning/overrides", warehouse=place[0].code, limit=1, cursor=here["next_cursor"]).json
    assert [one["minimum"] for one in rest["items"]] == [4]
    assert planner.get("/planning/overrides", part=other.number).json["items"][0]["minimum"] == 4
    assert planner.get("/planning/overrides", part="NONE").json["items"] == []


def test_a_rule_is_set_changed_and_ended(planner):
    body = {"tier": "central", "criticality": "vital", "abc": "a", "review_days": 2, "reason": "tested"}
    first = planner.post("/planning/policies", body)
    assert first.status_code == 201, first.json
    second = planner.post(
        "/planning/policies",
        {**body, "stocking": {"window_months": 6, "stock_hits": 2, "drop_hits": 0}, "replaces": first.json["id"]},
    )
    late = planner.post("/planning/policies", {**body, "review_days": 5, "replaces": first.json["id"]})
    assert (late.status_code, late.json["code"]) == (409, "changed_meanwhile")
    assert late.json["facts"]["standing"] == second.json["id"]
    listed = [one["id"] for one in planner.get("/planning/policies").json["items"]]
    assert second.json["id"] in listed
    assert first.json["id"] not in listed
    assert planner.post(f"/planning/policies/{second.json['id']}/end").status_code == 200
    assert planner.post(f"/planning/policies/{second.json['id']}/end").json["code"] == "policy_ended"


def test_a_part_is_planned_everywhere(planner, place):
    path = f"/parts/{place[1].number}/plan"
    assert planner.get(path).json["criticality"] == "essential"
    body = {"criticality": "vital", "phase": "last_time_buy", "reason": "the line closes"}
    assert planner.post(path, body).json["code"] == "last_buy_needs_end"
    planned = planner.post(path, {**body, "supported_until_on": "2035-12-31"})
    assert planned.status_code == 200
    told = planner.get(path).json
    assert told["supported_until_on"] == "2035-12-31"
    assert planner.post(path, {**body, "phase": "mature"}).json["code"] == "changed_meanwhile"
    assert planner.post(path, {**body, "phase": "mature", "seen_at": told["set_at"]}).status_code == 200


def test_a_lane_is_stated_and_listed(planner, place, plant):
    body = {"source": "", "warehouse": place[0].code, "days": "2.5", "sd_days": "1"}
    assert planner.post("/planning/lanes", body).status_code == 422
    source = given.warehouse(plant, tier="distribution")
    plant.commit()
    assert planner.post("/planning/lanes", {**body, "source": source.code}).status_code == 200
    back = planner.post("/planning/lanes", {**body, "source": place[0].code, "warehouse": source.code})
    assert (back.status_code, back.json["code"]) == (422, "lane_leads_up")
    (lane,) = planner.get("/planning/lanes", warehouse=place[0].code).json["items"]
    assert (lane["source"], lane["days"], lane["shipments"]) == (source.code, "2.500", 0)


def test_a_planner_of_elsewhere_overrides_nothing_here(plant, api, place, planner):
    stranger = api(given.person(plant, "planner", given.warehouse(plant)))
    made = planner.post("/planning/overrides", wish(place, minimum=3))
    foreign = stranger.post("/planning/overrides", wish(place, minimum=1))
    missing = stranger.post("/planning/overrides", {**wish(place, minimum=1), "warehouse": "NOWHERE"})
    assert (
        (foreign.status_code, foreign.json["code"]) == (missing.status_code, missing.json["code"]) == (404, "not_found")
    )
    lift = stranger.post(f"/planning/overrides/{made.json['id']}/lift", {"reason": "mine"})
    absent = stranger.post("/planning/overrides/987654321/lift", {"reason": "mine"})
    assert (lift.status_code, lift.json["code"]) == (absent.status_code, absent.json["code"])
    assert stranger.get("/planning/overrides", warehouse=place[0].code).json["items"] == []
    assert stranger.get("/planning/lanes", warehouse=place[0].code).json["items"] == []
    body = {"tier": "central", "abc": "a", "review_days": 2, "reason": "mine"}
    assert stranger.post("/planning/policies", body).status_code == 403


def test_who_buys_sees_policies_and_sets_none(plant, api, place):
    buyer = api(given.person(plant, "procurement"))
    assert buyer.get("/planning/policies").status_code == 200
    assert buyer.post("/planning/overrides", wish(place, minimum=1)).status_code == 403


def test_the_same_key_sets_an_override_once(planner, place):
    first = planner.post("/planning/overrides", wish(place, minimum=3), key="override-once-1")
    again = planner.post("/planning/overrides", wish(place, minimum=3), key="override-once-1")
    assert first.json == again.json
    everything = planner.get("/planning/overrides", part=place[1].number, all="true").json["items"]
    assert len(everything) == 1
    assert date.fromisoformat(everything[0]["expires_on"]).isoformat() == SOON
