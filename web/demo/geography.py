"""Where the demo's warehouses stand: real places of China, and the distances between them."""

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from inventory.network import RegionLevel, city_code, province_code

REGIONS = Path(__file__).parent.parent / "data" / "china_regions.csv"
EARTH_RADIUS_KM = 6371.0
SUFFIXES = {"shi", "qu", "xian", "qi", "sheng"}  # city, district, county, banner, province
NO_MAINLAND = ("71", "81", "82")  # Taiwan, Hong Kong, Macao: one row each, without lower levels

CENTRAL_CITIES = ("210100", "110113", "310114", "440100", "420100", "510100")
"""Shenyang, Beijing (Shunyi), Shanghai (Jiading), Guangzhou, Wuhan, Chengdu: the freight hub of each of the six regions
into which the country is divided for logistics: north-east, north, east, south, middle, west."""

CENTRE_CITIES = (
    # The capitals of the 31 provinces, for the four municipalities a district of theirs ...
    *("110115", "120116", "130100", "140100", "150100", "210100", "220100", "230100", "310115", "320100", "330100"),
    *("340100", "350100", "360100", "370100", "410100", "420100", "430100", "440100", "450100", "460100", "500112"),
    *("510100", "520100", "530100", "540100", "610100", "620100", "630100", "640100", "650100"),
    # ... and the five cities planned apart from their province: Dalian, Ningbo, Xiamen, Qingdao, Shenzhen.
    *("210200", "330200", "350200", "370200", "440300"),
)


@dataclass(frozen=True, slots=True)
class Area:
    """A division under GB/T 2260 with the city and province it counts as."""

    code: str
    level: RegionLevel
    name_zh: str
    name_en: str
    name_pinyin: str
    parent_code: str | None
    city_code: str
    province_code: str
    latitude: float
    longitude: float

    @property
    def english(self) -> str:
        """Its English name, else its pinyin as one word without the kind of division."""
        if self.name_en:
            return self.name_en
        syllables = self.name_pinyin.split()
        kept = syllables[:-1] if len(syllables) > 2 and syllables[-1] in SUFFIXES else syllables
        return "".join(kept).capitalize()


def read_areas() -> dict[str, Area]:
    """All divisions by their code, those above before those below."""
    with REGIONS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    levels = {row["adcode"]: RegionLevel(row["level"]) for row in rows}
    areas = [
        Area(
            code=row["adcode"],
            level=levels[row["adcode"]],
            name_zh=row["name_zh"],
            name_en=row["name_en"],
            name_pinyin=row["name_pinyin"],
            parent_code=row["parent_adcode"] or None,
            city_code=city_code(
                row["adcode"], levels[row["adcode"]], row["parent_adcode"] or None, levels.get(row["parent_adcode"])
            ),
            province_code=province_code(row["adcode"]),
            latitude=float(row["latitude"]),
            longitude=float(row["longitude"]),
        )
        for row in rows
    ]
    order = list(RegionLevel)
    return {area.code: area for area in sorted(areas, key=lambda area: (order.index(area.level), area.code))}


def served_areas(areas: dict[str, Area]) -> list[Area]:
    """Where repair centres can stand: the counties of the mainland, and the prefectures that have none (东莞)."""
    parents = {area.parent_code for area in areas.values()}
    return [
        area
        for area in areas.values()
        if area.code not in parents and area.level != RegionLevel.PROVINCE and not area.code.startswith(NO_MAINLAND)
    ]


def distances_km(here: NDArray[np.float64], there: NDArray[np.float64]) -> NDArray[np.float64]:
    """Great-circle distances.

    Shapes: here is (n, 2), there (m, 2), latitude and longitude in degrees; the answer is (n, m).
    """
    a, b = np.radians(here)[:, None, :], np.radians(there)[None, :, :]
    chord = (
        np.sin((a[..., 0] - b[..., 0]) / 2) ** 2
        + np.cos(a[..., 0]) * np.cos(b[..., 0]) * np.sin((a[..., 1] - b[..., 1]) / 2) ** 2
    )
    return np.asarray(2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(chord)))
