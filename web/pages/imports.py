"""Screens that take tables from files and give them out: send a file, look at what it would do, take it.

A file is checked when it comes and looked at before it is taken; it is checked again when it is taken, in the
transaction that takes it. Only who may import for the whole network is let in: a file reaches every warehouse.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from http import HTTPStatus
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO

from babel.support import Translations
from flask import Response, current_app, jsonify, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from inventory.actor import Actor
from inventory.errors import NotFound, NotPermitted
from inventory.identity import PasswordKeeper, PeopleFindings, Permission, Person
from inventory.sheets import Problem
from inventory.staging import find_import, list_imports
from web.auth import current_actor, requires
from web.command import command
from web.connectors.files import (
    KINDS,
    FileEmpty,
    Kind,
    column_name,
    export,
    give_first_passwords,
    read_table,
    sentence_of,
    write_problem_file,
)
from web.connectors.files.uploads import Upload, UploadGone, find_upload, keep_upload
from web.db import database, reading
from web.exports import note_export
from web.forms import keeping
from web.languages import LANGUAGES, current_language
from web.pages import Entry, Screens
from web.paging import Page, pack_cursor, unpack_cursor
from web.wire import takes_files

blueprint = Screens("imports", __name__)
NAVIGATION = (
    Entry("imports.show_imports", "Import and export", Permission.IMPORT, order=90, icon="file-earmark-arrow-up"),
)

UPLOAD_MEGABYTES_MAX = 20
ROWS_SHOWN = 10
PROBLEMS_SHOWN = 50
CHUNK_BYTES = 1 << 16
FORMATS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class ImportExpired(NotFound):
    """The file is a day old, or somebody else's."""

    code = "import_expired"


@blueprint.get("/imports")
@requires(Permission.IMPORT)
def show_imports() -> str:
    """The kinds of tables, where to send one, and what was imported last."""
    importer()
    with reading() as session:
        events = list_imports(session)
        names = dict(
            session.execute(select(Person.id, Person.name).where(Person.id.in_({e.actor_id for e in events}))).all()
        )
    chosen = request.form.get("kind") or request.args.get("kind")
    return render_template(
        "imports/imports.html", kinds=KINDS, events=events, names=names, called=called, chosen=chosen
    )


@takes_files(UPLOAD_MEGABYTES_MAX)
@blueprint.post("/imports")
@requires(Permission.IMPORT)
@keeping(show_imports)
def send() -> AnyResponse:
    """Keep a file and say what it would do; nothing is changed yet. What was chosen stays when it is refused.

    Raises: FileUnreadable; NotFound for a kind there is none of.
    """
    by, kind, file = importer(), kind_of(request.form.get("kind", "")), request.files.get("file")
    if file is None or not file.filename:
        raise FileEmpty()
    upload = keep_upload(home(), file.stream, kind=kind.name, name=file.filename, person_id=by.person_id)
    rows = kind.open(upload.file).rows()
    with database().sessions() as session:  # never committed: a check leaves nothing behind
        upload.with_findings(kind.check(session, rows))
    return redirect(url_for("imports.show_upload", token=upload.token), HTTPStatus.SEE_OTHER)


@blueprint.get("/imports/<token>")
@requires(Permission.IMPORT)
def show_upload(token: str) -> str:
    """What the file would do, or has done: counts, the first rows, every problem."""
    upload = upload_of(token)
    (start,) = unpack_cursor(request.args["cursor"], [int]) if request.args.get("cursor") else (0,)
    problems = upload.problems(start, PROBLEMS_SHOWN)
    more = start + PROBLEMS_SHOWN < upload.about.problems
    table = read_table(upload.file)
    with reading() as session:
        command_id = upload.about.command_id
        taken = find_import(session, command_id) if command_id else None
    return render_template(
        "imports/upload.html",
        upload=upload,
        about=upload.about,
        taken=taken,
        header=table.header,
        rows=list(islice(table.rows(), ROWS_SHOWN)),
        bad=bad_cells(problems, table.header),
        page=Page([sentence(one) for one in problems], pack_cursor([start + PROBLEMS_SHOWN]) if more else None),
        passwords=upload.first_passwords.exists(),
    )


@blueprint.post("/imports/<token>")
@requires(Permission.IMPORT)
@command
def take(token: str, *, session: Session, by: Actor, at: datetime) -> AnyResponse:
    """Take the file: all of it or nothing. What changed since it was checked is found out now."""
    upload = upload_of(token).taken_by(by.command_id)
    kind = kind_of(upload.about.kind)
    findings = kind.take(session, kind.open(upload.file).rows(upload.note_progress), by=by, at=at)
    if isinstance(findings, PeopleFindings) and findings.new_person_ids:
        upload.first_passwords.unlink(missing_ok=True)  # of an attempt that was undone
        keeper: PasswordKeeper = current_app.extensions["password_keeper"]
        give_first_passwords(session, findings.new_person_ids, upload.first_passwords, keeper=keeper, by=by, at=at)
    return redirect(url_for("imports.show_upload", token=token), HTTPStatus.SEE_OTHER)


@blueprint.get("/imports/<token>/progress")
@requires(Permission.IMPORT)
def show_progress(token: str) -> Response:
    """How many rows of the file were read, of how many; asked by the page while the file is being taken."""
    upload = upload_of(token)
    return jsonify(read=upload.progress, rows=upload.about.rows)


@blueprint.get("/imports/<token>/problems.<suffix>")
@requires(Permission.IMPORT)
def fetch_problems(token: str, suffix: str) -> Response:
    """The file with a column that says what is wrong, to be mended and sent again."""
    upload = upload_of(token)

    def write(path: Path) -> None:
        table = read_table(upload.file)
        write_problem_file(path, table, upload.problems(), language=current_language(), words=translations())

    return written(write, f"{upload.about.kind}-problems", suffix)


@blueprint.post("/imports/<token>/first-passwords")
@requires(Permission.IMPORT)
def fetch_first_passwords(token: str) -> Response:
    """The first passwords of the people who came with the file, once: afterwards they are nowhere."""
    upload = upload_of(token)
    if not upload.first_passwords.exists():
        raise ImportExpired()
    passwords = upload.first_passwords.read_bytes()
    upload.first_passwords.unlink()
    headers = {"Content-Disposition": 'attachment; filename="first-passwords.csv"', "Cache-Control": "no-store"}
    return Response(passwords, content_type=FORMATS["csv"], headers=headers)


@blueprint.get("/exports/<name>.<suffix>")
@requires(Permission.IMPORT)
def fetch_export(name: str, suffix: str) -> Response:
    """All of a kind, in the columns in which it is imported."""
    by, kind = importer(), kind_of(name)

    def write(path: Path) -> None:
        with reading() as session:
            rows = export(session, kind, path)
        note_export(kind.name, by=by, rows=rows, format=suffix)

    return written(write, kind.name, suffix)


def importer() -> Actor:
    """Who asks, if he may import for the whole network.

    Raises: NotPermitted.
    """
    by = current_actor()
    if not by.may(Permission.IMPORT) or by.reach[Permission.IMPORT] is not None:
        raise NotPermitted(permission=Permission.IMPORT)
    return by


def kind_of(name: str) -> Kind:
    """The kind of this name. Raises: NotFound."""
    if name not in KINDS:
        raise NotFound()
    return KINDS[name]


def upload_of(token: str) -> Upload:
    """The file that whoever asks has sent. Raises: NotPermitted, ImportExpired."""
    by = importer()
    try:
        return find_upload(home(), token, person_id=by.person_id)
    except UploadGone as gone:
        raise ImportExpired() from gone


def home() -> Path:
    """The folder of the files that wait."""
    var: Path = current_app.config["SETTINGS"].var
    return var / "imports"


def called(name: str) -> str:
    """What a column is called in the language of the request."""
    return column_name(name, current_language())


def sentence(problem: Problem) -> str:
    """A problem in the language of the request."""
    return sentence_of(problem, current_language(), translations())


def bad_cells(problems: Sequence[Problem], header: Sequence[str]) -> dict[int, set[int]]:
    """Which cells of which lines are wrong, by place; a line whose column is not in the file has no cell."""
    places = {name.strip(): place for place, name in enumerate(header)}
    bad: dict[int, set[int]] = {}
    for one in problems:
        called_so = (column_name(one.column, language) for language in LANGUAGES)
        bad.setdefault(one.line, set()).update(places[name] for name in called_so if name in places)
    return bad


def translations() -> Translations:
    """The texts of the language of the request."""
    found: Translations = current_app.extensions["babel"].instance.domain_instance.get_translations()
    return found


def written(write: Callable[[Path], None], name: str, suffix: str) -> Response:
    """A file that `write` makes, as a download that leaves nothing behind.

    Raises: NotFound for a format we do not write.
    """
    if suffix not in FORMATS:
        raise NotFound()
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"{name}.{suffix}"
        write(path)
        file = path.open("rb")
    headers = {"Content-Disposition": f'attachment; filename="beijian-{name}.{suffix}"', "Cache-Control": "no-store"}
    return Response(_chunks(file), content_type=FORMATS[suffix], headers=headers)


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    """The file piece by piece; its name is gone already, and it goes with the last of them."""
    with file:
        while chunk := file.read(CHUNK_BYTES):
            yield chunk
