"""How often a token, a browser and an address may ask: more is refused with 429 before the database is asked anything.

Each may ask so many times a minute (web/settings.py); what it did not use within the last minute it may send at once.
What is refused is not counted, so a client that waits as long as `Retry-After` says is let in. Reading and writing are
counted apart: a report that runs wild does not stop the scanners. Log-ins are slowed down besides, by rows in the
database (inventory/identity/logins.py).

Every worker process counts for itself, in memory: a client that spreads over all of them may ask so many times more.

Our own and not Flask-Limiter: its memory storage costs 0.28 ms of processor time where requests are milliseconds apart
(it starts a thread to forget old ones), and its moving window keeps every instant of the minute, 60,000 for each token
at our limits. This costs 0.02 ms, most of it for reading the headers, and keeps one number a key: the generic cell rate
algorithm of ITU-T I.371.
"""

import math
import time
from threading import Lock

from flask import Flask, current_app, request

from inventory.errors import Refusal
from web.auth import sent_secret
from web.settings import Settings

MINUTE = 60.0
INEXACT = 1e-4  # seconds by which a sum of many floats may be wrong
KEYS_KEPT = 10_000
READS = ("GET", "HEAD", "OPTIONS")
UNPACED = {"static", "bootstrap.static", "api_docs_asset", "state.show_health"}


class TooManyRequests(Refusal):
    """Somebody asks more often than the settings allow; nothing was done."""

    code = "too_many_requests"


class Pace:
    """So many requests a minute for each key, none too many at once; 0 sets no limit."""

    def __init__(self, per_minute: int) -> None:
        self._each = MINUTE / per_minute if per_minute else 0.0
        self._used_up_to: dict[int, float] = {}
        self._purge_at = KEYS_KEPT
        self._lock = Lock()

    def wait(self, key: int, *, now: float) -> float:
        """Count a request; return 0, or after how many seconds it may come again, in which case it is not counted.

        Units: seconds of a clock that never goes back.
        """
        if not self._each:
            return 0.0
        with self._lock:
            used_up_to = max(self._used_up_to.get(key, now), now) + self._each
            too_far = used_up_to - now - MINUTE
            if too_far > INEXACT:
                return too_far
            self._used_up_to[key] = used_up_to
            if len(self._used_up_to) > self._purge_at:
                self._forget(now)
        return 0.0

    def _forget(self, now: float) -> None:
        """Drop whoever has his whole minute again: that is what a key nobody knows has, too."""
        self._used_up_to = {key: until for key, until in self._used_up_to.items() if until > now}
        self._purge_at = max(KEYS_KEPT, 2 * len(self._used_up_to))


class Paces:
    """The paces of one process: of an address, and of tokens and browsers, reading and writing apart."""

    def __init__(self, settings: Settings) -> None:
        self.address = Pace(settings.address_requests_per_minute)
        self.by_kind = {
            (True, True): Pace(settings.token_reads_per_minute),
            (True, False): Pace(settings.token_writes_per_minute),
            (False, True): Pace(settings.browser_reads_per_minute),
            (False, False): Pace(settings.browser_writes_per_minute),
        }


def require_pace() -> None:
    """Before each request: count it for its address and for the token or browser it comes from.

    Raises: TooManyRequests.
    """
    if request.endpoint in UNPACED:
        return
    paces: Paces = current_app.extensions["paces"]
    now = time.monotonic()
    wait = paces.address.wait(hash(request.remote_addr), now=now)
    secret = sent_secret()
    if not wait and secret:
        # Not checked yet, so that who asks too often costs no query. The hash is this process's own: no secret is kept.
        kind = (request.path.startswith("/api/"), request.method in READS)
        wait = paces.by_kind[kind].wait(hash(secret), now=now)
    if wait:
        raise TooManyRequests(retry_after_seconds=math.ceil(wait))


def init_pace(app: Flask, settings: Settings) -> None:
    """Watch the pace of every request but those for files that never change and for the sign of life."""
    app.extensions["paces"] = Paces(settings)
    app.before_request(require_pace)
