"""Part requests over the API: accepted with a promise, read, withdrawn; foreign ones answer like missing ones."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from inventory import sourcing, transport
from inventory.identity import Permission, Person
from inventory.ledger import Balance
from inventory.sourcing import PartRequest, PartRequestLine, PartRequestWish, WishedLine
from inventory.transport import BoxScan
from inventory.warehousing import PickTask
from tests import given
from tests.given import NOON
from tests.given.transport import closed, shipped
from tests.given.warehousing import picked
from tests.given.workorders import repair
from tests.web.asking import Corner, corner, wish


@pytest.fixture
def place(plant) -> Corner:
    return corner(plant)


@pytest.fixture
def part(plant):
    return given.part(plant, name_zh="门封条")


def in_stock(plant, warehouse, part, quantity):
    given.stock(plant, warehouse, part, quantity)
    plant.commit()


def problem_of(answer, status: int, code: str) -> dict:
    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")
    assert answer.json["code"] == code
    assert not answer.json["detail"].startswith("error.")
    return answer.json


def count(plant, entity) -> int:
    plant.rollback()
    return plant.scalar(select(func.count()).select_from(entity))


# Accepting


def test_the_answer_names_source_class_hour_and_quantity_of_each_share(plant, api, place, part):
    in_stock(plant, place.city, part, 2)
    in_stock(plant, place.far, part, 9)
    answer = api(place.engineer).post("/part-requests", wish(place, (part, 5), note="急"))
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"/api/v1/part-requests/{answer.json['number']}"
    accepted_at = datetime.fromisoformat(answer.json["accepted_at"])
    (line,) = answer.json["lines"]
    assert (line["part"], line["quantity"], line["back_ordered"]) == (part.number, 5, 0)
    assert [(one["source"], one["delivery_class"], one["quantity"]) for one in line["shares"]] == [
        (place.city.code, "same_city", 2),
        (place.far.code, "out_of_province", 3),
    ]
    hours = [datetime.fromisoformat(one["promised_at"]) - accepted_at for one in line["shares"]]
    assert hours == [timedelta(hours=6), timedelta(hours=36)]


def test_what_nobody_has_is_back_ordered_and_still_promised(plant, api, place, part):
    plant.commit()
    answer = api(place.engineer).post("/part-requests", wish(place, (part, 3)))
    (line,) = answer.json["lines"]
    assert (line["back_ordered"], line["shares"][0]["source"], line["shares"][0]["quantity"]) == (3, None, 3)
    assert line["promised_at"] > answer.json["accepted_at"]


def test_a_newer_number_is_named_when_it_is_what_comes(plant, api, place, part):
    newer = given.part(plant)
    given.supersession(plant, part, newer)
    in_stock(plant, place.city, newer, 1)
    answer = api(place.engineer).post("/part-requests", wish(place, (part, 1)))
    (line,) = answer.json["lines"]
    assert (line["part"], line["shares"][0]["part"]) == (part.number, newer.number)


def test_the_same_key_gives_the_first_answer_and_takes_stock_once(plant, api, place, part):
    in_stock(plant, place.city, part, 5)
    client = api(place.engineer)
    first = client.post("/part-requests", wish(place, (part, 2)), key="replayed-" + part.number)
    again = client.post("/part-requests", wish(place, (part, 2)), key="replayed-" + part.number)
    assert (again.status_code, again.json) == (201, first.json)
    assert again.headers["Location"] == first.headers["Location"]
    plant.rollback()
    assert plant.scalar(select(Balance.reserved).where(Balance.part_id == part.id)) == 2


def test_the_same_key_for_something_else_is_refused(plant, api, place, part):
    plant.commit()
    client = api(place.engineer)
    client.post("/part-requests", wish(place, (part, 1)), key="reused-" + part.number)
    answer = client.post("/part-requests", wish(place, (part, 2)), key="reused-" + part.number)
    problem_of(answer, 422, "command_key_reused")


def test_a_request_for_a_work_order_names_it(plant, api, place, part):
    made = repair(plant, place.station)
    plant.commit()
    number = made.work_order.number
    client = api(plant.get_one(Person, made.engineer.person_id))
    answer = client.post("/part-requests", wish(place, (part, 1), work_order=number))
    assert (answer.status_code, answer.json["work_order"]) == (201, number)
    (listed,) = client.get("/part-requests", work_order=number).json["items"]
    assert (listed["number"], listed["work_order"]) == (answer.json["number"], number)


def test_an_engineer_does_not_ask_for_a_colleagues_work_order(plant, api, place, part):
    number = repair(plant, place.station).work_order.number
    plant.commit()
    answer = api(place.engineer).post("/part-requests", wish(place, (part, 1), work_order=number))
    problem_of(answer, 403, "not_your_work_order")


def test_a_work_order_of_another_station_is_refused(plant, api, place, part):
    foreign = repair(plant, given.warehouse(plant))
    plant.commit()
    body = wish(place, (part, 1), work_order=foreign.work_order.number)
    problem_of(api(place.engineer).post("/part-requests", body), 404, "not_found")


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"lines": []}, 422, "request_empty"),
        ({"lines": [{"part": "NO-SUCH-PART", "quantity": 1}]}, 404, "part_unknown"),
        ({"warehouse": "NOWHERE"}, 404, "warehouse_unknown"),
        ({"priority": 10}, 422, "input_refused"),
        ({"priority": True}, 422, "input_refused"),
        ({"unknown": 1}, 422, "input_refused"),
        ({"needed_by": "2026-01-01T00:00"}, 422, "input_refused"),
        ({"work_order": "WO-1"}, 404, "not_found"),
        ({"work_order": "nonsense"}, 404, "not_found"),
        ({"note": "x" * 201}, 422, "input_refused"),
    ],
)
def test_bad_input_is_refused_and_leaves_nothing(plant, api, place, part, change, status, code):
    plant.commit()
    before = count(plant, PartRequest)
    problem_of(api(place.engineer).post("/part-requests", {**wish(place, (part, 1)), **change}), status, code)
    assert count(plant, PartRequest) == before


@pytest.mark.parametrize("quantity", [0, -1, 1.5, "1", None, 1_000_000_000, True])
def test_a_quantity_is_a_whole_number_within_bounds(plant, api, place, part, quantity):
    plant.commit()
    body = {"warehouse": place.station.code, "lines": [{"part": part.number, "quantity": quantity}]}
    answer = api(place.engineer).post("/part-requests", body)
    assert "quantity" in str(problem_of(answer, 422, "input_refused")["errors"])


def test_refusals_are_told_in_both_languages(plant, api, place, part):
    plant.commit()
    body = wish(place, (part, 1)) | {"lines": [{"part": "GONE-1", "quantity": 1}]}
    client = api(place.engineer)
    english = problem_of(client.post("/part-requests", body, **{"Accept-Language": "en"}), 404, "part_unknown")
    chinese = problem_of(client.post("/part-requests", body, **{"Accept-Language": "zh-CN"}), 404, "part_unknown")
    assert english["detail"] != chinese["detail"]
    assert all("GONE-1" in one["detail"] for one in (english, chinese))


def test_a_foreign_station_answers_exactly_like_a_missing_one(plant, api, place, part):
    plant.commit()
    client = api(place.engineer)
    foreign = client.post("/part-requests", wish(place, (part, 1)) | {"warehouse": place.city.code}).json
    missing = client.post("/part-requests", wish(place, (part, 1)) | {"warehouse": "NOWHERE"}).json
    assert foreign.pop("facts") == {"warehouse": place.city.code}
    assert missing.pop("facts") == {"warehouse": "NOWHERE"}
    assert foreign | {"detail": ""} == missing | {"detail": ""}


def test_only_who_may_request_parts_does(plant, api, place, part):
    plant.commit()
    problem_of(api(place.lead).post("/part-requests", wish(place, (part, 1))), 403, "not_permitted")
    limited = api(place.engineer, [Permission.SEE_REQUESTS])
    problem_of(limited.post("/part-requests", wish(place, (part, 1))), 403, "not_permitted")


# Reading


def test_a_request_tells_lines_shares_promises_and_timeline(plant, api, place, part):
    in_stock(plant, place.city, part, 1)
    client = api(place.engineer)
    number = client.post("/part-requests", wish(place, (part, 3), note="门漏冷")).json["number"]
    told = client.get(f"/part-requests/{number}").json
    (line,) = told["lines"]
    assert (told["status"], told["requested_by"], told["note"]) == ("back_ordered", place.engineer.name, "门漏冷")
    assert (line["released"], line["back_ordered"], line["responsible"]) == (1, 2, place.engineer.name)
    assert [(one["state"], one["source"], one["quantity"]) for one in line["shares"]] == [
        ("released", place.city.code, 1)
    ]
    assert [one["source"] for one in line["promises"]] == [place.city.code, None]
    happening, released = told["timeline"]
    assert (happening["happening"], happening["who"], happening["reason"]) == (
        "requested",
        place.engineer.name,
        "门漏冷",
    )
    assert [share["source"] for share in happening["facts"]["shares"]] == [place.city.code, None]
    assert "_id" not in str(happening["facts"])
    assert (released["happening"], released["about"], released["warehouse"]) == (
        "released",
        "pick_task",
        place.city.code,
    )
    assert [(one["part"], one["quantity"]) for one in released["stock"]] == [(part.number, 1)]


def test_what_lay_on_the_own_shelf_is_shown_as_received_from_there(plant, api, place, part):
    in_stock(plant, place.station, part, 1)
    made = repair(plant, place.station)
    plant.commit()
    client = api(plant.get_one(Person, made.engineer.person_id))
    asked = wish(place, (part, 1), work_order=made.work_order.number)
    number = client.post("/part-requests", asked).json["number"]
    (line,) = client.get(f"/part-requests/{number}").json["lines"]
    assert (line["status"], line["kept"]) == ("received", True)
    (share,) = line["shares"]
    assert (share["state"], share["source"], share["delivery_class"]) == ("received", place.station.code, "on_site")


def test_a_promise_that_was_broken_and_renewed_is_not_told_as_kept(plant, api, place, part):
    asked = PartRequestWish(place.station.code, [WishedLine(part.number, 1)], priority=1)
    accepted = sourcing.request_parts(plant, asked, by=given.acting(plant), at=NOON)
    late = NOON + timedelta(days=5)
    given.stock(plant, place.far, part, received_at=late)
    tasks = list(plant.scalars(select(PickTask).where(PickTask.line_id == accepted.lines[0].line_id)))
    unit = closed(plant, picked(plant, tasks, at=late), at=late)
    shipment = shipped(plant, [unit], at=late)
    arrived = late + timedelta(hours=12)
    transport.receive_shipment(plant, shipment.id, [BoxScan(unit.sscc)], by=given.acting(plant), at=arrived)
    plant.commit()
    (line,) = api(place.engineer).get(f"/part-requests/{accepted.number}").json["lines"]
    assert line["first_promised_at"] < line["received_at"] <= line["promised_at"]
    assert line["kept"] is False


def test_both_ends_see_a_request_and_nobody_else(plant, api, place, part):
    in_stock(plant, place.city, part, 1)
    number = api(place.engineer).post("/part-requests", wish(place, (part, 1))).json["number"]
    assert api(place.lead).get(f"/part-requests/{number}").status_code == 200
    stranger = api(place.stranger)
    foreign = problem_of(stranger.get(f"/part-requests/{number}"), 404, "part_request_not_found")
    missing = problem_of(stranger.get("/part-requests/PR-999999999"), 404, "part_request_not_found")
    assert {**foreign, "facts": 0, "detail": 0} == {**missing, "facts": 0, "detail": 0}
    assert stranger.get("/part-requests").json["items"] == []


def test_requests_are_paged_newest_first(plant, api, place, part):
    plant.commit()
    client = api(place.engineer)
    made = [client.post("/part-requests", wish(place, (part, 1))).json["number"] for _ in range(3)]
    first = client.get("/part-requests", limit=2).json
    rest = client.get("/part-requests", limit=2, cursor=first["next_cursor"]).json
    assert [one["number"] for one in first["items"] + rest["items"]] == made[::-1]
    assert rest["next_cursor"] is None


def test_requests_are_filtered_by_status_warehouse_part_and_source(plant, api, place, part):
    other = given.part(plant)
    in_stock(plant, place.city, part, 1)
    client = api(place.engineer)
    served = client.post("/part-requests", wish(place, (part, 1))).json["number"]
    waiting = client.post("/part-requests", wish(place, (other, 1))).json["number"]

    def found(**query):
        return [one["number"] for one in client.get("/part-requests", **query).json["items"]]

    assert found(status="back_ordered") == [waiting]
    assert found(status="open") == [waiting, served]
    assert found(status="received") == []
    assert found(part=part.number) == [served]
    assert found(source=place.city.code) == [waiting, served]  # one comes from there, one is asked of it in vain
    assert found(source=place.far.code) == []
    assert found(warehouse=place.station.code) == [waiting, served]
    assert found(warehouse="NOWHERE") == []


@pytest.mark.parametrize("query", [{"status": "lost"}, {"limit": 0}, {"limit": 201}, {"warehous": "x"}])
def test_an_unreadable_filter_is_refused(plant, api, place, query):
    problem_of(api(place.engineer).get("/part-requests", **query), 422, "input_refused")


def test_a_made_up_cursor_is_refused(api, place):
    problem_of(api(place.engineer).get("/part-requests", cursor="bm9uc2Vuc2U"), 422, "cursor_unreadable")


# Withdrawing


def test_a_withdrawn_request_frees_its_stock(plant, api, place, part):
    in_stock(plant, place.far, part, 4)
    client = api(place.engineer)
    number = client.post("/part-requests", wish(place, (part, 3))).json["number"]
    answer = client.post(f"/part-requests/{number}/cancel", {"reason": "repaired without"})
    assert (answer.status_code, answer.json) == (200, {"number": number, "cancelled": 3})
    told = client.get(f"/part-requests/{number}").json
    assert (told["status"], told["timeline"][-1]["reason"]) == ("cancelled", "repaired without")
    plant.rollback()
    assert plant.scalar(select(Balance.reserved).where(Balance.part_id == part.id)) == 0


def test_only_the_lines_named_are_withdrawn(plant, api, place, part):
    other = given.part(plant)
    plant.commit()
    client = api(place.engineer)
    number = client.post("/part-requests", wish(place, (part, 1), (other, 1))).json["number"]
    client.post(f"/part-requests/{number}/cancel", {"reason": "wrong part", "lines": [2]})
    statuses = [line["status"] for line in client.get(f"/part-requests/{number}").json["lines"]]
    assert statuses == ["back_ordered", "cancelled"]


def test_withdrawing_twice_or_an_unknown_line_is_refused(plant, api, place, part):
    plant.commit()
    client = api(place.engineer)
    number = client.post("/part-requests", wish(place, (part, 1))).json["number"]
    path = f"/part-requests/{number}/cancel"
    problem_of(client.post(path, {"reason": "no", "lines": [9]}), 404, "line_unknown")
    problem_of(client.post(path, {"reason": " "}), 422, "input_refused")
    problem_of(client.post(path, {"reason": "no", "lines": []}), 422, "input_refused")
    assert client.post(path, {"reason": "no"}).status_code == 200
    problem_of(client.post(path, {"reason": "no"}), 409, "nothing_to_cancel")


def test_a_stranger_can_neither_withdraw_nor_learn_of_lines(plant, api, place, part):
    plant.commit()
    number = api(place.engineer).post("/part-requests", wish(place, (part, 1))).json["number"]
    stranger = api(place.stranger)
    for body in ({"reason": "no"}, {"reason": "no", "lines": [9]}):
        problem_of(stranger.post(f"/part-requests/{number}/cancel", body), 404, "part_request_not_found")


# Back-orders and lines at risk


def test_back_orders_tell_age_clock_and_who_is_responsible(plant, api, place, part):
    plant.commit()
    client = api(place.engineer)
    client.post("/part-requests", wish(place, (part, 2)))
    (told,) = client.get("/backorders").json["items"]
    assert (told["part"], told["back_ordered"], told["responsible"]) == (part.number, 2, place.engineer.name)
    assert told["next_review_at"] == told["first_promised_at"]
    assert told["age_hours"] < 1
    assert client.get("/backorders", part="OTHER").json["items"] == []
    assert client.get("/backorders", mine="true").json["items"] == [told]
    assert api(place.stranger).get("/backorders").json["items"] == []


def test_back_orders_are_paged_oldest_first(plant, api, place, part):
    plant.commit()
    client = api(place.engineer)
    made = [client.post("/part-requests", wish(place, (part, 1))).json["number"] for _ in range(3)]
    first = client.get("/backorders", limit=2).json
    rest = client.get("/backorders", limit=2, cursor=first["next_cursor"]).json
    assert [one["request"] for one in first["items"] + rest["items"]] == made


def test_lines_at_risk_tell_cause_and_next_step_soonest_first(plant, api, place, part):
    by = given.acting(plant, "engineer", place.station)
    now = datetime.now(UTC)
    broken = given.line(plant, place.station, part, by=by, requested_at=now - timedelta(days=2))
    waiting = given.line(plant, place.station, part, by=by, requested_at=now)
    in_stock(plant, place.far, other := given.part(plant), 1)
    client = api(place.engineer)
    client.post("/part-requests", wish(place, (other, 1)))  # promised in good time: not at risk
    told = client.get("/promises/at-risk").json["items"]
    assert [(one["late"], one["status"], one["next_step"]) for one in told] == [
        (True, "back_ordered", "find_stock"),
        (False, "back_ordered", "find_stock"),
    ]
    assert [one["request"] for one in told] == [PartRequest(id=one.request_id).number for one in (broken, waiting)]
    assert client.get("/promises/at-risk", mine="true").json["items"] == []
    assert client.get("/promises/at-risk", **{"for": place.city.code}).json["items"] == []


def test_lines_at_risk_of_a_source_are_those_it_supplies(plant, api, place, part):
    in_stock(plant, place.far, part, 1)
    number = api(place.engineer).post("/part-requests", wish(place, (part, 1))).json["number"]
    lead = api(place.lead)
    assert lead.get("/promises/at-risk", source=place.far.code).json["items"] == []
    request_id = PartRequest.id_of(number)
    plant.rollback()
    line = plant.scalars(select(PartRequestLine).where(PartRequestLine.request_id == request_id)).one()
    line.first_promised_at = datetime.now(UTC) - timedelta(hours=1)
    plant.commit()
    (told,) = lead.get("/promises/at-risk", source=place.far.code).json["items"]
    assert (told["request"], told["late"], told["next_step"]) == (number, True, "release")
    assert [share["source"] for share in told["shares"]] == [place.far.code]
    assert lead.get("/promises/at-risk", source=place.city.code).json["items"] == []


# Waves


def test_the_lead_releases_what_waits_and_sees_his_share(plant, api, place, part):
    in_stock(plant, place.far, part, 5)
    in_stock(plant, place.far, urgent := given.part(plant), 5)
    engineer, lead = api(place.engineer), api(place.lead)
    engineer.post("/part-requests", wish(place, (part, 2)))
    engineer.post("/part-requests", wish(place, (urgent, 1), priority=1))
    waves = f"/warehouses/{place.far.code}/waves"
    assert lead.get(waves).json["waiting"] == 1
    answer = lead.post(waves)
    assert (answer.status_code, answer.json) == (201, {"warehouse": place.far.code, "lines": 1})
    told = lead.get(waves).json
    assert told["waiting"] == 0
    assert {one["trigger"]: one["lines"] for one in told["shares"]} == {"urgent": 1, "job": 0, "lead": 1}
    assert [(one["trigger"], one["to_pick"], one["released_by"]) for one in told["items"]] == [
        ("lead", 1, place.lead.name),
        ("urgent", 1, place.engineer.name),
    ]
    problem_of(lead.post(waves), 409, "nothing_to_release")


def test_waves_are_paged(plant, api, place, part):
    in_stock(plant, place.city, part, 5)
    client, lead = api(place.engineer), api(place.lead)
    for _ in range(3):
        client.post("/part-requests", wish(place, (part, 1)))
    path = f"/warehouses/{place.city.code}/waves"
    first = lead.get(path, limit=2).json
    rest = lead.get(path, limit=2, cursor=first["next_cursor"]).json
    numbers = [one["number"] for one in first["items"] + rest["items"]]
    assert numbers == sorted(numbers, reverse=True)
    assert (len(numbers), rest["next_cursor"]) == (3, None)


def test_waves_of_a_foreign_warehouse_are_not_found(api, place):
    client = api(place.stranger)
    problem_of(client.get(f"/warehouses/{place.far.code}/waves"), 404, "not_found")
    problem_of(api(place.engineer).post(f"/warehouses/{place.far.code}/waves"), 403, "not_permitted")
