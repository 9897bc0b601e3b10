"""What the API and the screens of transfer orders share."""

from flask import url_for

from inventory.sourcing import TransferOrder


def request_address(number: str) -> str:
    """Where a request or a transfer order is shown, by its number."""
    if number.startswith(f"{TransferOrder.prefix}-"):
        return url_for("transfers.show_transfer", number=number)
    return url_for("requests.show_request", number=number)
