"""Codes on parts, boxes, bins, totes and badges: read, made, and printed. Pure: no row, no request, no clock.

Words
- *key*: a number that GS1 keeps unique: GTIN (a part), GLN (a place), SSCC (a handling unit). Its last digit proves it.
- *element*: an Application Identifier (AI) with its value; an *element string* is what a symbol says when scanned.
- *scan*: one text from a scanner, a camera or a keyboard. *Plain* is a scan without any sign of GS1.
- *symbol*: the printed pattern; its smallest bar or square is a *module*.

Which code says what
- part: (01) GTIN, (10) lot, (21) serial, (30) count; without a GTIN (91) part number, (92) lot, (93) serial, (30).
- handling unit: (00). Bin: (414) GLN of its warehouse, (254) bin code. A supplier's box (02)(37) is read, not printed.
- person's badge: (94). Tote: (95). Both are company-internal AIs, since GS1's own for people and returnable boxes,
  (8018) and (8003), want numbers under a company prefix, and badges and totes are numbered by partners that have none.
  (96) to (99) are free. A badge code names a person and proves nothing: it is printed for all to see.

Decisions
- A scan of digits is ambiguous (an SSCC is also a batch): it stays plain, with candidates. Look up plain text first,
  then try the candidates in order; if two of them exist, ask. Candidates of GTIN and SSCC have sound check digits.
- GS1 is read strictly. (01) with (37) is refused although some suppliers print it: (37) counts what (02) contains, and
  a guess would book the wrong quantity. An AI that comes twice is refused, equal or not: mostly the scan is doubled.
- Of Unicode only full-width ASCII is folded, because Chinese input methods type it. Full NFKC would turn other
  characters into codes that nobody printed.
- A supplier's (91) to (95) beside a GTIN, GLN or SSCC is the supplier's own affair and is not read.
- `ScanUnreadable` is all that `read_scan` raises for any text. A translation needs the `code` of each refusal.
"""

from barcode.elements import (
    GS,
    Element,
    bracketed,
    element_string,
    make_element,
    make_elements,
    parse_bracketed,
    parse_elements,
)
from barcode.errors import (
    BarcodeRefused,
    CheckDigitWrong,
    DpiUnknown,
    FontUnreadable,
    GS1Conflict,
    GS1Malformed,
    GS1NothingKnown,
    KeyNotMade,
    LabelRefused,
    LabelsNone,
    ScanCharacter,
    ScanControlCharacter,
    ScanEmpty,
    ScansJoined,
    ScanTooLong,
    ScanUnreadable,
    SymbolDoesNotFit,
    SymbolNotEncodable,
    SymbolRefused,
    TooManyLabels,
)
from barcode.gs1 import (
    check_digit,
    has_check_digit,
    make_gln,
    make_gtin,
    make_sscc,
    normal_gln,
    normal_gtin,
    normal_sscc,
)
from barcode.labels import (
    LABELS_MAX,
    BinLabel,
    HandlingUnitLabel,
    PartLabel,
    PersonLabel,
    ToteLabel,
    bin_labels_pdf,
    handling_unit_labels_pdf,
    part_labels_pdf,
    person_labels_pdf,
    tote_labels_pdf,
)
from barcode.picklists import PICK_ROWS_MAX, PickList, PickRow, pick_list_pdf
from barcode.scans import (
    PERSON_AI,
    SCAN_LENGTH_MAX,
    SEPARATORS,
    TOTE_AI,
    Scan,
    ScanKind,
    bin_elements,
    handling_unit_elements,
    part_elements,
    person_elements,
    read_scan,
    tote_elements,
)
from barcode.sheets import DPIS
from barcode.symbols import Symbol, gs1_128, gs1_datamatrix, qr, svg

__all__ = [
    "DPIS",
    "GS",
    "LABELS_MAX",
    "PERSON_AI",
    "PICK_ROWS_MAX",
    "SCAN_LENGTH_MAX",
    "SEPARATORS",
    "TOTE_AI",
    "BarcodeRefused",
    "BinLabel",
    "CheckDigitWrong",
    "DpiUnknown",
    "Element",
    "FontUnreadable",
    "GS1Conflict",
    "GS1Malformed",
    "GS1NothingKnown",
    "HandlingUnitLabel",
    "KeyNotMade",
    "LabelRefused",
    "LabelsNone",
    "PartLabel",
    "PersonLabel",
    "PickList",
    "PickRow",
    "Scan",
    "ScanCharacter",
    "ScanControlCharacter",
    "ScanEmpty",
    "ScanKind",
    "ScanTooLong",
    "ScanUnreadable",
    "ScansJoined",
    "Symbol",
    "SymbolDoesNotFit",
    "SymbolNotEncodable",
    "SymbolRefused",
    "TooManyLabels",
    "ToteLabel",
    "bin_elements",
    "bin_labels_pdf",
    "bracketed",
    "check_digit",
    "element_string",
    "gs1_128",
    "gs1_datamatrix",
    "handling_unit_elements",
    "handling_unit_labels_pdf",
    "has_check_digit",
    "make_element",
    "make_elements",
    "make_gln",
    "make_gtin",
    "make_sscc",
    "normal_gln",
    "normal_gtin",
    "normal_sscc",
    "parse_bracketed",
    "parse_elements",
    "part_elements",
    "part_labels_pdf",
    "person_elements",
    "person_labels_pdf",
    "pick_list_pdf",
    "qr",
    "read_scan",
    "svg",
    "tote_elements",
    "tote_labels_pdf",
]
