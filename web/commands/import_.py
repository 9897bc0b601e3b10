"""Take a table from a CSV file or a workbook: all of it or nothing."""

import sys
from pathlib import Path

import click

from inventory import subscriptions
from inventory.errors import Refusal
from inventory.sheets import Findings, ImportRefused
from web.cluster import reachable_database
from web.connectors.files import KINDS, Kind, SheetFile, refusal_of, sentence_of, write_problem_file
from web.db import Database, open_database, transaction
from web.languages import LANGUAGES, read_translations
from web.settings import Settings

SHOWN_MAX = 20


@click.command("import")
@click.argument("kind", type=click.Choice(list(KINDS)))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--check", is_flag=True, help="Only say what the file would do.")
@click.option("--language", type=click.Choice(list(LANGUAGES)), default="zh", show_default=True)
@click.option(
    "--problems",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where the file goes with what is wrong in it (.csv or .xlsx); FILE.problems.csv here when not given.",
)
def command(kind: str, file: Path, check: bool, language: str, problems: Path | None) -> None:
    """Take a table of a KIND from FILE (CSV in UTF-8 or GB18030, or .xlsx).

    Everything is checked first; when a row cannot be taken nothing is, and the file comes back with a column that says
    what is wrong, to be mended and sent again. A file sent twice changes nothing.
    """
    words = read_translations(language)
    with reachable_database(Settings.from_environment()) as settings:
        database = open_database(settings.database_url, threads=1)
        try:
            opened = KINDS[kind].open(file)
            findings = _check(database, KINDS[kind], opened) if check else _take(database, KINDS[kind], opened)
        except ImportRefused as refused:
            findings = refused.findings
        except Refusal as refusal:
            raise click.ClickException(refusal_of(refusal, words)) from refusal
        finally:
            database.dispose()
    click.echo(words.gettext("word.import.counts") % counts_of(findings), err=bool(findings.problems))
    if findings.problems:
        target = problems or Path(f"{file.stem}.problems.csv")
        for one in findings.problems[:SHOWN_MAX]:
            click.echo(sentence_of(one, language, words), err=True)
        write_problem_file(target, opened.table, findings.problems, language=language, words=words)
        click.echo(words.gettext("word.import.refused") % {"count": len(findings.problems), "file": target}, err=True)
        sys.exit(1)


def counts_of(findings: Findings) -> dict[str, int]:
    """The counts of the findings by name."""
    return {
        "rows": findings.rows,
        "new": findings.new,
        "changed": findings.changed,
        "unchanged": findings.unchanged,
    }


def _take(database: Database, kind: Kind, file: SheetFile) -> Findings:
    subscriptions.connect()
    with transaction(database.sessions, f"import {kind.name}") as work:
        return kind.take(work.session, file.rows(_tell), by=work.by, at=work.at)


def _check(database: Database, kind: Kind, file: SheetFile) -> Findings:
    with database.sessions() as session:
        return kind.check(session, file.rows(_tell))


def _tell(count: int) -> None:
    """Show on a terminal how far the reading is."""
    if sys.stderr.isatty():
        click.echo(f"\r{count:,}", err=True, nl=False)
