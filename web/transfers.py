"""What the API and the screens of transfer orders share."""

from collections.abc import Sequence

from flask import url_for

from inventory.sourcing import TransferOrder, TransferView
from web.requests import LineUnknown


def line_ids_of(order: TransferView, positions: Sequence[int]) -> list[int]:
    """The lines of an order at these positions.

    Raises: LineUnknown.
    """
    lines = {line.position: line.id for line, _ in order.view.lines}
    unknown = sorted(set(positions) - set(lines))
    if unknown:
        raise LineUnknown(line=unknown[0])
    return [lines[position] for position in positions]


def request_address(number: str) -> str:
    """Where a request or a transfer order is shown, by its number."""
    if number.startswith(f"{TransferOrder.prefix}-"):
        return url_for("transfers.show_transfer", number=number)
    return url_for("requests.show_request", number=number)
