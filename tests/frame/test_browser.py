"""The browser that the screens are tested in."""

import pytest
from playwright.sync_api import Page


@pytest.mark.browser
def test_a_scanner_is_a_keyboard_that_ends_with_enter(page: Page) -> None:
    page.set_content("<form><input id=code><output></output></form>")
    page.evaluate(
        "() => { document.forms[0].onsubmit = e => {"
        " e.preventDefault(); document.querySelector('output').value = document.getElementById('code').value } }"
    )
    page.focus("#code")
    page.keyboard.type("备件95240001\n", delay=0)
    assert page.locator("output").inner_text() == "备件95240001"
