"""Reading across contexts, writing nothing: the ledger with names, promises kept, the proofs of `beijian verify`."""

from inventory.reporting.movements import (
    LotLife,
    PastPosition,
    life_of_lot,
    list_on_hand_after,
    list_positions_as_of,
    movements,
)
from inventory.reporting.promises import KeptPromises, list_kept_promises
from inventory.reporting.stock_value import WarehouseStock, list_stock_value

__all__ = [
    "KeptPromises",
    "LotLife",
    "PastPosition",
    "WarehouseStock",
    "life_of_lot",
    "list_kept_promises",
    "list_on_hand_after",
    "list_positions_as_of",
    "list_stock_value",
    "movements",
]
