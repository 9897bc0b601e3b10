"""A lead's day: what is about to break, the wave let go, a lot taken out of turn, a task taken over, a doubtful bin."""

from datetime import UTC, datetime, timedelta

import pytest

from inventory import sourcing
from tests import given
from tests.given.network import QINGDAO
from tests.given.warehousing import released
from tests.journeys.deeds import number_in, pack_and_send


@pytest.fixture
def waiting(place):
    """A station of the province waits for the next wave, and one of the city since almost six hours."""
    province = given.warehouse(place.plant, tier="repair", city=QINGDAO, parent=place.centre, name_zh="市南网点")
    now = datetime.now(UTC)
    wish = sourcing.PartRequestWish(province.code, [sourcing.WishedLine(place.hose.number, 2)])
    sourcing.request_parts(place.plant, wish, by=given.acting(place.plant), at=now)
    released(place.plant, place.station, place.pump, 1, at=now - timedelta(hours=5, minutes=50))
    place.plant.commit()
    return province


def test_he_saves_the_promise_that_is_about_to_break_and_lets_the_wave_go(visitor, place, waiting, books_are_right):
    lead, operator = visitor("warehouse_lead"), visitor("warehouse_operator")
    operator.follows("拣货").sends("开始拣货").sees("批次 OLD")

    lead.sees("1 超时或临期的备件", "1 等待下发的备件").follows("超时或临期的备件").sees("排水泵", "拣货并发货")
    lead.follows("查看拣货任务").sees("库管丙 处理中").follows("B-02-03").sees("库管丙 正在处理这项任务。")
    lead.sends("放回给他人").is_told("任务已放回，其他人可以领取。").follows("B-02-03").sends("领取任务")
    lead.scans("B-02-03", into="bin").scans(place.label(place.pump, "NEW"), into="part").is_told("批次不对")
    lead.scans(place.label(place.pump, "NEW"), into="part", override_reason="OLD 的箱子受潮").is_told("已拣取 1 ×")
    operator.follows("拣货").sees("目前没有拣货任务")

    lead.goes_home().follows("等待下发的备件").sees("进水管", "市南网点", "定时任务每隔几分钟").sends("立即下发")
    lead.is_told("已下发 1 行。").sees("主管", "50 %", "主管丁").follows("拣货").sees("B-02-04")
    operator.follows("拣货").sends("开始拣货").scans("B-02-04", into="bin")
    operator.scans(place.label(place.hose, "H1"), into="part").is_told("已拣取 2 ×")
    pack_and_send(operator, place)

    lead.follows("先进先出证明").sees("有原因的例外", "OLD 的箱子受潮", "主管丁").follows("运单").follows("发货")
    shipment = number_in(lead, "SH")
    lead.follows(shipment).sends("登记", kind="delayed", place="潍坊", note="堵车").is_told("已登记。").sees(
        "延误", "潍坊"
    )

    assert lead.dead_ends() == []
    assert books_are_right()


def test_he_counts_a_doubtful_bin_and_who_lost_his_part_is_served_anew(visitor, place, waiting, books_are_right):
    lead = visitor("warehouse_lead")

    lead.follows("盘点检查").scans("B-02-04", into="bin").sees("账面存放", "进水管", "5")
    lead.scans(place.label(place.hose), into="part").follows("存疑").sends(
        "确认入账", quantity="2", reason="标签与实物不符"
    )
    lead.is_told("良品 5 → 3").sees("待检")
    lead.follows("检查", after="良品").follows("损坏").sends("确认入账", quantity="3", reason="受潮")
    lead.is_told("这批库存已被占用：").sees("不良品")
    lead.follows("放行").sends("确认入账", quantity="2", reason="检验合格").is_told("良品 0 → 2")
    lead.follows("缺货登记").sees("没有缺货。")

    assert lead.dead_ends() == []
    assert books_are_right()


def test_the_stations_repairs_and_the_tables_of_the_network_are_not_his(visitor, place):
    lead = visitor("warehouse_lead")
    abroad = given.warehouse(place.plant, tier="distribution")
    place.plant.commit()

    lead.is_turned_away("/work-orders", "/work-orders/mine", "/imports", "/expected-receipts", "/part-requests/new")
    lead.goes_home().forges("/waves", warehouse=abroad.code)
    lead.goes_home().is_told(f"找不到 {abroad.code}，或不在您的范围内。")
    lead.forges(f"/parts/{place.pump.number}/request", warehouse=place.centre.code, quantity="1")
    lead.goes_home().is_told("您没有“申请备件”的权限。如有需要，请联系主管。")
