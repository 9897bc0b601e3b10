"""`beijian simulate`: what policies would have come to, told twice the same, with nothing left behind."""

import json
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import create_engine, func, insert, select
from sqlalchemy.orm import Session

from inventory.commands import Command
from inventory.db import database_now
from inventory.planning.demand import DemandBeginning, DemandDay, Origin
from inventory.planning.policies import PlaceOverride
from inventory.planning.replenishment import PlanningRun, Proposal, StockLevel
from tests import given
from tests.given.planning import three_tiers
from tests.given.procurement import sold, supplier
from web.cli import cli

PARTS, DAYS = 3, 400


@pytest.fixture
def network(fresh_database_urls: tuple[str, str]) -> Any:
    """Three parts that two repair centres asked for on many days until yesterday; nothing lies anywhere."""
    engine = create_engine(fresh_database_urls[0])
    with Session(engine) as session:
        tiers = three_tiers(session, 2, codes=("C-1", "D-1", "S-1", "S-2"))
        centre, stations = tiers.centre, tiers.stations
        parts = [given.part(session) for _ in range(PARTS)]
        seller = supplier(session)
        today, draw = database_now(session).date(), np.random.default_rng(4)
        rows = []
        for part in parts:
            sold(session, seller, part, (1, "20"), lead_time_days=10)
            for station in stations:
                for back in np.flatnonzero(draw.random(DAYS) < 0.15):
                    on = today - timedelta(days=int(back) + 1)
                    asked = {"part_id": part.id, "warehouse_id": station.id, "asked_on": on, "source_id": centre.id}
                    rows.append({**asked, "origin": Origin.ASKED, "quantity": 1})
        session.execute(insert(DemandDay), rows)
        session.execute(
            insert(DemandBeginning), [{"warehouse_id": one.id, "first_on": date(2000, 1, 1)} for one in stations]
        )
        session.commit()
        yield session, parts
    engine.dispose()


@pytest.fixture
def simulate(network: Any, fresh_database_urls: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> Any:
    for name, value in {"DATABASE_URL": fresh_database_urls[0], "SECRET_KEY": "k" * 40}.items():
        monkeypatch.setenv(name, value)

    def run(*options: str) -> Result:
        return CliRunner().invoke(cli, ["simulate", "--days", "40", "--warm-up", "10", *options])

    return run


def lines_of(result: Result) -> list[dict[str, Any]]:
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def total(lines: list[dict[str, Any]], policy: str) -> dict[str, Any]:
    [line] = [one for one in lines if one.get("policy") == policy and one["tier"] is None]
    return line


def test_history_and_draws_are_told_twice_the_same_to_the_byte_and_leave_nothing(simulate: Any, network: Any) -> None:
    session, _ = network
    for options in (("--demand", "history"), ("--demand", "drawn", "--seed", "7")):
        first, second = (simulate("--json", *options) for _ in range(2))
        assert first.stdout_bytes == second.stdout_bytes
        whole = total(lines_of(first), "standing")
        assert whole["asked"] > 0
        assert whole["orders"] > 0
        assert 0.5 < whole["fill"] <= whole["same_day"] <= 1
    for kept in (PlanningRun, StockLevel, Proposal, Command):
        assert session.scalar(select(func.count()).select_from(kept)) == 0


def test_the_tiers_add_up_to_the_whole(simulate: Any) -> None:
    about, *lines = lines_of(simulate("--json"))
    assert (about["parts"], about["demand"], about["days"]) == (PARTS, "history", 40)
    tiers = [one for one in lines if one["tier"] is not None and one["class"] is None]
    whole = total(lines, "standing")
    for figure in ("asked", "places", "orders", "transfers"):
        assert sum(one[figure] for one in tiers) == whole[figure]
    assert {one["tier"] for one in tiers} == {"central", "distribution", "repair"}


def test_a_higher_target_is_tried_beside_the_policies_as_they_stand(simulate: Any) -> None:
    lines = lines_of(simulate("--json", "--target", "0.99"))
    standing, tried = total(lines, "standing"), total(lines, "tried")
    assert standing["asked"] == tried["asked"]
    assert tried["target"] == pytest.approx(0.99)
    assert tried["stock"] > standing["stock"]
    assert tried["fill"] >= standing["fill"]


def test_a_file_of_overrides_is_tried_and_not_taken(simulate: Any, network: Any, tmp_path: Any) -> None:
    session, parts = network
    until = database_now(session).date() + timedelta(days=90)
    file = tmp_path / "overrides.csv"
    file.write_text(
        "part,warehouse,minimum,expires_on,reason\n" + f"{parts[0].number},S-1,40,{until},a trade fair\n", "utf-8"
    )
    lines = lines_of(simulate("--json", "--overrides", str(file)))
    assert total(lines, "tried")["stock"] > total(lines, "standing")["stock"] + 20
    assert session.scalar(select(func.count()).select_from(PlaceOverride)) == 0


def test_a_file_that_cannot_be_taken_is_told_by_its_lines(simulate: Any, tmp_path: Any) -> None:
    file = tmp_path / "overrides.csv"
    file.write_text("part,warehouse,minimum,expires_on,reason\nNO-SUCH,S-1,40,2099-01-01,why\n", "utf-8")
    answer = simulate("--overrides", str(file))
    assert answer.exit_code == 1
    assert "NO-SUCH" in answer.stderr


def test_a_table_to_read_has_a_line_for_all(simulate: Any) -> None:
    answer = simulate("--demand", "drawn", "--served", "own", "--stock", "standing")
    assert answer.exit_code == 0, answer.output
    assert "Policies: standing." in answer.stdout
    assert answer.stdout.splitlines()[-1].startswith("all")
    assert "40 of 40 days" in answer.stderr


def test_days_that_all_warm_up_leave_nothing_to_count(simulate: Any) -> None:
    answer = simulate("--warm-up", "40")
    assert answer.exit_code == 2
    assert "--warm-up" in answer.stderr
