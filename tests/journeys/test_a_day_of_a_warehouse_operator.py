"""An operator's day with a scanner: wrong bins and lots, a shelf that is short, a box on its way, goods at the dock."""

from datetime import UTC, datetime

from tests import given
from tests.given.warehousing import released
from tests.journeys.deeds import pack_and_send


def test_he_picks_what_is_right_reports_what_is_short_and_sends_the_box(visitor, place, books_are_right):
    released(place.plant, place.station, place.pump, 3, at=datetime.now(UTC))
    released(place.plant, place.station, place.hose, 2, at=datetime.now(UTC))
    place.plant.commit()
    operator = visitor("warehouse_operator")

    operator.sees("济南配送中心", "2 待拣任务").follows("待拣任务").sees("B-02-03", "历下网点", "紧急")
    operator.sends("开始拣货").sees("1. 货位", "3 ×", "批次 OLD", "扫描货位 B-02-03")
    task = operator.page.address
    operator.scans("DOCK-01", into="bin", status=422).sees("货位不对：扫到 DOCK-01，应去 B-02-03。").opens(task)
    operator.scans("b-02-03", into="bin").sees("扫描备件标签")
    operator.scans(place.label(place.hose, "H1"), into="part").is_told("备件不对")
    operator.scans(place.label(place.pump, "NEW"), into="part").is_told(
        "批次不对：扫到 NEW，应取 OLD。请换批次，或由有权者"
    )
    operator.scans(place.label(place.pump), into="part").is_told("标签上没有批次，而此处有几个：")
    operator.scans(place.label(place.pump), into="part", lot="OLD", quantity="2").is_told("请说明其余是缺货还是损坏。")
    operator.scans(
        place.label(place.pump), into="part", lot="OLD", quantity="2", rest="short", reason="货架上只有两件"
    ).is_told(f"已拣取 2 × {place.pump.number}，请送往暂存区。")

    operator.sees("1 ×", "批次 NEW").sends("放回给他人").is_told("任务已放回，其他人可以领取。").sends("开始拣货")
    operator.scans("B-02-03", into="bin").scans(place.label(place.pump, "NEW"), into="part").is_told("已拣取 1 ×")

    operator.sees("扫描货位 B-02-04").sends("上报", quantity="2", kind="damaged", reason="受潮")
    operator.is_told("已记录：正在为缺少的部分另寻货源。").scans("B-02-04", into="bin")
    operator.scans(place.label(place.hose, "H1"), into="part").is_told("已拣取 2 ×")

    operator.sees("待装箱").follows("去装箱").sends("开新箱")
    operator.scans(place.label(place.board), into="part").is_told("没有发往 HU-").has_next_steps("装箱")
    operator.scans(place.label(place.pump, "OLD"), into="part").is_told("已装箱").sees("待装入", "NEW", "H1")
    operator.scans(place.label(place.pump, "NEW"), into="part").is_told("已装箱")
    operator.sends("全部装入").sends("封箱").sees("已封箱")
    operator.follows("2. 发运").sends("发运所选箱").is_told("已发运：SH-").sees("历下网点", "5")
    operator.follows("装箱").sees("没有待装箱的备件。").has_next_steps("去拣货")

    assert operator.dead_ends() == []
    assert books_are_right()


def test_he_receives_what_was_announced_and_what_was_not_and_puts_it_away(visitor, place, books_are_right):
    buyer, operator = visitor("procurement"), visitor("warehouse_operator")
    buyer.opens("/workplace").sends(place.centre.code)
    buyer.follows("到货通知").follows("新建到货通知")
    buyer.sends("发出通知", supplier="青岛电子", expected_at="2026-12-01T08:00", lines=f"{place.board.number} 4")
    waiting = released(place.plant, place.station, place.board, 1, at=datetime.now(UTC))
    place.plant.commit()
    assert waiting == []

    operator.goes_home().sees("1 待到货").follows("待到货").follows("ER-").sees("待到 4")
    operator.scans(place.label(place.hose), status=422).sees("中没有备件", "请按无通知收货。")
    operator.sends("按填写收货", good="5", lot="B1", status=422).sees("只预告了 4 件，实到 5 件。请填写原因后接收")
    operator.sends("按填写收货", good="3", defective="1", lot="B1").is_told("已收货。").sees("良品", "不良品", "B1")

    operator.follows("2. 去上架").sees("DOCK-01", place.board.number).scans(place.label(place.board, "B1"))
    operator.scans("DOCK-01", into="to").is_told("不能上架").scans("B-02-03", into="to").is_told("已放入 B-02-03。")
    operator.follows("拣货").sees(place.board.number, "DOCK-01").sends("开始拣货")
    operator.scans("DOCK-01", into="bin").scans(place.label(place.board, "B1"), into="part").is_told("已拣取 1 ×")

    operator.follows("收货").follows("无通知收货").scans(place.hose.number)
    operator.follows("济南配送中心").sends("济南配送中心").sees("待办事项")  # the answer to a scan does not open again
    operator.follows("收货").follows("无通知收货").scans(place.hose.number).scans(place.hose.number)
    operator.sends("按填写收货", supplier="临沂橡胶", reference="DN-7").is_told("已收货。").sees("临沂橡胶 · DN-7", "2")
    pack_and_send(operator, place)

    assert operator.dead_ends() == []
    assert books_are_right()


def test_neither_the_leads_buttons_nor_the_stations_customers_are_his(visitor, place):
    operator, lead = visitor("warehouse_operator"), visitor("warehouse_lead")
    (task,) = released(place.plant, place.station, place.pump, 1, at=datetime.now(UTC))
    place.plant.commit()
    lead.follows("拣货").sends("开始拣货")

    operator.is_turned_away("/waves", "/work-orders", "/part-requests", "/ledger", "/imports", "/expected-receipts")
    operator.goes_home().follows("拣货").sees("主管丁 处理中").follows("B-02-03").sees("主管丁 正在处理这项任务。")
    assert "放回给他人" not in operator.page.button_words
    operator.forges(f"/picking/{task.id}/unclaim")
    operator.goes_home().is_told("正由 主管丁 处理。请取下一个任务。")
    operator.forges("/waves", warehouse=place.centre.code)
    operator.goes_home().is_told("您没有“下发波次”的权限。")
    abroad = given.warehouse(place.plant, tier="distribution")
    (foreign,) = released_elsewhere(place, abroad)
    operator.is_turned_away(f"/picking/{foreign.id}", status=404)


def released_elsewhere(place, abroad):
    """A task of another centre."""
    part = given.part(place.plant)
    given.stock(place.plant, abroad, part, 1)
    made = released(place.plant, place.elsewhere, part, 1, at=datetime.now(UTC))
    place.plant.commit()
    return made
