"""The list of warehouses: what an outside system needs to name one, and nobody's but one's own."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.orm import Session

from inventory.identity import Permission, Role
from tests import given
from tests.given.network import BEIJING, JINAN, QINGDAO


@pytest.fixture
def corner(plant: Session) -> dict[str, Any]:
    """A central warehouse, two distribution centres below it, and a repair centre below one of these."""
    centre = given.warehouse(plant, tier="central", city=BEIJING)
    jinan = given.warehouse(plant, tier="distribution", city=JINAN, parent=centre)
    qingdao = given.warehouse(plant, tier="distribution", city=QINGDAO, parent=centre)
    station = given.warehouse(plant, tier="repair", city=JINAN, parent=jinan)
    plant.commit()
    return {"centre": centre, "jinan": jinan, "qingdao": qingdao, "station": station}


def codes(answer: Any) -> list[str]:
    assert answer.status_code == 200
    return [item["code"] for item in answer.json["items"]]


def test_a_warehouse_is_told_with_its_place_in_the_network(
    plant: Session, api: Callable, corner: dict[str, Any]
) -> None:
    station, above = corner["station"], corner["jinan"]
    (told,) = api(given.person(plant, "engineer", station)).get("/warehouses").json["items"]
    assert told == {
        "code": station.code,
        "name_zh": station.name_zh,
        "name_en": station.name_en,
        "tier": "repair",
        "parent": above.code,
        "region": station.region_code,
        "city": station.city_code,
        "province": station.province_code,
        "address": station.address,
        "gln": station.gln,
        "active": True,
    }


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_every_role_sees_its_own_warehouses_and_no_other(
    plant: Session, api: Callable, corner: dict[str, Any], role: Role
) -> None:
    """Neither the one above, nor the one below, nor a foreign one."""
    client = api(given.person(plant, role, corner["jinan"]))
    assert codes(client.get("/warehouses")) == [corner["jinan"].code]
    for other in ("centre", "station", "qingdao"):
        assert codes(client.get("/warehouses", code=corner[other].code)) == []
    assert codes(client.get("/warehouses", region=corner["qingdao"].city_code)) == []


def test_who_is_bound_to_a_branch_sees_all_below_it_and_who_is_bound_everywhere_all(
    plant: Session, api: Callable, corner: dict[str, Any]
) -> None:
    branch = given.person(plant, "planner", corner["jinan"], with_descendants=True)
    assert codes(api(branch).get("/warehouses")) == sorted([corner["jinan"].code, corner["station"].code])
    everywhere = api(given.person(plant, "integration"))
    for one in corner.values():
        assert codes(everywhere.get("/warehouses", code=one.code)) == [one.code]


def test_a_token_for_one_purpose_may_still_learn_the_codes_it_needs(
    plant: Session, api: Callable, corner: dict[str, Any]
) -> None:
    person = given.person(plant, "engineer", corner["station"])
    assert codes(api(person, [Permission.REQUEST_PARTS]).get("/warehouses")) == [corner["station"].code]


def test_a_tier_a_region_and_the_beginning_of_a_code_narrow_the_list(
    plant: Session, api: Callable, corner: dict[str, Any]
) -> None:
    client = api(given.person(plant, "planner", *corner.values()))
    jinan, station, qingdao, centre = (corner[name] for name in ("jinan", "station", "qingdao", "centre"))
    assert codes(client.get("/warehouses", tier="distribution")) == sorted([jinan.code, qingdao.code])
    assert codes(client.get("/warehouses", region=jinan.city_code)) == sorted([jinan.code, station.code])
    assert codes(client.get("/warehouses", region=centre.province_code)) == [centre.code]
    assert codes(client.get("/warehouses", region=jinan.province_code, tier="repair")) == [station.code]
    assert codes(client.get("/warehouses", code=jinan.code)) == [jinan.code]


@pytest.mark.parametrize("code", ["%", "_", "\\", "%%", "' OR true --"])
def test_the_wildcards_of_the_database_are_plain_characters(
    plant: Session, api: Callable, corner: dict[str, Any], code: str
) -> None:
    assert codes(api(given.person(plant, "planner", *corner.values())).get("/warehouses", code=code)) == []


def test_pages_together_are_the_whole_list_once(plant: Session, api: Callable, corner: dict[str, Any]) -> None:
    client = api(given.person(plant, "planner", *corner.values()))
    seen, cursor = [], None
    while True:
        answer = client.get("/warehouses", limit=3, **({"cursor": cursor} if cursor else {}))
        seen += codes(answer)
        cursor = answer.json["next_cursor"]
        if cursor is None:
            break
    assert seen == sorted(one.code for one in corner.values())


@pytest.mark.parametrize(
    "query",
    [
        {"tier": "palace"},
        {"region": "37"},
        {"region": "３７０１００"},
        {"region": "370100\n"},
        {"code": ""},
        {"q": "x"},
    ],
)
def test_a_filter_that_cannot_be_meant_is_refused(plant: Session, api: Callable, query: dict[str, str]) -> None:
    answer = api(given.person(plant, "planner", given.warehouse(plant))).get("/warehouses", **query)
    assert (answer.status_code, answer.json["code"]) == (422, "input_refused")
