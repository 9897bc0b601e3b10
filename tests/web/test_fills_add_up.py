"""Every figure of fill leads to a list that adds up to it: of the cockpit, of overrides, of each rule of service."""

import csv
import re
from datetime import UTC, datetime, timedelta
from io import StringIO
from itertools import count

import pytest
from sqlalchemy import text

from inventory import sourcing
from inventory.reporting import fold_figures
from inventory.sourcing import PartRequestWish, WishedLine
from tests import given
from tests.given import policies as ruled
from tests.given import replenishment
from tests.given.planning import three_tiers
from tests.given.workorders import repair

_divisions = count(1)
NOW = datetime.now(UTC).replace(microsecond=0)
TODAY = NOW.date()


@pytest.fixture
def network(plant):
    """A station and its centre with parts that are asked for differently; a rule of their own, an override of one."""
    tiers = three_tiers(plant)
    division = given.division(plant, f"FILLS-{next(_divisions)}")
    rule = ruled.rule(plant, "repair", division=division.code, service=ruled.fill_rate("0.9"))
    run = replenishment.run(plant, on=TODAY, at=NOW)
    for at, (daily, expected, held, asked) in enumerate(
        [(2.0, 0.9, 5, 1), (0.5, 0.4, 0, 3), (1.5, 1.0, 4, 9), (0, 0, 1, 0)]
    ):
        part = given.part(plant, division=division)
        level = {"daily_mean": daily, "demand_size": 2.0 if at == 0 else 1.0, "expected_fill": expected}
        replenishment.level(plant, part, tiers.station, run, source_id=tiers.centre.id, **level)
        replenishment.level(plant, part, tiers.centre, run, source_id=None, **{**level, "daily_mean": daily * 1.5})
        if held:
            given.stock(plant, tiers.station, part, held)
        if asked:
            order = repair(plant, tiers.station).work_order
            wish = PartRequestWish(tiers.station.code, [WishedLine(part.number, asked)], work_order_id=order.id)
            sourcing.request_parts(plant, wish, by=given.acting(plant), at=NOW - timedelta(days=1))
        if at == 1:
            wanted = {"service": ruled.fill_rate("0.5"), "expires_on": TODAY + timedelta(days=30)}
            ruled.override(plant, part, tiers.station, **wanted)
    fold_figures(plant, on=TODAY, at=NOW)
    plant.commit()
    yield tiers, division.code, rule.id
    plant.rollback()


@pytest.fixture
def client(plant, api):
    return api(given.person(plant, "planner"))


def listed(client, **wanted) -> tuple[list[dict], dict]:
    """All rows of a list, page by page, and what the list says that they add up to."""
    rows, cursor = [], {}
    while True:
        page = client.get("/reports/planning/fill", limit="2", **wanted, **cursor).json
        rows += page["items"]
        if page["next_cursor"] is None:
            return rows, page["total"]
        cursor = {"cursor": page["next_cursor"]}


def added(rows, name) -> float:
    return sum(row[name] for row in rows)


@pytest.mark.parametrize("narrowed", ["division", "tier", "warehouse"])
@pytest.mark.parametrize(("which", "fill"), [("end_demand", "end_fill"), ("passing", "projected_fill")])
def test_orders_of_a_list_add_up_to_the_fill_that_is_expected(client, network, which, fill, narrowed):
    tiers, code, _ = network
    more = {"tier": {"tier": "repair"}, "warehouse": {"warehouse": tiers.centre.code}}.get(narrowed, {})
    total = client.get("/reports/planning", division=code, **more).json["total"]
    rows, told = listed(client, list=which, division=code, **more)
    assert total[fill] == pytest.approx(added(rows, "orders_filled_per_day") / added(rows, "orders_per_day"))
    assert told["orders_per_day"] == pytest.approx(added(rows, "orders_per_day"))
    assert (told["places"], told["expected_fill"]) == (len(rows), pytest.approx(total[fill]))
    missed = [row["orders_per_day"] - row["orders_filled_per_day"] for row in rows]
    assert missed == sorted(missed, reverse=True)


def test_lines_of_a_list_add_up_to_the_fill_that_was_real(client, network):
    total = client.get("/reports/planning", division=network[1]).json["total"]
    rows, told = listed(client, list="lines", division=network[1])
    assert (added(rows, "asked"), added(rows, "filled")) == (total["asked"], total["filled"])
    assert (told["asked"], told["filled"], told["realised_fill"]) == (
        total["asked"],
        total["filled"],
        total["realised_fill"],
    )
    assert 0 < total["filled"] < total["asked"]


def test_the_places_of_a_rule_add_up_to_what_it_gets(client, network):
    rule = network[2]
    gets = next(one["gets"] for one in client.get("/planning/policies").json["items"] if one["id"] == rule)
    rows, _ = listed(client, list="planned", rule=str(rule))
    assert len(rows) == gets["places"] == 3
    assert {row["rule"] for row in rows} == {rule}
    assert added(rows, "orders_filled_per_day") / added(rows, "orders_per_day") == pytest.approx(gets["expected_fill"])
    rows, told = listed(client, list="lines", rule=str(rule))
    assert (added(rows, "asked"), told["filled"]) == (gets["asked"], gets["filled"]) == (2, 1)


def test_places_with_and_without_override_add_up_to_all(client, network):
    code = network[1]
    every, _ = listed(client, list="end_demand", division=code)
    apart = [listed(client, list="end_demand", division=code, overridden=one)[0] for one in ("yes", "no")]
    assert len(apart[0]) == 1
    assert sorted(one["part"] for rows in apart for one in rows) == sorted(one["part"] for one in every)
    total = client.get("/reports/planning", division=code).json["total"]
    assert total["overridden_end_fill"] == pytest.approx(apart[0][0]["expected_fill"])


@pytest.mark.parametrize("page", ["/planning/cockpit", "/planning/policies/{rule}", "/planning/policies"])
def test_every_figure_of_fill_leads_to_its_list(plant, browser_of, network, page):
    _, code, rule = network
    planner = browser_of(given.person(plant, "planner", locale="en"))
    shown = planner.get(page.format(rule=rule), division=code).get_data(as_text=True)
    there = {one.replace("&amp;", "&") for one in re.findall(r'href="(/planning/cockpit/fill[^"]+)"', shown)}
    if page != "/planning/cockpit":
        there = {one for one in there if f"rule={rule}&" in one}
    lists = {re.search(r"list=(\w+)", one)[1] for one in there}
    assert lists == (
        {"end_demand", "passing", "lines"} if page == "/planning/cockpit" else {"end_demand", "lines", "planned"}
    )
    for address in there:
        answer = planner.client.get(address)
        assert (answer.status_code, "part-places as of" in answer.get_data(as_text=True)) == (200, True), address


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_list_of_fill_tells_what_it_adds_up_to_and_goes_out_as_a_file(plant, browser_of, network, language):
    rule = network[2]
    planner = browser_of(given.person(plant, "planner", locale=language))
    shown = re.sub(
        r"<[^>]+>", " ", planner.get("/planning/cockpit/fill", list="lines", rule=rule).get_data(as_text=True)
    )
    assert re.search(r"1 of 2 lines met at once in full|2 行中 1 行当场足量满足", shown)
    file = planner.get("/planning/cockpit/fill/file", list="lines", rule=rule, format="csv").get_data(as_text=True)
    rows = list(csv.reader(StringIO(file.lstrip("\ufeff"))))
    assert len(rows) == 3
    assert sum(int(row[-3]) for row in rows[1:]) == 2
    noted = (
        plant.execute(text("SELECT facts FROM audit_entry WHERE subject = 'fill-lines' ORDER BY id DESC"))
        .scalars()
        .first()
    )
    assert (noted["rows"], noted["rule"]) == (2, str(rule))


def test_a_rule_that_there_is_none_of_is_not_there(plant, browser_of, api, network):
    planner = browser_of(given.person(plant, "planner"))
    for made_up in ("0", "x", "999999999", "9" * 39):
        assert planner.get("/planning/cockpit/fill", list="lines", rule=made_up).status_code == 404
    assert (
        api(given.person(plant, "planner")).get("/reports/planning/fill", list="lines", rule="999999").json["items"]
        == []
    )


def test_fill_out_of_reach_looks_like_fill_that_is_not_there(plant, api, network):
    tiers, code, _ = network
    stranger = api(given.person(plant, "warehouse_lead", given.warehouse(plant, tier="distribution")))
    for wanted in ({"warehouse": tiers.station.code}, {"division": code}):
        told = stranger.get("/reports/planning/fill", list="planned", **wanted).json
        assert (told["items"], told["total"]["places"], told["total"]["expected_fill"]) == ([], 0, None)
    assert (
        api(given.person(plant, "engineer", tiers.station)).get("/reports/planning/fill", list="planned").status_code
        == 403
    )
    reach = api(given.person(plant, "warehouse_lead", tiers.station))
    assert {one["warehouse"] for one in reach.get("/reports/planning/fill", list="planned").json["items"]} == {
        tiers.station.code
    }


@pytest.mark.parametrize("cursor", ["x", "WyJOYU4iLDEsMV0", "WzEsMSwxXQ"])
def test_a_made_up_cursor_is_refused(client, network, cursor):
    answer = client.get("/reports/planning/fill", list="lines", cursor=cursor)
    assert (answer.status_code, answer.json["code"]) == (422, "cursor_unreadable")
