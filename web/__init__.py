"""The edge: HTTP in and out, jobs, commands. `create_app` puts the app together (web/app.py).

    web/api/       the API, a module per context       web/schemas/   its shapes
    web/pages/     screens, a module per context       web/templates/ and web/static/ beside them
    web/command.py a route that writes                 web/db.py      transactions
    web/auth.py    who is asking                       web/errors.py  what a refusal looks like
    web/wire.py    reading what comes in               web/paging.py  lists

Modules of `api` and `pages` that define a `blueprint` are found by themselves. An app in which a route does not declare
what it needs does not start.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from web.settings import Settings


def create_app(settings: Settings | None = None) -> Flask:
    """Put the app together for one process, by the environment's settings when none are given.

    Raises: SettingRefused; RouteUndeclared.
    """
    # Imported here, so that `beijian migrate` and the jobs start without loading every screen.
    from web import app
    from web.settings import Settings

    return app.create_app(settings or Settings.from_environment())
