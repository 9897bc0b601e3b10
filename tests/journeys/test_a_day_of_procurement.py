"""A buyer's day: what nobody has, who waits for it, and the delivery that a supplier has promised."""

from datetime import UTC, datetime

from tests.given.warehousing import released


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
