"""Files as people and programs send them: what is read as meant, and what is refused with the reason and the line."""

import os
import zipfile
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

from web.connectors.files import KINDS, csv_files, errors, read_table, xlsx_files

HEADER = "warehouse,bin,pick_sequence"


def written(tmp_path: Path, content: str | bytes, name: str = "bins.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def rows(path: Path) -> list[tuple[int, list[str]]]:
    return [(row.line, row.cells) for row in read_table(path).rows()]


def workbook(tmp_path: Path, *values: list[object]) -> Path:
    book = openpyxl.Workbook()
    for row in values:
        book.active.append(row)
    path = tmp_path / "bins.xlsx"
    book.save(path)
    return path


# CSV.


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_chinese_is_read_in_the_encodings_that_programs_write(tmp_path: Path, encoding: str) -> None:
    path = written(tmp_path, "编码,名称\nC1,青岛中央库㐀\n".encode(encoding))
    assert read_table(path).header == ("编码", "名称")
    assert rows(path) == [(2, ["C1", "青岛中央库㐀"])]


@pytest.mark.parametrize("content", [HEADER.encode("utf-16"), b"\xff\xff\xfe,bin\n1,2\n", b"PDF\x80\xff\n"])
def test_text_in_no_encoding_we_know_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(errors.EncodingUnknown):
        read_table(written(tmp_path, content))


@pytest.mark.parametrize("content", ["", "\n\n\n", ",,\n,,\n"])
def test_a_file_without_a_header_is_empty(tmp_path: Path, content: str) -> None:
    with pytest.raises(errors.FileEmpty):
        read_table(written(tmp_path, content))


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_columns_are_parted_by_what_the_header_uses(tmp_path: Path, delimiter: str) -> None:
    path = written(tmp_path, f"warehouse{delimiter}bin\nR1{delimiter}A,1;2\n" if delimiter == "\t"
                   else f"warehouse{delimiter}bin\nR1{delimiter}A\n")  # fmt: skip
    assert rows(path)[0][1][0] == "R1"


def test_rows_keep_their_lines_past_blank_ones_and_quoted_breaks(tmp_path: Path) -> None:
    path = written(tmp_path, f'{HEADER}\r\nR1,A,1\r\n\r\n"R\r\n2",B,2\r\nR3,C,3\r\n')
    assert rows(path) == [(2, ["R1", "A", "1"]), (4, ["R\r\n2", "B", "2"]), (6, ["R3", "C", "3"])]


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (f'{HEADER}\nR1,A,1\nR1,"B,2\nR1,C,3\n', 3),
        (f'{HEADER}\nR1,A,1\nR1,"B"x,2\n', 3),
        (f'"{HEADER}\nR1,A,1\n', 1),
    ],
)
def test_a_quotation_mark_that_is_not_closed_is_told_where_it_was_opened(
    tmp_path: Path, content: str, line: int
) -> None:
    with pytest.raises(errors.QuoteOpen) as refused:
        rows(written(tmp_path, content))
    assert refused.value.facts == {"line": line}


def test_a_cell_longer_than_any_text_is_told_by_its_line(tmp_path: Path) -> None:
    with pytest.raises(errors.CellTooLong) as refused:
        rows(written(tmp_path, f"{HEADER}\nR1,A,1\nR1,{'B' * 200_000},2\n"))
    assert refused.value.facts == {"line": 3}


def test_a_file_with_more_rows_than_we_take_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_files, "ROWS_MAX", 2)
    assert len(rows(written(tmp_path, f"{HEADER}\n" + "R1,A,1\n" * 2))) == 2
    with pytest.raises(errors.TooManyRows):
        rows(written(tmp_path, f"{HEADER}\n" + "R1,A,1\n" * 3))


def test_an_apostrophe_before_a_formula_is_taken_away_once(tmp_path: Path) -> None:
    path = written(tmp_path, "name\n'=1+1\n''=1+1\n'plain\n'＝1\n")
    assert [cells for _, cells in rows(path)] == [["=1+1"], ["'=1+1"], ["'plain"], ["＝1"]]


# Columns.


def opened(tmp_path: Path, content: str) -> list[object]:
    return list(KINDS["bins"].open(written(tmp_path, content)).rows())


def test_columns_go_by_their_names_in_either_language_in_any_order(tmp_path: Path) -> None:
    (row,) = opened(tmp_path, "拣货顺序, Bin ,库房\n7,A-1,R1\n")
    assert row.cells == ["R1", "A-1", None, None, "7", None]


@pytest.mark.parametrize(
    ("header", "refusal", "columns"),
    [
        ("warehouse,pick_sequence", errors.ColumnsMissing, "bin"),
        ("warehouse,bin,colour,size", errors.ColumnsUnknown, "colour, size"),
        ("warehouse,,bin", errors.ColumnsUnknown, "#2"),
        ("warehouse,bin,库房", errors.ColumnsDoubled, "warehouse"),
        ("warehouse,bin\x00", errors.ColumnsUnknown, "bin\x00"),
    ],
)
def test_a_header_that_cannot_be_is_refused_by_its_columns(
    tmp_path: Path, header: str, refusal: type[errors.FileUnreadable], columns: str
) -> None:
    with pytest.raises(refusal) as refused:
        opened(tmp_path, f"{header}\nR1,A\n")
    assert refused.value.facts == {"columns": columns}


def test_the_column_of_problems_and_columns_without_a_name_at_the_end_are_passed_over(tmp_path: Path) -> None:
    (row,) = opened(tmp_path, "warehouse,bin,问题,,\nR1,A,坏了,,\n")
    assert row.cells[:2] == ["R1", "A"]


def test_rows_too_short_or_too_long_are_told_and_trailing_commas_forgiven(tmp_path: Path) -> None:
    found = opened(tmp_path, f"{HEADER}\nR1,A\nR1,A,1,x\nR1,A,1,,\n")
    assert [row.fault for row in found] == ["row_too_short", "row_too_long", ""]


def test_published_regions_go_by_the_names_of_their_own_file() -> None:
    path = Path(__file__).parents[3] / "web" / "data" / "china_regions.csv"
    assert sum(1 for _ in KINDS["regions"].open(path).rows()) == 3211


# Workbooks.


def test_a_workbook_is_read_by_the_lines_excel_shows(tmp_path: Path) -> None:
    path = workbook(tmp_path, [None], ["warehouse", "bin"], ["R1", "A"], [None], ["R1", "B"])
    table = read_table(path)
    assert table.header == ("warehouse", "bin")
    assert [(row.line, row.cells) for row in table.rows()] == [(3, ["R1", "A"]), (5, ["R1", "B"])]


def test_numbers_days_and_yes_are_read_as_they_were_typed(tmp_path: Path) -> None:
    path = workbook(tmp_path, ["a"] * 8, [6901234567892, 12.5, 0.1, True, date(2026, 3, 2), datetime(2026, 3, 2, 8, 30),  # noqa: DTZ001
                                          "007", 1e-7])  # fmt: skip
    (row,) = read_table(path).rows()
    assert row.cells == ["6901234567892", "12.5", "0.1", "true", "2026-03-02", "2026-03-02T08:30:00", "007",
                         "0.0000001"]  # fmt: skip
    assert row.numbers == {0, 1, 2, 7}


def test_numbers_are_told_by_the_columns_they_mean(tmp_path: Path) -> None:
    path = workbook(tmp_path, ["pick_sequence", "bin", "warehouse"], [7, 101, "R1"])
    (row,) = KINDS["bins"].open(path).rows()
    assert row.numbers == {1, 4}


def test_a_workbook_goes_by_its_bytes_and_not_by_its_name(tmp_path: Path) -> None:
    path = workbook(tmp_path, ["warehouse", "bin"]).rename(tmp_path / "bins.csv")
    assert read_table(path).header == ("warehouse", "bin")


def test_text_that_looks_like_a_formula_is_text_in_a_workbook(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["name"])
    book.active.append(["'=1"])
    book.active.cell(3, 1, "=1+1").data_type = "s"
    book.save(tmp_path / "a.xlsx")
    assert [cells for _, cells in rows(tmp_path / "a.xlsx")] == [["'=1"], ["=1+1"]]


def archive(tmp_path: Path, members: dict[str, bytes], name: str = "bins.xlsx") -> Path:
    path = tmp_path / name
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for member, content in members.items():
            file.writestr(member, content)
    return path


def test_an_archive_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    for members in ({}, {"a.txt": b"x"}, {"xl/workbook.bin": b"x"}):
        with pytest.raises(errors.SpreadsheetUnreadable):
            read_table(archive(tmp_path, {"[Content_Types].xml": b"<a/>", **members}))


@pytest.mark.parametrize("cut", [40, 400, -300])
def test_a_damaged_workbook_is_refused(tmp_path: Path, cut: int) -> None:
    path = workbook(tmp_path, ["warehouse", "bin"], ["R1", "A"])
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(errors.SpreadsheetUnreadable):
        rows(path)


def test_a_workbook_of_rubbish_is_refused(tmp_path: Path) -> None:
    with pytest.raises(errors.SpreadsheetUnreadable):
        rows(archive(tmp_path, {"xl/workbook.xml": b"<rubbish", "[Content_Types].xml": b"<"}))


def test_text_that_calls_itself_a_workbook_is_refused(tmp_path: Path) -> None:
    with pytest.raises(errors.SpreadsheetUnreadable):
        read_table(written(tmp_path, f"{HEADER}\n", name="bins.xlsx"))


def test_the_old_format_and_locked_workbooks_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(errors.SpreadsheetOld):
        read_table(written(tmp_path, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest", name="bins.xls"))


def test_an_archive_that_unpacks_to_far_more_than_it_is_is_refused_unopened(tmp_path: Path) -> None:
    bomb = archive(tmp_path, {"xl/workbook.xml": b"<a/>", "xl/worksheets/sheet1.xml": b" " * 200_000_000})
    assert bomb.stat().st_size < 2_000_000
    with pytest.raises(errors.SpreadsheetTooLarge):
        read_table(bomb)


def test_an_archive_of_very_many_files_is_refused_unopened(tmp_path: Path) -> None:
    with pytest.raises(errors.SpreadsheetTooLarge):
        read_table(archive(tmp_path, {"xl/workbook.xml": b"", **{f"{n}.xml": b"" for n in range(1_001)}}))


def test_a_lone_cell_in_the_far_corner_ends_the_reader_and_not_us(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["warehouse", "bin"])
    book.active.cell(1_048_576, 16_384, "x")
    book.save(tmp_path / "bins.xlsx")
    with pytest.raises(errors.SpreadsheetTooLarge):
        rows(tmp_path / "bins.xlsx")


def test_a_workbook_that_takes_too_long_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx_files, "SECONDS_MAX", 0.01)
    path = workbook(tmp_path, ["warehouse", "bin"], *[["R1", f"A-{n}"] for n in range(3_000)])
    with pytest.raises(errors.SpreadsheetTooLarge):
        rows(path)


def test_a_workbook_with_more_rows_than_we_take_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx_files, "ROWS_MAX", 2)
    path = workbook(tmp_path, ["warehouse", "bin"], *[["R1", "A"]] * 3)
    with pytest.raises(errors.TooManyRows):
        rows(path)


def children() -> set[str]:
    """The processes that this one has started and that have not ended."""
    return set(Path(f"/proc/self/task/{os.getpid()}/children").read_text().split())


def test_reading_a_little_of_a_large_workbook_leaves_no_process_behind(tmp_path: Path) -> None:
    path = workbook(tmp_path, ["warehouse", "bin"], *[["R1", f"A-{n}"] for n in range(5_000)])
    before = children()
    some = read_table(path).rows()
    assert next(some).cells == ["R1", "A-0"]
    some.close()
    assert children() == before
