"""Whether a day is over: asked where people name days to come, and mistype a year."""

from datetime import date, datetime, timedelta

LAST_OFFSET = timedelta(hours=-12)
"""Where on earth a day ends last."""


def is_over(day: date, *, at: datetime) -> bool:
    """Whether a day has ended everywhere on earth, so that nobody's today is refused."""
    return day < (at + LAST_OFFSET).date()
