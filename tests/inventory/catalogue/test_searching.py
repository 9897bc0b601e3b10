"""Finding parts by number, name, pinyin and model."""

from datetime import date

import pytest
from sqlalchemy.orm import Session

from inventory import catalogue
from tests import given

TODAY = date(2026, 3, 2)


def found(session: Session, asked: str, **page: object) -> list[str]:
    return [hit.number for hit in catalogue.search_parts(session, asked, on=TODAY, **page)]


@pytest.fixture
def compressor(session: Session) -> catalogue.Part:
    return given.part(session, "0064000385", name_zh="变频压缩机", name_en="Inverter compressor")


@pytest.mark.parametrize(
    "asked",
    ["0064000385", "00640", "0385", "压缩机", "变频压缩机", "yasuoji", "bianpinyasuoji", "bpysj", "YSJ", "ya suo ji",
     "compressor", "inverter COMP", "压缩机 00640", " 压缩机 "],
)  # fmt: skip
def test_a_part_is_found_by_what_people_know_of_it(session: Session, compressor: catalogue.Part, asked: str) -> None:
    assert found(session, asked) == ["0064000385"]


@pytest.mark.parametrize("asked", ["", "   ", "冷凝器", "压缩机 冷凝器", "%", "_", "压_机", "0064%", "\\", "\0"])
def test_what_does_not_match_is_not_found(session: Session, compressor: catalogue.Part, asked: str) -> None:
    assert found(session, asked) == []


def test_letters_are_found_in_either_case(session: Session) -> None:
    given.part(session, "Abc-9X")
    assert found(session, "aBC-9x") == ["Abc-9X"]


def test_a_percent_sign_is_a_letter_like_any_other(session: Session) -> None:
    given.part(session, "A", name_zh="湿度50%传感器")
    given.part(session, "B", name_zh="湿度50传感器")
    assert found(session, "50%") == ["A"]


def test_a_gtin_finds_its_part_in_any_of_its_lengths(session: Session) -> None:
    given.part(session, "A", gtin="06901234567892")
    assert found(session, "6901234567892") == found(session, "06901234567892") == ["A"]


def test_the_exact_number_comes_first_then_its_beginning_then_names(session: Session) -> None:
    given.part(session, "9-K1", name_zh="K1型阀")
    given.part(session, "K1", name_zh="阀")
    given.part(session, "K10", name_zh="阀")
    given.part(session, "8-K1", name_zh="阀")
    assert found(session, "K1") == ["K1", "K10", "9-K1", "8-K1"]


def test_parts_no_longer_in_use_come_last_within_their_rank(session: Session) -> None:
    given.part(session, "K1A", active=False)
    given.part(session, "K1B")
    assert found(session, "k1") == ["K1B", "K1A"]


def test_a_page_begins_after_the_last_hit_of_the_one_before(session: Session) -> None:
    for number in ("K3", "K1", "K2"):
        given.part(session, number)
    first = catalogue.search_parts(session, "k", on=TODAY, limit=2)
    assert [hit.number for hit in first] == ["K1", "K2"]
    assert found(session, "k", limit=2, after=first[-1].place) == ["K3"]


def test_a_model_leads_to_its_parts(session: Session) -> None:
    door, lamp = given.part(session, "DOOR", name_zh="门"), given.part(session, "LAMP", name_zh="灯")
    given.model(session, "BCD-470WDPG", name_zh="三温区冰箱", parts=[door, lamp])
    given.part(session, "OTHER", name_zh="门")
    assert found(session, "BCD-470") == ["DOOR", "LAMP"]
    assert found(session, "sanwenqu") == ["DOOR", "LAMP"]
    assert found(session, "bcd-470wdpg 门") == ["DOOR"]


def test_a_superseded_number_tells_its_successors_with_their_terms(session: Session) -> None:
    a, b, c = (given.part(session, number, name_zh=f"阀{number}") for number in ("V-A", "V-B", "V-C"))
    given.supersession(session, a, b, interchangeable=True, valid_from=date(2024, 1, 1), valid_to=date(2027, 1, 1))
    given.supersession(session, b, c, ratio=2)
    (hit,) = catalogue.search_parts(session, "V-A", on=TODAY)
    nearest, last = hit.superseded_by
    assert (nearest.number, nearest.steps, nearest.ratio, nearest.interchangeable) == ("V-B", 1, 1, True)
    assert (nearest.valid_from, nearest.valid_to) == (date(2024, 1, 1), date(2027, 1, 1))
    assert (last.number, last.steps, last.ratio, last.interchangeable) == ("V-C", 2, 2, False)
    assert hit.replaces == ()


def test_a_new_number_tells_what_it_replaces(session: Session) -> None:
    a, b = given.part(session, "V-A"), given.part(session, "V-B")
    given.supersession(session, a, b)
    (hit,) = catalogue.search_parts(session, "V-B", on=TODAY)
    assert [hint.number for hint in hit.replaces] == ["V-A"]


def test_links_that_have_ended_are_not_told(session: Session) -> None:
    a, b = given.part(session, "V-A"), given.part(session, "V-B")
    given.supersession(session, a, b, valid_to=TODAY)
    (hit,) = catalogue.search_parts(session, "V-A", on=TODAY)
    assert hit.superseded_by == ()


def test_a_hit_knows_its_division_and_unit(session: Session) -> None:
    division = given.division(session, "AC", name_zh="空调事业部", name_en="Air conditioners")
    given.part(session, "R410A", name_zh="制冷剂", base_unit="g", division=division)
    (hit,) = catalogue.search_parts(session, "r410", on=TODAY)
    assert (hit.division_zh, hit.division_en, hit.base_unit) == (
        "空调事业部", "Air conditioners", catalogue.BaseUnit.GRAM,
    )  # fmt: skip
