"""Files out, and back in: every text comes back as it was, and what is wrong goes back to its sender."""

import csv
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy.orm import Session

from inventory import catalogue
from inventory.planning.demand import InstalledBase, Origin
from inventory.planning.policies import OverrideWish, set_override
from inventory.sheets import Problem
from tests import given
from tests.given import policies, procurement
from tests.given.demand import asked
from web.connectors.files import KINDS, Kind, export, formulas, read_table, sentence_of, write_problem_file
from web.languages import read_translations

HOSTILE = [
    *("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "＝1", "＋1", "－1", "＠1", "'=1", "''=1", "=cmd|' /C calc'!A0"),
    *("'plain", "a,b", 'a"b', "a;b", "00123", "1E5", "TRUE", "<script>alert(1)</script>", "a\\b", "N/A", "2026-03-02"),
]


def came_back(path: Path) -> list[list[str]]:
    return [row.cells for row in read_table(path).rows()]


@pytest.mark.parametrize("name", ["out.csv", "out.xlsx"])
@pytest.mark.parametrize("text", HOSTILE)
def test_every_text_comes_back_as_it_was(session: Session, tmp_path: Path, text: str, name: str) -> None:
    given.part(session, "P1", name_zh=text, name_en=f"{text} ")
    export(session, KINDS["parts"], tmp_path / name)
    ((number, name_zh, name_en, *_),) = came_back(tmp_path / name)
    assert (number, name_zh, name_en) == ("P1", text, f"{text} ")


@pytest.mark.parametrize("text", [text for text in HOSTILE if text.lstrip("'")[0] in "=+-@\t＝＋－＠"])
def test_no_cell_of_a_csv_file_begins_like_a_formula(session: Session, tmp_path: Path, text: str) -> None:
    given.part(session, "P1", name_zh=text)
    export(session, KINDS["parts"], tmp_path / "out.csv")
    with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file))[1][1] == f"'{text}"


def test_line_breaks_at_the_beginning_are_defused_too() -> None:
    assert [formulas.as_meant(formulas.defused(text)) for text in ("\r=1", "\n=1")] == ["\r=1", "\n=1"]
    assert formulas.defused("\n=1") == "'\n=1"


def test_text_is_typed_as_text_in_a_workbook(session: Session, tmp_path: Path) -> None:
    given.part(session, "0064", name_zh="=1+1", price=Decimal("12.5"))
    export(session, KINDS["parts"], tmp_path / "out.xlsx")
    cells = {cell.value: cell.data_type for cell in openpyxl.load_workbook(tmp_path / "out.xlsx").active[2]}
    assert (cells["0064"], cells["=1+1"], cells[12.5]) == ("s", "s", "n")


def test_excel_sees_that_a_csv_file_is_utf_8(session: Session, tmp_path: Path) -> None:
    export(session, KINDS["parts"], tmp_path / "out.csv")
    assert (tmp_path / "out.csv").read_bytes().startswith(b"\xef\xbb\xbf")


def stocked(session: Session) -> None:
    """A little of everything that can be exported."""
    central = given.warehouse(session, tier="central", code="C-1")
    given.warehouse(session, tier="distribution", code="D-1", parent=central, name_en="Jinan, North")
    given.part(session, "0007", price=Decimal("12.3400"), gtin="06901234567892", base_unit="g", active=False)
    old, new = given.part(session, "OLD", serial_tracked=True), given.part(session, "NEW", weight_g=12)
    given.supersession(session, old, new, valid_to=given.NOON.date(), ratio=2)
    model = given.model(session, "BCD-1", parts=[old, new])
    asked(session, central, new, "2025-01-01", 5, origin=Origin.IMPORTED)
    session.add(InstalledBase(model_id=model.id, warehouse_id=central.id, counted_on=date(2025, 1, 1), units=90))
    given.stock(session, central, new, 7)
    given.stock(session, central, old, serials=["S1", "S2"])
    given.person(session, "planner")
    procurement.sold(session, procurement.supplier(session), new, (1, "9.5"), (100, "8"), moq=5)
    today = datetime.now(UTC).date()
    wish = OverrideWish(new.number, central.code, reason="展会", expires_on=today + timedelta(days=30), minimum=2)
    set_override(session, wish, by=policies.planner(session), on=today, at=given.NOON)


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
@pytest.mark.parametrize("kind", list(KINDS))
def test_what_goes_out_comes_back_as_unchanged(session: Session, tmp_path: Path, kind: str, suffix: str) -> None:
    stocked(session)
    count = export(session, KINDS[kind], tmp_path / f"out{suffix}")
    findings = KINDS[kind].check(session, KINDS[kind].open(tmp_path / f"out{suffix}").rows())
    assert (findings.new, findings.changed, findings.unchanged, findings.problems) == (0, 0, count, [])
    assert count > 0


# What is wrong, told.

PARTS = KINDS["parts"]
BAD = "number,name_zh,division,gtin\nP1,阀,FRIDGE,\nP2,=1+1,FRIDGE,6901234567890\nP3,灯,FRIDGE,,x\n,阀,NONE,\n"


def problems_of(session: Session, kind: Kind, path: Path) -> list[Problem]:
    return list(kind.check(session, kind.open(path).rows()).problems)


def test_the_file_goes_back_with_the_rows_to_mend_first(session: Session, tmp_path: Path) -> None:
    given.division(session)
    (tmp_path / "parts.csv").write_text(BAD, encoding="utf-8")
    problems = problems_of(session, PARTS, tmp_path / "parts.csv")
    back = tmp_path / "parts.problems.csv"
    write_problem_file(back, read_table(tmp_path / "parts.csv"), problems, language="en", words=read_translations("en"))
    table = read_table(back)
    assert table.header == ("number", "name_zh", "division", "gtin", "problem")
    assert [(row.cells[0], row.cells[1], row.cells[4]) for row in table.rows()] == [
        ("P2", "=1+1", "Line 3, gtin: the check digit is wrong; compare every digit."),
        ("P3", "灯", "Line 4: the row has more cells than there are columns. (x)"),
        ("", "阀", "Line 5, number: must not be empty. Line 5, division: there is no division NONE. "
                  "Give its name to make it."),
        ("P1", "阀", ""),
    ]  # fmt: skip


def test_the_file_that_went_back_is_taken_once_it_is_mended(session: Session, tmp_path: Path) -> None:
    given.division(session)
    (tmp_path / "parts.csv").write_text(BAD, encoding="utf-8")
    problems = problems_of(session, PARTS, tmp_path / "parts.csv")
    back = tmp_path / "parts.problems.csv"
    write_problem_file(back, read_table(tmp_path / "parts.csv"), problems, language="zh", words=read_translations("zh"))
    mended = back.read_text(encoding="utf-8-sig").replace("7890", "7892").replace("\n,阀,NONE", "\nP4,阀,FRIDGE")
    back.write_text(mended, encoding="utf-8")
    findings = PARTS.take(session, PARTS.open(back).rows(), by=given.acting(session), at=given.NOON)
    assert (findings.new, findings.problems) == (4, [])
    assert catalogue.get_part(session, "P2").name_zh == "=1+1"


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("zh", "第 7 行“备件”：没有这个备件：100%。"),
        ("en", "Line 7, part: there is no part 100%."),
    ],
)
def test_a_problem_is_told_in_the_chosen_language(language: str, sentence: str) -> None:
    problem = Problem(7, "part", "unknown_part", "100%")
    assert sentence_of(problem, language, read_translations(language)) == sentence
