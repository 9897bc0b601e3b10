"""Labels: printed at the printer's own dots, read back by zxing, and never larger than their paper."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from reportlab.pdfbase.pdfmetrics import stringWidth

import barcode
from barcode.fonts import typeface
from barcode.typesetting import ELLIPSIS, LEADING, fit, printable

CHARACTER_SET_82 = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
GTIN = "09506000134352"
GLN = "0614141000012"
SSCC = "106141412345678908"
LONG_ZH = "全自动滚筒洗衣机变频电机驱动控制板组件（带防水罩与线束，适用于出口型）" * 10
LONG_EN = "Drive board assembly of the variable frequency motor of front loading washing machines " * 10
HOSTILE = "<b>&amp;😀'; DROP\nTABLE\x00\u202e\ud800 \\ %s {x} ()"


def printed(pdf: bytes, *, dpi: int) -> list[Image.Image]:
    """The pages as a printer of this resolution would put them down."""
    document = pypdfium2.PdfDocument(pdf)
    pages = [page.render(scale=dpi / 72, grayscale=True).to_pil() for page in document]
    document.close()
    return pages


def scanned(page: Image.Image) -> barcode.Scan:
    (found,) = zxingcpp.read_barcodes(page)
    return barcode.read_scan(found.symbology_identifier + found.bytes.decode())


def ink(page: Image.Image) -> tuple[int, int, int, int]:
    """The box around everything that is not white."""
    box = page.point(lambda shade: 255 if shade < 200 else 0).getbbox()
    assert box is not None
    return box


def part(**changes: object) -> barcode.PartLabel:
    facts = {"part_number": "0061800316D", "name_zh": "压缩机", "name_en": "Compressor", "division": "冰箱"}
    return barcode.PartLabel(**{**facts, **changes})


def handling_unit(**changes: object) -> barcode.HandlingUnitLabel:
    facts = {
        "sscc": SSCC,
        "from_name": "青岛",
        "to_name": "乌鲁木齐",
        "contents_count": 12,
        "delivery_class": "same_city",
    }
    return barcode.HandlingUnitLabel(**{**facts, **changes})


gtins = st.from_regex(r"[0-9]{12}", fullmatch=True).map(lambda body: "0" + body + barcode.check_digit(body))
gs1_texts = st.text(CHARACTER_SET_82, min_size=1, max_size=20)
dpis = st.sampled_from([203, 300])


@settings(max_examples=30, deadline=None)
@given(gtins, gs1_texts, st.none() | gs1_texts, st.none() | st.integers(1, 99_999_999), dpis)
def test_a_part_label_with_gtin_is_read_back(gtin, lot, serial, quantity, dpi):
    label = part(gtin=gtin, lot=lot, serial=serial, quantity=quantity)
    (page,) = printed(barcode.part_labels_pdf([label], dpi=dpi), dpi=dpi)
    scan = scanned(page)
    assert (scan.gtin, scan.lot, scan.serial, scan.quantity) == (gtin, lot, serial, quantity)


@settings(max_examples=30, deadline=None)
@given(st.text(CHARACTER_SET_82, min_size=1, max_size=30), st.none() | gs1_texts, st.none() | gs1_texts, dpis)
def test_a_part_label_without_gtin_is_read_back(part_number, lot, serial, dpi):
    label = part(part_number=part_number, lot=lot, serial=serial)
    (page,) = printed(barcode.part_labels_pdf([label], dpi=dpi), dpi=dpi)
    scan = scanned(page)
    assert (scan.part_number, scan.lot, scan.serial, scan.gtin) == (part_number, lot, serial, None)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 9), st.integers(0, 999_999_999), dpis)
def test_a_handling_unit_label_is_read_back(extension_digit, serial_reference, dpi):
    sscc = barcode.make_sscc("6901234", extension_digit=extension_digit, serial_reference=serial_reference)
    (page,) = printed(barcode.handling_unit_labels_pdf([handling_unit(sscc=sscc)], dpi=dpi), dpi=dpi)
    assert scanned(page).sscc == sscc


@settings(max_examples=15, deadline=None)
@given(gs1_texts, dpis)
def test_a_bin_label_is_read_back(bin_code, dpi):
    label = barcode.BinLabel(gln=GLN, bin_code=bin_code, zone="快流区", warehouse_name="青岛一级中央库")
    (page,) = printed(barcode.bin_labels_pdf([label], dpi=dpi), dpi=dpi)
    scan = scanned(page)
    assert (scan.gln, scan.location_extension) == (GLN, bin_code)


@pytest.mark.parametrize("dpi", [203, 300, 600])
def test_badges_and_totes_are_read_back(dpi):
    badge = barcode.person_labels_pdf([barcode.PersonLabel(badge="E1001", name="欧阳明")], dpi=dpi)
    tote = barcode.tote_labels_pdf([barcode.ToteLabel(tote="T-42")], dpi=dpi)
    assert scanned(*printed(badge, dpi=dpi)).person_badge == "E1001"
    assert scanned(*printed(tote, dpi=dpi)).tote == "T-42"


@pytest.mark.parametrize("dpi", [203, 300])
def test_bars_are_black_or_white_and_never_grey(dpi):
    (page,) = printed(barcode.handling_unit_labels_pdf([handling_unit()], dpi=dpi), dpi=dpi)
    across = page.height * 120 // 150
    shades = set(page.crop((0, across, page.width, across + 1)).tobytes())
    assert shades == {0, 255}


@pytest.mark.parametrize(
    "text", [LONG_ZH, LONG_EN, "W" * 5000, HOSTILE, ""], ids=["zh", "en", "word", "hostile", "empty"]
)
def test_text_of_any_length_stays_on_the_label(text):
    pages = [
        *printed(barcode.part_labels_pdf([part(part_number="P", name_zh=text, name_en=text, division=text)]), dpi=203),
        *printed(
            barcode.part_labels_pdf([part(part_number=text or "P", gtin=GTIN, lot="W" * 20, serial="W" * 20)]), dpi=203
        ),
        *printed(
            barcode.handling_unit_labels_pdf(
                [
                    handling_unit(
                        from_name=text,
                        to_name=text,
                        to_address=text,
                        shipment_number=text,
                        contents_count=10**12,
                        delivery_class=text,
                        promised_at=datetime(2026, 11, 23, 14, 0),  # noqa: DTZ001 (printed as it stands)
                    )
                ]
            ),
            dpi=203,
        ),
        *printed(
            barcode.bin_labels_pdf([barcode.BinLabel(gln=GLN, bin_code="W" * 20, zone=text, warehouse_name=text)]),
            dpi=203,
        ),
        *printed(barcode.person_labels_pdf([barcode.PersonLabel(badge="E1", name=text, warehouse_name=text)]), dpi=203),
    ]
    for page in pages:
        left, top, right, bottom = ink(page)
        margin = 203 / 25.4 * 0.8
        assert left >= margin
        assert top >= margin
        assert right <= page.width - margin
        assert bottom <= page.height - margin
        assert scanned(page)


def test_the_chinese_name_is_on_the_label_as_text():
    document = pypdfium2.PdfDocument(barcode.part_labels_pdf([part(name_zh="变频压缩机组件")]))
    text = document[0].get_textpage().get_text_range()
    document.close()
    assert "变频压缩机组件" in text


def test_the_promised_hour_is_printed_as_it_stands():
    promised_at = datetime(2026, 11, 23, 14, 0)  # noqa: DTZ001
    pdf = barcode.handling_unit_labels_pdf([handling_unit(promised_at=promised_at)])
    document = pypdfium2.PdfDocument(pdf)
    text = document[0].get_textpage().get_text_range()
    document.close()
    assert "2026-11-23 14:00" in text
    assert "同城" in text


def test_there_is_one_label_a_page():
    assert len(printed(barcode.part_labels_pdf([part(), part(), part()]), dpi=203)) == 3


def test_a_page_is_a_whole_number_of_dots():
    (page,) = printed(barcode.part_labels_pdf([part()], dpi=203), dpi=203)
    assert page.size == (480, 320)


def test_the_same_labels_give_the_same_bytes():
    assert barcode.part_labels_pdf([part()]) == barcode.part_labels_pdf([part()])


def test_labels_printed_side_by_side_in_threads_are_the_same_as_one_by_one():
    names = [f"{LONG_ZH[start : start + 12]}" for start in range(12)]
    alone = [barcode.part_labels_pdf([part(name_zh=name)]) for name in names]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda name: barcode.part_labels_pdf([part(name_zh=name)]), names))
    assert together == alone


def test_more_labels_than_allowed_are_refused():
    with pytest.raises(barcode.TooManyLabels) as refusal:
        barcode.part_labels_pdf([part()] * 3, labels_max=2)
    assert refusal.value.facts == {"count": 3, "count_max": 2}


def test_no_labels_are_refused():
    with pytest.raises(barcode.LabelsNone):
        barcode.bin_labels_pdf([])


def test_a_resolution_that_no_printer_has_is_refused():
    with pytest.raises(barcode.DpiUnknown):
        barcode.part_labels_pdf([part()], dpi=96)


@pytest.mark.parametrize(
    ("label", "refusal"),
    [
        (part(gtin="4006381333932"), barcode.CheckDigitWrong),
        (part(lot="A" * 91), barcode.GS1Malformed),
        (part(part_number="备件1"), barcode.GS1Malformed),
        (part(part_number=""), barcode.GS1Malformed),
        (part(part_number="aB_?" * 22, lot="cD_?" * 22, serial="eF_?" * 22), barcode.SymbolDoesNotFit),
    ],
)
def test_a_label_whose_code_would_be_wrong_is_not_printed(label, refusal):
    with pytest.raises(refusal):
        barcode.part_labels_pdf([label])


def test_a_bin_code_of_more_than_twenty_characters_is_not_printed():
    with pytest.raises(barcode.GS1Malformed):
        barcode.bin_labels_pdf([barcode.BinLabel(gln=GLN, bin_code="A" * 21)])


def test_a_font_setting_that_is_no_font_is_refused_not_passed_over(tmp_path: Path):
    no_font = tmp_path / "font.ttf"
    no_font.write_text("no font")
    with pytest.raises(barcode.FontUnreadable):
        barcode.part_labels_pdf([part()], font=no_font)
    with pytest.raises(barcode.FontUnreadable):
        barcode.part_labels_pdf([part()], font=tmp_path / "missing.ttf")


@given(st.text(max_size=80), st.integers(20, 200), st.integers(6, 60))
@settings(max_examples=100, deadline=None)
def test_fitted_lines_are_no_wider_and_no_more_than_the_box_allows(text, width, height):
    font = typeface().regular
    fitted = fit(text, font=font, size=16, size_min=5, width=width, height=height)
    assert all(stringWidth(line, font, fitted.size) <= width + 1e-6 for line in fitted.lines)
    assert fitted.height <= max(height, 5 * LEADING) + 1e-6


@given(st.text(max_size=40))
def test_text_that_fits_is_printed_whole(text):
    fitted = fit(text, font=typeface().regular, size=10, size_min=10, width=10_000, height=12)
    assert fitted.lines == (printable(text),)


def test_text_that_does_not_fit_ends_in_an_ellipsis():
    fitted = fit(LONG_EN, font=typeface().regular, size=10, size_min=6, width=100, height=20)
    assert fitted.size == 6
    assert fitted.lines[-1].endswith(ELLIPSIS)


def pick_list(rows: int, **changes: str) -> barcode.PickList:
    facts = {"bin_code": "A-01-02", "part_number": "0061800316D", "name": "压缩机", "lot": "L20261101"}
    return barcode.PickList(
        number="W-000123",
        warehouse_name="青岛一级中央库",
        rows=tuple(barcode.PickRow(**{**facts, **changes}, quantity=number) for number in range(1, rows + 1)),
    )


def text_of(pdf: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(pdf)
    pages = [page.get_textpage().get_text_range() for page in document]
    document.close()
    return pages


@pytest.mark.parametrize(("language", "word"), [("zh", "货位"), ("en", "Bin")])
def test_a_pick_list_speaks_the_readers_language(language, word):
    (page,) = text_of(barcode.pick_list_pdf(pick_list(3), language=language))
    assert word in page
    assert "A-01-02" in page


def test_a_pick_list_of_many_rows_has_its_head_on_every_page_and_every_row_once():
    pages = text_of(barcode.pick_list_pdf(pick_list(100)))
    assert all("W-000123" in page and f"{number} / {len(pages)}" in page for number, page in enumerate(pages, start=1))
    assert sum(page.count("A-01-02") for page in pages) == 100


def test_a_pick_list_can_be_opened_by_its_code():
    (page,) = printed(barcode.pick_list_pdf(pick_list(1)), dpi=150)
    assert scanned(page).plain == "W-000123"


@pytest.mark.parametrize("text", [LONG_ZH, LONG_EN, "W" * 2000, HOSTILE], ids=["zh", "en", "word", "hostile"])
def test_text_of_any_length_stays_in_its_column_and_on_the_page(text):
    pdf = barcode.pick_list_pdf(pick_list(40, bin_code=text, part_number=text, name=text, lot=text))
    for page in printed(pdf, dpi=100):
        left, top, right, bottom = ink(page)
        assert left >= 100 / 25.4 * 8
        assert top >= 100 / 25.4 * 5
        assert right <= page.width - 100 / 25.4 * 8
        assert bottom <= page.height - 100 / 25.4 * 5


def test_a_pick_list_of_too_many_rows_is_refused():
    with pytest.raises(barcode.TooManyLabels):
        barcode.pick_list_pdf(pick_list(3), rows_max=2)


def test_a_pick_list_of_no_rows_is_refused():
    with pytest.raises(barcode.LabelsNone):
        barcode.pick_list_pdf(pick_list(0))
