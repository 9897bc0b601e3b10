"""Screens of part requests, lines at risk, back-orders and waves: who sees what, and what they can do about it."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from inventory import sourcing
from inventory.sourcing import PartRequest, PartRequestLine
from tests import given
from tests.web.asking import Corner, corner, wish


@pytest.fixture
def place(plant) -> Corner:
    return corner(plant)


@pytest.fixture
def part(plant):
    return given.part(plant, name_zh="温控器")


@pytest.fixture
def at_work(browser_of):
    def log_in(person, warehouse):
        browser = browser_of(person)
        browser.post("/workplace", code=warehouse.code)
        return browser

    return log_in


@pytest.fixture
def engineer(at_work, place):
    return at_work(place.engineer, place.station)


@pytest.fixture
def lead(at_work, place):
    return at_work(place.lead, place.far)


@pytest.fixture
def ask(plant, api, place):
    """Ask over the API; give the number."""
    client = api(place.engineer)

    def post(*lines, **more):
        answer = client.post("/part-requests", wish(place, *lines, **more))
        assert answer.status_code == 201, answer.text
        return answer.json["number"]

    return post


def stock(plant, warehouse, part, quantity):
    given.stock(plant, warehouse, part, quantity)
    plant.commit()


def lines_of(plant, number) -> list[PartRequestLine]:
    plant.rollback()
    query = select(PartRequestLine).where(PartRequestLine.request_id == PartRequest.id_of(number))
    return list(plant.scalars(query.order_by(PartRequestLine.position)))


def make_late(plant, number):
    for line in lines_of(plant, number):
        line.first_promised_at = datetime.now(UTC) - timedelta(minutes=90)
    plant.commit()


# Lists and the request itself


def test_each_finds_his_requests_where_he_looks_first(plant, at_work, engineer, lead, place, part, ask):
    stock(plant, place.far, part, 1)
    number = ask((part, 1))
    manager = at_work(place.manager, place.station)
    for browser in (engineer, manager, lead):
        assert number in browser.get("/part-requests").text
    assert number not in manager.get("/part-requests", view="mine").text
    assert number not in at_work(place.stranger, place.station).get("/part-requests", view="asked").text


def test_a_request_is_found_by_its_number_part_and_status(plant, engineer, part, ask):
    plant.commit()
    number = ask((part, 1))
    assert engineer.get("/part-requests", q=number.lower()).location == f"/part-requests/{number}"
    assert number in engineer.get("/part-requests", q=part.number).text
    assert number not in engineer.get("/part-requests", q="OTHER-PART").text
    assert number not in engineer.get("/part-requests", status="received").text
    assert number in engineer.get("/part-requests", status="back_ordered").text


def test_an_empty_list_leads_on(engineer):
    text = engineer.get("/part-requests").text
    assert "没有未完成的申请" in text
    assert 'href="/parts"' in text


def test_requests_are_paged(plant, engineer, part, ask):
    plant.commit()
    numbers = [ask((part, 1)) for _ in range(51)]
    first = engineer.get("/part-requests").text
    assert numbers[-1] in first
    assert numbers[0] not in first
    following = first.partition('rel="next"')[0].rpartition('href="')[2].partition('"')[0].replace("&amp;", "&")
    assert numbers[0] in engineer.client.get(following).get_data(as_text=True)


def test_the_request_page_draws_the_progress_and_tells_what_happened(plant, engineer, place, part, ask):
    stock(plant, place.city, part, 1)
    number = ask((part, 3), note="用户催")
    text = engineer.get(f"/part-requests/{number}").text
    assert 'aria-label="2 缺货, 1 已下发' in " ".join(text.split())
    assert "青岛配送中心" in text
    assert "用户催" in text
    assert place.engineer.name in text
    assert "等待到货" in text


def test_a_foreign_request_is_not_found_like_a_missing_one(plant, at_work, place, part, ask):
    plant.commit()
    number = ask((part, 1))
    stranger = at_work(place.stranger, place.station)
    for path in (f"/part-requests/{number}", f"/part-requests/{number}/promise", "/part-requests/PR-999999"):
        assert stranger.get(path).status_code == 404
    stranger.post(f"/part-requests/{number}/cancel", reason="not_needed", line=str(lines_of(plant, number)[0].id))
    assert lines_of(plant, number)[0].status == "back_ordered"


def test_chosen_lines_are_withdrawn_with_a_reason(plant, engineer, part, ask):
    other = given.part(plant)
    plant.commit()
    number = ask((part, 1), (other, 1))
    page, chosen = f"/part-requests/{number}", str(lines_of(plant, number)[1].id)
    sent = engineer.post(f"{page}/cancel", page=page, reason="other_part", line=chosen)
    assert (sent.status_code, sent.location) == (303, page)
    assert [line.status for line in lines_of(plant, number)] == ["back_ordered", "cancelled"]
    assert "需要的是别的备件" in engineer.get(page).text.partition("timeline")[2]


@pytest.mark.parametrize("left_out", ["reason", "line"])
def test_withdrawing_without_reason_or_line_changes_nothing_and_says_so(plant, engineer, part, ask, left_out):
    plant.commit()
    number = ask((part, 1))
    page = f"/part-requests/{number}"
    fields = {"reason": "not_needed", "line": str(lines_of(plant, number)[0].id)}
    del fields[left_out]
    engineer.post(f"{page}/cancel", page=page, **fields)
    assert "alert-danger" in engineer.get(page).text
    assert lines_of(plant, number)[0].status == "back_ordered"


def test_a_line_of_another_request_cannot_be_withdrawn_along(plant, engineer, part, ask):
    plant.commit()
    mine, other = ask((part, 1)), ask((part, 2))
    page = f"/part-requests/{mine}"
    engineer.post(f"{page}/cancel", page=page, reason="not_needed", line=str(lines_of(plant, other)[0].id))
    assert lines_of(plant, other)[0].status == "back_ordered"


def test_who_may_not_withdraw_sees_no_form(plant, lead, place, part, ask):
    stock(plant, place.far, part, 1)
    number = ask((part, 1))
    text = lead.get(f"/part-requests/{number}").text
    assert number in text
    assert f"/part-requests/{number}/cancel" not in text


# At risk, back-orders


def test_a_late_line_stands_on_the_home_page_and_says_what_to_do(plant, engineer, lead, place, part, ask):
    stock(plant, place.far, part, 1)
    number = ask((part, 1))
    assert number not in engineer.get("/at-risk").text
    make_late(plant, number)
    home = engineer.get("/").text
    assert "card-urgent" in home
    assert 'href="/at-risk"' in home
    text = engineer.get("/at-risk").text
    assert re.search(r"<strong>1</strong>\s*已逾期", text)  # beside the bar of how the open lines stand
    assert number in text
    assert "已超时 1 小时 30 分" in text
    assert "下发拣货" in text
    assert 'href="/waves"' not in text.partition("watched-next")[2]
    assert 'href="/waves"' in lead.get("/at-risk").text.partition("watched-next")[2]


def test_all_open_lines_stand_under_the_other_tab_and_mine_narrows_it(plant, at_work, engineer, place, part, ask):
    stock(plant, place.far, part, 1)
    number = ask((part, 1))
    assert number in engineer.get("/at-risk", show="all").text
    manager = at_work(place.manager, place.station)
    assert number in manager.get("/at-risk", show="all").text
    assert number not in manager.get("/at-risk", show="all", mine="yes").text


@pytest.mark.parametrize("name", ["endpoint", "_scheme", "_method", "_anchor", "_external"])
def test_a_tab_keeps_whatever_its_address_told(engineer, name):
    shown = engineer.get("/at-risk", **{name: "zz9"})
    assert shown.status_code == 200
    assert f"/at-risk?{name}=zz9&amp;show=all" in shown.text


def test_nothing_at_risk_says_so(engineer):
    assert "没有超时或临期的行" in engineer.get("/at-risk").text


def test_back_orders_tell_owner_clock_and_age_at_both_ends(plant, at_work, engineer, place, part, ask):
    plant.commit()
    number = ask((part, 7))
    for browser in (engineer, at_work(place.lead, place.city)):
        text = browser.get("/backorders").text
        assert number in text
        assert place.engineer.name in text
        assert "刚刚" in text
    assert number not in engineer.get("/backorders", q="OTHER").text
    assert number not in at_work(place.stranger, place.station).get("/backorders").text


# Waves


def test_the_lead_releases_what_waits_and_sees_the_shares_drawn(plant, lead, place, part, ask):
    stock(plant, place.far, part, 5)
    number = ask((part, 2))
    waiting = lead.get("/waves").text
    assert number in waiting
    sent = lead.post("/waves", page="/waves", warehouse=place.far.code)
    assert (sent.status_code, sent.location) == (303, "/waves")
    text = lead.get("/waves").text
    assert "已下发 1 行" in text
    assert 'class="trigger-lead" x="0' in text
    assert "没有等待的行" in text
    assert lines_of(plant, number)[0].status == "released"


def test_releasing_twice_by_a_double_click_is_one_wave(plant, lead, place, part, ask):
    stock(plant, place.far, part, 5)
    ask((part, 2))
    for _ in range(2):
        sent = lead.post("/waves", page="/waves", key=f"wave-{part.number}", warehouse=place.far.code)
        assert sent.location == "/waves"
    assert lead.get("/waves").text.count(">WV-") == 1


def test_a_wave_of_a_foreign_warehouse_is_refused(plant, at_work, engineer, lead, place, part, ask):
    stock(plant, place.far, part, 5)
    number = ask((part, 2))
    foreign = at_work(given.person(plant, "warehouse_lead", given.warehouse(plant, tier="central")), place.far)
    foreign.post("/waves", page="/account", warehouse=place.far.code)
    engineer.post("/waves", page="/account", warehouse=place.far.code)
    assert lines_of(plant, number)[0].status == "reserved"
    assert engineer.get("/waves").status_code == 403


def test_a_lead_without_a_workplace_is_asked_for_one(browser_of, place):
    assert "/workplace" in browser_of(place.lead).get("/waves").location


# Both languages, hostile arguments


@pytest.mark.parametrize("path", ["/part-requests", "/at-risk", "/backorders", "/waves", "/part-requests/new"])
def test_every_list_speaks_both_languages_and_reads_any_argument(plant, at_work, place, path):
    role = "warehouse_lead" if path == "/waves" else "station_manager"
    at = place.far if path == "/waves" else place.station
    english = at_work(given.person(plant, role, at, locale="en"), at)
    chinese = at_work(given.person(plant, role, at, locale="zh"), at)
    assert '<html lang="en"' in english.get(path).text
    assert '<html lang="zh-CN"' in chinese.get(path).text
    hostile = {"q": "' OR 1=1 --<script>", "status": "lost", "view": "x", "days": "-1", "show": "?", "mine": "2"}
    text = chinese.get(path, **hostile).text
    assert "--<script>" not in text
    assert chinese.get(path, cursor="bm9uc2Vuc2U").status_code in (200, 422)


def test_a_line_handed_over_names_both_people(plant, engineer, place, part, ask):
    plant.commit()
    number = ask((part, 1))
    line_ids = [line.id for line in lines_of(plant, number)]
    by = given.acting(plant, person=place.manager)
    at = datetime.now(UTC)
    sourcing.hand_over_lines(plant, line_ids, to_id=place.manager.id, reason="holiday", by=by, at=at)
    plant.commit()
    text = engineer.get(f"/part-requests/{number}").text.partition("timeline")[2]
    assert place.engineer.name in text
    assert place.manager.name in text
    assert "holiday" in text
