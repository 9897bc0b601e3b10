"""Journeys go through the app as people and systems do."""

from tests.web.conftest import api, app, browser_of, client, plant, web_url

__all__ = ["api", "app", "browser_of", "client", "plant", "web_url"]
