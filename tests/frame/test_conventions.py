"""Rules of the house that no linter knows."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PRODUCT = ("inventory", "barcode", "web", "migrations")


def calls(folder: str) -> Iterator[tuple[str, str]]:
    """Give every method call of a folder as (place, name of the method or Class.method)."""
    for file in (ROOT / folder).rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                place = f"{file.relative_to(ROOT)}:{node.lineno}"
                yield place, node.func.attr
                if isinstance(node.func.value, ast.Name):
                    yield place, f"{node.func.value.id}.{node.func.attr}"


def test_the_domain_never_ends_a_transaction() -> None:
    assert [place for place, name in calls("inventory") if name in ("commit", "rollback")] == []


def test_the_domain_is_told_the_time() -> None:
    clocks = ("datetime.now", "datetime.utcnow", "date.today", "time.time")
    assert [place for place, name in calls("inventory") if name in clocks] == []


def test_no_module_is_named_for_nothing_in_particular() -> None:
    vague = re.compile(r"(utils?|helpers?|common|misc|manager|base_?service)\.py")
    assert [file for folder in PRODUCT for file in (ROOT / folder).rglob("*.py") if vague.fullmatch(file.name)] == []


def test_every_requirement_is_pinned_by_hash_and_names_no_host() -> None:
    for file in (ROOT / "requirements").glob("*.txt"):
        text = file.read_text()
        assert "://" not in text
        packages = [line for line in text.splitlines() if line and not line.startswith((" ", "#"))]
        assert packages
        assert all("==" in line and line.endswith("\\") for line in packages)


def test_migrations_are_one_line_of_history() -> None:
    followed = [
        match[1]
        for file in (ROOT / "migrations" / "versions").glob("*.py")
        if (match := re.search(r'^down_revision = "([^"]+)"', file.read_text(), re.MULTILINE))
    ]
    assert len(followed) == len(set(followed))
