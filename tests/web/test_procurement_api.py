"""Procurement over HTTP: from a supplier to goods on order, approved by another, as PDF and workbook."""

from io import BytesIO

import openpyxl
import pypdfium2
import pytest

from tests import given
from tests.given import procurement as bought
from tests.given.network import QINGDAO


@pytest.fixture
def central(plant):
    return given.warehouse(plant, tier="central", city=QINGDAO, name_zh="青岛中央库", name_en="Qingdao central")


@pytest.fixture
def part(plant):
    return given.part(plant, name_zh="压缩机", name_en="Compressor")


@pytest.fixture
def buyer(plant, api):
    return api(given.person(plant, "procurement", name="采购甲"))


@pytest.fixture
def other(plant, api):
    return api(given.person(plant, "procurement", name="采购乙"))


@pytest.fixture
def supplier(plant, part):
    made = bought.supplier(plant, payment_terms="月结 60 天", email="=cmd@x")
    bought.sold(plant, made, part, (1, "12.5"), (100, "11"), moq=10, pack_size=10, supplier_part_number="S-77")
    plant.commit()
    return made


def lines(central, part, quantity=20, **more):
    return [{"warehouse": central.code, "part": part.number, "quantity": quantity, "wanted_on": "2031-05-01", **more}]


@pytest.fixture
def order(plant, buyer, supplier, central, part):
    """The number of a draft of twenty."""
    plant.commit()
    answer = buyer.post("/purchase-orders", {"lines": lines(central, part)})
    assert answer.status_code == 201
    return answer.json[0]["number"]


def test_an_order_goes_from_draft_to_on_order(buyer, other, central, part, order):
    assert buyer.post(f"/purchase-orders/{order}/submit", {}).json["status"] == "awaiting_approval"
    own = buyer.post(f"/purchase-orders/{order}/approve")
    assert (own.status_code, own.json["code"]) == (403, "own_order")
    assert order in [one["number"] for one in other.get("/purchase-orders/to-approve").json]
    assert other.post(f"/purchase-orders/{order}/approve").json["status"] == "approved"
    assert buyer.post(f"/purchase-orders/{order}/send").json["status"] == "sent"
    news = {"reference": "SO-1", "lines": [{"part": part.number, "quantity": 10, "due_on": "2031-06-01"}]}
    confirmed = buyer.post(f"/purchase-orders/{order}/confirm", news).json
    assert (confirmed["status"], confirmed["lines"][0]["due_on"]) == ("confirmed", "2031-06-01")
    left = {"reference": "DN-1", "expected_on": "2031-06-03", "lines": [{"part": part.number, "quantity": 4}]}
    assert buyer.post(f"/purchase-orders/{order}/announce", left).status_code == 200
    past = {"reference": "SO-2", "lines": [{"part": part.number, "quantity": 10, "due_on": "2020-01-01"}]}
    over = buyer.post(f"/purchase-orders/{order}/confirm", past)
    assert (over.status_code, over.json["code"]) == (422, "day_over")
    for quantity, day, code in ((90, "2020-01-01", "day_over"), (90, "2031-06-03", "announced_too_much")):
        news = {"reference": "DN-2", "expected_on": day, "lines": [{"part": part.number, "quantity": quantity}]}
        refused = buyer.post(f"/purchase-orders/{order}/announce", news)
        assert (refused.status_code, refused.json["code"]) == (422, code)

    (coming,) = buyer.get(f"/warehouses/{central.code}/on-order").json
    assert (coming["part"], coming["not_shipped"], coming["announced"]) == (part.number, 6, 4)
    told = [one["happening"] for one in buyer.get(f"/purchase-orders/{order}/timeline").json]
    assert told == ["drafted", "submitted", "approved", "sent", "confirmed", "announced"]


def test_a_line_that_the_supplier_declined_has_no_day(buyer, other, part, order):
    for step, who in (("submit", buyer), ("approve", other), ("send", buyer)):
        assert who.post(f"/purchase-orders/{order}/{step}", {}).status_code == 200
    news = {"reference": "SO-2", "lines": [{"part": part.number, "quantity": 0, "due_on": "2031-06-01"}]}
    [line] = buyer.post(f"/purchase-orders/{order}/confirm", news).json["lines"]
    assert (line["expected"], line["promised_on"], line["due_on"]) == (0, None, None)


def test_a_draft_is_priced_by_its_quantity_and_money_travels_as_text(buyer, central, part, order):
    shown = buyer.get(f"/purchase-orders/{order}").json
    assert (shown["amount"], shown["lines"][0]["price"], shown["currency"]) == ("250.0000", "12.5000", "CNY")
    body = {"lines": [{"part": part.number, "quantity": 100, "wanted_on": "2031-05-01"}]}
    assert buyer.post(f"/purchase-orders/{order}/lines", body).json["amount"] == "1100.0000"


def test_packs_are_told_when_they_are_broken(plant, buyer, supplier, central, part):
    plant.commit()
    refused = buyer.post("/purchase-orders", {"lines": lines(central, part, 25)})
    assert (refused.status_code, refused.json["code"], refused.json["facts"]["nearest"]) == (422, "pack_broken", 30)


def test_orders_are_listed_page_by_page_within_the_filter(buyer, plant, supplier, central, part):
    plant.commit()
    made = [buyer.post("/purchase-orders", {"lines": lines(central, part)}).json[0]["number"] for _ in range(3)]
    first = buyer.get("/purchase-orders", supplier=supplier.code, status="draft", limit=2).json
    rest = buyer.get("/purchase-orders", supplier=supplier.code, cursor=first["next_cursor"], limit=2).json
    assert [one["number"] for one in (*first["items"], *rest["items"])] == made[::-1]
    assert buyer.get("/purchase-orders", supplier=supplier.code, status="sent").json["items"] == []


def test_an_order_is_rejected_withdrawn_cancelled_and_chased_with_a_reason(buyer, other, order):
    buyer.post(f"/purchase-orders/{order}/submit", {})
    assert other.post(f"/purchase-orders/{order}/reject", {"reason": "太贵"}).json["status"] == "draft"
    buyer.post(f"/purchase-orders/{order}/submit", {})
    assert buyer.post(f"/purchase-orders/{order}/withdraw", {"reason": "改量"}).json["status"] == "draft"
    assert buyer.post(f"/purchase-orders/{order}/chase", {"note": "?"}).json["code"] == "order_stands"
    assert buyer.post(f"/purchase-orders/{order}/cancel", {"reason": "重复"}).json["status"] == "cancelled"


def printed(buyer, order) -> str:
    """What stands on the first sheet of an order."""
    answer = buyer.get(f"/purchase-orders/{order}/pdf")
    assert answer.content_type == "application/pdf"
    document = pypdfium2.PdfDocument(answer.data)
    try:
        return document[0].get_textpage().get_text_range()
    finally:
        document.close()


def test_what_is_not_approved_or_given_up_says_on_paper_that_it_is_no_order(buyer, other, order):
    assert "草稿，未批准，不作订单 Draft, not approved: no order yet" in printed(buyer, order)
    assert "备注" not in printed(buyer, order)
    buyer.post(f"/purchase-orders/{order}/submit", {})
    assert "Awaits approval: no order yet" in printed(buyer, order)
    sheet = openpyxl.load_workbook(BytesIO(buyer.get(f"/purchase-orders/{order}/xlsx").data)).active
    assert sheet["B2"].value == "待批准，不作订单 Awaits approval: no order yet"
    other.post(f"/purchase-orders/{order}/approve", {})
    assert "no order" not in printed(buyer, order)
    buyer.post(f"/purchase-orders/{order}/cancel", {"reason": "重复"})
    assert "已取消 Cancelled" in printed(buyer, order)


def test_the_order_is_printed_in_both_languages(buyer, part, order):
    text = printed(buyer, order)
    for said in (order, part.number, "S-77", "压缩机", "Compressor", "青岛中央库", "合计 Total", "250.00", "月结"):
        assert said in text


def test_the_workbook_adds_up_by_its_own_formulas(buyer, order):
    answer = buyer.get(f"/purchase-orders/{order}/xlsx")
    cached = list(openpyxl.load_workbook(BytesIO(answer.data), data_only=True).active.values)
    formulas = openpyxl.load_workbook(BytesIO(answer.data)).active
    line = next(row for row in cached if row[0] == 1)
    assert (line[5], line[8], line[9]) == (20, 12.5, 250)
    assert cached[-1][9] == 250
    written = [cell.value for row in formulas.iter_rows() for cell in row if cell.data_type == "f"]
    assert len(written) == 2
    assert not any("cmd" in str(one) for one in written)


def test_a_supplier_is_kept_over_the_api(buyer, plant, part):
    plant.commit()
    body = {"name_zh": "三花", "currency": "CNY", "minimum_order_value": "500.00"}
    assert buyer.post("/suppliers", {**body, "code": "API-1"}).status_code == 201
    assert buyer.post("/suppliers/API-1", {**body, "over_tolerance_percent": 5}).json["over_tolerance_percent"] == 5
    sold = {"part": part.number, "lead_time_days": 12, "moq": 4, "breaks": [{"price": "3.2"}]}
    assert buyer.post("/suppliers/API-1/parts", sold).json["moq"] == 4
    agreed = {
        "valid_from": "2026-01-01",
        "valid_to": "2032-01-01",
        "lines": [{"part": part.number, "price": "2.9"}],
    }
    contract = buyer.post("/suppliers/API-1/contracts", agreed).json["number"]
    (offer,) = buyer.get(f"/parts/{part.number}/offers", on="2031-01-01").json
    assert [(one["contract"], one["breaks"][0]["price"]) for one in offer["scales"]] == [
        (contract, "2.9000"),
        (None, "3.2000"),
    ]
    ended = buyer.post(f"/supply-contracts/{contract}/end", {"valid_to": "2030-01-01", "reason": "涨价"})
    assert ended.json["valid_to"] == "2030-01-01"
    assert [one["number"] for one in buyer.get("/suppliers/API-1/contracts").json] == [contract]
    assert [one["part"] for one in buyer.get("/suppliers/API-1/parts").json["items"]] == [part.number]
    score = buyer.get("/suppliers/API-1/score", first="2026-01-01", last="2026-12-31").json
    assert (score["lines_due"], score["on_time"]) == (0, None)
    assert buyer.get("/suppliers/API-1/score").json == score  # of the year up to today
    assert "API-1" in [one["code"] for one in buyer.get("/suppliers").json]
    assert buyer.get("/suppliers/NOBODY").json["code"] == "supplier_unknown"


def test_rates_and_approvals_are_rows(api, buyer, plant):
    rate = {"currency": "EUR", "valid_from": "2026-01-01", "rate": "7.85"}
    assert buyer.post("/exchange-rates", rate).status_code == 200
    assert ("EUR", "7.85000000") in [(one["currency"], one["rate"]) for one in buyer.get("/exchange-rates").json]
    person = given.person(plant, "procurement")
    admin = api(given.person(plant, "administrator"))
    set_limit = admin.post("/approvals/limits", {"login": person.login, "amount_max": "1000"}).json
    assert {"login": person.login, "amount_max": "1000.0000"} in set_limit["limits"]
    steps = {"steps": [{"amount_from": "0", "approvals": 1}, {"amount_from": "500000", "approvals": 2}]}
    assert len(admin.post("/approvals/steps", steps).json["steps"]) == 2
    assert buyer.get("/approvals").json["currency"] == "CNY"
    assert buyer.post("/approvals/steps", steps).status_code == 403


@pytest.mark.parametrize("rate", ["0", "0.00000000"])
def test_a_currency_is_worth_something(buyer, rate):
    answer = buyer.post("/exchange-rates", {"currency": "EUR", "valid_from": "2026-01-01", "rate": rate})
    assert (answer.status_code, answer.json["code"]) == (422, "rate_out_of_range")


def test_the_companys_own_currency_has_no_rate(buyer):
    answer = buyer.post("/exchange-rates", {"currency": "CNY", "valid_from": "2026-01-01", "rate": "2"})
    assert (answer.status_code, answer.json["code"]) == (422, "own_currency_rated")


@pytest.mark.parametrize("price", ["-1", "NaN", "1e5", 3, "1.23456"])
def test_a_price_is_an_amount(buyer, supplier, central, part, price):
    answer = buyer.post("/purchase-orders", {"lines": lines(central, part, price=price)})
    assert (answer.status_code, answer.json["code"]) == (422, "input_refused")


def test_late_orders_are_to_be_chased(buyer, plant, central, part, supplier):
    late = bought.sent(plant, central, supplier, (part, 10))
    plant.commit()
    found = {one["order"]["number"]: one for one in buyer.get("/purchase-orders/to-chase").json}
    assert found[late.number]["late_lines"] == 1
    again = {"note": "下周发货", "again_on": "2099-01-01"}
    assert buyer.post(f"/purchase-orders/{late.number}/chase", again).status_code == 200
    assert late.number not in [one["order"]["number"] for one in buyer.get("/purchase-orders/to-chase").json]
