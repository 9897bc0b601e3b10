"""The demo's parts, models and links look like the trade's."""

from collections import Counter, defaultdict
from datetime import date
from functools import lru_cache

import numpy as np
import pytest

from barcode.gs1 import has_check_digit
from web.demo.catalogue import Catalogue, make_catalogue
from web.demo.scales import FULL, SMALL, Scale
from web.demo.vocabulary import COMPONENTS, DIVISIONS, EVERYWHERE, SPECS_EN

TODAY = date(2026, 7, 1)


@lru_cache
def goods(scale: Scale, seed: int = 1) -> Catalogue:
    return make_catalogue(scale, gs1_prefix="9524000", today=TODAY, rng=np.random.default_rng(seed))


def test_there_are_29_divisions_of_white_and_brown_goods_and_each_has_parts_and_models() -> None:
    assert len(DIVISIONS) == len({division.code for division in DIVISIONS}) == 29
    assert {part.division_id for part in goods(SMALL).parts} == set(range(1, 30))
    assert {model.division_id for model in goods(SMALL).models} == set(range(1, 30))


@pytest.mark.parametrize("scale", [SMALL, FULL])
def test_numbers_and_gtins_are_given_once_and_prove_themselves(scale: Scale) -> None:
    parts = goods(scale).parts
    assert len(parts) == scale.parts
    assert len({part.number for part in parts}) == len({part.gtin for part in parts}) == len(parts)
    assert all(part.gtin and len(part.gtin) == 14 and has_check_digit(part.gtin) for part in parts)


def test_part_numbers_are_text_with_leading_zeros_and_some_have_letters() -> None:
    numbers = [part.number for part in goods(FULL).parts]
    assert sum(number.startswith("00") for number in numbers) > 0.9 * len(numbers)
    lettered = sum(not number.isdigit() for number in numbers)
    assert 0.1 * len(numbers) < lettered < 0.25 * len(numbers)


def test_prices_are_log_normal_around_eleven() -> None:
    pieces = [part for part in goods(FULL).parts if part.component.base_unit == "piece"]
    prices = np.array([float(part.price) for part in pieces])
    assert np.median(prices) == pytest.approx(11, rel=0.05)
    assert np.percentile(prices, [25, 75]) == pytest.approx([2.85, 42.4], rel=0.06)
    assert prices.min() > 0


def test_a_gram_or_a_millimetre_costs_a_thousandth_of_what_a_piece_does() -> None:
    measured = [float(part.price) for part in goods(FULL).parts if part.component.base_unit != "piece"]
    assert 0 < min(measured) < np.median(measured) < 0.02


@pytest.mark.parametrize("scale", [SMALL, FULL])
def test_a_bill_of_material_has_8_to_25_parts_of_the_models_own_division(scale: Scale) -> None:
    made = goods(scale)
    division_of = {part.id: part.division_id for part in made.parts}
    lines = defaultdict(list)
    for model, part, quantity in made.bills:
        assert quantity >= 1
        lines[model].append(part)
    for model in made.models:
        assert 8 <= len(set(lines[model.id])) == len(lines[model.id]) <= 25
        assert {division_of[part] for part in lines[model.id]} == {model.division_id}


def test_three_parts_in_a_hundred_are_superseded_some_interchangeably_one_in_a_chain_of_three() -> None:
    made = goods(FULL)
    assert len(made.links) == pytest.approx(0.03 * FULL.parts, rel=0.02)
    assert {link.interchangeable for link in made.links} == {True, False}
    assert all(link.valid_from < TODAY for link in made.links)
    successor = {link.old_id: link.new_id for link in made.links}
    assert len(successor) == len(made.links)
    assert any(new in successor for new in successor.values())


def test_an_old_part_and_its_successor_are_the_same_component_of_the_same_division() -> None:
    parts = {part.id: part for part in goods(SMALL).parts}
    for link in goods(SMALL).links:
        old, new = parts[link.old_id], parts[link.new_id]
        assert (old.component, old.division_id) == (new.component, new.division_id)


def test_no_chinese_is_left_in_an_english_name() -> None:
    for part in goods(FULL).parts:
        assert not any("一" <= letter <= "鿿" for letter in part.name_en), part.name_en


def test_every_specification_that_is_translated_occurs() -> None:
    specs = {
        word
        for component in (*EVERYWHERE, *(one for family in COMPONENTS.values() for one in family))
        for spec in component.specs
        for word in spec.split()
    }
    assert set(SPECS_EN) <= specs


def test_the_same_seed_makes_the_same_catalogue_and_another_seed_another() -> None:
    again = make_catalogue(SMALL, gs1_prefix="9524000", today=TODAY, rng=np.random.default_rng(1))
    assert again == goods(SMALL)
    assert goods(SMALL, seed=2) != goods(SMALL)


def test_names_differ_almost_always() -> None:
    names = Counter(part.name_zh for part in goods(FULL).parts)
    assert sum(count > 1 for count in names.values()) < 0.01 * len(names)
