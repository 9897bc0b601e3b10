"""What commands say of a database without the tables of this release: one sentence that names what to do."""

import pytest
from click.testing import CliRunner
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from web.cli import cli
from web.cluster import APP_ROLE, OWNER_ROLE

COMMANDS = (
    ["simulate", "--days", "10", "--warm-up", "0"],
    ["plan", "run"],
    ["verify"],
    ["jobs"],
    ["user", "create", "wang", "Wang"],
    ["export", "parts", "parts.csv"],
)


def run(arguments, url, monkeypatch):
    for name, value in {"DATABASE_URL": url, "SECRET_KEY": "k" * 40}.items():
        monkeypatch.setenv(name, value)
    return CliRunner().invoke(cli, arguments)


@pytest.fixture(scope="module")
def empty(server, worker_id):
    """A database in which nothing was ever made."""
    name = f"{server.prefix}_{worker_id}_empty"
    server.execute(f"CREATE DATABASE {name} TEMPLATE template0 OWNER {OWNER_ROLE}")
    yield server.address(name, APP_ROLE)
    server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def stamp(owner_url, revision):
    """Let a database stand at another revision."""
    engine = create_engine(owner_url, poolclass=NullPool)
    with engine.begin() as owner:
        owner.execute(text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision})


@pytest.mark.parametrize("arguments", COMMANDS, ids=lambda one: one[0])
def test_a_database_that_was_never_migrated_is_told_in_a_sentence(arguments, empty, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    done = run(arguments, empty, monkeypatch)
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.splitlines() == [
        "Error: The database does not have the tables of this release: run `beijian migrate` first."
    ]


def test_so_is_one_of_an_earlier_release(fresh_database_urls, monkeypatch):
    stamp(fresh_database_urls[1], "0001")
    done = run(["verify"], fresh_database_urls[0], monkeypatch)
    assert done.exit_code == 1
    assert "run `beijian migrate` first" in done.stderr


def test_one_that_a_later_release_migrated_serves_this_one_too(fresh_database_urls, monkeypatch):
    stamp(fresh_database_urls[1], "9999")
    done = run(["verify"], fresh_database_urls[0], monkeypatch)
    assert (done.exit_code, done.stderr) == (0, "")


def test_migrated_it_is_checked(fresh_database_urls, monkeypatch):
    assert run(["verify"], fresh_database_urls[0], monkeypatch).exit_code == 0
