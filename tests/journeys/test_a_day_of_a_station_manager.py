"""A station manager's day: a call taken down, a shipment that is short, damaged and wrong, and stock for the shelf."""

from tests import given
from tests.given.workorders import repair
from tests.journeys.deeds import number_in, open_repair, pack_and_send, pick_everything


def test_he_takes_a_call_down_receives_what_comes_as_it_comes_and_fills_his_shelf(visitor, place, books_are_right):
    successor = given.person(place.plant, "engineer", place.station, name="工程师辛", locale="zh")
    manager, operator = visitor("station_manager"), visitor("warehouse_operator")
    manager.sees("待办事项", "历下网点").follows("未完成工单").sees("没有未完成的工单。客户来电时")

    order = open_repair(manager, place)
    manager.sends("改派", engineer=successor.login, note="离得近").is_told("工单已改派。").sees("工程师辛")
    manager.follows("申请备件").follows("排水泵").sends("立即申请", quantity="3").sees("已受理", "已下发库房")
    pick_everything(operator)
    sscc = pack_and_send(operator, place)

    manager.goes_home().sees("1 在途到货").follows("在途到货").scans(sscc).sees("3 × P", order)
    manager.scans(place.label(place.board)).is_told("本运单中没有此件。请找它自己的运单，或按无单收货。")
    manager.sends("确认入账", received="2", damaged="1", missing="1").is_told("只剩 3 件待收。多出的请按无单收货。")
    manager.sends("确认入账", received="1", damaged="1", missing="1", note="纸箱压坏").is_told("本运单已全部清点完毕。")
    manager.sees("已收 1", "损坏 1", "缺 1")

    manager.follows("收货").follows("无通知收货").scans(place.label(place.board))
    manager.sends("按填写收货", status=422).sees("无通知收货须填写供应商和单号。请补全。", place.board.number)
    manager.sends("按填写收货", supplier="济南配送中心", reference=sscc).sees("已收货。请打印标签，然后上架。")
    manager.follows("2. 去上架").scans(place.label(place.board)).scans("S-01", into="to").is_told("已放入 S-01。")
    manager.follows("库存").sees(place.board.number, "电脑板")

    manager.follows("工单").follows(order).sees("已到，可领用 1", "已为您占用 1", "缺货 1")
    manager.follows("查找备件").sends("查找", q="jsg").follows(place.hose.number).sends("立即申请", priority="8").sees(
        "已受理"
    )
    pick_everything(operator)
    second = pack_and_send(operator, place)
    manager.goes_home().follows("在途到货").scans(second).scans(f"00{second}").is_told("本运单已全部清点完毕。")
    manager.goes_home().sees("1 到货待上架").follows("到货待上架").sees("进水管")
    manager.sends("上架", after="进水管").is_told("已上架，成为可用库存。").sees("没有待上架的备件")
    manager.goes_home().sees("1 待上架").follows("1 待上架").scans(place.label(place.hose)).scans("S-01", into="to")
    manager.follows("库存").follows(place.hose.number).sees("进水管", "S-01")

    request = number_in(manager.follows("备件申请"), "PR")
    manager.follows(request).sees("经过", "途中丢失或损坏", "重新寻源", "站长乙", "库管丙")
    assert manager.dead_ends() == []
    assert books_are_right()


def test_the_stations_of_others_and_the_work_of_the_centre_are_not_his(visitor, place):
    manager, operator = visitor("station_manager"), visitor("warehouse_operator")
    abroad = repair(place.plant, place.elsewhere).work_order.number
    place.plant.commit()

    manager.is_turned_away("/waves", "/imports", "/expected-receipts")
    manager.is_turned_away(f"/work-orders/{abroad}", "/shipments/SH-99999999", "/picking/99999999", status=404)
    manager.goes_home().forges("/workplace", code=place.elsewhere.code)
    manager.goes_home().is_told(f"找不到 {place.elsewhere.code}，或不在您的范围内。请检查后重试。").sees("历下网点")
    manager.forges("/waves", warehouse=place.station.code)
    manager.goes_home().is_told("您没有“下发波次”的权限。如有需要，请联系主管。")
    assert operator.follows("库存").sees(place.pump.number)
    assert manager.follows("库存").sees_nothing_of(place.pump.number)
