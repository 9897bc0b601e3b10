"""For commands of the command line: a transaction of the system's account, refusals told in words."""

import os
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

import click

from inventory import subscriptions
from inventory.errors import Refusal
from web.db import Work, open_database, transaction
from web.languages import read_translations
from web.migrated import migrated_database
from web.settings import Settings


@contextmanager
def at_work(kind: str) -> Iterator[tuple[Work, Settings]]:
    """Open the database and a transaction under a command of this kind; commits at the end.

    Raises: click.ClickException with the words of the refusal.
    """
    with migrated_database(Settings.from_environment()) as settings:
        database = open_database(settings.database_url, threads=1)
        subscriptions.connect()
        try:
            with transaction(database.sessions, kind) as work:
                yield work, settings
        except Refusal as refusal:
            raise click.ClickException(words_of(refusal)) from refusal
        finally:
            database.dispose()


def words_of(refusal: Refusal) -> str:
    """What a refusal says, in the language of the terminal."""
    texts = read_translations("zh" if os.environ.get("LANG", "").startswith("zh") else "en")
    told: str = texts.gettext(f"error.{refusal.code}") % defaultdict(str, refusal.facts)
    return told
