"""The screens of the dock: announced, received, put away, checked."""

import pytest
from sqlalchemy import func, select

from inventory import sourcing, warehousing
from inventory.ledger import Condition, Lot, LotBalance
from inventory.network import Bin
from inventory.sourcing import PartRequestLine, PartRequestWish, WishedLine
from inventory.warehousing import (
    ExpectedLineWish,
    ExpectedReceipt,
    ExpectedReceiptWish,
    Receipt,
    ReceiptWish,
    ReceivedGoods,
    StockCheck,
)
from tests import given
from tests.given import NOON
from tests.given.network import BEIJING, JINAN


@pytest.fixture
def place(plant):
    return given.warehouse(plant, tier="distribution", city=JINAN)


@pytest.fixture
def part(plant):
    return given.part(plant, name_zh="门封条")


@pytest.fixture
def operator(plant, browser_of, place):
    return at_work(plant, browser_of, "warehouse_operator", place)


@pytest.fixture
def stranger(plant, browser_of):
    return at_work(plant, browser_of, "warehouse_lead", given.warehouse(plant, tier="distribution", city=BEIJING))


def at_work(plant, browser_of, role, warehouse):
    browser = browser_of(given.person(plant, role, warehouse))
    browser.post("/workplace", code=warehouse.code)
    return browser


def announced(plant, place, part, quantity=10):
    wish = ExpectedReceiptWish(place.id, "海信", NOON, [ExpectedLineWish(part.id, quantity)], "PO-7")
    expected = warehousing.announce_receipt(plant, wish, by=given.acting(plant), at=NOON)
    plant.commit()
    return expected


def lying(plant, place, part, condition=Condition.GOOD):
    plant.rollback()
    rows = plant.execute(
        select(Bin.code, func.sum(LotBalance.on_hand))
        .join(Bin, Bin.id == LotBalance.bin_id)
        .where(
            LotBalance.warehouse_id == place.id,
            LotBalance.part_id == part.id,
            LotBalance.condition == condition,
            LotBalance.on_hand > 0,
        )
        .group_by(Bin.code)
    )
    return {code: int(quantity) for code, quantity in rows}


def rows(part, good="", *, lot="", quarantine="", defective=""):
    return {"part": part.number, "lot": lot, "good": good, "quarantine": quarantine, "defective": defective}


# Receiving against an announcement


def test_an_announced_delivery_is_received_as_it_stands_prefilled(plant, operator, place, part):
    expected = announced(plant, place, part)
    page = f"/expected-receipts/{expected.number}"
    assert expected.number in operator.get("/receiving").text
    assert 'value="10"' in operator.get(page).text

    received = operator.post(f"{page}/receive", page=page, **rows(part, "10"))

    assert "/receiving/receipts/RC-" in received.headers["Location"]
    shown = operator.get(received.headers["Location"]).text
    assert "/put-away" in shown
    assert "/labels/receipts/RC-" in shown
    assert lying(plant, place, part) == {"DOCK-01": 10}
    assert plant.get(ExpectedReceipt, expected.id, populate_existing=True).status == "closed"


def test_damaged_and_doubtful_pieces_go_to_quarantine(plant, operator, place, part):
    expected = announced(plant, place, part)
    page = f"/expected-receipts/{expected.number}"
    operator.post(f"{page}/receive", page=page, **rows(part, "7", lot="L7", quarantine="2", defective="1"))
    assert lying(plant, place, part) == {"DOCK-01": 7}
    assert lying(plant, place, part, Condition.QUARANTINE) == {"QUAR-01": 2}
    assert lying(plant, place, part, Condition.DEFECTIVE) == {"QUAR-01": 1}


def test_more_than_announced_needs_a_reason_and_keeps_what_was_typed(plant, operator, place, part):
    expected = announced(plant, place, part)
    page = f"/expected-receipts/{expected.number}"
    refused = operator.post(f"{page}/receive", page=page, **rows(part, "12", lot="L-TYPED"))
    assert refused.status_code == 422
    assert "L-TYPED" in refused.text
    assert 'value="12"' in refused.text
    assert lying(plant, place, part) == {}
    operator.post(f"{page}/receive", page=page, **rows(part, "12"), over_receipt_reason="supplier rounds to cartons")
    assert lying(plant, place, part) == {"DOCK-01": 12}


def test_a_double_submit_receives_once(plant, operator, place, part):
    expected = announced(plant, place, part)
    page = f"/expected-receipts/{expected.number}"
    answers = [operator.post(f"{page}/receive", page=page, key="dock-key-0001", **rows(part, "4")) for _ in range(2)]
    assert len({answer.headers["Location"] for answer in answers}) == 1
    assert lying(plant, place, part) == {"DOCK-01": 4}


def test_serial_numbers_are_scanned_into_the_row_and_received_each_once(plant, operator, place):
    part = given.part(plant, serial_tracked=True)
    expected = announced(plant, place, part, 2)
    page = f"/expected-receipts/{expected.number}"
    first = operator.post(f"{page}/scan", page=page, **rows(part), code=f"(91){part.number}(92)L1(93)S-{part.id}-1")
    assert f"S-{part.id}-1" in first.text
    serials = f"S-{part.id}-1\nS-{part.id}-2"
    operator.post(f"{page}/receive", page=page, **rows(part, serials, lot="L1"))
    assert lying(plant, place, part) == {"DOCK-01": 2}


def test_the_same_serial_number_twice_is_refused(plant, operator, place):
    part = given.part(plant, serial_tracked=True)
    expected = announced(plant, place, part, 2)
    page = f"/expected-receipts/{expected.number}"
    refused = operator.post(f"{page}/receive", page=page, **rows(part, "TWICE\nTWICE"))
    assert refused.status_code == 422
    assert lying(plant, place, part) == {}


@pytest.mark.parametrize("code", ["NO-SUCH-PART", "(01)123", "", "two words and emoji 🔥"])
def test_a_scan_at_the_dock_that_means_nothing_is_refused_and_keeps_the_form(plant, operator, place, part, code):
    page = f"/expected-receipts/{announced(plant, place, part).number}"
    refused = operator.post(f"{page}/scan", page=page, **rows(part, "6", lot="KEEP-ME"), code=code)
    assert refused.status_code in (404, 422)
    assert "KEEP-ME" in refused.text


def test_a_part_that_is_not_announced_is_refused_by_its_scan(plant, operator, place, part):
    other = given.part(plant)
    page = f"/expected-receipts/{announced(plant, place, part).number}"
    refused = operator.post(f"{page}/scan", page=page, **rows(part, "6"), code=other.number)
    assert refused.status_code == 422
    assert other.number in refused.text


def test_a_label_with_its_lot_fills_the_lot_of_its_row(plant, operator, place, part):
    page = f"/expected-receipts/{announced(plant, place, part).number}"
    found = operator.post(f"{page}/scan", page=page, **rows(part, "10"), code=f"(91){part.number}(92)MAKER-9")
    assert 'value="MAKER-9"' in found.text
    assert 'value="10"' in found.text
    assert "goods-at-hand" in found.text


def test_what_will_not_come_is_closed_with_a_reason(plant, operator, place, part):
    expected = announced(plant, place, part)
    page = f"/expected-receipts/{expected.number}"
    operator.post(f"{page}/close", page=page, reason=" ")
    assert plant.get(ExpectedReceipt, expected.id, populate_existing=True).status == "open"
    operator.post(f"{page}/close", page=page, reason="supplier is out of it")
    plant.rollback()
    assert plant.get(ExpectedReceipt, expected.id, populate_existing=True).status == "closed"
    assert operator.get(page).status_code == 200


# Without an announcement


def test_scans_count_pieces_and_the_whole_delivery_becomes_one_receipt(plant, operator, place, part):
    other = given.part(plant)
    plant.commit()
    page = "/receiving/new"
    origin = {"supplier": "海信", "reference": "DN-5"}
    first = operator.post(f"{page}/scan", page=page, **origin, code=f"(91){part.number}(92)L1")
    assert 'value="1"' in first.text
    second = operator.post(f"{page}/scan", page=page, **origin, **rows(part, "1", lot="L1"), code=part.number)
    assert 'value="2"' in second.text
    assert "DN-5" in second.text

    both = {
        name: [value, other_value]
        for (name, value), other_value in zip(rows(part, "2", lot="L1").items(), rows(other, "5").values(), strict=True)
    }
    operator.post(page, page=page, **origin, **both)

    receipt = plant.scalars(select(Receipt).where(Receipt.warehouse_id == place.id)).one()
    assert (receipt.supplier, receipt.reference) == ("海信", "DN-5")
    assert (lying(plant, place, part), lying(plant, place, other)) == ({"DOCK-01": 2}, {"DOCK-01": 5})


@pytest.mark.parametrize("missing", ["supplier", "reference"])
def test_goods_of_unknown_origin_are_refused_and_stay_on_the_form(plant, operator, place, part, missing):
    plant.commit()
    origin = {"supplier": "海信", "reference": "DN-5", missing: " "}
    refused = operator.post("/receiving/new", page="/receiving/new", **origin, **rows(part, "3", lot="LX"))
    assert refused.status_code == 422
    assert "LX" in refused.text
    assert lying(plant, place, part) == {}


@pytest.mark.parametrize("quantity", ["-1", "1.5", "1e3", "ten", "9999999999", "0", ""])
def test_a_quantity_that_is_none_receives_nothing(plant, operator, place, part, quantity):
    plant.commit()
    origin = {"supplier": "海信", "reference": "DN-5"}
    refused = operator.post("/receiving/new", page="/receiving/new", **origin, **rows(part, quantity))
    assert refused.status_code == 422
    assert lying(plant, place, part) == {}


# Announcing


@pytest.fixture
def buyer(plant, browser_of, place):
    return at_work(plant, browser_of, "procurement", place)


def test_procurement_announces_what_was_pasted_out_of_a_sheet(plant, buyer, operator, place, part):
    other = given.part(plant)
    plant.commit()
    answer = buyer.post(
        "/expected-receipts",
        page="/expected-receipts/new",
        supplier="海信",
        reference="PO-9",
        expected_at="2026-12-01T08:00",
        lines=f"{part.number}\t12\r\n\r\n{other.number}, 3\r\n",
    )
    page = answer.headers["Location"]
    assert part.number in buyer.get(page).text
    assert "/receive" not in buyer.get(page).text
    assert "/receive" in operator.get(page).text
    assert page.rpartition("/")[2] in buyer.get("/expected-receipts").text


@pytest.mark.parametrize(
    "changed",
    [
        {"lines": "{part}"},
        {"lines": "NO-SUCH 3"},
        {"lines": "{part} 3\n{part} 4"},
        {"lines": "{part} 0"},
        {"lines": ""},
        {"expected_at": "tomorrow"},
        {"expected_at": ""},
        {"supplier": " "},
    ],
)
def test_an_announcement_that_is_refused_keeps_what_was_typed(plant, buyer, place, part, changed):
    plant.commit()
    fields = {"supplier": "海信", "reference": "KEEP-REF", "expected_at": "2026-12-01T08:00", "lines": "{part} 3"}
    fields = {name: text.format(part=part.number) for name, text in {**fields, **changed}.items()}
    refused = buyer.post("/expected-receipts", page="/expected-receipts/new", **fields)
    assert refused.status_code == 422
    assert "KEEP-REF" in refused.text
    assert plant.scalar(select(func.count()).where(ExpectedReceipt.warehouse_id == place.id)) == 0


# Putting away


@pytest.fixture
def at_dock(plant, place, part):
    """Three pieces of lot L1 at the dock, and a shelf that is empty."""
    shelf = given.bin(plant, place, code="A-01-01", pick_sequence=10)
    wish = ReceiptWish(place.id, [ReceivedGoods(part.id, 3, "L1")], supplier="海信", reference="DN-1")
    warehousing.receive(plant, wish, by=given.acting(plant), at=NOON)
    plant.commit()
    return shelf


def put_away(browser, part, **changed):
    fields = {"from": "DOCK-01", "part": part.number, "lot": "L1", "quantity": "3", "to": "A-01-01", **changed}
    return browser.post("/put-away", page="/put-away", **fields)


def test_a_scanned_label_leads_to_the_shelf_and_the_shelf_to_the_next(plant, operator, place, part, at_dock):
    assert "A-01-01" in operator.get("/put-away").text
    scanned = operator.get("/put-away/scan", code=f"(91){part.number}(92)L1")
    target = operator.client.get(scanned.headers["Location"]).text
    assert "A-01-01" in target
    assert 'value="3"' in target

    done = put_away(operator, part)

    assert done.headers["Location"] == "/put-away"
    assert lying(plant, place, part) == {"A-01-01": 3}


def test_some_of_it_may_go_elsewhere_and_the_rest_is_next(plant, operator, place, part, at_dock):
    done = put_away(operator, part, quantity="1")
    assert done.headers["Location"] == "/put-away?from=DOCK-01"
    assert lying(plant, place, part) == {"A-01-01": 1, "DOCK-01": 2}


@pytest.mark.parametrize(
    "changed", [{"to": "NO-BIN"}, {"to": "DOCK-01"}, {"quantity": "4"}, {"quantity": "0"}, {"lot": "L2"}, {"to": ""}]
)
def test_a_put_away_that_is_refused_moves_nothing(plant, operator, place, part, at_dock, changed):
    put_away(operator, part, **changed)
    assert lying(plant, place, part) == {"DOCK-01": 3}


def test_a_double_submit_puts_away_once(plant, operator, place, part, at_dock):
    for _ in range(2):
        put_away(operator, part, quantity="1", key="away-key-0001")
    assert lying(plant, place, part) == {"A-01-01": 1, "DOCK-01": 2}


def test_of_several_lots_the_choice_is_shown(plant, operator, place, part, at_dock):
    given.stock(plant, place, part, 2, lot="L2", bin=given.dock(plant, place))
    plant.commit()
    scanned = operator.get("/put-away/scan", code=part.number)
    choice = operator.client.get(scanned.headers["Location"]).text
    assert "lot=L1" in choice
    assert "lot=L2" in choice


def test_a_scanned_bin_narrows_the_list_to_it(operator, at_dock):
    assert operator.get("/put-away/scan", code="dock-01").headers["Location"] == "/put-away?from=DOCK-01"


def test_what_stands_nowhere_is_refused_by_name(plant, operator, at_dock):
    other = given.part(plant)
    plant.commit()
    assert operator.get("/put-away/scan", code=other.number).status_code == 422
    assert operator.get("/put-away/scan", code="NOTHING").status_code == 404
    assert operator.get("/put-away", part=other.number, **{"from": "DOCK-01"}).status_code == 422


# Checking


@pytest.fixture
def shelved(plant, place, part):
    shelf = given.bin(plant, place, code="B-01-01", pick_sequence=20)
    given.stock(plant, place, part, 5, lot="L1", bin=shelf)
    plant.commit()
    return shelf


def check(browser, part, kind, quantity, **changed):
    fields = {"bin": "B-01-01", "part": part.number, "lot": "L1", "reason": "cycle count", **changed}
    return browser.post("/checking", page="/checking", kind=kind, quantity=quantity, **fields)


def test_a_bin_is_counted_from_its_label_to_the_books(plant, operator, place, part, shelved):
    assert part.number in operator.get("/checking/bin", bin="b-01-01").text
    assert 'name="seen" value="5"' in operator.get("/checking/part", bin="B-01-01", part=part.number).text
    done = check(operator, part, "count", "4", seen="5")
    assert done.headers["Location"] == "/checking/bin?bin=B-01-01"
    assert lying(plant, place, part) == {"B-01-01": 4}
    assert "SC-" in operator.get("/checking").text


def test_damage_doubt_and_release_move_the_condition_and_nothing_else(plant, operator, place, part, shelved):
    check(operator, part, "damage", "1")
    check(operator, part, "quarantine", "2")
    assert lying(plant, place, part) == {"B-01-01": 2}
    assert "kind=release" in operator.get("/checking/bin", bin="B-01-01").text
    check(operator, part, "release", "1")
    assert lying(plant, place, part) == {"B-01-01": 3}
    assert lying(plant, place, part, Condition.DEFECTIVE) == {"B-01-01": 1}
    assert lying(plant, place, part, Condition.QUARANTINE) == {"B-01-01": 1}


def test_who_loses_stock_to_a_check_is_named(plant, operator, place, part, shelved):
    station = given.warehouse(plant, tier="repair", city=JINAN, parent=place)
    accepted = sourcing.request_parts(
        plant, PartRequestWish(station.code, [WishedLine(part.number, 4)]), by=given.acting(plant), at=NOON
    )
    plant.commit()
    done = check(operator, part, "damage", "3")
    assert accepted.number in operator.client.get(done.headers["Location"]).text
    line = plant.get(PartRequestLine, accepted.lines[0].line_id, populate_existing=True)
    assert line.back_ordered > 0


def test_a_lot_that_the_books_do_not_have_is_counted_in(plant, operator, place, part, shelved):
    page = operator.get("/checking/part", bin="B-01-01", part=f"(91){part.number}(92)FOUND").text
    assert 'value="FOUND"' in page
    check(operator, part, "count", "2", lot="FOUND")
    assert lying(plant, place, part) == {"B-01-01": 7}
    assert plant.scalar(select(Lot.number).where(Lot.part_id == part.id, Lot.number == "FOUND")) == "FOUND"


@pytest.mark.parametrize(
    "changed",
    [
        {"reason": " "},
        {"seen": "9"},
        {"bin": "NO-BIN"},
        {"part": "NO-PART"},
        {"quantity": "-1"},
        {"quantity": ""},
        {"kind": "burn"},
        {"kind": "damage", "quantity": "6"},
        {"kind": "damage", "quantity": "0"},
        {"kind": "release", "quantity": "1"},
    ],
)
def test_a_check_that_is_refused_changes_nothing(plant, operator, place, part, shelved, changed):
    right = {"kind": "count", "bin": "B-01-01", "part": part.number, "lot": "L1", "quantity": "4", "reason": "count"}
    operator.post("/checking", page="/checking", **{**right, **changed})
    assert lying(plant, place, part) == {"B-01-01": 5}
    assert plant.scalar(select(func.count()).where(StockCheck.warehouse_id == place.id)) == 0


def test_the_api_tells_who_lost_stock_too(plant, api, place, part, shelved):
    client = api(given.person(plant, "warehouse_operator", place))
    body = {
        "warehouse": place.code,
        "kind": "count",
        "bin": "B-01-01",
        "part": part.number,
        "quantity": 4,
        "reason": "x",
    }
    assert client.post("/stock-checks", {**body, "seen": 3}).json["code"] == "count_stale"
    assert client.post("/stock-checks", {**body, "seen": 5}).json["displaced"] == []


# Reach


def test_a_stranger_sees_and_changes_nothing_of_a_foreign_dock(plant, stranger, place, part, shelved):
    expected = announced(plant, place, part)
    wish = ReceiptWish(place.id, [ReceivedGoods(part.id, 1, "L9")], supplier="海信", reference="DN-1")
    receipt = warehousing.receive(plant, wish, by=given.acting(plant), at=NOON)
    plant.commit()
    page = f"/expected-receipts/{expected.number}"
    assert stranger.get(page).status_code == 404
    assert stranger.get(f"/receiving/receipts/{receipt.number}").status_code == 404
    assert stranger.get("/checking/bin", bin="B-01-01").status_code == 404
    stranger.post(f"{page}/receive", page="/receiving", **rows(part, "10"))
    stranger.post(f"{page}/scan", page="/receiving", **rows(part, "10"), code=part.number)
    stranger.post(f"{page}/close", page="/receiving", reason="because")
    check(stranger, part, "count", "0")
    put_away(stranger, part)
    assert lying(plant, place, part) == {"B-01-01": 5, "DOCK-01": 1}
    assert plant.get(ExpectedReceipt, expected.id, populate_existing=True).status == "open"


@pytest.mark.parametrize(
    "path", ["/receiving", "/receiving/new", "/put-away", "/checking", "/labels", "/expected-receipts"]
)
def test_an_engineer_has_no_business_at_the_dock(plant, browser_of, place, path):
    engineer = at_work(plant, browser_of, "engineer", place)
    assert engineer.get(path).status_code == 403


@pytest.mark.parametrize("path", ["/receiving", "/put-away", "/checking", "/receiving/new", "/labels"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_empty_dock_says_what_comes_next(operator, path, language):
    page = operator.client.get(path, headers={"Accept-Language": language})
    assert page.status_code == 200
    assert 'href="/' in page.text.partition("<main")[2] or "data-scan" in page.text
