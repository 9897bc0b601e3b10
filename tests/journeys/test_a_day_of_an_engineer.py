"""An engineer's day: the repair, the right part, its promise, the wait, the part in his hands and in the machine."""

import pytest

from tests import given
from tests.given.workorders import repair
from tests.journeys.deeds import number_in, open_repair, pack_and_send, pick_everything


@pytest.fixture
def engineer(visitor, place):
    """The engineer in the morning: the call of a customer has just been given to him."""
    open_repair(visitor("station_manager"), place)
    return visitor("engineer")


def test_he_finds_requests_draws_and_fits_the_part_and_gives_back_the_one_left_over(
    engineer, visitor, place, books_are_right
):
    engineer.sees("待办事项", "历下网点", "1 我的未完成维修")
    engineer.follows("我的未完成维修").follows("洗完不排水").sees("王女士", "经十路 1 号", "13800001111")
    order = number_in(engineer, "WO")

    engineer.follows("申请备件").sees(f"机型 {place.model.code} 的部件清单", place.pump.number, place.board.number)
    for words in ("psb", "paishuibeng", place.pump.number, "排水"):
        engineer.sends("查找", q=words).sees(place.pump.number, "同城", "1 个货源").sees_nothing_of(place.board.number)

    engineer.follows(place.pump.number).sees("本库货架没有。", "济南配送中心", "同城", "足够")
    engineer.sends("立即申请", quantity="2").sees("已受理", "已下发库房，正在拣货。")
    pumps = number_in(engineer, "PR")

    engineer.follows("再找备件").follows("电脑板").sees("目前全网无货")
    engineer.sends("加入清单").is_told("已加入申请清单").follows("提交申请").sees("电脑板", "全网无货")
    engineer.sends("提交申请").sees("部分备件等待到货", "工程师甲", "复查")
    engineer.follows("返回工单").sees("缺货 1", "已为您占用 2")

    engineer.follows("缺货登记").sees(place.board.number, "工程师甲").follows("PR-").sees("等待到货")
    engineer.follows(order).sends("取消 1", after="电脑板", reason="other_part").is_told("已取消：1")
    engineer.follows("缺货登记").sees("没有缺货。")
    engineer.follows("临期超时").follows("全部未完成").sees("排水泵", "拣货并发货", pumps)

    operator = visitor("warehouse_operator")
    assert pick_everything(operator) == 1
    sscc = pack_and_send(operator, place)
    engineer.follows("跟踪").sees("在途").goes_home().sees("1 在途到货").follows("在途到货")
    engineer.scans(sscc).sees("SH-", pumps, order).scans(sscc).is_told("本运单已全部清点完毕。")

    engineer.goes_home().sees("1 待您领用的备件").follows("待您领用的备件").sees("可领用 2").follows("洗完不排水")
    engineer.scans(place.label(place.board)).is_told("此处没有为工单")
    engineer.scans(place.label(place.pump, "OLD")).is_told(f"已领用：1 × {place.pump.number}")
    engineer.sends("领用", after="已到，可领用 1").is_told("已领用，备件现由工程师持有。")
    engineer.sends("已装机", after="工程师手上 1").is_told("已登记装机。").sees("已装机 1")
    engineer.sends("维修完成").is_told("工程师还持有工单")
    engineer.sends("退回", after="工程师手上 1", reason="not_needed").is_told("已退回网点。")
    engineer.sends("维修完成", remark="更换排水泵").is_told("维修已完成。")
    engineer.sees("经过", "申请", "发货", "收货", "领用", "装机", "退回", "完成", "库管丙", "工程师甲", "更换排水泵")
    engineer.goes_home().sees_nothing_of("1 我的未完成维修").has_next_steps("我的未完成维修")

    assert engineer.dead_ends() == []
    assert books_are_right()


def test_what_is_not_his_does_not_open_and_what_is_a_colleagues_is_not_for_him_to_do(engineer, visitor, place):
    colleague = given.person(place.plant, "engineer", place.station, name="工程师辛", locale="zh")
    abroad = repair(place.plant, place.elsewhere).work_order.number
    place.plant.commit()
    order = open_repair(visitor("station_manager"), place, engineer=colleague.login, serial="SN-OTHER", symptom="漏水")

    engineer.is_turned_away("/picking", "/packing", "/waves", "/ledger", "/reports/fifo", "/imports", "/put-away")
    engineer.is_turned_away(f"/work-orders/{abroad}", "/work-orders/WO-99999999", "/part-requests/PR-1", status=404)
    engineer.goes_home().follows("工单").follows(order).sees("漏水").sees_nothing_of("申请备件 完成维修", "改派")
    engineer.forges(f"/work-orders/{order}/complete", remark="")
    engineer.opens(f"/work-orders/{order}").is_told("不是您的。请联系网点经理。").sees("未完成")
