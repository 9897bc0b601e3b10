"""Pinyin of Chinese names, stored beside them: databases without a Chinese collation find and order names by it.

Without tones, ü written v as it is typed. Letters and digits stay, in lower case; everything else falls away.
Characters with several readings are read by phrase. Below stand the characters that parts are named with and whose
usual reading is another (加长管, 调速器, 弹片, 盛水盘), and the place names that the phrase list reads wrongly: found
by comparing it with the published names of all 3,211 divisions.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache

FULL_LENGTH_MAX = 400
INITIALS_LENGTH_MAX = 200

READ_OTHERWISE = {"长": "chang", "调": "tiao", "弹": "tan", "盛": "cheng"}
PLACE_NAMES = {
    "六合": "lu he",
    "调兵山": "diao bing shan",
    "单县": "shan xian",
    "召陵": "shao ling",
    "大城县": "dai cheng xian",
    "天长": "tian chang",
    "子长": "zi chang",
    "宕昌": "tan chang",
    "弓长岭": "gong chang ling",
    "昆都仑": "kun du lun",
    "朝阳": "chao yang",
    "洪洞": "hong tong",
    "浚县": "xun xian",
    "涡阳": "guo yang",
    "漯河": "luo he",
    "珲春": "hun chun",
    "什邡": "shi fang",
    "筠连": "jun lian",
    "繁峙": "fan shi",
    "荥经": "ying jing",
    "万柏林": "wan bai lin",
    "覃塘": "qin tang",
    "乐陵": "lao ling",
    "丰都": "feng du",
    "于都": "yu du",
    "信都": "xin du",
    "商都": "shang du",
    "宁都": "ning du",
    "尧都": "yao du",
    "新都": "xin du",
    "曾都": "ceng du",
    "望都": "wang du",
    "殷都": "yin du",
    "武都": "wu du",
    "盐都": "yan du",
    "秦都": "qin du",
    "花都": "hua du",
    "莲都": "lian du",
    "襄都": "xiang du",
    "郫都": "pi du",
    "都兰": "du lan",
    "都匀": "du yun",
    "都安": "du an",
    "都昌": "du chang",
    "魏都": "wei du",
    "三都": "san du",
}
_PIECES = re.compile(r"[㐀-䶿一-鿿]+|[0-9a-z]+")


@dataclass(frozen=True, slots=True)
class Pinyin:
    """How a name is typed: all syllables written together, and the first letters alone."""

    full: str
    initials: str


def pinyin(name: str) -> Pinyin:
    """The full pinyin and the initials of a name, cut to what their columns hold."""
    pieces = _PIECES.findall(name.lower())
    full = "".join("".join(_syllables(piece)) for piece in pieces)
    initials = "".join(
        piece if piece.isascii() else "".join(syllable[0] for syllable in _syllables(piece)) for piece in pieces
    )
    return Pinyin(full=full[:FULL_LENGTH_MAX], initials=initials[:INITIALS_LENGTH_MAX])


def spelling(name: str) -> str:
    """The pinyin of a place name with its syllables apart, for readers without Chinese."""
    return " ".join(syllable for piece in _PIECES.findall(name.lower()) for syllable in _syllables(piece))


@lru_cache(maxsize=50_000)
def _syllables(piece: str) -> tuple[str, ...]:
    """The syllables of a run of Chinese characters; a run of letters or digits is one by itself."""
    return (piece,) if piece.isascii() else tuple(_reader()(piece))


@cache
def _reader() -> Callable[[str], list[str]]:
    """The reader with our corrections. Its phrases take a second and 40 MB: only who writes names loads them."""
    import pypinyin

    pypinyin.load_single_dict({ord(character): read for character, read in READ_OTHERWISE.items()})
    pypinyin.load_phrases_dict({name: [[syllable] for syllable in read.split()] for name, read in PLACE_NAMES.items()})
    return lambda piece: pypinyin.lazy_pinyin(piece, style=pypinyin.Style.NORMAL, errors="ignore")
