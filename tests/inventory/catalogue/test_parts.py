"""Parts and models by the codes that name them."""

import pytest
from sqlalchemy.orm import Session

from inventory import catalogue
from inventory.errors import NotFound
from tests import given


def test_a_part_is_got_by_its_exact_number(session: Session) -> None:
    part = given.part(session, "A-1")
    assert catalogue.get_part(session, "A-1") is part
    with pytest.raises(NotFound):
        catalogue.get_part(session, "a-1")


def test_a_part_is_found_by_the_gtin_of_its_label(session: Session) -> None:
    part = given.part(session, gtin="06901234567892")
    assert catalogue.find_part_by_gtin(session, "6901234567892") is part
    assert catalogue.find_part_by_gtin(session, "6901234567893") is None


def test_parts_of_many_ids_come_by_number(session: Session) -> None:
    b, a = given.part(session, "B"), given.part(session, "A")
    assert catalogue.list_parts(session, [b.id, a.id]) == [a, b]


def test_a_model_lists_its_parts_and_a_part_its_models(session: Session) -> None:
    part = given.part(session)
    model = given.model(session, "BCD-1", parts=[part])
    assert catalogue.parts_of_model(session, model.id) == [catalogue.BillLine(part, 1)]
    assert catalogue.models_of_part(session, part.id) == [model]
    assert catalogue.get_model(session, "BCD-1") is model
    with pytest.raises(NotFound):
        catalogue.get_model(session, "BCD-2")
