"""A request that does not go smoothly, and its timeline: each act of the story stands there, once and in order.

The centre of the city finds one of two pieces; the other comes from far away. Both arrive, are drawn; one is fitted,
the other given back. Then everybody concerned reads the story, each as far as it is his.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from inventory.catalogue import Part
from inventory.identity import Person
from inventory.network import Warehouse
from inventory.reporting.verifying import verify
from inventory.transport import Carrier
from tests import given
from tests.given.network import BEIJING, JINAN


@dataclass(frozen=True)
class Scene:
    """The places of the story and who works there."""

    centre: Warehouse
    far: Warehouse
    station: Warehouse
    part: Part
    model: str
    people: dict[str, Person]


@pytest.fixture
def scene(plant):
    far = given.warehouse(plant, tier="central", city=BEIJING, name_zh="北京中央库", name_en="Beijing central")
    centre = given.warehouse(plant, tier="distribution", city=JINAN, parent=far, name_zh="济南配送中心")
    station = given.warehouse(plant, tier="repair", city=JINAN, parent=centre, name_zh="历下网点")
    part = given.part(plant, name_zh="排水泵")
    received_at = datetime.now(UTC) - timedelta(days=30)
    given.stock(
        plant, centre, part, 2, lot="NEAR", bin=given.bin(plant, centre, code="B-02-03"), received_at=received_at
    )
    given.stock(plant, far, part, 9, lot="FAR", bin=given.bin(plant, far, code="F-11-01"), received_at=received_at)
    plant.add(Carrier(code=f"C{centre.id}", name_zh="顺丰", name_en="SF Express"))
    people = {
        "integration": given.person(plant, "integration"),
        "engineer": given.person(plant, "engineer", station, name="工程师甲"),
        "manager": given.person(plant, "station_manager", station, name="站长乙"),
        "picker": given.person(plant, "warehouse_operator", centre, name="拣货员丙"),
        "far_picker": given.person(plant, "warehouse_operator", far, name="拣货员丁"),
        "far_lead": given.person(plant, "warehouse_lead", far, name="主管戊"),
    }
    model = given.model(plant, parts=[part]).code
    plant.commit()
    return Scene(centre, far, station, part, model, people)


@pytest.fixture
def as_(api, scene):
    clients = {}
    return lambda role: clients.setdefault(role, api(scene.people[role]))


def done(answer, status=200):
    assert answer.status_code == status, answer.json
    return answer.json


@pytest.fixture
def told(as_, scene):
    """The number of the request whose story was lived through."""
    order = done(
        as_("integration").post(
            "/work-orders",
            {
                "warehouse": scene.station.code,
                "engineer": scene.people["engineer"].login,
                "customer": {"name": "王女士", "phone": "13800002222", "address": "泉城路 1 号"},
                "appliance": {"model": scene.model, "serial": f"SN-{scene.part.id}", "purchased_on": "2025-05-01"},
                "symptom": "不排水",
            },
        ),
        201,
    )["number"]
    wish = {"warehouse": scene.station.code, "work_order": order, "priority": 1, "note": "客户等着"}
    lines = [{"part": scene.part.number, "quantity": 2}]
    number = done(as_("engineer").post("/part-requests", {**wish, "lines": lines}), 201)["number"]

    near = done(as_("picker").post(f"/warehouses/{scene.centre.code}/tasks/next"))[0]
    done(
        as_("picker").post(
            f"/tasks/{near['id']}/exception", {"kind": "short", "quantity": 1, "reason": "货位上只有一件"}
        )
    )
    take(as_("picker"), near, "B-02-03", scene.part, "NEAR")
    distant = done(as_("far_picker").post(f"/warehouses/{scene.far.code}/tasks/next"))[0]
    take(as_("far_picker"), distant, "F-11-01", scene.part, "FAR")

    first, first_box = send(as_("picker"), scene.centre, scene)
    event = {"kind": "departed", "occurred_at": datetime.now(UTC).isoformat(), "place": "济南"}
    done(as_("integration").post(f"/shipments/{first}/events", event), 201)
    second, second_box = send(as_("far_picker"), scene.far, scene)
    done(as_("manager").post(f"/shipments/{first}/receipt", {"scans": [{"sscc": first_box}]}))
    done(as_("manager").post(f"/shipments/{second}/receipt", {"scans": [{"sscc": second_box}]}))

    parts = f"/work-orders/{order}/parts"
    (line,) = done(as_("engineer").get(f"/work-orders/{order}"))["parts"]
    for lot in ("NEAR", "FAR"):
        act = {"action": "draw", "line": line["line"], "quantity": 1, "lot": lot}
        drawn = done(as_("engineer").post(parts, act))
    fitted, unused = [one["drawn_part"] for one in drawn["parts"][0]["drawn"]]
    done(as_("engineer").post(parts, {"action": "fit", "drawn_part": fitted, "quantity": 1}))
    back = {"action": "give_back", "drawn_part": unused, "quantity": 1, "condition": "good", "reason": "not_needed"}
    done(as_("engineer").post(parts, back))
    return number


def take(client, task, bin, part, lot):
    done(
        client.post(f"/tasks/{task['id']}/confirm", {"bin": bin, "part": f"(91){part.number}(92){lot}", "quantity": 1})
    )


def send(client, source, scene):
    """Pack what was picked, close the box and send it; tell shipment and SSCC."""
    unit = done(client.post("/handling-units", {"warehouse": source.code, "destination": scene.station.code}), 201)
    done(client.post(f"/handling-units/{unit['number']}/pack", {"part": scene.part.number}))
    sscc = done(client.post(f"/handling-units/{unit['number']}/close"))["sscc"]
    boxes = {"handling_units": [unit["number"]], "carrier": f"C{scene.centre.id}", "carrier_reference": "SF-0042"}
    (shipment,) = done(client.post("/shipments", boxes), 201)
    return shipment["number"], sscc


STORY = [
    ("requested", "工程师甲", None),
    ("released", "工程师甲", "centre"),
    ("claimed", "拣货员丙", "centre"),
    ("pick_failed", "拣货员丙", "centre"),
    ("sourced_anew", "拣货员丙", None),
    ("released", "拣货员丙", "far"),
    ("picked", "拣货员丙", "centre"),
    ("claimed", "拣货员丁", "far"),
    ("picked", "拣货员丁", "far"),
    ("packed", "拣货员丙", "centre"),
    ("shipped", "拣货员丙", "centre"),
    ("departed", "", None),
    ("packed", "拣货员丁", "far"),
    ("shipped", "拣货员丁", "far"),
    ("received", "站长乙", "station"),
    ("earmarked", "站长乙", "station"),
    ("received", "站长乙", "station"),
    ("earmarked", "站长乙", "station"),
    ("drawn", "工程师甲", "station"),
    ("drawn", "工程师甲", "station"),
    ("fitted", "工程师甲", "station"),
    ("given_back", "工程师甲", "station"),
]


def test_every_act_stands_in_the_timeline_once_and_in_order(plant, as_, scene, told):
    steps = done(as_("engineer").get(f"/part-requests/{told}"))["timeline"]
    places = {"centre": scene.centre.code, "far": scene.far.code, "station": scene.station.code, None: None}
    who = {"departed": scene.people["integration"].name}
    assert [(one["happening"], one["who"], one["warehouse"]) for one in steps] == [
        (what, name or who[what], places[place]) for what, name, place in STORY
    ]
    assert [one["recorded_at"] for one in steps] == sorted(one["recorded_at"] for one in steps)
    assert [finding for finding in verify(plant) if finding.violations] == []


def test_each_act_names_its_stock_and_its_reason(as_, scene, told):
    steps = done(as_("engineer").get(f"/part-requests/{told}"))["timeline"]
    failed, again = steps[3], steps[5]
    assert (failed["facts"]["kind"], failed["reason"]) == ("short", "货位上只有一件")
    assert [(one["lot"], one["bin"], one["quantity"]) for one in failed["stock"]] == [("NEAR", "B-02-03", 1)]
    assert [(one["lot"], one["bin"], one["quantity"]) for one in again["stock"]] == [("FAR", "F-11-01", 1)]
    for packed, shipped in ((steps[9], steps[10]), (steps[12], steps[13])):
        assert packed["stock"][0]["sscc"] == shipped["stock"][0]["sscc"] is not None
        assert (shipped["shipment"]["carrier_zh"], shipped["shipment"]["reference"]) == ("顺丰", "SF-0042")
    assert steps[11]["facts"]["place"] == "济南"
    assert [steps[place]["stock"][0]["lot"] for place in (15, 17, 18, 19, 20, 21)] == [
        "NEAR", "FAR", "NEAR", "FAR", "NEAR", "FAR",
    ]  # fmt: skip
    assert {steps[place]["stock"][0]["bin"] for place in (15, 17, 18, 19)} == {"DOCK-01"}
    assert "_id" not in str([one["facts"] for one in steps])


WORDS = [
    *("申请", "下发拣货", "领取拣货任务", "拣货异常", "货位上只有一件", "重新寻源", "下发拣货", "已拣货"),
    *("领取拣货任务", "已拣货", "已装箱", "发货", "已发车", "已装箱", "发货", "收货", "到站预留", "收货", "到站预留"),
    *("领用", "领用", "装机", "退回", "不需要了"),
]


def test_the_screen_tells_the_story_in_plain_words_and_order(browser_of, scene, told):
    story = browser_of(scene.people["engineer"]).get(f"/part-requests/{told}").text.partition('id="story"')[2]
    at = 0
    for word in WORDS:
        at = story.index(word, at) + len(word)


def test_links_are_there_for_who_may_follow_them(browser_of, scene, told):
    path, lot = f"/part-requests/{told}", f"/stock/parts/{scene.part.number}/lots/NEAR"
    engineer = browser_of(scene.people["engineer"]).get(path).text
    manager = browser_of(scene.people["manager"])
    assert "/shipments/SH-" in engineer
    assert "/work-orders/WO-" in engineer
    assert lot not in engineer
    assert lot in manager.get(path).text
    assert manager.get(lot).status_code == 200


def test_a_source_reads_its_own_share_and_is_led_nowhere_it_may_not_go(as_, browser_of, scene, told):
    steps = done(as_("far_lead").get(f"/part-requests/{told}"))["timeline"]
    floor = {one["warehouse"] for one in steps if one["about"] == "pick_task"}
    assert floor == {scene.far.code}
    assert "departed" not in [one["happening"] for one in steps]
    browser = browser_of(scene.people["far_lead"])
    story = browser.get(f"/part-requests/{told}").text.partition('id="story"')[2]
    assert "/work-orders/" not in story
    links = {one.partition('"')[0] for one in story.split('href="')[1:]}
    followed = [link for link in links if link.startswith(("/shipments/", "/stock/"))]
    assert followed
    assert {browser.get(link).status_code for link in followed} == {200}
