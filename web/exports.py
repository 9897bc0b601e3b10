"""The trail of who took what out of the system as a file."""

from typing import Any

from flask import request

from inventory import audit
from inventory.actor import Actor
from inventory.db import database_now
from web.db import writing


def note_export(subject: str, *, by: Actor, **facts: Any) -> None:
    """Keep that a file was taken: what it is called, its format, how many rows, what it was narrowed to."""
    with writing() as session:
        audit.note(
            session,
            "exported",
            actor_id=by.person_id,
            at=database_now(session),
            subject=subject,
            address=request.remote_addr or "",
            facts=facts,
        )
