"""The planning arrays can be judged, copied and run by anyone: they need numpy and nothing of ours around them."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PLANNING = Path(__file__).parents[3] / "inventory" / "planning"
ALLOWED = {"numpy", "numba"} | set(sys.stdlib_module_names)
ALLOWED_OF_OURS = ("inventory.errors", "inventory.planning.forecasting", "inventory.planning.stocking")


def imports(file: Path) -> Iterator[str]:
    """Give the modules that a file imports."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield f"{'.' * node.level}{node.module or ''}"


@pytest.mark.parametrize("package", ["forecasting", "stocking"])
def test_the_planning_arrays_import_numpy_and_each_other_only(package: str) -> None:
    files = list((PLANNING / package).glob("*.py"))
    assert files
    foreign = [
        f"{file.name}: {module}"
        for file in files
        for module in imports(file)
        if module.split(".")[0] not in ALLOWED and not module.startswith(ALLOWED_OF_OURS)
    ]
    assert foreign == []
