"""What falls due soon, beside what is due: on the reorder report and over the API."""

import io
import re
from datetime import datetime, timedelta

import openpyxl
import pytest

from inventory.catalogue.models import Part
from inventory.planning.replenishment import PlanningRun, Proposal
from tests import given
from tests.given import procurement as bought
from tests.given import replenishment as planned
from tests.given.demand import ZONE
from tests.web.test_replenishment import text_of


@pytest.fixture
def proposed(plant):
    """Of one supplier: a purchase that is nine days overdue, one that falls due in five days, one in twenty."""
    central, supplier = given.warehouse(plant, tier="central"), bought.supplier(plant)
    run, today = planned.run(plant), datetime.now(ZONE).date()
    made = {}
    for name, days in (("late", -9), ("soon", 5), ("later", 20)):
        part = given.part(plant)
        of = bought.sold(plant, supplier, part, (1, "10"))
        ahead = {"status": "ahead", "on_hand": 7, "needed": 0, "quantity": 5} if days > 0 else {}
        order_by = today + timedelta(days=days)
        made[name] = planned.proposal(plant, part, central, of=of, by_run=run, order_by_on=order_by, **ahead)
    plant.commit()
    return central, made


@pytest.fixture
def buyer(plant, proposed):
    return given.person(plant, "procurement", proposed[0], name="采购钱", locale="en")


def report(browser, central, **wish):
    return browser.get("/replenishment", warehouse=central.code, **wish)


def test_the_report_tells_how_long_a_purchase_is_overdue_and_how_many_fall_due(browser_of, buyer, proposed):
    central, made = proposed
    page = report(browser_of(buyer), central)
    told = text_of(page)
    assert "9 days overdue" in told
    assert "Due now 1" in told
    for days, count in ((7, 1), (14, 1), (30, 2)):
        assert f"falls due within {days} days {count}" in told
    assert made["soon"].number not in page.get_data(as_text=True)


def test_what_falls_due_within_some_days_is_listed_soonest_first(browser_of, buyer, proposed):
    central, made = proposed
    page = report(browser_of(buyer), central, status="ahead", due="30").get_data(as_text=True)
    assert page.index(made["soon"].number) < page.index(made["later"].number)
    assert made["late"].number not in page
    near = report(browser_of(buyer), central, status="ahead", due="7")
    assert made["later"].number not in near.get_data(as_text=True)
    assert "in 5 days" in text_of(near)


def test_what_falls_due_is_ordered_along_with_what_is_due(browser_of, buyer, proposed, plant):
    _, made = proposed
    numbers = [made[one].number for one in ("late", "soon")]
    answer = browser_of(buyer).post("/replenishment/approve", proposal=numbers)
    assert answer.status_code == 303
    plant.rollback()
    orders = {
        plant.get_one(Proposal, made[one].id, populate_existing=True).purchase_order_id for one in ("late", "soon")
    }
    assert len(orders) == 1
    assert None not in orders


def test_the_api_tells_what_falls_due(api, buyer, proposed):
    central, made = proposed
    client = api(buyer)
    report = client.get("/reports/reorder", warehouse=central.code).json
    assert [(one["days"], one["proposals"], one["worth"]) for one in report["falling_due"]] == [
        (7, 1, "50.0000"),
        (14, 1, "50.0000"),
        (30, 2, "100.0000"),
    ]
    listed = client.get("/proposals", warehouse=central.code, status="ahead", due=7).json["items"]
    assert [one["number"] for one in listed] == [made["soon"].number]
    assert (listed[0]["position"], listed[0]["left"], listed[0]["needed"]) == (7, 7, 0)


def test_what_is_due_within_some_days_is_what_falls_due_then_unless_a_status_is_named(api, browser_of, buyer, proposed):
    central, made = proposed
    client, here = api(buyer), {"warehouse": central.code, "due": 7}
    report = client.get("/reports/reorder", **here).json
    assert [one["number"] for one in report["items"]] == [made["soon"].number]
    assert (report["totals"]["proposals"], report["totals"]["worth"]) == (1, "50.0000")
    assert [one["proposals"] for one in report["falling_due"]] == [1, 1, 2]
    listed = client.get("/proposals", **here).json["items"]
    assert [one["number"] for one in listed] == [made["soon"].number]
    due = client.get("/proposals", **here, status="open").json["items"]
    assert [one["number"] for one in due] == [made["late"].number]
    page = browser_of(buyer).get("/replenishment", **here).get_data(as_text=True)
    assert [made[one].number in page for one in ("late", "soon", "later")] == [False, True, False]


@pytest.mark.parametrize("unknown", ["division", "supplier", "warehouse"])
def test_an_unknown_code_finds_nothing(api, browser_of, buyer, proposed, unknown):
    client = api(buyer)
    report = client.get("/reports/reorder", **{unknown: "NONE"}).json
    assert (report["items"], report["totals"]["proposals"]) == ([], 0)
    assert client.get("/proposals", **{unknown: "NONE"}).json["items"] == []
    assert "No proposal fits." in text_of(browser_of(buyer).get("/replenishment", **{unknown: "NONE"}))


def test_the_workbook_tells_units_when_it_was_made_and_what_it_comes_to(browser_of, buyer, proposed):
    central, _ = proposed
    answer = browser_of(buyer).get("/replenishment/report.xlsx", warehouse=central.code)
    kept, formulas = (openpyxl.load_workbook(io.BytesIO(answer.data), data_only=one) for one in (True, False))
    heads = [cell.value for cell in kept.worksheets[0][1]]
    assert kept.worksheets[0].cell(2, heads.index("Unit") + 1).value == "pcs"
    about = {row[0].value: row[1].value for row in kept.worksheets[1].iter_rows()}
    assert about["Lines"] == 1
    assert about["Money, CNY"] == 120
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d", about["Generated"])
    letter = openpyxl.utils.get_column_letter(heads.index("Money, CNY") + 1)
    assert formulas.worksheets[1]["B3"].value == f"=SUM('Reorder report'!{letter}2:{letter}2)"


def test_a_proposal_ahead_of_its_day_tells_when_it_is_due_and_how_that_day_comes_about(
    browser_of, plant, buyer, proposed
):
    central, made = proposed
    soon = plant.get_one(Proposal, made["soon"].id)
    soon_on, run_on = soon.order_by_on, plant.get_one(PlanningRun, soon.run_id).as_of_on
    part, run = plant.get_one(Part, soon.part_id), plant.get_one(PlanningRun, soon.run_id)
    planned.level(plant, part, central, run, daily_mean=0.2)
    plant.commit()
    told = text_of(browser_of(buyer).get(f"/replenishment/proposals/{soon.number}"))
    assert f"On {soon_on} the position is expected to fall to the reorder point." in told
    assert "5 ordered along today fill it up to 12;" in told
    assert f"(7 - 5) / 0.2 a day = {(soon_on - run_on).days} days from {run_on}" in told
