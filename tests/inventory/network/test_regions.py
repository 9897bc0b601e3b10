"""Which city and province every published division counts as."""

import pytest

from inventory.network import RegionLevel, city_code, province_code
from tests.given.network import published_regions


def city_of(code: str) -> str:
    rows = published_regions()
    row, parent = rows[code], rows.get(rows[code]["parent_adcode"])
    parent_level = RegionLevel(parent["level"]) if parent else None
    return city_code(code, RegionLevel(row["level"]), row["parent_adcode"] or None, parent_level)


@pytest.mark.parametrize(
    ("code", "city"),
    [
        ("370202", "370200"),  # 青岛市市南区 counts as 青岛市
        ("370200", "370200"),
        ("110105", "110000"),  # 北京市朝阳区: a municipality is one city
        ("110000", "110000"),
        ("500229", "500000"),  # 重庆市城口县, a county of a municipality
        ("429004", "429004"),  # 仙桃市, directly under its province
        ("659001", "659001"),  # 石河子市
        ("469002", "469002"),  # 琼海市
        ("441900", "441900"),  # 东莞市, a prefecture without counties
        ("810000", "810000"),  # 香港
        ("370000", "370000"),  # a province names no city within it
    ],
)
def test_a_division_counts_as_its_city(code: str, city: str) -> None:
    assert city_of(code) == city


def test_every_published_county_of_a_prefecture_counts_as_it_and_no_city_is_made_up() -> None:
    rows = published_regions()
    for code, row in rows.items():
        assert city_of(code) in rows
        assert province_code(city_of(code)) == province_code(code)
        if row["level"] == "county" and rows[row["parent_adcode"]]["level"] == "prefecture":
            assert city_of(code) == row["parent_adcode"]


def test_the_four_municipalities_are_the_only_provinces_with_one_city() -> None:
    counties = [code for code, row in published_regions().items() if row["level"] == "county"]
    assert {city_of(code) for code in counties if city_of(code).endswith("0000")} == {
        "110000", "120000", "310000", "500000",
    }  # fmt: skip
