"""Take a table from a CSV file or a workbook: all of it or nothing."""

import os
import sys
from pathlib import Path

import click
from babel.support import Translations

from inventory import identity
from inventory.identity import PeopleFindings
from inventory.sheets import Findings, ImportRefused
from web.acting import at_work
from web.connectors.files import (
    KINDS,
    FileUnreadable,
    Kind,
    give_first_passwords,
    read_table,
    refusal_of,
    sentence_of,
    write_problem_file,
)
from web.db import Work
from web.languages import LANGUAGES, read_translations
from web.settings import Settings

SHOWN_MAX = 20


class NothingTaken(Exception):
    """The transaction is undone: rows cannot be taken, or the file was only to be checked."""

    def __init__(self, findings: Findings) -> None:
        super().__init__()
        self.findings = findings


@click.command("import")
@click.argument("kind", type=click.Choice(list(KINDS)))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--check", is_flag=True, help="Only say what the file would do.")
@click.option("--language", type=click.Choice(list(LANGUAGES)), help="Of what is said; else that of the terminal.")
@click.option(
    "--problems",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where the file goes with what is wrong in it (.csv or .xlsx); else FILE.problems.csv in this folder.",
)
def command(kind: str, file: Path, check: bool, language: str | None, problems: Path | None) -> None:
    """Take a table of a KIND from FILE (CSV in UTF-8 or GB18030, or .xlsx).

    Everything is checked first; when a row cannot be taken nothing is, and the file comes back with a column that says
    what is wrong, to be mended and sent again. A file sent twice changes nothing.
    """
    language = language or ("zh" if os.environ.get("LANG", "").startswith("zh") else "en")
    words = read_translations(language)
    try:
        with at_work(f"import {kind}") as (work, settings):
            findings = take(KINDS[kind], file, work, settings, only_check=check, words=words)
    except NothingTaken as stopped:
        findings = stopped.findings
    click.echo(words.gettext("word.import.counts") % counts_of(findings), err=bool(findings.problems))
    if not findings.problems:
        return
    for one in findings.problems[:SHOWN_MAX]:
        click.echo(sentence_of(one, language, words), err=True)
    if findings.cut_short:
        click.echo(words.gettext("word.import.cut_short"), err=True)
    target = problems or Path(f"{file.stem}.problems.csv")
    write_problem_file(target, read_table(file), findings.problems, language=language, words=words)
    click.echo(words.gettext("word.import.refused") % {"count": len(findings.problems), "file": target}, err=True)
    sys.exit(1)


def take(kind: Kind, file: Path, work: Work, settings: Settings, *, only_check: bool, words: Translations) -> Findings:
    """Take the file, and give new people their first passwords.

    Raises: NothingTaken with what was found, so that the transaction is undone; click.ClickException.
    """
    try:
        rows = kind.open(file).rows(tell)
        if only_check:
            raise NothingTaken(kind.check(work.session, rows))
        findings = kind.take(work.session, rows, by=work.by, at=work.at)
    except ImportRefused as refused:
        raise NothingTaken(refused.findings) from refused
    except FileUnreadable as refusal:
        raise click.ClickException(refusal_of(refusal, words)) from refusal
    if isinstance(findings, PeopleFindings) and findings.new_person_ids:
        path = settings.var / f"first-passwords-{work.by.command_id}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        keeper = identity.PasswordKeeper(identity.COSTS[settings.password_cost])
        give_first_passwords(work.session, findings.new_person_ids, path, keeper=keeper, by=work.by, at=work.at)
        click.echo(words.gettext("word.import.passwords") % {"file": path})
    return findings


def counts_of(findings: Findings) -> dict[str, int]:
    """The counts of the findings by name."""
    return {name: getattr(findings, name) for name in ("rows", "new", "changed", "unchanged")}


def tell(count: int) -> None:
    """Show on a terminal how far the reading is."""
    if sys.stderr.isatty():
        click.echo(f"\r{count:,} ", err=True, nl=False)
