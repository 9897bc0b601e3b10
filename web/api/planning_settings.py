"""The figures that hold for all planning."""

from datetime import datetime
from decimal import Decimal
from http import HTTPStatus
from typing import Any

from sqlalchemy.orm import Session

from inventory import procurement
from inventory.actor import Actor
from inventory.identity import Permission
from inventory.planning import policies
from inventory.planning.policies import SettingsWish, StandingSettings
from web.api import Blueprint
from web.auth import current_actor, requires
from web.command import command
from web.db import reading
from web.policies import names_of
from web.schemas.planning_settings import SettingsInput, SettingsOutput

blueprint = Blueprint("api_planning_settings", __name__, description="The figures that hold for all planning")


@blueprint.get("/planning/settings")
@requires(Permission.SEE_POLICIES)
@blueprint.response(HTTPStatus.OK, SettingsOutput)
def show_settings() -> dict[str, Any]:
    """Every figure, and who changed what of late."""
    with reading() as session:
        return _settings(session, policies.show_settings(session, by=current_actor()), by=current_actor())


@blueprint.put("/planning/settings")
@requires(Permission.SET_POLICIES)
@blueprint.arguments(SettingsInput)
@command
@blueprint.response(HTTPStatus.OK, SettingsOutput)
def change_settings(body: dict[str, Any], *, session: Session, by: Actor, at: datetime) -> dict[str, Any]:
    """Let planning go by these figures from the next run on."""
    reason, version = body.pop("reason"), body.pop("version")
    wish = SettingsWish({name: Decimal(value) for name, value in body.items()}, reason, version)
    changed = policies.change_settings(session, wish, by=by, at=at)
    session.flush()
    return _settings(session, changed, by=by)


def _settings(session: Session, standing: StandingSettings, *, by: Actor) -> dict[str, Any]:
    changes = policies.list_settings_changes(session, by=by)
    names = names_of(session, [one.changed_by_id for one in changes])
    told = [
        {
            "changed": one.changed,
            "reason": one.reason,
            "changed_by": names.get(one.changed_by_id or 0),
            "changed_at": one.changed_at,
        }
        for one in changes
    ]
    more = {"version": standing.version, "currency": procurement.base_currency(session), "changes": told}
    return {**standing.figures, **more}
