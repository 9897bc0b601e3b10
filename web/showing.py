"""How things are told on screens: times, durations, quantities, names in the reader's language, status words.

Templates use them as filters and globals; macros in `templates/macros.html` dress them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from babel.numbers import format_compact_decimal
from flask import Flask
from flask_babel import format_datetime, format_decimal, get_locale, gettext
from jinja2 import pass_context
from jinja2.runtime import Context

from web.languages import current_language, has_text

# Which colour a status has, whatever the document: what waits, what moves, what is done, what went wrong.
TONES = {
    "back_ordered": "danger",
    "failed": "danger",
    "cancelled": "muted",
    "reserved": "waiting",
    "open": "waiting",
    "released": "active",
    "claimed": "active",
    "picked": "active",
    "packed": "active",
    "in_transit": "moving",
    "shipped": "moving",
    "receiving": "moving",
    "closed": "done",
    "received": "done",
    "completed": "done",
    "good": "done",
    "quarantine": "waiting",
    "defective": "danger",
    "awaiting_approval": "waiting",
    "approved": "active",
    "sent": "moving",
    "confirmed": "moving",
    "part_received": "moving",
}
RELATIVE_MAX = timedelta(days=7)
SHORTENED_FROM = 10_000


def word_of(value: Any, kind: str = "") -> str:
    """The word of an enum's value: `word.<kind>.<value>` where the kind has its own, else `word.<value>`."""
    name = str(getattr(value, "value", value))
    for key in (f"word.{kind}.{name}", f"word.{name}"):
        if has_text(key):
            return str(gettext(key))
    return name


@pass_context
def tell_word(_: Context, value: Any, kind: str = "") -> str:
    """`word_of` as a filter. Without the context Jinja would fold constants in the first reader's language, for all."""
    return word_of(value, kind)


def tone_of(status: Any) -> str:
    """The colour of a status."""
    return TONES.get(str(getattr(status, "value", status)), "muted")


def name_of(thing: Any) -> str:
    """The name of a warehouse, part, carrier or region in the language of the request."""
    english = getattr(thing, "name_en", "") or ""
    return str(english if current_language() == "en" and english else thing.name_zh)


def tell_instant(at: datetime | None) -> str:
    """The local date and hour."""
    return str(format_datetime(at, "yyyy-MM-dd HH:mm")) if at else ""


def tell_duration(length: timedelta) -> str:
    """A length of time in its two largest units: 2 d 3 h, 3 h 20 min, 5 min; a smaller one of zero is left out."""
    minutes = int(abs(length).total_seconds()) // 60
    days, hours, minutes = minutes // 1440, minutes % 1440 // 60, minutes % 60
    if days and not hours:
        return str(gettext("%(days)s d", days=days))
    if days:
        return str(gettext("%(days)s d %(hours)s h", days=days, hours=hours))
    if hours and not minutes:
        return str(gettext("%(hours)s h", hours=hours))
    if hours:
        return str(gettext("%(hours)s h %(minutes)s min", hours=hours, minutes=minutes))
    return str(gettext("%(minutes)s min", minutes=minutes))


def tell_due(at: datetime) -> str:
    """How long until an instant, or how long it is over."""
    left = at - datetime.now(UTC)
    if abs(left) > RELATIVE_MAX:
        return tell_instant(at)
    if abs(left) < timedelta(minutes=1):
        return str(gettext("due now"))
    length = tell_duration(left)
    if left < timedelta():
        return str(gettext("%(length)s late", length=length))
    return str(gettext("%(length)s left", length=length))


def tell_ago(at: datetime) -> str:
    """How long ago something was."""
    ago = datetime.now(UTC) - at
    if ago > RELATIVE_MAX or ago < timedelta(minutes=-1):
        return tell_instant(at)
    if ago < timedelta(minutes=1):
        return str(gettext("just now"))
    return str(gettext("%(length)s ago", length=tell_duration(ago)))


def urgency_of(at: datetime | None) -> str:
    """Whether a clock is over, about to be, or has time."""
    if at is None:
        return "none"
    left = at - datetime.now(UTC)
    if left < timedelta():
        return "late"
    return "soon" if left < timedelta(hours=2) else "fine"


@dataclass(frozen=True, slots=True)
class Clock:
    """A promise drawn as a bar from its beginning to its hour, or to now where the hour is over.

    Units: percent of the bar. `gone` is what of it has passed, `hour` where the promised hour lies.
    """

    gone: int
    hour: int
    tone: str


def clock_of(begun: datetime, due: datetime) -> Clock:
    """Where a promise stands on its clock: fine, at risk from two thirds on as in the lists, or late."""
    promised, passed = due - begun, datetime.now(UTC) - begun
    if passed > promised:
        return Clock(100, max(0, round(100 * (promised / passed))), "late")
    gone = max(0, round(100 * (passed / promised))) if promised else 0
    return Clock(gone, 100, "risk" if gone * 3 > 200 else "fine")


def tell_until(at: datetime) -> str:
    """How long something will take from now; a minute that has begun counts, for six hours are no 5 h 59 min."""
    left = max(at - datetime.now(UTC), timedelta()) + timedelta(seconds=59)
    return str(gettext("in %(length)s", length=tell_duration(left)))


def tell_quantity(quantity: int | None) -> str:
    """A whole number with its thousands apart."""
    return "" if quantity is None else str(format_decimal(quantity))


def tell_figure(value: Decimal | float | None) -> str:
    """A figure without the zeros behind it."""
    return "" if value is None else str(format_decimal(value, format="#,##0.####"))


def tell_axis(figure: float) -> str:
    """A figure beside an axis, short whatever it is: 0.5, 9,000, 150K, 15万."""
    if abs(figure) < SHORTENED_FROM:
        return tell_figure(figure)
    return str(format_compact_decimal(figure, locale=get_locale(), fraction_digits=1))


def tell_typed(value: Decimal | float | None) -> str:
    """A figure as it is typed into a field: no thousands apart, no zeros behind it."""
    if value is None:
        return ""
    return f"{Decimal(str(value)):f}".rstrip("0").rstrip(".") if value % 1 else f"{value:.0f}"


def tell_day(day: date) -> str:
    """A local day."""
    return day.isoformat()


def mask(text: str | None, *, shown: int = 1) -> str:
    """Personal text for who has no need of it: the first characters and stars."""
    return "" if not text else text[:shown] + "*" * min(len(text) - shown, 6)


def pair(values: Iterable[Any], kind: str | None = None) -> list[tuple[str, str]]:
    """Values with what they are called, as a field of choices takes them; without a kind they speak for themselves."""
    return [(str(getattr(one, "value", one)), str(one) if kind is None else word_of(one, kind)) for one in values]


def init_showing(app: Flask) -> None:
    """Give them to the templates."""
    app.jinja_env.filters.update(
        instant=tell_instant,
        paired=pair,
        duration=tell_duration,
        due=tell_due,
        until=tell_until,
        clock=clock_of,
        ago=tell_ago,
        urgency=urgency_of,
        quantity=tell_quantity,
        figure=tell_figure,
        axis=tell_axis,
        typed_figure=tell_typed,
        day=tell_day,
        word=tell_word,
        tone=tone_of,
        named=name_of,
        masked=mask,
    )
