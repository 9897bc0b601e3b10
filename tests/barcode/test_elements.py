"""GS1 element strings, read strictly: what biip lets through is refused here."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

import barcode
from barcode import GS, Element

CHARACTER_SET_82 = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
GTIN = "09506000134352"
SSCC = "106141412345678908"
GLN = "0614141000012"


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        (f"01{GTIN}", [("01", GTIN)]),
        (f"01{GTIN}10AB-123", [("01", GTIN), ("10", "AB-123")]),
        (f"01{GTIN}10AB{GS}21S1{GS}3012", [("01", GTIN), ("10", "AB"), ("21", "S1"), ("30", "12")]),
        (f"{GS}01{GTIN}10AB{GS}", [("01", GTIN), ("10", "AB")]),
        (f"01{GTIN}{GS}10AB", [("01", GTIN), ("10", "AB")]),
        (f"01{GTIN}1714070410AB", [("01", GTIN), ("17", "140704"), ("10", "AB")]),
        (f"00{SSCC}", [("00", SSCC)]),
        (f"00{SSCC}02{GTIN}3724", [("00", SSCC), ("02", GTIN), ("37", "24")]),
        (f"414{GLN}254A-01-02", [("414", GLN), ("254", "A-01-02")]),
        (f"91P-1{GS}92L1{GS}93S1", [("91", "P-1"), ("92", "L1"), ("93", "S1")]),
        ("10" + "A" * 20, [("10", "A" * 20)]),
    ],
)
def test_sound_element_strings_are_read(text, pairs):
    assert barcode.parse_elements(text) == tuple(Element(ai, value) for ai, value in pairs)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "gs1_malformed"),
        (GS, "gs1_malformed"),
        ("01", "gs1_malformed"),
        ("0109506000134", "gs1_malformed"),
        ("01095060001343a2", "gs1_malformed"),
        ("10", "gs1_malformed"),
        ("30", "gs1_malformed"),
        (f"10AB{GS}{GS}21S", "gs1_malformed"),
        (f"10{GS}21S", "gs1_malformed"),
        ("10" + "A" * 21, "gs1_malformed"),
        ("21" + "A" * 20 + "10B", "gs1_malformed"),
        ("0500", "gs1_malformed"),
        ("10A B", "gs1_malformed"),
        ("10A~B", "gs1_malformed"),
        ("10AÄ", "gs1_malformed"),
        ("10备件", "gs1_malformed"),
        ("01０9506000134352", "gs1_malformed"),
        ("01٠9506000134352", "gs1_malformed"),
        ("10A\x00B", "gs1_malformed"),
        (f"01{GTIN}17141304", "gs1_malformed"),
        ("0109506000134353", "check_digit_wrong"),
        ("0209506000134353" + "371", "check_digit_wrong"),
        ("00106141412345678900", "check_digit_wrong"),
        ("4140614141000013", "check_digit_wrong"),
        ("4100614141000013", "check_digit_wrong"),
        ("2530614141000013X", "check_digit_wrong"),
        ("8017106141412345678900", "check_digit_wrong"),
        ("800300614141000013X", "check_digit_wrong"),
        (f"01{GTIN}01{GTIN}", "gs1_conflict"),
        (f"00{SSCC}00{SSCC}", "gs1_conflict"),
        (f"10A{GS}10B", "gs1_conflict"),
        (f"01{GTIN}02{GTIN}371", "gs1_conflict"),
        (f"01{GTIN}371", "gs1_conflict"),
        (f"01{GTIN}21A{GS}235B", "gs1_conflict"),
    ],
)
def test_unsound_element_strings_are_refused_with_their_code(text, code):
    with pytest.raises(barcode.ScanUnreadable) as refusal:
        barcode.parse_elements(text)
    assert refusal.value.code == code


def test_a_value_that_runs_on_without_separator_is_refused_once_it_is_too_long():
    with pytest.raises(barcode.GS1Malformed) as refusal:
        barcode.parse_elements("10AB" + "21" + "S" * 20)
    assert refusal.value.facts["ai"] == "10"


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        (f"(01){GTIN}(10)AB(21)S1", [("01", GTIN), ("10", "AB"), ("21", "S1")]),
        (f"(01) {GTIN} (10) AB ", [("01", GTIN), ("10", "AB")]),
        ("(91)A(B)C", [("91", "A(B)C")]),
        (f"(414){GLN}(254)A-1", [("414", GLN), ("254", "A-1")]),
    ],
)
def test_the_human_readable_form_is_read(text, pairs):
    assert barcode.parse_bracketed(text) == tuple(Element(ai, value) for ai, value in pairs)


@pytest.mark.parametrize(
    "text",
    ["", "01", "(01)", "(01", "x(10)A", "(1)A", "(05)A", f"(0){GTIN}", "(10)A B", "(101)5", "(10)" + "A" * 21, "(30)x"],
)
def test_a_human_readable_form_that_is_none_is_refused(text):
    with pytest.raises(barcode.GS1Malformed):
        barcode.parse_bracketed(text)


lots = st.text(CHARACTER_SET_82, min_size=1, max_size=20)


@given(lots, lots, st.text(CHARACTER_SET_82, min_size=1, max_size=90))
def test_what_is_written_is_what_is_read(lot, serial, internal):
    elements = barcode.make_elements((("01", GTIN), ("10", lot), ("21", serial), ("99", internal)))
    assert barcode.parse_elements(barcode.element_string(elements)) == elements


@given(st.one_of(st.text(max_size=60), st.text(CHARACTER_SET_82 + GS, max_size=60), st.from_regex(r"[0-9\x1d]{0,60}")))
def test_any_text_is_read_or_refused(text):
    for parse in (barcode.parse_elements, barcode.parse_bracketed):
        try:
            elements = parse(text)
        except barcode.ScanUnreadable:
            continue
        assert all(element.value for element in elements)


def test_elements_without_a_value_are_left_out():
    assert barcode.make_elements((("01", GTIN), ("10", None))) == (Element("01", GTIN),)


@pytest.mark.parametrize(("ai", "value"), [("10", ""), ("10", "A" * 21), ("1", "0A"), ("05", "x"), ("10", "备件")])
def test_an_element_that_does_not_fit_its_identifier_is_not_made(ai, value):
    with pytest.raises(barcode.GS1Malformed):
        barcode.make_element(ai, value)
