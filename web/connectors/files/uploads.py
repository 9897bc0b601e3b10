"""Files that were sent to a screen and wait to be looked at and taken: kept a day, each in a folder named by us.

A folder holds the file, what was found in it (`about.json`, `problems.jsonl`), how far its import is (`progress`), and
the first passwords of people who came with it. Only its sender may see it. What the sender called the file is shown,
and never part of a path.
"""

import json
import re
import secrets
import shutil
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from inventory.sheets import Findings, Problem

KEPT_SECONDS = 24 * 60 * 60
_TOKEN = re.compile(r"[A-Za-z0-9_-]{32}")


class UploadGone(Exception):
    """There is no such upload, it is a day old, or it is somebody else's."""


@dataclass(frozen=True, slots=True)
class About:
    """What is known of an upload: whose and what it is, what was found in it, and the command that took it."""

    kind: str
    name: str
    person_id: int
    rows: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    problems: int = 0
    cut_short: bool = False
    command_id: int | None = None


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that waits, and its folder."""

    folder: Path
    about: About

    @property
    def token(self) -> str:
        """The name under which its sender finds it again: nobody guesses it."""
        return self.folder.name

    @property
    def file(self) -> Path:
        """The file itself."""
        return self.folder / "file"

    @property
    def first_passwords(self) -> Path:
        """The first passwords of people who came with it, until they are fetched."""
        return self.folder / "first-passwords.csv"

    def with_findings(self, findings: Findings) -> "Upload":
        """Keep what was found."""
        with (self.folder / "problems.jsonl").open("w", encoding="utf-8") as file:
            file.writelines(json.dumps(problem, ensure_ascii=False) + "\n" for problem in findings.problems)
        return self._with(
            replace(
                self.about,
                rows=findings.rows,
                new=findings.new,
                changed=findings.changed,
                unchanged=findings.unchanged,
                problems=len(findings.problems),
                cut_short=findings.cut_short,
            )
        )

    def taken_by(self, command_id: int) -> "Upload":
        """Keep which command takes it; whether it did, the history of imports says."""
        return self._with(replace(self.about, command_id=command_id))

    def problems(self, start: int = 0, count: int | None = None) -> list[Problem]:
        """The problems from a place on."""
        with (self.folder / "problems.jsonl").open(encoding="utf-8") as file:
            return [
                Problem(*json.loads(line)) for line in islice(file, start, None if count is None else start + count)
            ]

    def note_progress(self, count: int) -> None:
        """Keep how many rows were read."""
        (self.folder / "progress").write_text(str(count), encoding="ascii")

    @property
    def progress(self) -> int:
        """How many rows were read."""
        path = self.folder / "progress"
        return int(path.read_text(encoding="ascii") or 0) if path.exists() else 0

    def _with(self, about: About) -> "Upload":
        draft = self.folder / f"about.{secrets.token_hex(4)}"
        draft.write_text(json.dumps(asdict(about), ensure_ascii=False), encoding="utf-8")
        draft.replace(self.folder / "about.json")
        return replace(self, about=about)


def keep_upload(home: Path, content: BinaryIO, *, kind: str, name: str, person_id: int) -> Upload:
    """Keep a file that was sent, and forget those that are too old."""
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    for old in _forgotten(home):
        shutil.rmtree(old, ignore_errors=True)
    folder = home / secrets.token_urlsafe(24)
    folder.mkdir(mode=0o700)
    with (folder / "file").open("wb") as file:
        shutil.copyfileobj(content, file)
    return Upload(folder, About(kind, name[:120], person_id))._with(About(kind, name[:120], person_id))


def find_upload(home: Path, token: str, *, person_id: int) -> Upload:
    """The upload of this name, if it is this person's.

    Raises: UploadGone.
    """
    about = home / token / "about.json"
    if not _TOKEN.fullmatch(token) or not about.exists():
        raise UploadGone()
    upload = Upload(about.parent, About(**json.loads(about.read_text(encoding="utf-8"))))
    if upload.about.person_id != person_id:
        raise UploadGone()
    return upload


def _forgotten(home: Path) -> Iterator[Path]:
    limit = time.time() - KEPT_SECONDS
    return (folder for folder in home.iterdir() if folder.stat().st_mtime < limit)
