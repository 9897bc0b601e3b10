"""Who listens to whom: the one page where a lower context reaches a higher one.

Listeners run at once, in the transaction of what happened, in the order written here. The floor stops its work on lots
that were given up before the lines behind them are sourced anew. What came for a closed work order is freed after the
lines were told of it.
"""

from inventory import ledger, procurement, sourcing, transport, warehousing, workorders
from inventory.events import subscribe


def connect() -> None:
    """Connect the contexts; once a process, as often as it likes."""
    subscribe(ledger.AllocationsFreed, warehousing.allocations_were_freed)
    subscribe(ledger.AllocationsFreed, sourcing.lots_were_freed)
    subscribe(ledger.ReservationsDisplaced, sourcing.reservations_were_displaced)
    subscribe(ledger.StockAvailable, sourcing.fill_backorders)
    subscribe(warehousing.PickFailed, sourcing.pick_failed)
    subscribe(warehousing.AnnouncedGoodsReceived, procurement.goods_were_received)
    subscribe(warehousing.ReceiptClosedShort, procurement.receipt_was_closed_short)
    subscribe(transport.LinesShipped, sourcing.lines_were_shipped)
    subscribe(transport.LinesReceived, sourcing.lines_were_received)
    subscribe(transport.LinesReceived, workorders.lines_were_received)
