"""`beijian import` and `beijian export` as they are called."""

import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine, text

from inventory import identity
from web.cli import cli
from web.connectors.files import read_table

REGIONS = Path(__file__).parents[3] / "web" / "data" / "china_regions.csv"
Beijian = Callable[..., Result]


@pytest.fixture
def beijian(fresh_database_urls: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Beijian:
    """Call the command on a database of the test's own, in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    environment = {
        "DATABASE_URL": fresh_database_urls[0],
        "SECRET_KEY": "k" * 40,
        "PASSWORD_COST": "low",
        "BEIJIAN_VAR": str(tmp_path / "var"),
        "LANG": "C.UTF-8",
    }
    return lambda *words: CliRunner().invoke(cli, [str(word) for word in words], env=environment)


def count(engine: Engine, table: str) -> int:
    with engine.connect() as connection:
        return int(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())


def test_a_file_is_taken_and_sent_again_changes_nothing(beijian: Beijian, fresh_database: Engine) -> None:
    first = beijian("import", "regions", REGIONS)
    assert (first.exit_code, first.output) == (0, "3211 rows: 3211 new, 0 changed, 0 unchanged.\n")
    again = beijian("import", "regions", REGIONS)
    assert (again.exit_code, again.output) == (0, "3211 rows: 0 new, 0 changed, 3211 unchanged.\n")
    assert count(fresh_database, "region") == 3211


def test_a_bad_file_is_told_and_comes_back_and_nothing_is_taken(
    beijian: Beijian, fresh_database: Engine, tmp_path: Path
) -> None:
    bad = tmp_path / "places.csv"
    bad.write_text(REGIONS.read_text(encoding="utf-8").replace("\n370200,", "\n37020x,"), encoding="utf-8")
    refused = beijian("import", "regions", bad, "--language", "zh")
    assert refused.exit_code == 1
    assert "第 1349 行“编码”：应为六位地区编码（GB/T 2260）。" in refused.output
    assert count(fresh_database, "region") == 0
    told = [row for row in read_table(tmp_path / "places.problems.csv").rows() if row.cells[-1]]
    assert [row.cells[0] for row in told][:1] == ["37020x"]
    assert len(told) == 11  # Qingdao and its ten counties


def test_a_file_that_cannot_be_read_is_told_in_words(beijian: Beijian, tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text('code,level\n"1,2\n', encoding="utf-8")
    refused = beijian("import", "regions", "x.csv", "--language", "en")
    assert refused.exit_code == 1
    assert "Columns are missing: name_zh, latitude, longitude." in refused.output


def test_a_check_takes_nothing(beijian: Beijian, fresh_database: Engine) -> None:
    checked = beijian("import", "regions", REGIONS, "--check")
    assert (checked.exit_code, checked.output) == (0, "3211 rows: 3211 new, 0 changed, 0 unchanged.\n")
    assert count(fresh_database, "region") == 0
    assert count(fresh_database, "command") == 0


@pytest.mark.parametrize("name", ["out.csv", "out.xlsx"])
def test_what_is_exported_is_imported_as_unchanged(beijian: Beijian, name: str) -> None:
    beijian("import", "regions", REGIONS)
    assert beijian("export", "regions", name).exit_code == 0
    assert beijian("import", "regions", name).output == "3211 rows: 0 new, 0 changed, 3211 unchanged.\n"


def test_first_passwords_lie_in_a_file_that_only_its_owner_can_read(
    beijian: Beijian, fresh_database: Engine, tmp_path: Path
) -> None:
    (tmp_path / "users.csv").write_text("login,name,role,warehouse\nli,李伟,planner,*\n", encoding="utf-8")
    taken = beijian("import", "users", "users.csv")
    assert taken.exit_code == 0
    (kept,) = (tmp_path / "var").glob("first-passwords-*.csv")
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert str(kept) in taken.output
    ((login, password),) = [row.cells for row in read_table(kept).rows()]
    with fresh_database.connect() as connection:
        person = connection.execute(text("SELECT * FROM person WHERE login = 'li'")).one()
    assert login == "li"
    assert person.must_change_password
    assert identity.PasswordKeeper(identity.LOW).is_right(person.password_hash, password)
    assert password not in taken.output
