"""The floor and the road through the API: from a released task to the part received at the repair centre."""

import pytest
from sqlalchemy import select

from inventory import sourcing
from inventory.sourcing import PartRequestLine, PartRequestWish, WishedLine
from inventory.transport import Carrier
from inventory.warehousing import PickTask
from tests import given
from tests.given import NOON
from tests.given.network import BEIJING, JINAN


@pytest.fixture
def source(plant):
    return given.warehouse(plant, tier="distribution", city=JINAN)


@pytest.fixture
def station(plant, source):
    return given.warehouse(plant, tier="repair", city=JINAN, parent=source)


@pytest.fixture
def part(plant):
    return given.part(plant)


@pytest.fixture
def shelf(plant, source):
    return given.bin(plant, source, code="A-01-01", pick_sequence=10)


@pytest.fixture
def task(plant, source, station, part, shelf):
    """A released task of two pieces of lot L1 on the shelf."""
    given.stock(plant, source, part, 5, lot="L1", bin=shelf)
    wish = PartRequestWish(station.code, [WishedLine(part.number, 2)])
    accepted = sourcing.request_parts(plant, wish, by=given.acting(plant), at=NOON)
    plant.commit()
    return plant.scalars(select(PickTask).where(PickTask.line_id == accepted.lines[0].line_id)).one()


@pytest.fixture
def lead(plant, api, source):
    return api(given.person(plant, "warehouse_lead", source))


@pytest.fixture
def manager(plant, api, station):
    return api(given.person(plant, "station_manager", station))


@pytest.fixture
def stranger(plant, api):
    return api(given.person(plant, "warehouse_lead", given.warehouse(plant, tier="distribution", city=BEIJING)))


def picked(lead, task, of, **changed):
    body = {"bin": "A-01-01", "part": f"(91){of.number}(92)L1", "quantity": 2, **changed}
    return lead.post(f"/tasks/{task.id}/confirm", body)


def shipped(lead, source, station, task, part):
    picked(lead, task, part)
    unit = lead.post("/handling-units", {"warehouse": source.code, "destination": station.code}).json
    lead.post(f"/handling-units/{unit['number']}/pack", {"part": part.number, "lot": "L1"})
    closed = lead.post(f"/handling-units/{unit['number']}/close").json
    (shipment,) = lead.post("/shipments", {"handling_units": [unit["number"]], "carrier": "SF"}).json
    return shipment, closed


def test_a_task_is_claimed_picked_packed_shipped_and_received_by_its_sscc(
    plant, lead, manager, source, station, task, part
):
    if plant.scalar(select(Carrier).where(Carrier.code == "SF")) is None:
        plant.add(Carrier(code="SF", name_zh="顺丰"))
        plant.commit()
    assert [one["id"] for one in lead.get(f"/warehouses/{source.code}/tasks").json["items"]] == [task.id]
    assert lead.post(f"/warehouses/{source.code}/tasks/next").json[0]["id"] == task.id
    assert lead.post(f"/warehouses/{source.code}/tasks/next").json == []

    shipment, unit = shipped(lead, source, station, task, part)
    assert (shipment["status"], shipment["open"]) == ("shipped", 2)

    received = manager.post(f"/shipments/{shipment['number']}/receipt", {"scans": [{"sscc": unit["sscc"]}]})
    assert received.status_code == 200, received.json
    assert (received.json["status"], received.json["lines"][0]["received"]) == ("received", 2)
    line = plant.get(PartRequestLine, task.line_id, populate_existing=True)
    assert line.status == "received"


def test_what_is_missing_on_arrival_is_sourced_anew(plant, lead, manager, source, station, task, part):
    if plant.scalar(select(Carrier).where(Carrier.code == "SF")) is None:
        plant.add(Carrier(code="SF", name_zh="顺丰"))
        plant.commit()
    shipment, _ = shipped(lead, source, station, task, part)
    manager.post(
        f"/shipments/{shipment['number']}/receipt",
        {"scans": [{"part": part.number, "received": 1}], "rest_missing": True, "note": "box was open"},
    )
    line = plant.get(PartRequestLine, task.line_id, populate_existing=True)
    assert (line.status, line.received, line.released) == ("released", 1, 1)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"bin": "DOCK-01"}, "wrong_bin"),
        ({"bin": "A-99"}, "wrong_bin"),
        ({"part": "(91)OTHER(92)L1"}, "wrong_part"),
        ({"quantity": 3}, "more_than_task"),
        ({"quantity": 1}, "pick_incomplete"),
        ({"part": "(01)09506000134353"}, "check_digit_wrong"),
        ({"part": "\u202e123"}, "scan_control_character"),
        ({"part": "x" * 300}, "scan_too_long"),
    ],
)
def test_a_wrong_scan_is_refused_in_words_and_changes_nothing(plant, lead, task, part, changed, code):
    answer = picked(lead, task, part, **changed)
    assert (answer.status_code, answer.json["code"]) == (422, code)
    assert answer.json["detail"] not in ("", answer.json["code"])
    assert plant.get(PickTask, task.id, populate_existing=True).status == "released"


def test_a_confirmed_pick_is_not_confirmed_again_but_its_answer_is_given_again(lead, task, part):
    body = {"bin": "A-01-01", "part": part.number, "quantity": 2}
    first = lead.post(f"/tasks/{task.id}/confirm", body, key="scan-0001")
    again = lead.post(f"/tasks/{task.id}/confirm", body, key="scan-0001")
    other = lead.post(f"/tasks/{task.id}/confirm", body, key="scan-0002")
    assert (first.status_code, again.json) == (200, first.json)
    assert (other.status_code, other.json["code"]) == (409, "task_not_open")


def test_a_short_pick_takes_the_stock_off_the_books_and_the_line_elsewhere(plant, lead, task):
    answer = lead.post(f"/tasks/{task.id}/exception", {"kind": "short", "quantity": 2, "reason": "bin was empty"})
    assert answer.json["status"] == "failed"
    line = plant.get(PartRequestLine, task.line_id, populate_existing=True)
    assert line.breach_cause == "pick_exception"


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("post", "/tasks/{task}/claim", None),
        ("post", "/tasks/{task}/confirm", {"bin": "A-01-01", "part": "x", "quantity": 1}),
        ("post", "/tasks/{task}/exception", {"kind": "short", "quantity": 1, "reason": "x"}),
        ("get", "/warehouses/{source}/tasks", None),
        ("get", "/warehouses/{source}/put-aways", None),
        ("get", "/warehouses/{source}/handling-units", None),
        ("get", "/shipments?warehouse={source}", None),
    ],
)
def test_a_foreign_warehouses_things_answer_like_missing_ones(stranger, source, task, method, path, body):
    def ask(**names):
        address = path.format(**names)
        return stranger.get(address) if method == "get" else stranger.post(address, body)

    foreign, missing = ask(task=task.id, source=source.code), ask(task=987654321, source="NOWHERE")
    assert foreign.status_code == missing.status_code == 404
    assert (foreign.json["code"], foreign.json["title"]) == (missing.json["code"], missing.json["title"])


def test_goods_come_in_are_put_away_and_counted(plant, api, lead, source, part, shelf):
    plant.commit()
    buyer = api(given.person(plant, "procurement"))
    expected = buyer.post(
        "/expected-receipts",
        {
            "warehouse": source.code,
            "supplier": "青岛精密",
            "expected_at": NOON.isoformat(),
            "lines": [{"part": part.number, "quantity": 10}],
        },
    ).json
    receipt = lead.post(
        "/receipts",
        {
            "warehouse": source.code,
            "expected_receipt": expected["number"],
            "lines": [{"part": part.number, "quantity": 10, "lot": "N1"}],
        },
    )
    assert receipt.status_code == 201, receipt.json
    (waiting,) = lead.get(f"/warehouses/{source.code}/put-aways").json["items"]
    assert (waiting["bin"], waiting["quantity"]) == ("DOCK-01", 10)
    put = lead.post(
        "/put-aways",
        {
            "warehouse": source.code,
            "from_bin": "DOCK-01",
            "part": part.number,
            "lot": "N1",
            "quantity": 10,
            "to_bin": "A-01-01",
        },
    )
    assert put.status_code == 201, put.json
    check = {
        "warehouse": source.code,
        "kind": "count",
        "bin": "A-01-01",
        "part": part.number,
        "lot": "N1",
        "quantity": 9,
        "reason": "monthly count",
    }
    counted = lead.post("/stock-checks", check)
    assert (counted.json["expected"], counted.json["found"]) == (10, 9)
    assert buyer.get(f"/expected-receipts/{expected['number']}").json["status"] == "closed"


def test_a_scan_tells_what_it_is_and_the_next_step(lead, source, part, task):
    def told(code, **more):
        answer = lead.post("/scans", {"code": code, "warehouse": source.code, **more}).json
        return answer["kind"], answer["next_action"]

    assert told(part.number) == ("part", "choose_task")
    assert told("a-01-01") == ("bin", "scan_part")
    assert told("DOCK-01", task=task.id) == ("bin", "go_to_bin:A-01-01")
    assert told(f"(91){part.number}(92)L1", task=task.id) == ("part", "confirm_pick")
    assert told(f"(91){part.number}(92)L9", task=task.id) == ("part", "take_lot:L1")
    assert told("PR-100001") == ("document", "open_document")
    assert told("what is this") == ("unknown", "check_code")


def test_a_scan_tells_a_stranger_nothing(stranger, source, part, task):
    assert stranger.post("/scans", {"code": part.number, "warehouse": source.code}).status_code == 404
