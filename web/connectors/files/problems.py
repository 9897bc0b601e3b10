"""What is wrong with a file, told to its sender: a sentence a problem, and the file itself with a column of them.

The file that goes back has every row of the one that came, those with problems first: nothing of it was taken, so who
mends the marked rows sends the whole again. The column `problem` is ignored when it comes.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from babel.support import Translations

from inventory.errors import Refusal
from inventory.sheets import Problem
from web.connectors.files.kinds import column_name
from web.connectors.files.reading import PROBLEM, PROBLEM_NAMES, fold
from web.connectors.files.tables import Table
from web.connectors.files.writing import write_table


def sentence_of(problem: Problem, language: str, words: Translations) -> str:
    """The problem in a sentence: line, column, what is wrong and what would do."""
    column = column_name(problem.column, language)
    what = words.gettext(f"word.import.problem.{problem.code}") % {"fact": problem.fact}
    place = "word.import.place" if problem.column else "word.import.row_place"
    return f"{words.gettext(place) % {'line': problem.line, 'column': column}}{what}"


def refusal_of(refusal: Refusal, words: Translations) -> str:
    """Why a file cannot be read or taken at all."""
    return words.gettext(f"error.{refusal.code}") % defaultdict(str, refusal.facts)


def write_problem_file(
    path: Path, table: Table, problems: Sequence[Problem], *, language: str, words: Translations
) -> None:
    """Write the file with its problems, CSV or workbook by the name."""
    told: dict[int, list[str]] = defaultdict(list)
    for one in problems:
        told[one.line].append(sentence_of(one, language, words))
    kept = [place for place, name in enumerate(table.header) if fold(name) not in PROBLEM_NAMES]
    header = [*(table.header[place] for place in kept), "问题" if language == "zh" else PROBLEM]
    write_table(path, header, _rows(table, kept, told))


def _rows(table: Table, kept: Sequence[int], told: Mapping[int, Sequence[str]]) -> Iterator[list[str]]:
    """The rows with problems, then the others: the file is read twice rather than held."""
    for with_problems in (True, False):
        for row in table.rows():
            if (row.line in told) == with_problems:
                cells = [row.cells[place] if place < len(row.cells) else "" for place in kept]
                surplus = [cell for cell in row.cells[len(table.header) :] if cell]
                sentences = [*told.get(row.line, ()), *(f"({cell})" for cell in surplus)]
                yield [*cells, " ".join(sentences)]
