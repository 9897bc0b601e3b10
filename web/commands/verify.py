"""Prove the books: every invariant of the ledger and the documents, or the rows that break it."""

import json
import sys
import time
from collections.abc import Iterator

import click
from sqlalchemy import create_engine
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from inventory.reporting.checks import Finding
from inventory.reporting.verifying import verify
from web.migrated import migrated_database
from web.settings import Settings


@click.command("verify")
def command() -> None:
    """Check every invariant of the ledger and the documents: a line each, exit code 1 when one is broken."""
    with migrated_database(Settings.from_environment()) as settings:
        broken = [finding for finding in _findings(settings.database_url) if finding.violations]
    if broken:
        click.echo(f"{len(broken)} rules are broken", err=True)
        sys.exit(1)
    click.echo("every rule holds")


def _findings(database_url: str) -> Iterator[Finding]:
    """Run the checks on one snapshot, telling each as it is known: seconds, violations, rule, sample."""
    engine = create_engine(
        database_url,
        poolclass=NullPool,
        isolation_level="REPEATABLE READ",
        execution_options={"postgresql_readonly": True},
    )
    with Session(engine) as session:
        started = time.monotonic()
        for finding in verify(session):
            now = time.monotonic()
            click.echo(f"{now - started:6.1f} s {finding.violations:9d}  {finding.name:<16}  {finding.rule}")
            for row in finding.sample:
                click.echo(f"{'':>20}{json.dumps(row, ensure_ascii=False)}")
            started = now
            yield finding
    engine.dispose()
