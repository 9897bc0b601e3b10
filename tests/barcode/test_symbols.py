"""Symbols: what is drawn is what zxing reads back; what does not fit is refused."""

import re

import pytest
import zxingcpp
from PIL import Image

import barcode
from barcode.symbols import module_dots

GTIN = "09506000134352"
SSCC = "106141412345678908"


def photographed(symbol: barcode.Symbol, *, module: int = 4, bar_height: int = 60) -> Image.Image:
    """The symbol as black on white pixels, quiet zone around it."""
    top = 10 if symbol.linear else symbol.quiet * module
    row_height = bar_height if symbol.linear else module
    size = (symbol.outer_width * module, symbol.height * row_height + 2 * top)
    image = Image.new("L", size, 255)
    for row, start, length in symbol.dark_runs():
        left, upper = (symbol.quiet + start) * module, top + row * row_height
        image.paste(0, (left, upper, left + length * module, upper + row_height))
    return image


def read_back(symbol: barcode.Symbol) -> str:
    (found,) = zxingcpp.read_barcodes(photographed(symbol))
    return found.symbology_identifier + found.bytes.decode()


@pytest.mark.parametrize(("encode", "identifier"), [(barcode.gs1_datamatrix, "]d2"), (barcode.gs1_128, "]C1")])
def test_a_gs1_symbol_says_its_element_string(encode, identifier):
    elements = barcode.make_elements((("01", GTIN), ("10", "A(1)%_"), ("21", "(10)x")))
    assert read_back(encode(elements)) == identifier + barcode.element_string(elements)


def test_a_qr_says_its_text():
    assert read_back(barcode.qr("https://example.org/备件/SH-1")) == "]Q1https://example.org/备件/SH-1"


def test_a_datamatrix_is_square_whatever_it_holds():
    for length in range(1, 21):
        symbol = barcode.gs1_datamatrix(barcode.part_elements(gtin=GTIN, part_number="P", lot="A" * length))
        assert symbol.width == symbol.height


@pytest.mark.parametrize("text", ["", "A" * 501, "\ud800"])
def test_a_text_that_no_qr_should_hold_is_refused(text):
    with pytest.raises(barcode.SymbolNotEncodable):
        barcode.qr(text)


def test_a_gs1_128_of_more_than_48_characters_is_refused():
    elements = barcode.make_elements((("91", "A" * 47),))
    with pytest.raises(barcode.SymbolNotEncodable):
        barcode.gs1_128(elements)


def test_more_than_a_datamatrix_holds_is_refused():
    elements = barcode.make_elements((f"{ai}", "a" * 90) for ai in range(91, 100))
    many = elements * 4
    with pytest.raises(barcode.SymbolNotEncodable):
        barcode.gs1_datamatrix(many)


@pytest.mark.parametrize(("dpi", "dots"), [(203, 4), (300, 6), (600, 12)])
def test_a_module_is_a_whole_number_of_printer_dots(dpi, dots):
    symbol = barcode.gs1_128(barcode.handling_unit_elements(SSCC))
    place = (90.0, 30.0)
    assert module_dots(symbol, place_mm=place, dpi=dpi, module_mm=0.5, module_mm_min=0.33) == dots


def test_a_module_shrinks_to_the_place_but_not_below_what_scanners_read():
    symbol = barcode.gs1_128(barcode.handling_unit_elements(SSCC))
    assert module_dots(symbol, place_mm=(70.0, 30.0), dpi=203, module_mm=0.5, module_mm_min=0.33) == 3
    with pytest.raises(barcode.SymbolDoesNotFit) as refusal:
        module_dots(symbol, place_mm=(60.0, 30.0), dpi=203, module_mm=0.5, module_mm_min=0.33)
    assert refusal.value.facts["modules"] == (176, 1)


def test_a_square_symbol_must_fit_in_height_too():
    symbol = barcode.gs1_datamatrix(barcode.part_elements(gtin=GTIN, part_number="P", lot="L1"))
    with pytest.raises(barcode.SymbolDoesNotFit):
        module_dots(symbol, place_mm=(60.0, 5.0), dpi=203, module_mm=0.5, module_mm_min=0.33)


def test_the_svg_has_no_style_that_a_strict_policy_blocks():
    drawing = barcode.svg(barcode.qr("A"))
    assert "style" not in drawing
    assert "<script" not in drawing
    assert 'fill="#000"' in drawing


@pytest.mark.parametrize(
    "symbol",
    [barcode.qr("SH-1"), barcode.gs1_128(barcode.handling_unit_elements(SSCC))],
    ids=["qr", "gs1_128"],
)
def test_the_svg_draws_every_dark_module(symbol):
    drawing = barcode.svg(symbol, module=4, bar_height=60)
    area = sum(int(h) * int(v) for h, v in re.findall(r"h(\d+)v(\d+)h-", drawing))
    dark = sum(length for _, _, length in symbol.dark_runs())
    assert area == dark * 4 * (60 if symbol.linear else 4)
