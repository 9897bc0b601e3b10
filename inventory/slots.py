"""One run per job and slot, whoever asks: a row inserted in the job's own transaction decides."""

from datetime import datetime

from sqlalchemy import String, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from inventory.db import Base, Instant


class JobRun(Base):
    """A slot of a job that was taken; it commits with the job's effect or not at all."""

    __tablename__ = "job_run"

    job: Mapped[str] = mapped_column(String(60), primary_key=True)
    slot: Mapped[Instant] = mapped_column(primary_key=True)
    started_at: Mapped[Instant] = mapped_column(server_default=text("now()"))


_CLAIM = text("INSERT INTO job_run (job, slot) VALUES (:job, :slot) ON CONFLICT DO NOTHING RETURNING job")


def claim_slot(session: Session, job: str, slot: datetime) -> bool:
    """Take the slot for this transaction; False when another run has it. A rival's open claim is waited for."""
    return session.execute(_CLAIM, {"job": job, "slot": slot}).scalar_one_or_none() is not None


def forget_slots(session: Session, *, before: datetime) -> None:
    """Forget the slots of long ago, which nobody claims any more."""
    session.execute(text("DELETE FROM job_run WHERE slot < :before"), {"before": before})
