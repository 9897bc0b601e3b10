"""The screens of imports and exports: a file is looked at before it is taken, by whoever sent it and nobody else."""

import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from inventory.catalogue import Part
from inventory.identity import Person
from tests import given
from tests.web.conftest import Browser
from web.connectors.files import read_table, uploads

GOOD = "number,name_zh,division,division_zh\nIMP-1,阀,IMP,进口事业部\nIMP-2,灯,IMP,\n"
BAD = "number,name_zh,division\nIMP-8,阀,IMP\nIMP-9,<b>灯</b>,NONE\n"


@pytest.fixture(autouse=True)
def var(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of what the app writes, for this test only."""
    monkeypatch.setattr("web.pages.imports.home", lambda: tmp_path / "imports")
    return tmp_path / "imports"


@pytest.fixture
def clean(plant: Session) -> Iterator[None]:
    """Take away what was imported."""
    yield
    plant.rollback()
    plant.execute(text("DELETE FROM part WHERE number LIKE 'IMP-%'"))
    plant.execute(text("DELETE FROM division WHERE code = 'IMP'"))
    plant.commit()


@pytest.fixture
def administrator(plant: Session, browser_of: Callable[[Person], Browser]) -> Browser:
    return browser_of(given.person(plant, "administrator"))


def send(browser: Browser, content: str | bytes, *, kind: str = "parts", name: str = "parts.csv") -> TestResponse:
    file = (io.BytesIO(content.encode() if isinstance(content, str) else content), name)
    return browser.post("/imports", page="/imports", kind=kind, file=file)


def parts(plant: Session) -> list[str]:
    plant.rollback()
    return list(plant.scalars(select(Part.number).where(Part.number.like("IMP-%")).order_by(Part.number)))


def told(response: TestResponse) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", response.get_data(as_text=True)))


def test_a_file_is_looked_at_and_then_taken(administrator: Browser, plant: Session, clean: None) -> None:
    sent = send(administrator, GOOD)
    assert sent.status_code == 303
    preview = told(administrator.get(sent.location))
    assert "文件没有问题" in preview
    assert "IMP-2" in preview
    assert parts(plant) == []
    assert administrator.post(sent.location, page=sent.location).status_code == 303
    assert parts(plant) == ["IMP-1", "IMP-2"]
    assert "已导入" in told(administrator.get(sent.location))
    assert "进口" not in told(administrator.get("/imports"))


def test_taking_it_twice_is_taking_it_once(administrator: Browser, plant: Session, clean: None) -> None:
    address = send(administrator, GOOD).location
    for _ in range(2):
        assert administrator.post(address, page=address, key="the-very-same-key").status_code == 303
    plant.rollback()
    imports = plant.scalars(text("SELECT facts->>'new' FROM document_event WHERE document_kind = 'import'")).all()
    assert imports[-1] == "2"


def test_problems_are_told_and_go_back_with_the_file(administrator: Browser, plant: Session, tmp_path: Path) -> None:
    given.division(plant, "IMP")
    plant.commit()
    address = send(administrator, BAD).location
    page = administrator.get(address)
    assert "第 3 行“事业部”：没有事业部 NONE。" in told(page)
    assert "<b>灯</b>" not in page.get_data(as_text=True)
    assert '<td class="import-wrong">NONE</td>' in page.get_data(as_text=True)
    for suffix in ("csv", "xlsx"):
        back = administrator.get(f"{address}/problems.{suffix}")
        assert back.headers["Content-Disposition"].startswith("attachment;")
        (tmp_path / f"back.{suffix}").write_bytes(back.get_data())
        assert [row.cells[0] for row in read_table(tmp_path / f"back.{suffix}").rows()] == ["IMP-9", "IMP-8"]


def test_a_file_with_problems_is_not_taken(administrator: Browser, plant: Session) -> None:
    address = send(administrator, BAD).location
    refused = administrator.post(address, page=address)
    assert refused.status_code in (303, 422)
    assert parts(plant) == []


def test_many_problems_are_paged(administrator: Browser) -> None:
    rows = "".join(f"IMP-{number},,NONE\n" for number in range(60))
    address = send(administrator, f"number,name_zh,division\n{rows}").location
    first = administrator.get(address).get_data(as_text=True)
    cursor = re.search(r'href="[^"]*cursor=([^"&]+)"', first)
    assert cursor is not None
    assert "第 31 行" not in told(administrator.get(address))
    assert "第 31 行" in told(administrator.get(address, cursor=cursor[1]))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "文件是空的"),
        (b"a,b\n1,2\n", "有不认识的列：a, b"),
        ('number,name_zh,division\n"IMP-1,阀,X\n'.encode(), "有未配对的引号"),
        (b"\xff\xfea\x00", "无法识别文字编码"),
        (b"PK\x03\x04rubbish", "不是可读的 .xlsx 文件"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1x", "旧格式"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_in_words(administrator: Browser, content: bytes, message: str) -> None:
    refused = send(administrator, content)
    assert refused.status_code == 422
    assert message in told(refused)
    assert '<option value="parts" selected>' in refused.text


def test_no_file_and_an_unknown_kind_are_refused(administrator: Browser) -> None:
    assert administrator.post("/imports", page="/imports", kind="parts").status_code == 422
    assert send(administrator, GOOD, kind="nonsense").status_code in (303, 404)


@pytest.mark.parametrize(("size", "status"), [(20_000_001, 413), (1_000_001, 400)])
def test_a_file_may_have_twenty_megabytes(administrator: Browser, size: int, status: int) -> None:
    told_size = {"CONTENT_LENGTH": str(size)}  # refused by what it says it is, or found to be none when it is read
    answer = administrator.client.post("/imports", data=b"--x", content_type="multipart/form-data; boundary=x",
                                       environ_overrides=told_size)  # fmt: skip
    assert answer.status_code == status


def test_somebody_elses_file_answers_like_a_missing_one(
    administrator: Browser, plant: Session, browser_of: Callable[[Person], Browser]
) -> None:
    address = send(administrator, GOOD).location
    other = browser_of(given.person(plant, "administrator"))
    missing = f"/imports/{'x' * 32}"
    for path in ("", "/problems.csv", "/progress"):
        answers = [other.get(f"{one}{path}") for one in (address, missing)]
        assert {one.status_code for one in answers} == {404}
        assert told(answers[0]) == told(answers[1]).replace(missing, address)
    assert other.post(address, page="/imports").status_code in (303, 404)
    assert parts(plant) == []


def test_an_address_that_climbs_finds_nothing(administrator: Browser) -> None:
    for token in ("..", "%2e%2e", "." * 32, "a" * 31):
        assert administrator.get(f"/imports/{token}").status_code in (404, 308)


@pytest.mark.parametrize("role", ["engineer", "station_manager", "warehouse_lead", "procurement", "planner"])
def test_only_administrators_of_the_whole_network_import(
    plant: Session, browser_of: Callable[[Person], Browser], role: str
) -> None:
    centre = given.warehouse(plant)
    for person in (given.person(plant, role), given.person(plant, "administrator", centre)):
        browser = browser_of(person)
        for path in ("/imports", f"/imports/{'x' * 32}", "/exports/parts.csv"):
            assert browser.get(path).status_code == 403
        assert send(browser, GOOD).status_code in (303, 403)


def test_progress_is_told_while_a_file_is_taken(administrator: Browser, var: Path) -> None:
    address = send(administrator, GOOD).location
    assert administrator.get(f"{address}/progress").get_json() == {"read": 0, "rows": 2}
    (var / address.rpartition("/")[2] / "progress").write_text("1")
    assert administrator.get(f"{address}/progress").get_json() == {"read": 1, "rows": 2}


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_what_stands_is_fetched_as_a_file_and_the_fetching_is_kept(
    administrator: Browser, plant: Session, tmp_path: Path, suffix: str
) -> None:
    number = given.part(plant).number
    plant.commit()
    fetched = administrator.get(f"/exports/parts.{suffix}")
    (tmp_path / f"out.{suffix}").write_bytes(fetched.get_data())
    assert number in {row.cells[0] for row in read_table(tmp_path / f"out.{suffix}").rows()}
    assert fetched.headers["Content-Disposition"] == f'attachment; filename="beijian-parts.{suffix}"'
    plant.rollback()
    assert (
        plant.scalar(
            text("SELECT facts->>'format' FROM audit_entry WHERE action = 'exported' ORDER BY id DESC LIMIT 1")
        )
        == suffix
    )


def test_formats_and_kinds_that_are_not_written_answer_404(administrator: Browser) -> None:
    for name in ("parts.pdf", "passwords.csv", "person.csv"):
        assert administrator.get(f"/exports/{name}").status_code == 404


def test_first_passwords_are_fetched_once(administrator: Browser, plant: Session, var: Path) -> None:
    login = f"imp-{id(var)}"
    address = send(
        administrator, f"login,name,role,warehouse\n{login},李伟,planner,*\n", kind="users", name="u.csv"
    ).location
    administrator.post(address, page=address)
    assert (var / address.rpartition("/")[2] / "first-passwords.csv").stat().st_mode & 0o777 == 0o600
    fetched = administrator.post(f"{address}/first-passwords", page=address)
    assert login in fetched.get_data(as_text=True)
    assert fetched.headers["Cache-Control"] == "no-store"
    again = administrator.post(f"{address}/first-passwords", page=address)
    assert login not in again.get_data(as_text=True)


def test_files_are_forgotten_after_a_day(administrator: Browser, var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    address = send(administrator, GOOD).location
    monkeypatch.setattr(uploads, "KEPT_SECONDS", -1)
    send(administrator, GOOD)
    assert administrator.get(address).status_code == 404
    assert len(list(var.iterdir())) == 1


def test_the_screens_speak_english(plant: Session, browser_of: Callable[[Person], Browser]) -> None:
    browser = browser_of(given.person(plant, "administrator", locale="en"))
    assert "Tables and their columns" in told(browser.get("/imports"))
    page = told(browser.get(send(browser, BAD).location))
    assert "Line 3, division: there is no division NONE." in page
