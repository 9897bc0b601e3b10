"""Work orders through the API: the whole life of a repair, who may do what, and what bad input is answered."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from inventory import workorders
from inventory.identity import Permission, Person
from inventory.sourcing.models import PartRequestLine
from tests import given
from tests.given import NOON
from tests.given.transport import delivered
from tests.given.workorders import Repair, arrived, asked_for, repair
from web.command import new_command_key

NAME, PHONE, ADDRESS = "慕容复", "13611112222", "苏州市太湖边 1 号"


@pytest.fixture
def station(plant):
    return given.warehouse(plant)


def person_of(plant, actor) -> Person:
    return plant.get_one(Person, actor.person_id)


@pytest.fixture
def job(plant, station) -> Repair:
    made = repair(plant, station, customer_name=NAME, customer_phone=f"136{station.id:08}", customer_address=ADDRESS)
    plant.commit()
    return made


@pytest.fixture
def engineer(plant, api, job):
    return api(person_of(plant, job.engineer))


@pytest.fixture
def manager(plant, api, job):
    return api(person_of(plant, job.manager))


@pytest.fixture
def line(plant, job):
    made = arrived(plant, job, given.part(plant), 2)
    plant.commit()
    return made


def wish(plant, station, engineer, **changed):
    model = given.model(plant)
    plant.commit()
    said = {
        "warehouse": station.code,
        "engineer": engineer.login,
        "customer": {"name": NAME, "phone": PHONE, "address": ADDRESS},
        "appliance": {"model": model.code, "serial": "SN-1", "purchased_on": "2025-05-01"},
        "symptom": "不制冷",
    }
    return {**said, **changed}


def path(job, tail=""):
    return f"/work-orders/{job.work_order.number}{tail}"


# Opening.


def test_the_call_centre_opens_a_work_order(plant, api, station, job):
    centre = api(given.person(plant, "integration"))

    answer = centre.post("/work-orders", wish(plant, station, person_of(plant, job.engineer), reference="CC-77"))

    assert answer.status_code == 201
    assert answer.json["status"] == "open"
    assert answer.headers["Location"].endswith(f"/api/v1/work-orders/{answer.json['number']}")
    shown = centre.get(f"/work-orders/{answer.json['number']}").json
    assert shown["customer"]["name"] == NAME
    assert shown["appliance"]["purchased_on"] == "2025-05-01"
    assert (shown["symptom"], shown["reference"]) == ("不制冷", "CC-77")


def test_the_same_command_sent_again_gets_the_first_answer_and_opens_nothing_more(plant, api, station, job):
    centre, key = api(given.person(plant, "integration")), new_command_key()
    body = wish(plant, station, person_of(plant, job.engineer))

    first = centre.post("/work-orders", body, key=key)
    again = centre.post("/work-orders", body, key=key)

    assert (again.status_code, again.json) == (201, first.json)
    assert len(centre.get("/work-orders", warehouse=station.code).json["items"]) == 2  # the job's and this one


def test_what_is_stored_with_the_command_tells_nothing_personal(plant, api, station, job):
    answer = api(given.person(plant, "integration")).post(
        "/work-orders", wish(plant, station, person_of(plant, job.engineer))
    )

    assert answer.status_code == 201
    stored = plant.scalars(text("SELECT convert_from(answer, 'UTF8') FROM command WHERE answer IS NOT NULL")).all()
    assert not [one for one in stored if NAME in one or PHONE in one or ADDRESS in one]


def test_a_reference_used_before_is_a_conflict_that_names_the_number(plant, api, station, job):
    centre = api(given.person(plant, "integration"))
    body = wish(plant, station, person_of(plant, job.engineer), reference="CC-78")
    number = centre.post("/work-orders", body).json["number"]

    refused = centre.post("/work-orders", body)

    assert refused.status_code == 409
    assert refused.json["code"] == "reference_used"
    assert number in refused.json["detail"]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"symptom": ""}, "symptom"),
        ({"symptom": "x" * 401}, "symptom"),
        ({"symptom": "a\u0000b"}, None),
        ({"priority": 1}, "priority"),
        ({"customer": {"name": "a"}}, "customer"),
        ({"customer": {"name": "a", "phone": "12345", "vip": True}}, "customer"),
        ({"appliance": {"model": "M", "serial": "S", "purchased_on": "yesterday"}}, "appliance"),
        ({"appliance": {"model": "M"}}, "appliance"),
        ({"warehouse": 7}, "warehouse"),
    ],
)
def test_bad_input_is_refused_and_opens_nothing(plant, manager, station, job, changed, field):
    refused = manager.post("/work-orders", wish(plant, station, person_of(plant, job.engineer), **changed))

    assert refused.status_code in (400, 422)
    assert refused.content_type == "application/problem+json"
    assert field is None or field in refused.json["errors"]
    assert len(manager.get("/work-orders").json["items"]) == 1


@pytest.mark.parametrize(
    ("changed", "status", "code"),
    [
        ({"warehouse": "NOWHERE"}, 404, "not_found"),
        ({"engineer": "nobody"}, 422, "not_an_engineer_here"),
        ({"appliance": {"model": "NO-SUCH", "serial": "S"}}, 404, "model_unknown"),
        ({"customer": {"name": "a", "phone": "no digits"}}, 422, "phone_unreadable"),
        ({"appliance": {"model": None, "serial": "S", "purchased_on": "2999-01-01"}}, 422, "purchased_in_future"),
    ],
)
def test_what_the_rules_do_not_allow_is_told_in_both_languages(plant, manager, station, job, changed, status, code):
    body = wish(plant, station, person_of(plant, job.engineer))
    model = body["appliance"]["model"]
    body |= changed
    body["appliance"] = {**body["appliance"], "model": body["appliance"]["model"] or model}

    told = {
        language: manager.post("/work-orders", body, **{"Accept-Language": language}).json for language in ("zh", "en")
    }

    assert [one["status"] for one in told.values()] == [status, status]
    assert {one["code"] for one in told.values()} == {code}
    assert told["zh"]["detail"] != told["en"]["detail"]


def test_a_foreign_repair_centre_answers_like_a_missing_one(plant, manager, job):
    foreign = repair(plant)
    plant.commit()
    body = wish(plant, foreign.station, person_of(plant, foreign.engineer))

    answers = [manager.post("/work-orders", {**body, "warehouse": code}) for code in (foreign.station.code, "NOWHERE")]

    assert [one.status_code for one in answers] == [404, 404]
    assert [one.json["code"] for one in answers] == ["not_found", "not_found"]


# Seeing.


def test_a_foreign_work_order_answers_like_a_missing_one(plant, api, job):
    stranger = api(person_of(plant, repair(plant).manager))

    for tail in ("", "/timeline"):
        foreign, missing = stranger.get(path(job, tail)), stranger.get(f"/work-orders/WO-999999999{tail}")
        assert (
            (foreign.status_code, foreign.json["code"])
            == (missing.status_code, missing.json["code"])
            == (404, "not_found")
        )
    assert job.work_order.number not in [one["number"] for one in stranger.get("/work-orders").json["items"]]


def test_who_may_not_see_work_orders_is_refused(plant, api, station, job):
    operator = api(given.person(plant, "warehouse_operator", station))

    assert operator.get("/work-orders").status_code == 403
    assert operator.get(path(job)).status_code == 403


def test_without_a_token_nothing_is_told(app, job):
    assert app.test_client().get(f"/api/v1{path(job)}").status_code == 401


def test_customers_are_masked_for_who_has_no_need(plant, api, job):
    shown = api(given.person(plant, "administrator")).get(path(job))

    assert shown.json["customer"]["masked"] is True
    assert NAME not in shown.get_data(as_text=True)
    assert ADDRESS not in shown.get_data(as_text=True)


def test_lists_are_paged_and_filtered(plant, manager, job, station):
    others = [repair(plant, station, serial=f"PAGED-{one}").work_order.number for one in range(3)]
    plant.commit()

    first = manager.get("/work-orders", limit=2).json
    second = manager.get("/work-orders", limit=2, cursor=first["next_cursor"]).json

    assert [one["number"] for one in first["items"] + second["items"]] == [*reversed(others), job.work_order.number]
    assert second["next_cursor"] is None
    found = manager.get("/work-orders", q="PAGED-1", status="open").json["items"]
    assert [one["number"] for one in found] == [others[1]]


def test_a_caller_is_found_by_his_telephone_however_it_is_written(plant, manager, job, station):
    said = {"name": NAME, "phone": f"139-{station.id:08}"}
    number = manager.post("/work-orders", wish(plant, station, person_of(plant, job.engineer), customer=said)).json[
        "number"
    ]

    found = manager.get("/work-orders", phone=f"+86 139 {station.id:08}").json["items"]

    assert [one["number"] for one in found] == [number]


@pytest.mark.parametrize(
    "query", [{"status": "broken"}, {"cursor": "x"}, {"limit": "0"}, {"colour": "red"}, {"phone": "abc"}]
)
def test_a_bad_query_is_refused(manager, query):
    assert manager.get("/work-orders", **query).status_code == 422


# Parts.


def test_a_part_is_drawn_fitted_and_the_rest_given_back(engineer, job, line):
    drawn = engineer.post(path(job, "/parts"), {"action": "draw", "line": line.id, "quantity": 2}).json
    [part] = drawn["parts"]
    assert (part["waiting"], part["in_custody"]) == (0, 2)
    drawn_part = part["drawn"][0]["drawn_part"]

    engineer.post(path(job, "/parts"), {"action": "fit", "drawn_part": drawn_part, "quantity": 1})
    last = engineer.post(
        path(job, "/parts"),
        {"action": "give_back", "drawn_part": drawn_part, "quantity": 1, "condition": "good", "reason": "没用上"},
    )

    undone = engineer.post(
        path(job, "/parts"), {"action": "take_out", "drawn_part": drawn_part, "quantity": 1, "reason": "误登记"}
    )
    assert undone.json["parts"][0]["in_custody"] == 1
    engineer.post(path(job, "/parts"), {"action": "fit", "drawn_part": drawn_part, "quantity": 1})

    [part] = last.json["parts"]
    assert (part["fitted"], part["given_back"], part["in_custody"]) == (1, 1, 0)
    done = engineer.post(path(job, "/complete"), {"remark": "修好了"})
    assert (done.status_code, done.json["status"]) == (200, "completed")


def test_a_draw_sent_twice_draws_once(engineer, job, line):
    key, body = new_command_key(), {"action": "draw", "line": line.id, "quantity": 1}

    first = engineer.post(path(job, "/parts"), body, key=key)
    again = engineer.post(path(job, "/parts"), body, key=key)

    assert first.json == again.json
    assert engineer.get(path(job)).json["parts"][0]["in_custody"] == 1


def test_what_is_not_needed_is_freed(engineer, job, line):
    answer = engineer.post(path(job, "/parts"), {"action": "free", "line": line.id, "quantity": 2, "reason": "不需要"})

    assert answer.json["parts"][0]["waiting"] == 0


def test_a_line_of_another_work_order_answers_like_a_missing_one(plant, engineer, job, line, station):
    other = repair(plant, station)
    plant.commit()

    for work_order, wanted in ((other, line.id), (job, 999_999_999)):
        refused = engineer.post(path(work_order, "/parts"), {"action": "draw", "line": wanted, "quantity": 1})
        assert (refused.status_code, refused.json["code"]) == (404, "not_found")


def test_a_colleague_may_not_draw(plant, api, station, job, line):
    colleague = api(given.person(plant, "engineer", station))

    refused = colleague.post(path(job, "/parts"), {"action": "draw", "line": line.id, "quantity": 1})

    assert (refused.status_code, refused.json["code"]) == (403, "not_your_work_order")


def test_too_much_is_a_conflict_with_the_figure(engineer, job, line):
    refused = engineer.post(path(job, "/parts"), {"action": "draw", "line": line.id, "quantity": 3})

    assert (refused.status_code, refused.json["code"]) == (409, "not_that_much_earmarked")
    assert refused.json["facts"] == {"wanted": 3, "there": 2}


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        {"action": "eat", "line": 1, "quantity": 1},
        {"action": ["draw"], "line": 1, "quantity": 1},
        {"action": "draw", "line": 1},
        {"action": "draw", "line": "1", "quantity": 1},
        {"action": "draw", "line": 1, "quantity": 0},
        {"action": "draw", "line": 1, "quantity": 1.5},
        {"action": "draw", "line": 1, "quantity": True},
        {"action": "draw", "line": 1, "quantity": 1_000_000_000},
        {"action": "draw", "line": 2**70, "quantity": 1},
        {"action": "draw", "line": 1, "quantity": 1, "condition": "good"},
        {"action": "fit", "line": 1, "quantity": 1},
        {"action": "give_back", "drawn_part": 1, "quantity": 1, "condition": "good"},
        {"action": "give_back", "drawn_part": 1, "quantity": 1, "condition": "quarantine", "reason": "x"},
        {"action": "free", "line": 1, "quantity": 1, "reason": ""},
    ],
)
def test_a_malformed_act_on_parts_is_refused(engineer, job, line, body):
    refused = engineer.post(path(job, "/parts"), body)

    assert refused.status_code == 422
    assert refused.content_type == "application/problem+json"
    assert engineer.get(path(job)).json["parts"][0]["waiting"] == 2


# Closing and handing over.


def test_parts_in_custody_stand_in_the_way_of_closing(engineer, job, line):
    engineer.post(path(job, "/parts"), {"action": "draw", "line": line.id, "quantity": 1})

    for tail, body in (("/complete", {}), ("/cancel", {"reason": "x"})):
        refused = engineer.post(path(job, tail), body)
        assert (refused.status_code, refused.json["code"]) == (409, "parts_in_custody")


def test_a_work_order_is_called_off_with_a_reason_and_reopened_only_when_completed(engineer, job):
    assert engineer.post(path(job, "/cancel"), {}).status_code == 422
    assert engineer.post(path(job, "/cancel"), {"reason": "客户取消"}).json["status"] == "cancelled"
    assert engineer.post(path(job, "/reopen"), {"reason": "x"}).json["code"] == "work_order_not_completed"


def test_a_completed_work_order_is_reopened(engineer, job):
    engineer.post(path(job, "/complete"), {})

    assert engineer.post(path(job, "/reopen"), {"reason": "又坏了"}).json["status"] == "open"


def test_the_manager_hands_it_to_another_engineer(plant, api, manager, engineer, job, station):
    successor = given.person(plant, "engineer", station)
    plant.commit()
    body = {"engineer": successor.login, "reason": "顺路"}

    assert engineer.post(path(job, "/reassign"), body).status_code == 403
    assert manager.post(path(job, "/reassign"), body).json["engineer"] == successor.login


def test_a_foreign_work_order_is_not_closed(plant, api, job):
    stranger = api(person_of(plant, repair(plant).manager))

    assert stranger.post(path(job, "/complete"), {}).status_code == 404


# The timeline, erasing, the shelf.


def test_the_timeline_tells_who_when_what_and_why(engineer, manager, job, line):
    engineer.post(path(job, "/parts"), {"action": "draw", "line": line.id, "quantity": 1})

    items = manager.get(path(job, "/timeline")).json["items"]

    assert [(one["about"], one["what"]) for one in items] == [
        ("work_order", "opened"),
        ("part_line", "requested"),
        ("part_line", "drawn"),
        ("move", "moved"),
    ]
    assert items[0]["facts"]["engineer"] == job.engineer.name
    assert items[1]["facts"]["shares"][0]["source"] == job.station.code
    assert all(one["at"] and one["who"] for one in items)


def test_an_administrator_erases_a_customer_for_good(plant, api, engineer, job):
    administrator = api(given.person(plant, "administrator"))

    erased = administrator.post(f"/customers/{job.work_order.customer_id}/erase")

    assert erased.status_code == 200
    shown = engineer.get(path(job)).json["customer"]
    assert (shown["erased"], shown["name"], shown["phone"], shown["address"]) == (True, "", "", "")


def test_nobody_else_erases_and_nobody_unknown_is_erased(plant, api, manager, job):
    assert manager.post(f"/customers/{job.work_order.customer_id}/erase").status_code == 403
    administrator = api(given.person(plant, "administrator"))
    assert administrator.post("/customers/999999999/erase").status_code == 404


def test_what_came_for_the_stations_stock_is_put_on_the_shelf(plant, manager, engineer, job, station):
    part = given.part(plant)
    waiting = delivered(plant, station, part, 2)
    plant.commit()

    assert [one["line"] for one in manager.get("/stock-arrivals").json["items"]] == [waiting.id]
    assert engineer.get("/stock-arrivals").status_code == 403
    assert manager.post(f"/stock-arrivals/{waiting.id}/stock-up", {"quantity": 3}).status_code == 409
    assert manager.post(f"/stock-arrivals/{waiting.id}/stock-up", {"quantity": 2}).json == {
        "line": waiting.id,
        "quantity": 2,
    }
    assert manager.get("/stock-arrivals").json["items"] == []


def test_a_part_on_its_way_shows_its_source_promise_and_risk(plant, engineer, job):
    part = given.part(plant)
    source = given.warehouse(plant, tier="distribution", city=given.network.JINAN)
    given.stock(plant, source, part, 1)
    line = asked_for(plant, job, part, at=NOON + timedelta(days=1))
    plant.commit()

    [shown] = engineer.get(path(job)).json["parts"]

    assert (shown["line"], shown["status"], shown["reserved"]) == (line.id, "reserved", 1)
    assert shown["coming"][0]["source"] == source.code
    assert shown["risk"] == "late"
    assert plant.get_one(PartRequestLine, line.id).promised_at.isoformat()[:16] == shown["promised_at"][:16]


def test_a_token_without_the_permission_is_refused_though_its_person_has_it(plant, api, job):
    limited = api(person_of(plant, job.engineer), [Permission.SEE_WORK_ORDERS])

    assert limited.get(path(job)).status_code == 200
    assert limited.post(path(job, "/complete"), {}).status_code == 403
    assert workorders.get_work_order(plant, job.work_order.number, by=job.engineer).closed_at is None
