"""Passwords: Argon2id, at most two computed at once, the same work whether there is such a person or not."""

import asyncio
import re
import unicodedata
from functools import cache
from importlib.resources import files

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY

from console.words import Message, _
from evidence.errors import StorageError

SHORTEST, LONGEST = 15, 256
AT_ONCE, MOST_WAITING = 2, 32
LEAST_DIFFERENT = 6
"""Characters of a password that differ."""

_ENDS = re.compile(r"^[\W\d_]+|[\W\d_]+$")
_REPEATED = re.compile(r"(.+?)\1+")
"""Of a whole word."""


class Passwords:
    """Hashes and checks passwords beside the event loop."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        """Take ``hasher``, or the parameters of RFC 9106 for 64 MiB: the floor outside of tests."""
        self._hasher = hasher or PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._waiting = 0
        self._of_nobody = self._hasher.hash("nobody has this password")

    async def hash(self, password: str) -> str:
        """The hash to keep."""
        return str(await self._in_turn(self._hasher.hash, _normal(password)))

    async def is_right(self, kept: str | None, password: str) -> bool:
        """Whether ``kept`` is the hash of this password; None, for nobody, takes as long."""
        is_right = await self._in_turn(self._verify, kept or self._of_nobody, _normal(password))
        return bool(is_right) and kept is not None

    def is_stale(self, kept: str) -> bool:
        """Whether it was made with other parameters and should be made anew."""
        return self._hasher.check_needs_rehash(kept)

    def _verify(self, kept: str, password: str) -> bool:
        try:
            return self._hasher.verify(kept, password)
        except (VerificationError, InvalidHashError):
            return False

    async def _in_turn(self, work: object, *given: str) -> object:
        """Each takes 64 MiB: more than a few at once would be a way to stop the machine."""
        if self._waiting >= MOST_WAITING:
            raise StorageError("too many sign-ins at once: try again in a moment")
        self._waiting += 1
        try:
            async with self._turns:
                return await asyncio.to_thread(work, *given)  # type: ignore[arg-type]
        finally:
            self._waiting -= 1


def refusal(password: str, name: str) -> Message | None:
    """Why a password cannot be chosen; None where it can."""
    plain = _normal(password).casefold()
    if not SHORTEST <= len(plain) <= LONGEST:
        return Message(_("Use %(least)s to %(most)s characters; a sentence is fine."), least=SHORTEST, most=LONGEST)
    core = _once(_ENDS.sub("", plain))
    if len(set(plain)) < LEAST_DIFFERENT or not core or {core, _once(_without_digits(core))} & _common():
        return Message(_("This is one of the passwords that are tried first."))
    if name.casefold() in plain and len(plain) - len(name) < SHORTEST // 2:
        return Message(_("Your name is not enough."))
    return None


def _normal(password: str) -> str:
    return unicodedata.normalize("NFC", password)


def _once(core: str) -> str:
    """What a word repeats, or the word."""
    repeated = _REPEATED.fullmatch(core)
    return repeated[1] if repeated else core


def _without_digits(core: str) -> str:
    return re.sub(r"[\W\d_]+", "", core)


@cache
def _common() -> frozenset[str]:
    text = (files("console") / "common_passwords.txt").read_text(encoding="utf-8")
    return frozenset(line for line in text.split() if line)
