"""Builders that read as sentences: `given.part(session)`, `given.warehouse(session, tier="central")`.

They insert rows directly, with sensible defaults and numbers of their own, and return what they made.
"""

from tests.given.catalogue import division, model, part, supersession
from tests.given.network import bin, dock, owner, quarantine, region, shelf_zone, staging, warehouse, zone

__all__ = [
    "bin",
    "division",
    "dock",
    "model",
    "owner",
    "part",
    "quarantine",
    "region",
    "shelf_zone",
    "staging",
    "supersession",
    "warehouse",
    "zone",
]
