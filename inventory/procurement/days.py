"""Days to come that people name: when goods are wanted or due, when to ask again, until when prices hold."""

from datetime import date, datetime

from inventory.days_over import is_over
from inventory.procurement.errors import DayOver


def require_to_come(day: date, *, at: datetime) -> None:
    """Refuse a day that is over. Raises: DayOver."""
    if is_over(day, at=at):
        raise DayOver(day=day.isoformat())
