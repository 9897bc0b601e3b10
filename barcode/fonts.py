"""The typeface of labels and lists: one with Chinese, embedded where a file of it is found.

Order: the file that the settings name, the system's fonts, the WenQuanYi Micro Hei of the wheel
paperang-p2-fonts-cjk, and STSong-Light last, which is not embedded: a viewer or printer without Chinese fonts leaves
its text out.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from threading import Lock

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFError, TTFont

from barcode.errors import FontUnreadable

# Debian and Ubuntu, Fedora, Windows, macOS. reportlab reads TrueType outlines only, so no Noto CJK.
_SYSTEM_FONTS = (
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
    "/usr/share/fonts/wqy-microhei/wqy-microhei.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
    "C:/Windows/Fonts/msyh.ttc",
    "C:/Windows/Fonts/simhei.ttf",
    "/System/Library/Fonts/STHeiti Light.ttc",
    "/Library/Fonts/Arial Unicode.ttf",
)
_LAST_RESORT = "STSong-Light"
_REGISTRY = Lock()


@dataclass(frozen=True, slots=True)
class Typeface:
    """Names of registered fonts: `regular` has Chinese, `bold` only ASCII."""

    regular: str
    bold: str = "Helvetica-Bold"

    def for_text(self, text: str, *, bold: bool) -> str:
        """The font that has every letter of `text`, bold where that is possible."""
        return self.bold if bold and text.isascii() else self.regular


def typeface(path: Path | None = None) -> Typeface:
    """The typeface to print with; `path` is the setting. Registered once: a second time would split a document's font.

    Raises: FontUnreadable when a path is given that is no TrueType font. A font found by ourselves is passed over then.
    """
    with _REGISTRY:
        return _typeface(path)


@cache
def _typeface(path: Path | None) -> Typeface:
    if path is not None:
        try:
            return Typeface(_registered(path))
        except (OSError, TTFError) as error:
            raise FontUnreadable(path=str(path), reason=str(error)) from error
    for candidate in _found_fonts():
        try:
            return Typeface(_registered(candidate))
        except TTFError:
            continue
    pdfmetrics.registerFont(UnicodeCIDFont(_LAST_RESORT))
    return Typeface(_LAST_RESORT)


def _found_fonts() -> Iterator[Path]:
    yield from (path for path in map(Path, _SYSTEM_FONTS) if path.is_file())
    try:
        fonts = files("paperang_p2_fonts_cjk") / "fonts" / "wqy-microhei.ttc"
    except ModuleNotFoundError:
        return
    yield Path(str(fonts))


def _registered(path: Path) -> str:
    name = f"label-{path}"
    pdfmetrics.registerFont(TTFont(name, str(path), subfontIndex=0))
    return name
