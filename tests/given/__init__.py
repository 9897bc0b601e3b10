"""Builders that read as sentences: `given.part(session)`, `given.warehouse(session, tier="central")`.

They insert rows directly, with sensible defaults and numbers of their own, and return what they made.
"""

from tests.given.catalogue import division, model, part, supersession
from tests.given.ledger import NOON, Stock, acting, line, reservation, stock, under_new_command
from tests.given.network import bin, dock, owner, quarantine, region, shelf_zone, staging, warehouse, zone
from tests.given.people import PASSWORD, person, token, web_session
from tests.given.sheets import sheet_rows

__all__ = [
    "NOON",
    "PASSWORD",
    "Stock",
    "acting",
    "bin",
    "division",
    "dock",
    "line",
    "model",
    "owner",
    "part",
    "person",
    "quarantine",
    "region",
    "reservation",
    "sheet_rows",
    "shelf_zone",
    "staging",
    "stock",
    "supersession",
    "token",
    "under_new_command",
    "warehouse",
    "web_session",
    "zone",
]
