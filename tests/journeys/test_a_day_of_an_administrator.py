"""An administrator's day: people who come and go, a token for the call centre, tables from files."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.given.warehousing import released
from tests.journeys.deeds import open_repair
from tests.journeys.visitor import Visitor
from tests.web.conftest import ApiClient
from web.cli import cli

NEW_PASSWORD = "seven herons over a green canal"


@pytest.fixture
def beijian(web_url, monkeypatch):
    """The command line on the server; what it says."""
    for name, value in {"DATABASE_URL": web_url, "SECRET_KEY": "k" * 40, "PASSWORD_COST": "low"}.items():
        monkeypatch.setenv(name, value)

    def run(*words: str) -> str:
        answer = CliRunner().invoke(cli, list(words))
        assert answer.exit_code == 0, answer.output
        return answer.stdout.strip()

    return run


@pytest.fixture(autouse=True)
def uploads_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is uploaded lies in a folder of this test."""
    monkeypatch.setattr("web.pages.imports.home", lambda: tmp_path / "imports")


def test_she_takes_people_in_from_a_file_and_shows_one_of_them_out(visitor, app, place, beijian, books_are_right):
    administrator, login = visitor("administrator"), f"new.{place.station.id}"
    row = f"{login},李新,工程师,{place.station.code}"

    administrator.follows("导入与导出").sees("用户与角色", "先看文件会带来什么变化")
    administrator.uploads("检查文件", "people.csv", f"登录名,姓名,角色,库房\n{row}x\n", kind="users")
    administrator.sees("有 1 处问题。修改前不会导入任何内容。", f"没有这个库房：{place.station.code}x。")
    assert f"{place.station.code}x" in administrator.fetches("下载问题清单（CSV）")
    administrator.follows("上传改好的文件")
    administrator.uploads("检查文件", "people.csv", f"登录名,姓名,角色,库房\n{row}\n", kind="users")
    administrator.sees("文件没有问题。尚未更改任何内容").sends("导入", after="文件没有问题").sees("已导入。")
    password = administrator.fetches("下载初始密码（仅一次）").split(login)[1].strip(" ,\r\n").split(",")[-1]
    administrator.follows("导入与导出").sees("最近的导入", "管理员庚", "用户与角色")

    newcomer = Visitor(app.test_client())
    newcomer.opens("/").sends("登录", login=login, password="a wrong one of fifteen").is_told("登录名或密码不对")
    newcomer.sends("登录", login=login, password=password).sees("初始密码只能使用一次。请设置您自己的密码。")
    newcomer.sends("修改密码", present=password, new="短", again="短").is_told("密码至少 15 个字符。")
    newcomer.sends("修改密码", present=password, new=NEW_PASSWORD, again=NEW_PASSWORD).is_told("请用新密码登录。")
    newcomer.sends("登录", login=login, password=NEW_PASSWORD).sees("待办事项", "历下网点").follows("我的维修")

    beijian("user", "disable", login)
    newcomer.opens("/work-orders/mine").sees("登录名", "密码")
    newcomer.sends("登录", login=login, password=NEW_PASSWORD).is_told("账号已停用。请重试，或请管理员重置密码。")

    assert administrator.dead_ends() == []
    assert books_are_right()


def test_she_employs_an_engineer_through_the_screens_and_lets_him_go_again(visitor, app, place, books_are_right):
    administrator, login = visitor("administrator"), f"li.xin.{place.station.id}"
    wish = {"name": "李新", "login": login, "role": "engineer", "warehouse": place.station.code}

    administrator.follows("人员").follows("新建账号").sends("建立账号", status=422, **{**wish, "warehouse": "没有此库"})
    administrator.is_told("您管理的范围内没有库房“没有此库”。").sends("建立账号", warehouse=place.station.code)
    password = re.findall(r'class="secret"[^>]*>([^<]+)<', administrator.sees("李新的初始密码", login).page.html)[0]
    administrator.follows("已交付").sees("待首次登录", "工程师", "历下网点").sees_nothing_of(password)

    newcomer = Visitor(app.test_client())
    newcomer.opens("/").sends("登录", login=login, password=password).sees("初始密码只能使用一次。请设置您自己的密码。")
    newcomer.opens("/work-orders/mine").sees("初始密码只能使用一次。")
    newcomer.sends("修改密码", present=password, new=NEW_PASSWORD, again=NEW_PASSWORD).is_told("请用新密码登录。")
    newcomer.sends("登录", login=login, password=NEW_PASSWORD).sees("待办事项", "历下网点").follows("我的维修")
    newcomer.is_turned_away("/people", "/people/new")

    administrator.follows("人员").sends("显示", q="李新", warehouse=place.station.code).follows("李新")
    administrator.sees("可登录", "1 台设备").sends("停用账号").is_told("李新的账号已停用").sees("已停用", "0 台设备")
    newcomer.opens("/work-orders/mine").sees("登录名", "密码")
    newcomer.sends("登录", login=login, password=NEW_PASSWORD).is_told("账号已停用。请重试，或请管理员重置密码。")

    assert administrator.dead_ends() == []
    assert newcomer.dead_ends() == []
    assert books_are_right()


def test_she_lets_the_call_centre_in_by_a_token_that_may_only_do_so_much(visitor, app, place, beijian):
    beijian("user", "create", f"cc.{place.station.id}", "呼叫中心")
    beijian("user", "bind", f"cc.{place.station.id}", "integration", "--everywhere")
    token = beijian("token", "create", f"cc.{place.station.id}", "calls", "--permission", "see_work_orders")
    call_centre = ApiClient(app.test_client(), token)

    assert call_centre.get("/work-orders").status_code == 200
    assert call_centre.get("/part-requests").status_code == 403
    beijian("token", "revoke", token.split("_")[1])
    assert call_centre.get("/work-orders").status_code == 401


def test_she_brings_parts_and_stock_and_forgets_a_customer_who_asks_for_it(visitor, place, books_are_right):
    administrator, order = visitor("administrator"), open_repair(visitor("station_manager"), place)
    assert released(place.plant, place.station, place.board, 1, at=datetime.now(UTC)) == []
    place.plant.commit()
    stock = "库房,货位,备件,批次,入库日期,数量"

    administrator.follows("导入与导出")
    rows = f"{place.centre.code},B-02-03,{place.board.number},B0,2026-01-05,2"
    administrator.uploads("检查文件", "stock.csv", f"{stock}\n{rows}\n", kind="stock")
    administrator.sends("导入", after="文件没有问题").sees("已导入。").follows("换一个文件")
    administrator.uploads("检查文件", "stock.csv", f"{stock}\n{rows}\n", kind="stock")
    administrator.sees("文件中的内容都已存在，导入不会有任何变化。")
    visitor("warehouse_operator").follows("拣货").sees("电脑板", "B0")

    administrator.follows("工单").sends("显示", q=order).follows(order).sees("您无权查看客户个人资料。")
    administrator.sees_nothing_of("13800001111", "王女士").sends("清除").is_told("客户个人资料已清除。")
    visitor("engineer").follows("我的维修").follows("洗完不排水").sees("客户个人资料已清除。").sees_nothing_of("王女士")

    assert administrator.dead_ends() == []
    assert books_are_right()


def test_the_work_of_others_is_not_hers(visitor, place):
    administrator = visitor("administrator")

    administrator.is_turned_away("/picking", "/receiving", "/waves", "/work-orders/new", "/part-requests/new")
    administrator.goes_home().forges(
        f"/parts/{place.pump.number}/request", warehouse=place.station.code, quantity="1", priority="1"
    )
    administrator.goes_home().is_told("您没有“申请备件”的权限。如有需要，请联系主管。")
