"""Purchasing on screens: suppliers and what they sell, an order at each step, approval, chasing, rates and limits."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import BytesIO

import openpyxl
import pytest
from sqlalchemy import select

from inventory import procurement
from inventory.procurement import ApprovalLimit, OrderStatus, PurchaseOrder, PurchaseOrderLine, SupplyContract
from inventory.warehousing import ReceivedGoods
from tests import given
from tests.given import procurement as bought
from tests.given.network import BEIJING, QINGDAO

NOW = datetime.now(UTC)
LATER = (NOW + timedelta(days=40)).date()


class Office:
    """A central warehouse, a supplier of compressors by the ten, and two buyers."""

    def __init__(self, plant):
        self.plant = plant
        self.central = given.warehouse(plant, tier="central", city=QINGDAO, name_zh="青岛中央库")
        self.part = given.part(plant, name_zh="压缩机", name_en="Compressor")
        self.other = given.part(plant, name_zh="风扇", name_en="Fan")
        self.supplier = bought.supplier(plant, contact="王经理", phone="0532-1")
        bought.sold(plant, self.supplier, self.part, (1, "12.5"), (100, "11"), moq=10, pack_size=10)
        bought.sold(plant, self.supplier, self.other, (1, "3"))
        self.buyer = given.person(plant, "procurement", name="采购甲")
        self.second = given.person(plant, "procurement", name="采购乙")
        plant.commit()

    def draft(self, *lines, wanted_on=LATER, at=NOW):
        acting = given.acting(self.plant, person=self.buyer)
        order = bought.draft(
            self.plant,
            self.central,
            self.supplier,
            *(lines or [(self.part, 20)]),
            wanted_on=wanted_on,
            by=acting,
            at=at,
        )
        self.plant.commit()
        return order

    def waiting(self, *lines):
        order = self.draft(*lines)
        procurement.submit_order(self.plant, order.id, by=given.acting(self.plant, person=self.buyer), at=NOW)
        self.plant.commit()
        return order

    def sent(self, *lines, wanted_on=LATER, at=NOW):
        order = bought.sent(
            self.plant, self.central, self.supplier, *(lines or [(self.part, 20)]), wanted_on=wanted_on, at=at
        )
        self.plant.commit()
        return order

    def status(self, order):
        self.plant.rollback()
        return self.plant.get_one(PurchaseOrder, order.id, populate_existing=True).status

    def lines(self, order):
        self.plant.rollback()
        query = select(PurchaseOrderLine).where(PurchaseOrderLine.order_id == order.id)
        return self.plant.scalars(query.order_by(PurchaseOrderLine.position)).all()


@pytest.fixture
def office(plant):
    return Office(plant)


@pytest.fixture
def buyer(browser_of, office):
    return browser_of(office.buyer)


@pytest.fixture
def second(browser_of, office):
    return browser_of(office.second)


def page(browser, address, **query):
    answer = browser.get(address, **query)
    assert answer.status_code == 200, answer.get_data(as_text=True)[:300]
    return answer.get_data(as_text=True)


def messages(shown):
    """What a page says above everything else."""
    return shown.partition('id="messages"')[2].partition('<div class="heading">')[0]


def told_after(browser, answer):
    """What the page says to which an answer leads."""
    assert answer.status_code == 303
    return messages(page(browser, answer.headers["Location"]))


# The desk


def test_what_is_typed_becomes_a_draft_of_each_supplier(office, buyer):
    sent = buyer.post(
        "/purchase-orders",
        warehouse=office.central.code,
        wanted_on=LATER.isoformat(),
        lines=f"{office.part.number}\t２０\n{office.other.number}, 5\n",
        note="年底备货",
    )
    assert sent.status_code == 303
    shown = page(buyer, sent.headers["Location"])
    assert "年底备货" in shown
    assert "265.00" in shown


def test_a_refused_draft_keeps_what_was_typed_and_names_the_next_quantity(office, buyer):
    answer = buyer.post(
        "/purchase-orders", warehouse=office.central.code, wanted_on=LATER.isoformat(), lines=f"{office.part.number} 15"
    )
    shown = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert f"{office.part.number} 15</textarea>" in shown
    assert "可改为 20" in messages(shown)


def test_an_earlier_order_fills_the_form_of_a_new_one(office, buyer):
    order = office.draft((office.part, 30))
    shown = page(buyer, "/purchase-orders/new", again=order.number)
    assert f"{office.part.number}\t30" in shown
    assert f'value="{office.supplier.code}"' in shown


def change(browser, order, office, *, then="", **fields):
    rows = {
        "part": [office.part.number],
        "quantity": ["20"],
        "wanted_on": [LATER.isoformat()],
        "price": [""],
        **fields,
    }
    return browser.post(f"/purchase-orders/{order.number}/lines", then=then, **rows)


def test_the_lines_of_a_draft_are_changed_taken_out_and_added(office, buyer):
    order = office.draft((office.part, 20), (office.other, 5))
    answer = change(
        buyer,
        order,
        office,
        part=[office.part.number, office.other.number],
        quantity=["", "7"],
        wanted_on=[LATER.isoformat()] * 2,
        price=["", "2.95"],
        more=f"{office.part.number} 40",
        more_on=LATER.isoformat(),
    )
    assert answer.status_code == 303
    assert [(one.part_id, one.quantity, one.price) for one in office.lines(order)] == [
        (office.other.id, 7, Decimal("2.9500")),
        (office.part.id, 40, Decimal("12.5000")),
    ]


def test_refused_changes_keep_what_was_typed(office, buyer):
    order = office.draft()
    answer = change(buyer, order, office, quantity=["25"])
    assert answer.status_code == 422
    assert 'name="quantity" inputmode="numeric" maxlength="9" autocomplete="off" value="25"' in answer.get_data(
        as_text=True
    )
    assert [one.quantity for one in office.lines(order)] == [20]


def test_the_same_button_saves_and_submits(office, buyer):
    order = office.draft()
    assert change(buyer, order, office, quantity=["40"], then="submit").status_code == 303
    assert office.status(order) is OrderStatus.AWAITING_APPROVAL
    assert [one.quantity for one in office.lines(order)] == [40]


def test_submitting_a_small_order_without_a_reason_changes_nothing(office, buyer):
    office.supplier.minimum_order_value = Decimal(1000)
    order = office.draft()
    assert change(buyer, order, office, quantity=["30"], then="submit").status_code == 422
    assert [one.quantity for one in office.lines(order)] == [20]
    assert change(buyer, order, office, then="submit", small_order_reason="急件").status_code == 303
    assert office.status(order) is OrderStatus.AWAITING_APPROVAL


# Four eyes


def test_whoever_wrote_an_order_is_told_why_he_cannot_approve_it(office, buyer):
    order = office.waiting()
    shown = page(buyer, f"/purchase-orders/{order.number}")
    assert f"/purchase-orders/{order.number}/approve" not in shown
    assert "须由他人批准" in shown
    buyer.post(f"/purchase-orders/{order.number}/approve")
    assert office.status(order) is OrderStatus.AWAITING_APPROVAL


def test_the_inbox_shows_what_others_drew_up_and_approves_it(office, buyer, second):
    order = office.waiting()
    shown = page(second, "/purchase-approvals")
    card = shown.partition(f'id="order-{order.id}"')[2].partition("</article>")[0]
    assert "250.00" in card
    assert "采购甲" in card
    assert f'id="order-{order.id}"' not in page(buyer, "/purchase-approvals")
    answer = second.post(f"/purchase-orders/{order.number}/approve", **{"from": "approve"})
    assert answer.headers["Location"] == "/purchase-approvals"
    assert office.status(order) is OrderStatus.APPROVED
    assert f'id="order-{order.id}"' not in page(second, "/purchase-approvals")


def test_an_order_above_ones_limit_offers_no_approval(office, second, plant):
    plant.add(ApprovalLimit(person_id=office.second.id, amount_max=Decimal(100)))
    order = office.waiting()
    card = page(second, "/purchase-approvals").partition(f'id="order-{order.id}"')[2].partition("</article>")[0]
    assert f"/purchase-orders/{order.number}/approve" not in card
    assert f"/purchase-orders/{order.number}/reject" in card


def test_a_rejected_order_is_a_draft_with_the_reason(office, buyer, second):
    order = office.waiting()
    second.post(f"/purchase-orders/{order.number}/reject", reason="")
    assert office.status(order) is OrderStatus.AWAITING_APPROVAL
    assert second.post(f"/purchase-orders/{order.number}/reject", reason="太多").status_code == 303
    assert office.status(order) is OrderStatus.DRAFT
    assert "太多" in page(buyer, f"/purchase-orders/{order.number}")


def test_what_waits_is_taken_back_to_be_changed(office, buyer):
    order = office.waiting()
    assert buyer.post(f"/purchase-orders/{order.number}/withdraw", reason="改数量").status_code == 303
    assert office.status(order) is OrderStatus.DRAFT


# On its way


def test_an_approved_order_is_sent_and_its_papers_lie_beside_it(office, buyer, second):
    order = office.waiting()
    second.post(f"/purchase-orders/{order.number}/approve")
    pdf = buyer.get(f"/purchase-orders/{order.number}/pdf")
    book = buyer.get(f"/purchase-orders/{order.number}/xlsx")
    assert pdf.get_data().startswith(b"%PDF")
    assert openpyxl.load_workbook(BytesIO(book.get_data())).sheetnames
    assert "attachment" in book.headers["Content-Disposition"]
    assert buyer.post(f"/purchase-orders/{order.number}/send").status_code == 303
    assert office.status(order) is OrderStatus.SENT


def test_a_confirmation_moves_the_day_and_the_quantity_of_a_line(office, buyer):
    order = office.sent((office.part, 20), (office.other, 5))
    late = LATER + timedelta(days=9)
    answer = buyer.post(
        f"/purchase-orders/{order.number}/confirm",
        part=[office.part.number, office.other.number],
        quantity=["10", "5"],
        due_on=[late.isoformat(), LATER.isoformat()],
        reference="SO-7",
    )
    assert answer.status_code == 303
    assert [(one.expected, one.due_on) for one in office.lines(order)] == [(10, late), (5, LATER)]
    shown = page(buyer, f"/purchase-orders/{order.number}")
    assert "SO-7" in shown
    assert "20 → 10" in shown
    assert f"{LATER} → {late}" in shown


def test_a_shipment_is_noted_with_its_day(office, buyer):
    order = office.sent((office.part, 20), (office.other, 5))
    soon = NOW.date() + timedelta(days=3)
    answer = buyer.post(
        f"/purchase-orders/{order.number}/announce",
        part=[office.part.number, office.other.number],
        quantity=["10", ""],
        reference="DN-1",
        expected_on=soon.isoformat(),
    )
    assert answer.status_code == 303
    assert [(one.announced, one.due_on) for one in office.lines(order)] == [(10, soon), (0, LATER)]


def test_a_late_order_is_chased_from_the_list_and_rests_until_it_is_asked_again(office, buyer):
    past = NOW - timedelta(days=30)
    order = office.sent(wanted_on=(NOW - timedelta(days=5)).date(), at=past)
    listed = page(buyer, "/purchase-chasing").partition(f'id="order-{order.id}"')[2].partition("</article>")[0]
    assert "0532-1" in listed
    assert order.number in page(buyer, "/purchase-orders", status="late")
    again = (NOW + timedelta(days=2)).date()
    answer = buyer.post(
        f"/purchase-orders/{order.number}/chase", note="下周发", chase_on=again.isoformat(), **{"from": "chase"}
    )
    assert answer.headers["Location"] == "/purchase-chasing"
    assert f'id="order-{order.id}"' not in page(buyer, "/purchase-chasing")
    assert "下周发" in page(buyer, f"/purchase-orders/{order.number}")


def test_what_has_not_come_is_cancelled_with_a_reason(office, buyer):
    order = office.sent((office.part, 20))
    bought.came(office.plant, order, [ReceivedGoods(office.part.id, 10)], at=NOW)
    office.plant.commit()
    assert "需要填写原因" in told_after(buyer, buyer.post(f"/purchase-orders/{order.number}/cancel", reason=""))
    assert office.status(order) is OrderStatus.PART_RECEIVED
    assert buyer.post(f"/purchase-orders/{order.number}/cancel", reason="停产").status_code == 303
    assert office.status(order) is OrderStatus.RECEIVED


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"part": "NONE"}, "找不到"),
        ({"quantity": "x"}, "数量须为 1 到 9 位整数"),
        ({"due_on": "soon"}, "不是有效日期：soon"),
    ],
)
def test_an_unreadable_confirmation_changes_nothing(office, buyer, wrong, said):
    order = office.sent()
    fields = {"part": office.part.number, "quantity": "10", "due_on": LATER.isoformat(), **wrong}
    assert said in told_after(buyer, buyer.post(f"/purchase-orders/{order.number}/confirm", **fields))
    assert office.status(order) is OrderStatus.SENT
    assert [(one.expected, one.due_on) for one in office.lines(order)] == [(20, LATER)]


# Lists


def test_the_list_is_narrowed_by_status_supplier_warehouse_and_part(office, buyer):
    draft, sent = office.draft(), office.sent((office.other, 5))
    both = {draft.number, sent.number}

    def listed(**query):
        shown = page(buyer, "/purchase-orders", **{"supplier": office.supplier.code, **query})
        return {number for number in both if number in shown}

    assert listed() == both
    assert listed(status="draft") == {draft.number}
    assert listed(status="late") == set()
    assert listed(q=office.other.number) == {sent.number}
    assert listed(warehouse=office.central.code) == both
    assert listed(warehouse="NOWHERE") == set()
    assert listed(supplier="没有这家") == set()
    assert buyer.get("/purchase-orders", q=sent.number.lower()).headers["Location"].endswith(sent.number)


def test_a_foreign_buyer_finds_no_order_of_this_warehouse(plant, office, browser_of):
    order = office.sent()
    elsewhere = given.warehouse(plant, tier="distribution", city=BEIJING)
    stranger = browser_of(given.person(plant, "procurement", elsewhere))
    assert order.number not in page(stranger, "/purchase-orders", warehouse="", supplier=office.supplier.code)
    assert stranger.get(f"/purchase-orders/{order.number}").status_code == 404
    stranger.post(f"/purchase-orders/{order.number}/cancel", reason="x")
    assert office.status(order) is OrderStatus.SENT


def test_a_planner_looks_and_changes_nothing(plant, office, browser_of):
    order = office.draft()
    planner = browser_of(given.person(plant, "planner"))
    shown = page(planner, f"/purchase-orders/{order.number}")
    assert '<form method="post" action="/purchase-orders' not in shown
    assert "您没有“采购”的权限" in told_after(
        planner, planner.post(f"/purchase-orders/{order.number}/cancel", reason="x")
    )
    assert office.status(order) is OrderStatus.DRAFT
    assert planner.get("/purchase-orders/new").status_code == 403
    assert planner.get("/purchase-approvals").status_code == 403


def test_the_home_page_leads_a_buyer_to_what_waits(office, second):
    office.waiting()
    shown = page(second, "/")
    for address in ("/purchase-approvals", "/purchase-chasing", "/purchase-orders", "/suppliers", "/exchange-rates"):
        assert f'href="{address}"' in shown


# Suppliers


def test_a_supplier_is_found_by_code_and_by_name(plant, office, buyer):
    bought.supplier(plant, "ZZ-UNIQUE").name_en = "Unmistakable Ltd"
    plant.commit()
    assert "ZZ-UNIQUE" in page(buyer, "/suppliers", q="zz-uni")
    assert "ZZ-UNIQUE" in page(buyer, "/suppliers", q="mistakable")
    assert "ZZ-UNIQUE" not in page(buyer, "/suppliers", q=office.supplier.code)


def test_a_supplier_is_taken_on_and_changed(plant, office, buyer):
    code = f"N{office.central.id}"
    sent = buyer.post("/suppliers", code=code, name_zh="新供应商", currency="USD", minimum_order_value="500.5")
    assert sent.status_code == 303
    assert buyer.post("/suppliers", code=code, name_zh="再来", currency="USD").status_code == 409
    assert buyer.post(f"/suppliers/{code}", name_zh="新供应商", currency="USD", phone="110").status_code == 303
    plant.rollback()
    found = procurement.get_supplier(plant, code)
    assert (found.phone, found.minimum_order_value, found.active) == ("110", 0, False)


@pytest.mark.parametrize(
    "wrong", [{"name_zh": ""}, {"currency": "XXX"}, {"over_tolerance_percent": "101"}, {"minimum_order_value": "viel"}]
)
def test_a_supplier_that_cannot_be_is_refused_and_stays_in_the_form(office, buyer, wrong):
    answer = buyer.post("/suppliers", **{"code": "BAD-1", "name_zh": "坏", "currency": "CNY", "phone": "119", **wrong})
    assert answer.status_code == 422
    assert 'value="119"' in answer.get_data(as_text=True)


def test_a_part_is_sold_by_breaks_and_shown_with_stated_and_learned_days(plant, office, buyer):
    part = given.part(plant)
    plant.commit()
    answer = buyer.post(
        f"/suppliers/{office.supplier.code}/parts",
        part=part.number,
        lead_time_days="21",
        moq="5",
        pack_size="5",
        currency="CNY",
        breaks="1 7.25\n100\t6.8",
    )
    assert answer.status_code == 303
    shown = page(buyer, f"/suppliers/{office.supplier.code}", q=part.number)
    assert "7.25" in shown
    assert "6.80" in shown
    assert "21" in shown
    wrong = buyer.post(f"/suppliers/{office.supplier.code}/parts", part=part.number, lead_time_days="21", breaks="7.25")
    assert wrong.status_code == 422
    assert "7.25</textarea>" in wrong.get_data(as_text=True)


def test_a_contract_is_noted_shown_with_its_prices_and_ended(plant, office, buyer):
    address = f"/suppliers/{office.supplier.code}"
    answer = buyer.post(
        f"{address}/contracts",
        reference="HT-1",
        valid_from=NOW.date().isoformat(),
        valid_to=LATER.isoformat(),
        currency="CNY",
        lines=f"{office.part.number} 1 9.9\n{office.part.number} 100 9.1",
    )
    assert answer.status_code == 303
    shown = page(buyer, address, view="contracts")
    assert "HT-1" in shown
    assert "9.10" in shown
    contract = plant.scalars(select(SupplyContract).where(SupplyContract.supplier_id == office.supplier.id)).one()
    end = (NOW + timedelta(days=1)).date()
    buyer.post(f"{address}/contracts/{contract.number}/end", valid_to=end.isoformat(), reason="改签")
    plant.rollback()
    assert plant.get_one(SupplyContract, contract.id, populate_existing=True).valid_to == end


def test_the_score_card_draws_what_was_delivered(office, buyer):
    past = NOW - timedelta(days=20)
    order = office.sent((office.part, 20), wanted_on=(NOW - timedelta(days=2)).date(), at=past)
    bought.came(office.plant, order, [ReceivedGoods(office.part.id, 20)], at=NOW - timedelta(days=5))
    office.plant.commit()
    shown = page(buyer, f"/suppliers/{office.supplier.code}", view="score")
    assert "100 %" in shown
    assert '<rect class="score-good" width="100.0"' in shown
    assert "15.0" in shown
    assert buyer.get(f"/suppliers/{office.supplier.code}", view="score", since="gestern").status_code == 422


def test_every_page_of_a_supplier_opens_empty_and_full(plant, office, buyer):
    empty = bought.supplier(plant)
    plant.commit()
    office.sent()
    for supplier in (empty, office.supplier):
        for view in ("parts", "orders", "contracts", "score", "about", "nonsense"):
            assert supplier.code in page(buyer, f"/suppliers/{supplier.code}", view=view)


# Rates and limits


def test_a_rate_is_noted_and_a_wrong_one_is_kept_in_the_form(plant, office, buyer):
    answer = buyer.post("/exchange-rates", currency="USD", valid_from="2026-01-05", rate="7.1234")
    assert answer.status_code == 303
    assert "7.1234" in page(buyer, "/exchange-rates")
    wrong = buyer.post("/exchange-rates", currency="USD", valid_from="2026-01-05", rate="0")
    assert wrong.status_code == 422
    plant.rollback()
    assert procurement.rate_on(plant, "USD", date(2026, 1, 5)) == Decimal("7.1234")


def test_a_rate_is_noted_with_all_its_decimals(plant, office, buyer):
    noted = buyer.post("/exchange-rates", currency="USD", valid_from="2026-01-06", rate="0.00012345")
    assert noted.status_code == 303
    assert "0.00012345" in page(buyer, "/exchange-rates")
    assert procurement.rate_on(plant, "USD", date(2026, 1, 6)) == Decimal("0.00012345")


@pytest.mark.parametrize("rate", ["0", "0.00000000", "1000000", "0.123456789", "1e3", "-1", "NaN", "1,5", ""])
def test_what_is_no_rate_stays_in_the_form_with_the_bounds_of_one(plant, office, buyer, rate):
    wrong = buyer.post("/exchange-rates", currency="USD", valid_from="2026-01-07", rate=rate)
    assert (wrong.status_code, f'value="{rate}"' in wrong.text) == (422, True)
    assert "1,000,000" in wrong.text


def test_an_administrator_sets_limits_and_steps(plant, office, browser_of):
    browser = browser_of(given.person(plant, "administrator"))
    assert (
        browser.post("/purchase-approval-rules/limits", login=office.second.login, amount_max="5000").status_code == 303
    )
    assert "5,000.00" in page(browser, "/purchase-approval-rules")
    assert browser.post("/purchase-approval-rules/limits", login=office.second.login).status_code == 422
    assert browser.post("/purchase-approval-rules/limits", login="niemand", amount_max="1").status_code == 404
    steps = browser.post("/purchase-approval-rules/steps", amount_from=["500", ""], approvals=["1", "1"])
    assert steps.status_code == 422
    assert 'value="500"' in steps.get_data(as_text=True)
    plant.rollback()
    assert procurement.limit_of(plant, office.second.id) == Decimal(5000)


def test_who_may_not_set_limits_reads_them(plant, office, buyer):
    shown = page(buyer, "/purchase-approval-rules")
    assert '<form method="post" action="/purchase-approval' not in shown
    before = procurement.limit_of(plant, office.second.id)
    buyer.post("/purchase-approval-rules/limits", amount_max="1")
    plant.rollback()
    assert procurement.limit_of(plant, office.second.id) == before != Decimal(1)
