"""First passwords of people who came by file: made here, kept nowhere but in a file that only its owner can read."""

import csv
import os
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory import identity
from inventory.actor import Actor
from inventory.identity import PasswordKeeper, Person


def give_first_passwords(
    session: Session, person_ids: Iterable[int], path: Path, *, keeper: PasswordKeeper, by: Actor, at: datetime
) -> None:
    """Give each a random password that works for a week and has to be changed, and write them to a new file.

    The file is there before the transaction commits, so no password is lost. Hashing takes a quarter of a second each:
    a generated password is hashed as dearly as any other, or the time a log-in takes would tell who is new.
    Raises: FileExistsError when the file is there already.
    """
    people = session.execute(
        select(Person.id, Person.login).where(Person.id.in_(list(person_ids))).order_by(Person.login)
    )
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("login", "first_password"))
        for person_id, login in people.all():
            writer.writerow((login, identity.give_first_password(session, keeper, person_id, by=by, at=at)))
