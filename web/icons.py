"""Bootstrap's icons, cut one by one out of the wheel's sprite and written into the page: no megabyte for a handheld."""

import re
from functools import cache
from pathlib import Path

import flask_bootstrap
from markupsafe import Markup

SPRITE = Path(flask_bootstrap.__file__).parent / "static" / "bootstrap5" / "icons" / "bootstrap-icons.svg"
_SYMBOL = re.compile(r'<symbol class="[^"]*" viewBox="([^"]*)" id="([^"]*)">(.*?)</symbol>', re.DOTALL)


@cache
def _symbols() -> dict[str, tuple[str, str]]:
    """Every icon of the sprite: its frame and its paths."""
    return {name: (box, paths) for box, name, paths in _SYMBOL.findall(SPRITE.read_text(encoding="utf-8"))}


@cache
def icon(name: str) -> Markup:
    """An icon that says nothing by itself: the words stand beside it."""
    box, paths = _symbols()[name]
    return Markup(  # noqa: S704 (the sprite is a file of a pinned wheel)
        f'<svg class="icon" viewBox="{box}" fill="currentColor" aria-hidden="true" focusable="false">{paths}</svg>'
    )
