"""The documents name what there is: every setting, every column of every file, every rule that is re-proved."""

import re
from pathlib import Path

import pytest

import web.settings
from inventory.reporting.verifying import CHECKS
from web.cluster import APP_LIMITS
from web.connectors.files import KINDS
from web.settings import Settings

ROOT = Path(__file__).parents[2]
OPERATORS = (ROOT / "docs" / "operators.md").read_text()
FILES = (ROOT / "docs" / "files.md").read_text()
SETTINGS = sorted(
    Settings.from_environment(
        {"DATABASE_URL": "postgresql://app@db.example/x", "SECRET_KEY": "k" * 32}
    ).as_environment()
)


@pytest.mark.parametrize("name", SETTINGS)
def test_every_setting_is_told_where_operators_look_and_where_it_is_read(name: str) -> None:
    assert f"`{name}`" in OPERATORS
    assert re.search(rf"\b{name}\b", web.settings.__doc__ or "")


def section_of(kind: str) -> str:
    return FILES.partition(f"\n### {kind}\n")[2].partition("\n### ")[0]


@pytest.mark.parametrize("kind", KINDS)
def test_every_column_of_a_file_is_told_and_the_required_ones_are_bold(kind: str) -> None:
    rows = [line.split("|")[1] for line in section_of(kind).splitlines() if line.startswith("| ")]
    told = {name.strip() for row in rows for name in row.split(",")} - {"column"}
    columns = KINDS[kind].sheet.columns
    assert told == {f"**{column.name}**" if column.required else column.name for column in columns}


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_told_what_names_a_row(kind: str) -> None:
    named = section_of(kind).partition("\n| column")[0]
    assert set(re.findall(r"`(\w+)`", named)) >= set(KINDS[kind].sheet.key)


def test_every_number_of_a_rule_is_explained() -> None:
    rows = [line.split("|")[1] for line in OPERATORS.splitlines() if re.match(r"\| I[0-9]", line)]
    explained = {number.strip() for row in rows for number in row.split(",")}
    assert {check.name.split()[0] for check in CHECKS} == explained


@pytest.mark.parametrize("name", APP_LIMITS)
def test_a_server_of_ones_own_is_given_the_same_limits(name: str) -> None:
    assert f"SET {name} = '{APP_LIMITS[name]}';" in (ROOT / "README.md").read_text()
