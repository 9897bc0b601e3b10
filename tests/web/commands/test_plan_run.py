"""`beijian plan run` at a terminal: what it says while it works, and when it is broken off."""

import pytest
from click.testing import CliRunner
from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory.planning import replenishment
from inventory.planning.replenishment import PlanningRun
from tests import given
from tests.given.planning import asked_monthly, three_tiers
from tests.given.procurement import sold, supplier
from web.cli import cli


@pytest.fixture
def plan_run(fresh_database, fresh_database_urls, monkeypatch):
    """The command, on a network with a part that is asked for."""
    for name, value in {"DATABASE_URL": fresh_database_urls[0], "SECRET_KEY": "k" * 40}.items():
        monkeypatch.setenv(name, value)
    with Session(fresh_database) as session, session.begin():
        network, part = three_tiers(session), given.part(session)
        sold(session, supplier(session), part, (1, "8"))
        asked_monthly(session, network.stations, part)
    fresh_database.dispose()
    return lambda: CliRunner().invoke(cli, ["plan", "run", "--on", "2026-03-02"])


def test_each_step_is_told_while_it_works(plan_run, caplog):
    caplog.set_level("INFO", "web.planning")
    assert plan_run().exit_code == 0
    told = [record.getMessage() for record in caplog.records]
    assert "1 of 1 parts" in "".join(told)
    for step in ("constants", "pieces", "release", "figures"):
        assert len([one for one in told if f" {step} " in one]) == 2  # it begins, and what it took


def test_a_database_that_goes_away_is_told_in_a_sentence_and_the_next_begins_the_run_anew(
    plan_run, fresh_database, server, monkeypatch
):
    progress, name = replenishment.note_progress, fresh_database.url.database

    def away(*args):
        server.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
        progress(*args)

    with monkeypatch.context() as going:
        going.setattr(replenishment, "note_progress", away)
        broken = plan_run()
    assert (broken.exit_code, broken.stdout) == (1, "")
    assert "The run is not finished" in broken.stderr
    assert plan_run().exit_code == 0
    with Session(fresh_database) as session:
        assert session.scalars(select(PlanningRun)).one().finished_at is not None
