"""Stock, ledger, lots, the FIFO proof and kept promises, through the API and on screens."""

from datetime import timedelta

import pytest

from inventory import ledger, sourcing, transport, workorders
from inventory.db import database_now
from inventory.sourcing import PartRequest, PartRequestLine, PartRequestWish, WishedLine
from inventory.transport import PieceScan
from tests import given
from tests.given import NOON
from tests.given.network import BEIJING, JINAN
from tests.given.transport import under_way
from tests.given.warehousing import picked, released
from tests.given.workorders import arrived, asked_for, repair


@pytest.fixture
def warehouse(plant):
    return given.warehouse(plant, tier="distribution", city=JINAN)


@pytest.fixture
def part(plant):
    return given.part(plant, name_zh="压缩机<b>", name_en="Compressor")


@pytest.fixture
def stocked(plant, warehouse, part):
    stock = given.stock(plant, warehouse, part, 7, received_at=NOON - timedelta(days=2), lot="L-" + part.number)
    given.stock(plant, warehouse, part, 3, received_at=NOON)
    plant.commit()
    return stock


def lead_of(plant, *warehouses):
    person = given.person(plant, "warehouse_lead", *warehouses)
    plant.commit()
    return person


def at_work(browser, warehouse):
    browser.post("/workplace", code=warehouse.code)
    return browser


def test_stock_now_and_as_of_a_past_instant(plant, api, warehouse, part, stocked):
    client = api(lead_of(plant, warehouse))
    now = client.get(f"/warehouses/{warehouse.code}/stock").json["items"]
    then = client.get(f"/warehouses/{warehouse.code}/stock", at=(NOON - timedelta(hours=1)).isoformat()).json["items"]
    assert [(line["part"], line["good"], line["available"]) for line in now] == [(part.number, 10, 10)]
    assert [(line["part"], line["good"], line["available"]) for line in then] == [(part.number, 7, None)]


def test_stock_is_paged_by_part_number(plant, api, warehouse):
    for _ in range(3):
        given.stock(plant, warehouse, given.part(plant), 1)
    plant.commit()
    client = api(lead_of(plant, warehouse))
    first = client.get(f"/warehouses/{warehouse.code}/stock", limit=2).json
    rest = client.get(f"/warehouses/{warehouse.code}/stock", limit=2, cursor=first["next_cursor"]).json
    numbers = [line["part"] for line in first["items"] + rest["items"]]
    assert numbers == sorted(set(numbers))
    assert (len(numbers), rest["next_cursor"]) == (3, None)


@pytest.mark.parametrize("path", ["stock", "lots", "moves"])
def test_a_foreign_warehouse_answers_like_a_missing_one(plant, api, warehouse, stocked, path):
    stranger = api(lead_of(plant, given.warehouse(plant, tier="distribution", city=BEIJING)))
    foreign = stranger.get(f"/warehouses/{warehouse.code}/{path}")
    missing = stranger.get(f"/warehouses/NOWHERE/{path}")
    assert foreign.status_code == missing.status_code == 404
    assert foreign.json["code"] == missing.json["code"]
    assert foreign.json["title"] == missing.json["title"]


def test_a_lot_tells_its_life_from_the_supplier_on(plant, api, warehouse, part, stocked):
    life = api(lead_of(plant, warehouse)).get(f"/parts/{part.number}/lots/L-{part.number}").json
    assert [move["from"]["place"] for move in life["moves"]] == ["supplier"]
    assert [(one["warehouse"], one["on_hand"]) for one in life["positions"]] == [(warehouse.code, 7)]


def test_a_lot_elsewhere_cannot_be_told_from_none(plant, api, part, stocked):
    stranger = api(lead_of(plant, given.warehouse(plant, tier="distribution", city=BEIJING)))
    assert stranger.get(f"/parts/{part.number}/lots/L-{part.number}").status_code == 404


def test_the_ledger_of_a_warehouse_shows_both_ends_newest_first(plant, api, warehouse, part, stocked):
    page = api(lead_of(plant, warehouse)).get(f"/warehouses/{warehouse.code}/moves").json
    assert [move["quantity"] for move in page["items"]] == [3, 7]
    assert {move["to"]["warehouse"] for move in page["items"]} == {warehouse.code}


def test_the_fifo_proof_counts_what_was_given_oldest_first_and_what_was_overridden(
    plant, api, warehouse, part, stocked
):
    station, by = given.warehouse(plant, tier="repair", city=JINAN), given.acting(plant)
    wish = PartRequestWish(station.code, [WishedLine(part.number, 1)])
    sourcing.request_parts(plant, wish, by=by, at=NOON)
    sourcing.request_parts(plant, wish, by=by, at=NOON)
    newest = plant.query(ledger.LotBalance).filter_by(on_hand=3, part_id=part.id).one()
    allocation = plant.query(ledger.Allocation).filter_by(lot_id=stocked.lot_id).order_by(ledger.Allocation.id).first()
    ledger.exchange_lot(plant, allocation.id, lot_balance_id=newest.id, reason="box crushed", by=by, at=NOON)
    plant.commit()

    proof = (
        api(lead_of(plant, warehouse))
        .get(
            "/reports/fifo",
            warehouse=warehouse.code,
            since=NOON.isoformat(),
            until=(NOON + timedelta(days=1)).isoformat(),
        )
        .json
    )

    assert (proof["allocations"], proof["oldest_taken"], proof["overridden"], proof["unexplained"]) == (2, 1, 1, 0)
    assert proof["items"][0]["override_reason"] == "box crushed"


def test_a_move_names_the_document_behind_it(plant, api, browser_of, warehouse, part, stocked):
    station, lead = given.warehouse(plant, tier="repair", city=JINAN, parent=warehouse), lead_of(plant, warehouse)
    tasks = picked(plant, released(plant, station, part))
    plant.commit()
    line = plant.get_one(PartRequestLine, tasks[0].line_id)
    number = PartRequest(id=line.request_id).number
    latest = api(lead).get(f"/warehouses/{warehouse.code}/moves", part=part.number).json["items"][0]
    assert (latest["document_kind"], latest["document"], latest["from"]["warehouse"]) == (
        "pick_task",
        number,
        warehouse.code,
    )
    assert f'href="/part-requests/{number}"' in at_work(browser_of(lead), warehouse).get("/ledger").text


def test_the_ledger_of_a_part_tells_what_was_there_after_each_move(plant, browser_of, warehouse, part, stocked):
    page = at_work(browser_of(lead_of(plant, warehouse)), warehouse).get("/ledger", part=part.number).text
    shown = [one.partition("</tr>")[0] for one in page.partition("<tbody>")[2].split("<tr>")[1:]]
    assert ["+3" in shown[0], ">10<" in shown[0], "+7" in shown[1], ">7<" in shown[1]] == [True] * 4


def test_the_ledger_of_an_unknown_part_says_so_and_leads_on(plant, browser_of, warehouse):
    page = at_work(browser_of(lead_of(plant, warehouse)), warehouse).get("/ledger", part="NO-SUCH<b>")
    assert page.status_code == 200
    assert "没有专用号为 NO-SUCH&lt;b&gt; 的备件" in page.text


def test_lots_and_bins_are_told_as_of_a_past_instant(plant, api, browser_of, warehouse, part, stocked):
    lead = lead_of(plant, warehouse)
    then = (NOON - timedelta(hours=1)).isoformat()
    lots = api(lead).get(f"/warehouses/{warehouse.code}/lots", part=part.number, at=then).json["items"]
    assert [(one["lot"], one["on_hand"], one["allocated"]) for one in lots] == [("L-" + part.number, 7, None)]
    browser = at_work(browser_of(lead), warehouse)
    page = browser.get(f"/stock/parts/{part.number}", at="2026-03-02T19:00").text.partition("<tbody>")[2]
    assert page.partition("</tbody>")[0].count("<tr>") == 1
    assert "当时本库没有该备件" in browser.get(f"/stock/parts/{part.number}", at="2025-01-01T00:00").text


def test_who_sees_the_whole_network_learns_where_all_of_a_lot_went(plant, api, warehouse, part, stocked):
    path = f"/parts/{part.number}/lots/L-{part.number}"
    assert api(given.person(plant, "planner")).get(path).json["ends"] == {"bin": 7, "supplier": -7}
    assert api(lead_of(plant, warehouse)).get(path).json["ends"] is None


def test_a_piece_in_custody_names_who_holds_it(plant, api, part):
    made = repair(plant, given.warehouse(plant, tier="repair", city=JINAN))
    line = arrived(plant, made, part, 1)
    workorders.draw(plant, line.id, 1, by=made.engineer, at=NOON)
    plant.commit()
    manager = given.person(plant, "station_manager", made.station)
    latest = api(manager).get(f"/warehouses/{made.station.code}/moves").json["items"][0]
    assert (latest["to"]["place"], latest["to"]["holder"]) == ("custody", made.engineer.name)
    assert latest["document"] == made.work_order.number


@pytest.mark.parametrize(("overridden", "verdict"), [(False, "每次都取自最早的可用批次"), (True, "1 次例外，都有原因")])
def test_the_fifo_screen_gives_its_verdict_in_words(plant, browser_of, warehouse, part, stocked, overridden, verdict):
    station, at = given.warehouse(plant, tier="repair", city=JINAN, parent=warehouse), database_now(plant)
    (task,) = released(plant, station, part, at=at)
    if overridden:
        newest = plant.query(ledger.LotBalance).filter_by(on_hand=3, part_id=part.id).one()
        by = given.acting(plant)
        ledger.exchange_lot(plant, task.allocation_id, lot_balance_id=newest.id, reason="crushed", by=by, at=at)
    plant.commit()
    page = at_work(browser_of(lead_of(plant, warehouse)), warehouse).get("/reports/fifo").text
    assert verdict in page
    assert ("crushed" in page) is overridden


def test_what_arrived_for_a_line_is_no_choice_of_the_station_and_stays_out_of_its_proof(
    plant, api, warehouse, part, stocked
):
    station = given.warehouse(plant, tier="repair", city=JINAN, parent=warehouse)
    shipment = under_way(plant, station, part)
    given.stock(plant, station, part, 1, received_at=NOON)
    asked_for(plant, repair(plant, station), part)
    transport.receive_shipment(plant, shipment.id, [PieceScan(part.number, 1)], by=given.acting(plant), at=NOON)
    plant.commit()
    manager = api(given.person(plant, "station_manager", station))
    period = {"since": NOON.isoformat(), "until": (NOON + timedelta(days=1)).isoformat()}
    proof = manager.get("/reports/fifo", warehouse=station.code, **period).json
    assert (proof["allocations"], proof["oldest_taken"], len(proof["items"])) == (1, 1, 1)


def test_promises_kept_are_counted_by_class_and_source(plant, api, warehouse, part):
    station = given.warehouse(plant, tier="repair", city=JINAN)
    given.stock(plant, station, part, 1)
    asked_for(plant, repair(plant, station), part)
    manager = given.person(plant, "station_manager", station)
    plant.commit()
    rows = (
        api(manager)
        .get(
            "/reports/promises",
            since=NOON.isoformat(),
            until=(NOON + timedelta(days=1)).isoformat(),
        )
        .json["items"]
    )
    assert [(row["delivery_class"], row["source"], row["lines"], row["kept"]) for row in rows] == [
        ("on_site", station.code, 1, 1)
    ]


@pytest.mark.parametrize(
    "path",
    [
        "/stock",
        "/stock?at=2026-03-02T10:00",
        "/stock?q=%25",
        "/stock/parts/{part}",
        "/ledger",
        "/ledger?where=all&part={part}",
        "/stock/parts/{part}/lots/L-{part}",
        "/reports/fifo",
        "/reports/promises",
    ],
)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_screen_shows_and_escapes_what_people_typed(plant, browser_of, warehouse, part, stocked, path, language):
    client = at_work(browser_of(lead_of(plant, warehouse)), warehouse)
    page = client.client.get(path.format(part=part.number), headers={"Accept-Language": language})
    assert page.status_code == 200
    assert "压缩机<b>" not in page.text


@pytest.mark.parametrize("moment", ["yesterday", "0001-01-01", "2026-13-01T00:00", "9999-12-31T23:59"])
def test_a_moment_that_is_none_is_refused_in_words(plant, browser_of, warehouse, moment):
    page = at_work(browser_of(lead_of(plant, warehouse)), warehouse).get("/stock", at=moment)
    assert page.status_code == 422


def test_the_stock_report_adds_up_each_warehouse_within_reach(plant, api, warehouse, part, stocked):
    part.price, part.currency = "12.5000", "CNY"
    given.stock(plant, given.warehouse(plant, tier="distribution", city=BEIJING), part, 1)
    plant.commit()
    (row,) = api(lead_of(plant, warehouse)).get("/reports/stock").json["items"]
    assert (row["warehouse"], row["on_hand"], row["value"], row["currency"]) == (
        warehouse.code,
        10,
        "125.0000",
        "CNY",
    )
