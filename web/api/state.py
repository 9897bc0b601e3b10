"""Is it up, may it be given work, and how is it doing."""

from http import HTTPStatus
from typing import Any

from flask import Response, abort, current_app
from marshmallow import fields
from sqlalchemy.exc import DBAPIError

from web import metrics
from web.api import Blueprint
from web.auth import public
from web.db import database
from web.migrated import newest_revision, revision_of
from web.schemas import Output

blueprint = Blueprint("state", __name__, description="Health, readiness, figures of the running program")


class StateOutput(Output):
    """How the program is."""

    status = fields.String(required=True)
    reason = fields.String()


@blueprint.get("/health")
@public
@blueprint.doc(security=[])
@blueprint.response(HTTPStatus.OK, StateOutput)
def show_health() -> dict[str, str]:
    """Tell that this process answers; asks nothing of the database."""
    return {"status": "ok"}


@blueprint.get("/ready")
@public
@blueprint.doc(security=[])
@blueprint.response(HTTPStatus.OK, StateOutput)
@blueprint.alt_response(HTTPStatus.SERVICE_UNAVAILABLE, schema=StateOutput)
def show_readiness() -> Any:
    """Tell whether the database answers, on a connection of its own, and has the tables of this release."""
    try:
        with database().probe.connect() as connection:
            found = revision_of(connection)
    except DBAPIError:
        return {"status": "unavailable", "reason": "database_unreachable"}, HTTPStatus.SERVICE_UNAVAILABLE
    if found != newest_revision():
        return {"status": "unavailable", "reason": "migration_due"}, HTTPStatus.SERVICE_UNAVAILABLE
    return {"status": "ok"}


@blueprint.get("/metrics")
@public
@blueprint.doc(security=[])
def show_metrics() -> Response:
    """Figures for Prometheus; the address does not exist unless the setting opens it."""
    if not current_app.config["METRICS"]:
        abort(HTTPStatus.NOT_FOUND)
    return metrics.exposition()
