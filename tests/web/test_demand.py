"""A part's demand through the API and on its screen: months, reach, marks, and files of past demand."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from inventory.planning.demand import DemandDay, DemandMark, Origin
from tests import given
from tests.given.demand import asked
from tests.given.network import BEIJING, JINAN


def month_before(at: datetime, months: int) -> date:
    index = at.year * 12 + at.month - 1 - months
    return date(index // 12, index % 12 + 1, 1)


LAST_MONTH = month_before(datetime.now(UTC), 1)
MONTH = f"{LAST_MONTH:%Y-%m}"


@pytest.fixture
def centre(plant):
    return given.warehouse(plant, tier="distribution", city=JINAN)


@pytest.fixture
def station(plant, centre):
    return given.warehouse(plant, city=JINAN, parent=centre)


@pytest.fixture
def part(plant):
    return given.part(plant, name_zh="压缩机<b>")


@pytest.fixture
def planner(plant):
    person = given.person(plant, "planner")
    plant.commit()
    return person


def needed(plant, station, part, quantity, **told):
    asked(plant, station, part, LAST_MONTH.replace(day=10), quantity, **told)
    plant.commit()


def months_of(answer):
    return {one["month"]: one for one in answer.json["months"]}


def mark_of(station, **said):
    return {
        "warehouse": station.code,
        "month": MONTH,
        "kind": "outlier",
        "counts_as": 3,
        "reason": "召回",
        **said,
    }


def test_a_month_tells_what_was_asked_for_and_what_files_told(plant, api, planner, station, part):
    needed(plant, station, part, 5)
    needed(plant, station, part, 2, origin=Origin.IMPORTED)
    month = months_of(api(planner).get(f"/parts/{part.number}/demand"))[MONTH]
    assert month == {"month": MONTH, "asked": 5, "imported": 2, "rolled_over": 0, "counts": 7}


def test_as_many_months_as_asked_for_with_the_present_one_last(plant, api, planner, station, part):
    months = list(months_of(api(planner).get(f"/parts/{part.number}/demand", months=14)))
    assert (len(months), months[-2]) == (14, MONTH)


def test_what_was_asked_of_a_replaced_number_is_told_apart(plant, api, planner, station, part):
    new = given.part(plant)
    given.supersession(plant, part, new, ratio=2)
    needed(plant, station, part, 5)
    month = months_of(api(planner).get(f"/parts/{new.number}/demand"))[MONTH]
    assert (month["asked"], month["rolled_over"], month["counts"]) == (0, 10, 10)


def test_the_source_counts_what_was_asked_of_it_first(plant, api, planner, centre, station, part):
    needed(plant, station, part, 5)
    client = api(planner)
    of_source = client.get(f"/parts/{part.number}/demand", warehouse=centre.code, view="source")
    of_need = client.get(f"/parts/{part.number}/demand", warehouse=centre.code)
    assert (months_of(of_source)[MONTH]["asked"], months_of(of_need)[MONTH]["asked"]) == (5, 0)


def test_a_station_manager_sees_the_demand_of_his_own_station_only(plant, api, station, part):
    other = given.warehouse(plant, city=BEIJING)
    needed(plant, station, part, 5)
    needed(plant, other, part, 7)
    manager = given.person(plant, "station_manager", other)
    plant.commit()
    client = api(manager)
    assert months_of(client.get(f"/parts/{part.number}/demand"))[MONTH]["asked"] == 7
    foreign = client.get(f"/parts/{part.number}/demand", warehouse=station.code)
    missing = client.get(f"/parts/{part.number}/demand", warehouse="NOWHERE")
    assert (
        (foreign.status_code, foreign.json["code"]) == (missing.status_code, missing.json["code"]) == (404, "not_found")
    )


def test_who_may_not_see_demand_is_told_so(plant, api, part):
    engineer = given.person(plant, "engineer", given.warehouse(plant))
    plant.commit()
    assert api(engineer).get(f"/parts/{part.number}/demand").status_code == 403


def test_a_marked_month_counts_as_its_mark_says_and_tells_who_and_why(plant, api, planner, station, part):
    needed(plant, station, part, 90)
    client = api(planner)
    made = client.post(f"/parts/{part.number}/demand-marks", mark_of(station))
    answer = client.get(f"/parts/{part.number}/demand", warehouse=station.code)
    assert made.status_code == 201
    assert (months_of(answer)[MONTH]["asked"], months_of(answer)[MONTH]["counts"]) == (90, 3)
    (mark,) = answer.json["marks"]
    assert (mark["reason"], mark["marked_by"], mark["undone_at"]) == ("召回", planner.name, None)


def test_a_mark_is_undone_and_stays_to_be_seen(plant, api, planner, station, part):
    needed(plant, station, part, 90)
    client = api(planner)
    made = client.post(f"/parts/{part.number}/demand-marks", mark_of(station))
    undone = client.post(f"/demand-marks/{made.json['id']}/undo")
    again = client.post(f"/demand-marks/{made.json['id']}/undo")
    answer = client.get(f"/parts/{part.number}/demand")
    assert (undone.status_code, again.status_code, again.json["code"]) == (200, 409, "mark_undone")
    assert months_of(answer)[MONTH]["counts"] == 90
    assert [mark["undone_by"] for mark in answer.json["marks"]] == [planner.name]


def test_a_month_is_marked_once_until_that_is_undone(plant, api, planner, station, part):
    client = api(planner)
    first = client.post(f"/parts/{part.number}/demand-marks", mark_of(station))
    second = client.post(f"/parts/{part.number}/demand-marks", mark_of(station))
    client.post(f"/demand-marks/{first.json['id']}/undo")
    third = client.post(f"/parts/{part.number}/demand-marks", mark_of(station))
    assert [one.status_code for one in (first, second, third)] == [201, 409, 201]


def test_the_present_month_is_not_marked(plant, api, planner, station, part):
    now = f"{datetime.now(UTC):%Y-%m}"
    answer = api(planner).post(f"/parts/{part.number}/demand-marks", mark_of(station, month=now))
    assert (answer.status_code, answer.json["code"]) == (422, "month_not_over")


@pytest.mark.parametrize("month", ["2026-13", "2026-03-01", 202603, "März"])
def test_a_month_is_year_and_month(plant, api, planner, station, part, month):
    answer = api(planner).post(f"/parts/{part.number}/demand-marks", mark_of(station, month=month))
    assert (answer.status_code, list(answer.json["errors"])) == (422, ["month"])


def test_only_planners_mark(plant, api, station, part):
    buyer = given.person(plant, "procurement")
    plant.commit()
    assert api(buyer).post(f"/parts/{part.number}/demand-marks", mark_of(station)).status_code == 403


def test_a_planner_marks_only_within_his_reach(plant, api, station, part):
    elsewhere = given.warehouse(plant, city=BEIJING)
    planner = given.person(plant, "planner", elsewhere)
    mark = DemandMark(
        part_id=part.id,
        warehouse_id=station.id,
        month=LAST_MONTH,
        kind="outlier",
        counts_as=1,
        reason="x",
        marked_by_id=planner.id,
        marked_at=datetime.now(UTC),
    )
    plant.add(mark)
    plant.commit()
    client = api(planner)
    assert client.post(f"/parts/{part.number}/demand-marks", mark_of(station)).status_code == 404
    assert client.post(f"/demand-marks/{mark.id}/undo").status_code == 404


def test_the_screen_draws_the_months_and_leads_to_the_warehouses(plant, browser_of, planner, station, part):
    needed(plant, station, part, 42)
    page = browser_of(planner).get(f"/parts/{part.number}/demand").text
    assert f"<title>{MONTH}: 42</title>" in page
    assert f"/parts/{part.number}/demand?warehouse={station.code}" in page
    assert "压缩机&lt;b&gt;" in page


def test_the_screen_counts_replaced_numbers_at_their_warehouses(plant, browser_of, planner, station, part):
    new = given.part(plant)
    given.supersession(plant, part, new, ratio=2)
    needed(plant, station, part, 21)
    page = browser_of(planner).get(f"/parts/{new.number}/demand").text
    row = page.partition(f"warehouse={station.code}")[2].partition("</tr>")[0]
    assert ">42 " in row


def test_a_month_that_is_marked_is_not_offered_again(plant, api, browser_of, planner, station, part):
    needed(plant, station, part, 90)
    api(planner).post(f"/parts/{part.number}/demand-marks", mark_of(station))
    page = browser_of(planner).get(f"/parts/{part.number}/demand", warehouse=station.code).text
    assert f'<option value="{MONTH}"' not in page


def test_a_month_is_marked_and_unmarked_on_the_screen(plant, browser_of, planner, station, part):
    needed(plant, station, part, 90)
    browser, address = browser_of(planner), f"/parts/{part.number}/demand"
    said = {"warehouse": station.code, "month": MONTH, "kind": "one_off", "counts_as": "４", "reason": "促销<i>"}
    browser.post(f"{address}/marks", **said)
    marked = browser.get(address, warehouse=station.code).text
    mark = plant.scalars(select(DemandMark).where(DemandMark.part_id == part.id)).one()
    browser.post(f"{address}/marks/{mark.id}/undo", warehouse=station.code)
    undone = browser.get(address, warehouse=station.code).text
    assert f"<title>{MONTH}: 90 → 4</title>" in marked
    assert "促销&lt;i&gt;" in marked
    assert f"<title>{MONTH}: 90</title>" in undone


def test_who_may_not_mark_is_shown_no_form(plant, browser_of, station, part):
    buyer = given.person(plant, "procurement")
    needed(plant, station, part, 9)
    page = browser_of(buyer).get(f"/parts/{part.number}/demand", warehouse=station.code).text
    assert 'name="counts_as"' not in page


def test_a_part_never_asked_for_says_so(plant, browser_of, planner, part):
    plant.commit()
    assert browser_of(planner).get(f"/parts/{part.number}/demand").status_code == 200
    assert plant.scalars(select(DemandDay).where(DemandDay.part_id == part.id)).all() == []
