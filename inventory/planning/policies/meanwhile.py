"""Two who change the same thing at once: the second is told what stands and asked again, never overrun in silence."""

from datetime import datetime

from sqlalchemy.orm import Session

from inventory.identity import Person
from inventory.planning.policies.errors import ChangedMeanwhile
from inventory.planning.policies.models import PlaceOverride, PlanningPolicy


def changed_meanwhile(
    session: Session, standing: int | str | None, *, by_id: int | None, at: datetime | None
) -> ChangedMeanwhile:
    """The refusal: what stands now, by its id or version, and who set it when, as far as anybody did."""
    person = session.get(Person, by_id) if by_id else None
    return ChangedMeanwhile(standing=standing, by=person.name if person else "", at=at.isoformat() if at else "")


def replaced_meanwhile(session: Session, standing: PlanningPolicy | PlaceOverride | None) -> ChangedMeanwhile:
    """The refusal where a rule or an override stands in place of the one that was seen, or none at all."""
    if standing is None:
        return changed_meanwhile(session, None, by_id=None, at=None)
    return changed_meanwhile(session, standing.id, by_id=standing.set_by_id, at=standing.set_at)
