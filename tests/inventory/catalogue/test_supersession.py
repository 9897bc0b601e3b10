"""Links between part numbers, and what they make usable, on the real database."""

from datetime import date

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from inventory import catalogue
from inventory.catalogue.models import Part, UsablePart
from tests import given

TODAY = date(2026, 3, 2)


def numbers(session: Session, asked: Part, on: date = TODAY) -> list[str]:
    """What serves instead of the asked part, in order."""
    found = catalogue.substitutes(session, [asked.id], on=on)
    return [session.get_one(Part, one.usable_part_id).number for one in found]


def test_the_new_part_serves_demand_for_the_old_one(session: Session) -> None:
    old, new = given.part(session, "OLD"), given.part(session, "NEW")
    given.supersession(session, old, new)
    assert numbers(session, old) == ["NEW"]
    assert numbers(session, new) == []


def test_an_interchangeable_old_part_serves_demand_for_the_new_one_and_goes_first(session: Session) -> None:
    old, new = given.part(session, "OLD"), given.part(session, "NEW")
    given.supersession(session, old, new, interchangeable=True)
    (one,) = catalogue.substitutes(session, [new.id], on=TODAY)
    assert (one.usable_part_id, one.preference) == (old.id, -1)


def test_a_chain_leads_from_the_oldest_to_the_newest(session: Session) -> None:
    a, b, c = (given.part(session, number) for number in "ABC")
    given.supersession(session, a, b)
    given.supersession(session, b, c)
    assert numbers(session, a) == ["B", "C"]


def test_a_way_of_links_holds_while_all_of_them_do(session: Session) -> None:
    a, b, c = (given.part(session, number) for number in "ABC")
    given.supersession(session, a, b, valid_from=date(2026, 1, 1), valid_to=date(2026, 6, 1))
    given.supersession(session, b, c, valid_from=date(2026, 3, 1))
    assert numbers(session, a, on=date(2026, 2, 28)) == ["B"]
    assert numbers(session, a, on=date(2026, 3, 1)) == ["B", "C"]
    assert numbers(session, a, on=date(2026, 5, 31)) == ["B", "C"]
    assert numbers(session, a, on=date(2026, 6, 1)) == []


def test_a_ratio_other_than_one_is_never_substituted(session: Session) -> None:
    old, new = given.part(session), given.part(session)
    given.supersession(session, old, new, ratio=2)
    assert numbers(session, old) == []


def test_keeping_usable_parts_mends_rows_that_say_something_else(session: Session) -> None:
    old, new = given.part(session, "OLD"), given.part(session, "NEW")
    given.supersession(session, old, new)
    session.execute(text("UPDATE usable_part SET preference = 7"))
    session.add(UsablePart(asked_part_id=new.id, usable_part_id=old.id, preference=1, valid_from=TODAY))
    session.flush()
    catalogue.keep_usable_parts(session)
    kept = session.execute(select(UsablePart.asked_part_id, UsablePart.usable_part_id, UsablePart.preference)).all()
    assert [tuple(row) for row in kept] == [(old.id, new.id, 1)]
