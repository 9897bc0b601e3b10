"""A buyer's day: what nobody has, who waits for it, and the delivery that a supplier has promised."""

from datetime import UTC, datetime, timedelta

from tests import given
from tests.given import procurement as bought
from tests.given.warehousing import released
from tests.journeys.visitor import Visitor


def test_she_sees_who_waits_announces_what_comes_and_follows_it_to_the_dock(visitor, place, books_are_right):
    assert released(place.plant, place.station, place.board, 2, at=datetime.now(UTC)) == []
    place.plant.commit()
    buyer = visitor("procurement")

    buyer.sees("我的全部库房").follows("缺货等待的备件").sends("显示", q=place.board.number).sees("电脑板")
    buyer.follows(place.board.number).sees("货源").follows("选择工作库房", after="货源")
    buyer.sends("查找", q="济南").sends(place.centre.code).sees("目前全网无货")

    buyer.follows("到货通知").sees("本库没有到货通知。").follows("新建到货通知")
    said = {"supplier": "青岛电子", "reference": "QD-1", "expected_at": "2026-12-01T08:00"}
    buyer.sends("发出通知", **said, lines="不是一行", status=422).sees("读不懂：每行写专用号和数量。")
    buyer.sends("发出通知", lines="P-NONE 3", status=422).sees("没有备件 P-NONE。请核对专用号。")
    buyer.sends("发出通知", lines=f"{place.board.number}\t5\n{place.hose.number}\t10").is_told("已通知 ER-")
    buyer.sees("青岛电子", "QD-1", "0 / 15")

    operator = visitor("warehouse_operator")
    operator.follows("收货").follows("ER-").sends("按填写收货").is_told("已收货。")
    operator.follows("拣货").sees("电脑板", "DOCK-01")

    buyer.follows("缺货登记").sends("显示", q=place.board.number).sees("没有符合的缺货登记。")
    buyer.follows("到货通知").sees("本库没有到货通知。")
    buyer.follows("库存").sends("显示", q=place.hose.number).sees("15").follows(place.hose.number).sees("DOCK-01")
    buyer.follows("所有库房").sees("供应商", "已收货", "库管丙")

    assert buyer.dead_ends() == []
    assert books_are_right()


def test_the_floor_the_customers_and_the_imports_are_not_hers(visitor, place):
    buyer = visitor("procurement")

    buyer.is_turned_away("/picking", "/receiving", "/waves", "/work-orders", "/imports", "/stock-arrivals")
    buyer.goes_home().forges("/receiving/new", part=place.hose.number, good="1", supplier="自己", reference="1")
    buyer.goes_home().is_told("您没有“收货入库”的权限。如有需要，请联系主管。")


def sold_to(place):
    """A supplier of boards by the five at 11 and of hoses at 10."""
    supplier = bought.supplier(place.plant, email="buy@qd.example")
    supplier.name_zh, supplier.name_en = f"青岛电子{supplier.code}", ""
    bought.sold(place.plant, supplier, place.board, (1, "11"), pack_size=5, lead_time_days=12)
    bought.sold(place.plant, supplier, place.hose, (1, "10"), lead_time_days=12)
    place.plant.commit()
    return supplier


def second_buyer(place):
    """Whoever looks at what the buyer drew up."""
    person = given.person(place.plant, "procurement", name="采购辛", locale="zh")
    place.plant.commit()
    return person


def test_she_buys_a_colleague_approves_the_dock_receives_twice_and_the_supplier_is_scored(
    app, visitor, place, books_are_right
):
    supplier = sold_to(place)
    buyer, colleague = visitor("procurement"), Visitor(app.test_client()).logs_in(second_buyer(place))
    today = datetime.now(UTC).date()
    wanted, promised = today + timedelta(days=1), today + timedelta(days=8)

    buyer.follows("供应商").sends("显示", q=supplier.name_zh).follows(supplier.name_zh).sees(
        place.board.number, "标称 12 天"
    )
    buyer.follows("新建采购订单")
    order = {"warehouse": place.centre.code, "wanted_on": wanted.isoformat()}
    buyer.sends("编制订单", **order, lines=f"{place.board.number} 7", status=422).sees("按整包 5 供货", "可改为 10")
    buyer.sends("编制订单", lines=f"{place.board.number}\t10\n{place.hose.number}\t20").is_told("已编制 PO-")
    buyer.sees("草稿", "需要 1 人批准", "310.00").sends("保存并提交").is_told("等待未参与编制的人批准")
    buyer.sees("待批准", "须由他人批准")
    number = buyer.page.address.rpartition("/")[2]

    colleague.goes_home().follows("待您批准的采购").sees(number, "310.00", "采购戊").follows(number)
    colleague.follows("采购审批").sends("批准", after=number).is_told("采购员可以发出")

    buyer.goes_home().follows("已批准、待发出").follows(number).sees("buy@qd.example")
    assert buyer.client.get(buyer.page.link("PDF")).get_data().startswith(b"%PDF")
    buyer.sends("已发给供应商").is_told("已计入在订").sees("预计收货", "ER-")
    lines = {"part": [place.board.number, place.hose.number], "quantity": ["10", "20"]}
    days = {"due_on": [promised.isoformat(), wanted.isoformat()]}
    buyer.sends("确认无误", **lines, **days, reference="SO-77").is_told("供应商确认已登记")
    buyer.sees(f"{wanted} → {promised}", "SO-77", "已确认")

    operator = visitor("warehouse_operator")
    operator.follows("收货").follows("ER-")
    operator.sends("按填写收货", good=["20", "4"]).is_told("已收货。")
    buyer.goes_home().follows("采购订单").follows(number).sees("部分到货", "4 / 10", "20 / 20")
    operator.follows("收货").follows("ER-")
    operator.sends("按填写收货").is_told("已收货。")

    buyer.goes_home().follows("采购订单").sends("显示", q=number)
    buyer.sees("应到的都已到货。", "10 / 10").follows("供应商记分卡")
    buyer.sends("显示", until=promised.isoformat()).sees("应到 2 行", "准时足量", "100 %")
    buyer.follows("订单", after="供应备件").sees(number, "已收货")
    assert supplier.code in buyer.page.text
    assert buyer.dead_ends() == []
    assert colleague.dead_ends() == []
    assert books_are_right()
