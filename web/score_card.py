"""A supplier's score card as plain geometry: shares as bars, lead times on one axis of days, prices around none.

Units: of a picture 100 wide, from its upper left corner.
"""

from dataclasses import dataclass

from inventory.procurement import ScoreCard

GOOD_FROM, FAIR_FROM = 0.95, 0.85
DRIFT_SHOWN_MAX = 0.10


@dataclass(frozen=True, slots=True)
class Bar:
    """A share as a bar: how long it is, and how it is to be judged."""

    width: float
    tone: str


@dataclass(frozen=True, slots=True)
class LeadTimes:
    """The days stated beside those it took: where each lies, and how far the real ones spread to either side."""

    stated: float | None
    mean: float | None
    spread: tuple[float, float] | None
    days_max: int


@dataclass(frozen=True, slots=True)
class Drift:
    """A bar from the middle to the right where prices rose, to the left where they fell."""

    x: float
    width: float
    tone: str


def share_bar(share: float | None) -> Bar | None:
    """A share that is better the larger it is."""
    if share is None:
        return None
    tone = "good" if share >= GOOD_FROM else "fair" if share >= FAIR_FROM else "poor"
    return Bar(round(100 * min(share, 1.0), 1), tone)


def rejected_bar(share: float | None) -> Bar | None:
    """A share that is better the smaller it is; a tenth fills the bar."""
    if share is None:
        return None
    tone = "good" if share <= 1 - GOOD_FROM else "fair" if share <= 1 - FAIR_FROM else "poor"
    return Bar(round(min(1000 * share, 100), 1), tone)


def lead_times(stated: float | None, mean: float | None, sd: float | None) -> LeadTimes | None:
    """Stated and real days on one axis that ends at a round number; None where neither is known."""
    if stated is None and mean is None:
        return None
    longest = max(stated or 0, (mean or 0) + (sd or 0), 1)
    days_max = -(-int(longest * 1.1 + 1) // 10) * 10
    scale = 100 / days_max
    spread = None
    if mean is not None and sd:
        first, last = max(mean - sd, 0) * scale, (mean + sd) * scale
        spread = (round(first, 1), round(last - first, 1))
    return LeadTimes(_placed(stated, scale), _placed(mean, scale), spread, days_max)


def drift_bar(drift: float | None) -> Drift | None:
    """What prices did; a tenth reaches the edge."""
    if drift is None:
        return None
    width = round(50 * min(abs(drift) / DRIFT_SHOWN_MAX, 1.0), 1)
    return Drift(50.0 if drift > 0 else 50.0 - width, width, "poor" if drift > 0 else "good")


@dataclass(frozen=True, slots=True)
class DrawnScore:
    """Everything of a card that is drawn."""

    on_time: Bar | None
    in_full: Bar | None
    on_time_in_full: Bar | None
    rejected: Bar | None
    lead: LeadTimes | None
    drift: Drift | None


def draw_score(card: ScoreCard) -> DrawnScore:
    """Lay a card out."""
    return DrawnScore(
        share_bar(card.on_time),
        share_bar(card.in_full),
        share_bar(card.on_time_in_full),
        rejected_bar(card.rejected_share),
        lead_times(card.stated_days_mean, card.lead_days_mean, card.lead_days_sd),
        drift_bar(card.price_drift),
    )


def _placed(days: float | None, scale: float) -> float | None:
    return None if days is None else round(days * scale, 1)
