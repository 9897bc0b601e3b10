"""Parts over the API: found by what people know of them, told with their family, and where they are."""

import pytest

from inventory.identity import Permission
from tests import given
from tests.web.asking import Corner, corner


@pytest.fixture
def place(plant) -> Corner:
    return corner(plant)


def numbers(answer) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [one["number"] for one in answer.json["items"]]


@pytest.mark.parametrize("asked", ["q7w-100", "除霜定时", "chushuangdingshi", "csds", "defrost q7w"])
def test_a_part_is_found_by_number_chinese_pinyin_initials_and_english(plant, api, place, asked):
    if not numbers(api(place.engineer).get("/parts", q="Q7W-100")):
        given.part(plant, "Q7W-100", name_zh="除霜定时器", name_en="Defrost timer")
        plant.commit()
    assert "Q7W-100" in numbers(api(place.engineer).get("/parts", q=asked))


def test_nothing_asked_finds_nothing(api, place):
    assert numbers(api(place.engineer).get("/parts")) == []


def test_a_model_lists_its_bill_of_material_and_words_narrow_it(plant, api, place):
    board, fan = given.part(plant, name_zh="主控板"), given.part(plant, name_zh="风机")
    model = given.model(plant, parts=[board, fan])
    plant.commit()
    client = api(place.engineer)
    assert numbers(client.get("/parts", model=model.code)) == sorted([board.number, fan.number])
    assert numbers(client.get("/parts", model=model.code, q="zkb")) == [board.number]
    assert client.get("/parts", model=model.code).json["items"][0]["fits"] == 1
    assert client.get("/parts", model="NO-SUCH-MODEL").json["code"] == "not_found"


@pytest.mark.parametrize("by_model", [False, True])
def test_found_parts_are_paged(plant, api, place, by_model):
    word = f"分页{given.model(plant).code[-5:]}"
    parts = [given.part(plant, name_zh=f"{word}件") for _ in range(3)]
    model = given.model(plant, parts=parts)
    plant.commit()
    client = api(place.engineer)
    query = {"model": model.code} if by_model else {"q": word}
    first = client.get("/parts", limit=2, **query)
    rest = client.get("/parts", limit=2, cursor=first.json["next_cursor"], **query)
    assert numbers(first) + numbers(rest) == sorted(part.number for part in parts)
    assert rest.json["next_cursor"] is None


def test_a_part_tells_its_family_and_what_is_sent_in_its_place(plant, api, place):
    old, asked, new, other = (given.part(plant) for _ in range(4))
    given.supersession(plant, old, asked, interchangeable=True)
    given.supersession(plant, asked, new)
    given.supersession(plant, asked, other, ratio=2)
    plant.commit()
    told = api(place.engineer).get(f"/parts/{asked.number}").json
    family = {one["number"]: (one["kinship"], one["serves"], one["ratio"]) for one in told["family"]}
    assert family == {
        old.number: ("older", True, 1),
        new.number: ("newer", True, 1),
        other.number: ("newer", False, 2),
    }


def test_numbers_two_links_away_are_told_with_their_steps(plant, api, place):
    first, second, third = (given.part(plant) for _ in range(3))
    given.supersession(plant, first, second)
    given.supersession(plant, second, third)
    plant.commit()
    client = api(place.engineer)
    told = client.get(f"/parts/{first.number}").json
    assert [(one["number"], one["steps"]) for one in told["family"]] == [(second.number, 1), (third.number, 2)]
    (found,) = [one for one in client.get("/parts", q=first.number).json["items"] if one["number"] == first.number]
    assert [one["number"] for one in found["superseded_by"]] == [second.number, third.number]


def test_an_interchangeable_sibling_is_told_too(plant, api, place):
    left, right, new = (given.part(plant) for _ in range(3))
    given.supersession(plant, left, new, interchangeable=True)
    given.supersession(plant, right, new, interchangeable=True)
    plant.commit()
    family = api(place.engineer).get(f"/parts/{left.number}").json["family"]
    assert {one["number"]: one["kinship"] for one in family} == {new.number: "newer", right.number: "beside"}


def test_an_unknown_part_is_not_found(api, place):
    answer = api(place.engineer).get("/parts/NO-SUCH-PART")
    assert (answer.status_code, answer.json["code"]) == (404, "not_found")


def test_availability_tells_each_candidate_soonest_first(plant, api, place):
    part = given.part(plant)
    neighbour = given.warehouse(plant, tier="repair", city=place.station.city_code)
    for warehouse, quantity in ((place.station, 1), (place.city, 5), (neighbour, 9), (place.far, 9)):
        given.stock(plant, warehouse, part, quantity)
    plant.commit()
    query = {"for": place.station.code, "quantity": 2}
    told = api(place.engineer).get(f"/parts/{part.number}/availability", **query).json
    assert [(one["source"], one["delivery_class"], one["hours"], one["enough"]) for one in told["candidates"]] == [
        (place.station.code, "on_site", 0, False),
        (place.city.code, "same_city", 6, True),
        (neighbour.code, "same_city", 6, True),
        (place.far.code, "out_of_province", 36, True),
    ]


def test_a_foreign_warehouse_tells_enough_but_never_how_much(plant, api, place):
    part = given.part(plant)
    given.stock(plant, place.station, part, 3)
    given.stock(plant, place.city, part, 7)
    plant.commit()
    path = f"/parts/{part.number}/availability"
    told = api(place.engineer).get(path, **{"for": place.station.code}).json["candidates"]
    assert [(one["source"], one["available"]) for one in told] == [(place.station.code, 3), (place.city.code, None)]


def test_old_and_new_numbers_are_candidates(plant, api, place):
    old, new = given.part(plant), given.part(plant)
    given.supersession(plant, old, new, interchangeable=True)
    given.stock(plant, place.city, old, 1)
    given.stock(plant, place.city, new, 1)
    plant.commit()
    client = api(place.engineer)
    for asked in (old, new):
        told = client.get(f"/parts/{asked.number}/availability", **{"for": place.station.code}).json
        assert {one["part"] for one in told["candidates"]} == {old.number, new.number}


@pytest.mark.parametrize("quantity", ["0", "-1", "１", "1.0", "1000000000", ""])
def test_an_unreadable_quantity_is_refused(plant, api, place, quantity):
    part = given.part(plant)
    plant.commit()
    query = {"for": place.station.code, "quantity": quantity}
    answer = api(place.engineer).get(f"/parts/{part.number}/availability", **query)
    assert (answer.status_code, answer.json["code"]) == (422, "input_refused")


def test_for_whom_has_to_be_said(plant, api, place):
    part = given.part(plant)
    plant.commit()
    answer = api(place.engineer).get(f"/parts/{part.number}/availability")
    assert (answer.status_code, answer.json["code"]) == (422, "input_refused")


def test_nobody_asks_on_behalf_of_a_foreign_warehouse(plant, api, place):
    part = given.part(plant)
    plant.commit()
    client = api(place.engineer)
    foreign = client.get(f"/parts/{part.number}/availability", **{"for": place.city.code})
    missing = client.get(f"/parts/{part.number}/availability", **{"for": "NOWHERE"})
    assert (foreign.status_code, missing.status_code) == (404, 404)
    assert foreign.json | {"facts": 0, "detail": 0} == missing.json | {"facts": 0, "detail": 0}


def test_each_question_needs_its_permission(plant, api, place):
    part = given.part(plant)
    plant.commit()
    client = api(place.engineer, [Permission.REQUEST_PARTS])
    for path in ("/parts", f"/parts/{part.number}", f"/parts/{part.number}/availability"):
        assert client.get(path).json["code"] == "not_permitted"
    operator = api(given.person(plant, "warehouse_operator", place.city))
    assert operator.get(f"/parts/{part.number}/availability", **{"for": place.city.code}).status_code == 403


def test_hostile_words_find_nothing_and_break_nothing(api, place):
    client = api(place.engineer)
    for words in ("' OR 1=1 --", "%_%", "<script>alert(1)</script>", "\\", "a " * 39, "１２"):
        assert client.get("/parts", q=words).status_code == 200
