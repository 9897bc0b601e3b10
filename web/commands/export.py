"""Write a table to a CSV file or a workbook, in the columns in which it is imported."""

from pathlib import Path

import click

from inventory.errors import Refusal
from web.connectors.files import KINDS, export, refusal_of
from web.db import open_database
from web.languages import LANGUAGES, read_translations
from web.migrated import migrated_database
from web.settings import Settings


@click.command("export")
@click.argument("kind", type=click.Choice(list(KINDS)))
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--language", type=click.Choice(list(LANGUAGES)), default="zh", show_default=True)
def command(kind: str, file: Path, language: str) -> None:
    """Write all of a KIND to FILE: a workbook when it ends in .xlsx, else CSV in UTF-8."""
    words = read_translations(language)
    with migrated_database(Settings.from_environment()) as settings:
        database = open_database(settings.database_url, threads=1)
        try:
            with database.snapshots() as session:
                count = export(session, KINDS[kind], file)
        except Refusal as refusal:
            raise click.ClickException(refusal_of(refusal, words)) from refusal
        finally:
            database.dispose()
    click.echo(words.gettext("word.import.exported") % {"count": count, "file": file})
