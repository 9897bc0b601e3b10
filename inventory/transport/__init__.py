"""Transport: what is packed and shipped, and what arrives."""

from inventory.transport.announcements import LinesReceived, LinesShipped, ReceivedLine, ShippedLine

__all__ = ["LinesReceived", "LinesShipped", "ReceivedLine", "ShippedLine"]
