"""Screens of work orders: the engineer's day, a call taken down, one repair with its parts, in both languages."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from inventory import workorders
from inventory.identity import Person
from inventory.network.models import Warehouse
from inventory.workorders import DrawnPart, WorkOrder
from tests import given
from tests.given.network import JINAN
from tests.given.transport import delivered
from tests.given.workorders import Repair, arrived, asked_for, repair
from web.command import new_command_key

NAME, PHONE, ADDRESS = "司空图", "13511112222", "太原市迎泽区 3 号"


@pytest.fixture
def station(plant) -> Warehouse:
    return given.warehouse(plant)


@pytest.fixture
def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def job(plant, station, now) -> Repair:
    made = repair(
        plant,
        station,
        opened_at=now - timedelta(hours=3),
        symptom="压缩机不启动<b>",
        customer_name=NAME,
        customer_phone=PHONE,
        customer_address=ADDRESS,
    )
    plant.commit()
    return made


def person_of(plant, actor) -> Person:
    return plant.get_one(Person, actor.person_id)


@pytest.fixture
def engineer(plant, browser_of, job):
    return browser_of(person_of(plant, job.engineer))


@pytest.fixture
def manager(plant, browser_of, job, station):
    browser = browser_of(person_of(plant, job.manager))
    browser.post("/workplace", code=station.code)
    return browser


@pytest.fixture
def line(plant, job, now):
    made = arrived(plant, job, given.part(plant), 1, at=now - timedelta(hours=2))
    plant.commit()
    return made


def path(job, tail=""):
    return f"/work-orders/{job.work_order.number}{tail}"


def text_of(response) -> str:
    assert response.status_code == 200, response.status
    return response.get_data(as_text=True)


def send(browser, job, tail, **fields):
    """Send a form of the work order's page, and give the page that comes after it."""
    answer = browser.post(path(job, tail), page=path(job), **fields)
    assert answer.status_code == 303
    return text_of(browser.get(answer.location))


def drawn_of(plant, job) -> DrawnPart:
    plant.rollback()
    return plant.scalars(select(DrawnPart).where(DrawnPart.work_order_id == job.work_order.id)).one()


# The engineer's day


def test_the_engineers_day_shows_what_to_draw_first(plant, engineer, job, line, station, now):
    quiet = workorders.open_work_order(
        plant,
        given.workorders.call(plant, station, job.engineer, symptom="异响"),
        given.workorders.RULES,
        by=given.under_new_command(plant, job.manager),
        at=now - timedelta(hours=9),
    )
    plant.commit()

    page = text_of(engineer.get("/work-orders/mine"))

    assert page.index(job.work_order.number) < page.index(quiet.number)
    assert "可领用 1" in page
    assert NAME in page


def test_repairs_stand_under_what_the_engineer_does_next(plant, engineer, job, line):
    assert "备件已到：领用并安装" in text_of(engineer.get("/work-orders/mine"))
    send(engineer, job, "/parts/draw", line=line.id, quantity="1")
    page = send(engineer, job, "/parts/fit", drawn_part=drawn_of(plant, job).id, quantity="1")
    assert '<details id="complete" open>' in page  # what is left to do stands open
    page = text_of(engineer.get("/work-orders/mine"))
    assert "已安装：请完成维修" in page
    assert "备件已到：领用并安装" not in page


def test_a_repair_without_a_part_asks_for_one_first(plant, engineer, job):
    assert "尚未申请备件" in text_of(engineer.get("/work-orders/mine"))
    assert f'class="btn btn-primary" href="{path(job, "/parts/search")}"' in text_of(engineer.get(path(job)))


def test_a_day_without_repairs_says_so_and_where_to_go_on(plant, browser_of, station):
    idle = browser_of(given.person(plant, "engineer", station))

    page = text_of(idle.get("/work-orders/mine"))

    assert "您没有未完成的维修" in page
    assert 'href="/work-orders?status=all"' in page


def test_what_customers_say_is_text_and_no_markup(engineer, job):
    for page in (text_of(engineer.get("/work-orders/mine")), text_of(engineer.get(path(job)))):
        assert "压缩机不启动&lt;b&gt;" in page
        assert "压缩机不启动<b>" not in page


def test_the_home_page_counts_what_waits(engineer, job, line):
    page = text_of(engineer.get("/"))

    assert "待您领用的备件" in page
    assert "我的未完成维修" in page


# The list


def test_the_manager_lists_finds_and_filters(plant, manager, job, station):
    other = repair(plant, station, symptom="漏水", serial="LIST-1")
    workorders.cancel_work_order(
        plant, other.work_order.number, reason="-", by=other.manager, at=other.work_order.opened_at
    )
    plant.commit()

    open_ones = text_of(manager.get("/work-orders"))
    cancelled = text_of(manager.get("/work-orders", status="cancelled", q="LIST-1"))

    assert job.work_order.number in open_ones
    assert other.work_order.number not in open_ones
    assert other.work_order.number in cancelled
    assert "没有符合条件的工单" in text_of(manager.get("/work-orders", q="NO-SUCH-THING"))


def test_a_list_is_continued_on_the_next_page(plant, manager, job, station):
    for _ in range(51):
        repair(plant, station)
    plant.commit()

    first = text_of(manager.get("/work-orders"))
    following = re.search(r'href="([^"]*cursor=[^"]*)" rel="next"', first)

    assert job.work_order.number not in first
    assert following
    assert job.work_order.number in text_of(manager.client.get(following[1].replace("&amp;", "&")))


def test_foreign_work_orders_are_on_no_screen(plant, browser_of, job):
    stranger = browser_of(person_of(plant, repair(plant).manager))
    plant.commit()

    assert job.work_order.number not in text_of(stranger.get("/work-orders", status="all"))
    assert stranger.get(path(job)).status_code == 404
    assert stranger.get("/work-orders/WO-999999999").status_code == 404


# A call


def call_form(plant, job, **changed):
    model = given.model(plant)
    plant.commit()
    return {
        "warehouse": job.station.code,
        "engineer": person_of(plant, job.engineer).login,
        "name": "新客户",
        "phone": "13500000001",
        "address": "某地",
        "model": model.code,
        "serial": "CALL-1",
        "purchased_on": "2025-01-02",
        "symptom": "不制冷",
        "reference": "",
        **changed,
    }


def test_a_call_is_taken_down_and_its_work_order_shown(plant, manager, job):
    assert "故障现象" in text_of(manager.get("/work-orders/new"))

    answer = manager.post("/work-orders", page="/work-orders/new", **call_form(plant, job))

    assert answer.status_code == 303
    page = text_of(manager.get(answer.location))
    assert "新客户" in page
    assert "CALL-1" in page
    assert "已建立" in page


def test_a_form_sent_twice_opens_one_work_order(plant, manager, job):
    form, key = call_form(plant, job), new_command_key()

    first = manager.post("/work-orders", page="/work-orders/new", key=key, **form)
    again = manager.post("/work-orders", page="/work-orders/new", key=key, **form)

    assert first.location == again.location
    assert plant.scalar(select(func.count()).where(WorkOrder.warehouse_id == job.station.id)) == 2


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"model": "NO-SUCH"}, "没有产品型号 NO-SUCH"),
        ({"engineer": "nobody"}, "不是该网点的工程师"),
        ({"phone": "abcdef"}, "电话须为"),
        ({"symptom": "  "}, ""),
        ({"purchased_on": "gestern"}, ""),
        ({"warehouse": "NOWHERE"}, ""),
    ],
)
def test_a_call_that_cannot_be_taken_is_refused_in_words_and_opens_nothing(plant, manager, job, changed, told):
    answer = manager.post("/work-orders", page="/work-orders/new", **call_form(plant, job, **changed))

    assert answer.status_code == 303
    page = text_of(manager.get(answer.location))
    assert "alert-danger" in page
    assert told in page
    assert plant.scalar(select(func.count()).where(WorkOrder.warehouse_id == job.station.id)) == 1


def test_who_may_not_record_calls_has_no_form(plant, browser_of, station, job):
    operator = browser_of(given.person(plant, "warehouse_operator", station))

    assert operator.get("/work-orders/new").status_code == 403
    assert operator.post("/work-orders", **call_form(plant, job)).status_code in (303, 403)
    assert plant.scalar(select(func.count()).where(WorkOrder.warehouse_id == job.station.id)) == 1


def test_a_place_that_repairs_nothing_says_so(plant, browser_of):
    above = given.warehouse(plant, tier="distribution")
    manager = browser_of(given.person(plant, "station_manager", above))
    manager.post("/workplace", code=above.code)

    assert "请选择网点" in text_of(manager.get("/work-orders/new"))


# One repair


def test_a_part_that_came_is_drawn_fitted_taken_out_given_back_and_the_repair_completed(plant, engineer, job, line):
    page = send(engineer, job, "/parts/draw", line=line.id, quantity="1")
    assert "工程师手上 1" in page
    drawn = drawn_of(plant, job)

    page = send(engineer, job, "/parts/fit", drawn_part=drawn.id, quantity="１")
    assert "已装机 1" in page
    page = send(engineer, job, "/parts/take-out", drawn_part=drawn.id, quantity="1", reason="booked_by_mistake")
    assert "工程师手上 1" in page
    page = send(
        engineer, job, "/parts/give-back", drawn_part=drawn.id, quantity="1", condition="good", reason="not_needed"
    )
    assert "已退回 1" in page
    assert "不需要了" in page  # the reason, on the timeline

    page = send(engineer, job, "/complete", remark="清洗后正常")
    assert "已完成" in page
    assert "清洗后正常" in page


def test_a_scanned_label_draws_what_it_names(plant, engineer, job, line):
    part = plant.get_one(given.catalogue.Part, line.part_id)

    page = send(engineer, job, "/parts/scan", code=part.number)

    assert f"已领用：1 × {part.number}" in page
    assert drawn_of(plant, job).quantity == 1


@pytest.mark.parametrize("code", ["NO-SUCH-PART", "", "x" * 300, "(01)123", "\u202eevil"])
def test_a_wrong_scan_is_loud_and_harmless(plant, engineer, job, line, code):
    page = send(engineer, job, "/parts/scan", code=code)

    assert "alert-danger" in page
    assert plant.scalar(select(func.count()).where(DrawnPart.work_order_id == job.work_order.id)) == 0


def test_a_draw_sent_twice_draws_once(plant, engineer, job, line):
    key = new_command_key()
    for _ in range(2):
        engineer.post(path(job, "/parts/draw"), page=path(job), key=key, line=line.id, quantity="1")

    assert drawn_of(plant, job).quantity == 1


@pytest.mark.parametrize("quantity", ["0", "-1", "1.5", "", "999999999", "１０００００００００", "1e3"])
def test_an_impossible_quantity_is_refused(plant, engineer, job, line, quantity):
    page = send(engineer, job, "/parts/draw", line=line.id, quantity=quantity)

    assert "alert-danger" in page
    assert plant.scalar(select(func.count()).where(DrawnPart.work_order_id == job.work_order.id)) == 0


def test_what_is_not_needed_is_let_go_and_what_is_on_its_way_cancelled(plant, engineer, job, line, now):
    part = given.part(plant)
    given.stock(plant, given.warehouse(plant, tier="distribution", city=JINAN), part, 1)
    coming = asked_for(plant, job, part, at=now)
    plant.commit()

    page = send(engineer, job, "/parts/free", line=line.id, quantity="1", reason="other_part")
    assert "已释放" in page
    page = send(engineer, job, "/parts/cancel", line=coming.id, reason="not_needed")
    assert "已取消 1" in page


def test_a_part_on_its_way_shows_where_from_and_how_long(plant, engineer, job, now):
    part = given.part(plant)
    source = given.warehouse(plant, tier="distribution", city=JINAN, name_zh="济南配送中心")
    given.stock(plant, source, part, 1)
    asked_for(plant, job, part, at=now - timedelta(hours=1))
    plant.commit()

    page = text_of(engineer.get(path(job)))

    assert "济南配送中心" in page
    assert re.search(r"剩余 22 小时 5\d 分|剩余 23 小时", page)


def test_a_colleague_sees_the_work_order_and_nothing_to_press(plant, browser_of, station, job, line):
    colleague = browser_of(given.person(plant, "engineer", station))

    page = text_of(colleague.get(path(job)))

    assert job.work_order.number in page
    assert "/parts/draw" not in page
    assert "/complete" not in page
    refused = send(colleague, job, "/parts/draw", line=line.id, quantity="1")
    assert "不是您的" in refused


def test_a_line_of_another_repair_is_not_drawn_from_this_page(plant, engineer, job, line, station):
    other = repair(plant, station)
    plant.commit()

    answer = engineer.post(path(other, "/parts/draw"), page=path(job), line=line.id, quantity="1")

    assert answer.status_code == 303
    assert plant.scalar(select(func.count()).where(DrawnPart.line_id == line.id)) == 0


def test_parts_in_hand_stand_in_the_way_of_completing(engineer, job, line):
    send(engineer, job, "/parts/draw", line=line.id, quantity="1")

    assert "请先装机或退回" in send(engineer, job, "/complete", remark="")


def test_the_manager_hands_over_calls_off_and_the_engineer_reopens(plant, manager, engineer, job, station):
    successor = given.person(plant, "engineer", station, name="接手人")
    plant.commit()

    page = send(manager, job, "/reassign", engineer=successor.login, note="顺路")
    assert "接手人" in page
    page = send(manager, job, "/complete", remark="")
    assert "/reopen" in page
    page = send(manager, job, "/reopen", note="又坏了")
    page = send(manager, job, "/cancel", reason="customer_cancelled")
    assert "客户取消" in page
    assert "/reopen" not in page


def test_a_reason_is_asked_for(manager, job):
    assert "alert-danger" in send(manager, job, "/cancel", reason=" ", note="")


def test_the_administrator_sees_no_personal_data_and_erases_them(plant, browser_of, job):
    administrator = browser_of(given.person(plant, "administrator"))

    page = text_of(administrator.get(path(job)))
    assert not [one for one in (NAME, PHONE, ADDRESS) if one in page]
    page = send(administrator, job, "/customer/erase")

    assert "客户个人资料已清除" in page


def test_pages_with_personal_data_are_kept_by_no_cache(engineer, job):
    assert "no-store" in engineer.get(path(job)).headers["Cache-Control"]


def test_what_came_for_the_stations_stock_goes_to_the_shelf(plant, manager, station):
    assert "没有待上架的备件" in text_of(manager.get("/stock-arrivals"))
    part = given.part(plant)
    waiting = delivered(plant, station, part, 2)
    plant.commit()

    assert part.number in text_of(manager.get("/stock-arrivals"))
    answer = manager.post(f"/stock-arrivals/{waiting.id}/stock-up", page="/stock-arrivals", quantity="2")

    assert "没有待上架的备件" in text_of(manager.get(answer.location))


@pytest.mark.parametrize("address", ["/work-orders/mine", "/work-orders", "/work-orders/new", "/stock-arrivals", ""])
def test_every_screen_speaks_english_too(plant, browser_of, job, line, station, address):
    manager = person_of(plant, job.manager)
    manager.locale = "en"
    plant.commit()
    browser = browser_of(manager)
    browser.post("/workplace", code=station.code)

    page = text_of(browser.get(address or path(job)))

    told = re.sub(r"<[^>]*>", " ", page.partition("<main")[2].partition("</main>")[0])
    data = f"青岛市库房 {NAME} {ADDRESS} 压缩机不启动 对开门冰箱 测试员 王小明"
    assert [word for word in re.findall(r"[\u4e00-\u9fff]{2,}", told) if word not in data] == []


def test_nothing_is_written_by_looking(plant, engineer, manager, job, line):
    def figures():
        plant.rollback()
        return [plant.scalar(select(func.count()).select_from(one)) for one in (WorkOrder, DrawnPart)]

    before = figures()
    for browser in (engineer, manager):
        for address in ("/work-orders/mine", "/work-orders", path(job), "/work-orders/new"):
            assert browser.get(address).status_code in (200, 303)
    assert figures() == before


@pytest.mark.parametrize("tail", ["/parts/draw", "/parts/fit", "/complete", "/cancel", "/reassign"])
def test_a_form_without_its_token_does_nothing(engineer, job, line, tail):
    answer = engineer.client.post(path(job, tail), data={"command_key": new_command_key(), "quantity": "1"})

    assert answer.status_code == 400
