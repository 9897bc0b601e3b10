"""The demo's catalogue: parts with real-sounding names in two languages, models with their bills of material, links.

A part is a component in a specification for a model series, as 电脑板 主控板 BCD-216WD12; its number looks like the
trade's 专用号: ten digits with leading zeros, some with a letter behind or before. Some compressors and panels are
tracked piece by piece. Parts are dealt to the models of
their division in turn, so that a model's own parts stand in its bill of material, which is filled up to 8-25 lines
with parts of other components made for its sisters.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

import numpy as np

from barcode import make_gtin
from barcode.errors import KeyNotMade
from web.demo.scales import Scale
from web.demo.vocabulary import COMPONENTS, DIVISIONS, EVERYWHERE, SPECS_EN, SUPPLIERS, Component

PRICE_MEDIAN, PRICE_LOG_SD = 11.0, 2.0  # as among 5,000 aircraft parts: quartiles 1.9, 11, 65
PRICE_LEAST, PRICE_MOST = 0.05, 20_000.0
SUPERSEDED_SHARE, INTERCHANGEABLE_SHARE = 0.03, 0.4
BILL_LEAST, BILL_MOST = 8, 25
MODEL_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
SERIAL_TRACKED, SERIAL_SHARE = ("压缩机", "液晶屏"), 0.5
WITH_SUFFIX, WITH_PREFIX = 0.12, 0.04


@dataclass(frozen=True, slots=True)
class DemoModel:
    """A product model."""

    id: int
    code: str
    division_id: int
    name_zh: str
    name_en: str


@dataclass(frozen=True, slots=True)
class DemoPart:
    """A part, the component it is, and its supplier's number in the list."""

    id: int
    number: str
    division_id: int
    component: Component
    spec: str
    series: str
    name_zh: str
    name_en: str
    gtin: str | None
    price: str
    weight_g: int
    supplier: int
    serial_tracked: bool


@dataclass(frozen=True, slots=True)
class DemoLink:
    """A supersession of an old part by a new one."""

    old_id: int
    new_id: int
    valid_from: date
    interchangeable: bool


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All of it; ids count from 1 in the order of the lists."""

    models: list[DemoModel]
    parts: list[DemoPart]
    bills: list[tuple[int, int, int]]  # model, part, quantity
    links: list[DemoLink]


def make_catalogue(scale: Scale, *, gs1_prefix: str, today: date, rng: np.random.Generator) -> Catalogue:
    """Make the catalogue of a scale."""
    models = _models(scale.models, rng)
    parts = _parts(scale.parts, models, gs1_prefix, rng)
    return Catalogue(models, parts, _bills(models, parts, rng), _links(parts, today, rng))


def _shares(total: int) -> list[int]:
    """So many things dealt to the divisions by their weight, at least one each, the rest to the heaviest."""
    weights = [division.weight for division in DIVISIONS]
    counts = [max(1, total * weight // sum(weights)) for weight in weights]
    heaviest = sorted(range(len(weights)), key=lambda index: -weights[index])
    for turn in range(total - sum(counts)):
        counts[heaviest[turn % len(heaviest)]] += 1
    return counts


def _models(total: int, rng: np.random.Generator) -> list[DemoModel]:
    models: list[DemoModel] = []
    for division_id, (division, count) in enumerate(zip(DIVISIONS, _shares(total), strict=True), start=1):
        codes: set[str] = set()
        while len(codes) < count:
            letter, digits = MODEL_LETTERS[rng.integers(len(MODEL_LETTERS))], f"{rng.integers(10, 100)}"
            codes.add(division.pattern.format(n=division.sizes[rng.integers(len(division.sizes))], x=letter, d=digits))
        kind_zh, kind_en = division.name_zh.removesuffix("事业部"), division.name_en.removesuffix("s")
        models += [
            DemoModel(len(models) + 1 + index, code, division_id, f"{kind_zh} {code}", f"{kind_en} {code}")
            for index, code in enumerate(sorted(codes))
        ]
    return models


def _parts(total: int, models: Sequence[DemoModel], gs1_prefix: str, rng: np.random.Generator) -> list[DemoPart]:
    prices = np.clip(rng.lognormal(np.log(PRICE_MEDIAN), PRICE_LOG_SD, total), PRICE_LEAST, PRICE_MOST)
    weights = np.clip(rng.lognormal(np.log(180), 1.3, total), 2, 40_000).astype(int)
    of_division: dict[int, list[DemoModel]] = defaultdict(list)
    for model in models:
        of_division[model.division_id].append(model)
    parts: list[DemoPart] = []
    for division_id, (division, count) in enumerate(zip(DIVISIONS, _shares(total), strict=True), start=1):
        kinds = [*COMPONENTS[division.family], *EVERYWHERE]
        series = [model.code for model in of_division[division_id]]
        made: set[tuple[int, str, str]] = set()
        serials: dict[int, int] = defaultdict(int)
        while len(made) < count:
            kind = int(rng.integers(len(kinds)))
            component = kinds[kind]
            spec = component.specs[rng.integers(len(component.specs))]
            made_for = series[len(made) % len(series)]
            if (kind, spec, made_for) in made:
                # Every specification of this kind may be taken for this model: a later design of the same part.
                spec = f"{spec} V{rng.integers(2, 10)}".strip()
            if (kind, spec, made_for) in made:
                continue
            made.add((kind, spec, made_for))
            serials[kind] += int(rng.integers(1, 12))
            index = len(parts)
            parts.append(
                DemoPart(
                    id=index + 1,
                    number=_number(division_id, kind, serials[kind], rng),
                    division_id=division_id,
                    component=component,
                    spec=spec,
                    series=made_for,
                    name_zh=" ".join(filter(None, (component.name_zh, spec, made_for))),
                    name_en=_english(component, spec, made_for),
                    gtin=_gtin(gs1_prefix, index + 1),
                    price=_price(prices[index], component),
                    weight_g=int(weights[index]),
                    supplier=int(rng.integers(len(SUPPLIERS))),
                    serial_tracked=component.name_zh in SERIAL_TRACKED and rng.random() < SERIAL_SHARE,
                )
            )
    return parts


def _price(price: float, component: Component) -> str:
    """The price of a base unit: of a piece; of a gram or a millimetre where a kilogram or a metre costs so much."""
    return f"{price:.2f}" if component.base_unit == "piece" else f"{max(price / 1000, 0.0001):.4f}"


def _number(division_id: int, kind: int, serial: int, rng: np.random.Generator) -> str:
    """A number such as 0010400123, 0064000891A or V064000891: division, component, running number."""
    digits, chance = f"00{division_id:02}{kind:02}{serial:04}", rng.random()
    if chance < WITH_SUFFIX:
        return digits + "ABCD"[int(chance * 1000) % 4]
    if chance < WITH_SUFFIX + WITH_PREFIX:
        return "V" + digits[1:]
    return digits


def _english(component: Component, spec: str, model: str) -> str:
    words = [SPECS_EN.get(word, word) for word in spec.split()]
    return " ".join([component.name_en[0].upper() + component.name_en[1:], *words, model])


def _gtin(prefix: str, reference: int) -> str | None:
    """The GTIN, or none when the company prefix leaves too few digits for so many parts."""
    try:
        return make_gtin(prefix, reference)
    except KeyNotMade:
        return None


def _bills(
    models: Sequence[DemoModel], parts: Sequence[DemoPart], rng: np.random.Generator
) -> list[tuple[int, int, int]]:
    own: dict[tuple[int, str], list[DemoPart]] = defaultdict(list)
    of_division: dict[int, list[DemoPart]] = defaultdict(list)
    for part in parts:
        own[part.division_id, part.series].append(part)
        of_division[part.division_id].append(part)
    bills = []
    for model in models:
        lines = own[model.division_id, model.code][:BILL_MOST]
        sisters = of_division[model.division_id]
        wanted = min(int(rng.integers(BILL_LEAST, BILL_MOST + 1)), len(sisters))
        kinds, chosen = {part.component.name_zh for part in lines}, {part.id for part in lines}
        for index in rng.permutation(len(sisters)):
            if len(lines) >= wanted:
                break
            part = sisters[index]
            if part.id not in chosen and (part.component.name_zh not in kinds or len(sisters) < 2 * BILL_MOST):
                lines.append(part)
                chosen.add(part.id)
                kinds.add(part.component.name_zh)
        bills += [(model.id, part.id, _pieces(part, rng)) for part in lines]
    return bills


def _pieces(part: DemoPart, rng: np.random.Generator) -> int:
    many = part.component in EVERYWHERE and rng.random() < 0.3
    return part.component.usual * (int(rng.integers(2, 5)) if many else 1)


def _links(parts: Sequence[DemoPart], today: date, rng: np.random.Generator) -> list[DemoLink]:
    """Three parts in a hundred are replaced by another of the same component and division; one chain has three."""
    alike: dict[tuple[int, str], list[DemoPart]] = defaultdict(list)
    for part in parts:
        alike[part.division_id, part.component.name_zh].append(part)
    groups = [group for group in alike.values() if len(group) >= 2]
    longest = max(groups, key=len)
    links = [_link(old, new, today, rng) for old, new in pairwise(longest[:3])]
    taken = {part.id for part in longest[:3]}
    for index in rng.permutation(len(groups)):
        group = [part for part in groups[index] if part.id not in taken]
        for old, new in zip(group[::2], group[1::2], strict=False):
            if len(links) >= SUPERSEDED_SHARE * len(parts):
                return links
            if rng.random() < 0.25:
                links.append(_link(old, new, today, rng))
    return links


def _link(old: DemoPart, new: DemoPart, today: date, rng: np.random.Generator) -> DemoLink:
    return DemoLink(
        old.id,
        new.id,
        today - timedelta(days=int(rng.integers(30, 700))),
        bool(rng.random() < INTERCHANGEABLE_SHARE),
    )
