"""Where stock can lie and how far it is from there to where it is needed.

Words: a **warehouse** of a **tier** (central, distribution, repair) is replenished from its **parent**; it lies in a
**region**, a division of GB/T 2260; **zones** divide it, **bins** are the places in them; a **stock owner** says
whose stock it is.

Promises:
- A warehouse's city and province are those of its region, held by a foreign key: who redraws a city moves them along.
- A parent is of a tier above, so the tree has no circle; only a central warehouse has none.
- Every warehouse has a dock, a staging and a quarantine bin from the day it opens.

Decisions:
- "Same city" compares `city_code`. A municipality is one city, a county directly under a province is its own; the
  coding rule of GB/T 2260 tells them apart (90 in the third and fourth digit), no list of names is kept.
- Pinyin is computed when a name is written, place names with their own readings (`inventory/pinyin.py`).
- Files (`importing_*.py`) change and add, they never remove: a warehouse, bin or region that is missing from a file
  stays; what is no longer used is marked inactive.
"""

from inventory.network.bins import dock_of, quarantine_of, staging_bin_of
from inventory.network.importing_bins import BINS, check_bins, import_bins
from inventory.network.importing_regions import REGIONS, check_regions, import_regions
from inventory.network.importing_warehouses import WAREHOUSES, check_warehouses, import_warehouses
from inventory.network.layout import lay_out
from inventory.network.models import Bin, Region, RegionLevel, StockOwner, Tier, Warehouse, Zone, ZoneKind
from inventory.network.regions import city_code, province_code
from inventory.network.warehouses import (
    default_owner,
    descendants,
    find_warehouse,
    get_warehouse,
    list_warehouses,
    neighbours,
)

__all__ = [
    "BINS",
    "REGIONS",
    "WAREHOUSES",
    "Bin",
    "Region",
    "RegionLevel",
    "StockOwner",
    "Tier",
    "Warehouse",
    "Zone",
    "ZoneKind",
    "check_bins",
    "check_regions",
    "check_warehouses",
    "city_code",
    "default_owner",
    "descendants",
    "dock_of",
    "find_warehouse",
    "get_warehouse",
    "import_bins",
    "import_regions",
    "import_warehouses",
    "lay_out",
    "list_warehouses",
    "neighbours",
    "province_code",
    "quarantine_of",
    "staging_bin_of",
]
