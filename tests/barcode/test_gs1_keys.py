"""Check digits and keys, against numbers that GS1 and its members publish."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

import barcode


@pytest.mark.parametrize(
    ("body", "digit"),
    [
        ("629104150021", "3"),  # GS1: how to calculate a check digit, GTIN-13
        ("37610425002123456", "9"),  # GS1: the same page, SSCC
        ("890400021003", "7"),  # GS1 India, GTIN-13
        ("03600024145", "7"),  # a UPC-A of every textbook
        ("7351353", "7"),  # an EAN-8 of every textbook
        ("400638133393", "1"),  # an EAN-13 of every textbook
        ("10614141234567890", "8"),  # GS1 Tag Data Standard, SSCC
        ("061414100001", "2"),  # GS1 Tag Data Standard, GLN
        ("950600013435", "2"),  # GS1 Digital Link Standard, GTIN-13
    ],
)
def test_the_check_digit_is_the_published_one(body, digit):
    assert barcode.check_digit(body) == digit


@given(st.text("0123456789", min_size=7, max_size=17), st.data())
def test_one_wrong_digit_is_always_noticed(body, data):
    number = body + barcode.check_digit(body)
    place = data.draw(st.integers(0, len(number) - 1))
    other = data.draw(st.sampled_from([digit for digit in "0123456789" if digit != number[place]]))
    assert barcode.has_check_digit(number)
    assert not barcode.has_check_digit(number[:place] + other + number[place + 1 :])


@pytest.mark.parametrize("text", ["", "7", "٣٣", "１２", "12a", "²"])
def test_what_is_not_ascii_digits_has_no_check_digit(text):
    assert not barcode.has_check_digit(text)


@pytest.mark.parametrize(
    ("text", "gtin"),
    [
        ("73513537", "00000073513537"),
        ("036000241457", "00036000241457"),
        ("4006381333931", "04006381333931"),
        ("80614141123458", "80614141123458"),
    ],
)
def test_a_gtin_of_any_length_is_stored_in_fourteen_digits(text, gtin):
    assert barcode.normal_gtin(text) == gtin


@pytest.mark.parametrize("text", ["", "123456789", "400638133393x", "４００６３８１３３３９３１", "4006381333931\n"])
def test_what_has_not_the_form_of_a_gtin_is_refused(text):
    with pytest.raises(barcode.GS1Malformed):
        barcode.normal_gtin(text)


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (barcode.normal_gtin, "4006381333932"),
        (barcode.normal_gln, "0614141000013"),
        (barcode.normal_sscc, "106141412345678900"),
    ],
)
def test_a_key_with_a_wrong_check_digit_is_refused(read, text):
    with pytest.raises(barcode.CheckDigitWrong) as refusal:
        read(text)
    assert refusal.value.facts["value"] == text


def test_an_sscc_is_extension_digit_prefix_and_serial_reference():
    sscc = barcode.make_sscc("0614141", extension_digit=1, serial_reference=234567890)
    assert sscc == "106141412345678908"


def test_a_gln_is_prefix_and_location_reference():
    assert barcode.make_gln("0614141", 1) == "0614141000012"


def test_a_gtin_is_prefix_and_item_reference_in_fourteen_digits():
    assert barcode.make_gtin("6291041", 50021) == "06291041500213"


@pytest.mark.parametrize("prefix", ["", "123", "1234567890123", "69012a4", "６９０１２３４"])
def test_a_company_prefix_that_is_none_is_refused(prefix):
    with pytest.raises(barcode.KeyNotMade):
        barcode.make_gtin(prefix, 1)


@pytest.mark.parametrize("reference", [-1, 100_000])
def test_a_reference_that_the_prefix_leaves_no_room_for_is_refused(reference):
    with pytest.raises(barcode.KeyNotMade) as refusal:
        barcode.make_gln("0614141", reference)
    assert refusal.value.facts["digits_max"] == 5


def test_an_extension_digit_of_two_digits_is_refused():
    with pytest.raises(barcode.KeyNotMade):
        barcode.make_sscc("0614141", extension_digit=10, serial_reference=1)


@given(st.text("0123456789", min_size=6, max_size=11), st.integers(0, 9), st.integers(0, 99_999))
def test_a_key_that_is_made_is_a_key_that_is_read(prefix, extension_digit, reference):
    sscc = barcode.make_sscc(prefix, extension_digit=extension_digit, serial_reference=reference)
    assert barcode.normal_sscc(sscc) == sscc
    gtin = barcode.make_gtin(prefix, reference % 10 ** (12 - len(prefix)))
    assert barcode.normal_gtin(gtin) == gtin
