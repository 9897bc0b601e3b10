"""The rights of the two roles, and the fixtures that every other test stands on."""

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session


def test_the_programs_role_cannot_change_tables(session: Session) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"):
        session.execute(text("CREATE TABLE mine (id int)"))
