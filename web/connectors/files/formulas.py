"""Text that a spreadsheet program would take for a formula, and how a CSV file keeps it from doing so.

A cell of a CSV file that begins with = + - @, a tab or a line break (or a full-width sign) is written with an
apostrophe before it; so is one that begins with apostrophes and then such a sign. Reading takes one apostrophe away
again, so every text comes back as it was. In a workbook text is typed as text, and needs neither.
Source: OWASP, CSV Injection, as of August 2025.
"""

import re

_TRIGGER = re.compile("'*[=+\\-@\t\r\n＝＋－＠]")
_DEFUSED = re.compile("'+[=+\\-@\t\r\n＝＋－＠]")


def defused(text: str) -> str:
    """The text as it stands in a CSV file."""
    return f"'{text}" if _TRIGGER.match(text) else text


def as_meant(text: str) -> str:
    """The text behind a cell of a CSV file."""
    return text[1:] if _DEFUSED.match(text) else text
