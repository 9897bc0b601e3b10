"""Screens of parts: an engineer finds a part, sees who can send it and by when, and asks for it."""

import re

import pytest
from sqlalchemy import select

from inventory.identity import Person
from inventory.sourcing import PartRequest
from tests import given
from tests.given.workorders import repair
from tests.web.asking import Corner, corner

PAYLOAD = "<script>alert(1)</script>' OR 1=1 --"


@pytest.fixture
def place(plant) -> Corner:
    return corner(plant)


@pytest.fixture
def engineer(browser_of, place):
    browser = browser_of(place.engineer)
    browser.post("/workplace", code=place.station.code)
    return browser


@pytest.fixture
def part(plant):
    return given.part(plant, name_zh="排水泵", name_en="Drain pump")


def stock(plant, warehouse, part, quantity):
    given.stock(plant, warehouse, part, quantity)
    plant.commit()


def requests_of(plant, person) -> list[PartRequest]:
    plant.rollback()
    query = select(PartRequest).where(PartRequest.requested_by_id == person.id).order_by(PartRequest.id)
    return list(plant.scalars(query))


def asked(place, quantity="1", **more):
    return {"warehouse": place.station.code, "quantity": quantity, "priority": "1", **more}


def test_the_search_shows_the_hour_the_class_and_the_number_that_would_come(plant, engineer, place, part):
    newer = given.part(plant, name_zh="排水泵二型")
    given.supersession(plant, part, newer)
    stock(plant, place.city, newer, 1)
    text = engineer.get("/parts", q=part.number).text
    assert part.number in text
    assert "class-same_city" in text
    assert re.search(r"(今天|明天) \d\d:\d\d", text)
    assert f"以 {newer.number} 供货" in text
    assert f"被 {newer.number} 替代" in text


def test_for_a_work_order_the_bill_of_material_of_its_model_comes_first(plant, browser_of, place, part):
    model = given.model(plant, parts=[part])
    made = repair(plant, place.station, model=model.code)
    other = given.part(plant, name_zh="排水泵外壳")
    plant.commit()
    browser = browser_of(plant.get_one(Person, made.engineer.person_id))
    path = f"/work-orders/{made.work_order.number}/parts/search"
    first = browser.get(path).text
    assert part.number in first
    assert other.number not in first
    found = browser.get(path, q=other.number).text
    assert other.number in found
    found = browser.get(path, q="排水泵").text
    assert found.index(part.number) < found.index("其他备件")


def test_a_foreign_work_order_is_not_found(plant, engineer):
    made = repair(plant)
    plant.commit()
    foreign = engineer.get(f"/work-orders/{made.work_order.number}/parts/search")
    missing = engineer.get("/work-orders/WO-999999/parts/search")
    assert (foreign.status_code, missing.status_code) == (404, 404)


def test_nothing_found_says_what_to_try(engineer):
    answer = engineer.get("/parts", q="zzqqxxyy")
    assert answer.status_code == 200
    assert "zzqqxxyy" in answer.text
    assert "首字母" in answer.text


def test_the_part_page_tells_each_source_and_its_family(plant, engineer, place, part):
    older = given.part(plant, name_zh="旧排水泵")
    given.supersession(plant, older, part, interchangeable=True)
    stock(plant, place.station, part, 2)
    stock(plant, place.far, part, 9)
    text = engineer.get(f"/parts/{part.number}", quantity="5").text
    assert "不足 5" in text
    assert "可用 2" in text
    assert "北京中央库" in text
    assert "可用 9" not in text
    assert older.number in text
    assert "可互换" in text


def test_a_part_that_nobody_has_can_be_asked_for_all_the_same(plant, engineer, part):
    plant.commit()
    text = engineer.get(f"/parts/{part.number}").text
    assert "目前全网无货" in text
    assert f"/parts/{part.number}/request" in text


def test_without_a_workplace_the_part_page_asks_for_one(plant, browser_of, part):
    planner = given.person(plant, "planner")
    plant.commit()
    answer = browser_of(planner).get(f"/parts/{part.number}")
    assert answer.status_code == 200
    assert "/workplace?next=" in answer.text


def test_asking_at_once_answers_with_the_promise(plant, engineer, place, part):
    stock(plant, place.city, part, 3)
    page = f"/parts/{part.number}"
    sent = engineer.post(f"{page}/request", page=page, **asked(place, "2"))
    (made,) = requests_of(plant, place.engineer)
    assert (sent.status_code, sent.location) == (303, f"/part-requests/{made.number}/promise")
    text = engineer.get(sent.location).text
    assert "同城" in text
    assert "青岛配送中心" in text
    assert "正在拣货" in text


def test_a_form_sent_twice_asks_once_and_shows_the_first_promise(plant, engineer, place, part):
    stock(plant, place.city, part, 3)
    page = f"/parts/{part.number}"
    key = f"form-{part.number}"
    answers = [engineer.post(f"{page}/request", page=page, key=key, **asked(place)) for _ in range(2)]
    (made,) = requests_of(plant, place.engineer)
    assert {answer.location for answer in answers} == {f"/part-requests/{made.number}/promise"}


def test_a_forged_form_asks_for_nothing(plant, engineer, place, part):
    plant.commit()
    data = {"command_key": "forged-forged", **asked(place)}
    answer = engineer.client.post(f"/parts/{part.number}/request", data=data)
    assert answer.status_code == 400
    assert requests_of(plant, place.engineer) == []


@pytest.mark.parametrize("quantity", ["0", "-1", "1.5", "", "abc", "1" * 10, "٣"])
def test_an_unreadable_quantity_asks_for_nothing_and_leads_back(plant, engineer, place, part, quantity):
    plant.commit()
    page = f"/parts/{part.number}"
    answer = engineer.post(f"{page}/request", page=page, **asked(place, quantity))
    assert (answer.status_code, answer.location) == (303, page)
    assert "alert-danger" in engineer.get(page).text
    assert requests_of(plant, place.engineer) == []


def test_full_width_digits_are_a_number(plant, engineer, place, part):
    plant.commit()
    page = f"/parts/{part.number}"
    assert "/promise" in engineer.post(f"{page}/request", page=page, **asked(place, "３")).location


def test_a_foreign_warehouse_cannot_be_asked_for(plant, engineer, place, part):
    plant.commit()
    page = f"/parts/{part.number}"
    engineer.post(f"{page}/request", page=page, **{**asked(place), "warehouse": place.city.code})
    assert requests_of(plant, place.engineer) == []


def test_parts_are_gathered_on_the_list_and_asked_for_together(plant, engineer, place, part):
    other = given.part(plant)
    stock(plant, place.city, part, 9)
    for one, quantity in ((part, "2"), (other, "1"), (part, "4")):
        engineer.post(f"/parts/{one.number}/list", page=f"/parts/{one.number}", **asked(place, quantity))
    text = engineer.get("/part-requests/new").text
    assert re.findall(r'name="part" value="([^"]+)"', text) == [part.number, other.number]
    assert re.findall(r'name="quantity" value="([^"]+)"', text) == ["4", "1"]
    fields = asked(place, ["4", "1"], part=[part.number, other.number], note="两件一起")
    sent = engineer.post("/part-requests", page="/part-requests/new", key=f"list-{part.number}", **fields)
    assert "/promise" in sent.location
    again = engineer.post("/part-requests", page="/part-requests/new", key=f"list-{part.number}", **fields)
    assert again.location == sent.location
    (made,) = requests_of(plant, place.engineer)
    assert made.note == "两件一起"
    text = engineer.get(sent.location).text
    assert "等待到货" in text
    assert 'name="part"' not in engineer.get("/part-requests/new").text


def test_a_line_is_taken_off_the_list_and_the_others_keep_what_was_typed(plant, engineer, place, part):
    other = given.part(plant)
    plant.commit()
    for one in (part, other):
        engineer.post(f"/parts/{one.number}/list", page="/parts", **asked(place))
    fields = {"part": [part.number, other.number], "quantity": ["1", "7"], "remove": part.number}
    engineer.post("/part-requests/new", page="/part-requests/new", **fields)
    text = engineer.get("/part-requests/new").text
    assert re.findall(r'name="part" value="([^"]+)"', text) == [other.number]
    assert re.findall(r'name="quantity" value="([^"]+)"', text) == ["7"]


def test_a_full_list_says_so(plant, engineer, place):
    parts = [given.part(plant) for _ in range(21)]
    plant.commit()
    answers = [engineer.post(f"/parts/{one.number}/list", page="/parts", **asked(place)) for one in parts]
    assert {answer.status_code for answer in answers} == {303}
    assert "清单最多 20 行" in engineer.get("/parts").text
    assert engineer.get("/part-requests/new").text.count('name="part"') == 20


def test_names_are_shown_as_text_and_never_as_code(plant, browser_of, engineer, place):
    hostile = given.part(plant, name_zh=PAYLOAD, name_en=PAYLOAD)
    given.supersession(plant, hostile, given.part(plant, name_zh=PAYLOAD))
    stock(plant, place.city, hostile, 1)
    page = f"/parts/{hostile.number}"
    sent = engineer.post(f"{page}/request", page=page, **asked(place, note=PAYLOAD))
    engineer.post(f"{page}/list", page=page, **asked(place))
    number = sent.location.split("/")[2]
    seen = ["/parts?q=" + hostile.number, page, "/part-requests/new", sent.location, "/part-requests"]
    for path in [*seen, f"/part-requests/{number}", "/at-risk?show=all", "/parts?q=%3Cscript%3E"]:
        text = engineer.client.get(path).get_data(as_text=True)
        assert "<script>alert" not in text, path
        assert "&lt;script&gt;" in text, path


def test_the_screens_speak_english_too(plant, browser_of, place, part):
    stock(plant, place.city, part, 1)
    person = given.person(plant, "engineer", place.station, locale="en")
    browser = browser_of(person)
    browser.post("/workplace", code=place.station.code)
    text = browser.get(f"/parts/{part.number}").text
    assert "Drain pump" in text
    assert "Ask for it now" in text
    assert "Your own shelf has none." in text


def test_only_who_may_see_parts_does(plant, browser_of, place):
    nobody = browser_of(given.person(plant))
    assert nobody.get("/parts").status_code == 403
    operator = browser_of(given.person(plant, "warehouse_operator", place.city))
    operator.post("/workplace", code=place.city.code)
    text = operator.get("/parts", q="x").text
    assert "无权查询货源" in text
