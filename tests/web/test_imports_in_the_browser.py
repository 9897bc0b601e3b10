"""A file through the screen of imports, in a real Chromium."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from inventory.network import Bin
from tests import given

pytestmark = pytest.mark.browser


@pytest.fixture
def screen(
    context: BrowserContext, address: str, plant: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Page]:
    """The imports screen of an administrator; a script that the policy stops, or that fails, fails the test."""
    monkeypatch.setattr("web.pages.imports.home", lambda: tmp_path / "imports")
    secret = given.web_session(plant, given.person(plant, "administrator", locale="zh"))
    plant.commit()
    context.add_cookies([{"name": "beijian", "value": secret, "url": address}])
    page = context.new_page()
    broken: list[str] = []
    page.on("pageerror", lambda error: broken.append(str(error)))
    page.on("console", lambda message: broken.append(message.text) if "Content Security" in message.text else None)
    page.goto(f"{address}/imports")
    yield page
    assert broken == []


@pytest.fixture
def bins(plant: Session, tmp_path: Path) -> Iterator[Path]:
    """A file with a bin of a new warehouse; what was imported goes again."""
    warehouse = given.warehouse(plant)
    plant.commit()
    path = tmp_path / "货位.csv"
    path.write_text(f"库房,货位,拣货顺序\n{warehouse.code},SCREEN-1,7\n", encoding="gb18030")
    yield path
    plant.rollback()
    plant.execute(text("DELETE FROM bin WHERE code = 'SCREEN-1'"))
    plant.commit()


def send(page: Page, path: Path) -> None:
    page.get_by_label("文件内容").select_option("bins")
    page.get_by_label("文件", exact=True).set_input_files(path)
    page.get_by_role("button", name="检查文件").click()


def test_a_file_is_sent_looked_at_and_taken(screen: Page, plant: Session, bins: Path) -> None:
    send(screen, bins)
    expect(screen.get_by_text("文件没有问题")).to_be_visible()
    expect(screen.get_by_role("cell", name="SCREEN-1")).to_be_visible()
    screen.get_by_role("button", name="导入", exact=True).click()
    expect(screen.get_by_text("已导入")).to_be_visible()
    assert plant.scalar(select(Bin.pick_sequence).where(Bin.code == "SCREEN-1")) == 7


def test_progress_is_shown_while_a_file_is_taken(screen: Page, bins: Path) -> None:
    send(screen, bins)
    expect(screen.get_by_text("文件没有问题")).to_be_visible()
    screen.route("**/progress", lambda route: route.fulfill(json={"read": 120_000, "rows": 400_000}))
    # Playwright looks at no page that is being left: so the form stays where it is, as if its answer were long coming.
    screen.evaluate("document.addEventListener('submit', (event) => event.preventDefault())")
    screen.get_by_role("button", name="导入", exact=True).click()
    expect(screen.get_by_text("正在读取 120,000 / 400,000")).to_be_visible()


def test_problems_are_shown_and_fetched(screen: Page, bins: Path, tmp_path: Path) -> None:
    bins.write_text("库房,货位\nNOWHERE,SCREEN-1\n", encoding="utf-8")
    send(screen, bins)
    expect(screen.get_by_text("第 2 行“库房”：没有这个库房：NOWHERE。")).to_be_visible()
    with screen.expect_download() as fetched:
        screen.get_by_role("link", name="下载问题清单（CSV）").click()
    fetched.value.save_as(tmp_path / "back.csv")
    assert "没有这个库房：NOWHERE" in (tmp_path / "back.csv").read_text(encoding="utf-8-sig")
