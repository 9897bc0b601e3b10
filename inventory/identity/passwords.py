"""Passwords: which are good enough, and how they are stored (Argon2id).

Length is what counts (NIST SP 800-63B, ASVS 6.2): 15 characters without a second factor, any character, no rule about
kinds of characters, no forced change. What anybody would try first is refused: common ones, patterns, one's own name.
"""

import re
import secrets
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from inventory.identity.errors import PasswordGuessable, PasswordTooLong, PasswordTooShort, PasswordUnreadable

LENGTH_MIN = 15
LENGTH_MAX = 256
CONTEXT_WORDS = ("beijian", "spareparts", "备件", "库存", "仓库")

# The long ones of the usual lists, letters and digits only; shorter ones are refused by their length.
COMMON = frozenset({
    "passwordpassword", "password123456789", "password1234567", "passw0rdpassw0rd", "iloveyouiloveyou",
    "correcthorsebatterystaple", "letmeinletmeinletmein", "welcomewelcome1", "administrator123", "adminadminadmin",
    "changemechangeme", "trustno1trustno1", "thisismypassword", "mypasswordispassword", "qwertyuiopasdfgh",
    "qwertyuiopasdfghjkl", "qwertyuiopasdfghjklzxcvbnm", "asdfghjklzxcvbnm", "1qaz2wsx3edc4rfv", "1q2w3e4r5t6y7u8i",
    "zaq12wsxcde34rfv", "qazwsxedcrfvtgb", "woaini1314521520", "5201314520131452", "woaizhongguo1949",
})  # fmt: skip
_RUNS = (
    "01234567890123456789012345678901234567890",
    "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz",
    "qwertyuiopasdfghjklzxcvbnmqwertyuiopasdfghjklzxcvbnm",
)
_PIECE_MAX = 5  # a piece of up to this many characters, said over and over, is a pattern


@dataclass(frozen=True, slots=True)
class Cost:
    """How dear one hash is: passes over how much memory."""

    passes: int
    memory_kib: int


STANDARD = Cost(passes=3, memory_kib=65536)
LOW = Cost(passes=1, memory_kib=8)
COSTS = {"standard": STANDARD, "low": LOW}


class PasswordKeeper:
    """Hashes and checks passwords at one cost; the program has one, made from its settings."""

    def __init__(self, cost: Cost = STANDARD) -> None:
        self._hasher = PasswordHasher(time_cost=cost.passes, memory_cost=cost.memory_kib, parallelism=1)
        self._nobodys_hash = self._hasher.hash("nobody has this password")

    def hash(self, password: str) -> str:
        """Return the salted hash to be stored."""
        return self._hasher.hash(_normalised(password))

    def is_right(self, password_hash: str | None, password: str) -> bool:
        """Whether the password belongs to the hash. Without a hash it is False after the same time."""
        try:
            self._hasher.verify(password_hash or self._nobodys_hash, _normalised(password))
        except (VerifyMismatchError, InvalidHashError):
            return False
        return password_hash is not None


def new_password() -> str:
    """A random password of 120 bits, for a first log-in."""
    return secrets.token_urlsafe(15)


def require_good(password: str, *, context: Iterable[str] = ()) -> None:
    """Refuse a password that is too short, cannot be stored, or is what anybody would try first.

    `context` are the words that stand around the account: its log-in, the person's name, the warehouse.
    Raises: PasswordTooShort, PasswordTooLong, PasswordUnreadable, PasswordGuessable.
    """
    if len(password) > LENGTH_MAX:
        raise PasswordTooLong(most=LENGTH_MAX)
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in password):
        raise PasswordUnreadable()
    text = _normalised(password)
    if len(text) < LENGTH_MIN:
        raise PasswordTooShort(least=LENGTH_MIN)
    plain = re.sub(r"[\W_]+", "", text.casefold()) or text
    words = (re.sub(r"[\W_]+", "", word.casefold()) for word in (*CONTEXT_WORDS, *context))
    if _is_pattern(plain) or plain in COMMON or any(word in plain for word in words if len(word) >= 2):
        raise PasswordGuessable()


def _is_pattern(plain: str) -> bool:
    """Whether the text is a run along the keyboard or the alphabet, or one short piece over and over."""
    if any(plain in run or plain in run[::-1] for run in _RUNS):
        return True
    return any(plain == (plain[:size] * len(plain))[: len(plain)] for size in range(1, _PIECE_MAX + 1))


def _normalised(password: str) -> str:
    """The same password from another keyboard stays the same: full-width letters and composed accents are folded."""
    return unicodedata.normalize("NFKC", password)
