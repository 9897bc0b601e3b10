"""The reorder report on the screens and over the API: found, opened, edited, approved, turned down, by who may."""

import io
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from sqlalchemy import update

from inventory.catalogue import Part
from inventory.planning.policies import AbcClass, PartPlan
from inventory.planning.replenishment import PlanningRun, Proposal, ProposalStatus
from tests import given
from tests.given import NOON
from tests.given import procurement as bought
from tests.given import replenishment as planned
from tests.inventory.planning.stocking.test_ordering import computed
from tests.web.conftest import logged_in, settings_for
from web import create_app


def text_of(answer) -> str:
    """What a page says, without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)))


COSTS = {"order_cost": 0.85, "holding_rate_per_year": 0.25}
"""At 10 a unit and 0.2 a day an economic lot of 7: sqrt(2 x 73.05 x 0.85 / 0.25 / 10)."""


@dataclass
class Network:
    """A central warehouse that buys two parts of one supplier, one that nobody sells, and gives one to its centre."""

    central: Any
    centre: Any
    supplier: Any
    bought: list[Proposal]
    unsold: Proposal
    moved: Proposal
    run: Any


@pytest.fixture
def network(plant):
    central = given.warehouse(plant, tier="central")
    centre = given.warehouse(plant, tier="distribution", parent=central)
    run, supplier = planned.run(plant, constants=COSTS), bought.supplier(plant)
    proposals = []
    for short in (2.5, 0.4):
        part = given.part(plant, name_zh="压缩机")
        plant.add(PartPlan(part_id=part.id, abc=AbcClass.A, xyz="x", classed_at=datetime.now(UTC)))
        planned.level(plant, part, central, run)
        of = bought.sold(plant, supplier, part, moq=6, pack_size=6)
        proposals.append(planned.proposal(plant, part, central, of=of, by_run=run, short_per_week=short, on_hand=1))
    unsold = planned.proposal(plant, given.part(plant), central, by_run=run)
    part = given.part(plant)
    given.stock(plant, central, part, 30)
    moved = planned.proposal(plant, part, centre, source=central, by_run=run, held="over_limit")
    plant.commit()
    return Network(central, centre, supplier, proposals, unsold, moved, run)


@pytest.fixture
def buyer(plant, network):
    return given.person(plant, "procurement", network.central, name="采购赵", locale="en")


@pytest.fixture
def planner(plant, network):
    return given.person(plant, "planner", network.central, network.centre, name="计划员李", locale="en")


def reread(plant, proposal):
    plant.rollback()
    return plant.get_one(Proposal, proposal.id, populate_existing=True)


def test_the_report_shows_what_to_buy_with_its_money_and_its_risk(browser_of, buyer, network):
    page = browser_of(buyer).get("/replenishment")
    told = text_of(page)
    first, second = (page.get_data(as_text=True).index(f'id="{one.number}"') for one in network.bought)
    assert first < second  # the most at risk before the others
    assert network.supplier.code in told
    assert "1 there or coming, ordered at 5 up to 12" in told
    assert "2.5 promises at risk a week" in told
    assert "Proposals 3 · Money 360.00 CNY" in told
    assert network.moved.number not in page.get_data(as_text=True)


def test_each_kind_has_its_own_page_with_its_count(browser_of, planner, network):
    page = browser_of(planner).get("/replenishment", kind="transfer")
    assert f'id="{network.moved.number}"' in page.get_data(as_text=True)
    assert "Purchases 3" in text_of(page)
    assert "Transfers 1" in text_of(page)


def test_a_search_without_a_find_leads_back(browser_of, buyer, network):
    told = browser_of(buyer).get("/replenishment", q="no such part").get_data(as_text=True)
    assert "No proposal fits." in told
    assert "Show all" in told


def test_where_nothing_is_proposed_the_report_says_so(browser_of, plant, network):
    lonely = given.person(plant, "procurement", given.warehouse(plant, tier="central"), locale="en")
    assert "Nothing waits here." in text_of(browser_of(lonely).get("/replenishment"))


def test_before_the_first_run_the_report_says_so(fresh_database_urls):
    app = create_app(settings_for(fresh_database_urls[0]))
    with app.extensions["database"].sessions() as plant:
        buyer = given.person(plant, "procurement", given.warehouse(plant, tier="central"), locale="en")
        told = text_of(logged_in(app, plant, buyer).get("/replenishment"))
    app.extensions["database"].dispose()
    assert "No planning run has ended yet, so nothing is proposed." in told


def test_the_report_reads_in_chinese(browser_of, plant, network):
    told = text_of(browser_of(given.person(plant, "procurement", network.central, locale="zh")).get("/replenishment"))
    assert "补货报表" in told
    assert "晚一周危及 2.5 个承诺" in told


def test_a_quantity_is_edited_in_place_and_marked(browser_of, plant, buyer, network):
    proposal = network.bought[0]
    browser = browser_of(buyer)
    answer = browser.post(f"/replenishment/proposals/{proposal.number}/edit?abc=a", quantity="18")
    assert answer.status_code == 303
    assert answer.location.endswith("/replenishment?abc=a")
    assert reread(plant, proposal).edited_quantity == 18
    assert "edited, proposed 12" in text_of(browser.get("/replenishment"))


@pytest.mark.parametrize(
    ("quantity", "said"), [("7", "in whole packs of 6"), ("many", "one to nine digits"), ("0", "6")]
)
def test_a_quantity_that_cannot_be_is_refused_in_words_and_stays_typed(browser_of, buyer, network, quantity, said):
    number = network.bought[0].number
    answer = browser_of(buyer).post(f"/replenishment/proposals/{number}/edit", quantity=quantity, about=number)
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert f'value="{quantity}"' in answer.get_data(as_text=True)


def test_what_is_chosen_becomes_one_draft_that_is_shown(browser_of, plant, buyer, network):
    browser = browser_of(buyer)
    answer = browser.post("/replenishment/approve", proposal=[one.number for one in network.bought])
    assert answer.status_code == 303
    made = browser.client.get(answer.location)
    order = reread(plant, network.bought[0]).purchase_order_id
    assert order == reread(plant, network.bought[1]).purchase_order_id
    assert f"PO-{order}" in text_of(made)
    assert "Made: 1 drafts of purchase orders, 0 transfer orders." in text_of(made)
    assert f'href="/purchase-orders/PO-{order}"' in made.get_data(as_text=True)


def test_a_form_sent_twice_orders_once(browser_of, plant, buyer, network):
    browser, chosen = browser_of(buyer), [network.bought[0].number]
    answers = [browser.post("/replenishment/approve", key="the-same-key", proposal=chosen) for _ in range(2)]
    assert answers[0].location == answers[1].location
    assert [answer.status_code for answer in answers] == [303, 303]


def test_all_that_fit_are_approved_but_what_cannot_be_ordered(browser_of, plant, buyer, network):
    answer = browser_of(buyer).post("/replenishment/approve?kind=purchase", all="1")
    assert answer.status_code == 303
    assert [reread(plant, one).status for one in network.bought] == [ProposalStatus.RELEASED] * 2
    assert reread(plant, network.unsold).status is ProposalStatus.OPEN


def test_nothing_chosen_is_told_on_the_report(browser_of, buyer, network):
    answer = browser_of(buyer).post("/replenishment/approve")
    assert answer.status_code == 422
    assert "Nothing is chosen that can be ordered." in text_of(answer)
    assert network.bought[0].number in answer.get_data(as_text=True)


def test_what_nobody_sells_is_refused_and_the_choice_stays(browser_of, plant, buyer, network):
    chosen = [network.bought[0].number, network.unsold.number]
    answer = browser_of(buyer).post("/replenishment/approve", proposal=chosen)
    assert answer.status_code == 422
    assert f"{network.unsold.number}: nobody is known who sells the part." in text_of(answer)
    assert answer.get_data(as_text=True).count(" checked ") == 2
    assert reread(plant, network.bought[0]).status is ProposalStatus.OPEN


def test_a_planner_lets_stock_go_and_sees_the_transfer_order(browser_of, plant, planner, network):
    browser = browser_of(planner)
    answer = browser.post("/replenishment/approve?kind=transfer", proposal=network.moved.number)
    made = browser.client.get(answer.location)
    order = f"TO-{reread(plant, network.moved).part_request_id}"
    assert f'href="/transfer-orders/{order}"' in made.get_data(as_text=True)


def test_turning_down_needs_a_reason_and_keeps_it(browser_of, plant, buyer, network):
    browser, chosen = browser_of(buyer), network.bought[1].number
    refused = browser.post("/replenishment/reject", proposal=chosen)
    assert (refused.status_code, "needs a reason" in text_of(refused)) == (422, True)
    assert browser.post("/replenishment/reject", proposal=chosen, reason="too_early").status_code == 303
    assert reread(plant, network.bought[1]).decision_reason == "too_early"
    assert "too early" in text_of(browser.get(f"/replenishment/proposals/{chosen}"))


def test_a_buyer_is_not_offered_what_a_planner_decides(browser_of, plant, buyer, network):
    page = browser_of(buyer).get("/replenishment", kind="transfer").get_data(as_text=True)
    assert network.moved.number in page
    assert "data-pick " not in page
    browser_of(buyer).post("/replenishment/approve", proposal=network.moved.number)
    assert reread(plant, network.moved).status is ProposalStatus.OPEN


def test_an_opened_proposal_tells_how_its_quantity_comes_about(browser_of, buyer, network):
    told = text_of(browser_of(buyer).get(f"/replenishment/proposals/{network.bought[0].number}"))
    assert "1 is at or below the reorder point 5: 11 are missing to the order-up-to level 12." in told
    assert "=IF(AND(1&lt;=5,1&lt;12" in told
    assert "ordered in a week" in told
    assert "This place alone would hold 15" in told
    assert "eight months of ten" in told
    assert network.run.number in told


def test_a_proposal_and_its_place_tell_how_many_are_ordered_at_once_and_why(plant, browser_of, buyer, lead, network):
    pages = (
        f"/replenishment/proposals/{network.bought[0].number}",
        f"/planning/warehouses/{network.central.code}/parts/{plant.get_one(Part, network.bought[0].part_id).number}",
    )
    for page in pages:
        told = text_of(browser_of(buyer).get(page))
        assert "Ordered at once 7 pcs · 35 days of demand" in told
        assert "Why so many the economic lot, at which ordering and holding cost least" in told
        assert "a line of an order costs 0.85 CNY, holding 25 % a year, a unit 10 CNY" in told
    told = text_of(browser_of(lead).get(pages[0]))
    assert "Ordered at once 7 pcs" in told
    assert "holding 25 %" not in told


def test_prices_below_a_cent_are_told_in_full(plant, browser_of, buyer, network):
    part = given.part(plant)
    of = bought.sold(plant, network.supplier, part, (1, "0.0023"), (10_000, "0.0019"))
    proposal = planned.proposal(plant, part, network.central, of=of, price="0.0023")
    plant.commit()
    told = text_of(browser_of(buyer).get(f"/replenishment/proposals/{proposal.number}"))
    assert "0.0023 CNY" in told
    assert "from 10,000 on 0.0019 CNY" in told
    assert "Money 0.03 CNY" in told


def test_the_home_page_leads_the_buyer_to_the_report(browser_of, buyer, network):
    assert re.search(r"3 Proposed to be bought", text_of(browser_of(buyer).get("/")))


def test_the_home_page_counts_for_a_planner_what_only_waits_for_a_word(browser_of, plant, planner, network):
    planned.proposal(
        plant, given.part(plant), network.centre, source=network.central, by_run=network.run, held="short_at_source"
    )
    plant.commit()
    assert re.search(r" 1 Transfers that wait for a person", text_of(browser_of(planner).get("/")))


def cells_of(book: bytes, *, values: bool):
    """The rows of a workbook as dicts by column letter, and the headings by letter."""
    sheet = openpyxl.load_workbook(io.BytesIO(book), data_only=values).active
    head, *rows = sheet.iter_rows()
    return {cell.value: cell.column_letter for cell in head}, [{c.coordinate: c.value for c in row} for row in rows]


LOT = ("Ordered at once", "Ordered at once, days of demand", "Why so many")


def test_the_workbooks_formulas_work_out_the_values_that_stand_in_it(browser_of, buyer, network):
    number = network.bought[1].number
    browser = browser_of(buyer)
    browser.post(f"/replenishment/proposals/{number}/edit", quantity="30")
    answer = browser.get("/replenishment/report.xlsx")
    letters, formulas = cells_of(answer.data, values=False)
    _, values = cells_of(answer.data, values=True)
    assert len(values) == 3
    for turn, (row, kept) in enumerate(zip(formulas, values, strict=True), start=2):
        figures = {at: "" if value is None else value for at, value in kept.items()}
        worked = {at for at, value in row.items() if isinstance(value, str) and value.startswith("=")}
        assert worked == {
            f"{letters[name]}{turn}" for name in ("Position", "Ordered at once", "Needed", "To order", "Money, CNY")
        }
        for at in worked:
            assert computed(row[at].replace('=""', '==""'), **figures) == kept[at], row[at]
        if row[f"A{turn}"] != network.unsold.number:
            lot = [kept[f"{letters[name]}{turn}"] for name in LOT]
            assert lot == [7, 35, "the economic lot, at which ordering and holding cost least"]
    by_number = {row[f"A{turn}"]: (row, turn) for turn, row in enumerate(values, start=2)}
    row, turn = by_number[number]
    told = {name: row[f"{letters[name]}{turn}"] for name in ("Needed", "Proposed", "Edited", "To order", "Money, CNY")}
    assert told == {"Needed": 12, "Proposed": 12, "Edited": 30, "To order": 30, "Money, CNY": 300}


def test_the_workbook_follows_the_filter(browser_of, buyer, network):
    _, rows = cells_of(browser_of(buyer).get("/replenishment/report.xlsx", held="no_supplier").data, values=True)
    assert [row["A2"] for row in rows] == [network.unsold.number]


def test_who_may_not_see_purchases_is_told_no_supplier(browser_of, api, plant, network):
    lead = given.person(plant, "warehouse_lead", network.central, locale="en")
    page = browser_of(lead).get("/replenishment")
    assert network.bought[0].number in page.get_data(as_text=True)
    assert network.supplier.code not in page.get_data(as_text=True)
    [first, *_] = api(lead).get("/reports/reorder").json["items"]
    assert first["supplier"] is None


@pytest.fixture
def lead(plant, network):
    return given.person(plant, "warehouse_lead", network.central, locale="en")


def test_who_may_not_see_purchases_is_told_no_price_on_the_screens(browser_of, lead, network):
    browser = browser_of(lead)
    assert "Proposals 3" in text_of(browser.get("/replenishment"))
    for address in ("", f"/proposals/{network.bought[0].number}", f"/runs/{network.run.number}"):
        page = browser.get(f"/replenishment{address}", sort="money")
        assert page.status_code == 200
        assert "CNY" not in page.get_data(as_text=True)
        assert "Money" not in text_of(page)


def test_who_may_not_see_purchases_is_told_no_price_over_the_api(api, lead, network):
    client = api(lead)
    report = client.get("/reports/reorder").json
    assert report["totals"]["worth"] is None
    for told in (*report["items"], client.get(f"/proposals/{network.bought[0].number}").json):
        assert (told["unit_price"], told["value"], told["benefit"]) == (None, None, None)
    for wish in ({"sort": "money"}, {"supplier": network.supplier.code}):
        assert client.get("/reports/reorder", **wish).status_code == 403


def test_who_may_not_see_purchases_gets_a_workbook_without_prices(browser_of, lead, network):
    letters, rows = cells_of(browser_of(lead).get("/replenishment/report.xlsx").data, values=False)
    assert len(rows) == 3
    assert not {"Price, CNY", "Money, CNY", "Saves, CNY", "Supplier"} & letters.keys()


def test_what_goes_along_to_reach_a_minimum_is_told(browser_of, plant, buyer, network):
    network.supplier.minimum_order_value = 200
    plant.commit()
    first, second = network.bought
    browser = browser_of(buyer)
    made = browser.client.get(browser.post("/replenishment/approve", proposal=first.number).location)
    assert f"minimum is reached: {second.number}" in text_of(made)
    assert reread(plant, second).status is ProposalStatus.RELEASED


def test_what_is_too_little_for_an_order_is_told_and_goes_when_approved_once_more(browser_of, plant, buyer, network):
    network.supplier.minimum_order_value = 500
    plant.commit()
    first, browser = network.bought[0], browser_of(buyer)
    answer = browser.post("/replenishment/approve", proposal=first.number)
    report = text_of(browser.client.get(answer.location))
    assert "with all that is proposed of him for the warehouse 260.00 is missing" in report
    assert "minimum order" in report
    assert reread(plant, first).status is ProposalStatus.OPEN
    assert browser.post("/replenishment/approve", proposal=first.number).status_code == 303
    assert reread(plant, first).status is ProposalStatus.RELEASED


def test_too_small_purchases_are_told_over_the_api(api, plant, buyer, network):
    network.supplier.minimum_order_value = 500
    plant.commit()
    number = network.bought[1].number
    told = api(buyer).post("/proposals/approve", {"proposals": [number]}).json
    assert (told["purchase_orders"], told["too_small"], told["added"]) == ([], [number], [])


def test_a_move_opened_tells_what_its_source_can_spare_and_what_it_saves(browser_of, plant, planner, network):
    move = planned.proposal(
        plant,
        given.part(plant),
        network.centre,
        source=network.central,
        by_run=network.run,
        kind="rebalancing",
        held="over_limit",
        source_free=40,
        source_keeps=25,
    )
    plant.commit()
    browser = browser_of(planner)
    told = text_of(browser.get(f"/replenishment/proposals/{move.number}"))
    assert "What it keeps 25 Spare 15" in told
    assert "Saved, less the transfer: 35.00 CNY." in told
    listed = text_of(browser.get("/replenishment", kind="rebalancing"))
    assert "40 free at the source, which keeps 25; 12 needed where it goes" in listed
    assert browser.get("/replenishment/transfers").location.endswith("kind=transfer&held=over_limit")


# Over the API


def test_the_report_over_the_api_has_totals_and_pages(api, buyer, network):
    client, seen, cursor = api(buyer), [], None
    while True:
        page = client.get("/reports/reorder", limit=1, **({"cursor": cursor} if cursor else {})).json
        seen += [one["number"] for one in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert set(seen) == {one.number for one in (*network.bought, network.unsold)}
    assert seen[0] == network.bought[0].number
    assert page["totals"] == {"proposals": 3, "worth": "360.0000", "short_per_week": pytest.approx(4.3)}


@pytest.mark.parametrize("sort", ["risk", "money", "day", "newest"])
def test_every_order_of_the_api_pages_through_all(api, planner, network, sort):
    client, seen, cursor = api(planner), [], None
    while True:
        page = client.get("/proposals", limit=1, sort=sort, **({"cursor": cursor} if cursor else {})).json
        seen += [one["number"] for one in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert sorted(seen) == sorted(one.number for one in (*network.bought, network.unsold, network.moved))


@pytest.mark.parametrize("cursor", ["nonsense", "WyJ4IiwgMV0", "WzEsIDJd"])
@pytest.mark.parametrize("sort", ["risk", "money"])
def test_a_cursor_of_nobodys_is_refused(api, buyer, network, sort, cursor):
    answer = api(buyer).get("/proposals", sort=sort, cursor=cursor)
    assert (answer.status_code, answer.json["code"]) == (422, "cursor_unreadable")


def test_an_opened_proposal_can_be_recomputed_from_its_answer(api, buyer, network):
    told = api(buyer).get(f"/proposals/{network.bought[0].number}").json
    assert told["position"] == 1
    assert computed(told["formula"]) == told["needed"] == 12
    assert told["levels"]["single_order_up_to"] == 15
    assert len(told["months"]) == 24
    now, last = told["waiting"][0], told["waiting"][-1]
    ways = ("undone", "today", "in_a_week")
    assert now == {"days": 0, **{name: 0.0 for way in ways for name in (way, f"promises_{way}")}}
    assert last["today"] <= last["in_a_week"] <= last["undone"]
    assert told["levels"]["demand_size"] == 1.25
    assert last["promises_undone"] == pytest.approx(last["undone"] / 1.25)


def test_the_lot_can_be_recomputed_from_the_answer(api, buyer, lead, network):
    path = f"/proposals/{network.bought[0].number}"
    levels = api(buyer).get(path).json["levels"]
    assert (levels["lot"], levels["lot_days"], levels["lot_reason"]) == (7, pytest.approx(35), "economic")
    order_stock = levels["order_cost"] / levels["holding_rate_per_year"]
    least_cost = (2 * levels["year_mean"] * 365.25 * order_stock / levels["unit_worth"]) ** 0.5
    assert round(least_cost) == levels["lot"] == levels["order_up_to"] - levels["reorder_point"]
    assert api(lead).get(path).json["levels"]["unit_worth"] is None


def test_edit_approve_and_reject_over_the_api(api, plant, buyer, network):
    client, (first, second) = api(buyer), network.bought
    edited = client.post(f"/proposals/{first.number}/edit", {"quantity": 24})
    assert (edited.json["edited_quantity"], edited.json["quantity"], edited.json["value"]) == (24, 12, "240.0000")
    made = client.post(f"/proposals/{first.number}/approve")
    assert (made.status_code, made.json["transfer_orders"], made.json["unmet"]) == (200, [], [])
    assert made.json["purchase_orders"] == [f"PO-{reread(plant, first).purchase_order_id}"]
    assert reread(plant, first).released_quantity == 24
    rejected = client.post(f"/proposals/{second.number}/reject", {"reason": "not needed"})
    assert (rejected.json["status"], rejected.json["decision_reason"]) == ("rejected", "not needed")
    again = client.post(f"/proposals/{second.number}/approve")
    assert (again.status_code, again.json["code"]) == (409, "proposal_decided")


def test_several_are_approved_into_one_order_over_the_api(api, buyer, network):
    wish = {"proposals": [one.number for one in network.bought]}
    assert len(api(buyer).post("/proposals/approve", wish).json["purchase_orders"]) == 1


def test_a_foreign_proposal_answers_like_a_missing_one(api, plant, network):
    stranger = api(given.person(plant, "procurement", given.warehouse(plant, tier="central")))
    for number in (network.bought[0].number, "RP-987654321"):
        answers = [
            stranger.get(f"/proposals/{number}"),
            stranger.post(f"/proposals/{number}/approve"),
            stranger.post(f"/proposals/{number}/edit", {"quantity": 6}),
            stranger.post(f"/proposals/{number}/reject", {"reason": "mine"}),
        ]
        assert [answer.status_code for answer in answers] == [404] * 4


def end_runs(plant):
    """Let all runs be over, whoever asked for them: only one can be under way in the app's database."""
    plant.rollback()
    over = PlanningRun.finished_at.is_(None)
    plant.execute(update(PlanningRun).where(over).values(started_at=NOON, finished_at=NOON))
    plant.commit()


@pytest.fixture
def no_run(plant):
    """No run is under way, neither of the tests before nor for those that follow."""
    end_runs(plant)
    yield
    end_runs(plant)


@pytest.mark.usefixtures("no_run")
def test_a_run_is_asked_for_and_shown(api, plant, network):
    planner = given.person(plant, "planner", name="计划员王")
    client = api(planner)
    answer = client.post("/replenishment-runs")
    assert (answer.status_code, answer.json["trigger"], answer.json["finished_at"]) == (202, "manual", None)
    number = answer.json["number"]
    assert answer.headers["Location"] == f"/api/v1/replenishment-runs/{number}"
    assert client.get(f"/replenishment-runs/{number}").json["parts_done"] == 0
    assert client.get("/replenishment-runs").json["items"][0]["number"] == number
    twice = client.post("/replenishment-runs")
    assert (twice.status_code, twice.json["code"]) == (409, "planning_run_under_way")


def test_a_runs_proposals_are_those_within_reach(api, plant, buyer, network):
    client = api(buyer)
    found = client.get(f"/replenishment-runs/{network.run.number}/proposals").json["items"]
    assert {one["number"] for one in found} == {one.number for one in (*network.bought, network.unsold, network.moved)}
    stranger = api(given.person(plant, "procurement", given.warehouse(plant, tier="central")))
    assert stranger.get(f"/replenishment-runs/{network.run.number}/proposals").json["items"] == []


@pytest.mark.usefixtures("no_run")
def test_runs_show_their_progress_on_the_screen(browser_of, plant, planner, network):
    run = planned.run(plant, trigger="manual", parts=2_000, parts_done=500, finished_at=None)
    plant.commit()
    browser = browser_of(planner)
    assert "500 of 2,000 parts" in text_of(browser.get("/replenishment/runs"))
    assert "500 of 2,000 parts" in text_of(browser.get(f"/replenishment/runs/{run.number}"))
    refused = browser.post("/replenishment/runs")
    assert (refused.status_code, "A run is at work already" in text_of(refused)) == (409, True)
    end_runs(plant)
    assert browser.post("/replenishment/runs").status_code == 303


def test_a_run_at_work_tells_its_step(browser_of, plant, planner, network):
    seconds = {"constants": 7.1}
    run = planned.run(plant, trigger="manual", parts=2_000, figures={"seconds": seconds}, finished_at=None)
    plant.commit()
    assert "Step all pieces" in text_of(browser_of(planner).get(f"/replenishment/runs/{run.number}"))
    end_runs(plant)


def test_a_run_tells_where_its_time_went(browser_of, plant, planner, network):
    steps = {"piece_seconds": {"positions": 30.7, "history": 40.2}, "seconds": {"all": 99.4, "pieces": 61.1}}
    run = planned.run(plant, figures=steps)
    plant.commit()
    told = text_of(browser_of(planner).get(f"/replenishment/runs/{run.number}"))
    said = (
        "all pieces",
        "61.1",
        "reading what was asked for",
        "40.2",
        "reading positions",
        "30.7",
        "all in all",
        "99.4",
    )
    places = [told.index(one) for one in said]
    assert places == sorted(places)


def test_who_only_reads_starts_no_run(browser_of, api, buyer, network):
    assert "Start a run" not in text_of(browser_of(buyer).get("/replenishment/runs"))
    assert api(buyer).post("/replenishment-runs").status_code == 403


def test_money_is_text_on_the_wire(api, buyer, network):
    [first, *_] = api(buyer).get("/reports/reorder").json["items"]
    assert Decimal(first["unit_price"]) == 10
    assert isinstance(first["value"], str)


@pytest.mark.parametrize("name", ["endpoint", "_method", "number", "_scheme", "_external"])
def test_what_does_not_belong_into_the_address_of_the_report_is_left_out(plant, browser_of, name):
    planned.proposal(plant, given.part(plant), given.warehouse(plant, tier="central"), by_run=planned.run(plant))
    shown = browser_of(given.person(plant, "procurement")).get("/replenishment", **{name: "zz9"})
    assert shown.status_code == 200
    page = re.sub(r'(?s)<nav class="paging".*?</nav>', "", shown.get_data(as_text=True).split("<main", 1)[1])
    assert f"{name}=zz9" not in page
