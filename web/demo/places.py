"""The demo's warehouses: six central, 36 distribution centres, and repair centres near them or in every county.

A warehouse is replenished from the nearest one of the tier above. At the small scale each distribution centre has two
repair centres in its own city (so that they are neighbours, and the distribution centre delivers in the same city) and
one in each of the two nearest other prefectures. At the full scale every county has one; the others of the 5,300 go
where people live: four shares to a district of a distribution centre's city, two to another district, one to a county.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from barcode import make_gln
from barcode.errors import KeyNotMade
from inventory.network import Tier
from web.demo.geography import CENTRAL_CITIES, CENTRE_CITIES, Area, distances_km, served_areas
from web.demo.scales import Scale

ROADS = (
    "中山路",
    "人民路",
    "解放路",
    "建设路",
    "和平路",
    "长江路",
    "黄河路",
    "工业大道",
    "物流园路",
    "新华路",
    "文化路",
)
ORDINALS = "一二三四五六七八九十"
CITY_STATIONS, NEARBY_STATIONS = 2, 2
RACKS = {Tier.CENTRAL: 20, Tier.DISTRIBUTION: 12, Tier.REPAIR: 5}
LEVELS = {Tier.CENTRAL: 6, Tier.DISTRIBUTION: 5, Tier.REPAIR: 4}
HIGH_BAY_COLUMNS, HIGH_BAY_LEVELS = 20, 10
HIGH_BAY_CENTRALS = 3  # how many central warehouses have one


@dataclass(frozen=True, slots=True)
class Site:
    """A warehouse of the demo."""

    id: int
    code: str
    tier: Tier
    area: Area
    name_zh: str
    name_en: str
    address: str
    latitude: float
    longitude: float
    parent_id: int | None
    gln: str | None


@dataclass(frozen=True, slots=True)
class Shelf:
    """A bin, its zone within its warehouse, and its turn on the walk."""

    zone: str
    code: str
    pick_sequence: int


def lay_network(
    areas: dict[str, Area], scale: Scale, *, gs1_prefix: str, gln_first: int, rng: np.random.Generator
) -> list[Site]:
    """The warehouses, central ones first, each after its parent."""
    centrals = [areas[code] for code in CENTRAL_CITIES]
    centres = [areas[code] for code in CENTRE_CITIES]
    stations = _near(areas, centres, rng) if scale.stations is None else _everywhere(areas, scale.stations, rng)
    sites: list[Site] = []
    above: list[Site] = []
    for tier, places in ((Tier.CENTRAL, centrals), (Tier.DISTRIBUTION, centres), (Tier.REPAIR, stations)):
        above = _tier(tier, places, above, areas, first_id=len(sites) + 1, gln=(gs1_prefix, gln_first), rng=rng)
        sites += above
    return sites


def _near(areas: dict[str, Area], centres: Sequence[Area], rng: np.random.Generator) -> list[Area]:
    """Two repair centres in each distribution centre's city, one in each of the two nearest prefectures not taken."""
    served = served_areas(areas)
    taken = {centre.city_code for centre in centres}
    chosen: list[Area] = []
    for centre in centres:
        own = [area for area in served if area.city_code == centre.city_code]
        chosen += [own[index] for index in sorted(rng.choice(len(own), CITY_STATIONS, replace=False))]
        [far] = distances_km(_points([centre]), _points(served))
        nearby: list[Area] = []
        for index in np.argsort(far, kind="stable"):
            if len(nearby) < NEARBY_STATIONS and served[index].city_code not in taken:
                nearby.append(served[index])
                taken.add(served[index].city_code)
        chosen += nearby
    return chosen


def _everywhere(areas: dict[str, Area], count: int, rng: np.random.Generator) -> list[Area]:
    """One repair centre in every county, the others drawn by weight."""
    served = served_areas(areas)
    hubs = {areas[code].city_code for code in CENTRE_CITIES}
    weight = np.array(
        [
            1 + (area.name_zh.endswith("区")) + 2 * (area.name_zh.endswith("区") and area.city_code in hubs)
            for area in served
        ]
    )
    more = rng.choice(len(served), count - len(served), p=weight / weight.sum())
    return [served[index] for index in sorted([*range(len(served)), *more.tolist()])]


def _tier(
    tier: Tier,
    places: Sequence[Area],
    above: Sequence[Site],
    areas: dict[str, Area],
    *,
    first_id: int,
    gln: tuple[str, int],
    rng: np.random.Generator,
) -> list[Site]:
    """The warehouses of a tier; several in one place stand a few streets apart."""
    points = _points(places)
    if tier is Tier.REPAIR:
        points = points + rng.normal(0, 0.02, points.shape)
    parents: list[int | None] = [None] * len(places)
    if above:
        nearest = distances_km(points, np.array([(site.latitude, site.longitude) for site in above])).argmin(axis=1)
        parents = [above[index].id for index in nearest]
    together, seen = Counter(area.code for area in places), Counter[str]()
    sites = []
    for index, area in enumerate(places):
        seen[area.code] += 1
        turn = seen[area.code] if together[area.code] > 1 else 0
        name_zh, name_en = _names(tier, area, areas, turn)
        sites.append(
            Site(
                id=first_id + index,
                code=f"{tier.value[0].upper()}{index + 1:0{4 if tier is Tier.REPAIR else 2}}",
                tier=tier,
                area=area,
                name_zh=name_zh,
                name_en=name_en,
                address=f"{_full_name(area, areas)}{ROADS[rng.integers(len(ROADS))]}{rng.integers(1, 400)}号",
                latitude=round(float(points[index, 0]), 6),
                longitude=round(float(points[index, 1]), 6),
                parent_id=parents[index],
                gln=_gln(*gln, first_id + index - 1),
            )
        )
    return sites


def _names(tier: Tier, area: Area, areas: dict[str, Area], turn: int) -> tuple[str, str]:
    city = areas[area.city_code]
    if tier is Tier.CENTRAL:
        return f"{city.name_zh.removesuffix('市')}中央库", f"{city.english} Central Warehouse"
    if tier is Tier.DISTRIBUTION:
        return f"{city.name_zh.removesuffix('市')}配送中心", f"{city.english} Distribution Centre"
    ordinal_zh = f"第{_ordinal(turn)}" if turn else ""
    ordinal_en = f" {turn}" if turn else ""
    place_zh = area.name_zh if area.code == city.code else f"{city.name_zh}{area.name_zh}"
    place_en = "" if area.code == city.code else f", {city.english}"
    return f"{place_zh}{ordinal_zh}维修中心", f"{area.english} Repair Centre{ordinal_en}{place_en}"


def _ordinal(number: int) -> str:
    return ORDINALS[number - 1] if number <= len(ORDINALS) else str(number)


def _full_name(area: Area, areas: dict[str, Area]) -> str:
    chain = [area]
    while chain[-1].parent_code:
        chain.append(areas[chain[-1].parent_code])
    return "".join(one.name_zh for one in reversed(chain))


def _gln(prefix: str, first: int, index: int) -> str | None:
    """The GLN, or none when the company prefix leaves too few digits for so many warehouses."""
    try:
        return make_gln(prefix, first + index)
    except KeyNotMade:
        return None


def _points(areas: Sequence[Area]) -> "np.ndarray[tuple[int, int], np.dtype[np.float64]]":
    return np.array([(area.latitude, area.longitude) for area in areas])


ZONES = {
    "DOCK": ("dock", "收货区", "Dock"),
    "STAGE": ("staging", "发货暂存区", "Staging"),
    "QUAR": ("quarantine", "待检区", "Quarantine"),
    "SHELF": ("shelf", "货架区", "Shelves"),
    "HIGH": ("high_bay", "立体库", "High bay"),
}
"""Code of a zone: its kind and names. The high bay is left out where there is none."""


def has_high_bay(site: Site) -> bool:
    """The first few central warehouses have one."""
    return site.tier is Tier.CENTRAL and site.id <= HIGH_BAY_CENTRALS


def shelves(site: Site, scale: Scale) -> Iterator[Shelf]:
    """The bins of a warehouse, those without a place on the walk first, then shelf by shelf, then the high bay."""
    yield from (Shelf("DOCK", "DOCK-01", 0), Shelf("STAGE", "STAGE-01", 0), Shelf("QUAR", "QUAR-01", 0))
    turn = 0
    for aisle in range(_aisles(site.tier, scale)):
        racks = range(1, RACKS[site.tier] + 1)
        for rack in racks if aisle % 2 == 0 else reversed(racks):  # down one aisle, up the next
            for level in range(1, LEVELS[site.tier] + 1):
                turn += 10
                yield Shelf("SHELF", f"{_aisle_name(aisle)}-{rack:02}-{level:02}", turn)
    if has_high_bay(site):
        for column in range(1, HIGH_BAY_COLUMNS + 1):
            for level in range(1, HIGH_BAY_LEVELS + 1):
                turn += 10
                yield Shelf("HIGH", f"H1-{column:02}-{level:02}", turn)


def _aisles(tier: Tier, scale: Scale) -> int:
    return {Tier.CENTRAL: scale.central_aisles, Tier.DISTRIBUTION: scale.centre_aisles, Tier.REPAIR: 1}[tier]


def _aisle_name(aisle: int) -> str:
    """A .. Z without I and O, which look like digits, then AA .. ZZ."""
    letters = "ABCDEFGHJKLMNPQRSTUVWXYZ"
    tens, ones = divmod(aisle, len(letters))
    return (letters[tens - 1] if tens else "") + letters[ones]
