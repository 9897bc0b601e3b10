"""Transfer orders over the API and on the screens: ordered, followed, called off, by who may and by nobody else."""

import re
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from inventory import sourcing
from inventory.ledger import Balance
from inventory.sourcing import PartRequest, TransferLine, TransferWish
from inventory.transport import ShipmentLine
from inventory.warehousing import PickTask, Trigger
from tests import given
from tests.given.network import BEIJING, QINGDAO
from tests.given.transport import closed, shipped
from tests.given.warehousing import picked


class Place:
    """A distribution centre with a lead, a repair centre below it, and something in stock."""

    def __init__(self, plant):
        self.centre = given.warehouse(plant, tier="distribution", city=QINGDAO)
        self.station = given.warehouse(plant, tier="repair", city=QINGDAO, parent=self.centre)
        self.part = given.part(plant, name_zh="压缩机")
        given.stock(plant, self.centre, self.part, 9)
        self.lead = given.person(plant, "warehouse_lead", self.centre)
        self.manager = given.person(plant, "station_manager", self.station)
        self.engineer = given.person(plant, "engineer", self.station)
        plant.commit()

    def wish(self, quantity=4, **more):
        lines = [{"part": self.part.number, "quantity": quantity}]
        return {"source": self.centre.code, "destination": self.station.code, "lines": lines, **more}


@pytest.fixture
def place(plant):
    return Place(plant)


def problem_of(answer, status, code):
    assert (answer.status_code, answer.json["code"]) == (status, code)
    assert not answer.json["detail"].startswith("error.")


def available(plant, warehouse, part):
    plant.rollback()
    row = plant.get_one(Balance, (warehouse.id, part.id, given.owner(plant).id))
    return row.on_hand - row.reserved


def test_the_answer_tells_what_is_set_aside(plant, api, place):
    answer = api(place.lead).post("/transfer-orders", place.wish(12, note="补货"))
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"/api/v1/transfer-orders/{answer.json['number']}"
    assert answer.json["number"].startswith("TO-")
    assert answer.json["lines"] == [{"part": place.part.number, "wished": 12, "quantity": 9}]
    assert available(plant, place.centre, place.part) == 0


def test_the_same_key_orders_once(plant, api, place):
    client = api(place.lead)
    answers = [client.post("/transfer-orders", place.wish(2), key="twice-the-same") for _ in range(2)]
    assert answers[0].json == answers[1].json
    assert available(plant, place.centre, place.part) == 7


def test_an_order_is_read_with_its_story(api, place):
    client = api(place.lead)
    number = client.post("/transfer-orders", place.wish(3, note="补货")).json["number"]
    order = client.get(f"/transfer-orders/{number}").json
    assert (order["source"], order["destination"], order["status"]) == (
        place.centre.code,
        place.station.code,
        "reserved",
    )
    (line,) = order["lines"]
    assert (line["quantity"], line["reserved"], line["in_transit"], line["received_at"]) == (3, 3, 0, None)
    assert [(one["happening"], one["to_status"], one["reason"]) for one in order["timeline"]] == [
        ("ordered", "reserved", "补货")
    ]


def test_the_list_goes_on_by_cursor(api, place):
    client = api(place.lead)
    numbers = [client.post("/transfer-orders", place.wish(1)).json["number"] for _ in range(3)]
    first = client.get("/transfer-orders", limit=2, warehouse=place.centre.code, status="open").json
    rest = client.get("/transfer-orders", limit=2, warehouse=place.centre.code, cursor=first["next_cursor"]).json
    assert [one["number"] for one in first["items"] + rest["items"]] == numbers[::-1]
    assert rest["next_cursor"] is None
    assert client.get("/transfer-orders", source=place.station.code).json["items"] == []


def test_what_is_called_off_is_free_again(plant, api, place):
    client = api(place.lead)
    number = client.post("/transfer-orders", place.wish(3)).json["number"]
    answer = client.post(f"/transfer-orders/{number}/cancel", {"reason": "not needed", "lines": [1]})
    assert answer.json == {"number": number, "cancelled": 3}
    assert available(plant, place.centre, place.part) == 9
    problem_of(client.post(f"/transfer-orders/{number}/cancel", {"reason": "again"}), 409, "nothing_to_cancel")
    problem_of(client.post(f"/transfer-orders/{number}/cancel", {"reason": "again", "lines": [2]}), 404, "line_unknown")


def test_what_cannot_be_moved_is_refused(api, place):
    client = api(place.lead)
    problem_of(client.post("/transfer-orders", place.wish(lines=[])), 422, "request_empty")
    here = place.wish(destination=place.centre.code)
    problem_of(client.post("/transfer-orders", here), 422, "same_warehouse")
    nowhere = place.wish(destination="NOWHERE")
    problem_of(client.post("/transfer-orders", nowhere), 404, "warehouse_unknown")
    problem_of(client.post("/transfer-orders", place.wish(source=place.station.code)), 404, "warehouse_unknown")
    client.post("/transfer-orders", place.wish(9))
    problem_of(client.post("/transfer-orders", place.wish(1)), 409, "nothing_to_move")


def test_a_station_sees_what_comes_and_orders_nothing(api, place):
    number = api(place.lead).post("/transfer-orders", place.wish(3)).json["number"]
    client = api(place.manager)
    assert client.get(f"/transfer-orders/{number}").status_code == 200
    problem_of(client.post("/transfer-orders", place.wish(1)), 403, "not_permitted")
    problem_of(client.post(f"/transfer-orders/{number}/cancel", {"reason": "x"}), 403, "not_permitted")


def test_engineers_do_not_see_transfers(api, browser_of, place):
    number = api(place.lead).post("/transfer-orders", place.wish(3)).json["number"]
    client = api(place.engineer)
    problem_of(client.get("/transfer-orders"), 403, "not_permitted")
    problem_of(client.get(f"/part-requests/PR-{number[3:]}"), 404, "part_request_not_found")
    assert client.get("/part-requests").json["items"] == []
    assert number not in browser_of(place.engineer).get("/part-requests", view="asked").get_data(as_text=True)


def test_an_order_belongs_to_no_list_of_requests(api, place):
    client = api(place.lead)
    number = client.post("/transfer-orders", place.wish(3)).json["number"]
    assert client.get("/part-requests").json["items"] == []
    problem_of(client.post(f"/part-requests/PR-{number[3:]}/cancel", {"reason": "x"}), 404, "part_request_not_found")


def test_stock_is_moved_by_a_form(plant, browser_of, place):
    browser = browser_of(place.lead)
    sent = browser.post(
        "/transfer-orders",
        source=place.centre.code,
        destination=place.station.code,
        note="补货",
        lines=f"{place.part.number}\t12\n",
    )
    assert sent.status_code == 303
    page = browser.get(sent.headers["Location"]).get_data(as_text=True)
    assert "补货" in page
    assert f"{place.part.number} 9/12" in page
    assert available(plant, place.centre, place.part) == 0


def test_a_refused_form_keeps_what_was_typed(browser_of, place):
    answer = browser_of(place.lead).post(
        "/transfer-orders", source=place.centre.code, destination="NOWHERE", lines=f"{place.part.number} 1"
    )
    page = answer.get_data(as_text=True)
    assert answer.status_code == 404
    assert f"{place.part.number} 1</textarea>" in page
    assert 'value="NOWHERE"' in page


def test_the_screen_follows_an_order_and_calls_it_off(plant, api, browser_of, place):
    number = api(place.lead).post("/transfer-orders", place.wish(3)).json["number"]
    browser = browser_of(place.lead)
    assert number in browser.get("/transfer-orders").get_data(as_text=True)
    assert browser.get("/transfer-orders", q=number).headers["Location"].endswith(f"/transfer-orders/{number}")
    line = plant.scalars(select(PartRequest).where(PartRequest.id == int(number[3:]))).one()
    line_id = sourcing.get_transfer(plant, line.id, by=given.acting(plant)).view.lines[0][0].id
    page = f"/transfer-orders/{number}"
    browser.post(f"{page}/cancel", line=line_id)
    assert available(plant, place.centre, place.part) == 6, "without a reason nothing happens"
    assert browser.post(f"{page}/cancel", line=line_id, reason="not_needed").status_code == 303
    assert available(plant, place.centre, place.part) == 9
    assert number not in browser.get("/transfer-orders").get_data(as_text=True)


def test_the_way_of_a_transfer_has_no_stop_at_which_it_waits_for_stock(api, browser_of, place):
    number = api(place.lead).post("/transfer-orders", place.wish(3)).json["number"]
    page = browser_of(place.lead).get(f"/transfer-orders/{number}").get_data(as_text=True)
    stops = re.findall(r'<text class="progress-word[^>]*>([^<]+)</text>', page)
    assert stops == ["已占用", "已下发", "在途", "已收货"]


def test_an_order_of_many_lines_is_a_table_that_leads_to_each_story(plant, api, browser_of, place):
    parts = [given.part(plant) for _ in range(14)]
    for part in parts:
        given.stock(plant, place.centre, part, 2)
    plant.commit()
    wish = place.wish(lines=[{"part": part.number, "quantity": 2} for part in parts])
    number = api(place.lead).post("/transfer-orders", wish).json["number"]
    browser = browser_of(place.lead)
    page = browser.get(f"/transfer-orders/{number}").get_data(as_text=True)
    assert "progress-line" not in page
    assert all(f">{part.number}</a>" in page for part in parts)
    assert "另有 6 步" in page
    story = browser.get(f"/transfer-orders/{number}", line=9).get_data(as_text=True).partition('id="story"')[2]
    assert f'aria-current="true">{parts[8].number}</a>' in story
    assert parts[0].number not in story


def test_documents_on_the_way_lead_to_the_order(plant, browser_of, api, place):
    by, at = given.acting(plant), datetime.now(UTC)
    wish = TransferWish(place.centre.id, place.station.id, [TransferLine(place.part.id, 2)])
    (placed,) = sourcing.place_transfers(plant, [wish], by=by, at=at)
    plant.commit()
    browser = browser_of(place.lead)
    browser.post("/workplace", code=place.centre.code)
    assert f"/transfer-orders/{placed.number}" in browser.get("/waves").get_data(as_text=True)

    sourcing.release_waiting(plant, place.centre.id, Trigger.JOB, by=by, at=at)
    tasks = plant.scalars(select(PickTask).where(PickTask.line_id == placed.lines[0].line_id)).all()
    shipment = shipped(plant, [closed(plant, picked(plant, tasks, by=by, at=at), by=by, at=at)], by=by, at=at)
    plant.commit()

    link = f"/transfer-orders/{placed.number}"
    assert plant.scalars(select(ShipmentLine.for_stock).where(ShipmentLine.shipment_id == shipment.id)).all() == [True]
    assert link in browser.get(f"/shipments/{shipment.number}").get_data(as_text=True)
    assert link in browser.get(f"/stock/parts/{place.part.number}").get_data(as_text=True)
    moves = api(place.lead).get(f"/parts/{place.part.number}/moves").json["items"]
    assert placed.number in [move["document"] for move in moves]
    story = [one["happening"] for one in api(place.lead).get(f"/transfer-orders/{placed.number}").json["timeline"]]
    assert story == ["ordered", "released", "picked", "packed", "shipped"]


def test_a_scanned_number_opens_the_order(api, place):
    client = api(place.lead)
    number = client.post("/transfer-orders", place.wish(3)).json["number"]
    answer = client.post("/scans", {"code": number.lower(), "warehouse": place.centre.code})
    assert answer.json["subject"] == {"number": number}


def test_a_foreign_lead_finds_nothing(plant, api, place):
    number = api(place.lead).post("/transfer-orders", place.wish(3)).json["number"]
    stranger = given.person(plant, "warehouse_lead", given.warehouse(plant, tier="distribution", city=BEIJING))
    plant.commit()
    client = api(stranger)
    assert client.get("/transfer-orders").json["items"] == []
    problem_of(client.get(f"/transfer-orders/{number}"), 404, "transfer_not_found")
    problem_of(client.post(f"/transfer-orders/{number}/cancel", {"reason": "x"}), 404, "transfer_not_found")
