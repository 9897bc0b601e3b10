"""Which city and which province a division of GB/T 2260 counts as when a delivery class is decided."""

from inventory.network.models import RegionLevel

DIRECTLY_UNDER_PROVINCE = "90"


def province_code(code: str) -> str:
    """The code of the province-level division that a division lies in: its first two digits."""
    return code[:2] + "0000"


def city_code(code: str, level: RegionLevel, parent_code: str | None, parent_level: RegionLevel | None) -> str:
    """The code of the city that a division counts as.

    A prefecture is a city, with counties or without (东莞). A county counts as its prefecture. A county without
    one lies either in a municipality, which is one city (北京), or directly under its province and is a city of its
    own (仙桃, 石河子): GB/T 2260 tells the latter by 90 in the third and fourth digit. A province counts as itself:
    it names no city within it.
    """
    if level != RegionLevel.COUNTY or parent_code is None:
        return code
    if parent_level == RegionLevel.PREFECTURE:
        return parent_code
    return code if code[2:4] == DIRECTLY_UNDER_PROVINCE else parent_code
