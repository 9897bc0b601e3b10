"""What scanners send, sound and hostile."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import barcode
from barcode import GS, Scan, ScanKind, read_scan

GTIN = "09506000134352"
SSCC = "106141412345678908"
GLN = "0614141000012"


def identifiers(scan: Scan) -> dict[str, object]:
    """What the scan found, without what it was found in."""
    names = (name for name in Scan.__slots__ if name not in ("raw", "symbology", "candidates"))
    return {name: getattr(scan, name) for name in names if getattr(scan, name) is not None}


@pytest.mark.parametrize(
    ("text", "kind", "found"),
    [
        (f"]d201{GTIN}10L1{GS}21S1", "part", {"gtin": GTIN, "lot": "L1", "serial": "S1"}),
        (f"]d2{GS}01{GTIN}10L1{GS}3012", "part", {"gtin": GTIN, "lot": "L1", "quantity": 12}),
        (f"]Q301{GTIN}21S1", "part", {"gtin": GTIN, "serial": "S1"}),
        (f"]C101{GTIN}", "part", {"gtin": GTIN}),
        (f"]e001{GTIN}", "part", {"gtin": GTIN}),
        (f"]d2(01){GTIN}(10)L1", "part", {"gtin": GTIN, "lot": "L1"}),
        (f"01{GTIN}10L1{GS}21S1", "part", {"gtin": GTIN, "lot": "L1", "serial": "S1"}),
        (f"(01){GTIN}(10)L1", "part", {"gtin": GTIN, "lot": "L1"}),
        (f"（01）{GTIN}（10）L1", "part", {"gtin": GTIN, "lot": "L1"}),
        ("]E04006381333931", "part", {"gtin": "04006381333931"}),
        ("]E0036000241457", "part", {"gtin": "00036000241457"}),
        ("]E473513537", "part", {"gtin": "00000073513537"}),
        ("]I180614141123458", "part", {"gtin": "80614141123458"}),
        (f"]d291P-1{GS}92L1{GS}93S1", "part", {"part_number": "P-1", "lot": "L1", "serial": "S1"}),
        (f"]d291P-1{GS}305", "part", {"part_number": "P-1", "quantity": 5}),
        (f"]C100{SSCC}", "handling_unit", {"sscc": SSCC}),
        (
            f"]C100{SSCC}02{GTIN}3724",
            "handling_unit",
            {"sscc": SSCC, "content_gtin": GTIN, "quantity": 24},
        ),
        (
            f"]C102{GTIN}3724{GS}10L1",
            "contents",
            {"content_gtin": GTIN, "quantity": 24, "lot": "L1"},
        ),
        (f"]d2414{GLN}254A-01-02", "place", {"gln": GLN, "location_extension": "A-01-02"}),
        (f"]d2414{GLN}", "place", {"gln": GLN}),
        ("]d294E1001", "person", {"person_badge": "E1001"}),
        ("]d295T-42", "tote", {"tote": "T-42"}),
        ("]C110L1", "lot", {"lot": "L1"}),
        ("0061800316D", "plain", {"plain": "0061800316D"}),
        ("SH-20261122-000123", "plain", {"plain": "SH-20261122-000123"}),
        ("]A00061800316D", "plain", {"plain": "0061800316D"}),
        ("]Q1https://example.org/SH-1", "plain", {"plain": "https://example.org/SH-1"}),
        ("甲区-01", "plain", {"plain": "甲区-01"}),
        ("  PR-1\r\n", "plain", {"plain": "PR-1"}),
        ("ＰＲ－１", "plain", {"plain": "PR-1"}),
        ("(备用) A", "plain", {"plain": "(备用) A"}),
        ("SN123SN124", "plain", {"plain": "SN123SN124"}),
        ("<script>alert(1)</script>", "plain", {"plain": "<script>alert(1)</script>"}),
    ],
)
def test_what_is_in_a_scan_is_found(text, kind, found):
    scan = read_scan(text)
    assert identifiers(scan) == found
    assert scan.kind == ScanKind(kind)
    assert scan.raw == text


@pytest.mark.parametrize("separator", barcode.SEPARATORS)
def test_the_separator_that_a_scanner_is_set_to_is_understood(separator):
    scan = read_scan(f"01{GTIN}10L1{separator}21S1", separator=separator)
    assert (scan.gtin, scan.lot, scan.serial) == (GTIN, "L1", "S1")


def test_a_substitute_that_the_scanner_is_not_set_to_is_no_separator():
    with pytest.raises(barcode.GS1Malformed):
        read_scan(f"]d201{GTIN}10L1~21S1")


def test_a_separator_that_is_none_is_a_mistake_of_the_setting():
    with pytest.raises(ValueError, match="separator"):
        read_scan("PR-1", separator="A")


@pytest.mark.parametrize(
    ("text", "candidates"),
    [
        ("4006381333931", [{"gtin": "04006381333931"}]),
        ("4006381333932", []),
        (SSCC, [{"sscc": SSCC}]),
        (f"00{SSCC}", [{"sscc": SSCC}]),
        (f"01{GTIN}", [{"gtin": GTIN}]),
        (f"01{GTIN}1012345", [{"gtin": GTIN, "lot": "12345"}]),
        (f"01{GTIN}10L1", [{"gtin": GTIN, "lot": "L1"}]),
        ("91P-1", [{"part_number": "P-1"}]),
        ("94E1001", [{"person_badge": "E1001"}]),
        ("9400000000001", [{"person_badge": "00000000001"}]),
        ("9400000000000", [{"person_badge": "00000000000"}]),
        ("1012345", []),
        ("0061800316D", []),
    ],
)
def test_text_without_sign_of_gs1_stays_plain_and_offers_what_it_could_mean(text, candidates):
    scan = read_scan(text)
    assert scan.plain == text
    assert scan.kind is ScanKind.PLAIN
    assert [identifiers(candidate) for candidate in scan.candidates] == candidates


def test_an_ean_that_begins_like_a_badge_could_be_either():
    ean = "940000000000" + barcode.check_digit("940000000000")
    gtin, badge = read_scan(ean).candidates
    assert (gtin.gtin, badge.person_badge) == (f"0{ean}", ean[2:])


def test_a_suppliers_internal_data_beside_a_gtin_is_not_taken_for_ours():
    scan = read_scan(f"]d201{GTIN}91THEIRS{GS}94THEIRS")
    assert identifiers(scan) == {"gtin": GTIN}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "scan_empty"),
        (" \r\n", "scan_empty"),
        ("\u3000", "scan_empty"),
        ("]d2", "scan_empty"),
        (GS, "scan_empty"),
        ("A" * 201, "scan_too_long"),
        ("9" * 100_000, "scan_too_long"),
        ("AB\x00C", "scan_control_character"),
        ("AB\tC", "scan_control_character"),
        ("AB\nCD", "scan_control_character"),
        ("[)>\x1e06\x1dP123\x1e\x04", "scan_control_character"),
        ("AB\ud800", "scan_control_character"),
        ("\ufeffAB", "scan_control_character"),
        ("AB\u202eCD", "scan_control_character"),
        ("A\u200dB", "scan_control_character"),
        ("AB\u2066CD", "scan_control_character"),
        ("AB\u2028CD", "scan_control_character"),
        ("AB\ue000", "scan_control_character"),
        ("AB\x85", "scan_control_character"),
        ("A\u00a0B", "scan_character"),
        ("扳手😀", "scan_character"),
        ("A\u0301", "scan_character"),
        ("١٢٣", "scan_character"),
        ("①", "scan_character"),
        (SSCC + SSCC, "scans_joined"),
        (f"00{SSCC}00{SSCC}", "scans_joined"),
        ("40063813339314006381333931", "scans_joined"),
        ("]E040063813339314006381333931", "scans_joined"),
        (f"]C100{SSCC}]C100{SSCC}", "scans_joined"),
        (f"]C100{SSCC}00{SSCC}", "gs1_conflict"),
        (f"]C101{GTIN}3712", "gs1_conflict"),
        (f"]d291P{GS}94E1", "gs1_conflict"),
        ("]E04006381333932", "check_digit_wrong"),
        ("]E0400638133393", "check_digit_wrong"),
        ("]E040063813339", "gs1_malformed"),
        ("]E0ABC", "gs1_malformed"),
        ("]C10061800316D", "gs1_malformed"),
        ("]d2PR-1", "gs1_malformed"),
        (f"PR-1{GS}X", "gs1_malformed"),
        ("(01)4006381333931", "gs1_malformed"),
        ("(01)09506000134353", "check_digit_wrong"),
        ("]C1400PO-17", "gs1_nothing_known"),
        ("]C1305", "gs1_nothing_known"),
        ("]d292L1", "gs1_nothing_known"),
        ("]d2254A-01", "gs1_nothing_known"),
    ],
)
def test_what_is_no_code_is_refused_with_its_code(text, code):
    with pytest.raises(barcode.ScanUnreadable) as refusal:
        read_scan(text)
    assert refusal.value.code == code


def test_a_refusal_names_the_character_and_where_it_stands():
    with pytest.raises(barcode.ScanControlCharacter) as refusal:
        read_scan("AB\u202eCD")
    assert refusal.value.facts == {"character": "U+202E", "position": 2}


STARTS = ["", "]C1", "]d2", "]Q3", "]E0", "]E4", "]I1", "]A0", "]", "(", GS]
PIECES = [GS, GTIN, SSCC, GLN, "00", "01", "(01)", "(10)", "10", "21", "30", "37", "91", "94", "95", "254", "414"]
ODD_PIECES = ["7007", "8008", "3900", "3915", "4309", "7003", "000000", "999999", "A", "(", ")", " ", "~", "１", "٣"]
HIDDEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "So", "Nd", "Mn")

hostile = st.one_of(
    st.text(max_size=250),
    st.text(st.characters(categories=HIDDEN), max_size=20),
    st.text("0123456789", max_size=60),
    st.tuples(st.sampled_from(STARTS), st.lists(st.sampled_from(PIECES + ODD_PIECES), max_size=8)).map(
        lambda parts: parts[0] + "".join(parts[1])
    ),
)


def read_or_refused(text: str, separator: str | None) -> Scan | barcode.ScanUnreadable:
    try:
        return read_scan(text, separator=separator)
    except barcode.ScanUnreadable as refusal:
        return refusal


@settings(max_examples=500)
@given(hostile, st.sampled_from([None, *barcode.SEPARATORS]))
@example("]d27007000000000000", None)
@example("]C18008999999999999", None)
@example("]C13900", None)
def test_any_text_is_read_or_refused_with_a_code(text, separator):
    answer = read_or_refused(text, separator)
    if isinstance(answer, Scan):
        assert identifiers(answer)
        assert answer.kind is not ScanKind.PLAIN or answer.plain is not None
    else:
        assert answer.code not in ("barcode_refused", "scan_unreadable")
        assert str(answer).isascii()


def subclasses(refusal: type) -> list[type]:
    return [refusal, *(further for child in refusal.__subclasses__() for further in subclasses(child))]


def test_every_refusal_has_a_code_of_its_own():
    codes = [refusal.code for refusal in subclasses(barcode.BarcodeRefused)]
    assert len(codes) == len(set(codes))


def test_every_refusal_leaves_by_the_door():
    names = {refusal.__name__ for refusal in subclasses(barcode.BarcodeRefused)}
    assert names <= set(barcode.__all__)
