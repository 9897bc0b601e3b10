"""An outside system's day: a call becomes a work order, once; a request is asked after until the part is there."""

import pytest

from tests.journeys.deeds import pack_and_send, pick_everything


@pytest.fixture
def call_centre(api, place):
    return api(place.person("integration"))


def call(place, **changed):
    """What the call centre's own system sends."""
    said = place.call
    return {
        "warehouse": place.station.code,
        "engineer": said["engineer"],
        "customer": {name: said[name] for name in ("name", "phone", "address")},
        "appliance": {name: said[name] for name in ("model", "serial", "purchased_on")},
        "symptom": said["symptom"],
        "reference": f"CC-{place.station.id}",
        **changed,
    }


def test_it_hands_over_a_call_once_asks_for_the_part_and_asks_until_it_is_there(
    call_centre, visitor, place, books_are_right
):
    first = call_centre.post("/work-orders", call(place), key="call-0001-of-today")
    again = call_centre.post("/work-orders", call(place), key="call-0001-of-today")
    order = first.json["number"]
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json == first.json
    assert first.headers["Location"].endswith(f"/api/v1/work-orders/{order}")

    other = call_centre.post("/work-orders", call(place, symptom="漏水"), key="call-0001-of-today")
    assert (other.status_code, other.json["code"]) == (422, "command_key_reused")
    twice = call_centre.post("/work-orders", call(place))
    assert (twice.status_code, twice.json["code"]) == (409, "reference_used")
    assert order in twice.json["detail"]

    found = call_centre.get("/parts", q="psb", model=place.model.code).json["items"]
    assert place.pump.number in [one["number"] for one in found]
    asked = {
        "warehouse": place.station.code,
        "work_order": order,
        "priority": 1,
        "lines": [{"part": place.pump.number, "quantity": 1}, {"part": place.board.number, "quantity": 1}],
    }
    accepted = call_centre.post("/part-requests", asked)
    assert accepted.status_code == 201
    request = f"/part-requests/{accepted.json['number']}"
    assert [line["status"] for line in call_centre.get(request).json["lines"]] == ["released", "back_ordered"]
    withdrawn = call_centre.post(f"{request}/cancel", {"reason": "customer_cancelled", "lines": [2]})
    assert withdrawn.json["cancelled"] == 1

    operator = visitor("warehouse_operator")
    pick_everything(operator)
    sscc = pack_and_send(operator, place)
    assert call_centre.get(request).json["lines"][0]["in_transit"] == 1
    visitor("station_manager").follows("在途到货").scans(sscc).scans(sscc).is_told("本运单已全部清点完毕。")
    pump, board = call_centre.get(request).json["lines"]
    assert (pump["status"], pump["kept"], board["status"]) == ("received", True, "cancelled")
    assert call_centre.get("/part-requests", status="open", work_order=order).json["items"] == []
    told = [entry["what"] for entry in call_centre.get(f"/work-orders/{order}/timeline").json["items"]]
    assert "opened" in told
    assert books_are_right()


def test_what_it_sends_wrong_is_told_field_by_field_in_the_language_it_asks_for(call_centre, place):
    nonsense = call(place, engineer="nobody", symptom="")
    for language, words in (("zh-CN", "按 errors 修改"), ("en", "errors")):
        refused = call_centre.post("/work-orders", nonsense, **{"Accept-Language": language})
        assert (refused.status_code, refused.json["code"]) == (422, "input_refused")
        assert words in refused.json["detail"]
        assert "symptom" in str(refused.json["errors"])
    missing = call_centre.get("/work-orders/WO-99999999")
    assert (missing.status_code, missing.json["code"]) == (404, "not_found")


def test_the_floor_is_not_its_own_and_without_a_token_nothing_is(call_centre, client, place):
    tasks = call_centre.post(f"/warehouses/{place.centre.code}/tasks/next")
    assert (tasks.status_code, tasks.json["code"]) == (403, "not_permitted")
    assert "请联系主管" in tasks.json["detail"]
    answer = client.get("/api/v1/work-orders")
    assert (answer.status_code, answer.json["code"]) == (401, "not_signed_in")
    assert "Bearer" in answer.headers["WWW-Authenticate"]
