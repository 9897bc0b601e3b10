"""A planner's day: the whole map, what lay where and when, how each unit moved, and which promises were kept."""

from datetime import UTC, datetime, timedelta

from tests.given.transport import under_way

DAY = "%Y-%m-%dT%H:%M"


def test_he_reads_stock_as_of_then_and_now_the_ledger_the_proof_and_the_promises(visitor, place, books_are_right):
    under_way(place.plant, place.station, place.pump, at=datetime.now(UTC) - timedelta(hours=7))
    place.plant.commit()
    planner = visitor("planner")

    planner.sees("我的全部库房").follows("超时或临期的备件").sees("排水泵", "催运并收货").follows("SH-")
    planner.sees("济南配送中心 → 历下网点", "已超时")

    planner.follows("库存").sees("您在哪个库房工作？").sends("查找", q=place.centre.code).sends(place.centre.code)
    planner.sees("库存", "排水泵", "进水管")
    then = datetime.now(UTC) - timedelta(days=20)
    planner.sends("显示", at=then.strftime(DAY)).sees("截至", "排水泵").sees_nothing_of("进水管")
    planner.sends("显示", at="", q=place.pump.number)
    planner.follows(place.pump.number).sees("存放位置（最早批次在前）", "OLD", "NEW").follows("OLD")
    planner.sees("首次进入网络", "供应商", "在途")

    planner.follows("库存台账").sends("显示", part=place.pump.number).sees("供应商", "在途")
    planner.follows("先进先出证明").sees("分配次数", "取自最早批次", "无原因")
    visitor("station_manager").follows("运单").follows("SH-").scans(place.label(place.pump, "OLD"))
    planner.follows("承诺兑现").sees("按首次承诺计", "同城", "未兑现")

    assert planner.dead_ends() == []
    assert books_are_right()


def test_he_looks_and_changes_nothing(visitor, place):
    planner = visitor("planner")

    planner.is_turned_away("/picking", "/receiving", "/waves", "/expected-receipts", "/work-orders", "/imports")
    planner.opens("/workplace").sends("查找", q=place.centre.code).sends(place.centre.code)
    planner.forges("/checking", kind="count", bin="B-02-03", part=place.pump.number, quantity="0", reason="?")
    planner.goes_home().is_told("您没有“盘点报损”的权限。如有需要，请联系主管。")
