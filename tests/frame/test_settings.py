"""What a start is told, and what it refuses."""

import stat
from pathlib import Path

import pytest

from web.settings import SettingRefused, Settings

A_KEY = "k" * 32
A_DATABASE = "postgresql://app@db.example/beijian"


def test_told_nothing_it_listens_on_loopback_and_names_no_database(tmp_path: Path) -> None:
    settings = Settings.from_environment({"BEIJIAN_VAR": str(tmp_path)})
    assert (settings.host, settings.port, settings.database_url) == ("127.0.0.1", 8000, "")


def test_the_key_of_the_own_database_is_made_once_and_readable_by_its_owner_only(tmp_path: Path) -> None:
    first = Settings.from_environment({"BEIJIAN_VAR": str(tmp_path)})
    second = Settings.from_environment({"BEIJIAN_VAR": str(tmp_path)})
    assert first.secret_key == second.secret_key
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600


def test_two_installations_have_different_keys(tmp_path: Path) -> None:
    keys = {Settings.from_environment({"BEIJIAN_VAR": str(tmp_path / name)}).secret_key for name in "ab"}
    assert len(keys) == 2


@pytest.mark.parametrize("key", [None, "", "k" * 31])
def test_a_named_database_without_a_long_key_is_refused(tmp_path: Path, key: str | None) -> None:
    environment = {"BEIJIAN_VAR": str(tmp_path), "DATABASE_URL": A_DATABASE}
    if key is not None:
        environment["SECRET_KEY"] = key
    with pytest.raises(SettingRefused, match="SECRET_KEY"):
        Settings.from_environment(environment)


def test_the_owner_of_a_named_database_is_its_user_when_nobody_else_is_named() -> None:
    settings = Settings.from_environment({"DATABASE_URL": A_DATABASE, "SECRET_KEY": A_KEY})
    assert settings.migration_database_url == settings.database_url
    assert settings.database_url == "postgresql+psycopg://app@db.example/beijian"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "sqlite:///x.db"),
        ("MIGRATION_DATABASE_URL", "mysql://x"),
        ("PORT", "0"),
        ("PORT", "65536"),
        ("PORT", "８０８０"),
        ("WORKERS", "two"),
        ("PLANNING_PROCESSES", "0"),
        ("THREADS", "-1"),
        ("TRANSPORT", "http"),
        ("TIMEZONE", "Asia/Peking"),
        ("TIMEZONE", "../etc"),
        ("GS1_PREFIX", "12345"),
        ("GS1_PREFIX", "95240000000000"),
        ("API_DOCS", "yes"),
        ("METRICS", "on"),
        ("PASSWORD_COST", "none"),
        ("PHONE_KEY", "too short"),
        ("REPEAT_REPAIR_DAYS", "a month"),
        ("LABEL_FONT", "/no/such/font.ttf"),
    ],
)
def test_a_wrong_setting_is_refused_by_name(name: str, value: str) -> None:
    environment = {"DATABASE_URL": A_DATABASE, "SECRET_KEY": A_KEY, name: value}
    with pytest.raises(SettingRefused, match=name):
        Settings.from_environment(environment)


def test_a_child_process_gets_the_same_settings(tmp_path: Path) -> None:
    settings = Settings.from_environment(
        {
            "DATABASE_URL": A_DATABASE,
            "MIGRATION_DATABASE_URL": "postgresql://owner@db.example/beijian",
            "SECRET_KEY": A_KEY,
            "BEIJIAN_VAR": str(tmp_path),
            "TRANSPORT": "tls",
            "WORKERS": "3",
            "PLANNING_PROCESSES": "2",
        }
    )
    assert Settings.from_environment(settings.as_environment()) == settings
