"""Where the demo's warehouses stand, under whom, and how their bins lie along the walk."""

from collections import Counter, defaultdict
from functools import lru_cache

import numpy as np
import pytest

from barcode.gs1 import has_check_digit
from inventory.network import Tier
from web.demo.geography import Area, distances_km, read_areas
from web.demo.places import Site, lay_network, shelves
from web.demo.scales import FULL, SMALL, Scale


@lru_cache
def areas() -> dict[str, Area]:
    return read_areas()


@lru_cache
def sites(scale: Scale) -> list[Site]:
    return lay_network(areas(), scale, gs1_prefix="9524000", gln_first=0, rng=np.random.default_rng(1))


def of_tier(scale: Scale, tier: Tier) -> list[Site]:
    return [site for site in sites(scale) if site.tier is tier]


@pytest.mark.parametrize(("scale", "least", "most"), [(SMALL, 120, 200), (FULL, 5300, 5300)])
def test_the_network_has_six_central_warehouses_and_36_distribution_centres(
    scale: Scale, least: int, most: int
) -> None:
    assert len(of_tier(scale, Tier.CENTRAL)) == 6
    assert len(of_tier(scale, Tier.DISTRIBUTION)) == 36
    assert least <= len(of_tier(scale, Tier.REPAIR)) <= most


def test_distribution_centres_stand_in_36_cities_of_all_31_mainland_provinces() -> None:
    centres = of_tier(SMALL, Tier.DISTRIBUTION)
    assert len({site.area.city_code for site in centres}) == 36
    assert len({site.area.province_code for site in centres}) == 31


def test_at_full_scale_every_county_of_the_mainland_has_a_repair_centre() -> None:
    counties = {area.code for area in areas().values() if area.level == "county"}
    assert counties <= {site.area.code for site in of_tier(FULL, Tier.REPAIR)}


@pytest.mark.parametrize("tier", [Tier.DISTRIBUTION, Tier.REPAIR])
def test_a_parent_is_the_nearest_warehouse_of_the_tier_above(tier: Tier) -> None:
    above = of_tier(SMALL, Tier.CENTRAL if tier is Tier.DISTRIBUTION else Tier.DISTRIBUTION)
    below = of_tier(SMALL, tier)
    far = distances_km(
        np.array([(site.latitude, site.longitude) for site in below]),
        np.array([(site.latitude, site.longitude) for site in above]),
    )
    assert [site.parent_id for site in below] == [above[index].id for index in far.argmin(axis=1)]


def test_beijing_and_shanghai_are_a_thousand_kilometres_apart() -> None:
    [[far]] = distances_km(np.array([(39.9042, 116.4074)]), np.array([(31.2304, 121.4737)]))
    assert far == pytest.approx(1067, abs=5)


def test_repair_centres_stand_together_in_the_cities_of_distribution_centres_and_alone_elsewhere() -> None:
    centres = {site.area.city_code for site in of_tier(SMALL, Tier.DISTRIBUTION)}
    stations = Counter(site.area.city_code for site in of_tier(SMALL, Tier.REPAIR))
    assert all(stations[city] >= 2 for city in centres)
    assert any(city not in centres for city in stations)


@pytest.mark.parametrize("scale", [SMALL, FULL])
def test_codes_names_and_location_numbers_are_given_once(scale: Scale) -> None:
    for column in ("id", "code", "name_zh", "gln"):
        values = [getattr(site, column) for site in sites(scale)]
        assert len(set(values)) == len(values)
    assert all(site.gln and has_check_digit(site.gln) for site in sites(scale))


def test_a_company_prefix_without_room_leaves_warehouses_without_a_location_number() -> None:
    cramped = lay_network(areas(), SMALL, gs1_prefix="952400012345", gln_first=0, rng=np.random.default_rng(1))
    assert sum(site.gln is not None for site in cramped) == 1  # twelve digits leave none for a reference but 0


def test_the_walk_goes_down_one_aisle_and_up_the_next() -> None:
    walk = [shelf.code for shelf in shelves(of_tier(SMALL, Tier.DISTRIBUTION)[0], SMALL) if shelf.zone == "SHELF"]
    racks = defaultdict(list)
    for code in walk:
        aisle, rack, _ = code.split("-")
        if rack not in racks[aisle]:
            racks[aisle].append(rack)
    assert racks["A"] == sorted(racks["A"])
    assert racks["B"] == sorted(racks["B"], reverse=True)


def test_bins_of_a_warehouse_have_codes_of_their_own_and_some_central_warehouses_a_high_bay() -> None:
    zones = []
    for site in of_tier(FULL, Tier.CENTRAL):
        bins = list(shelves(site, FULL))
        assert len({one.code for one in bins}) == len(bins)
        zones.append({one.zone for one in bins})
    assert any("HIGH" in one for one in zones)
    assert not all("HIGH" in one for one in zones)
