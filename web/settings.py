"""What a start can be told by environment variables, and what holds when it is told nothing.

DATABASE_URL            the database as the role without DDL; not given: the program starts its own
                        PostgreSQL with its data in BEIJIAN_VAR/pg (web/cluster.py)
MIGRATION_DATABASE_URL  the same database as its owner, for `beijian migrate`; DATABASE_URL when not given
BEIJIAN_VAR             folder of what the program writes: database, key, log-ins; ./var
HOST, PORT              where the server listens; 127.0.0.1 and 8000
WORKERS, THREADS        processes of the server and threads in each; 2 and 4
PLANNING_PROCESSES      processes that a replenishment run is shared among; they give way to whoever is at work; 1
SECRET_KEY              signs sessions, 32 characters or more. Required beside DATABASE_URL; with the program's
                        own database it is made once and kept in BEIJIAN_VAR/secret_key, mode 0600
PHONE_KEY               customers are found by a hash of their telephone under this key, 32 characters or more; without
                        it the key follows from SECRET_KEY. Give it before SECRET_KEY is changed, or none is found
REPEAT_REPAIR_DAYS      a call so many days after a repair of the same appliance is a repeat repair; 90
TRANSPORT               'tls': the server stands behind TLS, cookies are __Host- and Secure, HSTS is sent;
                        'lan': plain http on an address of the local network, so that a handheld can log in. lan
TIMEZONE                in which screens and documents tell the hour; Asia/Shanghai
GS1_PREFIX              company prefix of GTIN, GLN and SSCC, 6 to 12 digits, licensed from GS1. The default
                        9524000 lies in 952, which GS1 keeps for demonstrations: never print it on goods
GLN_REFERENCE_FIRST     first location reference used for the GLN of bins and warehouses; 0
API_DOCS                'open' or 'closed': the page that shows the API at /api/v1/docs; open on a loopback address
METRICS                 'open' or 'closed': /api/v1/metrics, for whoever can reach the port; closed
TOKEN_READS_PER_MINUTE, TOKEN_WRITES_PER_MINUTE
                        how often a token of the API may ask, in each worker process (web/pace.py); what was not used
                        within a minute may come at once; 0 sets no limit. 60000 and 30000: a call centre on one token
BROWSER_READS_PER_MINUTE, BROWSER_WRITES_PER_MINUTE
                        the same for a browser that is logged in; 1200 and 600
ADDRESS_REQUESTS_PER_MINUTE
                        the same for an address, whoever asks from there; 120000
PASSWORD_COST           'standard', or 'low' where accounts are only for tests; standard
LABEL_FONT              TrueType file with Chinese for labels and lists; found on the system when not given
"""

import hashlib
import hmac
import os
import re
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click

SECRET_KEY_LENGTH_MIN = 32

Transport = Literal["tls", "lan"]
PasswordCost = Literal["standard", "low"]


class SettingRefused(click.ClickException):
    """A start that would be wrong or unsafe: the message says which variable, and what it should be."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one process. `database_url` is empty until the program's own database is up."""

    database_url: str
    migration_database_url: str
    var: Path
    host: str
    port: int
    workers: int
    threads: int
    planning_processes: int
    secret_key: str
    phone_key: str
    repeat_repair_days: int
    transport: Transport
    timezone: ZoneInfo
    gs1_prefix: str
    gln_reference_first: int
    api_docs: bool
    metrics: bool
    token_reads_per_minute: int
    token_writes_per_minute: int
    browser_reads_per_minute: int
    browser_writes_per_minute: int
    address_requests_per_minute: int
    password_cost: PasswordCost
    label_font: Path | None

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """Read and check every setting.

        Raises: SettingRefused naming the variable and what it should be.
        """
        database_url = environment.get("DATABASE_URL", "")
        var = Path(environment.get("BEIJIAN_VAR", "var")).absolute()
        font = environment.get("LABEL_FONT", "")
        host = environment.get("HOST", "127.0.0.1")
        secret_key = _secret_key(environment, var, own_database=not database_url)
        return cls(
            database_url=_psycopg_url("DATABASE_URL", database_url),
            migration_database_url=_psycopg_url(
                "MIGRATION_DATABASE_URL", environment.get("MIGRATION_DATABASE_URL", database_url)
            ),
            var=var,
            host=host,
            port=_whole_number(environment, "PORT", default=8000, low=1, high=65535),
            workers=_whole_number(environment, "WORKERS", default=2, low=1, high=64),
            threads=_whole_number(environment, "THREADS", default=4, low=1, high=64),
            planning_processes=_whole_number(environment, "PLANNING_PROCESSES", default=1, low=1, high=64),
            secret_key=secret_key,
            phone_key=_phone_key(environment, secret_key),
            repeat_repair_days=_whole_number(environment, "REPEAT_REPAIR_DAYS", default=90, low=0, high=3650),
            transport=_transport(environment.get("TRANSPORT", "lan")),
            timezone=_timezone(environment.get("TIMEZONE", "Asia/Shanghai")),
            gs1_prefix=_gs1_prefix(environment.get("GS1_PREFIX", "9524000")),
            gln_reference_first=_whole_number(environment, "GLN_REFERENCE_FIRST", default=0, low=0, high=999_999),
            api_docs=_is_open(environment, "API_DOCS", default="open" if _is_loopback(host) else "closed"),
            metrics=_is_open(environment, "METRICS", default="closed"),
            token_reads_per_minute=_pace(environment, "TOKEN_READS_PER_MINUTE", default=60_000),
            token_writes_per_minute=_pace(environment, "TOKEN_WRITES_PER_MINUTE", default=30_000),
            browser_reads_per_minute=_pace(environment, "BROWSER_READS_PER_MINUTE", default=1200),
            browser_writes_per_minute=_pace(environment, "BROWSER_WRITES_PER_MINUTE", default=600),
            address_requests_per_minute=_pace(environment, "ADDRESS_REQUESTS_PER_MINUTE", default=120_000),
            password_cost=_password_cost(environment.get("PASSWORD_COST", "standard")),
            label_font=_font(font) if font else None,
        )

    def as_environment(self) -> dict[str, str]:
        """Return the variables that give a child process these same settings."""
        return {
            "DATABASE_URL": self.database_url,
            "MIGRATION_DATABASE_URL": self.migration_database_url,
            "BEIJIAN_VAR": str(self.var),
            "HOST": self.host,
            "PORT": str(self.port),
            "WORKERS": str(self.workers),
            "THREADS": str(self.threads),
            "PLANNING_PROCESSES": str(self.planning_processes),
            "SECRET_KEY": self.secret_key,
            "PHONE_KEY": self.phone_key,
            "REPEAT_REPAIR_DAYS": str(self.repeat_repair_days),
            "TRANSPORT": self.transport,
            "TIMEZONE": self.timezone.key,
            "GS1_PREFIX": self.gs1_prefix,
            "GLN_REFERENCE_FIRST": str(self.gln_reference_first),
            "API_DOCS": "open" if self.api_docs else "closed",
            "METRICS": "open" if self.metrics else "closed",
            "TOKEN_READS_PER_MINUTE": str(self.token_reads_per_minute),
            "TOKEN_WRITES_PER_MINUTE": str(self.token_writes_per_minute),
            "BROWSER_READS_PER_MINUTE": str(self.browser_reads_per_minute),
            "BROWSER_WRITES_PER_MINUTE": str(self.browser_writes_per_minute),
            "ADDRESS_REQUESTS_PER_MINUTE": str(self.address_requests_per_minute),
            "PASSWORD_COST": self.password_cost,
            "LABEL_FONT": str(self.label_font or ""),
        }


def _psycopg_url(name: str, url: str) -> str:
    """Return the URL with the one driver we use spelt out; empty stays empty."""
    if not url:
        return ""
    rest = re.fullmatch(r"(?:postgres|postgresql|postgresql\+psycopg)://(.+)", url)
    if rest is None:
        raise SettingRefused(f"{name} is not a postgresql:// address")
    return f"postgresql+psycopg://{rest[1]}"


def _whole_number(environment: Mapping[str, str], name: str, *, default: int, low: int, high: int) -> int:
    text = environment.get(name, str(default))
    if not re.fullmatch(r"[0-9]{1,9}", text) or not low <= int(text) <= high:
        raise SettingRefused(f"{name} is a whole number from {low} to {high}, not {text!r}")
    return int(text)


def _pace(environment: Mapping[str, str], name: str, *, default: int) -> int:
    return _whole_number(environment, name, default=default, low=0, high=999_999_999)


def _secret_key(environment: Mapping[str, str], var: Path, *, own_database: bool) -> str:
    """Return the given key, or the one kept beside the program's own database.

    Never a default: two installations that share a key can forge each other's sessions.
    """
    key = environment.get("SECRET_KEY", "")
    if not key and own_database:
        key = kept_secret_key(var)
    if len(key) < SECRET_KEY_LENGTH_MIN:
        raise SettingRefused(f"SECRET_KEY has to be at least {SECRET_KEY_LENGTH_MIN} random characters")
    return key


def kept_secret_key(var: Path) -> str:
    """Return the key in `var/secret_key`, made at the first start; only its owner can read it."""
    path = var / "secret_key"
    if not path.exists():
        var.mkdir(parents=True, exist_ok=True)
        draft = var / f"secret_key.{os.getpid()}"
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
        # A link is made whole or not at all: two processes that start at once both read the first one's key.
        with suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    return path.read_text()


def _phone_key(environment: Mapping[str, str], secret_key: str) -> str:
    key = environment.get("PHONE_KEY", "")
    if not key:
        return hmac.new(secret_key.encode(), b"telephones of customers", hashlib.sha256).hexdigest()
    if len(key) < SECRET_KEY_LENGTH_MIN:
        raise SettingRefused(f"PHONE_KEY has to be at least {SECRET_KEY_LENGTH_MIN} random characters")
    return key


def _transport(text: str) -> Transport:
    if text == "tls":
        return "tls"
    if text == "lan":
        return "lan"
    raise SettingRefused(f"TRANSPORT is 'tls' or 'lan', not {text!r}")


def _is_open(environment: Mapping[str, str], name: str, *, default: str) -> bool:
    text = environment.get(name, default)
    if text not in ("open", "closed"):
        raise SettingRefused(f"{name} is 'open' or 'closed', not {text!r}")
    return text == "open"


def _is_loopback(host: str) -> bool:
    return host in ("localhost", "::1") or host.startswith("127.")


def _password_cost(text: str) -> PasswordCost:
    if text == "standard":
        return "standard"
    if text == "low":
        return "low"
    raise SettingRefused(f"PASSWORD_COST is 'standard' or 'low', not {text!r}")


def _timezone(key: str) -> ZoneInfo:
    try:
        return ZoneInfo(key)
    except (ZoneInfoNotFoundError, ValueError) as unknown:
        raise SettingRefused(f"TIMEZONE {key!r} is not a known time zone") from unknown


def _gs1_prefix(text: str) -> str:
    if not re.fullmatch(r"[0-9]{6,12}", text):
        raise SettingRefused(f"GS1_PREFIX is 6 to 12 digits, not {text!r}")
    return text


def _font(text: str) -> Path:
    if not Path(text).is_file():
        raise SettingRefused(f"LABEL_FONT {text!r} is not a file")
    return Path(text)
