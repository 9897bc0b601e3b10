"""The rows of a file, staged in a temporary table, checked there and compared with what stands.

    staged = stage(session, PARTS, rows)        cell by cell read and typed, then COPY; doubled keys are told
    staged.refuse(UNKNOWN_DIVISION)             a SELECT of line, column, code, fact: what only the database knows
    findings = staged.compare()                 what is new, changed, unchanged; unchanged rows leave the table
    require_clean(findings)                     all or nothing
    session.execute(UPSERT)                     from `staged_parts` into the table itself
    note_import(session, PARTS, findings, ...)  in the history of imports

Everything happens in the caller's transaction; the temporary table ends with it. A row of which a cell could not be
read stays staged, marked bad and without that cell, so that other rows may refer to it without a second complaint.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    MetaData,
    Subquery,
    Table,
    and_,
    any_,
    column,
    delete,
    func,
    literal,
    select,
    text,
    update,
)
from sqlalchemy import Column as TableColumn
from sqlalchemy.orm import Session
from sqlalchemy.schema import CreateTable

from inventory.actor import Actor
from inventory.copying import driver_cursor
from inventory.errors import NotPermitted
from inventory.pinyin import pinyin, spelling
from inventory.sheets import Column, Findings, ImportRefused, Problem, Row, Sheet, Unreadable, cell_text
from inventory.timeline import DocumentEvent, DocumentKind, Happening, list_events, record

PROBLEMS_MAX = 100_000
"""A file with more problems is not read to its end: it is another file than was meant."""

BLOCK_ROWS = 5_000
KNOWN_MAX = 10_000
NO_VALUE = "\0"  # stands for NULL until the row is written as COPY wants it; no readable cell holds it
IMPORT = "import"  # the permission's word; the permissions themselves are listed in `identity`, above us

# A file is more than a command's share of time and memory; both end with the transaction.
_PATIENCE = text("SELECT set_config('statement_timeout', '20min', true), set_config('work_mem', '64MB', true)")
_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtextextended(:sheet, 1))")
_NAME_TABLE = text("""
    CREATE TEMPORARY TABLE staged_name (name text PRIMARY KEY, full_pinyin text, initials text, spelling text)
    ON COMMIT DROP
""")
_NAMES = text("""
    INSERT INTO staged_name
    SELECT * FROM unnest(CAST(:names AS text[]), CAST(:full AS text[]), CAST(:initials AS text[]),
                         CAST(:spellings AS text[]))
""")


@dataclass
class Staged:
    """One file's rows on their way into the database."""

    session: Session
    sheet: Sheet
    table: Table
    rows: int = 0
    absent: frozenset[str] = frozenset()
    problems: list[Problem] = field(default_factory=list)

    def refuse(self, statement: str, **parameters: Any) -> None:
        """Note the problems that a SELECT of (line, column, code, fact) finds."""
        parameters["room"] = max(PROBLEMS_MAX - len(self.problems), 0)
        self.problems += [Problem(*row) for row in self.session.execute(text(f"{statement} LIMIT :room"), parameters)]

    def compare(self) -> Findings:
        """Count what the good rows would do, and let those that change nothing leave the table."""
        bad = literal(sorted({problem.line for problem in self.problems}), ARRAY(BigInteger))
        self.session.execute(delete(self.table).where(self.table.c.line == any_(bad)))
        current = self.current()
        same = and_(*(self.table.c[name].is_not_distinct_from(current.c[name]) for name in self.sheet.names))
        unchanged = self.session.connection().execute(delete(self.table).where(self.stands_in(current), same)).rowcount
        changed = self._count(self.table.join(current, self.stands_in(current)))
        order = {name: place for place, name in enumerate(self.sheet.names)}
        return Findings(
            rows=self.rows,
            new=self._count(self.table) - changed,
            changed=changed,
            unchanged=unchanged,
            problems=sorted(self.problems, key=lambda problem: (problem.line, order.get(problem.column, -1))),
            cut_short=len(self.problems) >= PROBLEMS_MAX,
        )

    def current(self) -> Subquery:
        """What stands in the database, in the columns of the sheet."""
        columns = [column(one.name, one.type) for one in self.sheet.columns]
        return text(self.sheet.current).columns(*columns).subquery("current")

    def stands_in(self, current: Subquery) -> Any:
        """The condition that a staged row names a row that stands."""
        return and_(*(self.table.c[name] == current.c[name] for name in self.sheet.key))

    def _count(self, source: Any, *conditions: Any) -> int:
        return self.session.scalar(select(func.count()).select_from(source).where(*conditions)) or 0


class CellReader:
    """Reads the cells of one column; what was read well is kept, for most columns say the same again and again."""

    def __init__(self, column: Column) -> None:
        self.column = column
        self.known: dict[str | None, str] = {}

    def value(self, row: Row, place: int, problems: list[Problem]) -> str:
        """The cell as COPY takes it; what is wrong with it is noted."""
        one, cell = self.column, row.cells[place]
        content = cell_text(one, cell) if cell else ""
        if not content:
            if one.required and not row.fault:
                problems.append(Problem(row.line, one.name, "missing"))
            return NO_VALUE if one.required or one.default is None else one.default
        if one.identifier and place in row.numbers:
            problems.append(Problem(row.line, one.name, "number_cell", content[:40]))
            return NO_VALUE
        try:
            read = one.read(content)
        except Unreadable as unreadable:
            problems.append(Problem(row.line, one.name, unreadable.code, unreadable.fact))
            return NO_VALUE
        if len(self.known) < KNOWN_MAX and not row.numbers:
            self.known[cell] = read
        return read


def stage(session: Session, sheet: Sheet, rows: Iterable[Row]) -> Staged:
    """Read the rows into a temporary table, noting every cell and every row that cannot be taken."""
    table = Table(
        f"staged_{sheet.name}",
        MetaData(),
        TableColumn("line", BigInteger),
        TableColumn("bad", Boolean),
        *[TableColumn(one.name, one.type) for one in sheet.columns],
        prefixes=["TEMPORARY"],
        postgresql_on_commit="DROP",
    )
    staged = Staged(session, sheet, table)
    session.execute(_PATIENCE)
    session.execute(text(f"DROP TABLE IF EXISTS pg_temp.{table.name}"))
    session.execute(CreateTable(table))
    _copy(staged, rows)
    session.execute(text(f"ANALYZE {table.name}"))
    staged.refuse(_doubled(sheet))
    _fill_absent(staged)
    return staged


def require_importer(session: Session, sheet: Sheet, by: Actor) -> None:
    """Let only one file of a kind in at a time, from somebody who may import for the whole network.

    Raises: NotPermitted.
    """
    by.require(IMPORT)
    if by.reach[IMPORT] is not None:
        raise NotPermitted(permission=IMPORT)
    session.execute(_ONE_AT_A_TIME, {"sheet": sheet.name})


def require_clean(findings: Findings) -> None:
    """All or nothing. Raises: ImportRefused with the findings when a row cannot be taken."""
    if findings.problems:
        raise ImportRefused(findings)


def note_import(session: Session, sheet: Sheet, findings: Findings, *, by: Actor, at: datetime) -> None:
    """Keep in the history who imported what, and what came of it. The command is the document's number."""
    facts = {
        "sheet": sheet.name,
        "new": findings.new,
        "changed": findings.changed,
        "unchanged": findings.unchanged,
    }
    happening = Happening(DocumentKind.IMPORT, by.command_id, "imported", "new", "imported", facts=facts)
    record(session, [happening], by=by, at=at)


def list_imports(session: Session, *, limit: int = 10) -> Sequence[DocumentEvent]:
    """What was imported last, newest first."""
    query = select(DocumentEvent).where(DocumentEvent.document_kind == DocumentKind.IMPORT)
    return session.scalars(query.order_by(DocumentEvent.id.desc()).limit(limit)).all()


def find_import(session: Session, command_id: int) -> DocumentEvent | None:
    """The import that a command carried out, if it did."""
    return next(iter(list_events(session, DocumentKind.IMPORT, [command_id])), None)


def spell(session: Session, sheet: Sheet, names: str) -> None:
    """Put the pinyin of the staged names of a column into the temporary table `staged_name`."""
    found = list(session.scalars(text(f"SELECT DISTINCT {names} FROM staged_{sheet.name} WHERE {names} IS NOT NULL")))  # noqa: S608 -- our own
    read = [pinyin(name) for name in found]
    session.execute(text("DROP TABLE IF EXISTS pg_temp.staged_name"))
    session.execute(_NAME_TABLE)
    session.execute(
        _NAMES,
        {
            "names": found,
            "full": [one.full for one in read],
            "initials": [one.initials for one in read],
            "spellings": [spelling(name)[:200] for name in found],
        },
    )


def export_rows(session: Session, sheet: Sheet) -> Iterator[Sequence[Any]]:
    """Every row that stands, in the columns and the order of the sheet, as many at a time as fit in memory."""
    session.execute(_PATIENCE)
    key = ", ".join(sheet.key)
    statement = text(f"SELECT * FROM ({sheet.current}) AS current ORDER BY {key}")  # noqa: S608 -- our own sheets
    for part in session.execute(statement, execution_options={"stream_results": True}).partitions(BLOCK_ROWS):
        yield from part


def _copy(staged: Staged, rows: Iterable[Row]) -> None:
    with driver_cursor(staged.session) as cursor, cursor.copy(f"COPY {staged.table.name} FROM STDIN") as copy:
        for block in _blocks(staged, rows):
            copy.write(block)


def _blocks(staged: Staged, rows: Iterable[Row]) -> Iterator[str]:
    cells = [CellReader(one) for one in staged.sheet.columns]
    block: list[str] = []
    for row in rows:
        if len(staged.problems) >= PROBLEMS_MAX:
            break
        if not staged.rows:
            staged.absent = frozenset(
                one.name for one, cell in zip(staged.sheet.columns, row.cells, strict=True) if cell is None
            )
        staged.rows += 1
        block.append(_copy_line(row, cells, staged.problems))
        if len(block) == BLOCK_ROWS:
            yield "".join(block)
            block.clear()
    yield "".join(block)


def _copy_line(row: Row, cells: Sequence[CellReader], problems: list[Problem]) -> str:
    """The row as a line of COPY, its problems noted."""
    noted = len(problems)
    if row.fault:
        problems.append(Problem(row.line, "", row.fault))
    if row.numbers:  # what was text in another row may be a number here
        values = [reader.value(row, place, problems) for place, reader in enumerate(cells)]
    else:
        values = [
            reader.known.get(cell) or reader.value(row, place, problems)
            for place, (reader, cell) in enumerate(zip(cells, row.cells, strict=True))
        ]
    bad = "true" if len(problems) > noted else "false"
    line = f"{row.line}\t{bad}\t" + "\t".join(values)
    return line.replace("\\", "\\\\").replace(NO_VALUE, "\\N") + "\n"


def _doubled(sheet: Sheet) -> str:
    key = ", ".join(sheet.key)
    named = " AND ".join(f"{name} IS NOT NULL" for name in sheet.key)
    return f"""
        SELECT line, '{sheet.key[-1]}', 'doubled', CAST(first AS text)
        FROM (SELECT line, min(line) OVER (PARTITION BY {key}) AS first FROM staged_{sheet.name} WHERE {named}) AS row
        WHERE line <> first ORDER BY line
    """  # noqa: S608 -- names of our own sheets


def _fill_absent(staged: Staged) -> None:
    """Give the columns that the file does not have what stands in the database."""
    names = sorted(staged.absent.difference(staged.sheet.key))
    if names:
        current = staged.current()
        kept = {name: current.c[name] for name in names}
        staged.session.execute(update(staged.table).where(staged.stands_in(current)).values(kept))
