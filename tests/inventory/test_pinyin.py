"""Pinyin as people type it."""

import pytest

from inventory.pinyin import Pinyin, pinyin, spelling
from tests.given.network import published_regions


@pytest.mark.parametrize(
    ("name", "full", "initials"),
    [
        ("压缩机", "yasuoji", "ysj"),
        ("BCD-470 冰箱（变频）", "bcd470bingxiangbianpin", "bcd470bxbp"),
        ("安an", "anan", "aan"),
        ("铝箔", "lvbo", "lb"),
        ("长治维修中心", "changzhiweixiuzhongxin", "czwxzx"),
        ("加长水管", "jiachangshuiguan", "jcsg"),
        ("调速器弹片", "tiaosuqitanpian", "tsqtp"),
        ("", "", ""),
        ("—、。", "", ""),
    ],
)
def test_a_name_is_typed_in_full_or_by_its_initials(name: str, full: str, initials: str) -> None:
    assert pinyin(name) == Pinyin(full, initials)


def test_every_published_place_name_is_read_as_its_people_read_it() -> None:
    wrong = {row["name_zh"]: spelling(row["name_zh"]) for row in published_regions().values()
             if spelling(row["name_zh"]) != row["name_pinyin"]}  # fmt: skip
    assert wrong == {}


def test_long_names_are_cut_to_what_the_columns_hold() -> None:
    cut = pinyin("装" * 200)
    assert (len(cut.full), len(cut.initials)) == (400, 200)
